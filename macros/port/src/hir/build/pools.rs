//! Clients in an array by the keys of their merchants: `return $this->pool[$id] ??= $this->create($id);`.
//!
//! The property is a map of clients, where all that uses it reads, sets, asks for or takes out one item, or empties it, and where
//! each item is a client. A static one is filled at one place, only where it has no item yet: then each object may have a map.

use std::collections::BTreeSet;

use super::Builder;
use super::bytes::variable;
use super::class::property;
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::lifted::scope::everywhere;
use crate::hir::tree::{Expr, ExprKind, Place, Pool, Root};
use crate::recognise;
use crate::syntax::{
    self, Class, Expr as Php, ExprKind as PhpKind, Method, Property, Span, WholeExpr,
};

/// The properties of a class that are maps of clients.
pub(super) fn of(class: &Class, text: &str) -> BTreeSet<String> {
    let properties = class.properties.iter();
    let pools = properties.filter(|property| !property.public && is_pool(class, text, property));
    pools.map(|property| property.name.clone()).collect()
}

/// A warning for each static one that methods of objects fill: PHP gives all objects the client of the first.
pub(super) fn of_objects(class: &Class, text: &str) -> impl Iterator<Item = Problem> {
    let pools = of(class, text);
    let properties = class.properties.iter();
    let fills = |name: &str| {
        let mut methods = class.methods.iter().filter(|method| !method.is_static);
        methods.any(|method| {
            let mut uses = Uses::default();
            uses.method(class, text, method, name);
            uses.sets > 0
        })
    };
    properties
        .filter(move |own| own.is_static && pools.contains(&own.name) && fills(&own.name))
        .map(|own| {
            let message = format!(
                "the static property `${}` is one for each object here, and one for the class in PHP",
                own.name
            );
            Problem::warning(class.name_span, message)
                .hint("make one object of this class, and share it")
        })
}

fn is_pool(class: &Class, text: &str, own: &Property) -> bool {
    let begins = match &own.default {
        Some(value) => is_empty(value),
        None => false,
    };
    let mut uses = Uses::default();
    for method in &class.methods {
        uses.method(class, text, method, &own.name);
    }
    let filled = uses.sets > 0 && uses.sets == uses.clients && uses.all == uses.known;
    begins && filled && (!own.is_static || (uses.sets == 1 && uses.checked && !uses.takes))
}

fn is_empty(value: &Php) -> bool {
    matches!(&value.kind, PhpKind::Array(items) if items.is_empty())
}

/// How the methods use a property.
#[derive(Default)]
struct Uses {
    all: usize,
    /// The uses of single items, and of the whole where it is emptied.
    known: usize,
    sets: usize,
    /// The items that are set to clients.
    clients: usize,
    /// Whether the one that is set is not there yet.
    checked: bool,
    /// Whether items are taken out.
    takes: bool,
}

impl Uses {
    fn method(&mut self, class: &Class, text: &str, method: &Method, name: &str) {
        let is = |value: &Php| property(value, Some(class)).as_deref() == Some(name);
        let item = |value: &Php| match &value.kind {
            PhpKind::Index {
                object,
                index: Some(_),
            } => is(object),
            _ => false,
        };
        let written = |value: &Php| text.get(value.span.range()).map(str::to_owned);
        // The items that are set, and those that are asked for, as they are written.
        let (mut set, mut asked) = (Vec::new(), BTreeSet::new());
        everywhere(&method.closure.body, &mut |expr| {
            self.all += usize::from(is(expr));
            self.known += usize::from(item(expr));
            match &expr.kind {
                PhpKind::Assign { target, op, value } if item(target) => {
                    self.sets += 1;
                    set.push(written(target));
                    let client = op.is_none() && is_client(class, method, value);
                    self.clients += usize::from(client);
                }
                PhpKind::Assign { target, .. } if parts(target).iter().any(|part| item(part)) => {
                    self.all += 1
                }
                PhpKind::Assign { target, value, .. } if is(target) && is_empty(value) => {
                    self.known += 1;
                    self.takes = true;
                }
                PhpKind::Index { object, .. } if item(object) && !is_path(expr) => self.all += 1,
                PhpKind::Call { function, args } => match (&*function.last(), &**args) {
                    ("array_key_exists" | "key_exists", [_, array]) if is(&array.value) => {
                        self.known += 1;
                    }
                    ("isset" | "empty", [arg]) if item(&arg.value) => {
                        asked.insert(written(&arg.value));
                    }
                    ("unset", args) => self.takes |= args.iter().any(|arg| item(&arg.value)),
                    _ => {}
                },
                PhpKind::Unary { operand, .. } if item(operand) => {
                    asked.insert(written(operand));
                }
                PhpKind::Whole(whole) => match &**whole {
                    WholeExpr::CoalesceAssign(target, value) if item(target) => {
                        self.sets += 1;
                        self.clients += usize::from(is_client(class, method, value));
                        set.push(written(target));
                        asked.insert(written(target));
                    }
                    WholeExpr::Step { target, .. } if item(target) => self.all += 1,
                    _ => {}
                },
                PhpKind::Unsupported { .. } => self.all += 1,
                _ => {}
            }
        });
        self.checked |= !set.is_empty() && set.iter().all(|item| asked.contains(item));
    }
}

/// The values that a place is a part of.
fn parts(target: &Php) -> Vec<&Php> {
    let mut all = Vec::new();
    let mut value = target;
    while let PhpKind::Property { object, .. } | PhpKind::Index { object, .. } = &value.kind {
        all.push(&**object);
        value = object;
    }
    all
}

