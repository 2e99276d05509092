//! Events that a merchant is notified of.

use std::collections::VecDeque;
use std::fmt;

#[cfg(feature = "state")]
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

#[cfg(feature = "state")]
use crate::journal::{StaticText, interned};

/// How many events are kept; the oldest are dropped first.
const WAITING: usize = 10_000;

/// Something that WeChat Pay would notify the merchant of.
///
/// [`Sandbox::take_events`](crate::Sandbox::take_events) returns the events.
#[derive(Clone)]
#[non_exhaustive]
pub struct Event {
    /// The `notify_url` of the request that caused it. If it is `None`, WeChat Pay uses the URL that the merchant has
    /// set on the platform.
    pub notify_url: Option<String>,
    /// APIv3's `event_type`: `TRANSACTION.SUCCESS`, `REFUND.CLOSED`. APIv2 has no event types; its events have the
    /// corresponding type of APIv3.
    pub event_type: &'static str,
    /// The resource's `original_type`: `transaction`, `refund`, `mch_payment`, `profitsharing`,
    /// `complaint`, `entrust`.
    pub original_type: &'static str,
    /// APIv3's `summary`, a short text in Chinese.
    pub summary: &'static str,
    /// The resource in plaintext. For APIv2, the members of the notification without its signature; for a refund of
    /// APIv2, the members that `req_info` encrypts, and the ids of the merchant.
    pub resource: Value,
    /// Whether the notification is APIv2's: XML, signed with the APIv2 key.
    pub is_v2: bool,
    /// When it happened, in seconds since the Unix epoch.
    pub created: i64,
}

/// Omits the resource, which may contain personal data.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("event_type", &self.event_type)
            .field("is_v2", &self.is_v2)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

/// The form of an [`Event`] in a saved state.
#[cfg(feature = "state")]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Event")]
struct SavedEvent {
    notify_url: Option<String>,
    #[serde(deserialize_with = "interned")]
    event_type: StaticText,
    #[serde(deserialize_with = "interned")]
    original_type: StaticText,
    #[serde(deserialize_with = "interned")]
    summary: StaticText,
    resource: Value,
    is_v2: bool,
    created: i64,
}

/// The events that were not taken yet, oldest first.
#[derive(Clone, Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Event>,
}

impl Outbox {
    pub(crate) fn push(&mut self, event: Event) {
        if self.waiting.len() >= WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(event);
    }

    pub(crate) fn take(&mut self) -> Vec<Event> {
        self.waiting.drain(..).collect()
    }
}

/// An event as it is written.
#[cfg(feature = "state")]
#[derive(Serialize)]
struct Written<'e>(#[serde(with = "SavedEvent")] &'e Event);

/// An event that was read.
#[cfg(feature = "state")]
#[derive(Deserialize)]
struct Read(#[serde(with = "SavedEvent")] Event);

#[cfg(feature = "state")]
impl Serialize for Outbox {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.waiting.iter().map(Written))
    }
}

#[cfg(feature = "state")]
impl<'de> Deserialize<'de> for Outbox {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let waiting = VecDeque::<Read>::deserialize(deserializer)?;
        let waiting = waiting.into_iter().map(|it| it.0).collect();
        Ok(Self { waiting })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_oldest_events_are_dropped_first() {
        let mut outbox = Outbox::default();
        for created in 0..WAITING + 2 {
            outbox.push(Event {
                notify_url: None,
                event_type: "TRANSACTION.SUCCESS",
                original_type: "transaction",
                summary: "支付成功",
                resource: json!({"payer": {"openid": "oSecret"}}),
                is_v2: false,
                created: i64::try_from(created).unwrap(),
            });
        }
        let events = outbox.take();
        assert_eq!((events.len(), events[0].created), (WAITING, 2));
        assert!(outbox.take().is_empty());
        assert!(!format!("{events:?}").contains("oSecret"));
    }
}
