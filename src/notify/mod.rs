//! Notifications (回调通知): what WeChat Pay posts to the merchant's server.
#![doc = include_str!("../../docs/notifications.md")]

#[cfg(feature = "axum")]
mod axum;
mod builder;
mod dedup;
#[cfg(feature = "diagnosis")]
mod diagnosis;
mod flat;
mod hold;
mod kind;
mod memory;
mod notification;
#[cfg(feature = "redis")]
mod redis;
mod refund;
mod reply;
mod run;
mod serve;
mod source;
mod subject;
mod table;
mod v2;
mod v3;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;

#[cfg(feature = "axum")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
pub use axum::{NotificationRejection, VerifiedNotification};
pub use builder::NotificationsBuilder;
pub use dedup::{Claim, DedupStore, Delivery, Finished};
#[cfg(feature = "diagnosis")]
#[cfg_attr(docsrs, doc(cfg(feature = "diagnosis")))]
pub use diagnosis::Finding;
pub use kind::{Kind, Version};
pub use memory::MemoryStore;
pub use notification::Notification;
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use redis::RedisStore;
pub use reply::{Acknowledgement, Reply};

use crate::client::Client;
use crate::message::FieldPolicy;
use dedup::{DynDedupStore, IdSource};
use hold::{Hold, until};
use run::Running;
use source::Source;
use wechatpay_core::clock::Clock;
use wechatpay_core::crypto::PrivateKey;
use wechatpay_core::error::{Error, ErrorKind, Result, Verification, VerifyFailure};
use wechatpay_core::protocol::{Keyring, xml};
use wechatpay_core::secret::Secret;

/// Reads and answers notifications. Clones are cheap and share everything.
///
/// ```
/// use bytes::Bytes;
/// use wechatpay_chain::notify::{Notifications, Reply};
///
/// async fn webhook(notifications: &Notifications, request: http::Request<String>) -> Reply {
///     notifications
///         .handle(request, |notification| async move {
///             match notification.event_type() {
///                 "TRANSACTION.SUCCESS" => book(&notification.resource()["out_trade_no"]).await,
///                 _ => Ok(()),
///             }
///         })
///         .await
/// }
/// # async fn book(_: &serde_json::Value) -> Result<(), std::io::Error> { Ok(()) }
/// ```
#[derive(Clone)]
pub struct Notifications {
    shared: Arc<Shared>,
}

struct Shared {
    keys: Keys,
    /// Only of a client in certificate mode.
    source: Option<Source>,
    clock: Arc<dyn Clock>,
    dedup: Arc<dyn DynDedupStore>,
    lease: Duration,
    renew_for: Duration,
    retention: Duration,
    timeout: Duration,
    running: Running,
}

/// Everything that reads a notification, and what signs a reply.
struct Keys {
    keyring: Keyring,
    apiv3: Vec<Secret>,
    v2: Vec<Secret>,
    private: Option<PrivateKey>,
    reply: Option<ReplyKey>,
    fields: FieldPolicy,
}

/// What signs a reply, and the serial that says so.
struct ReplyKey {
    serial: String,
    key: PrivateKey,
}

impl Notifications {
    /// Begins a reader.
    pub fn builder() -> NotificationsBuilder {
        NotificationsBuilder::new()
    }

    /// A reader with the keys and the clock of a client; the keyring stays shared with it.
    ///
    /// For more, say a store of seen ids, begin with [`builder`](Self::builder) and
    /// [`NotificationsBuilder::client`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the client has no APIv3 key or speaks only APIv2 without its key.
    pub fn from_client(client: &Client) -> Result<Self> {
        Self::builder().client(client).build()
    }

