//! Everything that a running sandbox knows. The gateway, the control API and [`Sandbox`](crate::Sandbox)
//! work on it.

#[cfg(feature = "state")]
mod image;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::account::{Account, Accounts, Caller, Shared};
use crate::adjustable_clock::AdjustableClock;
use crate::fault::Faults;
use crate::identity::Identity;
#[cfg(feature = "state")]
use crate::journal::{Checkpoint, Snapshot};
use crate::journal::{Entry, Journal, Ticket};
use crate::nonces::NonceStore;
use crate::notifier::{Content, NotificationDraft, NotificationSigner, Notifier};
use crate::platform::PlatformKeys;
use crate::rate_limits::RateLimits;
#[cfg(feature = "control")]
use crate::record::CallRecord;
use crate::record::Records;
use crate::settings::{SandboxSettings, check_speed};
use crate::stub::Stubs;
#[cfg(feature = "state")]
pub(crate) use image::Image;
use wechatpay_core::clock::Clock;
use wechatpay_core::error::Result;

/// The state of a sandbox.
pub(crate) struct SandboxState {
    pub(crate) settings: SandboxSettings,
    /// The platform's keys and certificates.
    pub(crate) identity: Arc<Identity>,
    /// The keys that sign responses and notifications.
    pub(crate) platform: Arc<PlatformKeys>,
    pub(crate) clock: Arc<AdjustableClock>,
    /// The nonces of accepted requests.
    pub(crate) nonces: NonceStore,
    pub(crate) rate_limits: RateLimits,
    pub(crate) faults: Arc<Faults>,
    pub(crate) stubs: Stubs,
    /// The merchants, each with what its requests made.
    pub(crate) accounts: Accounts,
    /// The requests so far.
    pub(crate) records: Records,
    pub(crate) notifier: Arc<Notifier>,
    /// Keeps the inputs for the next start; `None` without a folder for the state.
    pub(crate) journal: Option<Arc<Journal>>,
    /// How many responses have a Request-ID.
    pub(crate) request_count: AtomicU64,
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
        journal: Option<Arc<Journal>>,
    ) -> Result<Self> {
        let shared = Shared {
            identity: Arc::clone(&identity),
            dir: settings.dir.clone(),
            seed: settings.documented.seed,
            sm: settings.sm,
            count: Arc::default(),
        };
        let accounts = Accounts::new(shared, &settings.merchants)?;
        let clock = Arc::new(AdjustableClock::new(clock));
        let own = Arc::clone(&identity);
        let platform =
            PlatformKeys::new(own, settings.public_key_only, settings.certificate_mode).into();
        let faults = Arc::new(Faults::default());
        faults.begin(&settings.faults);
        let notices = Arc::clone(&clock) as Arc<dyn Clock>;
        let (reach, speed) = (settings.reach(), settings.speed());
        let notifier =
            Notifier::new(notices, Arc::clone(&faults), reach, speed, journal.clone()).into();
        Ok(Self {
            identity,
            platform,
            accounts,
            clock,
            nonces: Default::default(),
            rate_limits: RateLimits::new(settings.documented.limits),
            faults,
            stubs: Default::default(),
            records: Default::default(),
            notifier,
            journal,
            request_count: AtomicU64::new(0),
            base_url: OnceLock::new(),
            notify_url: Mutex::new(settings.notify_url.clone()),
            forward_to: Mutex::new(None),
            posting: Mutex::new(()),
            settings,
        })
    }

    /// A copy of the state, from which the next start can go on.
    #[cfg(feature = "state")]
    fn snapshot(&self) -> Snapshot {
        let image = Image::of(self);
        Box::new(move || Checkpoint::new(&image))
    }

    /// Executes an input. With a journal, `work` returns the entry to keep, and the ticket waits until it is written.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`](wechatpay_core::error::ErrorKind::File) when the journal cannot be written; `work` is not
    /// executed then.
    pub(crate) fn record<T>(
        &self,
        work: impl FnOnce() -> (T, Option<Entry>),
    ) -> Result<(T, Ticket)> {
        match &self.journal {
            None => Ok((work().0, Ticket::none())),
            #[cfg(feature = "state")]
            Some(journal) => {
                let time_ms = self.clock.unadjusted_ms();
                journal.run(time_ms, work, Some(&|| self.snapshot()))
            }
            #[cfg(not(feature = "state"))]
            Some(journal) => journal.run(self.clock.unadjusted_ms(), work),
        }
    }

    /// The merchant that a request named, or the first.
    #[cfg(feature = "control")]
    pub(crate) fn caller_of(&self, call: &CallRecord) -> Result<Caller> {
        let named = call.mchid.as_deref();
        let account = named.and_then(|mchid| self.accounts.find(mchid));
        Caller::new(account.unwrap_or_else(|| Arc::clone(self.accounts.first())))
    }

    /// A notification to a merchant, before it is signed.
    pub(crate) fn draft(
        &self,
        account: &Arc<Account>,
        url: String,
        content: Content,
    ) -> Result<NotificationDraft> {
        let caller = Caller::new(Arc::clone(account))?;
        Ok(self.draft_of(&caller, url, content))
    }

    /// As [`draft`](Self::draft), for a merchant whose keys are known.
    pub(crate) fn draft_of(
        &self,
        caller: &Caller,
        url: String,
        content: Content,
    ) -> NotificationDraft {
        NotificationDraft::new(self.signer_of(caller), url, content)
    }

    /// The keys of a merchant's notifications.
    fn signer_of(&self, caller: &Caller) -> NotificationSigner {
        NotificationSigner {
            credentials: Arc::clone(&caller.credentials),
            view: caller.view.clone(),
            platform: Arc::clone(&self.platform),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
        }
    }

    /// The time in seconds since the Unix epoch.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Restores the state of the start, except for the keys and the stubs.
    pub(crate) fn reset(&self) {
        let _posting = self.lock_posting();
        self.accounts.reset();
        self.records.clear();
        self.faults.begin(&self.settings.faults);
        self.rate_limits.enforce(self.settings.documented.limits);
        self.notifier.clear();
        self.notifier.set_speed(self.settings.speed());
        self.clock.set_offset(0);
        store(&self.notify_url, self.settings.notify_url.clone());
        store(&self.forward_to, None);
        self.platform.reset();
        if let Some(journal) = &self.journal {
            journal.note_reset();
        }
    }

    pub(crate) fn set_speed(&self, speed: f64) -> Result<()> {
        check_speed(speed)?;
        self.notifier.set_speed(speed);
        Ok(())
    }

    pub(crate) fn notify_url(&self) -> Option<String> {
        stored(&self.notify_url)
    }

    pub(crate) fn set_notify_url(&self, url: Option<String>) -> Result<()> {
        self.settings.check_notify_url(url.as_deref())?;
        store(&self.notify_url, url);
        Ok(())
    }

    pub(crate) fn forward_to(&self) -> Option<String> {
        stored(&self.forward_to)
    }

    #[cfg(feature = "control")]
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

fn stored(setting: &Mutex<Option<String>>) -> Option<String> {
    let url = setting.lock();
    url.unwrap_or_else(PoisonError::into_inner).clone()
}

fn store(setting: &Mutex<Option<String>>, url: Option<String>) {
    *setting.lock().unwrap_or_else(PoisonError::into_inner) = url;
}
