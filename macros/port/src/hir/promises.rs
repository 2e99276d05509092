//! Handlers of a promise in the statement behind the one that makes it:
//!
//! ```php
//! $promise = $client->v3->certificates->getAsync();
//! return $promise->then($done)->wait();
//! ```
//!
//! They are handlers of the call itself.

use std::borrow::Cow;

use super::lifted::scope::{self, everywhere, is_movable, variable};
use super::uploads::mentions;
use crate::recognise::{Call, Mode};
use crate::syntax::{Expr, ExprKind, PartMut, Program, Stmt, StmtKind};

pub(super) fn program(program: Cow<'_, Program>) -> Cow<'_, Program> {
    let mut promises = has_promise(&program.statements);
    scope::each_function(&program.statements, &mut |_, body| {
        promises |= has_promise(body)
    });
    if !promises {
        return program;
    }
    let mut program = program.into_owned();
    scope::each_function_mut(&mut program.statements, &mut |params, body| {
        if !params.iter().any(|param| param.by_reference) {
            function(body);
        }
    });
    if !scope::shares(&program.statements) {
        function(&mut program.statements);
    }
    Cow::Owned(program)
}

fn has_promise(statements: &[Stmt]) -> bool {
    let mut found = false;
    everywhere(statements, &mut |expr| {
        found |= matches!(&expr.kind, ExprKind::MethodCall { object, method, .. }
            if variable(object).is_some() && method.name().is_some_and(is_handler));
    });
    found
}

fn is_handler(name: &str) -> bool {
    matches!(&*name.to_ascii_lowercase(), "then" | "otherwise")
}

fn function(body: &mut Vec<Stmt>) {
    if !is_movable(body) {
        return;
    }
    let mut whole = body.clone();
    while list(body, &whole) {
        whole.clone_from(body);
    }
}

/// Joins the first two such statements; gives whether there are any.
fn list(list: &mut Vec<Stmt>, whole: &[Stmt]) -> bool {
    for index in 0..list.len() {
        if let Some((name, promise)) = promise(&list[index])
            && let Some(next) = list.get_mut(index + 1)
            && joined(next, &name, &promise, whole)
        {
            list.remove(index);
            return true;
        }
        for part in list[index].kind.parts_mut() {
            if let PartMut::Body(body) = part
                && self::list(body, whole)
            {
                return true;
            }
        }
    }
    false
}

/// The variable and the promise of `$promise = $client->…->getAsync();`.
fn promise(stmt: &Stmt) -> Option<(String, Expr)> {
    let StmtKind::Expr(expr) = &stmt.kind else {
        return None;
    };
    let (target, value) = expr.assignment()?;
    let call = Call::of(value)?;
    let open = call.verb.mode == Mode::Async && !call.waited;
    open.then_some((variable(target)?.to_owned(), value.clone()))
}

/// Puts the promise into the place of the variable, where a handler is added to it first of all.
fn joined(next: &mut Stmt, name: &str, promise: &Expr, whole: &[Stmt]) -> bool {
    let here = mentions(std::slice::from_ref(next), name);
    let all = mentions(whole, name);
    let (expr, again) = match &mut next.kind {
        StmtKind::Return(Some(expr)) => (expr, false),
        StmtKind::Expr(expr) => match &mut expr.kind {
            ExprKind::Assign {
                target,
                op: None,
                value,
            } => match variable(target) {
                Some(target) => {
                    let again = target == name;
                    (&mut **value, again)
                }
                None => return false,
            },
            _ => (expr, false),
        },
        _ => return false,
    };
    let known = if again {
        here == 2
    } else {
        here == 1 && all == 2
    };
    let Some(place) = first(expr, name).filter(|_| known) else {
        return false;
    };
    *place = promise.clone();
    true
}

/// The variable at the beginning of `$promise->then(…)->otherwise(…)->wait()`.
fn first<'e>(expr: &'e mut Expr, name: &str) -> Option<&'e mut Expr> {
    let ExprKind::MethodCall { object, method, .. } = &mut expr.kind else {
        return None;
    };
    let adds = method.name().is_some_and(is_handler);
    if variable(object) == Some(name) {
        return adds.then_some(&mut **object);
    }
    first(object, name)
}
