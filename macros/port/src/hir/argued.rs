//! `f($t, $t = 'x')`: PHP hands the value over that a variable has when its argument is evaluated.

use super::tree::{Expr, ExprKind, File, Root};

/// Copies the variables and properties that a later argument of the same call sets.
pub(super) fn file(file: &mut File) {
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| match &mut *expr.kind {
                ExprKind::Call(_, args)
                | ExprKind::Method(_, args)
                | ExprKind::CallClosure(_, args)
                | ExprKind::Builtin(_, args) => copy(args),
                ExprKind::Foreign(foreign) => copy(&mut foreign.args),
                _ => {}
            });
        }
    }
}

fn copy(args: &mut [Expr]) {
    for index in 0..args.len() {
        let (before, after) = args.split_at_mut(index + 1);
        let Some(arg) = before.last_mut() else {
            continue;
        };
        if after.iter_mut().any(|later| sets(later, &arg.kind)) {
            let value = std::mem::replace(arg, Expr::new(arg.span, ExprKind::Null));
            *arg.kind = ExprKind::Aside {
                value,
                others: Vec::new(),
                first: false,
            };
        }
    }
}

/// Whether an expression sets this variable or property.
fn sets(expr: &mut Expr, read: &ExprKind) -> bool {
    let is_same = |root: &Root| match (root, read) {
        (Root::Local(set), ExprKind::Local(read)) => set == read,
        (Root::Field(set), ExprKind::Field(read)) => set == read,
        _ => false,
    };
    let mut places = expr.places_mut().into_iter();
    places.any(|(place, _)| is_same(&place.root))
        || expr
            .children_mut()
            .into_iter()
            .any(|child| sets(child, read))
}
