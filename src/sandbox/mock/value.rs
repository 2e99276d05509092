//! Generates values that look like WeChat Pay's, from a field's format and name.

use serde_json::{Value, json};

use super::listed::likely;
use super::random::SeededRandom;
use crate::date::rfc3339;
use crate::identity::MCHID;
use crate::schema::{Field, FieldKind};
use crate::service_order;
use wechatpay_core::crypto::base64;

/// 2025-06-01 in Beijing. Times are generated too, so that the same request has the same response.
const DAY_ZERO: i64 = 1_748_707_200;
const DAY: i64 = 86_400;
/// 2099-01-01: an order with an end in the past is refused, and this module has no clock.
const FAR: i64 = 4_070_880_000;

/// A value of a field that is neither an object nor an array. For an item of a list, `name` is the name of the list.
pub(super) fn scalar(field: &Field, name: &str, random: &mut SeededRandom) -> Value {
    // APIv2 numbers its members.
    let name = name.trim_end_matches("_$m").trim_end_matches("_$n");
    match (likely(field.values()), field.kind()) {
        (Some(value), FieldKind::Integer | FieldKind::Number) => value
            .parse::<i64>()
            .map_or_else(|_| json!(value), Value::from),
        (Some(value), FieldKind::Boolean) => json!(value == "true"),
        (Some(value), _) => json!(value),
        (None, FieldKind::Boolean) => json!(random.below(2) == 1 && field.name() != "need_encrypt"),
        (None, FieldKind::Integer | FieldKind::Number) => json!(number(field, name, random)),
        (None, _) => json!(text(field, name, random)),
    }
}

/// A text for a path variable, of which only the name is known.
pub(super) fn variable(name: &str, random: &mut SeededRandom) -> String {
    by_name(name, usize::MAX, random)
}

/// A value for a member of a notification, of which only the name is known. Amounts are 100 fen.
pub(super) fn of_name(name: &str, random: &mut SeededRandom, mchid: &str, now: i64) -> Value {
    const AMOUNTS: [&str; 4] = ["amount", "total", "quantity", "refund"];
    const NUMBERS: [&str; 8] = [
        "_total",
        "_amount",
        "_fee",
        "_price",
        "_num",
        "_count",
        "_contribute",
        "_refund",
    ];
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    match name {
        _ if AMOUNTS.contains(&name) || ends(&NUMBERS) => json!(100),
        // A sub-merchant has another number.
        _ if ends(&["mchid", "mch_id"]) && !name.starts_with("sub_") => json!(mchid),
        _ if ends(&["_time", "time_end", "date"]) => json!(rfc3339(now)),
        _ => json!(by_name(name, usize::MAX, random)),
    }
}

fn number(field: &Field, name: &str, random: &mut SeededRandom) -> i64 {
    let usual = match name {
        "mch_id" | "mchid" => MCHID.parse().unwrap_or_default(),
        "offset" => 0,
        "limit" => 10,
        // A batch has one transfer, so the total is its amount.
        "total_amount" | "transfer_amount" => 100,
        _ if name.ends_with("_time") || name.ends_with("timestamp") => time(name, random),
        // One, as generated lists have one item.
        _ if name.contains("count") || name.ends_with("_num") || name.ends_with("_number") => 1,
        _ if name.contains("percent") || name.ends_with("_rate") => 10,
        _ if name.contains("amount") || name.contains("fee") => i64::from(random.below(1000)) + 1,
        _ => i64::from(random.below(100)) + 1,
    };
    let (least, most) = field.range();
    let usual = least.map_or(usual, |least| usual.max(least));
    most.map_or(usual, |most| usual.min(most))
}

/// A text within the documented length.
fn text(field: &Field, name: &str, random: &mut SeededRandom) -> String {
    let (least, most) = field.length();
    let (least, most) = (least.unwrap_or(1), most.unwrap_or(usize::MAX));
    let made = match field.pattern() {
        Some(pattern) if pattern.starts_with(r"\d{8}") => {
            compact(&moment("time", random))[..8].to_owned()
        }
        Some(_) => random.digits(6),
        None => by_format(field, name, most, random),
    };
    let mut made: String = made.chars().take(most).collect();
    while made.chars().count() < least {
        made.push('0');
    }
    made
}

