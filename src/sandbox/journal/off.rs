//! Without the feature `state` there is no journal.

use super::entry::Entry;
#[cfg(feature = "control")]
use wechatpay_core::error::Error;
use wechatpay_core::error::Result;

/// A journal, of which there is none: the methods below are never called.
pub(crate) enum Journal {}

impl Journal {
    pub(crate) fn run<T>(
        &self,
        _time_ms: i64,
        _work: impl FnOnce() -> (T, Option<Entry>),
    ) -> Result<(T, Ticket)> {
        match *self {}
    }

    pub(crate) fn note_reset(&self) {
        match *self {}
    }

    #[cfg(feature = "control")]
    pub(crate) fn count(&self) -> usize {
        match *self {}
    }

    #[cfg(feature = "control")]
    pub(crate) fn skipped_checkpoint(&self) -> Option<Error> {
        match *self {}
    }

    #[cfg(feature = "state")]
    pub(crate) fn check(&self) -> Result<()> {
        match *self {}
    }

    #[cfg(feature = "control")]
    pub(crate) fn last(&self) -> Ticket {
        match *self {}
    }

    pub(crate) fn has_news(&self) -> bool {
        match *self {}
    }

    pub(crate) fn key(&self, _name: &str) -> Option<Vec<u8>> {
        match *self {}
    }

    pub(crate) fn keep_key(&self, _name: &str, _bytes: Vec<u8>) -> Result<()> {
        match *self {}
    }
}

/// The ticket of an input, which waits for nothing.
#[must_use = "an input is answered only after its entry is written"]
pub(crate) struct Ticket;

impl Ticket {
    pub(crate) fn none() -> Self {
        Self
    }

    #[allow(clippy::unused_async, reason = "with the feature `state` it waits")]
    pub(crate) async fn written(self) -> Result<()> {
        Ok(())
    }

    pub(crate) fn wait(self) -> Result<()> {
        Ok(())
    }
}
