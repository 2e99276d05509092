//! Values that PHP converts where a type is declared, and where the Rust keeps any value: properties that may be null or
//! unset, and what closures give back.

use std::collections::BTreeMap;

use super::Ty;
use super::tree::{Expr, ExprKind, Field, File, Function, Place, Root, Stmt, StmtKind};
use crate::syntax::BinaryOp;

pub(super) fn file(file: &mut File) {
    for class in &mut file.classes {
        class.fields.iter_mut().for_each(default);
        let open = class.fields.iter().filter(|field| field.ty == Ty::Any);
        let declared = open.filter_map(|field| {
            let ty = field.declared.clone()?;
            ty.is_scalar().then(|| (field.name.clone(), ty))
        });
        let declared: BTreeMap<String, Ty> = declared.collect();
        for method in class.constructor.iter_mut().chain(&mut class.methods) {
            for stmt in &mut method.body {
                stmt.each_with_closures(&mut |expr| assigned(expr, &declared));
            }
        }
    }
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| {
                if let ExprKind::Closure(closure, _) = &mut *expr.kind {
                    given_back(closure);
                }
            });
        }
    }
}

/// `private float $rate = 1;`
fn default(field: &mut Field) {
    let float = field.declared.as_ref().map(Ty::present) == Some(&Ty::Float);
    if float
        && let Some(default) = &mut field.default
        && let ExprKind::Int(number) = *default.kind
    {
        #[allow(clippy::cast_precision_loss, reason = "PHP loses it, too")]
        let number = number as f64;
        *default.kind = ExprKind::Float(number);
    }
}

fn assigned(expr: &mut Expr, declared: &BTreeMap<String, Ty>) {
    let of = |place: &Place| match &place.root {
        Root::Field(name) if place.path.is_empty() => {
            declared.get(name).cloned().map(|ty| (name.clone(), ty))
        }
        _ => None,
    };
    let span = expr.span;
    for (place, value) in expr.given_mut() {
        if let Some((_, ty)) = of(place) {
            coerce(value, ty);
        }
    }
    if let ExprKind::AssignOp(place, op, value) = &mut *expr.kind {
        let Some((name, ty)) = of(place) else {
            return;
        };
        let before = Expr::new(span, ExprKind::Field(name));
        if *op == BinaryOp::Concat && *ty.present() == Ty::Text {
            return;
        }
        let after = ExprKind::calculated(*op, before, value.clone());
        let after = ExprKind::Coerce(ty, Expr::new(span, after));
        *expr.kind = ExprKind::Assign(place.clone(), Expr::new(span, after));
    }
}

fn coerce(value: &mut Expr, ty: Ty) {
    let known = matches!(
        (&*value.kind, ty.present()),
        (ExprKind::Int(_), Ty::Int)
            | (ExprKind::Text(_), Ty::Text)
            | (ExprKind::Float(_), Ty::Float)
            | (ExprKind::Bool(_), Ty::Bool)
            | (ExprKind::Coerce(..) | ExprKind::Refused(_), _)
    );
    if !known {
        let inner = std::mem::replace(value, Expr::new(value.span, ExprKind::Null));
        *value.kind = ExprKind::Coerce(ty, inner);
    }
}

fn given_back(closure: &mut Function) {
    if closure.declared && closure.returns.is_scalar() {
        returns(&mut closure.body, &closure.returns);
    }
}

fn returns(body: &mut [Stmt], ty: &Ty) {
    for stmt in body {
        if let StmtKind::Return(Some(value)) = &mut stmt.kind {
            coerce(value, ty.clone());
        }
        for (body, _) in stmt.bodies_mut() {
            returns(body, ty);
        }
    }
}
