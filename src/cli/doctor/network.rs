//! The other side: is it there, do the clocks agree, and does it take the credentials?

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use http::Method;
use http::header::DATE;
use wechatpay_chain::crypto::aes;
use wechatpay_chain::middleware::{TRANSFORM_REQUEST, TRANSFORM_RESPONSE, from_fn};
use wechatpay_chain::{
    ApiError, Client, Error, Next, Request, Response, Verification, VerifyFailure,
};

use super::report::Report;
use crate::credentials::{self, Need};
use crate::exit::Failure;
use crate::interrupt;
use crate::rephrase;
use crate::settings::Settings;

/// A timestamp may be five minutes off; half of that is too near.
const MAX_SKEW: i64 = 150;

/// What can be tried.
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
        report.skip("network", "left out (--offline)");
        return Ok(());
    }
    if !check_connection(settings, report)? || !scope.can_build {
        report.skip("credentials", "not tried: first correct what is said above");
        return Ok(());
    }
    if !scope.has_private_key || settings.brand_id.is_some() {
        report.skip("credentials", "tried for APIv3 merchants only");
        return Ok(());
    }
    credentials(settings, report)
}

/// Whether anybody answers, and what time it is there. Nothing of the merchant is sent.
fn check_connection(settings: &Settings, report: &mut Report<'_>) -> Result<bool, Failure> {
    let date = Arc::new(Mutex::new(None));
    let client = match unauthenticated_client(settings, &date) {
        Ok(client) => client,
        Err(failure) => {
            report.fail("connection", failure.message(), "correct the setting");
            return Ok(false);
        }
    };
    // The `v2/` only chooses the stack; what is asked for is `v3/certificates`, without a signature.
    let call = client.chain("v2/v3/certificates").get(());
    let outcome = interrupt::attempt(&Method::GET, call)?;
    let date = date.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (outcome, date) {
        (Err(err), None) => {
            let advice = "check name, network, proxy and firewall";
            report.fail("connection", rephrase::error(&err), advice);
            Ok(false)
        }
        (_, date) => {
            report.pass("connection", "there is an answer");
            clock(date.flatten(), report);
            Ok(true)
        }
    }
}

/// A client that is nobody's: its stack has_private_key nothing and only looks at the answer's date.
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
    // Nobody's: a client has to have some, and these are never used.
    let builder = builder.mchid("00000000").v2_key("0".repeat(32));
    let builder = builder.v2_stack(move |stack| {
        stack.remove(TRANSFORM_RESPONSE)?;
        stack.replace(TRANSFORM_REQUEST, from_fn(look)).map(drop)
    });
    builder.build().map_err(|err| Failure::config(&err))
}

fn clock(theirs: Option<SystemTime>, report: &mut Report<'_>) {
    let Some(theirs) = theirs else {
        return report.skip("clock", "the answer has no date");
    };
    let seconds = |time: SystemTime| {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    };
    let offset = seconds(SystemTime::now()) - seconds(theirs);
    let text = format!("{offset} s from the server's");
    if offset.abs() <= MAX_SKEW {
        report.pass("clock", text)
    } else {
        report.fail(
            "clock",
            text,
            "set the machine's clock; WeChat Pay refuses what is more than 300 s off",
        )
    }
}

/// A signed call that changes nothing.
fn credentials(settings: &Settings, report: &mut Report<'_>) -> Result<(), Failure> {
    let client = credentials::builder(settings, Need::Call)
        .and_then(|builder| builder.build().map_err(|err| Failure::config(&err)))?;
    let call = client.chain("v3/certificates").get(());
    match interrupt::attempt(&Method::GET, call)? {
        Ok(response) => {
            report.pass("credentials", "taken, and the answer's signature is right");
            check_apiv3_key(&response, settings, report)?;
        }
        Err(err) => report_error(&err, settings, report),
    }
    Ok(())
}

