//! Orders of APIv2.

use serde_json::{Value, json};

use super::super::contract::terms::Terms;
use super::super::outcome::{Outcome, Success};
use super::super::request::{Fields, Request};
use super::super::state::State;
use super::super::table::Row;
use super::code_payment;
use super::model::{Order, Party, Payer, PaymentMethod, TradeState, v2_members};
use super::rules::{WEEK, check_reusable, close_order, currency, reverse_order};
use crate::date::parse_compact;
use crate::refusal::{Refusal, business};

pub(crate) fn create(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let kind = match &*fields.required_text("/trade_type")? {
        "JSAPI" => PaymentMethod::JSAPI,
        "NATIVE" => PaymentMethod::NATIVE,
        "APP" => PaymentMethod::APP,
        "MWEB" => PaymentMethod::H5,
        _ => return Err(fields.wrong("/trade_type", "应为JSAPI、NATIVE、APP或MWEB")),
    };
    let mut order = read(&fields, request, kind)?;
    order.notify_url = Some(fields.required_text("/notify_url")?);
    if request.operation.path() == "v2/pay/contractorder" {
        order.contract = Some(Terms::of(&fields)?);
    }
    let nobody = order.payer.openid.is_none() && order.payer.sub_openid.is_none();
    if kind == PaymentMethod::JSAPI && nobody {
        return Err(fields.wrong("/openid", "缺少必填参数"));
    }
    if let Some(known) = state.orders.get(&order.key()) {
        check_reusable(known, &order, request.now)?;
        return Ok(Success::json(known.answer.clone()));
    }
    order.answer = prepay_answer(state, &order, request.now);
    let answer = order.answer.clone();
    state.orders.insert(order, request.now);
    Ok(Success::json(answer))
}

fn prepay_answer(state: &mut State, order: &Order, now: i64) -> Value {
    let prepay = state.ids.prepay(now);
    let mut answer = owner(&order.party);
    answer["trade_type"] = json!(order.kind.trade_type);
    match order.kind {
        PaymentMethod::NATIVE => {
            let code = state.ids.code();
            answer["code_url"] = json!(format!("weixin://wxpay/bizpayurl?pr={code}"));
        }
        PaymentMethod::H5 => {
            let page = "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb";
            let url = format!("{page}?prepay_id={prepay}&package=1037687096");
            answer["mweb_url"] = json!(url);
        }
        _ => {}
    }
    answer["prepay_id"] = json!(prepay);
    if let Some(terms) = &order.contract {
        answer["contract_result_code"] = json!("SUCCESS");
        answer["plan_id"] = json!(terms.plan_id);
        answer["request_serial"] = json!(terms.request_serial);
        answer["contract_code"] = json!(terms.code);
        answer["contract_display_account"] = json!(terms.display_account);
        answer["out_trade_no"] = json!(order.out_trade_no);
    }
    answer
}

pub(crate) fn micropay(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let order = read(&fields, request, PaymentMethod::CODE)?;
    let code = fields.required_text("/auth_code")?;
    if !code_payment::is_code(&code) {
        return Err(business::AUTH_CODE_INVALID.refusal());
    }
    let number = order.key();
    code_payment::begin(state, order, &code, request.now)?;
    let order = state.orders.get(&number);
    let order =
        order.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    match order.state(request.now) {
        TradeState::UserPaying => Err(business::USER_PAYING.refusal()),
        TradeState::PayError => Err(business::ORDER_CLOSED.refusal()),
        _ => Ok(Success::json(v2_members(order))),
    }
}

fn read(fields: &Fields<'_>, request: &Request<'_>, kind: PaymentMethod) -> Result<Order, Refusal> {
    let party = Party {
        appid: fields.required_text("/appid")?,
        mchid: fields.required_text("/mch_id")?,
        sub_appid: fields.optional_text("/sub_appid")?,
        sub_mchid: fields.optional_text("/sub_mch_id")?,
        is_other_seller: false,
    };
    let currency = currency(fields, "/fee_type")?;
    let order = Order::new(fields.merchant_number("/out_trade_no")?, party, kind);
    Ok(Order {
        is_v2: true,
        payer: Payer {
            openid: fields.optional_text("/openid")?,
            sub_openid: fields.optional_text("/sub_openid")?,
        },
        fingerprint: request.fingerprint(),
        description: fields.required_text("/body")?,
        attach: fields.optional_text("/attach")?,
        total: amount(fields, "/total_fee")?,
        currency,
        created: request.now,
        expires: expires(fields, request.now)?,
        shareable: fields.optional_text("/profit_sharing")?.as_deref() == Some("Y"),
        ..order
    })
}

