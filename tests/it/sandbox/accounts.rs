//! Several merchants in one sandbox: whose request it is, and what each of them sees.

mod files;
mod identities;
mod products;
mod providers;
mod sellers;
mod separation;
mod v2;

use serde_json::{Value, json};
use wechatpay_chain::Client;
use wechatpay_sandbox::{Account, MerchantKind, MerchantSettings, Sandbox};

use super::Outcome;

const SHOP: &str = "1900001100";
const PROVIDER: &str = "1900001200";
const SUBS: [&str; 2] = ["1900001201", "1900001202"];
const OTHER_PROVIDER: &str = "1900001300";
const FOREIGN_SUB: &str = "1900001301";

/// The first merchant, another one, and two service providers.
fn sandbox() -> Outcome<Sandbox> {
    let provider = |mchid, subs: &[&str]| {
        MerchantSettings::new(mchid)
            .kind(MerchantKind::ServiceProvider)
            .sub_merchants(subs.to_vec())
    };
    let builder = Sandbox::builder()
        .merchant(MerchantSettings::new(SHOP))
        .merchant(provider(PROVIDER, &SUBS))
        .merchant(provider(OTHER_PROVIDER, &[FOREIGN_SUB]));
    Ok(builder.start_blocking()?)
}

fn order(mchid: &str, number: &str, total: i64) -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "mchid": mchid,
        "description": "公仔",
        "out_trade_no": number,
        "notify_url": "https://www.example.com/paid",
        "amount": {"total": total},
    })
}

fn partner_order(sub_mchid: &str, number: &str) -> Value {
    json!({
        "sp_appid": "wxd678efh567hg6787",
        "sp_mchid": PROVIDER,
        "sub_mchid": sub_mchid,
        "description": "公仔",
        "out_trade_no": number,
        "notify_url": "https://www.example.com/paid",
        "amount": {"total": 100},
    })
}

/// An order that its user has paid; gives WeChat Pay's number.
fn paid(account: &Account, number: &str, total: i64) -> Outcome<String> {
    let client = account.client()?;
    let order = order(account.mchid(), number, total);
    post(&client, "v3/pay/transactions/native", order)?;
    account.pay(number)?;
    let paid = account
        .orders()
        .into_iter()
        .find(|it| it.out_trade_no == number);
    Ok(paid.and_then(|it| it.transaction_id).ok_or("not paid")?)
}

fn post(client: &Client, path: &str, body: Value) -> wechatpay_chain::Result<Value> {
    client
        .chain(path.to_owned())
        .post(body, ())
        .wait()?
        .into_value()
}

fn get(client: &Client, path: &str, query: &[(&str, &str)]) -> wechatpay_chain::Result<Value> {
    let call = client.chain(path.to_owned()).get(());
    let pairs = query.iter();
    let call = pairs.fold(call, |call, (name, value)| call.query(*name, *value));
    call.wait()?.into_value()
}

/// Status, code and message of a refusal.
fn refused<T>(outcome: wechatpay_chain::Result<T>) -> Outcome<(u16, String, String)> {
    let err = outcome.err().ok_or("it was not refused")?;
    let api = err.api().ok_or_else(|| err.report())?;
    let status = api.status.as_u16();
    Ok((status, api.code.clone(), api.message.clone()))
}

fn says(status: u16, code: &str, message: &str) -> (u16, String, String) {
    (status, code.to_owned(), message.to_owned())
}
