//! Refunds by hand: each is one of its own, in the words of its order's API.

use std::collections::HashSet;

use serde_json::json;
use wechatpay_sandbox::Sandbox;

use super::super::Outcome;
use super::{api, get, order, post};

/// The answers to so many refunds of an order that were requested at the same time.
fn at_once(sandbox: &Sandbox, count: usize, body: &str) -> Vec<Result<(u16, String), String>> {
    let ask = || {
        let came = api(sandbox, "POST", "orders/TRADE1/refund", body);
        let came = came.map_err(|err| err.to_string())?;
        let said = came.json().map_err(|err| err.to_string())?;
        let number = said["refund"]["out_refund_no"].as_str();
        Ok((came.status, number.unwrap_or_default().to_owned()))
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(ask)).collect();
        let ended = threads.into_iter().map(|thread| thread.join());
        ended
            .map(|answer| answer.unwrap_or_else(|_| Err("a panic".to_owned())))
            .collect()
    })
}

#[test]
fn each_of_many_at_once_is_a_refund_of_its_own() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    sandbox.pay("TRADE1")?;
    let answers = at_once(&sandbox, 30, "{\"amount\": 1}");
    let numbers = answers
        .into_iter()
        .map(|answer| {
            let (status, number) = answer?;
            assert_eq!(status, 200, "{number}");
            Ok(number)
        })
        .collect::<Result<HashSet<_>, String>>()?;
    assert_eq!((numbers.len(), sandbox.refunds().len()), (30, 30));
    assert_eq!(sandbox.orders()[0].refunded, 30);

    // The rest is there once.
    let answers = at_once(&sandbox, 8, "");
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    let done = answers.iter().filter(|(status, _)| *status == 200);
    assert_eq!(done.count(), 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|(status, _)| [200, 409].contains(status))
    );
    assert_eq!(sandbox.refunds().len(), 31);
    assert_eq!(sandbox.orders()[0].refunded, 100);
    Ok(())
}

#[test]
fn what_is_not_paid_has_nothing_to_refund() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    let came = api(&sandbox, "POST", "orders/TRADE1/refund", "")?;
    assert_eq!(came.status, 409, "{}", came.body);
    assert!(came.body.contains("RESOURCE_NOT_EXISTS"), "{}", came.body);
    assert_eq!(get(&sandbox, "refunds")?["refunds"], json!([]));
    Ok(())
}

#[test]
fn of_an_order_of_apiv2_the_merchant_is_told_in_its_form() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let order = json!({
        "appid": "wxd678efh567hg6787", "mch_id": sandbox.mchid(), "body": "公仔", "out_trade_no": "TRADE1",
        "total_fee": "100", "spbill_create_ip": "127.0.0.1", "trade_type": "NATIVE",
        "product_id": "1", "notify_url": "https://www.example.com/notify",
    });
    let client = sandbox.client()?;
    let chain = client.chain("v2/pay/unifiedorder");
    chain.post(order, ()).wait()?;
    sandbox.pay("TRADE1")?;
    let refund = post(&sandbox, "orders/TRADE1/refund", &json!({"amount": 40}))?;
    let told = sandbox.take_events().remove(1);
    assert!(told.is_v2, "{told:?}");
    assert_eq!(told.resource["refund_fee"], "40");
    assert_eq!(
        told.resource["out_refund_no"],
        refund["refund"]["out_refund_no"]
    );
    Ok(())
}
