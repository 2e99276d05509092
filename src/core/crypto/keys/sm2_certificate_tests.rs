use super::super::der::SEQUENCE;
use super::super::{Certificate, PrivateKey, PublicKey};
use super::SM2_WITH_SM3;
use crate::crypto::base64;
use crate::crypto::fixtures::{self, fixture};
use crate::error::ErrorKind;

const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
/// basicConstraints, critical, cA.
const CA: &[u8] = &[
    0x30, 0x0f, 6, 3, 0x55, 0x1d, 0x13, 1, 1, 0xff, 4, 5, 0x30, 3, 1, 1, 0xff,
];
/// Now, for all certificates of these tests.
const NOW: i64 = 1_800_000_000;

/// A certificate of the SM2 key of the fixtures, to be signed by it too.
struct Draft<'a> {
    subject: &'a str,
    issuer: &'a str,
    extensions: Vec<&'a [u8]>,
    inner: &'a [u8],
    outer: &'a [u8],
    key: PrivateKey,
    signer: PrivateKey,
}

impl Default for Draft<'_> {
    fn default() -> Self {
        Self {
            subject: "leaf",
            issuer: "ca",
            extensions: Vec::new(),
            inner: SM2_WITH_SM3,
            outer: SM2_WITH_SM3,
            key: sm2(),
            signer: sm2(),
        }
    }
}

impl Draft<'_> {
    fn build(&self) -> Certificate {
        let mut parts = vec![
            tlv(0xa0, &[2, 1, 2]),
            tlv(2, &[1]),
            algorithm(self.inner),
            name(self.issuer),
            tlv(
                SEQUENCE,
                &[tlv(0x17, b"200101000000Z"), tlv(0x17, b"490101000000Z")].concat(),
            ),
            name(self.subject),
            spki(self.key.public_key()),
        ];
        if !self.extensions.is_empty() {
            parts.push(tlv(0xa3, &tlv(SEQUENCE, &self.extensions.concat())));
        }
        let text = tlv(SEQUENCE, &parts.concat());
        let signature = base64::decode(&self.signer.sign(&text).unwrap()).unwrap();
        let signature = tlv(3, &[&[0], &signature[..]].concat());
        let whole = [text, algorithm(self.outer), signature].concat();
        Certificate::from_bytes(tlv(SEQUENCE, &whole)).unwrap()
    }
}

fn sm2() -> PrivateKey {
    PrivateKey::from_bytes(fixture!("sm/pkcs8.pem")).unwrap()
}

fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len()).unwrap().to_be_bytes();
    let head = match body.len() {
        0..=0x7f => vec![tag, len[1]],
        0x80..=0xff => vec![tag, 0x81, len[1]],
        _ => vec![tag, 0x82, len[0], len[1]],
    };
    [&head, body].concat()
}

fn algorithm(object: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &tlv(6, object))
}

fn name(common: &str) -> Vec<u8> {
    let pair = [tlv(6, &[0x55, 4, 3]), tlv(0x0c, common.as_bytes())].concat();
    tlv(SEQUENCE, &tlv(0x31, &tlv(SEQUENCE, &pair)))
}

fn spki(key: &PublicKey) -> Vec<u8> {
    let pem = key.to_pem().unwrap();
    let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    base64::decode(&lines).unwrap()
}

fn ca<'a>(extensions: &[&'a [u8]]) -> Draft<'a> {
    Draft {
        subject: "ca",
        extensions: extensions.to_vec(),
        ..Draft::default()
    }
}

fn assert_refused(leaf: &Certificate, issuer: &Certificate, why: &str) {
    let err = leaf
        .check_issued_by(std::slice::from_ref(issuer), NOW)
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Key);
    assert!(err.to_string().contains(why), "{err}");
}

fn assert_accepted(leaf: &Certificate, issuer: &Certificate) {
    leaf.check_issued_by(std::slice::from_ref(issuer), NOW)
        .unwrap();
}

const NO_ISSUER: &str = "none of the given CAs has issued it";

