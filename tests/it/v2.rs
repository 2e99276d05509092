//! APIv2 over real sockets: requests, accepted answers, rejected answers.

mod outcome;
mod sign_type;

use std::io::Read;

use serde_json::json;
use wechatpay_chain::middleware::{self, from_fn};
use wechatpay_chain::signing::SignType;
use wechatpay_chain::{
    Client, Error, ErrorKind, Next, Payload, Request, Result, Verification, VerifyFailure,
};
use wechatpay_sandbox::{Fault, Sandbox, StubResponse};

use crate::support::{lenient, stranger};

const ORDER: &str = "v2/pay/unifiedorder";

fn order(sandbox: &Sandbox) -> serde_json::Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "mch_id": sandbox.mchid(),
        "body": "腾讯充值中心-QQ会员充值 <&>",
        "total_fee": 888,
        "out_trade_no": "1",
        "notify_url": "https://www.example.com/notify",
        "trade_type": "NATIVE",
        "detail": json!({"goods": [{"price": 1}]}).to_string(),
    })
}

fn refused(client: &Client, sandbox: &Sandbox) -> Error {
    client
        .chain(ORDER)
        .post(order(sandbox), ())
        .wait()
        .unwrap_err()
}

#[test]
fn a_call_is_signed_checked_answered_and_verified() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let answer =
        json!({"prepay_id": "wx201411101639507cbf6ffd8b0779950874", "trade_type": "NATIVE"});
    sandbox.stub("POST", "pay/unifiedorder", StubResponse::json(answer))?;
    let client = sandbox.client()?;
    for res in [
        client.chain(ORDER).post(order(&sandbox), ()).wait()?,
        client
            .v2()
            .seg("pay")
            .seg("unifiedorder")
            .post(order(&sandbox), ())
            .wait()?,
        client["v2/pay/unifiedorder"]
            .post(order(&sandbox), ())
            .wait()?,
    ] {
        assert_eq!(res["prepay_id"], "wx201411101639507cbf6ffd8b0779950874");
        assert!(matches!(res.verification(), Verification::Verified { .. }));
        let call = sandbox.last_call().unwrap();
        assert_eq!(call.target, "/pay/unifiedorder");
        assert!(!call.headers.contains_key("authorization"));
        let sent = call.json.unwrap();
        assert_eq!(sent["body"], "腾讯充值中心-QQ会员充值 <&>");
        assert_eq!(sent["total_fee"], "888");
        assert_eq!(sent["nonce_str"].as_str().unwrap().len(), 32);
    }
    Ok(())
}

#[test]
fn hmac_sha256_and_a_signed_query_work_as_well() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let mut hmac = order(&sandbox);
    hmac["sign_type"] = json!("HMAC-SHA256");
    client.chain(ORDER).post(hmac, ()).wait()?;
    let sign = sandbox.last_call().unwrap().json.unwrap()["sign"].clone();
    assert_eq!(sign.as_str().unwrap().len(), 64);

    client
        .chain("v2/papay/h5entrustweb")
        .get(())
        .query("mch_id", sandbox.mchid())
        .query("contract_display_account", "微信代扣")
        .wait()?;
    let target = sandbox.last_call().unwrap().target;
    assert!(target.contains("%E5%BE%AE%E4%BF%A1") && target.contains("&sign="));
    // The catalog knows that this operation needs none.
    assert!(!target.contains("nonce_str"));
    Ok(())
}

#[test]
fn a_wrong_key_is_rejected() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox
        .client_builder()
        .v2_key("00000000000000000000000000000000")
        .build()?;
    let err = refused(&client, &sandbox);
    let api = err.api().expect("an answer");
    assert_eq!((&*api.code, &*api.message), ("FAIL", "签名错误"));
    assert_eq!(api.verification, Verification::Absent);
    assert!(err.maybe_sent());
    Ok(())
}

#[test]
fn a_business_failure_is_a_typed_error_with_its_body() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let closed = json!({
        "result_code": "FAIL", "err_code": "ORDERCLOSED", "err_code_des": "订单已关闭",
    });
    sandbox.stub("POST", "pay/unifiedorder", StubResponse::json(closed))?;
    let err = refused(&sandbox.client()?, &sandbox);
    let api = err.api().expect("an answer");
    assert_eq!((&*api.code, &*api.message), ("ORDERCLOSED", "订单已关闭"));
    assert_eq!(api.detail["result_code"], "FAIL");
    assert!(matches!(api.verification, Verification::Verified { .. }));
    Ok(())
}

