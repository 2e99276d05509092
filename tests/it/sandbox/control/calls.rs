//! What is shown of requests, and what a client has signed in place of the right text.

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::{Padding, Rsa};
use openssl::sign::Signer;
use serde_json::{Value, json};
use wechatpay_chain::PrivateKey;
use wechatpay_chain::sandbox::Sandbox;

use super::super::Outcome;
use super::super::raw::Raw;
use super::{api, get};

fn newest(sandbox: &Sandbox) -> Outcome<Value> {
    let calls = get(sandbox, "calls?limit=1")?;
    get(sandbox, &format!("calls/{}", calls["calls"][0]["id"]))
}

/// The mistakes that are found, in English.
fn mistakes(call: &Value) -> String {
    call["diagnosis"]["mistakes"].to_string()
}

#[test]
fn a_call_is_shown_with_its_verdict_and_its_fields_decrypted() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let receiver = json!({
        "appid": "wxd678efh567hg6787",
        "type": "PERSONAL_OPENID",
        "account": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "name": "张三",
        "relation_type": "USER",
    });
    client
        .chain("v3/profitsharing/receivers/add")
        .post(&receiver, ())
        .wait()?;
    let call = newest(&sandbox)?;
    assert_eq!(call["verdict"], json!({"accepted": true}));
    assert_eq!(call["decrypted"]["name"], "张三");
    assert!(!call["body"].as_str().ok_or("no body")?.contains("张三"));
    assert!(
        call["built"]
            .as_str()
            .ok_or("none")?
            .starts_with("POST\n/v3/profitsharing/receivers/add\n")
    );
    assert_eq!(call["diagnosis"], Value::Null);
    assert_eq!(get(&sandbox, "calls?limit=200")?["calls"][0], call);
    assert_eq!(api(&sandbox, "GET", "calls?limit=201", "")?.status, 400);
    assert_eq!(api(&sandbox, "DELETE", "calls", "")?.status, 200);
    assert_eq!(get(&sandbox, "calls")?, json!({"calls": []}));
    assert_eq!(api(&sandbox, "GET", "calls?limit=x", "")?.status, 400);
    Ok(())
}

#[test]
fn a_list_does_not_search_for_what_was_signed() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut raw = Raw::new(&sandbox, "GET", "/v3/certificates")?;
    raw.signed = Some(b"other".to_vec());
    raw.authorized()?.send(&sandbox)?;
    assert_eq!(
        get(&sandbox, "calls")?["calls"][0]["diagnosis"],
        Value::Null
    );
    assert_ne!(get(&sandbox, "calls/1")?["diagnosis"], Value::Null);
    Ok(())
}

#[test]
fn the_text_that_was_signed_is_found_and_the_first_difference() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut raw = Raw::post(&sandbox, "/v3/pay/transactions/native", &json!({}))?;
    raw.body = "{\"description\": \"店\"}".into();
    raw.signed = Some("{\"description\":\"\\u5e97\"}".into());
    assert_eq!(raw.authorized()?.send(&sandbox)?.status, 401);
    let call = newest(&sandbox)?;
    assert_eq!(call["verdict"]["code"], "SIGN_ERROR");
    assert!(mistakes(&call).contains("once more"), "{call}");
    let (built, signed) = (&call["built"], &call["diagnosis"]["signed"]);
    let (built, signed) = (
        built.as_str().ok_or("none")?,
        signed.as_str().ok_or("none")?,
    );
    assert!(signed.ends_with("\n{\"description\":\"\\u5e97\"}\n"));
    let at = call["diagnosis"]["first_difference"]
        .as_u64()
        .ok_or("none")?;
    let at = usize::try_from(at)?;
    assert_eq!(built.as_bytes()[..at], signed.as_bytes()[..at]);
    assert_ne!(built.as_bytes()[at], signed.as_bytes()[at]);
    Ok(())
}

#[test]
fn another_text_another_key_and_another_way_to_sign_are_told_apart() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let raw = Raw::post(&sandbox, "/v3/pay/transactions/native", &json!({"a": 1}))?;
    let mut other = raw.clone();
    other.signed = Some("nobody would guess this".into());
    let mut stranger = raw;
    stranger.nonce.push('2');
    let key = Rsa::generate(2048)?;
    stranger.key = PrivateKey::from_bytes(key.private_key_to_pem()?)?;
    for (raw, word) in [
        (other, "none of the likely ones"),
        (stranger, "another private key"),
    ] {
        assert_eq!(raw.authorized()?.send(&sandbox)?.status, 401);
        let call = newest(&sandbox)?;
        assert!(mistakes(&call).contains(word), "{call}");
        assert_eq!(call["diagnosis"]["signed"], Value::Null);
    }
    Ok(())
}

#[test]
fn another_digest_and_another_padding_are_told_apart() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let key = PKey::private_key_from_pem(sandbox.merchant_key_pem()?.expose().as_bytes())?;
    for (digest, padding, word) in [
        (MessageDigest::sha1(), Padding::PKCS1, "another digest"),
        (MessageDigest::sha256(), Padding::PKCS1_PSS, "RSA-PSS"),
    ] {
        let raw = Raw::new(&sandbox, "GET", "/v3/certificates")?;
        let text = format!(
            "GET\n/v3/certificates\n{}\n{}\n\n",
            raw.timestamp, raw.nonce
        );
        let mut signer = Signer::new(digest, &key)?;
        signer.set_rsa_padding(padding)?;
        let signature =
            openssl::base64::encode_block(&signer.sign_oneshot_to_vec(text.as_bytes())?);
        let value = format!(
            "{} mchid=\"{}\",nonce_str=\"{}\",timestamp=\"{}\",serial_no=\"{}\",signature=\"{signature}\"",
            raw.scheme, raw.mchid, raw.nonce, raw.timestamp, raw.serial
        );
        let mut raw = raw;
        raw.headers.push(("Authorization", value));
        assert_eq!(raw.send(&sandbox)?.status, 401);
        let call = newest(&sandbox)?;
        assert!(mistakes(&call).contains(word), "{call}");
    }
    Ok(())
}
