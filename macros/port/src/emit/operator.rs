//! Operators and casts.

use super::porter::{Outcome, Porter};
use super::rust::{Expr, Level};
use super::scope::{Ty, Typed};
use super::value::unquoted;
use crate::syntax::{BinaryOp, Cast, Expr as Php, ExprKind, UnaryOp};

impl<'a> Porter<'a> {
    pub(crate) fn unary(&mut self, expr: &'a Php, op: UnaryOp, operand: &'a Php) -> Outcome<Typed> {
        if let Some(known) = self.written(expr) {
            return Ok(known);
        }
        match op {
            UnaryOp::BitNot => Err(self.unknown(expr)),
            UnaryOp::Not => {
                let operand = self.truth(operand)?;
                let text = format!("!{}", operand.operand(Level::Unary));
                Ok(Typed::new(Expr::op(text, Level::Unary), Ty::Bool))
            }
            UnaryOp::Minus => {
                let value = self.value(operand, &Ty::Int)?;
                if value.ty != Ty::Int {
                    return Err(self.unknown(expr));
                }
                let text = match &value.expr {
                    // `--a` looks like what it is not.
                    op @ Expr::Op { .. } => format!("-{}", op.flat()),
                    other => format!("-{}", other.flat()),
                };
                Ok(Typed::new(Expr::op(text, Level::Unary), Ty::Int))
            }
            UnaryOp::Plus => Err(self.unknown(expr)),
        }
    }

    /// What PHP takes for true, as a `bool`.
    pub(crate) fn truth(&mut self, expr: &'a Php) -> Outcome<Expr> {
        let value = self.value(expr, &Ty::Bool)?;
        let code = value.expr.flat();
        Ok(match value.ty {
            Ty::Bool => value.expr,
            Ty::Int => Expr::op(
                format!("{} != 0", value.expr.operand(Level::Sum)),
                Level::Compare,
            ),
            Ty::Str | Ty::String => {
                let code = match super::scope::is_name(&code) {
                    true => code,
                    false => self.bind("text", value.expr),
                };
                Expr::op(format!("!{code}.is_empty() && {code} != \"0\""), Level::And)
            }
            Ty::Json | Ty::JsonRef => Expr::raw(format!("php_true({})", borrowed(&value))),
            _ => return Err(self.unknown(expr)),
        })
    }

    pub(crate) fn binary(
        &mut self,
        expr: &'a Php,
        op: BinaryOp,
        left: &'a Php,
        right: &'a Php,
    ) -> Outcome<Typed> {
        let (sign, level) = match op {
            BinaryOp::Concat => return self.text(expr),
            BinaryOp::And => ("&&", Level::And),
            BinaryOp::Or => ("||", Level::Or),
            BinaryOp::Add => ("+", Level::Sum),
            BinaryOp::Sub => ("-", Level::Sum),
            BinaryOp::Mul => ("*", Level::Product),
            BinaryOp::Identical | BinaryOp::Equal => return self.same(expr, op, left, right, "=="),
            BinaryOp::NotIdentical | BinaryOp::NotEqual => {
                return self.same(expr, op, left, right, "!=");
            }
            BinaryOp::Less => ("<", Level::Compare),
            BinaryOp::LessEqual => ("<=", Level::Compare),
            BinaryOp::Greater => (">", Level::Compare),
            BinaryOp::GreaterEqual => (">=", Level::Compare),
            _ => return self.folded(expr),
        };
        if matches!(level, Level::Sum | Level::Product) && !self.source(expr.span).contains('$') {
            // Beyond PHP's integers it would be a float.
            return self.known(expr).ok_or_else(|| self.unknown(expr));
        }
        let (ty, left, right) = match level {
            Level::And | Level::Or => (Ty::Bool, self.truth(left)?, self.truth(right)?),
            _ => {
                let (left, right) = (self.value(left, &Ty::Int)?, self.value(right, &Ty::Int)?);
                if left.ty != Ty::Int || right.ty != Ty::Int {
                    return Err(self.unknown(expr));
                }
                let ty = match level {
                    Level::Compare => Ty::Bool,
                    _ => Ty::Int,
                };
                (ty, wide(left, &right.expr), wide(right, &Expr::raw("")))
            }
        };
        // Comparisons do not follow one another; what stands on the right keeps its parentheses.
        let (own, next) = match level {
            Level::Or => (Level::Or, Level::And),
            Level::And => (Level::And, Level::Compare),
            Level::Compare => (Level::Sum, Level::Sum),
            Level::Sum => (Level::Sum, Level::Product),
            _ => (Level::Product, Level::Unary),
        };
        let mixed = |side: &Expr| {
            matches!((side, level),
            (Expr::Op { level: own, .. }, Level::Or) if *own == Level::And)
        };
        let side = |side: &Expr, level| match mixed(side) {
            true => side.flat(),
            false => side.operand(level),
        };
        let text = format!("{} {sign} {}", side(&left, own), side(&right, next));
        Ok(Typed::new(Expr::op(text, level), ty))
    }

    /// What is known of literals alone: variables stay where they are.
    fn written(&self, expr: &Php) -> Option<Typed> {
        let literal = !self.source(expr.span).contains('$');
        literal.then(|| self.known(expr)).flatten()
    }

