//! Expressions.

use std::rc::Rc;

use super::Evaluator;
use super::object::Object;
use super::path::{Chain, Link};
use super::plain::value;
use super::value::{Array, Captured, Key, Value};
use crate::recognise::{Form, is_static_property};
use crate::syntax::{Arg, BinaryOp, Closure, Expr, ExprKind, Item, Member, Name, Piece, Span};

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

    /// Names of arguments, which are not followed: by its place each would be something else.
    fn named(&mut self, expr: &'a Expr) -> Option<Value<'a>> {
        let (object, args) = match &expr.kind {
            ExprKind::MethodCall { object, args, .. } => (Some(object), args),
            ExprKind::Call { args, .. }
            | ExprKind::CallValue { args, .. }
            | ExprKind::StaticCall { args, .. }
            | ExprKind::New { args, .. } => (None, args),
            _ => return None,
        };
        let named = args.iter().find(|arg| arg.name.is_some())?;
        let name = named.name.as_deref().unwrap_or_default();
        if let Some(object) = object {
            self.object(object);
        }
        self.args(args);
        let message = format!("the named argument `{name}:` is not followed here");
        Some(self.error(
            named.value.span,
            message,
            "write the arguments in their order",
        ))
    }

    fn expr_kind(&mut self, expr: &'a Expr) -> Value<'a> {
        if let Some(unknown) = self.named(expr) {
            return unknown;
        }
        match &expr.kind {
            ExprKind::Variable(name) => self.variable(name, expr.span),
            ExprKind::Null => Value::Null,
            ExprKind::Bool(flag) => Value::Bool(*flag),
            ExprKind::Int(number) => Value::Int(*number),
            ExprKind::Float(number) => Value::Float(*number),
            ExprKind::String(text) => Value::Text(text.clone()),
            ExprKind::Interpolated(pieces) => self.pieces(pieces),
            ExprKind::Array(items) => self.items(items),
            ExprKind::Constant(name) => self.constant(name),
            ExprKind::ClassConstant { class, name } => self.class_constant(class, name),
            ExprKind::Property { object, member } => self.property(object, member, expr.span),
            ExprKind::Index { object, index } => self.index(object, index.as_deref(), expr.span),
            ExprKind::Call { function, args } => self.call_function(function, args, expr.span),
            ExprKind::CallValue { callee, args } => {
                let callee = self.expr(callee);
                let args = self.args(args);
                self.call_value(&callee, args, expr.span)
            }
            ExprKind::MethodCall {
                object,
                method,
                args,
            } => self.method_call(object, method, args, expr.span),
            ExprKind::StaticCall {
                class,
                method,
                args,
            } => {
                let args = self.args(args);
                self.static_call(class, method, &args, expr.span)
            }
            ExprKind::New { class, args } => {
                let args = self.args(args);
                self.new_object(class, args, expr.span)
            }
            ExprKind::Closure(closure) => self.closure(closure),
            ExprKind::Assign { target, op, value } => self.assignment(target, *op, value),
            ExprKind::Unary { op, operand } => {
                let operand = self.expr(operand);
                super::operator::unary(*op, &operand)
            }
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right),
            ExprKind::Ternary {
                condition,
                then,
                otherwise,
            } => self.ternary(condition, then.as_deref(), otherwise),
            ExprKind::Cast { to, value } => {
                let value = self.expr(value);
                super::convert::cast(*to, value)
            }
            ExprKind::Clone(inner) => match self.expr(inner) {
                Value::Object(object) => Value::object(object.borrow().clone()),
                other => other,
            },
            ExprKind::Print(inner) => {
                self.expr(inner);
                Value::Int(1)
            }
            ExprKind::Throw(inner) | ExprKind::Include(inner) => {
                self.expr(inner);
                Value::unknown("what another file returns")
            }
            ExprKind::Whole(_) => Value::unknown("what only whole files use"),
            ExprKind::Unsupported { what } => {
                self.forget(self.touched.get(&expr.span).into_iter().flatten().cloned());
                self.error(
                    expr.span,
                    format!("{what} is not followed here"),
                    "write it out",
                )
            }
        }
    }

    pub(super) fn args(&mut self, args: &'a [Arg]) -> Vec<Value<'a>> {
        args.iter().map(|arg| self.expr(&arg.value)).collect()
    }

    /// The text of an expression, when it is known.
    pub(super) fn text(&mut self, expr: &'a Expr) -> Option<String> {
        match self.expr(expr).to_text() {
            Ok(text) => Some(text),
            Err(why) => {
                self.error(expr.span, format!("a text is needed here, and {why}"), "");
                None
            }
        }
    }

    fn variable(&mut self, name: &str, span: Span) -> Value<'a> {
        if let Some(value) = self.get(name) {
            return value.clone();
        }
        if let Some(json) = self.host.variable(name) {
            return value(json);
        }
        let stand_in = self.host.stand_in(name);
        if self.told.insert(name.to_owned()) {
            let instead = match &stand_in {
                Some(json) => format!("{json} stands in for it"),
                None => "PHP takes null for it".to_owned(),
            };
            self.warn(
                span,
                format!("`${name}` is not defined here, and {instead}"),
                &advice(name),
            );
        }
        stand_in.map_or(Value::Null, value)
    }

    /// What stands before `->` and `[`: an undefined variable is a client there.
    pub(super) fn object(&mut self, expr: &'a Expr) -> Value<'a> {
        match &expr.kind {
            ExprKind::Variable(name)
                if self.get(name).is_none() && self.host.variable(name).is_none() =>
            {
                Value::Chain(Chain::root(Some(name)))
            }
            // `self::$client`
            _ if is_static_property(expr) => Value::Chain(Chain::root(Some("client"))),
            _ => self.expr(expr),
        }
    }

    fn pieces(&mut self, pieces: &'a [Piece]) -> Value<'a> {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Value(expr) => match self.expr(expr).to_text() {
                    Ok(value) => text.push_str(&value),
                    Err(why) => return Value::Unknown(why),
                },
            }
        }
        Value::Text(text)
    }

    fn items(&mut self, items: &'a [Item]) -> Value<'a> {
        let mut array = Array::default();
        for item in items {
            let key = match &item.key {
                Some(key) => match self.key(key) {
                    Some(key) => key,
                    None => return Value::unknown("a key that only a run would tell"),
                },
                None => array.next_key(),
            };
            if array.get(&key).is_some() {
                self.warn(
                    item.span,
                    format!(
                        "the key `{}` stands twice: the last one counts",
                        key.to_text()
                    ),
                    "",
                );
            }
            let value = self.expr(&item.value);
            array.insert(key, value);
        }
        let whole = items.first().map_or(self.statement, |first| first.span);
        self.handy(Value::Array(array), whole)
    }

    fn closure(&mut self, code: &'a Closure) -> Value<'a> {
        let mut variables = Vec::new();
        for capture in &code.uses {
            let span = self.statement;
            let value = match self.get(&capture.name) {
                Some(value) => value.clone(),
                // A client, or what is told of when it is used.
                None => match self.host.variable(&capture.name) {
                    Some(_) => self.variable(&capture.name, span),
                    None => continue,
                },
            };
            variables.push((capture.name.clone(), value));
        }
        let changed: Vec<String> = super::touch::assigned(&code.body, self.touched)
            .into_iter()
            .filter(|name| {
                let mut references = code.uses.iter().filter(|it| it.by_reference);
                references.any(|it| it.name == *name)
            })
            .collect();
        self.forget(changed);
        Value::Closure(Rc::new(Captured { code, variables }))
    }

    pub(super) fn call_value(
        &mut self,
        callee: &Value<'a>,
        args: Vec<Value<'a>>,
        span: Span,
    ) -> Value<'a> {
        match callee {
            Value::Closure(closure) => {
                let closure = Rc::clone(closure);
                self.invoke(closure.code, &closure.variables, args)
            }
            Value::Text(name) => match self.functions.get(&name.to_ascii_lowercase()).copied() {
                Some(code) => self.invoke(code, &[], args),
                None => self.builtin(&name.to_ascii_lowercase(), args, span),
            },
            Value::Unknown(why) => Value::Unknown(Rc::clone(why)),
            Value::Null => {
                let message = "what is called here is not defined";
                self.error(span, message, "")
            }
            _ => Value::unknown("what this call returns"),
        }
    }

    fn property(&mut self, object: &'a Expr, member: &'a Member, span: Span) -> Value<'a> {
        let object = self.object(object);
        match object {
            Value::Chain(chain) => {
                let link = match member {
                    Member::Name { name, .. } => Link::literal(name),
                    Member::Computed(expr) => match self.link(expr) {
                        Some(link) => link,
                        None => return Value::unknown("a path that only a run would tell"),
                    },
                };
                self.extend(&chain, &link, Form::Pure, span)
            }
            Value::Object(object) => {
                let name = match member {
                    Member::Name { name, .. } => Some(name.clone()),
                    Member::Computed(expr) => self.text(expr),
                };
                let Some(name) = name else {
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

    fn index(&mut self, object: &'a Expr, index: Option<&'a Expr>, span: Span) -> Value<'a> {
        let object = self.object(object);
        let Some(index) = index else {
            return self.error(span, "`[]` has no value", "");
        };
        match object {
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

    fn assignment(&mut self, target: &'a Expr, op: Option<BinaryOp>, value: &'a Expr) -> Value<'a> {
        let value = match op {
            None => self.expr(value),
            Some(op) => self.binary(op, target, value),
        };
        self.assign(target, value.clone());
        value
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

    fn constant(&mut self, name: &Name) -> Value<'a> {
        let last = name.resolved.rsplit('\\').next().unwrap_or_default();
        match wechatpay_chain_php::function::constant(last) {
            Some(constant) => value(constant),
            None => Value::unknown(format!("the constant `{}`", name.written)),
        }
    }
}

/// A key is no argument: other users of the machine see those.
fn advice(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    match ["key", "secret", "password", "token"]
        .iter()
        .any(|it| lower.contains(it))
    {
        true => format!("give it a value: --define {name}=@FILE or {name}=env:NAME"),
        false => format!("give it a value: --define {name}=…"),
    }
}
