//! Properties that one method alone uses: nobody else sees what the method does with them.

use std::collections::{BTreeMap, BTreeSet};

use super::once::begins_empty;
use super::uses::{Around, Uses};
use crate::recognise;
use crate::syntax::is_word;
use crate::syntax::{Class, Expr, ExprKind, Method, Part, Property, Stmt, WholeExpr};

/// The properties of a class that one method alone uses.
#[derive(Debug, Default)]
pub(super) struct Soles(BTreeMap<String, Sole>);

#[derive(Debug)]
struct Sole {
    /// The method, in lower case.
    method: String,
    /// Whether the property holds a client that the method makes, of settings that stay as they are: each client that it
    /// makes is as good as the first.
    client: bool,
    /// Whether there is one such property for all objects, which begins with nothing.
    shared: bool,
}

impl Soles {
    pub(super) fn of(around: Around<'_>) -> Self {
        let mut soles = Self::default();
        let Some(class) = around.class.filter(|_| !around.text.contains("$this->$")) else {
            return soles;
        };
        let own = class.properties.iter();
        for property in own.filter(|property| !property.public && !property.promoted) {
            let mut users = class.methods.iter().filter(|method| {
                let text = around.text.get(method.span.range());
                mentions(text.unwrap_or_default(), &property.name)
            });
            if let (Some(method), None) = (users.next(), users.next())
                && !method.name.eq_ignore_ascii_case("__construct")
            {
                let sole = Sole::of(around, class, property, method);
                soles.0.insert(property.name.clone(), sole);
            }
        }
        soles
    }

    /// Whether nothing shows of a client that a method puts into a property.
    pub(super) fn is_client(&self, property: &str) -> bool {
        self.0.get(property).is_some_and(|sole| sole.client)
    }

    /// Whether a method may set a property as it likes.
    pub(super) fn is_free(&self, property: &str, method: &str) -> bool {
        let sole = self.0.get(property);
        sole.is_some_and(|sole| sole.shared && sole.method.eq_ignore_ascii_case(method))
    }

    /// The properties that only these methods use.
    pub(super) fn of_methods(&self, methods: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let own = self.0.iter();
        let own = own.filter(|(_, sole)| (sole.client || sole.shared) && methods(&sole.method));
        own.map(|(name, _)| name.clone()).collect()
    }
}

impl Sole {
    fn of(around: Around<'_>, class: &Class, property: &Property, method: &Method) -> Self {
        let mut values = Values::default();
        values.statements(&property.name, &method.closure.body);
        let mut settings = Uses::of(around, &method.closure).fields;
        settings.remove(&property.name);
        let mut others = class.methods.iter().filter(|other| {
            other.name != method.name && !other.name.eq_ignore_ascii_case("__construct")
        });
        let stays = |other: &Method| Uses::of(around, &other.closure).sets.is_disjoint(&settings);
        Self {
            method: method.name.to_ascii_lowercase(),
            client: values.clients > 0 && values.others == 0 && others.all(stays),
            shared: property.is_static && property.private && begins_empty(property),
        }
    }
}

/// Whether a text has `->name` that is no call, or `::$name`.
fn mentions(text: &str, name: &str) -> bool {
    let of_object = format!("->{name}");
    let of_class = format!("::${name}");
    let behind = |at: usize, found: &str| &text[at + found.len()..];
    let ends = |rest: &str| !rest.starts_with(is_word);
    let calls = |rest: &str| rest.trim_start().starts_with('(');
    let mut objects = text
        .match_indices(&of_object)
        .map(|(at, found)| behind(at, found));
    let mut classes = text
        .match_indices(&of_class)
        .map(|(at, found)| behind(at, found));
    objects.any(|rest| ends(rest) && !calls(rest)) || classes.any(ends)
}

/// How often a property is set to a client that is made there, and to something else.
#[derive(Default)]
struct Values {
    clients: usize,
    others: usize,
}

impl Values {
    fn statements(&mut self, name: &str, statements: &[Stmt]) {
        for stmt in statements {
            for part in stmt.kind.parts() {
                match part {
                    Part::Expr(expr) => self.expr(name, expr),
                    Part::Body(body) => self.statements(name, body),
                }
            }
        }
    }

    fn expr(&mut self, name: &str, expr: &Expr) {
        let set = match &expr.kind {
            ExprKind::Assign { target, value, .. } => Some((&**target, &**value)),
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::CoalesceAssign(target, value) => Some((target, value)),
                _ => None,
            },
            ExprKind::Closure(closure) => {
                self.statements(name, &closure.body);
                None
            }
            _ => None,
        };
        if let Some((target, value)) = set
            && property_of(target) == Some(name)
        {
            let made = recognise::settings(value).is_some();
            self.clients += usize::from(made);
            self.others += usize::from(!made);
        }
        for part in expr.children() {
            self.expr(name, part);
        }
    }
}

/// The property of the object or class that a place is, or is within.
pub(super) fn property_of(place: &Expr) -> Option<&str> {
    let mut place = place;
    loop {
        match &place.kind {
            ExprKind::Property { object, member } => match &object.kind {
                ExprKind::Variable(this) if this == "this" => return member.name(),
                _ => place = object,
            },
            ExprKind::Index { object, .. } => place = object,
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::StaticProperty(_, name) => return Some(name),
                _ => return None,
            },
            _ => return None,
        }
    }
}
