//! Profit sharing.

use serde_json::{Value, json};

use super::{Outcome, Shop, says, text};

const ORDERS: &str = "v3/profitsharing/orders";
const ADD: &str = "v3/profitsharing/receivers/add";

fn receiver() -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "type": "MERCHANT_ID",
        "account": "1900000110",
        "name": "示例商户全称",
        "relation_type": "STORE",
    })
}

fn slice(account: &str, amount: i64) -> Value {
    let (kind, description) = ("MERCHANT_ID", "分给商户");
    json!({"type": kind, "account": account, "amount": amount, "description": description})
}

fn share(id: &str, number: &str, slices: Value) -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "transaction_id": id,
        "out_order_no": number,
        "receivers": slices,
        "unfreeze_unsplit": false,
    })
}

/// Pays an order of 100 fen that may be shared.
fn shareable(shop: &Shop, number: &str) -> Outcome<String> {
    let mut order = shop.native(number);
    order["settle_info"] = json!({"profit_sharing": true});
    shop.post("v3/pay/transactions/native", order)?;
    shop.sandbox.pay(number)?;
    shop.sandbox.take_events();
    Ok(text(&shop.order(number)?["transaction_id"]))
}

fn left(shop: &Shop, id: &str) -> Outcome<Value> {
    let amounts = format!("v3/profitsharing/transactions/{id}/amounts");
    Ok(shop.get(&amounts)?["unsplit_amount"].clone())
}

#[test]
fn a_receiver_gets_its_part_and_gives_some_back() -> Outcome {
    let shop = Shop::open()?;
    let id = shareable(&shop, "1")?;
    let added = shop.post(ADD, receiver())?;
    assert_eq!(added["account"], "1900000110");
    assert_eq!(added["name"], "示例商户全称", "sent encrypted");
    assert_eq!(left(&shop, &id)?, 100);

    let asked = share(&id, "S1", json!([slice("1900000110", 30)]));
    let accepted = shop.post(ORDERS, asked.clone())?;
    assert_eq!(accepted["state"], "PROCESSING");
    assert_eq!(accepted["receivers"][0]["result"], "PENDING");
    assert_eq!(shop.post(ORDERS, asked)?, accepted, "the same again");
    assert_eq!(left(&shop, &id)?, 70);

    let done = shop.get(&format!("{ORDERS}/S1?transaction_id={id}"))?;
    assert_eq!(done["state"], "FINISHED");
    assert_eq!(done["receivers"][0]["result"], "SUCCESS");
    let event = shop.event()?;
    assert_eq!(
        (event.event_type, event.original_type),
        ("PROFITSHARING.SUCCESS", "profitsharing")
    );
    let resource = json!({
        "mchid": shop.mchid(),
        "transaction_id": id,
        "order_id": accepted["order_id"],
        "out_order_no": "S1",
        "receiver": slice("1900000110", 30),
        "success_time": "2023-11-15T06:13:20+08:00",
    });
    assert_eq!(event.resource, resource);

    let returns = "v3/profitsharing/return-orders";
    let back = |number: &str, amount: i64| {
        json!({
            "out_order_no": "S1", "out_return_no": number, "return_mchid": "1900000110",
            "amount": amount, "description": "用户退款",
        })
    };
    let returned = shop.post(returns, back("B1", 20))?;
    assert_eq!(returned["result"], "SUCCESS");
    assert_eq!(shop.post(returns, back("B1", 20))?, returned);
    assert_eq!(shop.refused(returns, back("B1", 21))?.1, "INVALID_REQUEST");
    assert_eq!(
        shop.get(&format!("{returns}/B1?out_order_no=S1"))?,
        returned
    );
    assert_eq!(shop.refused(returns, back("B2", 11))?.1, "NOT_ENOUGH");
    assert_eq!(shop.refused(returns, back("B2", i64::MAX))?.1, "NOT_ENOUGH");
    let event = shop.event()?;
    assert_eq!(event.event_type, "PROFITSHARING.RETURN");
    assert_eq!(event.resource["receiver"]["amount"], 20);
    assert_eq!(shop.sandbox.orders()[0].shared, 10);
    Ok(())
}

