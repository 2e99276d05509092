//! Whether a file may have an infinite fraction as a variable of Rust: PHP cannot encode it.
//!
//! A value of JSON holds none: arithmetic that gives one is a fault. A cast and a declared type make a fraction that is none.

use crate::syntax::{Cast, Closure, Expr, ExprKind, Part, Stmt, StmtKind, Whole};

/// Whether statements have fractions by a cast, by a declared type or by a function of PHP.
pub(super) fn have(statements: &[Stmt]) -> bool {
    statements.iter().any(|stmt| {
        let declared = match &stmt.kind {
            StmtKind::Function { closure, .. } => has(closure),
            StmtKind::Whole(whole) => match &**whole {
                Whole::Class(class) => {
                    let mut properties = class.properties.iter();
                    let mut methods = class.methods.iter();
                    properties.any(|property| is_float(property.ty.as_ref()))
                        || methods.any(|method| has(&method.closure))
                }
                _ => false,
            },
            _ => false,
        };
        let mut parts = stmt.kind.parts().into_iter();
        declared
            || parts.any(|part| match part {
                Part::Expr(expr) => gives(expr),
                Part::Body(body) => have(body),
            })
    })
}

fn has(closure: &Closure) -> bool {
    let mut params = closure.params.iter();
    is_float(closure.returns.as_ref())
        || params.any(|param| is_float(param.ty.as_ref()))
        || have(&closure.body)
}

fn gives(expr: &Expr) -> bool {
    let own = match &expr.kind {
        ExprKind::Cast { to, .. } => *to == Cast::Float,
        ExprKind::Constant(name) => matches!(&*name.last(), "inf" | "nan"),
        ExprKind::Call { function, .. } => matches!(&*function.last(), "floatval" | "doubleval"),
        ExprKind::Closure(closure) => has(closure),
        _ => false,
    };
    own || expr.children().into_iter().any(gives)
}

fn is_float(ty: Option<&String>) -> bool {
    ty.is_some_and(|ty| ty.to_ascii_lowercase().contains("float"))
}
