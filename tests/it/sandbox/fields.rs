//! Sensitive fields, in and out.

use serde_json::{Value, json};
use wechatpay_chain::{Call, Certificate, FieldPolicy, Padding, PublicKey, Verification};
use wechatpay_sandbox::{Sandbox, StubResponse};

use super::raw::Raw;
use super::{Outcome, PUNISH, last, order, why};
use crate::support::lenient;

const ACCOUNT: &str = "6217000000000000001";

/// The code and field of a refusal.
fn refused(call: Call) -> Outcome<(u16, String, String)> {
    let Err(err) = call.wait() else {
        return Err("the call was accepted".into());
    };
    let api = err.api().ok_or_else(|| err.report())?;
    assert!(matches!(api.verification, Verification::Verified { .. }));
    let field = api.detail["field"].as_str().unwrap_or_default();
    Ok((api.status.as_u16(), api.code.clone(), field.to_owned()))
}

fn param_error(field: &str) -> (u16, String, String) {
    (400, "PARAM_ERROR".to_owned(), field.to_owned())
}

#[test]
fn fields_that_the_official_sdk_leaves_out_are_optional() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let callbacks = client.chain("v3/marketing/busifavor/callbacks");
    assert_eq!(callbacks.get(()).wait()?.status(), 200);
    let order = json!({
        "appid": "wxd678efh567hg6787", "mchid": sandbox.mchid(), "description": "公仔",
        "out_trade_no": "STORE01", "notify_url": "https://www.example.com/notify", "amount": {"total": 1},
        "scene_info": {"payer_client_ip": "127.0.0.1", "store_info": {"id": "0001"}},
    });
    let native = client.chain("v3/pay/transactions/native");
    assert_eq!(native.post(order, ()).wait()?.status(), 200);
    let batch = json!({
        "appid": "wxd678efh567hg6787", "out_batch_no": "B1", "batch_name": "报销", "batch_remark": "报销",
        "total_amount": 100, "total_num": 1,
        "transfer_detail_list": [{
            "out_detail_no": "D1", "transfer_amount": 100, "transfer_remark": "报销",
            "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        }],
    });
    let batches = client.chain("v3/transfer/batches");
    assert_eq!(batches.post(batch, ()).wait()?.status(), 200);
    Ok(())
}

#[test]
fn a_ciphertext_is_decrypted_with_the_key_that_the_header_names() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    for serial in [
        sandbox.platform_key_id(),
        sandbox.platform_certificate().serial(),
    ] {
        let headers = [("Wechatpay-Serial", serial)];
        let answer = client.chain(PUNISH).post(order(), headers).wait()?;
        let signer = Verification::Verified {
            serial: serial.to_owned(),
        };
        assert_eq!(answer.verification(), &signer);
        assert_eq!(answer["out_request_no"], "P1");
        assert!(answer["wxpay_punish_no"].is_string());
        let call = last(&sandbox)?;
        assert_eq!(call.json, Some(order()));
        assert!(!String::from_utf8(call.body.to_vec())?.contains(ACCOUNT));
    }
    Ok(())
}

#[test]
fn plaintext_is_refused_with_the_field_s_name() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let call = client
        .chain(PUNISH)
        .post(order(), ())
        .fields(FieldPolicy::Off);
    assert_eq!(refused(call)?, param_error("/bal_account_no"));
    assert!(!why(&sandbox)?.contains(ACCOUNT));

    let list = json!({"transfer_detail_list": [
        {"user_name": client.encrypt("张三")?},
        {"user_name": "李四"},
    ]});
    let call = client
        .chain("v3/bank-transfer/batches")
        .post(list, ())
        .fields(FieldPolicy::Off);
    assert_eq!(
        refused(call)?,
        param_error("/transfer_detail_list/1/user_name")
    );
    Ok(())
}

#[test]
fn empty_and_absent_fields_need_no_key() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let body = json!({"bal_account_no": "", "card_no": null});
    let answer = Raw::post(&sandbox, &format!("/{PUNISH}"), &body)?
        .authorized()?
        .send(&sandbox)?;
    assert_eq!(answer.status, 200);
    Ok(())
}

fn punish(key: &PublicKey, padding: Padding) -> Outcome<Value> {
    Ok(json!({"bal_account_no": key.encrypt(padding, ACCOUNT.as_bytes())?}))
}

