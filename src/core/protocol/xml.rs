//! APIv2's messages: one XML element `<xml>` with a child element for each key.
//!
//! The reader accepts only what WeChat Pay sends: no DTD, only the five entities of XML
//! and character references, bounded depth and size. It fetches nothing.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event};
use serde_json::{Map, Value};

use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::query::number_text;

/// The deepest nesting that is accepted; WeChat Pay's messages have two levels.
const MAX_DEPTH: usize = 16;
/// The longest message that is accepted, in bytes.
pub const MAX_LENGTH: usize = 1 << 20;
/// The members that name the merchant of a message; a message has one of them.
///
/// ```
/// use wechatpay_core::protocol::xml;
/// let combined = xml::decode(b"<xml><combine_mch_id>1900000109</combine_mch_id></xml>").unwrap();
/// let mut named = xml::MERCHANT_NAMES.iter().filter_map(|name| combined.get(*name));
/// assert_eq!(named.next().unwrap(), "1900000109");
/// ```
pub const MERCHANT_NAMES: [&str; 3] = ["mch_id", "mchid", "combine_mch_id"];
/// The largest number of members that is accepted; each costs more memory than its bytes.
const MAX_MEMBERS: usize = 4096;

/// Writes a message with its members in the given order.
///
/// A value with `<`, `>`, `&` or `"` becomes CDATA, other text is written unchanged. Empty text, null and
/// false become `<k></k>`, true becomes `1`.
///
/// # Errors
///
/// [`ErrorKind::Request`], which names the key: it is not an XML name, or its value is a list, an object or
/// text that is invalid in XML.
pub fn encode<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<String> {
    encode_root("xml", members)
}

/// Writes a message whose root element has another name, such as the plaintext of `req_info`.
///
/// # Errors
///
/// The errors of [`encode`].
pub fn encode_root<'a>(
    root: &str,
    members: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<String> {
    let mut out = format!("<{root}>");
    for (key, text) in members {
        if !is_name(key) {
            return Err(refused(key, "is not a valid name of an XML element"));
        }
        out.extend(["<", key, ">"]);
        push_text(&mut out, key, text)?;
        out.extend(["</", key, ">"]);
    }
    out.extend(["</", root, ">"]);
    Ok(out)
}

/// Returns the text of a member's value.
///
/// # Errors
///
/// [`ErrorKind::Request`] for a list or object, whose text in PHP would be `Array`.
pub fn member_text(key: &str, value: &Value) -> Result<String> {
    match value {
        Value::Null | Value::Bool(false) => Ok(String::new()),
        Value::Bool(true) => Ok("1".into()),
        Value::Number(number) => Ok(number_text(number)),
        Value::String(text) => Ok(text.clone()),
        Value::Array(_) | Value::Object(_) => Err(refused(
            key,
            "is a list or object; give its JSON as a text: json!({..}).to_string()",
        )),
    }
}

/// Reads a message.
///
/// An element with child elements becomes an object, a repeated one a list, any other a text.
///
/// # Errors
///
/// A description of the problem, without the content.
pub fn decode(bytes: &[u8]) -> Result<Map<String, Value>, BoxError> {
    if bytes.len() > MAX_LENGTH {
        return Err(format!("the XML is longer than {MAX_LENGTH} bytes").into());
    }
    let text = std::str::from_utf8(bytes)?;
    let mut parser = Parser {
        // The reader removes one byte order mark.
        reader: Reader::from_str(text),
        members: 0,
    };
    match parser.document()? {
        Value::Object(members) => Ok(members),
        // `<xml></xml>`
        Value::String(text) if is_blank(&text) => Ok(Map::new()),
        _ => Err("the XML has no members".into()),
    }
}

