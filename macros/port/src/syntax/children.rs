//! The parts of expressions and statements.

use super::{Class, Expr, ExprKind, Item, Member, Piece, Stmt, StmtKind, Whole, WholeExpr};

/// Something directly within a statement.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// An expression whose value is asked for.
    Expr(&'a Expr),
    /// Statements that may run, several times too.
    Body(&'a [Stmt]),
}

/// Calls `found` for each class, with its whole name.
pub(crate) fn each_class<'p>(statements: &'p [Stmt], found: &mut dyn FnMut(String, &'p Class)) {
    within(statements, &mut String::new(), found);
}

fn within<'p>(
    statements: &'p [Stmt],
    namespace: &mut String,
    found: &mut dyn FnMut(String, &'p Class),
) {
    for stmt in statements {
        match &stmt.kind {
            StmtKind::Namespace(name) => namespace.clone_from(name),
            StmtKind::Block(body) => within(body, namespace, found),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &**whole {
                    found(whole_name(namespace, class), class);
                }
            }
            _ => {}
        }
    }
}

pub(crate) fn whole_name(namespace: &str, class: &Class) -> String {
    if namespace.is_empty() {
        class.name.clone()
    } else {
        format!("{namespace}\\{}", class.name)
    }
}

impl StmtKind {
    /// The direct children, in PHP's order of writing: neither the targets of a `foreach`, which are
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
            Self::Whole(whole) => whole.parts(),
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
            ExprKind::Whole(whole) => whole.children(),
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

impl Whole {
    fn parts(&self) -> Vec<Part<'_>> {
        match self {
            Self::While { condition, body } => vec![Part::Expr(condition), Part::Body(body)],
            Self::DoWhile { body, condition } => vec![Part::Body(body), Part::Expr(condition)],
            Self::For {
                init,
                condition,
                step,
                body,
            } => {
                let before = init.iter().chain(condition).map(Part::Expr);
                let after = step.iter().map(Part::Expr);
                before.chain([Part::Body(body)]).chain(after).collect()
            }
            Self::Switch { subject, cases } => {
                let cases = cases.iter().flat_map(|(value, body)| {
                    let value = value.iter().map(Part::Expr);
                    value.chain([Part::Body(body)])
                });
                std::iter::once(Part::Expr(subject)).chain(cases).collect()
            }
            Self::Static(variables) => {
                let values = variables.iter().filter_map(|(_, value)| value.as_ref());
                values.map(Part::Expr).collect()
            }
            Self::Const(constants) => {
                let values = constants.iter().map(|(_, value)| value);
                values.map(Part::Expr).collect()
            }
            Self::Break(_) | Self::Continue(_) | Self::Global(_) | Self::Class(_) => Vec::new(),
        }
    }
}

impl WholeExpr {
    fn children(&self) -> Vec<&Expr> {
        match self {
            Self::Property(object, member) => with(object, member.computed()),
            Self::MethodCall(object, member, args) => {
                let args = args.iter().map(|arg| &arg.value);
                with(object, member.computed().into_iter().chain(args))
            }
            Self::StaticProperty(..) => Vec::new(),
            Self::Match { subject, arms } => {
                let arms = arms
                    .iter()
                    .flat_map(|(conditions, value)| conditions.iter().flatten().chain([value]));
                with(subject, arms)
            }
            Self::List(places) => {
                let places = places.iter().flatten();
                places
                    .flat_map(|(key, target)| key.iter().chain([target]))
                    .collect()
            }
            Self::Exit(value) => value.iter().collect(),
            Self::Spread(inner) | Self::Silenced(inner) | Self::Step { target: inner, .. } => {
                vec![inner]
            }
            Self::CoalesceAssign(target, value) => vec![target, value],
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
