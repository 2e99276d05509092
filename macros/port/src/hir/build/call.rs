//! Calls of functions and methods.

use super::callable::{takes, taking};
use super::{Builder, refused};
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::flatten::is_exception_name;
use crate::hir::function;
use crate::hir::signatures::misfit;
use crate::hir::tree::{Expr, ExprKind, ResponsePart, ThrownPart};
use crate::syntax::{self, Arg, ExprKind as PhpKind, Member, Name, Span};

impl<'a> Builder<'a> {
    pub(super) fn call(
        &mut self,
        expr: &'a syntax::Expr,
        function: &'a Name,
        args: &'a [Arg],
    ) -> Expr {
        let span = expr.span;
        let name = function.last();
        if let Some(closure) = self.first_class(expr) {
            return closure;
        }
        if let Some(function) = self.names.called(function) {
            let params = &function.params;
            let given = match self.args(args) {
                Some(args) => Some(args),
                None => self.named_args(params, args),
            };
            return match given {
                Some(args) => self.taking(span, args, params, |args| ExprKind::Call(name, args)),
                None => self.unknown(span, "these named or spread arguments"),
            };
        }
        // Another namespace's function, whatever its last name.
        if function.resolved.contains('\\') {
            return self.foreign_expr(expr);
        }
        if let Some(built) = self.with_callable(span, &name, args) {
            return built;
        }
        let asked = match name.as_str() {
            "method_exists" => self.method_exists(span, args),
            "property_exists" => self.property_exists(span, args),
            _ => None,
        };
        if let Some(asked) = asked {
            return asked;
        }
        match (name.as_str(), args) {
            ("isset", args) => {
                let all = args.iter().map(|arg| {
                    if let Some(asked) = self.is_in_table(&arg.value) {
                        return asked;
                    }
                    let value = self.expr(&arg.value);
                    Expr::new(arg.value.span, ExprKind::Isset(value))
                });
                let all: Vec<_> = all.collect();
                let both = |one, other| Expr::new(span, ExprKind::And(one, other));
                return all
                    .into_iter()
                    .reduce(both)
                    .unwrap_or_else(|| self.unknown(span, "`isset()`"));
            }
            ("empty", [arg]) => {
                let value = self.expr(&arg.value);
                return Expr::new(span, ExprKind::Not(value));
            }
            ("compact", args) if !args.is_empty() => {
                let entries: Option<Vec<_>> =
                    args.iter().map(|arg| self.compacted(&arg.value)).collect();
                return match entries {
                    Some(entries) => Expr::new(span, ExprKind::Array(entries)),
                    None => self.unknown(span, "a variable whose name only a run tells"),
                };
            }
            ("func_get_args" | "func_get_arg" | "func_num_args", _) if !self.is_open() => {
                let message = format!("`{name}`: no parameter takes these arguments");
                let problem = Problem::error(span, message).hint("declare a parameter `...$args`");
                return Expr::new(span, ExprKind::Refused(problem));
            }
            ("extract" | "get_defined_vars", _) | ("parse_str", [] | [_]) => {
                return self.unknown(span, "variables that a function sets by their names");
            }
            ("get_class", [arg])
                if self.class.is_some() && arg.value.is_this() && !self.is_open() =>
            {
                return self.class_of_this(span);
            }
            ("get_class", [arg]) if self.kind_of(&arg.value) == Ty::Thrown => {
                let value = self.expr(&arg.value);
                return Expr::new(span, ExprKind::OfThrown(ThrownPart::Class, value));
            }
            (
                "ksort" | "array_pop" | "array_shift" | "sort" | "array_push" | "array_unshift"
                | "end" | "reset" | "rsort" | "asort" | "arsort" | "krsort",
                _,
            )
            | ("usort" | "uasort" | "uksort", [_, _]) => {
                return self.change(expr, &name, args);
            }
            // `$ok or die('no')`
            ("exit" | "die", [] | [_]) => {
                let value = args.first().map(|arg| self.expr(&arg.value));
                return Expr::new(span, ExprKind::Exit(value));
            }
            (name, _) if self.names.prints && name.starts_with("ob_") => {
                let message = format!("`{name}`: what this file prints is printed at once");
                let problem = Problem::error(span, message);
                let problem = problem.hint("build the text in a variable, without `ob_start`");
                return Expr::new(span, ExprKind::Refused(problem));
            }
            _ => {}
        }
        if let Some(refused) = self.refused_setting(span, &name, args) {
            return refused;
        }
        if let Some(built) = self.openssl(span, &name, args) {
            return built;
        }
        if let Some(changing) = self.changing(span, &name, args) {
            return changing;
        }
        // First the name: arguments that are built and dropped double the work of each level.
        if function::is_known(&name)
            && let Some(args) = self.args(args)
        {
            let misfit = self.strict.then(|| misfit(&name, &args)).flatten();
            if let Some(built) = misfit.or_else(|| function::node(span, &name, args)) {
                return built;
            }
        }
        self.foreign_expr(expr)
    }