/// Whether the text is white space as defined by XML 1.0, which is less than Unicode's.
fn is_blank(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// Whether a body is a message, in contrast to bills and other files.
pub fn is_xml(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(b"<")
}

fn push_text(out: &mut String, key: &str, text: &str) -> Result<()> {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    if !text.chars().all(allowed) {
        return Err(refused(
            key,
            "contains a control character, which XML does not allow",
        ));
    }
    if text.contains(['<', '>', '&', '"']) {
        // `]]>` would end the section, so it is split into two sections.
        out.extend(["<![CDATA[", &text.replace("]]>", "]]]]><![CDATA[>"), "]]>"]);
    } else {
        out.push_str(&text.replace('\r', "&#13;"));
    }
    Ok(())
}

/// Whether a key is an XML name: XML 1.0, production 5, without the rarer letters.
fn is_name(key: &str) -> bool {
    let start = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
    let inside = |c: char| start(c) || c.is_ascii_digit() || matches!(c, '-' | '.');
    key.starts_with(start) && key.chars().all(inside)
}

fn refused(key: &str, why: &str) -> Error {
    Error::new(ErrorKind::Request, format!("the member {key:?} {why}"))
}

struct Parser<'a> {
    reader: Reader<&'a [u8]>,
    members: usize,
}

impl Parser<'_> {
    /// Reads a document that consists of one element.
    fn document(&mut self) -> Result<Value, BoxError> {
        let mut root = None;
        loop {
            match self.reader.read_event()? {
                Event::Start(_) if root.is_none() => root = Some(self.element(1)?),
                Event::Empty(_) if root.is_none() => root = Some(Value::String(String::new())),
                Event::Decl(_) | Event::Comment(_) => {}
                Event::Text(text) if is_blank(&text) => {}
                Event::Eof => return root.ok_or_else(|| "there is no XML element".into()),
                other => return Err(unexpected(&other)),
            }
        }
    }

    /// Reads the content of an element up to its end.
    fn element(&mut self, depth: usize) -> Result<Value, BoxError> {
        if depth > MAX_DEPTH {
            return Err(format!("the XML is nested deeper than {MAX_DEPTH} levels").into());
        }
        let mut text = String::new();
        let mut members = Map::new();
        loop {
            match self.reader.read_event()? {
                Event::Start(start) => {
                    let name = start.name().as_ref().to_owned();
                    let value = self.element(depth + 1)?;
                    self.add(&mut members, name, value)?;
                }
                Event::Empty(start) => {
                    let name = start.name().as_ref().to_owned();
                    self.add(&mut members, name, Value::String(String::new()))?;
                }
                Event::Text(piece) => text.push_str(&piece),
                Event::CData(piece) => text.push_str(&piece.into_inner()),
                Event::GeneralRef(reference) => text.push_str(&resolve(&reference)?),
                Event::Comment(_) => {}
                Event::End(_) => break,
                other => return Err(unexpected(&other)),
            }
        }
        match (members.is_empty(), is_blank(&text)) {
            (true, _) => Ok(Value::String(text)),
            (false, true) => Ok(Value::Object(members)),
            (false, false) => Err("the XML mixes text and elements".into()),
        }
    }

    fn add(
        &mut self,
        members: &mut Map<String, Value>,
        name: String,
        value: Value,
    ) -> Result<(), BoxError> {
        self.members += 1;
        if self.members > MAX_MEMBERS {
            return Err(format!("the XML has more than {MAX_MEMBERS} elements").into());
        }
        match members.get_mut(&name) {
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None => {
                members.insert(name, value);
            }
        }
        Ok(())
    }
}

/// Resolves the five predefined entities and character references.
fn resolve(reference: &BytesRef<'_>) -> Result<String, BoxError> {
    if let Some(c) = reference.resolve_char_ref()? {
        return Ok(c.to_string());
    }
    resolve_xml_entity(reference)
        .map(str::to_owned)
        .ok_or_else(|| "the XML uses a custom entity, which WeChat Pay never does".into())
}

