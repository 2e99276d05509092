//! The merchant's own files: PEM, and files that need a passphrase (PKCS#12, encrypted keys).

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use console::Term;
use wechatpay_chain::{Certificate, Error, PrivateKey, Result as CallResult, Secret};
use zeroize::Zeroizing;

use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::rephrase;
use crate::settings::Settings;

/// The private key. Without a private key file, the one in a PKCS#12 certificate file.
pub(crate) fn private_key(settings: &Settings) -> Result<Option<PrivateKey>, Failure> {
    match (&settings.private_key, &settings.certificate) {
        (Some(path), _) => read_private_key(path, settings).map(Some),
        (None, Some(path)) if needs_passphrase(path) => read_private_key(path, settings).map(Some),
        (None, _) => Ok(None),
    }
}

/// The certificate. Without a certificate file or serial, the one in the private key's file.
pub(crate) fn certificate(settings: &Settings) -> Result<Option<Certificate>, Failure> {
    match (&settings.certificate, &settings.private_key) {
        (Some(path), _) => read_certificate(path, settings).map(Some),
        (None, Some(path)) if settings.serial.is_none() => {
            Ok(certificate_from_key_file(path, settings))
        }
        (None, _) => Ok(None),
    }
}

/// Reads a private key, with its passphrase if it needs one.
pub(crate) fn read_private_key(path: &Path, settings: &Settings) -> Result<PrivateKey, Failure> {
    let open = |path: &Path, passphrase| PrivateKey::from_file_with_passphrase(path, passphrase);
    read(path, settings, |path| PrivateKey::from_file(path), open)
}

/// Reads a certificate, with the passphrase of its file if it needs one.
pub(crate) fn read_certificate(path: &Path, settings: &Settings) -> Result<Certificate, Failure> {
    let open = |path: &Path, passphrase| Certificate::from_file_with_passphrase(path, passphrase);
    read(path, settings, |path| Certificate::from_file(path), open)
}

/// The passphrase of the settings or its file.
pub(crate) fn passphrase(settings: &Settings) -> Result<Option<Secret>, Failure> {
    settings
        .read_passphrase()
        .map_err(|err| Failure::config(&err))
}

/// The certificate in the private key's file, if there is one.
fn certificate_from_key_file(path: &Path, settings: &Settings) -> Option<Certificate> {
    Certificate::from_file(path).ok().or_else(|| {
        let wanted = needs_passphrase(path);
        wanted
            .then(|| read_certificate(path, settings).ok())
            .flatten()
    })
}

fn needs_passphrase(path: &Path) -> bool {
    let bytes = std::fs::read(path).map(Zeroizing::new);
    bytes.is_ok_and(|bytes| PrivateKey::needs_passphrase(&*bytes))
}

/// Uses the configured passphrase. Without one, tries the merchant id, which is the passphrase of WeChat Pay's
/// apiclient_cert.p12, and then prompts on the terminal.
fn read<T>(
    path: &Path,
    settings: &Settings,
    plain: impl FnOnce(&Path) -> CallResult<T>,
    open: impl Fn(&Path, Secret) -> CallResult<T>,
) -> Result<T, Failure> {
    if !needs_passphrase(path) {
        return plain(path).map_err(|err| Failure::config(&err));
    }
    if let Some(passphrase) = passphrase(settings)? {
        return open(path, passphrase).map_err(|err| cannot_open(&err));
    }
    let mut tried = String::new();
    if let Some(mchid) = settings.mchid.as_deref().filter(|mchid| !mchid.is_empty()) {
        match open(path, Secret::new(mchid)) {
            Ok(read) => return Ok(read),
            Err(err) if is_about_passphrase(&err) => tried = t!("mchid-tried"),
            Err(err) => return Err(cannot_open(&err)),
        }
    }
    let mut asked = TYPED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(read) = asked.clone().and_then(|known| open(path, known).ok()) {
        return Ok(read);
    }
    let passphrase = prompt(path)?.ok_or_else(|| {
        let shown = path.display();
        let message = t!("passphrase-needed", path = shown, tried = tried);
        Failure::new(Exit::Config, "config", message)
    })?;
    let read = open(path, passphrase.clone()).map_err(|err| cannot_open(&err))?;
    *asked = Some(passphrase);
    Ok(read)
}

/// Leaves out OpenSSL's message for a wrong passphrase, which does not help.
fn cannot_open(err: &Error) -> Failure {
    let mut message = rephrase::sentence(&err.to_string());
    if is_about_passphrase(err) {
        message.push_str(&t!("passphrase-wrong"));
    }
    Failure::new(Exit::Config, "config", message)
}

fn is_about_passphrase(err: &Error) -> bool {
    err.to_string().contains("passphrase does not")
}

/// The typed passphrase. Several checks read the same files; one prompt is enough.
static TYPED: Mutex<Option<Secret>> = Mutex::new(None);

/// Prompts on the terminal without echo; `None` without a terminal.
fn prompt(path: &Path) -> Result<Option<Secret>, Failure> {
    let terminal = Term::stderr();
    if !terminal.is_term() {
        return Ok(None);
    }
    let failed = |err: std::io::Error| {
        let message = t!("passphrase-unreadable", err = err);
        Failure::new(Exit::Config, "config", message)
    };
    let question = t!(
        "passphrase-prompt",
        path = path.display().to_string().escape_debug()
    );
    terminal.write_str(&question).map_err(failed)?;
    let typed = terminal.read_secure_line().map(Zeroizing::new);
    let typed = typed.map_err(failed)?;
    Ok(Some(typed.as_str())
        .filter(|typed| !typed.is_empty())
        .map(Secret::new))
}
