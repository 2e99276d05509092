//! Promises with handlers that variables hold: the handlers run where the variable is waited for.
//!
//! A variable whose promise is one of several, that is given away, or that is waited for twice would lose them.

use super::tree::{Expr, ExprKind, File, Function, Root, Stmt, StmtKind};
use super::walk::Use;

pub(super) fn file(file: &mut File) {
    file.functions_mut().for_each(function);
}

/// The uses of a variable.
#[derive(Debug, Default, Clone)]
struct Uses {
    /// How often it is set.
    set: usize,
    /// How often something is done with it.
    read: usize,
    /// How often it is waited for.
    waited: usize,
}

fn function(function: &mut Function) {
    let mut uses = vec![Uses::default(); function.locals.len()];
    for param in &function.params {
        uses[param.local].set += 1;
    }
    for stmt in &mut function.body {
        stmt.locals_mut(&mut |local, how| match how {
            Use::Read => uses[*local].read += 1,
            _ => uses[*local].set += 1,
        });
        stmt.each_mut(&mut |expr| match &mut *expr.kind {
            ExprKind::Wait(waited) => {
                if let ExprKind::Local(local) = *waited.kind {
                    uses[local].waited += 1;
                }
            }
            ExprKind::Closure(closure, _) => self::function(closure),
            _ => {}
        });
    }
    let lost = |local: usize| {
        let uses = &uses[local];
        uses.set > 1 || uses.waited > 1 || uses.read > uses.waited
    };
    list(&mut function.body, &lost);
}

fn list(body: &mut [Stmt], lost: &dyn Fn(usize) -> bool) {
    for stmt in body {
        if let StmtKind::Let(local, value) = &mut stmt.kind
            && lost(*local)
        {
            refuse(value);
        }
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Assign(place, value) = &mut *expr.kind
                && let Root::Local(local) = place.root
                && place.path.is_empty()
                && lost(local)
            {
                refuse(value);
            }
        });
        for (body, _) in stmt.bodies_mut() {
            list(body, lost);
        }
    }
}

fn refuse(value: &mut Expr) {
    if let ExprKind::Promise(promise) = &*value.kind
        && !promise.handlers.is_empty()
    {
        let message =
            "a promise with handlers that is not waited for at one place of this function";
        *value = Expr::refused(value.span, message);
    }
}
