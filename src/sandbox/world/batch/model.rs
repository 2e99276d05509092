//! A batch of transfers to users (商家转账到零钱), and its JSON views.

#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::event::Event;
use super::super::table::Row;
use crate::date::rfc3339;

/// 明细状态.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum DetailStatus {
    Processing,
    Success,
    Fail,
}

impl DetailStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Processing => "PROCESSING",
            Self::Success => "SUCCESS",
            Self::Fail => "FAIL",
        }
    }
}

/// 明细单: a transfer to one user.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Detail {
    pub(crate) out_detail_no: String,
    pub(crate) detail_id: String,
    pub(crate) amount: i64,
    pub(crate) remark: String,
    pub(crate) openid: String,
    pub(crate) user_name: Option<String>,
    pub(crate) status: DetailStatus,
    /// Why it failed.
    pub(crate) fail_reason: Option<String>,
    pub(crate) updated: i64,
}

impl Detail {
    pub(crate) fn is_open(&self) -> bool {
        self.status == DetailStatus::Processing
    }

    /// Completes it, or fails it with a reason.
    pub(crate) fn end(&mut self, fail_reason: Option<&str>, now: i64) {
        self.status = match fail_reason {
            Some(_) => DetailStatus::Fail,
            None => DetailStatus::Success,
        };
        self.fail_reason = fail_reason.map(str::to_owned);
        self.updated = now;
    }

    /// The entry in the list of a batch.
    pub(crate) fn brief(&self) -> Value {
        json!({
            "detail_id": self.detail_id,
            "out_detail_no": self.out_detail_no,
            "detail_status": self.status.name(),
        })
    }
}

#[derive(Debug, Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Batch {
    /// Who transfers.
    pub(crate) mchid: String,
    pub(crate) out_batch_no: String,
    pub(crate) batch_id: String,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) appid: String,
    pub(crate) name: String,
    pub(crate) remark: String,
    /// Absent: the merchant's default.
    pub(crate) scene: Option<String>,
    pub(crate) notify_url: Option<String>,
    pub(crate) details: Vec<Detail>,
    pub(crate) created: i64,
    /// When all details had ended.
    pub(crate) ended: Option<i64>,
}

impl Row for Batch {
    fn number(&self) -> &str {
        &self.out_batch_no
    }

    fn id(&self) -> Option<&str> {
        Some(&self.batch_id)
    }

    fn is_over(&self, _now: i64) -> bool {
        self.ended.is_some()
    }

    fn weight(&self) -> usize {
        self.details.len()
    }
}

impl Batch {
    fn status(&self) -> &'static str {
        match self.ended {
            Some(_) => "FINISHED",
            None => "PROCESSING",
        }
    }

    pub(crate) fn accepted(&self) -> Value {
        json!({
            "out_batch_no": self.out_batch_no,
            "batch_id": self.batch_id,
            "create_time": rfc3339(self.created),
            "batch_status": if self.ended.is_some() { "FINISHED" } else { "ACCEPTED" },
        })
    }

    /// The number and total amount of details with a status.
    fn sum(&self, status: DetailStatus) -> (usize, i64) {
        let of_status = self.details.iter().filter(|it| it.status == status);
        // No overflow: the sum is at most the total, which is an `i64`.
        let amounts = of_status.map(|it| it.amount);
        (amounts.clone().count(), amounts.sum())
    }

    fn total(&self) -> i64 {
        self.details.iter().map(|it| it.amount).sum()
    }

    /// `transfer_batch` of a query.
    pub(crate) fn view(&self) -> Value {
        let mut view = json!({
            "mchid": self.mchid,
            "out_batch_no": self.out_batch_no,
            "batch_id": self.batch_id,
            "appid": self.appid,
            "batch_status": self.status(),
            "batch_type": "API",
            "batch_name": self.name,
            "batch_remark": self.remark,
            "total_amount": self.total(),
            "total_num": self.details.len(),
            "create_time": rfc3339(self.created),
            "update_time": rfc3339(self.ended.unwrap_or(self.created)),
        });
        if let Some(scene) = &self.scene {
            view["transfer_scene_id"] = json!(scene);
        }
        if self.ended.is_some() {
            self.put_sums(&mut view);
        }
        view
    }

    fn put_sums(&self, to: &mut Value) {
        for (status, number, amount) in [
            (DetailStatus::Success, "success_num", "success_amount"),
            (DetailStatus::Fail, "fail_num", "fail_amount"),
        ] {
            let (count, sum) = self.sum(status);
            to[number] = json!(count);
            to[amount] = json!(sum);
        }
    }

    /// The response to a query of one detail. The name is encrypted later.
    pub(crate) fn detail(&self, detail: &Detail) -> Value {
        let mut view = json!({
            "mchid": self.mchid,
            "out_batch_no": self.out_batch_no,
            "batch_id": self.batch_id,
            "appid": self.appid,
            "out_detail_no": detail.out_detail_no,
            "detail_id": detail.detail_id,
            "detail_status": detail.status.name(),
            "transfer_amount": detail.amount,
            "transfer_remark": detail.remark,
            "openid": detail.openid,
            "initiate_time": rfc3339(self.created),
            "update_time": rfc3339(detail.updated),
        });
        if let Some(user_name) = &detail.user_name {
            view["user_name"] = json!(user_name);
        }
        if let Some(reason) = &detail.fail_reason {
            view["fail_reason"] = json!(reason);
        }
        view
    }

    /// The event at the end.
    pub(crate) fn event(&self, now: i64) -> Event {
        let mut resource = json!({
            "out_batch_no": self.out_batch_no,
            "batch_id": self.batch_id,
            "batch_status": self.status(),
            "total_num": self.details.len(),
            "total_amount": self.total(),
            "update_time": rfc3339(now),
        });
        self.put_sums(&mut resource);
        Event {
            notify_url: self.notify_url.clone(),
            event_type: "MCHTRANSFER.BATCH.FINISHED",
            original_type: "mch_payment",
            summary: "商家转账批次完成",
            resource,
            is_v2: false,
            created: now,
        }
    }
}
