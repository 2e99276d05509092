//! The sandbox over real sockets: its door, its answers, its faults.

mod answers;
mod brand;
mod control;
mod door;
mod faults;
mod fields;
mod life;
mod limits;
mod made;
mod operations;
mod raw;
mod sockets;
mod unknown;
mod why;
mod world;

use std::error::Error;

use serde_json::{Value, json};
use wechatpay_sandbox::{CallRecord, Sandbox, Verdict};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";

pub(crate) fn order() -> Value {
    json!({"out_request_no": "P1", "mchid": "1900000109", "bal_account_no": "6217000000000000001", "punish_scene": 1})
}

const V2_ORDERS: &str = "v2/pay/unifiedorder";

fn v2_order(sandbox: &Sandbox) -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "mch_id": sandbox.mchid(),
        "body": "公仔",
        "total_fee": 100,
        "out_trade_no": "1217752501201407033233368018",
        "spbill_create_ip": "127.0.0.1",
        "notify_url": "https://www.example.com/paid",
        "trade_type": "NATIVE",
    })
}

fn last(sandbox: &Sandbox) -> Outcome<CallRecord> {
    Ok(sandbox.last_call().ok_or("the sandbox was not called")?)
}

/// Why the last request was refused, which has to be said in Chinese as well; empty when it was not.
fn why(sandbox: &Sandbox) -> Outcome<String> {
    Ok(match last(sandbox)?.verdict {
        Verdict::Refused { why, why_zh, .. } => {
            assert!(is_chinese(&why_zh), "{why}: {why_zh}");
            assert_ne!(why, why_zh);
            why
        }
        _ => String::new(),
    })
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}