#[test]
fn what_may_not_be_shared_is_refused() -> Outcome {
    let shop = Shop::open()?;
    let plain = shop.paid("1")?;
    let not_shared = says(400, "INVALID_REQUEST", "非分账订单不支持分账");
    let asked = |id: &str, slices: Value| share(id, "S1", slices);
    let of_plain = asked(&plain, json!([slice("1900000110", 1)]));
    assert_eq!(shop.refused(ORDERS, of_plain)?, not_shared);

    let id = shareable(&shop, "2")?;
    let one = |amount| asked(&id, json!([slice("1900000110", amount)]));
    let stranger = "分账接收方关系不存在，请检查参数中每个接收方的关系";
    let stranger = says(400, "PARAM_ERROR", stranger);
    assert_eq!(shop.refused(ORDERS, one(1))?, stranger);
    shop.post(ADD, receiver())?;

    let ratio = says(403, "RULE_LIMIT", "分账金额超出最大分账比例");
    assert_eq!(shop.refused(ORDERS, one(31))?, ratio);
    let enough = says(403, "NOT_ENOUGH", "分账金额不足");
    assert_eq!(shop.refused(ORDERS, one(101))?, enough);
    let huge = asked(
        &id,
        json!([slice("1900000110", i64::MAX), slice("1900000110", i64::MAX)]),
    );
    assert_eq!(shop.refused(ORDERS, huge)?, enough);
    for amount in [json!(0), json!(-1), json!(0.5), json!("1")] {
        let mut body = one(1);
        body["receivers"][0]["amount"] = amount;
        assert_eq!(shop.refused(ORDERS, body)?.1, "PARAM_ERROR");
    }
    assert_eq!(
        shop.refused(ORDERS, asked(&id, json!([])))?.1,
        "PARAM_ERROR"
    );
    // Refused is not taken.
    assert_eq!(left(&shop, &id)?, 100);
    shop.post(ORDERS, one(20))?;
    assert_eq!(
        shop.refused(ORDERS, one(10))?.1,
        "INVALID_REQUEST",
        "another body"
    );
    let more = share(&id, "S2", json!([slice("1900000110", 11)]));
    assert_eq!(shop.refused(ORDERS, more)?, ratio, "30 % in all");
    // The merchant's own part is no part of the ratio.
    let own = share(&id, "S2", json!([slice(shop.mchid(), 80)]));
    shop.post(ORDERS, own)?;
    assert_eq!(left(&shop, &id)?, 0);
    Ok(())
}

#[test]
fn the_rest_is_unfrozen_and_nothing_more_is_shared() -> Outcome {
    let shop = Shop::open()?;
    let id = shareable(&shop, "1")?;
    shop.post(ADD, receiver())?;
    shop.post(ORDERS, share(&id, "S1", json!([slice("1900000110", 10)])))?;
    let unfreeze = json!({"transaction_id": id, "out_order_no": "U1", "description": "解冻"});
    let path = "v3/profitsharing/orders/unfreeze";
    let rest = shop.post(path, unfreeze.clone())?;
    assert_eq!(rest["receivers"][0]["amount"], 90);
    assert_eq!(rest["receivers"][0]["account"], shop.mchid());
    assert_eq!(shop.post(path, unfreeze)?, rest);
    assert_eq!(left(&shop, &id)?, 0);
    let more = share(&id, "S2", json!([slice("1900000110", 1)]));
    assert_eq!(shop.refused(ORDERS, more)?.2, "分账已完结");

    // Or at once, with the last sharing.
    let id = shareable(&shop, "2")?;
    let mut last = share(&id, "S3", json!([slice("1900000110", 10)]));
    last["unfreeze_unsplit"] = json!(true);
    shop.post(ORDERS, last)?;
    assert_eq!(left(&shop, &id)?, 0);
    assert_eq!(shop.sandbox.sharing().len(), 3);
    Ok(())
}

#[test]
fn a_receiver_deleted_meanwhile_gets_nothing() -> Outcome {
    let shop = Shop::open()?;
    let id = shareable(&shop, "1")?;
    shop.post(ADD, receiver())?;
    shop.post(ORDERS, share(&id, "S1", json!([slice("1900000110", 30)])))?;
    let deleted = shop.post("v3/profitsharing/receivers/delete", receiver())?;
    assert_eq!(
        deleted,
        json!({"type": "MERCHANT_ID", "account": "1900000110"})
    );
    let done = shop.get(&format!("{ORDERS}/S1?transaction_id={id}"))?;
    let result = &done["receivers"][0];
    assert_eq!(
        (&result["result"], &result["fail_reason"]),
        (&json!("CLOSED"), &json!("NO_RELATION"))
    );
    assert_eq!(left(&shop, &id)?, 100);
    assert!(shop.sandbox.take_events().is_empty());

    let mut nameless = receiver();
    nameless["name"] = json!(null);
    assert_eq!(shop.refused(ADD, nameless)?.1, "PARAM_ERROR");
    let none = shop.not_found(&format!("{ORDERS}/S9?transaction_id={id}"))?;
    assert_eq!(none.1, "RESOURCE_NOT_EXISTS");
    assert_eq!(
        shop.get("v3/profitsharing/merchant-configs/1900000001")?["max_ratio"],
        3000
    );
    Ok(())
}

