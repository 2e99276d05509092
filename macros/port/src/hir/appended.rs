//! Items that are appended to an array from which others were unset.
//!
//! PHP goes on from the highest key that the array ever had; a value of JSON only knows the keys that it has. So `[]=`
//! and `array_push` behind `unset` of an item are refused, also of a copy and in another function, unless the whole
//! array is set in between.

use std::collections::BTreeSet;

use super::carried::{Carried, Reach, Seeds};
use super::tree::{Expr, ExprKind, File, Place};
use crate::syntax::Span;

pub(super) fn file(file: &mut File) {
    let seeds = Seeds {
        reach: Reach::Level,
        value: |_| false,
        change: unset,
    };
    refuse_pops(file);
    let carried = Carried::of(file, seeds);
    carried.each(file, &mut |function, expr| {
        let span = expr.span;
        if is_late(&carried, function, expr, span) {
            let message = "`[]` behind `unset` of an item: PHP goes on from the highest key that the array ever had";
            *expr = Expr::refused(span, message);
        }
    });
}

/// `array_pop` of an array that may lack keys, to which `[]` appends elsewhere in the function: PHP goes on from the key
/// that was taken.
fn refuse_pops(file: &mut File) {
    let seeds = Seeds {
        reach: Reach::Level,
        value: lacks_keys,
        change: |_| None,
    };
    let carried = Carried::of(file, seeds);
    let mut appended = BTreeSet::new();
    carried.each(file, &mut |function, expr| {
        for (place, depth) in appends(expr) {
            appended.insert((function, format!("{:?}", place.root), depth));
        }
    });
    carried.each(file, &mut |function, expr| {
        let span = expr.span;
        let ExprKind::Change("array_pop", place, _) = &*expr.kind else {
            return;
        };
        let depth = place.path.len();
        let key = (function, format!("{:?}", place.root), depth);
        if appended.contains(&key) && carried.is_marked(function, &place.root, depth, span) {
            let message = "`array_pop` of an array that may lack keys, and `[]`: PHP goes on from the key that was taken";
            *expr = Expr::refused(span, message);
        }
    });
}

/// Whether a value is an array that keeps the keys of another one with fewer items.
fn lacks_keys(expr: &Expr) -> bool {
    match &*expr.kind {
        ExprKind::Filter(..) => true,
        ExprKind::Builtin(name, _) => {
            name.starts_with("array_filter")
                || name.starts_with("array_diff")
                || name.starts_with("array_intersect")
                || *name == "array_unique"
        }
        _ => false,
    }
}

/// The arrays that an expression appends to, and how deep each is in its place.
fn appends(expr: &mut Expr) -> Vec<(&Place, usize)> {
    let pushes = matches!(&*expr.kind, ExprKind::Change("array_push", ..));
    let mut found = Vec::new();
    for (place, _) in expr.places_mut() {
        let place = &*place;
        let own = place.path.iter().enumerate();
        let own = own.filter(|(_, key)| key.is_none());
        found.extend(own.map(|(depth, _)| (place, depth)));
        found.extend(pushes.then_some((place, place.path.len())));
    }
    found
}

/// The array that loses an item.
fn unset(expr: &Expr) -> Option<(&Place, usize)> {
    let ExprKind::Unset(place) = &*expr.kind else {
        return None;
    };
    match place.path.split_last() {
        Some((Some(key), arrays)) if !is_name(key) => Some((place, arrays.len())),
        _ => None,
    }
}

fn is_late(carried: &Carried, function: usize, expr: &mut Expr, span: Span) -> bool {
    let mut appended = appends(expr).into_iter();
    appended.any(|(place, depth)| carried.is_marked(function, &place.root, depth, span))
}

/// Whether a key is a name and no number.
fn is_name(key: &Expr) -> bool {
    matches!(&*key.kind, ExprKind::Text(text) if text.parse::<i64>().is_err())
}
