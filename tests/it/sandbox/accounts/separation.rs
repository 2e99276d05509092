//! No merchant sees what another has.

use serde_json::json;
use wechatpay_chain::Media;

use super::super::Outcome;
use super::super::raw::Raw;
use super::{PROVIDER, SHOP, SUBS, get, order, paid, post, refused, sandbox, says};

const BY_NUMBER: &str = "v3/pay/transactions/out-trade-no/ORDER001";

#[test]
fn two_merchants_may_have_the_same_order_number() -> Outcome {
    let sandbox = sandbox()?;
    let (first, shop) = (sandbox.account(sandbox.mchid())?, sandbox.account(SHOP)?);
    let one = paid(&first, "ORDER001", 100)?;
    let client = shop.client()?;
    post(
        &client,
        "v3/pay/transactions/native",
        order(SHOP, "ORDER001", 200),
    )?;
    let found = get(&client, BY_NUMBER, &[("mchid", SHOP)])?;
    assert_eq!(found["trade_state"], "NOTPAY");
    assert_eq!(found["amount"]["total"], 200);
    assert_eq!(found["mchid"], SHOP);
    shop.pay("ORDER001")?;
    let other = shop.orders()[0].transaction_id.clone();
    assert_ne!(other.as_deref(), Some(&*one), "both have the same id");
    let found = get(&first.client()?, BY_NUMBER, &[("mchid", first.mchid())])?;
    assert_eq!(found["amount"]["total"], 100);
    Ok(())
}

#[test]
fn orders_and_refunds_of_others_are_not_found() -> Outcome {
    let sandbox = sandbox()?;
    let (first, shop) = (sandbox.account(sandbox.mchid())?, sandbox.account(SHOP)?);
    let id = paid(&first, "ORDER001", 100)?;
    let refund = json!({
        "out_trade_no": "ORDER001", "out_refund_no": "REFUND001",
        "amount": {"refund": 10, "total": 100, "currency": "CNY"},
    });
    let refunds = "v3/refund/domestic/refunds";
    post(&first.client()?, refunds, refund.clone())?;

    let client = shop.client()?;
    let by_id = format!("v3/pay/transactions/id/{id}");
    let none = says(404, "ORDER_NOT_EXIST", "订单不存在");
    for path in [BY_NUMBER, &by_id] {
        assert_eq!(refused(get(&client, path, &[("mchid", SHOP)]))?, none);
    }
    let close = format!("{BY_NUMBER}/close");
    let closed = post(&client, &close, json!({"mchid": SHOP}));
    assert_eq!(refused(closed)?, none);
    let found = get(&client, "v3/refund/domestic/refunds/REFUND001", &[]);
    assert_eq!(refused(found)?.0, 404);
    assert_eq!(refused(post(&client, refunds, refund))?.0, 404);
    // A request in the name of the other merchant is not one of its own.
    let other = get(&client, BY_NUMBER, &[("mchid", first.mchid())]);
    assert_eq!(refused(other)?.1, "MCH_NOT_EXISTS");
    Ok(())
}

#[test]
fn images_and_remembered_things_of_others_are_not_found() -> Outcome {
    let sandbox = sandbox()?;
    let (client, other) = (sandbox.client()?, sandbox.account(SHOP)?.client()?);
    let image = || Media::from_bytes("a.png", b"\x89PNG\r\n\x1a\n".to_vec());
    let chain = "v3/merchant-service/images/upload";
    let res = client.chain(chain).post(image(), ()).wait()?;
    let path = format!(
        "v3/merchant-service/images/{}",
        res["media_id"].as_str().ok_or("no id")?
    );
    client.chain(path.clone()).get(()).wait()?;
    let found = other.chain(path).get(()).wait();
    assert_eq!(
        refused(found)?,
        says(404, "RESOURCE_NOT_EXISTS", "图片不存在")
    );

    let punish = "v3/aggracct-bc/wb-channel/control-orders/punish";
    post(&client, punish, super::super::order())?;
    let mut own = super::super::order();
    own["punish_scene"] = json!(2);
    // The same number with other fields would be refused if it were the other merchant's.
    post(&other, punish, own)?;
    Ok(())
}