#[test]
fn refunds_come_out_of_what_may_be_shared() -> Outcome {
    let shop = Shop::open()?;
    let id = shareable(&shop, "1")?;
    let refund = json!({
        "out_trade_no": "1", "out_refund_no": "R1",
        "amount": {"refund": 95, "total": 100, "currency": "CNY"},
    });
    shop.post("v3/refund/domestic/refunds", refund)?;
    assert_eq!(left(&shop, &id)?, 5);
    shop.post(ADD, receiver())?;
    let asked = share(&id, "S1", json!([slice("1900000110", 6)]));
    assert_eq!(shop.refused(ORDERS, asked)?.1, "NOT_ENOUGH");
    Ok(())
}

#[test]
fn e_commerce_has_words_of_its_own() -> Outcome {
    let shop = Shop::open()?;
    let sub_mchid = "1900000001";
    let order = json!({
        "sp_appid": "wxd678efh567hg6787", "sp_mchid": shop.mchid(), "sub_mchid": sub_mchid,
        "description": "公仔", "out_trade_no": "1", "amount": {"total": 100},
        "notify_url": "https://www.example.com/paid", "settle_info": {"profit_sharing": true},
    });
    shop.post("v3/pay/partner/transactions/native", order)?;
    shop.sandbox.pay("1")?;
    let id = shop.sandbox.orders()[0]
        .transaction_id
        .clone()
        .ok_or("not paid")?;
    let base = "v3/ecommerce/profitsharing";
    shop.post(&format!("{base}/receivers/add"), receiver())?;
    let asked = json!({
        "appid": "wxd678efh567hg6787", "sub_mchid": sub_mchid, "transaction_id": id,
        "out_order_no": "S1", "finish": false,
        "receivers": [{
            "type": "MERCHANT_ID", "receiver_account": "1900000110", "amount": 10,
            "description": "分给商户",
        }],
    });
    let accepted = shop.post(&format!("{base}/orders"), asked)?;
    assert_eq!(accepted["receivers"][0]["receiver_account"], "1900000110");
    let query = format!("{base}/orders?sub_mchid={sub_mchid}&transaction_id={id}&out_order_no=S1");
    assert_eq!(shop.get(&query)?["status"], "FINISHED");
    let back = json!({
        "sub_mchid": sub_mchid, "out_order_no": "S1", "out_return_no": "B1",
        "return_mchid": "1900000110", "amount": 10, "description": "退款",
    });
    let returned = shop.post(&format!("{base}/returnorders"), back)?;
    assert!(returned["return_no"].is_string());
    let of = |query: &str| format!("{base}/returnorders?out_return_no=B1&{query}");
    let order_id = text(&returned["order_id"]);
    // An empty number is none.
    for query in [
        "out_order_no=S1".to_owned(),
        format!("order_id={order_id}&out_order_no="),
    ] {
        let query = of(&format!("sub_mchid={sub_mchid}&{query}"));
        assert_eq!(shop.get(&query)?, returned);
    }
    for query in [
        "sub_mchid=1900000002&out_order_no=S1",
        "out_order_no=S1&sub_mchid=1900000001&order_id=30000",
        "out_order_no=S2&sub_mchid=1900000001",
    ] {
        assert_eq!(shop.not_found(&of(query))?.1, "RESOURCE_NOT_EXISTS");
    }
    assert_eq!(
        shop.get(&format!("{base}/orders/{id}/amounts"))?["unsplit_amount"],
        90
    );
    let finish = json!({
        "sub_mchid": sub_mchid, "transaction_id": id, "out_order_no": "U1", "description": "完结",
    });
    shop.post(&format!("{base}/finish-order"), finish)?;
    assert_eq!(
        shop.get(&format!("{base}/orders/{id}/amounts"))?["unsplit_amount"],
        0
    );
    Ok(())
}

