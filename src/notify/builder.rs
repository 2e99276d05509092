//! The settings of a reader of notifications.

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use super::dedup::{DedupStore, DynDedupStore};
use super::run::Running;
use super::source::Source;
use super::{Keys, MemoryStore, Notifications, ReplyKey, Shared};
use crate::client::Client;
use crate::keys::{check_apiv3_key, check_serial, check_v2_key};
use crate::merchants::OldKeys;
use crate::message::FieldPolicy;
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::crypto::{Certificate, PrivateKey, PublicKey};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::{Keyring, OwnKey};
use wechatpay_core::secret::Secret;

/// How long a crashed process delays the next delivery. A running handler renews its claim.
const LEASE: Duration = Duration::from_secs(120);
/// A handler that still runs after this time is assumed to hang.
const RENEW_FOR: Duration = Duration::from_secs(60 * 60);
/// The limit applies before and after the handler, and twice the limit is still below WeChat Pay's 5 s.
pub(super) const TIMEOUT: Duration = Duration::from_secs(2);
/// WeChat Pay retries for a little more than a day.
const RETENTION: Duration = Duration::from_secs(2 * 24 * 3600);

/// The settings of [`Notifications`]. [`build`](Self::build) reports every mistake in them.
#[must_use = "a builder does nothing until build()"]
pub struct NotificationsBuilder {
    keyring: Option<Keyring>,
    platform: Vec<(String, PublicKey)>,
    certificates: Vec<Certificate>,
    apiv3: Vec<Secret>,
    v2: Vec<Secret>,
    private: Option<PrivateKey>,
    old_private: Option<PrivateKey>,
    serial: Option<String>,
    fields: FieldPolicy,
    clock: Arc<dyn Clock>,
    dedup: Option<Arc<dyn DynDedupStore>>,
    source: Option<Source>,
    lease: Duration,
    renew_for: Duration,
    retention: Duration,
    timeout: Duration,
    running: Running,
    namespace: Option<Arc<str>>,
}

impl NotificationsBuilder {
    pub(super) fn new() -> Self {
        Self {
            keyring: None,
            platform: Vec::new(),
            certificates: Vec::new(),
            apiv3: Vec::new(),
            v2: Vec::new(),
            private: None,
            old_private: None,
            serial: None,
            fields: FieldPolicy::default(),
            clock: Arc::new(SystemClock::new()),
            dedup: None,
            source: None,
            lease: LEASE,
            renew_for: RENEW_FOR,
            retention: RETENTION,
            timeout: TIMEOUT,
            running: Running::default(),
            namespace: None,
        }
    }

    /// Uses the keyring, keys and clock of a client. Client and reader share the keyring, and in certificate
    /// mode also its source.
    ///
    /// Keyring, private key, serial, clock and field policy replace earlier settings, and later settings
    /// replace them. APIv3 and APIv2 keys are added to earlier ones.
    pub fn client(mut self, client: &Client) -> Self {
        let engine = client.engine();
        let merchant = &engine.merchant;
        if let Some(signing) = &merchant.signing {
            self.keyring = Some(engine.keyring.clone());
            self.source = Source::of(engine);
            self.private = Some(signing.key.clone());
            self.serial = Some(signing.serial.to_string());
        }
        self.apiv3.extend(merchant.apiv3_key.clone());
        self.v2.extend(merchant.v2_key.clone());
        self.clock = Arc::clone(&engine.clock);
        self.fields = engine.fields;
        self
    }

    /// Uses a shared keyring. It may be empty and filled later.
    ///
    /// Keys given to this builder are added to it. Of this method and [`client`](Self::client), the later call
    /// applies. A client's certificates are fetched for that client's keyring only.
    pub fn keyring(mut self, keyring: Keyring) -> Self {
        self.keyring = Some(keyring);
        // The client's source adds keys only to the client's keyring.
        self.source = None;
        self
    }

    /// Adds a WeChat Pay public key (微信支付公钥) with its id, `PUB_KEY_ID_…`.
    pub fn platform_key(mut self, id: impl Into<String>, key: PublicKey) -> Self {
        self.platform.push((id.into(), key));
        self
    }

