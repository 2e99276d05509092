//! Ways that a program may take. Each begins with the variables at the fork; what differs where
//! they meet is unknown, so that no request is made of the way that was looked at last.

use std::collections::HashMap;

use super::Evaluator;
use super::value::Value;
use crate::hir::tree::Expr;
use crate::syntax::Span;

/// The variables of a function.
pub(super) type Scope<'a> = HashMap<String, Value<'a>>;

/// Stands for all variables among those that something touches.
pub(super) const ALL: &str = "*";

impl<'a> Evaluator<'a, '_> {
    /// The variables as they are; copying costs strength.
    pub(super) fn scope(&mut self) -> Scope<'a> {
        let scope = self.scopes.last().cloned().unwrap_or_default();
        let size = scope.values().map(|value| value.is_unwieldy().1 + 1).sum();
        self.charge(size);
        scope
    }

    pub(super) fn go_on_with(&mut self, scope: Scope<'a>) -> Scope<'a> {
        match self.scopes.last_mut() {
            Some(last) => std::mem::replace(last, scope),
            None => scope,
        }
    }

    /// Goes a way that may not be taken, and comes back: what it gives, and its variables then.
    pub(super) fn way<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, Scope<'a>) {
        let before = self.scope();
        let done = self.unsure(work);
        let after = self.go_on_with(before);
        (done, after)
    }

    /// Does what may not happen: objects, which all ways share, do not change for good.
    pub(super) fn unsure<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.unsure += 1;
        let done = work(self);
        self.unsure -= 1;
        done
    }

    /// Evaluates what may not be evaluated.
    pub(super) fn perhaps(&mut self, expr: &'a Expr) {
        let (_, end) = self.way(|evaluator| evaluator.expr(expr));
        let other = self.scope();
        self.meet(vec![other, end]);
    }

    /// Goes on where ways meet.
    pub(super) fn meet(&mut self, ends: Vec<Scope<'a>>) {
        let mut ends = ends.into_iter();
        let Some(mut scope) = ends.next() else {
            return;
        };
        for end in ends {
            for (name, value) in &end {
                match scope.get(name) {
                    Some(other) if other.same(value) => {}
                    // Without a client there is no request, rather than another one.
                    None if matches!(value, Value::Chain(_)) => {
                        scope.insert(name.clone(), value.clone());
                    }
                    _ => {
                        scope.insert(name.clone(), either(name));
                    }
                }
            }
            for (name, value) in &mut scope {
                if !end.contains_key(name) && !matches!(value, Value::Chain(_)) {
                    *value = either(name);
                }
            }
        }
        self.go_on_with(scope);
    }

    /// Variables that something changed in a way that is not followed.
    pub(super) fn forget(&mut self, names: impl IntoIterator<Item = String>) {
        for name in names {
            let known: Vec<String> = match (&*name, self.scopes.last()) {
                (ALL, Some(scope)) => scope.keys().cloned().collect(),
                _ => vec![name],
            };
            for name in known {
                let why = format!("what `${name}` is after something that is not followed here");
                self.set(&name, Value::unknown(why));
            }
        }
    }

    /// Forgets what a loop or a `try` may change, of the variables that there are.
    pub(super) fn forget_changed(&mut self, span: Span) {
        let names = self.changes.get(&span).into_iter().flatten();
        let known = names
            .filter(|name| *name == ALL || self.get(name).is_some())
            .cloned()
            .collect::<Vec<_>>();
        self.forget(known);
    }
}

fn either<'a>(name: &str) -> Value<'a> {
    Value::unknown(format!(
        "what `${name}` is, which depends on the way that the program takes"
    ))
}

impl Value<'_> {
    /// Whether a request would not tell the difference.
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown(_), Self::Unknown(_)) | (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::Float(one), Self::Float(other)) => one.to_bits() == other.to_bits(),
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Array(one), Self::Array(other)) => {
                one.len() == other.len()
                    && one.next_key() == other.next_key()
                    && one
                        .iter()
                        .zip(other.iter())
                        .all(|(one, other)| one.0 == other.0 && one.1.same(other.1))
            }
            (Self::Chain(one), Self::Chain(other)) => one.template == other.template,
            (Self::Closure(one), Self::Closure(other)) => std::rc::Rc::ptr_eq(one, other),
            (Self::Object(one), Self::Object(other)) => std::rc::Rc::ptr_eq(one, other),
            _ => false,
        }
    }
}
