//! Finds out why a signature or a ciphertext is wrong.
//!
//! The public key recovers the digest of the signed text from an RSA signature (PKCS#1 v1.5). So the
//! sandbox knows whether the right key signed another text, and can tell which of the
//! [likely ones](super::variants) it was. APIv2's digest stands in the message itself.

mod credentials;
mod encryption;
mod header;
mod signature;
mod sm;
mod v2;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use http::header::{CONTENT_TYPE, HOST};
use serde_json::Value;

use super::variants::{self, FORM, Parts, SLASHES};
use crate::gateway::expected_scheme;
use crate::multipart;
pub(super) use crate::record::Mistake;
use crate::record::{CallRecord, KnownKeys, Verdict};
use crate::schema::{self, Schema};
use crate::sensitive_fields::FieldDecryptor;
use crate::state::SandboxState;
use wechatpay_core::catalog::{self, Operation};
use wechatpay_core::crypto::KeyAlgorithm;
use wechatpay_core::crypto::digest::sha256;
use wechatpay_core::protocol::{Authorization, request_text};

/// The diagnosis of a request.
#[derive(Debug)]
pub(super) struct Diagnosis {
    /// The mistakes; never empty.
    pub(super) mistakes: Vec<Mistake>,
    /// The expected and the signed text, if the latter was found and differs.
    pub(super) texts: Option<Texts>,
}

/// The text that the gateway built and the one that the client signed.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) built: Vec<u8>,
    pub(super) signed: Vec<u8>,
}

impl Texts {
    /// The index of the first byte that differs.
    pub(super) fn difference(&self) -> usize {
        let pairs = self.built.iter().zip(&self.signed);
        pairs.take_while(|(built, signed)| built == signed).count()
    }
}

impl Diagnosis {
    fn new(mistakes: Vec<Mistake>, texts: Option<Texts>) -> Option<Self> {
        let texts = texts.filter(|texts| texts.built != texts.signed);
        (!mistakes.is_empty()).then_some(Self { mistakes, texts })
    }
}

/// The mistakes in a request's signature or encryption; `None` when it was not refused for either.
pub(super) fn diagnose(call: &CallRecord, state: &SandboxState) -> Option<Diagnosis> {
    match call.verdict {
        Verdict::Refused {
            code: "SIGN_ERROR", ..
        } => of_apiv3(call, state),
        Verdict::Refused { code: "FAIL", .. } => v2::diagnose(call, state),
        Verdict::Refused {
            code: "PARAM_ERROR",
            ref message,
            ..
        } => encryption::diagnose(call, message, state),
        _ => None,
    }
}

/// The mistakes in a request, which are kept until the sandbox has other keys.
pub(super) fn mistakes(call: &CallRecord, state: &SandboxState) -> Arc<[Mistake]> {
    let found = || diagnose(call, state).map_or_else(Vec::new, |found| found.mistakes);
    call.mistakes.of(known_keys(state), found)
}

fn known_keys(state: &SandboxState) -> KnownKeys {
    let accounts = state.accounts.all();
    let made = accounts.iter().filter(|it| it.made_credentials().is_some());
    let view = state.accounts.first().view();
    let mut ids = DefaultHasher::new();
    view.ok()
        .map(|view| state.platform.ids(&view))
        .hash(&mut ids);
    (
        made.count(),
        state.accounts.made_brands().len(),
        ids.finish(),
    )
}

fn path(call: &CallRecord) -> &str {
    call.target.split('?').next().unwrap_or_default()
}

/// Repeats the checks of the gateway, but does not stop at the first failure.
fn of_apiv3(call: &CallRecord, state: &SandboxState) -> Option<Diagnosis> {
    let operation = catalog::find(&call.method, path(call));
    let scheme = sm::scheme(&call.headers, expected_scheme(operation, path(call)), state);
    let (mut mistakes, authorization) = header::read(&call.headers, scheme);
    let Some(authorization) = authorization else {
        if path(call).starts_with("//") {
            mistakes.push(SLASHES);
        }
        return Diagnosis::new(mistakes, None);
    };
    mistakes.extend(credentials::mistakes(&authorization, state, call.time));
    let (more, texts) = of_signature(call, state, &authorization).unwrap_or_default();
    mistakes.extend(more);
    Diagnosis::new(mistakes, texts)
}

