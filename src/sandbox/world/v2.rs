//! APIv2 over the same orders and refunds: an order of one API is queried by the other.
//!
//! Sources: the APIv2 documents "统一下单", "查询订单", "关闭订单", "提交付款码支付", "撤销订单", "申请退款" and
//! "查询退款", with the codes of their error tables; the texts are those that users report.

use serde_json::{Value, json};

use super::super::date::{Local, parse_compact};
use super::super::refusal::Refusal;
use super::order::{Kind, Order, Party, Payer, TradeState};
use super::orders::{WEEK, close_order, currency, reverse_order, usable};
use super::refund::{Flavour, Refund};
use super::request::{Fields, Request};
use super::{Outcome, State, Told, codepay, refunds, refusals, user};

/// What is another one each time, and says nothing of the order.
const FLEETING: [&str; 4] = ["sign", "sign_type", "nonce_str", "spbill_create_ip"];

pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let path = request.operation.path().strip_prefix("v2/")?;
    let whole = request.body?;
    let mut body = whole.clone();
    if let Value::Object(members) = &mut body {
        members.retain(|name, _| !FLEETING.contains(&&**name));
    }
    let request = &Request {
        body: Some(&body),
        ..*request
    };
    let outcome = match path {
        "pay/unifiedorder" => unified(state, request),
        "pay/micropay" => micropay(state, request),
        "pay/orderquery" => query(state, request),
        "pay/closeorder" => close(state, request),
        "secapi/pay/reverse" => reverse(state, request),
        "secapi/pay/refund" | "secapi/pay/refundv2" => refund(state, request),
        "pay/refundquery" | "pay/refundqueryv2" => refund_query(state, request),
        _ => return None,
    };
    let outcome = outcome.map_err(respell);
    Some(outcome.map(|told| signed_alike(told, whole)))
}

/// An answer is signed as its request is, which its `sign_type` says.
fn signed_alike(mut told: Told, request: &Value) -> Told {
    if let (Some(body), Some(kind)) = (&mut told.body, request.get("sign_type")) {
        body["sign_type"] = kind.clone();
    }
    told
}

/// APIv2 has names of its own for the same errors.
fn respell(refusal: Refusal) -> Refusal {
    let (code, message) = match (refusal.code, &*refusal.message) {
        ("RESOURCE_NOT_EXISTS", "退款单不存在") => ("REFUNDNOTEXIST", "not exist"),
        ("ORDER_NOT_EXIST" | "RESOURCE_NOT_EXISTS", _) => ("ORDERNOTEXIST", "订单不存在"),
        ("PARAM_ERROR", _) => return refusal.in_v2(),
        ("ORDER_CLOSED", _) => return refusal.in_code("ORDERCLOSED"),
        ("INVALID_REQUEST", "订单已经超过退款期限") => {
            return refusal.in_code("TRADE_OVERDUE");
        }
        ("INVALID_REQUEST", "订单已全额退款") => return refusal.in_code("ERROR"),
        (
            "INVALID_REQUEST",
            "您的请求参数与订单信息不一致" | "订单金额或退款金额与之前请求不一致，请核实后再试",
        ) => (
            "REFUND_FEE_MISMATCH",
            "订单金额或退款金额与之前请求不一致，请核实后再试",
        ),
        _ => return refusal,
    };
    refusal.in_words(code, message)
}

fn unified(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let kind = match &*fields.text("/trade_type", 16)? {
        "JSAPI" => Kind::JSAPI,
        "NATIVE" => Kind::NATIVE,
        "APP" => Kind::APP,
        "MWEB" => Kind::H5,
        _ => return Err(fields.wrong("/trade_type", "应为JSAPI、NATIVE、APP或MWEB")),
    };
    let mut order = read(&fields, request, kind)?;
    order.notify_url = Some(fields.text("/notify_url", 256)?);
    let nobody = order.payer.openid.is_none() && order.payer.sub_openid.is_none();
    if kind == Kind::JSAPI && nobody {
        return Err(fields.wrong("/openid", "缺少必填参数"));
    }
    if let Some(known) = state.orders.get(&order.out_trade_no) {
        usable(known, &order, request.now)?;
        return Ok(Told::json(known.answer.clone()));
    }
    order.answer = offered(state, &order, request.now);
    let answer = order.answer.clone();
    state.orders.insert(order, request.now);
    Ok(Told::json(answer))
}

fn offered(state: &mut State, order: &Order, now: i64) -> Value {
    let prepay = state.numbers.prepay(now);
    let mut answer = whose(&order.party);
    answer["trade_type"] = json!(order.kind.trade_type);
    match order.kind {
        Kind::NATIVE => {
            let code = state.numbers.code();
            answer["code_url"] = json!(format!("weixin://wxpay/bizpayurl?pr={code}"));
        }
        Kind::H5 => {
            let page = "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb";
            let url = format!("{page}?prepay_id={prepay}&package=1037687096");
            answer["mweb_url"] = json!(url);
        }
        _ => {}
    }
    answer["prepay_id"] = json!(prepay);
    answer
}

