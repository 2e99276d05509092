//! Items that are appended to an array from which others were unset.
//!
//! PHP goes on from the highest key that the array ever had; a value of JSON only knows the keys that it has. So `[]=`
//! and `array_push` behind `unset` of an item are refused, also of a copy and in another function, unless the whole
//! array is set in between.

use std::collections::BTreeSet;

use super::carried::{Carried, Reach, Seeds};
use super::tree::{Entry, Expr, ExprKind, File, Function, Place, Root};
use crate::syntax::Span;

/// `array_pop` of an array that may lack keys, while the marks are read.
const LATE_POP: &str = "array_pop of an array that may lack keys";

pub(super) fn file(file: &mut File) {
    name_late_pops(file);
    let seeds = Seeds {
        names: None,
        reach: Reach::Level,
        value: |_| false,
        change: taken_out,
    };
    let carried = Carried::of(file, seeds);
    carried.each(file, &mut |function, expr| {
        let span = expr.span;
        if is_late(&carried, function, expr, span) {
            let message = "`[]` behind `unset` of an item, or `array_pop` of an array that may lack keys: PHP goes on from the highest key that the array ever had";
            *expr = Expr::refused(span, message);
        }
    });
    rename(file, LATE_POP, "array_pop", &|_, _| true);
}

/// PHP goes on from the key that `array_pop` takes. That is the next one of the JSON too, if the array is a list.
fn name_late_pops(file: &mut File) {
    let seeds = Seeds {
        names: None,
        reach: Reach::Below,
        value: may_lack_keys,
        change: set_by_key,
    };
    let carried = Carried::of(file, seeds);
    let params = params(file);
    rename(file, "array_pop", LATE_POP, &|function, (place, span)| {
        let depth = place.path.len();
        let given = matches!(place.root, Root::Local(local) if params.contains(&(function, local)));
        given
            || matches!(place.root, Root::Field(_)) && depth > 0
            || (0..=depth).any(|depth| carried.is_marked(function, &place.root, depth, span))
    });
}

/// Gives those calls of one name another one whose place is `wanted`.
fn rename(
    file: &mut File,
    from: &str,
    to: &'static str,
    wanted: &dyn Fn(usize, (&Place, Span)) -> bool,
) {
    let mut number = 0;
    for function in file.functions_mut() {
        super::carried::each_in(function, &mut number, &mut |function, expr| {
            let span = expr.span;
            if let ExprKind::Change(name, place, _) = &mut *expr.kind
                && *name == from
                && wanted(function, (place, span))
            {
                *name = to;
            }
        });
    }
}

/// The parameters of each function: callers give arrays with any keys.
fn params(file: &mut File) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    let mut number = 0;
    for function in file.functions_mut() {
        params_in(function, &mut number, &mut found);
    }
    found
}

fn params_in(function: &mut Function, number: &mut usize, found: &mut BTreeSet<(usize, usize)>) {
    let own = *number;
    *number += 1;
    found.extend(function.params.iter().map(|param| (own, param.local)));
    super::carried::for_closures(function, &mut |closure, _, _| {
        params_in(closure, number, found)
    });
}

/// Whether a value may be an array whose numbers are not `0`, `1`, `2` …
fn may_lack_keys(expr: &Expr) -> bool {
    match &*expr.kind {
        ExprKind::Filter(..)
        | ExprKind::Foreign(_)
        | ExprKind::Notified(_)
        | ExprKind::ToArray(_)
        | ExprKind::OfResponse(..) => true,
        ExprKind::Array(entries) => !is_list(entries),
        ExprKind::Builtin(name, _) => {
            name.starts_with("array_filter")
                || name.starts_with("array_diff")
                || name.starts_with("array_intersect")
                || name.starts_with("json_decode")
                || matches!(
                    *name,
                    "array_unique" | "array_combine" | "array_flip" | "array_replace"
                )
        }
        _ => false,
    }
}

/// Whether the numbers among the keys of a literal are those of a list. A name says nothing of the next key.
fn is_list(entries: &[Entry]) -> bool {
    entries.iter().all(|entry| {
        let key = entry.key.as_ref();
        !entry.spread && key.is_none_or(is_name)
    })
}

/// The array that is given an item of a key which is no name.
fn set_by_key(expr: &Expr) -> Option<(&Place, usize)> {
    let place = match &*expr.kind {
        ExprKind::Assign(place, _)
        | ExprKind::AssignOp(place, ..)
        | ExprKind::AssignMissing(place, _)
        | ExprKind::Step { place, .. } => place,
        ExprKind::Unset(place) => place,
        _ => return None,
    };
    let keyed = place
        .path
        .iter()
        .rposition(|key| matches!(key, Some(key) if !is_name(key)))?;
    Some((place, keyed))
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

/// The array that loses an item whose key PHP goes on from.
fn taken_out(expr: &Expr) -> Option<(&Place, usize)> {
    let place = match &*expr.kind {
        ExprKind::Unset(place) => place,
        ExprKind::Change(LATE_POP, place, _) => return Some((place, place.path.len())),
        _ => return None,
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
