//! WeCom (企业微信) payments: a middleware adds `workwx_sign`, a second signature with WeCom's secret,
//! before APIv2's `sign`.
//!
//! ```text
//! cargo run --example wecom
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use serde_json::{Value, json};
use wechatpay_chain::crypto::digest::md5_hex;
use wechatpay_chain::middleware::{TRANSFORM_REQUEST, from_fn};
use wechatpay_chain::{ErrorKind, Next, Payload, Request, Response, Result, Secret};
use wechatpay_sandbox::Sandbox;

/// The members that WeCom's signature of a payment to a user covers, sorted.
const SIGNED: [&str; 9] = [
    "amount",
    "appid",
    "desc",
    "mch_id",
    "nonce_str",
    "openid",
    "partner_trade_no",
    "ww_msg_type",
    "act_name",
];

async fn add_workwx_sign(secret: Secret, mut request: Request, next: Next) -> Result<Response> {
    if let Payload::Json(members) = request.body_mut() {
        members["workwx_sign"] = json!(workwx_sign(members, &secret)?);
    }
    next.run(request).await
}

/// `k=v` of the members sorted by name, joined by `&`, then `&secret=…`; upper-case MD5.
fn workwx_sign(members: &Value, secret: &Secret) -> Result<String> {
    let mut pairs = SIGNED
        .iter()
        .filter_map(|name| {
            let text = members[*name].as_str().filter(|text| !text.is_empty())?;
            Some(format!("{name}={text}"))
        })
        .collect::<Vec<_>>();
    pairs.sort();
    if pairs.is_empty() {
        let message = "there is nothing for WeCom's signature to cover";
        return Err(wechatpay_chain::Error::new(ErrorKind::Middleware, message));
    }
    md5_hex(format!("{}&secret={}", pairs.join("&"), secret.expose()).as_bytes())
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start_blocking()?;
    let secret = Secret::new("the payment application's secret of WeCom");
    let client = sandbox.client()?.with_v2_stack(|stack| {
        let layer = from_fn(move |request, next| add_workwx_sign(secret.clone(), request, next));
        stack.before(TRANSFORM_REQUEST, "workwx_sign", layer)?;
        Ok(())
    })?;

    let payment = json!({
        "appid": "wxe062425f740c8888",
        "mch_id": sandbox.mchid(),
        // WeCom's signature covers it, so it must be set here.
        "nonce_str": "3PG2J4ILTKCH16CQ2502SI8ZNMTM67VS",
        "partner_trade_no": "100000982017072019616",
        "openid": "ohO4Gt7wVPxIT1A9GjFaMYMiZY1s",
        "check_name": "NO_CHECK",
        "amount": "100",
        "desc": "六月出差报销费用",
        "spbill_create_ip": "10.2.3.10",
        "ww_msg_type": "NORMAL_MSG",
        "act_name": "示例项目",
    });
    let response = client
        .chain("v2/mmpaymkttransfers/promotion/paywwsptrans2pocket")
        .post(payment, ())
        .wait()?;
    let sent = sandbox
        .last_call()
        .and_then(|call| call.json)
        .unwrap_or_default();
    println!("workwx_sign {}", sent["workwx_sign"]);
    println!("sign        {}", sent["sign"]);
    println!("result_code {}", response["result_code"]);
    if response["result_code"] == "SUCCESS" && sent["workwx_sign"].is_string() {
        Ok(())
    } else {
        Err("the payment was not accepted".into())
    }
}
