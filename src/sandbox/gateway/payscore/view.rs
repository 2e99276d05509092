//! The state and the amounts of a service order in responses and notifications.

use serde_json::{Value, json};

use super::stage;
use crate::date::{Local, rfc3339};
use crate::remembered::Found;
use crate::service_order::{self, NUMBER, OF_THE_END, Stage};
use wechatpay_core::crypto::digest::sha256;

/// The path of the operation that queries the orders which an operation creates.
pub(super) fn path_of_query(maker: &str) -> String {
    let path = maker.trim_end_matches("/direct-complete");
    let path = path.replace("servicepayondeliveryorder", "serviceorder");
    path.replace("sign-plan/", "")
}

/// The amount of a completed order.
pub(super) fn total(order: &Found) -> i64 {
    let total = order.members.get("total_amount").and_then(Value::as_i64);
    total.unwrap_or_default()
}

/// Writes the state and the amounts into a response.
pub(super) fn agree(body: &mut Value, order: &Found) {
    let Some(body) = body
        .as_object_mut()
        .filter(|body| body.contains_key("state"))
    else {
        return;
    };
    let stage = stage(order);
    body.insert("state".into(), json!(stage.state()));
    match stage.description() {
        Some(description) => body.insert("state_description".into(), json!(description)),
        None => body.shift_remove("state_description"),
    };
    if !stage.is_complete() {
        body.retain(|name, _| !OF_THE_END.contains(&name.as_str()));
        return;
    }
    let total = total(order);
    for (name, value) in [
        ("total_amount", json!(total)),
        ("need_collection", json!(total > 0)),
        ("collection", collection(order, stage)),
    ] {
        if let Some(slot) = body.get_mut(name) {
            *slot = value;
        }
    }
    if total == 0 {
        body.shift_remove("collection");
    }
}

fn collection(order: &Found, stage: Stage) -> Value {
    let total = total(order);
    if stage != Stage::Paid {
        return json!({"state": "USER_PAYING", "total_amount": total, "paying_amount": total, "paid_amount": 0});
    }
    let known = order.members.get("collection").cloned();
    // Records of an older version have none.
    known.unwrap_or_else(|| Payment::new("", order, order.made_at).paid(None))
}

/// The payment of an order.
pub(super) struct Payment {
    pub(super) total: i64,
    pub(super) transaction_id: String,
    time: String,
}

impl Payment {
    pub(super) fn new(mchid: &str, order: &Found, now: i64) -> Self {
        let is_compact = service_order::has_compact_times(order.maker);
        Self {
            total: total(order),
            transaction_id: transaction_id(mchid, order),
            time: if is_compact {
                Local::of(now).compact()
            } else {
                rfc3339(now)
            },
        }
    }

    /// What the order tells of it. The merchant may have reported the time of a payment outside of WeChat Pay, which has no
    /// `transaction_id`.
    pub(super) fn paid(&self, reported: Option<String>) -> Value {
        let mut detail = json!({"seq": 1, "amount": self.total});
        match reported {
            Some(time) => {
                detail["paid_type"] = json!("MCH");
                detail["paid_time"] = json!(time);
            }
            None => {
                detail["paid_type"] = json!("NEWTON");
                detail["paid_time"] = json!(self.time);
                detail["transaction_id"] = json!(self.transaction_id);
            }
        }
        json!({
            "state": "USER_PAID",
            "total_amount": self.total,
            "paying_amount": 0,
            "paid_amount": self.total,
            "details": [detail],
        })
    }
}

/// The number of the payment. Merchants and sub-merchants may use the same number of an order.
fn transaction_id(mchid: &str, order: &Found) -> String {
    let text = |name: &str| order.members.get(name).and_then(Value::as_str);
    let number = text(NUMBER).unwrap_or_default();
    let owner = order.owner.as_deref().unwrap_or_default();
    let digest = sha256(format!("{mchid}/{owner}/{number}").as_bytes());
    let digits = digest
        .iter()
        .take(24)
        .map(|byte| char::from(b'0' + byte % 10));
    format!("4200{}", digits.collect::<String>())
}

/// An order in the list of the control API.
#[cfg(feature = "control")]
pub(super) fn brief(mchid: &str, order: &Found) -> Value {
    let stage = stage(order);
    json!({
        "mchid": mchid,
        "sub_mchid": order.owner,
        "out_order_no": order.members.get(NUMBER),
        "order_id": order.members.get("order_id"),
        "state": stage.state(),
        "state_description": stage.description(),
        "total_amount": stage.is_complete().then(|| total(order)),
    })
}
