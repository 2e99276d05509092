//! `call_user_func_array($callable, $list)`, where the list is no literal. Only a run knows which parameter takes which item.

use super::Builder;
use super::dispatch::Given;
use super::guarded::is_own;
use crate::hir::tree::{Entry, Expr, ExprKind, Place, Root};
use crate::syntax::{self, ExprKind as PhpKind, Param, Span};

impl<'a> Builder<'a> {
    pub(super) fn listed(
        &mut self,
        span: Span,
        callee: &'a syntax::Expr,
        list: &'a syntax::Expr,
    ) -> Option<Expr> {
        if self.is_open() {
            return None;
        }
        if let Some(name) = self.function_name_of(callee) {
            let function = self.names.named(&name)?;
            let list = self.expr(list);
            let own = name.rsplit('\\').next().unwrap_or(&name);
            let call = |args| ExprKind::Call(own.to_ascii_lowercase(), args);
            return self.with_list(span, &name, &function.params, list, &call);
        }
        let PhpKind::Array(items) = &callee.kind else {
            return None;
        };
        let [object, method] = &**items else {
            return None;
        };
        let keyed = object.key.is_some() || method.key.is_some();
        if keyed || !is_own(&object.value) {
            return None;
        }
        let list = self.expr(list);
        let PhpKind::String(name) = &method.value.kind else {
            let name = "call_user_func_array";
            return self.user_func(span, name, callee, Given::List(&list));
        };
        let shape = self.class?;
        let mut methods = shape.class.methods.iter();
        let found =
            methods.find(|method| method.has_body && method.name.eq_ignore_ascii_case(name))?;
        let function = format!("{}::{}", self.qualified(&shape.class.name)?, found.name);
        let call = |args| ExprKind::Method(found.name.clone(), args);
        self.with_list(span, &function, &found.closure.params, list, &call)
    }

    /// A call that gives each parameter an item of a list.
    pub(super) fn with_list(
        &mut self,
        span: Span,
        function: &str,
        params: &'a [Param],
        list: Expr,
        call: &dyn Fn(Vec<Expr>) -> ExprKind,
    ) -> Option<Expr> {
        let plain = |param: &Param| !param.variadic && !param.by_reference;
        if !params.iter().all(plain) {
            return None;
        }
        let text = |text: &str| Expr::new(span, ExprKind::Text(text.to_owned()));
        let names = params.iter().map(|param| Entry {
            key: None,
            value: text(&param.name),
            spread: false,
        });
        let names = Expr::new(span, ExprKind::Array(names.collect()));
        let last = params.iter().rposition(|param| param.default.is_none());
        let needed = number(span, last.map_or(0, |last| last + 1));
        let args = vec![list, names, needed, text(function)];
        let all = Expr::new(span, ExprKind::Builtin("spread_arguments", args));
        if params.is_empty() {
            let arms = vec![(None, Expr::new(span, call(Vec::new())))];
            return Some(Expr::new(span, ExprKind::Match(all, arms)));
        }
        let args = self.each_of_list(span, params, all);
        Some(Expr::new(span, call(args)))
    }

    fn each_of_list(&mut self, span: Span, params: &'a [Param], all: Expr) -> Vec<Expr> {
        let name = format!("given_{}_{}", span.start, self.locals.len());
        let local = self.local(&name);
        let place = Place {
            root: Root::Local(local),
            path: Vec::new(),
        };
        let mut first = Some(Expr::new(span, ExprKind::Assign(place, all)));
        let mut args = Vec::new();
        for (index, param) in params.iter().enumerate() {
            let given = Expr::new(span, ExprKind::Local(local));
            let whole = first.take().unwrap_or_else(|| given.clone());
            let index = number(span, index);
            args.push(match &param.default {
                None => Expr::new(span, ExprKind::Index(whole, index)),
                Some(default) => {
                    let asked = ExprKind::Builtin("array_key_exists", vec![index.clone(), whole]);
                    let item = Expr::new(span, ExprKind::Index(given, index));
                    let default = self.expr(default);
                    let chosen = ExprKind::Ternary(Expr::new(span, asked), Some(item), default);
                    Expr::new(span, chosen)
                }
            });
        }
        args
    }
}

fn number(span: Span, number: usize) -> Expr {
    let number = i64::try_from(number).unwrap_or_default();
    Expr::new(span, ExprKind::Int(number))
}