fn unexpected(event: &Event<'_>) -> BoxError {
    let what = match event {
        Event::DocType(_) => "has a DOCTYPE, which APIv2 does not have",
        Event::PI(_) => "has a processing instruction",
        Event::Eof => "ends too early",
        _ => "has content outside its root element",
    };
    format!("the XML {what}").into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Value, String> {
        decode(text.as_bytes())
            .map(Value::Object)
            .map_err(|err| err.to_string())
    }

    #[test]
    fn texts_are_cdata_only_where_php_makes_them_so() {
        let members = [
            ("a", "1"),
            ("empty", ""),
            ("name", "腾讯 'x'\t\n"),
            ("amp", "a&b"),
            ("quote", "{\"a\":1}"),
            ("cr", "a\rb"),
            ("end", "a]]>b"),
        ];
        let text = encode(members).unwrap();
        assert_eq!(
            text,
            "<xml><a>1</a><empty></empty><name>腾讯 'x'\t\n</name><amp><![CDATA[a&b]]></amp>\
             <quote><![CDATA[{\"a\":1}]]></quote><cr>a&#13;b</cr>\
             <end><![CDATA[a]]]]><![CDATA[>b]]></end></xml>"
        );
        let back = read(&text).unwrap();
        for (key, value) in members {
            assert_eq!(back[key], value, "{key}");
        }
    }

    #[test]
    fn values_invalid_in_xml_fail_and_name_the_key() {
        for (key, value) in [
            ("bad key", "x"),
            ("1abc", "x"),
            ("", "x"),
            ("k", "\u{1}"),
            ("k", "\u{ffff}"),
        ] {
            let err = encode([(key, value)]).unwrap_err();
            assert!(err.to_string().contains(&format!("{key:?}")), "{err}");
        }
        for value in [json!([1]), json!({"a": 1})] {
            assert!(
                member_text("list", &value)
                    .unwrap_err()
                    .to_string()
                    .contains("\"list\"")
            );
        }
    }

    #[test]
    fn scalars_are_written_as_php_writes_them() {
        for (value, text) in [
            (json!(null), ""),
            (json!(false), ""),
            (json!(true), "1"),
            (json!(888), "888"),
            (json!(0.1), "0.1"),
            (json!(1.0), "1"),
        ] {
            assert_eq!(member_text("k", &value).unwrap(), text);
        }
    }

    #[test]
    fn xml_of_wechat_pay_is_read() {
        let text = "<?xml version=\"1.0\"?>\n<xml>\n  <return_code><![CDATA[SUCCESS]]></return_code>\n\
                    <total_fee>1</total_fee><empty/><a>x &lt;&#20013;&amp;</a>\
                    <list><item>1</item><item>2</item></list><!-- c --></xml>\n";
        assert_eq!(
            read(text).unwrap(),
            json!({
                "return_code": "SUCCESS", "total_fee": "1", "empty": "", "a": "x <中&",
                "list": {"item": ["1", "2"]},
            })
        );
        assert_eq!(read("<xml></xml>").unwrap(), json!({}));
    }

    #[test]
    fn readable_xml_is_recognised_by_its_beginning() {
        for (text, good) in [
            (" \t\r\n<xml><a>1</a> </xml>", true),
            ("\u{feff}<xml><a>1</a></xml>", true),
            ("\u{feff}\n<xml><a>1</a></xml>", true),
            ("\u{feff}\u{feff}<xml><a>1</a></xml>", false),
            ("\u{b}<xml><a>1</a></xml>", false),
            ("\u{3000}<xml><a>1</a></xml>", false),
            ("<xml><a>1</a></xml>\u{a0}", false),
            ("<xml>\u{3000}<a>1</a></xml>", false),
        ] {
            assert_eq!(read(text).is_ok(), good, "{text:?}");
            assert!(!good || is_xml(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn external_entities_and_bombs_are_rejected() {
        let xxe = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml><a>&e;</a></xml>";
        assert!(read(xxe).unwrap_err().contains("DOCTYPE"));
        let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><xml><a>&b;</a></xml>";
        assert!(read(laughs).unwrap_err().contains("DOCTYPE"));
        assert!(
            read("<xml><a>&e;</a></xml>")
                .unwrap_err()
                .contains("entity")
        );
        let deep = "<a>".repeat(64) + &"</a>".repeat(64);
        assert!(
            read(&format!("<xml>{deep}</xml>"))
                .unwrap_err()
                .contains("deeper")
        );
        let wide = "<a/>".repeat(MAX_MEMBERS + 1);
        assert!(
            read(&format!("<xml>{wide}</xml>"))
                .unwrap_err()
                .contains("more than")
        );
        let long = "x".repeat(MAX_LENGTH);
        assert!(
            read(&format!("<xml><a>{long}</a></xml>"))
                .unwrap_err()
                .contains("longer")
        );
    }

    #[test]
    fn xml_that_is_not_a_message_is_rejected() {
        for text in [
            "",
            "text",
            "<xml>",
            "<xml><a></xml>",
            "<xml>text</xml>",
            "<xml/><xml/>",
            "<xml>t<a/></xml>",
            "<xml><a>1</b></xml>",
            "<xml><?php x ?></xml>",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(decode(b"<xml><a>\xff</a></xml>").is_err());
    }
}