#[test]
fn a_ciphertext_for_another_key_or_padding_is_refused() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let certificate: &Certificate = sandbox.platform_certificate();
    let public = sandbox.platform_public_key();
    for body in [
        punish(certificate.public_key(), Padding::Oaep)?,
        punish(sandbox.merchant_certificate().public_key(), Padding::Oaep)?,
        punish(public, Padding::Pkcs1v15)?,
        json!({"bal_account_no": "c2hvcnQ="}),
    ] {
        let headers = [("Wechatpay-Serial", sandbox.platform_key_id())];
        let call = client
            .chain(PUNISH)
            .post(body, headers)
            .fields(FieldPolicy::Off);
        assert_eq!(refused(call)?, param_error("/bal_account_no"));
    }
    let call = client
        .chain(PUNISH)
        .post(json!({"bal_account_no": 1}), ())
        .fields(FieldPolicy::Off);
    assert_eq!(refused(call)?, param_error(""));
    assert!(why(&sandbox)?.contains("/bal_account_no"));
    Ok(())
}

#[test]
fn overseas_the_padding_is_another() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let chain = client.chain("v3/global/customs/verify-certificate");
    chain.post(json!({"certificate_id": "110101"}), ()).wait()?;
    assert_eq!(
        last(&sandbox)?.json,
        Some(json!({"certificate_id": "110101"}))
    );

    let call = chain
        .post(json!({"certificate_id": client.encrypt("110101")?}), ())
        .fields(FieldPolicy::Off);
    assert_eq!(refused(call)?, param_error("/certificate_id"));
    Ok(())
}

#[test]
fn the_header_must_name_a_key_of_the_sandbox() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let sensitive = punish(sandbox.platform_public_key(), Padding::Oaep)?;
    let raw = |target: &str, body: &Value| Raw::post(&sandbox, target, body);

    let answer = raw(&format!("/{PUNISH}"), &sensitive)?
        .authorized()?
        .send(&sandbox)?;
    assert_eq!(answer.code()?, (400, "PARAM_ERROR".to_owned()));
    assert!(answer.signer(&sandbox).is_ok());
    let said = answer.json()?.to_string();
    assert!(said.contains("缺少微信支付平台证书序列号"), "{said}");

    let answer = raw(&format!("/{PUNISH}"), &sensitive)?
        .header(
            "Wechatpay-Serial",
            "PUB_KEY_ID_0000000000000000000000000000",
        )
        .authorized()?
        .send(&sandbox)?;
    assert_eq!(answer.code()?, (400, "PARAM_ERROR".to_owned()));
    assert_eq!(answer.signer(&sandbox)?, sandbox.platform_key_id());
    assert!(why(&sandbox)?.contains(sandbox.platform_key_id()));
    Ok(())
}

#[test]
fn query_parameters_are_decrypted_as_well() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let chain = client.chain("v3/aggracct-bc/wb-channel/account/balance");
    let call = || chain.get(()).query("a", "b").query("card_no", "62 17");
    call().wait()?;
    let record = last(&sandbox)?;
    assert_eq!(record.query.as_deref(), Some("a=b&card_no=62%2017"));
    assert!(!record.target.contains("62%2017"));

    let plain = call().fields(FieldPolicy::Off);
    assert_eq!(refused(plain)?, param_error("card_no"));
    Ok(())
}

#[test]
fn an_upload_s_pointers_begin_at_its_form() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let phone = sandbox.client()?.encrypt("13800138000")?;
    for (phone, status) in [(&*phone, 200), ("13800138000", 400)] {
        let meta = json!({"merchant_contact_information": {"consultation_phone_number": phone}});
        let mut raw = Raw::new(
            &sandbox,
            "POST",
            "/v3/marketing/shopping-receipt/shoppingreceipts",
        )?
        .header("Content-Type", "multipart/form-data; boundary=b")
        .header("Wechatpay-Serial", sandbox.platform_key_id())
        .body(format!(
            "--b\r\nContent-Disposition: form-data; name=meta\r\n\r\n{meta}\r\n--b--\r\n"
        ));
        raw.signed = Some(meta.to_string().into_bytes());
        assert_eq!(raw.authorized()?.send(&sandbox)?.status, status);
    }
    let calls = sandbox.calls();
    let opened = calls[0].json.as_ref().ok_or("nothing was read")?;
    assert_eq!(
        opened["merchant_contact_information"]["consultation_phone_number"],
        "13800138000"
    );
    Ok(())
}

#[test]
fn sensitive_fields_of_an_answer_leave_encrypted() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    for path in [
        "v3/merchant-service/complaints-v2/{complaint_id}",
        // PKCS #1 v1.5 both ways.
        "v3/global/merchant-service/complaints/{complaint_id}",
    ] {
        let complaint = json!({"complaint_id": "1", "payer_phone": "13800138000"});
        sandbox.stub("GET", path, StubResponse::json(complaint))?;
        let answer = client
            .chain(path.to_owned())
            .get(())
            .var("complaint_id", "1")
            .wait()?;
        assert_eq!(answer["payer_phone"], "13800138000");
        assert!(!answer.text()?.contains("13800138000"), "{path}");
    }
    Ok(())
}
