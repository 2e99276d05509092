//! The parts of a combined order belong to their sellers, which may have accounts too.

use serde_json::{Value, json};
use wechatpay_sandbox::{Account, Sandbox};

use super::super::Outcome;
use super::{PROVIDER, SHOP, get, order, post, refused, sandbox, says};

const QUERY: &str = "v3/pay/transactions/out-trade-no/PART001";
const REFUNDS: &str = "v3/refund/domestic/refunds";

/// The first merchant's combined order, with parts of the first merchant and of the shop.
fn combined(sandbox: &Sandbox) -> Value {
    let part = |mchid: &str, number: &str, total: i64| {
        json!({
            "mchid": mchid, "out_trade_no": number, "attach": "A", "description": "公仔",
            "amount": {"total_amount": total, "currency": "CNY"},
        })
    };
    json!({
        "combine_appid": "wxd678efh567hg6787",
        "combine_mchid": sandbox.mchid(),
        "combine_out_trade_no": "COMBINED001",
        "notify_url": "https://www.example.com/paid",
        "sub_orders": [part(sandbox.mchid(), "OWN001", 10), part(SHOP, "PART001", 20)],
    })
}

fn placed() -> Outcome<(Sandbox, Account)> {
    let sandbox = sandbox()?;
    let client = sandbox.client()?;
    post(
        &client,
        "v3/combine-transactions/native",
        combined(&sandbox),
    )?;
    let shop = sandbox.account(SHOP)?;
    Ok((sandbox, shop))
}

fn refund(number: &str, amount: i64) -> Value {
    json!({
        "out_trade_no": "PART001", "out_refund_no": number, "notify_url": "https://www.example.com/refunded",
        "amount": {"refund": amount, "total": 20, "currency": "CNY"},
    })
}

#[test]
fn the_seller_of_a_part_queries_it_as_its_own_order() -> Outcome {
    let (sandbox, shop) = placed()?;
    let client = shop.client()?;
    let unpaid = get(&client, QUERY, &[("mchid", SHOP)])?;
    assert_eq!(unpaid["trade_state"], "NOTPAY");
    sandbox.pay("COMBINED001")?;
    let paid = get(&client, QUERY, &[("mchid", SHOP)])?;
    assert_eq!(
        (&paid["trade_state"], &paid["mchid"]),
        (&json!("SUCCESS"), &json!(SHOP))
    );
    let id = paid["transaction_id"].as_str().ok_or("not paid")?;
    let by_id = format!("v3/pay/transactions/id/{id}");
    assert_eq!(get(&client, &by_id, &[("mchid", SHOP)])?, paid);
    let parts: Vec<_> = shop
        .orders()
        .into_iter()
        .map(|it| (it.mchid, it.out_trade_no))
        .collect();
    assert_eq!(parts, [(SHOP.to_owned(), "PART001".to_owned())]);

    // Other parts, and other merchants, see nothing.
    let none = says(404, "ORDER_NOT_EXIST", "订单不存在");
    let own = "v3/pay/transactions/out-trade-no/OWN001";
    assert_eq!(refused(get(&client, own, &[("mchid", SHOP)]))?, none);
    let other = sandbox.account(PROVIDER)?.client()?;
    let partner = "v3/pay/partner/transactions/out-trade-no/PART001";
    let pairs = [("sp_mchid", PROVIDER), ("sub_mchid", "1900001201")];
    assert_eq!(refused(get(&other, partner, &pairs))?, none);
    Ok(())
}

#[test]
fn the_seller_of_a_part_refunds_it_and_is_notified() -> Outcome {
    let (sandbox, shop) = placed()?;
    let client = shop.client()?;
    assert_eq!(
        refused(post(&client, REFUNDS, refund("R1", 5)))?.0,
        404,
        "it is not paid"
    );
    sandbox.pay("COMBINED001")?;
    drop(sandbox.take_events());
    let made = post(&client, REFUNDS, refund("R1", 5))?;
    let again = post(&client, REFUNDS, refund("R1", 5))?;
    assert_eq!(again["refund_id"], made["refund_id"]);
    let (_, code, _) = refused(post(&client, REFUNDS, refund("R2", 16)))?;
    assert_eq!(code, "INVALID_REQUEST", "15 are left");
    let found = get(&client, "v3/refund/domestic/refunds/R1", &[])?;
    assert_eq!(
        (&found["status"], &found["refund_id"]),
        (&json!("SUCCESS"), &made["refund_id"])
    );
    let events = shop.take_events();
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(
        (&events[0].resource["mchid"], events[0].event_type),
        (&json!(SHOP), "REFUND.SUCCESS")
    );
    assert!(sandbox.take_events().is_empty());

    let whole = get(
        &sandbox.client()?,
        "v3/combine-transactions/out-trade-no/COMBINED001",
        &[],
    )?;
    assert_eq!(whole["sub_orders"][1]["trade_state"], "REFUND");
    assert_eq!(whole["sub_orders"][0]["trade_state"], "SUCCESS");
    Ok(())
}

#[test]
fn an_order_of_the_seller_goes_before_a_part_with_its_number() -> Outcome {
    let (sandbox, shop) = placed()?;
    let client = shop.client()?;
    post(
        &client,
        "v3/pay/transactions/native",
        order(SHOP, "PART001", 7),
    )?;
    sandbox.pay("COMBINED001")?;
    let found = get(&client, QUERY, &[("mchid", SHOP)])?;
    assert_eq!(
        (&found["amount"]["total"], &found["trade_state"]),
        (&json!(7), &json!("NOTPAY"))
    );
    Ok(())
}

/// The content of today's bill.
#[cfg(feature = "files")]
fn bill(client: &wechatpay_chain::Client, path: &'static str, day: &str) -> Outcome<String> {
    let dir = tempfile::tempdir()?;
    let target = dir.path().join("bill.csv");
    let bill = client.bill(path).query("bill_date", day);
    bill.download(&target).wait()?;
    Ok(std::fs::read_to_string(target)?)
}

#[cfg(feature = "files")]
#[test]
fn a_part_is_in_the_bills_of_its_seller_only() -> Outcome {
    let (sandbox, shop) = placed()?;
    let client = shop.client()?;
    sandbox.pay("COMBINED001")?;
    post(&client, REFUNDS, refund("R1", 5))?;
    let paid = get(&client, QUERY, &[("mchid", SHOP)])?;
    let day = paid["success_time"]
        .as_str()
        .and_then(|time| time.get(..10));
    let day = day.ok_or("not paid")?;
    for path in ["v3/bill/tradebill", "v3/bill/fundflowbill"] {
        let own = bill(&sandbox.client()?, path, day)?;
        let of_shop = bill(&client, path, day)?;
        for (number, own_has, shop_has) in [
            ("`OWN001,", true, false),
            ("`PART001,", false, true),
            (
                paid["transaction_id"].as_str().unwrap_or("none"),
                false,
                true,
            ),
        ] {
            let has =
                |bill: &str| bill.contains(number) || bill.contains(&number.replace(',', "\r\n"));
            assert_eq!(
                (has(&own), has(&of_shop)),
                (own_has, shop_has),
                "{path} {number}\n{own}\n{of_shop}"
            );
        }
        assert!(of_shop.contains("R1") && !own.contains("R1"), "{of_shop}");
    }
    Ok(())
}