    /// Adds a platform certificate (平台证书). It can be combined with a public key.
    pub fn platform_certificate(mut self, certificate: Certificate) -> Self {
        self.certificates.push(certificate);
        self
    }

    /// Adds an APIv3 key (APIv3密钥), 32 bytes. During a key change, add both the old and the new key.
    pub fn apiv3_key(mut self, key: impl Into<Secret>) -> Self {
        self.apiv3.push(key.into());
        self
    }

    /// Adds an APIv2 key (APIv2密钥), 32 bytes. Without one, APIv2 notifications are rejected. During a key change, add
    /// both the old and the new key.
    pub fn v2_key(mut self, key: impl Into<Secret>) -> Self {
        self.v2.push(key.into());
        self
    }

    /// Sets the merchant's private key. A few notifications have fields encrypted to it, and a few replies are
    /// signed with it.
    pub fn private_key(mut self, key: PrivateKey) -> Self {
        self.private = Some(key);
        self
    }

    /// Sets the serial of the merchant certificate, which signed replies name.
    pub fn serial(mut self, serial: impl Into<String>) -> Self {
        self.serial = Some(serial.into());
        self
    }

    /// Sets whether fields inside the resource that are encrypted to the merchant are decrypted; they are by
    /// default.
    pub fn fields(mut self, policy: FieldPolicy) -> Self {
        self.fields = policy;
        self
    }

    /// Replaces the source of time and nonces, for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the store that deduplicates notifications; a [`MemoryStore`] by default.
    pub fn dedup_store(mut self, store: impl DedupStore) -> Self {
        self.dedup = Some(Arc::new(store));
        self
    }

    /// Sets how long an unrenewed claim lasts; 2 minutes by default. After a crash, the notification is handled
    /// again when this time has passed.
    ///
    /// While a handler runs, its claim is renewed three times per lease. See also
    /// [`renew_for`](Self::renew_for).
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Sets how long the claim of a running handler is renewed; 1 hour by default. A handler that runs longer
    /// loses its claim, and the next delivery is handled at the same time.
    ///
    /// With [`Duration::ZERO`] no claim is renewed; [`lease`](Self::lease) must then exceed the run time of the
    /// slowest handler.
    pub fn renew_for(mut self, longest: Duration) -> Self {
        self.renew_for = longest;
        self
    }

    /// Sets how long handled notifications are remembered; 2 days by default, which is longer than WeChat Pay
    /// retries.
    ///
    /// Signed APIv2 messages carry no timestamp. A captured one that is posted again after this time is
    /// handled again.
    pub fn retention(mut self, ttl: Duration) -> Self {
        self.retention = ttl;
        self
    }

    /// Limits the time from the first byte to the claim, and the time to record the result after the handler;
    /// 2 s by default, for each of the two. WeChat Pay waits 5 s for the reply.
    ///
    /// A late body fails with [`ErrorKind::Timeout`], a slow store with [`ErrorKind::Dedup`]. In both cases the
    /// reply is 503 and WeChat Pay delivers again. The handler itself is not limited.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Returns the timeout, or the default in place of one that [`build`](Self::build) refuses.
    pub(super) fn time_limit(&self) -> Duration {
        check_time(self.timeout).map_or(TIMEOUT, |()| self.timeout)
    }

    /// Adds the replaced keys of a merchant.
    pub(super) fn old_keys(mut self, old: OldKeys) -> Self {
        self.apiv3.extend(old.apiv3);
        self.v2.extend(old.v2);
        self.old_private = old.private;
        self
    }

    /// Counts running handlers together with those of other readers.
    pub(super) fn running(mut self, running: Running) -> Self {
        self.running = running;
        self
    }

    /// Keeps the ids of this reader apart from those of other readers in the same store.
    pub(super) fn namespace(mut self, name: Arc<str>) -> Self {
        self.namespace = Some(name);
        self
    }

