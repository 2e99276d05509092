//! Checks the connection, the clock, and whether WeChat Pay accepts the credentials.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use http::Method;
use http::header::DATE;
use wechatpay_chain::middleware::{TRANSFORM_REQUEST, TRANSFORM_RESPONSE, from_fn};
use wechatpay_chain::{
    ApiError, Client, Error, Next, Request, Response, Verification, VerifyFailure,
};
use wechatpay_core::protocol::envelope::Sealed;

use super::report::Report;
use crate::credentials::{self, Need};
use crate::exit::Failure;
use crate::i18n::t;
use crate::interrupt;
use crate::rephrase;
use crate::settings::Settings;

/// WeChat Pay accepts timestamps that are up to five minutes off; half of that is a warning sign.
const MAX_SKEW: i64 = 150;

/// The checks that are possible.
pub(super) struct Scope {
    pub(super) offline: bool,
    /// Whether a client can be built.
    pub(super) can_build: bool,
    /// Whether there is a private key.
    pub(super) has_private_key: bool,
}

pub(super) fn check(
    settings: &Settings,
    scope: Scope,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    if scope.offline {
        report.skip("network", t!("skipped-offline"));
        return Ok(());
    }
    if !check_connection(settings, report)? || !scope.can_build {
        report.skip("credentials", t!("credentials-not-tried"));
        return Ok(());
    }
    if !scope.has_private_key || settings.brand_id.is_some() {
        report.skip("credentials", t!("credentials-merchants-only"));
        return Ok(());
    }
    credentials(settings, report)
}

/// Checks that the server answers, and its clock. No data of the merchant is sent.
fn check_connection(settings: &Settings, report: &mut Report<'_>) -> Result<bool, Failure> {
    let date = Arc::new(Mutex::new(None));
    let client = match unauthenticated_client(settings, &date) {
        Ok(client) => client,
        Err(failure) => {
            report.fail("connection", failure.message(), t!("advice-fix-setting"));
            return Ok(false);
        }
    };
    // `v2/` only selects the stack; the request is an unsigned GET v3/certificates.
    let call = client.chain("v2/v3/certificates").get(());
    let outcome = interrupt::attempt(&Method::GET, call)?;
    let date = date.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (outcome, date) {
        (Err(err), None) => {
            let advice = t!("advice-connection");
            report.fail("connection", rephrase::error(&err), advice);
            Ok(false)
        }
        (_, date) => {
            report.pass("connection", t!("connection-ok"));
            clock(date.flatten(), report);
            Ok(true)
        }
    }
}

/// A client without credentials: its stack does not sign, and only reads the answer's Date header.
fn unauthenticated_client(
    settings: &Settings,
    date: &Arc<Mutex<Option<Option<SystemTime>>>>,
) -> Result<Client, Failure> {
    let date = Arc::clone(date);
    let look = move |request: Request, next: Next| {
        let date = Arc::clone(&date);
        async move {
            let response = next.run(request).await?;
            let text = response
                .headers()
                .get(DATE)
                .and_then(|value| value.to_str().ok());
            let time = text.and_then(|text| httpdate::parse_http_date(text).ok());
            *date.lock().unwrap_or_else(PoisonError::into_inner) = Some(time);
            Ok(response)
        }
    };
    let builder = credentials::base(settings)?;
    // A client needs credentials; these are never used.
    let builder = builder.mchid("00000000").v2_key("0".repeat(32));
    let builder = builder.v2_stack(move |stack| {
        stack.remove(TRANSFORM_RESPONSE)?;
        stack.replace(TRANSFORM_REQUEST, from_fn(look)).map(drop)
    });
    builder.build().map_err(|err| Failure::config(&err))
}

fn clock(theirs: Option<SystemTime>, report: &mut Report<'_>) {
    let Some(theirs) = theirs else {
        return report.skip("clock", t!("clock-no-date"));
    };
    let seconds = |time: SystemTime| {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    };
    let offset = seconds(SystemTime::now()) - seconds(theirs);
    let text = t!("clock-offset", offset = offset);
    if offset.abs() <= MAX_SKEW {
        report.pass("clock", text)
    } else {
        report.fail("clock", text, t!("advice-set-clock"))
    }
}

/// A signed call that changes nothing.
fn credentials(settings: &Settings, report: &mut Report<'_>) -> Result<(), Failure> {
    let client = credentials::builder(settings, Need::Call)
        .and_then(|builder| builder.build().map_err(|err| Failure::config(&err)))?;
    let call = client.chain("v3/certificates").get(());
    match interrupt::attempt(&Method::GET, call)? {
        Ok(response) => {
            report.pass("credentials", t!("credentials-verified"));
            check_apiv3_key(&response, settings, report)?;
        }
        Err(err) => report_error(&err, settings, report),
    }
    Ok(())
}

