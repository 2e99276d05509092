//! Authenticates APIv2 requests: `mch_id`, `nonce_str`, `sign` and the client certificate.

use std::sync::Arc;

use super::super::received::{ClientCertificate, Received};
use super::{Authenticated, Content, Unauthenticated};
use crate::account::{Account, Caller};
use crate::apiv2::{self, Message};
use crate::bilingual::Bilingual;
use crate::identity::is_same_serial;
use crate::refusal::Refusal;
use crate::state::SandboxState;
use wechatpay_core::catalog::Operation;
use wechatpay_core::crypto::digest::md5_hex;
use wechatpay_core::protocol::SignType;
use wechatpay_core::protocol::xml::MERCHANT_NAMES;
use wechatpay_core::secret::Secret;

const SIGNATURE_WRONG: &str = "签名错误";
const MERCHANT_WRONG: &str = "mch_id参数格式错误";
const NO_NONCE: &str = "缺少参数nonce_str";
const LONG_NONCE: &str = "nonce_str参数长度有误";
const NO_CERTIFICATE: &str = "请使用商户证书发起请求";
const WRONG_HASH: &str = "media_hash校验失败";

/// The longest `nonce_str`.
///
/// Source: "统一下单", `nonce_str`: String(32).
const MAX_NONCE: usize = 32;

/// Reads the members of a request and checks who sent it.
pub(super) fn authenticate(
    state: &SandboxState,
    received: &Received,
    operation: &Operation,
) -> Result<Authenticated, Unauthenticated> {
    let head = &received.head;
    let kind = received.content_type();
    let message = Message::read(&head.method, head.uri.query(), kind, &received.body)?;
    let caller = super::caller(find_merchant(state, &message)?)?;
    let key = &caller.credentials.v2_key;
    let signed_text = apiv2::redacted_sign_text(&message.members, key);
    let signed_text = Some(signed_text.into_bytes());
    let checked = check_nonce(operation, &message)
        .and_then(|()| check_signature(key, operation, &message))
        .and_then(|()| check_file_hash(&message))
        .and_then(|()| check_client_certificate(received, operation, &caller));
    match checked {
        Ok(()) => Ok(Authenticated {
            caller,
            signed_text,
            content: Content::V2(message.members.into()),
        }),
        Err(refusal) => Err(Unauthenticated {
            caller: Some(caller),
            refusal: Box::new(refusal),
            signed_text,
        }),
    }
}

fn find_merchant(state: &SandboxState, message: &Message<'_>) -> Result<Arc<Account>, Refusal> {
    let text = |name| apiv2::text(&message.members, name);
    let mut found = MERCHANT_NAMES
        .iter()
        .filter_map(|name| state.accounts.find(text(name)));
    if let Some(account) = found.next() {
        return Ok(account);
    }
    if MERCHANT_NAMES.map(text).iter().all(|name| name.is_empty()) {
        let why = Bilingual::new("there is no mch_id", "缺少参数 mch_id");
        return Err(Refusal::v2(MERCHANT_WRONG, why));
    }
    let why = Bilingual::new(
        "neither mch_id nor mchid is a merchant of the sandbox",
        "mch_id 或 mchid 不是沙箱的商户号",
    );
    Err(Refusal::v2(MERCHANT_WRONG, why))
}

fn check_nonce(operation: &Operation, message: &Message<'_>) -> Result<(), Refusal> {
    let nonce = apiv2::text(&message.members, "nonce_str");
    if !operation.nonceless() && nonce.is_empty() {
        let why = Bilingual::new("there is no nonce_str", "没有随机串 nonce_str");
        return Err(Refusal::v2(NO_NONCE, why));
    }
    if nonce.len() > MAX_NONCE {
        let why = Bilingual::new(
            "the nonce_str is longer than 32 bytes",
            "随机串 nonce_str 超过 32 字节",
        );
        return Err(Refusal::v2(LONG_NONCE, why));
    }
    Ok(())
}

fn check_signature(
    key: &Secret,
    operation: &Operation,
    message: &Message<'_>,
) -> Result<(), Refusal> {
    let members = &message.members;
    if apiv2::is_signed(operation, members, key) {
        return Ok(());
    }
    let named = apiv2::text(members, "sign_type");
    let only = operation.sign_type().map(SignType::as_str);
    if let Some(only) = only.filter(|only| !["", *only].contains(&named)) {
        let why = (
            format!("the operation takes {only} only: send sign_type={only}, and sign with it"),
            format!("此接口只支持 {only}：请发送 sign_type={only} 并用它签名"),
        );
        return Err(Refusal::v2(SIGNATURE_WRONG, why));
    }
    if apiv2::unsignable(operation, members) {
        let why = Bilingual::new(
            "the operation has no appid, and WeChat Pay leaves it out when it verifies: do not send it",
            "此接口没有 appid 参数，微信支付验签时不包含它：请不要发送",
        );
        return Err(Refusal::v2(SIGNATURE_WRONG, why));
    }
    let why = Bilingual::new(
        "the sign does not fit the members under the APIv2 key",
        "sign 与用 APIv2密钥对各参数计算的签名不符",
    );
    Err(Refusal::v2(SIGNATURE_WRONG, why))
}

/// The file of an upload has the MD5 that the signed member `media_hash` names.
fn check_file_hash(message: &Message<'_>) -> Result<(), Refusal> {
    let Some(file) = message.file else {
        return Ok(());
    };
    let expected = apiv2::text(&message.members, "media_hash");
    let found = md5_hex(file).map_err(|err| Refusal::internal(&err))?;
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let why = (
        format!("the file's MD5 is {found}, but media_hash is {expected:?}"),
        format!("文件的 MD5 是 {found}，而 media_hash 是 {expected:?}"),
    );
    Err(Refusal::v2(WRONG_HASH, why))
}

/// Plain HTTP cannot present a certificate, so such requests pass. The client checks before it sends
/// that it has one.
fn check_client_certificate(
    received: &Received,
    operation: &Operation,
    caller: &Caller,
) -> Result<(), Refusal> {
    if !operation.needs_client_cert() || received.is_simulated() {
        return Ok(());
    }
    let own = caller.credentials.certificate.serial();
    let why = match &received.client_certificate {
        ClientCertificate::NotAsked => return Ok(()),
        ClientCertificate::Presented(serial) if is_same_serial(serial, own) => return Ok(()),
        ClientCertificate::Presented(serial) => {
            let mchid = caller.account.mchid();
            Bilingual::from((
                format!(
                    "the certificate {serial} of the TLS connection is not that of the mch_id {mchid}, which is {own}"
                ),
                format!("TLS 连接出示的证书 {serial} 不属于 mch_id {mchid}，其商户API证书是 {own}"),
            ))
        }
        ClientCertificate::Missing => Bilingual::new(
            "the TLS connection presents no merchant certificate",
            "TLS 连接没有出示商户API证书",
        ),
    };
    Err(Refusal::v2(NO_CERTIFICATE, why))
}
