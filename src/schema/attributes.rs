//! The facts of the catalog that decide how a field is read: the kinds of the bodies, the encrypted fields, and the required ones
//! that may be absent.
//!
//! `wechatpay-core` has the catalog, and this crate does not depend on it: the core compiles OpenSSL. So
//! `attributes.txt` repeats these facts. A test in `tests/it/schema.rs` compares the two and writes the file anew with
//! `UPDATE=1`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The kinds of an operation's bodies and the pointers of its encrypted fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attributes {
    /// The kind of the request's body.
    pub body: Body,
    /// The kind of a successful response's body.
    pub answer: Body,
    /// JSON pointers of the encrypted fields of the request.
    pub encrypt: Vec<&'static str>,
    /// JSON pointers of the encrypted fields of the response.
    pub decrypt: Vec<&'static str>,
    /// The names of the encrypted query parameters.
    pub query_encrypt: Vec<&'static str>,
    /// The fields of the request that are documented as required, and are required only under a condition: one of two numbers, or
    /// a value of another field. JSON pointers; parameters of the query by their names.
    pub conditional: Vec<&'static str>,
}

/// The kind of a body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// A body that has no fields: none, an upload, a file, a redirect.
    #[default]
    Other,
    /// `application/json`.
    Json,
    /// `text/xml`, as in APIv2.
    Xml,
}

/// The attributes of an operation.
pub(crate) fn attributes(method: &str, path: &str) -> Attributes {
    let line = TABLE.get(&(method, path)).copied().unwrap_or_default();
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let mut attributes = Attributes {
        body: body(words.next()),
        answer: body(words.next()),
        ..Attributes::default()
    };
    for word in words {
        match word.split_at_checked(1) {
            Some((">", pointer)) => attributes.encrypt.push(pointer),
            Some(("<", pointer)) => attributes.decrypt.push(pointer),
            Some(("?", name)) => attributes.query_encrypt.push(name),
            Some(("-", pointer)) => attributes.conditional.push(pointer),
            _ => {}
        }
    }
    attributes
}

/// The pointers of an event's fields that are encrypted inside of its resource.
pub(crate) fn event_decrypt(version: &'static str, event_type: &'static str) -> Vec<&'static str> {
    attributes(version, event_type).decrypt
}

fn body(word: Option<&str>) -> Body {
    match word {
        Some("json") => Body::Json,
        Some("xml") => Body::Xml,
        _ => Body::Other,
    }
}

/// `POST path json json >/encrypted </decrypted ?parameter -/conditional`, and for events `v3 TYPE - - </decrypted`.
static TABLE: LazyLock<HashMap<(&str, &str), &str>> = LazyLock::new(|| {
    let lines = include_str!("attributes.txt").lines();
    lines.filter_map(row).collect()
});

fn row(line: &'static str) -> Option<((&'static str, &'static str), &'static str)> {
    let (method, rest) = line.split_once(' ')?;
    let (path, rest) = rest.split_once(' ')?;
    Some(((method, path), rest))
}
