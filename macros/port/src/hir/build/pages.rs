//! Responses that the application builds: PSR-7 has one class for them and for the answers of WeChat Pay.
//!
//! A parameter is such a response if it is given headers, a status or a body, if a public method has it beside the request,
//! or if methods of the class give it to one another as such.

use std::collections::BTreeSet;

use super::Builder;
use super::bytes::variable;
use super::handed::returned;
use crate::hir::Ty;
use crate::syntax::{self, Closure, Expr, ExprKind as PhpKind, Part, Stmt};

/// The methods, in lower case, and the numbers of the parameters that are such responses.
pub(super) type Pages = BTreeSet<(String, usize)>;

/// The parameters of a class's methods that are such responses.
pub(super) fn of(class: &syntax::Class, text: &str) -> Pages {
    let mut pages = Pages::new();
    for method in class.methods.iter().filter(|method| method.has_body) {
        let closure = &method.closure;
        let beside = method.public && takes_request(closure);
        for (index, param) in closure.params.iter().enumerate() {
            if is_response(param) && (beside || is_built(&closure.body, &param.name, text)) {
                pages.insert((method.name.to_ascii_lowercase(), index));
            }
        }
    }
    if pages.is_empty() {
        return pages;
    }
    let passed = passed(class);
    loop {
        let before = pages.len();
        for (from, to) in &passed {
            if pages.contains(from) || pages.contains(to) {
                pages.extend([from.clone(), to.clone()]);
            }
        }
        if pages.len() == before {
            return pages;
        }
    }
}

/// The parameters that are responses by their types and that methods give to one another.
fn passed(class: &syntax::Class) -> Vec<((String, usize), (String, usize))> {
    let place = |method: &str, index: usize| (method.to_ascii_lowercase(), index);
    let takes = |name: &str, index: usize| {
        let mut methods = class.methods.iter();
        let method = methods.find(|method| method.name.eq_ignore_ascii_case(name));
        let param = method.and_then(|method| method.closure.params.get(index));
        param.is_some_and(is_response)
    };
    let mut all = Vec::new();
    for method in &class.methods {
        calls(&method.closure.body, &mut |name, args| {
            for (index, arg) in args.iter().enumerate() {
                let mut params = method.closure.params.iter();
                let own = variable(&arg.value).and_then(|name| {
                    params.position(|param| param.name == name && is_response(param))
                });
                if let Some(own) = own.filter(|_| takes(name, index)) {
                    all.push((place(&method.name, own), place(name, index)));
                }
            }
        });
    }
    all
}

/// Calls `found` for each call of a method of the object.
fn calls<'s>(body: &'s [Stmt], found: &mut dyn FnMut(&'s str, &'s [syntax::Arg])) {
    for stmt in body {
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => calls_in(expr, found),
                Part::Body(body) => calls(body, found),
            }
        }
    }
}

fn calls_in<'s>(expr: &'s Expr, found: &mut dyn FnMut(&'s str, &'s [syntax::Arg])) {
    match &expr.kind {
        PhpKind::MethodCall {
            object,
            method,
            args,
        } if object.is_this() => {
            if let Some(name) = method.name() {
                found(name, args);
            }
        }
        PhpKind::StaticCall {
            class,
            method,
            args,
        } if matches!(class.written.as_str(), "self" | "static") => found(method, args),
        PhpKind::Closure(closure) => calls(&closure.body, found),
        _ => {}
    }
    for child in expr.children() {
        calls_in(child, found);
    }
}

fn is_response(param: &syntax::Param) -> bool {
    let ty = param.ty.as_deref().and_then(Ty::declared);
    ty.is_some_and(|ty| *ty.present() == Ty::Response)
}

/// Whether a function is given the request that the application serves.
pub(super) fn takes_request(closure: &Closure) -> bool {
    closure.params.iter().any(|param| {
        let ty = param.ty.as_deref().unwrap_or_default();
        let last = ty.rsplit('\\').next().unwrap_or_default();
        ["ServerRequestInterface", "ServerRequest"].contains(&last)
    })
}

/// Whether statements give a variable headers, a status or a body.
pub(super) fn is_built(body: &[Stmt], name: &str, text: &str) -> bool {
    let (Some(first), Some(last)) = (body.first(), body.last()) else {
        return false;
    };
    let text = text.get(first.span.start..last.span.end);
    let text: String = text.unwrap_or_default().split_whitespace().collect();
    let built = ["->with", "->getBody()->write("];
    let mut all = built.iter().map(|built| format!("${name}{built}"));
    all.any(|built| text.contains(&built))
}

impl Builder<'_> {
    /// Whether a parameter of this function is a response that the application builds.
    pub(super) fn is_page(&self, closure: &Closure, name: &str) -> bool {
        let index = closure.params.iter().position(|param| param.name == name);
        let pages = self.class.map(|shape| &shape.pages);
        let method = self.method_name.as_ref().filter(|_| !self.in_closure);
        let known = match (index, pages, method) {
            (Some(index), Some(pages), Some(method)) => {
                pages.contains(&(method.to_ascii_lowercase(), index))
            }
            _ => takes_request(closure),
        };
        known || is_built(&closure.body, name, &self.block.text)
    }

    /// Whether a function gives a response of the application's: it is given one, or the request.
    ///
    /// What it gives tells the type then.
    pub(super) fn gives_page(&self, closure: &Closure) -> bool {
        let mut params = closure.params.iter();
        let given = params.any(|param| self.is_page(closure, &param.name));
        given || takes_request(closure) || builds_all(&closure.body)
    }
}

/// Whether a body only gives responses that it builds: `new Response(…)`, `$factory->createResponse(…)->withStatus(…)`.
fn builds_all(body: &[Stmt]) -> bool {
    let mut given = Vec::new();
    returned(body, &mut given);
    !given.is_empty() && given.iter().all(|value| builds(value))
}

fn builds(value: &Expr) -> bool {
    match &value.kind {
        PhpKind::New { .. } => true,
        PhpKind::MethodCall { object, method, .. } => {
            let name = method.name().unwrap_or_default().to_ascii_lowercase();
            name == "createresponse" || name.starts_with("with") || builds(object)
        }
        _ => false,
    }
}
