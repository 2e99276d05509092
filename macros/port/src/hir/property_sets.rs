//! The changes of a property of an object by the methods of its class.

use super::changed::{Changed, changed};
use crate::syntax::{BinaryOp, Expr, ExprKind, Part, Span, Stmt, WholeExpr};

/// A change of a property.
pub(super) struct Set {
    pub(super) span: Span,
    pub(super) kind: SetKind,
}

pub(super) enum SetKind {
    /// `$this->n = …`
    Assign,
    /// `$this->n ??= …`
    Missing,
    /// `$this->n[] = …`: an object may take it.
    Item,
    /// `$this->n++`, `sort($this->n)`
    Change,
}

/// The changes of a property in statements and in the closures among them.
pub(super) fn sets_of(body: &[Stmt], name: &str, found: &mut Vec<Set>) {
    for part in body.iter().flat_map(|stmt| stmt.kind.parts()) {
        match part {
            Part::Expr(expr) => sets_in(expr, name, found),
            Part::Body(body) => sets_of(body, name, found),
        }
    }
}

/// The changes in an expression, in the order in which they are written.
pub(super) fn sets_in(expr: &Expr, name: &str, found: &mut Vec<Set>) {
    let span = expr.span;
    match &expr.kind {
        ExprKind::Closure(closure) => sets_of(&closure.body, name, found),
        ExprKind::Assign { target, op, value } => {
            sets_in(value, name, found);
            let kind = if op.is_some() {
                SetKind::Change
            } else {
                SetKind::Assign
            };
            return target_of(target, (span, kind), name, found);
        }
        ExprKind::Call { function, args } => {
            let function = function.last();
            let mut args = args.iter().enumerate();
            let own =
                args.any(|(at, arg)| is_own(root(&arg.value), name) && is_changed(&function, at));
            let kind = SetKind::Change;
            found.extend(own.then_some(Set { span, kind }));
        }
        ExprKind::Whole(whole) => match &**whole {
            WholeExpr::CoalesceAssign(target, value) => {
                sets_in(value, name, found);
                return target_of(target, (span, SetKind::Missing), name, found);
            }
            WholeExpr::Step { target, .. } => {
                return target_of(target, (span, SetKind::Change), name, found);
            }
            _ => {}
        },
        _ => {}
    }
    for child in expr.children() {
        sets_in(child, name, found);
    }
}

/// A place that is set.
fn target_of(target: &Expr, (span, kind): (Span, SetKind), name: &str, found: &mut Vec<Set>) {
    if is_own(target, name) {
        found.push(Set { span, kind });
    } else if is_own(root(target), name) {
        let kind = SetKind::Item;
        found.push(Set { span, kind });
    } else if is_list(target) {
        for item in target.children() {
            target_of(item, (span, SetKind::Assign), name, found);
        }
    } else {
        for child in target.children() {
            sets_in(child, name, found);
        }
    }
}

/// Whether a function of PHP changes its argument of this index.
fn is_changed(function: &str, at: usize) -> bool {
    if matches!(function, "end" | "reset") {
        return at == 0;
    }
    match changed(function) {
        Some(Changed::At(all)) => all.contains(&at),
        Some(Changed::From(first)) => at >= first,
        Some(Changed::Unclear) => at == 0,
        Some(Changed::Cursor) => at == 0 && matches!(function, "next" | "prev" | "each"),
        None => false,
    }
}

fn is_list(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Array(_) => true,
        ExprKind::Whole(whole) => matches!(**whole, WholeExpr::List(_)),
        _ => false,
    }
}

/// Whether a method asks whether the property is there.
pub(super) fn asks(body: &[Stmt], name: &str) -> bool {
    let parts = body.iter().flat_map(|stmt| stmt.kind.parts());
    let mut parts = parts.into_iter();
    parts.any(|part| match part {
        Part::Expr(expr) => asks_in(expr, name),
        Part::Body(body) => asks(body, name),
    })
}

fn asks_in(expr: &Expr, name: &str) -> bool {
    let own = asked(expr).into_iter().any(|it| is_own(root(it), name));
    let closure = match &expr.kind {
        ExprKind::Closure(closure) => asks(&closure.body, name),
        _ => false,
    };
    let mut children = expr.children().into_iter();
    own || closure || children.any(|child| asks_in(child, name))
}

/// The operands that an expression asks for: those of `isset`, `empty` and `??`.
pub(super) fn asked(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Call { function, args } if matches!(&*function.last(), "isset" | "empty") => {
            args.iter().map(|arg| &arg.value).collect()
        }
        ExprKind::Binary {
            op: BinaryOp::Coalesce,
            left,
            ..
        } => vec![&**left],
        _ => Vec::new(),
    }
}

/// `$this->name`
pub(super) fn is_own(expr: &Expr, name: &str) -> bool {
    expr.own_property() == Some(name)
}

/// What an access begins with.
pub(super) fn root(target: &Expr) -> &Expr {
    match &target.kind {
        ExprKind::Index { object, .. } => root(object),
        _ => target,
    }
}
