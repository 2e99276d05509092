//! Fields that PHP encrypts by hand and sends at once: the client encrypts them, given their plaintext.
//!
//! That holds where all that is encrypted goes into the bodies of calls, directly or by way of arrays. Else nothing is
//! changed: what encrypts does so itself, and the client leaves the fields alone.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;

use super::tree::{Crypto, Expr, ExprKind, File, Function, Place, Root, Sdk, Stmt, StmtKind};

pub(super) fn file(file: &mut File) {
    let Some(main) = &mut file.main else {
        return;
    };
    let mut secrets = Secrets {
        encryptors: encryptors(&main.body),
        ..Secrets::default()
    };
    let mut body = main.body.clone();
    if secrets.list(&mut body).is_none() || !secrets.found {
        return;
    }
    let own = &secrets.encryptors;
    body.retain(|stmt| assigned(stmt).is_none_or(|local| !own.contains(&local)));
    main.body = body;
    drop_params(main);
}

#[derive(Default)]
struct Secrets {
    /// The variables of closures that do nothing but encrypt.
    encryptors: BTreeSet<usize>,
    /// Where variables hold what has to be encrypted.
    held: BTreeMap<usize, Pointers>,
    found: bool,
}

/// In the order of the source.
type Pointers = IndexSet<String>;

impl Secrets {
    /// Nothing where something is encrypted for another end.
    fn list(&mut self, body: &mut [Stmt]) -> Option<()> {
        for stmt in body {
            if assigned(stmt).is_some_and(|local| self.encryptors.contains(&local)) {
                continue;
            }
            self.stmt(stmt)?;
        }
        Some(())
    }

    fn stmt(&mut self, stmt: &mut Stmt) -> Option<()> {
        if let StmtKind::Expr(expr) = &mut stmt.kind
            && let ExprKind::Assign(place, value) = &mut *expr.kind
            && let Root::Local(local) = place.root
        {
            let at = pointer_of(place);
            let pointers = match (self.take(value), &at) {
                (Some(pointers), _) => pointers,
                (None, _) => {
                    self.calls(value)?;
                    Pointers::new()
                }
            };
            let Some(at) = at else {
                return (pointers.is_empty() && self.is_plain(local)).then_some(());
            };
            let held = self.held.entry(local).or_default();
            held.retain(|known| !known.starts_with(&at));
            held.extend(pointers.iter().map(|pointer| format!("{at}{pointer}")));
            return Some(());
        }
        for expr in stmt.exprs_mut() {
            self.calls(expr)?;
        }
        for (body, _) in stmt.bodies_mut() {
            let before = self.held.clone();
            self.list(body)?;
            // A value that a branch encrypts may not be encrypted behind it.
            if self.held != before {
                return None;
            }
        }
        Some(())
    }

    fn is_plain(&self, local: usize) -> bool {
        self.held.get(&local).is_none_or(IndexSet::is_empty)
    }

    /// The pointers of a value, which becomes plaintext; nothing where it is another expression.
    fn take(&mut self, value: &mut Expr) -> Option<Pointers> {
        if let Some(plain) = self.plaintext(value) {
            if !self.is_clean(&mut plain.clone()) {
                return None;
            }
            *value = plain;
            self.found = true;
            return Some(Pointers::from([String::new()]));
        }
        match &mut *value.kind {
            ExprKind::Array(entries) => {
                let mut all = Pointers::new();
                for (index, entry) in entries.iter_mut().enumerate() {
                    let name = match entry.key.as_ref().map(|key| &*key.kind) {
                        Some(ExprKind::Text(name)) => escaped(name),
                        None => index.to_string(),
                        Some(_) => String::from("\0"),
                    };
                    let inner = self.take(&mut entry.value)?;
                    if !inner.is_empty() && (name == "\0" || entry.spread) {
                        return None;
                    }
                    all.extend(inner.iter().map(|inner| format!("/{name}{inner}")));
                }
                Some(all)
            }
            ExprKind::Local(local) => Some(self.held.get(local).cloned().unwrap_or_default()),
            _ => self.is_clean(value).then(Pointers::new),
        }
    }

