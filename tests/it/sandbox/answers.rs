//! The answers and their signatures.

use bytes::Bytes;
use http::StatusCode;
use serde_json::json;
use wechatpay_chain::{ErrorKind, Verification};
use wechatpay_sandbox::{Sandbox, StubResponse};

use super::raw::Raw;
use super::{Outcome, PUNISH, last, order};
use crate::support::{echoing, lenient};

#[test]
fn told_to_echo_a_path_that_is_not_known_gives_the_body_back() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let client = sandbox.client()?;
    let body = json!({"b": 1, "a": {"c": [1, null]}});
    let chain = client.chain("v3/nobody/knows/this");
    for call in [
        chain.post(body.clone(), ()),
        chain.put(body.clone(), ()),
        chain.patch(body.clone(), ()),
    ] {
        assert_eq!(call.wait()?.into_value()?, body);
    }
    assert_eq!(chain.get(()).wait()?.into_value()?, json!({}));
    assert_eq!(chain.post(json!([1]), ()).wait()?.into_value()?, json!({}));
    Ok(())
}

#[test]
fn an_operation_without_an_answer_s_body_gets_204_signed() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let close = "/v3/merchant-service/complaints-v2/1/complete";
    let answer = Raw::post(&sandbox, close, &json!({}))?
        .authorized()?
        .send(&sandbox)?;
    assert_eq!((answer.status, &*answer.body), (204, &b""[..]));
    assert!(answer.signer(&sandbox).is_ok());
    Ok(())
}

#[test]
fn the_same_punishment_has_the_same_number() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let first = client.chain(PUNISH).post(order(), ()).wait()?;
    let again = client.chain(PUNISH).post(order(), ()).wait()?;
    assert_eq!(first["wxpay_punish_no"], again["wxpay_punish_no"]);
    let mut other = order();
    other["out_request_no"] = json!("P2");
    let other = client.chain(PUNISH).post(other, ()).wait()?;
    assert_ne!(first["wxpay_punish_no"], other["wxpay_punish_no"]);
    Ok(())
}

#[test]
fn an_answer_is_what_the_test_says() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let paid = StubResponse::json(json!({"trade_state": "SUCCESS"}))
        .status(202)
        .header("X-Test", "1");
    sandbox.stub("GET", "v3/pay/transactions/id/{transaction_id}", paid)?;
    let chain = client.chain("v3/pay/transactions/id/{transaction_id}");
    let answer = chain.get(()).var("transaction_id", "4/2").wait()?;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(answer.headers()["X-Test"], "1");
    assert_eq!(answer["trade_state"], "SUCCESS");
    assert!(matches!(
        answer.verification(),
        Verification::Verified { .. }
    ));

    let unknown = StubResponse::json(json!({"code": "ORDER_NOT_EXIST", "message": "订单不存在"}));
    sandbox.stub("GET", "/v3/pay/transactions/id/7", unknown.status(404))?;
    let err = chain.get(()).var("transaction_id", "7").wait().err();
    let err = err.ok_or("404 was a success")?;
    let api = err.api().ok_or("no answer")?;
    assert_eq!(api.code, "ORDER_NOT_EXIST");
    assert!(matches!(api.verification, Verification::Verified { .. }));
    Ok(())
}

#[test]
fn downloads_are_unsigned_or_signed_over_their_digest_as_documented() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let bill = Bytes::from_static(b"\x1f\x8b bill");
    let file = || StubResponse::bytes("application/x-gzip", bill.clone());
    sandbox.stub("GET", "v3/billdownload/file", file())?;
    sandbox.stub("GET", "v3/global/statements", file())?;

    let answer = client.chain("v3/billdownload/file").get(()).wait()?;
    assert_eq!(answer.verification(), &Verification::Unsigned);
    assert!(!answer.headers().contains_key("Wechatpay-Signature"));
    assert_eq!(answer.bytes(), &bill);

    let answer = client.chain("v3/global/statements").get(()).wait()?;
    assert!(answer.headers().contains_key("Wechatpay-Statement-Sha1"));
    assert!(matches!(
        answer.verification(),
        Verification::Verified { .. }
    ));
    Ok(())
}

