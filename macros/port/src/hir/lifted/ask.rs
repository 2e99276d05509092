//! Conditions on a parameter whose closure is known: whether there is one.

use super::scope::{Scope, variable};
use crate::syntax::{BinaryOp, Expr, ExprKind, Stmt, StmtKind, UnaryOp};

/// Leaves those branches of an `if` out that are never taken, and the statements behind one that is taken and leaves.
pub(super) fn decided(body: &mut Vec<Stmt>, scope: &Scope) {
    for index in 0..body.len() {
        let stmt = &mut body[index];
        decide(stmt, scope);
        let StmtKind::Block(taken) = &stmt.kind else {
            continue;
        };
        let leaves = taken.last().is_some_and(|last| match &last.kind {
            StmtKind::Return(_) => true,
            StmtKind::Expr(expr) => matches!(expr.kind, ExprKind::Throw(_)),
            _ => false,
        });
        if leaves && !scope.bound.is_empty() {
            body.truncate(index + 1);
            return;
        }
    }
}

fn decide(stmt: &mut Stmt, scope: &Scope) {
    let StmtKind::If {
        branches,
        otherwise,
    } = &mut stmt.kind
    else {
        return;
    };
    if scope.bound.is_empty() {
        return;
    }
    for (condition, _) in branches.iter_mut() {
        condition_of(condition, scope);
    }
    branches.retain(|(condition, _)| condition.kind != ExprKind::Bool(false));
    let taken = branches
        .iter()
        .position(|(condition, _)| condition.kind == ExprKind::Bool(true));
    if let Some(taken) = taken {
        branches.truncate(taken + 1);
        *otherwise = branches.pop().map(|(_, body)| body);
    }
    if branches.is_empty() {
        stmt.kind = StmtKind::Block(otherwise.take().unwrap_or_default());
    }
}

/// `is_callable($fn)`, `$fn !== null`, `isset($fn)`, `$fn ? … : …`.
pub(super) fn asked(expr: &mut Expr, scope: &Scope) {
    if scope.bound.is_empty() {
        return;
    }
    if let Some(holds) = answer(expr, scope) {
        expr.kind = ExprKind::Bool(holds);
        return;
    }
    match &mut expr.kind {
        ExprKind::Ternary {
            condition,
            then: Some(then),
            otherwise,
        } => {
            condition_of(condition, scope);
            match condition.kind {
                ExprKind::Bool(true) => *expr = (**then).clone(),
                ExprKind::Bool(false) => *expr = (**otherwise).clone(),
                _ => return,
            }
            asked(expr, scope);
        }
        ExprKind::Binary {
            op: BinaryOp::And | BinaryOp::Or,
            ..
        } => condition_of(expr, scope),
        _ => {}
    }
}

/// Replaces the parts of a condition that ask for a closure by their answers.
fn condition_of(condition: &mut Expr, scope: &Scope) {
    if let Some(known) = variable(condition).and_then(|name| scope.bound.get(name)) {
        condition.kind = ExprKind::Bool(!known.is_null);
        return;
    }
    if let Some(holds) = answer(condition, scope) {
        condition.kind = ExprKind::Bool(holds);
        return;
    }
    if let ExprKind::Binary {
        op: op @ (BinaryOp::And | BinaryOp::Or),
        left,
        right,
    } = &mut condition.kind
    {
        condition_of(left, scope);
        condition_of(right, scope);
        // The right side is not evaluated.
        let decides = ExprKind::Bool(*op == BinaryOp::Or);
        if left.kind == decides {
            condition.kind = decides;
        }
    }
}

/// Whether there is a closure, where that is asked.
fn answer(expr: &Expr, scope: &Scope) -> Option<bool> {
    let known = |value: &Expr| scope.bound.get(variable(value)?);
    let there = |value: &Expr| known(value).map(|known| !known.is_null);
    match &expr.kind {
        ExprKind::Call { function, args } => match (&*function.last(), &**args) {
            ("is_callable", [arg]) if known(&arg.value).is_some_and(super::walk::is_options) => {
                Some(false)
            }
            ("is_callable" | "isset", [arg]) => there(&arg.value),
            ("is_null" | "empty", [arg]) => there(&arg.value).map(|there| !there),
            _ => None,
        },
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => there(operand).map(|there| !there),
        ExprKind::Binary { op, left, right } => match op {
            BinaryOp::InstanceOf => {
                let closure = matches!(&right.kind, ExprKind::Constant(name)
                    if name.last() == "closure");
                // A name, or an object and a name, is no object of this class.
                let is = known(left).map(|known| !known.is_null && known.written.is_none());
                is.filter(|_| closure)
            }
            BinaryOp::Identical | BinaryOp::Equal => {
                beside_null(left, right).and_then(there).map(|there| !there)
            }
            BinaryOp::NotIdentical | BinaryOp::NotEqual => beside_null(left, right).and_then(there),
            _ => None,
        },
        _ => None,
    }
}

/// The value that is compared with null.
fn beside_null<'e>(left: &'e Expr, right: &'e Expr) -> Option<&'e Expr> {
    match (&left.kind, &right.kind) {
        (_, ExprKind::Null) => Some(left),
        (ExprKind::Null, _) => Some(right),
        _ => None,
    }
}
