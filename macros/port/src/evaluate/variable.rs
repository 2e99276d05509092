//! Variables, and the texts and clients that they hold.

use super::Evaluator;
use super::path::Chain;
use super::plain::value;
use super::value::Value;
use crate::hir::tree::{Expr, ExprKind};
use crate::syntax::Span;

impl<'a> Evaluator<'a, '_> {
    /// The text of an expression, when it is known.
    pub(super) fn text(&mut self, expr: &'a Expr) -> Option<String> {
        match self.expr(expr).to_text() {
            Ok(text) => Some(text),
            Err(why) => {
                self.error(expr.span, format!("a text is needed here, and {why}"), "");
                None
            }
        }
    }

    pub(super) fn variable(&mut self, name: &str, span: Span) -> Value<'a> {
        if let Some(value) = self.get(name) {
            return value.clone();
        }
        if let Some(json) = self.host.variable(name) {
            return value(json);
        }
        let stand_in = self.host.stand_in(name);
        if self.told.insert(name.to_owned()) {
            let instead = match &stand_in {
                Some(json) => format!("{json} stands in for it"),
                None => "PHP takes null for it".to_owned(),
            };
            self.warn(
                span,
                format!("`${name}` is not defined here, and {instead}"),
                &advice(name),
            );
        }
        stand_in.map_or(Value::Null, value)
    }

    /// Whether the code or the host has given a variable a value.
    pub(super) fn is_defined(&self, name: &str) -> bool {
        self.get(name).is_some() || self.host.variable(name).is_some()
    }

    /// The value of what may be undefined: the reader is not told.
    pub(super) fn quietly(&mut self, expr: &'a Expr) -> Value<'a> {
        match &*expr.kind {
            ExprKind::Local(local) if !self.is_defined(self.name(*local)) => Value::Null,
            _ => self.expr(expr),
        }
    }

    /// The expression before `->` and `[`: an undefined variable is a client there.
    pub(super) fn object(&mut self, expr: &'a Expr) -> Value<'a> {
        match &*expr.kind {
            ExprKind::Local(local) => {
                let name = self.name(*local);
                match self.root(name) {
                    value @ Value::Chain(_) if !self.is_defined(name) => value,
                    _ => self.expr(expr),
                }
            }
            _ => self.expr(expr),
        }
    }

    /// The value of a variable that a path may begin with.
    pub(super) fn root(&mut self, name: &str) -> Value<'a> {
        if let Some(known) = self.get(name) {
            return known.clone();
        }
        match self.host.variable(name) {
            Some(json) => value(json),
            None => Value::Chain(Chain::root(Some(name.trim_start_matches('\0')))),
        }
    }
}

/// A key is no argument: other users of the machine see those.
fn advice(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let secret = ["key", "secret", "password", "token"];
    if secret.iter().any(|it| lower.contains(it)) {
        format!("give it a value: --define {name}=@FILE or {name}=env:NAME")
    } else {
        format!("give it a value: --define {name}=…")
    }
}
