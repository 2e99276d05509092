//! The refusals of the passes before the tree stand in it as well: what is written does not compile.

use super::tree::{Expr, ExprKind, File, Stmt};
use crate::diagnostic::{Problem, Severity};

/// Puts the errors among the problems in the place of the expressions that they are about. Those about none are left over.
pub(super) fn file(file: &mut File, problems: Vec<Problem>) {
    for problem in &problems {
        if problem.severity != Severity::Error {
            continue;
        }
        let mut placed = false;
        for function in file.functions_mut() {
            if function.span.contains(problem.span) {
                placed |= place(&mut function.body, problem);
            }
        }
        if !placed {
            file.unplaced.push(problem.clone());
        }
    }
    file.problems.extend(problems);
}

fn place(body: &mut [Stmt], problem: &Problem) -> bool {
    let mut placed = false;
    for stmt in body {
        stmt.each_with_closures(&mut |expr: &mut Expr| {
            if expr.span == problem.span {
                *expr.kind = ExprKind::Refused(problem.clone());
                placed = true;
            }
        });
    }
    placed
}
