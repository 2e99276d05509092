//! A verified and decrypted notification.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::dedup::Delivery;
use super::hold::Hold;
use super::kind::{Kind, Version};
use crate::message::read_text;
use wechatpay_core::error::{Error, ErrorKind, Result, Verification};

/// A notification of WeChat Pay, verified and decrypted.
///
/// Its `Debug` shows neither the resource nor the body: they name people and orders.
#[derive(Clone)]
pub struct Notification {
    pub(super) version: Version,
    pub(super) id: String,
    pub(super) envelope: Value,
    pub(super) resource: Resource,
    pub(super) raw: Bytes,
    pub(super) verification: Verification,
    pub(super) delivery: Delivery,
    /// The claim, if this is a first delivery that was accepted.
    pub(super) hold: Option<Arc<Hold>>,
}

/// The subject of a notification.
#[derive(Clone)]
pub(super) struct Resource {
    pub(super) value: Value,
    /// The JSON that the value was read from; `None` for APIv2's XML.
    pub(super) text: Option<String>,
}

impl From<Value> for Resource {
    fn from(value: Value) -> Self {
        Self { value, text: None }
    }
}

impl std::ops::Deref for Resource {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.value
    }
}

impl Notification {
    /// Returns the protocol.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns an id that repeated deliveries share.
    ///
    /// In APIv2 only events carry an id. For other messages the id is a digest of their
    /// subject: for a payment the merchant, numbers, amount, time and result; for a
    /// refund the number and status; for any other message all members except result texts and,
    /// if the message has a number or a time, the nonce. Only signed members count, and for refunds only
    /// decrypted members.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the event type, for example `TRANSACTION.SUCCESS`; empty for an APIv2 message without one.
    #[must_use]
    pub fn event_type(&self) -> &str {
        self.text("event_type")
    }

    /// Returns the documented kind.
    #[must_use]
    pub fn kind(&self) -> Option<&'static Kind> {
        Kind::find(self.version, self.event_type())
    }

    /// Returns the time of the event as WeChat Pay writes it (RFC 3339); empty if the message has none.
    #[must_use]
    pub fn create_time(&self) -> &str {
        match self.version {
            Version::V3 => self.text("create_time"),
            Version::V2 => self.text("event_create_time"),
        }
    }

    /// Returns the resource type, for example `encrypt-resource`; empty in APIv2.
    #[must_use]
    pub fn resource_type(&self) -> &str {
        self.text("resource_type")
    }

    /// Returns the original type of the resource, for example `transaction`; empty in APIv2.
    #[must_use]
    pub fn original_type(&self) -> &str {
        self.envelope["resource"]["original_type"]
            .as_str()
            .unwrap_or_default()
    }

    /// Returns WeChat Pay's summary, for example `支付成功`; empty in APIv2.
    #[must_use]
    pub fn summary(&self) -> &str {
        self.text("summary")
    }

    /// Returns the decrypted resource; `Null` if there is none.
    ///
    /// In APIv2 it is the plaintext of `req_info` or `event_ciphertext`, or else all signed members of the message
    /// as texts. Empty members are not signed, so they are left out.
    #[must_use]
    pub fn resource(&self) -> &Value {
        &self.resource
    }

    /// Returns the decrypted JSON of the resource as WeChat Pay wrote it, including decrypted sensitive fields; `None` if
    /// there is no resource, and for APIv2's XML.
    ///
    /// [`resource`](Self::resource) rounds integers that exceed 64 bits, unless the program enables
    /// `arbitrary_precision` of `serde_json`; this text has every digit.
    #[must_use]
    pub fn resource_text(&self) -> Option<&str> {
        self.resource.text.as_deref()
    }

    /// Deserialises the resource.
    ///
    /// It reads [`resource_text`](Self::resource_text) if available, so that a member of type
    /// `u128`, of a decimal type or `Box<RawValue>` gets every digit.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when the resource does not match the type.
    pub fn resource_as<T: DeserializeOwned>(&self) -> Result<T> {
        let text = self.resource_text().map(str::as_bytes);
        if let Some(read) = text.and_then(read_text) {
            return Ok(read);
        }
        T::deserialize(&self.resource.value).map_err(|err| {
            Error::new(
                ErrorKind::Body,
                "the notification's resource does not match the requested type",
            )
            .with_maybe_sent(false)
            .with_source(err)
        })
    }

    /// Returns the whole message as received; the ciphertext is still encrypted.
    ///
    /// In APIv2's refunds ([`Verification::Unsigned`]) only [`resource`](Self::resource) is known to
    /// come from WeChat Pay; the rest of the message is not protected.
    #[must_use]
    pub fn envelope(&self) -> &Value {
        &self.envelope
    }

    /// Returns the body as received.
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Returns the verification: the key, or for APIv2's refunds the fact that the message is unsigned and
    /// only encrypted. Query such a refund before acting on it.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.verification
    }

    /// Returns whether the notification was delivered before; always [`Delivery::New`] after
    /// [`parse`](super::Notifications::parse), which does not check.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Returns whether another delivery was handled before, or is being handled: do not handle this one.
    ///
    /// The two have different replies; [`reply_for`](super::Notifications::reply_for) gives the right one.
    #[must_use]
    pub fn duplicate(&self) -> bool {
        self.delivery != Delivery::New
    }

    /// Whether the reply must contain data. Such a notification is handled on every delivery.
    #[must_use]
    pub fn expects_data(&self) -> bool {
        self.kind().is_some_and(Kind::expects_data)
    }

    fn text(&self, key: &str) -> &str {
        self.envelope[key].as_str().unwrap_or_default()
    }
}

impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("version", &self.version)
            .field("id", &self.id)
            .field("event_type", &self.event_type())
            .field("create_time", &self.create_time())
            .field("verification", &self.verification)
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}
