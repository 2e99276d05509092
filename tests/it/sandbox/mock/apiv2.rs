//! The made-up values in APIv2's answers.

use std::time::Duration;

use openssl::rsa::Rsa;
use serde_json::{Value, json};
use wechatpay_chain::outcome::QueryPolicy;
use wechatpay_chain::{Client, Padding, PublicKey};
use wechatpay_sandbox::{Fault, Sandbox, StubResponse};

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

#[test]
fn fields_for_the_bank_are_encrypted_with_a_key_that_is_fetched_once() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    for (trade, number) in [
        ("T1", json!("6217000000000000001")),
        ("T2", json!(6_217_000_000_000_000_001_u64)),
        ("T3", json!("6217 0000 0000 0000 001")),
    ] {
        let transfer = json!({
            "mch_id": sandbox.mchid(),
            "partner_trade_no": trade,
            "enc_bank_no": number,
            "enc_true_name": "张三",
            "bank_code": "1002",
            "amount": 100,
        });
        let answer = answered(&client, "v2/mmpaysptrans/pay_bank", transfer)?;
        assert_eq!(answer["partner_trade_no"], trade);
    }
    let calls = sandbox.calls();
    let key = calls
        .iter()
        .filter(|call| call.target.contains("getpublickey"));
    assert_eq!(key.count(), 1);
    // A service provider's request, whose fields are at another place.
    let risk = json!({
        "mch_id": sandbox.mchid(),
        "sign_type": "HMAC-SHA256",
        "certificates_name": "张三",
        "certificates_number": "11010119900101123X",
    });
    answered(&client, "v2/mchrisk/querymchrisk", risk)?;
    Ok(())
}

/// WeChat Pay processes a number once only if the members are the same, and a second encryption gives other ones.
#[test]
fn a_repeated_transfer_to_a_bank_has_the_ciphertexts_of_the_first() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let risk =
        json!({"mch_id": sandbox.mchid(), "sign_type": "HMAC-SHA256", "certificates_name": "张三"});
    answered(&client, "v2/mchrisk/querymchrisk", risk)?;
    sandbox.inject_fault(Fault::CutBeforeProcessing);
    let unknown = "<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code>\
                   <err_code>ORDERNOTEXIST</err_code></xml>";
    let unknown = StubResponse::bytes("text/xml", unknown);
    sandbox.stub("POST", "mmpaysptrans/query_bank", unknown)?;
    let transfer = json!({
        "mch_id": sandbox.mchid(),
        "partner_trade_no": "T1",
        "enc_bank_no": "6217000000000000001",
        "enc_true_name": "张三",
        "bank_code": "1002",
        "amount": 100,
    });
    let policy = QueryPolicy::quick().waits([Duration::from_millis(1); 3]);
    let call = client
        .chain("v2/mmpaysptrans/pay_bank")
        .post(transfer, ())
        .or_query(policy.repeat_not_found(true));
    let told = call.wait()?;
    let calls = sandbox.calls();
    let pays = calls.iter().filter(|call| call.target.contains("pay_bank"));
    let pays: Vec<_> = pays
        .map(|call| String::from_utf8_lossy(&call.body).into_owned())
        .collect();
    assert_eq!(pays.len(), 2, "{told:?}");
    for member in ["enc_bank_no", "enc_true_name", "partner_trade_no"] {
        assert_eq!(element(&pays[0], member), element(&pays[1], member));
    }
    for member in ["nonce_str", "sign"] {
        assert_ne!(element(&pays[0], member), element(&pays[1], member));
    }
    Ok(())
}

fn element<'t>(text: &'t str, name: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("<{name}>")).unwrap();
    rest.split_once(&format!("</{name}>")).unwrap().0
}

#[test]
fn concurrent_transfers_share_one_fetch_of_the_key() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let threads = (0..8).map(|at| {
        let (client, mchid) = (client.clone(), sandbox.mchid().to_owned());
        std::thread::spawn(move || {
            let risk = json!({"mch_id": mchid, "nonce_str": format!("n{at}"), "sign_type": "HMAC-SHA256", "certificates_name": "张三"});
            let call = client.chain("v2/mchrisk/querymchrisk").post(risk, ());
            call.wait().map(drop)
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().map_err(|_| "a thread panicked")??;
    }
    let calls = sandbox.calls();
    let key = calls
        .iter()
        .filter(|call| call.target.contains("getpublickey"));
    assert_eq!(key.count(), 1);
    Ok(())
}
