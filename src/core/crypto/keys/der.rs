//! Recognises a DER structure by the tags of its first elements.
//!
//! OpenSSL parses the contents strictly. This module only selects the parser and the noun for
//! errors, without trying one parser after another (each costs OpenSSL 3.0 up to 1 ms).

use zeroize::Zeroizing;

use super::item::{Item, ItemKind, Unreadable};

const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const CONTEXT_0: u8 = 0xa0;

/// rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017, appendix A.1).
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// id-ecPublicKey, 1.2.840.10045.2.1 (RFC 5480, section 2.1.1).
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// The curve sm2p256v1, 1.2.156.10197.1.301 (GM/T 0006).
const SM2: &[u8] = &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d];

/// A PKCS#12 file with indefinite lengths (BER), as some Windows tools write it.
const OPEN_PKCS12: &[u8] = &[SEQUENCE, 0x80, INTEGER, 1, 3];

#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) body: &'a [u8],
}

/// Whether the bytes can only be DER or BER: no text has such a second byte.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    matches!(bytes, [SEQUENCE, 0x80..=0x84, ..])
}

/// Recognises a DER structure.
pub(super) fn item(bytes: &[u8]) -> Result<Item, Unreadable> {
    let (kind, whole) = identify(bytes).ok_or(Unreadable::Truncated)?;
    Ok(Item {
        kind,
        data: Zeroizing::new(whole.to_vec()),
    })
}

/// Returns the kind of the first structure and its bytes; `None` if it is truncated.
fn identify(bytes: &[u8]) -> Option<(ItemKind, &[u8])> {
    if bytes.starts_with(OPEN_PKCS12) {
        return Some((ItemKind::Pkcs12, bytes));
    }
    let (outer, rest) = split(bytes)?;
    let whole = &bytes[..bytes.len() - rest.len()];
    let kind = match outer.tag {
        SEQUENCE => kind_of(outer.body),
        _ => ItemKind::Unknown,
    };
    Some((kind, whole))
}

/// Returns the private key inside PKCS#8: PKCS#1 of an RSA key, SEC 1 of an SM2 key (RFC 5208, section 5).
pub(super) fn key_in_pkcs8(der: &[u8]) -> Option<&[u8]> {
    let (outer, _) = split(der)?;
    let key = children(outer.body).nth(2)?;
    (key.tag == OCTET_STRING).then_some(key.body)
}

/// Returns the SubjectPublicKeyInfo of a certificate for an SM2 key; `None` for any other certificate.
pub(super) fn sm2_key_in_certificate(der: &[u8]) -> Option<&[u8]> {
    let (body, mut rest) = (to_be_signed(der)?, to_be_signed(der)?);
    // Version (optional), serial, algorithm, issuer, validity, subject.
    let skipped = if children(body).next()?.tag == CONTEXT_0 {
        6
    } else {
        5
    };
    for _ in 0..skipped {
        rest = split(rest)?.1;
    }
    let (spki, after) = split(rest)?;
    let kind = kind_of(spki.body);
    (kind == ItemKind::PublicSm2).then(|| &rest[..rest.len() - after.len()])
}

/// Returns the body of the part of a certificate that its issuer signs.
pub(super) fn to_be_signed(der: &[u8]) -> Option<&[u8]> {
    let (outer, _) = split(der)?;
    Some(children(outer.body).next()?.body)
}

fn kind_of(body: &[u8]) -> ItemKind {
    let parts: Vec<_> = children(body).take(9).collect();
    let tags: Vec<_> = parts.iter().map(|part| part.tag).collect();
    match tags[..] {
        [INTEGER, INTEGER] => ItemKind::PublicPkcs1,
        [
            INTEGER,
            INTEGER,
            INTEGER,
            INTEGER,
            INTEGER,
            INTEGER,
            INTEGER,
            INTEGER,
            INTEGER,
        ] => ItemKind::PrivatePkcs1,
        [INTEGER, SEQUENCE, OCTET_STRING, ..] => match algorithm(parts[1]) {
            Algorithm::Rsa => ItemKind::PrivatePkcs8,
            Algorithm::Sm2 => ItemKind::PrivateSm2,
            Algorithm::Other => ItemKind::PrivateOther,
        },
        [INTEGER, OCTET_STRING, ..] => {
            match children(parts.get(2).map_or(&[], |it| it.body)).next() {
                Some(Element {
                    tag: OBJECT,
                    body: SM2,
                }) => ItemKind::PrivateSm2,
                _ => ItemKind::PrivateOther,
            }
        }
        [SEQUENCE, BIT_STRING] => match algorithm(parts[0]) {
            Algorithm::Rsa => ItemKind::PublicSpki,
            Algorithm::Sm2 => ItemKind::PublicSm2,
            Algorithm::Other => ItemKind::PublicOther,
        },
        [SEQUENCE, OCTET_STRING] => ItemKind::EncryptedPkcs8,
        [SEQUENCE, SEQUENCE, BIT_STRING] => signed(parts[0].body),
        [INTEGER, SEQUENCE] | [INTEGER, SEQUENCE, SEQUENCE] => ItemKind::Pkcs12,
        [OBJECT, CONTEXT_0] => ItemKind::Pkcs7,
        _ => ItemKind::Unknown,
    }
}

