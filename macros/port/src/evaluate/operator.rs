//! Operators.

use std::rc::Rc;

use wechatpay_chain_php::{self as php, Value as Json};

use super::Evaluator;
use super::plain::value;
use super::value::Value;
use crate::hir::tree::Expr;
use crate::syntax::{BinaryOp, UnaryOp};

impl<'a> Evaluator<'a, '_> {
    pub(super) fn coalesce(&mut self, left: &'a Expr, right: &'a Expr) -> Value<'a> {
        match self.quietly(left) {
            Value::Null => self.expr(right),
            Value::Unknown(why) => {
                self.perhaps(right);
                Value::Unknown(why)
            }
            value => value,
        }
    }

    /// `&&` and `||`: with `enough` on the left, the right side is not asked.
    pub(super) fn logical(&mut self, enough: bool, left: &'a Expr, right: &'a Expr) -> Value<'a> {
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
    if let Value::Unknown(why) = operand {
        return Value::Unknown(Rc::clone(why));
    }
    match op {
        UnaryOp::BitNot => match operand {
            Value::Int(number) => Value::Int(!number),
            _ => Value::unknown("the operator `~`"),
        },
        UnaryOp::Not => known(operand.to_bool().map(|flag| !flag)),
        UnaryOp::Plus => arithmetic(BinaryOp::Mul, operand, &Value::Int(1)),
        UnaryOp::Minus => arithmetic(BinaryOp::Mul, operand, &Value::Int(-1)),
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

/// `==`; nothing for objects and what only a run would tell.
fn equal(left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    Some(php::equal(&left.plain()?, &right.plain()?))
}

/// The library decides numeric texts, overflow and exceptions.
fn arithmetic<'a>(op: BinaryOp, left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    let result = match (left.plain(), right.plain()) {
        (Some(left), Some(right)) => calculated(op, &left, &right),
        _ => None,
    };
    result.map_or_else(|| Value::unknown("a calculation that PHP refuses"), value)
}

fn calculated(op: BinaryOp, left: &Json, right: &Json) -> Option<Json> {
    match op {
        BinaryOp::Add => php::add(left, right).ok(),
        BinaryOp::Sub => php::sub(left, right).ok(),
        BinaryOp::Mul => php::mul(left, right).ok(),
        BinaryOp::Div => php::div(left, right).ok(),
        BinaryOp::Rem => php::rem(left, right).ok(),
        BinaryOp::Pow => php::pow(left, right).ok(),
        BinaryOp::Spaceship => Some(php::compare(left, right).into()),
        BinaryOp::BitOr => php::bit_or(left, right).ok(),
        BinaryOp::BitAnd => php::bit_and(left, right).ok(),
        BinaryOp::BitXor => php::bit_xor(left, right).ok(),
        BinaryOp::ShiftLeft => php::shift_left(left, right).ok(),
        BinaryOp::ShiftRight => php::shift_right(left, right).ok(),
        BinaryOp::Less => Some(php::less(left, right).into()),
        BinaryOp::LessEqual => Some(php::at_most(left, right).into()),
        BinaryOp::Greater => Some(php::less(right, left).into()),
        BinaryOp::GreaterEqual => Some(php::at_most(right, left).into()),
        _ => None,
    }
}
