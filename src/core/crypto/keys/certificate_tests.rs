use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;

use super::*;
use crate::crypto::fixtures::{fixture, pkey, private_key};

fn certificate() -> Certificate {
    Certificate::from_bytes(fixture!("certificate.pem")).unwrap()
}

/// Creates a certificate of the fixture key with any serial.
fn with_serial(hex: &str) -> Certificate {
    let mut builder = X509::builder().unwrap();
    let serial = Asn1Integer::from_bn(&BigNum::from_hex_str(hex).unwrap()).unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder
        .set_not_before(&Asn1Time::from_unix(-86_401).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::from_unix(4_102_444_799).unwrap())
        .unwrap();
    builder.set_pubkey(pkey()).unwrap();
    builder.sign(pkey(), MessageDigest::sha256()).unwrap();
    Certificate::from_bytes(builder.build().to_der().unwrap()).unwrap()
}

#[test]
fn fields_match_the_openssl_command() {
    let certificate = certificate();
    assert_eq!(
        certificate.serial(),
        "0B5157F09EFDC096DE15EBE81A47057A7232F1B8"
    );
    assert_eq!(certificate.not_before(), 1_795_291_545);
    assert_eq!(certificate.not_after(), 4_948_891_545);
    assert_eq!(
        certificate.subject_common_name().as_deref(),
        Some("1900000109")
    );
    assert_eq!(certificate.public_key(), private_key().public_key());
}

#[test]
fn serials_have_two_digits_a_byte() {
    for (given, printed) in [
        ("0a", "0A"),
        ("abc", "0ABC"),
        ("80", "80"),
        ("ff00", "FF00"),
        ("00", "00"),
        ("-0a", "-0A"),
    ] {
        assert_eq!(with_serial(given).serial(), printed);
    }
}

#[test]
fn dates_before_1970_and_after_2038_are_right() {
    let certificate = with_serial("1");
    assert_eq!(certificate.not_before(), -86_401);
    assert_eq!(certificate.not_after(), 4_102_444_799);
    assert_eq!(certificate.subject_common_name(), None);
}

#[test]
fn a_certificate_is_read_from_der_pem_and_pkcs12() {
    let certificate = certificate();
    let forms = [
        Certificate::from_bytes(certificate.to_der().unwrap()),
        Certificate::from_bytes(certificate.to_pem().unwrap()),
        Certificate::from_pkcs12(fixture!("modern.p12"), "1900000109"),
    ];
    for form in forms {
        assert_eq!(
            form.unwrap().to_der().unwrap(),
            certificate.to_der().unwrap()
        );
    }
}

#[test]
fn other_types_are_named_with_a_remedy() {
    let table: [(&[u8], &str); 6] = [
        (
            fixture!("pkcs8.pem"),
            "this is a private key (such as apiclient_key.pem); a certificate was expected: give a \
             certificate, such as apiclient_cert.pem",
        ),
        (fixture!("spki.pem"), "use PublicKey for it"),
        (
            fixture!("request.pem"),
            "this is a certificate signing request",
        ),
        (fixture!("modern.p12"), "use from_pkcs12"),
        (fixture!("ec_certificate.pem"), "not for an RSA key"),
        (b"apiclient_cert.pem", "use from_file"),
    ];
    for (bytes, sentence) in table {
        let err = Certificate::from_bytes(bytes).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Key);
        assert!(err.to_string().contains(sentence), "{err}");
    }
}

#[test]
fn debug_shows_the_serial() {
    let shown = format!("{:?}", certificate());
    assert!(shown.starts_with("Certificate { serial: \"0B51"), "{shown}");
}

#[test]
fn der_that_does_not_round_trip_is_damaged() {
    let err = Certificate::from_bytes(fixture!("unwritable_certificate.pem")).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Key);
    assert!(err.to_string().contains("OpenSSL cannot read it"), "{err}");
}