#[test]
fn an_account_gives_back_of_all_that_it_got() -> Outcome {
    let shop = Shop::open()?;
    let id = shareable(&shop, "1")?;
    shop.post(ADD, receiver())?;
    let slices = json!([slice("1900000110", 10), slice("1900000110", 5)]);
    shop.post(ORDERS, share(&id, "S1", slices))?;
    let back = |number: &str, amount: i64| {
        json!({
            "out_order_no": "S1", "out_return_no": number, "return_mchid": "1900000110",
            "amount": amount, "description": "用户退款",
        })
    };
    let path = "v3/profitsharing/return-orders";
    assert_eq!(shop.refused(path, back("R1", 16))?.1, "NOT_ENOUGH");
    assert_eq!(shop.post(path, back("R2", 12))?["result"], "SUCCESS");
    assert_eq!(shop.refused(path, back("R3", 4))?.1, "NOT_ENOUGH");
    assert_eq!(shop.post(path, back("R4", 3))?["result"], "SUCCESS");
    let events = shop.sandbox.take_events();
    let amounts = events.iter().map(|it| &it.resource["receiver"]["amount"]);
    assert_eq!(amounts.collect::<Vec<_>>(), [10, 5, 12, 3]);
    Ok(())
}

#[test]
fn a_query_of_another_order_is_no_look_at_it() -> Outcome {
    let shop = Shop::open()?;
    let id = shareable(&shop, "1")?;
    shop.post(ADD, receiver())?;
    shop.post(ORDERS, share(&id, "S1", json!([slice("1900000110", 10)])))?;
    let other = format!("{ORDERS}/S1?transaction_id=4200000000000000000000000000");
    assert_eq!(shop.not_found(&other)?.1, "RESOURCE_NOT_EXISTS");
    assert!(!shop.sandbox.sharing()[0].finished);
    shop.get(&format!("{ORDERS}/S1?transaction_id={id}"))?;
    assert!(shop.sandbox.sharing()[0].finished);
    Ok(())
}

#[test]
fn a_brand_shares_with_its_own_receivers() -> Outcome {
    let shop = Shop::open()?;
    let (sub_mchid, brand) = ("1900000001", "1900008888");
    let order = json!({
        "sp_appid": "wxd678efh567hg6787", "sp_mchid": shop.mchid(), "sub_mchid": sub_mchid,
        "description": "公仔", "out_trade_no": "1", "amount": {"total": 100},
        "notify_url": "https://www.example.com/paid", "settle_info": {"profit_sharing": true},
    });
    shop.post("v3/pay/partner/transactions/native", order)?;
    shop.sandbox.pay("1")?;
    let id = shop.sandbox.orders()[0].transaction_id.clone();
    let id = id.ok_or("not paid")?;
    let base = "v3/brand/profitsharing";
    let added = json!({
        "brand_mchid": brand, "appid": "wxd678efh567hg6787", "type": "MERCHANT_ID",
        "account": "1900000110", "relation_type": "SUPPLIER",
    });
    let answer = shop.post(&format!("{base}/receivers/add"), added)?;
    assert_eq!(answer["brand_mchid"], brand);
    let asked = |brand: &str| {
        json!({
            "brand_mchid": brand, "appid": "wxd678efh567hg6787", "sub_mchid": sub_mchid,
            "transaction_id": id, "out_order_no": "S1", "finish": false,
            "receivers": [slice("1900000110", 10)],
        })
    };
    // A receiver of another brand's is none.
    let stranger = shop.refused(&format!("{base}/orders"), asked("1900009999"))?;
    assert_eq!((stranger.0, &*stranger.1), (400, "PARAM_ERROR"));
    let accepted = shop.post(&format!("{base}/orders"), asked(brand))?;
    assert_eq!(accepted["brand_mchid"], brand);
    assert_eq!(accepted["receivers"][0]["account"], "1900000110");
    let query = format!("{base}/orders?sub_mchid={sub_mchid}&transaction_id={id}&out_order_no=S1");
    let done = shop.get(&query)?;
    assert_eq!(
        (&done["status"], &done["receivers"][0]["result"]),
        (&json!("FINISHED"), &json!("SUCCESS"))
    );
    let back = json!({
        "sub_mchid": sub_mchid, "out_order_no": "S1", "out_return_no": "B1",
        "return_mchid": "1900000110", "amount": 4, "description": "退款",
    });
    let returned = shop.post(&format!("{base}/returnorders"), back)?;
    assert!(returned["return_no"].is_string());
    assert_eq!(shop.sandbox.orders()[0].shared, 6);
    let finish = json!({
        "sub_mchid": sub_mchid, "transaction_id": id, "out_order_no": "U1", "description": "完结",
    });
    shop.post(&format!("{base}/finish-order"), finish)?;
    let left = shop.get(&format!("{base}/orders/{id}/amounts"))?;
    assert_eq!(left["unsplit_amount"], 0);
    let ratio = shop.get(&format!("{base}/brand-configs/{brand}"))?;
    assert_eq!(ratio, json!({"brand_mchid": brand, "max_ratio": 3000}));
    Ok(())
}
