//! Properties that hold a client at one time and another value of PHP at another: a client of another SDK, an array with an error,
//! or `false` before there is one.
//!
//! A value of JSON has no client. The application gives a value in its place, and gives the client for it where a call begins. PHP
//! has an object there, so other uses of a value that may be such a one throw, if it is one.

use std::collections::BTreeSet;

use super::Ty;
use super::carried::{Carried, Reach, Seeds};
use super::kept::statements;
use super::tree::{Class, Expr, ExprKind, File, Place, Root, StmtKind};
use crate::diagnostic::Problem;
use crate::syntax::BinaryOp;

/// The function that throws for a client.
const NONE: &str = "no_client";

pub(super) fn file(file: &mut File) {
    let mut told = Vec::new();
    for class in &mut file.classes {
        keep(class, &mut told);
    }
    if told.is_empty() {
        return;
    }
    file.problems.append(&mut told);
    let seeds = Seeds {
        names: None,
        reach: Reach::Level,
        value: |expr| matches!(*expr.kind, ExprKind::Coerce(Ty::Client, _)),
        change: |_| None,
    };
    let carried = Carried::of(file, seeds);
    carried.each(file, &mut |function, expr| guard(&carried, function, expr));
    let mut number = 0;
    for function in file.functions_mut() {
        statements(function, &mut number, &mut |function, stmt| {
            let reads = matches!(
                stmt.kind,
                StmtKind::Echo(_) | StmtKind::Switch(..) | StmtKind::Foreach { .. }
            );
            for expr in stmt.exprs_mut().into_iter().filter(|_| reads) {
                demand(&carried, function, expr);
            }
        });
    }
}

/// Marks the clients that are put into properties which may hold any value.
fn keep(class: &mut Class, told: &mut Vec<Problem>) {
    let fields = class.fields.iter();
    let fields = fields.filter(|field| field.ty == Ty::Any && field.declared.is_none());
    let fields: BTreeSet<String> = fields.map(|field| field.name.clone()).collect();
    let methods = class.methods.iter();
    let makers = methods.filter(|method| method.returns == Ty::Client);
    let makers: BTreeSet<String> = makers
        .map(|method| method.name.to_ascii_lowercase())
        .collect();
    for method in class.constructor.iter_mut().chain(&mut class.methods) {
        for stmt in &mut method.body {
            stmt.each_with_closures(&mut |expr| {
                let (ExprKind::Assign(place, value) | ExprKind::AssignMissing(place, value)) =
                    &mut *expr.kind
                else {
                    return;
                };
                if !is_one_of(place, &fields) || !is_made(value, &makers) {
                    return;
                }
                let span = value.span;
                let client = std::mem::replace(value, Expr::new(span, ExprKind::Null));
                *value.kind = ExprKind::Coerce(Ty::Client, client);
                let message = "a client in a property that holds other values, too: `client_value` of the application \
                               gives a value for it, and `as_client` the client for that value";
                told.push(Problem::warning(span, message));
            });
        }
    }
}

fn is_one_of(place: &Place, fields: &BTreeSet<String>) -> bool {
    let own = matches!(&place.root, Root::Field(name) if fields.contains(name));
    own && place.path.is_empty()
}

fn is_made(value: &Expr, makers: &BTreeSet<String>) -> bool {
    match &*value.kind {
        ExprKind::Factory(_) | ExprKind::FactoryOf(_) | ExprKind::Restacked(..) => true,
        ExprKind::Method(name, _) => makers.contains(&name.to_ascii_lowercase()),
        _ => false,
    }
}

/// Lets an expression take no client where PHP would read an object.
fn guard(carried: &Carried, function: usize, expr: &mut Expr) {
    let span = expr.span;
    let mut changes = false;
    let whole = matches!(
        *expr.kind,
        ExprKind::Assign(..) | ExprKind::AssignMissing(..) | ExprKind::Unset(_)
    );
    for (place, _) in expr.places_mut() {
        let reads = !place.path.is_empty() || !whole;
        changes |= reads && carried.is_marked(function, &place.root, 0, span);
    }
    if changes {
        *expr = Expr::refused(span, "a change of what may be a client");
        return;
    }
    if !takes_objects(expr) {
        for child in expr.children_mut() {
            demand(carried, function, child);
        }
    }
}

/// Wraps a value that may be a client.
fn demand(carried: &Carried, function: usize, value: &mut Expr) {
    if carried.is_marked_value(function, value) {
        let span = value.span;
        let inner = std::mem::replace(value, Expr::new(span, ExprKind::Null));
        *value.kind = ExprKind::Builtin(NONE, vec![inner]);
    }
}

/// Whether an expression does the same with a client as with any other value: it asks whether there is one, or gives it on.
fn takes_objects(expr: &Expr) -> bool {
    match &*expr.kind {
        ExprKind::Assign(..)
        | ExprKind::AssignMissing(..)
        | ExprKind::Coalesce(..)
        | ExprKind::Ternary(..)
        | ExprKind::Not(_)
        | ExprKind::And(..)
        | ExprKind::Or(..)
        | ExprKind::Isset(_)
        | ExprKind::Cast(Ty::Bool, _)
        | ExprKind::Coerce(Ty::Client, _)
        | ExprKind::Builtin("is_array" | "is_int" | "is_float" | NONE, _)
        | ExprKind::Aside { .. }
        | ExprKind::Call(..)
        | ExprKind::Method(..)
        | ExprKind::CallClosure(..)
        | ExprKind::Closure(..)
        | ExprKind::Foreign(_)
        | ExprKind::Sdk(_)
        | ExprKind::Promise(_)
        | ExprKind::Wait(_)
        | ExprKind::Restacked(..)
        | ExprKind::Factory(_) => true,
        ExprKind::Binary(op, one, other) => {
            let equals = matches!(
                op,
                BinaryOp::Identical | BinaryOp::NotIdentical | BinaryOp::Equal | BinaryOp::NotEqual
            );
            let known = |side: &Expr| matches!(*side.kind, ExprKind::Null | ExprKind::Bool(_));
            equals && (known(one) || known(other))
        }
        _ => false,
    }
}
