//! The JSON of everything else, for the API and the page.

use std::time::Duration;

use serde_json::{Value, json};

use super::calls;
use crate::notifier::DeliveryRecord;
use crate::state::SandboxState;
use crate::world::{ComplaintRecord, OrderRecord, RefundRecord, SharingRecord, TransferRecord};

/// The sandbox's ids and settings, without keys.
pub(super) fn info(state: &SandboxState) -> Value {
    let first = state.accounts.first();
    let credentials = first.credentials().ok();
    let credentials = credentials.as_ref();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "base_url": state.base_url.get(),
        "dir": state.settings.dir,
        "mchid": first.mchid(),
        "serial": credentials.map(|it| it.certificate.serial()),
        "brand_id": first.settings.brands.first(),
        "platform_public_key_id": credentials.map(|it| &it.public.id),
        "merchants": state.accounts.all().iter().map(|it| it.mchid().to_owned()).collect::<Vec<_>>(),
        "platform_cert_serials": state.platform.serials(),
        "certificate_mode": state.platform.certificate_mode(),
        "clock": clock(state),
        "posts_notifications": state.settings.post_notifications,
        "allow_remote": state.settings.allow_remote,
        "notify_url": state.notify_url(),
        "allow_outgoing": state.settings.allow_outgoing,
        "calls": state.records.len(),
        "state": state.journal.as_ref().map(|journal| json!({
            "dir": state.settings.state,
            "entries": journal.count(),
            "skipped_checkpoint": journal.skipped_checkpoint().map(|why| why.report()),
        })),
    })
}

pub(super) fn clock(state: &SandboxState) -> Value {
    json!({
        "now": state.now(),
        "offset_seconds": state.clock.offset(),
        "speed": state.notifier.speed(),
    })
}

pub(super) fn limits(state: &SandboxState) -> Value {
    json!({"enforce": state.rate_limits.is_enforced()})
}

pub(super) fn faults(state: &SandboxState) -> Value {
    let faults = state.faults.all().into_iter().map(|(fault, times)| {
        let times = times.map_or(json!("always"), |times| json!(times));
        json!({"fault": fault.to_string(), "times": times})
    });
    faults.collect()
}

/// The wait until the next attempt in seconds at this speed, rounded to milliseconds.
pub(super) fn next_in(record: &DeliveryRecord, speed: f64) -> Option<Value> {
    let seconds = record
        .next_in
        .map(|seconds| Duration::from_secs(seconds).as_secs_f64())?;
    let ms = (seconds / speed * 1000.0).round();
    let whole = ms % 1000.0 == 0.0;
    // At WeChat Pay's own speed all waits are whole seconds.
    Some(if whole {
        json!(format!("{:.0}", ms / 1000.0).parse::<u64>().ok())
    } else {
        json!(ms / 1000.0)
    })
}

/// One notification with everything known about it; `speed` divides its waits.
pub(super) fn delivery(record: &DeliveryRecord, speed: f64) -> Value {
    let mut view = brief_delivery(record, speed);
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

/// One notification of a list.
pub(super) fn brief_delivery(record: &DeliveryRecord, speed: f64) -> Value {
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
        "mchid": record.mchid,
        "event_type": record.event_type,
        "url": record.url,
        "state": record.state.as_str(),
        "attempts": attempts.collect::<Value>(),
        "next_in": next_in(record, speed),
    })
}

pub(super) fn order(record: &OrderRecord) -> Value {
    json!({
        "mchid": record.mchid,
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
        "mchid": record.mchid,
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
        "mchid": record.mchid,
        "out_bill_no": record.out_bill_no,
        "transfer_bill_no": record.transfer_bill_no,
        "state": record.state,
        "amount": record.amount,
        "json": record.json,
    })
}

pub(super) fn sharing(record: &SharingRecord) -> Value {
    json!({
        "mchid": record.mchid,
        "out_order_no": record.out_order_no,
        "order_id": record.order_id,
        "out_trade_no": record.out_trade_no,
        "finished": record.finished,
        "json": record.json,
    })
}

pub(super) fn complaint(record: &ComplaintRecord) -> Value {
    json!({
        "mchid": record.mchid,
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
    fn waits_are_divided_by_the_speed() {
        let record = |next_in| DeliveryRecord {
            id: 1,
            mchid: String::new(),
            event_type: String::new(),
            url: String::new(),
            resource: Value::Null,
            state: DeliveryState::Pending,
            attempts: Vec::new(),
            posted: None,
            next_in,
        };
        for (wait, speed, expected) in [
            (15, 1.0, json!(15)),
            (1200, 1000.0, json!(1.2)),
            (15, 1000.0, json!(0.015)),
            (1200, 100.0, json!(12)),
            (15, 0.5, json!(30)),
        ] {
            assert_eq!(next_in(&record(Some(wait)), speed), Some(expected));
        }
        assert_eq!(next_in(&record(None), 1.0), None);
    }
}
