//! The files and serials beside each other: do they belong together, and in these places?

use wechatpay_chain::{Certificate, PublicKey};

use super::keys::LoadedFiles;
use super::report::Report;
use crate::settings::Settings;

const PUBLIC_KEY_PREFIX: &str = "PUB_KEY_ID_";

pub(super) fn check(settings: &Settings, files: &LoadedFiles, report: &mut Report<'_>) {
    owner(settings, files, report);
    merchant_serial(settings, files, report);
    pair(files, report);
    platform_id(settings, files, report);
    platform_is_not_the_merchant(settings, files, report);
    platform_key_is_no_certificate(settings, files, report);
}

/// The certificate names the merchant that it is for.
fn owner(settings: &Settings, files: &LoadedFiles, report: &mut Report<'_>) {
    let Some(mchid) = &settings.mchid else {
        match &settings.brand_id {
            Some(id) => report.pass("brand id", id),
            None => report.fail("merchant id", "there is none", "set mchid, the 商户号"),
        }
        return;
    };
    let named = files.certificate.as_ref();
    match named.and_then(|certificate| certificate.subject_common_name()) {
        Some(name) if name != *mchid => report.fail(
            "merchant id",
            format!("it is {mchid}, and the certificate is that of {name:?}"),
            "use the certificate and key of this merchant",
        ),
        Some(_) => report.pass("merchant id", format!("{mchid}, as in the certificate")),
        None => report.pass("merchant id", mchid),
    }
}

fn merchant_serial(settings: &Settings, files: &LoadedFiles, report: &mut Report<'_>) {
    const NAME: &str = "serial";
    const ADVICE: &str = "it is shown at 商户平台 → 账户中心 → API安全 → 商户API证书";
    let derived = files.certificate.as_ref().map(Certificate::serial);
    let platform = files.platform_certificate.as_ref();
    let platform = platform.map(Certificate::serial);
    let Some(given) = settings.serial.as_deref() else {
        return match derived {
            Some(serial) => report.pass(NAME, format!("{serial}, from the certificate")),
            None => report.skip(NAME, "not set"),
        };
    };
    let given = given.to_ascii_uppercase();
    let problem = if given.starts_with(PUBLIC_KEY_PREFIX) {
        format!("{given} is the id of WeChat Pay's public key")
    } else if platform.is_some_and(|serial| serial == given) {
        format!("{given} is that of the platform certificate")
    } else if let Some(serial) = derived.filter(|serial| *serial != given) {
        let message = format!("it is {given}, and the certificate's is {serial}");
        let advice = "leave serial out, and it is taken from the certificate";
        return report.fail(NAME, message, advice);
    } else if !(8..=40).contains(&given.len()) || !given.bytes().all(|c| c.is_ascii_hexdigit()) {
        format!("{given:?} is not of 40 hexadecimal digits")
    } else {
        return report.pass(NAME, given);
    };
    report.fail(NAME, problem, ADVICE);
}

fn pair(files: &LoadedFiles, report: &mut Report<'_>) {
    let (Some(key), Some(certificate)) = (&files.private_key, &files.certificate) else {
        return;
    };
    if key.public_key() == certificate.public_key() {
        report.pass("key pair", "the private key belongs to the certificate")
    } else {
        report.fail(
            "key pair",
            "the private key does not belong to the certificate",
            "apiclient_key.pem and apiclient_cert.pem have to come from the same application",
        )
    }
}

fn platform_id(settings: &Settings, files: &LoadedFiles, report: &mut Report<'_>) {
    const NAME: &str = "platform key id";
    const ADVICE: &str = "it is shown at 商户平台 → 账户中心 → API安全 → 微信支付公钥";
    let Some(id) = settings.platform_key_id.as_deref() else {
        if settings.platform_key.is_some() {
            report.fail(NAME, "there is none beside the key", ADVICE);
        }
        return;
    };
    let own = files
        .certificate
        .as_ref()
        .map(|certificate| certificate.serial());
    let own = [own, settings.serial.as_deref()].into_iter().flatten();
    if own
        .into_iter()
        .any(|serial| serial.eq_ignore_ascii_case(id))
    {
        report.fail(
            NAME,
            format!("{id} is the serial of the merchant certificate"),
            ADVICE,
        );
    } else if !id.starts_with(PUBLIC_KEY_PREFIX) {
        report.fail(
            NAME,
            format!("{id:?} does not begin with {PUBLIC_KEY_PREFIX}"),
            ADVICE,
        );
    } else {
        report.pass(NAME, id);
    }
}

/// The commonest mix-up.
fn platform_is_not_the_merchant(settings: &Settings, files: &LoadedFiles, report: &mut Report<'_>) {
    let own = [
        files.private_key.as_ref().map(|key| key.public_key()),
        files
            .certificate
            .as_ref()
            .map(|certificate| certificate.public_key()),
    ];
    let is_own = |key: &PublicKey| own.into_iter().flatten().any(|own| own == key);
    // Without the merchant's key, or of an earlier one, the name tells.
    let names_merchant = |certificate: Option<&Certificate>| {
        let name = certificate.and_then(Certificate::subject_common_name);
        name.is_some() && name == settings.mchid
    };
    let given = [
        (
            "platform key",
            files.platform_key.as_ref(),
            files.certificate_as_key.as_ref(),
        ),
        (
            "platform certificate",
            files
                .platform_certificate
                .as_ref()
                .map(|certificate| certificate.public_key()),
            files.platform_certificate.as_ref(),
        ),
    ];
    for (name, key, certificate) in given {
        if key.is_some_and(is_own) || names_merchant(certificate) {
            report.fail(
                name,
                "it is the merchant's own, not WeChat Pay's",
                "take the one of 商户平台 → 账户中心 → API安全 → 微信支付公钥",
            );
        }
    }
}

/// A certificate's key is another than the public key, and its file can be read as a key.
fn platform_key_is_no_certificate(
    settings: &Settings,
    files: &LoadedFiles,
    report: &mut Report<'_>,
) {
    const NAME: &str = "platform key";
    if let Some(certificate) = &files.certificate_as_key {
        let serial = certificate.serial();
        let id = settings.platform_key_id.as_deref();
        let id = id.map_or_else(String::new, |id| format!(" of {id}"));
        return report.fail(
            NAME,
            format!("it is the certificate {serial}, and not the public key{id}"),
            "give pub_key.pem, from 商户平台 → 账户中心 → API安全 → 微信支付公钥; a platform certificate \
             goes with --platform-certificate, without an id",
        );
    }
    let certificate = files.platform_certificate.as_ref();
    let certified = certificate.map(|certificate| certificate.public_key());
    if certified.is_some() && certified == files.platform_key.as_ref() {
        report.warn(
            NAME,
            "it is the key of the platform certificate",
            "WeChat Pay's public key is another: take pub_key.pem, from 商户平台 → 账户中心 → API安全 → \
             微信支付公钥",
        );
    }
}
