//! Recovers the digest that an RSA signature covers.
//!
//! Anyone with the public key can recover it from a PKCS#1 v1.5 signature. It proves nothing: only
//! diagnoses use it.

use openssl::pkey::{PKeyRef, Public};
use openssl::rsa::Padding;

use super::digest::unhex;

/// The content of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// A SHA-256 digest, as WeChat Pay signs.
    Sha256(Vec<u8>),
    /// A SHA-256 digest without the algorithm's identifier.
    Bare(Vec<u8>),
    /// Another digest, with its algorithm if known.
    Other(Option<&'static str>),
}

/// `DigestInfo`s up to their digest; source: RFC 8017, section 9.2, note 1.
const INFOS: [(&str, &[u8]); 5] = [
    (
        "SHA-256",
        b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
    ),
    (
        "SHA-1",
        b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
    ),
    (
        "MD5",
        b"\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10",
    ),
    (
        "SHA-384",
        b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
    ),
    (
        "SHA-512",
        b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
    ),
];

/// Recovers the content of a signature; `None` if another key signed or the padding is not PKCS#1 v1.5.
pub fn signed_digest(key: &PKeyRef<Public>, signature: &[u8]) -> Option<Signed> {
    let rsa = key.rsa().ok()?;
    let mut info = vec![0; usize::try_from(rsa.size()).ok()?];
    let length = rsa
        .public_decrypt(signature, &mut info, Padding::PKCS1)
        .ok()?;
    let info = info.get(..length)?;
    let named = INFOS
        .iter()
        .find_map(|(name, start)| Some((*name, info.strip_prefix(*start)?)));
    Some(match named {
        Some(("SHA-256", digest)) => Signed::Sha256(digest.to_vec()),
        Some((name, _)) => Signed::Other(Some(name)),
        None if info.len() == 32 => Signed::Bare(info.to_vec()),
        None => match unhex(info).filter(|digest| digest.len() == 32) {
            Some(digest) => Signed::Bare(digest),
            None => Signed::Other(None),
        },
    })
}
