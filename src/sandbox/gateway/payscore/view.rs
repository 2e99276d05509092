//! The state and the amounts of a service order in responses and notifications.

use serde_json::{Value, json};

use super::stage;
use crate::date::{Local, rfc3339};
use crate::remembered::Found;
use crate::service_order::{self, OF_THE_END, Stage};

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
    known.unwrap_or_else(|| paid(order, time(order, order.made_at), None))
}

/// A time as the order writes it.
pub(super) fn time(order: &Found, seconds: i64) -> String {
    if service_order::has_compact_times(order.maker) {
        Local::of(seconds).compact()
    } else {
        rfc3339(seconds)
    }
}

/// The payment of an order, by WeChat Pay.
pub(super) fn paid(order: &Found, time: String, transaction_id: Option<String>) -> Value {
    let mut detail = detail(order, "NEWTON", time);
    if let Some(id) = transaction_id {
        detail["transaction_id"] = json!(id);
    }
    collected(order, detail)
}

/// The payment of an order outside of WeChat Pay, which has no number of WeChat Pay.
pub(super) fn paid_outside(order: &Found, time: String) -> Value {
    collected(order, detail(order, "MCH", time))
}

fn detail(order: &Found, kind: &str, time: String) -> Value {
    json!({"seq": 1, "amount": total(order), "paid_type": kind, "paid_time": time})
}

fn collected(order: &Found, detail: Value) -> Value {
    let total = total(order);
    json!({
        "state": "USER_PAID",
        "total_amount": total,
        "paying_amount": 0,
        "paid_amount": total,
        "details": [detail],
    })
}

/// An order in the list of the control API.
#[cfg(feature = "control")]
pub(super) fn brief(mchid: &str, order: &Found) -> Value {
    let stage = stage(order);
    json!({
        "mchid": mchid,
        "sub_mchid": order.members.get("sub_mchid"),
        "out_order_no": order.members.get(service_order::NUMBER),
        "order_id": order.members.get("order_id"),
        "state": stage.state(),
        "state_description": stage.description(),
        "total_amount": stage.is_complete().then(|| total(order)),
    })
}
