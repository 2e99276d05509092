//! Checks each file on its own.

use std::path::Path;

use wechatpay_chain::{
    Certificate, Clock, KeyAlgorithm, PrivateKey, PublicKey, RootCertificates, Secret, SystemClock,
};

use super::report::Report;
use crate::credentials;
use crate::date::date;
use crate::exit::Failure;
use crate::i18n::t;
use crate::key_files;
use crate::settings::Settings;

/// The files that could be read.
pub(super) struct LoadedFiles {
    pub(super) private_key: Option<PrivateKey>,
    pub(super) certificate: Option<Certificate>,
    pub(super) platform_key: Option<PublicKey>,
    /// The certificate that was given as the public key.
    pub(super) certificate_as_key: Option<Certificate>,
    pub(super) platform_certificate: Option<Certificate>,
}

impl LoadedFiles {
    pub(super) fn read(settings: &Settings, report: &mut Report<'_>) -> Self {
        let mut files = Self::read_files(settings, report);
        files.fill_from_pkcs12(settings);
        if let Some(path) = &settings.ca {
            file(
                Subject("root certificate", t!("advice-root-certificate")),
                Some(path),
                credentials::root_certificates,
                roots_described,
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
                Subject("private key", t!("advice-merchant-key")),
                settings.private_key.as_deref(),
                |path| key_files::read_private_key(path, settings),
                |key| size(key.algorithm(), key.modulus_len()),
                report,
            ),
            certificate: file(
                Subject("certificate", t!("advice-merchant-certificate")),
                settings.certificate.as_deref(),
                |path| key_files::read_certificate(path, settings),
                described,
                report,
            ),
            platform_key: file(
                Subject("platform key", t!("advice-platform-key")),
                platform_key,
                |path| PublicKey::from_file(path).map_err(|err| Failure::config(&err)),
                |key| size(key.algorithm(), key.modulus_len()),
                report,
            ),
            platform_certificate: file(
                Subject("platform certificate", t!("advice-platform-certificate")),
                settings.platform_certificate.as_deref(),
                credentials::platform_certificate,
                described,
                report,
            ),
        }
    }

    /// A PKCS#12 file contains both key and certificate, whichever option it was given with.
    fn fill_from_pkcs12(&mut self, settings: &Settings) {
        if settings.private_key.is_none() {
            self.private_key = key_files::private_key(settings).ok().flatten();
        }
        if settings.certificate.is_none() && self.private_key.is_some() {
            self.certificate = key_files::certificate(settings).ok().flatten();
        }
    }

    /// Checks when certificates expire.
    fn check_expiry(&self, report: &mut Report<'_>) {
        const SOON: i64 = 30 * 24 * 3600;
        let now = SystemClock::new().now();
        let both = [
            ("certificate", &self.certificate, t!("advice-renew")),
            (
                "platform certificate",
                &self.platform_certificate,
                t!("advice-platform-certificate"),
            ),
        ];
        for (name, certificate, advice) in both {
            let Some(certificate) = certificate else {
                continue;
            };
            let end = date(certificate.not_after());
            if certificate.not_after() < now {
                report.fail(name, t!("expired", date = end), advice);
            } else if certificate.not_after() - now < SOON {
                report.warn(name, t!("expires-soon", date = end), advice);
            }
            if certificate.not_before() > now {
                let begin = date(certificate.not_before());
                report.fail(name, t!("not-yet-valid", date = begin), t!("advice-clock"));
            }
        }
    }
}

fn size(algorithm: KeyAlgorithm, modulus_len: usize) -> String {
    match algorithm {
        KeyAlgorithm::Sm2 => t!("sm2-size"),
        _ => t!("rsa-size", bits = modulus_len * 8),
    }
}

fn check_secrets(settings: &Settings, report: &mut Report<'_>) {
    let apiv3 = credentials::apiv3_key(settings);
    let apiv3 = secret("APIv3 key", t!("advice-apiv3-key"), apiv3, report);
    let v2 = secret(
        "APIv2 key",
        t!("advice-v2-key"),
        credentials::v2_key(settings),
        report,
    );
    if let (Some(apiv3), Some(v2)) = (apiv3, v2)
        && apiv3.expose() == v2.expose()
    {
        let message = t!("keys-equal");
        let advice = t!("advice-keys-equal");
        report.warn("keys", message, advice);
    }
}

/// The name of a check, and its advice.
struct Subject(&'static str, String);

fn file<T>(
    Subject(name, advice): Subject,
    path: Option<&Path>,
    read: impl FnOnce(&Path) -> Result<T, Failure>,
    describe: impl FnOnce(&T) -> String,
    report: &mut Report<'_>,
) -> Option<T> {
    let Some(path) = path else {
        report.skip(name, t!("not-set"));
        return None;
    };
    match read(path) {
        Ok(read) => {
            let (path, described) = (path.display(), describe(&read));
            report.pass(
                name,
                t!("file-described", path = path, described = described),
            );
            Some(read)
        }
        Err(failure) => {
            // The file may be the right one.
            let advice = if failure.message().contains(&t!("passphrase")) {
                t!("advice-passphrase")
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
    t!(
        "certificate-described",
        serial = certificate.serial(),
        owner = owner,
        date = date(certificate.not_after())
    )
}

fn roots_described(roots: &RootCertificates) -> String {
    let each = roots.iter().map(|root| {
        let owner = root.subject_common_name().unwrap_or_default();
        let date = date(root.not_after());
        t!(
            "certificate-described",
            serial = root.serial(),
            owner = owner,
            date = date
        )
    });
    each.collect::<Vec<_>>().join("; ")
}

/// Checks a key of 32 bytes. The key is never printed.
fn secret(
    name: &str,
    advice: String,
    key: Result<Option<Secret>, Failure>,
    report: &mut Report<'_>,
) -> Option<Secret> {
    let key = match key {
        Ok(Some(key)) => key,
        Ok(None) => {
            report.skip(name, t!("not-set"));
            return None;
        }
        Err(failure) => {
            report.fail(name, failure.message(), advice);
            return None;
        }
    };
    match key.expose().len() {
        32 => report.pass(name, t!("bytes-32")),
        len => report.fail(name, t!("bytes-wrong", len = len), advice),
    }
    Some(key)
}
