//! Properties that hold null before something sets them: those without a value of their own that the constructor may
//! leave alone, or that it sets where its own methods may have read them already.

use std::collections::BTreeSet;

use super::infer::ends;
use super::tree::{Class, Crypto, Expr, ExprKind, Field, Function, Root, Stmt, StmtKind};

/// The names of such properties.
pub(super) fn unset(class: &Class) -> BTreeSet<String> {
    let constructor = class.constructor.as_ref();
    let calls = constructor.is_some_and(calls_methods);
    let first = constructor.map_or(&[][..], |constructor| &constructor.body);
    let fields = class.fields.iter().filter(|field| {
        field.default.is_none()
            && !field.promoted
            && !field.foreign
            && !is_given(class, &field.name)
            && (calls || !sets(first, &field.name))
    });
    fields.map(|field| field.name.clone()).collect()
}

/// Begins a property with null that begins with an empty text or false in PHP, holds only keys or clients later, and is only used
/// as one: `private $key = '';`.
pub(super) fn empty_handles(class: &mut Class) {
    let empty = |field: &Field| {
        let default = field.default.as_ref().map(|default| &*default.kind);
        let empty = match default {
            Some(ExprKind::Text(text)) => text.is_empty(),
            Some(ExprKind::Bool(value)) => !value,
            _ => false,
        };
        empty && field.declared.is_none()
    };
    let names: Vec<String> = class
        .fields
        .iter()
        .filter(|field| empty(field))
        .map(|field| field.name.clone())
        .collect();
    for name in names {
        let mut uses = HandleUses::default();
        for method in class.constructor.iter().chain(&class.methods) {
            for stmt in &mut method.body.clone() {
                stmt.each_with_closures(&mut |expr| uses.see(expr, &name));
            }
        }
        let field = class.fields.iter_mut().find(|field| field.name == name);
        if let (Some(field), true) = (field, uses.only()) {
            let span = class.span;
            field.default = Some(Expr::new(span, ExprKind::Null));
        }
    }
}

/// How often a property is set, set to a handle, read, and read as one.
#[derive(Default)]
struct HandleUses {
    set: usize,
    set_to_handle: usize,
    read: usize,
    read_as_handle: usize,
}

impl HandleUses {
    fn only(&self) -> bool {
        self.set > 0 && self.set == self.set_to_handle && self.read == self.read_as_handle
    }

    fn see(&mut self, expr: &mut Expr, name: &str) {
        for (place, _) in expr.places_mut() {
            self.set += usize::from(matches!(&place.root, Root::Field(field) if field == name));
        }
        let own = |value: &Expr| matches!(&*value.kind, ExprKind::Field(field) if field == name);
        match &*expr.kind {
            ExprKind::Field(field) => self.read += usize::from(field == name),
            ExprKind::Assign(place, value) => {
                let field = matches!(&place.root, Root::Field(field) if field == name);
                let handle = matches!(
                    *value.kind,
                    ExprKind::Crypto(Crypto::PrivateKey | Crypto::PublicKey, _)
                        | ExprKind::Factory(_)
                );
                self.set_to_handle += usize::from(field && handle && place.path.is_empty());
            }
            ExprKind::Sdk(call) => self.read_as_handle += usize::from(own(&call.client)),
            ExprKind::Crypto(_, args) => {
                self.read_as_handle += args.iter().skip(1).filter(|arg| own(arg)).count();
            }
            ExprKind::Factory(settings) => {
                for (_, value) in settings {
                    self.read_as_handle += usize::from(own(value));
                    if let ExprKind::Array(entries) = &*value.kind {
                        let entries = entries.iter().filter(|entry| own(&entry.value));
                        self.read_as_handle += entries.count();
                    }
                }
            }
            _ => {}
        }
    }
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
