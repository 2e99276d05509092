//! What a call of WeChat Pay evaluates, in PHP's order: `$c->chain("v3/x/{$this->next()}")->post(['json' => [$this->next()]])`.
//!
//! In Rust the body is an argument of the verb, and the values of the path and most options are given by setters behind it. So
//! what PHP evaluates before the body goes into variables first, where the order can be told.

use std::collections::BTreeSet;

use super::Ty;
use super::notify;
use super::tree::{
    Expr, ExprKind, File, Function, Local, PathPiece, Place, Root, Sdk, Stmt, StmtKind,
};
use super::walk::Use;

pub(super) fn file(file: &mut File) {
    file.functions_mut().for_each(function);
}

fn function(function: &mut Function) {
    let locals = &mut function.locals;
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| match &mut *expr.kind {
            ExprKind::Closure(closure, _) => self::function(closure),
            ExprKind::Sdk(sdk) => {
                let first = ahead(sdk, locals);
                behind(expr, first);
            }
            ExprKind::Wait(waited) => {
                if let ExprKind::Promise(promise) = &mut *waited.kind {
                    let first = ahead(&mut promise.call, locals);
                    behind(expr, first);
                }
            }
            // Nothing can stand before it where it is made.
            ExprKind::Promise(promise) => {
                let first = ahead(&mut promise.call, locals);
                refuse_if_any(expr, &first);
            }
            _ => {}
        });
    }
    list(&mut function.body);
}

/// Assignments that a statement begins with become statements before it.
fn list(body: &mut Vec<Stmt>) {
    let mut made = Vec::new();
    for mut stmt in std::mem::take(body) {
        for (body, _) in stmt.bodies_mut() {
            list(body);
        }
        let span = stmt.span;
        let first = begun_by(&mut stmt).map(taken).unwrap_or_default();
        made.extend(first.into_iter().map(|it| Stmt::expr(span, it)));
        made.push(stmt);
    }
    *body = made;
}

/// What a statement evaluates first.
fn begun_by(stmt: &mut Stmt) -> Option<&mut Expr> {
    match &mut stmt.kind {
        StmtKind::Return(Some(expr)) => Some(expr),
        StmtKind::Expr(expr) => {
            let whole = matches!(&*expr.kind, ExprKind::Assign(place, _) if place.path.is_empty());
            if whole {
                expr.children_mut().pop()
            } else {
                Some(expr)
            }
        }
        _ => None,
    }
}

/// The assignments before a value, which is left.
fn taken(expr: &mut Expr) -> Vec<Expr> {
    let kind = std::mem::replace(&mut *expr.kind, ExprKind::Null);
    match kind {
        ExprKind::Aside {
            value,
            others,
            first: true,
        } => {
            *expr = value;
            others
        }
        kind => {
            *expr.kind = kind;
            Vec::new()
        }
    }
}

/// The expression behind assignments.
fn behind(expr: &mut Expr, first: Vec<Expr>) {
    if first.is_empty() {
        return;
    }
    let span = expr.span;
    let value = std::mem::replace(expr, Expr::new(span, ExprKind::Null));
    *expr = Expr::new(
        span,
        ExprKind::Aside {
            value,
            others: first,
            first: true,
        },
    );
}

fn refuse_if_any(promise: &mut Expr, first: &[Expr]) {
    if !first.is_empty() {
        let message = "a promise's values that depend on the order in which they are evaluated";
        *promise = Expr::refused(promise.span, message);
    }
}

/// Moves what has to be evaluated before the body into variables; their assignments.
fn ahead(sdk: &mut Sdk, locals: &mut Vec<Local>) -> Vec<Expr> {
    let (mut early, late) = parts(sdk);
    let late: Vec<Effects> = late.into_iter().map(Effects::of).collect();
    let effects: Vec<Effects> = early.iter_mut().map(|it| Effects::of(it)).collect();
    let depends = |one: &Effects| late.iter().any(|other| one.conflicts(other));
    let Some(last) = effects.iter().rposition(depends) else {
        return Vec::new();
    };
    let mut made = Vec::new();
    for part in early.into_iter().take(last + 1) {
        if !is_constant(part) {
            made.push(moved(part, locals));
        }
    }
    made
}