#[test]
fn forged_answers_are_rejected() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    for fault in [Fault::WrongSignature, Fault::TamperedBody] {
        sandbox.inject_fault(fault.clone());
        let err = refused(&client, &sandbox);
        assert_eq!(err.kind(), ErrorKind::Verify, "{fault:?}");
        assert!(err.maybe_sent() && err.body().is_some());
    }
    sandbox.inject_fault(Fault::MissingHeaders);
    let err = refused(&client, &sandbox);
    assert_eq!(
        err.verify_failure(),
        Some(&VerifyFailure::Element { name: "sign" })
    );
    sandbox.inject_fault(Fault::HtmlErrorPage);
    assert_eq!(
        refused(&client, &sandbox)
            .api()
            .map(|api| api.status.as_u16()),
        Some(502)
    );
    for text in ["not xml", "<xml><a>&e;</a></xml>"] {
        sandbox.stub(
            "POST",
            "pay/unifiedorder",
            StubResponse::bytes("text/xml", text),
        )?;
        assert_eq!(refused(&client, &sandbox).kind(), ErrorKind::Verify);
    }
    Ok(())
}

#[test]
fn a_bill_is_text_and_its_refusal_xml() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let bill = client.chain("v2/pay/downloadbill");
    let ask = || json!({"mch_id": sandbox.mchid(), "bill_date": "20140603"});
    sandbox.stub(
        "POST",
        "pay/downloadbill",
        StubResponse::bytes("text/plain", "`a`,`b`\n"),
    )?;
    let res = bill.post(ask(), ()).wait()?;
    assert_eq!(res.text()?, "`a`,`b`\n");
    assert_eq!(res.verification(), &Verification::Unsigned);
    let none = "<xml><return_code>FAIL</return_code><return_msg>No Bill Exist</return_msg></xml>";
    sandbox.stub(
        "POST",
        "pay/downloadbill",
        StubResponse::bytes("text/plain", none),
    )?;
    let err = bill.post(ask(), ()).wait().unwrap_err();
    assert_eq!(err.api().map(|api| &*api.message), Some("No Bill Exist"));
    Ok(())
}

#[test]
fn unsignable_requests_are_not_sent() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let with = |key: &str, value: serde_json::Value| {
        let mut order = order(&sandbox);
        order[key] = value;
        client.chain(ORDER).post(order, ()).wait().unwrap_err()
    };
    let without = |key: &str| {
        let mut order = order(&sandbox);
        order.as_object_mut().unwrap().remove(key);
        client.chain(ORDER).post(order, ()).wait().unwrap_err()
    };
    for (err, word) in [
        (with("sign_type", json!("hmac-sha256")), "hmac-sha256"),
        (with("mch_id", json!("1900000111")), "1900000111"),
        (without("mch_id"), "has no mch_id"),
        (with("list", json!([1])), "\"list\""),
        (with("text", json!("\u{1}")), "\"text\""),
        (with("bad key", json!("x")), "\"bad key\""),
    ] {
        assert_eq!(err.kind(), ErrorKind::Request);
        assert!(err.to_string().contains(word), "{err}");
        assert!(!err.maybe_sent());
    }
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[test]
fn the_merchant_certificate_is_presented_where_the_catalog_says() -> Result<()> {
    let sandbox = lenient().tls(true).start_blocking()?;
    let refund = json!({"mch_id": sandbox.mchid(), "out_refund_no": "1"});
    let client = sandbox.client()?;
    client
        .chain("v2/secapi/pay/profitsharingfinish")
        .post(refund.clone(), ())
        .wait()?;
    // Without the certificate, the gateway refuses.
    let call = client
        .chain("v2/secapi/pay/profitsharingfinish")
        .post(refund, ());
    let err = call.security(false).wait().unwrap_err();
    assert_eq!(
        err.api().map(|api| &*api.message),
        Some("请使用商户证书发起请求")
    );

    let without = Client::builder()
        .base_url(sandbox.base_url())
        .mchid(sandbox.mchid())
        .v2_key(sandbox.v2_key().clone())
        .root_certificate(sandbox.root_certificate().clone())
        .no_proxy()
        .build()?;
    refuses_without_identity(&without, &sandbox);
    without.chain(ORDER).post(order(&sandbox), ()).wait()?;
    Ok(())
}

fn refuses_without_identity(client: &Client, sandbox: &Sandbox) {
    let sent = sandbox.calls().len();
    let refund = json!({"mch_id": sandbox.mchid(), "out_refund_no": "1"});
    let call = client.chain("v2/secapi/pay/refund").post(refund, ());
    let err = call.wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Request);
    assert!(!err.maybe_sent() && !err.is_retryable());
    assert!(err.to_string().contains("apiclient_cert"), "{err}");
    assert_eq!(sandbox.calls().len(), sent);
}

