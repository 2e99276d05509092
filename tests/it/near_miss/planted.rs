//! A request with a secret in each of an operation's sensitive fields and parameters.

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use wechatpay_chain::catalog::{BodyKind, Operation};
use wechatpay_chain::{Call, Chain, Media};

pub(crate) const SECRET: &str = "PLANTED-110101199001011234";

/// Whether a text contains the secret, plain or percent-encoded.
pub(crate) fn shows(text: &str) -> bool {
    let plain = percent_decode_str(text).decode_utf8_lossy();
    text.contains(SECRET) || plain.contains(SECRET)
}

pub(crate) struct Planted {
    body: Value,
    query: Map<String, Value>,
    upload: bool,
}

impl Planted {
    pub(crate) fn of(operation: &Operation) -> Self {
        let mut body = Value::Null;
        for pointer in operation.encrypt() {
            plant(&mut body, &pointer[1..]);
        }
        let upload = operation.body() == BodyKind::Multipart;
        if upload {
            body = body["meta"].take();
        }
        let mut encoded: Vec<_> = operation.json_encoded().to_vec();
        // Inner pointers first.
        encoded.sort_by_key(|pointer| std::cmp::Reverse(pointer.len()));
        for pointer in encoded {
            if let Some(value) = body.pointer_mut(&pointer.replace('*', "0"))
                && !value.is_string()
            {
                *value = value.to_string().into();
            }
        }
        let names = operation.query_encrypt().iter();
        Self {
            body,
            query: names
                .map(|name| ((*name).to_owned(), json!(SECRET)))
                .collect(),
            upload,
        }
    }

    /// A call with all planted fields.
    pub(crate) fn give(&self, chain: Chain, method: &Method) -> Call {
        let call = chain.request(method.as_str(), Value::Null);
        let query = self.query.iter();
        let call = query.fold(call, |call, (name, value)| call.query(name, value.clone()));
        match &self.body {
            Value::Null => call,
            meta if self.upload => {
                let Value::Object(fields) = meta.clone() else {
                    panic!("{meta}")
                };
                let media = fields.into_iter().fold(
                    Media::from_bytes("a.jpg", "JPEG"),
                    |media, (name, value)| media.meta_field(name, value),
                );
                call.body(media)
            }
            body => call.json(body.clone()),
        }
    }

    /// The same call from data.
    pub(crate) fn options(&self) -> Value {
        let body = if self.upload {
            json!({"meta": self.body})
        } else {
            self.body.clone()
        };
        json!({"json": body, "query": self.query})
    }
}

/// Puts the secret at a pointer; `*` becomes the first item of a list.
fn plant(at: &mut Value, pointer: &str) {
    let (name, rest) = match pointer.split_once('/') {
        Some((name, rest)) => (name, Some(rest)),
        None => (pointer, None),
    };
    let next = match name {
        "*" => {
            if !at.is_array() {
                *at = json!([null]);
            }
            &mut at[0]
        }
        name => &mut at[name],
    };
    match rest {
        Some(rest) => plant(next, rest),
        None => *next = json!(SECRET),
    }
}
