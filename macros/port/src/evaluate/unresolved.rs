//! Names that PHP looks up when it runs: methods, classes, functions that the file does not declare.

use super::Evaluator;
use super::path::Chain;
use super::value::Value;
use crate::hir::SdkClass;
use crate::hir::tree::{Open, Unresolved};
use crate::syntax::{Name, Span};

impl<'a> Evaluator<'a, '_> {
    /// A name that PHP looks up when it runs.
    pub(super) fn unresolved(&mut self, unresolved: &'a Unresolved, span: Span) -> Value<'a> {
        match unresolved {
            Unresolved::Member(name) => self.expr(name),
            Unresolved::Function(name, args) => self.php_function(name, args, span),
            Unresolved::Method(method) => self.method_call(method, span),
            Unresolved::Static(class, method, args) => {
                let args = self.args(args);
                self.static_call(class, method, &args, span)
            }
            Unresolved::New(class, args) => {
                let args = self.args(args);
                self.new_object(class, args, span)
            }
            Unresolved::Clone(inner) => match self.expr(inner) {
                Value::Object(object) => Value::object(object.borrow().clone()),
                other => other,
            },
            Unresolved::Sharing(closure, shared) => {
                let closure = self.expr(closure);
                self.forget(shared.iter().cloned());
                closure
            }
            Unresolved::Open(open) => self.open(open),
        }
    }

    fn open(&mut self, open: &'a Open) -> Value<'a> {
        let parts = self.args(&open.parts);
        self.forget(open.changes.iter().cloned());
        if let Some(problem) = &open.told {
            self.problems.push(problem.clone());
            return Value::unknown(open.what.as_str());
        }
        let why = parts.into_iter().find_map(|part| match part {
            Value::Unknown(why) => Some(why),
            _ => None,
        });
        Value::Unknown(why.unwrap_or_else(|| open.what.as_str().into()))
    }

    fn static_call(
        &mut self,
        class: &Name,
        method: &str,
        args: &[Value<'a>],
        span: Span,
    ) -> Value<'a> {
        if class.is("WeChatPay\\Builder") && method.eq_ignore_ascii_case("factory") {
            self.warn_of_settings(args, span);
            return Value::Chain(Chain::default());
        }
        let known = SdkClass::of(class)
            .and_then(|class| class.node(span, method, super::node::args(args, span)))
            .and_then(|node| self.node(&node, args));
        known
            .or_else(|| self.guzzle(class, &method.to_ascii_lowercase(), args, span))
            .unwrap_or_else(|| {
                let what = format!("what `{}::{method}()` returns", class.written);
                Value::unknown(what)
            })
    }

    /// The settings of the client that its requests have, and that are not shown.
    fn warn_of_settings(&mut self, args: &[Value<'a>], span: Span) {
        let Some(Value::Array(settings)) = args.first() else {
            return;
        };
        let shown = |name: &&str| matches!(settings.get_text(name), None | Some(Value::Null));
        for name in ["base_uri", "headers"]
            .into_iter()
            .filter(|name| !shown(name))
        {
            let message =
                format!("the requests are shown without the setting `{name}` of the client");
            self.warn(span, message, "");
        }
    }
}
