//! Properties that hold null before something sets them: those without a value of their own that the constructor may
//! leave alone, or that it sets where its own methods may have read them already.

use std::collections::BTreeSet;

use super::infer::ends;
use super::tree::{Class, Expr, ExprKind, Function, Root, Stmt, StmtKind};

/// The names of such properties.
pub(super) fn unset(class: &Class) -> BTreeSet<String> {
    let constructor = class.constructor.as_ref();
    let calls = constructor.is_some_and(calls_methods);
    let first = constructor.map_or(&[][..], |constructor| &constructor.body);
    let fields = class.fields.iter().filter(|field| {
        field.default.is_none()
            && !field.foreign
            && !is_given(class, &field.name)
            && (calls || !sets(first, &field.name))
    });
    fields.map(|field| field.name.clone()).collect()
}

/// Whether a property is a constructor's parameter, or one that nothing sets.
fn is_given(class: &Class, name: &str) -> bool {
    let mut methods = class.constructor.iter().chain(&class.methods);
    !methods.any(|method| may_set(method, name))
}

fn may_set(method: &Function, name: &str) -> bool {
    let mut found = false;
    for stmt in &mut method.body.clone() {
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Assign(place, _) | ExprKind::AssignMissing(place, _) = &*expr.kind {
                found |= matches!(&place.root, Root::Field(field) if field == name);
            }
        });
    }
    found
}

fn calls_methods(constructor: &Function) -> bool {
    let mut found = false;
    for stmt in &mut constructor.body.clone() {
        stmt.each_mut(&mut |expr| found |= matches!(*expr.kind, ExprKind::Method(..)));
    }
    found
}

/// Whether a list of statements sets a property on each way to its end.
fn sets(body: &[Stmt], name: &str) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Expr(expr) => assigns(expr, name),
        StmtKind::If(branches, Some(otherwise)) => {
            let mut bodies = branches
                .iter()
                .map(|(_, body)| body)
                .chain(std::iter::once(otherwise));
            bodies.all(|body| sets(body, name) || ends(body))
        }
        StmtKind::Try { body, catches, .. } => {
            sets(body, name)
                && catches
                    .iter()
                    .all(|catch| sets(&catch.body, name) || ends(&catch.body))
        }
        StmtKind::Block(body) => sets(body, name),
        _ => false,
    })
}

/// `$this->a = $b = …;`
fn assigns(expr: &Expr, name: &str) -> bool {
    let ExprKind::Assign(place, value) = &*expr.kind else {
        return false;
    };
    let own = matches!(&place.root, Root::Field(field) if field == name);
    (own && place.path.is_empty()) || assigns(value, name)
}
