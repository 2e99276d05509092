//! `array_walk($list, $closure);`: a loop over the array that calls the closure.

use super::Builder;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, Place, Root, Stmt, StmtKind};
use crate::syntax::{self, ExprKind as PhpKind, Span};

impl<'a> Builder<'a> {
    /// A statement that walks through an array which the function is given, with a closure that changes no item.
    ///
    /// Of any other value PHP may throw a `TypeError`.
    pub(super) fn walked(&mut self, span: Span, expr: &'a syntax::Expr) -> Option<Vec<Stmt>> {
        let PhpKind::Call { function, args } = &expr.kind else {
            return None;
        };
        let (list, callee, more) = match &**args {
            [list, callee, more @ ..] if more.len() < 2 => (list, callee, more),
            _ => return None,
        };
        let (PhpKind::Variable(name), PhpKind::Closure(closure)) =
            (&list.value.kind, &callee.value.kind)
        else {
            return None;
        };
        let plain = args.iter().all(|arg| arg.name.is_none())
            && closure.params.len() <= args.len()
            && !closure
                .params
                .iter()
                .any(|param| param.by_reference || param.variadic);
        let known = !self.names.functions.contains_key("array_walk");
        if function.last() != "array_walk" || !known || !plain || !self.held.is_array(name) {
            return None;
        }
        let called = self.closure(callee.value.span, closure);
        let lends = closure.uses.iter().any(|capture| capture.by_reference);
        let mut stmts = Vec::new();
        // One that changes variables of this code is only there while it is called.
        let callee = if lends {
            called
        } else {
            let walk = self.local(&format!("walk_{}", span.start));
            stmts.push(assigned(span, walk, called));
            Expr::new(span, ExprKind::Local(walk))
        };
        let more = more.first().map(|extra| {
            let extra = self.expr(&extra.value);
            let local = self.local(&format!("walked_{}", span.start));
            stmts.push(assigned(span, local, extra));
            local
        });
        let key = self.local(&format!("key_{}", span.start));
        let value = self.local(&format!("item_{}", span.start));
        let given = [Some(value), Some(key), more];
        let given = given.into_iter().flatten().take(closure.params.len());
        let given = given.map(|local| Expr::new(span, ExprKind::Local(local)));
        let call = Expr::new(span, ExprKind::CallClosure(callee, given.collect()));
        let kind = StmtKind::Foreach {
            subject: self.expr(&list.value),
            key: (closure.params.len() > 1).then_some(key),
            value,
            body: vec![Stmt::expr(span, call)],
        };
        self.kinds
            .insert(format!("walk_{}", span.start), Ty::Closure);
        stmts.push(Stmt { span, kind });
        Some(stmts)
    }
}

fn assigned(span: Span, local: usize, value: Expr) -> Stmt {
    let place = Place {
        root: Root::Local(local),
        path: Vec::new(),
    };
    Stmt::expr(span, Expr::new(span, ExprKind::Assign(place, value)))
}
