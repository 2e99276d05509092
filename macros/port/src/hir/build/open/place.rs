//! Assignments, and what is assigned to.

use super::{Builder, told, unresolved};
use crate::diagnostic::Problem;
use crate::hir::tree::{Expr, ExprKind, Place, Root, Unresolved};
use crate::syntax::{self, BinaryOp, ExprKind as PhpKind, Span};

impl<'a> Builder<'a> {
    pub(super) fn open_assign(
        &mut self,
        span: Span,
        target: &'a syntax::Expr,
        op: Option<BinaryOp>,
        value: &'a syntax::Expr,
    ) -> Expr {
        let value = self.expr(value);
        let place = match self.open_place(target) {
            Ok(place) => place,
            Err(mut refused) => {
                if let ExprKind::Unresolved(unresolved) = &mut *refused.kind
                    && let Unresolved::Open(open) = &mut **unresolved
                {
                    open.parts.push(value);
                }
                return refused;
            }
        };
        let kind = match op {
            None => ExprKind::Assign(place, value),
            Some(BinaryOp::Coalesce) => ExprKind::AssignMissing(place, value),
            Some(op) => ExprKind::AssignOp(place, op, value),
        };
        Expr::new(span, kind)
    }

    /// The assigned place; the expression when it is none.
    pub(super) fn open_place(&mut self, target: &'a syntax::Expr) -> Result<Place, Expr> {
        let step = match &target.kind {
            PhpKind::Variable(name) => {
                let root = Root::Local(self.local(name));
                let path = Vec::new();
                return Ok(Place { root, path });
            }
            PhpKind::Index { object, index } => {
                let place = self.open_place(object);
                let index = index.as_ref().map(|index| self.expr(index));
                (place, index)
            }
            PhpKind::Property { object, member } => {
                let place = self.open_place(object);
                let key = self.behind_arrow(target.span, member);
                let key = unresolved(key.span, Unresolved::Member(key));
                (place, Some(key))
            }
            _ => {
                let problem = Problem::error(target.span, "this cannot be assigned to");
                let changes = self.targets(target);
                return Err(told(target.span, problem, Vec::new(), changes));
            }
        };
        let mut place = step.0?;
        place.path.push(step.1);
        Ok(place)
    }

    /// The variables of a target, which may take a list apart.
    fn targets(&self, target: &syntax::Expr) -> Vec<String> {
        match &target.kind {
            PhpKind::Array(items) => {
                let items = items.iter();
                items.flat_map(|item| self.targets(&item.value)).collect()
            }
            PhpKind::Unsupported { .. } => match self.touched_by(target.span) {
                names if names.is_empty() => vec!["*".to_owned()],
                names => names,
            },
            PhpKind::Index { object, .. } | PhpKind::Property { object, .. } => {
                self.targets(object)
            }
            PhpKind::Variable(name) => vec![name.clone()],
            _ => Vec::new(),
        }
    }
}
