//! Options of a call in variables, where they hold an upload:
//!
//! ```php
//! $options = ['body' => $media->getStream()];
//! $options['headers'] = ['Content-Type' => $media->getContentType()];
//! $client->chain('v3/merchant/media/upload')->post($options);
//! ```
//!
//! A value of JSON has no upload. Where nothing else uses the array, it is written in the call. Its other values are read where
//! PHP reads them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::lifted::scope::{
    self, all_names, assigned, everywhere, is_movable, passed, single, variable,
};
use crate::syntax::{
    Expr, ExprKind, Item, Param, Part, PartMut, Program, Stmt, StmtKind, WholeExpr, is_word,
};

pub(super) fn program(program: Cow<'_, Program>) -> Cow<'_, Program> {
    let mut uploads = holds_part(&program.statements);
    scope::each_function(&program.statements, &mut |_, body| {
        uploads |= holds_part(body)
    });
    if !uploads {
        return program;
    }
    let mut program = program.into_owned();
    scope::each_function_mut(&mut program.statements, &mut function);
    if !scope::shares(&program.statements) {
        function(&[], &mut program.statements);
    }
    Cow::Owned(program)
}

fn holds_part(statements: &[Stmt]) -> bool {
    let mut found = false;
    everywhere(statements, &mut |expr| found |= upload(expr).is_some());
    found
}

/// The variable of `$media->getStream()` and `$media->getContentType()`.
pub(super) fn upload(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::MethodCall {
            object,
            method,
            args,
        } if args.is_empty() => {
            let name = method.name()?.to_ascii_lowercase();
            let part = matches!(&*name, "getstream" | "getcontenttype");
            variable(object).filter(|_| part)
        }
        _ => None,
    }
}

/// How many arrays of a function are written in calls.
const MOST_ARRAYS: usize = 50;

fn function(params: &[Param], body: &mut Vec<Stmt>) {
    for _ in 0..MOST_ARRAYS {
        if !is_movable(body) {
            return;
        }
        let lent = params.iter().filter(|param| param.by_reference);
        let mut pass = Pass {
            medias: medias_of(params, body),
            whole: body.clone(),
            lent: lent.map(|param| param.name.clone()).collect(),
            names: all_names(body),
        };
        if !pass.list(body) {
            return;
        }
    }
}

/// One array that is written in calls.
struct Pass {
    /// The statements of the function.
    whole: Vec<Stmt>,
    /// The parameters that are the caller's variables.
    lent: BTreeSet<String>,
    /// The variables that hold an upload and nothing else.
    medias: BTreeSet<String>,
    names: BTreeSet<String>,
}

fn medias_of(params: &[Param], body: &[Stmt]) -> BTreeSet<String> {
    let mut medias: BTreeSet<_> = single(body).into_iter().map(|(name, _)| name).collect();
    let set = assigned(body);
    medias.retain(|name| !params.iter().any(|param| param.name == *name));
    let is_media = |param: &&Param| {
        let ty = param.ty.as_deref().unwrap_or_default();
        ty.rsplit('\\').next() == Some("MediaUtil") && !set.contains(&param.name)
    };
    let given = params.iter().filter(is_media);
    medias.extend(given.map(|param| param.name.clone()));
    medias
}

impl Pass {
    /// Writes the first such array of these statements in its calls.
    fn list(&mut self, list: &mut Vec<Stmt>) -> bool {
        for index in 0..list.len() {
            if let Some((name, steps)) = self.found(list, index) {
                self.write(list, &name, &steps);
                return true;
            }
            for part in list[index].kind.parts_mut() {
                if let PartMut::Body(body) = part
                    && self.list(body)
                {
                    return true;
                }
            }
        }
        false
    }

    /// The variable that begins here with an array, and the statements that set its items.
    fn found(&self, list: &[Stmt], index: usize) -> Option<(String, Vec<usize>)> {
        let (target, value) = assignment(&list[index])?;
        let name = variable(target).filter(|name| !self.lent.contains(*name))?;
        let mut literal = literal(value)?.clone();
        let mut steps = vec![index];
        for (at, stmt) in list.iter().enumerate().skip(index + 1) {
            match step(stmt, name) {
                Some((path, value)) => {
                    set(&mut literal, &path, value.clone())?;
                    steps.push(at);
                }
                None if mentions(std::slice::from_ref(stmt), name) > 0 => break,
                None => {}
            }
        }
        let rest = &list[steps.last()? + 1..];
        let uses = uses(rest, name);
        let all = mentions(&self.whole, name);
        let between = list.iter().enumerate().skip(index + 1);
        let mut between = between.filter(|(at, _)| !steps.contains(at));
        let wanted = holds_upload(&literal)
            && uses > 0
            && all == steps.len() + uses
            && between.all(|(_, stmt)| {
                let mut media = medias(&literal).into_iter();
                media.all(|media| mentions(std::slice::from_ref(stmt), media) == 0)
            });
        wanted.then(|| (name.to_owned(), steps))
    }

