//! Closures.

use std::rc::Rc;

use super::Evaluator;
use super::plain::value;
use super::value::{Captured, Value};
use crate::hir::root;
use crate::hir::tree::{Expr, Function};
use crate::syntax::Span;

impl<'a> Evaluator<'a, '_> {
    pub(super) fn closure(&mut self, code: &'a Function, captures: &[(usize, usize)]) -> Value<'a> {
        let mut variables = Vec::new();
        for (outer, inner) in captures {
            let Some(inner) = code.locals.get(*inner) else {
                continue;
            };
            let outer = self.name(*outer);
            let value = match self.get(outer) {
                Some(value) => value.clone(),
                // A client, or what is told of when it is used.
                None => match self.host.variable(outer) {
                    Some(json) => value(json),
                    None => continue,
                },
            };
            variables.push((inner.name.clone(), value));
        }
        let params = code.params.len().saturating_sub(captures.len());
        Value::Closure(Rc::new(Captured {
            code,
            params,
            variables,
        }))
    }

    pub(super) fn call_closure(
        &mut self,
        callee: &'a Expr,
        args: &'a [Expr],
        span: Span,
    ) -> Value<'a> {
        let callee = self.expr(callee);
        let given = self.args(args);
        let value = self.call_value(&callee, given, span);
        let code = match &callee {
            Value::Closure(closure) => Some(closure.code),
            Value::Text(name) => self.functions.get(&name.to_ascii_lowercase()).copied(),
            _ => None,
        };
        if let Some(code) = code {
            self.forget_references(code, args);
        }
        value
    }

    /// Forgets the variables that a function is given by reference.
    pub(super) fn forget_references(&mut self, code: &'a Function, args: &'a [Expr]) {
        for (param, arg) in code.params.iter().zip(args) {
            if param.by_reference
                && let Some(local) = root(arg)
            {
                self.forget([self.name(local).to_owned()]);
            }
        }
    }

    pub(super) fn call_value(
        &mut self,
        callee: &Value<'a>,
        args: Vec<Value<'a>>,
        span: Span,
    ) -> Value<'a> {
        match callee {
            Value::Closure(closure) => {
                let closure = Rc::clone(closure);
                self.invoke(closure.code, closure.params, &closure.variables, args)
            }
            Value::Text(name) => match self.functions.get(&name.to_ascii_lowercase()).copied() {
                Some(code) => self.invoke(code, code.params.len(), &[], args),
                None => self.builtin(&name.to_ascii_lowercase(), args, span),
            },
            Value::Unknown(why) => Value::Unknown(Rc::clone(why)),
            Value::Null => {
                let message = "what is called here is not defined";
                self.error(span, message, "")
            }
            _ => Value::unknown("what this call returns"),
        }
    }
}
