//! The control API for tests in Rust.

#[cfg(feature = "state")]
use std::path::Path;

use super::Sandbox;
use crate::events;
use crate::journal::Action;
#[cfg(feature = "state")]
use crate::journal::{self, StateInfo};
use crate::notifier::DeliveryRecord;
#[cfg(feature = "state")]
use wechatpay_core::error::Error;
use wechatpay_core::error::Result;

impl Sandbox {
    /// Sets the offset of the gateway's clock in seconds, for its checks as well as its signatures.
    ///
    /// Above five minutes it refuses the requests of clients with a correct clock, and they reject its
    /// responses.
    pub fn set_clock_offset(&self, seconds: i64) {
        // An error means that the state cannot be written. Then nothing changes, and `check_state` has the error.
        let _ = self.state.perform(Action::ClockOffset { seconds });
    }

    /// Sets whether the documented rate limits are enforced, see
    /// [`SandboxBuilder::enforce_limits`](crate::SandboxBuilder::enforce_limits), and resets all counts.
    pub fn enforce_limits(&self, enforce: bool) {
        let _ = self.state.perform(Action::EnforceLimits { enforce });
    }

    /// Sets how many times faster than real time the waits between the attempts of notifications pass;
    /// 1 by default.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when it is below 0.001 or above a million.
    pub fn set_speed(&self, speed: f64) -> Result<()> {
        self.state.perform(Action::Speed { speed }).map(drop)
    }

    /// Sets the URL for notifications of requests without `notify_url`; with `None` there is none.
    /// See [`SandboxBuilder::notify_url`](crate::SandboxBuilder::notify_url).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when the sandbox may not post there.
    pub fn set_notify_url<'u>(&self, url: impl Into<Option<&'u str>>) -> Result<()> {
        let url = url.into().map(str::to_owned);
        self.state.perform(Action::NotifyUrl { url }).map(drop)
    }

    /// Resets the sandbox to its start.
    ///
    /// Removes all orders, refunds, transfers, batches, profit sharing, complaints, images, events, bills,
    /// calls, deliveries and waiting faults. Restores clock, speed, rate limits, the default `notify_url`,
    /// the platform certificates, the signing mode, and whether refunds and transfers are held.
    ///
    /// The keys stay, except those of added certificates, and so do the [stubs](Self::stub) and added merchants. With
    /// [`state`](crate::SandboxBuilder::state), the file becomes as small as that of a new sandbox.
    pub fn reset(&self) {
        let _ = self.state.perform(Action::Reset);
    }

    /// Checks that the folder of [`state`](crate::SandboxBuilder::state) can still be written.
    ///
    /// When a write fails, as on a full disk, the sandbox changes nothing more: each request is answered with 500, and
    /// methods without a result, like [`reset`](Self::reset), do nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`](wechatpay_chain::ErrorKind::File) after a failed write, until the sandbox is started again.
    #[cfg(feature = "state")]
    pub fn check_state(&self) -> Result<()> {
        let journal = self.state.journal.as_ref();
        journal.map_or(Ok(()), |journal| journal.check())
    }

    /// Why the newest compaction of the file of [`state`](crate::SandboxBuilder::state) was skipped; `None` when none was.
    ///
    /// Nothing is lost then: the file keeps its entries and grows until a later compaction succeeds.
    #[cfg(feature = "state")]
    #[must_use]
    pub fn skipped_checkpoint(&self) -> Option<Error> {
        let journal = self.state.journal.as_ref();
        journal.and_then(|journal| journal.skipped_checkpoint())
    }

    /// The contents of a folder of [`state`](crate::SandboxBuilder::state), without starting a sandbox; `None` when it has no
    /// state yet.
    ///
    /// ```
    /// use wechatpay_sandbox::Sandbox;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// assert_eq!(Sandbox::inspect_state(folder)?, None);
    /// drop(Sandbox::builder().state(folder).start_blocking()?);
    /// let found = Sandbox::inspect_state(folder)?.ok_or("no state")?;
    /// assert_eq!(found.entries, 0);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`](wechatpay_chain::ErrorKind::File) when a start would refuse the folder: its file is damaged, of
    /// another version, or in use by another sandbox. The message says what to do. Settings are not compared.
    #[cfg(feature = "state")]
    pub fn inspect_state(dir: impl AsRef<Path>) -> Result<Option<StateInfo>> {
        journal::inspect(dir.as_ref())
    }

    /// The deliveries of notifications, oldest first. At most 1000 of them are kept, and about 64 MiB in
    /// total.
    #[must_use]
    pub fn deliveries(&self) -> Vec<DeliveryRecord> {
        events::post_pending(&self.state);
        self.state.notifier.all()
    }

    /// Expires an order: it is closed as if its time to pay were over.
    ///
    /// # Errors
    ///
    /// As [`pay`](Self::pay).
    pub fn expire(&self, out_trade_no: &str) -> Result<()> {
        self.merchant.expire(out_trade_no)
    }
}
