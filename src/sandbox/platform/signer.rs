//! The key that signs an answer or a notification, and why it does.

use std::sync::Arc;

use super::{PlatformKeys, PlatformMode, PlatformView};
use crate::identity::PlatformKeyPair;

/// What decides between the public key and a certificate, where the merchant has both.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked<'a> {
    /// `Wechatpay-Serial` names a key.
    Named(&'a str),
    /// The request is for the list of certificates, and names no key.
    List,
    /// No key is named; the client may have fetched the list of certificates.
    Unnamed { has_fetched: bool },
}

/// The key that signs, by the reason.
pub(crate) enum Signer {
    /// The merchant has no other kind of key.
    Only(Arc<PlatformKeyPair>),
    /// `Wechatpay-Serial` names its kind.
    Named(Arc<PlatformKeyPair>),
    /// A certificate, because the answer lists the certificates.
    List(Arc<PlatformKeyPair>),
    /// A certificate, in certificate mode.
    CertificateMode(Arc<PlatformKeyPair>),
    /// A certificate, because the client has fetched the list.
    Fetched(Arc<PlatformKeyPair>),
    /// The public key, because the client has not fetched the list.
    NotFetched(Arc<PlatformKeyPair>),
    /// The public key in place of a certificate, because there is none.
    NoCertificates(Arc<PlatformKeyPair>),
    /// The certificate of a fault.
    Expired(Arc<PlatformKeyPair>),
}

impl Signer {
    pub(crate) fn pair(&self) -> &Arc<PlatformKeyPair> {
        match self {
            Self::Only(pair)
            | Self::Named(pair)
            | Self::List(pair)
            | Self::CertificateMode(pair)
            | Self::Fetched(pair)
            | Self::NotFetched(pair)
            | Self::NoCertificates(pair)
            | Self::Expired(pair) => pair,
        }
    }

    /// Why this key signs, where the request names none and the merchant has both kinds.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        Some(match self {
            Self::Only(_) | Self::Named(_) | Self::Expired(_) => return None,
            Self::List(_) => "certificate; no Wechatpay-Serial, and this lists the certificates",
            Self::CertificateMode(_) => "certificate; no Wechatpay-Serial, in certificate mode",
            Self::Fetched(_) => {
                "certificate; no Wechatpay-Serial, and this User-Agent has fetched v3/certificates. \
                 Send the id of the public key as Wechatpay-Serial to let it sign"
            }
            Self::NotFetched(_) => {
                "public key; no Wechatpay-Serial, and this User-Agent has not fetched v3/certificates. \
                 Send the serial of a certificate as Wechatpay-Serial to let it sign"
            }
            Self::NoCertificates(_) => {
                "public key; no Wechatpay-Serial, and there are no platform certificates"
            }
        })
    }
}

impl PlatformKeys {
    /// The key that signs. A certificate signs if the named serial is other than a public key's, because a client that
    /// names a retired certificate, or its own, has no public key.
    pub(crate) fn signer(&self, asked: Asked<'_>, view: &PlatformView, now: i64) -> Signer {
        let public = || Arc::clone(&view.public);
        let certificate = |of: fn(Arc<PlatformKeyPair>) -> Signer, otherwise: fn(_) -> Signer| {
            self.current(view, now)
                .map_or_else(|| otherwise(public()), of)
        };
        match (view.mode, asked) {
            (PlatformMode::Certificate, _) => certificate(Signer::Only, Signer::Only),
            (PlatformMode::PublicKey, _) => Signer::Only(public()),
            (_, Asked::Named(id)) if is_public_key_id(id) => Signer::Named(public()),
            (_, Asked::Named(_)) => certificate(Signer::Named, Signer::Named),
            (_, Asked::List) => certificate(Signer::List, Signer::NoCertificates),
            (_, Asked::Unnamed { .. }) if self.keys().certificate_mode => {
                certificate(Signer::CertificateMode, Signer::NoCertificates)
            }
            (_, Asked::Unnamed { has_fetched: true }) => {
                certificate(Signer::Fetched, Signer::NoCertificates)
            }
            (_, Asked::Unnamed { has_fetched: false }) => Signer::NotFetched(public()),
        }
    }
}

fn is_public_key_id(id: &str) -> bool {
    id.to_ascii_uppercase().starts_with("PUB_KEY_ID_")
}
