//! All the calls of a tree, so that a back end can be asked which of them it left out.

use std::collections::BTreeSet;

use super::Call;
use crate::diagnostic::Problem;
use crate::syntax::{Closure, Expr, ExprKind, Part, Program, Span, Stmt, StmtKind};

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

/// The messages about calls that a back end did not take: none may vanish without a message.
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
        if let StmtKind::Function { closure, .. } = &stmt.kind {
            self.closure(closure);
        }
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => self.expr(expr),
                Part::Body(body) => self.statements(body),
            }
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
            ExprKind::Closure(closure) => self.closure(closure),
            _ => self.exprs(expr.children()),
        }
    }
}
