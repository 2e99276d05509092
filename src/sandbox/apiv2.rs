//! APIv2's messages: XML, queries and forms, signed with a shared key.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use crate::bilingual::Bilingual;
use crate::fault::Fault;
use crate::multipart;
use crate::query;
use crate::refusal::Refusal;
use crate::reply::Reply;
use wechatpay_core::catalog::{self, AnswerSignature, Operation};
use wechatpay_core::error::Result;
use wechatpay_core::protocol::{SignType, sign_text, xml};
use wechatpay_core::secret::Secret;

const NOT_XML: &str = "XML格式错误";
const NO_FILE: &str = "缺少参数media";

pub(crate) type Members = Map<String, Value>;

/// The APIv2 operation of a request without `Authorization`; its path on the wire has no `v2/`.
pub(crate) fn operation_of(
    headers: &HeaderMap,
    method: &Method,
    path: &str,
) -> Option<&'static Operation> {
    if headers.contains_key(AUTHORIZATION) {
        return None;
    }
    find_unprefixed(method, path)
}

/// The APIv2 operation of a path with or without `v2/`.
#[cfg(feature = "control")]
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Operation> {
    let found = catalog::find(method, path).or_else(|| find_unprefixed(method, path));
    found.filter(|operation| operation.is_v2())
}

fn find_unprefixed(method: &Method, path: &str) -> Option<&'static Operation> {
    let path = path.strip_prefix("/v2").unwrap_or(path);
    let found = catalog::find(method, &format!("v2{path}"));
    found.or_else(|| simulated(method, path))
}

/// The two addresses of the simulation (仿真测试系统).
const SIMULATION: [&str; 2] = ["/sandboxnew/", "/xdc/apiv2sandbox/"];

/// The operation of the simulation, otherwise the operation that it stands for. Few are documented, and those of refunds
/// without their `secapi/`; clients in their sandbox mode send all of theirs there.
fn simulated(method: &Method, path: &str) -> Option<&'static Operation> {
    let rest = SIMULATION.iter().find_map(|it| path.strip_prefix(it))?;
    // The operations of the simulation are themselves in the catalog: a doubled prefix would find them.
    if SIMULATION.iter().any(|it| rest.starts_with(&it[1..])) {
        return None;
    }
    let find = |start: &str, rest: &str| catalog::find(method, &format!("{start}{rest}"));
    let own = |rest| find("v2/sandboxnew/", rest);
    let found = own(rest).or_else(|| own(rest.strip_prefix("secapi/")?));
    found.or_else(|| find("v2/", rest))
}

/// Whether a path of the simulation names an operation that the catalogue has without the prefix. Both use the same orders.
pub(crate) fn is_simulated(path: &str, operation: &Operation) -> bool {
    let path = path.strip_prefix("/v2").unwrap_or(path);
    let own = operation.path().strip_prefix("v2").unwrap_or_default();
    let is_below = |path: &str| SIMULATION.iter().any(|it| path.starts_with(it));
    is_below(path) && !is_below(own)
}

/// The members of a request, and the file of an upload.
pub(crate) struct Message<'b> {
    pub(crate) members: Members,
    pub(crate) file: Option<&'b [u8]>,
}

impl<'b> Message<'b> {
    pub(crate) fn read(
        method: &Method,
        query: Option<&str>,
        kind: &str,
        body: &'b [u8],
    ) -> Result<Self, Refusal> {
        let plain = |members| Self {
            members,
            file: None,
        };
        if method == Method::GET {
            Ok(plain(query_members(query.unwrap_or_default())))
        } else if multipart::is_multipart(kind) {
            Self::of_upload(kind, body)
        } else {
            Ok(plain(decode(body)?))
        }
    }

    /// Parts without a file name are members; the file is the part `media`.
    fn of_upload(kind: &str, body: &'b [u8]) -> Result<Self, Refusal> {
        let (mut members, mut file) = (Members::new(), None);
        for part in multipart::parts(kind, body) {
            match (part.disposition("name"), part.disposition("filename")) {
                (Some("media"), Some(_)) => file = Some(part.content),
                (Some(name), None) => {
                    let text = String::from_utf8_lossy(part.content).into_owned();
                    members.insert(name.to_owned(), Value::String(text));
                }
                _ => {}
            }
        }
        match file {
            Some(_) => Ok(Self { members, file }),
            None => {
                let why = (
                    "the upload has no file named media",
                    "上传请求的表单中没有名为 media 的文件",
                );
                Err(Refusal::v2(NO_FILE, why))
            }
        }
    }
}