#[test]
fn a_bill_has_the_merchant_s_own_orders_and_its_address_is_its_own() -> Outcome {
    let sandbox = sandbox()?;
    let shop = sandbox.account(SHOP)?;
    paid(&sandbox.account(sandbox.mchid())?, "ORDER001", 100)?;
    paid(&shop, "ORDER002", 200)?;
    let day = get(
        &shop.client()?,
        "v3/pay/transactions/out-trade-no/ORDER002",
        &[("mchid", SHOP)],
    )?;
    let day = day["success_time"].as_str().ok_or("no time")?[..10].to_owned();
    let bill = get(&shop.client()?, "v3/bill/tradebill", &[("bill_date", &day)])?;
    let url = bill["download_url"].as_str().ok_or("no address")?;
    let target = url.split_once("/v3/").ok_or("no path")?.1;
    let target = format!("/v3/{target}");

    let text = as_account(&sandbox, &shop, &target)?;
    assert!(
        text.1.contains("`1900001100,") && text.1.contains("ORDER002"),
        "{}",
        text.1
    );
    assert!(!text.1.contains("ORDER001"), "{}", text.1);
    let stolen = as_account(&sandbox, &sandbox.account(sandbox.mchid())?, &target)?;
    assert_eq!(stolen.0, 400);
    assert!(!stolen.1.contains("ORDER002"), "{}", stolen.1);
    Ok(())
}

/// Status and body of a `GET` that a merchant signs.
fn as_account(
    sandbox: &wechatpay_sandbox::Sandbox,
    account: &wechatpay_sandbox::Account,
    target: &str,
) -> Outcome<(u16, String)> {
    let mut raw = Raw::new(sandbox, "GET", target)?;
    account.mchid().clone_into(&mut raw.mchid);
    account.serial().clone_into(&mut raw.serial);
    raw.key = account.key().clone();
    let answer = raw.authorized()?.send(sandbox)?;
    Ok((answer.status, String::from_utf8(answer.body)?))
}

#[test]
fn a_reset_forgets_what_every_merchant_did() -> Outcome {
    let sandbox = sandbox()?;
    let shop = sandbox.account(SHOP)?;
    paid(&shop, "ORDER001", 100)?;
    sandbox.reset();
    assert!(shop.orders().is_empty());
    assert!(
        shop.client()?
            .chain("v3/certificates")
            .get(())
            .wait()
            .is_ok()
    );
    Ok(())
}

