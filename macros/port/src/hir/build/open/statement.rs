//! Statements.

use super::Builder;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, Function, Stmt, StmtKind, Unresolved};
use crate::syntax::{self, ExprKind as PhpKind, Span, StmtKind as PhpStmt, Whole};

impl<'a> Builder<'a> {
    /// A statement that keeps its names; nothing for one that is the same in the tree for Rust.
    pub(in crate::hir::build) fn open_statement(
        &mut self,
        stmt: &'a syntax::Stmt,
    ) -> Option<Vec<Stmt>> {
        if !self.is_open() {
            return None;
        }
        let span = stmt.span;
        let one = |kind| Some(vec![Stmt { span, kind }]);
        match &stmt.kind {
            PhpStmt::Expr(expr) => Some(self.open_expression(span, expr)),
            PhpStmt::Return(Some(value)) => one(StmtKind::Return(Some(self.expr(value)))),
            PhpStmt::If {
                branches,
                otherwise,
            } => {
                let branches = branches.iter().map(|(condition, body)| {
                    let condition = self.expr(condition);
                    (condition, self.statements(body))
                });
                let branches = branches.collect();
                let otherwise = otherwise.as_ref().map(|body| self.statements(body));
                one(StmtKind::If(branches, otherwise))
            }
            PhpStmt::Foreach {
                subject,
                key,
                value,
                body,
            } => {
                let subject = self.expr(subject);
                let mut inside = Vec::new();
                let key = key.as_ref().map(|key| self.open_item(key, &mut inside));
                let value = self.open_item(value, &mut inside);
                inside.extend(self.statements(body));
                one(StmtKind::Foreach {
                    subject,
                    key,
                    value,
                    body: inside,
                })
            }
            PhpStmt::Whole(whole) if is_run(whole) => None,
            PhpStmt::Function { .. } | PhpStmt::Whole(_) => Some(Vec::new()),
            PhpStmt::Unsupported { what } => Some(self.open_unsupported(span, what)),
            _ => None,
        }
    }

    fn open_expression(&mut self, span: Span, expr: &'a syntax::Expr) -> Vec<Stmt> {
        match &expr.kind {
            PhpKind::Throw(thrown) => {
                let kind = StmtKind::Throw(self.expr(thrown));
                vec![Stmt { span, kind }]
            }
            PhpKind::Call { function, args } if function.last() == "unset" => {
                let each = args.iter().map(|arg| self.open_unset(&arg.value));
                each.map(|unset| Stmt::expr(span, unset)).collect()
            }
            _ => vec![Stmt::expr(span, self.expr(expr))],
        }
    }

    /// The variable of a `foreach`. Another target is assigned at the beginning of each turn.
    fn open_item(&mut self, target: &'a syntax::Expr, first: &mut Vec<Stmt>) -> usize {
        if let PhpKind::Variable(name) = &target.kind {
            return self.local(name);
        }
        let span = target.span;
        let local = self.local(&format!("\0item_{}", span.start));
        let item = Expr::new(span, ExprKind::Local(local));
        let assigned = match self.open_place(target) {
            Ok(place) => Expr::new(span, ExprKind::Assign(place, item)),
            Err(refused) => refused,
        };
        first.push(Stmt::expr(span, assigned));
        local
    }

    fn open_unsupported(&mut self, span: Span, what: &str) -> Vec<Stmt> {
        let hint = crate::diagnostic::ALONE;
        let mut unsupported = self.unsupported(span, what, hint);
        // A mistake in the syntax is told of by the parser.
        if what.contains("syntax error")
            && let ExprKind::Unresolved(unresolved) = &mut *unsupported.kind
            && let Unresolved::Open(open) = &mut **unresolved
        {
            open.told = None;
        }
        let mut stmts = vec![Stmt::expr(span, unsupported)];
        let leaves = match what {
            "`exit`" => Some(StmtKind::Exit(None)),
            "`break`" => Some(StmtKind::Break(1)),
            "`continue`" => Some(StmtKind::Continue(1)),
            _ => None,
        };
        stmts.extend(leaves.map(|kind| Stmt { span, kind }));
        stmts
    }

    /// The statements outside of functions.
    pub(in crate::hir::build) fn open_main(&mut self, span: Span, body: Vec<Stmt>) -> Function {
        Function {
            span,
            name: String::new(),
            public: true,
            params: Vec::new(),
            returns: Ty::Void,
            declared: true,
            gives_array: None,
            locals: std::mem::take(&mut self.locals),
            body,
            strict: false,
            notified: false,
        }
    }
}

/// Whether a statement of whole files is run here too.
fn is_run(whole: &Whole) -> bool {
    matches!(
        whole,
        Whole::While { .. }
            | Whole::DoWhile { .. }
            | Whole::For { .. }
            | Whole::Switch { .. }
            | Whole::Break(_)
            | Whole::Continue(_)
    )
}