/// Reads the XML of a request. The refusal of another format names it.
fn decode(body: &[u8]) -> Result<Members, Refusal> {
    let wrong = |why: Bilingual| Refusal::v2(NOT_XML, why);
    let members = match xml::decode(body) {
        Ok(members) => members,
        Err(_) if std::str::from_utf8(body).is_err() => return Err(wrong(NOT_UTF8)),
        Err(_) if !xml::is_xml(body) => return Err(wrong(not_xml(body))),
        Err(err) => {
            return Err(wrong(Bilingual::of_error(
                "报文主体无法按 XML 解析：请检查元素是否闭合、& 和 < 是否转义、编码是否为 UTF-8",
                err,
            )));
        }
    };
    let root = root(body);
    if root == "xml" {
        return Ok(members);
    }
    let root: String = root.chars().take(40).collect();
    Err(wrong(Bilingual::from((
        format!("the root element is <{root}>: APIv2 takes <xml>"),
        format!("根元素是 <{root}>，应为 <xml>"),
    ))))
}

const NOT_UTF8: Bilingual = Bilingual::new(
    "the body is not UTF-8 (probably GBK): make its bytes with UTF-8, as getBytes(StandardCharsets.UTF_8), and sign the \
     same text",
    "报文主体不是 UTF-8（可能是 GBK）：请用 UTF-8 转为字节，如 getBytes(StandardCharsets.UTF_8)，并对同一文本签名",
);

/// Names the format of a body that is not XML.
fn not_xml(body: &[u8]) -> Bilingual {
    let is_json = serde_json::from_slice::<IgnoredAny>(body).is_ok();
    let text = body.trim_ascii();
    let is_form = !text.contains(&b'\n') && text.contains(&b'=');
    if text.is_empty() {
        Bilingual::new(
            "the request has no body: APIv2 takes the members as XML",
            "请求没有报文主体：APIv2 的参数要写成 XML",
        )
    } else if is_json {
        Bilingual::new(
            "the body is JSON, which is APIv3's: APIv2 takes <xml>…</xml>, one element for each member",
            "报文主体是 JSON，那是 APIv3 的格式；APIv2 应为 <xml>…</xml>，每个参数一个元素",
        )
    } else if is_form {
        Bilingual::new(
            "the body is a form (a=b&c=d): APIv2 takes <xml>…</xml>, one element for each member",
            "报文主体是表单（a=b&c=d）；APIv2 应为 <xml>…</xml>，每个参数一个元素",
        )
    } else {
        Bilingual::new(
            "the body is not XML: APIv2 takes <xml>…</xml>, one element for each member",
            "报文主体不是 XML；APIv2 应为 <xml>…</xml>，每个参数一个元素",
        )
    }
}

/// The name of the root element.
fn root(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut rest = &*text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = match rest.as_bytes().first() {
            Some(b'?') => "?>",
            Some(b'!') => "-->",
            _ => {
                let name = rest.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
                return name.take(1).collect();
            }
        };
        rest = rest.split_once(end).map_or("", |(_, behind)| behind);
    }
    String::new()
}

fn query_members(query: &str) -> Members {
    query::pairs(query)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}

/// The text of a member, or an empty text.
pub(crate) fn text<'m>(members: &'m Members, name: &str) -> &'m str {
    let value = members.get(name).and_then(Value::as_str);
    value.unwrap_or_default()
}

/// The text that `sign` covers, with `***` in place of the key, even if a member contains the key.
pub(crate) fn redacted_sign_text(members: &Members, key: &Secret) -> String {
    let texts = members.iter();
    let texts = texts.filter_map(|(name, value)| Some((name, value.as_str()?)));
    sign_text(texts, &Secret::new("***")).replace(key.expose(), "***")
}

