//! Expressions.

use super::Evaluator;
use super::assign::member;
use super::object::Object;
use super::value::{Array, Key, Value};
use crate::hir::Ty;
use crate::hir::tree::{Entry, Expr, ExprKind};
use crate::recognise::Form;
use crate::syntax::{BinaryOp, Cast, Span, UnaryOp};

impl<'a> Evaluator<'a, '_> {
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Value<'a> {
        if !self.step(expr.span) {
            return Value::unknown("the block was given up");
        }
        let value = self.deeper(expr.span, |evaluator| evaluator.expr_kind(expr));
        match value {
            Some(value) => self.handy_text(value, expr.span),
            None => Value::unknown("the block was given up"),
        }
    }

    fn expr_kind(&mut self, expr: &'a Expr) -> Value<'a> {
        let span = expr.span;
        if let Some(literal) = super::node::literal(&expr.kind) {
            return literal;
        }
        match &*expr.kind {
            ExprKind::Local(local) => self.variable(self.name(*local), span),
            ExprKind::FileConst(name) => self.file_constant(name),
            ExprKind::Concat(pieces) => super::node::joined(&self.args(pieces)),
            ExprKind::Array(entries) => self.entries(entries, span),
            ExprKind::Index(object, key) => match member(key) {
                Some(name) => self.property(object, name, span),
                None => self.index(object, key, span),
            },
            ExprKind::Not(inner) => super::operator::unary(UnaryOp::Not, &self.expr(inner)),
            ExprKind::Minus(inner) => super::operator::unary(UnaryOp::Minus, &self.expr(inner)),
            ExprKind::Plus(inner) => super::operator::unary(UnaryOp::Plus, &self.expr(inner)),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right),
            ExprKind::And(left, right) => self.logical(false, left, right),
            ExprKind::Or(left, right) => self.logical(true, left, right),
            ExprKind::Coalesce(left, right) => self.coalesce(left, right),
            ExprKind::Ternary(condition, then, otherwise) => {
                self.ternary(condition, then.as_ref(), otherwise)
            }
            ExprKind::Cast(ty, inner) => {
                let value = self.expr(inner);
                match cast_of(ty) {
                    Some(to) => super::convert::cast(to, value),
                    None => Value::unknown("a cast that PHP refuses"),
                }
            }
            ExprKind::ToArray(inner) => super::convert::cast(Cast::Array, self.expr(inner)),
            ExprKind::ToObject(inner) => super::convert::cast(Cast::Object, self.expr(inner)),
            ExprKind::Isset(inner) => super::node::is_there(self.quietly(inner)),
            ExprKind::Builtin(name, args) => {
                let args = self.args(args);
                self.table(name, &args, span)
            }
            ExprKind::Call(name, args) => self.call_function(name, args),
            ExprKind::CallClosure(callee, args) => self.call_closure(callee, args, span),
            ExprKind::Closure(code, captures) => self.closure(code, captures),
            ExprKind::Assign(place, value) => {
                let value = self.expr(value);
                self.assign(place, value.clone(), span);
                value
            }
            ExprKind::AssignOp(place, op, value) => self.assign_op(place, *op, value, span),
            ExprKind::AssignMissing(place, value) => self.assign_missing(place, value, span),
            ExprKind::Step { place, up, before } => self.step_place(place, *up, *before, span),
            ExprKind::Match(subject, arms) => self.match_value(subject, arms, span),
            ExprKind::Unset(place) => {
                self.unset(place);
                Value::Null
            }
            ExprKind::Print(inner) => {
                self.expr(inner);
                Value::Int(1)
            }
            ExprKind::Aside { value, .. } => self.expr(value),
            ExprKind::Unresolved(unresolved) => self.unresolved(unresolved, span),
            ExprKind::Refused(problem) => {
                self.problems.push(problem.clone());
                Value::unknown(problem.message.as_str())
            }
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Text(_)
            | ExprKind::Field(_)
            | ExprKind::ClassConst(_)
            | ExprKind::Coerce(..)
            | ExprKind::AsArray(..)
            | ExprKind::Strict(..)
            | ExprKind::Extreme(..)
            | ExprKind::Format(..)
            | ExprKind::Merge(_)
            | ExprKind::Map(..)
            | ExprKind::Filter(..)
            | ExprKind::Sort(..)
            | ExprKind::Change(..)
            | ExprKind::Method(..)
            | ExprKind::NewThrown(..)
            | ExprKind::OfThrown(..)
            | ExprKind::InstanceOf(..)
            | ExprKind::OfResponse(..)
            | ExprKind::Sdk(_)
            | ExprKind::Promise(_)
            | ExprKind::Wait(_)
            | ExprKind::Restacked(..)
            | ExprKind::Pool(..)
            | ExprKind::Factory(_)
            | ExprKind::FactoryOf(_)
            | ExprKind::Crypto(..)
            | ExprKind::Foreign(_)
            | ExprKind::Notified(_)
            | ExprKind::Unpack(..)
            | ExprKind::Item
            | ExprKind::Throw(_)
            | ExprKind::Exit(_) => self.error(span, "this is not followed here", "write it out"),
        }
    }

    fn file_constant(&mut self, name: &str) -> Value<'a> {
        let mut consts = self.file.consts.iter();
        match consts.find(|known| known.name == name) {
            Some(known) => self.expr(&known.value),
            None => Value::unknown(format!("the constant `{name}`")),
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &'a Expr, right: &'a Expr) -> Value<'a> {
        let (left, right) = (self.expr(left), self.expr(right));
        super::operator::apply(op, &left, &right)
    }

    pub(super) fn args(&mut self, args: &'a [Expr]) -> Vec<Value<'a>> {
        args.iter().map(|arg| self.expr(arg)).collect()
    }

    fn entries(&mut self, entries: &'a [Entry], span: Span) -> Value<'a> {
        let mut array = Array::default();
        for entry in entries {
            if entry.spread {
                match self.expr(&entry.value) {
                    Value::Array(spread) => spread.iter().for_each(|(key, value)| match key {
                        Key::Int(_) => array.push(value.clone()),
                        Key::Text(_) => array.insert(key.clone(), value.clone()),
                    }),
                    Value::Unknown(why) => return Value::Unknown(why),
                    _ => return Value::unknown("what only an array spreads"),
                }
                continue;
            }
            let key = match &entry.key {
                Some(key) => match self.key(key) {
                    Some(key) => key,
                    None => return Value::unknown("a key that only a run would tell"),
                },
                None => array.next_key(),
            };
            if array.get(&key).is_some() {
                let start = entry
                    .key
                    .as_ref()
                    .map_or(entry.value.span, |key| key.span)
                    .start;
                self.warn(
                    Span::new(start, entry.value.span.end),
                    format!(
                        "the key `{}` stands twice: the last one counts",
                        key.to_text()
                    ),
                    "",
                );
            }
            let value = self.expr(&entry.value);
            array.insert(key, value);
        }
        self.handy(Value::Array(array), span)
    }

    fn property(&mut self, object: &'a Expr, name: &'a Expr, span: Span) -> Value<'a> {
        let object = self.object(object);
        match object {
            Value::Chain(chain) => match self.link(name) {
                Some(link) => self.extend(&chain, &link, Form::Pure, span),
                None => Value::unknown("a path that only a run would tell"),
            },
            Value::Object(object) => {
                let Some(name) = self.text(name) else {
                    return Value::Null;
                };
                match &*object.borrow() {
                    Object::Plain(properties) => properties
                        .get(&Key::text(&name))
                        .cloned()
                        .unwrap_or(Value::Null),
                    _ => Value::unknown(format!("the property `{name}`")),
                }
            }
            Value::Unknown(why) => Value::Unknown(why),
            _ => Value::Null,
        }
    }

    fn index(&mut self, object: &'a Expr, index: &'a Expr, span: Span) -> Value<'a> {
        match self.object(object) {
            Value::Chain(chain) => match self.link(index) {
                Some(link) => self.extend(&chain, &link, Form::Index, span),
                None => Value::unknown("a path that only a run would tell"),
            },
            Value::Array(array) => match self.key(index) {
                Some(key) => array.get(&key).cloned().unwrap_or(Value::Null),
                None => Value::unknown("a key that only a run would tell"),
            },
            Value::Text(text) => {
                let index = self.expr(index);
                super::convert::character(&text, &index)
            }
            Value::Unknown(why) => Value::Unknown(why),
            _ => Value::Null,
        }
    }

    fn ternary(
        &mut self,
        condition: &'a Expr,
        then: Option<&'a Expr>,
        otherwise: &'a Expr,
    ) -> Value<'a> {
        let value = self.expr(condition);
        match (value.to_bool(), then) {
            (Some(true), Some(then)) => self.expr(then),
            (Some(true), None) => value,
            (Some(false), _) => self.expr(otherwise),
            (None, then) => {
                self.eitherwise(then, otherwise);
                value
            }
        }
    }

    /// Both sides, of which a run would take one.
    fn eitherwise(&mut self, then: Option<&'a Expr>, otherwise: &'a Expr) {
        let mut ends = Vec::new();
        for side in then.into_iter().chain([otherwise]) {
            ends.push(self.way(|evaluator| evaluator.expr(side)).1);
        }
        if then.is_none() {
            ends.push(self.scope());
        }
        self.meet(ends);
    }
}

fn cast_of(ty: &Ty) -> Option<Cast> {
    match ty {
        Ty::Text => Some(Cast::String),
        Ty::Int => Some(Cast::Int),
        Ty::Float => Some(Cast::Float),
        Ty::Bool => Some(Cast::Bool),
        _ => None,
    }
}
