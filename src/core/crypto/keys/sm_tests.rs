//! SM2 keys and certificates that the `openssl` command wrote; `tests/data/keys/README.md` says how.

use openssl::pkey::PKey;

use super::{Certificate, PrivateKey, PublicKey};
use crate::crypto::fixtures::{self, fixture};
use crate::crypto::{KeyAlgorithm, Padding, Sm2Mistake, StreamVerifier};
use crate::error::ErrorKind;

const SERIAL: &str = "1C5157F09EFDC096DE15EBE81A47057A7232F1B8";

fn private() -> PrivateKey {
    PrivateKey::from_bytes(fixture!("sm/pkcs8.pem")).unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap().trim()
}

#[test]
fn a_private_key_is_read_in_every_form() {
    let der = openssl_base64(fixture!("sm/pkcs8.pem"));
    let flat = text(fixture!("sm/sec1.pem")).replace('\n', "\\n");
    let with_parameters = [
        &b"-----BEGIN SM2 PARAMETERS-----\nBggqgRzPVQGCLQ==\n-----END SM2 PARAMETERS-----\n"[..],
        fixture!("sm/sec1.pem"),
    ]
    .concat();
    for bytes in [
        &fixture!("sm/pkcs8.pem")[..],
        fixture!("sm/sec1.pem"),
        &der,
        flat.as_bytes(),
        &with_parameters,
    ] {
        let key = PrivateKey::from_bytes(bytes).unwrap();
        assert_eq!(key.algorithm(), KeyAlgorithm::Sm2);
        assert_eq!(key.public_key(), private().public_key());
    }
    for (bytes, passphrase) in [
        (&fixture!("sm/pkcs8_encrypted.pem")[..], "secret"),
        (&fixture!("sm/modern.p12")[..], "1900000109"),
    ] {
        let key = PrivateKey::from_bytes_with_passphrase(bytes, passphrase).unwrap();
        assert_eq!(key.public_key(), private().public_key());
    }
    let again = PrivateKey::from_bytes(&*private().to_pem().unwrap()).unwrap();
    assert_eq!(again.public_key(), private().public_key());
}

fn openssl_base64(pem: &[u8]) -> Vec<u8> {
    let key = PKey::private_key_from_pem(pem).unwrap();
    key.private_key_to_pkcs8().unwrap()
}

#[test]
fn a_public_key_is_read_from_key_and_certificate() {
    let key = PublicKey::from_bytes(fixture!("sm/spki.pem")).unwrap();
    assert_eq!(&key, private().public_key());
    assert_eq!(key.algorithm(), KeyAlgorithm::Sm2);
    assert_eq!(
        key.to_pem().unwrap(),
        text(fixture!("sm/spki.pem")).to_owned() + "\n"
    );
    let certificate = Certificate::from_bytes(fixture!("sm/certificate.pem")).unwrap();
    assert_eq!(certificate.public_key(), &key);
    assert_eq!(certificate.serial(), SERIAL);
    assert_eq!(
        certificate.subject_common_name().as_deref(),
        Some("1900000109")
    );
    let of_certificate = PublicKey::from_bytes(fixture!("sm/certificate.pem")).unwrap();
    assert_eq!(of_certificate.certificate(), Some(SERIAL));
    assert!(key != *fixtures::private_key().public_key());
    let p12 = Certificate::from_pkcs12(fixture!("sm/modern.p12"), "1900000109").unwrap();
    assert_eq!(p12.serial(), SERIAL);
}

#[test]
fn a_signature_of_the_openssl_command_is_verified() {
    let (key, message) = (private(), fixture!("message.txt"));
    let signature = text(fixture!("sm/message.sig"));
    assert!(key.public_key().verify(message, signature));
    assert!(!key.public_key().verify(b"other", signature));
    assert!(
        !fixtures::private_key()
            .public_key()
            .verify(message, signature)
    );
    // Signed without the user id.
    let no_user_id = text(fixture!("sm/no_user_id.sig"));
    let mistakes = key.public_key().sm2_mistakes(message, no_user_id);
    assert_eq!(mistakes, [Sm2Mistake::NoUserId]);
    assert!(
        !key.public_key()
            .verify(message, text(fixture!("sm/no_user_id.sig")))
    );
    let mut verifier = StreamVerifier::new(key.public_key(), signature, key.public_key().digest());
    message.chunks(7).for_each(|piece| verifier.update(piece));
    assert!(verifier.finish());
}