/// The end of payment, which must be at least a minute away.
fn expires(fields: &Fields<'_>, now: i64) -> Result<i64, Refusal> {
    let Some(text) = fields.optional_text("/time_expire")? else {
        return Ok(now.saturating_add(WEEK));
    };
    let wrong = || fields.wrong("/time_expire", "格式应为yyyyMMddHHmmss");
    let expires = parse_compact(&text).ok_or_else(wrong)?;
    if expires <= now {
        // The text that users have published.
        let message = "time_expire时间过短，刷卡至少1分钟，其他5分钟";
        let why = (
            format!("the time_expire {text} is in the past, in Beijing's time"),
            format!("time_expire {text} 按北京时间已过"),
        );
        return Err(Refusal::v2_failure("PARAM_ERROR", message, why));
    }
    Ok(expires.max(now.saturating_add(60)))
}

pub(crate) fn query(state: &State, request: &Request<'_>) -> Outcome {
    let number = find(state, &request.fields())?;
    let order = state.orders.get(&number);
    let order =
        order.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    let trade_state = order.state(request.now);
    let mut answer = match order.paid {
        Some(_) => v2_members(order),
        None => {
            let mut answer = owner(&order.party);
            answer["out_trade_no"] = json!(order.out_trade_no);
            answer["attach"] = json!(order.attach.as_deref().unwrap_or_default());
            answer
        }
    };
    answer["trade_state"] = json!(trade_state.name());
    answer["trade_state_desc"] = json!(trade_state.description());
    Ok(Success::json(answer))
}

pub(crate) fn close(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = find(state, &request.fields())?;
    let order = state.orders.get_mut(&number);
    let order =
        order.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    close_order(order, request.now)?;
    Ok(Success::json(owner(&order.party)))
}

pub(crate) fn reverse(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = find(state, &request.fields())?;
    let order = state.orders.get_mut(&number);
    let order =
        order.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    reverse_order(order, request.now)?;
    let mut answer = owner(&order.party);
    answer["recall"] = json!("N");
    Ok(Success::json(answer))
}

/// An amount in fen, which has only digits.
pub(crate) fn amount(fields: &Fields<'_>, pointer: &str) -> Result<i64, Refusal> {
    let text = fields.required_text(pointer)?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let amount = text.parse().ok().filter(|amount| digits && *amount >= 1);
    amount.ok_or_else(|| fields.wrong(pointer, "应为大于0的整数，单位为分"))
}

/// The key of the order that the request identifies by either number. It must be the requesting merchant's.
pub(crate) fn find(state: &State, fields: &Fields<'_>) -> Result<String, Refusal> {
    let id = fields.optional_text("/transaction_id")?;
    let number = fields.optional_text("/out_trade_no")?;
    let sub_mchid = fields.optional_text("/sub_mch_id")?;
    let order = match (&id, &number) {
        (None, None) => return Err(fields.wrong("/out_trade_no", "缺少必填参数")),
        (Some(id), _) => state.orders.by_id(id),
        (None, Some(number)) => {
            let key = state.orders.key_named(sub_mchid.as_deref(), number);
            state.orders.get(&key)
        }
    };
    let order = order.filter(|order| order.party.sub_mchid == sub_mchid);
    let wanted = id.as_ref().or(number.as_ref());
    let wanted = wanted.map(String::as_str).unwrap_or_default();
    let order =
        order.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{wanted:?}")]))?;
    Ok(order.key())
}

/// The parties of an order in APIv2's terms.
pub(crate) fn owner(party: &Party) -> Value {
    let mut owner = json!({"appid": party.appid, "mch_id": party.mchid});
    if let Some(sub_appid) = &party.sub_appid {
        owner["sub_appid"] = json!(sub_appid);
    }
    if let Some(sub_mchid) = &party.sub_mchid {
        owner["sub_mch_id"] = json!(sub_mchid);
    }
    owner
}
