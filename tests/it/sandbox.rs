//! The sandbox over real sockets: its gateway, its answers, its faults.

mod accounts;
mod answers;
mod awkward;
mod brand;
mod control;
mod faults;
mod fields;
mod gateway;
mod life;
mod limits;
mod mock;
mod operations;
mod raw;
mod remembered;
#[cfg(feature = "sm")]
mod sm;
mod sockets;
mod state;
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

/// Whether a text is wholly Chinese: of English it has names, such as `out_trade_no` and HTTP, and no two words of a
/// sentence one after the other.
fn is_chinese(text: &str) -> bool {
    let is_word = |word: &str| {
        let word = word.trim_matches(|c: char| ",.;:!?()".contains(c));
        word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let words: Vec<_> = text.split(' ').collect();
    let is_english = words
        .windows(2)
        .any(|pair| is_word(pair[0]) && is_word(pair[1]));
    !is_english && text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn chinese_has_names_and_no_english_words() {
    for (text, expected) in [
        ("请求头 Authorization 无法解析", true),
        ("out_trade_no 为 6 至 32 字节", true),
        ("此字段需要一个 object 类型的 Json 值", true),
        ("无法解析：the signature is missing", false),
        ("the signature", false),
        ("GET", false),
    ] {
        assert_eq!(is_chinese(text), expected, "{text}");
    }
}