    fn write(&mut self, list: &mut Vec<Stmt>, name: &str, steps: &[usize]) {
        let behind = &list[steps.first().map_or(0, |first| first + 1)..];
        let mut changed = assigned(behind);
        changed.extend(passed(behind));
        let mut items = Vec::new();
        let mut made = Vec::new();
        for (at, stmt) in std::mem::take(list).into_iter().enumerate() {
            if !steps.contains(&at) {
                made.push(stmt);
                continue;
            }
            let Some((target, value)) = assignment(&stmt) else {
                continue;
            };
            let path = path_of(target, name).unwrap_or_default();
            let base = path
                .iter()
                .fold(name.to_owned(), |base, key| format!("{base}_{key}"));
            let value = self.read(&base, value.clone(), &changed, &mut made);
            match value.kind {
                ExprKind::Array(begun) if path.is_empty() => items = begun,
                _ => drop(set(&mut items, &path, value)),
            }
        }
        replace(&mut made, name, &ExprKind::Array(items));
        *list = made;
    }

    /// A value as it is written in the call: one that a later time may change is read before, into a variable.
    fn read(
        &mut self,
        base: &str,
        value: Expr,
        changed: &BTreeSet<String>,
        made: &mut Vec<Stmt>,
    ) -> Expr {
        let span = value.span;
        match value.kind {
            ExprKind::Array(items) => {
                let items = items.into_iter().map(|mut item| {
                    let key = item.key.as_ref().map(|key| match &key.kind {
                        ExprKind::String(key) => format!("{base}_{key}"),
                        _ => base.to_owned(),
                    });
                    item.value =
                        self.read(key.as_deref().unwrap_or(base), item.value, changed, made);
                    item
                });
                let kind = ExprKind::Array(items.collect());
                Expr { span, kind }
            }
            _ if self.is_steady(&value, changed) => value,
            _ => {
                let name = self.fresh(base);
                let variable = Expr {
                    span,
                    kind: ExprKind::Variable(name),
                };
                let kind = ExprKind::Assign {
                    target: Box::new(variable.clone()),
                    op: None,
                    value: Box::new(value),
                };
                let kind = StmtKind::Expr(Expr { span, kind });
                made.push(Stmt { span, kind });
                variable
            }
        }
    }

