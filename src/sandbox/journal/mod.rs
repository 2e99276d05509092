//! The journal of a sandbox whose state survives a restart.
//!
//! Each input that can change the state is one [`Entry`]: a request, an action of the control API, the result of posting a
//! notification. [`Journal::run`] executes one input at a time, at a fixed time and with derived nonces ([`moment`]), and
//! then queues its entry. A [`Ticket`] waits until the entry is on the disk; only then the input is answered. The next
//! start executes the entries again in the same order.

#[cfg(feature = "state")]
mod checkpoint;
#[cfg(feature = "state")]
mod durable;
#[cfg_attr(
    not(feature = "state"),
    allow(dead_code, reason = "only the journal reads entries")
)]
mod entry;
#[cfg(feature = "state")]
mod growth;
#[cfg(feature = "state")]
mod inspect;
#[cfg(feature = "state")]
mod live;
mod moment;
#[cfg(not(feature = "state"))]
mod off;
mod static_text;
#[cfg(feature = "state")]
mod store;
#[cfg(feature = "state")]
mod writer;

#[cfg(feature = "state")]
pub(crate) use checkpoint::{Checkpoint, Snapshot};
pub(crate) use entry::{Action, Blob, Entry, MerchantAct, Replayed, SavedRequest, SavedStub};
#[cfg(feature = "state")]
pub(crate) use entry::{SavedAttempt, SavedHeaders, saved_version, version_of};
#[cfg(feature = "state")]
pub use inspect::StateInfo;
#[cfg(feature = "state")]
pub(crate) use inspect::inspect;
#[cfg(feature = "state")]
pub(crate) use live::{Journal, Opened};
#[cfg(feature = "state")]
pub(crate) use moment::Moment;
pub(crate) use moment::{next_nonce, time_ms};
#[cfg(not(feature = "state"))]
pub(crate) use off::{Journal, Ticket};
pub(crate) use static_text::StaticText;
#[cfg(feature = "state")]
pub(crate) use static_text::{interned, static_text};
#[cfg(feature = "state")]
use wechatpay_core::error::{Error, ErrorKind};
#[cfg(feature = "state")]
pub(crate) use writer::Ticket;

#[cfg(test)]
#[cfg(feature = "state")]
mod crash;

/// An error of the journal in a folder, which the user can act on.
#[cfg(feature = "state")]
pub(crate) fn failed(message: String) -> Error {
    Error::new(ErrorKind::File, message)
}
