//! The checks of the request's fields, and the mock responses of operations without rules of their own.

mod apiv2;
mod published;

use serde_json::{Value, json};
use wechatpay_chain::{ErrorKind, Response};
use wechatpay_sandbox::{Sandbox, StubResponse};

use super::{Outcome, PUNISH, last, order, why};
use crate::support::native_order;

const NATIVE: &str = "v3/pay/transactions/native";

/// The refusal of an order.
fn refusal(sandbox: &Sandbox, order: Value) -> Outcome<Value> {
    let call = sandbox.client()?.chain(NATIVE).post(order, ());
    let err = call.wait().err().ok_or("the order was accepted")?;
    let api = err.api().ok_or_else(|| err.report())?;
    assert_eq!((api.status.as_u16(), &*api.code), (400, "PARAM_ERROR"));
    Ok(json!({"message": api.message, "detail": api.detail}))
}

#[test]
fn the_field_and_what_is_wrong_with_it_are_named() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut order = native_order();
    let issue = "此字段需要一个合法的 64 位有符号整数";
    let message = format!("无法将 JSON 输入源“/body/amount/total”映射到目标字段“total”中，{issue}");
    for total in [json!(0.01), json!(1.0), json!(1e300), json!(1_u64 << 63)] {
        order["amount"]["total"] = total.clone();
        let told = refusal(&sandbox, order.clone())?;
        let detail =
            json!({"field": "/amount/total", "issue": issue, "location": "body", "value": total});
        assert_eq!(told, json!({"message": message, "detail": detail}));
        assert!(why(&sandbox)?.contains("/amount/total"));
    }

    let mut order = native_order();
    order["goods_tag"] = json!({});
    order["detail"] = json!({"goods_detail": [
        {"merchant_goods_id": "1", "quantity": 1, "unit_price": 1},
        {"merchant_goods_id": "2", "unit_price": 1},
    ]});
    let told = refusal(&sandbox, order.clone())?;
    assert_eq!(told["detail"]["field"], "/goods_tag");
    order["goods_tag"] = json!(null);
    let told = refusal(&sandbox, order)?;
    assert_eq!(told["detail"]["field"], "/detail/goods_detail/1/quantity");
    // As published of what is missing.
    assert_eq!(told["detail"]["value"], "");

    let call = sandbox.client()?.chain("v3/bill/tradebill").get(());
    let err = call.wait().err().ok_or("the query was accepted")?;
    let api = err.api().ok_or_else(|| err.report())?;
    assert_eq!(api.detail["field"], "bill_date");
    assert_eq!(api.detail["location"], "query");
    Ok(())
}

#[test]
fn no_body_lacks_all_and_a_list_is_none() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let close = client.chain("v3/pay/transactions/out-trade-no/1/close");
    for (call, field) in [
        (close.post((), ()), "/mchid"),
        (close.post(json!({}), ()), "/mchid"),
        (close.post(json!([]), ()), ""),
        (close.post(json!("mchid"), ()), ""),
    ] {
        let err = call.wait().err().ok_or("it was accepted")?;
        let api = err.api().ok_or_else(|| err.report())?;
        assert_eq!(api.detail["field"], field);
    }
    Ok(())
}

/// It is the plaintext that has a type and a length, and nobody repeats it.
#[test]
fn a_sensitive_field_is_checked_after_it_was_decrypted_and_not_repeated() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let mut body = order();
    body["punish_scene"] = json!("one");
    let err = client.chain(PUNISH).post(body, ()).wait().err();
    let err = err.ok_or("the order was accepted")?;
    let api = err.api().ok_or_else(|| err.report())?;
    assert_eq!(api.detail["field"], "/punish_scene");
    assert!(!api.detail.to_string().contains("6217000000000000001"));
    client.chain(PUNISH).post(order(), ()).wait()?;
    assert_eq!(last(&sandbox)?.json, Some(order()));
    Ok(())
}

#[test]
fn either_number_of_an_order_will_do_and_unknown_members_are_passed_over() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let mut order = native_order();
    order["no_such_member"] = json!([1]);
    client.chain(NATIVE).post(order, ()).wait()?;
    let query = |name: &str| {
        let members = json!({"appid": "wx1", "mch_id": sandbox.mchid(), name: "1"});
        client.chain("v2/pay/refundquery").post(members, ()).wait()
    };
    for name in [
        "transaction_id",
        "out_trade_no",
        "out_refund_no",
        "refund_id",
    ] {
        // There is none, but the fields are in order.
        let err = query(name).err().ok_or("there is an order")?;
        let code = &*err.api().ok_or_else(|| err.report())?.code;
        assert!(
            ["ORDERNOTEXIST", "REFUNDNOTEXIST"].contains(&code),
            "{name}: {code}"
        );
    }
    let err = query("something_else").err().ok_or("it was accepted")?;
    assert_eq!(err.kind(), ErrorKind::Api);
    let api = err.api().ok_or_else(|| err.report())?;
    assert_eq!(
        (&*api.code, &*api.message),
        ("LACK_PARAMS", "缺少参数transaction_id")
    );
    Ok(())
}

