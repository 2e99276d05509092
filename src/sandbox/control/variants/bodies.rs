//! Bodies as they are signed by mistake.

use std::borrow::Cow;

use encoding_rs::GBK;
use serde_json::Value;

use super::super::diagnosis::Mistake;
use super::documented::{documented, with_numbers};
use super::{Parts, Variant, Variants, substitutes};
use crate::multipart;
use crate::query;
use crate::schema::Field;
use wechatpay_core::variants::charset;
use wechatpay_core::variants::json::{
    NUMBER_FORMS, numbers, rewritten, sorted, with_nulls, without_nulls,
};

/// Longer bodies have no variants.
const LONGEST: usize = 256 << 10;

pub(super) fn bodies(parts: &Parts<'_>) -> Vec<Variant<Vec<u8>>> {
    let body = parts.body;
    let mut found = Variants::new(body.to_vec());
    found.add(&MISSING, Vec::new());
    if body.len().max(parts.sent.len()) > LONGEST {
        return found.0;
    }
    if body.is_empty() {
        unsent(parts, &mut found);
    }
    found.add(&WHOLE, parts.sent.to_vec());
    wrongly_labelled(body, &mut found);
    if let Some(members) = form(body) {
        for text in rewritten(&members) {
            found.add(&FORM, text.into());
        }
    }
    if let Ok(text) = std::str::from_utf8(body)
        && !body.is_empty()
    {
        as_text(text, &mut found);
        substitutes::of_text(text, &mut found);
    }
    if let Some(value) = parts.plain {
        for text in rewritten(value)
            .into_iter()
            .chain(rewritten(&sorted(value)))
        {
            found.add(&PLAIN, text.into());
        }
    }
    if let Ok(value) = serde_json::from_slice(body) {
        as_json(parts, &value, &mut found);
        substitutes::of_json(&value, &mut found);
    }
    if let Some(file) = multipart::part("", parts.sent, "file") {
        found.add(&substitutes::FILE, file.to_vec());
    }
    found.0
}

/// Adds the right body of a request whose `Content-Type` or charset is wrong.
fn wrongly_labelled(body: &[u8], found: &mut Variants<Vec<u8>>) {
    // An upload whose Content-Type is another one: its boundary is in its first line.
    if let Some(meta) = multipart::part("", body, "meta") {
        found.add(&UPLOAD_TYPE, meta.to_vec());
    }
    for text in charset::candidates(body) {
        found.add(&SENT_CHARSET, text);
    }
}

/// Bodies that are signed although the request has none.
fn unsent(parts: &Parts<'_>, found: &mut Variants<Vec<u8>>) {
    for text in ["{}", "[]", "null", "\"\""] {
        found.add(&UNSENT, text.into());
    }
    for text in ["None", "undefined", "[object Object]", "nil"] {
        found.add(&NOTHING, text.into());
    }
    if let Some((_, query)) = parts.target.split_once('?') {
        found.add(&QUERY, query.into());
        for json in substitutes::query_json(query) {
            found.add(&QUERY, json.into());
        }
    }
}

/// The members of a form, with numeric texts as numbers.
fn form(body: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(body).ok()?;
    if !text.contains('=') || text.starts_with(['{', '[', '<']) {
        return None;
    }
    let text = text.replace('+', "%20");
    let member = |(name, text): (Cow<'_, str>, Cow<'_, str>)| {
        let number = text.parse::<i64>().ok();
        let number = number.filter(|number| number.to_string() == text);
        let value = number.map_or_else(|| Value::from(text), Value::from);
        (name.into_owned(), value)
    };
    Some(Value::Object(query::pairs(&text).map(member).collect()))
}

fn as_text(text: &str, found: &mut Variants<Vec<u8>>) {
    let bare = text.trim_start_matches('\u{feff}');
    found.add(&BOM, bare.into());
    found.add(&BOM, format!("\u{feff}{bare}").into());
    found.add(&ENDS, text.trim().into());
    for end in ["\n", "\r\n", " "] {
        found.add(&ENDS, format!("{text}{end}").into());
    }
    for twice in rewritten(&Value::from(text)) {
        found.add(&TWICE, twice.into());
    }
    // Characters outside of GBK become character references, which no client writes.
    found.add(&CHARSET, GBK.encode(text).0.into_owned());
    found.add(&CHARSET, ascii(text).into());
    found.add(&CHARSET, ascii_bytes(text).into());
    // UTF-8 that is read as ISO 8859-1 and written as UTF-8 again, and ISO 8859-1 itself.
    found.add(
        &CHARSET,
        text.bytes().map(char::from).collect::<String>().into(),
    );
    found.add(
        &CHARSET,
        text.chars()
            .map(|c| u8::try_from(c).unwrap_or(b'?'))
            .collect(),
    );
    let lines = text.replace("\r\n", "\n");
    found.add(&LINE_ENDS, lines.replace('\n', "\r\n").into());
    found.add(&LINE_ENDS, lines.into());
}

