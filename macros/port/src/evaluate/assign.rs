//! Where values go.

use super::Evaluator;
use super::object::Object;
use super::value::{Array, Key, Value};
use crate::syntax::{Expr, ExprKind, Member};

/// One step into a variable: `['k']`, `[]` or `->name`.
enum Place {
    Key(Key),
    Push,
    Property(String),
}

impl<'a> Evaluator<'a, '_> {
    pub(super) fn assign(&mut self, target: &'a Expr, value: Value<'a>) {
        let Some((name, places)) = self.places(target) else {
            // Where it goes is not known, so nothing is of the whole.
            self.forget(super::touch::targets(target, self.touched));
            return;
        };
        let mut variable = match self.scopes.last_mut().and_then(|scope| scope.remove(name)) {
            Some(variable) => variable,
            None if places.is_empty() => Value::Null,
            None => self
                .host
                .variable(name)
                .map_or(Value::Null, super::plain::value),
        };
        let in_object = places.iter().any(|it| matches!(it, Place::Property(_)));
        let value = match in_object && self.unsure > 0 {
            true => Value::unknown("what was put into an object on one of several ways"),
            false => value,
        };
        if !put(&mut variable, &places, value) {
            self.error(target.span, "this cannot be assigned to", "");
        }
        if !places.is_empty() {
            variable = self.handy(variable, target.span);
        }
        self.set(name, variable);
    }

    /// The variable, and the steps into it from outside.
    fn places(&mut self, target: &'a Expr) -> Option<(&'a str, Vec<Place>)> {
        let mut places = Vec::new();
        let mut inner = target;
        loop {
            match &inner.kind {
                ExprKind::Variable(name) => {
                    places.reverse();
                    return Some((name, places));
                }
                ExprKind::Index { object, index } => {
                    places.push(match index {
                        Some(index) => Place::Key(self.key(index)?),
                        None => Place::Push,
                    });
                    inner = object;
                }
                ExprKind::Property {
                    object,
                    member: Member::Name { name, .. },
                } => {
                    places.push(Place::Property(name.clone()));
                    inner = object;
                }
                ExprKind::Property {
                    object,
                    member: Member::Computed(name),
                } => {
                    let name = self.text(name)?;
                    places.push(Place::Property(name));
                    inner = object;
                }
                _ => {
                    self.error(target.span, "this cannot be assigned to", "");
                    return None;
                }
            }
        }
    }

    /// `unset($a['k'])`
    pub(super) fn unset(&mut self, target: &'a Expr) {
        let Some((name, mut places)) = self.places(target) else {
            self.forget(super::touch::targets(target, self.touched));
            return;
        };
        let last = places.pop();
        let Some(scope) = self.scopes.last_mut() else {
            return;
        };
        let Some(last) = last else {
            scope.remove(name);
            return;
        };
        if let (Some(Value::Array(array)), Place::Key(key), true) =
            (scope.get_mut(name), last, places.is_empty())
        {
            array.remove(&key);
        }
    }
}

/// Puts a value at the end of the steps; arrays on the way are made where there is nothing.
fn put<'a>(into: &mut Value<'a>, places: &[Place], value: Value<'a>) -> bool {
    let Some((place, rest)) = places.split_first() else {
        *into = value;
        return true;
    };
    if matches!(into, Value::Null) {
        *into = match place {
            Place::Property(_) => return false,
            _ => Value::Array(Array::default()),
        };
    }
    match (into, place) {
        (Value::Array(array), Place::Key(key)) => put(array.entry(key.clone()), rest, value),
        (Value::Array(array), Place::Push) => {
            let key = array.next_key();
            put(array.entry(key), rest, value)
        }
        (Value::Object(object), Place::Property(name)) => match &mut *object.borrow_mut() {
            Object::Plain(properties) => {
                put(properties.entry(Key::Text(name.clone())), rest, value)
            }
            _ => false,
        },
        // Nothing is known of it, and nothing more now.
        (Value::Unknown(_), _) => true,
        _ => false,
    }
}
