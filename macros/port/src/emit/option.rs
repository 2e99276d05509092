//! The options of a call that are more than one setter.

use super::call::{Options, link};
use super::fold;
use super::porter::{Outcome, Porter};
use super::rust::Expr;
use super::scope::Ty;
use super::text::quoted;
use crate::diagnostic::Problem;
use crate::syntax::{Expr as Php, ExprKind, Item, Span};

impl<'a> Porter<'a> {
    pub(crate) fn query(&mut self, options: &mut Options, value: &'a Php) -> Outcome<()> {
        let array = match &value.kind {
            ExprKind::Variable(name) => self.arrays.get(name).copied().unwrap_or(value),
            _ => value,
        };
        if let ExprKind::Array(items) = &array.kind {
            // What was added to the variable since is in it, too.
            let own = std::ptr::eq(array, value);
            if own {
                return self.pairs(options, array.span, items);
            }
            return self.object_query(options, value, items);
        }
        match fold::constant(value, &self.scope) {
            Some(serde_json::Value::Null) => Ok(()),
            Some(serde_json::Value::String(text)) => {
                for pair in text.split('&').filter(|pair| !pair.is_empty()) {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    let args = [quoted(name), quoted(value)].map(Expr::raw);
                    options.links.push(link(".query", args));
                }
                Ok(())
            }
            _ => {
                let message = "this query is known only when PHP runs";
                let hint = "write its parameters as an array, or use `Chain::request`";
                Err(Problem::error(value.span, message).hint(hint))
            }
        }
    }

    pub(crate) fn pairs(
        &mut self,
        options: &mut Options,
        span: Span,
        items: &'a [Item],
    ) -> Outcome<()> {
        let keyed = fold::keyed(items, &self.scope).ok_or_else(|| {
            Problem::error(span, "a name of this query is known only when PHP runs")
        })?;
        for index in 0..items.len() {
            let item = &items[index];
            let (before, after) = self.item_comments(span, items, index);
            let Some((key, kept)) = keyed.iter().find(|(_, kept)| kept.span == item.span) else {
                continue;
            };
            let value = self.option_value(&kept.value)?;
            let mut link = link(".query", [Expr::raw(quoted(&key.text())), value]);
            link.before = before;
            link.after = after;
            options.links.push(link);
        }
        Ok(())
    }