    /// Verifies and decrypts; changes nothing, and does not look whether it came before.
    ///
    /// It fetches nothing either: in certificate mode, a notification signed with a certificate that is
    /// not known yet is refused here for its serial. [`accept`](Self::accept) fetches it, as
    /// [`receive`](Self::receive) and [`handle`](Self::handle) do.
    ///
    /// `body` is the body exactly as received: JSON that was parsed and written again has another
    /// signature. APIv2's XML is told from APIv3's JSON by its content.
    ///
    /// # Errors
    ///
    /// Give them to [`refuse`](Self::refuse); WeChat Pay delivers again later.
    /// - [`ErrorKind::Probe`]: wrong on purpose; raise no alarm.
    /// - [`ErrorKind::Verify`]: [`Error::verify_failure`] says whether header, timestamp, serial or
    ///   signature.
    /// - [`ErrorKind::Decrypt`]: genuine, but no APIv3 (APIv2, private) key given fits.
    /// - [`ErrorKind::Body`]: genuine, but not of a notification's form.
    ///
    /// Nothing was sent in any case: [`Error::maybe_sent`] is false.
    pub fn parse(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification> {
        self.parse_bytes(headers, &Bytes::copy_from_slice(body))
    }

    /// [`parse`](Self::parse), then claims the notification's id.
    ///
    /// With the keys of a client in certificate mode, a serial that is not known makes it fetch
    /// WeChat Pay's certificates, and verify again; see
    /// [`Certificates`](crate::certificates::Certificates#when).
    ///
    /// A notification that came before is no error: see [`Notification::delivery`]. Call
    /// [`finish`](Self::finish) when it is handled and [`release`](Self::release) when that failed.
    ///
    /// The claim lasts as long as the notification or a clone of it is kept: it is renewed, for
    /// [`renew_for`](NotificationsBuilder::renew_for) at most, and given back when the last of them is
    /// dropped. A server that drops a handler when the sender hangs up, as hyper and axum do, thereby
    /// gives it back in the middle of its work: let [`run`](Self::run) run it to its end. A claim runs
    /// out by itself, so that a process that dies loses nothing.
    ///
    /// # Errors
    ///
    /// Those of [`parse`](Self::parse), [`ErrorKind::Dedup`] when the store cannot be asked, does not
    /// answer in [time](NotificationsBuilder::timeout) or has no room, and [`ErrorKind::Timeout`] when the
    /// certificates do not come in that time.
    pub async fn accept(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification> {
        let body = Bytes::copy_from_slice(body);
        self.accept_bytes(headers, &body, self.deadline()).await
    }

    /// Remembers that a notification was handled: later deliveries are [`Delivery::Duplicate`].
    ///
    /// It is not when the claim ran out before and another delivery is being handled: that one decides,
    /// and [`lease`](NotificationsBuilder::lease) is too short. Of questions, which are handled
    /// each time, there is nothing to remember and nothing is asked of the store.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`].
    pub async fn finish(&self, notification: &Notification) -> Result<Finished> {
        if notification.expects_data() {
            return Ok(Finished::Recorded);
        }
        let ttl = self.shared.retention;
        match &notification.hold {
            Some(hold) => hold.finish(ttl).await,
            // Without a claim of its own, a fresh one: it finishes what nobody else has claimed.
            None => self.hold(notification)?.finish(ttl).await,
        }
    }

    /// Gives a notification back whose handling failed: the next delivery is [`Delivery::New`].
    ///
    /// After its claim ran out it does nothing: what another has claimed since, or finished, is not
    /// ours to free.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`]; then the claim runs out by itself.
    pub async fn release(&self, notification: &Notification) -> Result<()> {
        match &notification.hold {
            Some(hold) => hold.release().await,
            None => Ok(()),
        }
    }

    fn parse_bytes(&self, headers: &HeaderMap, body: &Bytes) -> Result<Notification> {
        let keys = &self.shared.keys;
        let outcome = match xml::is_xml(body) {
            true => v2::parse(keys, body),
            false => v3::parse(keys, self.shared.clock.now(), headers, body),
        };
        outcome.map_err(|err| err.with_maybe_sent(false))
    }

    async fn parse_or_fetch(&self, headers: &HeaderMap, body: &Bytes) -> Result<Notification> {
        let first = self.parse_bytes(headers, body);
        let (Err(refusal), Some(source)) = (&first, &self.shared.source) else {
            return first;
        };
        match source.ask(refusal.verify_failure()).await {
            Ok(false) => first,
            Ok(true) => self.parse_bytes(headers, body),
            // It may have been another's fetch that failed.
            Err(missed) => self
                .parse_bytes(headers, body)
                .map_err(|err| unfetched(err, &missed)),
        }
    }

    /// When what is asked now has to be answered.
    fn deadline(&self) -> Instant {
        Instant::now() + self.shared.timeout
    }

    async fn accept_bytes(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
        deadline: Instant,
    ) -> Result<Notification> {
        let parsed = self.parse_or_fetch(headers, body);
        let mut notification = until(deadline, || unfetched_in_time(body), parsed).await?;
        if !notification.expects_data() {
            self.claim(&mut notification, deadline)
                .await
                .map_err(|err| err.with_maybe_sent(false).with_body(body.clone()))?;
        }
        Ok(notification)
    }

    async fn claim(&self, notification: &mut Notification, deadline: Instant) -> Result<()> {
        let (hold, shared) = (self.hold(notification)?, &self.shared);
        notification.delivery = hold.claim(shared.lease, deadline).await?;
        if !notification.duplicate() {
            hold.renew(shared.lease, shared.renew_for);
            notification.hold = Some(Arc::new(hold));
        }
        Ok(())
    }

    fn hold(&self, notification: &Notification) -> Result<Hold> {
        let dedup = Arc::clone(&self.shared.dedup);
        Hold::new(dedup, dedup_id(notification), self.shared.timeout)
    }
}

impl fmt::Debug for Notifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = &self.shared.keys;
        f.debug_struct("Notifications")
            .field("platform_keys", &keys.keyring)
            .field("apiv3_keys", &keys.apiv3.len())
            .field("v2_keys", &keys.v2.len())
            .field("private_key", &keys.private.is_some())
            .finish_non_exhaustive()
    }
}

