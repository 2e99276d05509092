//! Everything that a running sandbox knows. The gateway, the control API and [`Sandbox`](crate::Sandbox)
//! work on it.

use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::adjustable_clock::AdjustableClock;
use crate::bills::Bills;
use crate::fault::Faults;
use crate::identity::Identity;
use crate::nonces::NonceStore;
use crate::notifier::{NotificationSigner, Notifier};
use crate::platform::PlatformKeys;
use crate::rate_limits::RateLimits;
use crate::record::Records;
use crate::remembered::Remembered;
use crate::settings::{SandboxSettings, check_speed};
use crate::stub::Stubs;
use crate::world::World;
use wechatpay_core::clock::Clock;
use wechatpay_core::error::Result;

/// The state of a sandbox.
pub(crate) struct SandboxState {
    pub(crate) settings: SandboxSettings,
    /// The merchant's keys and certificates.
    pub(crate) identity: Arc<Identity>,
    /// The keys that sign responses and notifications.
    pub(crate) platform: Arc<PlatformKeys>,
    pub(crate) clock: Arc<AdjustableClock>,
    /// The nonces of accepted requests.
    pub(crate) nonces: NonceStore,
    pub(crate) rate_limits: RateLimits,
    pub(crate) faults: Arc<Faults>,
    pub(crate) stubs: Stubs,
    /// Orders, refunds, transfers and the other things that operations act on.
    pub(crate) world: World,
    /// What the operations without special rules made.
    pub(crate) remembered: Remembered,
    pub(crate) bills: Bills,
    /// The requests so far.
    pub(crate) records: Records,
    pub(crate) notifier: Arc<Notifier>,
    /// How many responses have a Request-ID.
    pub(crate) request_count: AtomicU64,
    /// Whether the key of transfers to bank cards was given to a client.
    pub(crate) bank_key_given: AtomicBool,
    /// Where the sandbox is reached; set once it listens.
    pub(crate) base_url: OnceLock<String>,
    /// The URL for notifications of requests without `notify_url`.
    notify_url: Mutex<Option<String>>,
    /// The URL to which all notifications of events are posted, instead of their own.
    forward_to: Mutex<Option<String>>,
    /// Held while events are taken and posted, so that a reset comes before or after.
    posting: Mutex<()>,
}

impl SandboxState {
    pub(crate) fn new(
        identity: Arc<Identity>,
        clock: Arc<dyn Clock>,
        settings: SandboxSettings,
    ) -> Self {
        let clock = Arc::new(AdjustableClock::new(clock));
        let (public_key_only, certificate_mode) =
            (settings.public_key_only, settings.certificate_mode);
        let platform = PlatformKeys::new(Arc::clone(&identity), public_key_only, certificate_mode);
        let platform = Arc::new(platform);
        let faults = Arc::new(Faults::default());
        faults.begin(&settings.faults);
        let signer = NotificationSigner {
            identity: Arc::clone(&identity),
            platform: Arc::clone(&platform),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        };
        let (reach, speed) = (settings.reach(), settings.speed());
        let notifier = Notifier::new(signer, Arc::clone(&faults), reach, speed);
        Self {
            identity,
            platform,
            clock,
            nonces: NonceStore::default(),
            rate_limits: RateLimits::new(settings.documented.limits),
            faults,
            stubs: Stubs::default(),
            world: World::new(settings.documented.seed),
            remembered: Remembered::default(),
            bills: Bills::default(),
            records: Records::default(),
            notifier: Arc::new(notifier),
            request_count: AtomicU64::new(0),
            bank_key_given: AtomicBool::new(false),
            base_url: OnceLock::new(),
            notify_url: Mutex::new(settings.notify_url.clone()),
            forward_to: Mutex::new(None),
            posting: Mutex::new(()),
            settings,
        }
    }

    /// The time in seconds since the Unix epoch.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Restores the state of the start, except for the keys and the stubs.
    pub(crate) fn reset(&self) {
        let _posting = self.lock_posting();
        self.world.reset();
        self.remembered.clear();
        self.bills.clear();
        self.records.clear();
        self.faults.begin(&self.settings.faults);
        self.rate_limits.enforce(self.settings.documented.limits);
        self.notifier.clear();
        self.notifier.set_speed(self.settings.speed());
        self.clock.set_offset(0);
        store(&self.notify_url, self.settings.notify_url.clone());
        store(&self.forward_to, None);
        self.platform.reset();
    }

    pub(crate) fn set_speed(&self, speed: f64) -> Result<()> {
        check_speed(speed)?;
        self.notifier.set_speed(speed);
        Ok(())
    }

    pub(crate) fn notify_url(&self) -> Option<String> {
        let url = self.notify_url.lock();
        url.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_notify_url(&self, url: Option<String>) -> Result<()> {
        self.settings.check_notify_url(url.as_deref())?;
        store(&self.notify_url, url);
        Ok(())
    }

    pub(crate) fn forward_to(&self) -> Option<String> {
        let url = self.forward_to.lock();
        url.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_forward_to(&self, url: Option<String>) -> Result<()> {
        self.settings.check_notify_url(url.as_deref())?;
        store(&self.forward_to, url);
        Ok(())
    }

    /// No reset happens while this is held.
    pub(crate) fn lock_posting(&self) -> MutexGuard<'_, ()> {
        self.posting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn store(setting: &Mutex<Option<String>>, url: Option<String>) {
    *setting.lock().unwrap_or_else(PoisonError::into_inner) = url;
}
