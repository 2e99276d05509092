//! A profit sharing order (分账单), and its JSON views.

#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::event::Event;
use super::super::order::model::Party;
use super::super::table::{Row, key_of};
use crate::date::rfc3339;
use crate::journal::StaticText;
#[cfg(feature = "state")]
use crate::journal::interned;

/// The names of members: those of ordinary profit sharing, of e-commerce, or of brands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct SharingNames {
    #[cfg_attr(feature = "state", serde(deserialize_with = "interned"))]
    pub(crate) account: StaticText,
    #[cfg_attr(feature = "state", serde(deserialize_with = "interned"))]
    pub(crate) unfreeze: StaticText,
    #[cfg_attr(feature = "state", serde(deserialize_with = "interned"))]
    pub(crate) state: StaticText,
    #[cfg_attr(feature = "state", serde(deserialize_with = "interned"))]
    pub(crate) return_id: StaticText,
}

impl SharingNames {
    pub(crate) const ORDINARY: Self = Self {
        account: "account",
        unfreeze: "/unfreeze_unsplit",
        state: "state",
        return_id: "return_id",
    };
    pub(crate) const ECOMMERCE: Self = Self {
        account: "receiver_account",
        unfreeze: "/finish",
        state: "status",
        return_id: "return_no",
    };
}

impl SharingNames {
    /// The names for brands (连锁品牌分账).
    pub(crate) const BRAND: Self = Self {
        account: "account",
        unfreeze: "/finish",
        state: "status",
        return_id: "return_no",
    };
}

/// The share of one receiver.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct ShareDetail {
    pub(crate) kind: String,
    pub(crate) account: String,
    pub(crate) amount: i64,
    pub(crate) description: String,
    pub(crate) detail_id: String,
    pub(crate) result: DetailResult,
    pub(crate) returned: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum DetailResult {
    Pending,
    Success,
    /// The receiver was deleted meanwhile.
    NoRelation,
}

impl DetailResult {
    fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Success => "SUCCESS",
            Self::NoRelation => "CLOSED",
        }
    }
}

#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Share {
    pub(crate) out_order_no: String,
    pub(crate) order_id: String,
    pub(crate) names: SharingNames,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) out_trade_no: String,
    pub(crate) transaction_id: String,
    pub(crate) party: Party,
    /// The sharing brand (品牌主商户号).
    pub(crate) brand: Option<String>,
    pub(crate) details: Vec<ShareDetail>,
    pub(crate) created: i64,
    /// When it finished.
    pub(crate) ended: Option<i64>,
}

impl Row for Share {
    fn number(&self) -> &str {
        &self.out_order_no
    }

    fn id(&self) -> Option<&str> {
        Some(&self.order_id)
    }

    fn owner(&self) -> Option<&str> {
        self.party.sub_mchid.as_deref()
    }

    fn is_over(&self, _now: i64) -> bool {
        self.ended.is_some()
    }
}

impl Share {
    /// The key of its order.
    pub(crate) fn order_key(&self) -> String {
        key_of(self.owner(), &self.out_trade_no)
    }

    pub(crate) fn view(&self) -> Value {
        let mut view = json!({
            "transaction_id": self.transaction_id,
            "out_order_no": self.out_order_no,
            "order_id": self.order_id,
            "receivers": self.details.iter().map(|it| self.detail(it)).collect::<Vec<_>>(),
        });
        view[self.names.state] = match self.ended {
            Some(_) => json!("FINISHED"),
            None => json!("PROCESSING"),
        };
        if let Some(sub_mchid) = &self.party.sub_mchid {
            view["sub_mchid"] = json!(sub_mchid);
        }
        if let Some(brand) = &self.brand {
            view["brand_mchid"] = json!(brand);
        }
        view
    }

    /// `finish_time` is always present, as documented; before the end it is 1970.
    fn detail(&self, detail: &ShareDetail) -> Value {
        let mut view = json!({
            "type": detail.kind,
            "amount": detail.amount,
            "description": detail.description,
            "result": detail.result.name(),
            "detail_id": detail.detail_id,
            "create_time": rfc3339(self.created),
            "finish_time": rfc3339(self.ended.unwrap_or(0)),
        });
        view[self.names.account] = json!(detail.account);
        if detail.result == DetailResult::NoRelation {
            view["fail_reason"] = json!("NO_RELATION");
        }
        view
    }

    /// The event of a detail.
    pub(crate) fn event(&self, detail: &ShareDetail, moved: Movement, now: i64) -> Event {
        let (event_type, summary, amount) = match moved {
            Movement::Out => ("PROFITSHARING.SUCCESS", "分账成功", detail.amount),
            Movement::Back(amount) => ("PROFITSHARING.RETURN", "分账回退成功", amount),
        };
        let mut resource = self.party.numbers();
        let mut set = |name: &str, value: Value| resource.insert(name.to_owned(), value);
        set("transaction_id", json!(self.transaction_id));
        set("order_id", json!(self.order_id));
        set("out_order_no", json!(self.out_order_no));
        let receiver = json!({
            "type": detail.kind,
            "account": detail.account,
            "amount": amount,
            "description": detail.description,
        });
        set("receiver", receiver);
        set("success_time", json!(rfc3339(now)));
        Event {
            // WeChat Pay uses the URL that the merchant has set for profit sharing.
            notify_url: None,
            event_type,
            original_type: "profitsharing",
            summary,
            resource: Value::Object(resource),
            is_v2: false,
            created: now,
        }
    }
}

/// The destination of a detail's money.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Movement {
    Out,
    Back(i64),
}

/// A receiver.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Receiver {
    key: String,
}

impl Receiver {
    pub(crate) fn new(key: String) -> Self {
        Self { key }
    }
}

impl Row for Receiver {
    fn number(&self) -> &str {
        &self.key
    }

    fn id(&self) -> Option<&str> {
        None
    }

    fn is_over(&self, _now: i64) -> bool {
        false
    }
}

/// A return from a receiver.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Return {
    pub(crate) number: String,
    pub(crate) id: String,
    pub(crate) fingerprint: [u8; 32],
    /// The key of the profit sharing order.
    pub(crate) share: String,
    pub(crate) sub_mchid: Option<String>,
    pub(crate) done: ReturnedAmount,
    pub(crate) answer: Value,
}

/// The amount and time of a return, and its receiver.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct ReturnedAmount {
    pub(crate) account: String,
    pub(crate) amount: i64,
    pub(crate) time: i64,
}

impl Row for Return {
    fn number(&self) -> &str {
        &self.number
    }

    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn owner(&self) -> Option<&str> {
        self.sub_mchid.as_deref()
    }

    fn is_over(&self, _now: i64) -> bool {
        true
    }
}

/// The key of a receiver. Receivers belong to a sub-merchant or the merchant; in e-commerce to the platform, for all
/// sub-merchants; for brands to the brand.
pub(crate) fn receiver_key(
    names: SharingNames,
    (sub_mchid, brand): (Option<&str>, Option<&str>),
    kind: &str,
    account: &str,
) -> String {
    let sub_mchid = sub_mchid.filter(|_| names == SharingNames::ORDINARY);
    let (sub_mchid, brand) = (sub_mchid.unwrap_or_default(), brand.unwrap_or_default());
    format!("{brand}\n{sub_mchid}\n{kind}\n{account}")
}
