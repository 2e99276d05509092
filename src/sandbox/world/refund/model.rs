//! A refund, and its JSON views.

#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::event::Event;
use super::super::order::model::{Order, Party};
use super::super::table::{Row, key_of};
use crate::date::{Local, rfc3339};
use crate::journal::StaticText;
#[cfg(feature = "state")]
use crate::journal::interned;

/// The status of a refund, which [`Sandbox::settle_refund`](crate::Sandbox::settle_refund) sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefundStatus {
    /// In progress (退款处理中).
    Processing,
    /// The user has received the money (退款成功).
    Success,
    /// Cancelled (退款关闭). The amount can be refunded again.
    Closed,
    /// Failed (退款异常), for example because the user's bank card is no longer valid.
    Abnormal,
}

impl RefundStatus {
    /// The name in responses: `PROCESSING`, `SUCCESS`, `CLOSED`, `ABNORMAL`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Processing => "PROCESSING",
            Self::Success => "SUCCESS",
            Self::Closed => "CLOSED",
            Self::Abnormal => "ABNORMAL",
        }
    }

    /// The status of this name in which a refund can end.
    pub(crate) fn of_end(name: &str) -> Option<Self> {
        let ends = [Self::Success, Self::Closed, Self::Abnormal];
        ends.into_iter().find(|end| end.name() == name)
    }
}

/// The form of a [`RefundStatus`] in a saved state.
#[cfg(feature = "state")]
#[derive(Serialize, Deserialize)]
#[serde(remote = "RefundStatus")]
enum SavedStatus {
    Processing,
    Success,
    Closed,
    Abnormal,
}

/// The API whose terms are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum RefundApi {
    Domestic,
    Ecommerce,
    V2,
}

#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Refund {
    pub(crate) out_refund_no: String,
    pub(crate) refund_id: String,
    pub(crate) api: RefundApi,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) out_trade_no: String,
    pub(crate) transaction_id: String,
    pub(crate) party: Party,
    pub(crate) total: i64,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) notify_url: Option<String>,
    /// The account that pays an e-commerce refund.
    pub(crate) account: Option<String>,
    #[cfg_attr(feature = "state", serde(deserialize_with = "interned"))]
    pub(crate) channel: StaticText,
    #[cfg_attr(feature = "state", serde(with = "SavedStatus"))]
    pub(crate) status: RefundStatus,
    pub(crate) created: i64,
    /// When it succeeded.
    pub(crate) ended: Option<i64>,
    /// When it was closed.
    pub(crate) closed: Option<i64>,
}

impl Row for Refund {
    fn number(&self) -> &str {
        &self.out_refund_no
    }

    fn id(&self) -> Option<&str> {
        Some(&self.refund_id)
    }

    fn owner(&self) -> Option<&str> {
        self.party.owner()
    }

    fn is_other_seller(&self) -> bool {
        self.party.is_other_seller
    }

    fn is_over(&self, _now: i64) -> bool {
        matches!(self.status, RefundStatus::Success | RefundStatus::Closed)
    }
}

const RECEIVED: &str = "支付用户零钱";

impl Refund {
    /// The key of its order.
    pub(crate) fn order_key(&self) -> String {
        key_of(self.owner(), &self.out_trade_no)
    }

    pub(crate) fn new(out_refund_no: String) -> Self {
        Self {
            out_refund_no,
            refund_id: String::new(),
            api: RefundApi::Domestic,
            fingerprint: [0; 32],
            out_trade_no: String::new(),
            transaction_id: String::new(),
            party: Party {
                appid: String::new(),
                mchid: String::new(),
                sub_appid: None,
                sub_mchid: None,
                is_other_seller: false,
            },
            total: 0,
            amount: 0,
            currency: String::new(),
            notify_url: None,
            account: None,
            channel: "ORIGINAL",
            status: RefundStatus::Processing,
            created: 0,
            ended: None,
            closed: None,
        }
    }

    /// Copies the data of the order.
    pub(crate) fn order(&mut self, order: &Order) {
        self.out_trade_no.clone_from(&order.out_trade_no);
        self.transaction_id = order.transaction_id.clone().unwrap_or_default();
        self.party = order.party.clone();
        self.total = order.total;
        self.currency.clone_from(&order.currency);
    }

    /// The response to its request.
    pub(crate) fn accepted(&self) -> Value {
        match self.api {
            RefundApi::Ecommerce => {
                let mut answer = json!({
                    "refund_id": self.refund_id,
                    "out_refund_no": self.out_refund_no,
                    "create_time": rfc3339(self.created),
                    "amount": amounts(self),
                });
                if let Some(account) = &self.account {
                    answer["refund_account"] = json!(account);
                }
                answer
            }
            _ => self.view(),
        }
    }

