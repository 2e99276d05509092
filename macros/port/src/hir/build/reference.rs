//! The arguments that functions of PHP change.

use super::Builder;
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::changed::{Changed, changed};
use crate::hir::tree::{Expr, ExprKind};
use crate::syntax::{Arg, ExprKind as PhpKind, Span};

impl<'a> Builder<'a> {
    /// A call of a function of PHP that changes an argument: the application's, which is given the variable.
    pub(super) fn changing(&mut self, span: Span, name: &str, args: &'a [Arg]) -> Option<Expr> {
        let changed = changed(name).filter(|_| !args.is_empty())?;
        if name == "openssl_private_encrypt" {
            let message = format!("`{name}` sets raw bytes, which no text holds");
            let hint = "use `Rsa::sign`, which gives base64";
            let problem = Problem::error(span, message).hint(hint);
            return Some(Expr::new(span, ExprKind::Refused(problem)));
        }
        let unclear = format!("`{name}`, which changes an argument,");
        let places: Vec<usize> = match changed {
            Changed::Cursor => {
                let message = format!("`{name}`, which depends on the position within an array,");
                return Some(self.unknown(span, &message));
            }
            Changed::Unclear => return Some(self.unknown(span, &unclear)),
            changed => changed.places(args.len()).collect(),
        };
        let Some(mut values) = self.args(args) else {
            return Some(self.unknown(span, &unclear));
        };
        let mut given = places.into_iter();
        let index = given.next()?;
        let variable = match &args[index].value.kind {
            PhpKind::Variable(name) if name != "this" && self.is_own(name) => name,
            _ => return Some(self.unknown(span, &unclear)),
        };
        if given.next().is_some() {
            let message = format!("`{name}`, which changes several arguments,");
            return Some(self.unknown(span, &message));
        }
        self.local(variable);
        self.kinds.insert(variable.clone(), Ty::Unknown);
        let changed = values.remove(index);
        if values.iter_mut().any(|value| reads(value, &changed)) {
            let what = format!("`{name}`, which is given the variable that it changes twice,");
            return Some(self.unknown(span, &what));
        }
        let mut call = self.foreign(span, vec![name.to_owned()], Some(changed), values);
        if let ExprKind::Foreign(foreign) = &mut *call.kind {
            foreign.changes = true;
        }
        Some(call)
    }
}

/// Whether a value reads a variable.
fn reads(value: &mut Expr, variable: &Expr) -> bool {
    let ExprKind::Local(variable) = *variable.kind else {
        return false;
    };
    let mut found = false;
    value.locals_mut(&mut |local, _| found |= *local == variable);
    found
}
