//! What expressions and statements are made of.

use super::{Expr, ExprKind, Item, Member, Piece, Stmt, StmtKind};

/// Something directly within a statement.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// An expression whose value is asked for.
    Expr(&'a Expr),
    /// Statements that may run, several times too.
    Body(&'a [Stmt]),
}

impl StmtKind {
    /// What is directly within, in PHP's order of writing: neither the targets of a `foreach`, which are
    /// written to, nor a function's body, which runs at another time.
    #[must_use]
    pub fn parts(&self) -> Vec<Part<'_>> {
        match self {
            Self::Expr(expr) | Self::Return(Some(expr)) => vec![Part::Expr(expr)],
            Self::Echo(values) => values.iter().map(Part::Expr).collect(),
            Self::If {
                branches,
                otherwise,
            } => {
                let branches = branches.iter();
                let branches = branches
                    .flat_map(|(condition, body)| [Part::Expr(condition), Part::Body(body)]);
                branches
                    .chain(otherwise.as_deref().map(Part::Body))
                    .collect()
            }
            Self::Foreach { subject, body, .. } => vec![Part::Expr(subject), Part::Body(body)],
            Self::Try {
                body,
                catches,
                finally,
            } => {
                let catches = catches.iter().map(|catch| Part::Body(&catch.body));
                let body = std::iter::once(Part::Body(body)).chain(catches);
                body.chain(finally.as_deref().map(Part::Body)).collect()
            }
            Self::Block(body) => vec![Part::Body(body)],
            Self::Return(None)
            | Self::Use(_)
            | Self::Namespace(_)
            | Self::Function { .. }
            | Self::Empty
            | Self::Unsupported { .. } => Vec::new(),
        }
    }
}

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
