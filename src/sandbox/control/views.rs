//! What the API and the page say of things, as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::gateway::Gateway;
use super::super::identity::{BRAND_ID, MCHID};
use super::super::notifier::DeliveryRecord;
use super::super::world::{
    ComplaintRecord, OrderRecord, RefundRecord, SharingRecord, TransferRecord,
};
use super::calls;

/// Who the sandbox is; no keys.
pub(super) fn info(gateway: &Gateway) -> Value {
    let identity = &gateway.identity;
    let control = &gateway.control;
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "base_url": control.base_url.get(),
        "dir": control.settings.dir,
        "mchid": MCHID,
        "serial": identity.merchant_certificate.serial(),
        "brand_id": BRAND_ID,
        "platform_public_key_id": identity.public.id,
        "platform_cert_serials": gateway.platform.serials(),
        "certificate_mode": gateway.platform.certificate_mode(),
        "clock": clock(gateway),
        "posts_notifications": control.settings.posts,
        "allow_remote": control.settings.remote,
        "notify_url": control.notify_url(),
        "allow_outgoing": control.settings.outgoing,
        "calls": gateway.records.len(),
    })
}

pub(super) fn clock(gateway: &Gateway) -> Value {
    json!({
        "now": gateway.clock.now(),
        "offset_seconds": gateway.control.clock.offset(),
        "speed": gateway.control.deliveries.pace(),
    })
}

pub(super) fn limits(gateway: &Gateway) -> Value {
    json!({"enforce": gateway.limits_are_enforced()})
}

pub(super) fn faults(gateway: &Gateway) -> Value {
    let faults = gateway.faults.all().into_iter().map(|(fault, times)| {
        let times = times.map_or(json!("always"), |times| json!(times));
        json!({"fault": fault.to_string(), "times": times})
    });
    faults.collect()
}

/// In how many seconds after the last attempt it is tried again, at this speed; exact to the millisecond.
pub(super) fn next_in(record: &DeliveryRecord, pace: f64) -> Option<Value> {
    let seconds = record
        .next_in
        .map(|seconds| Duration::from_secs(seconds).as_secs_f64())?;
    let ms = (seconds / pace * 1000.0).round();
    let whole = ms % 1000.0 == 0.0;
    // Most are whole: those of WeChat Pay's own speed all are.
    Some(match whole {
        true => json!(format!("{:.0}", ms / 1000.0).parse::<u64>().ok()),
        false => json!(ms / 1000.0),
    })
}

/// One notification, with all that is known of it; `pace` is how much faster than time it is repeated.
pub(super) fn delivery(record: &DeliveryRecord, pace: f64) -> Value {
    let mut view = brief_delivery(record, pace);
    for (index, attempt) in record.attempts.iter().enumerate() {
        view["attempts"][index]["answer"] = json!(attempt.response.as_ref().map(calls::answer));
    }
    view["resource"] = record.resource.clone();
    view["posted"] = json!(record.posted.as_ref().map(|posted| json!({
        "headers": calls::headers(&posted.headers),
        "body": calls::shown(&posted.body),
        "body_length": posted.body_length,
    })));
    view
}

/// One of many.
pub(super) fn brief_delivery(record: &DeliveryRecord, pace: f64) -> Value {
    let attempts = record.attempts.iter().map(|attempt| {
        json!({
            "time_ms": attempt.time_ms,
            "took_ms": attempt.took_ms,
            "status": attempt.status.map(|status| status.as_u16()),
            "problem": attempt.problem,
            "problem_zh": attempt.problem_zh,
        })
    });
    json!({
        "id": record.id,
        "event_type": record.event_type,
        "url": record.url,
        "state": record.state.as_str(),
        "attempts": attempts.collect::<Value>(),
        "next_in": next_in(record, pace),
    })
}

pub(super) fn order(record: &OrderRecord) -> Value {
    json!({
        "out_trade_no": record.out_trade_no,
        "transaction_id": record.transaction_id,
        "combine_out_trade_no": record.combine_out_trade_no,
        "trade_state": record.trade_state,
        "total": record.total,
        "refunded": record.refunded,
        "shared": record.shared,
        "json": record.json,
    })
}

pub(super) fn refund(record: &RefundRecord) -> Value {
    json!({
        "out_refund_no": record.out_refund_no,
        "refund_id": record.refund_id,
        "out_trade_no": record.out_trade_no,
        "status": record.status.name(),
        "amount": record.amount,
        "json": record.json,
    })
}

pub(super) fn transfer(record: &TransferRecord) -> Value {
    json!({
        "out_bill_no": record.out_bill_no,
        "transfer_bill_no": record.transfer_bill_no,
        "state": record.state,
        "amount": record.amount,
        "json": record.json,
    })
}

pub(super) fn sharing(record: &SharingRecord) -> Value {
    json!({
        "out_order_no": record.out_order_no,
        "order_id": record.order_id,
        "out_trade_no": record.out_trade_no,
        "finished": record.finished,
        "json": record.json,
    })
}

pub(super) fn complaint(record: &ComplaintRecord) -> Value {
    json!({
        "complaint_id": record.complaint_id,
        "out_trade_no": record.out_trade_no,
        "complaint_state": record.complaint_state,
        "json": record.json,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeliveryState;

    #[test]
    fn waits_are_those_of_the_speed() {
        let record = |next_in| DeliveryRecord {
            id: 1,
            event_type: String::new(),
            url: String::new(),
            resource: Value::Null,
            state: DeliveryState::Pending,
            attempts: Vec::new(),
            posted: None,
            next_in,
        };
        for (wait, pace, expected) in [
            (15, 1.0, json!(15)),
            (1200, 1000.0, json!(1.2)),
            (15, 1000.0, json!(0.015)),
            (1200, 100.0, json!(12)),
            (15, 0.5, json!(30)),
        ] {
            assert_eq!(next_in(&record(Some(wait)), pace), Some(expected));
        }
        assert_eq!(next_in(&record(None), 1.0), None);
    }
}
