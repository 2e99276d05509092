//! The SDK's own classes.

use std::rc::Rc;

use wechatpay_chain_php::{self as php, Value as Json};

use super::Evaluator;
use super::object::Object;
use super::path::Chain;
use super::plain::by_keys;
use super::value::{Array, Key, Value};
use crate::hir::sdk_constant;
use crate::syntax::{Name, Span};

impl<'a> Evaluator<'a, '_> {
    pub(super) fn static_call(
        &mut self,
        class: &Name,
        method: &str,
        args: Vec<Value<'a>>,
        span: Span,
    ) -> Value<'a> {
        let method = method.to_ascii_lowercase();
        if class.is("WeChatPay\\Builder") && method == "factory" {
            return Value::Chain(Chain::default());
        }
        if class.is("WeChatPay\\Formatter") {
            return self.formatter(&method, &args, span);
        }
        if class.is("WeChatPay\\Crypto\\Hash") {
            return self.hash(&method, &args, span);
        }
        if class.is("WeChatPay\\Crypto\\Rsa") {
            return self.rsa(&method, &args, span);
        }
        if class.is("WeChatPay\\Util\\PemUtil") {
            return self.pem(&method, &args, span);
        }
        match self.guzzle(class, &method, &args, span) {
            Some(value) => value,
            None => Value::unknown(format!("what `{}::{method}()` returns", class.written)),
        }
    }

    fn formatter(&mut self, method: &str, args: &[Value<'a>], span: Span) -> Value<'a> {
        match (method, args.first()) {
            ("timestamp", _) => Value::Int(self.host.now()),
            ("nonce", len) => {
                let len = len
                    .and_then(Value::to_int)
                    .and_then(|len| usize::try_from(len).ok());
                match self.host.nonce(len.unwrap_or(32).min(1024)) {
                    Ok(nonce) => Value::Text(nonce),
                    Err(why) => self.error(span, why, ""),
                }
            }
            ("ksort", Some(Value::Array(array))) => Value::Array(by_keys(php::ksort_text, array)),
            ("querystringlike", Some(Value::Array(array))) => query_string_like(array),
            ("joinedbylinefeed", _) => joined(args),
            (_, Some(Value::Unknown(why))) => Value::Unknown(why.clone()),
            _ => Value::unknown(format!("what `Formatter::{method}()` returns")),
        }
    }

    fn hash(&mut self, method: &str, args: &[Value<'a>], span: Span) -> Value<'a> {
        match method {
            "md5" => {
                let agency = args.get(2).and_then(Value::to_bool) == Some(true);
                let (Ok(text), Ok(key)) = (
                    self.known_text(args.first(), "the text"),
                    optional(args.get(1)),
                ) else {
                    return Value::unknown("the digest of what only a run would tell");
                };
                self.md5(text, &key, agency, span)
            }
            "hmac" => {
                let algorithm = args.get(2).and_then(|it| it.to_text().ok());
                let (Ok(text), Ok(key)) = (
                    self.known_text(args.first(), "the text"),
                    optional(args.get(1)),
                ) else {
                    return Value::unknown("the digest of what only a run would tell");
                };
                self.hmac(
                    &algorithm.unwrap_or_else(|| "sha256".into()),
                    text,
                    &key,
                    span,
                )
            }
            "sign" => self.sign_v2(args, span),
            _ => Value::unknown(format!("what `Hash::{method}()` returns")),
        }
    }

    /// `Hash::sign($type, $text, $key)`: nothing for a type that it does not know.
    fn sign_v2(&mut self, args: &[Value<'a>], span: Span) -> Value<'a> {
        let kind = self.known_text(args.first(), "the kind of the signature");
        let text = self.known_text(args.get(1), "the text to sign");
        let (kind, text, key) = match (kind, text, optional(args.get(2))) {
            (Ok(kind), Ok(text), Ok(key)) => (kind, text, key),
            (Err(why), _, _) | (_, Err(why), _) | (_, _, Err(why)) => return Value::Unknown(why),
        };
        let hex = match &*kind {
            "MD5" => self.md5(text, &key, false, span),
            "HMAC-SHA256" => self.hmac("sha256", text, &key, span),
            _ => {
                let message = format!("`{kind}` is no kind of signature: PHP sends none");
                self.warn(span, message, "MD5 and HMAC-SHA256 are");
                return Value::Null;
            }
        };
        match hex {
            Value::Text(hex) => Value::Text(hex.to_ascii_uppercase()),
            other => other,
        }
    }

    fn md5(&mut self, mut text: String, key: &str, agency: bool, span: Span) -> Value<'a> {
        if !key.is_empty() {
            text.push_str(if agency { "&secret=" } else { "&key=" });
            text.push_str(key);
        }
        self.digest("md5", text.as_bytes(), span)
    }

    fn hmac(&mut self, algorithm: &str, mut text: String, key: &str, span: Span) -> Value<'a> {
        text.push_str("&key=");
        text.push_str(key);
        match self.host.hmac(algorithm, key.as_bytes(), text.as_bytes()) {
            Ok(hex) => Value::Text(hex),
            Err(why) => self.error(span, why, ""),
        }
    }

    fn rsa(&mut self, method: &str, args: &[Value<'a>], span: Span) -> Value<'a> {
        match method {
            // The request is shown as it is before its fields are encrypted.
            "encrypt" => args.first().cloned().unwrap_or(Value::Null),
            "sign" => {
                let text = match self.known_text(args.first(), "the text to sign") {
                    Ok(text) => text,
                    Err(why) => return Value::Unknown(why),
                };
                let key = args
                    .get(1)
                    .and_then(|key| key.to_text().ok())
                    .filter(|key| !key.is_empty());
                match self.host.sign(&text, key.as_deref()) {
                    Ok(signature) => Value::Text(signature),
                    Err(why) => {
                        let message = format!("no signature is made here: {why}");
                        self.warn(span, message, "");
                        Value::Text(String::new())
                    }
                }
            }
            "from" | "fromspki" | "frompkcs1" | "frompkcs8" => {
                match args.first().map(Value::to_text) {
                    Some(Ok(source)) => Value::object(Object::Key(source)),
                    _ => Value::unknown("a key"),
                }
            }
            _ => Value::unknown(format!("what `Rsa::{method}()` returns")),
        }
    }

    fn pem(&mut self, method: &str, args: &[Value<'a>], span: Span) -> Value<'a> {
        let Some(Ok(source)) = args.first().map(Value::to_text) else {
            return Value::unknown("a certificate");
        };
        match method {
            "parsecertificateserialno" => match self.host.certificate_serial(&source) {
                Ok(serial) => Value::Text(serial),
                Err(why) => {
                    let message = format!("cannot tell the certificate's serial number: {why}");
                    self.error(
                        span,
                        message,
                        "--files DIR reads file:///path/to/x from DIR/path/to/x",
                    )
                }
            },
            "loadcertificate" | "loadprivatekey" => {
                let named = source.starts_with("file://");
                let source = if named {
                    source
                } else {
                    format!("file://{source}")
                };
                Value::object(Object::Key(source))
            }
            _ => Value::object(Object::Key(source)),
        }
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

/// A key that may be missing.
fn optional(value: Option<&Value<'_>>) -> Result<String, Rc<str>> {
    value.map_or_else(|| Ok(String::new()), Value::to_text)
}

/// What stands in an array is no text of a query.
fn query_string_like<'a>(array: &Array<'a>) -> Value<'a> {
    let item = |(key, value): (&Key, &Value<'a>)| match value.plain() {
        Some(scalar) if !php::is_array(&scalar) => Ok((key.to_text(), scalar)),
        _ => Ok((key.to_text(), Json::from(value.to_text()?))),
    };
    let items: Result<Vec<_>, Rc<str>> = array.iter().map(item).collect();
    match items {
        Ok(items) => Value::Text(php::query_string_like(&php::map(items))),
        Err(why) => Value::Unknown(why),
    }
}

fn joined<'a>(pieces: &[Value<'a>]) -> Value<'a> {
    let pieces: Result<Vec<_>, _> = pieces.iter().map(Value::to_text).collect();
    match pieces {
        Ok(pieces) => Value::Text(php::joined_by_line_feed(&Json::from(pieces))),
        Err(why) => Value::Unknown(why),
    }
}
