//! Callables: closures, variables that hold them, names of functions and methods, `strtoupper(...)`.

use super::Builder;
use super::dispatch::Given;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, Function, Param, Stmt, StmtKind};
use crate::syntax::{self, Arg, BinaryOp, Closure, ExprKind as PhpKind, Name, Span};

impl<'a> Builder<'a> {
    /// `call_user_func(…)`, `array_map(…)` and their kin, where it is known what is called.
    pub(super) fn with_callable(
        &mut self,
        span: Span,
        name: &str,
        args: &'a [Arg],
    ) -> Option<Expr> {
        if args.iter().any(|arg| arg.name.is_some()) {
            return None;
        }
        match (name, args) {
            ("call_user_func", [callee, args @ ..]) => {
                let args = self.args(args)?;
                self.user_func(span, name, &callee.value, Given::Each(&args))
                    .or_else(|| self.called(span, &callee.value, args))
            }
            ("call_user_func_array", [callee, list]) => {
                let PhpKind::Array(items) = &list.value.kind else {
                    return self.listed(span, &callee.value, &list.value);
                };
                let plain = |item: &syntax::Item| {
                    item.key.is_none() && !matches!(item.value.kind, PhpKind::Whole(_))
                };
                if !items.iter().all(plain) {
                    return None;
                }
                let args = items.iter().map(|item| self.expr(&item.value));
                let args: Vec<_> = args.collect();
                self.user_func(span, name, &callee.value, Given::Each(&args))
                    .or_else(|| self.called(span, &callee.value, args))
            }
            ("array_map", [callee, array]) => {
                let closure = self.callable(&callee.value, 1)?;
                let array = self.expr(&array.value);
                Some(Expr::new(span, ExprKind::Map(closure, array)))
            }
            ("array_filter", [array, callee]) => {
                let closure = self.callable(&callee.value, 1)?;
                let array = self.expr(&array.value);
                Some(Expr::new(span, ExprKind::Filter(array, closure)))
            }
            ("usort" | "uasort" | "uksort", [array, callee]) => {
                let known = ["usort", "uasort", "uksort"];
                let name = known.into_iter().find(|known| *known == name)?;
                let closure = self.callable(&callee.value, 2)?;
                let place = self.place(&array.value).ok()?;
                Some(Expr::new(span, ExprKind::Sort(name, place, closure)))
            }
            _ => None,
        }
    }

    /// A closure with this number of parameters that calls what is named; a closure as it is written is left to others.
    fn callable(&mut self, callee: &'a syntax::Expr, arity: usize) -> Option<Expr> {
        if matches!(callee.kind, PhpKind::Closure(_)) {
            return None;
        }
        let span = callee.span;
        let mut inner = Builder::new(self.block, self.names, self.class);
        inner.in_closure = true;
        inner.kinds = self.kinds.clone();
        let params: Vec<_> = (0..arity)
            .map(|index| given(inner.local(&format!("given_{}", index + 1))))
            .collect();
        let args = params
            .iter()
            .map(|param| Expr::new(span, ExprKind::Local(param.local)))
            .collect();
        let mut captures = Vec::new();
        let mut all = params;
        let called = match &callee.kind {
            PhpKind::Variable(name) if self.kind(name) == Ty::Closure => {
                let (outer, own) = (self.local(name), inner.local(name));
                captures.push((outer, own));
                all.push(Param {
                    ty: Ty::Closure,
                    ..given(own)
                });
                let closure = Expr::new(span, ExprKind::Local(own));
                Expr::new(span, ExprKind::CallClosure(closure, args))
            }
            _ => inner.called(span, callee, args)?,
        };
        let function = Function {
            span,
            name: String::new(),
            public: false,
            params: all,
            declared: false,
            gives_array: None,
            returns: Ty::Unknown,
            locals: inner.locals,
            body: vec![Stmt {
                span,
                kind: StmtKind::Return(Some(called)),
            }],
            // PHP's own functions convert what they give to a callback.
            strict: false,
            notified: false,
        };
        Some(Expr::new(
            span,
            ExprKind::Closure(Box::new(function), captures),
        ))
    }

