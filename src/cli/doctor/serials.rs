//! Checks whether files and serial numbers match, and whether any are swapped.

use wechatpay_chain::{Certificate, PublicKey};

use super::keys::LoadedFiles;
use super::report::Report;
use crate::i18n::t;
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

/// Checks that the certificate is the merchant's.
fn owner(settings: &Settings, files: &LoadedFiles, report: &mut Report<'_>) {
    let Some(mchid) = &settings.mchid else {
        match &settings.brand_id {
            Some(id) => report.pass("brand id", id),
            None => report.fail("merchant id", t!("missing"), t!("advice-mchid")),
        }
        return;
    };
    let named = files.certificate.as_ref();
    match named.and_then(|certificate| certificate.subject_common_name()) {
        Some(name) if name != *mchid => report.fail(
            "merchant id",
            t!("mchid-of-other", mchid = mchid, name = name),
            t!("advice-own-certificate"),
        ),
        Some(_) => report.pass("merchant id", t!("mchid-matches", mchid = mchid)),
        None => report.pass("merchant id", mchid),
    }
}

fn merchant_serial(settings: &Settings, files: &LoadedFiles, report: &mut Report<'_>) {
    const NAME: &str = "serial";
    let advice = || t!("advice-serial");
    let derived = files.certificate.as_ref().map(Certificate::serial);
    let platform = files.platform_certificate.as_ref();
    let platform = platform.map(Certificate::serial);
    let Some(given) = settings.serial.as_deref() else {
        return match derived {
            Some(serial) => report.pass(NAME, t!("serial-from-certificate", serial = serial)),
            None => report.skip(NAME, t!("not-set")),
        };
    };
    let given = given.to_ascii_uppercase();
    let problem = if given.starts_with(PUBLIC_KEY_PREFIX) {
        t!("serial-is-key-id", given = given)
    } else if platform.is_some_and(|serial| serial == given) {
        t!("serial-is-platform", given = given)
    } else if let Some(serial) = derived.filter(|serial| *serial != given) {
        let message = t!("serial-differs", given = given, serial = serial);
        let advice = t!("advice-leave-serial");
        return report.fail(NAME, message, advice);
    } else if !(8..=40).contains(&given.len()) || !given.bytes().all(|c| c.is_ascii_hexdigit()) {
        t!("serial-invalid", given = given)
    } else {
        return report.pass(NAME, given);
    };
    report.fail(NAME, problem, advice());
}

fn pair(files: &LoadedFiles, report: &mut Report<'_>) {
    let (Some(key), Some(certificate)) = (&files.private_key, &files.certificate) else {
        return;
    };
    if key.public_key() == certificate.public_key() {
        report.pass("key pair", t!("pair-ok"))
    } else {
        report.fail("key pair", t!("pair-wrong"), t!("advice-pair"))
    }
}

fn platform_id(settings: &Settings, files: &LoadedFiles, report: &mut Report<'_>) {
    const NAME: &str = "platform key id";
    let advice = || t!("advice-key-id");
    let Some(id) = settings.platform_key_id.as_deref() else {
        if settings.platform_key.is_some() {
            report.fail(NAME, t!("key-id-missing"), advice());
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
        report.fail(NAME, t!("key-id-is-serial", id = id), advice());
    } else if !id.starts_with(PUBLIC_KEY_PREFIX) {
        report.fail(NAME, t!("key-id-prefix", id = id), advice());
    } else {
        report.pass(NAME, id);
    }
}

/// The most common mistake.
fn platform_is_not_the_merchant(settings: &Settings, files: &LoadedFiles, report: &mut Report<'_>) {
    let own = [
        files.private_key.as_ref().map(|key| key.public_key()),
        files
            .certificate
            .as_ref()
            .map(|certificate| certificate.public_key()),
    ];
    let is_own = |key: &PublicKey| own.into_iter().flatten().any(|own| own == key);
    // Without the merchant's key, or if the key is an earlier one, compare the name.
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
            report.fail(name, t!("key-is-merchants"), t!("advice-take-public-key"));
        }
    }
}

/// The key in a certificate differs from the public key, but a certificate file can be read as a key.
fn platform_key_is_no_certificate(
    settings: &Settings,
    files: &LoadedFiles,
    report: &mut Report<'_>,
) {
    const NAME: &str = "platform key";
    if let Some(certificate) = &files.certificate_as_key {
        let serial = certificate.serial();
        let id = settings.platform_key_id.as_deref();
        let id = id.map_or_else(String::new, |id| t!("of-id", id = id));
        return report.fail(
            NAME,
            t!("key-is-certificate", serial = serial, id = id),
            t!("advice-pub-key"),
        );
    }
    let certificate = files.platform_certificate.as_ref();
    let certified = certificate.map(|certificate| certificate.public_key());
    if certified.is_some() && certified == files.platform_key.as_ref() {
        report.warn(NAME, t!("key-of-certificate"), t!("advice-other-key"));
    }
}
