//! Callables: the values and the parameters that may be one, and calls of them.

use super::scope::{
    Known, Scope, assigned, calls, everywhere, is_movable, is_plain, sees_nothing, variable,
};
use crate::hir::uploads::upload;
use crate::syntax::{Arg, Expr, ExprKind, Item, Method, Param, is_word};

/// Whether a parameter of a function may be a closure that is known: nothing else is put into it, and the copy means what
/// the function means.
pub(super) fn takes_closure(helper: &Method, param: &Param) -> bool {
    let body = &helper.closure.body;
    let mut lent = false;
    everywhere(body, &mut |expr| {
        if let ExprKind::Closure(closure) = &expr.kind {
            let mut uses = closure.uses.iter();
            lent |= uses.any(|capture| capture.by_reference && capture.name == param.name);
        }
    });
    !param.variadic
        && !param.by_reference
        && !lent
        && is_movable(body)
        && !assigned(body).contains(&param.name)
}

/// Whether a parameter takes nothing but callables, and the function calls it.
pub(super) fn is_callable(helper: &Method, param: &Param) -> bool {
    let ty = param.ty.as_deref().unwrap_or_default();
    let ty = ty.trim_start_matches(['?', '\\']);
    ty.eq_ignore_ascii_case("callable") && calls(&helper.closure.body, &param.name)
}

/// `Rsa::KEY_TYPE_PUBLIC`, or a parameter that only has this value: the function has a copy for each value.
pub(super) fn key_kind(value: &Expr, scope: &Scope) -> Option<Known> {
    let kind = match &value.kind {
        ExprKind::Variable(name) => scope.bound.get(name)?.written.as_ref()?,
        kind => kind,
    };
    let text = match kind {
        ExprKind::String(text) => text,
        ExprKind::ClassConstant { class, name } => crate::hir::sdk_class::constant(class, name)?,
        _ => return None,
    };
    matches!(text, "public" | "private").then(|| Known {
        written: Some(kind.clone()),
        name: text.to_owned(),
        is_static: true,
        ..Known::default()
    })
}

/// An array with an upload, whose items are the same at all times: the function has a copy that writes it in its calls.
pub(super) fn options(value: &Expr) -> Option<Known> {
    let ExprKind::Array(items) = &value.kind else {
        return None;
    };
    let mut captures = Vec::new();
    let mut media = false;
    (taken(items, &mut captures, &mut media) && media).then(|| Known {
        written: Some(value.kind.clone()),
        // No two arrays share a copy.
        name: format!("{:?}", value.kind),
        is_static: true,
        captures,
        ..Known::default()
    })
}

fn taken(items: &[Item], captures: &mut Vec<String>, media: &mut bool) -> bool {
    items.iter().all(|item| {
        let key = item.key.as_ref().map(|key| &key.kind);
        let name = match &item.value.kind {
            ExprKind::Array(items) => return taken(items, captures, media),
            ExprKind::String(_) | ExprKind::Int(_) | ExprKind::Bool(_) | ExprKind::Null => None,
            ExprKind::Variable(name) if name != "this" => Some(&**name),
            _ => match upload(&item.value) {
                Some(name) => {
                    *media = true;
                    Some(name)
                }
                None => return false,
            },
        };
        if let Some(name) = name.filter(|name| !captures.iter().any(|own| own == name)) {
            captures.push(name.to_owned());
        }
        matches!(key, Some(ExprKind::String(_)))
    })
}

/// The array with the variables of a copy.
pub(super) fn renamed(known: &mut Known, before: &[String]) {
    let names: Vec<_> = before.iter().zip(&known.captures).collect();
    if let Some(kind @ ExprKind::Array(_)) = &mut known.written {
        rename(kind, &names);
    }
}

fn rename(kind: &mut ExprKind, names: &[(&String, &String)]) {
    match kind {
        ExprKind::Variable(own) => {
            if let Some((_, new)) = names.iter().find(|(old, _)| *old == own) {
                own.clone_from(new);
            }
        }
        ExprKind::Array(items) => {
            let values = items.iter_mut();
            values.for_each(|item| rename(&mut item.value.kind, names));
        }
        ExprKind::MethodCall { object, .. } => rename(&mut object.kind, names),
        _ => {}
    }
}

pub(super) fn is_text(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::String(_) | ExprKind::Array(_))
}

/// A closure that a call leaves out: PHP gives null.
pub(super) fn left_out(helper: &Method, param: &Param) -> Option<Known> {
    let null = matches!(&param.default, Some(value) if value.kind == ExprKind::Null);
    let ty = param.ty.as_deref().unwrap_or_default();
    let known = (null || ty.starts_with('?')) && calls(&helper.closure.body, &param.name);
    known.then(|| Known {
        is_null: true,
        ..Known::default()
    })
}

/// `'strtoupper'`
pub(super) fn of_php(name: &str) -> Option<Known> {
    let is_name = !name.is_empty() && name.chars().all(is_word) && sees_nothing(name);
    let plain = crate::hir::changed::changed(&name.to_ascii_lowercase()).is_none();
    (is_name && plain).then(|| Known {
        name: name.to_owned(),
        is_static: true,
        ..Known::default()
    })
}

/// Whether a function can call another one: functions have no object.
pub(super) fn can_call(owner: Option<usize>, known: &Known) -> bool {
    known.owner.is_none() || known.owner == owner
}

/// `$fn(…)`, `call_user_func($fn, …)`, `$fn->__invoke(…)` of a known closure.
pub(super) fn called(expr: &Expr, scope: &Scope) -> Option<(Known, Vec<Arg>)> {
    let known = |value: &Expr| scope.bound.get(variable(value)?);
    let (known, args) = match &expr.kind {
        ExprKind::CallValue { callee, args } => (known(callee)?, &**args),
        ExprKind::Call { function, args } if function.last() == "call_user_func" => {
            let (callee, args) = args.split_first()?;
            (known(&callee.value)?, args)
        }
        ExprKind::Call { function, args } if function.last() == "call_user_func_array" => {
            return listed(known(&args.first()?.value)?, args);
        }
        ExprKind::MethodCall {
            object,
            method,
            args,
        } if method
            .name()
            .is_some_and(|name| name.eq_ignore_ascii_case("__invoke")) =>
        {
            (known(object)?, &**args)
        }
        _ => return None,
    };
    (is_plain(args) && !known.is_null).then(|| (known.clone(), args.to_vec()))
}

/// `call_user_func_array($fn, [$a, $b])`
pub(super) fn listed(known: &Known, args: &[Arg]) -> Option<(Known, Vec<Arg>)> {
    let [_, list] = args else {
        return None;
    };
    let ExprKind::Array(items) = &list.value.kind else {
        return None;
    };
    let args: Option<Vec<_>> = items
        .iter()
        .map(|item| {
            let value = item.key.is_none().then(|| item.value.clone());
            value.map(|value| Arg { name: None, value })
        })
        .collect();
    let args = args.filter(|args| is_plain(args) && !known.is_null)?;
    Some((known.clone(), args))
}
