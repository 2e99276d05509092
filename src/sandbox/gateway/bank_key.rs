//! The key of transfers to bank cards (APIv2): `risk/getpublickey` gives it, `mmpaysptrans/pay_bank` decrypts with it.
//!
//! Source: "获取RSA加密公钥" and "企业付款到银行卡": PKCS#1, and the fields are encrypted with RSAES-OAEP. The sandbox's key
//! is that of its public key (微信支付公钥).

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::parse::Parsed;
use super::received::Received;
use crate::account::Account;
use crate::identity::Credentials;
use crate::refusal::Refusal;
use crate::world::Success;
use wechatpay_core::catalog::Operation;
use wechatpay_core::crypto::Padding;
use wechatpay_core::error::{Error, ErrorKind};

/// Answers `risk/getpublickey`; `None` for other operations.
pub(super) fn answer(account: &Account, operation: &Operation) -> Option<Result<Success, Refusal>> {
    (operation.path() == "v2/risk/getpublickey").then(|| {
        let credentials = account
            .credentials()
            .map_err(|err| Refusal::internal(&err))?;
        let rsa = credentials.public.key.pkey().and_then(|key| key.rsa().ok());
        let pem = rsa.and_then(|rsa| rsa.public_key_to_pem_pkcs1().ok());
        let pem = pem.ok_or_else(|| {
            let err = Error::new(ErrorKind::Key, "OpenSSL cannot write the public key");
            Refusal::internal(&err)
        })?;
        account.bank_key_given.store(true, Ordering::Relaxed);
        let pem = String::from_utf8_lossy(&pem);
        Ok(Success::json(
            json!({"mch_id": account.mchid(), "pub_key": pem}),
        ))
    })
}

/// Checks that the bank's fields are encrypted with the key, after the key was first requested.
///
/// Until then a client cannot have the key, and unrelated tests send any text.
pub(super) fn check(
    account: &Account,
    credentials: &Credentials,
    received: &Received,
    parsed: &Parsed,
) -> Result<(), Refusal> {
    let pointers = received.operation.map_or(&[][..], Operation::encrypt_bank);
    if pointers.is_empty() || !account.bank_key_given.load(Ordering::Relaxed) {
        return Ok(());
    }
    for pointer in pointers {
        let text = parsed
            .json()
            .and_then(|json| json.pointer(pointer))
            .and_then(Value::as_str);
        let key = &credentials.public.key;
        if text.is_some_and(|text| key.decrypt(Padding::Oaep, text).is_err()) {
            let name = pointer.trim_start_matches('/');
            let why = (
                format!("{name} is not encrypted with the key of risk/getpublickey and RSAES-OAEP"),
                format!("{name} 不是用 risk/getpublickey 返回的公钥、以 RSAES-OAEP 加密的密文"),
            );
            return Err(Refusal::v2_member(name, why));
        }
    }
    Ok(())
}