/// An operation for each kind of number, with the body that a sub-merchant's request has.
fn of_sub(sub: &str, amount: i64) -> [(&'static str, serde_json::Value); 3] {
    let mut order = super::partner_order(sub, "ORDER001");
    order["amount"]["total"] = json!(amount);
    order["settle_info"] = json!({"profit_sharing": true});
    let refund = json!({
        "sub_mchid": sub, "out_trade_no": "ORDER001", "out_refund_no": "REFUND001",
        "amount": {"refund": 10, "total": amount, "currency": "CNY"},
    });
    let transfer = json!({
        "sub_mchid": sub, "appid": "wxd678efh567hg6787", "out_bill_no": "BILL001", "transfer_scene_id": "1000",
        "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "transfer_amount": amount, "transfer_remark": "x",
        "transfer_scene_report_infos": [{"info_type": "活动名称", "info_content": "新会员有礼"}],
    });
    [
        ("v3/pay/partner/transactions/native", order),
        ("v3/refund/domestic/refunds", refund),
        ("v3/fund-app/mch-transfer/partner/transfer-bills", transfer),
    ]
}

#[test]
fn two_sub_merchants_may_use_the_same_numbers() -> Outcome {
    let sandbox = sandbox()?;
    let provider = sandbox.account(PROVIDER)?;
    let client = provider.client()?;
    for (sub, amount) in [(SUBS[0], 100), (SUBS[1], 200)] {
        let [(orders, order), (refunds, refund), (transfers, transfer)] = of_sub(sub, amount);
        post(&client, orders, order)?;
        provider.pay(&format!("{sub}/ORDER001"))?;
        post(&client, refunds, refund)?;
        post(&client, transfers, transfer)?;
    }
    for (sub, amount) in [(SUBS[0], 100), (SUBS[1], 200)] {
        let ids = [("sp_mchid", PROVIDER), ("sub_mchid", sub)];
        let order = get(
            &client,
            "v3/pay/partner/transactions/out-trade-no/ORDER001",
            &ids,
        )?;
        assert_eq!(order["amount"]["total"], amount, "{sub}");
        assert_eq!(order["sub_mchid"], sub);
        let ids = &ids[1..];
        let refund = get(&client, "v3/refund/domestic/refunds/REFUND001", ids)?;
        assert_eq!(refund["amount"]["total"], amount, "{sub}");
        let transfer = "v3/fund-app/mch-transfer/partner/transfer-bills/out-bill-no/BILL001";
        assert_eq!(
            get(&client, transfer, ids)?["transfer_amount"],
            amount,
            "{sub}"
        );
        // The same number again with other fields is refused for this sub-merchant alone.
        let [(orders, _), (refunds, mut refund), _] = of_sub(sub, amount);
        refund["amount"]["refund"] = json!(20);
        assert_eq!(
            refused(post(&client, refunds, refund))?.1,
            "INVALID_REQUEST"
        );
        let again = post(&client, orders, of_sub(sub, amount)[0].1.clone());
        assert_eq!(refused(again)?.1, "ORDERPAID");
    }
    Ok(())
}

#[test]
fn a_number_of_several_sub_merchants_is_named_with_the_sub_merchant() -> Outcome {
    let sandbox = sandbox()?;
    let provider = sandbox.account(PROVIDER)?;
    let client = provider.client()?;
    for sub in SUBS {
        let [(orders, order), ..] = of_sub(sub, 100);
        post(&client, orders, order)?;
    }
    let said = provider.pay("ORDER001").unwrap_err().report();
    assert!(said.contains("several sub-merchants"), "{said}");
    assert!(said.contains(&format!("{}/ORDER001", SUBS[1])), "{said}");
    let number = format!("{}/ORDER001", SUBS[1]);
    provider.pay(&number)?;
    let states: Vec<_> = provider.orders().iter().map(|it| it.trade_state).collect();
    assert_eq!(states, ["NOTPAY", "SUCCESS"]);
    Ok(())
}

#[test]
fn two_sub_merchants_may_use_the_same_numbers_in_v2() -> Outcome {
    let sandbox = sandbox()?;
    let provider = sandbox.account(PROVIDER)?;
    let client = provider.client()?;
    let named = |sub: &str| {
        json!({
            "appid": "wxd678efh567hg6787", "mch_id": PROVIDER, "sub_mch_id": sub, "out_trade_no": "ORDER001",
        })
    };
    for (sub, fee) in [(SUBS[0], "100"), (SUBS[1], "200")] {
        let mut order = named(sub);
        let own = json!({
            "body": "公仔", "total_fee": fee, "spbill_create_ip": "127.0.0.1", "trade_type": "NATIVE",
            "notify_url": "https://www.example.com/paid", "product_id": "1",
        });
        order
            .as_object_mut()
            .ok_or("none")?
            .extend(own.as_object().ok_or("none")?.clone());
        post(&client, "v2/pay/unifiedorder", order)?;
    }
    post(&client, "v2/pay/closeorder", named(SUBS[0]))?;
    let states = SUBS.map(|sub| post(&client, "v2/pay/orderquery", named(sub)));
    let [first, second] = states;
    assert_eq!(first?["trade_state"], "CLOSED");
    assert_eq!(second?["trade_state"], "NOTPAY");
    Ok(())
}
