//! Operators.

use super::Evaluator;
use super::value::Value;
use crate::syntax::{BinaryOp, Expr, ExprKind, UnaryOp};

impl<'a> Evaluator<'a, '_> {
    pub(super) fn binary(&mut self, op: BinaryOp, left: &'a Expr, right: &'a Expr) -> Value<'a> {
        match op {
            BinaryOp::Coalesce => return self.coalesce(left, right),
            BinaryOp::And | BinaryOp::Or => return self.logical(op, left, right),
            BinaryOp::InstanceOf => {
                self.expr(left);
                return Value::unknown("the class of an object");
            }
            _ => {}
        }
        let (left, right) = (self.expr(left), self.expr(right));
        apply(op, &left, &right)
    }

    fn coalesce(&mut self, left: &'a Expr, right: &'a Expr) -> Value<'a> {
        // What is not there is nothing to warn of here.
        if let ExprKind::Variable(name) = &left.kind
            && self.get(name).is_none()
            && self.host.variable(name).is_none()
        {
            return self.expr(right);
        }
        match self.expr(left) {
            Value::Null => self.expr(right),
            Value::Unknown(why) => {
                self.perhaps(right);
                Value::Unknown(why)
            }
            value => value,
        }
    }

    fn logical(&mut self, op: BinaryOp, left: &'a Expr, right: &'a Expr) -> Value<'a> {
        let enough = op == BinaryOp::Or;
        let left = self.expr(left);
        match left.to_bool() {
            Some(flag) if flag == enough => Value::Bool(flag),
            Some(_) => match self.expr(right) {
                Value::Unknown(why) => Value::Unknown(why),
                value => value.to_bool().map_or(Value::Null, Value::Bool),
            },
            None => {
                self.perhaps(right);
                left
            }
        }
    }
}

pub(super) fn unary<'a>(op: UnaryOp, operand: &Value<'a>) -> Value<'a> {
    match op {
        UnaryOp::BitNot => Value::unknown("the operator `~`"),
        UnaryOp::Not => operand
            .to_bool()
            .map_or_else(|| operand.clone(), |flag| Value::Bool(!flag)),
        UnaryOp::Plus => operand.to_number().unwrap_or_else(|| operand.clone()),
        UnaryOp::Minus => match operand.to_number() {
            Some(Value::Int(number)) => match number.checked_neg() {
                Some(number) => Value::Int(number),
                None => Value::Float(-(number as f64)),
            },
            Some(Value::Float(number)) => Value::Float(-number),
            _ => operand.clone(),
        },
    }
}

pub(super) fn apply<'a>(op: BinaryOp, left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    if let (Value::Unknown(why), _) | (_, Value::Unknown(why)) = (left, right) {
        return Value::Unknown(why.clone());
    }
    match op {
        BinaryOp::Concat => match (left.to_text(), right.to_text()) {
            (Ok(left), Ok(right)) => Value::Text(left + &right),
            (Err(why), _) | (_, Err(why)) => Value::Unknown(why),
        },
        BinaryOp::Identical => known(left.identical(right)),
        BinaryOp::NotIdentical => known(left.identical(right).map(|same| !same)),
        BinaryOp::Equal => known(equal(left, right)),
        BinaryOp::NotEqual => known(equal(left, right).map(|same| !same)),
        BinaryOp::Add => match (left, right) {
            // The left side's keys win.
            (Value::Array(left), Value::Array(right)) => {
                let mut sum = left.clone();
                for (key, value) in right.iter() {
                    if sum.get(key).is_none() {
                        sum.insert(key.clone(), value.clone());
                    }
                }
                Value::Array(sum)
            }
            _ => arithmetic(op, left, right),
        },
        _ => arithmetic(op, left, right),
    }
}

fn known<'a>(answer: Option<bool>) -> Value<'a> {
    answer.map_or_else(
        || Value::unknown("a comparison that only a run would tell"),
        Value::Bool,
    )
}

/// `==`, of scalars.
fn equal<'a>(left: &Value<'a>, right: &Value<'a>) -> Option<bool> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) if !numeric(left) || !numeric(right) => {
            Some(left == right)
        }
        (Value::Bool(flag), other) | (other, Value::Bool(flag)) => Some(other.to_bool()? == *flag),
        (Value::Null, Value::Text(text)) | (Value::Text(text), Value::Null) => {
            Some(text.is_empty())
        }
        (Value::Text(text), number) | (number, Value::Text(text)) if !numeric(text) => {
            Some(number.to_text().ok()? == *text)
        }
        (Value::Array(_), Value::Array(_)) => left.identical(right),
        _ => Some(left.to_float()? == right.to_float()?),
    }
}

fn numeric(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && text.parse::<f64>().is_ok()
}

fn arithmetic<'a>(op: BinaryOp, left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    let result = match (left.to_number(), right.to_number()) {
        (Some(Value::Int(left)), Some(Value::Int(right))) => {
            integers(op, left, right).or_else(|| floats(op, left as f64, right as f64))
        }
        _ => match (left.to_float(), right.to_float()) {
            (Some(left), Some(right)) => floats(op, left, right),
            _ => None,
        },
    };
    result.unwrap_or_else(|| Value::unknown("a calculation that PHP refuses"))
}

fn integers<'a>(op: BinaryOp, left: i64, right: i64) -> Option<Value<'a>> {
    Some(Value::Int(match op {
        BinaryOp::Add => left.checked_add(right)?,
        BinaryOp::Sub => left.checked_sub(right)?,
        BinaryOp::Mul => left.checked_mul(right)?,
        BinaryOp::Div if left.checked_rem(right) == Some(0) => left.checked_div(right)?,
        BinaryOp::Rem => left.checked_rem(right)?,
        BinaryOp::BitOr => left | right,
        BinaryOp::BitAnd => left & right,
        BinaryOp::Less => return Some(Value::Bool(left < right)),
        BinaryOp::LessEqual => return Some(Value::Bool(left <= right)),
        BinaryOp::Greater => return Some(Value::Bool(left > right)),
        BinaryOp::GreaterEqual => return Some(Value::Bool(left >= right)),
        _ => return None,
    }))
}

fn floats<'a>(op: BinaryOp, left: f64, right: f64) -> Option<Value<'a>> {
    Some(match op {
        BinaryOp::Add => Value::Float(left + right),
        BinaryOp::Sub => Value::Float(left - right),
        BinaryOp::Mul => Value::Float(left * right),
        BinaryOp::Div if right != 0.0 => Value::Float(left / right),
        BinaryOp::Less => Value::Bool(left < right),
        BinaryOp::LessEqual => Value::Bool(left <= right),
        BinaryOp::Greater => Value::Bool(left > right),
        BinaryOp::GreaterEqual => Value::Bool(left >= right),
        _ => return None,
    })
}
