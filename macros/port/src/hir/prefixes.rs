//! The beginning of a path in a property:
//!
//! ```php
//! $this->orders = $client->v3->pay->transactions;
//! $this->orders->native->post(['json' => $order]);
//! ```
//!
//! The property holds the client, and each call has the whole path.

use std::borrow::Cow;

use super::lifted::scope::{each_class, everywhere};
use crate::recognise::{Call, Step};
use crate::syntax::{Class, Expr, ExprKind, Member, PartMut, Program, Property, Span, Stmt};

pub(super) fn program(program: Cow<'_, Program>) -> Cow<'_, Program> {
    let mut found = false;
    each_class(&mut program.clone().into_owned().statements, &mut |class| {
        found |= class
            .properties
            .iter()
            .any(|property| prefix(class, property).is_some());
    });
    if !found {
        return program;
    }
    let mut program = program.into_owned();
    each_class(&mut program.statements, &mut |class| {
        for property in class.properties.clone() {
            if let Some(prefix) = prefix(class, &property) {
                let bodies = class
                    .methods
                    .iter_mut()
                    .map(|method| &mut method.closure.body);
                bodies.for_each(|body| prefix.statements(body));
            }
        }
    });
    Cow::Owned(program)
}

/// A property that holds the beginning of a path.
struct Prefix {
    property: String,
    /// The client of the assigned value.
    client: Expr,
    /// The assigned value, with the property in the place of the client.
    path: Expr,
}

/// The beginning of a path that a property holds at all times: one statement sets it, and all that reads it are calls.
fn prefix(class: &Class, property: &Property) -> Option<Prefix> {
    let empty = property.default.as_ref();
    let empty = empty.is_none_or(|value| value.kind == ExprKind::Null);
    if !property.private || property.is_static || property.promoted || !empty {
        return None;
    }
    let name = &*property.name;
    let value = only_value(class, name)?;
    let (client, steps) = Call::path_on(&value)?;
    let mut path = value.clone();
    put(&mut path, client, &own_property(client.span, name));
    steps.iter().all(is_written).then(|| Prefix {
        property: name.to_owned(),
        client: client.clone(),
        path,
    })
}

/// The value of the one assignment of a property that is mentioned in calls only.
fn only_value(class: &Class, name: &str) -> Option<Expr> {
    let (mut set, mut mentioned, mut called, mut other) = (Vec::new(), 0, 0, false);
    for method in &class.methods {
        everywhere(&method.closure.body, &mut |expr| {
            mentioned += usize::from(is_property(expr, name));
            called += usize::from(on_property(expr, name).is_some());
            other |= is_elsewhere(expr, name);
            if let Some((target, value)) = expr.assignment()
                && is_property(target, name)
            {
                set.push(value.clone());
            }
        });
    }
    let known = !other && set.len() == 1 && mentioned == called + 1;
    set.pop().filter(|_| known)
}

/// `$this->name`
fn own_property(span: Span, name: &str) -> Expr {
    let this = ExprKind::Variable("this".to_owned());
    let kind = ExprKind::Property {
        object: Box::new(Expr { span, kind: this }),
        member: Member::Name {
            name: name.to_owned(),
            span,
        },
    };
    Expr { span, kind }
}

fn is_written(step: &Step<'_>) -> bool {
    match step {
        Step::Arrow { .. } => true,
        Step::Braces(expr) | Step::Chain(expr) | Step::Index(expr) => {
            matches!(expr.kind, ExprKind::String(_))
        }
    }
}

fn put(path: &mut Expr, client: &Expr, property: &Expr) {
    if path == client {
        *path = property.clone();
        return;
    }
    match &mut path.kind {
        ExprKind::Property { object, .. }
        | ExprKind::Index { object, .. }
        | ExprKind::MethodCall { object, .. } => put(object, client, property),
        _ => {}
    }
}

fn is_property(expr: &Expr, property: &str) -> bool {
    match &expr.kind {
        ExprKind::Property {
            object,
            member: Member::Name { name, .. },
        } => object.is_this() && name == property,
        _ => false,
    }
}

/// Whether this may be the property of another object, or that of a name which only a run tells.
fn is_elsewhere(expr: &Expr, property: &str) -> bool {
    match &expr.kind {
        ExprKind::Property { object, member } => match member {
            Member::Name { name, .. } => name == property && !object.is_this(),
            Member::Computed(_) => matches!(object.kind, ExprKind::Variable(_)),
        },
        _ => false,
    }
}

/// The property that the path of a call with a verb begins with.
fn on_property<'e>(expr: &'e Expr, property: &str) -> Option<&'e Expr> {
    let ExprKind::MethodCall { object, method, .. } = &expr.kind else {
        return None;
    };
    let verb = method.name()?.to_ascii_lowercase();
    let verb = verb.strip_suffix("async").unwrap_or(&verb);
    if !matches!(verb, "get" | "post" | "put" | "patch" | "delete") {
        return None;
    }
    let mut inner = &**object;
    loop {
        if is_property(inner, property) {
            return Some(inner);
        }
        inner = match &inner.kind {
            ExprKind::Property { object, .. } | ExprKind::Index { object, .. } => object,
            ExprKind::MethodCall { object, method, .. } if method.name() == Some("chain") => object,
            _ => return None,
        };
    }
}

impl Prefix {
    fn statements(&self, statements: &mut [Stmt]) {
        for stmt in statements {
            for part in stmt.kind.parts_mut() {
                match part {
                    PartMut::Expr(expr) => self.expr(expr),
                    PartMut::Body(body) => self.statements(body),
                }
            }
        }
    }

    fn expr(&self, expr: &mut Expr) {
        if let ExprKind::Assign { target, value, .. } = &mut expr.kind
            && is_property(target, &self.property)
        {
            **value = self.client.clone();
            return;
        }
        if let ExprKind::Closure(closure) = &mut expr.kind {
            self.statements(&mut closure.body);
            return;
        }
        if is_property(expr, &self.property) {
            *expr = self.path.clone();
            return;
        }
        let children = expr.children_mut().into_iter();
        children.for_each(|child| self.expr(child));
    }
}
