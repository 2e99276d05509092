use std::borrow::Cow;
use std::sync::Arc;

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::bank::refuse_plaintext;
use crate::message::{
    CallInfo, Payload, Request, Response, default_header, header_value, refuse_content_type,
    with_query,
};
use crate::stack::{Middleware, Next};
use crate::trace;
use wechatpay_core::catalog::Operation;
use wechatpay_core::clock::Clock;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::percent;
use wechatpay_core::protocol::{SignType, xml};
use wechatpay_core::secret::Secret;

/// Innermost. Sees the request while its body is still data; adds `nonce_str` and `sign`, and writes
/// the body as XML, or the query of a `GET`.
///
/// A body of bytes passes unchanged. Fails on content that is invalid in XML, an unknown
/// `sign_type`, and a `mch_id` of another merchant; then nothing is sent.
pub(crate) struct TransformRequest {
    pub(crate) mchid: Arc<str>,
    pub(crate) key: Secret,
    pub(crate) check_mch_id: bool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) user_agent: HeaderValue,
}

impl Middleware for TransformRequest {
    async fn handle(&self, mut request: Request, next: Next) -> Result<Response> {
        if *request.method() == Method::GET {
            trace::sign(|| self.sign_query(&mut request))?;
        } else if let Payload::Media(_) = request.body() {
            self.sign_upload(&mut request).await?;
        } else {
            trace::sign(|| self.sign_body(&mut request))?;
        }
        let headers = request.headers_mut();
        default_header(headers, ACCEPT, || ACCEPTED);
        default_header(headers, CONTENT_TYPE, || XML);
        default_header(headers, USER_AGENT, || self.user_agent.clone());
        next.run(request).await
    }
}

const ACCEPTED: HeaderValue = HeaderValue::from_static("text/xml, text/plain, application/x-gzip");
const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");

type Members = Vec<(String, String)>;

impl TransformRequest {
    fn sign_body(&self, request: &mut Request) -> Result<()> {
        let info = request.extensions().get::<CallInfo>();
        if let Some(operation) = info.and_then(CallInfo::catalog_fields) {
            refuse_plaintext(operation, request.body())?;
        }
        let members = match request.body() {
            Payload::Json(Value::Object(object)) => object
                .iter()
                .map(|(key, value)| Ok((key.clone(), xml::member_text(key, value)?)))
                .collect::<Result<Members>>()?,
            Payload::Empty => Members::new(),
            Payload::Json(_) => return Err(not_an_object()),
            _ => return Ok(()),
        };
        let members = self.signed(members, request.extensions().get())?;
        let text = xml::encode(members.iter().map(|(key, text)| (&**key, &**text)))?;
        *request.body_mut() = Payload::Bytes(text.into());
        Ok(())
    }

    /// Signs the fields of an upload, including the file's MD5.
    async fn sign_upload(&self, request: &mut Request) -> Result<()> {
        let Payload::Media(mut media) = std::mem::take(request.body_mut()) else {
            return Ok(());
        };
        refuse_content_type(request.headers())?;
        let (md5, given) = media.v2_fields().await?;
        let usual = json!({"mch_id": &*self.mchid, "media_hash": md5, "sign_type": "HMAC-SHA256"});
        let mut fields = match usual {
            Value::Object(usual) => usual,
            _ => Map::new(),
        };
        fields.extend(given);
        let members = fields
            .iter()
            .map(|(key, value)| Ok((key.clone(), xml::member_text(key, value)?)))
            .collect::<Result<Members>>()?;
        let members = self.signed(members, request.extensions().get())?;
        let upload = media.into_v2_upload(&members).await?;
        let content_type = header_value("Content-Type", &upload.content_type())?;
        request.headers_mut().insert(CONTENT_TYPE, content_type);
        *request.body_mut() = Payload::Upload(Box::new(upload));
        Ok(())
    }

