//! Questions for the type of a value that may be an object of `json_decode`: JSON has one type for objects and for
//! arrays with keys. They are refused.

use std::collections::BTreeSet;

use super::carried::{Carried, Reach, Seeds};
use super::tree::{Expr, ExprKind, File, Stmt, StmtKind};
use crate::syntax::{BinaryOp, Span};

pub(super) fn file(file: &mut File) {
    let seeds = Seeds {
        reach: Reach::Below,
        value: |expr| {
            matches!(
                &*expr.kind,
                ExprKind::Builtin("json_decode", _) | ExprKind::ToObject(_)
            )
        },
        change: |_| None,
    };
    let carried = Carried::of(file, seeds);
    let mut shown = BTreeSet::new();
    for function in file.functions_mut() {
        statements(&mut function.body, &mut shown);
    }
    let mut scalar = BTreeSet::new();
    carried.each(file, &mut |_, expr| {
        if is_scalar_question(expr) {
            scalar.insert(expr.span);
        }
    });
    carried.each(file, &mut |function, expr| {
        let span = expr.span;
        if scalar.contains(&span) {
            return;
        }
        if !shown.contains(&span)
            && let ExprKind::Builtin("print_r", args) = &mut *expr.kind
            && let [value] = &mut **args
            && carried.holds_marked(function, value)
        {
            let message = "`print_r` as a value, of what `json_decode` may give as an object: PHP writes `stdClass Object`";
            *expr = Expr::refused(span, message);
        } else if is_identity(&carried, function, expr) {
            let message = "`===` of values that may be objects of `json_decode`: PHP asks whether they are the same object";
            *expr = Expr::refused(span, message);
        } else if asks(&carried, function, expr) {
            let message = "whether a value is an array, of what `json_decode` may give as an object: a value of JSON does not tell them apart";
            let refused = Expr::refused(span, message);
            *expr = refused;
        }
    });
}

/// Where `print_r($value);` is a statement: it shows a person what a value holds.
fn statements(body: &mut [Stmt], found: &mut BTreeSet<Span>) {
    for stmt in body {
        if let StmtKind::Echo(values) = &stmt.kind {
            let whole = values.iter().filter(|value| value.span == stmt.span);
            found.extend(whole.map(|value| value.span));
        }
        for expr in stmt.exprs_mut() {
            closures(expr, found);
        }
        for (body, _) in stmt.bodies_mut() {
            statements(body, found);
        }
    }
}

fn closures(expr: &mut Expr, found: &mut BTreeSet<Span>) {
    if let ExprKind::Closure(function, _) = &mut *expr.kind {
        statements(&mut function.body, found);
    }
    for child in expr.children_mut() {
        closures(child, found);
    }
}

/// Whether the answer is the same for an object and an array: `is_string($value)` and its kin.
fn is_scalar_question(expr: &Expr) -> bool {
    let ExprKind::Binary(BinaryOp::Identical, one, other) = &*expr.kind else {
        return false;
    };
    matches!(&*one.kind, ExprKind::Builtin("gettype", _))
        && matches!(&*other.kind, ExprKind::Text(text) if !matches!(text.as_str(), "array" | "object"))
}

/// `===` of two such values, which are no items of others: those are mostly texts and numbers.
fn is_identity(carried: &Carried, function: usize, expr: &mut Expr) -> bool {
    let ExprKind::Binary(BinaryOp::Identical | BinaryOp::NotIdentical, one, other) =
        &mut *expr.kind
    else {
        return false;
    };
    [one, other].into_iter().all(|side| {
        let is_item = matches!(*side.kind, ExprKind::Index(..));
        !is_item && carried.is_marked_value(function, side)
    })
}

fn asks(carried: &Carried, function: usize, expr: &mut Expr) -> bool {
    let asked = match &mut *expr.kind {
        ExprKind::Builtin("gettype" | "is_array", args) => args.first_mut(),
        ExprKind::Builtin("array_key_exists", args) => args.last_mut(),
        ExprKind::Foreign(foreign) => {
            let asks = matches!(&*foreign.words, [word] if ASKS.contains(&word.as_str()));
            // `array_map('is_object', $list)`
            let named = foreign.args.iter().any(is_question);
            let mut args = foreign.args.iter_mut();
            return match (asks, named) {
                (true, _) => args
                    .next()
                    .is_some_and(|asked| carried.is_marked_value(function, asked)),
                (_, true) => args.any(|asked| carried.is_marked_value(function, asked)),
                _ => false,
            };
        }
        ExprKind::InstanceOf(value, class) if class.eq_ignore_ascii_case("stdClass") => Some(value),
        _ => None,
    };
    asked.is_some_and(|asked| carried.is_marked_value(function, asked))
}

/// Whether a text names such a function.
fn is_question(expr: &Expr) -> bool {
    matches!(&*expr.kind, ExprKind::Text(name) if ASKS.contains(&name.as_str()))
}

/// Functions of PHP whose answer is another one for an object.
const ASKS: [&str; 4] = ["get_debug_type", "is_countable", "is_iterable", "is_object"];