fn micropay(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let order = read(&fields, request, Kind::CODE)?;
    let code = fields.text("/auth_code", 128)?;
    if !codepay::is_code(&code) {
        return Err(refusals::bad_code());
    }
    let number = order.out_trade_no.clone();
    codepay::begin(state, order, &code, request.now)?;
    let order = state.orders.get(&number);
    let order = order.ok_or_else(|| refusals::order_not_exist(&number))?;
    match order.state(request.now) {
        TradeState::UserPaying => Err(refusals::user_paying()),
        TradeState::PayError => Err(refusals::order_closed()),
        _ => Ok(Told::json(user::v2_members(order))),
    }
}

fn read(fields: &Fields<'_>, request: &Request<'_>, kind: Kind) -> Result<Order, Refusal> {
    let party = Party {
        appid: fields.text("/appid", 32)?,
        mchid: fields.text("/mch_id", 32)?,
        sub_appid: fields.maybe("/sub_appid", 32)?,
        sub_mchid: fields.maybe("/sub_mch_id", 32)?,
    };
    let currency = currency(fields, "/fee_type")?;
    let order = Order::new(fields.number("/out_trade_no", 32)?, party, kind);
    Ok(Order {
        is_v2: true,
        payer: Payer {
            openid: fields.maybe("/openid", 128)?,
            sub_openid: fields.maybe("/sub_openid", 128)?,
        },
        fingerprint: request.fingerprint(),
        description: fields.text("/body", 128)?,
        attach: fields.maybe("/attach", 128)?,
        total: amount(fields, "/total_fee")?,
        currency,
        created: request.now,
        expires: expires(fields, request.now)?,
        shareable: fields.maybe("/profit_sharing", 16)?.as_deref() == Some("Y"),
        ..order
    })
}

/// In fen, written with digits alone.
fn amount(fields: &Fields<'_>, pointer: &str) -> Result<i64, Refusal> {
    let text = fields.text(pointer, 19)?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let amount = text.parse().ok().filter(|amount| digits && *amount >= 1);
    amount.ok_or_else(|| fields.wrong(pointer, "应为大于0的整数，单位为分"))
}

/// The end of payment is at least a minute away.
fn expires(fields: &Fields<'_>, now: i64) -> Result<i64, Refusal> {
    let Some(text) = fields.maybe("/time_expire", 14)? else {
        return Ok(now.saturating_add(WEEK));
    };
    let wrong = || fields.wrong("/time_expire", "格式应为yyyyMMddHHmmss");
    let expires = parse_compact(&text).ok_or_else(wrong)?;
    if expires <= now {
        // As users have published it.
        let message = "time_expire时间过短，刷卡至少1分钟，其他5分钟";
        let why = (
            format!("the time_expire {text} is over, by Beijing's time"),
            format!("time_expire {text} 按北京时间已过"),
        );
        return Err(Refusal::v2_failure("PARAM_ERROR", message, why));
    }
    Ok(expires.max(now.saturating_add(60)))
}

fn query(state: &State, request: &Request<'_>) -> Outcome {
    let number = named(state, &request.fields())?;
    let order = state.orders.get(&number);
    let order = order.ok_or_else(|| refusals::order_not_exist(&number))?;
    let trade_state = order.state(request.now);
    let mut answer = match order.paid {
        Some(_) => user::v2_members(order),
        None => {
            let mut answer = whose(&order.party);
            answer["out_trade_no"] = json!(order.out_trade_no);
            answer["attach"] = json!(order.attach.as_deref().unwrap_or_default());
            answer
        }
    };
    answer["trade_state"] = json!(trade_state.name());
    answer["trade_state_desc"] = json!(trade_state.description());
    Ok(Told::json(answer))
}

fn close(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = named(state, &request.fields())?;
    let order = state.orders.get_mut(&number);
    let order = order.ok_or_else(|| refusals::order_not_exist(&number))?;
    close_order(order, request.now)?;
    Ok(Told::json(whose(&order.party)))
}

fn reverse(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = named(state, &request.fields())?;
    let order = state.orders.get_mut(&number);
    let order = order.ok_or_else(|| refusals::order_not_exist(&number))?;
    reverse_order(order, request.now)?;
    let mut answer = whose(&order.party);
    answer["recall"] = json!("N");
    Ok(Told::json(answer))
}