    /// A call of what a callable names; nothing where only a run tells.
    pub(super) fn called(
        &mut self,
        span: Span,
        callee: &'a syntax::Expr,
        args: Vec<Expr>,
    ) -> Option<Expr> {
        if let Some(name) = self
            .function_name_of(callee)
            .filter(|name| !name.contains("::"))
        {
            let own = self.names.named(&name);
            return self.call_found(span, own, &name, args);
        }
        match &callee.kind {
            PhpKind::Variable(name) if self.kind(name) == Ty::Closure => {
                let closure = self.expr(callee);
                Some(Expr::new(span, ExprKind::CallClosure(closure, args)))
            }
            PhpKind::Array(items) => {
                let [object, method] = &**items else {
                    return None;
                };
                let own = match &object.value.kind {
                    PhpKind::Variable(name) => name == "this",
                    PhpKind::ClassConstant { class, name } => {
                        name.eq_ignore_ascii_case("class")
                            && matches!(class.written.as_str(), "self" | "static")
                    }
                    _ => false,
                };
                match &method.value.kind {
                    PhpKind::String(name) if own => self.call_own(span, name, args),
                    _ => None,
                }
            }
            PhpKind::Call {
                function,
                args: dots,
            } if self.is_first_class(callee, dots) => {
                let own = self.names.called(function);
                self.call_found(span, own, &function.resolved, args)
            }
            PhpKind::MethodCall {
                object,
                method,
                args: dots,
            } if self.is_first_class(callee, dots) && object.is_this() => {
                self.call_own(span, method.name()?, args)
            }
            PhpKind::StaticCall {
                class,
                method,
                args: dots,
            } if self.is_first_class(callee, dots) && self.is_of_class(class) => {
                self.call_own(span, method, args)
            }
            _ => None,
        }
    }

    /// `$f = $this->method(...);`, `$f = own(...);`
    pub(super) fn first_class(&mut self, expr: &'a syntax::Expr) -> Option<Expr> {
        let (args, params) = match &expr.kind {
            PhpKind::Call { function, args } => {
                let name = function.last();
                let Some(own) = self.names.called(function) else {
                    let takes = self.is_first_class(expr, args).then(|| all_of_php(&name))?;
                    return self.callable(expr, takes?);
                };
                (args, &own.params)
            }
            PhpKind::MethodCall { method, args, .. } => (args, self.params_of(method.name()?)?),
            PhpKind::StaticCall {
                class,
                method,
                args,
            } if self.is_of_class(class) => (args, self.params_of(method)?),
            _ => return None,
        };
        if !self.is_first_class(expr, args) || needed(params) != params.len() {
            return None;
        }
        let mut made = self.callable(expr, params.len())?;
        if let ExprKind::Closure(closure, _) = &mut *made.kind {
            for (param, own) in closure.params.iter_mut().zip(params) {
                declare(param, own);
            }
        }
        Some(made)
    }

