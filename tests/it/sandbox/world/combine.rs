//! Combined orders.

use serde_json::{Value, json};

use super::{Outcome, Shop, says, text};

const JSAPI: &str = "v3/combine-transactions/jsapi";

fn part(number: &str, total: i64) -> Value {
    json!({
        "mchid": "1900000109",
        "sub_mchid": "1900000001",
        "out_trade_no": number,
        "attach": "A",
        "description": "公仔",
        "amount": {"total_amount": total, "currency": "CNY"},
    })
}

fn combined(shop: &Shop) -> Value {
    json!({
        "combine_appid": "wxd678efh567hg6787",
        "combine_mchid": shop.mchid(),
        "combine_out_trade_no": "C1",
        "combine_payer_info": {"openid": "oCombine"},
        "notify_url": "https://www.example.com/paid",
        "sub_orders": [part("C1", 10), part("P2", 20)],
    })
}

#[test]
fn one_payment_pays_all_parts() -> Outcome {
    let shop = Shop::open()?;
    let answer = shop.post(JSAPI, combined(&shop))?;
    assert!(answer["prepay_id"].is_string());
    assert_eq!(shop.post(JSAPI, combined(&shop))?, answer);
    let query = "v3/combine-transactions/out-trade-no/C1";
    let unpaid = shop.get(query)?;
    assert_eq!(unpaid["sub_orders"][1]["trade_state"], "NOTPAY");
    assert!(unpaid.get("combine_transaction_id").is_none());

    let err = shop.sandbox.pay("P2").err().ok_or("a part was paid")?;
    assert!(err.to_string().contains("C1"), "{err}");
    shop.sandbox.pay("C1")?;
    let paid = shop.get(query)?;
    assert_eq!(paid["combine_payer_info"]["openid"], "oCombine");
    for (part, total) in [(0, 10), (1, 20)] {
        let part = &paid["sub_orders"][part];
        assert_eq!(part["trade_state"], "SUCCESS");
        assert_eq!(part["amount"]["total_amount"], total);
        assert_eq!(part["amount"]["payer_amount"], total);
        assert_eq!(text(&part["transaction_id"]).len(), 28);
    }
    let event = shop.event()?;
    assert_eq!(event.resource, paid);
    assert_eq!(
        event.notify_url.as_deref(),
        Some("https://www.example.com/paid")
    );
    let id = text(&paid["combine_transaction_id"]);
    assert_eq!(shop.get(&format!("v3/combine-transactions/id/{id}"))?, paid);

    assert_eq!(shop.refused(JSAPI, combined(&shop))?.1, "ORDERPAID");
    assert!(shop.sandbox.pay("C1").is_err());
    Ok(())
}

#[test]
fn parts_are_closed_by_name_and_all_or_none() -> Outcome {
    let shop = Shop::open()?;
    shop.post(JSAPI, combined(&shop))?;
    let close = "v3/combine-transactions/out-trade-no/C1/close";
    let named = |numbers: &[&str]| {
        let parts: Vec<_> = numbers.iter().map(|it| part(it, 1)).collect();
        json!({"combine_appid": "wxd678efh567hg6787", "sub_orders": parts})
    };
    let none = says(404, "ORDER_NOT_EXIST", "订单不存在");
    assert_eq!(shop.refused(close, named(&["C1", "P9"]))?, none);
    let states = || -> Outcome<Vec<&'static str>> {
        let orders = shop.sandbox.orders();
        Ok(orders.iter().map(|order| order.trade_state).collect())
    };
    assert_eq!(states()?, ["NOTPAY", "NOTPAY"]);
    assert_eq!(shop.post(close, named(&["C1"]))?, 204);
    assert_eq!(states()?, ["CLOSED", "NOTPAY"]);
    // The rest is paid.
    shop.sandbox.pay("C1")?;
    assert_eq!(states()?, ["CLOSED", "SUCCESS"]);
    assert_eq!(shop.refused(close, named(&["P2"]))?.1, "ORDERPAID");
    Ok(())
}

#[test]
fn other_fields_or_a_part_in_use_are_refused() -> Outcome {
    let shop = Shop::open()?;
    shop.post(JSAPI, combined(&shop))?;
    let used = says(400, "INVALID_REQUEST", "201 商户订单号重复");
    let mut dearer = combined(&shop);
    dearer["sub_orders"][0]["amount"]["total_amount"] = json!(11);
    assert_eq!(shop.refused(JSAPI, dearer)?, used);
    let mut other = combined(&shop);
    other["combine_out_trade_no"] = json!("C2");
    assert_eq!(shop.refused(JSAPI, other)?, used);
    let mut twice = combined(&shop);
    twice["combine_out_trade_no"] = json!("C3");
    twice["sub_orders"] = json!([part("X", 1), part("X", 1)]);
    assert_eq!(shop.refused(JSAPI, twice)?, used);
    assert_eq!(shop.sandbox.orders().len(), 2);
    let none = shop.not_found("v3/combine-transactions/out-trade-no/C9")?;
    assert_eq!(none.1, "ORDER_NOT_EXIST");
    Ok(())
}

#[test]
fn a_part_is_refunded_as_any_order() -> Outcome {
    let shop = Shop::open()?;
    shop.post(JSAPI, combined(&shop))?;
    shop.sandbox.pay("C1")?;
    let refund = json!({
        "sp_appid": "wxd678efh567hg6787",
        "sub_mchid": "1900000001",
        "out_trade_no": "P2",
        "out_refund_no": "R1",
        "amount": {"refund": 5, "total": 20, "currency": "CNY"},
    });
    let accepted = shop.post("v3/ecommerce/refunds/apply", refund)?;
    let id = text(&accepted["refund_id"]);
    assert_eq!(accepted["amount"]["refund"], 5);
    for path in [format!("id/{id}"), "out-refund-no/R1".to_owned()] {
        let path = format!("v3/ecommerce/refunds/{path}?sub_mchid=1900000001");
        assert_eq!(shop.get(&path)?["status"], "SUCCESS");
    }
    let part = shop.get("v3/combine-transactions/out-trade-no/C1")?;
    assert_eq!(part["sub_orders"][1]["trade_state"], "REFUND");
    assert_eq!(part["sub_orders"][0]["trade_state"], "SUCCESS");
    Ok(())
}

