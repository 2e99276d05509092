//! Variables and properties that hold a marked value, such as a key, at one time, and another value of PHP at another.

use std::collections::BTreeMap;

use super::carried::{Carried, for_closures};
use super::tree::{Expr, ExprKind, File, Function, Root, Stmt};

/// Whether there is one. Assignments of one list to a variable
/// make several variables of it.
pub(super) fn is_mixed(carried: &Carried, file: &mut File) -> bool {
    let mut set = BTreeMap::new();
    let (mut number, mut list) = (0, 0);
    for function in file.functions_mut() {
        assignments(
            function,
            &mut number,
            &mut list,
            &mut |function, list, expr| {
                let ExprKind::Assign(place, value) = &mut *expr.kind else {
                    return;
                };
                if !place.path.is_empty()
                    || matches!(*value.kind, ExprKind::Null | ExprKind::Refused(_))
                {
                    return;
                }
                let (root, list) = match &place.root {
                    Root::Local(local) => (format!("{function} {local}"), list),
                    // A property stays one variable, however often it is set.
                    Root::Field(name) => (name.clone(), value.span.start),
                };
                let is_marked = carried.is_marked_value(function, value);
                set.entry(root)
                    .or_insert_with(Vec::new)
                    .push((list, is_marked));
            },
        );
    }
    set.values().any(|all| {
        let of = |wanted: bool| {
            all.iter()
                .filter(move |(_, is_marked)| *is_marked == wanted)
        };
        of(true).any(|(list, _)| of(false).any(|(other, _)| other != list))
    })
}

/// The expressions of functions and closures: the number of the function as [`each_in`](super::carried) counts them, and that of
/// the list of statements.
fn assignments(
    function: &mut Function,
    number: &mut usize,
    list: &mut usize,
    found: &mut dyn FnMut(usize, usize, &mut Expr),
) {
    let own = *number;
    *number += 1;
    for_closures(function, &mut |closure, _, _| {
        assignments(closure, number, list, found);
    });
    lists(&mut function.body, list, &mut |list, expr| {
        found(own, list, expr)
    });
}

fn lists(body: &mut [Stmt], list: &mut usize, found: &mut dyn FnMut(usize, &mut Expr)) {
    *list += 1;
    let own = *list;
    for stmt in body {
        for expr in stmt.exprs_mut() {
            each(expr, &mut |expr| found(own, expr));
        }
        for (body, _) in stmt.bodies_mut() {
            lists(body, list, found);
        }
    }
}

fn each(expr: &mut Expr, found: &mut dyn FnMut(&mut Expr)) {
    found(expr);
    for child in expr.children_mut() {
        each(child, found);
    }
}
