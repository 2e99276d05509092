//! The SDK's static methods, and the whole names of classes.

use super::Builder;
use crate::hir::sdk_class::{self, Class};
use crate::hir::tree::{Entry, Expr};
use crate::syntax::{self, Arg, ExprKind as PhpKind, Name, WholeExpr};

/// The whole name: snippets leave their `use`s out, so that Guzzle's exceptions are known by their
/// last word; a class of PHP's own has no namespace.
pub(super) fn full_name(name: &Name) -> String {
    full_path(&name.resolved)
}

/// The same of a name as PHP resolves it.
pub(in crate::hir) fn full_path(resolved: &str) -> String {
    let guzzle = [
        "GuzzleException",
        "TransferException",
        "ConnectException",
        "RequestException",
        "BadResponseException",
        "ClientException",
        "ServerException",
        "TooManyRedirectsException",
    ];
    if !resolved.contains('\\')
        && let Some(known) = guzzle
            .iter()
            .find(|known| known.eq_ignore_ascii_case(resolved))
    {
        return format!("GuzzleHttp\\Exception\\{known}");
    }
    resolved.trim_start_matches('\\').to_owned()
}

impl<'a> Builder<'a> {
    /// `Rsa::…`, `AesGcm::…`, `Formatter::…`, `Hash::…`, `PemUtil::…`
    pub(super) fn sdk_static(
        &mut self,
        expr: &'a syntax::Expr,
        class: &'a Name,
        method: &str,
        args: &'a [Arg],
    ) -> Option<Expr> {
        let span = expr.span;
        let Some(known) = Class::of(class) else {
            let factory = class.is("WeChatPay\\Builder");
            return factory
                .then(|| self.unknown(span, &format!("`Builder::{method}` with these arguments")));
        };
        if known == Class::Formatter && method.eq_ignore_ascii_case("joinedByLineFeed") {
            return Some(self.joined_by_line_feed(expr, args));
        }
        match self.args(args) {
            Some(args) => known.node(span, method, args),
            None => Some(self.unknown(span, "these arguments")),
        }
    }

    fn joined_by_line_feed(&mut self, expr: &'a syntax::Expr, args: &'a [Arg]) -> Expr {
        let entries = args.iter().map(|arg| {
            let (value, spread) = match &arg.value.kind {
                PhpKind::Whole(whole) => match &**whole {
                    WholeExpr::Spread(inner) => (inner, true),
                    _ => (&arg.value, false),
                },
                _ => (&arg.value, false),
            };
            Entry {
                key: None,
                value: self.expr(value),
                spread,
            }
        });
        sdk_class::joined_by_line_feed(expr.span, entries.collect())
    }
}
