//! Products that a merchant has opened, or not.

use serde_json::json;
use wechatpay_sandbox::{MerchantKind, MerchantSettings, Sandbox};

use super::super::Outcome;
use super::{PROVIDER, SHOP, SUBS, get, order, partner_order, post, refused, says};

const NOT_OPENED: &str = "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试";

#[test]
fn a_product_that_is_not_opened_is_no_auth() -> Outcome {
    let shop = MerchantSettings::new(SHOP).products(["native"]);
    let sandbox = Sandbox::builder().merchant(shop).start_blocking()?;
    let account = sandbox.account(SHOP)?;
    let client = account.client()?;
    post(
        &client,
        "v3/pay/transactions/native",
        order(SHOP, "ORDER001", 1),
    )?;
    let refusal = says(403, "NO_AUTH", NOT_OPENED);
    let app = post(
        &client,
        "v3/pay/transactions/app",
        order(SHOP, "ORDER002", 1),
    );
    assert_eq!(refused(app)?, refusal);
    assert!(super::super::why(&sandbox)?.contains("app"));
    let transfer = get(
        &client,
        "v3/fund-app/mch-transfer/transfer-bills/out-bill-no/T0001",
        &[],
    );
    assert_eq!(refused(transfer)?, refusal);
    // Queries, refunds and bills belong to no product.
    let query = "v3/pay/transactions/out-trade-no/ORDER001";
    get(&client, query, &[("mchid", SHOP)])?;
    assert_eq!(
        account.orders().len(),
        1,
        "nothing of the refused one is left"
    );

    let unified = json!({
        "appid": "wxd678efh567hg6787", "mch_id": SHOP, "body": "公仔", "out_trade_no": "ORDER003",
        "total_fee": "1", "spbill_create_ip": "127.0.0.1", "trade_type": "APP",
        "notify_url": "https://www.example.com/paid",
    });
    let v2 = post(&client, "v2/pay/unifiedorder", unified.clone());
    assert_eq!(refused(v2)?.2, NOT_OPENED);
    let mut native = unified;
    native["trade_type"] = json!("NATIVE");
    post(&client, "v2/pay/unifiedorder", native)?;
    Ok(())
}

#[test]
fn a_sub_merchant_opens_its_own_products() -> Outcome {
    let sandbox = Sandbox::builder()
        .merchant(
            MerchantSettings::new(PROVIDER)
                .kind(MerchantKind::ServiceProvider)
                .sub_merchants(SUBS),
        )
        .merchant(MerchantSettings::new(SUBS[0]).products(["jsapi"]))
        .start_blocking()?;
    let client = sandbox.account(PROVIDER)?.client()?;
    let path = "v3/pay/partner/transactions/native";
    let made = post(&client, path, partner_order(SUBS[0], "ORDER001"));
    let refusal = says(403, "NO_AUTH", "特约子商户商户号未授权服务商的产品权限");
    assert_eq!(refused(made)?, refusal);
    post(&client, path, partner_order(SUBS[1], "ORDER001"))?;
    Ok(())
}
