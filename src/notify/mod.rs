//! Notifications (回调通知), which WeChat Pay posts to the merchant's server.
// `tests/pages.rs` compiles its examples, which need axum.
#![cfg_attr(not(doctest), doc = include_str!("../../docs/notifications.md"))]

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
mod merchants;
mod notification;
#[cfg(feature = "redis")]
mod redis;
mod refund;
mod reply;
mod run;
mod serve;
mod source;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod sql;
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
pub use merchants::MerchantNotifications;
pub use notification::Notification;
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use redis::RedisStore;
pub use reply::{Acknowledgement, Reply};
#[cfg(any(feature = "postgres", feature = "sqlite"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "postgres", feature = "sqlite"))))]
pub use sql::SqlStore;

use crate::client::Client;
use crate::message::FieldPolicy;
use crate::trace;
use dedup::{DynDedupStore, IdSource};
use hold::{Hold, until};
use run::Running;
use source::Source;
use wechatpay_core::clock::Clock;
use wechatpay_core::crypto::PrivateKey;
use wechatpay_core::error::{Error, ErrorKind, Result, Verification, VerifyFailure};
use wechatpay_core::protocol::{Keyring, xml};
use wechatpay_core::secret::Secret;

/// Verifies, decrypts and answers notifications. Clones are cheap and share keys and store.
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
    /// Set only for a client in certificate mode.
    source: Option<Source>,
    clock: Arc<dyn Clock>,
    dedup: Arc<dyn DynDedupStore>,
    lease: Duration,
    renew_for: Duration,
    retention: Duration,
    timeout: Duration,
    running: Running,
    namespace: Option<Arc<str>>,
}

/// The keys that read notifications and sign replies.
struct Keys {
    keyring: Keyring,
    apiv3: Vec<Secret>,
    v2: Vec<Secret>,
    private: Option<PrivateKey>,
    /// Decrypts fields, and signs nothing.
    old_private: Option<PrivateKey>,
    reply: Option<ReplyKey>,
    fields: FieldPolicy,
}

/// The key that signs replies, and its serial.
struct ReplyKey {
    serial: String,
    key: PrivateKey,
}

impl Notifications {
    /// Returns a builder for a reader.
    pub fn builder() -> NotificationsBuilder {
        NotificationsBuilder::new()
    }

    /// Creates a reader with the keys and the clock of a client, and shares its keyring.
    ///
    /// To set more, such as a deduplication store, use [`builder`](Self::builder) and
    /// [`NotificationsBuilder::client`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the client has no APIv3 key or speaks only APIv2 without its key.
    pub fn from_client(client: &Client) -> Result<Self> {
        Self::builder().client(client).build()
    }