/// Adds the body as other serializers would write it.
fn as_json(parts: &Parts<'_>, value: &Value, found: &mut Variants<Vec<u8>>) {
    // JSON that is encoded as a JSON string, as `requests.post(json=text)` sends it.
    if let Some(text) = value.as_str() {
        found.add(&SENT_TWICE, text.into());
    }
    for (mistake, value) in [
        (&REWRITTEN, value.clone()),
        (&REORDERED, sorted(value)),
        (&DOCUMENTED, documented(value, parts.fields)),
        (&NUMBERS, with_numbers(value, parts.fields)),
        (&NULLS, without_nulls(value)),
        (
            &NULLS_NOT_SENT,
            with_nulls(value, parts.fields.iter().map(Field::name)),
        ),
    ] {
        for text in rewritten(&value).into_iter().filter(|text| is_short(text)) {
            found.add(mistake, text.into());
        }
    }
    for form in NUMBER_FORMS {
        for text in rewritten(&numbers(value, form))
            .into_iter()
            .filter(|text| is_short(text))
        {
            found.add(&NUMBERS, text.into());
        }
    }
}

/// Indentation makes a deeply nested body many times as long.
fn is_short(text: &str) -> bool {
    text.len() <= 4 * LONGEST
}

/// Replaces unmappable characters as Java and .NET do.
pub(super) fn ascii(text: &str) -> String {
    let known = |c: char| if c.is_ascii() { c } else { '?' };
    text.chars().map(known).collect()
}

/// Replaces each byte that is not ASCII, as decoders of ASCII do.
pub(super) fn ascii_bytes(text: &str) -> String {
    let known = |byte: u8| if byte.is_ascii() { byte.into() } else { '?' };
    text.bytes().map(known).collect()
}