/// The values that PHP evaluates before the body, and all that Rust may evaluate before those: the body, and for values of
/// the path each option.
fn parts(sdk: &mut Sdk) -> (Vec<&mut Expr>, Vec<&mut Expr>) {
    let (mut early, mut late) = (Vec::new(), Vec::new());
    for piece in &mut sdk.path {
        if let PathPiece::Value { value, .. } = piece {
            early.push(value);
        }
    }
    match &mut sdk.options {
        Err(options) => late.push(options),
        Ok(options) => {
            let is_body = |name: &str| matches!(name, "json" | "xml" | "body");
            let body = options.iter().position(|(name, _)| is_body(name));
            for (index, (_, value)) in options.iter_mut().enumerate() {
                if body.is_some_and(|body| index < body) {
                    leaves(value, &mut early);
                } else {
                    late.push(value);
                }
            }
        }
    }
    (early, late)
}

/// The values of an array that is written there.
fn leaves<'e>(value: &'e mut Expr, found: &mut Vec<&'e mut Expr>) {
    if !matches!(&*value.kind, ExprKind::Array(_)) {
        found.push(value);
    } else if let ExprKind::Array(entries) = &mut *value.kind {
        let values = entries.iter_mut().map(|entry| &mut entry.value);
        values.for_each(|value| leaves(value, found));
    }
}

fn is_constant(expr: &Expr) -> bool {
    let is_named = matches!(*expr.kind, ExprKind::ClassConst(_) | ExprKind::FileConst(_));
    is_named || expr.is_literal()
}

/// The value goes into a new variable; the assignment.
fn moved(part: &mut Expr, locals: &mut Vec<Local>) -> Expr {
    let span = part.span;
    let new = locals.len();
    // Variables of one name are one in Rust.
    let names = (1..).map(|number| match number {
        1 => "first".to_owned(),
        number => format!("first_{number}"),
    });
    let mut free = names.filter(|name| locals.iter().all(|local| local.name != *name));
    let name = free.next().unwrap_or_default();
    locals.push(Local {
        name,
        ty: Ty::Unknown,
        settled: Ty::Unknown,
        maybe_unset: false,
        mutable: false,
        read: true,
        kept: false,
    });
    let value = std::mem::replace(part, Expr::new(span, ExprKind::Local(new)));
    let place = Place {
        root: Root::Local(new),
        path: Vec::new(),
    };
    Expr::new(span, ExprKind::Assign(place, value))
}

/// What the evaluation of an expression does and depends on.
#[derive(Default)]
struct Effects {
    /// Whether code runs that may do anything but change variables of this function.
    calls: bool,
    sets: BTreeSet<usize>,
    reads: BTreeSet<usize>,
    sets_fields: bool,
    reads_fields: bool,
}

impl Effects {
    fn of(expr: &mut Expr) -> Self {
        let mut found = Self::default();
        expr.locals_mut(&mut |local, how| {
            if how != Use::Write {
                found.reads.insert(*local);
            }
            if how != Use::Read {
                found.sets.insert(*local);
            }
        });
        found.walk(expr);
        found
    }

    fn walk(&mut self, expr: &mut Expr) {
        match &*expr.kind {
            ExprKind::Field(_) => self.reads_fields = true,
            ExprKind::Method(..) | ExprKind::CallClosure(..) => {
                (self.calls, self.sets_fields, self.reads_fields) = (true, true, true);
            }
            ExprKind::Foreign(foreign) => self.calls |= !notify::is_setting(foreign),
            ExprKind::Call(..)
            | ExprKind::Sdk(_)
            | ExprKind::Promise(_)
            | ExprKind::Wait(_)
            | ExprKind::Print(_)
            | ExprKind::Throw(_)
            | ExprKind::Exit(_)
            | ExprKind::Pool(..) => self.calls = true,
            _ => {}
        }
        for (place, _) in expr.places_mut() {
            self.sets_fields |= matches!(place.root, Root::Field(_));
        }
        for child in expr.children_mut() {
            self.walk(child);
        }
    }

    /// Whether the two do something else in the other order.
    fn conflicts(&self, other: &Self) -> bool {
        let depends = |one: &Self, other: &Self| {
            !one.sets.is_disjoint(&other.reads)
                || !one.sets.is_disjoint(&other.sets)
                || (one.sets_fields && (other.reads_fields || other.sets_fields))
        };
        (self.calls && other.calls) || depends(self, other) || depends(other, self)
    }
}
