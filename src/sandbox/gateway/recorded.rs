//! The record of a request that was processed.

use super::parse::Parsed;
use super::received::Received;
use super::{Processed, delay};
use crate::fault::Fault;
use crate::record::{CallRecord, JsonSource, ResponseRecord, Verdict};
use crate::reply::Reply;

/// What is kept of a request and its response; `None` where the connection was closed instead.
pub(super) fn record(
    received: Received,
    processed: Processed,
    fault: Option<Fault>,
    reply: Option<&Reply>,
) -> CallRecord {
    let took = received.at.elapsed() + delay(fault.as_ref());
    let target = received.target().to_owned();
    let is_accepted = processed.outcome.is_ok();
    let parsed = processed.parsed.map(Parsed::into_recorded);
    let (json, json_source, query) = parsed.unwrap_or((None, JsonSource::Part, None));
    CallRecord {
        // The store of records sets these.
        id: 0,
        time: 0,
        time_ms: 0,
        mchid: processed.caller.map(|it| it.account.mchid().to_owned()),
        target,
        method: received.head.method,
        version: received.head.version,
        headers: received.head.headers,
        body: received.body,
        json: json.filter(|_| is_accepted),
        json_source,
        query,
        signed_text: processed.signed_text.map(lossy),
        verdict: match processed.outcome {
            Ok(_) => Verdict::Accepted,
            Err(refusal) => refusal.verdict(),
        },
        warnings: processed.warnings,
        fault,
        status: reply.map(|reply| reply.status),
        response: reply.map(answered),
        took,
        #[cfg(feature = "control")]
        mistakes: std::sync::Arc::default(),
    }
}

/// The bytes as text, copied only if they are no UTF-8.
fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|err| String::from_utf8_lossy(err.as_bytes()).into_owned())
}

fn answered(reply: &Reply) -> ResponseRecord {
    ResponseRecord {
        status: reply.status,
        headers: reply.headers.clone(),
        body: reply.body.clone(),
    }
}
