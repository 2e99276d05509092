//! Which bodies may hold a float.

use super::function::Body;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind};
use crate::syntax::BinaryOp;

impl Body<'_, '_> {
    /// Whether a value may hold a float of which PHP writes other digits than Rust: `1.0` is `1` in its JSON.
    pub(super) fn may_hold_float(&self, value: &Expr) -> bool {
        match &*value.kind {
            // Shortest digits, and no exponent.
            ExprKind::Float(number) => {
                number.fract() == 0.0 || !(1e-4..1e15).contains(&number.abs())
            }
            ExprKind::Array(entries) => entries
                .iter()
                .any(|entry| self.may_hold_float(&entry.value)),
            ExprKind::Merge(all) => all.iter().any(|value| self.may_hold_float(value)),
            ExprKind::Coalesce(one, other) => {
                self.may_hold_float(one) || self.may_hold_float(other)
            }
            ExprKind::Ternary(condition, then, otherwise) => {
                let then = then.as_ref().unwrap_or(condition);
                self.may_hold_float(then) || self.may_hold_float(otherwise)
            }
            ExprKind::Local(local) => match self.lets.get(local) {
                Some(begun) if !self.is_mutable(*local) => self.may_hold_float(begun),
                _ => self.is_open(value),
            },
            ExprKind::Index(inner, _) | ExprKind::ToArray(inner) | ExprKind::ToObject(inner) => {
                self.may_hold_float(inner)
            }
            // WeChat Pay's numbers are whole ones.
            ExprKind::OfResponse(..) => false,
            ExprKind::Builtin("json_decode" | "json_decode_array" | "xml_to_array", args) => {
                !args.iter().any(is_of_response)
            }
            ExprKind::Binary(op, ..) if !is_sum(*op) => false,
            ExprKind::Field(name) => {
                let mut fields = self.class.into_iter().flat_map(|class| &class.fields);
                let field = fields.find(|field| field.name == *name);
                let declared = field.and_then(|field| field.declared.as_ref());
                declared.map(Ty::present) == Some(&Ty::Float) || self.is_open(value)
            }
            _ => self.is_open(value),
        }
    }

    /// Whether a value may be a float, as far as its type says.
    fn is_open(&self, value: &Expr) -> bool {
        matches!(self.types.of(value).present(), Ty::Any | Ty::Float)
    }
}

fn is_sum(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Mul
            | BinaryOp::Div
            | BinaryOp::Rem
            | BinaryOp::Pow
    )
}

fn is_of_response(value: &Expr) -> bool {
    match &*value.kind {
        ExprKind::Cast(_, inner) => is_of_response(inner),
        ExprKind::OfResponse(..) => true,
        _ => false,
    }
}
