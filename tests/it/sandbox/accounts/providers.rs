//! Service providers and their sub-merchants.

use serde_json::json;
use wechatpay_chain::catalog::Operation;
use wechatpay_chain::{Call, Client};
use wechatpay_sandbox::schema;
use wechatpay_sandbox::{MerchantKind, MerchantSettings, SampleRequest, Sandbox};

use super::super::Outcome;
use super::super::operations::empty;
use super::{FOREIGN_SUB, OTHER_PROVIDER, PROVIDER, SHOP, SUBS};
use super::{get, order, partner_order, post, refused, sandbox, says};

const PARTNER: &str = "v3/pay/partner/transactions/native";

#[test]
fn a_provider_s_order_names_both_merchants_and_is_its_own() -> Outcome {
    let sandbox = sandbox()?;
    let provider = sandbox.account(PROVIDER)?;
    let client = provider.client()?;
    post(&client, PARTNER, partner_order(SUBS[0], "ORDER001"))?;
    provider.pay("ORDER001")?;
    let query = "v3/pay/partner/transactions/out-trade-no/ORDER001";
    let ids = [("sp_mchid", PROVIDER), ("sub_mchid", SUBS[0])];
    let found = get(&client, query, &ids)?;
    assert_eq!(
        [&found["sp_mchid"], &found["sub_mchid"]],
        [PROVIDER, SUBS[0]]
    );
    let told = provider.take_events().remove(0).resource;
    assert_eq!([&told["sp_mchid"], &told["sub_mchid"]], [PROVIDER, SUBS[0]]);
    assert!(sandbox.account(SUBS[0])?.take_events().is_empty());

    let wrong = [("sp_mchid", PROVIDER), ("sub_mchid", SUBS[1])];
    assert_eq!(refused(get(&client, query, &wrong))?.1, "ORDER_NOT_EXIST");
    let other = sandbox.account(OTHER_PROVIDER)?.client()?;
    let ids = [("sp_mchid", OTHER_PROVIDER), ("sub_mchid", FOREIGN_SUB)];
    assert_eq!(refused(get(&other, query, &ids))?.1, "ORDER_NOT_EXIST");
    Ok(())
}

#[test]
fn calls_for_a_sub_merchant_of_another_provider_are_refused() -> Outcome {
    let sandbox = sandbox()?;
    let client = sandbox.account(PROVIDER)?.client()?;
    let not_bound = says(403, "NO_AUTH", "受理关系不存在");
    for sub in [FOREIGN_SUB, SHOP, "1900009999"] {
        let made = post(&client, PARTNER, partner_order(sub, "ORDER001"));
        assert_eq!(refused(made)?, not_bound, "{sub}");
    }
    // In the query, in the path, and in the orders of a combined one.
    let query = "v3/pay/partner/transactions/out-trade-no/ORDER001";
    let ids = [("sp_mchid", PROVIDER), ("sub_mchid", FOREIGN_SUB)];
    assert_eq!(refused(get(&client, query, &ids))?, not_bound);
    let balance = format!("v3/ecommerce/fund/balance/{FOREIGN_SUB}");
    assert_eq!(refused(get(&client, &balance, &[]))?, not_bound);
    let part = |sub: &str, number: &str| {
        json!({
            "mchid": PROVIDER, "sub_mchid": sub, "out_trade_no": number, "description": "公仔", "attach": "a",
            "amount": {"total_amount": 10, "currency": "CNY"},
        })
    };
    let combined = |sub| {
        json!({
            "combine_appid": "wxd678efh567hg6787", "combine_mchid": PROVIDER, "combine_out_trade_no": "COMBINE001",
            "notify_url": "https://www.example.com/paid",
            "sub_orders": [part(SUBS[0], "PART001"), part(sub, "PART002")],
        })
    };
    let path = "v3/combine-transactions/native";
    assert_eq!(
        refused(post(&client, path, combined(FOREIGN_SUB)))?,
        not_bound
    );
    post(&client, path, combined(SUBS[1]))?;
    Ok(())
}

#[test]
fn a_sub_merchant_calls_for_itself_with_its_own_keys() -> Outcome {
    let sandbox = sandbox()?;
    let provider = sandbox.account(PROVIDER)?;
    post(
        &provider.client()?,
        PARTNER,
        partner_order(SUBS[0], "ORDER001"),
    )?;
    let sub = sandbox.account(SUBS[0])?;
    assert_eq!(sub.kind(), MerchantKind::Merchant);
    let client = sub.client()?;
    let path = "v3/pay/transactions/native";
    post(&client, path, order(SUBS[0], "ORDER001", 300))?;
    let query = "v3/pay/transactions/out-trade-no/ORDER001";
    let found = get(&client, query, &[("mchid", SUBS[0])])?;
    assert_eq!(found["amount"]["total"], 300, "not the provider's order");

    let mut own = partner_order(SUBS[1], "ORDER002");
    own["sp_mchid"] = json!(SUBS[0]);
    let not_allowed = says(400, "PARAM_ERROR", "普通商户不允许传sub_mch_id");
    assert_eq!(refused(post(&client, PARTNER, own))?, not_allowed);
    Ok(())
}

#[test]
fn a_provider_has_no_orders_of_its_own() -> Outcome {
    let sandbox = sandbox()?;
    let client = sandbox.account(PROVIDER)?.client()?;
    let made = post(
        &client,
        "v3/pay/transactions/native",
        order(PROVIDER, "ORDER001", 1),
    );
    let missing = says(400, "PARAM_ERROR", "受理机构必须传入sub_mch_id");
    assert_eq!(refused(made)?, missing);
    Ok(())
}

