//! Files of keys in the forms that people have them in: with a passphrase, encoded once more, with a
//! byte order mark.

use openssl::pkcs12::Pkcs12;
use openssl::pkey::PKey;
use openssl::symm::Cipher;
use openssl::x509::X509;

use crate::support::{Run, Shop, private};

const PASSPHRASE: &str = "correct horse";
const CALL: [&str; 3] = ["request", "GET", "v3/certificates"];

/// A shop with `apiclient_cert.p12` of this passphrase.
fn with_p12(passphrase: &str) -> Shop {
    let shop = Shop::new();
    let sandbox = &shop.sandbox;
    let pem = sandbox.merchant_key_pem().unwrap();
    let key = PKey::private_key_from_pem(pem.expose().as_bytes()).unwrap();
    let certificate = sandbox.merchant_certificate().to_der().unwrap();
    let file = Pkcs12::builder()
        .pkey(&key)
        .cert(&X509::from_der(&certificate).unwrap())
        .build2(passphrase)
        .unwrap();
    write(&shop, "apiclient_cert.p12", &file.to_der().unwrap());
    let encrypted = key
        .private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), passphrase.as_bytes())
        .unwrap();
    write(&shop, "encrypted.pem", &encrypted);
    shop
}

fn write(shop: &Shop, name: &str, bytes: &[u8]) {
    std::fs::write(shop.path(name), bytes).unwrap();
    private(&shop.path(name));
}

/// The command with no key of the merchant yet.
fn keyless(shop: &Shop, arguments: &[&str]) -> Run {
    shop.command(arguments)
        .without("PRIVATE_KEY")
        .without("CERTIFICATE")
}

#[test]
fn a_pkcs12_file_provides_key_certificate_and_serial() {
    let shop = with_p12("1900000109");
    for name in ["PRIVATE_KEY", "CERTIFICATE"] {
        for arguments in [&CALL[..], &["doctor"]] {
            let text = keyless(&shop, arguments)
                .env(name, "apiclient_cert.p12")
                .run()
                .ok();
            assert!(!text.contains("WRONG"), "{text}");
        }
    }
    let both = keyless(&shop, &CALL).env("PRIVATE_KEY", "apiclient_cert.p12");
    both.env("CERTIFICATE", "apiclient_cert.p12").run().ok();
    let beside = keyless(&shop, &CALL).env("PRIVATE_KEY", "apiclient_key.pem");
    beside.env("CERTIFICATE", "apiclient_cert.p12").run().ok();
    assert!(shop.sandbox.calls().iter().all(|call| {
        let signed = call.headers.contains_key("authorization");
        !signed || call.verdict.is_accepted()
    }));
}

#[test]
fn a_passphrase_comes_from_the_environment_a_file_or_a_profile() {
    let shop = with_p12(PASSPHRASE);
    shop.secret("passphrase", &format!("{PASSPHRASE}\n"));
    shop.secret(
        "config.toml",
        "[default]\npassphrase_file = \"passphrase\"\n",
    );
    for file in ["apiclient_cert.p12", "encrypted.pem"] {
        let run = |arguments: &[&str]| {
            let run = keyless(&shop, arguments).env("PRIVATE_KEY", file);
            run.env("SERIAL", shop.sandbox.serial())
        };
        run(&CALL).env("PASSPHRASE", PASSPHRASE).run().ok();
        run(&CALL).env("PASSPHRASE_FILE", "passphrase").run().ok();
        run(&CALL).env("CONFIG", "config.toml").run().ok();
        run(&["--passphrase-file", "passphrase", CALL[0], CALL[1], CALL[2]])
            .run()
            .ok();
        let scene = [
            "sign",
            "pay-params",
            "jsapi",
            "--appid",
            "wx8888888888888888",
            "--prepay-id",
            "wx2601",
        ];
        run(&scene).env("PASSPHRASE", PASSPHRASE).run().ok();
        run(&["doctor"]).env("PASSPHRASE", PASSPHRASE).run().ok();
    }
}

#[test]
fn wrong_or_missing_passphrases_exit_with_3_and_are_not_shown() {
    let shop = with_p12(PASSPHRASE);
    for file in ["apiclient_cert.p12", "encrypted.pem"] {
        let run = || {
            let run = keyless(&shop, &CALL).env("PRIVATE_KEY", file);
            run.env("SERIAL", shop.sandbox.serial())
        };
        let said = run().run().failed(3);
        assert!(
            said.contains("--passphrase-file") && said.contains(file),
            "{said}"
        );
        assert!(said.contains("The merchant id was tried"), "{said}");
        let said = run().env("PASSPHRASE", "wrong battery").run().failed(3);
        assert!(
            said.contains("passphrase does not") && !said.contains("battery"),
            "{said}"
        );
        assert!(
            said.contains("--passphrase-file") && !said.contains("routines:"),
            "what to do, and not OpenSSL's own words: {said}"
        );
        let doctor = keyless(&shop, &["doctor", "--offline"]).env("PRIVATE_KEY", file);
        let report = doctor.env("PASSPHRASE", "wrong battery").run().stdout;
        let line = report.lines().find(|line| line.contains("private key"));
        assert!(
            line.unwrap()
                .contains("→ the passphrase of apiclient_cert.p12"),
            "{report}"
        );
    }
    assert!(shop.sandbox.calls().is_empty());
}

#[test]
fn keys_in_base64_or_with_a_byte_order_mark_are_read() {
    let shop = Shop::new();
    let utf16 = |text: &str| -> Vec<u8> {
        let text = format!("\u{feff}{text}");
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    for name in [
        "apiclient_key.pem",
        "apiclient_cert.pem",
        "pub_key.pem",
        "apiv3.key",
    ] {
        let text = std::fs::read_to_string(shop.path(name)).unwrap();
        let mut forms = vec![format!("\u{feff}{text}\r\n").into_bytes(), utf16(&text)];
        if name != "apiv3.key" {
            let encoded = openssl::base64::encode_block(text.as_bytes());
            let lines: Vec<_> = encoded.as_bytes().chunks(76).collect();
            forms.push([lines.join(&b"\n"[..]), b"\n".to_vec()].concat());
            forms.push(openssl::base64::encode_block(encoded.as_bytes()).into_bytes());
            forms.push(encoded.into_bytes());
        }
        for form in forms {
            write(&shop, name, &form);
            shop.command(&CALL).run().ok();
            let done = shop.command(&["doctor", "--offline"]).run().ok();
            assert!(!done.contains("WRONG"), "{done}");
        }
        write(&shop, name, text.as_bytes());
    }
}

/// The passphrase fits, so it is not asked for another one.
#[test]
fn a_pkcs12_file_without_a_key_is_not_said_to_need_a_passphrase() {
    let shop = with_p12(PASSPHRASE);
    let certificate = shop.sandbox.merchant_certificate().to_der().unwrap();
    let mut authorities = openssl::stack::Stack::new().unwrap();
    authorities
        .push(X509::from_der(&certificate).unwrap())
        .unwrap();
    let file = Pkcs12::builder()
        .ca(authorities)
        .build2("1900000109")
        .unwrap();
    write(&shop, "without_key.p12", &file.to_der().unwrap());
    let run = keyless(&shop, &CALL).env("PRIVATE_KEY", "without_key.p12");
    let said = run.env("SERIAL", shop.sandbox.serial()).run().failed(3);
    assert!(said.contains("contains no private key"), "{said}");
    assert!(!said.contains("needs a passphrase"), "{said}");
}
