//! Questions for the type of a value that may be an object of `json_decode`: JSON has one type for objects and for
//! arrays with keys. They are refused.

use std::collections::BTreeSet;

use super::carried::{Carried, Reach, Seeds};
use super::tree::{Expr, ExprKind, File, Root};
use crate::diagnostic::Problem;
use crate::syntax::BinaryOp;

pub(super) fn file(file: &mut File) {
    let seeds = Seeds {
        names: None,
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
    let decoded = decoded(&carried, file);
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
        if let ExprKind::Builtin(name @ "print_r", args) = &mut *expr.kind
            && let [value] = &mut **args
            && carried.holds_marked(function, value)
        {
            if is_decoded(&decoded, function, value) {
                *name = "print_r_object";
            } else {
                let message = "`print_r` of what `json_decode` may give as an object: PHP writes `stdClass Object`";
                let hint = "`json_decode($text, true)` gives arrays";
                let problem = Problem::error(span, message).hint(hint);
                *expr = Expr::new(span, ExprKind::Refused(problem));
            }
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

/// The variables of each function that hold nothing but what `json_decode` gave, unchanged.
fn decoded(carried: &Carried, file: &mut File) -> BTreeSet<(usize, usize)> {
    let (mut whole, mut other) = (BTreeSet::new(), BTreeSet::new());
    carried.each(file, &mut |function, expr| {
        let is_whole = match &*expr.kind {
            ExprKind::Assign(place, value) => {
                place.path.is_empty() && matches!(*value.kind, ExprKind::Builtin("json_decode", _))
            }
            _ => false,
        };
        for (place, _) in expr.places_mut() {
            if let Root::Local(local) = place.root {
                let found = if is_whole { &mut whole } else { &mut other };
                found.insert((function, local));
            }
        }
    });
    &whole - &other
}

/// Whether a value is what `json_decode` gave, or a part of it.
fn is_decoded(decoded: &BTreeSet<(usize, usize)>, function: usize, value: &Expr) -> bool {
    match &*value.kind {
        ExprKind::Builtin("json_decode", _) => true,
        ExprKind::Index(object, _) => is_decoded(decoded, function, object),
        ExprKind::Local(local) => decoded.contains(&(function, *local)),
        _ => false,
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