    /// `===` and `==`, where both languages compare alike.
    fn same(
        &mut self,
        expr: &'a Php,
        op: BinaryOp,
        left: &'a Php,
        right: &'a Php,
        sign: &str,
    ) -> Outcome<Typed> {
        let strict = matches!(op, BinaryOp::Identical | BinaryOp::NotIdentical);
        let (left, right) = (self.value(left, &Ty::Str)?, self.value(right, &Ty::Str)?);
        let json = |value: &Typed| matches!(value.ty, Ty::Json | Ty::JsonRef);
        if let (true, Ty::Null) | (true, Ty::Json | Ty::JsonRef) = (strict, &right.ty)
            && (right.ty == Ty::Null && json(&left))
        {
            let not = if sign == "==" { "" } else { "!" };
            let text = format!("{not}{}.is_null()", left.expr.flat());
            return Ok(Typed::new(Expr::op(text, Level::Unary), Ty::Bool));
        }
        let comparable = match (&left.ty, &right.ty) {
            (Ty::Int, Ty::Int) | (Ty::Bool, Ty::Bool) => true,
            (one, other) if text(one) && text(other) => strict || wordy(&left) || wordy(&right),
            (Ty::Json | Ty::JsonRef, Ty::Int | Ty::Bool) => strict,
            (Ty::Json | Ty::JsonRef, other) => text(other) && (strict || wordy(&right)),
            (Ty::Int | Ty::Bool, Ty::Json | Ty::JsonRef) => strict,
            (one, Ty::Json | Ty::JsonRef) => text(one) && (strict || wordy(&left)),
            _ => false,
        };
        if !comparable || (json(&left) && json(&right)) {
            return Err(self.unknown(expr));
        }
        // A status compares with a number by itself.
        let side = |value: &Typed| value.expr.flat().replace(".status().as_u16()", ".status()");
        let (left, right) = match (left.ty == Ty::Int && right.ty == Ty::Int, ()) {
            (true, ()) if is_number(&right) => (side(&left), right.expr.flat()),
            (true, ()) if is_number(&left) => (side(&right), left.expr.flat()),
            (true, ()) => (
                wide(left, &Expr::raw("")).operand(Level::Sum),
                wide(right, &Expr::raw("")).operand(Level::Sum),
            ),
            _ => (
                left.expr.operand(Level::Sum),
                right.expr.operand(Level::Sum),
            ),
        };
        let text = format!("{left} {sign} {right}");
        Ok(Typed::new(Expr::op(text, Level::Compare), Ty::Bool))
    }

    pub(crate) fn cast(
        &mut self,
        expr: &'a Php,
        to: Cast,
        value: &'a Php,
        wanted: &Ty,
    ) -> Outcome<Typed> {
        if let Some(known) = self.written(expr) {
            return Ok(known);
        }
        if let (Cast::Object, ExprKind::Array(items)) = (to, &value.kind)
            && items.is_empty()
        {
            let json = self.imports.of("serde_json", "json");
            return Ok(Typed::raw(format!("{json}!({{}})"), Ty::Json));
        }
        let value = self.value(value, wanted)?;
        let code = value.expr.flat();
        Ok(match (to, &value.ty) {
            (Cast::String, Ty::Str | Ty::String) | (Cast::Int, Ty::Int) => value,
            (Cast::Bool, Ty::Bool) => value,
            (Cast::String, Ty::Uri) => Typed::raw(code, Ty::String),
            (Cast::String, Ty::Body(answer)) => Typed::raw(format!("{answer}.text()?"), Ty::Str),
            (Cast::String, Ty::Json | Ty::JsonRef) => {
                Typed::raw(format!("php_text({})", borrowed(&value)), Ty::String)
            }
            (Cast::String, Ty::Int) => Typed::raw(format!("{code}.to_string()"), Ty::String),
            (Cast::Int, Ty::Json | Ty::JsonRef) => {
                Typed::raw(format!("php_int({})", borrowed(&value)), Ty::Int)
            }
            (Cast::Int, Ty::Str | Ty::String) => {
                let text = value.as_str().bare();
                Typed::raw(format!("php_int_of({text})"), Ty::Int)
            }
            (Cast::Array | Cast::Object, Ty::JsonRef) => value,
            _ => return Err(self.unknown(expr)),
        })
    }
}

/// A value of JSON as an argument for `&Value`.
pub(crate) fn borrowed(value: &Typed) -> String {
    let code = value.expr.flat();
    match (&value.ty, code.ends_with(']')) {
        (Ty::JsonRef, false) => code,
        _ => format!("&{code}"),
    }
}

/// A status is an `u16`, and numbers are `i64`.
pub(crate) fn wide(value: Typed, _other: &Expr) -> Expr {
    let code = value.expr.flat();
    match code.ends_with(".as_u16()") {
        true => Expr::raw(format!("i64::from({code})")),
        false => value.expr,
    }
}

fn text(ty: &Ty) -> bool {
    matches!(ty, Ty::Str | Ty::String)
}

/// A literal that is no number to PHP: `==` compares it as a text.
fn wordy(value: &Typed) -> bool {
    unquoted(&value.expr.flat()).is_some_and(|text| {
        let start = text.trim_start().trim_start_matches(['+', '-', '.']);
        !text.is_empty() && !start.starts_with(|c: char| c.is_ascii_digit())
    })
}

fn is_number(value: &Typed) -> bool {
    let code = value.expr.flat();
    !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit())
}
