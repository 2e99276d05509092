//! A single endpoint for the notifications of many merchants.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, Request};
use http_body::Body;
use serde_json::Value;

use super::builder::TIMEOUT;
use super::hold::until;
use super::reply::{Acknowledgement, Reply};
use super::run::Running;
use super::serve::{late, read};
use super::{MemoryStore, Notification, Notifications, NotificationsBuilder, Version};
use crate::client::Client;
use crate::merchants::{Entry, Merchants};
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result, Verification, VerifyFailure};
use wechatpay_core::protocol::{SERIAL_NAME, xml};

/// Reads the notifications of all merchants of a registry. Clones are cheap and share everything.
///
/// The merchant is determined before decryption: by the path or a header of the request if
/// configured, else by the serial of WeChat Pay's key, and in APIv2 by the `mch_id` or `combine_mch_id`. Only that
/// merchant's keys read the notification. If its content names another merchant of the registry, it is refused. If it names
/// none, it is refused if the keys of another merchant read it too.
///
/// A public key (微信支付公钥) belongs to one merchant, so its id is enough. Platform certificates may be shared by
/// merchants, and they are fetched only when the merchant is known: put the merchant id into the `notify_url` and use
/// [`by_path`](Self::by_path).
///
/// ```
/// use wechatpay_chain::Merchants;
/// use wechatpay_chain::notify::{MerchantNotifications, Reply};
///
/// fn endpoint(merchants: &Merchants) -> MerchantNotifications {
///     // notify_url = https://shop.example/notify/1900000109
///     merchants.notifications().by_path()
/// }
///
/// async fn webhook(endpoint: &MerchantNotifications, request: http::Request<String>) -> Reply {
///     endpoint
///         .handle(request, |client, notification| async move {
///             book(client.mchid(), &notification.resource()["out_trade_no"]).await
///         })
///         .await
/// }
/// # async fn book(_: &str, _: &serde_json::Value) -> Result<(), std::io::Error> { Ok(()) }
/// ```
#[derive(Clone)]
pub struct MerchantNotifications {
    merchants: Merchants,
    by: By,
    configure: Arc<Configure>,
    /// Begins before the merchant is known, which may be named in the body.
    timeout: Duration,
    readers: Arc<Mutex<HashMap<Arc<str>, Reader>>>,
    running: Running,
}

/// The members of an APIv3 resource that name the merchant. Transfers and face payments have `mch_id`.
const MERCHANT_NAMES: [&str; 4] = ["mchid", "mch_id", "sp_mchid", "combine_mchid"];

type Configure = dyn Fn(NotificationsBuilder) -> NotificationsBuilder + Send + Sync;

/// The rule that determines a notification's merchant.
#[derive(Clone)]
enum By {
    Key,
    Header(HeaderName),
    Path,
}

/// A merchant's reader, and the version of the merchant's settings that it was built from.
struct Reader {
    version: u64,
    /// Dropped with its keys when the merchant is removed.
    notifications: Option<Notifications>,
    /// The merchant's ids, unless the program has another store. They outlive the removal: the merchant may be added again.
    store: Arc<MemoryStore>,
}

impl Merchants {
    /// Returns one endpoint for the notifications of all merchants.
    #[must_use]
    pub fn notifications(&self) -> MerchantNotifications {
        MerchantNotifications {
            merchants: self.clone(),
            by: By::Key,
            configure: Arc::new(|builder| builder),
            timeout: TIMEOUT,
            readers: Arc::default(),
            running: Running::default(),
        }
    }
}

impl MerchantNotifications {
    /// Uses the last segment of the request's path as the merchant id.
    #[must_use]
    pub fn by_path(mut self) -> Self {
        self.by = By::Path;
        self
    }

    /// Uses a header as the merchant id. The program's own proxy must set it.
    #[must_use]
    pub fn by_header(mut self, name: HeaderName) -> Self {
        self.by = By::Header(name);
        self
    }

