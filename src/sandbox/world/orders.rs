//! Orders of APIv3: made, queried, closed, reversed.

use serde_json::{Map, Value, json};

use super::super::date::parse_rfc3339;
use super::super::identity::MCHID;
use super::super::refusal::Refusal;
use super::order::{Kind, Offer, Order, Party, Payer, TradeState};
use super::request::{Fields, Request};
use super::{Outcome, State, Told, refusals};

/// An order without `time_expire` may be paid for so long.
pub(super) const WEEK: i64 = 7 * 86_400;
/// However early `time_expire` is.
const MINUTE: i64 = 60;

/// Whose an operation's orders are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Direct,
    Partner,
}

pub(super) fn create(state: &mut State, request: &Request<'_>, mode: Mode, kind: Kind) -> Outcome {
    let fields = request.fields();
    let party = party(&fields, mode)?;
    let out_trade_no = fields.number("/out_trade_no", 32)?;
    let order = Order {
        payer: payer(&fields, mode, kind)?,
        answer: Value::Null,
        fingerprint: request.fingerprint(),
        description: fields.text("/description", 127)?,
        attach: fields.maybe("/attach", 128)?,
        notify_url: notify_url(&fields, kind)?,
        total: fields.amount("/amount/total")?,
        currency: currency(&fields, "/amount/currency")?,
        created: request.now,
        expires: expires(&fields, request.now)?,
        shareable: fields.flag("/settle_info/profit_sharing")?,
        ..Order::new(out_trade_no, party, kind)
    };
    match kind.is_code() {
        true => super::codepay::pay(state, request, &fields, order),
        false => offer(state, request, order),
    }
}

/// The same order again has the same answer.
fn offer(state: &mut State, request: &Request<'_>, mut order: Order) -> Outcome {
    if let Some(known) = state.orders.get(&order.out_trade_no) {
        usable(known, &order, request.now)?;
        return Ok(Told::json(known.answer.clone()));
    }
    order.answer = offered(state, order.kind, request.now);
    let answer = order.answer.clone();
    state.orders.insert(order, request.now);
    Ok(Told::json(answer))
}

/// Whether an order that is there already may be asked for again.
pub(super) fn usable(known: &Order, asked: &Order, now: i64) -> Result<(), Refusal> {
    match known.state(now) {
        TradeState::Success | TradeState::Refund => Err(refusals::order_paid()),
        TradeState::Closed | TradeState::Revoked => Err(refusals::order_closed()),
        _ if known.fingerprint != asked.fingerprint => Err(refusals::order_used()),
        _ => Ok(()),
    }
}

pub(super) fn offered(state: &mut State, kind: Kind, now: i64) -> Value {
    let prepay = state.numbers.prepay(now);
    match kind.offer {
        Offer::CodeUrl => {
            let code = state.numbers.code();
            json!({"code_url": format!("weixin://wxpay/bizpayurl?pr={code}")})
        }
        Offer::H5Url => {
            let page = "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb";
            json!({"h5_url": format!("{page}?prepay_id={prepay}&package=1037687096")})
        }
        Offer::PrepayId | Offer::Code => json!({"prepay_id": prepay}),
    }
}

pub(super) fn by_number(state: &State, request: &Request<'_>, mode: Mode) -> Outcome {
    let number = request.variable("out_trade_no");
    queried(state.orders.get(&number), &number, request, mode)
}

pub(super) fn by_id(state: &State, request: &Request<'_>, mode: Mode) -> Outcome {
    let number = request.variable("transaction_id");
    queried(state.orders.by_id(&number), &number, request, mode)
}

fn queried(order: Option<&Order>, number: &str, request: &Request<'_>, mode: Mode) -> Outcome {
    let sub_mchid = match mode {
        Mode::Direct => {
            own(&request.parameter("mchid")?)?;
            None
        }
        Mode::Partner => {
            own(&request.parameter("sp_mchid")?)?;
            Some(request.parameter("sub_mchid")?)
        }
    };
    let order = order.filter(|order| order.party.sub_mchid == sub_mchid);
    let order = order.ok_or_else(|| refusals::order_not_exist(number))?;
    Ok(Told::json(order.found(request.now)))
}

pub(super) fn close(state: &mut State, request: &Request<'_>, mode: Mode) -> Outcome {
    let order = named(state, request, mode)?;
    close_order(order, request.now)?;
    Ok(Told::nothing())
}

/// Closing again is no error.
pub(super) fn close_order(order: &mut Order, now: i64) -> Result<(), Refusal> {
    match order.state(now) {
        TradeState::Success | TradeState::Refund => Err(refusals::order_paid()),
        TradeState::Revoked => Err(refusals::order_closed()),
        _ => {
            order.state = TradeState::Closed;
            Ok(())
        }
    }
}

/// Takes a payment by code back; what was paid is paid back.
pub(super) fn reverse(state: &mut State, request: &Request<'_>, mode: Mode) -> Outcome {
    let order = named(state, request, mode)?;
    reverse_order(order, request.now)?;
    let mut answer = order.party.members();
    answer.insert("out_trade_no".to_owned(), json!(order.out_trade_no));
    Ok(Told::json(Value::Object(answer)))
}

