//! Items that are appended to an array from which others were unset.
//!
//! PHP goes on from the highest key that the array ever had; a value of JSON only knows the keys that it has. So `[]=`
//! and `array_push` behind `unset` of an item are refused, also of a copy and in another function, unless the whole
//! array is set in between.

use super::carried::{Carried, Reach, Seeds};
use super::tree::{Expr, ExprKind, File, Place};
use crate::syntax::Span;

pub(super) fn file(file: &mut File) {
    let seeds = Seeds {
        reach: Reach::Level,
        value: |_| false,
        change: unset,
    };
    let carried = Carried::of(file, seeds);
    carried.each(file, &mut |function, expr| {
        let span = expr.span;
        if is_late(&carried, function, expr, span) {
            let message = "`[]` behind `unset` of an item: PHP goes on from the highest key that the array ever had";
            *expr = Expr::refused(span, message);
        }
    });
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
    let pushes = matches!(&*expr.kind, ExprKind::Change("array_push", ..));
    let places = expr.places_mut().into_iter();
    places.map(|(place, _)| place).any(|place| {
        let appended = place.path.iter().enumerate();
        let appended = appended.filter(|(_, key)| key.is_none());
        let mut depths: Vec<_> = appended.map(|(depth, _)| depth).collect();
        depths.extend(pushes.then_some(place.path.len()));
        let mut depths = depths.into_iter();
        depths.any(|depth| carried.is_marked(function, &place.root, depth, span))
    })
}

/// Whether a key is a name and no number.
fn is_name(key: &Expr) -> bool {
    matches!(&*key.kind, ExprKind::Text(text) if text.parse::<i64>().is_err())
}
