//! A complaint (投诉单), and its JSON views.

#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::event::Event;
use super::super::order::model::Order;
use super::super::table::Row;
use crate::date::rfc3339;
use crate::journal::StaticText;
#[cfg(feature = "state")]
use crate::journal::interned;

/// 投诉单状态.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum ComplaintState {
    Pending,
    Processing,
    Processed,
}

impl ComplaintState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Processing => "PROCESSING",
            Self::Processed => "PROCESSED",
        }
    }
}

/// An entry of the history (协商历史).
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
struct Step {
    /// The number of earlier steps, including dropped ones.
    number: usize,
    time: i64,
    #[cfg_attr(feature = "state", serde(deserialize_with = "interned"))]
    operator: StaticText,
    #[cfg_attr(feature = "state", serde(deserialize_with = "interned"))]
    kind: StaticText,
    details: String,
}

#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Complaint {
    pub(crate) id: String,
    pub(crate) out_trade_no: String,
    /// The key of its order.
    pub(crate) order: String,
    transaction_id: String,
    amount: i64,
    pub(crate) mchid: String,
    openid: String,
    pub(crate) detail: String,
    pub(crate) state: ComplaintState,
    /// Whether the user waits for a response.
    waits: bool,
    pub(crate) created: i64,
    steps: Vec<Step>,
    /// The number of all steps, including dropped ones.
    counted: usize,
}

impl Row for Complaint {
    fn number(&self) -> &str {
        &self.id
    }

    fn id(&self) -> Option<&str> {
        None
    }

    fn is_over(&self, _now: i64) -> bool {
        self.state == ComplaintState::Processed
    }
}

/// How many steps of a complaint are kept. The first is always kept; of the others the oldest are dropped first.
const STEPS: usize = 100;
/// The user's phone number, which is not assigned.
const PHONE: &str = "13800000000";

impl Complaint {
    pub(crate) fn new(id: String, order: &Order, detail: String, now: i64) -> Self {
        let mut complaint = Self {
            id,
            out_trade_no: order.out_trade_no.clone(),
            order: order.key(),
            transaction_id: order.transaction_id.clone().unwrap_or_default(),
            amount: order.total,
            mchid: order.party.seller().to_owned(),
            openid: order.payer.openid().to_owned(),
            detail: detail.clone(),
            state: ComplaintState::Pending,
            waits: true,
            created: now,
            steps: Vec::new(),
            counted: 0,
        };
        complaint.step("投诉人", "USER_CREATE_COMPLAINT", detail, now);
        complaint
    }

    /// Records a response of the merchant. The user no longer waits.
    pub(crate) fn answered(&mut self, kind: &'static str, details: String, now: i64) {
        self.waits = false;
        self.step("商户", kind, details, now);
    }

    fn step(&mut self, operator: &'static str, kind: &'static str, details: String, time: i64) {
        if self.steps.len() >= STEPS {
            self.steps.remove(1);
        }
        self.steps.push(Step {
            number: self.counted,
            time,
            operator,
            kind,
            details,
        });
        self.counted += 1;
    }

    /// The entry in a list. The phone number is encrypted later.
    pub(crate) fn view(&self, order: Option<&Order>) -> Value {
        let refunded = order.is_some_and(|order| order.refunded == order.total);
        json!({
            "complaint_id": self.id,
            "complaint_time": rfc3339(self.created),
            "complaint_detail": self.detail,
            "complaint_state": self.state.name(),
            "complainted_mchid": self.mchid,
            "payer_phone": PHONE,
            "complaint_order_info": [{
                "transaction_id": self.transaction_id,
                "out_trade_no": self.out_trade_no,
                "amount": self.amount,
            }],
            "complaint_full_refunded": refunded,
            "incoming_user_response": self.waits,
            "problem_description": self.detail,
            "user_complaint_times": 1,
            "problem_type": "OTHERS",
        })
    }

    /// The response to a query.
    pub(crate) fn whole(&self, order: Option<&Order>) -> Value {
        let mut view = self.view(order);
        view["payer_openid"] = json!(self.openid);
        view
    }

    /// The history, oldest first.
    pub(crate) fn history(&self) -> Vec<Value> {
        let steps = self.steps.iter();
        steps
            .map(|step| {
                json!({
                    "log_id": format!("{}{:04}", self.id, step.number),
                    "operator": step.operator,
                    "operate_time": rfc3339(step.time),
                    "operate_type": step.kind,
                    "operate_details": step.details,
                })
            })
            .collect()
    }

    /// The event for the merchant. Source: "投诉通知回调".
    pub(crate) fn event(&self, url: Option<&String>, action: &str, now: i64) -> Event {
        let (event_type, summary) = match action {
            "CREATE_COMPLAINT" => ("COMPLAINT.CREATE", "产生新投诉"),
            _ => ("COMPLAINT.STATE_CHANGE", "投诉状态变化"),
        };
        Event {
            notify_url: url.cloned(),
            event_type,
            original_type: "complaint",
            summary,
            resource: json!({"complaint_id": self.id, "action_type": action}),
            is_v2: false,
            created: now,
        }
    }
}
