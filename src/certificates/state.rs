//! When to fetch: pure rules over earlier fetches. All times are Unix seconds.

use std::time::Duration;

use wechatpay_core::error::Error;
use wechatpay_core::protocol::{KeyOrigin, PlatformKey};

/// The certificate in use is replaced this long before it ends.
const AHEAD: i64 = 7 * 24 * 60 * 60;
/// How old a list must be to be fetched again because its certificate ends soon.
const ENDING_EVERY: u64 = 60 * 60;

/// What a manager remembers.
#[derive(Default)]
pub(super) struct FetchState {
    /// Whether the disk copy was looked for.
    pub(super) copy_read: bool,
    /// When the list in use was signed.
    pub(super) signed: Option<i64>,
    /// The serials that came from the list in use.
    pub(super) own: Vec<String>,
    /// When a fetch of whatever reason was last begun.
    fetched: Option<i64>,
    /// When an unknown serial last made it fetch.
    asked: Option<i64>,
    /// Why the last fetch failed, if it will fail the same way again, and when.
    refused: Option<(i64, Error)>,
}

/// What a call needs before it is made.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Need {
    Nothing,
    /// A new list, and the call need not wait for it.
    Refresh,
    /// A list.
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

    /// Whether an unknown serial may make it fetch; notes that it does.
    pub(super) fn begin_asking(&mut self, every: Duration, now: i64) -> bool {
        let may = self
            .asked
            .is_none_or(|last| passed(last, now, every.as_secs()));
        if may {
            self.asked = Some(now);
        }
        may
    }

    /// How long ago an unknown serial made it fetch and in how many seconds one may again, where none
    /// may now.
    pub(super) fn until_asking(&self, every: Duration, now: i64) -> Option<(u64, u64)> {
        let ago = now.abs_diff(self.asked?);
        let left = every.as_secs().checked_sub(ago)?;
        (left > 0).then_some((ago, left))
    }

    /// The failure that asking again would only repeat.
    pub(super) fn refusal(&self, every: Duration, now: i64) -> Option<Error> {
        let (at, err) = self.refused.as_ref()?;
        (!passed(*at, now, every.as_secs())).then(|| err.duplicate())
    }

    pub(super) fn note_refusal(&mut self, refused: Option<&Error>, now: i64) {
        self.refused = refused.map(|err| (now, err.duplicate()));
    }
}

/// In either direction: a clock that was set back must not stop everything.
fn passed(since: i64, now: i64, seconds: u64) -> bool {
    now.abs_diff(since) >= seconds
}
