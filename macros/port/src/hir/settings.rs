//! `$settings = ['mchid' => …]; Builder::factory($settings)` is `Builder::factory(['mchid' => …])`, its values read where
//! the array is made.
//!
//! That holds where the variable is assigned once, and where all that reads it is the factory behind that, or an item by
//! its name. Else the settings are an array that only a run knows: keys are in it as the text that they are read from.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{client_of, is_default, of_run, setting_named, unknown};
use super::tree::{
    Crypto, Expr, ExprKind, File, Function, Local, Place, Root, Setting, Stmt, StmtKind,
};
use super::walk::Use;

pub(super) fn file(file: &mut File) {
    file.functions_mut().for_each(function);
    file.functions_mut().for_each(keys_as_texts);
}

/// Puts the texts of keys into settings that only a run knows. The keys are read where PHP reads them, too.
fn keys_as_texts(function: &mut Function) {
    let mut settings = BTreeSet::new();
    let mut reads: BTreeMap<usize, usize> = BTreeMap::new();
    let mut others = BTreeSet::new();
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| match &*expr.kind {
            ExprKind::FactoryOf(inner) => {
                if let ExprKind::Local(local) = *inner.kind {
                    settings.insert(local);
                }
            }
            ExprKind::Assign(place, value) if key_text(value).is_none() => {
                if let Root::Local(local) = place.root {
                    others.insert(local);
                }
            }
            _ => {}
        });
        stmt.locals_mut(&mut |local, how| match how {
            Use::Read => *reads.entry(*local).or_default() += 1,
            Use::Write => {}
            Use::Change => drop(others.insert(*local)),
        });
    }
    settings.append(&mut certificates(function, &reads));
    let mut given: BTreeMap<usize, usize> = BTreeMap::new();
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Assign(place, value) = &mut *expr.kind
                && matches!(place.root, Root::Local(local) if settings.contains(&local))
            {
                items(value, &mut |item| match &*item.kind {
                    ExprKind::Local(local) => *given.entry(*local).or_default() += 1,
                    _ => {
                        if let Some(text) = key_text(item) {
                            *item.kind = text;
                        }
                    }
                });
            }
        });
    }
    let params = function.params.len();
    let is_key = |local: &usize| {
        *local >= params && !others.contains(local) && given.get(local) == reads.get(local)
    };
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Assign(place, value) = &mut *expr.kind
                && place.path.is_empty()
                && matches!(&place.root, Root::Local(local) if given.contains_key(local) && is_key(local))
                && let Some(text) = key_text(value)
            {
                *value.kind = text;
            }
        });
    }
}

/// The variables that hold arrays of platform keys: all that reads them is the setting `certs`, a question for their keys, or
/// what takes an item as its key.
fn certificates(function: &mut Function, reads: &BTreeMap<usize, usize>) -> BTreeSet<usize> {
    let mut wanted = BTreeSet::new();
    let mut known: BTreeMap<usize, usize> = BTreeMap::new();
    let mut count = |local: Option<usize>| {
        if let Some(local) = local {
            *known.entry(local).or_default() += 1;
        }
    };
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| match &*expr.kind {
            ExprKind::Factory(settings) => {
                let certs = settings.iter().filter(|(name, _)| *name == Setting::Certs);
                let certs = certs.filter_map(|(_, value)| local(value));
                certs.for_each(|certs| {
                    wanted.insert(certs);
                    count(Some(certs));
                });
            }
            ExprKind::Not(inner) => count(local(inner)),
            ExprKind::Isset(inner) => count(item(inner).or_else(|| local(inner))),
            ExprKind::Builtin("counted" | "array_keys" | "array_key_exists", args) => {
                count(args.last().and_then(local));
            }
            ExprKind::Crypto(Crypto::Verify | Crypto::Encrypt, args) => {
                let certs = args.last().and_then(|key| match &*key.kind {
                    ExprKind::Coalesce(key, other) if is_empty(other) => item(key),
                    _ => item(key),
                });
                wanted.extend(certs);
                count(certs);
            }
            _ => {}
        });
    }
    let params = function.params.len();
    wanted.retain(|local| *local >= params && known.get(local) == reads.get(local));
    wanted
}

fn local(value: &Expr) -> Option<usize> {
    match *value.kind {
        ExprKind::Local(local) => Some(local),
        _ => None,
    }
}

/// The variable of `$list[$key]`.
fn item(value: &Expr) -> Option<usize> {
    match &*value.kind {
        ExprKind::Index(list, _) => local(list),
        _ => None,
    }
}

