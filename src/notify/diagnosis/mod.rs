//! Explains why a notification is refused.
//!
//! Anyone with the public key can recover the digest of the signed text from the signature. A
//! changed body can therefore be told from another body: the [likely changes](bodies) are
//! undone until the result has the signed digest. Nothing in this module accepts a notification.

mod bodies;
mod finding;
mod headers;
mod orders;
mod resource;
mod signature;
mod v2;

use http::HeaderMap;

use super::{Keys, Notifications};
pub use finding::Finding;
use wechatpay_core::error::VerifyFailure;
use wechatpay_core::protocol::{PROBE_PREFIX, xml};

impl Notifications {
    /// Explains why [`parse`](Self::parse) refuses a notification; empty if it does not.
    ///
    /// Use it for logs, and to find out how a framework or a proxy changes bodies and headers. It recognises, for example,
    /// a missing line break, a byte order mark, reserialised JSON, a wrong charset, a key with
    /// another id, and swapped keys. It may compute for a second, so do not call it for
    /// every request from the Internet.
    ///
    /// It never accepts a notification: one whose problem is found is still rejected.
    ///
    /// ```
    /// # use http::HeaderMap;
    /// # use wechatpay_chain::notify::Notifications;
    /// fn explain(notifications: &Notifications, headers: &HeaderMap, body: &[u8]) {
    ///     for finding in notifications.diagnose(headers, body) {
    ///         eprintln!("{}: {finding}", finding.cause());
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn diagnose(&self, headers: &HeaderMap, body: &[u8]) -> Vec<Finding> {
        if self.parse(headers, body).is_ok() {
            return Vec::new();
        }
        let keys = &self.shared.keys;
        if is_apiv2(body) {
            v2::diagnose(keys, body)
        } else {
            of_apiv3(keys, self.shared.clock.now(), headers, body)
        }
    }
}

/// Whether the body is XML, also after a byte order mark or the head of a request.
fn is_apiv2(body: &[u8]) -> bool {
    xml::is_xml(body) || bodies::one_edit(body).any(|(_, edited)| xml::is_xml(&edited))
}

fn of_apiv3(keys: &Keys, now: i64, headers: &HeaderMap, body: &[u8]) -> Vec<Finding> {
    let (mut found, read) = headers::read(headers, &keys.keyring.ids());
    let Some(read) = read else {
        return found;
    };
    if read.signature.starts_with(PROBE_PREFIX) {
        return vec![PROBE];
    }
    found.extend(clock(&read.timestamp, now));
    let signature = signature::diagnose(keys, now, &read, body);
    let holds = signature.is_empty() && found.is_empty();
    found.extend(signature);
    if holds {
        found.extend(resource::diagnose(keys, body));
    }
    found
}

fn clock(timestamp: &str, now: i64) -> Option<Finding> {
    let offset = timestamp.parse::<i64>().ok()?.saturating_sub(now);
    let late = offset.unsigned_abs() > 300;
    late.then(|| {
        Finding::of(
            "clock",
            format!(
                "{}; an old notification is refused because it may be a replay",
                VerifyFailure::Clock { offset }
            ),
        )
    })
}

const PROBE: Finding = Finding::new(
    "probe",
    "this is a probe: WeChat Pay deliberately sends a wrong signature to check that signatures are \
     verified; answer 401, and raise no alarm",
);
