//! Handlers of promises that are no closures where they are given: `->then([$this, 'paid'])`, `->then($handler)`.
//!
//! A method by its name becomes a closure that calls it. A closure that a variable holds is put where the variable is given, if
//! nothing else uses the variable, and if all that the closure captures still is the same there.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::lifted::made::{argument, call, given};
use super::lifted::scope::{
    Known, assigned, changed_by_calls, everywhere, is_movable, lent, mentioned, shares, variable,
};
use crate::recognise::Call;
use crate::syntax::{
    Class, Closure, Expr, ExprKind, Method, Part, PartMut, Program, Span, Stmt, StmtKind, Whole,
};

pub(super) fn program(program: Cow<'_, Program>) -> Cow<'_, Program> {
    let mut changed = program.clone().into_owned();
    let outside = !shares(&program.statements) && function(None, &mut changed.statements);
    if bodies(&mut changed.statements) || outside {
        Cow::Owned(changed)
    } else {
        program
    }
}

/// Reads all functions; gives whether something changed.
fn bodies(statements: &mut [Stmt]) -> bool {
    let mut some = false;
    for stmt in statements {
        some |= match &mut stmt.kind {
            StmtKind::Block(body) => bodies(body),
            StmtKind::Function { closure, .. } => function(None, &mut closure.body),
            StmtKind::Whole(whole) => match &mut **whole {
                Whole::Class(class) => methods(class),
                _ => false,
            },
            _ => false,
        };
    }
    some
}

fn methods(class: &mut Class) -> bool {
    let known = class.clone();
    let mut some = false;
    for method in &mut class.methods {
        some |= function(Some(&known), &mut method.closure.body);
    }
    some
}

fn function(class: Option<&Class>, body: &mut Vec<Stmt>) -> bool {
    let mut some = false;
    each(body, &mut |expr| {
        for handler in handlers(expr) {
            if let Some(closure) = class.and_then(|class| of_method(class, handler)) {
                handler.kind = ExprKind::Closure(closure);
                some = true;
            }
        }
    });
    while let Some((name, closure)) = held(body) {
        each(body, &mut |expr| {
            for handler in handlers(expr) {
                if variable(handler) == Some(&name) {
                    *handler = closure.clone();
                }
            }
        });
        some = true;
    }
    some
}

/// Calls `found` for each expression, those of closures too.
pub(super) fn each(statements: &mut [Stmt], found: &mut dyn FnMut(&mut Expr)) {
    for stmt in statements {
        for part in stmt.kind.parts_mut() {
            match part {
                PartMut::Expr(expr) => each_expr(expr, found),
                PartMut::Body(body) => each(body, found),
            }
        }
    }
}

fn each_expr(expr: &mut Expr, found: &mut dyn FnMut(&mut Expr)) {
    found(expr);
    if let ExprKind::Closure(closure) = &mut expr.kind {
        each(&mut closure.body, found);
    }
    expr.children_mut()
        .into_iter()
        .for_each(|child| each_expr(child, found));
}

/// The handlers that `then` or `otherwise` of a call of WeChat Pay is given.
fn handlers(expr: &mut Expr) -> Vec<&mut Expr> {
    let is_call = Call::of(expr).is_some_and(|call| !call.handlers.is_empty() && !call.waited);
    match &mut expr.kind {
        ExprKind::MethodCall { args, .. } if is_call => {
            args.iter_mut().map(|arg| &mut arg.value).collect()
        }
        _ => Vec::new(),
    }
}

/// A closure that calls the method of `[$this, 'paid']`. PHP lets Guzzle call public ones only.
fn of_method(class: &Class, handler: &Expr) -> Option<Box<Closure>> {
    let ExprKind::Array(items) = &handler.kind else {
        return None;
    };
    let [object, name] = &**items else {
        return None;
    };
    let (true, ExprKind::String(name)) = (is_own(&object.value), &name.value.kind) else {
        return None;
    };
    let mut methods = class.methods.iter();
    let method = methods.find(|method| method.name.eq_ignore_ascii_case(name))?;
    let of_object = variable(&object.value).is_some();
    let mut params = method.closure.params.iter();
    let plain = params.all(|param| !param.by_reference);
    let callable = method.has_body && method.public && (of_object || method.is_static);
    (plain && callable && class.kind == "class").then(|| Box::new(calling(handler.span, method)))
}

/// `$this`, `self::class`, `static::class`
fn is_own(object: &Expr) -> bool {
    match &object.kind {
        ExprKind::Variable(name) => name == "this",
        ExprKind::ClassConstant { class, name } => {
            let own = ["self", "static"].contains(&&*class.written.to_ascii_lowercase());
            own && name.eq_ignore_ascii_case("class")
        }
        _ => false,
    }
}

/// `function ($given) { return $this->paid($given); }`
fn calling(span: Span, method: &Method) -> Closure {
    let takes = method.closure.params.iter().take(1);
    let args = takes.map(|_| argument(span, "given")).collect();
    let known = Known {
        owner: Some(0),
        name: method.name.clone(),
        is_static: method.is_static,
        ..Known::default()
    };
    let value = Expr {
        span,
        kind: call(span, &known, args),
    };
    Closure {
        is_static: false,
        params: vec![given("given", None)],
        uses: Vec::new(),
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

/// Takes the statement out that gives a variable such a closure.
fn held(body: &mut Vec<Stmt>) -> Option<(String, Expr)> {
    let whole = body.clone();
    is_movable(&whole).then(|| taken(body, &whole)).flatten()
}

fn taken(list: &mut Vec<Stmt>, whole: &[Stmt]) -> Option<(String, Expr)> {
    let end = list.last()?.span.end;
    for index in 0..list.len() {
        let stmt = &mut list[index];
        if let StmtKind::Expr(expr) = &stmt.kind
            && let Some((target, value)) = expr.assignment()
            && let (Some(name), ExprKind::Closure(closure)) = (variable(target), &value.kind)
            && is_given_only(whole, name, Span::new(stmt.span.end, end))
            && captures_stay(whole, closure.as_ref(), value.span)
        {
            let found = (name.to_owned(), value.clone());
            list.remove(index);
            return Some(found);
        }
        // In a loop, the closure of an earlier turn may be there.
        let inner = match &mut stmt.kind {
            StmtKind::If { .. } | StmtKind::Try { .. } | StmtKind::Block(_) => {
                stmt.kind.parts_mut()
            }
            _ => Vec::new(),
        };
        for part in inner {
            if let PartMut::Body(body) = part
                && let Some(found) = taken(body, whole)
            {
                return Some(found);
            }
        }
    }
    None
}

/// Whether all that a function does with a variable is to set it once, and to give it to promises within a piece.
fn is_given_only(whole: &[Stmt], name: &str, within: Span) -> bool {
    let (mut uses, mut captured) = (0, false);
    everywhere(whole, &mut |expr| {
        uses += usize::from(variable(expr) == Some(name));
        if let ExprKind::Closure(closure) = &expr.kind {
            captured |= closure.uses.iter().any(|capture| capture.name == name);
        }
    });
    let mut given = 0;
    for stmt in &mut whole.to_vec() {
        own(stmt, &mut |expr| {
            let handlers = handlers(expr).into_iter();
            let own = handlers.filter(|handler| {
                let span = handler.span;
                let behind = within.start <= span.start && span.end <= within.end;
                behind && variable(handler) == Some(name)
            });
            given += own.count();
        });
    }
    given > 0 && uses == given + 1 && !captured
}

/// Calls `found` for each expression of a statement outside of closures.
fn own(stmt: &mut Stmt, found: &mut dyn FnMut(&mut Expr)) {
    for part in stmt.kind.parts_mut() {
        match part {
            PartMut::Expr(expr) => own_expr(expr, found),
            PartMut::Body(body) => body.iter_mut().for_each(|stmt| own(stmt, found)),
        }
    }
}

fn own_expr(expr: &mut Expr, found: &mut dyn FnMut(&mut Expr)) {
    found(expr);
    expr.children_mut()
        .into_iter()
        .for_each(|child| own_expr(child, found));
}

/// Whether nothing behind a closure sets a variable that it captures.
pub(super) fn captures_stay(whole: &[Stmt], closure: &Closure, at: Span) -> bool {
    if closure.uses.iter().any(|capture| capture.by_reference) || !is_movable(&closure.body) {
        return false;
    }
    let names: BTreeSet<String> = if closure.arrow {
        let own = |name: &String| closure.params.iter().any(|param| param.name == *name);
        let seen = mentioned(&closure.body).into_iter();
        seen.filter(|name| !own(name)).collect()
    } else {
        let uses = closure.uses.iter();
        uses.map(|capture| capture.name.clone()).collect()
    };
    let mut set = lent(whole);
    set_behind(whole, at, &mut set);
    names.is_disjoint(&set)
}

fn set_behind(statements: &[Stmt], at: Span, set: &mut BTreeSet<String>) {
    for stmt in statements {
        if stmt.span.start >= at.end {
            let stmt = std::slice::from_ref(stmt);
            set.extend(assigned(stmt));
            set.extend(changed_by_calls(stmt));
        } else if at.end <= stmt.span.end {
            for part in stmt.kind.parts() {
                if let Part::Body(body) = part {
                    set_behind(body, at, set);
                }
            }
        }
    }
}
