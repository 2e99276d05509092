use super::*;
use crate::crypto::fixtures::{fixture, other_key, private_key};

const MESSAGE: &[u8] = fixture!("message.txt");
const SIGNATURE: &[u8] = fixture!("message.sig");

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn refusal(result: Result<PrivateKey>) -> String {
    let err = result.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Key);
    assert!(!err.maybe_sent());
    err.to_string()
}

/// A file of this process, which is removed at the end of the test.
struct TempFile(std::path::PathBuf);

impl TempFile {
    fn new(name: &str, contents: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        std::fs::write(&path, contents).unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn every_form_gives_the_same_key() {
    let plain: [&[u8]; 2] = [fixture!("pkcs8.pem"), fixture!("pkcs1.pem")];
    let secret: [&[u8]; 3] = [
        fixture!("pkcs8_encrypted.pem"),
        fixture!("pkcs1_encrypted.pem"),
        fixture!("pkcs8.pem"),
    ];
    let plain = plain.map(PrivateKey::from_bytes);
    let secret = secret.map(|bytes| PrivateKey::from_bytes_with_passphrase(bytes, "secret"));
    let modern = PrivateKey::from_pkcs12(fixture!("modern.p12"), "1900000109");
    for key in plain.into_iter().chain(secret).chain([modern]) {
        assert_eq!(key.unwrap().public_key(), private_key().public_key());
    }
}

#[test]
fn a_pkcs12_file_with_rc2_opens_or_says_how_to_convert_it() {
    match PrivateKey::from_pkcs12(fixture!("legacy.p12"), "1900000109") {
        Ok(key) => assert_eq!(key.public_key(), private_key().public_key()),
        Err(err) => {
            assert!(!protected::legacy_is_there());
            assert!(err.to_string().contains("openssl pkcs12 -legacy"), "{err}");
        }
    }
}

/// Some Windows tools write indefinite lengths, as BER allows.
#[test]
fn a_pkcs12_file_with_indefinite_length_opens() {
    let der = fixture!("modern.p12");
    assert_eq!(der[..2], [0x30, 0x82]);
    let ber = [&[0x30, 0x80], &der[4..], &[0, 0]].concat();
    assert!(PrivateKey::from_pkcs12(ber, "1900000109").is_ok());
}

#[test]
fn keys_may_go_to_other_threads() {
    fn check<T: Send + Sync + Clone + fmt::Debug>() {}
    check::<PrivateKey>();
    check::<PublicKey>();
    check::<super::super::Certificate>();
}

#[test]
fn files_and_file_urls_are_read() {
    let file = TempFile::new("wechatpay-key", fixture!("pkcs8.pem"));
    let url = format!("file://{}", file.0.display());
    for key in [
        PrivateKey::from_file(&file.0),
        PrivateKey::from_file(&url),
        PrivateKey::from_bytes(&url),
    ] {
        assert_eq!(key.unwrap().public_key(), private_key().public_key());
    }
    let protected = TempFile::new("wechatpay-protected", fixture!("modern.p12"));
    assert!(PrivateKey::from_file_with_passphrase(&protected.0, "1900000109").is_ok());
    let pointer = TempFile::new("wechatpay-pointer", url.as_bytes());
    assert!(refusal(PrivateKey::from_file(&pointer.0)).contains("name of another file"));
}

#[test]
fn other_types_are_named_with_a_remedy() {
    let table: [(&[u8], &str); 10] = [
        (
            fixture!("certificate.pem"),
            "this is a certificate (such as apiclient_cert.pem); a private key was expected: give \
             apiclient_key.pem",
        ),
        (
            fixture!("spki.pem"),
            "this is a public key (such as pub_key.pem); a private key was expected",
        ),
        (
            fixture!("request.pem"),
            "this is a certificate signing request; a private key",
        ),
        (fixture!("modern.p12"), "use from_pkcs12"),
        (
            fixture!("pkcs8_encrypted.pem"),
            "this private key is encrypted: give its passphrase",
        ),
        (
            fixture!("pkcs1_encrypted.pem"),
            "this private key is encrypted: give its passphrase",
        ),
        (fixture!("ec.pem"), "not an RSA key"),
        (fixture!("rsa1024.pem"), "this RSA key has 1024 bits"),
        (b"apiclient_key.pem", "use from_file"),
        (b"", "this is empty"),
    ];
    for (bytes, sentence) in table {
        let message = refusal(PrivateKey::from_bytes(bytes));
        assert!(message.contains(sentence), "{message}");
    }
}

#[test]
fn an_invalid_passphrase_is_an_error_without_a_prompt_or_panic() {
    let files: [&[u8]; 3] = [
        fixture!("pkcs8_encrypted.pem"),
        fixture!("pkcs1_encrypted.pem"),
        fixture!("legacy.p12"),
    ];
    for file in files {
        for passphrase in [
            "wrong",
            "",
            "zero\0byte",
            &"x".repeat(1024),
            &"x".repeat(1025),
        ] {
            let message = refusal(PrivateKey::from_bytes_with_passphrase(file, passphrase));
            assert!(message.contains("passphrase"), "{message}");
            assert!(
                passphrase.is_empty() || !message.contains(passphrase),
                "{message}"
            );
        }
    }
}

#[test]
fn damaged_contents_are_an_error() {
    let mut broken = crate::crypto::fixtures::pkey()
        .private_key_to_pkcs8()
        .unwrap();
    broken[26..40].fill(0xff);
    assert!(refusal(PrivateKey::from_bytes(&broken)).contains("OpenSSL cannot read it"));
}

#[test]
fn errors_do_not_show_a_key_given_as_a_path() {
    let pem = text(fixture!("pkcs8.pem"));
    let line = pem.lines().nth(5).unwrap();
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let damaged = base64.replacen('M', "*", 1);
    for path in [pem, &base64, &format!("private.pkcs8://{base64}"), &damaged] {
        let err = PrivateKey::from_file(path).unwrap_err();
        assert!(err.to_string().contains("use from_bytes"), "{err}");
        assert!(!format!("{err:?} {}", err.report()).contains(line));
    }
}

#[test]
fn a_missing_file_is_named() {
    let message = refusal(PrivateKey::from_file("no/such/apiclient_key.pem"));
    assert!(
        message.starts_with("no/such/apiclient_key.pem: the file cannot be read"),
        "{message}"
    );
}

#[test]
fn the_signature_is_the_one_that_the_openssl_command_makes() {
    for _ in 0..2 {
        assert_eq!(private_key().sign(MESSAGE).unwrap(), text(SIGNATURE));
    }
}

#[test]
fn ciphertexts_of_the_openssl_command_are_decrypted() {
    let table = [
        (Padding::Oaep, &fixture!("oaep.b64")[..]),
        (Padding::Pkcs1v15, fixture!("pkcs1v15.b64")),
    ];
    for (padding, ciphertext) in table {
        for _ in 0..2 {
            let plain = private_key().decrypt(padding, text(ciphertext)).unwrap();
            assert_eq!(text(&plain), "张三");
        }
    }
}

#[test]
fn ciphertexts_for_other_keys_fail_with_the_same_error() {
    let foreign = other_key()
        .public_key()
        .encrypt(Padding::Oaep, b"text")
        .unwrap();
    let mut reasons = Vec::new();
    for ciphertext in [&foreign[..], "", "text", "dGV4dA==", text(SIGNATURE)] {
        let err = private_key()
            .decrypt(Padding::Oaep, ciphertext)
            .unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Decrypt);
        reasons.push(err.report());
    }
    reasons.dedup();
    assert_eq!(reasons.len(), 1);
    assert!(
        private_key()
            .decrypt(Padding::Oaep, text(fixture!("oaep.b64")))
            .is_ok()
    );
}

#[test]
fn one_key_serves_many_threads() {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(private_key().sign(MESSAGE).unwrap(), text(SIGNATURE));
                }
            });
        }
    });
}

#[test]
fn debug_shows_the_size_only() {
    assert_eq!(
        format!("{:?}", private_key()),
        "PrivateKey { bits: 2048, .. }"
    );
}