    /// The response to a query.
    pub(crate) fn view(&self) -> Value {
        let ecommerce = self.api == RefundApi::Ecommerce;
        let mut view = json!({
            "refund_id": self.refund_id,
            "out_refund_no": self.out_refund_no,
            "transaction_id": self.transaction_id,
            "out_trade_no": self.out_trade_no,
            "channel": self.channel,
            "user_received_account": RECEIVED,
            "create_time": rfc3339(self.created),
            "status": match self.status {
                // The spelling in "查询退款" of e-commerce.
                RefundStatus::Closed if ecommerce => "CLOSE",
                status => status.name(),
            },
            "funds_account": "AVAILABLE",
            "amount": amounts(self),
            "promotion_detail": [],
        });
        if let Some(ended) = self.ended {
            view["success_time"] = json!(rfc3339(ended));
        }
        if let Some(account) = self.account.as_ref().filter(|_| ecommerce) {
            view["refund_account"] = json!(account);
        }
        if !ecommerce {
            let amount = &mut view["amount"];
            amount["total"] = json!(self.total);
            amount["payer_total"] = json!(self.total);
            amount["settlement_refund"] = json!(self.amount);
            amount["settlement_total"] = json!(self.total);
            amount["from"] = json!([]);
        }
        view
    }

    /// The event for the merchant; `None` while it is in progress.
    pub(crate) fn event(&self, now: i64) -> Option<Event> {
        let (event_type, summary) = match self.status {
            RefundStatus::Processing => return None,
            RefundStatus::Success => ("REFUND.SUCCESS", "退款成功"),
            RefundStatus::Closed => ("REFUND.CLOSED", "退款关闭"),
            RefundStatus::Abnormal => ("REFUND.ABNORMAL", "退款异常"),
        };
        let is_v2 = self.api == RefundApi::V2;
        Some(Event {
            notify_url: self.notify_url.clone(),
            event_type,
            original_type: "refund",
            summary,
            resource: if is_v2 {
                self.v2_members()
            } else {
                self.resource()
            },
            is_v2,
            created: now,
        })
    }

    fn resource(&self) -> Value {
        let mut resource = self.party.numbers();
        let mut set = |name: &str, value: Value| resource.insert(name.to_owned(), value);
        set("out_trade_no", json!(self.out_trade_no));
        set("transaction_id", json!(self.transaction_id));
        set("out_refund_no", json!(self.out_refund_no));
        set("refund_id", json!(self.refund_id));
        set("refund_status", json!(self.status.name()));
        if let Some(ended) = self.ended {
            set("success_time", json!(rfc3339(ended)));
        }
        set("user_received_account", json!(RECEIVED));
        if let Some(account) = &self.account {
            set("refund_account", json!(account));
        }
        let amount = json!({
            "total": self.total,
            "refund": self.amount,
            "payer_total": self.total,
            "payer_refund": self.amount,
        });
        set("amount", amount);
        Value::Object(resource)
    }

    /// The members of APIv2's notification: the merchant's ids and the content of `req_info`. Source: "退款结果通知".
    fn v2_members(&self) -> Value {
        let mut members = json!({
            "appid": self.party.appid,
            "mch_id": self.party.mchid,
            "transaction_id": self.transaction_id,
            "out_trade_no": self.out_trade_no,
            "refund_id": self.refund_id,
            "out_refund_no": self.out_refund_no,
            "total_fee": self.total.to_string(),
            "refund_fee": self.amount.to_string(),
            "settlement_refund_fee": self.amount.to_string(),
            "refund_status": self.v2_status(),
            "refund_recv_accout": RECEIVED,
            "refund_account": "REFUND_SOURCE_UNSETTLED_FUNDS",
            "refund_request_source": "API",
        });
        for (name, value) in [
            ("sub_appid", self.party.sub_appid.clone()),
            ("sub_mch_id", self.party.sub_mchid.clone()),
            (
                "success_time",
                self.ended.map(|it| Local::of(it).to_string()),
            ),
        ] {
            if let Some(value) = value {
                members[name] = json!(value);
            }
        }
        members
    }

    /// The name in APIv2.
    pub(crate) fn v2_status(&self) -> &'static str {
        match self.status {
            RefundStatus::Closed => "REFUNDCLOSE",
            RefundStatus::Abnormal => "CHANGE",
            status => status.name(),
        }
    }
}

/// The amounts of a refund that both kinds of query have.
fn amounts(refund: &Refund) -> Value {
    json!({
        "refund": refund.amount,
        "payer_refund": refund.amount,
        "discount_refund": 0,
        "currency": refund.currency,
    })
}
