//! Why a sensitive field cannot be decrypted.

use openssl::encrypt::Encrypter;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Padding;
use serde_json::json;
use wechatpay_chain::PublicKey;
use wechatpay_sandbox::Sandbox;

use super::super::super::raw::Raw;
use super::super::super::{Outcome, why};
use super::super::get;
use super::{causes, newest};
use openssl::base64::{decode_block, encode_block};

const NAME: &str = "张三丰";

fn pkey(key: &PublicKey) -> Outcome<PKey<Public>> {
    Ok(PKey::public_key_from_pem(key.to_pem()?.as_bytes())?)
}

fn encrypted(
    key: &PKey<Public>,
    padding: Padding,
    digests: [MessageDigest; 2],
    plain: &[u8],
) -> Outcome<String> {
    let mut encrypter = Encrypter::new(key)?;
    encrypter.set_rsa_padding(padding)?;
    if padding == Padding::PKCS1_OAEP {
        encrypter.set_rsa_oaep_md(digests[0])?;
        encrypter.set_rsa_mgf1_md(digests[1])?;
    }
    let mut ciphertext = vec![0; encrypter.encrypt_len(plain)?];
    let length = encrypter.encrypt(plain, &mut ciphertext)?;
    Ok(encode_block(&ciphertext[..length]))
}

fn oaep(key: &PublicKey, plain: &[u8]) -> Outcome<String> {
    let sha1 = MessageDigest::sha1();
    encrypted(&pkey(key)?, Padding::PKCS1_OAEP, [sha1; 2], plain)
}

/// The causes that are found for a field under this serial.
fn found(sandbox: &Sandbox, serial: &str, name: &str) -> Outcome<Vec<String>> {
    let body = json!({
        "appid": "wx8888888888888888",
        "type": "PERSONAL_OPENID",
        "account": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "name": name,
        "relation_type": "USER",
    });
    let raw = Raw::post(sandbox, "/v3/profitsharing/receivers/add", &body)?;
    let raw = raw.header("Wechatpay-Serial", serial).authorized()?;
    let status = raw.send(sandbox)?.status;
    let call = newest(sandbox)?;
    let listed = &get(sandbox, "calls?limit=1")?["calls"][0]["diagnosis"]["mistakes"];
    assert_eq!(listed, &call["diagnosis"]["mistakes"]);
    let diagnosis = call["diagnosis"].to_string();
    assert!(!diagnosis.contains(NAME) && !diagnosis.contains("6217"));
    assert_eq!(status == 200, why(sandbox)?.is_empty());
    Ok(causes(&call))
}

#[test]
fn the_notation_of_a_ciphertext_is_recognised() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let id = sandbox.platform_key_id();
    // One with all letters that matter.
    let right = loop {
        let made = oaep(sandbox.platform_public_key(), NAME.as_bytes())?;
        if made.contains('+') && made.contains('/') {
            break made;
        }
    };
    let hex = decode_block(&right)?
        .into_iter()
        .map(|byte| format!("{byte:02x}"));
    let url_safe = right.replace('+', "-").replace('/', "_");
    let lines = format!("{}\r\n{}", &right[..76], &right[76..]);
    let percent = right
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    for (text, expected) in [
        (right.clone(), ""),
        (hex.collect(), "ciphertext_hex"),
        (encode_block(right.as_bytes()), "ciphertext_base64_twice"),
        (
            encode_block(lines.as_bytes()),
            "ciphertext_base64_twice ciphertext_line_breaks",
        ),
        (
            url_safe.trim_end_matches('=').to_owned(),
            "ciphertext_base64url",
        ),
        (url_safe, "ciphertext_base64url"),
        (
            right.trim_end_matches('=').to_owned(),
            "ciphertext_unpadded",
        ),
        (lines, "ciphertext_line_breaks"),
        (format!("{right}\n"), "ciphertext_line_breaks"),
        (right.replace('+', " "), "ciphertext_plus_blank"),
        (percent, "ciphertext_percent_encoded"),
        (format!("\"{right}\""), "ciphertext_quoted"),
        (format!("b'{right}'"), "ciphertext_wrapped"),
        (format!("data:;base64,{right}"), "ciphertext_wrapped"),
        (
            encode_block(&decode_block(&right)?.into_iter().rev().collect::<Vec<_>>()),
            "ciphertext_reversed",
        ),
        // As long as an AES-GCM ciphertext of the name.
        (encode_block(&[0xe9; 37]), "ciphertext_length"),
        (NAME.to_owned(), "plaintext"),
        ("6217000000000000001".to_owned(), "plaintext"),
        (encode_block(NAME.as_bytes()), "encoded_only"),
        (right[..200].to_owned(), "ciphertext_length"),
    ] {
        assert_eq!(found(&sandbox, id, &text)?.join(" "), expected, "{text}");
    }
    Ok(())
}

