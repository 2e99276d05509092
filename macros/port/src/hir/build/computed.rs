//! `$this->$name = $value;`: the property of the struct that has the name.

use std::collections::BTreeSet;

use super::{Builder, class};
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, Place, Root, Stmt, StmtKind};
use crate::syntax::{self, BinaryOp, ExprKind as PhpKind, Member, Span};

impl<'a> Builder<'a> {
    /// An assignment to a property whose name a variable holds. In PHP another name makes a property that nothing reads.
    pub(super) fn computed_property(
        &mut self,
        span: Span,
        expr: &'a syntax::Expr,
    ) -> Option<Vec<Stmt>> {
        let (target, value) = expr.assignment()?;
        let PhpKind::Property {
            object,
            member: Member::Computed(name),
        } = &target.kind
        else {
            return None;
        };
        let plain = |expr: &syntax::Expr| matches!(&expr.kind, PhpKind::Variable(name) if name != "this" && self.is_own(name));
        let of_this = matches!(&object.kind, PhpKind::Variable(this) if this == "this");
        if !of_this || !plain(name) || !plain(value) || self.in_closure {
            return None;
        }
        let fields = self.settable()?;
        let (name, value) = (self.expr(name), self.expr(value));
        let name = Expr::new(span, ExprKind::Cast(Ty::Text, name));
        let branches = fields.into_iter().map(|field| {
            let text = Expr::new(span, ExprKind::Text(field.clone()));
            let condition = ExprKind::Binary(BinaryOp::Identical, name.clone(), text);
            let place = Place {
                root: Root::Field(field),
                path: Vec::new(),
            };
            let set = Expr::new(span, ExprKind::Assign(place, value.clone()));
            (Expr::new(span, condition), vec![Stmt::expr(span, set)])
        });
        let kind = StmtKind::If(branches.collect(), None);
        Some(vec![Stmt { span, kind }])
    }

    /// The properties of the class, if all of them may hold any value and the class reads no other.
    fn settable(&self) -> Option<Vec<String>> {
        let shape = self.class?;
        let class = shape.class;
        let magic = |method: &syntax::Method| {
            let name = method.name.to_ascii_lowercase();
            matches!(name.as_str(), "__set" | "__get" | "__isset" | "__unset")
        };
        if class.parent.is_some() || !class.uses.is_empty() || class.methods.iter().any(magic) {
            return None;
        }
        let mut fields = Vec::new();
        for property in &class.properties {
            let ty = shape.fields.get(&property.name);
            let open = matches!(ty, Some(Ty::Unknown | Ty::Any));
            let own = open && !property.is_static && !shape.foreign.contains(&property.name);
            if !own {
                return None;
            }
            fields.push(property.name.clone());
        }
        let known: BTreeSet<String> = fields.iter().cloned().collect();
        (!fields.is_empty() && class::mentioned(class).is_subset(&known)).then_some(fields)
    }
}
