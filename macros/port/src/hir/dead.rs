//! Statements behind a `return`, `throw`, `exit`, `break` or `continue` of the same list, or behind an `if` or a `try` that
//! always ends so: PHP never reaches them, so they are left out.

use super::tree::{ExprKind, File, Stmt, StmtKind};
use crate::diagnostic::Problem;

pub(super) fn file(file: &mut File) {
    let mut problems = Vec::new();
    for function in file.functions_mut() {
        list(&mut function.body, &mut problems);
    }
    file.problems.append(&mut problems);
}

fn list(body: &mut Vec<Stmt>, problems: &mut Vec<Problem>) {
    if let Some(at) = body.iter().position(leaves) {
        let jumps = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Break(_) | StmtKind::Continue(_));
        let dead = body[at + 1..].iter().find(|stmt| !jumps(stmt));
        if let Some(dead) = dead {
            if body[at + 1..].iter().any(calls) {
                // Calls of WeChat Pay and refusals stay in sight.
                if body.last().is_some_and(|last| !leaves(last)) {
                    let span = dead.span;
                    let kind = StmtKind::Exit(None);
                    body.push(Stmt { span, kind });
                }
            } else {
                let message = "PHP never reaches what stands here: it is left out";
                problems.push(Problem::warning(dead.span, message));
                body.truncate(at + 1);
            }
        }
    }
    for stmt in body {
        for (body, _) in stmt.bodies_mut() {
            list(body, problems);
        }
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Closure(closure, _) = &mut *expr.kind {
                list(&mut closure.body, problems);
            }
        });
    }
}

/// Whether a statement holds a call of WeChat Pay or a refusal. A `yield` makes a function a generator, even where PHP
/// never reaches it.
fn calls(stmt: &Stmt) -> bool {
    let mut found = refuses(stmt);
    stmt.clone().each_mut(&mut |expr| {
        found |= matches!(
            *expr.kind,
            ExprKind::Sdk(_) | ExprKind::Promise(_) | ExprKind::Refused(_)
        );
    });
    found
}

fn refuses(stmt: &Stmt) -> bool {
    let mut bodies = stmt.clone();
    let mut bodies = bodies.bodies_mut().into_iter();
    matches!(stmt.kind, StmtKind::Refused(_)) || bodies.any(|(body, _)| body.iter().any(refuses))
}

/// Whether PHP never goes on behind a statement; `false` for refused parts.
fn leaves(stmt: &Stmt) -> bool {
    let mut refused = refuses(stmt);
    stmt.clone()
        .each_mut(&mut |expr| refused |= matches!(*expr.kind, ExprKind::Refused(_)));
    !refused && super::ends(std::slice::from_ref(stmt))
}
