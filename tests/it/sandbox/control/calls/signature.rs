//! The signature is written otherwise, made otherwise, or another's.

use openssl::base64::{decode_block, encode_block};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};
use wechatpay_chain::PrivateKey;
use wechatpay_sandbox::Sandbox;

use super::super::super::Outcome;
use super::super::super::raw::Raw;
use super::{causes, header, refused};

fn raw(sandbox: &Sandbox) -> Outcome<Raw> {
    Raw::post(sandbox, "/v3/pay/transactions/native", &json!({"a": 1}))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a signature, of its base64 and its bytes.
type Write = fn(&str, &[u8]) -> String;

#[test]
fn other_ways_to_write_it_are_told() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let cases: [(Write, &str); 8] = [
        (|_, bytes| hex(bytes), "signature_hex"),
        (
            |_, bytes| encode_block(hex(bytes).as_bytes()),
            "signature_base64_of_hex",
        ),
        (
            |right, _| encode_block(right.as_bytes()),
            "signature_base64_twice",
        ),
        (
            |right, _| right.replace('+', "-").replace('/', "_"),
            "signature_base64url",
        ),
        (|right, _| right.replace('=', ""), "signature_no_padding"),
        (
            |right, _| format!("{}\\n{}", &right[..76], &right[76..]),
            "signature_line_breaks",
        ),
        (
            |right, _| format!("{} {}", &right[..64], &right[64..]),
            "signature_line_breaks",
        ),
        (|_, bytes| encode_block(&sha256(bytes)), "signature_not_rsa"),
    ];
    for (write, cause) in cases {
        let mut raw = raw(&sandbox)?;
        let mut right = raw.key.sign(&raw.text())?;
        while !right.contains(['+', '/']) {
            raw.nonce.push('1');
            right = raw.key.sign(&raw.text())?;
        }
        let written = write(&right, &decode_block(&right)?);
        let authorization = header(&raw, &written);
        let call = refused(&sandbox, raw, authorization)?;
        assert_eq!(causes(&call), [cause], "{written}");
        assert_eq!(call["diagnosis"]["signed"], Value::Null);
    }
    Ok(())
}

#[test]
fn the_way_it_is_written_and_the_text_are_told_at_once() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut raw = raw(&sandbox)?;
    raw.signed = Some(Vec::new());
    let bytes = decode_block(&raw.key.sign(&raw.text())?)?;
    let authorization = header(&raw, &hex(&bytes));
    let call = refused(&sandbox, raw, authorization)?;
    assert_eq!(causes(&call), ["signature_hex", "body_missing"]);
    assert!(super::signed(&call)?.ends_with("\n\n"));
    Ok(())
}

#[test]
fn another_text_and_another_key_are_told_apart() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut other = raw(&sandbox)?;
    other.signed = Some("nobody would guess this".into());
    let mut stranger = raw(&sandbox)?;
    let key = Rsa::generate(2048)?;
    stranger.key = PrivateKey::from_bytes(key.private_key_to_pem()?)?;
    let mut longer = raw(&sandbox)?;
    let key = Rsa::generate(3072)?;
    longer.key = PrivateKey::from_bytes(key.private_key_to_pem()?)?;
    for (raw, cause) in [
        (other, "other_text"),
        (stranger, "other_key"),
        (longer, "other_key"),
    ] {
        let authorization = header(&raw, &raw.key.sign(&raw.text())?);
        let call = refused(&sandbox, raw, authorization)?;
        assert_eq!(causes(&call), [cause]);
        assert_eq!(call["diagnosis"]["signed"], Value::Null);
    }
    Ok(())
}

/// They are in the folder, where a test might take them for the merchant's.
#[test]
fn the_platform_s_keys_are_known() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sandbox = Sandbox::builder().dir(folder.path()).start_blocking()?;
    for file in ["pub_key_private.pem", "wechatpay_private.pem"] {
        let mut raw = raw(&sandbox)?;
        raw.key = PrivateKey::from_file(folder.path().join("sandbox").join(file))?;
        let authorization = header(&raw, &raw.key.sign(&raw.text())?);
        let call = refused(&sandbox, raw, authorization)?;
        assert_eq!(causes(&call), ["platform_key"], "{file}");
    }
    Ok(())
}

