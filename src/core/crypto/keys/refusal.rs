//! The messages for an input that is not the expected key or certificate.

use std::borrow::Cow;
use std::path::Path;

use super::item::{ItemKind, Unreadable};
use crate::error::BoxError;
use crate::error::{Error, ErrorKind};

/// The expected type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    PrivateKey,
    PublicKey,
    Certificate,
    /// Certificates of CAs.
    Root,
}

/// The reason of a failure; becomes an [`Error`] once it is known whether a file was read.
#[derive(Debug)]
pub(super) struct Refusal {
    sentence: Cow<'static, str>,
    source: Option<BoxError>,
}

pub(super) type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    pub(super) fn new(sentence: impl Into<Cow<'static, str>>) -> Self {
        Self {
            sentence: sentence.into(),
            source: None,
        }
    }

    pub(super) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The error for a single structure of the wrong kind.
    pub(super) fn wrong_kind(expected: Expected, found: ItemKind) -> Self {
        if let Some(sentence) = special(expected, found) {
            return Self::new(sentence);
        }
        let (found, noun, advice) = (found.name(), expected.name(), expected.advice());
        Self::new(format!("this is {found}; {noun} was expected: {advice}"))
    }

    /// The error for an SM2 key where SM2 is not compiled in.
    #[cfg(not(feature = "sm"))]
    pub(super) fn no_sm2() -> Self {
        Self::new(
            "this is an SM2 key (国密), and this program was built without SM2: enable the feature `sm` of \
             wechatpay-chain",
        )
    }

    /// The error for input without a key or certificate.
    pub(super) fn unreadable(expected: Expected, why: Unreadable) -> Self {
        let noun = expected.name();
        let advice = expected.advice();
        Self::new(match why {
            Unreadable::Empty => format!("this is empty; {noun} was expected: {advice}"),
            Unreadable::Truncated => format!(
                "{noun} was expected, but this is truncated: copy all of it, from the first line to the \
                 last"
            ),
            Unreadable::Base64 => format!(
                "{noun} was expected, but its base64 is damaged: copy the file again, unchanged"
            ),
            Unreadable::Path => format!(
                "this looks like the path of a file; {noun} was expected: use from_file for a path"
            ),
            Unreadable::Unknown => format!(
                "this is not a key or certificate in PEM, DER or base64; {noun} was expected: {advice}"
            ),
        })
    }

    /// The error for a structure with the right form that OpenSSL cannot parse.
    pub(super) fn damaged(expected: Expected, source: openssl::error::ErrorStack) -> Self {
        let noun = expected.name();
        Self::new(format!(
            "{noun} was found, but OpenSSL cannot read it; copy the file again, unchanged"
        ))
        .with_source(source)
    }

    /// Creates the error, which names the file if the key came from one.
    pub(super) fn into_error(self, file: Option<&Path>) -> Error {
        let message = match file {
            Some(path) => format!("{}: {}", path.display(), self.sentence).into(),
            None => self.sentence,
        };
        let err = Error::new(ErrorKind::Key, message);
        match self.source {
            Some(source) => err.with_source(source),
            None => err,
        }
    }
}

fn special(expected: Expected, found: ItemKind) -> Option<&'static str> {
    Some(match (expected, found) {
        (Expected::PrivateKey, ItemKind::Pkcs12) => {
            "this is a PKCS#12 file (such as apiclient_cert.p12): give its passphrase too, which is the \
             merchant id: use from_pkcs12 or from_file_with_passphrase"
        }
        (Expected::Certificate, ItemKind::Pkcs12) => {
            "this is a PKCS#12 file (such as apiclient_cert.p12): give its passphrase too, which is the \
             merchant id: use from_pkcs12, or give apiclient_cert.pem"
        }
        (Expected::PrivateKey, ItemKind::EncryptedPkcs8 | ItemKind::EncryptedPem) => {
            "this private key is encrypted: give its passphrase too, \
             with from_file_with_passphrase or from_bytes_with_passphrase"
        }
        (Expected::PrivateKey, ItemKind::PrivateOther) => {
            "this private key is not an RSA key and not an SM2 key; WeChat Pay uses these two: give apiclient_key.pem"
        }
        (Expected::PublicKey, ItemKind::PublicOther) => {
            "this public key is not an RSA key and not an SM2 key; WeChat Pay uses these two: give the file downloaded \
             from WeChat Pay"
        }
        (
            Expected::Certificate,
            ItemKind::PublicSpki
            | ItemKind::PublicPkcs1
            | ItemKind::PublicSm2
            | ItemKind::PublicOther,
        ) => {
            "this is a public key, which has no serial; a certificate was expected: \
             use PublicKey for it, together with its id (PUB_KEY_ID_...)"
        }
        _ => return None,
    })
}

impl Expected {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::PrivateKey => "a private key",
            Self::PublicKey => "a public key or certificate",
            Self::Certificate => "a certificate",
            Self::Root => "a root certificate",
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::PrivateKey => "give apiclient_key.pem",
            Self::PublicKey => "give WeChat Pay's public key (pub_key.pem) or platform certificate",
            Self::Certificate => "give a certificate, such as apiclient_cert.pem",
            Self::Root => "give the certificate of the CA, as PEM or DER",
        }
    }
}

impl ItemKind {
    const fn name(self) -> &'static str {
        match self {
            Self::PrivatePkcs1 | Self::PrivatePkcs8 => "a private key (such as apiclient_key.pem)",
            Self::PrivateSm2 => "an SM2 private key",
            Self::PrivateOther => "a private key that is not an RSA key and not an SM2 key",
            Self::EncryptedPkcs8 | Self::EncryptedPem => "an encrypted private key",
            Self::PublicPkcs1 | Self::PublicSpki => "a public key (such as pub_key.pem)",
            Self::PublicSm2 => "an SM2 public key",
            Self::PublicOther => "a public key that is not an RSA key and not an SM2 key",
            Self::Certificate => "a certificate (such as apiclient_cert.pem)",
            Self::Request => "a certificate signing request",
            Self::Pkcs12 => "a PKCS#12 file (such as apiclient_cert.p12)",
            Self::Pkcs7 => "a PKCS#7 file",
            Self::OpenSsh => "an OpenSSH key",
            Self::Unknown => "something other than a key or certificate",
        }
    }
}