#[test]
fn a_signature_of_an_rsa_key_is_not_one_of_sm2() {
    let rsa = || fixtures::private_key().clone();
    let issuer = Draft {
        key: rsa(),
        signer: rsa(),
        inner: SHA256_WITH_RSA,
        outer: SHA256_WITH_RSA,
        ..ca(&[CA])
    };
    let issuer = issuer.build();
    let leaf = |inner, outer| {
        let signer = rsa();
        Draft {
            inner,
            outer,
            signer,
            ..Draft::default()
        }
        .build()
    };
    // OpenSSL accepts this one.
    assert_accepted(&leaf(SHA256_WITH_RSA, SHA256_WITH_RSA), &issuer);
    assert_refused(&leaf(SM2_WITH_SM3, SM2_WITH_SM3), &issuer, NO_ISSUER);
    // The name outside is not signed, so anyone can alter it.
    for (inner, outer) in [
        (SHA256_WITH_RSA, SM2_WITH_SM3),
        (SM2_WITH_SM3, SHA256_WITH_RSA),
    ] {
        assert_refused(&leaf(inner, outer), &issuer, "");
    }
}

#[test]
fn both_names_of_the_algorithm_must_agree() {
    let issuer = ca(&[CA]).build();
    assert_accepted(&Draft::default().build(), &issuer);
    let leaf = Draft {
        inner: SHA256_WITH_RSA,
        ..Draft::default()
    };
    assert_refused(&leaf.build(), &issuer, "two algorithms");
}

#[test]
fn an_issuer_must_be_an_authority_that_signs_certificates() {
    let leaf = Draft::default().build();
    // digitalSignature, keyCertSign with cRLSign, nothing.
    let usage = |bits: &[u8]| {
        let value = tlv(4, &tlv(3, bits));
        tlv(SEQUENCE, &[&[6, 3, 0x55, 0x1d, 0x0f], &value[..]].concat())
    };
    let (signature, authority, none) = (usage(&[7, 0x80]), usage(&[1, 6]), usage(&[0]));
    assert_accepted(&leaf, &ca(&[CA]).build());
    assert_accepted(&leaf, &ca(&[CA, &authority]).build());
    for extensions in [
        vec![],
        vec![&authority[..]],
        vec![CA, &signature],
        vec![CA, &none],
        vec![CA, &authority, &signature],
    ] {
        assert_refused(&leaf, &ca(&extensions).build(), NO_ISSUER);
    }
}

/// Name constraints are among them: the check does not apply them.
#[test]
fn unknown_critical_extensions_are_refused() {
    let extension = |name: &[u8], critical: &[u8]| {
        let whole = [&tlv(6, name), critical, &tlv(4, &[5, 0])].concat();
        tlv(SEQUENCE, &whole)
    };
    for object in [&[0x2a, 3, 4][..], &[0x55, 0x1d, 0x1e]] {
        let (strict, lax) = (extension(object, &[1, 1, 0xff]), extension(object, &[]));
        let leaf = |extensions: &[&[u8]]| {
            let extensions = extensions.to_vec();
            Draft {
                extensions,
                ..Draft::default()
            }
            .build()
        };
        assert_accepted(&leaf(&[&lax]), &ca(&[CA, &lax]).build());
        assert_refused(&leaf(&[&strict]), &ca(&[CA]).build(), "critical extension");
        // Not even if it is trusted itself.
        assert_refused(&leaf(&[&strict]), &leaf(&[&strict]), "critical extension");
        assert_refused(&leaf(&[]), &ca(&[CA, &strict]).build(), NO_ISSUER);
    }
}

/// The issuer has no extensions; its name and key are right.
#[test]
fn a_merchants_certificate_issues_none() {
    let own = Certificate::from_bytes(fixture!("sm/certificate.pem")).unwrap();
    let subject = own.x509().subject_name().to_der().unwrap();
    let leaf = Draft::default().build().to_der().unwrap();
    let parts = [tlv(0xa0, &[2, 1, 2]), tlv(2, &[1]), algorithm(SM2_WITH_SM3)].concat();
    let text = super::to_be_signed(&leaf).unwrap();
    let rest = &text[parts.len() + name("ca").len()..];
    let text = tlv(SEQUENCE, &[&parts, &subject, rest].concat());
    let signature = base64::decode(&sm2().sign(&text).unwrap()).unwrap();
    let signature = tlv(3, &[&[0], &signature[..]].concat());
    let whole = [text, algorithm(SM2_WITH_SM3), signature].concat();
    let leaf = Certificate::from_bytes(tlv(SEQUENCE, &whole)).unwrap();
    assert_refused(&leaf, &own, NO_ISSUER);
}
