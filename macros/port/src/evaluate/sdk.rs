//! The SDK's own classes.

use super::path::Chain;
use super::value::Value;
use super::{Evaluator, node};
use crate::hir::{SdkClass, sdk_constant};
use crate::syntax::{Name, Span};

impl<'a> Evaluator<'a, '_> {
    pub(super) fn static_call(
        &mut self,
        class: &Name,
        method: &str,
        args: &[Value<'a>],
        span: Span,
    ) -> Value<'a> {
        if class.is("WeChatPay\\Builder") && method.eq_ignore_ascii_case("factory") {
            return Value::Chain(Chain::default());
        }
        let known = SdkClass::of(class)
            .and_then(|class| class.node(span, method, node::args(args, span)))
            .and_then(|node| self.node(&node, args));
        known
            .or_else(|| self.guzzle(class, &method.to_ascii_lowercase(), args, span))
            .unwrap_or_else(|| {
                let what = format!("what `{}::{method}()` returns", class.written);
                Value::unknown(what)
            })
    }

    pub(super) fn class_constant(&mut self, class: &Name, name: &str) -> Value<'a> {
        if name == "class" {
            return Value::Text(class.resolved.clone());
        }
        match sdk_constant(class, name) {
            Some(text) => Value::Text(text.into()),
            None => Value::unknown(format!("the constant `{}::{name}`", class.written)),
        }
    }
}
