//! An order, and what is said of it.

use serde_json::{Map, Value, json};

use super::super::date::rfc3339;
use super::table::Row;

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// As queries and notifications name it.
    pub(super) trade_type: &'static str,
    pub(super) offer: Offer,
}

/// What the merchant gets to let the user pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    PrepayId,
    CodeUrl,
    H5Url,
    /// Nothing: the user showed a code.
    Code,
}

impl Kind {
    pub(super) const JSAPI: Self = Self::new("JSAPI", Offer::PrepayId);
    pub(super) const APP: Self = Self::new("APP", Offer::PrepayId);
    pub(super) const NATIVE: Self = Self::new("NATIVE", Offer::CodeUrl);
    pub(super) const H5: Self = Self::new("MWEB", Offer::H5Url);
    pub(super) const CODE: Self = Self::new("MICROPAY", Offer::Code);

    const fn new(trade_type: &'static str, offer: Offer) -> Self {
        Self { trade_type, offer }
    }

    pub(super) fn is_code(self) -> bool {
        self.offer == Offer::Code
    }
}

/// 交易状态.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TradeState {
    NotPay,
    UserPaying,
    Success,
    Refund,
    Closed,
    Revoked,
    PayError,
}

impl TradeState {
    pub(super) fn name(self) -> &'static str {
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

    pub(super) fn description(self) -> &'static str {
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

/// Who sells.
#[derive(Debug, Clone)]
pub(super) struct Party {
    /// The merchant's, or the service provider's.
    pub(super) appid: String,
    pub(super) mchid: String,
    pub(super) sub_appid: Option<String>,
    /// Only a service provider's order has one.
    pub(super) sub_mchid: Option<String>,
}

impl Party {
    /// As APIv3 names them.
    pub(super) fn members(&self) -> Map<String, Value> {
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

    /// Who gets the money: the sub-merchant, or the merchant itself.
    pub(super) fn seller(&self) -> &str {
        self.sub_mchid.as_deref().unwrap_or(&self.mchid)
    }

    /// The merchant numbers alone.
    pub(super) fn numbers(&self) -> Map<String, Value> {
        let mut members = self.members();
        members.retain(|name, _| name.ends_with("mchid"));
        members
    }
}

/// Who buys.
#[derive(Debug, Clone, Default)]
pub(super) struct Payer {
    pub(super) openid: Option<String>,
    pub(super) sub_openid: Option<String>,
}

/// The user whom the sandbox lets pay where the order names none.
const SOMEBODY: &str = "oSandboxUser0000000000000000";

impl Payer {
    pub(super) fn openid(&self) -> &str {
        self.openid.as_deref().unwrap_or(SOMEBODY)
    }
}

/// An order, also one that is part of a combined one.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) out_trade_no: String,
    pub(super) party: Party,
    pub(super) payer: Payer,
    pub(super) kind: Kind,
    pub(super) is_v2: bool,
    /// The combined order that it is part of.
    pub(super) combine: Option<String>,
    /// What it was made with, to tell a repetition from another order.
    pub(super) fingerprint: [u8; 32],
    /// What it was answered with.
    pub(super) answer: Value,
    pub(super) description: String,
    pub(super) attach: Option<String>,
    pub(super) notify_url: Option<String>,
    pub(super) total: i64,
    pub(super) currency: String,
    pub(super) created: i64,
    pub(super) expires: i64,
    pub(super) state: TradeState,
    pub(super) transaction_id: Option<String>,
    pub(super) paid: Option<i64>,
    /// When a payment by code was taken back.
    pub(super) reversed: Option<i64>,
    /// Refunded, or on the way.
    pub(super) refunded: i64,
    /// How many times a refund was accepted.
    pub(super) refunds: u32,
    pub(super) shareable: bool,
    /// Taken out of what may be shared, also for the seller itself.
    pub(super) split: i64,
    /// Shared with others, and not returned.
    pub(super) given: i64,
    pub(super) unfrozen: bool,
}

impl Row for Order {
    fn number(&self) -> &str {
        &self.out_trade_no
    }

    fn id(&self) -> Option<&str> {
        self.transaction_id.as_deref()
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
    /// An order that nobody paid in time is closed, and a paid one that was refunded says so.
    pub(super) fn state(&self, now: i64) -> TradeState {
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

    /// Whether money was taken and has not been given back as a whole.
    pub(super) fn is_paid(&self, now: i64) -> bool {
        matches!(self.state(now), TradeState::Success | TradeState::Refund)
    }

    pub(super) fn left(&self) -> i128 {
        i128::from(self.total) - i128::from(self.refunded)
    }

    /// What is left to share; refunds come out of it too.
    pub(super) fn unsplit(&self) -> i128 {
        match self.shareable && !self.unfrozen {
            true => (self.left() - i128::from(self.split)).max(0),
            false => 0,
        }
    }

    /// What an APIv3 query answers, and a notification holds.
    pub(super) fn view(&self, now: i64) -> Value {
        let state = self.state(now);
        let mut view = self.party.members();
        let mut set = |name: &str, value: Value| view.insert(name.to_owned(), value);
        set("out_trade_no", json!(self.out_trade_no));
        set("trade_state", json!(state.name()));
        set("trade_state_desc", json!(state.description()));
        if let Some(attach) = &self.attach {
            set("attach", json!(attach));
        }
        // Of what is not paid, users have published these two and no `currency`.
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

    /// What a query answers, as users have published it: with two members that are empty.
    pub(super) fn found(&self, now: i64) -> Value {
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

    /// What a combined order says of it.
    pub(super) fn part(&self, now: i64) -> Value {
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

/// The members that are there.
pub(super) fn members<const N: usize>(pairs: [(&str, Option<&String>); N]) -> Map<String, Value> {
    let pairs = pairs.into_iter();
    pairs
        .filter_map(|(name, value)| Some((name.to_owned(), json!(value?))))
        .collect()
}
