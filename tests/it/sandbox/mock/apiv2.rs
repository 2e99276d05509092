//! What is made up in APIv2's answers.

use openssl::rsa::Rsa;
use serde_json::{Value, json};
use wechatpay_chain::{Client, Padding, PublicKey};
use wechatpay_sandbox::Sandbox;

use super::super::{Outcome, why};

fn answered(client: &Client, path: &'static str, mut body: Value) -> Outcome<Value> {
    body["nonce_str"] = json!("n1");
    Ok(client.chain(path).post(body, ()).wait()?.json()?)
}

#[test]
fn times_have_the_form_of_apiv2() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let packet = json!({"mch_id": sandbox.mchid(), "mch_billno": "B1", "appid": "wx8888888888888888", "bill_type": "MCHT"});
    let answer = answered(&client, "v2/mmpaymkttransfers/gethbinfo", packet)?;
    let form = |value: &Value| -> String {
        let text = value.as_str().unwrap_or_default();
        text.chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect()
    };
    assert_eq!(
        form(&answer["send_time"]),
        "0000-00-00 00:00:00",
        "{answer}"
    );
    let item = &answer["hblist"]["hbinfo"];
    assert_eq!(form(&item["rcv_time"]), "0000-00-00 00:00:00", "{answer}");
    assert!(item["openid"].is_string(), "{answer}");
    Ok(())
}

#[test]
fn transfers_to_banks_are_encrypted_with_the_key_that_was_given() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let asked = json!({"mch_id": sandbox.mchid(), "sign_type": "MD5"});
    let answer = answered(&client, "v2/risk/getpublickey", asked)?;
    let pem = answer["pub_key"].as_str().ok_or("no key")?;
    let rsa = Rsa::public_key_from_pem_pkcs1(pem.as_bytes())?;
    let key = PublicKey::from_bytes(rsa.public_key_to_pem()?)?;
    let stranger = Sandbox::builder().fresh_keys().start_blocking()?;
    for (key, accepted) in [(&key, true), (stranger.platform_public_key(), false)] {
        let field = |text: &str| key.encrypt(Padding::Oaep, text.as_bytes());
        let transfer = json!({
            "mch_id": sandbox.mchid(),
            "partner_trade_no": "T1",
            "enc_bank_no": field("6217000000000000001")?,
            "enc_true_name": field("张三")?,
            "bank_code": "1002",
            "amount": 100,
        });
        let outcome = answered(&client, "v2/mmpaysptrans/pay_bank", transfer);
        assert_eq!(outcome.is_ok(), accepted, "{outcome:?}");
        assert_eq!(why(&sandbox)?.contains("risk/getpublickey"), !accepted);
    }
    Ok(())
}