    /// Changes the settings of each merchant's reader, for example the deduplication store. In a store that merchants
    /// share, each id has its merchant id.
    ///
    /// The function is called now, for the [timeout](NotificationsBuilder::timeout), which begins before the merchant is
    /// known, and later for each merchant and each of its replacements.
    ///
    /// By default, each merchant has a [`MemoryStore`], so no merchant can use up the room of another. A `MemoryStore` that
    /// all merchants share has only one capacity.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use wechatpay_chain::Merchants;
    /// # use wechatpay_chain::notify::MemoryStore;
    /// # fn example(merchants: &Merchants) {
    /// let store = Arc::new(MemoryStore::new());
    /// let endpoint = merchants.notifications().configure(move |builder| builder.dedup_store(Arc::clone(&store)));
    /// # }
    /// ```
    #[must_use]
    pub fn configure(
        mut self,
        configure: impl Fn(NotificationsBuilder) -> NotificationsBuilder + Send + Sync + 'static,
    ) -> Self {
        self.timeout = configure(Notifications::builder()).time_limit();
        self.configure = Arc::new(configure);
        self.readers = Arc::default();
        self
    }

    /// Handles a webhook request as [`Notifications::handle`] does; the handler also receives the merchant's client.
    pub async fn handle<B, H, F, A, E>(&self, request: Request<B>, handler: H) -> Reply
    where
        B: Body,
        B::Error: Into<BoxError>,
        H: FnOnce(Client, Notification) -> F + Send + 'static,
        F: Future<Output = Result<A, E>> + Send + 'static,
        A: Into<Acknowledgement>,
    {
        match self.receive(request).await {
            Ok((entry, reader, notification)) => {
                let client = entry.client.clone();
                let handler = move |notification| handler(client, notification);
                reader.run(notification, handler).await
            }
            Err(err) => Reply::refusal(err),
        }
    }

    /// Waits as [`Notifications::handlers_ended`] does, for all merchants, including replaced and removed ones.
    pub async fn handlers_ended(&self) {
        self.running.none().await;
    }

    async fn receive<B>(
        &self,
        request: Request<B>,
    ) -> Result<(Arc<Entry>, Notifications, Notification)>
    where
        B: Body,
        B::Error: Into<BoxError>,
    {
        let deadline = Instant::now() + self.timeout;
        let (head, body) = request.into_parts();
        let body = until(deadline, late, read(body)).await?;
        let entry = self.owner(&head, &body)?;
        let reader = self.reader(&entry)?;
        let check = |notification: &Notification| self.check(&entry, notification);
        let accepted = reader.accept_checked(&head.headers, &body, deadline, check);
        let notification = accepted.await?;
        Ok((entry, reader, notification))
    }

    /// Determines the merchant whose keys are used. The body is not trusted yet.
    fn owner(&self, head: &Parts, body: &Bytes) -> Result<Arc<Entry>> {
        let unknown = |named: &str| {
            let message =
                format!("{named} names no merchant of the registry; nothing was decrypted");
            refused(message, body)
        };
        match &self.by {
            By::Path => {
                let id = head
                    .uri
                    .path()
                    .rsplit('/')
                    .find(|segment| !segment.is_empty());
                let entry = id.and_then(|id| self.merchants.entry(id));
                entry.ok_or_else(|| unknown("the last segment of the path"))
            }
            By::Header(name) => {
                let id = head.headers.get(name).and_then(|value| value.to_str().ok());
                let entry = id.and_then(|id| self.merchants.entry(id));
                entry.ok_or_else(|| unknown(&format!("the header {name}")))
            }
            By::Key if xml::is_xml(body) => {
                let members = Value::Object(xml::decode(body).unwrap_or_default());
                let id = texts(&members, &xml::MERCHANT_NAMES).into_iter().next();
                let entry = id.and_then(|id| self.merchants.entry(id));
                entry.ok_or_else(|| unknown("mch_id"))
            }
            By::Key => self.owner_by_serial(head, body),
        }
    }

    fn owner_by_serial(&self, head: &Parts, body: &Bytes) -> Result<Arc<Entry>> {
        let serial = head
            .headers
            .get(SERIAL_NAME)
            .and_then(|value| value.to_str().ok());
        let Some(serial) = serial else {
            let failure = VerifyFailure::Header {
                name: "Wechatpay-Serial",
            };
            return Err(refused(UNSIGNED, body).with_source(failure));
        };
        let mut found = self.merchants.with_serial(serial).into_iter();
        match (found.next(), found.next()) {
            (Some(entry), None) => Ok(entry),
            (Some(_), Some(_)) => Err(refused(SEVERAL, body)),
            (None, _) => {
                let failure = VerifyFailure::UnknownSerial {
                    serial: serial.to_owned(),
                    known: Vec::new(),
                };
                Err(refused(NOBODYS, body).with_source(failure))
            }
        }
    }