enum Algorithm {
    Rsa,
    Sm2,
    Other,
}

fn algorithm(identifier: Element<'_>) -> Algorithm {
    let parts: Vec<_> = children(identifier.body).take(2).collect();
    let objects: Vec<_> = parts
        .iter()
        .take_while(|part| part.tag == OBJECT)
        .map(|part| part.body)
        .collect();
    match objects[..] {
        [RSA, ..] => Algorithm::Rsa,
        [EC, SM2] => Algorithm::Sm2,
        _ => Algorithm::Other,
    }
}

/// Distinguishes certificates from requests: certificates start with their version or, in version 1, continue with name, validity and name.
fn signed(body: &[u8]) -> ItemKind {
    let tags: Vec<_> = children(body).take(4).map(|part| part.tag).collect();
    match tags[..] {
        [CONTEXT_0, ..] | [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE] => ItemKind::Certificate,
        [INTEGER, SEQUENCE, SEQUENCE, CONTEXT_0] => ItemKind::Request,
        _ => ItemKind::Unknown,
    }
}

/// Returns the point of a SubjectPublicKeyInfo.
#[cfg(feature = "sm")]
pub(super) fn point_in_spki(der: &[u8]) -> Option<&[u8]> {
    let (outer, _) = split(der)?;
    // The first byte counts unused bits.
    children(outer.body).nth(1)?.body.strip_prefix(&[0])
}

/// Whether the bytes are an SM2 ciphertext C1C3C2 in DER (GM/T 0009): two coordinates, a digest, a text.
#[cfg(feature = "sm")]
pub(super) fn is_sm2_ciphertext(der: &[u8]) -> bool {
    let Some((
        Element {
            tag: SEQUENCE,
            body,
        },
        [],
    )) = split(der)
    else {
        return false;
    };
    let mut rest = body;
    let mut lengths = [0; 4];
    for (tag, length) in [INTEGER, INTEGER, OCTET_STRING, OCTET_STRING]
        .into_iter()
        .zip(&mut lengths)
    {
        match split(rest) {
            Some((part, after)) if part.tag == tag => (*length, rest) = (part.body.len(), after),
            _ => return false,
        }
    }
    // A coordinate has up to 32 bytes and perhaps a zero before them.
    rest.is_empty() && matches!(lengths, [1..=33, 1..=33, 32, 1..=usize::MAX])
}

pub(super) fn children(mut body: &[u8]) -> impl Iterator<Item = Element<'_>> {
    std::iter::from_fn(move || {
        let (element, rest) = split(body)?;
        body = rest;
        Some(element)
    })
}

/// Splits off the first element; supports only tags of one byte and definite lengths.
pub(super) fn split(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let [tag, first, rest @ ..] = bytes else {
        return None;
    };
    let (len, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (
                digits
                    .iter()
                    .fold(0, |len, digit| len << 8 | usize::from(*digit)),
                rest,
            )
        }
        _ => return None,
    };
    let (body, rest) = rest.split_at_checked(len)?;
    Some((Element { tag: *tag, body }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::fixtures;

    #[test]
    fn the_inner_key_of_pkcs8_is_the_pkcs1_one() {
        let key = fixtures::pkey();
        let outer = key.private_key_to_pkcs8().unwrap();
        let inner = key.rsa().unwrap().private_key_to_der().unwrap();
        assert_eq!(key_in_pkcs8(&outer), Some(&inner[..]));
        assert_eq!(key_in_pkcs8(&inner), None);
    }

    #[test]
    fn trailing_bytes_are_dropped_and_truncation_is_detected() {
        let der = fixtures::pkey().private_key_to_pkcs8().unwrap();
        let longer = [&der[..], b"\r\n"].concat();
        assert_eq!(identify(&longer), Some((ItemKind::PrivatePkcs8, &der[..])));
        for len in 0..der.len() {
            assert_eq!(identify(&der[..len]), None, "{len}");
        }
    }

    #[test]
    fn arbitrary_bytes_are_unknown_and_never_panic() {
        assert_eq!(
            identify(&[SEQUENCE, 0]),
            Some((ItemKind::Unknown, &[SEQUENCE, 0][..]))
        );
        assert_eq!(identify(&[SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
        assert_eq!(identify(&[SEQUENCE, 0x85, 1, 1, 1, 1, 1]), None);
        assert_eq!(
            identify(&[0x1f, 1, 1]).map(|found| found.0),
            Some(ItemKind::Unknown)
        );
    }
}
