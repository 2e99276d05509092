//! Where values go.

use std::rc::Rc;

use wechatpay_chain_php as php;

use super::Evaluator;
use super::object::Object;
use super::value::{Array, Key, Value};
use crate::hir::tree::{Expr, ExprKind, Place, Root, Unresolved};
use crate::syntax::{BinaryOp, Span};

/// One step into a variable: `['k']`, `[]` or `->name`.
enum Step {
    Key(Key),
    Push,
    Property(String),
}

impl<'a> Evaluator<'a, '_> {
    /// `$place = $value`
    pub(super) fn assign(&mut self, place: &'a Place, value: Value<'a>, span: Span) {
        match self.steps(place) {
            Some((name, steps)) => self.put(name, &steps, value, span),
            None => self.forget_place(place),
        }
    }

    /// `$place op= $value`
    pub(super) fn assign_op(
        &mut self,
        place: &'a Place,
        op: BinaryOp,
        value: &'a Expr,
        span: Span,
    ) -> Value<'a> {
        let steps = self.steps(place);
        let before = match &steps {
            Some((name, steps)) if steps.is_empty() => self.variable(name, span),
            Some((name, steps)) => self.read_place(name, steps, span),
            None => Value::unknown("a key that only a run would tell"),
        };
        let value = self.expr(value);
        let value = super::operator::apply(op, &before, &value);
        let value = self.handy_text(value, span);
        match steps {
            Some((name, steps)) => self.put(name, &steps, value.clone(), span),
            None => self.forget_place(place),
        }
        value
    }

    /// `$place++` and its kin.
    pub(super) fn step_place(
        &mut self,
        place: &'a Place,
        up: bool,
        new: bool,
        span: Span,
    ) -> Value<'a> {
        let Some((name, steps)) = self.steps(place) else {
            self.forget_place(place);
            return Value::unknown("a key that only a run would tell");
        };
        let before = if steps.is_empty() {
            self.variable(name, span)
        } else {
            self.read_place(name, &steps, span)
        };
        let after = match (&before, before.plain()) {
            (Value::Unknown(why), _) => Value::Unknown(Rc::clone(why)),
            (_, Some(plain)) => match php::step(&plain, up) {
                Ok(after) => super::plain::value(after),
                Err(_) => Value::unknown("a step that PHP refuses"),
            },
            (_, None) => Value::unknown("a step of what is no number"),
        };
        self.put(name, &steps, after.clone(), span);
        if new { after } else { before }
    }

    /// `$place ??= $value`
    pub(super) fn assign_missing(
        &mut self,
        place: &'a Place,
        value: &'a Expr,
        span: Span,
    ) -> Value<'a> {
        let Some((name, steps)) = self.steps(place) else {
            self.perhaps(value);
            self.forget_place(place);
            return Value::unknown("a key that only a run would tell");
        };
        let before = match steps.is_empty() && !self.is_defined(name) {
            true => Value::Null,
            false if steps.is_empty() => self.variable(name, span),
            false => self.read_place(name, &steps, span),
        };
        let value = match before {
            Value::Null => self.expr(value),
            Value::Unknown(why) => {
                self.perhaps(value);
                Value::Unknown(why)
            }
            there => there,
        };
        self.put(name, &steps, value.clone(), span);
        value
    }

    /// Puts a value where an argument is read from, for functions that change an argument.
    pub(super) fn assign_arg(&mut self, target: &'a Expr, value: Value<'a>) {
        let mut path = Vec::new();
        let mut inner = target;
        while let ExprKind::Index(object, key) = &*inner.kind {
            path.push(Some(key));
            inner = object;
        }
        let ExprKind::Local(local) = &*inner.kind else {
            self.error(target.span, "this cannot be assigned to", "");
            return;
        };
        let name = self.name(*local);
        path.reverse();
        match self.path(path) {
            Some(steps) => self.put(name, &steps, value, target.span),
            None => self.forget([name.to_owned()]),
        }
    }

    fn put(&mut self, name: &str, steps: &[Step], value: Value<'a>, span: Span) {
        let mut variable = match self.scopes.last_mut().and_then(|scope| scope.remove(name)) {
            Some(variable) => variable,
            None if steps.is_empty() => Value::Null,
            None => self
                .host
                .variable(name)
                .map_or(Value::Null, super::plain::value),
        };
        let in_object = steps.iter().any(|it| matches!(it, Step::Property(_)));
        let value = match in_object && self.unsure > 0 {
            true => Value::unknown("what was put into an object on one of several ways"),
            false => value,
        };
        if !put(&mut variable, steps, value) {
            self.error(span, "this cannot be assigned to", "");
        }
        if !steps.is_empty() {
            variable = self.handy(variable, span);
        }
        self.set(name, variable);
    }

    /// The variable, and the steps into it.
    fn steps(&mut self, place: &'a Place) -> Option<(&'a str, Vec<Step>)> {
        let name = self.root_name(place);
        let steps = self.path(place.path.iter().map(Option::as_ref).collect())?;
        Some((name, steps))
    }

    fn path(&mut self, path: Vec<Option<&'a Expr>>) -> Option<Vec<Step>> {
        let step = |key| match key {
            None => Some(Step::Push),
            Some(key) => match member(key) {
                None => self.key(key).map(Step::Key),
                Some(name) => match &*name.kind {
                    ExprKind::Text(name) => Some(Step::Property(name.clone())),
                    _ => self.text(name).map(Step::Property),
                },
            },
        };
        path.into_iter().map(step).collect()
    }

    /// The value that a place has.
    fn read_place(&mut self, name: &'a str, steps: &[Step], span: Span) -> Value<'a> {
        let mut value = match self.root(name) {
            Value::Chain(chain) => return Value::Unknown(chain.no_value()),
            root => root,
        };
        for step in steps {
            value = match (&value, step) {
                (Value::Unknown(_), _) => return value,
                (_, Step::Push) => return self.error(span, "`[]` has no value", ""),
                (Value::Array(array), Step::Key(key)) => {
                    array.get(key).cloned().unwrap_or(Value::Null)
                }
                (Value::Text(text), Step::Key(key)) => {
                    super::convert::character(text, &key.value())
                }
                (Value::Object(object), Step::Property(name)) => match &*object.borrow() {
                    Object::Plain(properties) => {
                        let property = properties.get(&Key::text(name));
                        property.cloned().unwrap_or(Value::Null)
                    }
                    _ => Value::unknown(format!("the property `{name}`")),
                },
                _ => Value::Null,
            };
        }
        value
    }

    /// Where it goes is not known, so nothing is known of the whole.
    fn forget_place(&mut self, place: &'a Place) {
        let name = self.root_name(place);
        self.forget([name.to_owned()]);
    }

    fn root_name(&self, place: &'a Place) -> &'a str {
        match &place.root {
            Root::Local(local) => self.name(*local),
            Root::Field(name) => name,
        }
    }

    /// `unset($a['k'])`
    pub(super) fn unset(&mut self, place: &'a Place) {
        let Some((name, mut steps)) = self.steps(place) else {
            self.forget_place(place);
            return;
        };
        let in_object = steps.iter().any(|step| matches!(step, Step::Property(_)));
        if in_object && self.unsure > 0 {
            self.forget_place(place);
            return;
        }
        let Some(scope) = self.scopes.last_mut() else {
            return;
        };
        match (steps.pop(), scope.get_mut(name)) {
            (None, _) => {
                scope.remove(name);
            }
            (Some(last), Some(variable)) => remove(variable, &steps, &last),
            (Some(_), None) => {}
        }
    }
}

/// Removes an item, where there is one.
fn remove(from: &mut Value<'_>, steps: &[Step], last: &Step) {
    let Some((step, rest)) = steps.split_first() else {
        match (from, last) {
            (Value::Array(array), Step::Key(key)) => array.remove(key),
            (Value::Object(object), Step::Property(name)) => {
                if let Object::Plain(properties) = &mut *object.borrow_mut() {
                    properties.remove(&Key::text(name));
                }
            }
            _ => {}
        }
        return;
    };
    match (from, step) {
        (Value::Array(array), Step::Key(key)) if array.get(key).is_some() => {
            remove(array.entry(key.clone()), rest, last);
        }
        (Value::Object(object), Step::Property(name)) => {
            if let Object::Plain(properties) = &mut *object.borrow_mut()
                && properties.get(&Key::text(name)).is_some()
            {
                remove(properties.entry(Key::text(name)), rest, last);
            }
        }
        _ => {}
    }
}

/// The name of a property, where a key is one.
pub(super) fn member(key: &Expr) -> Option<&Expr> {
    match &*key.kind {
        ExprKind::Unresolved(unresolved) => match &**unresolved {
            Unresolved::Member(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// Puts a value at the end of the steps; arrays on the way are made where there is nothing.
fn put<'a>(into: &mut Value<'a>, steps: &[Step], value: Value<'a>) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        *into = value;
        return true;
    };
    if matches!(into, Value::Null) {
        *into = match step {
            Step::Property(_) => return false,
            _ => Value::Array(Array::default()),
        };
    }
    match (into, step) {
        (Value::Array(array), Step::Key(key)) => put(array.entry(key.clone()), rest, value),
        (Value::Array(array), Step::Push) => {
            let key = array.next_key();
            put(array.entry(key), rest, value)
        }
        (Value::Object(object), Step::Property(name)) => match &mut *object.borrow_mut() {
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
