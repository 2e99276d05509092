use super::*;
use crate::crypto::base64;
use crate::crypto::fixtures::fixture;

const PKCS8: &[u8] = fixture!("pkcs8.pem");
const PKCS1: &[u8] = fixture!("pkcs1.pem");

fn text(pem: &[u8]) -> String {
    String::from_utf8(pem.to_vec()).unwrap()
}

/// Returns the base64 of a PEM text, on one line.
fn body(pem: &[u8]) -> String {
    text(pem)
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect()
}

fn kinds(bytes: impl AsRef<[u8]>) -> Result<Vec<ItemKind>, Unreadable> {
    match inspect(bytes.as_ref())? {
        Input::Items(items) => Ok(items.iter().map(|item| item.kind).collect()),
        Input::File(path) => panic!("a file: {path:?}"),
    }
}

fn only(bytes: impl AsRef<[u8]>) -> Item {
    match inspect(bytes.as_ref()).unwrap() {
        Input::Items(mut items) if items.len() == 1 => items.remove(0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_fixture_is_recognised() {
    let table: [(&[u8], &[ItemKind]); 13] = [
        (PKCS8, &[ItemKind::PrivatePkcs8]),
        (PKCS1, &[ItemKind::PrivatePkcs1]),
        (fixture!("pkcs8_encrypted.pem"), &[ItemKind::EncryptedPkcs8]),
        (fixture!("pkcs1_encrypted.pem"), &[ItemKind::EncryptedPem]),
        (fixture!("spki.pem"), &[ItemKind::PublicSpki]),
        (fixture!("pkcs1_public.pem"), &[ItemKind::PublicPkcs1]),
        (fixture!("certificate.pem"), &[ItemKind::Certificate]),
        (fixture!("request.pem"), &[ItemKind::Request]),
        (fixture!("modern.p12"), &[ItemKind::Pkcs12]),
        (fixture!("legacy.p12"), &[ItemKind::Pkcs12]),
        (
            fixture!("ec.pem"),
            &[ItemKind::Unknown, ItemKind::PrivateOther],
        ),
        (fixture!("ec_public.pem"), &[ItemKind::PublicOther]),
        (fixture!("chain.p7b"), &[ItemKind::Pkcs7]),
    ];
    for (bytes, expected) in table {
        assert_eq!(kinds(bytes).unwrap(), expected);
    }
    let ssh =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY-----";
    assert_eq!(kinds(ssh), Ok(vec![ItemKind::OpenSsh]));
}

#[test]
fn base64_of_a_pem_is_recognised_as_the_pem() {
    for (pem, kind) in [
        (PKCS8, ItemKind::PrivatePkcs8),
        (fixture!("pkcs1_encrypted.pem"), ItemKind::EncryptedPem),
        (fixture!("spki.pem"), ItemKind::PublicSpki),
        (fixture!("certificate.pem"), ItemKind::Certificate),
    ] {
        let once = base64::encode(pem);
        let marked = base64::encode(format!("\u{feff}{}", text(pem)).as_bytes());
        let lines: Vec<_> = once.as_bytes().chunks(64).collect();
        let forms = [
            lines.join(&b"\r\n"[..]),
            format!("\"{once}\"\n").into(),
            marked.into(),
        ];
        for form in &forms {
            assert_eq!(kinds(form), Ok(vec![kind]));
        }
        let twice = base64::encode(once.as_bytes());
        assert_eq!(kinds(&twice), Ok(vec![kind]));
        let thrice = base64::encode(twice.as_bytes());
        assert_eq!(kinds(thrice), Err(Unreadable::Unknown));
        let cut = base64::encode(&pem[..pem.len() - 30]);
        assert_eq!(kinds(cut), Err(Unreadable::Truncated));
    }
    // Someone who can write a secret must not choose which file is read.
    let other = base64::encode(b"file:///etc/hostname");
    assert_eq!(kinds(other), Err(Unreadable::Unknown));
}

#[test]
fn every_form_of_a_key_is_the_same_der() {
    let der = &only(PKCS8).data;
    let (pem, base64) = (text(PKCS8), body(PKCS8));
    let utf16: Vec<u8> = format!("\u{feff}{pem}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("DER", der.to_vec()),
        ("DER and a line break", [der, &b"\r\n"[..]].concat()),
        ("CRLF", pem.replace('\n', "\r\n").into()),
        ("byte order mark", format!("\u{feff}{pem}").into()),
        ("UTF-16", utf16),
        ("white space around", format!("\n\n  {pem}\n\t ").into()),
        ("indented, as in YAML", pem.replace('\n', "\n    ").into()),
        ("escaped", pem.replace('\n', "\\n").into()),
        ("escaped CRLF", pem.replace('\n', "\\r\\n").into()),
        ("escaped twice", pem.replace('\n', "\\\\n").into()),
        ("backslash and line break", pem.replace('\n', "\\\n").into()),
        ("quoted", format!("\"{}\"", pem.replace('\n', "\\n")).into()),
        ("spaces for line breaks", pem.replace('\n', " ").into()),
        ("no line breaks at all", pem.replace('\n', "").into()),
        ("text around, not ASCII", format!("密钥:\n{pem}完").into()),
        (
            "wrong label",
            pem.replace("PRIVATE KEY", "RSA PRIVATE KEY").into(),
        ),
        ("base64", base64.clone().into()),
        (
            "base64 in lines",
            pem.lines()
                .filter(|line| !line.starts_with('-'))
                .collect::<Vec<_>>()
                .join("\r\n")
                .into(),
        ),
        ("base64 in quotes", format!("'{base64}'").into()),
        ("PHP", format!("private.pkcs8://{base64}").into()),
        (
            "PHP, wrong scheme",
            format!("private.pkcs1://{base64}\n").into(),
        ),
    ];
    for (name, form) in forms {
        let item = only(&form);
        assert_eq!(item.kind, ItemKind::PrivatePkcs8, "{name}");
        assert_eq!(item.data, *der, "{name}");
    }
}

#[test]
fn base64_may_have_lost_its_padding() {
    let base64 = body(PKCS1);
    assert!(base64.ends_with('='), "the fixture shows nothing without");
    let stripped = only(base64.trim_end_matches('='));
    assert_eq!(stripped.data, only(PKCS1).data);
}

#[test]
fn the_other_php_schemes_are_known() {
    assert_eq!(
        only(format!("private.pkcs1://{}", body(PKCS1))).kind,
        ItemKind::PrivatePkcs1
    );
    let spki = format!("public.spki://{}", body(fixture!("spki.pem")));
    assert_eq!(only(spki).kind, ItemKind::PublicSpki);
    let pkcs1 = format!("public.pkcs1://{}", body(fixture!("pkcs1_public.pem")));
    assert_eq!(only(pkcs1).kind, ItemKind::PublicPkcs1);
}

#[test]
fn lines_of_an_encrypted_pem_are_restored() {
    let pem = text(fixture!("pkcs1_encrypted.pem"));
    for mangled in [
        pem.replace('\n', " "),
        pem.replace('\n', "\\n"),
        pem.replace(": ", ":"),
    ] {
        let item = only(&mangled);
        assert_eq!(item.kind, ItemKind::EncryptedPem);
        assert_eq!(String::from_utf8_lossy(&item.data), pem);
    }
}

#[test]
fn all_blocks_of_a_text_are_found() {
    let both = [
        fixture!("certificate.pem"),
        &b"Bag Attributes\n    friendlyName: x\n"[..],
        PKCS8,
    ]
    .concat();
    assert_eq!(
        kinds(both),
        Ok(vec![ItemKind::Certificate, ItemKind::PrivatePkcs8])
    );
}

#[test]
fn a_file_url_is_a_path() {
    for (url, path) in [
        ("file:///etc/apiclient_key.pem\n", "/etc/apiclient_key.pem"),
        ("\u{feff}file://证书/key.pem", "证书/key.pem"),
        ("file://C:\\new\\key.pem", "C:\\new\\key.pem"),
    ] {
        let found = inspect(url.as_bytes()).unwrap();
        assert!(
            matches!(found, Input::File(found) if found.as_os_str() == path),
            "{url}"
        );
    }
}

#[test]
fn the_drive_of_a_file_url_has_no_slash_before_it_on_windows() {
    for (path, on_windows) in [
        ("/C:/keys/key.pem", "C:/keys/key.pem"),
        ("/c:\\keys\\key.pem", "c:\\keys\\key.pem"),
        ("C:/key.pem", "C:/key.pem"),
        ("//host/share/key.pem", "//host/share/key.pem"),
        ("/etc/key.pem", "/etc/key.pem"),
        ("/1:/key.pem", "/1:/key.pem"),
        ("", ""),
    ] {
        assert_eq!(local(path, true), on_windows);
        assert_eq!(local(path, false), path);
    }
}

#[test]
fn unreadable_input_has_a_reason() {
    let pem = text(PKCS8);
    let der = &only(PKCS8).data;
    let table: [(&str, Vec<u8>, Unreadable); 12] = [
        ("nothing", vec![], Unreadable::Empty),
        (
            "white space and a mark",
            "\u{feff} \r\n\"\"".into(),
            Unreadable::Empty,
        ),
        ("cut DER", der[..600].to_vec(), Unreadable::Truncated),
        (
            "cut base64",
            body(PKCS8)[..600].into(),
            Unreadable::Truncated,
        ),
        ("cut PEM", pem[..600].into(), Unreadable::Truncated),
        (
            "cut in the first line",
            "-----BEGIN PRIV".into(),
            Unreadable::Truncated,
        ),
        (
            "base64 with a hole",
            pem.replacen('M', "*", 1).into(),
            Unreadable::Base64,
        ),
        (
            "scheme without base64",
            "private.pkcs8://key.pem".into(),
            Unreadable::Base64,
        ),
        (
            "Unix path",
            "/etc/wechat/apiclient_key.pem".into(),
            Unreadable::Path,
        ),
        (
            "Windows path",
            "C:\\certs\\apiclient_cert.P12 ".into(),
            Unreadable::Path,
        ),
        ("a text", "hello".into(), Unreadable::Unknown),
        (
            "base64 of a text",
            "aGVsbG8gd29ybGQ=".into(),
            Unreadable::Unknown,
        ),
    ];
    for (name, bytes, why) in table {
        assert_eq!(inspect(&bytes).unwrap_err(), why, "{name}");
    }
}

#[test]
fn no_prefix_and_no_flipped_byte_panics() {
    let files: [&[u8]; 4] = [
        PKCS8,
        fixture!("certificate.pem"),
        fixture!("legacy.p12"),
        fixture!("pkcs1_encrypted.pem"),
    ];
    for bytes in files {
        for at in 0..bytes.len() {
            let _ = inspect(&bytes[..at]);
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 0x80;
            let _ = inspect(&flipped);
        }
    }
}

#[test]
fn debug_shows_the_kind_only() {
    assert_eq!(
        format!("{:?}", only(PKCS8)),
        "Item { kind: PrivatePkcs8, .. }"
    );
}
