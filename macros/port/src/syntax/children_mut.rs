//! The parts of expressions and statements, to change them.

use super::{Expr, ExprKind, Member, Piece, Stmt, StmtKind, Whole, WholeExpr};

/// Something directly within a statement.
pub(crate) enum PartMut<'a> {
    /// An expression: a value, or the target of a `foreach`.
    Expr(&'a mut Expr),
    /// Statements that may run, several times too.
    Body(&'a mut Vec<Stmt>),
}

impl StmtKind {
    /// The direct children; none of a function or a class.
    pub(crate) fn parts_mut(&mut self) -> Vec<PartMut<'_>> {
        match self {
            Self::Expr(expr) | Self::Return(Some(expr)) => vec![PartMut::Expr(expr)],
            Self::Echo(values) => values.iter_mut().map(PartMut::Expr).collect(),
            Self::If {
                branches,
                otherwise,
            } => {
                let branches = branches.iter_mut();
                let branches = branches
                    .flat_map(|(condition, body)| [PartMut::Expr(condition), PartMut::Body(body)]);
                branches
                    .chain(otherwise.as_mut().map(PartMut::Body))
                    .collect()
            }
            Self::Foreach {
                subject,
                key,
                value,
                body,
            } => {
                let targets = key.as_deref_mut().into_iter().chain([&mut **value]);
                let exprs = std::iter::once(&mut **subject).chain(targets);
                exprs
                    .map(PartMut::Expr)
                    .chain([PartMut::Body(body)])
                    .collect()
            }
            Self::Try {
                body,
                catches,
                finally,
            } => {
                let catches = catches
                    .iter_mut()
                    .map(|catch| PartMut::Body(&mut catch.body));
                let body = std::iter::once(PartMut::Body(body)).chain(catches);
                body.chain(finally.as_mut().map(PartMut::Body)).collect()
            }
            Self::Block(body) => vec![PartMut::Body(body)],
            Self::Whole(whole) => whole.parts_mut(),
            Self::Return(None)
            | Self::Use(_)
            | Self::Namespace(_)
            | Self::Function { .. }
            | Self::Empty
            | Self::Unsupported { .. } => Vec::new(),
        }
    }
}

impl Whole {
    fn parts_mut(&mut self) -> Vec<PartMut<'_>> {
        match self {
            Self::While { condition, body } => vec![PartMut::Expr(condition), PartMut::Body(body)],
            Self::DoWhile { body, condition } => {
                vec![PartMut::Body(body), PartMut::Expr(condition)]
            }
            Self::For {
                init,
                condition,
                step,
                body,
            } => {
                let exprs = init.iter_mut().chain(condition).chain(step);
                exprs
                    .map(PartMut::Expr)
                    .chain([PartMut::Body(body)])
                    .collect()
            }
            Self::Switch { subject, cases } => {
                let cases = cases.iter_mut().flat_map(|(value, body)| {
                    let value = value.iter_mut().map(PartMut::Expr);
                    value.chain([PartMut::Body(body)])
                });
                std::iter::once(PartMut::Expr(subject))
                    .chain(cases)
                    .collect()
            }
            Self::Static(variables) => {
                let values = variables.iter_mut().filter_map(|(_, value)| value.as_mut());
                values.map(PartMut::Expr).collect()
            }
            Self::Const(constants) => {
                let values = constants.iter_mut().map(|(_, value)| value);
                values.map(PartMut::Expr).collect()
            }
            Self::Break(_) | Self::Continue(_) | Self::Global(_) | Self::Class(_) => Vec::new(),
        }
    }
}

impl Expr {
    /// The expressions directly within; none of a closure's body.
    pub(crate) fn children_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            ExprKind::Interpolated(pieces) => {
                let values = pieces.iter_mut().filter_map(|piece| match piece {
                    Piece::Value(value) => Some(value),
                    Piece::Text(_) => None,
                });
                values.collect()
            }
            ExprKind::Array(items) => {
                let items = items.iter_mut();
                items
                    .flat_map(|item| item.key.iter_mut().chain([&mut item.value]))
                    .collect()
            }
            ExprKind::Property { object, member } => with(object, member.computed_mut()),
            ExprKind::Index { object, index } => with(object, index.as_deref_mut()),
            ExprKind::CallValue { callee, args } => {
                with(callee, args.iter_mut().map(|arg| &mut arg.value))
            }
            ExprKind::MethodCall {
                object,
                method,
                args,
            } => {
                let args = args.iter_mut().map(|arg| &mut arg.value);
                with(object, method.computed_mut().into_iter().chain(args))
            }
            ExprKind::Call { args, .. }
            | ExprKind::StaticCall { args, .. }
            | ExprKind::New { args, .. } => args.iter_mut().map(|arg| &mut arg.value).collect(),
            ExprKind::Assign { target, value, .. } => vec![target, value],
            ExprKind::Binary { left, right, .. } => vec![left, right],
            ExprKind::Ternary {
                condition,
                then,
                otherwise,
            } => {
                let then = then.as_deref_mut().into_iter();
                with(condition, then.chain([&mut **otherwise]))
            }
            ExprKind::Unary { operand: inner, .. }
            | ExprKind::Cast { value: inner, .. }
            | ExprKind::Clone(inner)
            | ExprKind::Print(inner)
            | ExprKind::Throw(inner)
            | ExprKind::Include(inner) => vec![inner],
            ExprKind::Whole(whole) => whole.children_mut(),
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

impl WholeExpr {
    fn children_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Self::Property(object, member) => with(object, member.computed_mut()),
            Self::MethodCall(object, member, args) => {
                let args = args.iter_mut().map(|arg| &mut arg.value);
                with(object, member.computed_mut().into_iter().chain(args))
            }
            Self::StaticProperty(..) => Vec::new(),
            Self::Match { subject, arms } => {
                let arms = arms
                    .iter_mut()
                    .flat_map(|(conditions, value)| conditions.iter_mut().flatten().chain([value]));
                with(subject, arms)
            }
            Self::List(places) => {
                let places = places.iter_mut().flatten();
                places
                    .flat_map(|(key, target)| key.iter_mut().chain([target]))
                    .collect()
            }
            Self::Exit(value) => value.iter_mut().collect(),
            Self::Spread(inner) | Self::Silenced(inner) | Self::Step { target: inner, .. } => {
                vec![inner]
            }
            Self::CoalesceAssign(target, value) => vec![target, value],
        }
    }
}

fn with<'a>(
    first: &'a mut Expr,
    rest: impl IntoIterator<Item = &'a mut Expr>,
) -> Vec<&'a mut Expr> {
    std::iter::once(first).chain(rest).collect()
}

impl Member {
    fn computed_mut(&mut self) -> Option<&mut Expr> {
        match self {
            Self::Computed(expr) => Some(expr),
            Self::Name { .. } => None,
        }
    }
}