const MISSING: Mistake = Mistake::new(
    "body_missing",
    "the body is missing: sign the body that you send",
    "缺少报文主体：请对实际发送的报文主体签名",
);
const UNSENT: Mistake = Mistake::new(
    "body_not_sent",
    "a body is signed and none is sent: without a body its line is empty",
    "签名包含了并未发送的报文主体：没有报文主体时该行为空",
);
const NOTHING: Mistake = Mistake::new(
    "body_not_sent",
    "what the language writes for no value (None, undefined, nil) is signed as the body, and none is sent: \
     without a body its line is empty",
    "把语言中表示“空”的文字（None、undefined、nil）当作报文主体签名：没有报文主体时该行为空",
);
const QUERY: Mistake = Mistake::new(
    "query_as_body",
    "the query is signed as the body: it stands behind the path, and the body's line is empty",
    "把查询参数当作报文主体签名：它应接在路径之后，报文主体一行为空",
);
const WHOLE: Mistake = Mistake::new(
    "body_whole_upload",
    "the whole upload is signed: sign the JSON of its meta part alone",
    "对整个上传报文签名了：只对 meta 的 JSON 签名",
);
const BOM: Mistake = Mistake::new(
    "body_bom",
    "the body signed and the body sent differ by a byte order mark (EF BB BF) at the beginning: write \
     UTF-8 without one",
    "签名与发送的报文主体相差一个 BOM（EF BB BF）：请使用不带 BOM 的 UTF-8",
);
const ENDS: Mistake = Mistake::new(
    "body_ends",
    "the body differs in blanks or line breaks at its ends: sign the very bytes that you send",
    "报文主体首尾的空白不同：请对实际发送的字节签名",
);
const TWICE: Mistake = Mistake::new(
    "body_json_twice",
    "the body is encoded as JSON twice: a text that is JSON already is not encoded again",
    "报文主体被 JSON 编码了两次：已是 JSON 文本的不要再编码",
);
const SENT_TWICE: Mistake = Mistake::new(
    "body_json_twice",
    "the body that is sent is encoded as JSON twice, and what is signed once: a text that is JSON already \
     is sent as it is (Python: data=text.encode(), not json=text)",
    "发送的报文主体被 JSON 编码了两次，而签名的只有一次：已是 JSON 文本的请原样发送（Python 用 \
     data=text.encode()，不要用 json=text）",
);
pub(in super::super) const FORM: Mistake = Mistake::new(
    "body_form",
    "the body that is sent is a form (application/x-www-form-urlencoded) and not JSON: send the JSON that you \
     sign, with Content-Type: application/json (Python: data=text.encode(), not data=dict)",
    "发送的报文主体是表单（application/x-www-form-urlencoded），不是 JSON：请发送所签名的 JSON，\
     Content-Type 为 application/json（Python 用 data=text.encode()，不要传 dict）",
);
const CHARSET: Mistake = Mistake::new(
    "body_charset",
    "the body is signed in another charset than UTF-8 (GBK, or ASCII with ? for Chinese): name UTF-8 \
     where text becomes bytes, as getBytes(StandardCharsets.UTF_8)",
    "签名时报文主体的字符集不是 UTF-8（GBK，或中文变成 ? 的 ASCII）：转为字节时请指明 UTF-8，如 \
     getBytes(StandardCharsets.UTF_8)",
);
const SENT_CHARSET: Mistake = Mistake::new(
    "body_charset",
    "the body is sent in another charset than the one that is signed (GBK, ISO 8859-1), or was converted twice: make \
     the bytes once, as UTF-8, sign them and send them",
    "发送的报文主体与签名的字符集不同（GBK、ISO 8859-1），或被转码了两次：请只转一次 UTF-8 字节，对这些字节签名并发送",
);
const LINE_ENDS: Mistake = Mistake::new(
    "body_line_ends",
    "the line breaks of the body that is signed and of the body that is sent differ (LF and CRLF): sign the bytes that \
     you send",
    "签名与发送的报文主体换行符不同（LF 与 CRLF）：请对实际发送的字节签名",
);
const UPLOAD_TYPE: Mistake = Mistake::new(
    "upload_content_type",
    "the body is an upload and its Content-Type does not say so: send multipart/form-data with the boundary; the \
     signed text is right",
    "报文主体是上传文件，而 Content-Type 不是：请使用 multipart/form-data 并带上 boundary；签名的内容没有问题",
);
const NUMBERS: Mistake = Mistake::new(
    "body_numbers",
    "the numbers of the body are signed in another form than they are sent (1 and 1.0, 1 and \"1\"): sign the body bytes \
     that you send, and do not serialise twice",
    "签名与发送的报文主体数字写法不同（1 与 1.0、1 与 \"1\"）：请对实际发送的内容签名，不要序列化两次",
);
pub(super) const NULLS_NOT_SENT: Mistake = Mistake::new(
    "body_with_nulls",
    "the body is signed with members that are null, and sent without them: sign the body bytes that you send, and do \
     not serialise twice",
    "签名的报文主体含值为 null 的字段，而发送时去掉了：请对实际发送的内容签名，不要序列化两次",
);
const PLAIN: Mistake = Mistake::new(
    "body_before_encryption",
    "the body was signed before its sensitive fields were encrypted: encrypt first, then sign what you \
     send",
    "先签名后加密了敏感字段：应先加密，再对实际发送的报文主体签名",
);
const REWRITTEN: Mistake = Mistake::new(
    "body_rewritten",
    "the body is written as JSON once more, otherwise than it was sent: sign the body bytes that you \
     send, and do not serialise twice",
    "报文主体被重新序列化，与实际发送的不同：请对实际发送的内容签名，不要序列化两次",
);
pub(super) const REORDERED: Mistake = Mistake::new(
    "body_reordered",
    "the body's members are in another order than was sent: sign the body bytes that you send, and do \
     not serialise twice",
    "报文主体的字段顺序与实际发送的不同：请对实际发送的内容签名，不要序列化两次",
);
const DOCUMENTED: Mistake = Mistake::new(
    "body_reordered",
    "the body's members are signed in the order of the documentation and sent in another order: sign the \
     body bytes that you send, and do not serialise twice",
    "签名用的字段顺序是文档中的顺序，与实际发送的不同：请对实际发送的内容签名，不要序列化两次",
);
const NULLS: Mistake = Mistake::new(
    "body_without_nulls",
    "the body is signed without the members that are null, which are sent: sign the body bytes that you \
     send, and do not serialise twice",
    "签名时去掉了值为 null 的字段，而发送时没有：请对实际发送的内容签名，不要序列化两次",
);
