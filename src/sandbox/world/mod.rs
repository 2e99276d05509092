//! The state behind the special operations: orders, refunds, transfers, profit sharing, complaints.
//!
//! A [`World`] uses no sockets, threads or clock. A request carries the time it arrived at; an answer or a
//! refusal is returned. Notifications wait in the outbox as [`Event`]s until the caller takes them.
//!
//! Layers, from the ground up:
//!
//! 1. [`table`], `ids`, [`event`], [`outcome`], [`action`], [`request`]: used by every resource.
//! 2. `*/model.rs`: one thing that is remembered, and its JSON views. [`state`] holds a table of each.
//! 3. `order/`, `refund/`, `transfer/`, `batch/`, `sharing/`, `complaint/`,
//!    `contract/`, `image/`: the handlers. The
//!    `answer` function of each lists its operations. [`apiv2`] lists those of APIv2.
//! 4. This file: [`World`] asks each resource in turn. `actions` is what users, banks and time do;
//!    [`seller`] lets the other sellers of combined orders act on their parts.
//!
//! Memory is bounded: each [`table`] keeps its newest 10,000 rows (of batches, 100,000 details in total) and
//! drops finished rows first; texts are no longer than documented, and images take 64 MiB at most. Lists are
//! oldest first.
//!
//! The shapes of answers come from the documentation of each operation, refusals from
//! [`business`](crate::refusal::business). The sandbox adds these rules:
//!
//! - An order without `time_expire` is closed after 7 days.
//! - `trade_state` is `REFUND` from the moment a refund is accepted, and `SUCCESS` again when every refund of
//!   the order is closed.
//! - A refund, a profit sharing order and a cancellation finish before they are next read.
//! - An account runs out of money only if its balance was set.
//! - At most 30 % of an order may be shared, which is the default of a new merchant.

mod action;
mod actions;
mod apiv2;
mod batch;
mod bill;
mod complaint;
mod contract;
mod event;
mod funds;
mod ids;
mod image;
mod order;
mod outcome;
#[cfg_attr(
    not(feature = "control"),
    allow(dead_code, reason = "only the page uses the keys")
)]
mod record;
mod refund;
mod request;
mod seller;
mod sharing;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod transfer;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use action::{ActionError, ActionResult};
pub(crate) use bill::BillType;
pub use event::Event;
pub(crate) use order::OtherPayment;
pub(crate) use outcome::{Outcome, Success};
pub use record::{ComplaintRecord, OrderRecord, RefundRecord, SharingRecord, TransferRecord};
pub use refund::model::RefundStatus;
pub(crate) use request::Request;

use ids::IdGenerator;
use state::State;

/// Answers a request, or returns `None` when the operation belongs to another resource.
type Handler = fn(&mut State, &Request<'_>) -> Option<Outcome>;

/// The resources. The first that answers wins.
const RESOURCES: [Handler; 10] = [
    apiv2::answer,
    contract::answer_v3,
    order::answer,
    refund::answer,
    transfer::answer,
    batch::answer,
    sharing::answer,
    image::answer,
    complaint::answer,
    funds::answer,
];

/// The records in a checkpoint.
#[cfg(feature = "state")]
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedWorld(Box<State>);

/// The [`State`] behind a lock.
#[derive(Default)]
pub(crate) struct World {
    state: Mutex<State>,
}

impl World {
    /// The world of one merchant. The ids of everything that is made depend on the seed, and on how many were given
    /// before: merchants that share `count` never have the same.
    pub(crate) fn new(mchid: &str, seed: u64, count: Arc<AtomicU64>) -> Self {
        let ids = IdGenerator::new(seed, count);
        Self {
            state: Mutex::new(State::new(mchid.to_owned(), ids)),
        }
    }

    /// Answers a request; `None` when its operation remembers nothing.
    pub(crate) fn answer(&self, request: &Request<'_>) -> Option<Outcome> {
        self.with(|state| RESOURCES.iter().find_map(|answer| answer(state, request)))
    }

    /// A copy of the records, for a checkpoint.
    #[cfg(feature = "state")]
    pub(crate) fn saved(&self) -> SavedWorld {
        SavedWorld(self.with(|state| Box::new(state.clone())))
    }

    /// Replaces the records by those of a checkpoint.
    #[cfg(feature = "state")]
    pub(crate) fn restore(&self, saved: SavedWorld) {
        self.with(|state| state.restore(*saved.0));
    }

    /// Keeps the media ids in the response to an upload, with its path.
    pub(crate) fn keep_media(&self, answer: &Value, path: &'static str) {
        self.with(|state| image::keep_ids(state, answer, path));
    }

    /// The path of the upload that has returned this media id.
    pub(crate) fn upload_of(&self, media_id: &str) -> Option<String> {
        self.with(|state| image::upload_of(state, media_id))
    }

    /// Adds an event of an operation that is remembered elsewhere.
    pub(crate) fn push_event(&self, event: Event) {
        self.with(|state| state.outbox.push(event));
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
