//! Orders of APIv3: creation, queries, closing, reversal.

use serde_json::{Value, json};

use super::super::contract::terms::Terms;
use super::super::outcome::{Outcome, Success};
use super::super::request::{Fields, Request};
use super::super::state::State;
use super::super::table::{Row, key_of};
use super::code_payment;
use super::model::{Order, Party, Payer, PaymentMethod};
use super::rules::{
    check_reusable, close_order, currency, expires, prepay_answer, require_own_mchid, reverse_order,
};
use crate::refusal::Refusal;
use crate::refusal::business;

/// Whether an operation is for merchants or for service providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MerchantMode {
    Direct,
    Partner,
}

pub(crate) fn create(
    state: &mut State,
    request: &Request<'_>,
    mode: MerchantMode,
    kind: PaymentMethod,
) -> Outcome {
    let fields = request.fields();
    let party = party(state, &fields, mode)?;
    let out_trade_no = fields.merchant_number("/out_trade_no")?;
    let order = Order {
        payer: payer(&fields, mode, kind)?,
        answer: Value::Null,
        fingerprint: request.fingerprint(),
        description: fields.required_text("/description")?,
        attach: fields.optional_text("/attach")?,
        notify_url: notify_url(&fields, kind)?,
        total: fields.amount("/amount/total")?,
        currency: currency(&fields, "/amount/currency")?,
        created: request.now,
        expires: expires(&fields, request.now)?,
        shareable: fields.boolean("/settle_info/profit_sharing")?,
        contract: Terms::of_v3(&fields)?,
        ..Order::new(out_trade_no, party, kind)
    };
    if kind.is_code() {
        code_payment::pay(state, request, &fields, order)
    } else {
        prepay(state, request, order)
    }
}

/// The same order again gets the same response.
fn prepay(state: &mut State, request: &Request<'_>, mut order: Order) -> Outcome {
    if let Some(known) = state.orders.get(&order.key()) {
        check_reusable(known, &order, request.now)?;
        return Ok(Success::json(known.answer.clone()));
    }
    order.answer = prepay_answer(state, order.kind, request.now);
    let answer = order.answer.clone();
    state.orders.insert(order, request.now);
    Ok(Success::json(answer))
}

pub(crate) fn by_number(state: &State, request: &Request<'_>, mode: MerchantMode) -> Outcome {
    let sub_mchid = queried_by(state, request, mode)?;
    let number = request.variable("out_trade_no");
    let order = state.orders.get(&key_of(sub_mchid.as_deref(), &number));
    shown(order, &number, request)
}

pub(crate) fn by_id(state: &State, request: &Request<'_>, mode: MerchantMode) -> Outcome {
    let sub_mchid = queried_by(state, request, mode)?;
    let number = request.variable("transaction_id");
    let order = state.orders.by_id(&number);
    let order = order.filter(|order| order.party.sub_mchid == sub_mchid);
    shown(order, &number, request)
}

/// The sub-merchant whose order a query is for.
fn queried_by(
    state: &State,
    request: &Request<'_>,
    mode: MerchantMode,
) -> Result<Option<String>, Refusal> {
    match mode {
        MerchantMode::Direct => {
            require_own_mchid(state, &request.parameter("mchid")?)?;
            Ok(None)
        }
        MerchantMode::Partner => {
            require_own_mchid(state, &request.parameter("sp_mchid")?)?;
            request.parameter("sub_mchid").map(Some)
        }
    }
}

fn shown(order: Option<&Order>, number: &str, request: &Request<'_>) -> Outcome {
    let order =
        order.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    Ok(Success::json(order.found(request.now)))
}

pub(crate) fn close(state: &mut State, request: &Request<'_>, mode: MerchantMode) -> Outcome {
    let order = named(state, request, mode)?;
    close_order(order, request.now)?;
    Ok(Success::empty())
}

/// Reverses a payment by code. A paid order is refunded.
pub(crate) fn reverse(state: &mut State, request: &Request<'_>, mode: MerchantMode) -> Outcome {
    let order = named(state, request, mode)?;
    reverse_order(order, request.now)?;
    let mut answer = order.party.members();
    answer.insert("out_trade_no".to_owned(), json!(order.out_trade_no));
    Ok(Success::json(Value::Object(answer)))
}

/// The order in the path, which must belong to the merchant in the body.
fn named<'s>(
    state: &'s mut State,
    request: &Request<'_>,
    mode: MerchantMode,
) -> Result<&'s mut Order, Refusal> {
    let fields = request.fields();
    let sub_mchid = match mode {
        MerchantMode::Direct => {
            require_own_mchid(state, &fields.required_text("/mchid")?)?;
            None
        }
        MerchantMode::Partner => {
            require_own_mchid(state, &fields.required_text("/sp_mchid")?)?;
            Some(fields.required_text("/sub_mchid")?)
        }
    };
    let number = request.variable("out_trade_no");
    let order = state.orders.get_mut(&key_of(sub_mchid.as_deref(), &number));
    order.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")]))
}

fn party(state: &State, fields: &Fields<'_>, mode: MerchantMode) -> Result<Party, Refusal> {
    let (appid, mchid) = match mode {
        MerchantMode::Direct => ("/appid", "/mchid"),
        MerchantMode::Partner => ("/sp_appid", "/sp_mchid"),
    };
    let partner = mode == MerchantMode::Partner;
    let party = Party {
        appid: fields.required_text(appid)?,
        mchid: fields.required_text(mchid)?,
        sub_appid: fields.optional_text("/sub_appid")?.filter(|_| partner),
        sub_mchid: if partner {
            Some(fields.required_text("/sub_mchid")?)
        } else {
            None
        },
        is_other_seller: false,
    };
    require_own_mchid(state, &party.mchid)?;
    Ok(party)
}

fn payer(fields: &Fields<'_>, mode: MerchantMode, kind: PaymentMethod) -> Result<Payer, Refusal> {
    let openid = match mode {
        MerchantMode::Direct => "/payer/openid",
        MerchantMode::Partner => "/payer/sp_openid",
    };
    let payer = Payer {
        openid: fields.optional_text(openid)?,
        sub_openid: match mode {
            MerchantMode::Direct => None,
            MerchantMode::Partner => fields.optional_text("/payer/sub_openid")?,
        },
    };
    let nobody = payer.openid.is_none() && payer.sub_openid.is_none();
    if kind == PaymentMethod::JSAPI && nobody {
        Err(fields.wrong(openid, "缺少必填参数"))
    } else {
        Ok(payer)
    }
}

/// Payments by code have no notification.
fn notify_url(fields: &Fields<'_>, kind: PaymentMethod) -> Result<Option<String>, Refusal> {
    if kind.is_code() {
        Ok(None)
    } else {
        fields.required_text("/notify_url").map(Some)
    }
}
