//! All the calls of a tree, so that a back end can be asked which of them it left out.

use std::collections::BTreeSet;

use super::Call;
use crate::diagnostic::Problem;
use crate::syntax::{Closure, Expr, ExprKind, Member, Piece, Program, Span, Stmt, StmtKind};

/// A call, and where it stands.
#[derive(Debug, Clone)]
pub struct Found<'a> {
    /// The call.
    pub call: Call<'a>,
    /// Whether it is in a function or closure.
    pub inner: bool,
}

/// The calls of a block that name a path, in order.
#[must_use]
pub fn calls(program: &Program) -> Vec<Found<'_>> {
    let mut finder = Finder::default();
    finder.statements(&program.statements);
    finder.found
}

/// What is said of the calls that a back end did not take: none may vanish without a word.
///
/// `taken` are the beginnings and ends of [`Call::span`]s.
#[must_use]
pub fn left_out(program: &Program, taken: &BTreeSet<(usize, usize)>) -> Vec<Problem> {
    let left = calls(program)
        .into_iter()
        .filter(|found| !taken.contains(&key(found.call.span)));
    left.map(|found| problem(&found)).collect()
}

/// How a call is named in `taken`.
#[must_use]
pub fn key(span: Span) -> (usize, usize) {
    (span.start, span.end)
}

fn problem(found: &Found<'_>) -> Problem {
    let span = found.call.span;
    if let Some(doubt) = &found.call.doubt {
        return doubt.clone();
    }
    match found.inner {
        true => Problem::error(
            span,
            "this call stands in a function that nothing here calls: it was left out",
        )
        .hint("move it out of the function, and port it by itself"),
        false => Problem::error(span, "this call is never reached: it was left out")
            .hint("take away what stands in its way, and port it by itself"),
    }
}

#[derive(Default)]
struct Finder<'a> {
    found: Vec<Found<'a>>,
    inner: bool,
}

impl<'a> Finder<'a> {
    fn statements(&mut self, statements: &'a [Stmt]) {
        for stmt in statements {
            self.statement(stmt);
        }
    }

    fn statement(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => self.expr(expr),
            StmtKind::Echo(values) => self.exprs(values),
            StmtKind::If {
                branches,
                otherwise,
            } => {
                for (condition, body) in branches {
                    self.expr(condition);
                    self.statements(body);
                }
                self.statements(otherwise.as_deref().unwrap_or_default());
            }
            StmtKind::Foreach { subject, body, .. } => {
                self.expr(subject);
                self.statements(body);
            }
            StmtKind::Try {
                body,
                catches,
                finally,
            } => {
                self.statements(body);
                for catch in catches {
                    self.statements(&catch.body);
                }
                self.statements(finally.as_deref().unwrap_or_default());
            }
            StmtKind::Block(body) => self.statements(body),
            StmtKind::Function { closure, .. } => self.closure(closure),
            StmtKind::Use(_)
            | StmtKind::Namespace(_)
            | StmtKind::Return(None)
            | StmtKind::Empty
            | StmtKind::Unsupported { .. } => {}
        }
    }

    fn closure(&mut self, closure: &'a Closure) {
        let outer = std::mem::replace(&mut self.inner, true);
        self.statements(&closure.body);
        self.inner = outer;
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn member(&mut self, member: &'a Member) {
        if let Member::Computed(expr) = member {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        // The verb's own node: what is done with its answer stands around it.
        if let Some(call) = Call::of(expr)
            && call.span == expr.span
            && !call.steps.is_empty()
        {
            let inner = self.inner;
            self.found.push(Found { call, inner });
        }
        match &expr.kind {
            ExprKind::Interpolated(pieces) => {
                for piece in pieces {
                    if let Piece::Value(expr) = piece {
                        self.expr(expr);
                    }
                }
            }
            ExprKind::Array(items) => {
                for item in items {
                    self.exprs(&item.key);
                    self.expr(&item.value);
                }
            }
            ExprKind::Property { object, member } => {
                self.expr(object);
                self.member(member);
            }
            ExprKind::Index { object, index } => {
                self.expr(object);
                self.exprs(index.as_deref());
            }
            ExprKind::CallValue { callee, args } => {
                self.expr(callee);
                self.exprs(args.iter().map(|arg| &arg.value));
            }
            ExprKind::MethodCall {
                object,
                method,
                args,
            } => {
                self.expr(object);
                self.member(method);
                self.exprs(args.iter().map(|arg| &arg.value));
            }
            ExprKind::Call { args, .. }
            | ExprKind::StaticCall { args, .. }
            | ExprKind::New { args, .. } => self.exprs(args.iter().map(|arg| &arg.value)),
            ExprKind::Closure(closure) => self.closure(closure),
            ExprKind::Assign { target, value, .. } => {
                self.expr(target);
                self.expr(value);
            }
            ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Ternary {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition);
                self.exprs(then.as_deref());
                self.expr(otherwise);
            }
            ExprKind::Unary { operand: inner, .. }
            | ExprKind::Cast { value: inner, .. }
            | ExprKind::Clone(inner)
            | ExprKind::Print(inner)
            | ExprKind::Throw(inner)
            | ExprKind::Include(inner) => self.expr(inner),
            ExprKind::Variable(_)
            | ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::String(_)
            | ExprKind::Constant(_)
            | ExprKind::ClassConstant { .. }
            | ExprKind::Unsupported { .. } => {}
        }
    }
}