#[test]
fn the_key_and_the_serial_of_a_ciphertext_are_compared() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let id = sandbox.platform_key_id();
    let certificate = sandbox.platform_certificate();
    let merchant = sandbox.merchant_certificate();
    let stranger = Sandbox::builder().fresh_keys().start_blocking()?;
    let name = |key: &PublicKey| oaep(key, NAME.as_bytes());
    let [public, platform, own, other] = [
        name(sandbox.platform_public_key())?,
        name(certificate.public_key())?,
        name(merchant.public_key())?,
        name(stranger.platform_public_key())?,
    ];
    for (serial, text, expected) in [
        (id, &public, ""),
        (certificate.serial(), &platform, ""),
        (id, &platform, "encrypted_for_other_key"),
        (certificate.serial(), &public, "encrypted_for_other_key"),
        (id, &own, "encrypted_for_merchant"),
        (merchant.serial(), &own, "encrypted_for_merchant"),
        (merchant.serial(), &public, "serial_of_merchant"),
        ("", &public, "serial_missing"),
        (id, &other, "encrypted_for_unknown_key"),
        (
            stranger.platform_key_id(),
            &other,
            "serial_unknown encrypted_for_unknown_key",
        ),
        (
            merchant.serial(),
            &NAME.to_owned(),
            "plaintext serial_of_merchant",
        ),
    ] {
        assert_eq!(
            found(&sandbox, serial, text)?.join(" "),
            expected,
            "{serial}"
        );
    }
    Ok(())
}

#[test]
fn the_padding_and_the_charset_of_a_ciphertext_are_recognised() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let id = sandbox.platform_key_id();
    let key = pkey(sandbox.platform_public_key())?;
    let (sha1, sha256) = (MessageDigest::sha1(), MessageDigest::sha256());
    let gbk = encoding_rs::GBK.encode(NAME).0;
    // Bytes that are no UTF-8.
    let utf16: Vec<u8> = "赵 A".encode_utf16().flat_map(u16::to_le_bytes).collect();
    // Without padding the caller fills the block.
    let block = [&[0; 247][..], NAME.as_bytes()].concat();
    for (padding, digests, plain, expected) in [
        (
            Padding::PKCS1,
            [sha1, sha1],
            NAME.as_bytes(),
            "padding_pkcs1",
        ),
        (
            Padding::PKCS1_OAEP,
            [sha256, sha256],
            NAME.as_bytes(),
            "padding_oaep_digest",
        ),
        (
            Padding::PKCS1_OAEP,
            [sha256, sha1],
            NAME.as_bytes(),
            "padding_oaep_digest",
        ),
        (Padding::PKCS1_OAEP, [sha1, sha1], &*gbk, "plaintext_gbk"),
        (
            Padding::PKCS1_OAEP,
            [sha1, sha1],
            &*utf16,
            "plaintext_utf16",
        ),
        (Padding::NONE, [sha1, sha1], &*block, "padding_none"),
        (
            Padding::PKCS1,
            [sha1, sha1],
            &*gbk,
            "padding_pkcs1 plaintext_gbk",
        ),
        (
            Padding::PKCS1_OAEP,
            [sha1, sha1],
            &[0xff, 0xff, 0xff],
            "plaintext_not_utf8",
        ),
    ] {
        let text = encrypted(&key, padding, digests, plain)?;
        assert_eq!(found(&sandbox, id, &text)?.join(" "), expected);
        let why = newest(&sandbox)?["verdict"]["why"].to_string();
        let of_plaintext = ["plaintext_gbk", "plaintext_utf16", "plaintext_not_utf8"];
        assert_eq!(
            why.contains("is not UTF-8"),
            of_plaintext.contains(&expected),
            "{why}"
        );
    }
    Ok(())
}

#[test]
fn a_field_that_is_signed_and_not_encrypted_is_recognised() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let merchant = sandbox.merchant_key();
    let id = sandbox.platform_key_id();
    let signature = merchant.sign(NAME.as_bytes())?;
    assert_eq!(
        found(&sandbox, id, &signature)?,
        ["encrypted_with_private_key"]
    );
    Ok(())
}

#[test]
fn the_fields_of_queries_and_of_other_paddings_are_diagnosed() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let id = sandbox.platform_key_id();
    let text = loop {
        let made = oaep(sandbox.platform_public_key(), b"6217000000000000001")?;
        if made.contains('+') {
            break made;
        }
    };
    let query = text
        .replace('+', "%20")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let balance = format!("/v3/aggracct-bc/wb-channel/account/balance?card_no={query}");
    let customs = json!({"certificate_id": text, "certificate_name": text});
    for (raw, expected) in [
        (
            Raw::new(&sandbox, "GET", &balance)?,
            "ciphertext_plus_blank",
        ),
        (
            Raw::post(&sandbox, "/v3/global/customs/verify-certificate", &customs)?,
            "padding_oaep",
        ),
    ] {
        let raw = raw.header("Wechatpay-Serial", id).authorized()?;
        assert_eq!(raw.send(&sandbox)?.status, 400);
        let why = why(&sandbox)?;
        assert_eq!(causes(&newest(&sandbox)?).join(" "), expected, "{why}");
    }
    Ok(())
}