    fn sign_query(&self, request: &mut Request) -> Result<()> {
        let query = request.uri().query().unwrap_or_default();
        let members = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Ok((decoded(name)?.into_owned(), decoded(value)?.into_owned()))
            })
            .collect::<Result<Members>>()?;
        let mut query = String::new();
        for (name, value) in self.signed(members, request.extensions().get())? {
            if !query.is_empty() {
                query.push('&');
            }
            percent::push_value(&mut query, &name);
            query.push('=');
            percent::push_value(&mut query, &value);
        }
        *request.uri_mut() = with_query(request.uri(), &query)?;
        Ok(())
    }

    /// Returns the members with `nonce_str` and `sign`, each in the caller's position, or last.
    fn signed(&self, mut members: Members, info: Option<&CallInfo>) -> Result<Members> {
        self.check_merchant(&members)?;
        let operation = info.and_then(CallInfo::operation);
        let sign_type = sign_type(&mut members, operation)?;
        if !info.is_some_and(nonceless) && find(&members, "nonce_str").is_none() {
            members.push(("nonce_str".into(), self.clock.nonce()?));
        }
        let borrowed = members.iter().map(|(key, text)| (key, text));
        let sign = sign_type.sign(borrowed, &self.key)?;
        match members.iter_mut().find(|(key, _)| key == "sign") {
            Some((_, place)) => *place = sign,
            None => members.push(("sign".into(), sign)),
        }
        Ok(members)
    }

    /// Rejects another merchant's `mch_id`, as the PHP SDK does: a common mistake in programs for many merchants.
    fn check_merchant(&self, members: &Members) -> Result<()> {
        if !self.check_mch_id {
            return Ok(());
        }
        let named = xml::MERCHANT_NAMES
            .iter()
            .find_map(|key| find(members, key));
        if named == Some(&*self.mchid) {
            return Ok(());
        }
        let ours = &*self.mchid;
        let problem = match named {
            None => format!("has no mch_id: give {ours:?}, this client's merchant"),
            Some(other) => format!(
                "names mch_id {other:?}, and this client's merchant is {ours:?}: give that one"
            ),
        };
        Err(Error::new(
            ErrorKind::Request,
            format!("the request {problem}, or build the client with check_mch_id(false)"),
        ))
    }
}

fn find<'m>(members: &'m Members, key: &str) -> Option<&'m str> {
    let (_, text) = members.iter().find(|(known, _)| known == key)?;
    Some(text)
}

/// Returns the call's `sign_type`, unless the catalog knows that the operation accepts only one.
fn sign_type(members: &mut Members, operation: Option<&Operation>) -> Result<SignType> {
    let only = operation.and_then(Operation::sign_type);
    for (name, text) in members.iter_mut().filter(|(name, _)| name == "sign_type") {
        match only {
            Some(only) if text.is_empty() => *text = only.as_str().to_owned(),
            Some(only) if *text != only.as_str() => return Err(other_sign_type(name, text, only)),
            _ => {}
        }
    }
    match (only, find(members, "sign_type")) {
        (Some(only), None) => {
            // WeChat Pay assumes MD5 if none is named.
            if only != SignType::default() {
                members.push(("sign_type".into(), only.as_str().to_owned()));
            }
            Ok(only)
        }
        (_, named) => SignType::parse(named.unwrap_or_default()),
    }
}

fn other_sign_type(name: &str, given: &str, only: SignType) -> Error {
    let only = only.as_str();
    Error::new(
        ErrorKind::Request,
        format!(
            "this operation accepts only the {name} {only}, and the request has {given:?}: write \
             {only}, or leave {name} out"
        ),
    )
}

/// Returns the call's option, or else the catalog's value.
fn nonceless(info: &CallInfo) -> bool {
    info.options()
        .nonceless
        .unwrap_or_else(|| info.operation().is_some_and(Operation::nonceless))
}

fn decoded(text: &str) -> Result<Cow<'_, str>> {
    percent_decode_str(text).decode_utf8().map_err(|err| {
        Error::new(
            ErrorKind::Request,
            "a query parameter is not UTF-8 and cannot be signed",
        )
        .with_source(err)
    })
}

fn not_an_object() -> Error {
    Error::new(
        ErrorKind::Request,
        "the body of an APIv2 call is an object: json!({\"mch_id\": \"…\", ..})",
    )
}