fn of_signature(
    call: &CallRecord,
    state: &SandboxState,
    authorization: &Authorization,
) -> Option<(Vec<Mistake>, Option<Texts>)> {
    let built = request_text(
        call.method.as_str(),
        &call.target,
        authorization.timestamp(),
        authorization.nonce_str(),
        content(call),
    );
    let sender = credentials::expected_sender(authorization, state)?;
    if sender.certificate.public_key().algorithm() == KeyAlgorithm::Sm2 {
        let key = sender.certificate.public_key();
        return Some((sm::mistakes(key, &built, authorization.signature()), None));
    }
    let key = sender.certificate.x509().public_key().ok()?;
    let (mut mistakes, signature) = signature::decode(authorization.signature(), key.size());
    let Some(signature) = signature else {
        return Some((mistakes, None));
    };
    let Some((unusual, digest)) = signature::recovered(&key, &signature) else {
        mistakes.push(if signature::fits_pss(&key, &signature, &built) {
            signature::PSS
        } else {
            signature::other_key(state, &sender, &signature)
        });
        return Some((mistakes, None));
    };
    mistakes.extend(unusual);
    let Some(digest) = digest.filter(|digest| *digest != sha256(&built)) else {
        return Some((mistakes, None));
    };
    let (found, signed) = of_text(call, state, authorization, &digest);
    mistakes.extend(found);
    let texts = signed.map(|signed| Texts { built, signed });
    Some((mistakes, texts))
}

/// The mistakes in the text that the right key signed, and the text if it was found.
fn of_text(
    call: &CallRecord,
    state: &SandboxState,
    authorization: &Authorization,
    digest: &[u8],
) -> (Vec<Mistake>, Option<Vec<u8>>) {
    let is_form = is_form(call);
    let (mut mistakes, signed) = match other_text(call, state, authorization, digest) {
        Some((signed, found)) => (found, Some(signed)),
        None if is_form => (Vec::new(), None),
        None if has_question_marks(call) => (vec![OTHER_TEXT, QUESTION_MARKS], None),
        None => (vec![OTHER_TEXT], None),
    };
    if is_form && !mistakes.contains(&FORM) {
        mistakes.push(FORM);
    }
    (mistakes, signed)
}

/// Whether text of the body may have been lost: several question marks in a row replace Chinese characters.
fn has_question_marks(call: &CallRecord) -> bool {
    content(call).windows(2).any(|pair| pair == b"??")
}

/// The signed part of the body: of an upload its part `meta`.
fn content(call: &CallRecord) -> &[u8] {
    let kind = content_type(call);
    let meta = multipart::is_multipart(kind)
        .then(|| multipart::part(kind, &call.body, "meta"))
        .flatten();
    meta.unwrap_or(&call.body)
}

fn content_type(call: &CallRecord) -> &str {
    let kind = call.headers.get(CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// Whether the body is a form, as libraries send it by default.
fn is_form(call: &CallRecord) -> bool {
    let kind = content_type(call).to_ascii_lowercase();
    kind.starts_with("application/x-www-form-urlencoded") && !call.body.is_empty()
}

fn other_text(
    call: &CallRecord,
    state: &SandboxState,
    authorization: &Authorization,
    digest: &[u8],
) -> Option<(Vec<u8>, Vec<Mistake>)> {
    let host = call.headers.get(HOST).and_then(|host| host.to_str().ok());
    let plain = decrypted(call, state);
    let operation = catalog::find(&call.method, path(call));
    let schema = operation.and_then(schema::of);
    let parts = Parts {
        method: call.method.as_str(),
        target: &call.target,
        host: host.unwrap_or_default(),
        template: operation.map(Operation::wire_path),
        timestamp: authorization.timestamp(),
        nonce: authorization.nonce_str(),
        body: content(call),
        fields: schema.as_ref().map_or(&[], Schema::request),
        sent: &call.body,
        plain: plain.as_ref(),
    };
    variants::search(&parts, |text| sha256(text)[..] == *digest)
}

/// The body before its sensitive fields were encrypted, if it has any.
fn decrypted(call: &CallRecord, state: &SandboxState) -> Option<Value> {
    let operation = catalog::find(&call.method, path(call))?;
    let sent: Value = serde_json::from_slice(&call.body).ok()?;
    let mut plain = sent.clone();
    let caller = state.caller_of(call).ok()?;
    FieldDecryptor {
        operation,
        headers: &call.headers,
        platform: &state.platform,
        view: &caller.view,
    }
    .decrypt_body(&mut plain)
    .ok()?;
    (plain != sent).then_some(plain)
}

const QUESTION_MARKS: Mistake = Mistake::new(
    "body_question_marks",
    "the body that is sent has question marks in a row, which replace characters that a charset does not have: make \
     the bytes once, as UTF-8, sign them and send them",
    "发送的报文主体中有连续的问号，可能是字符集不支持的字符（如中文）被替换了：请只转一次 UTF-8 字节，对这些字节签名并发送",
);
const OTHER_TEXT: Mistake = Mistake::new(
    "other_text",
    "the right key signed an unknown text: print what the client \
     signs and compare it with what the gateway built",
    "私钥正确，但签名的内容不同，也不是常见的错误：请打印客户端的待签名串，与网关构造的逐字比较",
);
