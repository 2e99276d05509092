//! `date_default_timezone_set`: it may count where the application is asked for anything, and is left out elsewhere, with
//! a warning: other files may ask for a time.

use super::tree::{Expr, ExprKind, File, Stmt, StmtKind};
use crate::diagnostic::Problem;

pub(super) fn file(file: &mut File) {
    let mut counts = false;
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| counts |= asks_application(expr));
        }
    }
    if counts {
        return;
    }
    let mut left_out = Vec::new();
    for function in file.functions_mut() {
        leave_out(&mut function.body, &mut left_out);
    }
    file.problems.extend(left_out);
}

fn leave_out(body: &mut Vec<Stmt>, left_out: &mut Vec<Problem>) {
    body.retain(|stmt| {
        let sets = matches!(&stmt.kind, StmtKind::Expr(expr) if sets_timezone(expr));
        if sets {
            let message = "the time zone is left out: nothing in this file asks for a local time";
            let problem = Problem::warning(stmt.span, message);
            left_out.push(problem.hint("set it in the application, if other files ask for one"));
        }
        !sets
    });
    for stmt in body {
        for (body, _) in stmt.bodies_mut() {
            leave_out(body, left_out);
        }
    }
}

fn sets_timezone(expr: &Expr) -> bool {
    matches!(&*expr.kind, ExprKind::Foreign(foreign) if matches!(&*foreign.words, [word] if word == "date_default_timezone_set"))
}

/// Whether the application is asked for something else: its function may ask for a local time.
fn asks_application(expr: &Expr) -> bool {
    matches!(*expr.kind, ExprKind::Foreign(_)) && !sets_timezone(expr)
}
