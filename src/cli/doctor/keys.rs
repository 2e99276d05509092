//! The files by themselves: is each what it should be?

use std::path::Path;

use wechatpay_chain::{Certificate, Clock, PrivateKey, PublicKey, Secret, SystemClock};

use super::report::Report;
use crate::certs::date;
use crate::credentials;
use crate::exit::Failure;
use crate::protected;
use crate::settings::Settings;

/// What could be read.
pub(super) struct Material {
    pub(super) private_key: Option<PrivateKey>,
    pub(super) certificate: Option<Certificate>,
    pub(super) platform_key: Option<PublicKey>,
    /// The certificate that stands in the public key's place.
    pub(super) misplaced: Option<Certificate>,
    pub(super) platform_certificate: Option<Certificate>,
}

const MERCHANT_KEY: &str =
    "it is apiclient_key.pem, made with the certificate at 商户平台 → 账户中心 → API安全";
const MERCHANT_CERTIFICATE: &str = "it is apiclient_cert.pem, from 商户平台 → 账户中心 → API安全";
const PLATFORM_KEY: &str = "download it at 商户平台 → 账户中心 → API安全 → 微信支付公钥";
const PLATFORM_CERTIFICATE: &str = "fetch it with `wechatpay certs download`";
const ROOT_CERTIFICATE: &str = "whoever runs the host or proxy has it; without one, leave --ca out";
const PASSPHRASE: &str =
    "of apiclient_cert.p12 it is the merchant id; of a key, whoever encrypted it knows it";
const APIV3_KEY: &str = "set at 商户平台 → 账户中心 → API安全 → APIv3密钥";
const V2_KEY: &str = "set at 商户平台 → 账户中心 → API安全 → APIv2密钥";

impl Material {
    pub(super) fn read(settings: &Settings, report: &mut Report<'_>) -> Self {
        let key_text = |key: &PrivateKey| format!("RSA, {} bits", key.modulus_len() * 8);
        let public_text = |key: &PublicKey| format!("RSA, {} bits", key.modulus_len() * 8);
        let platform_key = settings.platform_key.as_deref();
        let mut material = Self {
            misplaced: platform_key.and_then(|path| Certificate::from_file(path).ok()),
            private_key: file(
                Subject("private key", MERCHANT_KEY),
                settings.private_key.as_deref(),
                |path| protected::read_private_key(path, settings),
                key_text,
                report,
            ),
            certificate: file(
                Subject("certificate", MERCHANT_CERTIFICATE),
                settings.certificate.as_deref(),
                |path| protected::read_certificate(path, settings),
                described,
                report,
            ),
            platform_key: file(
                Subject("platform key", PLATFORM_KEY),
                settings.platform_key.as_deref(),
                |path| PublicKey::from_file(path).map_err(|err| Failure::config(&err)),
                public_text,
                report,
            ),
            platform_certificate: file(
                Subject("platform certificate", PLATFORM_CERTIFICATE),
                settings.platform_certificate.as_deref(),
                credentials::platform_certificate,
                described,
                report,
            ),
        };
        material.add_what_the_other_holds(settings);
        if let Some(path) = &settings.ca {
            file(
                Subject("root certificate", ROOT_CERTIFICATE),
                Some(path),
                credentials::root_certificate,
                described,
                report,
            );
        }
        let apiv3 = secret(
            "APIv3 key",
            APIV3_KEY,
            credentials::apiv3_key(settings),
            report,
        );
        let v2 = secret("APIv2 key", V2_KEY, credentials::v2_key(settings), report);
        if let (Some(apiv3), Some(v2)) = (apiv3, v2)
            && apiv3.expose() == v2.expose()
        {
            let message = "the APIv3 key and the APIv2 key are the same";
            report.doubtful(
                "keys",
                message,
                "they are two settings: look which one this is",
            );
        }
        material.ends(report);
        material
    }

    /// A PKCS#12 file gives key and certificate, whichever it was given as.
    fn add_what_the_other_holds(&mut self, settings: &Settings) {
        if settings.private_key.is_none() {
            self.private_key = protected::private_key(settings).ok().flatten();
        }
        if settings.certificate.is_none() && self.private_key.is_some() {
            self.certificate = protected::certificate(settings).ok().flatten();
        }
    }

    /// When certificates end.
    fn ends(&self, report: &mut Report<'_>) {
        const SOON: i64 = 30 * 24 * 3600;
        let now = SystemClock::new().now();
        let both = [
            (
                "certificate",
                &self.certificate,
                "renew it at 商户平台 → 账户中心 → API安全",
            ),
            (
                "platform certificate",
                &self.platform_certificate,
                PLATFORM_CERTIFICATE,
            ),
        ];
        for (name, certificate, advice) in both {
            let Some(certificate) = certificate else {
                continue;
            };
            let end = date(certificate.not_after());
            if certificate.not_after() < now {
                report.wrong(name, format!("its time was over {end}"), advice);
            } else if certificate.not_after() - now < SOON {
                report.doubtful(name, format!("its time is over soon, {end}"), advice);
            }
            if certificate.not_before() > now {
                let begin = date(certificate.not_before());
                report.wrong(
                    name,
                    format!("its time begins only {begin}"),
                    "check the clock",
                );
            }
        }
    }
}

/// What a check is about, and where to find the right thing.
struct Subject(&'static str, &'static str);

fn file<T>(
    Subject(name, advice): Subject,
    path: Option<&Path>,
    read: impl FnOnce(&Path) -> Result<T, Failure>,
    describe: impl FnOnce(&T) -> String,
    report: &mut Report<'_>,
) -> Option<T> {
    let Some(path) = path else {
        report.skipped(name, "not set");
        return None;
    };
    match read(path) {
        Ok(read) => {
            report.right(name, format!("{}: {}", path.display(), describe(&read)));
            Some(read)
        }
        Err(failure) => {
            // The file may well be the right one.
            let advice = if failure.message().contains("passphrase") {
                PASSPHRASE
            } else {
                advice
            };
            report.wrong(name, failure.message(), advice);
            None
        }
    }
}

fn described(certificate: &Certificate) -> String {
    let owner = certificate.subject_common_name().unwrap_or_default();
    format!(
        "serial {}, of {owner:?}, until {}",
        certificate.serial(),
        date(certificate.not_after())
    )
}

/// A key of 32 bytes; itself it is never shown.
fn secret(
    name: &str,
    advice: &str,
    key: Result<Option<Secret>, Failure>,
    report: &mut Report<'_>,
) -> Option<Secret> {
    let key = match key {
        Ok(Some(key)) => key,
        Ok(None) => {
            report.skipped(name, "not set");
            return None;
        }
        Err(failure) => {
            report.wrong(name, failure.message(), advice);
            return None;
        }
    };
    match key.expose().len() {
        32 => report.right(name, "32 bytes"),
        len => report.wrong(name, format!("it has {len} bytes and must have 32"), advice),
    }
    Some(key)
}
