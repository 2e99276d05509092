//! Methods of the class that give `$this` back: `$this->no($no)->fee($fee)->send()` calls one behind another.
//!
//! The Rust of such a method gives nothing back. Where code uses the object that PHP gives in another way, that is refused.

use super::{Builder, refused};
use crate::hir::tree::{Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::{self, Arg, ExprKind as PhpKind, Method, Part, Span, StmtKind as PhpStmt};

/// As many methods are followed that give back what another one gives.
const DEEPEST: usize = 8;

impl<'a> Builder<'a> {
    /// A call behind one that gives `$this` back.
    pub(super) fn fluent(
        &mut self,
        span: Span,
        object: &'a syntax::Expr,
        name: &str,
        args: &'a [Arg],
    ) -> Option<Expr> {
        if self.is_open() || !self.gives_this(object) {
            return None;
        }
        if self.method_of_class(name).is_none() {
            let message =
                "a method that the class does not have, behind one that gives `$this` back";
            return Some(refused(span, message));
        }
        self.fluent_at = Some(object.span);
        let first = self.expr(object);
        let value = self.own_method(span, name, args);
        let value = value.unwrap_or_else(|| self.unknown(span, "these named or spread arguments"));
        let kind = ExprKind::Aside {
            value,
            others: vec![first],
            first: true,
        };
        Some(Expr::new(span, kind))
    }

    /// A call that gives `$this` back where the code goes on with the object.
    pub(super) fn misused_this(&mut self, expr: &syntax::Expr) -> Option<Expr> {
        let dropped = self.fluent_at.take() == Some(expr.span);
        let misused = !dropped && !self.is_open() && self.gives_this(expr);
        misused.then(|| {
            refused(
                expr.span,
                "`$this`, which this method gives back, as a value",
            )
        })
    }

    /// `return $this->set($x);` in a method that gives `$this` back.
    pub(super) fn return_of_this(
        &mut self,
        span: Span,
        value: &'a syntax::Expr,
    ) -> Option<Vec<Stmt>> {
        if self.in_closure || self.is_open() || !self.gives_this(value) {
            return None;
        }
        self.fluent_at = Some(value.span);
        let call = Stmt::expr(span, self.expr(value));
        let kind = StmtKind::Return(None);
        Some(vec![call, Stmt { span, kind }])
    }

    pub(super) fn method_of_class(&self, name: &str) -> Option<&'a Method> {
        let mut methods = self.class?.class.methods.iter();
        methods.find(|method| method.has_body && method.name.eq_ignore_ascii_case(name))
    }

    /// Whether an expression is a call of a method of the class that gives `$this` back.
    pub(super) fn gives_this(&self, expr: &syntax::Expr) -> bool {
        self.gives_this_within(expr, DEEPEST)
    }

    fn gives_this_within(&self, expr: &syntax::Expr, depth: usize) -> bool {
        let PhpKind::MethodCall { object, method, .. } = &expr.kind else {
            return false;
        };
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let own = object.is_this() || self.gives_this_within(object, depth);
        let method = method.name().filter(|_| own);
        let method = method.and_then(|name| self.method_of_class(name));
        method.is_some_and(|method| {
            let body = &method.closure.body;
            !method.is_static && leaves(body) && self.returns_this_within(body, depth)
        })
    }

    /// Whether each `return` of a body gives `$this` back, which the Rust leaves out.
    pub(super) fn returns_this(&self, body: &[syntax::Stmt]) -> bool {
        self.returns_this_within(body, DEEPEST)
    }

    fn returns_this_within(&self, body: &[syntax::Stmt], depth: usize) -> bool {
        body.iter().all(|stmt| {
            let own = match &stmt.kind {
                PhpStmt::Return(Some(value)) => {
                    value.is_this() || self.gives_this_within(value, depth)
                }
                PhpStmt::Return(None) => false,
                _ => true,
            };
            let mut parts = stmt.kind.parts().into_iter();
            own && parts.all(|part| match part {
                Part::Expr(_) => true,
                Part::Body(body) => self.returns_this_within(body, depth),
            })
        })
    }
}

/// Whether a body ends in a `return` or a `throw` in any case.
fn leaves(body: &[syntax::Stmt]) -> bool {
    let Some(last) = body.last() else {
        return false;
    };
    match &last.kind {
        PhpStmt::Return(_) => true,
        PhpStmt::Expr(expr) => matches!(expr.kind, PhpKind::Throw(_)),
        PhpStmt::Block(body) => leaves(body),
        PhpStmt::If {
            branches,
            otherwise,
        } => {
            let all = branches.iter().all(|(_, body)| leaves(body));
            all && otherwise.as_deref().is_some_and(leaves)
        }
        PhpStmt::Try {
            body,
            catches,
            finally,
        } => {
            let all = leaves(body) && catches.iter().all(|catch| leaves(&catch.body));
            all || finally.as_deref().is_some_and(leaves)
        }
        _ => false,
    }
}