#[test]
fn what_happens_to_a_combined_order_passes_over_its_closed_parts() -> Outcome {
    let shop = Shop::open()?;
    let states = |number: &str| -> Outcome<Vec<String>> {
        let query = format!("v3/combine-transactions/out-trade-no/{number}");
        let answer = shop.get(&query)?;
        let parts = answer["sub_orders"].as_array().ok_or("no parts")?;
        Ok(parts.iter().map(|it| text(&it["trade_state"])).collect())
    };
    shop.post(JSAPI, combined(&shop))?;
    let part = json!({"mchid": "1900000109", "sub_mchid": "1900000001", "out_trade_no": "C1"});
    let close = json!({"combine_appid": "wxd678efh567hg6787", "sub_orders": [part]});
    shop.post("v3/combine-transactions/out-trade-no/C1/close", close)?;
    // "C1" is the number of a part, too, and that one is closed.
    shop.sandbox.fail_payment("C1")?;
    assert_eq!(states("C1")?, ["CLOSED", "NOTPAY"]);
    shop.sandbox.expire("C1")?;
    assert_eq!(states("C1")?, ["CLOSED", "CLOSED"]);
    for done in [shop.sandbox.expire("C1"), shop.sandbox.fail_payment("C1")] {
        let err = done.err().ok_or("a closed order expired")?;
        assert!(err.to_string().contains("closed"), "{err}");
    }
    Ok(())
}

/// The number is unique for a seller, which is a sub-merchant or another merchant.
#[test]
fn sellers_of_one_order_may_use_the_same_number() -> Outcome {
    let shop = Shop::open()?;
    let of = |mchid: &str, sub: Option<&str>, total: i64| {
        let mut part = part("SAME", total);
        part["mchid"] = json!(mchid);
        match sub {
            Some(sub) => part["sub_mchid"] = json!(sub),
            None => drop(part.as_object_mut().and_then(|it| it.remove("sub_mchid"))),
        }
        part
    };
    let own = shop.mchid().to_owned();
    let parts = json!([
        of(&own, None, 1),
        of("1900000999", None, 2),
        of(&own, Some("1900000001"), 3),
        of(&own, Some("1900000002"), 4),
    ]);
    let mut order = combined(&shop);
    order["sub_orders"] = parts.clone();
    shop.post(JSAPI, order.clone())?;
    let close = "v3/combine-transactions/out-trade-no/C1/close";
    let second = json!({"combine_appid": "wxd678efh567hg6787", "sub_orders": [parts[1]]});
    assert_eq!(shop.post(close, second)?, 204);
    shop.sandbox.pay("C1")?;
    let found = shop.get("v3/combine-transactions/out-trade-no/C1")?;
    let states = found["sub_orders"].as_array().ok_or("no parts")?;
    let states: Vec<_> = states
        .iter()
        .map(|part| (text(&part["mchid"]), text(&part["trade_state"])))
        .collect();
    let expected = [
        (&*own, "SUCCESS"),
        ("1900000999", "CLOSED"),
        (&own, "SUCCESS"),
        (&own, "SUCCESS"),
    ];
    assert_eq!(
        states,
        expected.map(|(id, state)| (id.to_owned(), state.to_owned()))
    );

    order["combine_out_trade_no"] = json!("C2");
    order["sub_orders"] = json!([of("1900000999", None, 2), of("1900000999", None, 2)]);
    assert_eq!(shop.refused(JSAPI, order)?.2, "201 商户订单号重复");
    Ok(())
}

/// A repeated refund of another seller's part is the same refund, however the order is named.
#[test]
fn a_part_of_another_seller_is_refunded_once() -> Outcome {
    let shop = Shop::open()?;
    let mut part = part("OTHER1", 20);
    part["mchid"] = json!("1900000999");
    drop(part.as_object_mut().and_then(|it| it.remove("sub_mchid")));
    let mut order = combined(&shop);
    order["sub_orders"] = json!([part]);
    shop.post(JSAPI, order)?;
    shop.sandbox.pay("C1")?;
    let found = shop.get("v3/combine-transactions/out-trade-no/C1")?;
    let id = text(&found["sub_orders"][0]["transaction_id"]);
    let amount = json!({"refund": 5, "total": 20, "currency": "CNY"});
    let refund = json!({"transaction_id": id, "out_refund_no": "R1", "amount": amount});
    let first = shop.post("v3/refund/domestic/refunds", refund.clone())?;
    let again = shop.post("v3/refund/domestic/refunds", refund)?;
    assert_eq!(again["refund_id"], first["refund_id"]);
    let queried = shop.get("v3/refund/domestic/refunds/R1")?;
    assert_eq!(queried["refund_id"], first["refund_id"]);
    assert_eq!(shop.sandbox.refunds().len(), 1);
    assert_eq!(shop.sandbox.orders()[0].refunded, 5);

    let by_number = json!({"out_trade_no": "OTHER1", "out_refund_no": "R2", "amount": amount});
    shop.post("v3/refund/domestic/refunds", by_number.clone())?;
    shop.post("v3/refund/domestic/refunds", by_number)?;
    assert_eq!(shop.sandbox.orders()[0].refunded, 10);
    Ok(())
}
