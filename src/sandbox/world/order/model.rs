//! An order, and its JSON views.

#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::contract::terms::Terms;
use super::super::table::Row;
use crate::date::{Local, rfc3339};
use crate::journal::StaticText;
#[cfg(feature = "state")]
use crate::journal::interned;

/// The noun of [`ActionError::not_found`](super::super::action::ActionError::not_found).
pub(crate) const ORDER: (&str, &str) = ("order", "订单");

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct PaymentMethod {
    /// The name in queries and notifications.
    #[cfg_attr(feature = "state", serde(deserialize_with = "interned"))]
    pub(crate) trade_type: StaticText,
    pub(crate) prepay: PrepayAnswer,
}

/// The part of the response that starts the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum PrepayAnswer {
    PrepayId,
    CodeUrl,
    H5Url,
    /// Nothing, because the user showed a code.
    Code,
}

impl PaymentMethod {
    pub(crate) const JSAPI: Self = Self::new("JSAPI", PrepayAnswer::PrepayId);
    pub(crate) const APP: Self = Self::new("APP", PrepayAnswer::PrepayId);
    pub(crate) const NATIVE: Self = Self::new("NATIVE", PrepayAnswer::CodeUrl);
    pub(crate) const H5: Self = Self::new("MWEB", PrepayAnswer::H5Url);
    pub(crate) const CODE: Self = Self::new("MICROPAY", PrepayAnswer::Code);

    const fn new(trade_type: &'static str, prepay: PrepayAnswer) -> Self {
        Self { trade_type, prepay }
    }

    pub(crate) fn is_code(self) -> bool {
        self.prepay == PrepayAnswer::Code
    }
}

/// 交易状态.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum TradeState {
    NotPay,
    UserPaying,
    Success,
    Refund,
    Closed,
    Revoked,
    PayError,
}

impl TradeState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotPay => "NOTPAY",
            Self::UserPaying => "USERPAYING",
            Self::Success => "SUCCESS",
            Self::Refund => "REFUND",
            Self::Closed => "CLOSED",
            Self::Revoked => "REVOKED",
            Self::PayError => "PAYERROR",
        }
    }

    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::NotPay => "订单未支付",
            Self::UserPaying => "需要用户输入支付密码",
            Self::Success => "支付成功",
            Self::Refund => "订单发生过退款，退款详情请查询退款单",
            Self::Closed => "订单已关闭",
            Self::Revoked => "订单已撤销",
            Self::PayError => "支付失败",
        }
    }
}

/// The selling party.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Party {
    /// The appid of the merchant or the service provider.
    pub(crate) appid: String,
    pub(crate) mchid: String,
    pub(crate) sub_appid: Option<String>,
    /// `Some` for orders of a service provider.
    pub(crate) sub_mchid: Option<String>,
    /// Whether `mchid` is another seller's than the merchant's that placed a combined order.
    #[cfg_attr(feature = "state", serde(default))]
    pub(crate) is_other_seller: bool,
}

impl Party {
    /// The members in APIv3's terms.
    pub(crate) fn members(&self) -> Map<String, Value> {
        match &self.sub_mchid {
            None => members([("appid", Some(&self.appid)), ("mchid", Some(&self.mchid))]),
            Some(sub_mchid) => members([
                ("sp_appid", Some(&self.appid)),
                ("sp_mchid", Some(&self.mchid)),
                ("sub_appid", self.sub_appid.as_ref()),
                ("sub_mchid", Some(sub_mchid)),
            ]),
        }
    }

    /// The merchant whose numbers an order has, unless it is the one that placed it.
    pub(crate) fn owner(&self) -> Option<&str> {
        let other = self.is_other_seller.then_some(&*self.mchid);
        self.sub_mchid.as_deref().or(other)
    }

    /// The merchant that receives the money: the sub-merchant, or the merchant itself.
    pub(crate) fn seller(&self) -> &str {
        self.sub_mchid.as_deref().unwrap_or(&self.mchid)
    }

    /// Only the merchant ids.
    pub(crate) fn numbers(&self) -> Map<String, Value> {
        let mut members = self.members();
        members.retain(|name, _| name.ends_with("mchid"));
        members
    }
}

/// The buyer.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Payer {
    pub(crate) openid: Option<String>,
    pub(crate) sub_openid: Option<String>,
}

/// The user who pays if the order names none.
const SOMEBODY: &str = "oSandboxUser0000000000000000";

impl Payer {
    pub(crate) fn openid(&self) -> &str {
        self.openid.as_deref().unwrap_or(SOMEBODY)
    }
}

