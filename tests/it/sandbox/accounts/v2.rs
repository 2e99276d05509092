//! APIv2: the merchant is in the body, and its key signs.

use serde_json::{Value, json};
use wechatpay_sandbox::Account;

use super::super::Outcome;
use super::{FOREIGN_SUB, PROVIDER, SHOP, SUBS, post, refused, sandbox};

const UNIFIED: &str = "v2/pay/unifiedorder";

fn order(mchid: &str, sub: Option<&str>) -> Value {
    let mut order = json!({
        "appid": "wxd678efh567hg6787", "mch_id": mchid, "body": "公仔", "out_trade_no": "ORDER001",
        "total_fee": "100", "spbill_create_ip": "127.0.0.1", "trade_type": "NATIVE",
        "notify_url": "https://www.example.com/paid",
    });
    if let Some(sub) = sub {
        order["sub_mch_id"] = json!(sub);
    }
    order
}

#[test]
fn each_merchant_signs_with_its_own_key() -> Outcome {
    let sandbox = sandbox()?;
    let (first, shop) = (sandbox.account(sandbox.mchid())?, sandbox.account(SHOP)?);
    assert_ne!(first.v2_key().expose(), shop.v2_key().expose());
    for account in [&first, &shop] {
        let made = post(&account.client()?, UNIFIED, order(account.mchid(), None))?;
        assert_eq!(made["mch_id"], account.mchid());
        account.pay("ORDER001")?;
        assert_eq!(account.take_events()[0].resource["mch_id"], account.mchid());
    }
    let keys = |account: &Account, key: &Account| {
        let builder = account.client_builder().v2_key(key.v2_key().clone());
        builder.build()
    };
    let other = keys(&shop, &first)?;
    let query = json!({"appid": "wxd678efh567hg6787", "mch_id": SHOP, "out_trade_no": "ORDER001"});
    let found = post(&other, "v2/pay/orderquery", query);
    assert_eq!(refused(found)?.2, "签名错误");
    Ok(())
}

#[test]
fn a_provider_s_sub_merchant_has_to_be_its_own() -> Outcome {
    let sandbox = sandbox()?;
    let provider = sandbox.account(PROVIDER)?;
    let client = provider.client()?;
    let made = post(&client, UNIFIED, order(PROVIDER, Some(SUBS[0])))?;
    assert_eq!(made["sub_mch_id"], SUBS[0]);
    for (sub, message) in [
        (Some(FOREIGN_SUB), "受理关系不存在"),
        (None, "受理机构必须传入sub_mch_id"),
    ] {
        let made = post(&client, UNIFIED, order(PROVIDER, sub));
        assert_eq!(refused(made)?.2, message);
        let answer = sandbox
            .last_call()
            .and_then(|it| it.response)
            .ok_or("no answer")?;
        let text = String::from_utf8(answer.body.to_vec())?;
        assert!(text.contains("<return_code>FAIL<"), "{text}");
    }
    let shop = sandbox.account(SHOP)?.client()?;
    let made = post(&shop, UNIFIED, order(SHOP, Some(SUBS[0])));
    assert_eq!(refused(made)?.2, "普通商户不允许传sub_mch_id");
    Ok(())
}
