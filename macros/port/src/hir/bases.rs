//! A base class whose members keep their meaning in the class that takes copies of them.
//!
//! What is private in both classes gets the name of the base class, and so does a constant that the class has too. Constants
//! that say where they stand become texts.

use std::collections::{BTreeMap, BTreeSet};

use super::flatten::method;
use super::lifted::scope::everywhere;
use crate::syntax::{Class, Expr, ExprKind, Member, Method, PartMut, Stmt};

/// The base class as `class` can take it; `path` is its whole name.
pub(super) fn grounded(class: &Class, mut base: Class, path: &str) -> Class {
    // What the base class has of another one may mean the members of that one.
    if !base.inherited.is_empty() || !base.uses.is_empty() {
        return base;
    }
    let names = Names::of(class, &base, path);
    for (own, new) in &names.consts {
        let value = base.consts.iter().find(|(name, _)| name == own);
        let value = value.map(|(_, value)| value.clone());
        base.consts.extend(value.map(|value| (new.clone(), value)));
    }
    for property in &mut base.properties {
        if let Some(new) = names.properties.get(&property.name) {
            property.name.clone_from(new);
        }
    }
    let nowhere = (names.path.clone(), String::new());
    let defaults = base.properties.iter_mut();
    let defaults = defaults.filter_map(|property| property.default.as_mut());
    let values = base.consts.iter_mut().map(|(_, value)| value);
    defaults
        .chain(values)
        .for_each(|value| names.expr(value, &nowhere, true));
    for method in &mut base.methods {
        let place = (names.path.clone(), method.name.clone());
        let params = method.closure.params.iter_mut();
        let defaults = params.filter_map(|param| param.default.as_mut());
        defaults.for_each(|value| names.expr(value, &place, false));
        names.statements(&mut method.closure.body, &place, false);
        if let Some(new) = names.methods.get(&method.name.to_ascii_lowercase()) {
            method.name.clone_from(new);
        }
    }
    base
}

/// The members that get other names.
struct Names {
    /// The whole name of the base class.
    path: String,
    methods: BTreeMap<String, String>,
    properties: BTreeMap<String, String>,
    consts: BTreeMap<String, String>,
}

impl Names {
    fn of(class: &Class, base: &Class, path: &str) -> Self {
        let namespace = path.rsplit_once('\\').map(|(namespace, _)| namespace);
        let namespace = namespace.map(|it| it.trim_start_matches('\\'));
        let namespace = namespace.filter(|namespace| !namespace.is_empty());
        let new = |name: &str| format!("{}_{name}", base.name);
        let is_own = |name: &str| method(class, name).is_some_and(|method| method.has_body);
        let texts = texts(&base.methods);
        let methods = base.methods.iter().filter(|method| {
            // A callable names it by a text.
            let named = texts.contains(&method.name);
            method.private && method.has_body && is_own(&method.name) && !named
        });
        let methods = methods.filter(|method| !method.name.starts_with("__"));
        let properties = base.properties.iter().filter(|property| {
            let same = class.properties.iter().any(|own| own.name == property.name);
            property.private && !property.promoted && !property.is_static && same
        });
        let consts = base.consts.iter();
        let consts = consts.filter(|(name, _)| class.consts.iter().any(|(own, _)| own == name));
        Self {
            path: match namespace {
                Some(namespace) => format!("{namespace}\\{}", base.name),
                None => base.name.clone(),
            },
            methods: methods
                .map(|method| (method.name.to_ascii_lowercase(), new(&method.name)))
                .collect(),
            properties: properties
                .map(|property| (property.name.clone(), new(&property.name)))
                .collect(),
            consts: consts
                .map(|(name, _)| (name.clone(), new(name).to_ascii_uppercase()))
                .collect(),
        }
    }

    fn statements(&self, statements: &mut [Stmt], place: &(String, String), in_closure: bool) {
        for part in statements.iter_mut().flat_map(|stmt| stmt.kind.parts_mut()) {
            match part {
                PartMut::Expr(expr) => self.expr(expr, place, in_closure),
                PartMut::Body(body) => self.statements(body, place, in_closure),
            }
        }
    }

    fn expr(&self, expr: &mut Expr, place: &(String, String), in_closure: bool) {
        if let Some(text) = self.place_text(&expr.kind, place, in_closure) {
            expr.kind = ExprKind::String(text);
        }
        if let ExprKind::Closure(closure) = &mut expr.kind {
            self.statements(&mut closure.body, place, true);
        }
        self.member(&mut expr.kind);
        let children = expr.children_mut().into_iter();
        children.for_each(|child| self.expr(child, place, in_closure));
    }

    /// The text of a constant that says where it stands.
    fn place_text(
        &self,
        kind: &ExprKind,
        (path, function): &(String, String),
        in_closure: bool,
    ) -> Option<String> {
        match kind {
            ExprKind::Constant(name) => match (&*name.written.to_ascii_uppercase(), in_closure) {
                ("__CLASS__", _) => Some(path.clone()),
                ("__METHOD__", false) => Some(format!("{path}::{function}")),
                ("__FUNCTION__", false) => Some(function.clone()),
                _ => None,
            },
            ExprKind::ClassConstant { class, name } => {
                let own = class.written.eq_ignore_ascii_case("self") && name == "class";
                own.then(|| path.clone())
            }
            _ => None,
        }
    }

    /// Gives a member that has another name here that name.
    fn member(&self, kind: &mut ExprKind) {
        match kind {
            ExprKind::ClassConstant { class, name }
                if class.written.eq_ignore_ascii_case("self") =>
            {
                rename(name, self.consts.get(name));
            }
            ExprKind::Property {
                object,
                member: Member::Name { name, .. },
            } if object.is_this() => rename(name, self.properties.get(name)),
            ExprKind::MethodCall {
                object,
                method: Member::Name { name, .. },
                ..
            } if object.is_this() => rename(name, self.methods.get(&name.to_ascii_lowercase())),
            ExprKind::StaticCall { class, method, .. }
                if matches!(class.written.as_str(), "self" | "static") =>
            {
                rename(method, self.methods.get(&method.to_ascii_lowercase()));
            }
            _ => {}
        }
    }
}

fn rename(name: &mut String, new: Option<&String>) {
    if let Some(new) = new {
        name.clone_from(new);
    }
}

/// The texts in methods.
fn texts(methods: &[Method]) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    let mut add = |expr: &Expr| {
        if let ExprKind::String(text) = &expr.kind {
            texts.insert(text.clone());
        }
    };
    for method in methods {
        let params = method.closure.params.iter();
        let mut defaults: Vec<_> = params.filter_map(|param| param.default.as_ref()).collect();
        while let Some(default) = defaults.pop() {
            add(default);
            defaults.extend(default.children());
        }
        everywhere(&method.closure.body, &mut add);
    }
    texts
}
