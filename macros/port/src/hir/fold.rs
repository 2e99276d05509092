//! Constant folding: results of values that stand in the source are known before it runs.

use serde_json::Value;
use wechatpay_chain_php::function::Function;

use super::Ty;
use super::tree::{Expr, ExprKind, File, Stmt};

pub(super) fn file(file: &mut File) {
    for function in file.functions_mut() {
        list(&mut function.body);
    }
}

fn list(body: &mut [Stmt]) {
    for stmt in body {
        stmt.exprs_mut().into_iter().for_each(expr);
        for (body, _) in stmt.bodies_mut() {
            list(body);
        }
    }
}

fn expr(whole: &mut Expr) {
    whole.children_mut().into_iter().for_each(expr);
    let known = match &mut *whole.kind {
        ExprKind::Closure(closure, _) => {
            list(&mut closure.body);
            None
        }
        ExprKind::Cast(ty, inner) => literal(inner).and_then(|value| cast(ty, &value)),
        ExprKind::Builtin(name, args) => {
            let args: Option<Vec<Value>> = args.iter().map(literal).collect();
            args.and_then(|args| call(name, &args))
        }
        _ => None,
    };
    if let Some(known) = known {
        *whole.kind = known;
    }
}

/// The value of a literal.
pub(super) fn literal(expr: &Expr) -> Option<Value> {
    Some(match &*expr.kind {
        ExprKind::Null => Value::Null,
        ExprKind::Bool(flag) => Value::from(*flag),
        ExprKind::Int(number) => Value::from(*number),
        ExprKind::Float(number) => Value::from(*number),
        ExprKind::Text(text) => Value::from(text.as_str()),
        _ => return None,
    })
}

/// A scalar as an expression.
fn scalar(value: Value) -> Option<ExprKind> {
    Some(match value {
        Value::Bool(flag) => ExprKind::Bool(flag),
        Value::Number(number) => match number.as_i64().filter(|_| !number.is_f64()) {
            Some(number) => ExprKind::Int(number),
            None => ExprKind::Float(number.as_f64()?),
        },
        Value::String(text) => ExprKind::Text(text),
        _ => return None,
    })
}

fn cast(ty: &Ty, value: &Value) -> Option<ExprKind> {
    let function = match ty {
        Ty::Text => "text",
        Ty::Int => "int",
        Ty::Bool => "truth",
        _ => return None,
    };
    call(function, std::slice::from_ref(value))
}

/// A text that is repeated in the source is no longer one in the Rust that is written.
const LONGEST: usize = 1 << 10;

fn call(name: &str, args: &[Value]) -> Option<ExprKind> {
    let value = Function::of(name)?.call(args)?.ok()?;
    let short = value.as_str().is_none_or(|text| text.len() <= LONGEST);
    scalar(value).filter(|_| short)
}