/// A sensitive field that the test made too long is the test's mistake, and said so.
#[test]
fn an_answer_that_cannot_be_made_is_500() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let path = "v3/merchant-service/complaints-v2/1";
    sandbox.stub(
        "GET",
        path,
        StubResponse::json(json!({"payer_phone": "1".repeat(300)})),
    )?;
    let err = sandbox.client()?.chain(path).get(()).wait().err();
    let api = err.as_ref().and_then(|err| err.api()).ok_or("no answer")?;
    assert_eq!(api.code, "SYSTEM_ERROR");
    Ok(())
}

#[test]
fn a_certificate_s_user_gets_the_certificate_s_signature() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let certificate = sandbox.platform_certificate();
    let client = wechatpay_chain::Client::builder()
        .base_url(sandbox.base_url())
        .mchid(sandbox.mchid())
        .serial(sandbox.serial())
        .private_key(sandbox.merchant_key().clone())
        .platform_certificate(certificate.clone())
        .no_proxy()
        .build()?;
    let answer = client.chain(PUNISH).post(order(), ()).wait()?;
    let serial = certificate.serial().to_owned();
    assert_eq!(answer.verification(), &Verification::Verified { serial });
    Ok(())
}

#[test]
fn what_is_no_answer_is_refused_when_it_is_given() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let given = sandbox.stub("GET", "v3/a", StubResponse::empty().status(42));
    assert_eq!(given.map_err(|err| err.kind()), Err(ErrorKind::Builder));
    Ok(())
}

#[test]
fn records_are_cleared_and_show_no_secrets() -> Outcome {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    client.chain(PUNISH).post(order(), ()).wait()?;
    let balance = client.chain("v3/aggracct-bc/wb-channel/account/balance");
    balance
        .get(())
        .query("card_no", "6217000000000000001")
        .wait()?;

    let authorization = last(&sandbox)?.headers["Authorization"].clone();
    let authorization = authorization.to_str()?.to_owned();
    let shown = format!(
        "{sandbox:?} {:?} {:?} {:?}",
        sandbox.calls(),
        Sandbox::builder(),
        StubResponse::json(json!({"payer_phone": "13800138000"})),
    );
    for secret in [
        "6217000000000000001",
        "13800138000",
        sandbox.apiv3_key().expose(),
        "signature=",
        &authorization,
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(sandbox.calls().len(), 2);
    sandbox.clear_calls();
    assert!(sandbox.last_call().is_none());
    Ok(())
}

#[test]
fn a_typing_error_is_refused_with_what_was_meant() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let send = |path: &str| client.chain(path.to_owned()).post(json!({}), ()).wait();
    for (path, status, code, hint) in [
        (
            "v3/pay/transaction/native",
            404,
            "RESOURCE_NOT_EXISTS",
            "v3/pay/transactions/native",
        ),
        (
            "v3/nobody/knows/this",
            404,
            "RESOURCE_NOT_EXISTS",
            "nothing like it",
        ),
        ("v3/certificates", 405, "METHOD_NOT_ALLOWED", "takes GET"),
    ] {
        let err = send(path).err().ok_or("echoed")?;
        let api = err.api().ok_or_else(|| err.report())?;
        assert_eq!((api.status.as_u16(), &*api.code), (status, code), "{path}");
        let why = format!("{:?}", sandbox.last_call().ok_or("no call")?.verdict);
        assert!(why.contains(hint), "{why}");
    }
    sandbox.stub(
        "POST",
        "v3/nobody/knows/this",
        StubResponse::json(json!({"a": 1})),
    )?;
    assert_eq!(send("v3/nobody/knows/this")?["a"], 1);
    Ok(())
}

/// A request of APIv2 has no `Authorization`, so its signature is not what is wrong with it.
#[test]
fn a_typing_error_of_apiv2_is_refused_as_one() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let query = json!({"appid": "wx8888888888888888", "mch_id": sandbox.mchid()});
    let call = client.chain("v2/pay/orderqury").post(query, ());
    let err = call.wait().err().ok_or("answered")?;
    assert_eq!(err.api().ok_or_else(|| err.report())?.status, 404);
    let why = format!("{:?}", sandbox.last_call().ok_or("no call")?.verdict);
    assert!(
        why.contains("did you mean POST v2/pay/orderquery?"),
        "{why}"
    );
    Ok(())
}
