//! Promises that are begun and not waited for.
//!
//! Guzzle sends the requests of all promises that are open when one of them is waited for, and runs their handlers
//! then. A promise that nothing waits for is not sent. The client sends a request when it is waited for itself, so a
//! wait while another promise is open is refused.

use std::collections::BTreeSet;

use super::tree::{Expr, ExprKind, File, Root, Stmt, StmtKind};
use crate::diagnostic::Problem;

pub(super) fn file(file: &mut File) {
    for function in file.functions_mut() {
        list(&mut function.body, &mut Open::new());
    }
}

/// The variables of the promises that are open; `None` stands for one without a variable.
type Open = BTreeSet<Option<usize>>;

fn list(body: &mut [Stmt], open: &mut Open) {
    for stmt in body {
        statement(stmt, open);
    }
}

fn statement(stmt: &mut Stmt, open: &mut Open) {
    if let StmtKind::Expr(expr) = &mut stmt.kind
        && let ExprKind::Promise(promise) = &mut *expr.kind
        && promise.handlers.iter().flat_map(both).all(is_closure)
    {
        // Without a wait no handler runs.
        promise.handlers.clear();
    }
    for inner in stmt.exprs_mut() {
        expr(inner, open);
    }
    match &mut stmt.kind {
        StmtKind::If(branches, otherwise) => {
            let before = open.clone();
            let bodies = branches.iter_mut().map(|(_, body)| body);
            for body in bodies.chain(otherwise) {
                let mut own = before.clone();
                list(body, &mut own);
                open.extend(own);
            }
        }
        StmtKind::Switch(_, cases) => {
            for (_, body) in cases {
                let mut own = open.clone();
                list(body, &mut own);
                open.extend(own);
            }
        }
        StmtKind::While { body, .. }
        | StmtKind::DoWhile(body, _)
        | StmtKind::Foreach { body, .. } => {
            let mut own = open.clone();
            list(body, &mut own);
            // A promise that one turn leaves pending is pending in the next.
            if !own.is_subset(open) {
                list(body, &mut own);
            }
            open.extend(own);
        }
        StmtKind::Try {
            body,
            catches,
            finally,
        } => {
            let mut tried = open.clone();
            list(body, &mut tried);
            let mut after = tried.clone();
            for catch in catches {
                let mut own = open.union(&tried).copied().collect();
                list(&mut catch.body, &mut own);
                after.extend(own);
            }
            *open = after;
            if let Some(finally) = finally {
                list(finally, open);
            }
        }
        StmtKind::Block(body) => list(body, open),
        _ => {}
    }
}

fn expr(found: &mut Expr, open: &mut Open) {
    let span = found.span;
    match &mut *found.kind {
        ExprKind::Wait(waited) => {
            match &mut *waited.kind {
                ExprKind::Promise(_) => children(waited, open),
                ExprKind::Local(local) => drop(open.remove(&Some(*local))),
                _ => expr(waited, open),
            }
            if !open.is_empty() {
                let problem = Problem::error(
                    span,
                    "PHP sends the promises that are open here together with this one",
                );
                let hint = "wait for each promise before the next begins, or write this part in Rust with `tokio::join!`";
                *found.kind = ExprKind::Refused(problem.hint(hint));
            }
        }
        ExprKind::Assign(place, value)
            if matches!(*value.kind, ExprKind::Promise(_)) && place.path.is_empty() =>
        {
            children(value, open);
            let local = match place.root {
                Root::Local(local) => Some(local),
                Root::Field(_) => None,
            };
            // The promise that the variable held before stays open.
            if !open.insert(local) {
                open.insert(None);
            }
        }
        ExprKind::Promise(_) => {
            children(found, open);
            open.insert(None);
        }
        _ => children(found, open),
    }
}

fn children(of: &mut Expr, open: &mut Open) {
    if let ExprKind::Promise(promise) = &mut *of.kind {
        let handlers = promise.handlers.iter_mut();
        for handler in handlers.flat_map(|(done, failed)| done.iter_mut().chain(failed)) {
            if let ExprKind::Closure(function, _) = &mut *handler.kind {
                chained(&mut function.body);
            }
        }
    }
    if let ExprKind::Closure(function, _) = &mut *of.kind {
        list(&mut function.body, &mut Open::new());
    }
    for child in of.children_mut() {
        expr(child, open);
    }
}

/// A promise that a handler gives back is waited for in its place.
fn chained(body: &mut [Stmt]) {
    for stmt in body {
        match &mut stmt.kind {
            StmtKind::Return(Some(value)) if matches!(*value.kind, ExprKind::Promise(_)) => {
                let promise = value.clone();
                *value.kind = ExprKind::Wait(promise);
            }
            // Within `try` its failure would be caught.
            StmtKind::Try { .. } => {}
            _ => stmt
                .bodies_mut()
                .into_iter()
                .for_each(|(body, _)| chained(body)),
        }
    }
}

fn both((done, failed): &(Option<Expr>, Option<Expr>)) -> impl Iterator<Item = &Expr> {
    done.iter().chain(failed)
}

fn is_closure(handler: &Expr) -> bool {
    matches!(*handler.kind, ExprKind::Closure(..))
}
