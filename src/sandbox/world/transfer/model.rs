//! A transfer to a user, and its JSON views.

#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::event::Event;
use super::super::table::Row;
use crate::date::rfc3339;

/// The amount from which the user's name is required: 2,000 yuan ("发起转账").
pub(crate) const NAMED_FROM: i64 = 200_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum TransferState {
    Waiting,
    Success,
    Fail,
    Canceling,
    Cancelled,
}

impl TransferState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "WAIT_USER_CONFIRM",
            Self::Success => "SUCCESS",
            Self::Fail => "FAIL",
            Self::Canceling => "CANCELING",
            Self::Cancelled => "CANCELLED",
        }
    }
}

#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Transfer {
    pub(crate) out_bill_no: String,
    pub(crate) transfer_bill_no: String,
    pub(super) fingerprint: [u8; 32],
    /// The merchant that transfers.
    pub(crate) mchid: String,
    /// The sub-merchant of a service provider's transfer.
    pub(crate) sub_mchid: Option<String>,
    pub(super) appid: String,
    pub(super) openid: String,
    pub(super) user_name: Option<String>,
    pub(crate) amount: i64,
    pub(crate) remark: String,
    pub(super) notify_url: Option<String>,
    pub(super) package_info: String,
    pub(crate) state: TransferState,
    pub(super) fail_reason: Option<String>,
    pub(super) created: i64,
    pub(crate) updated: i64,
}

impl Row for Transfer {
    fn number(&self) -> &str {
        &self.out_bill_no
    }

    fn id(&self) -> Option<&str> {
        Some(&self.transfer_bill_no)
    }

    fn owner(&self) -> Option<&str> {
        self.sub_mchid.as_deref()
    }

    fn is_over(&self, _now: i64) -> bool {
        !matches!(
            self.state,
            TransferState::Waiting | TransferState::Canceling
        )
    }
}

impl Transfer {
    pub(super) fn accepted(&self) -> Value {
        let mut answer = json!({
            "out_bill_no": self.out_bill_no,
            "transfer_bill_no": self.transfer_bill_no,
            "create_time": rfc3339(self.created),
        });
        // The answer to a service provider is documented without a state.
        if self.sub_mchid.is_none() {
            answer["state"] = json!(self.state.name());
        }
        if self.state == TransferState::Waiting {
            answer["package_info"] = json!(self.package_info);
        }
        self.put_sub_mchid(&mut answer);
        self.put_fail_reason(&mut answer);
        answer
    }

    /// The response to a query. The name is encrypted later.
    pub(crate) fn view(&self) -> Value {
        let mut view = self.resource();
        view["appid"] = json!(self.appid);
        view["transfer_remark"] = json!(self.remark);
        if let Some(user_name) = &self.user_name {
            view["user_name"] = json!(user_name);
        }
        view
    }

    fn resource(&self) -> Value {
        let mut resource = json!({
            "out_bill_no": self.out_bill_no,
            "transfer_bill_no": self.transfer_bill_no,
            "state": self.state.name(),
            "transfer_amount": self.amount,
            "openid": self.openid,
            "create_time": rfc3339(self.created),
            "update_time": rfc3339(self.updated),
        });
        let whose = match self.sub_mchid {
            Some(_) => "mchid",
            None => "mch_id",
        };
        resource[whose] = json!(self.mchid);
        self.put_sub_mchid(&mut resource);
        self.put_fail_reason(&mut resource);
        resource
    }

    pub(super) fn put_sub_mchid(&self, answer: &mut Value) {
        if let Some(sub_mchid) = &self.sub_mchid {
            answer["sub_mchid"] = json!(sub_mchid);
        }
    }

    fn put_fail_reason(&self, answer: &mut Value) {
        if let Some(reason) = &self.fail_reason {
            answer["fail_reason"] = json!(reason);
        }
    }

    pub(super) fn event(&self) -> Event {
        Event {
            notify_url: self.notify_url.clone(),
            event_type: "MCHTRANSFER.BILL.FINISHED",
            original_type: "mch_payment",
            summary: "商家转账单据终态通知",
            resource: self.resource(),
            is_v2: false,
            created: self.updated,
        }
    }
}