/// Whether the answer comes from WeChat Pay rather than from a proxy.
fn is_theirs(api: &ApiError) -> bool {
    const CODES: [&str; 3] = ["RESOURCE_NOT_EXISTS", "RESOURCE_NOT_EXIST", "NOT_FOUND"];
    matches!(api.verification, Verification::Verified { .. }) || CODES.contains(&&*api.code)
}

/// Checks that the APIv3 key decrypts the downloaded certificates.
fn check_apiv3_key(
    response: &Response,
    settings: &Settings,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let Some(key) = credentials::apiv3_key(settings)? else {
        return Ok(());
    };
    let value = response.value().ok();
    let sealed = value.and_then(|value| value.pointer("/data/0/encrypt_certificate"));
    let Some(sealed) = sealed else {
        return Ok(());
    };
    let sealed = Sealed::of_resource(sealed);
    // If the object itself is malformed, it tells nothing about the key.
    if sealed.check().is_err() {
        return Ok(());
    }
    match sealed.open([&key]) {
        Ok(_) => report.pass("APIv3 key", t!("apiv3-key-ok")),
        Err(_) => report.fail(
            "APIv3 key",
            t!("apiv3-key-wrong"),
            t!("advice-apiv3-key-wrong"),
        ),
    }
    Ok(())
}

/// Reports the error of the trial call.
fn report_error(err: &Error, settings: &Settings, report: &mut Report<'_>) {
    const NAME: &str = "credentials";
    if let Some(failure) = verify_failure(err) {
        let message = describe_verify_failure(failure, settings);
        return report.fail(NAME, message, platform_advice(settings));
    }
    let message = rephrase::error(err);
    let Some(api) = err.api() else {
        return report.fail(NAME, message, t!("advice-errors-page"));
    };
    match api.status.as_u16() {
        // A merchant in public-key mode has no certificates; this 404 comes after the signature check.
        404 if is_theirs(api) => report.pass(NAME, t!("credentials-ok")),
        404 => report.warn(NAME, t!("answer-404-unsigned"), t!("advice-other-server")),
        401 => report.fail(NAME, message, t!("advice-key-and-serial")),
        _ if names_platform_key(api) => {
            let id = platform_key_name(settings);
            let message = t!("platform-key-unknown", id = id, message = message);
            report.fail(NAME, message, platform_advice(settings));
        }
        400 | 403 => report.fail(NAME, message, t!("advice-refused")),
        _ => {
            let advice = t!("advice-try-later");
            report.warn(NAME, message, advice);
        }
    }
}

fn platform_advice(settings: &Settings) -> String {
    match settings.platform_key {
        Some(_) => t!("advice-key-and-id"),
        None => t!("advice-certificate"),
    }
}

/// Why the signature of the answer or refusal was rejected.
fn verify_failure(err: &Error) -> Option<&VerifyFailure> {
    err.verify_failure()
        .or_else(|| match &err.api()?.verification {
            Verification::Failed(failure) => Some(failure),
            _ => None,
        })
}

fn describe_verify_failure(failure: &VerifyFailure, settings: &Settings) -> String {
    let ours = platform_key_name(settings);
    match failure {
        VerifyFailure::UnknownSerial { serial, .. } => {
            t!("signs-with-other", serial = serial, ours = ours)
        }
        VerifyFailure::Signature { serial } => t!("signs-file-other", serial = serial),
        other => t!("answer-signature-rejected", why = other),
    }
}

/// The id or serial number of the configured platform key.
fn platform_key_name(settings: &Settings) -> String {
    if let Some(id) = &settings.platform_key_id {
        return id.clone();
    }
    let certificate = settings.platform_certificate.as_deref();
    let read = certificate.and_then(|path| credentials::platform_certificate(path).ok());
    read.map_or_else(
        || t!("platform-certificate-set"),
        |certificate| t!("certificate-named", serial = certificate.serial()),
    )
}

/// Whether a refusal is about the header that names WeChat Pay's key.
fn names_platform_key(api: &ApiError) -> bool {
    let text = format!("{} {}", api.message, api.detail).to_lowercase();
    ["wechatpay-serial", "平台证书序列号", "公钥id", "公钥序列号"]
        .iter()
        .any(|word| text.contains(word))
}