    fn params_of(&self, name: &str) -> Option<&'a Vec<syntax::Param>> {
        let mut methods = self.class?.class.methods.iter();
        let found = methods.find(|method| method.name.eq_ignore_ascii_case(name))?;
        Some(&found.closure.params)
    }

    fn is_of_class(&self, class: &Name) -> bool {
        let own = self.class.map(|shape| shape.class.name.as_str());
        matches!(class.written.as_str(), "self" | "static")
            || own.is_some_and(|own| class.written.eq_ignore_ascii_case(own))
    }

    /// Whether `f(...)` is written.
    pub(super) fn is_first_class(&self, callee: &syntax::Expr, args: &[Arg]) -> bool {
        let text: String = self.source(callee.span).split_whitespace().collect();
        args.len() <= 1 && text.ends_with("(...)")
    }

    /// A text, also `__NAMESPACE__ . '\f'`.
    pub(super) fn function_name_of(&self, value: &syntax::Expr) -> Option<String> {
        match &value.kind {
            PhpKind::String(text) => Some(text.clone()),
            PhpKind::Binary {
                left,
                op: BinaryOp::Concat,
                right,
            } => Some(self.function_name_of(left)? + &self.function_name_of(right)?),
            PhpKind::Constant(name) if name.last() == "__namespace__" => {
                self.names.namespace.clone()
            }
            _ => None,
        }
    }

    /// A call of a function of the file, or of PHP's by its whole name.
    fn call_found(
        &mut self,
        span: Span,
        own: Option<&Closure>,
        whole: &str,
        args: Vec<Expr>,
    ) -> Option<Expr> {
        let whole = whole.strip_prefix('\\').unwrap_or(whole);
        let name = whole.rsplit('\\').next().unwrap_or(whole);
        let name = name.to_ascii_lowercase();
        if let Some(function) = own {
            let fits = args.len() >= needed(&function.params) && is_plain(&function.params);
            let takes = function.params.len();
            return fits.then(|| taking(span, args, takes, |args| ExprKind::Call(name, args)));
        }
        if whole.contains('\\') {
            return None;
        }
        crate::hir::function::node(span, &name, args)
    }

    fn call_own(&mut self, span: Span, name: &str, args: Vec<Expr>) -> Option<Expr> {
        let shape = self.class?;
        let mut methods = shape.class.methods.iter();
        let found =
            methods.find(|method| method.has_body && method.name.eq_ignore_ascii_case(name))?;
        let params = &found.closure.params;
        let fits = args.len() >= needed(params) && is_plain(params);
        let call = |args| ExprKind::Method(found.name.clone(), args);
        fits.then(|| taking(span, args, params.len(), call))
    }
}

/// A call of a function that takes this number of arguments. PHP evaluates further ones, and drops them.
pub(in crate::hir) fn taking(
    span: Span,
    mut args: Vec<Expr>,
    takes: usize,
    call: impl FnOnce(Vec<Expr>) -> ExprKind,
) -> Expr {
    let mut others = args.split_off(takes.min(args.len()));
    others.retain(|other| !is_idle(other));
    if others.is_empty() {
        return Expr::new(span, call(args));
    }
    let aside = |value, first| ExprKind::Aside {
        value,
        others,
        first,
    };
    match args.pop() {
        Some(last) => {
            args.push(Expr::new(last.span, aside(last, false)));
            Expr::new(span, call(args))
        }
        None => Expr::new(span, aside(Expr::new(span, call(args)), true)),
    }
}

/// The number of arguments that a function takes.
pub(super) fn takes(params: &[syntax::Param]) -> usize {
    let variadic = params.iter().any(|param| param.variadic);
    if variadic { usize::MAX } else { params.len() }
}

/// Whether nothing happens where a value is evaluated.
pub(super) fn is_idle(value: &Expr) -> bool {
    matches!(
        *value.kind,
        ExprKind::Local(_)
            | ExprKind::Field(_)
            | ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Text(_)
    )
}

fn needed(params: &[syntax::Param]) -> usize {
    params
        .iter()
        .filter(|param| param.default.is_none())
        .count()
}

fn is_plain(params: &[syntax::Param]) -> bool {
    !params
        .iter()
        .any(|param| param.variadic || param.by_reference)
}

/// Gives a parameter the scalar type of the function that is called.
fn declare(param: &mut Param, own: &syntax::Param) {
    let declared = own.ty.as_deref().and_then(Ty::declared);
    if let Some(ty) = declared.filter(Ty::is_scalar) {
        param.ty = ty;
        param.declared = true;
    }
}

fn given(local: usize) -> Param {
    Param {
        local,
        ty: Ty::Any,
        declared: false,
        default: None,
        arrays: None,
        foreign: false,
        variadic: false,
        by_reference: false,
    }
}

/// How many arguments a function of PHP takes, if it needs all of them.
fn all_of_php(name: &str) -> Option<usize> {
    let params = wechatpay_chain_php::function::Function::of(name)?.params;
    let needs_all = params.iter().all(|param| param.default.is_none());
    needs_all.then_some(params.len())
}