/// An order, or a part of a combined order.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Order {
    pub(crate) out_trade_no: String,
    pub(crate) party: Party,
    pub(crate) payer: Payer,
    pub(crate) kind: PaymentMethod,
    pub(crate) is_v2: bool,
    /// The `sign_type` of its APIv2 request, which also signs its notification.
    pub(crate) sign_type: Option<String>,
    /// The number of its combined order.
    pub(crate) combine: Option<String>,
    /// The contract that the user signs by paying.
    #[cfg_attr(feature = "state", serde(default))]
    pub(crate) contract: Option<Terms>,
    /// A digest of its request, to distinguish a repeated request from another order.
    pub(crate) fingerprint: [u8; 32],
    /// The response to its request.
    pub(crate) answer: Value,
    pub(crate) description: String,
    pub(crate) attach: Option<String>,
    pub(crate) notify_url: Option<String>,
    pub(crate) total: i64,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) expires: i64,
    pub(crate) state: TradeState,
    pub(crate) transaction_id: Option<String>,
    pub(crate) paid: Option<i64>,
    /// When a payment by code was reversed.
    pub(crate) reversed: Option<i64>,
    /// The amount of accepted refunds, including those in progress.
    pub(crate) refunded: i64,
    /// The number of accepted refunds.
    pub(crate) refunds: u32,
    pub(crate) shareable: bool,
    /// The amount already shared, including the seller's.
    pub(crate) split: i64,
    /// The amount shared with others and not returned.
    pub(crate) given: i64,
    pub(crate) unfrozen: bool,
}

impl Row for Order {
    fn number(&self) -> &str {
        &self.out_trade_no
    }

    fn id(&self) -> Option<&str> {
        self.transaction_id.as_deref()
    }

    fn owner(&self) -> Option<&str> {
        self.party.owner()
    }

    fn is_other_seller(&self) -> bool {
        self.party.is_other_seller
    }

    fn is_over(&self, now: i64) -> bool {
        match self.state(now) {
            TradeState::Closed | TradeState::Revoked => true,
            TradeState::Refund => self.refunded == self.total,
            _ => false,
        }
    }
}

impl Order {
    /// The state. An order that was not paid in time is closed; a refunded order is `REFUND`.
    pub(crate) fn state(&self, now: i64) -> TradeState {
        match self.state {
            TradeState::NotPay | TradeState::UserPaying | TradeState::PayError
                if now >= self.expires =>
            {
                TradeState::Closed
            }
            TradeState::Success if self.refunded > 0 => TradeState::Refund,
            state => state,
        }
    }

    /// Whether its state is `SUCCESS` or `REFUND`.
    pub(crate) fn is_paid(&self, now: i64) -> bool {
        matches!(self.state(now), TradeState::Success | TradeState::Refund)
    }

    pub(crate) fn left(&self) -> i128 {
        i128::from(self.total) - i128::from(self.refunded)
    }

    /// The amount left to share, without refunds.
    pub(crate) fn unsplit(&self) -> i128 {
        if self.shareable && !self.unfrozen {
            (self.left() - i128::from(self.split)).max(0)
        } else {
            0
        }
    }

    /// The JSON of an APIv3 query and notification.
    pub(crate) fn view(&self, now: i64) -> Value {
        let state = self.state(now);
        let mut view = self.party.members();
        let mut set = |name: &str, value: Value| view.insert(name.to_owned(), value);
        set("out_trade_no", json!(self.out_trade_no));
        set("trade_state", json!(state.name()));
        set("trade_state_desc", json!(state.description()));
        if let Some(attach) = &self.attach {
            set("attach", json!(attach));
        }
        // Published responses for unpaid orders have these two members and no `currency`.
        let mut amount = json!({"total": self.total, "payer_currency": self.currency});
        if let (Some(transaction_id), Some(paid)) = (&self.transaction_id, self.paid) {
            set("transaction_id", json!(transaction_id));
            set("trade_type", json!(self.kind.trade_type));
            set("bank_type", json!("OTHERS"));
            set("success_time", json!(rfc3339(paid)));
            set("attach", json!(self.attach.as_deref().unwrap_or_default()));
            amount["payer_total"] = json!(self.total);
            amount["currency"] = json!(self.currency);
            set("payer", self.payer());
        }
        set("amount", amount);
        Value::Object(view)
    }