    /// Checks the settings and returns the reader.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`], which says where to find the right value; it is also the error for a platform key that
    /// is the merchant's key or was read from a certificate. [`ErrorKind::Key`] for an invalid id of a platform key.
    pub fn build(mut self) -> Result<Notifications> {
        self.apiv3.iter().try_for_each(check_apiv3_key)?;
        self.v2.iter().try_for_each(check_v2_key)?;
        self.check_complete()?;
        // Zero disables renewal.
        let renew_for = self.renew_for.max(Duration::from_nanos(1));
        [self.lease, renew_for, self.retention, self.timeout]
            .into_iter()
            .try_for_each(check_time)?;
        let keys = self.keys()?;
        Ok(Notifications {
            shared: Arc::new(Shared {
                keys,
                source: self.source,
                clock: self.clock,
                dedup: self.dedup.unwrap_or_else(|| Arc::new(MemoryStore::new())),
                lease: self.lease,
                renew_for: self.renew_for,
                retention: self.retention,
                timeout: self.timeout,
                running: self.running,
                namespace: self.namespace,
            }),
        })
    }

    /// Moves the keys out of the builder, the platform keys into the keyring.
    fn keys(&mut self) -> Result<Keys> {
        let reply = match (&self.private, self.serial.as_deref()) {
            (Some(key), Some(serial)) => Some(ReplyKey {
                serial: check_serial(serial)?,
                key: key.clone(),
            }),
            _ => None,
        };
        let keyring = self.keyring.take().unwrap_or_default();
        // A failed build must not change a keyring that others use.
        keyring.atomically(|keyring| self.fill(keyring, reply.as_ref()))?;
        Ok(Keys {
            keyring,
            apiv3: mem::take(&mut self.apiv3),
            v2: mem::take(&mut self.v2),
            private: self.private.take(),
            old_private: self.old_private.take(),
            reply,
            fields: self.fields,
        })
    }

    /// Adds the platform keys to a keyring, which rejects the merchant's own key from now on.
    fn fill(&mut self, keyring: &Keyring, reply: Option<&ReplyKey>) -> Result<()> {
        if let Some(key) = &self.private {
            keyring.refuse(OwnKey {
                id: None,
                serial: reply.map(|reply| reply.serial.as_str().into()),
                key: key.public_key().clone(),
            })?;
        }
        for (id, key) in mem::take(&mut self.platform) {
            keyring.add_public_key(&id, key)?;
        }
        (self.certificates.iter()).try_for_each(|certificate| keyring.add_certificate(certificate))
    }

    /// The keys of one API suffice; giving only one of APIv3's two keys is a mistake.
    fn check_complete(&self) -> Result<()> {
        let platform =
            self.keyring.is_some() || !self.platform.is_empty() || !self.certificates.is_empty();
        let missing = match (platform, !self.apiv3.is_empty(), !self.v2.is_empty()) {
            (true, true, _) | (false, _, true) => return Ok(()),
            (true, false, _) => {
                "there is no APIv3 key to decrypt notifications with: give apiv3_key(..), set at \
                 商户平台 → 账户中心 → API安全 → APIv3密钥"
            }
            (false, _, false) => {
                "there is no key to verify notifications with: give platform_key(\"PUB_KEY_ID_…\", \
                 PublicKey::from_file(\"pub_key.pem\")?), both shown at 商户平台 → 账户中心 → API安全 \
                 → 微信支付公钥, or v2_key(..) for APIv2"
            }
        };
        Err(Error::new(ErrorKind::Builder, missing))
    }
}

impl fmt::Debug for NotificationsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotificationsBuilder")
            .field("keyring", &self.keyring)
            .field("apiv3_keys", &self.apiv3.len())
            .field("v2_keys", &self.v2.len())
            .finish_non_exhaustive()
    }
}

/// Longer than ever needed, and short enough for every clock and store.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

fn check_time(time: Duration) -> Result<()> {
    if time.is_zero() || time > LONGEST {
        Err(Error::new(
            ErrorKind::Builder,
            "lease, retention and timeout must be longer than zero, and they and renew_for must be at \
             most 366 days",
        ))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reply_is_there_before_wechat_pay_hangs_up() {
        assert!(2 * TIMEOUT < Duration::from_secs(5));
    }
}
