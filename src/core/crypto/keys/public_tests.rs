use super::*;
use crate::crypto::fixtures::{fixture, other_key, private_key};

const MESSAGE: &[u8] = fixture!("message.txt");

fn signature() -> &'static str {
    std::str::from_utf8(fixture!("message.sig")).unwrap()
}

fn key() -> PublicKey {
    PublicKey::from_bytes(fixture!("spki.pem")).unwrap()
}

#[test]
fn every_form_gives_the_same_key() {
    let forms: [&[u8]; 3] = [
        fixture!("spki.pem"),
        fixture!("pkcs1_public.pem"),
        fixture!("certificate.pem"),
    ];
    for form in forms {
        assert_eq!(
            PublicKey::from_bytes(form).unwrap(),
            *private_key().public_key()
        );
    }
    assert_ne!(key(), *other_key().public_key());
}

#[test]
fn other_types_are_named_with_a_remedy() {
    let table: [(&[u8], &str); 6] = [
        (
            fixture!("pkcs8.pem"),
            "this is a private key (such as apiclient_key.pem); a public key or certificate was expected",
        ),
        (fixture!("modern.p12"), "this is a PKCS#12 file"),
        (
            fixture!("request.pem"),
            "this is a certificate signing request",
        ),
        (fixture!("ec_public.pem"), "not an RSA key"),
        (fixture!("ec_certificate.pem"), "not for an RSA key"),
        (b"pub_key.pem", "use from_file"),
    ];
    for (bytes, sentence) in table {
        let err = PublicKey::from_bytes(bytes).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Key);
        assert!(err.to_string().contains(sentence), "{err}");
    }
}

#[test]
fn a_signature_of_the_openssl_command_verifies() {
    let key = key();
    for _ in 0..2 {
        assert!(key.verify(MESSAGE, signature()));
    }
}

#[test]
fn anything_but_the_signature_does_not_verify() {
    let key = key();
    let other = other_key().sign(MESSAGE).unwrap();
    let altered = signature().replacen(|c: char| c.is_ascii_digit(), "x", 1);
    let spaced = format!(" {}", signature());
    let longer = base64::encode(&[0; 257]);
    let cases = [
        &other[..],
        &altered,
        &spaced,
        &longer,
        "",
        "AAAA",
        "WECHATPAY/SIGNTEST/x",
        &signature()[4..],
    ];
    for wrong in cases {
        assert!(!key.verify(MESSAGE, wrong), "{wrong}");
    }
    assert!(!key.verify(&MESSAGE[1..], signature()));
    assert!(!other_key().public_key().verify(MESSAGE, signature()));
    assert!(key.verify(MESSAGE, signature()), "a failure spoils nothing");
}

#[test]
fn texts_up_to_the_limit_are_encrypted_and_longer_ones_refused() {
    for (padding, max) in [(Padding::Oaep, 214), (Padding::Pkcs1v15, 245)] {
        assert_eq!(key().max_plaintext_len(padding), max);
        for len in [0, 1, max] {
            let plain = vec![b'x'; len];
            let ciphertext = key().encrypt(padding, &plain).unwrap();
            assert_eq!(*private_key().decrypt(padding, &ciphertext).unwrap(), plain);
        }
        let err = key().encrypt(padding, &vec![b'x'; max + 1]).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Encrypt);
        assert!(
            err.to_string().contains(&format!("takes {max} at most")),
            "{err}"
        );
    }
}

#[test]
fn the_paddings_are_not_mixed_up() {
    let key = key();
    let ciphertext = key.encrypt(Padding::Pkcs1v15, b"text").unwrap();
    assert!(private_key().decrypt(Padding::Oaep, &ciphertext).is_err());
    assert_ne!(
        key.encrypt(Padding::Oaep, b"x").unwrap(),
        key.encrypt(Padding::Oaep, b"x").unwrap()
    );
}

#[test]
fn only_base64_of_the_modulus_length_is_a_ciphertext() {
    let key = key();
    assert!(key.is_ciphertext(&key.encrypt(Padding::Oaep, b"text").unwrap()));
    assert!(key.is_ciphertext(&base64::encode(&[0; 256])));
    for text in [
        "",
        "text",
        &base64::encode(&[0; 255]),
        &base64::encode(&[0; 257]),
        &"A".repeat(344),
        &"-".repeat(342),
    ] {
        assert!(!key.is_ciphertext(text), "{text}");
    }
}

#[test]
fn debug_shows_the_size_only() {
    assert_eq!(format!("{:?}", key()), "PublicKey { bits: 2048, .. }");
}
