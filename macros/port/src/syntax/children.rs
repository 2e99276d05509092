//! What an expression is made of.

use super::{Expr, ExprKind, Item, Member, Piece};

impl Expr {
    /// The expressions directly within, in PHP's order of writing; none of a closure's body, which runs
    /// at another time.
    #[must_use]
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Interpolated(pieces) => pieces.iter().filter_map(Piece::value).collect(),
            ExprKind::Array(items) => items.iter().flat_map(Item::exprs).collect(),
            ExprKind::Property { object, member } => with(object, member.computed()),
            ExprKind::Index { object, index } => with(object, index.as_deref()),
            ExprKind::CallValue { callee, args } => with(callee, args.iter().map(|arg| &arg.value)),
            ExprKind::MethodCall {
                object,
                method,
                args,
            } => {
                let args = args.iter().map(|arg| &arg.value);
                with(object, method.computed().into_iter().chain(args))
            }
            ExprKind::Call { args, .. }
            | ExprKind::StaticCall { args, .. }
            | ExprKind::New { args, .. } => args.iter().map(|arg| &arg.value).collect(),
            ExprKind::Assign { target, value, .. } => vec![target, value],
            ExprKind::Binary { left, right, .. } => vec![left, right],
            ExprKind::Ternary {
                condition,
                then,
                otherwise,
            } => {
                let then = then.as_deref().into_iter();
                with(condition, then.chain([&**otherwise]))
            }
            ExprKind::Unary { operand: inner, .. }
            | ExprKind::Cast { value: inner, .. }
            | ExprKind::Clone(inner)
            | ExprKind::Print(inner)
            | ExprKind::Throw(inner)
            | ExprKind::Include(inner) => vec![inner],
            ExprKind::Variable(_)
            | ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::String(_)
            | ExprKind::Constant(_)
            | ExprKind::ClassConstant { .. }
            | ExprKind::Closure(_)
            | ExprKind::Unsupported { .. } => Vec::new(),
        }
    }
}

fn with<'a>(first: &'a Expr, rest: impl IntoIterator<Item = &'a Expr>) -> Vec<&'a Expr> {
    std::iter::once(first).chain(rest).collect()
}

impl Piece {
    fn value(&self) -> Option<&Expr> {
        match self {
            Self::Value(expr) => Some(expr),
            Self::Text(_) => None,
        }
    }
}

impl Item {
    fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.key.iter().chain([&self.value])
    }
}

impl Member {
    fn computed(&self) -> Option<&Expr> {
        match self {
            Self::Computed(expr) => Some(expr),
            Self::Name { .. } => None,
        }
    }
}