/// The algorithm that signs a request and its response: the member `sign_type`, otherwise the only one that the operation
/// accepts, otherwise MD5.
pub(crate) fn sign_type(operation: &Operation, members: &Members) -> Result<SignType> {
    match text(members, "sign_type") {
        "" => Ok(operation.sign_type().unwrap_or_default()),
        named => SignType::parse(named),
    }
}

/// Whether `sign` is the signature of the other members, with the operation's algorithm.
pub(crate) fn is_signed(operation: &Operation, members: &Members, key: &Secret) -> bool {
    let text = |name| text(members, name);
    let Ok(kind) = sign_type(operation, members) else {
        return false;
    };
    if operation.sign_type().is_some_and(|only| only != kind) || unsignable(operation, members) {
        return false;
    }
    let is_signed = |members: &Members| {
        let texts = members
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?)));
        kind.verify(texts, key, text("sign")).unwrap_or(false)
    };
    is_signed(members) || decoded(operation, members).is_some_and(|it| is_signed(&it))
}

/// The members with the text of a URL that is sent percent-encoded and signed as it was before.
///
/// Source: "转换短链接", `long_url`: 签名用原串，传输需URLencode. WeChat Pay's own demo sends it as it is signed, so both are
/// accepted.
fn decoded(operation: &Operation, members: &Members) -> Option<Members> {
    if operation.path() != "v2/tools/shorturl" {
        return None;
    }
    let sent = members.get("long_url")?.as_str()?;
    let url = percent_decode_str(sent).decode_utf8().ok()?;
    let mut decoded = members.clone();
    decoded.insert("long_url".into(), json!(url));
    Some(decoded)
}

/// Whether a request has a member that WeChat Pay omits when it verifies.
///
/// Source: users have published that `pay/profitsharingquery` with the undocumented member `appid` is answered with 签名错误.
pub(crate) fn unsignable(operation: &Operation, members: &Members) -> bool {
    operation.path() == "v2/pay/profitsharingquery" && members.contains_key("appid")
}

/// Signs with the algorithm in the member `sign_type`, or with `default`. A fault of the signature corrupts it.
pub(crate) fn sign(
    members: &mut Members,
    default: SignType,
    key: &Secret,
    fault: Option<&Fault>,
) -> Result<()> {
    let named = members.get("sign_type").and_then(Value::as_str);
    let kind = named.map_or(Ok(default), SignType::parse)?;
    let sign = kind.sign(signed_texts(members)?, key)?;
    match fault {
        Some(Fault::MissingHeaders) => {}
        Some(Fault::WrongSignature) => {
            let wrong: String = sign.chars().rev().collect();
            members.insert("sign".into(), json!(wrong));
        }
        _ => {
            members.insert("sign".into(), json!(sign));
        }
    }
    if fault == Some(&Fault::TamperedBody) {
        members.insert("tampered".into(), json!("1"));
    }
    Ok(())
}

/// The members as texts, as APIv2's XML holds them.
pub(crate) fn texts(members: &Members) -> Result<Vec<(&str, String)>> {
    let text = |(name, value)| Ok((String::as_str(name), xml::member_text(name, value)?));
    members.iter().map(text).collect()
}

/// Writes members as elements: an object with child elements, a list as one element for each item.
///
/// A line break follows each element, and texts are CDATA, as in the samples of the documentation and in published
/// responses.
fn push_elements(out: &mut String, members: &Members) -> Result<()> {
    for (name, value) in members {
        match value {
            Value::Object(inside) => {
                out.extend(["<", name, ">"]);
                push_elements(out, inside)?;
                out.extend(["</", name, ">\n"]);
            }
            Value::Array(items) => {
                for item in items {
                    push_elements(out, &Members::from_iter([(name.clone(), item.clone())]))?;
                }
            }
            _ => push_element(out, name, value)?,
        }
    }
    Ok(())
}

