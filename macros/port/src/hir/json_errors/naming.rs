//! Names for the text and the error of a call that decodes, where a statement begins with the call.

use super::calls::Calls;
use super::{ERROR, Known, Pass, TEXT};
use crate::syntax::{Arg, BinaryOp, Expr, ExprKind, Name, Span, Stmt, StmtKind, WholeExpr};

impl Pass<'_> {
    /// Gives names to the text and to the error of the call that a statement begins with, where the error is asked for.
    pub(super) fn named(&mut self, stmt: &mut Stmt) -> Option<(Vec<Stmt>, Known)> {
        let found = beginning(self.calls, first(stmt)?)?;
        let call = found.span;
        let is_needed = self.is_trial || self.needed.contains(&call);
        let ExprKind::Call { function, args } = &mut found.kind else {
            return None;
        };
        if !is_needed || !is_usual(args) {
            return None;
        }
        let encodes = function.last() == "json_encode";
        let text = args.first_mut().filter(|arg| arg.name.is_none())?;
        if encodes && self.has_floats && !is_finite(&text.value) {
            return None;
        }
        let variable = self.free("json_error");
        let before = if encodes {
            vec![set(call, &variable, none(call))]
        } else {
            self.decoded(call, &mut text.value, &variable)
        };
        Some((before, Known { variable, call }))
    }

    /// The text and its error, which stand before the call.
    fn decoded(&mut self, span: Span, text: &mut Expr, error: &str) -> Vec<Stmt> {
        let mut before = Vec::new();
        if !matches!(text.kind, ExprKind::Variable(_) | ExprKind::String(_)) {
            let name = self.free("json_text");
            let value = std::mem::replace(text, variable(span, &name));
            before.push(set(span, &name, call(value.span, TEXT, value)));
        }
        before.push(set(span, error, call(span, ERROR, text.clone())));
        before
    }

    fn free(&mut self, name: &str) -> String {
        let mut own = name.to_owned();
        let mut number = 2;
        while !self.names.insert(own.clone()) {
            own = format!("{name}_{number}");
            number += 1;
        }
        own
    }
}

/// The expression that a statement evaluates first, and once.
fn first(stmt: &mut Stmt) -> Option<&mut Expr> {
    match &mut stmt.kind {
        StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => Some(expr),
        StmtKind::Echo(values) => values.first_mut(),
        StmtKind::If { branches, .. } => Some(&mut branches.first_mut()?.0),
        _ => None,
    }
}

/// Whether a call takes texts of PHP's usual depth, and flags that are written there.
fn is_usual(args: &[Arg]) -> bool {
    let usual = |depth: &Arg| matches!(depth.value.kind, ExprKind::Int(512..));
    args.get(2).is_none_or(usual) && args.get(3).is_none_or(|flags| is_written(&flags.value))
}

fn is_written(flags: &Expr) -> bool {
    match &flags.kind {
        ExprKind::Int(_) | ExprKind::Constant(_) => true,
        ExprKind::Binary { left, right, .. } => is_written(left) && is_written(right),
        _ => false,
    }
}

/// Whether a value is written there and holds no infinite number.
fn is_finite(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::String(_) => true,
        ExprKind::Array(_) => value.children().into_iter().all(is_finite),
        _ => false,
    }
}

/// The call that decodes or encodes, where it is what an expression evaluates first.
fn beginning<'e>(calls: &Calls<'_>, expr: &'e mut Expr) -> Option<&'e mut Expr> {
    if calls.codes(expr) {
        let mut within = expr.children_mut().into_iter();
        let codes = within.any(|child| codes_within(calls, child));
        return (!codes).then_some(expr);
    }
    let inner = match &mut expr.kind {
        ExprKind::Assign {
            target,
            op: None,
            value,
        } if is_place(target) => value,
        ExprKind::Unary { operand, .. } => operand,
        ExprKind::Cast { value, .. } => value,
        ExprKind::Index { object, .. } | ExprKind::Property { object, .. } => object,
        ExprKind::Ternary { condition, .. } => condition,
        ExprKind::Call { args, .. } => &mut args.first_mut()?.value,
        ExprKind::Binary { op, left, right } => {
            let literal = matches!(
                left.kind,
                ExprKind::Null | ExprKind::Bool(_) | ExprKind::Variable(_)
            );
            let both = !matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce);
            if literal && both { right } else { left }
        }
        ExprKind::Whole(whole) => match &mut **whole {
            WholeExpr::Silenced(inner) => inner,
            _ => return None,
        },
        _ => return None,
    };
    beginning(calls, inner)
}

fn codes_within(calls: &Calls<'_>, expr: &mut Expr) -> bool {
    if matches!(expr.kind, ExprKind::Closure(_)) {
        return false;
    }
    let mut children = expr.children_mut().into_iter();
    children.any(|child| codes_within(calls, child)) || calls.codes(expr)
}

fn is_place(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Property { object, member } => member.name().is_some() && is_place(object),
        ExprKind::Index { object, index } => {
            let plain =
                |index: &Expr| matches!(index.kind, ExprKind::String(_) | ExprKind::Variable(_));
            is_place(object) && index.as_deref().is_none_or(plain)
        }
        _ => false,
    }
}

/// No error.
fn none(span: Span) -> Expr {
    Expr {
        span,
        kind: ExprKind::Int(0),
    }
}

fn set(span: Span, name: &str, value: Expr) -> Stmt {
    let kind = ExprKind::Assign {
        target: Box::new(variable(span, name)),
        op: None,
        value: Box::new(value),
    };
    Stmt {
        span,
        kind: StmtKind::Expr(Expr { span, kind }),
    }
}

pub(super) fn variable(span: Span, name: &str) -> Expr {
    Expr {
        span,
        kind: ExprKind::Variable(name.to_owned()),
    }
}

pub(super) fn call(span: Span, name: &str, value: Expr) -> Expr {
    let function = Name {
        span,
        written: name.to_owned(),
        resolved: name.to_owned(),
    };
    let args = vec![Arg { name: None, value }];
    Expr {
        span,
        kind: ExprKind::Call { function, args },
    }
}