/// OpenSSL verifies the digest of user, key and message, which the vectors of the standard check.
#[test]
fn openssl_verifies_our_signature() {
    let pkey = PKey::private_key_from_pem(fixture!("sm/pkcs8.pem")).unwrap();
    let (key, message) = (private(), fixture!("message.txt"));
    let signature = key.sign(message).unwrap();
    let der = crate::crypto::base64::decode(&signature).unwrap();
    let mut ctx = openssl::pkey_ctx::PkeyCtx::new(&pkey).unwrap();
    ctx.verify_init().unwrap();
    assert!(
        ctx.verify(&key.public_key().digest_of(message), &der)
            .unwrap()
    );
    assert!(
        !ctx.verify(&key.public_key().digest_of(b"other"), &der)
            .unwrap_or(false)
    );
}

#[test]
fn a_ciphertext_of_the_openssl_command_is_decrypted() {
    let (key, ciphertext) = (private(), text(fixture!("sm/ciphertext.b64")));
    assert!(key.public_key().is_ciphertext(ciphertext));
    assert_eq!(
        *key.decrypt(Padding::Oaep, ciphertext).unwrap(),
        "张三".as_bytes()
    );
    let own = key
        .public_key()
        .encrypt(Padding::Oaep, "张三".as_bytes())
        .unwrap();
    assert!(key.public_key().is_ciphertext(&own));
    for plain in ["", "张三", "aGVsbG8=", &own[4..], &format!("{own}AAAA")] {
        assert!(!key.public_key().is_ciphertext(plain), "{plain}");
    }
    let err = key.decrypt(Padding::Oaep, "aGVsbG8=").unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Decrypt);
    assert!(err.to_string().contains("SM2"), "{err}");
}

#[test]
fn debug_shows_no_number_of_a_key() {
    let shown = format!("{:?} {:?}", private(), private().public_key());
    assert_eq!(
        shown,
        "PrivateKey { algorithm: Sm2, bits: 256, .. } PublicKey { algorithm: Sm2, bits: 256, .. }"
    );
}

#[test]
fn damaged_keys_are_refused() {
    let der = openssl_base64(fixture!("sm/pkcs8.pem"));
    for len in 0..der.len() {
        assert!(PrivateKey::from_bytes(&der[..len]).is_err(), "{len}");
    }
    // A bit of the public key inside, which then belongs to another key.
    let mut other = der;
    *other.last_mut().unwrap() ^= 1;
    let err = PrivateKey::from_bytes(&other).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Key);
    assert!(err.to_string().contains("SM2"), "{err}");
}

#[test]
fn an_issuer_is_checked_by_name_signature_and_dates() {
    let own = Certificate::from_bytes(fixture!("sm/certificate.pem")).unwrap();
    let ca = Certificate::from_bytes(fixture!("sm/ca.pem")).unwrap();
    let rsa = Certificate::from_bytes(fixture!("certificate.pem")).unwrap();
    let inside = own.not_before().max(ca.not_before()) + 1;
    assert!(
        own.check_issued_by(&[rsa.clone(), ca.clone()], inside)
            .is_ok()
    );
    assert!(
        own.check_issued_by(std::slice::from_ref(&own), inside)
            .is_ok()
    );
    assert!(
        ca.check_issued_by(std::slice::from_ref(&ca), inside)
            .is_ok()
    );
    for (trusted, now) in [
        (vec![], inside),
        (vec![rsa], inside),
        (vec![ca.clone()], own.not_before() - 1),
        (vec![ca.clone()], own.not_after() + 1),
    ] {
        let err = own.check_issued_by(&trusted, now).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Key);
        assert!(err.to_string().contains(SERIAL), "{err}");
    }
    let mut altered = own.to_der().unwrap();
    *altered.last_mut().unwrap() ^= 1;
    let altered = Certificate::from_bytes(&altered).unwrap();
    assert!(altered.check_issued_by(&[ca], inside).is_err());
}