#[test]
fn a_sandbox_has_a_provider_with_two_sub_merchants_from_the_start() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let merchants = sandbox.merchants();
    assert_eq!(
        merchants,
        ["1900000109", "1900007100", "1900007101", "1900007102"]
    );
    let provider = sandbox.account("1900007100")?;
    assert_eq!(provider.sub_merchants(), ["1900007101", "1900007102"]);
    let mut own = partner_order("1900007102", "ORDER001");
    own["sp_mchid"] = json!("1900007100");
    post(&provider.client()?, PARTNER, own)?;
    // The first merchant may call for any other.
    let first = sandbox.client()?;
    let mut any = partner_order("1900009999", "ORDER001");
    any["sp_mchid"] = json!("1900000109");
    post(&first, PARTNER, any.clone())?;
    any["sub_mchid"] = json!("1900007101");
    any["out_trade_no"] = json!("ORDER002");
    assert_eq!(refused(post(&first, PARTNER, any))?.2, "受理关系不存在");
    let err = sandbox.account("1900009999").unwrap_err();
    assert!(err.report().contains("1900009999"), "{}", err.report());
    Ok(())
}

/// Each operation that names a provider, and not only those of orders.
#[test]
fn a_provider_or_channel_that_is_not_the_caller_s_is_refused() -> Outcome {
    let sandbox = sandbox()?;
    let not_exists = says(400, "MCH_NOT_EXISTS", "商户号不存在");
    let path = "v3/partner-transfer/batches/out-batch-no/B1";
    let batch = |caller: &str, provider: &str| -> Outcome<_> {
        let client = sandbox.account(caller)?.client()?;
        let ids = [("sp_mchid", provider), ("need_query_detail", "false")];
        Ok(get(&client, path, &ids).map(drop))
    };
    for other in [OTHER_PROVIDER, SHOP, "1900009999"] {
        assert_eq!(refused(batch(PROVIDER, other)?)?, not_exists, "{other}");
    }
    batch(PROVIDER, PROVIDER)??;
    batch(SUBS[0], PROVIDER)??;
    assert_eq!(refused(batch(SUBS[0], OTHER_PROVIDER)?)?, not_exists);

    let channel = MerchantSettings::new("1900001400").kind(MerchantKind::Channel);
    let channel = sandbox.add_merchant(channel)?.client()?;
    let risk = "v3/merchant-risk-manage/trade-risk-information";
    let ids = |id| [("channel_id", id), ("out_trade_no", "ORDER001")];
    assert_eq!(
        refused(get(&channel, risk, &ids("1900009999")))?,
        not_exists
    );
    assert_eq!(refused(get(&channel, risk, &ids(PROVIDER)))?, not_exists);
    get(&channel, risk, &ids("1900001400"))?;
    let shop = sandbox.account(SHOP)?.client()?;
    assert_eq!(refused(get(&shop, risk, &ids(PROVIDER)))?, not_exists);
    get(&shop, risk, &ids("1900001400"))?;
    Ok(())
}

/// Every operation that names a sub-merchant: in the path, the query, the body, or in an item of a list.
#[test]
fn every_operation_refuses_a_sub_merchant_of_another_provider() -> Outcome {
    let sandbox = sandbox()?;
    let client = sandbox.account(PROVIDER)?.client()?;
    let (mut count, mut failed) = (0, Vec::new());
    for schema in schema::all() {
        let operation = schema.operation();
        let sample = SampleRequest::complete(&schema, 0);
        let mut named = 0;
        let call = call_for(&client, operation, &sample, &mut named);
        if named == 0 || operation.is_brand() || operation.unsigned_request() {
            continue;
        }
        count += 1;
        let said = match call.wait() {
            Ok(_) => "accepted".to_owned(),
            Err(err) => err
                .api()
                .map_or_else(|| err.report(), |it| it.message.clone()),
        };
        if said != "受理关系不存在" {
            failed.push(format!(
                "{} {}: {said}",
                operation.method(),
                operation.path()
            ));
        }
    }
    failed.sort();
    assert_eq!(failed, [""; 0], "{} of {count}", failed.len());
    assert!(count > 350, "{count}");
    Ok(())
}

/// The call of a sample by the provider for a foreign sub-merchant; counts the places that name it.
fn call_for(
    client: &Client,
    operation: &Operation,
    sample: &SampleRequest,
    named: &mut usize,
) -> Call {
    let mut id_for = |name: &str| match name {
        "sub_mchid" | "sub_mch_id" => {
            *named += 1;
            Some(FOREIGN_SUB)
        }
        "mchid" | "mch_id" | "sp_mchid" | "combine_mchid" | "combine_mch_id" | "channel_id" => {
            Some(PROVIDER)
        }
        _ => None,
    };
    let mut call = empty(client, operation);
    for (name, value) in sample.query() {
        call = call.query(name, id_for(name).unwrap_or(value));
    }
    for (name, value) in sample.vars() {
        call = call.var(*name, id_for(name).unwrap_or(value));
    }
    if let Some(mut body) = sample.body().cloned() {
        let mut objects = vec![&mut body];
        while let Some(object) = objects.pop() {
            for (name, value) in object.as_object_mut().into_iter().flatten() {
                match id_for(name) {
                    Some(id) if !value.is_array() => *value = json!(id),
                    _ => objects.extend(value.as_array_mut().into_iter().flatten()),
                }
            }
        }
        call = call.json(body);
    }
    call
}
