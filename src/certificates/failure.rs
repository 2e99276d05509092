//! The errors of fetching certificates: the cause, and what to do.

use http::StatusCode;

use wechatpay_core::crypto::{Certificate, KeyAlgorithm};
use wechatpay_core::error::{Error, ErrorKind, VerifyFailure};

const NONE: &str = "this merchant has no platform certificate (平台证书): it is in public-key mode, as all \
                    newer ones are. Download the public key at 商户平台 → 账户中心 → API安全 → 微信支付公钥, give it to \
                    the client with the id shown next to it, platform_key(\"PUB_KEY_ID_…\", \
                    PublicKey::from_file(\"pub_key.pem\")?), and leave certificates(..) out";

/// The error for a failed request for the list.
pub(super) fn explain(err: Error) -> Error {
    let no_certificate = err.api().is_some_and(|api| {
        api.status == StatusCode::NOT_FOUND
            && ["RESOURCE_NOT_EXISTS", "NOT_FOUND"].contains(&&*api.code)
    });
    let message = if no_certificate {
        NONE
    } else {
        "the platform certificates (平台证书) could not be fetched"
    };
    certificates(message).with_source(err)
}

/// The error for a ciphertext whose authentication tag does not match.
pub(super) fn wrong_key(err: Error) -> Error {
    certificates(
        "the APIv3 key does not match: the platform certificates cannot be decrypted with it. Give the \
         one set at 商户平台 → 账户中心 → API安全 → APIv3密钥 of this merchant, not the APIv2 key; after a change, \
         give the new key",
    )
    .with_source(err)
}

pub(super) fn malformed(why: &str) -> Error {
    certificates(format!(
        "the response of v3/certificates is not from WeChat Pay: {why}; check whether a proxy answered"
    ))
}

/// The error for a list of certificates that this client cannot use.
pub(super) fn other_algorithm(own: KeyAlgorithm) -> Error {
    let own = own.as_str();
    certificates(format!(
        "the list has no platform certificates (平台证书) for {own}, the algorithm of this client's private key: ask WeChat \
         Pay to enable it for this merchant, or give a private key of the other algorithm"
    ))
}

pub(super) fn not_trusted(err: Error) -> Error {
    certificates("the platform certificates were rejected: one of them is not trusted")
        .with_source(err)
}

pub(super) fn not_verified(failure: VerifyFailure) -> Error {
    let message = match &failure {
        VerifyFailure::UnknownSerial { serial, .. } if is_public_key(serial) => format!(
            "the list of platform certificates is signed with the public key {serial}, which this \
             client does not have: download it at 商户平台 → 账户中心 → API安全 → 微信支付公钥 and \
             give platform_key(\"{serial}\", ..)"
        ),
        VerifyFailure::UnknownSerial { .. } => {
            "the list of platform certificates is signed with a certificate that is invalid or not in \
             the list, so the list was rejected"
                .to_owned()
        }
        _ => "the list of platform certificates cannot be trusted: its signature was not accepted"
            .to_owned(),
    };
    certificates(message).with_source(failure)
}

pub(super) fn all_ended(list: &[Certificate]) -> Error {
    let ends: Vec<_> = list
        .iter()
        .map(|it| format!("{} until {}", it.serial(), it.not_after()))
        .collect();
    certificates(format!(
        "no platform certificate is valid now: {ends:?} (Unix time); check this machine's clock"
    ))
}

pub(super) fn not_written(err: std::io::Error) -> Error {
    certificates(
        "the platform certificates are in use, but their copy on disk cannot be written: check the \
         folder of disk_copy(..)",
    )
    .with_source(err)
}

/// The error for an unknown serial before the list may be fetched again; times in seconds.
pub(super) fn not_yet(ago: u64, left: u64) -> Error {
    certificates(format!(
        "the list of platform certificates (平台证书) was requested {ago} s ago; for an unknown serial it \
         is requested again in {left} s"
    ))
}

pub(super) fn gone() -> Error {
    certificates(
        "fetching the platform certificates ended without a result: a middleware or transport panicked",
    )
}

/// Whether the failure persists until a setting is changed.
pub(super) fn lasts(err: &Error) -> bool {
    let cause = err.find::<Error>();
    let refused = cause.and_then(Error::api).is_some_and(|api| {
        api.status.is_client_error() && api.status != StatusCode::TOO_MANY_REQUESTS
    });
    refused || cause.is_some_and(|cause| cause.kind() == ErrorKind::Decrypt)
}

/// Whether an id is that of a public key, which is never in a list of certificates.
pub(super) fn is_public_key(serial: &str) -> bool {
    serial.starts_with("PUB_KEY_ID_")
}

fn certificates(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Certificates, message)
}