#[test]
fn it_is_checked_before_an_answer_that_the_test_gave_and_not_when_switched_off() -> Outcome {
    let given = || StubResponse::json(json!({"given": true}));
    let sandbox = Sandbox::start_blocking()?;
    sandbox.stub("POST", NATIVE, given())?;
    refusal(&sandbox, json!({}))?;

    let sandbox = Sandbox::builder().check_fields(false).start_blocking()?;
    let client = sandbox.client()?;
    let answer = client.chain(PUNISH).post(json!({}), ()).wait()?;
    assert!(answer["wxpay_punish_no"].is_string());
    sandbox.stub("POST", NATIVE, given())?;
    let answer = client.chain(NATIVE).post(json!({}), ()).wait()?;
    assert_eq!(answer["given"], true);
    Ok(())
}

const GIVE_BACK: &str = "v3/ecommerce/subsidies/return";

/// Something that the sandbox does not remember.
fn give_back(sandbox: &Sandbox) -> wechatpay_chain::Result<Response> {
    let body = json!({
        "sub_mchid": "1900000110",
        "transaction_id": "4208450740201411110007820472",
        "out_order_no": "R1",
        "refund_id": "3008450740201411110007820472",
        "amount": 88,
        "description": "用户退款",
    });
    let client = sandbox.client()?;
    client.chain(GIVE_BACK).post(body, ()).wait()
}

#[test]
fn what_the_request_says_comes_back_and_the_rest_is_made_up() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let answer = give_back(&sandbox)?;
    assert_eq!(answer["out_order_no"], "R1");
    assert_eq!(answer["amount"], 88);
    assert_eq!(answer["result"], "SUCCESS");
    let number = answer["subsidy_refund_id"].as_str().ok_or("no number")?;
    assert!(number.bytes().all(|digit| digit.is_ascii_digit()));
    let time = answer["success_time"].as_str().ok_or("no success_time")?;
    assert!(time.starts_with("2025-") && time.ends_with("+08:00"));

    // Parameters of the query.
    let client = sandbox.client()?;
    let query = client.chain("v3/ecommerce/profitsharing/after-sales-orders");
    let query = query.get(()).query("sub_mchid", "1900000110");
    let answer = query.query("transaction_id", "A/1").wait()?;
    assert_eq!(answer["transaction_id"], "A/1");
    assert_eq!(answer["sub_mchid"], "1900000110");

    // A variable of the path.
    let query = client.chain("v3/merchant-service/complaints-v2/{complaint_id}");
    let answer = query.get(()).var("complaint_id", "A/2").wait()?;
    assert_eq!(answer["complaint_id"], "A/2");
    Ok(())
}

#[test]
fn the_same_request_has_the_same_answer_and_another_seed_another() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let first = give_back(&sandbox)?.into_value()?;
    assert_eq!(give_back(&sandbox)?.into_value()?, first);
    let again = Sandbox::builder().seed(0).start_blocking()?;
    assert_eq!(give_back(&again)?.into_value()?, first);
    let other = Sandbox::builder().seed(1).start_blocking()?;
    let other = give_back(&other)?.into_value()?;
    assert_ne!(other["subsidy_refund_id"], first["subsidy_refund_id"]);
    assert_eq!(other["out_order_no"], first["out_order_no"]);

    // Values that are encrypted or drawn anew each time do not count.
    let punished = || -> Outcome<Value> {
        let client = sandbox.client()?;
        Ok(client
            .chain(PUNISH)
            .post(order(), ())
            .wait()?
            .into_value()?)
    };
    assert_eq!(punished()?, punished()?);
    let queried = || -> Outcome<Value> {
        let members = json!({"appid": "wx1", "mch_id": sandbox.mchid(), "mch_billno": "1", "bill_type": "MCHT"});
        let client = sandbox.client()?;
        let call = client.chain("v2/mmpaymkttransfers/gethbinfo");
        Ok(call.post(members, ()).wait()?["detail_id"].clone())
    };
    assert!(queried()?.is_string());
    assert_eq!(queried()?, queried()?);
    Ok(())
}

#[test]
fn sensitive_fields_of_a_made_answer_leave_encrypted() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let path = "v3/merchant-service/complaints-v2/1";
    let raw = super::raw::Raw::new(&sandbox, "GET", &format!("/{path}"))?
        .authorized()?
        .send(&sandbox)?;
    let raw: Value = serde_json::from_slice(&raw.body)?;
    let phone = raw["payer_phone"].as_str().ok_or("no payer_phone")?;
    assert!(phone.len() > 300, "{phone}");
    let opened = sandbox.client()?.chain(path).get(()).wait()?;
    assert_eq!(opened["payer_phone"].as_str().map(str::len), Some(11));
    Ok(())
}
