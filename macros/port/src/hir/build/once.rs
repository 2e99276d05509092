//! Static properties that are set once: behind a check that they hold nothing yet.
//!
//! PHP keeps them for the whole process. A copy for each object means the same only if each copy is given the same value.

use crate::hir::tree::{Expr, ExprKind, Foreign, Function, Root, Stmt, StmtKind};
use crate::syntax::{self, BinaryOp};

/// Whether a property begins with what counts as nothing.
pub(super) fn begins_empty(property: &syntax::Property) -> bool {
    property
        .default
        .as_ref()
        .is_none_or(|value| match &value.kind {
            syntax::ExprKind::Null | syntax::ExprKind::Bool(false) => true,
            syntax::ExprKind::String(text) => text.is_empty(),
            syntax::ExprKind::Array(items) => items.is_empty(),
            _ => false,
        })
}

/// Whether a method sets a property in one place, only while it holds nothing, to a value that does not depend on it.
pub(super) fn sets_once(function: &mut Function, name: &str) -> bool {
    let mut places = 0;
    for stmt in &mut function.body {
        stmt.each_with_closures(&mut |expr| {
            let own = |root: &Root| matches!(root, Root::Field(field) if field == name);
            places += expr
                .places_mut()
                .iter()
                .filter(|(place, _)| own(&place.root))
                .count();
        });
    }
    places == 1 && statements(&mut function.body, name, false)
}

/// Whether a list of statements has the assignment behind a check.
fn statements(body: &mut [Stmt], name: &str, mut checked: bool) -> bool {
    for stmt in body {
        let mut leaves = false;
        match &mut stmt.kind {
            StmtKind::If(branches, otherwise) => {
                let mut first = true;
                for (condition, body) in branches {
                    let empty = first && is_empty(condition, name);
                    let held = first && is_held(condition, name);
                    if expr(condition, name, checked) || statements(body, name, checked || empty) {
                        return true;
                    }
                    leaves = held && crate::hir::ends(body);
                    first = false;
                }
                if let Some(body) = otherwise
                    && statements(body, name, checked)
                {
                    return true;
                }
            }
            _ => {
                let found = stmt
                    .exprs_mut()
                    .into_iter()
                    .any(|it| expr(it, name, checked));
                let mut bodies = stmt.bodies_mut();
                if found
                    || bodies
                        .iter_mut()
                        .any(|(body, _)| statements(body, name, checked))
                {
                    return true;
                }
            }
        }
        checked |= leaves;
    }
    false
}

/// Whether an expression has the assignment behind a check.
fn expr(value: &mut Expr, name: &str, checked: bool) -> bool {
    match &mut *value.kind {
        ExprKind::AssignMissing(place, new) if is_field_root(&place.root, name) => {
            place.path.is_empty() && !mentions(new, name)
        }
        ExprKind::Assign(place, new) if is_field_root(&place.root, name) => {
            checked && place.path.is_empty() && !mentions(new, name)
        }
        ExprKind::Coalesce(left, right) | ExprKind::Ternary(left, None, right)
            if is_field(left, name) =>
        {
            expr(right, name, true)
        }
        ExprKind::Ternary(condition, Some(then), otherwise) => {
            let (empty, held) = (is_empty(condition, name), is_held(condition, name));
            expr(then, name, checked || empty) || expr(otherwise, name, checked || held)
        }
        _ => value
            .children_mut()
            .into_iter()
            .any(|child| expr(child, name, checked)),
    }
}

/// Whether a condition holds only while the property holds nothing: `!self::$a`, `self::$a === null`, `empty(self::$a)`.
fn is_empty(condition: &Expr, name: &str) -> bool {
    match &*condition.kind {
        ExprKind::Not(inner) => is_held(inner, name),
        ExprKind::And(left, right) => is_empty(left, name) || is_empty(right, name),
        ExprKind::Binary(BinaryOp::Equal | BinaryOp::Identical, left, right) => {
            is_nothing(left, right, name)
        }
        _ => false,
    }
}

/// Whether a condition holds whenever the property holds something: `self::$a`, `isset(self::$a)`.
fn is_held(condition: &Expr, name: &str) -> bool {
    match &*condition.kind {
        ExprKind::Field(_) => is_field(condition, name),
        ExprKind::Isset(inner) | ExprKind::InstanceOf(inner, _) => is_field(inner, name),
        ExprKind::Not(inner) => is_empty(inner, name),
        ExprKind::Binary(BinaryOp::NotEqual | BinaryOp::NotIdentical, left, right) => {
            is_nothing(left, right, name)
        }
        ExprKind::Foreign(foreign) => is_class_check(foreign, name),
        _ => false,
    }
}

/// `self::$a instanceof …`
fn is_class_check(foreign: &Foreign, name: &str) -> bool {
    let [value] = &*foreign.args else {
        return false;
    };
    foreign.words.first().is_some_and(|word| word == "is") && is_field(value, name)
}

/// A property that is compared with null.
fn is_nothing(left: &Expr, right: &Expr, name: &str) -> bool {
    let null = |value: &Expr| matches!(*value.kind, ExprKind::Null);
    is_field(left, name) && null(right) || null(left) && is_field(right, name)
}

fn is_field(value: &Expr, name: &str) -> bool {
    matches!(&*value.kind, ExprKind::Field(field) if field == name)
}

fn is_field_root(root: &Root, name: &str) -> bool {
    matches!(root, Root::Field(field) if field == name)
}

fn mentions(value: &mut Expr, name: &str) -> bool {
    is_field(value, name)
        || value
            .children_mut()
            .into_iter()
            .any(|child| mentions(child, name))
}