fn is_empty(value: &Expr) -> bool {
    matches!(&*value.kind, ExprKind::Text(text) if text.is_empty())
}

/// The items of an array that is written, and those of the arrays in it; another value is one item.
fn items(value: &mut Expr, found: &mut dyn FnMut(&mut Expr)) {
    match &mut *value.kind {
        ExprKind::Array(entries) => {
            for entry in entries.iter_mut().filter(|entry| !entry.spread) {
                items(&mut entry.value, found);
            }
        }
        _ => found(value),
    }
}

/// The text that a key is read from, checked.
pub(super) fn key_text(value: &Expr) -> Option<ExprKind> {
    let name = match &*value.kind {
        ExprKind::Crypto(Crypto::PrivateKey, _) => "private_key_text",
        ExprKind::Crypto(Crypto::PublicKey, _) => "public_key_text",
        _ => return None,
    };
    match &*value.kind {
        ExprKind::Crypto(_, args) if args.len() == 1 => Some(ExprKind::Builtin(name, args.clone())),
        _ => None,
    }
}

fn function(function: &mut Function) {
    let mut wanted = Vec::new();
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| {
            if let ExprKind::FactoryOf(settings) = &*expr.kind
                && let ExprKind::Local(local) = *settings.kind
            {
                wanted.push(local);
            }
        });
    }
    for local in wanted {
        let mut counts = BTreeMap::new();
        for stmt in &mut function.body {
            stmt.locals_mut(&mut |used, how| {
                let (reads, writes) = counts.entry(*used).or_insert((0, 0));
                *reads += usize::from(how != Use::Write);
                *writes += usize::from(how != Use::Read);
            });
        }
        let params = function.params.len();
        let of = |local: &usize| counts.get(local).copied().unwrap_or_default();
        if local < params || of(&local).1 != 1 {
            continue;
        }
        // A variable that is set behind the array would give the factory its later value.
        let before = set_before(&mut function.body, local);
        let steady = |local: &usize| match *local < params {
            true => of(local).1 == 0,
            false => of(local).1 == 1 && before.contains(local),
        };
        let steady = counts
            .keys()
            .copied()
            .filter(|local| steady(local))
            .collect();
        let mut lists = Lists {
            local,
            reads: of(&local).0,
            steady,
            locals: &mut function.locals,
        };
        lists.list(&mut function.body);
    }
}

/// The variables that are set before a variable is, in the order of the source.
fn set_before(body: &mut [Stmt], wanted: usize) -> BTreeSet<usize> {
    let (mut before, mut done) = (BTreeSet::new(), false);
    for stmt in body {
        stmt.locals_mut(&mut |local, how| {
            done |= *local == wanted;
            if !done && how != Use::Read {
                before.insert(*local);
            }
        });
    }
    before
}

struct Lists<'f> {
    /// The variable of the settings.
    local: usize,
    /// How often it is read.
    reads: usize,
    /// The variables that are set once.
    steady: Vec<usize>,
    locals: &'f mut Vec<Local>,
}