pub(super) fn reverse_order(order: &mut Order, now: i64) -> Result<(), Refusal> {
    if !order.kind.is_code() {
        return Err(refusals::not_code_payment());
    }
    match order.state(now) {
        TradeState::Refund => Err(refusals::refunded()),
        _ => {
            order.state = TradeState::Revoked;
            order.reversed.get_or_insert(now);
            Ok(())
        }
    }
}

/// The order of the path, of the merchant that the body names.
fn named<'s>(
    state: &'s mut State,
    request: &Request<'_>,
    mode: Mode,
) -> Result<&'s mut Order, Refusal> {
    let fields = request.fields();
    let sub_mchid = match mode {
        Mode::Direct => {
            own(&fields.text("/mchid", 32)?)?;
            None
        }
        Mode::Partner => {
            own(&fields.text("/sp_mchid", 32)?)?;
            Some(fields.text("/sub_mchid", 32)?)
        }
    };
    let number = request.variable("out_trade_no");
    let order = state.orders.get_mut(&number);
    order
        .filter(|order| order.party.sub_mchid == sub_mchid)
        .ok_or_else(|| refusals::order_not_exist(&number))
}

fn party(fields: &Fields<'_>, mode: Mode) -> Result<Party, Refusal> {
    let (appid, mchid) = match mode {
        Mode::Direct => ("/appid", "/mchid"),
        Mode::Partner => ("/sp_appid", "/sp_mchid"),
    };
    let partner = mode == Mode::Partner;
    let party = Party {
        appid: fields.text(appid, 32)?,
        mchid: fields.text(mchid, 32)?,
        sub_appid: fields.maybe("/sub_appid", 32)?.filter(|_| partner),
        sub_mchid: match partner {
            true => Some(fields.text("/sub_mchid", 32)?),
            false => None,
        },
    };
    own(&party.mchid)?;
    Ok(party)
}

/// A merchant asks in its own name alone.
pub(super) fn own(mchid: &str) -> Result<(), Refusal> {
    match mchid == MCHID {
        true => Ok(()),
        false => {
            let why = (
                format!("the request names the merchant {mchid:?} and is signed by {MCHID}"),
                format!("请求中的商户号为 {mchid:?}，而签名的商户号为 {MCHID}"),
            );
            Err(refusals::mch_not_exists(why))
        }
    }
}

fn payer(fields: &Fields<'_>, mode: Mode, kind: Kind) -> Result<Payer, Refusal> {
    let openid = match mode {
        Mode::Direct => "/payer/openid",
        Mode::Partner => "/payer/sp_openid",
    };
    let payer = Payer {
        openid: fields.maybe(openid, 128)?,
        sub_openid: match mode {
            Mode::Direct => None,
            Mode::Partner => fields.maybe("/payer/sub_openid", 128)?,
        },
    };
    let nobody = payer.openid.is_none() && payer.sub_openid.is_none();
    match kind == Kind::JSAPI && nobody {
        true => Err(fields.wrong(openid, "缺少必填参数")),
        false => Ok(payer),
    }
}

/// Payments by code are not notified.
fn notify_url(fields: &Fields<'_>, kind: Kind) -> Result<Option<String>, Refusal> {
    match kind.is_code() {
        true => Ok(None),
        false => fields.text("/notify_url", 256).map(Some),
    }
}

/// "JSAPI下单" and the others say of `currency`: 境内商户号仅支持人民币.
pub(super) fn currency(fields: &Fields<'_>, pointer: &str) -> Result<String, Refusal> {
    let currency = fields.maybe(pointer, 16)?;
    let currency = currency.unwrap_or_else(|| "CNY".to_owned());
    match currency == "CNY" {
        true => Ok(currency),
        false => Err(fields.wrong(pointer, "境内商户号仅支持人民币CNY")),
    }
}

/// The end of payment is at least a minute away, as "JSAPI下单" says of `time_expire`.
pub(super) fn expires(fields: &Fields<'_>, now: i64) -> Result<i64, Refusal> {
    let Some(text) = fields.maybe("/time_expire", 64)? else {
        return Ok(now.saturating_add(WEEK));
    };
    let wrong = || fields.wrong("/time_expire", "格式应为yyyy-MM-DDTHH:mm:ss+TIMEZONE");
    let expires = parse_rfc3339(&text).ok_or_else(wrong)?;
    if expires <= now {
        return Err(fields.wrong("/time_expire", "支付结束时间早于当前时间"));
    }
    Ok(expires.max(now.saturating_add(MINUTE)))
}

impl Order {
    /// One that only has its numbers.
    pub(super) fn new(out_trade_no: String, party: Party, kind: Kind) -> Self {
        Self {
            out_trade_no,
            party,
            payer: Payer::default(),
            kind,
            is_v2: false,
            combine: None,
            fingerprint: [0; 32],
            answer: Value::Object(Map::new()),
            description: String::new(),
            attach: None,
            notify_url: None,
            total: 0,
            currency: "CNY".to_owned(),
            created: 0,
            expires: i64::MAX,
            state: TradeState::NotPay,
            transaction_id: None,
            paid: None,
            reversed: None,
            refunded: 0,
            refunds: 0,
            shareable: false,
            split: 0,
            given: 0,
            unfrozen: false,
        }
    }
}