fn by_format(field: &Field, name: &str, most: usize, random: &mut SeededRandom) -> String {
    match field.format() {
        Some("rfc3339") => moment(name, random),
        Some("date") => moment(name, random)[..10].to_owned(),
        Some("yyyyMMddHHmmss") => compact(&moment(name, random)),
        Some("mm") => "06".to_owned(),
        Some("base64") if !field.is_encrypted() => base64::encode(random.hex(16).as_bytes()),
        Some("url" | "MediaUrl") => url(name, most, random),
        Some("MediaId") => random.letters(64),
        Some("rfc2397") => "data:,".to_owned(),
        Some("float" | "integer" | "int32" | "int64" | "uint" | "uint32" | "uint64") => {
            "1".to_owned()
        }
        Some("jsonObjectLike") => "{}".to_owned(),
        Some("jsonArrayLike") => "[]".to_owned(),
        _ => by_name(name, most, random),
    }
}

/// A text by the name of its field; the first matching rule applies.
fn by_name(name: &str, most: usize, random: &mut SeededRandom) -> String {
    exact_name(name, most, random)
        .or_else(|| time_name(name, most, random))
        .unwrap_or_else(|| by_ending(name, most, random))
}

fn exact_name(name: &str, most: usize, random: &mut SeededRandom) -> Option<String> {
    Some(match name {
        "mchid" | "mch_id" | "sp_mchid" | "combine_mchid" | "combine_mch_id" => MCHID.to_owned(),
        "transaction_id" => format!("4200{}", random.digits(24)),
        // The official SDKs read it as an integer of 64 bits.
        "brand_id" => format!("12{}", random.digits(4)),
        "refund_id" => refund_id(&moment(name, random), random),
        "prepay_id" => format!("wx{}{}", compact(&moment(name, random)), random.hex(20)),
        "code_url" => format!("weixin://wxpay/bizpayurl?pr={}", random.letters(9)),
        "hash_type" => "SHA1".to_owned(),
        "hash_value" => random.hex(40),
        "trade_type" => "JSAPI".to_owned(),
        "bill_date" if most < 10 => "20250601".to_owned(),
        "bill_date" => "2025-06-01".to_owned(),
        "bill_type" => "ALL".to_owned(),
        "tar_type" => "GZIP".to_owned(),
        "account_type" => "BASIC".to_owned(),
        // 付款码: the 12 makes the payment succeed at once; see `world::order::code_payment`.
        "auth_code" => format!("12{}", random.digits(16)),
        "is_subscribe" | "user_repaid" => "N".to_owned(),
        // Numbers as texts, as in the samples of the pages.
        "activity_available_week" | "deduct_points" | "used_amounts" => "1".to_owned(),
        "rate" => "650000000".to_owned(),
        "business_category" => "204".to_owned(),
        "channel" => "ORIGINAL".to_owned(),
        "user_received_account" => "支付用户零钱".to_owned(),
        "url" => url(name, most, random),
        "ip" => "127.0.0.1".to_owned(),
        _ => return None,
    })
}

fn time_name(name: &str, most: usize, random: &mut SeededRandom) -> Option<String> {
    const TIMES: [&str; 5] = [
        "_time",
        "time_expire",
        "time_start",
        "time_end",
        "_timestamp",
    ];
    const DATES: [&str; 3] = ["_date", "_begin", "_end"];
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if ends(&TIMES) {
        return Some(time_text(name, most, random));
    }
    // "查询申请状态" of 二级商户进件: 2018-12-10 17:09:01.
    if name == "deadline" {
        return Some(moment(name, random)[..19].replace('T', " "));
    }
    if !ends(&DATES) && name != "date" {
        return None;
    }
    let date = moment(name, random)[..10].to_owned();
    Some(if most < 10 {
        date.replace('-', "")
    } else {
        date
    })
}