fn refund(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let refund = Refund {
        flavour: Flavour::V2,
        fingerprint: request.fingerprint(),
        amount: amount(&fields, "/refund_fee")?,
        notify_url: fields.maybe("/notify_url", 256)?,
        created: request.now,
        ..Refund::new(fields.number("/out_refund_no", 64)?)
    };
    let total = amount(&fields, "/total_fee")?;
    if let Some(known) = state.refunds.get(&refund.out_refund_no) {
        return match known.fingerprint == refund.fingerprint {
            true => Ok(Told::json(refunded(known))),
            false => Err(refusals::refund_used()),
        };
    }
    let number = named(state, &fields)?;
    let order = state.orders.get(&number);
    if !order.is_some_and(|order| order.is_paid(request.now)) {
        return Err(refusals::nothing_to_refund(&number));
    }
    let currency = fields.maybe("/refund_fee_type", 16)?;
    let other = |order: &Order| currency.as_ref().is_some_and(|it| *it != order.currency);
    if order.is_some_and(other) {
        let why = (
            "refund_fee_type is not the order's fee_type",
            "refund_fee_type 与原订单的 fee_type 不一致",
        );
        return Err(refusals::refund_unlike_order(why));
    }
    let refund = refunds::accept(state, &number, total, refund, request.now)?;
    Ok(Told::json(refunded(&refund)))
}

fn refunded(refund: &Refund) -> Value {
    let mut answer = whose(&refund.party);
    for (name, value) in [
        ("transaction_id", &refund.transaction_id),
        ("out_trade_no", &refund.out_trade_no),
        ("out_refund_no", &refund.out_refund_no),
        ("refund_id", &refund.refund_id),
    ] {
        answer[name] = json!(value);
    }
    for (name, fen) in [
        ("refund_fee", refund.amount),
        ("total_fee", refund.total),
        ("cash_fee", refund.total),
        ("cash_refund_fee", refund.amount),
        ("coupon_refund_fee", 0),
        ("coupon_refund_count", 0),
    ] {
        answer[name] = json!(fen.to_string());
    }
    answer
}

/// Lists the refunds of an order, numbered from 0, or the one that is named.
fn refund_query(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let id = fields.maybe("/refund_id", 64)?;
    let number = fields.maybe("/out_refund_no", 64)?;
    let numbers: Vec<_> = match (id, number) {
        (Some(id), _) => {
            let found = state.refunds.by_id(&id);
            found
                .map(|it| it.out_refund_no.clone())
                .into_iter()
                .collect()
        }
        (None, Some(number)) => vec![number],
        (None, None) => {
            let order = named(state, &fields)?;
            let all = state.refunds.iter();
            all.filter(|it| it.out_trade_no == order)
                .map(|it| it.out_refund_no.clone())
                .collect()
        }
    };
    for number in &numbers {
        refunds::come_to_an_end(state, number, request.now);
    }
    let sub_mchid = fields.maybe("/sub_mch_id", 32)?;
    let found = numbers.iter().filter_map(|it| state.refunds.get(it));
    let found: Vec<_> = found.filter(|it| it.party.sub_mchid == sub_mchid).collect();
    let first = found
        .first()
        .ok_or_else(|| refusals::refund_not_exist(""))?;
    let mut answer = whose(&first.party);
    answer["transaction_id"] = json!(first.transaction_id);
    answer["out_trade_no"] = json!(first.out_trade_no);
    answer["total_fee"] = json!(first.total.to_string());
    answer["cash_fee"] = json!(first.total.to_string());
    answer["refund_count"] = json!(found.len().to_string());
    for (at, refund) in found.iter().enumerate() {
        list(&mut answer, at, refund);
    }
    Ok(Told::json(answer))
}

fn list(answer: &mut Value, at: usize, refund: &Refund) {
    let mut set = |name: &str, value: &str| answer[format!("{name}_{at}")] = json!(value);
    set("out_refund_no", &refund.out_refund_no);
    set("refund_id", &refund.refund_id);
    set("refund_channel", refund.channel);
    set("refund_fee", &refund.amount.to_string());
    set("refund_status", refund.v2_status());
    // Spelt so.
    set("refund_recv_accout", "支付用户零钱");
    if let Some(ended) = refund.ended {
        set("refund_success_time", &Local::of(ended).to_string());
    }
}

/// The number of the order that is named by either number, of the merchant that asks.
fn named(state: &State, fields: &Fields<'_>) -> Result<String, Refusal> {
    let id = fields.maybe("/transaction_id", 32)?;
    let number = fields.maybe("/out_trade_no", 32)?;
    let sub_mchid = fields.maybe("/sub_mch_id", 32)?;
    let order = match (&id, &number) {
        (None, None) => return Err(fields.wrong("/out_trade_no", "缺少必填参数")),
        (Some(id), _) => state.orders.by_id(id),
        (None, Some(number)) => state.orders.get(number),
    };
    let order = order.filter(|order| order.party.sub_mchid == sub_mchid);
    let wanted = id.as_ref().or(number.as_ref());
    let order = order
        .ok_or_else(|| refusals::order_not_exist(wanted.map(String::as_str).unwrap_or_default()))?;
    Ok(order.out_trade_no.clone())
}

/// Whose it is, as APIv2 names it.
fn whose(party: &Party) -> Value {
    let mut whose = json!({"appid": party.appid, "mch_id": party.mchid});
    if let Some(sub_appid) = &party.sub_appid {
        whose["sub_appid"] = json!(sub_appid);
    }
    if let Some(sub_mchid) = &party.sub_mchid {
        whose["sub_mch_id"] = json!(sub_mchid);
    }
    whose
}
