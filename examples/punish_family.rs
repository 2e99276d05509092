//! The life of a control order (微众台账管控): punish, query, recover, query, in six styles against the sandbox.
//!
//! ```text
//! cargo run --example punish_family
//! ```
//!
//! It ends with an error unless each query matches the preceding request.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wechatpay_chain::{BoxError, Client, Response};
use wechatpay_sandbox::Sandbox;

const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";
const RECOVER: &str = "v3/aggracct-bc/wb-channel/control-orders/recover";
const ORDER: &str = "v3/aggracct-bc/wb-channel/control-orders/{out_request_no}";
const MCHID: &str = "1900000110";
/// Plaintext here; the client encrypts it.
const ACCOUNT: &str = "6217000000000000001";

#[derive(Clone, Copy, Debug)]
enum Style {
    PureChain,
    Declarative,
    Index,
}

fn main() -> Result<(), BoxError> {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let styles = [Style::PureChain, Style::Declarative, Style::Index];
    let runtime = Runtime::new()?;
    for style in styles {
        runtime.block_on(with_await(&client, style))?;
    }
    // No runtime from here on: `.wait()` needs none.
    drop(runtime);
    for style in styles {
        with_wait(&client, style)?;
    }
    Ok(())
}

async fn with_await(client: &Client, style: Style) -> Result<(), BoxError> {
    let number = format!("AWAIT-{style:?}");
    let punished = match style {
        Style::PureChain => {
            let orders = client
                .v3()
                .seg("aggracctBc")
                .seg("wbChannel")
                .seg("controlOrders");
            orders.seg("punish").post(punish(&number), ()).await?
        }
        Style::Declarative => client.chain(PUNISH).post(punish(&number), ()).await?,
        Style::Index => client[PUNISH].post(punish(&number), ()).await?,
    };
    let call = client.chain(ORDER).get(()).var("out_request_no", &*number);
    let seen = call
        .query("control_type", "PUNISH")
        .query("mchid", MCHID)
        .await?;
    check_punished(&punished, &seen)?;

    let recovery = recover(&number, &punished);
    let recovered = match style {
        Style::PureChain => {
            let orders = client
                .v3()
                .seg("aggracctBc")
                .seg("wbChannel")
                .seg("controlOrders");
            orders.seg("recover").post(recovery, ()).await?
        }
        Style::Declarative => client.chain(RECOVER).post(recovery, ()).await?,
        Style::Index => client[RECOVER].post(recovery, ()).await?,
    };
    let call = client.chain(ORDER).get(()).var("out_request_no", &*number);
    let seen = call
        .query("control_type", "PUNISH")
        .query("mchid", MCHID)
        .await?;
    check_recovered("await", style, &recovered, &seen)
}

fn with_wait(client: &Client, style: Style) -> Result<(), BoxError> {
    let number = format!("WAIT-{style:?}");
    let punished = match style {
        Style::PureChain => {
            let orders = client
                .v3()
                .seg("aggracctBc")
                .seg("wbChannel")
                .seg("controlOrders");
            orders.seg("punish").post(punish(&number), ()).wait()?
        }
        Style::Declarative => client.chain(PUNISH).post(punish(&number), ()).wait()?,
        Style::Index => client[PUNISH].post(punish(&number), ()).wait()?,
    };
    let call = client.chain(ORDER).get(()).var("out_request_no", &*number);
    let seen = call
        .query("control_type", "PUNISH")
        .query("mchid", MCHID)
        .wait()?;
    check_punished(&punished, &seen)?;

    let recovery = recover(&number, &punished);
    let recovered = match style {
        Style::PureChain => {
            let orders = client
                .v3()
                .seg("aggracctBc")
                .seg("wbChannel")
                .seg("controlOrders");
            orders.seg("recover").post(recovery, ()).wait()?
        }
        Style::Declarative => client.chain(RECOVER).post(recovery, ()).wait()?,
        Style::Index => client[RECOVER].post(recovery, ()).wait()?,
    };
    let call = client.chain(ORDER).get(()).var("out_request_no", &*number);
    let seen = call
        .query("control_type", "PUNISH")
        .query("mchid", MCHID)
        .wait()?;
    check_recovered("wait", style, &recovered, &seen)
}

fn punish(out_request_no: &str) -> Value {
    json!({
        "out_request_no": out_request_no,
        "mchid": MCHID,
        "bal_account_no": ACCOUNT,
        "punish_scene": 1,
        "punish_reason": "连续三日交易异常",
        "punish_end_time": "2026-12-31T23:59:59+08:00",
    })
}

fn recover(punish_number: &str, punished: &Response) -> Value {
    json!({
        "out_request_no": format!("{punish_number}-R"),
        "related_webank_punish_no": punish_number,
        "related_wxpay_punish_no": punished["wxpay_punish_no"],
        "mchid": MCHID,
        "bal_account_no": ACCOUNT,
        "recover_reason": "商户已整改",
    })
}

fn check_punished(punished: &Response, seen: &Response) -> Result<(), BoxError> {
    let order = &seen["punish_order"];
    let agrees = order["wxpay_punish_no"] == punished["wxpay_punish_no"]
        && order["punish_reason"] == "连续三日交易异常"
        && order["effect_state"] != "RECOVERED";
    agrees
        .then_some(())
        .ok_or_else(|| format!("the query disagrees: {order}").into())
}

fn check_recovered(
    how: &str,
    style: Style,
    recovered: &Response,
    seen: &Response,
) -> Result<(), BoxError> {
    let order = &seen["punish_order"];
    if order["effect_state"] != "RECOVERED" {
        return Err(format!("the punishment is still in force: {order}").into());
    }
    let numbers = (&order["wxpay_punish_no"], &recovered["wxpay_recover_no"]);
    println!(
        "{how:<6} {style:<12?} {} recovered by {}",
        numbers.0, numbers.1
    );
    Ok(())
}