    /// The response to a query. As in published responses, two members are empty.
    pub(crate) fn found(&self, now: i64) -> Value {
        let mut found = self.view(now);
        found["promotion_detail"] = json!([]);
        found["scene_info"] = json!({"device_id": ""});
        found
    }

    fn payer(&self) -> Value {
        match self.party.sub_mchid {
            None => json!({"openid": self.payer.openid()}),
            Some(_) => Value::Object(members([
                ("sp_openid", Some(&self.payer.openid().to_owned())),
                ("sub_openid", self.payer.sub_openid.as_ref()),
            ])),
        }
    }

    /// The JSON within a combined order.
    pub(crate) fn part(&self, now: i64) -> Value {
        let mut part = members([
            ("mchid", Some(&self.party.mchid)),
            ("sub_mchid", self.party.sub_mchid.as_ref()),
            ("sub_appid", self.party.sub_appid.as_ref()),
            ("sub_openid", self.payer.sub_openid.as_ref()),
            ("out_trade_no", Some(&self.out_trade_no)),
            ("attach", self.attach.as_ref()),
            ("transaction_id", self.transaction_id.as_ref()),
        ]);
        let mut set = |name: &str, value: Value| part.insert(name.to_owned(), value);
        set("trade_type", json!(self.kind.trade_type));
        set("trade_state", json!(self.state(now).name()));
        let (total, currency) = (self.total, &self.currency);
        let mut amount = json!({"total_amount": total, "currency": currency});
        if let Some(paid) = self.paid {
            set("bank_type", json!("OTHERS"));
            set("success_time", json!(rfc3339(paid)));
            amount["payer_amount"] = json!(total);
            amount["payer_currency"] = json!(currency);
        }
        set("amount", amount);
        Value::Object(part)
    }
}

impl Order {
    /// An order with only its numbers.
    pub(crate) fn new(out_trade_no: String, party: Party, kind: PaymentMethod) -> Self {
        Self {
            out_trade_no,
            party,
            payer: Payer::default(),
            kind,
            is_v2: false,
            sign_type: None,
            combine: None,
            contract: None,
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

/// The members of APIv2's notification, with `sign_type` if the order's request had one.
pub(crate) fn v2_notification(order: &Order) -> Value {
    let mut members = v2_members(order);
    if let Some(sign_type) = &order.sign_type {
        members["sign_type"] = json!(sign_type);
    }
    members
}

/// The members of APIv2's query and notification. Source: "支付结果通知".
pub(crate) fn v2_members(order: &Order) -> Value {
    let mut members = json!({
        "return_code": "SUCCESS",
        "result_code": "SUCCESS",
        "appid": order.party.appid,
        "mch_id": order.party.mchid,
        "openid": order.payer.openid(),
        "is_subscribe": "N",
        "trade_type": order.kind.trade_type,
        "bank_type": "OTHERS",
        "total_fee": order.total.to_string(),
        "fee_type": order.currency,
        "cash_fee": order.total.to_string(),
        "out_trade_no": order.out_trade_no,
    });
    for (name, value) in [
        ("sub_appid", order.party.sub_appid.clone()),
        ("sub_mch_id", order.party.sub_mchid.clone()),
        ("sub_openid", order.payer.sub_openid.clone()),
        ("attach", order.attach.clone()),
        ("transaction_id", order.transaction_id.clone()),
        ("time_end", order.paid.map(|paid| Local::of(paid).compact())),
    ] {
        if let Some(value) = value {
            members[name] = json!(value);
        }
    }
    members
}

/// A combined order. Its parts are separate orders.
#[derive(Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct CombinedOrder {
    pub(crate) number: String,
    pub(crate) appid: String,
    pub(crate) mchid: String,
    pub(crate) payer: Payer,
    pub(crate) device_id: Option<String>,
    pub(crate) notify_url: String,
    /// The keys of its orders.
    pub(crate) parts: Vec<String>,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) answer: Value,
    pub(crate) transaction_id: Option<String>,
    pub(crate) closed: bool,
}

impl Row for CombinedOrder {
    fn number(&self) -> &str {
        &self.number
    }

    fn id(&self) -> Option<&str> {
        self.transaction_id.as_deref()
    }

    fn is_over(&self, _now: i64) -> bool {
        self.closed || self.transaction_id.is_some()
    }
}

/// The members that have a value.
pub(crate) fn members<const N: usize>(pairs: [(&str, Option<&String>); N]) -> Map<String, Value> {
    let pairs = pairs.into_iter();
    pairs
        .filter_map(|(name, value)| Some((name.to_owned(), json!(value?))))
        .collect()
}