/// Whether an item of an item is a path on the client: `$this->pool[$id]['v3/certificates']`.
fn is_path(expr: &Php) -> bool {
    matches!(&expr.kind, PhpKind::Index { index: Some(_), .. })
}

/// Whether a value is a client: one that is made there, or by a method of the class.
fn is_client(class: &Class, method: &Method, value: &Php) -> bool {
    if recognise::settings(value).is_some() {
        return true;
    }
    let name = match &value.kind {
        PhpKind::MethodCall { object, method, .. } if object.is_this() => method.name(),
        PhpKind::StaticCall { class, method, .. }
            if matches!(class.written.as_str(), "self" | "static") =>
        {
            Some(method.as_str())
        }
        PhpKind::Variable(name) => {
            let mut values = Vec::new();
            everywhere(&method.closure.body, &mut |expr| {
                if let Some((target, value)) = expr.assignment()
                    && variable(target) == Some(name)
                {
                    values.push(value);
                }
            });
            return !values.is_empty()
                && values
                    .iter()
                    .all(|value| variable(value).is_none() && is_client(class, method, value));
        }
        _ => None,
    };
    let mut methods = class.methods.iter();
    let made = name.and_then(|name| methods.find(|method| method.name.eq_ignore_ascii_case(name)));
    made.is_some_and(gives_client)
}

fn gives_client(method: &Method) -> bool {
    let declared = method.closure.returns.as_deref().and_then(Ty::declared);
    if declared == Some(Ty::Client) {
        return true;
    }
    match method.closure.body.last().map(|last| &last.kind) {
        Some(syntax::StmtKind::Return(Some(value))) => recognise::settings(value).is_some(),
        _ => false,
    }
}

impl<'a> Builder<'a> {
    /// The map and the key of `$this->pool[$key]`.
    pub(super) fn pool_item<'e>(&self, expr: &'e Php) -> Option<(String, &'e Php)> {
        let PhpKind::Index {
            object,
            index: Some(index),
        } = &expr.kind
        else {
            return None;
        };
        Some((self.pool(object)?, index))
    }

    fn pool(&self, expr: &Php) -> Option<String> {
        let shape = self.class?;
        let name = property(expr, Some(shape.class))?;
        shape.pools.contains(&name).then_some(name)
    }

    /// `$this->pool[$key]`, and whether there is a client: `array_key_exists($key, $this->pool)`.
    pub(super) fn of_pool(&mut self, expr: &'a Php) -> Option<Expr> {
        let span = expr.span;
        if let Some((name, key)) = self.pool_item(expr) {
            let key = self.expr(key);
            return Some(made(span, Pool::Get, name, vec![key]));
        }
        match &expr.kind {
            PhpKind::Call { function, args } => {
                let [key, array] = &**args else {
                    return None;
                };
                let asks = matches!(&*function.last(), "array_key_exists" | "key_exists");
                let name = self.pool(&array.value).filter(|_| asks)?;
                let key = self.expr(&key.value);
                let item = made(span, Pool::Get, name, vec![key]);
                Some(Expr::new(span, ExprKind::Isset(item)))
            }
            PhpKind::Assign {
                target,
                op: None,
                value,
            } => {
                if let Some(name) = self.pool(target) {
                    return Some(made(span, Pool::Clear, name, Vec::new()));
                }
                let (name, key) = self.pool_item(target)?;
                let (first, key) = self.pool_key(span, key);
                let value = self.expr(value);
                let set = made(span, Pool::Set, name, vec![key, value]);
                Some(match first {
                    None => set,
                    Some(first) => {
                        let kind = ExprKind::Aside {
                            value: set,
                            others: vec![first],
                            first: true,
                        };
                        Expr::new(span, kind)
                    }
                })
            }
            PhpKind::Whole(whole) => match &**whole {
                WholeExpr::CoalesceAssign(target, value) => {
                    let (name, key) = self.pool_item(target)?;
                    Some(self.pool_missing(span, name, key, value))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `$this->pool[$key] ??= $client`
    fn pool_missing(&mut self, span: Span, name: String, key: &'a Php, value: &'a Php) -> Expr {
        let (first, again) = self.pool_key(span, key);
        let first = first.unwrap_or_else(|| again.clone());
        let there = made(span, Pool::Get, name.clone(), vec![first]);
        let value = self.expr(value);
        let missing = made(span, Pool::Set, name, vec![again, value]);
        Expr::new(span, ExprKind::Coalesce(there, missing))
    }

    /// A key that PHP evaluates once, before the client: where that does something, first into a variable.
    fn pool_key(&mut self, span: Span, key: &'a Php) -> (Option<Expr>, Expr) {
        let key = self.expr(key);
        let simple = matches!(
            *key.kind,
            ExprKind::Local(_) | ExprKind::Text(_) | ExprKind::Int(_)
        );
        if simple {
            return (None, key);
        }
        let local = self.local(&format!("key_{}", span.start));
        let place = Place {
            root: Root::Local(local),
            path: Vec::new(),
        };
        let set = Expr::new(span, ExprKind::Assign(place, key));
        (Some(set), Expr::new(span, ExprKind::Local(local)))
    }

    /// `unset($this->pool[$key])`
    pub(super) fn taken_from_pool(&mut self, expr: &'a Php) -> Option<Expr> {
        let (name, key) = self.pool_item(expr)?;
        let key = self.expr(key);
        Some(made(expr.span, Pool::Remove, name, vec![key]))
    }
}

fn made(span: Span, what: Pool, name: String, args: Vec<Expr>) -> Expr {
    Expr::new(span, ExprKind::Pool(what, name, args))
}