/// A plain connection cannot present a certificate; a missing one is still an error.
#[test]
fn a_missing_merchant_certificate_is_an_error_over_plain_http_too() -> Result<()> {
    let sandbox = Sandbox::start_blocking()?;
    let v2 = || {
        let v2 = Client::builder().base_url(sandbox.base_url()).no_proxy();
        v2.mchid(sandbox.mchid()).v2_key(sandbox.v2_key().clone())
    };
    let neither = v2().build()?;
    let no_certificate = v2()
        .serial(sandbox.serial())
        .private_key(sandbox.merchant_key().clone())
        .keyring(Default::default())
        .build()?;
    for client in [&neither, &no_certificate] {
        refuses_without_identity(client, &sandbox);
    }
    let finish = json!({
        "appid": "wx1", "mch_id": sandbox.mchid(), "transaction_id": "1", "out_order_no": "1",
        "description": "分账完结", "sign_type": "HMAC-SHA256",
    });
    let call = neither
        .chain("v2/secapi/pay/profitsharingfinish")
        .post(finish, ());
    call.security(false).wait()?;
    Ok(())
}

#[test]
fn a_client_speaks_the_apis_it_has_credentials_for() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let v2 = Client::builder()
        .base_url(sandbox.base_url())
        .mchid(sandbox.mchid())
        .v2_key(sandbox.v2_key().clone())
        .no_proxy()
        .build()?;
    v2.chain(ORDER).post(order(&sandbox), ()).wait()?;
    let err = v2.chain("v3/certificates").get(()).wait().unwrap_err();
    assert!(err.kind() == ErrorKind::Request && !err.maybe_sent());
    assert_eq!(v2.serial(), None);

    let v3 = stranger(&sandbox, sandbox.base_url()).build()?;
    v3.chain("v3/certificates").get(()).wait()?;
    assert_eq!(refused(&v3, &sandbox).kind(), ErrorKind::Request);
    Ok(())
}

/// WeCom (企业微信) payments have a second signature, over some of the members.
#[test]
fn a_middleware_adds_members_before_the_signature() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?.with_v2_stack(|stack| {
        let add = from_fn(|mut request: Request, next: Next| async move {
            if let Payload::Json(members) = request.body_mut() {
                members["workwx_sign"] = json!("99BCDAFF065A4B95628E3DB468A874A8");
            }
            next.run(request).await
        });
        stack.before(middleware::TRANSFORM_REQUEST, "workwx", add)?;
        Ok(())
    })?;
    client.chain(ORDER).post(order(&sandbox), ()).wait()?;
    let sent = sandbox.last_call().unwrap().json.unwrap();
    assert_eq!(sent["workwx_sign"], "99BCDAFF065A4B95628E3DB468A874A8");
    Ok(())
}

#[test]
fn messages_are_not_streamed_and_streamed_bills_are_checked() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let err = client
        .chain(ORDER)
        .post(order(&sandbox), ())
        .stream()
        .wait()
        .unwrap_err();
    assert!(err.kind() == ErrorKind::Request && !err.maybe_sent());
    let bill = client.chain("v2/pay/downloadbill");
    let ask = || json!({"mch_id": sandbox.mchid(), "bill_date": "20140603"});
    sandbox.stub(
        "POST",
        "pay/downloadbill",
        StubResponse::bytes("text/plain", "`a`,`b`\n"),
    )?;
    let mut text = String::new();
    bill.post(ask(), ())
        .stream()
        .reader()?
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "`a`,`b`\n");
    let none = "<xml><return_code>FAIL</return_code><return_msg>No Bill Exist</return_msg></xml>";
    sandbox.stub(
        "POST",
        "pay/downloadbill",
        StubResponse::bytes("text/plain", none),
    )?;
    let err = bill.post(ask(), ()).stream().wait().unwrap_err();
    assert_eq!(err.api().map(|api| &*api.message), Some("No Bill Exist"));
    Ok(())
}

#[test]
fn fields_named_for_encryption_are_refused() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let call = sandbox.client()?.chain(ORDER).post(order(&sandbox), ());
    let err = call.encrypt(["/body"]).wait().unwrap_err();
    assert!(err.kind() == ErrorKind::Encrypt && !err.maybe_sent());
    assert!(sandbox.calls().is_empty());
    Ok(())
}