    /// `'no'` of `compact('no')`
    fn compacted(&mut self, name: &'a syntax::Expr) -> Option<crate::hir::tree::Entry> {
        let PhpKind::String(name_text) = &name.kind else {
            return None;
        };
        let local = self.local(name_text);
        Some(crate::hir::tree::Entry {
            key: Some(Expr::new(name.span, ExprKind::Text(name_text.clone()))),
            value: Expr::new(name.span, ExprKind::Local(local)),
            spread: false,
        })
    }

    /// Functions that change the array that they are given.
    fn change(&mut self, expr: &'a syntax::Expr, name: &str, args: &'a [Arg]) -> Expr {
        let span = expr.span;
        let Some((first, rest)) = args.split_first() else {
            return self.unknown(span, "this call");
        };
        if matches!(name, "end" | "reset")
            && let Some(values) = self.args(args)
        {
            let last = Expr::new(span, ExprKind::Bool(name == "end"));
            let all = values.into_iter().chain([last]).collect();
            return Expr::new(span, ExprKind::Builtin("end", all));
        }
        let place = match self.place(&first.value) {
            Ok(place) => place,
            Err(refused) => return refused,
        };
        let Some(mut rest) = self.args(rest) else {
            return self.unknown(span, "these arguments");
        };
        let sort = SORTS.into_iter().find(|sort| *sort == name);
        match (name, rest.len()) {
            ("usort" | "uasort" | "uksort", 1) => {
                let known = ["usort", "uasort", "uksort"];
                let known = known.into_iter().find(|known| *known == name);
                let name = known.unwrap_or("usort");
                Expr::new(span, ExprKind::Sort(name, place, rest.remove(0)))
            }
            (_, 0) if sort.is_some() => {
                let name = sort.unwrap_or("sort");
                Expr::new(span, ExprKind::Change(name, place, rest))
            }
            ("array_pop" | "array_shift", 0) => {
                let name = if name == "array_pop" {
                    "array_pop"
                } else {
                    "array_shift"
                };
                Expr::new(span, ExprKind::Change(name, place, rest))
            }
            ("array_push", 1) => Expr::new(span, ExprKind::Change("array_push", place, rest)),
            _ => self.unknown(span, &format!("`{name}` with these arguments")),
        }
    }

