//! The display of requests, and the texts that a client has signed in place of the right one.

mod directions;
mod encryption;
mod header;
mod signature;
mod substitutes;
mod texts;
mod v2;

use serde_json::{Value, json};
use wechatpay_sandbox::Sandbox;

use super::super::raw::Raw;
use super::super::{Outcome, is_chinese};
use super::{api, get};

fn newest(sandbox: &Sandbox) -> Outcome<Value> {
    let calls = get(sandbox, "calls?limit=1")?;
    get(sandbox, &format!("calls/{}", calls["calls"][0]["id"]))
}

/// The causes that are found; each is said in both languages.
fn causes(call: &Value) -> Vec<String> {
    let mistakes = call["diagnosis"]["mistakes"].as_array();
    let mistakes = mistakes.into_iter().flatten().map(|mistake| {
        let [cause, text, text_zh] =
            ["cause", "text", "text_zh"].map(|name| mistake[name].as_str().unwrap_or_default());
        assert!(!text.is_empty() && text.is_ascii(), "{cause}: {text:?}");
        assert!(is_chinese(text_zh), "{cause}: {text_zh:?}");
        cause.to_owned()
    });
    mistakes.collect()
}

/// The text that was signed, by the last request's diagnosis; the first difference is where
/// it says.
fn signed(call: &Value) -> Outcome<&str> {
    let text = |name: &str| call["diagnosis"][name].as_str().ok_or(name.to_owned());
    let (built, signed) = (text("built")?, text("signed")?);
    let at = call["diagnosis"]["first_difference"].as_u64();
    let at = usize::try_from(at.ok_or("no difference")?)?;
    assert_eq!(built.as_bytes()[..at], signed.as_bytes()[..at]);
    assert_ne!(built.as_bytes().get(at), signed.as_bytes().get(at));
    Ok(signed)
}

/// The header with any signature.
fn header(raw: &Raw, signature: &str) -> String {
    format!(
        "{} mchid=\"{}\",nonce_str=\"{}\",signature=\"{signature}\",timestamp=\"{}\",serial_no=\"{}\"",
        raw.scheme, raw.mchid, raw.nonce, raw.timestamp, raw.serial
    )
}

/// The diagnosis of a request that is refused with this header.
fn refused(sandbox: &Sandbox, raw: Raw, authorization: String) -> Outcome<Value> {
    let answer = raw.header("Authorization", authorization).send(sandbox)?;
    assert_eq!(answer.code()?, (401, "SIGN_ERROR".to_owned()));
    newest(sandbox)
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
fn a_list_has_the_mistakes_without_the_texts() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut raw = Raw::new(&sandbox, "GET", "/v3/certificates")?;
    raw.signed = Some(b"other".to_vec());
    raw.authorized()?.send(&sandbox)?;
    let listed = get(&sandbox, "calls")?["calls"][0]["diagnosis"].clone();
    let mut whole = get(&sandbox, "calls/1")?["diagnosis"].clone();
    assert_eq!(listed, json!({"mistakes": whole["mistakes"]}));
    assert_ne!(whole["mistakes"], json!([]));
    let whole = whole.as_object_mut().ok_or("no diagnosis")?;
    assert!(whole.contains_key("built") && whole.contains_key("first_difference"));
    Ok(())
}

/// Whatever is done at the door in vain.
#[test]
fn what_is_right_has_no_diagnosis() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    Raw::post(&sandbox, "/v3/any?a=b", &json!({"a": "店"}))?
        .authorized()?
        .send(&sandbox)?;
    assert_eq!(newest(&sandbox)?["diagnosis"], Value::Null);
    // Refused, and not for its signature.
    Raw::new(&sandbox, "POST", "/v3/any")?
        .body("no JSON")
        .authorized()?
        .send(&sandbox)?;
    let call = newest(&sandbox)?;
    assert_eq!(call["verdict"]["accepted"], false);
    assert_eq!(call["diagnosis"], Value::Null);
    // Its nonce was used, and the signature fits.
    let twice = Raw::new(&sandbox, "GET", "/v3/certificates")?.authorized()?;
    twice.send(&sandbox)?;
    assert_eq!(twice.send(&sandbox)?.status, 401);
    assert_eq!(newest(&sandbox)?["diagnosis"], Value::Null);
    Ok(())
}

#[test]
fn apiv2_s_own_paths_have_a_title() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for path in ["/pay/unifiedorder", "/v2/pay/unifiedorder"] {
        let raw = Raw::new(&sandbox, "POST", path)?.body("<xml/>");
        raw.send(&sandbox)?;
        assert_eq!(newest(&sandbox)?["title"], "统一下单", "{path}");
    }
    // Signed as APIv3's are, it is no such call.
    let raw = Raw::new(&sandbox, "POST", "/pay/unifiedorder")?.body("{}");
    raw.authorized()?.send(&sandbox)?;
    assert_eq!(newest(&sandbox)?["title"], Value::Null);
    Ok(())
}