#[test]
fn the_merchant_s_key_is_known_where_a_brand_s_is_wanted() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let brand = sandbox.brand_builder()?.build()?;
    let _ = brand.chain("brand/any").get(()).wait();
    let call = super::newest(&sandbox)?;
    let authorization = call["headers"]["authorization"].as_str().ok_or("none")?;
    let serial = authorization.split("serial_no=\"").nth(1).ok_or("none")?;
    let mut raw = Raw::new(&sandbox, "GET", "/brand/other")?;
    raw.scheme = "WECHATPAY-BRAND-SHA256-RSA2048";
    raw.mchid = sandbox.brand_id().to_owned();
    raw.serial = serial.split('"').next().unwrap_or_default().to_owned();
    let signature = raw.key.sign(&raw.text())?;
    let authorization = header(&raw, &signature).replace("mchid", "brand_id");
    let call = refused(&sandbox, raw.clone(), authorization)?;
    assert_eq!(causes(&call), ["merchant_key"]);
    // As a merchant throughout, the scheme, the id and the serial are others as well.
    raw.scheme = "WECHATPAY2-SHA256-RSA2048";
    raw.mchid = sandbox.mchid().to_owned();
    raw.serial = sandbox.serial().to_owned();
    let authorization = header(&raw, &signature);
    let causes = causes(&refused(&sandbox, raw, authorization)?);
    assert_eq!(
        causes.first().map(String::as_str),
        Some("scheme_of_other_party")
    );
    assert!(
        causes.contains(&"serial_of_other_party".to_owned()),
        "{causes:?}"
    );
    Ok(())
}

fn signer(
    key: &PKey<Private>,
    digest: MessageDigest,
    padding: Padding,
    text: &[u8],
) -> Outcome<Vec<u8>> {
    let mut signer = Signer::new(digest, key)?;
    signer.set_rsa_padding(padding)?;
    Ok(signer.sign_oneshot_to_vec(text)?)
}

/// The value that is encrypted with the private key as it is.
fn bare(key: &PKey<Private>, info: &[u8]) -> Outcome<Vec<u8>> {
    let rsa = key.rsa()?;
    let mut signature = vec![0; 256];
    rsa.private_encrypt(info, &mut signature, Padding::PKCS1)?;
    Ok(signature)
}

type Make = fn(&PKey<Private>, &[u8]) -> Outcome<Vec<u8>>;

#[test]
fn another_digest_and_another_padding_are_told_apart() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let key = PKey::private_key_from_pem(sandbox.merchant_key_pem()?.expose().as_bytes())?;
    let cases: [(Make, &str); 8] = [
        (
            |key, text| signer(key, MessageDigest::sha1(), Padding::PKCS1, text),
            "digest_other",
        ),
        (
            |key, text| signer(key, MessageDigest::sha512(), Padding::PKCS1, text),
            "digest_other",
        ),
        (
            |key, text| signer(key, MessageDigest::sha256(), Padding::PKCS1_PSS, text),
            "padding_pss",
        ),
        (|key, text| bare(key, &sha256(text)), "digest_bare"),
        (
            |key, text| bare(key, hex(&sha256(text)).as_bytes()),
            "digest_bare",
        ),
        (|key, text| bare(key, &text[..40]), "digest_other"),
        (
            |key, text| signer(key, MessageDigest::sha256(), Padding::PKCS1, &sha256(text)),
            "digest_twice",
        ),
        (
            |key, text| {
                let text = hex(&sha256(text));
                signer(
                    key,
                    MessageDigest::sha256(),
                    Padding::PKCS1,
                    text.as_bytes(),
                )
            },
            "digest_twice",
        ),
    ];
    for (make, cause) in cases {
        let raw = raw(&sandbox)?;
        let signature = encode_block(&make(&key, &raw.text())?);
        let authorization = header(&raw, &signature);
        let call = refused(&sandbox, raw, authorization)?;
        assert_eq!(causes(&call), [cause]);
    }
    Ok(())
}