    pub(super) fn method(
        &mut self,
        expr: &'a syntax::Expr,
        object: &'a syntax::Expr,
        method: &'a Member,
        args: &'a [Arg],
    ) -> Expr {
        let span = expr.span;
        let name = method.name().unwrap_or_default().to_ascii_lowercase();
        let of_this = object.is_this();
        if let Some(misused) = self.misused_this(expr) {
            return misused;
        }
        if let Some(chained) = self.fluent(span, object, &name, args) {
            return chained;
        }
        if of_this && let Some(closure) = self.first_class(expr) {
            return closure;
        }
        if let Some(call) = self.dispatched(span, object, method, args) {
            return call;
        }
        if let Some(body) = self.body_of(expr) {
            return body;
        }
        let of = self.kind_of(object);
        match (of.present(), name.as_str(), args) {
            (_, "wait", _) if of_this && self.method_of_class(&name).is_some() => {}
            (_, "wait", [arg]) if !matches!(arg.value.kind, PhpKind::Bool(true)) => {
                return self.unknown(span, "`wait` that gives no answer");
            }
            (_, "wait", _) if of == Ty::Promise || is_promise_chain(object) => {
                let promise = self.expr(object);
                return Expr::new(span, ExprKind::Wait(promise));
            }
            (Ty::Promise, "then" | "otherwise", _) => {
                return refused(
                    span,
                    "a handler is added to a promise that a variable holds",
                );
            }
            (Ty::Response | Ty::Answer, "getstatuscode", []) => {
                let response = self.expr(object);
                return Expr::new(span, ExprKind::OfResponse(ResponsePart::Status, response));
            }
            (Ty::Response | Ty::Answer, "getreasonphrase", []) => {
                let response = self.expr(object);
                let status = ExprKind::OfResponse(ResponsePart::Status, response);
                let status = Expr::new(span, status);
                return Expr::new(span, ExprKind::Builtin("reason_phrase", vec![status]));
            }
            (Ty::Response | Ty::Answer, "getheaderline", [name]) => {
                let name = self.expr(&name.value);
                let response = self.expr(object);
                return Expr::new(
                    span,
                    ExprKind::OfResponse(ResponsePart::Header(name), response),
                );
            }
            (Ty::Unknown, "getstream", []) if self.in_main => {
                // The parts of an upload that a snippet is given.
                if let PhpKind::Variable(name) = &object.kind {
                    self.kinds.insert(name.clone(), Ty::Media);
                    return self.expr(object);
                }
            }
            (Ty::Media, "getstream", []) => return self.expr(object),
            (Ty::Media, "getcontenttype", []) => {
                // Marked: a text that is written there has no boundary.
                let text = Expr::new(span, ExprKind::Text("multipart/form-data".to_owned()));
                return Expr::new(span, ExprKind::Coerce(Ty::Text, text));
            }
            (Ty::Thrown, _, []) => {
                if let Some(part) = super::foreign::thrown_part(&name) {
                    let thrown = self.expr(object);
                    return Expr::new(span, ExprKind::OfThrown(part, thrown));
                }
            }
            _ => {}
        }
        if object.is_this()
            && let Some(known) = self.own_method(span, &name, args)
        {
            return known;
        }
        self.foreign_expr(expr)
    }

    pub(super) fn own_method(&mut self, span: Span, name: &str, args: &'a [Arg]) -> Option<Expr> {
        let shape = self.class?;
        let mut methods = shape.class.methods.iter();
        let found =
            methods.find(|method| method.has_body && method.name.eq_ignore_ascii_case(name))?;
        let params = &found.closure.params;
        let args = match self.args(args) {
            Some(args) => args,
            None => self.named_args(params, args)?,
        };
        let call = |args| ExprKind::Method(found.name.clone(), args);
        Some(self.taking(span, args, params, call))
    }

    /// A call of a function with these parameters.
    fn taking(
        &self,
        span: Span,
        args: Vec<Expr>,
        params: &[syntax::Param],
        call: impl FnOnce(Vec<Expr>) -> ExprKind,
    ) -> Expr {
        // Where calls keep their names, the function itself drops what it does not take.
        let takes = if self.is_open() {
            usize::MAX
        } else {
            takes(params)
        };
        taking(span, args, takes, call)
    }

    /// Named arguments in the order of the parameters.
    pub(super) fn named_args(
        &mut self,
        params: &'a [syntax::Param],
        args: &'a [Arg],
    ) -> Option<Vec<Expr>> {
        // PHP evaluates them as they are written.
        if !in_order(params, args) && !args.iter().all(|arg| is_simple(&arg.value))
            || params.iter().any(|param| param.variadic)
        {
            return None;
        }
        let mut out = Vec::new();
        for (index, param) in params.iter().enumerate() {
            let named = args
                .iter()
                .find(|arg| arg.name.as_deref() == Some(&param.name));
            let placed = args.get(index).filter(|arg| arg.name.is_none());
            match (placed.or(named), &param.default) {
                (Some(arg), _) => out.push(self.expr(&arg.value)),
                (None, Some(default)) => out.push(self.expr(default)),
                (None, None) => return None,
            }
        }
        let all = args.iter().all(|arg| match &arg.name {
            Some(name) => params.iter().any(|param| param.name == *name),
            None => true,
        });
        all.then_some(out)
    }

    pub(super) fn static_call(
        &mut self,
        expr: &'a syntax::Expr,
        class: &'a Name,
        method: &'a str,
        args: &'a [Arg],
    ) -> Expr {
        if let Some(closure) = self.first_class(expr) {
            return closure;
        }
        let own = matches!(class.written.as_str(), "self" | "static")
            || self
                .class
                .is_some_and(|shape| class.last() == shape.class.name.to_ascii_lowercase());
        if class.written == "parent"
            && let Some(known) = self.parent_method(expr.span, method, args)
        {
            return known;
        }
        if own && let Some(known) = self.own_method(expr.span, method, args) {
            return known;
        }
        if let Some(known) = self.sdk_static(expr, class, method, args) {
            return known;
        }
        self.foreign_expr(expr)
    }

