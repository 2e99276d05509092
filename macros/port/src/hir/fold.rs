//! What PHP makes of values that stand in the source is known before it runs.

use serde_json::Value;
use wechatpay_chain_php as php;

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
fn literal(expr: &Expr) -> Option<Value> {
    Some(match &*expr.kind {
        ExprKind::Null => Value::Null,
        ExprKind::Bool(flag) => Value::from(*flag),
        ExprKind::Int(number) => Value::from(*number),
        ExprKind::Float(number) => Value::from(*number),
        ExprKind::Text(text) => Value::from(text.as_str()),
        _ => return None,
    })
}

fn cast(ty: &Ty, value: &Value) -> Option<ExprKind> {
    Some(match ty {
        Ty::Text => ExprKind::Text(php::text(value)),
        Ty::Int => ExprKind::Int(php::int(value)),
        Ty::Bool => ExprKind::Bool(php::truth(value)),
        _ => return None,
    })
}

fn call(name: &str, args: &[Value]) -> Option<ExprKind> {
    let number = |value: &Value| match value {
        Value::Null => None,
        value => Some(php::int(value)),
    };
    let text = match (name, args) {
        ("substr", [text, offset, length]) => {
            php::substr(&php::text(text), php::int(offset), number(length)).ok()?
        }
        ("trim", [text, characters]) => php::trim(&php::text(text), &php::text(characters)),
        ("ltrim", [text, characters]) => php::ltrim(&php::text(text), &php::text(characters)),
        ("rtrim", [text, characters]) => php::rtrim(&php::text(text), &php::text(characters)),
        ("strtoupper", [text]) => php::strtoupper(&php::text(text)),
        ("strtolower", [text]) => php::strtolower(&php::text(text)),
        ("rawurlencode", [text]) => php::rawurlencode(&php::text(text)),
        ("urlencode", [text]) => php::urlencode(&php::text(text)),
        ("rawurldecode", [text]) => php::rawurldecode(&php::text(text)).ok()?,
        ("urldecode", [text]) => php::urldecode(&php::text(text)).ok()?,
        ("ucfirst", [text]) => php::ucfirst(&php::text(text)),
        ("lcfirst", [text]) => php::lcfirst(&php::text(text)),
        ("basename", [path, suffix]) => php::basename(&php::text(path), &php::text(suffix)),
        ("text", [value]) => php::text(value),
        ("int", [value]) => return Some(ExprKind::Int(php::int(value))),
        _ => return None,
    };
    Some(ExprKind::Text(text))
}