    /// Whether a value is the same at all times until the call.
    fn is_steady(&self, value: &Expr, changed: &BTreeSet<String>) -> bool {
        match &value.kind {
            ExprKind::String(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Null
            | ExprKind::ClassConstant { .. } => true,
            ExprKind::Variable(name) => name != "this" && !changed.contains(name),
            _ => upload(value).is_some_and(|name| self.medias.contains(name)),
        }
    }

    fn fresh(&mut self, base: &str) -> String {
        let mut name: String = base
            .chars()
            .map(|c| if is_word(c) { c } else { '_' })
            .collect();
        while !self.names.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

fn assignment(stmt: &Stmt) -> Option<(&Expr, &Expr)> {
    match &stmt.kind {
        StmtKind::Expr(expr) => expr.assignment(),
        _ => None,
    }
}

/// The items of an array all of whose keys are written.
fn literal(value: &Expr) -> Option<&Vec<Item>> {
    let ExprKind::Array(items) = &value.kind else {
        return None;
    };
    let written = |item: &Item| {
        let key = item.key.as_ref().map(|key| &key.kind);
        matches!(key, Some(ExprKind::String(_)))
    };
    let all = items
        .iter()
        .all(|item| written(item) && is_written(&item.value));
    all.then_some(items)
}

/// Whether PHP evaluates no key within a value, and spreads nothing.
fn is_written(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Array(items) => items.iter().all(|item| {
            let key = item.key.as_ref().map(|key| &key.kind);
            let known = matches!(key, None | Some(ExprKind::String(_) | ExprKind::Int(_)));
            known && is_written(&item.value)
        }),
        ExprKind::Whole(whole) => !matches!(**whole, WholeExpr::Spread(_)),
        _ => true,
    }
}

/// `$name['key'] = $value;`, `$name['key']['other'] = $value;`
fn step<'s>(stmt: &'s Stmt, name: &str) -> Option<(Vec<String>, &'s Expr)> {
    let (target, value) = assignment(stmt)?;
    let path = path_of(target, name).filter(|path| !path.is_empty())?;
    let mut own = 0;
    count(value, name, &mut own);
    (own == 0 && is_written(value)).then_some((path, value))
}

fn path_of(target: &Expr, name: &str) -> Option<Vec<String>> {
    match &target.kind {
        ExprKind::Variable(own) if own == name => Some(Vec::new()),
        ExprKind::Index {
            object,
            index: Some(index),
        } => {
            let ExprKind::String(key) = &index.kind else {
                return None;
            };
            let mut path = path_of(object, name)?;
            path.push(key.clone());
            Some(path)
        }
        _ => None,
    }
}

/// Sets an item; nothing where an item on the way to it is no array that is written.
fn set(items: &mut Vec<Item>, path: &[String], value: Expr) -> Option<()> {
    let (key, rest) = path.split_first()?;
    let span = value.span;
    let is_key = |item: &Item| matches!(item.key.as_ref().map(|key| &key.kind), Some(ExprKind::String(own)) if own == key);
    let at = items.iter().position(is_key).unwrap_or_else(|| {
        let kind = ExprKind::String(key.clone());
        items.push(Item {
            span,
            key: Some(Expr { span, kind }),
            value: Expr {
                span,
                kind: ExprKind::Array(Vec::new()),
            },
        });
        items.len() - 1
    });
    let item = items.get_mut(at)?;
    if rest.is_empty() {
        item.value = value;
        return Some(());
    }
    literal(&item.value)?;
    match &mut item.value.kind {
        ExprKind::Array(items) => set(items, rest, value),
        _ => None,
    }
}

/// Whether an array has a part of an upload, or is the body of a call that a variable may hold.
fn holds_upload(items: &[Item]) -> bool {
    items.iter().any(|item| {
        let body = matches!(item.key.as_ref().map(|key| &key.kind), Some(ExprKind::String(key)) if key == "body");
        let nested = match &item.value.kind {
            ExprKind::Array(items) => holds_upload(items),
            _ => upload(&item.value).is_some(),
        };
        nested || body && variable(&item.value).is_some()
    })
}

fn medias(items: &[Item]) -> Vec<&str> {
    let medias = items.iter().flat_map(|item| match &item.value.kind {
        ExprKind::Array(items) => medias(items),
        _ => upload(&item.value).into_iter().collect(),
    });
    medias.collect()
}

pub(super) fn mentions(statements: &[Stmt], name: &str) -> usize {
    let mut found = 0;
    everywhere(statements, &mut |expr| match &expr.kind {
        ExprKind::Variable(own) => found += usize::from(own == name),
        ExprKind::Closure(closure) => {
            let uses = closure.uses.iter().filter(|capture| capture.name == name);
            found += uses.count();
        }
        _ => {}
    });
    found
}

fn count(expr: &Expr, name: &str, found: &mut usize) {
    *found += usize::from(variable(expr) == Some(name));
    let children = expr.children().into_iter();
    children.for_each(|child| count(child, name, found));
}

/// How often statements give the array to a call, or to an array.
fn uses(statements: &[Stmt], name: &str) -> usize {
    let mut found = 0;
    for stmt in statements {
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => found += uses_of(expr, name),
                Part::Body(body) => found += uses(body, name),
            }
        }
    }
    found
}

fn uses_of(expr: &Expr, name: &str) -> usize {
    let is_own = |value: &Expr| variable(value) == Some(name);
    let own = match &expr.kind {
        ExprKind::MethodCall {
            object,
            method,
            args,
        } => {
            let verb = method.name().unwrap_or_default().to_ascii_lowercase();
            let verb = verb.strip_suffix("async").unwrap_or(&verb);
            let called = matches!(verb, "get" | "post" | "put" | "patch" | "delete");
            let called = called && args.len() == 1 || variable(object) == Some("this");
            args.iter()
                .filter(|arg| called && is_own(&arg.value))
                .count()
        }
        ExprKind::StaticCall { class, args, .. } => {
            let own = matches!(&*class.written.to_ascii_lowercase(), "self" | "static");
            args.iter().filter(|arg| own && is_own(&arg.value)).count()
        }
        ExprKind::Array(items) => items.iter().filter(|item| is_own(&item.value)).count(),
        _ => 0,
    };
    let children = expr.children().into_iter();
    own + children.map(|child| uses_of(child, name)).sum::<usize>()
}

fn replace(statements: &mut [Stmt], name: &str, kind: &ExprKind) {
    for stmt in statements {
        for part in stmt.kind.parts_mut() {
            match part {
                PartMut::Expr(expr) => replace_in(expr, name, kind),
                PartMut::Body(body) => replace(body, name, kind),
            }
        }
    }
}

fn replace_in(expr: &mut Expr, name: &str, kind: &ExprKind) {
    if variable(expr) == Some(name) {
        expr.kind = kind.clone();
        return;
    }
    let children = expr.children_mut().into_iter();
    children.for_each(|child| replace_in(child, name, kind));
}
