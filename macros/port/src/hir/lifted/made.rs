//! The new functions, and calls of them.

use std::collections::BTreeSet;

use super::scope::{Known, Scope};
use crate::syntax::{
    Arg, Capture, Closure, Expr, ExprKind, Member, Method, Name, Param, Span, Stmt, StmtKind,
};

/// The arguments with what closures captured in their places.
pub(super) fn expanded(args: &[Arg], given: &[(usize, String, Known)]) -> Vec<Arg> {
    let mut all = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        match given.iter().find(|(at, ..)| *at == index) {
            Some((.., known)) => {
                let captures = known.captures.iter();
                all.extend(captures.map(|name| argument(arg.value.span, name)));
            }
            None => all.push(arg.clone()),
        }
    }
    all
}

/// The function with the body of a closure.
pub(super) fn method_of(span: Span, closure: &Closure, known: &Known, scope: &Scope) -> Method {
    let mut method = super::declared(span, &known.name, closure.clone());
    method.public = false;
    method.private = true;
    method.is_static = known.is_static;
    let captures = known.captures.iter();
    let captures = captures.map(|name| given(name, scope.types.get(name)));
    method.closure.params = captures.chain(closure.params.clone()).collect();
    method.closure.uses = Vec::new();
    method.closure.arrow = false;
    method
}

/// Puts what a closure captured into the place of the parameter that takes it, under names that are free.
pub(super) fn put_in(
    params: &mut Vec<Param>,
    name: &str,
    known: &Known,
    scope: &Scope,
    taken: &mut BTreeSet<String>,
) -> Known {
    let mut bound = known.clone();
    bound.captures.clear();
    let mut new = Vec::new();
    for capture in &known.captures {
        let mut own = capture.clone();
        while !taken.insert(own.clone()) {
            own.push('_');
        }
        new.push(given(&own, scope.types.get(capture)));
        bound.captures.push(own);
    }
    if let Some(at) = params.iter().position(|param| param.name == name) {
        params.splice(at..=at, new);
    }
    bound
}

/// A call of a new function, with what its closure captured before the arguments.
pub(in crate::hir) fn call(span: Span, known: &Known, args: Vec<Arg>) -> ExprKind {
    let captures = known.captures.iter().map(|name| argument(span, name));
    let args: Vec<_> = captures.chain(args).collect();
    let name = |text: &str| Name {
        span,
        written: text.to_owned(),
        resolved: text.to_owned(),
    };
    match (known.owner, known.is_static) {
        (None, _) => ExprKind::Call {
            function: name(&known.name),
            args,
        },
        (Some(_), true) => ExprKind::StaticCall {
            class: name("self"),
            method: known.name.clone(),
            args,
        },
        (Some(_), false) => ExprKind::MethodCall {
            object: Box::new(read(span, "this")),
            method: Member::Name {
                name: known.name.clone(),
                span,
            },
            args,
        },
    }
}

/// A known closure as a value.
pub(super) fn closure_of(span: Span, known: &Known) -> Closure {
    let names = known.params.iter().map(|param| argument(span, &param.name));
    let value = Expr {
        span,
        kind: call(span, known, names.collect()),
    };
    Closure {
        is_static: false,
        params: known.params.clone(),
        uses: known.captures.iter().cloned().map(capture).collect(),
        returns: None,
        arrow: false,
        // It gives its arguments away as it is given them.
        strict: false,
        body: vec![Stmt {
            span,
            kind: StmtKind::Return(Some(value)),
        }],
    }
}

pub(super) fn capture(name: String) -> Capture {
    Capture {
        name,
        by_reference: false,
    }
}

pub(in crate::hir) fn given(name: &str, ty: Option<&String>) -> Param {
    Param {
        name: name.to_owned(),
        ty: ty.cloned(),
        default: None,
        by_reference: false,
        variadic: false,
    }
}

pub(super) fn read(span: Span, name: &str) -> Expr {
    let kind = ExprKind::Variable(name.to_owned());
    Expr { span, kind }
}

pub(in crate::hir) fn argument(span: Span, name: &str) -> Arg {
    let value = read(span, name);
    Arg { name: None, value }
}