    /// The parameters of a variable, one by one: what was assigned to it since counts.
    pub(crate) fn object_query(
        &mut self,
        options: &mut Options,
        value: &'a Php,
        items: &'a [Item],
    ) -> Outcome<()> {
        let variable = self.value(value, &Ty::Json)?;
        let name = variable.expr.flat();
        let keyed = fold::keyed(items, &self.scope).unwrap_or_default();
        let mut keys: Vec<String> = keyed.iter().map(|(key, _)| key.text()).collect();
        if let ExprKind::Variable(php) = &value.kind {
            for key in self.added.get(php).into_iter().flatten() {
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
        }
        for key in keys {
            let key = quoted(&key);
            let args = [key.clone(), format!("{name}[{key}].clone()")].map(Expr::raw);
            options.links.push(link(".query", args));
        }
        Ok(())
    }

    /// A value of a query or variable: `impl Into<Value>`.
    pub(crate) fn option_value(&mut self, value: &'a Php) -> Outcome<Expr> {
        if matches!(value.kind, ExprKind::Array(_)) {
            let json = self.json(value, "")?;
            return Ok(self.json_value(json, "value"));
        }
        if self.encrypted(value).is_ok_and(|plain| plain.is_some()) {
            let message = "PHP encrypts this by hand: the client does so for what the catalog \
                           names, and would do it twice";
            return Err(Problem::error(value.span, message)
                .hint("give the plaintext, or `client.encrypt(..)` where the catalog is silent"));
        }
        let value = self.value(value, &Ty::Str)?;
        if value.ty == Ty::Null {
            let json = self.imports.of("serde_json", "json");
            return Ok(Expr::raw(format!("{json}!(null)")));
        }
        Ok(value.as_value())
    }

    pub(crate) fn headers(&mut self, options: &mut Options, value: &'a Php) -> Outcome<()> {
        let ExprKind::Array(items) = &value.kind else {
            if matches!(value.kind, ExprKind::Null) {
                return Ok(());
            }
            let message = "headers are an array of names and values here";
            return Err(Problem::error(value.span, message));
        };
        for index in 0..items.len() {
            let item = &items[index];
            let name = self.key_of(item)?.text();
            let (before, after) = self.item_comments(value.span, items, index);
            if name.eq_ignore_ascii_case("content-type") && self.is_media_type(&item.value) {
                // Only the client knows the boundary.
                continue;
            }
            if RESERVED
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&name))
            {
                let message = format!("the header {name} is set by the client");
                return Err(Problem::error(item.span, message).hint("leave it out"));
            }
            let values: Vec<&'a Php> = match &item.value.kind {
                ExprKind::Array(items) => items.iter().map(|item| &item.value).collect(),
                _ => vec![&item.value],
            };
            let [value] = &*values else {
                let message = "a header of several lines: write `.headers([..])` by hand";
                return Err(Problem::error(item.span, message));
            };
            let value = self.value(value, &Ty::Str)?;
            let text = match (&value.ty, &value.expr) {
                (Ty::Int | Ty::Float, Expr::Raw(number))
                    if number.starts_with(|c: char| c.is_ascii_digit()) =>
                {
                    Expr::raw(quoted(number))
                }
                _ => value.as_str(),
            };
            let mut link = link(".header", [Expr::raw(quoted(&name)), text]);
            link.before = before;
            link.after = after;
            options.links.push(link);
        }
        Ok(())
    }

    pub(crate) fn is_media_type(&self, value: &Php) -> bool {
        matches!(&value.kind, ExprKind::MethodCall { method, .. }
            if method.name().is_some_and(|name| name.eq_ignore_ascii_case("getContentType")))
    }

    /// PHP resolves against it as RFC 3986 says: what follows its last slash is lost.
    pub(crate) fn base_uri(&mut self, value: &'a Php) -> Outcome<Expr> {
        let Some(serde_json::Value::String(url)) = fold::constant(value, &self.scope) else {
            return Ok(self.value(value, &Ty::Str)?.as_str());
        };
        if let ExprKind::Variable(_) = value.kind {
            return Ok(self.value(value, &Ty::Str)?.as_str());
        }
        let path = url.find("://").map_or(0, |at| at + 3);
        match (url.ends_with('/'), url[path..].contains('/')) {
            (false, true) => {
                let message = "PHP loses what follows the last slash of this URL; so does the port";
                self.warn(value.span, message);
                let end = url.rfind('/').map_or(url.len(), |at| at + 1);
                Ok(Expr::raw(quoted(&url[..end])))
            }
            _ => Ok(Expr::raw(quoted(&url))),
        }
    }

    /// A time of Guzzle, in seconds; zero is no limit.
    pub(crate) fn seconds(&mut self, value: &'a Php) -> Outcome<Option<Expr>> {
        let seconds = match fold::constant(value, &self.scope) {
            Some(serde_json::Value::Null) => return Ok(None),
            Some(known) => known.as_f64().filter(|seconds| *seconds >= 0.0),
            None => None,
        };
        let Some(seconds) = seconds else {
            let message = "this time is known only when PHP runs";
            return Err(Problem::error(value.span, message));
        };
        let duration = self.imports.of("std::time", "Duration");
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not below 0"
        )]
        let millis = (seconds * 1000.0).round() as u64;
        Ok(Some(Expr::raw(match millis {
            0 => format!("{duration}::MAX"),
            millis if millis % 1000 == 0 => format!("{duration}::from_secs({})", millis / 1000),
            millis => format!("{duration}::from_millis({millis})"),
        })))
    }

    /// PHP tests `nonceless` with `isset` and `security` with `=== true`.
    pub(crate) fn flag(
        &mut self,
        options: &mut Options,
        name: &str,
        value: &'a Php,
    ) -> Outcome<()> {
        let known = fold::constant(value, &self.scope).ok_or_else(|| {
            let message = format!("whether `{name}` is set is known only when PHP runs");
            Problem::error(value.span, message)
        })?;
        let set = match name {
            "nonceless" if known.is_null() => return Ok(()),
            "nonceless" => {
                if known != true {
                    let message =
                        "PHP leaves the nonce out whatever the value is; so does the port";
                    self.warn(value.span, message);
                }
                true
            }
            _ => known == true,
        };
        let args = [Expr::raw(set.to_string())];
        options.links.push(link(&format!(".{name}"), args));
        Ok(())
    }

    /// `handler => $stack`: a client with another stack.
    pub(crate) fn handler(&mut self, value: &'a Php) -> Outcome<String> {
        let ExprKind::Variable(name) = &value.kind else {
            return Err(Problem::error(value.span, "a handler is a variable here"));
        };
        match self.scope.get(name) {
            Some(stack) if matches!(stack.ty, Ty::Stack { .. }) => Ok(stack.rust.clone()),
            _ => Err(
                Problem::error(value.span, format!("`${name}` is no stack of this client"))
                    .hint("see docs/stack.md: `client.with_stack(|stack| ..)`"),
            ),
        }
    }
}

/// Headers that only the client may set.
const RESERVED: [&str; 4] = [
    "Authorization",
    "Host",
    "Content-Length",
    "Transfer-Encoding",
];
