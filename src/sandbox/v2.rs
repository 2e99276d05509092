//! APIv2 at the gateway: XML signed with a shared key.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::bilingual::Bilingual;
use super::fault::Fault;
use super::identity::MCHID;
use super::multipart;
use super::query;
use super::refusal::{AS_TOLD, Refusal};
use super::reply::Reply;
use super::server::ClientCertificate;
use wechatpay_core::catalog::{self, AnswerKind, AnswerSignature, Operation};
use wechatpay_core::clock::Clock;
use wechatpay_core::crypto::digest::md5_hex;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::{SignType, sign_text, xml};
use wechatpay_core::secret::Secret;

const SIGNATURE_WRONG: &str = "签名错误";
const MERCHANT_WRONG: &str = "mch_id参数格式错误";
const NO_NONCE: &str = "缺少参数nonce_str";
const LONG_NONCE: &str = "nonce_str参数长度有误";
const NO_CERTIFICATE: &str = "请使用商户证书发起请求";
const NOT_XML: &str = "XML格式错误";
const NO_FILE: &str = "缺少参数media";
const WRONG_HASH: &str = "media_hash校验失败";

/// Source: "统一下单", `nonce_str`: String(32).
const NONCE: usize = 32;

type Members = Map<String, Value>;

/// The operation of a request that APIv2's `v2/` was taken from: one without `Authorization`.
pub(super) fn operation(
    headers: &HeaderMap,
    method: &Method,
    path: &str,
) -> Option<&'static Operation> {
    match headers.contains_key(AUTHORIZATION) {
        true => None,
        false => unprefixed(method, path),
    }
}

/// The operation of a path with APIv2's `v2/` or without.
pub(super) fn find(method: &Method, path: &str) -> Option<&'static Operation> {
    let found = catalog::find(method, path).or_else(|| unprefixed(method, path));
    found.filter(|operation| operation.is_v2())
}

fn unprefixed(method: &Method, path: &str) -> Option<&'static Operation> {
    catalog::find(method, &format!("v2{path}"))
}

/// All the checks; gives the request's members, and as soon as it is known the text that `sign` has
/// to cover, with `***` for the key.
pub(super) fn judge(
    head: &Parts,
    body: &[u8],
    operation: &Operation,
    key: &Secret,
    built: &mut Option<Vec<u8>>,
) -> Result<Value, Refusal> {
    let kind = head.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let form = Form::read(&head.method, head.uri.query(), kind, body)?;
    let members = form.members;
    let text = |name: &str| {
        members
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let refuse = |message, why: Bilingual| Err(Refusal::v2(message, why));
    let named = ["mch_id", "mchid", "combine_mch_id"].map(text);
    if !named.contains(&MCHID) {
        return refuse(
            MERCHANT_WRONG,
            Bilingual::new(
                "neither mch_id nor mchid is the sandbox's merchant",
                "mch_id 或 mchid 不是沙箱的商户号",
            ),
        );
    }
    *built = Some(shown_text(&members, key).into());
    if !operation.nonceless() && text("nonce_str").is_empty() {
        let why = Bilingual::new("there is no nonce_str", "没有随机串 nonce_str");
        return refuse(NO_NONCE, why);
    }
    if text("nonce_str").len() > NONCE {
        let why = Bilingual::new(
            "the nonce_str is longer than 32 bytes",
            "随机串 nonce_str 超过 32 字节",
        );
        return refuse(LONG_NONCE, why);
    }
    if !signed(&members, key) {
        return refuse(
            SIGNATURE_WRONG,
            Bilingual::new(
                "the sign does not fit the members under the APIv2 key",
                "sign 与用 APIv2 密钥对各参数计算的签名不符",
            ),
        );
    }
    if let Some(file) = form.file {
        check_hash(file, text("media_hash"))?;
    }
    // Plain HTTP cannot show one and passes: this crate's client misses it before it sends.
    let presented = head.extensions.get::<ClientCertificate>();
    if operation.needs_client_cert() && presented == Some(&ClientCertificate::Missing) {
        return refuse(
            NO_CERTIFICATE,
            Bilingual::new(
                "the TLS connection presents no merchant certificate",
                "TLS 连接没有出示商户证书",
            ),
        );
    }
    Ok(Value::Object(members))
}

/// The answer: what was to be answered, with APIv2's own members and a signature.
pub(super) fn reply(
    mut reply: Reply,
    operation: &Operation,
    key: &Secret,
    clock: &dyn Clock,
    fault: Option<&Fault>,
) -> Result<Reply> {
    let json = reply
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let in_json = operation.answer() == AnswerKind::Json;
    if !json || in_json || !reply.status.is_success() {
        reply.covers = AnswerSignature::Nothing;
        return Ok(reply);
    }
    let Ok(Value::Object(told)) = serde_json::from_slice(&reply.body) else {
        return Err(Error::new(
            ErrorKind::Builder,
            "an APIv2 answer is a JSON object",
        ));
    };
    let mut members = Members::from_iter([
        ("return_code".to_owned(), json!("SUCCESS")),
        ("return_msg".to_owned(), json!("OK")),
        ("result_code".to_owned(), json!("SUCCESS")),
        ("nonce_str".to_owned(), json!(clock.nonce()?)),
    ]);
    members.extend(told.into_iter().filter(|(name, _)| name != "sign"));
    if operation.answer_signature() != AnswerSignature::Nothing {
        let kind = operation.sign_type().unwrap_or_default();
        seal(&mut members, kind, key, fault)?;
    }
    xml_reply(reply.status, &members)
}

/// The answer to what was refused: signed when the request itself was in order.
pub(super) fn refused(
    refusal: &Refusal,
    request: Option<&Value>,
    operation: &Operation,
    key: &Secret,
    clock: &dyn Clock,
    fault: Option<&Fault>,
) -> Reply {
    if !refusal.is_business {
        return unsigned(&refusal.message);
    }
    let mut members = json!({
        "result_code": "FAIL",
        "err_code": refusal.code,
        "err_code_des": refusal.message,
    });
    if let Some(kind) = request.and_then(|request| request.get("sign_type")) {
        members["sign_type"] = kind.clone();
    }
    let failed = Reply::json(StatusCode::OK, &members, AnswerSignature::Nothing);
    reply(failed, operation, key, clock, fault)
        .unwrap_or_else(|err| Refusal::internal(&err).reply())
}

/// Whatever is wrong, APIv2 says so with 200.
pub(super) fn leaving(mut refusal: Refusal) -> Refusal {
    refusal.status = StatusCode::OK;
    refusal
}

/// What APIv2 says where APIv3 answers with a status; `None` where a proxy that stands before both does.
///
/// Source: the tables of errors (错误码) of "统一下单", "查询订单" and "申请退款" of APIv2.
pub(super) fn of_status(status: StatusCode) -> Option<Refusal> {
    let (code, message) = match status.as_u16() {
        400 => ("PARAM_ERROR", "参数错误"),
        401 => return Some(Refusal::v2(SIGNATURE_WRONG, AS_TOLD)),
        403 => ("NOAUTH", "商户无此接口权限"),
        404 => ("ORDERNOTEXIST", "此交易订单号不存在"),
        429 => ("FREQUENCY_LIMITED", "频率限制"),
        500 => ("SYSTEMERROR", "系统错误"),
        _ if status.is_client_error() => ("INVALID_REQUEST", "无效请求"),
        _ => return None,
    };
    Some(Refusal::v2_failure(code, message, AS_TOLD))
}

fn unsigned(message: &str) -> Reply {
    let members = Members::from_iter([
        ("return_code".to_owned(), json!("FAIL")),
        ("return_msg".to_owned(), json!(message)),
    ]);
    xml_reply(StatusCode::OK, &members).unwrap_or_else(|err| Refusal::internal(&err).reply())
}

/// What a request says: its members, and of an upload the file.
pub(super) struct Form<'b> {
    pub(super) members: Members,
    file: Option<&'b [u8]>,
}

