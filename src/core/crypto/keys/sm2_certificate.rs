//! The parts of a certificate that decide whether an SM2 key has issued it (RFC 5280), without OpenSSL.

use super::der::{
    BIT_STRING, CONTEXT_0, Element, OBJECT, OCTET_STRING, children, split, to_be_signed,
};

const BOOLEAN: u8 = 0x01;
const CONTEXT_3: u8 = 0xa3;

/// SM2 with SM3 as the algorithm of a certificate's signature, 1.2.156.10197.1.501 (GM/T 0006).
const SM2_WITH_SM3: &[u8] = &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75];

const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];

/// The critical extensions that do not stop a check: the two above, and extendedKeyUsage, subjectAltName and
/// certificatePolicies, which restrict uses that this crate does not have. Name and policy constraints are missing
/// here, because the check does not apply them.
const HANDLED: [&[u8]; 5] = [
    KEY_USAGE,
    BASIC_CONSTRAINTS,
    &[0x55, 0x1d, 0x25],
    &[0x55, 0x1d, 0x11],
    &[0x55, 0x1d, 0x20],
];

/// The bit of keyUsage that allows to sign certificates (RFC 5280, section 4.2.1.3).
const KEY_CERT_SIGN: u8 = 0x80 >> 5;

/// The parts of a certificate whose signature claims to be SM2 with SM3.
pub(super) struct SignedBySm2<'a> {
    pub(super) text: &'a [u8],
    pub(super) signature: &'a [u8],
    /// Whether the signed part names the same algorithm as the part outside, which no signature covers.
    pub(super) is_consistent: bool,
}

/// Returns the signed text and the signature of a certificate; `None` unless the algorithm outside is SM2 with SM3.
pub(super) fn signed_by_sm2(der: &[u8]) -> Option<SignedBySm2<'_>> {
    let (outer, _) = split(der)?;
    let (_, after) = split(outer.body)?;
    let [algorithm, signature] = [children(after).next()?, children(after).nth(1)?];
    let name = children(algorithm.body).next()?;
    let found = SignedBySm2 {
        text: &outer.body[..outer.body.len() - after.len()],
        signature: signature.body.strip_prefix(&[0])?,
        is_consistent: signed_algorithm(der).is_some_and(|inner| inner.body == algorithm.body),
    };
    (name.tag == OBJECT && name.body == SM2_WITH_SM3).then_some(found)
}

/// Returns the algorithm that the signed part names, after version (optional) and serial.
fn signed_algorithm(der: &[u8]) -> Option<Element<'_>> {
    let mut parts = children(to_be_signed(der)?);
    let first = parts.next()?;
    parts.nth(usize::from(first.tag == CONTEXT_0))
}

/// Whether this crate can apply all critical extensions of a certificate (RFC 5280, section 4.2).
pub(super) fn is_understood(der: &[u8]) -> bool {
    let handled = |it: &Extension<'_>| !it.is_critical || HANDLED.contains(&it.name);
    extensions(der).is_some_and(|list| list.iter().all(handled))
}

/// Whether a certificate may issue others (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
pub(super) fn is_authority(der: &[u8]) -> bool {
    let Some(list) = extensions(der) else {
        return false;
    };
    let find = |name| list.iter().find(|it| it.name == name);
    find(BASIC_CONSTRAINTS).is_some_and(is_ca) && find(KEY_USAGE).is_none_or(signs_certificates)
}

fn is_ca(constraints: &Extension<'_>) -> bool {
    let list = children(constraints.value).next();
    let flag = list.and_then(|list| children(list.body).next());
    flag.is_some_and(|flag| flag.tag == BOOLEAN && flag.body == [0xff])
}

fn signs_certificates(usage: &Extension<'_>) -> bool {
    match children(usage.value).next() {
        // The first byte counts unused bits.
        Some(Element {
            tag: BIT_STRING,
            body: [_, bits, ..],
        }) => bits & KEY_CERT_SIGN != 0,
        _ => false,
    }
}

struct Extension<'a> {
    name: &'a [u8],
    is_critical: bool,
    value: &'a [u8],
}

/// Returns the extensions of a certificate; `None` if one cannot be read or occurs twice.
fn extensions(der: &[u8]) -> Option<Vec<Extension<'_>>> {
    let mut found: Vec<Extension<'_>> = Vec::new();
    let Some(part) = children(to_be_signed(der)?).find(|part| part.tag == CONTEXT_3) else {
        return Some(found);
    };
    for part in children(children(part.body).next()?.body) {
        let parts: Vec<_> = children(part.body).collect();
        let (name, is_critical, value) = match parts[..] {
            [name, value] => (name, false, value),
            [name, critical, value] if critical.tag == BOOLEAN => {
                (name, critical.body != [0], value)
            }
            _ => return None,
        };
        let is_known = found.iter().any(|it| it.name == name.body);
        if is_known || name.tag != OBJECT || value.tag != OCTET_STRING {
            return None;
        }
        found.push(Extension {
            name: name.body,
            is_critical,
            value: value.body,
        });
    }
    Some(found)
}

#[cfg(test)]
#[path = "sm2_certificate_tests.rs"]
mod tests;
