//! A profit sharing order (分账单), and what is said of it.

use serde_json::{Value, json};

use super::super::date::rfc3339;
use super::event::Event;
use super::order::Party;
use super::request::Request;
use super::table::Row;

/// Whose words are used: those of the ordinary profit sharing, or of e-commerce's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) account: &'static str,
    pub(super) unfreeze: &'static str,
    pub(super) state: &'static str,
    pub(super) return_id: &'static str,
}

impl Words {
    pub(super) const ORDINARY: Self = Self {
        account: "account",
        unfreeze: "/unfreeze_unsplit",
        state: "state",
        return_id: "return_id",
    };
    pub(super) const ECOMMERCE: Self = Self {
        account: "receiver_account",
        unfreeze: "/finish",
        state: "status",
        return_id: "return_no",
    };
}

impl Words {
    /// Of a brand (连锁品牌分账).
    pub(super) const BRAND: Self = Self {
        account: "account",
        unfreeze: "/finish",
        state: "status",
        return_id: "return_no",
    };
}

/// What of the money goes to whom.
#[derive(Debug, Clone)]
pub(super) struct Slice {
    pub(super) kind: String,
    pub(super) account: String,
    pub(super) amount: i64,
    pub(super) description: String,
    pub(super) detail_id: String,
    pub(super) result: SliceResult,
    pub(super) returned: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SliceResult {
    Pending,
    Success,
    /// The receiver was deleted meanwhile.
    NoRelation,
}

impl SliceResult {
    fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Success => "SUCCESS",
            Self::NoRelation => "CLOSED",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Share {
    pub(super) out_order_no: String,
    pub(super) order_id: String,
    pub(super) words: Words,
    pub(super) fingerprint: [u8; 32],
    pub(super) out_trade_no: String,
    pub(super) transaction_id: String,
    pub(super) party: Party,
    /// The brand that shares (品牌主商户号).
    pub(super) brand: Option<String>,
    pub(super) slices: Vec<Slice>,
    pub(super) created: i64,
    /// When it was done.
    pub(super) ended: Option<i64>,
}

impl Row for Share {
    fn number(&self) -> &str {
        &self.out_order_no
    }

    fn id(&self) -> Option<&str> {
        Some(&self.order_id)
    }

    fn is_over(&self, _now: i64) -> bool {
        self.ended.is_some()
    }
}

impl Share {
    pub(super) fn view(&self) -> Value {
        let mut view = json!({
            "transaction_id": self.transaction_id,
            "out_order_no": self.out_order_no,
            "order_id": self.order_id,
            "receivers": self.slices.iter().map(|it| self.slice(it)).collect::<Vec<_>>(),
        });
        view[self.words.state] = match self.ended {
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

    /// `finish_time` is there always, as documented, and before the end it is long ago.
    fn slice(&self, slice: &Slice) -> Value {
        let mut view = json!({
            "type": slice.kind,
            "amount": slice.amount,
            "description": slice.description,
            "result": slice.result.name(),
            "detail_id": slice.detail_id,
            "create_time": rfc3339(self.created),
            "finish_time": rfc3339(self.ended.unwrap_or(0)),
        });
        view[self.words.account] = json!(slice.account);
        if slice.result == SliceResult::NoRelation {
            view["fail_reason"] = json!("NO_RELATION");
        }
        view
    }

    /// What the merchant is told of a slice that moved.
    pub(super) fn event(&self, slice: &Slice, moved: Moved, now: i64) -> Event {
        let (event_type, summary, amount) = match moved {
            Moved::Out => ("PROFITSHARING.SUCCESS", "分账成功", slice.amount),
            Moved::Back(amount) => ("PROFITSHARING.RETURN", "分账回退成功", amount),
        };
        let mut resource = self.party.numbers();
        let mut set = |name: &str, value: Value| resource.insert(name.to_owned(), value);
        set("transaction_id", json!(self.transaction_id));
        set("order_id", json!(self.order_id));
        set("out_order_no", json!(self.out_order_no));
        let receiver = json!({
            "type": slice.kind,
            "account": slice.account,
            "amount": amount,
            "description": slice.description,
        });
        set("receiver", receiver);
        set("success_time", json!(rfc3339(now)));
        Event {
            // WeChat Pay takes the URL that the merchant has set for profit sharing.
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

/// Where the money of a slice went.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moved {
    Out,
    Back(i64),
}

/// A receiver that may be shared with.
#[derive(Debug, Clone)]
pub(super) struct Receiver {
    key: String,
}

impl Receiver {
    pub(super) fn new(key: String) -> Self {
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

/// Money on its way back from a receiver.
#[derive(Debug, Clone)]
pub(super) struct Return {
    pub(super) number: String,
    pub(super) id: String,
    pub(super) fingerprint: [u8; 32],
    pub(super) out_order_no: String,
    pub(super) done: GivenBack,
    pub(super) answer: Value,
}

/// Who gave back how much, and when.
#[derive(Debug, Clone)]
pub(super) struct GivenBack {
    pub(super) account: String,
    pub(super) amount: i64,
    pub(super) time: i64,
}

impl Row for Return {
    fn number(&self) -> &str {
        &self.number
    }

    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn is_over(&self, _now: i64) -> bool {
        true
    }
}

/// Receivers are a sub-merchant's, or the merchant's own; e-commerce's are the platform's, for all its
/// sub-merchants; a brand's are the brand's.
pub(super) fn receiver_key(
    words: Words,
    (sub_mchid, brand): (Option<&str>, Option<&str>),
    kind: &str,
    account: &str,
) -> String {
    let sub_mchid = sub_mchid.filter(|_| words == Words::ORDINARY);
    let (sub_mchid, brand) = (sub_mchid.unwrap_or_default(), brand.unwrap_or_default());
    format!("{brand}\n{sub_mchid}\n{kind}\n{account}")
}

/// A parameter of the path, or where it has none of the query.
pub(super) fn either(request: &Request<'_>, name: &str) -> String {
    let variable = request.variable(name);
    match variable.is_empty() {
        true => request.query_value(name).unwrap_or_default(),
        false => variable,
    }
}
