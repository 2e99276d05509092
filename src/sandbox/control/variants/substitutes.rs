//! Texts that are signed in place of a body: its digest, another notation of it, or a part of it.

use serde_json::{Map, Value};

use super::super::diagnosis::Mistake;
use super::Variants;
use super::targets::strict;
use crate::query;
use wechatpay_core::crypto::base64;
use wechatpay_core::crypto::digest::{hex_lower, md5_hex, sha256};
use wechatpay_core::variants::json::rewritten;

/// Bodies with more members are not searched for the one that was added.
const MEMBERS: usize = 64;

/// The texts that languages write for a value that is missing or cannot be written.
const PLACEHOLDERS: [&str; 9] = [
    "null",
    "{}",
    "[]",
    "\"\"",
    "None",
    "undefined",
    "nil",
    "[object Object]",
    "Array",
];

pub(super) fn of_text(text: &str, found: &mut Variants<Vec<u8>>) {
    for other in PLACEHOLDERS {
        found.add(&PLACEHOLDER, other.into());
    }
    let sha256 = sha256(text.as_bytes());
    let md5 = md5_hex(text.as_bytes()).ok();
    for digest in [Some(hex_lower(&sha256)), md5].into_iter().flatten() {
        found.add(&DIGEST, digest.to_uppercase().into());
        found.add(&DIGEST, digest.to_lowercase().into());
    }
    found.add(&DIGEST, base64::encode(&sha256).into());
    found.add(&BASE64, base64::encode(text.as_bytes()).into());
    found.add(&ENCODED, strict(text).into());
    found.add(&ENCODED, strict(text).replace("%20", "+").into());
    let entities = text.replace('&', "&amp;");
    found.add(&ENTITIES, entities.replace('"', "&quot;").into());
    found.add(&ENTITIES, entities.into());
}

pub(super) fn of_json(value: &Value, found: &mut Variants<Vec<u8>>) {
    let Value::Object(members) = value else {
        return;
    };
    found.add(&PRINTED, python(value).into());
    found.add(&PRINTED, java(value).into());
    found.add(&AS_FORM, form(members, strict).into());
    found.add(&AS_FORM, form(members, str::to_owned).into());
    let reversed: Map<_, _> = members.clone().into_iter().rev().collect();
    for text in rewritten(&reversed.into()) {
        found.add(&REVERSED, text.into());
    }
    for text in rewritten(&without_empty(value)) {
        found.add(&WITHOUT_EMPTY, text.into());
    }
    for name in members.keys().take(MEMBERS) {
        let mut fewer = members.clone();
        fewer.shift_remove(name);
        found.add(&member_added(name), Value::from(fewer).to_string().into());
    }
}

/// The query of a request without a body, as the JSON that clients sign as its body.
pub(super) fn query_json(query: &str) -> Vec<String> {
    let pair = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        (name.into_owned(), Value::from(value.into_owned()))
    };
    let members: Map<_, _> = query::pairs(query).map(pair).collect();
    rewritten(&members.into())
}

/// The members as a form, each value written by `write`.
fn form(members: &Map<String, Value>, write: impl Fn(&str) -> String) -> String {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let pairs = members
        .iter()
        .map(|(name, value)| format!("{}={}", write(name), write(&text(value))));
    pairs.collect::<Vec<_>>().join("&")
}

/// As Python's `str` of a dict.
fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.contains('\'') && !text.contains('"') => format!("\"{text}\""),
        Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(python).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let pairs = members.iter();
            let pairs = pairs.map(|(name, value)| format!("'{name}': {}", python(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

/// As `toString` of Java's maps and lists.
fn java(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(java).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let pairs = members.iter();
            let pairs = pairs.map(|(name, value)| format!("{name}={}", java(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn without_empty(value: &Value) -> Value {
    let Value::Object(members) = value else {
        return value.clone();
    };
    let filled = members.iter().filter(|(_, value)| *value != "");
    let filled = filled.map(|(name, value)| (name.clone(), without_empty(value)));
    filled.collect::<Map<_, _>>().into()
}

fn member_added(name: &str) -> Mistake {
    Mistake::of(
        "body_member_added",
        format!(
            "the member {name} is sent and not signed: it was added after signing; add it first, then sign the body bytes \
             that you send"
        ),
        format!(
            "字段 {name} 发送了但没有参与签名：它是签名之后才加上的；请先加上，再对实际发送的内容签名"
        ),
    )
}

const PLACEHOLDER: Mistake = Mistake::new(
    "body_placeholder",
    "an empty value ({}, null, None, undefined, [object Object]) is signed in place of the body: sign the body bytes that \
     you send",
    "签名的是空值（{}、null、None、undefined、[object Object]），而不是报文主体：请对实际发送的内容签名",
);
const DIGEST: Mistake = Mistake::new(
    "body_digest",
    "a digest of the body is signed in place of the body: put the body itself into the text that you sign",
    "签名的是报文主体的摘要：待签名串中应是报文主体本身",
);
const BASE64: Mistake = Mistake::new(
    "body_base64",
    "the base64 of the body is signed in place of the body: put the body itself into the text that you sign",
    "签名的是报文主体的 base64：待签名串中应是报文主体本身",
);
const ENCODED: Mistake = Mistake::new(
    "body_percent_encoded",
    "the body is percent-encoded in the signed text: sign it as it is sent",
    "待签名串中的报文主体做了 URL 编码：请对实际发送的内容签名",
);
const ENTITIES: Mistake = Mistake::new(
    "body_entities",
    "the body is signed with character references (&amp; for &): sign it as it is sent, before any escaping for HTML",
    "待签名串中的报文主体带有 HTML 转义（& 写成 &amp;）：请对实际发送的内容签名",
);
const PRINTED: Mistake = Mistake::new(
    "body_printed",
    "the object is signed as the language prints it (str of a Python dict, toString of a Java map): turn it into JSON \
     once, sign that text and send it",
    "签名的是语言打印对象的文本（Python 字典的 str、Java Map 的 toString）：请先转成 JSON 文本，对它签名并发送同一文本",
);
const AS_FORM: Mistake = Mistake::new(
    "body_as_form",
    "the body is signed as a form (a=b&c=d) and sent as JSON: sign the JSON that you send",
    "签名的是表单格式（a=b&c=d），发送的是 JSON：请对实际发送的 JSON 签名",
);
const REVERSED: Mistake = Mistake::new(
    "body_reordered",
    "the body's members are signed in the reverse order: sign the body bytes that you send, and do not serialise twice",
    "签名用的字段顺序与实际发送的相反：请对实际发送的内容签名，不要序列化两次",
);
const WITHOUT_EMPTY: Mistake = Mistake::new(
    "body_without_empty",
    "the body is signed without its empty members, which are sent: APIv3 signs all that is sent, unlike APIv2",
    "签名时去掉了空值字段，而发送时没有：与 APIv2 不同，APIv3 对实际发送的全部内容签名",
);
pub(super) const FILE: Mistake = Mistake::new(
    "body_upload_file",
    "the uploaded file is signed: sign the JSON of the part meta alone",
    "对上传的文件签名了：只对 meta 的 JSON 签名",
);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_are_printed_as_python_and_java_print_them() {
        let value = json!({"a": "店", "b": true, "c": null, "d": [1, "x'y"]});
        assert_eq!(
            python(&value),
            "{'a': '店', 'b': True, 'c': None, 'd': [1, \"x'y\"]}"
        );
        assert_eq!(java(&value), "{a=店, b=true, c=null, d=[1, x'y]}");
    }
}