    /// The values that an expression encrypts.
    fn plaintext(&self, expr: &Expr) -> Option<Expr> {
        match &*expr.kind {
            ExprKind::Crypto(Crypto::Encrypt, args) => args.first().cloned(),
            ExprKind::CallClosure(callee, args) => match (&*callee.kind, &**args) {
                (ExprKind::Local(local), [plain]) if self.encryptors.contains(local) => {
                    Some(plain.clone())
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether an expression has nothing to do with what is encrypted.
    fn is_clean(&self, expr: &mut Expr) -> bool {
        let mut clean = self.plaintext(expr).is_none();
        expr.locals_mut(&mut |local, _| {
            clean &= self.is_plain(*local) && !self.encryptors.contains(local);
        });
        clean
            && expr
                .children_mut()
                .into_iter()
                .all(|child| self.is_clean(child))
            && match &mut *expr.kind {
                ExprKind::Closure(closure, _) => {
                    let mut clean = true;
                    for stmt in &mut closure.body {
                        stmt.each_mut(&mut |expr| {
                            clean &= !matches!(*expr.kind, ExprKind::Crypto(Crypto::Encrypt, _));
                        });
                    }
                    clean
                }
                _ => true,
            }
    }

    /// Calls within an expression: their bodies may hold what is encrypted, and nothing else may.
    fn calls(&mut self, expr: &mut Expr) -> Option<()> {
        match &mut *expr.kind {
            ExprKind::Sdk(sdk) => self.sdk(sdk),
            ExprKind::Promise(promise) => {
                self.sdk(&mut promise.call)?;
                let handlers = promise.handlers.iter_mut();
                for (fulfilled, rejected) in handlers {
                    for handler in fulfilled.iter_mut().chain(rejected) {
                        self.is_clean(handler).then_some(())?;
                    }
                }
                Some(())
            }
            ExprKind::Wait(inner) | ExprKind::OfResponse(_, inner) => self.calls(inner),
            ExprKind::Builtin(_, args) if args.len() == 1 => self.calls(&mut args[0]),
            _ => self.is_clean(expr).then_some(()),
        }
    }

    fn sdk(&mut self, sdk: &mut Sdk) -> Option<()> {
        let mut all = Pointers::new();
        let Ok(options) = &mut sdk.options else {
            let clean = match &mut sdk.options {
                Err(options) => self.is_clean(options),
                Ok(_) => true,
            };
            return clean.then_some(());
        };
        for (name, value) in options {
            let pointers = self.take(value)?;
            if !pointers.is_empty() && !matches!(name.as_str(), "json" | "xml") {
                return None;
            }
            all.extend(pointers);
        }
        for pointer in all {
            let pointer = starred(&pointer);
            if !sdk.encrypt.contains(&pointer) {
                sdk.encrypt.push(pointer);
            }
        }
        Some(())
    }
}

/// Closures that do nothing but `return Rsa::encrypt($its_parameter, …);`, by their variables.
fn encryptors(body: &[Stmt]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for stmt in body {
        let Some(local) = assigned(stmt) else {
            continue;
        };
        found.remove(&local);
        let StmtKind::Expr(expr) = &stmt.kind else {
            continue;
        };
        if let ExprKind::Assign(_, value) = &*expr.kind
            && let ExprKind::Closure(closure, captures) = &*value.kind
            && encrypts(closure, captures)
        {
            found.insert(local);
        }
    }
    found
}

fn encrypts(closure: &Function, captures: &[(usize, usize)]) -> bool {
    let [stmt] = &*closure.body else {
        return false;
    };
    let StmtKind::Return(Some(value)) = &stmt.kind else {
        return false;
    };
    let ExprKind::Crypto(Crypto::Encrypt, args) = &*value.kind else {
        return false;
    };
    matches!(args.first().map(|arg| &*arg.kind), Some(ExprKind::Local(local))
        if closure.params.first().is_some_and(|param| param.local == *local)
            && !captures.iter().any(|(_, own)| own == local))
}

/// The variable of `$x = …;`.
fn assigned(stmt: &Stmt) -> Option<usize> {
    let StmtKind::Expr(expr) = &stmt.kind else {
        return None;
    };
    match &*expr.kind {
        ExprKind::Assign(place, _) if place.path.is_empty() => match place.root {
            Root::Local(local) => Some(local),
            Root::Field(_) => None,
        },
        _ => None,
    }
}

/// Where in an array something is put, if that is known.
fn pointer_of(place: &Place) -> Option<String> {
    let mut out = String::new();
    for key in &place.path {
        match key.as_ref().map(|key| &*key.kind) {
            Some(ExprKind::Text(name)) => out.push_str(&format!("/{}", escaped(name))),
            Some(ExprKind::Int(number)) => out.push_str(&format!("/{number}")),
            None => out.push_str("/*"),
            Some(_) => return None,
        }
    }
    Some(out)
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// `/a/0/b` is `/a/*/b`.
fn starred(pointer: &str) -> String {
    let parts = pointer.split('/').map(|part| {
        let number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if number { "*" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Parameters that nothing reads any more are none.
fn drop_params(function: &mut Function) {
    let mut used = BTreeSet::new();
    for stmt in &mut function.body {
        stmt.locals_mut(&mut |local, _| {
            used.insert(*local);
        });
    }
    let kept = function.params.iter().map(|param| param.local);
    let kept: Vec<usize> = kept.filter(|local| used.contains(local)).collect();
    let others = (0..function.locals.len()).filter(|local| !kept.contains(local));
    let order: Vec<usize> = kept.iter().copied().chain(others).collect();
    let mut renamed = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        renamed[*old] = new;
    }
    for stmt in &mut function.body {
        stmt.locals_mut(&mut |local, _| *local = renamed[*local]);
    }
    function.params.retain(|param| kept.contains(&param.local));
    for param in &mut function.params {
        param.local = renamed[param.local];
    }
    function.locals = order
        .iter()
        .map(|old| function.locals[*old].clone())
        .collect();
}