/// The two versions count their ids apart, and so do refunds that are not signed.
fn dedup_id(notification: &Notification) -> String {
    let origin = match (notification.version(), notification.verification()) {
        (Version::V3, _) => IdSource::V3,
        (Version::V2, Verification::Unsigned) => IdSource::Refund,
        (Version::V2, _) => IdSource::V2,
    };
    format!("{}{}", origin.prefix(), notification.id())
}

fn refused(kind: ErrorKind, message: &'static str, body: &Bytes) -> Error {
    Error::new(kind, message)
        .with_maybe_sent(false)
        .with_body(body.clone())
}

/// Whoever reads it has to know that the serial may be right.
fn unfetched(err: Error, missed: &Error) -> Error {
    let message = format!(
        "the certificate that signed the notification could not be asked for, so do not act on it: {}",
        missed.report()
    );
    let outer = Error::new(err.kind(), message).with_maybe_sent(false);
    let body = err.body().cloned().unwrap_or_default();
    outer.with_body(body).with_source(err)
}

/// The fetch goes on: what comes next may be verified with what it brings.
fn unfetched_in_time(body: &Bytes) -> Error {
    refused(
        ErrorKind::Timeout,
        "the certificate that signed the notification did not come in time; it is still being fetched, and \
         the next delivery may be verified with it",
        body,
    )
}

fn untrusted(body: &Bytes, failure: VerifyFailure) -> Error {
    let (kind, message) = match failure {
        VerifyFailure::Probe => (
            ErrorKind::Probe,
            "a signature probe of WeChat Pay, to see that notifications are verified: answer 4xx and \
             raise no alarm",
        ),
        _ => (
            ErrorKind::Verify,
            "the notification cannot be trusted: its signature was not accepted; do not act on it",
        ),
    };
    refused(kind, message, body).with_source(failure)
}
