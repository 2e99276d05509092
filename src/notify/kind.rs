//! The documented kinds of notifications.

use std::time::Duration;

use super::table::KINDS;

/// The protocol of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Version {
    /// XML, signed with the APIv2 key.
    V2,
    /// JSON, signed by a platform key, its resource encrypted with the APIv3 key.
    V3,
}

/// A kind of notification, as WeChat Pay documents it.
///
/// ```
/// use wechatpay_chain::notify::{Kind, Version};
///
/// let kind = Kind::find(Version::V3, "CROSS_BORDER_PAY.PUSH_ORDER_INFO").unwrap();
/// assert!(kind.expects_data() && kind.reply_must_be_signed());
/// ```
#[derive(Debug)]
pub struct Kind {
    version: Version,
    event_type: &'static str,
    attributes: &'static [KindAttribute],
}

#[derive(Debug)]
pub(super) enum KindAttribute {
    Decrypt(&'static [&'static str]),
    Answered,
    SignedReply,
    Deadline(u8),
}

pub(super) const fn kind(
    version: Version,
    event_type: &'static str,
    attributes: &'static [KindAttribute],
) -> Kind {
    Kind {
        version,
        event_type,
        attributes,
    }
}

impl Kind {
    /// Returns all kinds with an event type, sorted by it.
    #[must_use]
    pub fn all() -> &'static [Self] {
        KINDS
    }

    /// Returns the kind of an event type.
    #[must_use]
    pub fn find(version: Version, event_type: &str) -> Option<&'static Self> {
        KINDS
            .binary_search_by(|kind| (kind.event_type, kind.version).cmp(&(event_type, version)))
            .ok()
            .map(|at| &KINDS[at])
    }

    /// Returns the protocol.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the event type, for example `TRANSACTION.SUCCESS`.
    #[must_use]
    pub fn event_type(&self) -> &'static str {
        self.event_type
    }

    /// Returns JSON pointers to the fields of the decrypted resource that are additionally encrypted to the
    /// merchant's certificate; `*` stands for every item of an array.
    #[must_use]
    pub fn decrypt(&self) -> &'static [&'static str] {
        let pointers = self
            .attributes
            .iter()
            .find_map(|attribute| match attribute {
                KindAttribute::Decrypt(pointers) => Some(*pointers),
                _ => None,
            });
        pointers.unwrap_or_default()
    }

    /// Whether the reply must contain data.
    #[must_use]
    pub fn expects_data(&self) -> bool {
        self.has(|attribute| matches!(attribute, KindAttribute::Answered))
    }

    /// Whether the merchant must sign the reply.
    #[must_use]
    pub fn reply_must_be_signed(&self) -> bool {
        self.has(|attribute| matches!(attribute, KindAttribute::SignedReply))
    }

    /// Returns the documented time limit for the reply; 5 s by default.
    #[must_use]
    pub fn reply_deadline(&self) -> Duration {
        let seconds = self
            .attributes
            .iter()
            .find_map(|attribute| match attribute {
                KindAttribute::Deadline(seconds) => Some(*seconds),
                _ => None,
            });
        Duration::from_secs(seconds.unwrap_or(5).into())
    }

    fn has(&self, test: impl Fn(&KindAttribute) -> bool) -> bool {
        self.attributes.iter().any(test)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_and_the_facts_are_there() {
        assert_eq!(KINDS.len(), 106);
        for kind in KINDS {
            let found = Kind::find(kind.version(), kind.event_type()).unwrap();
            assert!(std::ptr::eq(kind, found), "{}", kind.event_type());
        }
        assert!(Kind::find(Version::V2, "REFUND.SUCCESS").is_none());
        let count = |test: fn(&Kind) -> bool| KINDS.iter().filter(|kind| test(kind)).count();
        assert_eq!(count(|kind| !kind.decrypt().is_empty()), 4);
        assert_eq!(count(Kind::expects_data), 4);
        assert_eq!(count(Kind::reply_must_be_signed), 2);
        assert_eq!(count(|kind| kind.reply_deadline().as_secs() < 5), 3);
    }
}
