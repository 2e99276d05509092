//! Which variables the body of a loop or of a `try` may change.

use std::collections::{BTreeMap, BTreeSet};

use super::changed::{Changed, changed};
use super::tree::{Expr, ExprKind, File, Local, Stmt, StmtKind, Unresolved};
use super::walk::Use;
use crate::syntax::Span;

/// The names of the variables, by the span of the statement; `*` is all of them.
pub(crate) type Changes = BTreeMap<Span, Vec<String>>;

/// The surrounding variables that the loops and the `try`s of a file may change.
pub(super) fn of(file: &mut File) -> Changes {
    let references = Functions::of(file);
    let mut changes = Changes::new();
    for function in file.functions_mut() {
        let locals = &function.locals;
        statements(&mut function.body, locals, &references, &mut changes);
    }
    changes
}

/// The variable that a place such as `$a['k']->b` begins with.
pub(crate) fn root(place: &Expr) -> Option<usize> {
    match &*place.kind {
        ExprKind::Local(local) => Some(*local),
        ExprKind::Index(object, _) => root(object),
        _ => None,
    }
}

/// The arguments that a function of PHP may change, counted from 0.
pub(crate) fn places(function: &str, count: usize) -> impl Iterator<Item = usize> {
    let changed = match function {
        "unset" => Some(Changed::Unclear),
        _ => changed(function),
    };
    let places = changed.map(|changed| changed.places(count));
    places.into_iter().flatten()
}

/// The variables of a closure that its statements may change.
pub(super) fn written(body: &mut [Stmt], locals: &[Local]) -> BTreeSet<String> {
    names(body, locals, &Functions::default())
}

/// The parameters of a file's functions that are the caller's variables.
#[derive(Default)]
struct Functions {
    by_name: BTreeMap<String, Vec<usize>>,
    /// Whether a closure has such a parameter.
    closures: bool,
}

impl Functions {
    fn of(file: &mut File) -> Self {
        let by_name = file.functions.iter().map(|function| {
            let params = function.params.iter().enumerate();
            let params = params.filter(|(_, param)| param.by_reference);
            let places = params.map(|(place, _)| place).collect();
            (function.name.to_ascii_lowercase(), places)
        });
        let by_name = by_name.collect();
        let mut closures = false;
        for function in file.functions_mut() {
            for stmt in &mut function.body {
                stmt.each_with_closures(&mut |expr| {
                    if let ExprKind::Closure(closure, _) = &*expr.kind {
                        closures |= closure.params.iter().any(|param| param.by_reference);
                    }
                });
            }
        }
        Self { by_name, closures }
    }

    /// The arguments of a call that may have another value afterwards.
    fn given<'e>(&self, expr: &'e Expr) -> Vec<&'e Expr> {
        let (args, places): (&Vec<Expr>, Vec<usize>) = match &*expr.kind {
            ExprKind::Call(name, args) => {
                (args, self.by_name.get(name).cloned().unwrap_or_default())
            }
            ExprKind::CallClosure(_, args) if self.closures => (args, (0..args.len()).collect()),
            ExprKind::Unresolved(unresolved) => match &**unresolved {
                Unresolved::Function(name, args) => (args, places(name, args.len()).collect()),
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let args = places.into_iter().filter_map(|place| args.get(place));
        args.collect()
    }
}

fn statements(
    body: &mut Vec<Stmt>,
    locals: &[Local],
    functions: &Functions,
    changes: &mut Changes,
) {
    for stmt in body {
        if let Some(mut inner) = repeated(stmt) {
            let names = names(&mut inner, locals, functions);
            changes.insert(stmt.span, names.into_iter().collect());
        }
        for expr in stmt.exprs_mut() {
            closures(expr, functions, changes);
        }
        for (inner, _) in stmt.bodies_mut() {
            statements(inner, locals, functions, changes);
        }
    }
}

/// The statements that a loop runs in each turn, or a `try` before it fails.
fn repeated(stmt: &Stmt) -> Option<Vec<Stmt>> {
    let more = |body: &Vec<Stmt>, exprs: Vec<&Expr>| {
        let exprs = exprs.into_iter().cloned();
        let exprs = exprs.map(|expr| Stmt::expr(expr.span, expr));
        Some(body.iter().cloned().chain(exprs).collect())
    };
    match &stmt.kind {
        StmtKind::Foreach { body, .. } | StmtKind::Try { body, .. } => Some(body.clone()),
        StmtKind::While {
            condition,
            step,
            body,
        } => more(body, condition.iter().chain(step).collect()),
        StmtKind::DoWhile(body, condition) => more(body, vec![condition]),
        _ => None,
    }
}

fn closures(expr: &mut Expr, functions: &Functions, changes: &mut Changes) {
    if let ExprKind::Closure(closure, _) = &mut *expr.kind {
        let locals = &closure.locals;
        statements(&mut closure.body, locals, functions, changes);
    }
    for child in expr.children_mut() {
        closures(child, functions, changes);
    }
}

/// The variables that statements may change, without those of closures in them.
fn names(body: &mut [Stmt], locals: &[Local], functions: &Functions) -> BTreeSet<String> {
    let name = |local: usize| locals.get(local).map(|local| local.name.clone());
    let mut names = BTreeSet::new();
    for stmt in body {
        stmt.locals_mut(&mut |local, how| {
            if how != Use::Read {
                names.extend(name(*local));
            }
        });
        stmt.each_mut(&mut |expr| {
            let given = functions.given(expr).into_iter();
            names.extend(given.filter_map(root).filter_map(name));
            if let ExprKind::Unresolved(unresolved) = &*expr.kind {
                match &**unresolved {
                    Unresolved::Open(open) => names.extend(open.changes.iter().cloned()),
                    Unresolved::Sharing(_, shared) => names.extend(shared.iter().cloned()),
                    _ => {}
                }
            }
        });
    }
    names
}