impl Lists<'_> {
    fn list(&mut self, body: &mut Vec<Stmt>) {
        let Some(at) = body.iter().position(|stmt| self.begins(stmt)) else {
            for stmt in body {
                stmt.bodies_mut()
                    .into_iter()
                    .for_each(|(body, _)| self.list(body));
            }
            return;
        };
        let StmtKind::Expr(expr) = &body[at].kind else {
            return;
        };
        let ExprKind::Assign(_, value) = &*expr.kind else {
            return;
        };
        let ExprKind::Array(entries) = &*value.kind else {
            return;
        };
        let mut settings = Vec::new();
        for entry in entries {
            let name = match entry.key.as_ref().map(|key| &*key.kind) {
                Some(ExprKind::Text(name)) if !entry.spread => name.clone(),
                _ => return,
            };
            settings.retain(|(known, _): &(String, Expr)| *known != name);
            settings.push((name, entry.value.clone()));
        }
        if self.asked(&mut body[at + 1..], &settings) != self.reads {
            return;
        }
        let span = body[at].span;
        let mut made = Vec::new();
        for (name, value) in &mut settings {
            let wanted = format!("{}_{name}", self.locals[self.local].name);
            self.lift(span, &wanted, value, &mut made);
        }
        for stmt in &mut body[at + 1..] {
            stmt.each_mut(&mut |expr| self.replace(expr, &settings));
        }
        body.splice(at..=at, made);
    }

    /// Whether a statement assigns an array to the variable.
    fn begins(&self, stmt: &Stmt) -> bool {
        let StmtKind::Expr(expr) = &stmt.kind else {
            return false;
        };
        match &*expr.kind {
            ExprKind::Assign(place, value) => {
                place.path.is_empty()
                    && matches!(place.root, Root::Local(local) if local == self.local)
                    && matches!(*value.kind, ExprKind::Array(_))
            }
            _ => false,
        }
    }

    /// How often statements ask for the settings in a way that is known.
    fn asked(&self, body: &mut [Stmt], settings: &[(String, Expr)]) -> usize {
        let mut count = 0;
        for stmt in body {
            stmt.each_mut(&mut |expr| count += usize::from(self.is_known(expr, settings)));
        }
        count
    }

    fn is_known(&self, expr: &Expr, settings: &[(String, Expr)]) -> bool {
        match &*expr.kind {
            ExprKind::FactoryOf(inner) => self.is_own(inner),
            ExprKind::Index(inner, key) => {
                let named = |name: &str| settings.iter().any(|(known, _)| known == name);
                self.is_own(inner) && matches!(&*key.kind, ExprKind::Text(name) if named(name))
            }
            _ => false,
        }
    }

    fn is_own(&self, expr: &Expr) -> bool {
        matches!(*expr.kind, ExprKind::Local(local) if local == self.local)
    }

    fn replace(&self, expr: &mut Expr, settings: &[(String, Expr)]) {
        if !self.is_known(expr, settings) {
            return;
        }
        *expr.kind = match &*expr.kind {
            ExprKind::Index(_, key) => {
                let ExprKind::Text(wanted) = &*key.kind else {
                    return;
                };
                let Some((_, value)) = settings.iter().find(|(name, _)| name == wanted) else {
                    return;
                };
                (*value.kind).clone()
            }
            _ => factory(expr.span, settings),
        };
    }

    /// Gives a value a variable, unless it is the same at all times.
    fn lift(
        &mut self,
        span: crate::syntax::Span,
        wanted: &str,
        value: &mut Expr,
        made: &mut Vec<Stmt>,
    ) {
        match &mut *value.kind {
            ExprKind::Text(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Null
            | ExprKind::ClassConst(_)
            | ExprKind::FileConst(_) => {}
            ExprKind::Local(local) if self.steady.contains(local) => {}
            ExprKind::Array(entries) if entries.iter().all(|entry| !entry.spread) => {
                for entry in entries {
                    if let Some(key) = &mut entry.key {
                        self.lift(span, &format!("{wanted}_key"), key, made);
                    }
                    self.lift(span, wanted, &mut entry.value, made);
                }
            }
            _ => {
                let mut name = wanted.to_owned();
                while self.locals.iter().any(|local| local.name == name) {
                    name.push_str("_setting");
                }
                self.locals.push(Local {
                    name,
                    ty: super::Ty::Unknown,
                    settled: super::Ty::Response,
                    maybe_unset: false,
                    mutable: false,
                    read: false,
                    kept: false,
                });
                let local = self.locals.len() - 1;
                let own = Expr::new(value.span, ExprKind::Local(local));
                let place = Place {
                    root: Root::Local(local),
                    path: Vec::new(),
                };
                let value = std::mem::replace(value, own);
                let kind = StmtKind::Expr(Expr::new(span, ExprKind::Assign(place, value)));
                made.push(Stmt { span, kind });
            }
        }
    }
}

fn factory(span: crate::syntax::Span, settings: &[(String, Expr)]) -> ExprKind {
    let mut known: Vec<(Setting, Expr)> = Vec::new();
    let mut no_errors = None;
    for (name, value) in settings {
        let literal = match &*value.kind {
            ExprKind::Bool(value) => Some(*value),
            ExprKind::Null => Some(false),
            _ => None,
        };
        match setting_named(name) {
            Some(Setting::Handler) => return ExprKind::Refused(unknown(span, name)),
            Some(setting) => known.push((setting, value.clone())),
            None if is_default(name, literal) => {}
            None if name == "http_errors" && literal == Some(false) => {
                no_errors = Some(value.span);
            }
            None if name == "verify" && literal == Some(false) => {
                known.push((Setting::Verify, value.clone()));
            }
            None => match of_run(name, literal, is_written(value)) {
                Some(setting) => known.push((setting, value.clone())),
                None => return ExprKind::Refused(unknown(span, name)),
            },
        }
    }
    *client_of(span, known, no_errors).kind
}

fn is_written(value: &Expr) -> bool {
    matches!(
        *value.kind,
        ExprKind::Text(_) | ExprKind::Array(_) | ExprKind::Int(_) | ExprKind::Float(_)
    )
}