/// Whether WeChat Pay has answered, and not something on the way.
fn is_theirs(api: &ApiError) -> bool {
    const CODES: [&str; 3] = ["RESOURCE_NOT_EXISTS", "RESOURCE_NOT_EXIST", "NOT_FOUND"];
    matches!(api.verification, Verification::Verified { .. }) || CODES.contains(&&*api.code)
}

/// Whether the APIv3 key opens the certificates that came: they are encrypted with it.
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
    let text = |name: &str| sealed[name].as_str().unwrap_or_default();
    let opened = aes::open(
        &key,
        text("nonce"),
        text("associated_data"),
        text("ciphertext"),
    );
    match opened {
        Ok(_) => report.pass("APIv3 key", "opens the certificates that came"),
        Err(_) => report.fail(
            "APIv3 key",
            "does not open the certificates that came",
            "it is not the one that is set at 商户平台 → 账户中心 → API安全 → APIv3密钥",
        ),
    }
    Ok(())
}

/// Reports what the trial call failed with.
fn report_error(err: &Error, settings: &Settings, report: &mut Report<'_>) {
    const NAME: &str = "credentials";
    if let Some(failure) = verify_failure(err) {
        let message = describe_verify_failure(failure, settings);
        return report.fail(NAME, message, platform_advice(settings));
    }
    let message = rephrase::error(err);
    let Some(api) = err.api() else {
        return report.fail(NAME, message, "see docs/errors.md");
    };
    match api.status.as_u16() {
        // A merchant in public-key mode has no certificates, and is told so after the signature check.
        404 if is_theirs(api) => report.pass(NAME, "taken"),
        404 => report.warn(
            NAME,
            "the answer 404 has neither a signature nor a code of WeChat Pay's",
            "check the base URL and the proxy: something else may have answered",
        ),
        401 => report.fail(
            NAME,
            message,
            "private key and serial have to be of one certificate, and that of this merchant",
        ),
        _ if names_platform_key(api) => {
            let id = platform_key_name(settings);
            let message = format!("WeChat Pay does not know {id} as its own: {message}");
            report.fail(NAME, message, platform_advice(settings));
        }
        400 | 403 => report.fail(
            NAME,
            message,
            "WeChat Pay refuses a call that every merchant may make; see docs/errors.md",
        ),
        _ => {
            let advice = "this says nothing of the credentials: try again later";
            report.warn(NAME, message, advice);
        }
    }
}

const KEY_AND_ID: &str = "id and file have to be of one key, and of this merchant: both are at 商户平台 → \
                          账户中心 → API安全 → 微信支付公钥";

const CERTIFICATE: &str = "it is not a platform certificate of this merchant's, or no longer: fetch them with \
                           `wechatpay certs download`, or give the public key with --platform-key";

fn platform_advice(settings: &Settings) -> &'static str {
    match settings.platform_key {
        Some(_) => KEY_AND_ID,
        None => CERTIFICATE,
    }
}

/// Why the answer, or the refusal, was not believed.
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
            format!("WeChat Pay has_private_key with {serial}, and the key that is set is {ours}")
        }
        VerifyFailure::Signature { serial } => format!(
            "WeChat Pay has_private_key with {serial}, and the file that is set for it is of another key"
        ),
        other => format!("the answer's signature was not accepted: {other}"),
    }
}

/// The platform key that is set, by what names it.
fn platform_key_name(settings: &Settings) -> String {
    if let Some(id) = &settings.platform_key_id {
        return id.clone();
    }
    let certificate = settings.platform_certificate.as_deref();
    let read = certificate.and_then(|path| credentials::platform_certificate(path).ok());
    read.map_or_else(
        || "the platform certificate that is set".to_owned(),
        |certificate| format!("the certificate {}", certificate.serial()),
    )
}

/// Whether a refusal is about the header that names WeChat Pay's key.
fn names_platform_key(api: &ApiError) -> bool {
    let text = format!("{} {}", api.message, api.detail).to_lowercase();
    ["wechatpay-serial", "平台证书序列号", "公钥id", "公钥序列号"]
        .iter()
        .any(|word| text.contains(word))
}