    /// Two merchants may have the same key, and one certificate may sign for both, so the decrypted content must name
    /// the merchant whose key decrypted it.
    fn check(&self, entry: &Entry, notification: &Notification) -> Result<()> {
        let v2 = notification.version() == Version::V2;
        let named = if v2 {
            texts(notification.envelope(), &xml::MERCHANT_NAMES)
        } else {
            texts(notification.resource(), &MERCHANT_NAMES)
        };
        if named.is_empty() && !v2 {
            return self.check_unnamed(entry, notification);
        }
        if named.is_empty() || named.iter().any(|id| entry.owns(id)) {
            return Ok(());
        }
        let is_known = |id: &&str| self.merchants.entry(id).is_some();
        // In APIv2 the signature covers the merchant id.
        if v2 || named.iter().any(is_known) {
            Err(refused(ANOTHERS, notification.raw()))
        } else {
            Ok(())
        }
    }

    /// Some kinds name only the sub-merchant or the brand, and some name nobody: then the keys must tell whose they are.
    fn check_unnamed(&self, entry: &Entry, notification: &Notification) -> Result<()> {
        let subs = texts(notification.resource(), &["sub_mchid", "brand_id"]);
        if subs.iter().any(|id| entry.owns(id)) {
            return Ok(());
        }
        let serial = match notification.verification() {
            Verification::Verified { serial } => serial.as_str(),
            _ => "",
        };
        if self.merchants.others_read(entry, serial) {
            Err(refused(AMBIGUOUS, notification.raw()))
        } else {
            Ok(())
        }
    }

    /// Returns a reader with the merchant's current keys.
    fn reader(&self, entry: &Entry) -> Result<Notifications> {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let store = match readers.get(&entry.id) {
            Some(Reader {
                version,
                notifications: Some(notifications),
                ..
            }) if *version == entry.version => return Ok(notifications.clone()),
            Some(reader) => Arc::clone(&reader.store),
            None => {
                readers.retain(|id, reader| self.merchants.entry(id).is_some() || reader.retire());
                Arc::default()
            }
        };
        let builder = Notifications::builder()
            .client(&entry.client)
            .old_keys(entry.old.clone())
            .dedup_store(Arc::clone(&store));
        let builder = (self.configure)(builder)
            .running(self.running.clone())
            // The sender chooses the ids of APIv2, and a merchant can sign as well as WeChat Pay.
            .namespace(Arc::clone(&entry.id));
        let notifications = builder.build()?;
        let reader = Reader {
            version: entry.version,
            notifications: Some(notifications.clone()),
            store,
        };
        readers.insert(Arc::clone(&entry.id), reader);
        Ok(notifications)
    }
}

impl Reader {
    /// Drops the keys of a removed merchant; returns whether ids of it must still be remembered.
    fn retire(&mut self) -> bool {
        self.notifications = None;
        !self.store.is_empty()
    }
}

const UNSIGNED: &str =
    "the notification names no key of WeChat Pay, so its merchant is unknown; do not act on it";
const SEVERAL: &str = "the notification is signed with a certificate that several merchants of the registry know: put \
                       the merchant id into each notify_url, and read it with by_path()";
const NOBODYS: &str = "no merchant of the registry knows the key that the notification names, and as long as the merchant \
                       is unknown, no certificate is fetched: put the merchant id into the notify_url and use \
                       by_path(), or call Client::certificates() for each merchant at the start and once a day";
const ANOTHERS: &str = "the notification is about a different merchant than the one whose key verified \
                        it; do not act on it";

const AMBIGUOUS: &str = "the notification names none of the registry's merchants, and another merchant of the registry has the same APIv3 key, \
                         so it may be about a different merchant; do not act on it: give each merchant a separate APIv3 \
                         key, and the sub-merchants of each to Account::sub_mchid";

fn texts<'a>(object: &'a Value, names: &[&str]) -> Vec<&'a str> {
    let texts = names.iter().filter_map(|name| object[*name].as_str());
    texts.filter(|text| !text.is_empty()).collect()
}

fn refused(message: impl Into<String>, body: &Bytes) -> Error {
    Error::new(ErrorKind::Verify, message.into())
        .with_maybe_sent(false)
        .with_body(body.clone())
}

impl fmt::Debug for MerchantNotifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantNotifications")
            .field("merchants", &self.merchants)
            .finish_non_exhaustive()
    }
}
