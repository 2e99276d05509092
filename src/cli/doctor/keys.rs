//! The files by themselves: is each what it should be?

use std::path::Path;

use wechatpay_chain::{Certificate, Clock, PrivateKey, PublicKey, Secret, SystemClock};

use super::report::Report;
use crate::credentials;
use crate::date::date;
use crate::exit::Failure;
use crate::key_files;
use crate::settings::Settings;

/// What could be read.
pub(super) struct LoadedFiles {
    pub(super) private_key: Option<PrivateKey>,
    pub(super) certificate: Option<Certificate>,
    pub(super) platform_key: Option<PublicKey>,
    /// The certificate that stands in the public key's place.
    pub(super) certificate_as_key: Option<Certificate>,
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

impl LoadedFiles {
    pub(super) fn read(settings: &Settings, report: &mut Report<'_>) -> Self {
        let mut files = Self::read_files(settings, report);
        files.fill_from_pkcs12(settings);
        if let Some(path) = &settings.ca {
            file(
                Subject("root certificate", ROOT_CERTIFICATE),
                Some(path),
                credentials::root_certificate,
                described,
                report,
            );
        }
        check_secrets(settings, report);
        files.check_expiry(report);
        files
    }

    fn read_files(settings: &Settings, report: &mut Report<'_>) -> Self {
        let platform_key = settings.platform_key.as_deref();
        Self {
            certificate_as_key: platform_key.and_then(|path| Certificate::from_file(path).ok()),
            private_key: file(
                Subject("private key", MERCHANT_KEY),
                settings.private_key.as_deref(),
                |path| key_files::read_private_key(path, settings),
                |key| rsa_size(key.modulus_len()),
                report,
            ),
            certificate: file(
                Subject("certificate", MERCHANT_CERTIFICATE),
                settings.certificate.as_deref(),
                |path| key_files::read_certificate(path, settings),
                described,
                report,
            ),
            platform_key: file(
                Subject("platform key", PLATFORM_KEY),
                platform_key,
                |path| PublicKey::from_file(path).map_err(|err| Failure::config(&err)),
                |key| rsa_size(key.modulus_len()),
                report,
            ),
            platform_certificate: file(
                Subject("platform certificate", PLATFORM_CERTIFICATE),
                settings.platform_certificate.as_deref(),
                credentials::platform_certificate,
                described,
                report,
            ),
        }
    }

    /// A PKCS#12 file gives key and certificate, whichever it was given as.
    fn fill_from_pkcs12(&mut self, settings: &Settings) {
        if settings.private_key.is_none() {
            self.private_key = key_files::private_key(settings).ok().flatten();
        }
        if settings.certificate.is_none() && self.private_key.is_some() {
            self.certificate = key_files::certificate(settings).ok().flatten();
        }
    }

    /// When certificates end.
    fn check_expiry(&self, report: &mut Report<'_>) {
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
                report.fail(name, format!("its time was over {end}"), advice);
            } else if certificate.not_after() - now < SOON {
                report.warn(name, format!("its time is over soon, {end}"), advice);
            }
            if certificate.not_before() > now {
                let begin = date(certificate.not_before());
                report.fail(
                    name,
                    format!("its time begins only {begin}"),
                    "check the clock",
                );
            }
        }
    }
}

fn rsa_size(modulus_len: usize) -> String {
    format!("RSA, {} bits", modulus_len * 8)
}

fn check_secrets(settings: &Settings, report: &mut Report<'_>) {
    let apiv3 = credentials::apiv3_key(settings);
    let apiv3 = secret("APIv3 key", APIV3_KEY, apiv3, report);
    let v2 = secret("APIv2 key", V2_KEY, credentials::v2_key(settings), report);
    if let (Some(apiv3), Some(v2)) = (apiv3, v2)
        && apiv3.expose() == v2.expose()
    {
        let message = "the APIv3 key and the APIv2 key are the same";
        let advice = "they are two settings: look which one this is";
        report.warn("keys", message, advice);
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
        report.skip(name, "not set");
        return None;
    };
    match read(path) {
        Ok(read) => {
            report.pass(name, format!("{}: {}", path.display(), describe(&read)));
            Some(read)
        }
        Err(failure) => {
            // The file may well be the right one.
            let advice = if failure.message().contains("passphrase") {
                PASSPHRASE
            } else {
                advice
            };
            report.fail(name, failure.message(), advice);
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
            report.skip(name, "not set");
            return None;
        }
        Err(failure) => {
            report.fail(name, failure.message(), advice);
            return None;
        }
    };
    match key.expose().len() {
        32 => report.pass(name, "32 bytes"),
        len => report.fail(name, format!("it has {len} bytes and must have 32"), advice),
    }
    Some(key)
}