fn by_ending(name: &str, most: usize, random: &mut SeededRandom) -> String {
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let text = match name {
        _ if ends(&["mchid", "mch_id", "merchant_id"]) => return format!("19{}", random.digits(8)),
        _ if ends(&["appid", "app_id"]) => return format!("wx{}", random.hex(16)),
        _ if ends(&["openid", "open_id", "unionid"]) => return format!("o{}", random.letters(27)),
        _ if ends(&["_url", "_link", "website"]) => return url(name, most, random),
        _ if name.contains("path") => "pages/index/index",
        _ if name.contains("sha256") => return random.hex(64),
        _ if name.contains("sha1") => return random.hex(40),
        _ if name.contains("md5") => return random.hex(32),
        _ if ends(&["currency", "fee_type"]) => "CNY",
        _ if ends(&["phone", "mobile", "telephone", "phone_number"]) => {
            return format!("1380{}", random.digits(7));
        }
        _ if name.contains("email") => "sandbox@example.com",
        _ if ends(&["_ip"]) => "127.0.0.1",
        _ if ends(&["longitude"]) => "113.941355",
        _ if ends(&["latitude"]) => "22.546245",
        _ if ends(&["bank_type"]) => "OTHERS",
        // WeChat Pay's number of an order or a refund of another country.
        "id" => return random.digits(20),
        _ if ends(&["_id", "_no", "_number", "_code", "billno", "_num"]) => {
            return random.digits(20);
        }
        _ if ends(&["amount", "fee", "count", "price", "version"]) => "1",
        _ if ends(&["status", "state", "result"]) => "SUCCESS",
        _ if ends(&["type", "scene", "scope"]) => "NORMAL",
        _ if ends(&["name"]) => "测试",
        _ if ends(&["token", "key", "ticket", "package_info", "nonce"]) => {
            return random.letters(32);
        }
        _ if ends(&["next", "prev", "self"]) => "/v3/sandbox?offset=0",
        _ => "沙箱",
    };
    text.to_owned()
}

/// A URL of the reserved name example.com (RFC 2606).
fn url(name: &str, most: usize, random: &mut SeededRandom) -> String {
    let long = format!("https://pay.example.com/{name}/{}", random.digits(8));
    if long.len() <= most {
        long
    } else {
        "https://example.com/".to_owned()
    }
}

/// A time in APIv2's format: `20250601120000` in the members `time_…` and where the length allows no more,
/// otherwise `2025-06-01 12:00:00`.
///
/// Source: the samples of the pages, such as "查询订单" and "查询红包记录".
pub(super) fn v2_time(field: &Field, name: &str, random: &mut SeededRandom) -> Option<String> {
    let name = name.trim_end_matches("_$m").trim_end_matches("_$n");
    let is_time =
        name.ends_with("_time") || ["time_start", "time_end", "time_expire"].contains(&name);
    if !is_time
        || field.kind() != FieldKind::String
        || !field.values().is_empty()
        || field.pattern().is_some()
    {
        return None;
    }
    let moment = moment(name, random);
    let is_short = field.length().1.is_some_and(|most| most < 19);
    Some(
        if is_short || name.starts_with("time_") || field.format() == Some("yyyyMMddHHmmss") {
            compact(&moment)
        } else {
            moment[..19].replace('T', " ")
        },
    )
}

/// A time of an order of 微信支付分 whose times are digits alone.
///
/// Source: "查询支付分订单", `paid_time`: `20091225091210`.
pub(super) fn payscore_time(path: &str, name: &str, random: &mut SeededRandom) -> Option<String> {
    let is_compact = service_order::has_compact_times(path) && name.ends_with("_time");
    is_compact.then(|| compact(&moment(name, random)))
}

/// A time as in RFC 3339 or, if that is too long, its digits.
fn time_text(name: &str, most: usize, random: &mut SeededRandom) -> String {
    let moment = moment(name, random);
    match most {
        ..19 => compact(&moment),
        19..25 => moment[..19].replace('T', " "),
        _ => moment,
    }
}

fn moment(name: &str, random: &mut SeededRandom) -> String {
    rfc3339(time(name, random))
}

/// Times of an end are a month later.
fn time(name: &str, random: &mut SeededRandom) -> i64 {
    let end = ["end", "expire", "deadline", "until"];
    let later = end.iter().any(|word| name.contains(word));
    if name == "time_expire" {
        return FAR;
    }
    let day = if later { DAY_ZERO + 30 * DAY } else { DAY_ZERO };
    day + i64::from(random.below(86_400))
}

/// 29 digits, as in WeChat Pay's refund ids: the eleventh to the eighteenth are the date.
fn refund_id(moment: &str, random: &mut SeededRandom) -> String {
    let day = &compact(moment)[..8];
    format!("50300{}{day}{}", random.digits(5), random.digits(11))
}

/// `20250601120000`
fn compact(moment: &str) -> String {
    let digits = moment[..19].chars();
    digits.filter(char::is_ascii_digit).collect()
}
