//! Decides when to fetch, from earlier fetches. All times are Unix seconds.

use std::time::Duration;

use wechatpay_core::error::Error;
use wechatpay_core::protocol::{KeyOrigin, PlatformKey};

/// How long before its expiry the certificate in use is replaced.
const AHEAD: i64 = 7 * 24 * 60 * 60;
/// The minimum age of a list before a soon-expiring certificate causes another fetch.
const ENDING_EVERY: u64 = 60 * 60;

/// The state of a manager.
#[derive(Default)]
pub(super) struct FetchState {
    /// Whether the disk copy was read.
    pub(super) copy_read: bool,
    /// The time at which the current list was signed.
    pub(super) signed: Option<i64>,
    /// The serials that came from the list in use.
    pub(super) own: Vec<String>,
    /// The time at which any fetch last started.
    fetched: Option<i64>,
    /// The time of the last fetch for an unknown serial.
    asked: Option<i64>,
    /// Why the last fetch failed, if it will fail the same way again, and when.
    refused: Option<(i64, Error)>,
}

/// The action that a call needs before it is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Need {
    Nothing,
    /// A new list, and the call need not wait for it.
    Refresh,
    /// A list, and the call must wait for it.
    Key,
}

impl FetchState {
    pub(super) fn need(&self, preferred: Option<&PlatformKey>, age: Duration, now: i64) -> Need {
        let not_after = match preferred.map(PlatformKey::origin) {
            None => return Need::Key,
            Some(KeyOrigin::Certificate { not_after, .. }) => *not_after,
            Some(_) => return Need::Nothing,
        };
        let older = |age: u64| self.signed.map(|signed| passed(signed, now, age));
        let ends_soon = not_after.saturating_sub(now) < AHEAD;
        let old = older(age.as_secs()) == Some(true);
        if old || ends_soon && older(ENDING_EVERY) != Some(false) {
            Need::Refresh
        } else {
            Need::Nothing
        }
    }

    /// Whether a refresh may begin.
    pub(super) fn may_refresh(&self, every: Duration, now: i64) -> bool {
        self.fetched
            .is_none_or(|last| passed(last, now, every.as_secs()))
    }

    pub(super) fn note_fetch(&mut self, now: i64) {
        self.fetched = Some(now);
    }

    /// Whether an unknown serial may trigger a fetch; if so, records the fetch.
    pub(super) fn begin_asking(&mut self, every: Duration, now: i64) -> bool {
        let may = self
            .asked
            .is_none_or(|last| passed(last, now, every.as_secs()));
        if may {
            self.asked = Some(now);
        }
        may
    }

    /// Returns the seconds since the last fetch for an unknown serial and the seconds until the next, if none
    /// is allowed now.
    pub(super) fn until_asking(&self, every: Duration, now: i64) -> Option<(u64, u64)> {
        let ago = now.abs_diff(self.asked?);
        let left = every.as_secs().checked_sub(ago)?;
        (left > 0).then_some((ago, left))
    }

    /// Returns the failure that another fetch would only repeat.
    pub(super) fn refusal(&self, every: Duration, now: i64) -> Option<Error> {
        let (at, err) = self.refused.as_ref()?;
        (!passed(*at, now, every.as_secs())).then(|| err.duplicate())
    }

    pub(super) fn note_refusal(&mut self, refused: Option<&Error>, now: i64) {
        self.refused = refused.map(|err| (now, err.duplicate()));
    }
}

/// Whether the time has passed, in either direction: a clock that was set back must not block fetches.
fn passed(since: i64, now: i64, seconds: u64) -> bool {
    now.abs_diff(since) >= seconds
}
