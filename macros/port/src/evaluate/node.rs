//! Runs the nodes that `hir` has for calls of PHP's functions and of the SDK's static methods.

use std::rc::Rc;

use wechatpay_chain_php as php;

use super::Evaluator;
use super::object::Object;
use super::plain::{self, by_keys, decode, encode, value};
use super::value::{Array, Key, Value};
use crate::hir::tree::{Crypto, Expr, ExprKind};
use crate::syntax::{Span, UnaryOp};

/// The arguments of a call as nodes: a known value is a literal, any other a variable.
pub(super) fn args(values: &[Value<'_>], span: Span) -> Vec<Expr> {
    let node = |(index, value): (usize, &Value<'_>)| {
        let kind = match value {
            Value::Null => ExprKind::Null,
            Value::Bool(flag) => ExprKind::Bool(*flag),
            Value::Int(number) => ExprKind::Int(*number),
            Value::Float(number) => ExprKind::Float(*number),
            Value::Text(text) => ExprKind::Text(text.clone()),
            _ => ExprKind::Local(index),
        };
        Expr::new(span, kind)
    };
    values.iter().enumerate().map(node).collect()
}

impl<'a> Evaluator<'a, '_> {
    /// The value of a node whose variables are `given`; nothing where only a run would tell.
    pub(super) fn node(&mut self, node: &Expr, given: &[Value<'a>]) -> Option<Value<'a>> {
        let span = node.span;
        if let Some(literal) = literal(&node.kind) {
            return Some(literal);
        }
        Some(match &*node.kind {
            ExprKind::Local(index) => given.get(*index)?.clone(),
            ExprKind::Concat(pieces) => joined(&self.nodes(pieces, given)?),
            ExprKind::Array(entries) => {
                let values = entries.iter().map(|entry| self.node(&entry.value, given));
                Value::Array(values.collect::<Option<Array<'a>>>()?)
            }
            ExprKind::Not(inner) => {
                let inner = self.node(inner, given)?;
                super::operator::unary(UnaryOp::Not, &inner)
            }
            ExprKind::Isset(inner) => is_there(self.node(inner, given)?),
            ExprKind::Binary(op, left, right) => {
                let (left, right) = (self.node(left, given)?, self.node(right, given)?);
                super::operator::apply(*op, &left, &right)
            }
            ExprKind::Crypto(kind, args) => {
                let args = self.nodes(args, given)?;
                return self.crypto(*kind, &args, span);
            }
            ExprKind::Extreme(most, args) => extreme(*most, &self.nodes(args, given)?)?,
            ExprKind::Format(format, args) => {
                let format = self.node(format, given)?;
                formatted(&format, &self.nodes(args, given)?)?
            }
            ExprKind::Merge(arrays) => plain::call("array_merge", &self.nodes(arrays, given)?)?,
            ExprKind::Builtin(name, args) => {
                let args = self.nodes(args, given)?;
                return self.function_of_table(name, &args, span);
            }
            ExprKind::Refused(problem) => Value::unknown(problem.message.as_str()),
            _ => return None,
        })
    }

    fn nodes(&mut self, nodes: &[Expr], given: &[Value<'a>]) -> Option<Vec<Value<'a>>> {
        nodes.iter().map(|node| self.node(node, given)).collect()
    }

    pub(super) fn function_of_table(
        &mut self,
        name: &str,
        args: &[Value<'a>],
        span: Span,
    ) -> Option<Value<'a>> {
        if let Some(Value::Unknown(why)) = args.iter().find(|arg| matches!(arg, Value::Unknown(_)))
        {
            return Some(Value::Unknown(Rc::clone(why)));
        }
        let text = |at: usize| args.get(at).and_then(|value| value.to_text().ok());
        Some(match (name, args) {
            ("time", _) => Value::Int(self.host.now()),
            ("nonce", [len]) => {
                let len = len.to_int().and_then(|len| usize::try_from(len).ok());
                match self.host.nonce(len.unwrap_or(32).min(1024)) {
                    Ok(nonce) => Value::Text(nonce),
                    Err(why) => self.error(span, why, ""),
                }
            }
            ("md5" | "sha1" | "sha256", _) => self.digest(name, text(0)?.as_bytes(), span),
            ("hmac_sha256", _) => self.hmac("sha256", &text(0)?, &text(1)?, span),
            ("hash_md5", [_, _, agency]) => {
                let agency = agency.to_bool() == Some(true);
                self.keyed_md5(text(0)?, &text(1)?, agency, span)
            }
            ("json_encode", [value, flags]) => match encode(value, flags.to_int()?) {
                Ok(json) => Value::Text(json),
                Err(why) => Value::Unknown(why),
            },
            ("json_decode", [json]) => decode(&read(json)?, false),
            ("json_decode_array", [json]) => decode(&read(json)?, true),
            ("ksort", [Value::Array(array)]) => Value::Array(by_keys(php::ksort, array)),
            ("ksort_text", [Value::Array(array)]) => Value::Array(by_keys(php::ksort_text, array)),
            ("query_string_like", [Value::Array(array)]) => query_string_like(array),
            ("joined_by_line_feed", [Value::Array(pieces)]) => lines(pieces),
            ("file_url", _) => Value::Text(text(0)?),
            ("gettype", [Value::Array(_)]) => Value::Text("array".to_owned()),
            ("gettype", [Value::Object(_) | Value::Closure(_)]) => Value::Text("object".to_owned()),
            _ => return plain::call(name, args),
        })
    }

    /// The SDK's functions for keys.
    fn crypto(&mut self, kind: Crypto, args: &[Value<'a>], span: Span) -> Option<Value<'a>> {
        Some(match (kind, args) {
            (Crypto::PrivateKey | Crypto::PublicKey, [source, ..]) => match source.to_text() {
                Ok(source) => Value::object(Object::Key(source)),
                Err(_) => Value::unknown("a key"),
            },
            // The request is shown as it is before its fields are encrypted.
            (Crypto::Encrypt, [text, ..]) => text.clone(),
            (Crypto::Sign, [text, key]) => self.sign(text, key, span),
            (Crypto::HashSign, [kind, text, key]) => self.sign_v2(kind, text, key, span),
            (Crypto::Serial, [certificate]) => self.serial(certificate, span),
            _ => return None,
        })
    }

    fn sign(&mut self, text: &Value<'a>, key: &Value<'a>, span: Span) -> Value<'a> {
        let text = match self.known_text(Some(text), "the text to sign") {
            Ok(text) => text,
            Err(why) => return Value::Unknown(why),
        };
        let key = key.to_text().ok().filter(|key| !key.is_empty());
        match self.host.sign(&text, key.as_deref()) {
            Ok(signature) => Value::Text(signature),
            Err(why) => {
                let message = format!("no signature is made here: {why}");
                self.warn(span, message, "");
                Value::Text(String::new())
            }
        }
    }

    /// `Hash::sign($type, $text, $key)`: nothing for a type that it does not know.
    fn sign_v2(
        &mut self,
        kind: &Value<'a>,
        text: &Value<'a>,
        key: &Value<'a>,
        span: Span,
    ) -> Value<'a> {
        let kind = self.known_text(Some(kind), "the kind of the signature");
        let text = self.known_text(Some(text), "the text to sign");
        let (kind, text, key) = match (kind, text, key.to_text()) {
            (Ok(kind), Ok(text), Ok(key)) => (kind, text, key),
            (Err(why), _, _) | (_, Err(why), _) | (_, _, Err(why)) => return Value::Unknown(why),
        };
        let hex = match &*kind {
            "MD5" => self.keyed_md5(text, &key, false, span),
            "HMAC-SHA256" => {
                let text = format!("{text}&key={key}");
                self.hmac("sha256", &text, &key, span)
            }
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

    fn serial(&mut self, certificate: &Value<'a>, span: Span) -> Value<'a> {
        let Ok(source) = certificate.to_text() else {
            return Value::unknown("a certificate");
        };
        match self.host.certificate_serial(&source) {
            Ok(serial) => Value::Text(serial),
            Err(why) => {
                let message = format!("cannot tell the certificate's serial number: {why}");
                let hint = "--files DIR reads file:///path/to/x from DIR/path/to/x";
                self.error(span, message, hint)
            }
        }
    }

    /// The key follows the text, unless PHP takes it for false.
    fn keyed_md5(&mut self, mut text: String, key: &str, agency: bool, span: Span) -> Value<'a> {
        if php::truth_of_text(key) {
            text.push_str(if agency { "&secret=" } else { "&key=" });
            text.push_str(key);
        }
        self.digest("md5", text.as_bytes(), span)
    }

    pub(super) fn hmac(&mut self, algorithm: &str, text: &str, key: &str, span: Span) -> Value<'a> {
        match self.host.hmac(algorithm, key.as_bytes(), text.as_bytes()) {
            Ok(hex) => Value::Text(hex),
            Err(why) => self.error(span, why, ""),
        }
    }
}

/// A value that is written there.
pub(super) fn literal<'a>(kind: &ExprKind) -> Option<Value<'a>> {
    Some(match kind {
        ExprKind::Null => Value::Null,
        ExprKind::Bool(flag) => Value::Bool(*flag),
        ExprKind::Int(number) => Value::Int(*number),
        ExprKind::Float(number) => Value::Float(*number),
        ExprKind::Text(text) => Value::Text(text.clone()),
        _ => return None,
    })
}

/// `isset($value)`
pub(super) fn is_there(value: Value<'_>) -> Value<'_> {
    match value {
        Value::Unknown(why) => Value::Unknown(why),
        value => Value::Bool(!matches!(value, Value::Null)),
    }
}

/// The text of JSON: null is an empty one.
fn read(json: &Value<'_>) -> Option<String> {
    match json.plain()? {
        php::Value::Null => Some(String::new()),
        json => php::as_text(&json).ok(),
    }
}

pub(super) fn joined<'a>(pieces: &[Value<'a>]) -> Value<'a> {
    let pieces: Result<Vec<_>, _> = pieces.iter().map(Value::to_text).collect();
    match pieces {
        Ok(pieces) => Value::Text(pieces.concat()),
        Err(why) => Value::Unknown(why),
    }
}

fn lines<'a>(pieces: &Array<'a>) -> Value<'a> {
    let pieces: Result<Vec<_>, _> = pieces.values().map(Value::to_text).collect();
    match pieces {
        Ok(pieces) => Value::Text(php::joined_by_line_feed(&php::Value::from(pieces))),
        Err(why) => Value::Unknown(why),
    }
}

/// `max` and `min` of an array, or of two values and more.
fn extreme<'a>(most: bool, args: &[Value<'a>]) -> Option<Value<'a>> {
    let args: Vec<_> = args.iter().map(Value::plain).collect::<Option<_>>()?;
    let values = match &*args {
        [array] if php::is_array(array) => php::values(array),
        [_, _, ..] => args,
        _ => return None,
    };
    (!values.is_empty()).then(|| value(php::extreme(&values, most)))
}

fn formatted<'a>(format: &Value<'a>, args: &[Value<'a>]) -> Option<Value<'a>> {
    if let Some(Value::Unknown(why)) = args.iter().find(|arg| matches!(arg, Value::Unknown(_))) {
        return Some(Value::Unknown(Rc::clone(why)));
    }
    let format = php::as_text(&format.plain()?).ok()?;
    let args: Vec<_> = args.iter().map(Value::plain).collect::<Option<_>>()?;
    let text = php::sprintf(&format, &args).ok()?;
    Some(Value::Text(text))
}

/// An array within an array is no text of a query.
fn query_string_like<'a>(array: &Array<'a>) -> Value<'a> {
    let item = |(key, value): (&Key, &Value<'a>)| match value.plain() {
        Some(scalar) if !php::is_array(&scalar) => Ok((key.to_text(), scalar)),
        _ => Ok((key.to_text(), php::Value::from(value.to_text()?))),
    };
    let items: Result<Vec<_>, Rc<str>> = array.iter().map(item).collect();
    match items {
        Ok(items) => Value::Text(php::query_string_like(&php::map(items))),
        Err(why) => Value::Unknown(why),
    }
}