impl<'b> Form<'b> {
    pub(super) fn read(
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
            Ok(plain(members_of(query.unwrap_or_default())))
        } else if multipart::is_multipart(kind) {
            Self::of_upload(kind, body)
        } else {
            let members = xml::decode(body);
            members.map(plain).map_err(|err| {
                Refusal::v2(NOT_XML, Bilingual::of_error("报文主体无法按 XML 解析", err))
            })
        }
    }

    /// Parts without a file name are members; the file is the part `media`.
    fn of_upload(kind: &str, body: &'b [u8]) -> Result<Self, Refusal> {
        let (mut members, mut file) = (Members::new(), None);
        for part in multipart::parts(kind, body) {
            match (part.says("name"), part.says("filename")) {
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

fn members_of(query: &str) -> Members {
    query::pairs(query)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}

/// An upload's file has to have the MD5 that its signed fields name.
fn check_hash(file: &[u8], expected: &str) -> Result<(), Refusal> {
    let found = md5_hex(file).map_err(|err| Refusal::internal(&err))?;
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let why = (
        format!("the file's MD5 is {found}, and media_hash says {expected:?}"),
        format!("文件的 MD5 是 {found}，而 media_hash 是 {expected:?}"),
    );
    Err(Refusal::v2(WRONG_HASH, why))
}

/// The text that `sign` covers, without the key: also where a member holds it.
fn shown_text(members: &Members, key: &Secret) -> String {
    let texts = members.iter();
    let texts = texts.filter_map(|(name, value)| Some((name, value.as_str()?)));
    sign_text(texts, &Secret::new("***")).replace(key.expose(), "***")
}

pub(super) fn signed(members: &Members, key: &Secret) -> bool {
    let text = |name: &str| {
        members
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let Ok(kind) = SignType::parse(text("sign_type")) else {
        return false;
    };
    let texts = members
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_str()?)));
    kind.verify(texts, key, text("sign")).unwrap_or(false)
}

/// Signs as the member `sign_type` says, else with `usual`; faults of a signature spoil it.
pub(super) fn seal(
    members: &mut Members,
    usual: SignType,
    key: &Secret,
    fault: Option<&Fault>,
) -> Result<()> {
    let named = members.get("sign_type").and_then(Value::as_str);
    let kind = named.map_or(Ok(usual), SignType::parse)?;
    let sign = kind.sign(texts(members)?, key)?;
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

/// Each member's text.
pub(super) fn texts(members: &Members) -> Result<Vec<(&str, String)>> {
    let text = |(name, value)| Ok((String::as_str(name), xml::member_text(name, value)?));
    members.iter().map(text).collect()
}

pub(super) fn xml_reply(status: StatusCode, members: &Members) -> Result<Reply> {
    let texts = texts(members)?;
    let text = xml::encode(texts.iter().map(|(name, text)| (*name, &**text)))?;
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
