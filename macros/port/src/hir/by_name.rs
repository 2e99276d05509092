//! Properties that PHP sets by a name that a value holds: `$this->$name = $value`.
//!
//! Such a value says nothing about the type of a property. One that holds a client, a key or the like takes null from it; what
//! else PHP would keep there has no form in Rust.

use std::collections::{BTreeMap, BTreeSet};

use super::Ty;
use super::infer::rounds;
use super::tree::{Class, Expr, ExprKind, File, Place, Root, Stmt, StmtKind};
use crate::diagnostic::Problem;
use crate::syntax::{BinaryOp, Span};

/// A value that a name may give to a property.
pub(super) fn marked(value: Expr) -> Expr {
    Expr::new(value.span, ExprKind::Coerce(Ty::Unknown, value))
}

/// `$value === null`
pub(super) fn is_null(span: Span, value: &Expr) -> Expr {
    let null = Expr::new(span, ExprKind::Null);
    let same = ExprKind::Binary(BinaryOp::Identical, value.clone(), null);
    Expr::new(span, same)
}

/// The exception of a value that a property cannot hold.
pub(super) fn wrong_type(span: Span, class: &str, field: &str) -> Stmt {
    let message = format!("Cannot assign this value to property {class}::${field}");
    let message = Expr::new(span, ExprKind::Text(message));
    let made = ExprKind::NewThrown("TypeError".to_owned(), Vec::new(), vec![message]);
    let kind = StmtKind::Throw(Expr::new(span, made));
    Stmt { span, kind }
}

/// Finds the types of such properties: any value, or an object that may be null.
pub(super) fn widen(file: &mut File) {
    let mut some = false;
    for class in &mut file.classes {
        let names = names(class);
        let fields = class.fields.iter_mut();
        for field in fields.filter(|field| names.contains(&field.name)) {
            let plain = field.ty.is_plain() || field.ty == Ty::Unknown;
            let required = field.declared.as_ref().is_some_and(is_required);
            field.ty = match (plain, required) {
                (true, _) => Ty::Any,
                (false, true) => continue,
                (false, false) => field.ty.nullable(),
            };
            some = true;
        }
    }
    if some {
        rounds(file);
    }
}

fn is_required(declared: &Ty) -> bool {
    !matches!(declared, Ty::Maybe(_)) && !declared.is_plain()
}

fn names(class: &mut Class) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for method in class.constructor.iter_mut().chain(&mut class.methods) {
        for stmt in &mut method.body {
            stmt.each_mut(&mut |expr| names.extend(set(expr).map(|(place, _)| place)));
        }
    }
    names
}

/// The property and the value of such an assignment.
fn set(expr: &Expr) -> Option<(String, &Expr)> {
    match &*expr.kind {
        ExprKind::Assign(
            Place {
                root: Root::Field(name),
                ..
            },
            value,
        ) => match &*value.kind {
            ExprKind::Coerce(Ty::Unknown, value) => Some((name.clone(), value)),
            _ => None,
        },
        _ => None,
    }
}

/// Makes usual assignments of them.
pub(super) fn file(file: &mut File) {
    for class in &mut file.classes {
        let class_name = class.name.clone();
        let fields = class.fields.iter();
        let fields: BTreeMap<_, _> = fields
            .map(|field| (field.name.clone(), field.ty.clone()))
            .collect();
        let mut told = BTreeMap::new();
        for method in class.constructor.iter_mut().chain(&mut class.methods) {
            let types: Vec<_> = method.locals.iter().map(|local| local.ty.clone()).collect();
            list(&mut method.body, &mut |stmt| {
                let StmtKind::Expr(expr) = &stmt.kind else {
                    return;
                };
                let Some((name, value)) = set(expr) else {
                    return;
                };
                let mut ty = fields.get(&name).unwrap_or(&Ty::Any);
                // A client is assigned as usual.
                if let ExprKind::Local(local) = *value.kind
                    && types.get(local).is_some_and(|ty| !ty.is_plain())
                {
                    ty = &Ty::Any;
                }
                if !ty.is_plain() {
                    told.insert((name.clone(), stmt.span), ());
                }
                stmt.kind = assignment(stmt.span, &class_name, &name, ty, value);
            });
        }
        for (name, span) in told.into_keys() {
            let message = format!(
                "this sets `{name}` in PHP to any value; here it holds an object of the SDK, and another value than null \
                 throws a `TypeError`"
            );
            file.problems.push(Problem::warning(span, message));
        }
    }
}

fn assignment(span: Span, class: &str, name: &str, ty: &Ty, value: &Expr) -> StmtKind {
    let place = Place {
        root: Root::Field(name.to_owned()),
        path: Vec::new(),
    };
    if ty.is_plain() {
        return StmtKind::Expr(Expr::new(span, ExprKind::Assign(place, value.clone())));
    }
    let wrong = wrong_type(span, class, name);
    if !matches!(ty, Ty::Maybe(_)) {
        return wrong.kind;
    }
    let null = Expr::new(span, ExprKind::Null);
    let unset = Stmt::expr(span, Expr::new(span, ExprKind::Assign(place, null)));
    let condition = is_null(span, value);
    StmtKind::If(vec![(condition, vec![unset])], Some(vec![wrong]))
}

fn list(body: &mut [Stmt], found: &mut dyn FnMut(&mut Stmt)) {
    for stmt in body {
        found(stmt);
        for (body, _) in stmt.bodies_mut() {
            list(body, found);
        }
    }
}