    /// Verifies and decrypts a notification, without deduplication.
    ///
    /// It makes no request. In certificate mode, a notification that is signed with an unknown certificate is
    /// rejected; [`accept`](Self::accept), [`receive`](Self::receive) and [`handle`](Self::handle) fetch the
    /// certificate.
    ///
    /// `body` must be the body exactly as received, since the signature does not match JSON that was parsed
    /// and serialised again. APIv2's XML and APIv3's JSON are distinguished by their content.
    ///
    /// # Errors
    ///
    /// Pass them to [`refuse`](Self::refuse); WeChat Pay delivers again later.
    /// - [`ErrorKind::Probe`]: a deliberately wrong signature; raise no alarm.
    /// - [`ErrorKind::Verify`]: the header, timestamp, serial or signature is invalid;
    ///   [`Error::verify_failure`] says which.
    /// - [`ErrorKind::Decrypt`]: genuine, but no given key (APIv3, APIv2 or private) decrypts it.
    /// - [`ErrorKind::Body`]: genuine, but not in the form of a notification.
    ///
    /// [`Error::maybe_sent`] is false in all cases, since nothing was sent.
    pub fn parse(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification> {
        self.parse_bytes(headers, &Bytes::copy_from_slice(body))
    }

    /// [`parse`](Self::parse), then claims the notification's id.
    ///
    /// With the keys of a client in certificate mode, an unknown serial triggers a fetch of WeChat Pay's
    /// certificates and a second verification; see
    /// [`Certificates`](crate::certificates::Certificates#when).
    ///
    /// A duplicate is not an error: see [`Notification::delivery`]. Call [`finish`](Self::finish) when the
    /// notification is handled and [`release`](Self::release) when handling failed.
    ///
    /// The claim is renewed for at most [`renew_for`](NotificationsBuilder::renew_for), and released when the
    /// last clone of the notification is dropped. Servers such as hyper and axum drop a handler when the
    /// sender disconnects, which would release the claim while it works: use [`run`](Self::run), which runs
    /// the handler to completion. An unrenewed claim expires, so a crashed process loses no notification.
    ///
    /// # Errors
    ///
    /// The errors of [`parse`](Self::parse); [`ErrorKind::Dedup`] when the store is unreachable, full, or exceeds
    /// the [timeout](NotificationsBuilder::timeout); and [`ErrorKind::Timeout`] when fetching the certificates
    /// exceeds it.
    pub async fn accept(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification> {
        let body = Bytes::copy_from_slice(body);
        self.accept_bytes(headers, &body, self.deadline()).await
    }

    /// Records that a notification was handled: later deliveries are [`Delivery::Duplicate`].
    ///
    /// It records nothing when the lease has expired and another delivery has claimed the notification; then
    /// [`lease`](NotificationsBuilder::lease) is too short. It records nothing for a delivery that is
    /// [`InProgress`](Delivery::InProgress), since the other delivery may still fail; the result is
    /// [`Finished::LeaseLost`] too. Notifications that expect data are handled each
    /// time, so the store is not used for them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`].
    pub async fn finish(&self, notification: &Notification) -> Result<Finished> {
        if notification.expects_data() {
            return Ok(Finished::Recorded);
        }
        let ttl = self.shared.retention;
        match (&notification.hold, notification.delivery()) {
            (Some(hold), _) => hold.finish(ttl).await,
            // Parsed, not accepted: a new claim finishes it, unless another delivery has claimed it.
            (None, Delivery::New) => self.hold(notification)?.finish(ttl).await,
            (None, Delivery::InProgress) => Ok(Finished::LeaseLost),
            (None, Delivery::Duplicate) => Ok(Finished::Recorded),
        }
    }

    /// Releases the claim of a notification whose handling failed: the next delivery is [`Delivery::New`].
    ///
    /// After the lease has expired it does nothing, since another delivery may have claimed or finished the
    /// notification.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`]; the claim then expires.
    pub async fn release(&self, notification: &Notification) -> Result<()> {
        match &notification.hold {
            Some(hold) => hold.release().await,
            None => Ok(()),
        }
    }

    fn parse_bytes(&self, headers: &HeaderMap, body: &Bytes) -> Result<Notification> {
        let keys = &self.shared.keys;
        let outcome = if xml::is_xml(body) {
            v2::parse(keys, body)
        } else {
            v3::parse(keys, self.shared.clock.now(), headers, body)
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
            // The failed fetch may have been started by another delivery.
            Err(missed) => self
                .parse_bytes(headers, body)
                .map_err(|err| unfetched(err, &missed)),
        }
    }

    /// Returns the deadline for an operation that starts now.
    fn deadline(&self) -> Instant {
        Instant::now() + self.shared.timeout
    }

    async fn accept_bytes(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
        deadline: Instant,
    ) -> Result<Notification> {
        self.accept_checked(headers, body, deadline, |_| Ok(()))
            .await
    }

    /// Works as [`accept`](Self::accept), and does not claim a notification that `check` refuses.
    async fn accept_checked(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
        deadline: Instant,
        check: impl Fn(&Notification) -> Result<()>,
    ) -> Result<Notification> {
        let parsed = self.parse_or_fetch(headers, body);
        let mut notification = until(deadline, || unfetched_in_time(body), parsed).await?;
        check(&notification)?;
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
        let id = dedup_id(notification, self.shared.namespace.as_deref());
        Hold::new(dedup, id, self.shared.timeout)
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

/// Returns the id in the store. APIv3, APIv2 and unsigned refunds have separate ids, and so has each namespace.
fn dedup_id(notification: &Notification, namespace: Option<&str>) -> String {
    let origin = match (notification.version(), notification.verification()) {
        (Version::V3, _) => IdSource::V3,
        (Version::V2, Verification::Unsigned) => IdSource::Refund,
        (Version::V2, _) => IdSource::V2,
    };
    let (source, id) = (origin.prefix(), notification.id());
    match namespace {
        None => format!("{source}{id}"),
        Some(namespace) => format!("{source}{namespace}:{id}"),
    }
}

fn refused(kind: ErrorKind, message: &'static str, body: &Bytes) -> Error {
    Error::new(kind, message)
        .with_maybe_sent(false)
        .with_body(body.clone())
}

/// The error for a failed fetch. Its cause is the verification failure, since the serial may be right.
fn unfetched(err: Error, missed: &Error) -> Error {
    let message = format!(
        "the certificate that signed the notification could not be requested, so do not act on it: {}",
        missed.report()
    );
    let outer = Error::new(err.kind(), message).with_maybe_sent(false);
    let body = err.body().cloned().unwrap_or_default();
    outer.with_body(body).with_source(err)
}

/// The error for a fetch that takes too long. The fetch continues, so a later delivery may be verified.
fn unfetched_in_time(body: &Bytes) -> Error {
    refused(
        ErrorKind::Timeout,
        "the certificate that signed the notification did not arrive in time; it is still being \
         fetched, and the next delivery may be verified with it",
        body,
    )
}

fn untrusted(body: &Bytes, failure: VerifyFailure) -> Error {
    if failure == VerifyFailure::Probe {
        trace::probe();
    }
    let (kind, message) = match failure {
        VerifyFailure::Probe => (
            ErrorKind::Probe,
            "a signature probe by WeChat Pay, to check that notifications are verified: answer 4xx and \
             raise no alarm",
        ),
        _ => (
            ErrorKind::Verify,
            "the notification cannot be trusted: its signature was not accepted; do not act on it",
        ),
    };
    refused(kind, message, body).with_source(failure)
}