fn push_element(out: &mut String, name: &str, value: &Value) -> Result<()> {
    let text = xml::member_text(name, value)?;
    let element = xml::encode([(name, &*text)])?;
    let inside = element
        .strip_prefix("<xml>")
        .and_then(|it| it.strip_suffix("</xml>"));
    let inside = inside.unwrap_or_default();
    // Readers of XML turn a carriage return in CDATA into a line feed.
    let is_written = !value.is_string() || inside.contains("<![CDATA[") || text.contains('\r');
    if is_written {
        out.extend([inside, "\n"]);
    } else {
        out.extend(["<", name, "><![CDATA[", &text, "]]></", name, ">\n"]);
    }
    Ok(())
}

/// The members as texts, without those that have child elements, which no signature covers.
fn signed_texts(members: &Members) -> Result<Vec<(&str, String)>> {
    let mut members = members
        .iter()
        .filter(|(_, value)| !value.is_object() && !value.is_array());
    members.try_fold(Vec::new(), |mut texts, (name, value)| {
        texts.push((&**name, xml::member_text(name, value)?));
        Ok(texts)
    })
}

/// A response whose body is the members as XML.
pub(crate) fn xml_reply(status: StatusCode, members: &Members) -> Result<Reply> {
    let mut text = String::from("<xml>");
    push_elements(&mut text, members)?;
    text.push_str("</xml>");
    Ok(Reply {
        status,
        headers: [(
            CONTENT_TYPE,
            HeaderValue::from_static("text/xml; charset=utf-8"),
        )]
        .into_iter()
        .collect(),
        body: text.into(),
        covers: AnswerSignature::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_in_the_simulation_too() {
        let mut count = 0;
        for operation in catalog::operations().iter().filter(|it| it.is_v2()) {
            let (method, path) = (operation.method(), operation.path());
            let rest = path.strip_prefix("v2/").unwrap();
            if SIMULATION.iter().any(|it| rest.starts_with(&it[1..])) {
                continue;
            }
            for start in SIMULATION {
                for path in [format!("{start}{rest}"), format!("/v2{start}{rest}")] {
                    let found = find_unprefixed(&method, &path).map(Operation::path);
                    let rest = rest.trim_start_matches("secapi/");
                    let own = SIMULATION.map(|it| format!("v2{it}{rest}"));
                    let is_right =
                        |it: &str| it == operation.path() || own.iter().any(|own| own == it);
                    assert!(found.is_some_and(is_right), "{path}");
                }
            }
            count += 1;
        }
        assert!(count > 50, "{count}");
    }

    #[test]
    fn a_doubled_prefix_is_no_path_of_the_simulation() {
        for start in SIMULATION {
            for again in SIMULATION {
                for rest in [
                    "pay/orderquery",
                    "pay/closeorder",
                    "pay/micropay",
                    "secapi/pay/refund",
                ] {
                    let path = format!("{start}{}{rest}", &again[1..]);
                    assert!(find_unprefixed(&Method::POST, &path).is_none(), "{path}");
                }
            }
        }
    }

    #[test]
    fn a_response_is_written_as_wechat_pay_writes_it() {
        let members = json!({
            "return_code": "SUCCESS", "total_fee": 1, "attach": "", "body": "a<b & ]]> c", "note": "a\r\nb",
            "hblist": {"hbinfo": [{"openid": "o1"}, {"openid": "o2"}]},
        });
        let members = members.as_object().unwrap();
        let reply = xml_reply(StatusCode::OK, members).unwrap();
        let text = std::str::from_utf8(&reply.body).unwrap();
        assert_eq!(
            text,
            "<xml><return_code><![CDATA[SUCCESS]]></return_code>\n\
             <total_fee>1</total_fee>\n\
             <attach><![CDATA[]]></attach>\n\
             <body><![CDATA[a<b & ]]]]><![CDATA[> c]]></body>\n\
             <note>a&#13;\nb</note>\n\
             <hblist><hbinfo><openid><![CDATA[o1]]></openid>\n</hbinfo>\n\
             <hbinfo><openid><![CDATA[o2]]></openid>\n</hbinfo>\n</hblist>\n\
             </xml>"
        );
        let read = xml::decode(text.as_bytes()).unwrap();
        let texts = ["return_code", "attach", "body", "note", "hblist"];
        assert!(
            texts.iter().all(|name| read[*name] == members[*name]),
            "{read:?}"
        );
    }
}