    pub(super) fn new_object(
        &mut self,
        expr: &'a syntax::Expr,
        class: &'a Name,
        args: &'a [Arg],
    ) -> Expr {
        if class.last() == "stdclass" && args.is_empty() {
            let empty = Expr::new(expr.span, ExprKind::Array(Vec::new()));
            return Expr::new(expr.span, ExprKind::ToObject(empty));
        }
        if class.is("WeChatPay\\Util\\MediaUtil") {
            return match self.args(args) {
                Some(args) if args.len() == 1 => Expr::new(
                    expr.span,
                    ExprKind::Crypto(crate::hir::tree::Crypto::Media, args),
                ),
                _ => refused(expr.span, "an upload from a stream"),
            };
        }
        if self.in_main && class.is("GuzzleHttp\\Client") {
            let message =
                "a plain Guzzle client does not sign: this is no call of WeChat Pay's API";
            let hint = "fetch it with an HTTP client of your own, such as `reqwest`";
            let problem = Problem::error(expr.span, message).hint(hint);
            return Expr::new(expr.span, ExprKind::Refused(problem));
        }
        if !self.is_thrown(class) {
            return self.foreign_expr(expr);
        }
        self.new_thrown(expr, class, args)
    }

    pub(super) fn is_thrown(&self, class: &Name) -> bool {
        let exceptions = &self.names.exceptions;
        if exceptions.has(&class.resolved) {
            let mut above = exceptions.above(&class.resolved).into_iter();
            let known = exceptions.making(&class.resolved).is_some()
                || exceptions.is_silent(&class.resolved);
            return known && above.any(|path| is_exception_name(&path));
        }
        let last = class.last();
        last.ends_with("exception") || last.ends_with("error") || last == "throwable"
    }

    /// `(string) $response->getBody()`, `…->getBody()->getContents()`, `…->getBody()`
    pub(super) fn body_of(&mut self, expr: &'a syntax::Expr) -> Option<Expr> {
        let PhpKind::MethodCall {
            object,
            method,
            args,
        } = &expr.kind
        else {
            return None;
        };
        if !args.is_empty() {
            return None;
        }
        match method.name()?.to_ascii_lowercase().as_str() {
            "getcontents" if self.held.late.contains(&expr.span.start) => {
                self.body_of(object)?;
                let message =
                    "`getContents()` behind another read of this body: PHP gives an empty text";
                let hint = "`(string) $response->getBody()` gives all of it again";
                let problem = Problem::error(expr.span, message).hint(hint);
                Some(Expr::new(expr.span, ExprKind::Refused(problem)))
            }
            "getcontents" | "__tostring" => self.body_of(object),
            "getbody" if matches!(self.kind_of(object).present(), Ty::Response | Ty::Answer) => {
                let response = self.expr(object);
                Some(Expr::new(
                    expr.span,
                    ExprKind::OfResponse(ResponsePart::Body, response),
                ))
            }
            _ => None,
        }
    }
}

/// Functions that sort an array by its values or keys.
const SORTS: [&str; 6] = ["sort", "rsort", "asort", "arsort", "ksort", "krsort"];

/// Whether named arguments stand in the order of the parameters.
fn in_order(params: &[syntax::Param], args: &[Arg]) -> bool {
    let places = args.iter().enumerate().map(|(index, arg)| match &arg.name {
        Some(name) => params.iter().position(|param| param.name == *name),
        None => Some(index),
    });
    places.is_sorted()
}

/// Whether a promise stands before `->wait()`.
fn is_promise_chain(expr: &syntax::Expr) -> bool {
    crate::recognise::Call::of(expr).is_some_and(|call| {
        call.verb.mode == crate::recognise::Mode::Async && !call.steps.is_empty()
    })
}

/// Whether an expression is a literal or a variable: the order in which such expressions are evaluated does not matter.
pub(super) fn is_simple(value: &syntax::Expr) -> bool {
    matches!(
        value.kind,
        PhpKind::Variable(_)
            | PhpKind::Null
            | PhpKind::Bool(_)
            | PhpKind::Int(_)
            | PhpKind::Float(_)
            | PhpKind::String(_)
    )
}
