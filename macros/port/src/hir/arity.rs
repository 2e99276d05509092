//! Calls of closures with more or fewer arguments than the closure takes.
//!
//! PHP evaluates further arguments and drops them, and parameters with a value may be left out. A closure of Rust is called
//! with as many arguments as it has parameters.

use std::collections::BTreeMap;

use super::build::taking;
use super::tree::{Expr, ExprKind, File, Function, Param, Place, Root, Stmt};
use crate::syntax::Span;

/// The values of a closure's parameters that may be left out; nothing where the closure takes any number.
type Taken = Option<Vec<Option<Expr>>>;

/// The closures that variables hold; nothing where a variable holds one of several.
type Known = BTreeMap<usize, Taken>;

pub(super) fn file(file: &mut File) {
    for function in file.functions_mut() {
        list(&mut function.body, Known::new());
    }
}

fn list(body: &mut [Stmt], mut known: Known) {
    let mut seen = Known::new();
    for stmt in body.iter_mut() {
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Assign(place, value) = &*expr.kind
                && let Root::Local(local) = place.root
                && place.path.is_empty()
            {
                let taken = of(value);
                let known = seen.entry(local).or_insert_with(|| taken.clone());
                if !is_same(known, &taken) {
                    *known = None;
                }
            }
        });
    }
    known.append(&mut seen);
    for stmt in body {
        stmt.each_mut(&mut |expr| each(expr, &known));
    }
}

fn each(expr: &mut Expr, known: &Known) {
    match &mut *expr.kind {
        ExprKind::Closure(closure, captures) => {
            let captured = captures.iter().filter_map(|(outer, inner)| {
                let taken = known.get(outer)?;
                Some((*inner, taken.clone()))
            });
            list(&mut closure.body, captured.collect());
        }
        ExprKind::CallClosure(callee, args) => {
            let taken = match &*callee.kind {
                ExprKind::Local(local) => known.get(local).cloned().flatten(),
                _ => of(callee),
            };
            if let Some(taken) = taken {
                *expr = call(expr.span, callee.clone(), std::mem::take(args), &taken);
            }
        }
        ExprKind::Map(closure, _) | ExprKind::Filter(_, closure) => fit(closure, 1),
        ExprKind::Sort(_, _, closure) => fit(closure, 2),
        _ => {}
    }
}

/// Makes a closure one that is called with this number of arguments.
fn fit(callee: &mut Expr, given: usize) {
    let span = callee.span;
    let ExprKind::Closure(closure, captures) = &mut *callee.kind else {
        return;
    };
    let is_left_out =
        |own: &[&Param]| own.len() > given && own.last().is_some_and(|it| !it.variadic);
    if !is_left_out(&own(closure, captures)) {
        return;
    }
    // The captures stand behind the parameters, by their numbers.
    if !captures.is_empty() {
        let message = "a closure that takes over variables and leaves parameters out";
        *callee = Expr::refused(span, message);
        return;
    }
    while closure.params.len() > given
        && let Some(param) = closure.params.pop()
    {
        let Some(value) = param.default else {
            *callee = Expr::refused(span, "a closure with too few arguments");
            return;
        };
        let value = if param.declared && param.ty.is_scalar() {
            Expr::new(span, ExprKind::Coerce(param.ty.clone(), value))
        } else {
            value
        };
        let place = Place {
            root: Root::Local(param.local),
            path: Vec::new(),
        };
        let set = Expr::new(span, ExprKind::Assign(place, value));
        closure.body.insert(0, Stmt::expr(span, set));
    }
}

/// The parameters of a closure without those for its captures.
fn own<'c>(closure: &'c Function, captures: &[(usize, usize)]) -> Vec<&'c Param> {
    let is_own = |param: &&Param| !captures.iter().any(|(_, inner)| *inner == param.local);
    closure.params.iter().filter(is_own).collect()
}

fn call(span: Span, callee: Expr, mut args: Vec<Expr>, taken: &[Option<Expr>]) -> Expr {
    for value in taken.iter().skip(args.len()) {
        let Some(value) = value else {
            return Expr::refused(span, "a closure with too few arguments");
        };
        args.push(value.clone());
    }
    // PHP takes the variables of `use` over before it evaluates the arguments.
    if args.len() > taken.len() && matches!(*callee.kind, ExprKind::Closure(..)) {
        return Expr::refused(
            span,
            "arguments that a closure called at once does not take",
        );
    }
    let made = |args| ExprKind::CallClosure(callee, args);
    taking(span, args, taken.len(), made)
}

/// What a closure takes.
fn of(value: &Expr) -> Taken {
    let ExprKind::Closure(closure, captures) = &*value.kind else {
        return None;
    };
    let own = own(closure, captures);
    let variadic = own.iter().any(|param| param.variadic || param.by_reference);
    let values = own.iter().map(|param| param.default.clone());
    (!variadic).then(|| values.collect())
}

fn is_same(one: &Taken, other: &Taken) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            let shown = |taken: &[Option<Expr>]| format!("{:?}", kinds(taken));
            shown(one) == shown(other)
        }
        _ => false,
    }
}

fn kinds(taken: &[Option<Expr>]) -> Vec<Option<&ExprKind>> {
    let kinds = taken
        .iter()
        .map(|value| value.as_ref().map(|value| &*value.kind));
    kinds.collect()
}
