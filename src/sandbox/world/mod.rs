//! What the sandbox remembers: orders, refunds, transfers, profit sharing, complaints.
//!
//! A [`World`] knows no sockets, no threads and no clock: a request comes in with the time it came
//! at, and an answer or a refusal goes out. What a merchant would be notified of waits as an
//! [`Event`] until somebody takes it.
//!
//! Of each kind the newest 10,000 are kept ([`table`]), of batches 100,000 details in all, and the oldest
//! that are over go first; texts are no longer than WeChat Pay documents them, and images 64 MiB together, so that the memory is bounded.
//! All lists are oldest first: in the order that things came.
//!
//! Shapes are those of the documents of each operation; where the words of refusals are from, and
//! which are guessed, is in [`refusals`]. Of what happens, this is the sandbox's own:
//!
//! - an order without `time_expire` is closed after 7 days, one with it at that time;
//! - `trade_state` is `REFUND` from the moment a refund is accepted, and back at `SUCCESS` when all
//!   that were are closed;
//! - a refund, a profit sharing and a cancellation end before the next look at them;
//! - all money arrives: accounts have no balance that could be too low;
//! - 30 % of an order may be shared, as merchants have it by default.

mod api;
mod batch;
mod batches;
mod bill;
mod codepay;
mod combine;
mod complaint;
mod complaints;
mod event;
mod hand;
mod images;
mod numbers;
mod order;
mod orders;
mod record;
mod refund;
mod refunds;
mod refusals;
mod request;
mod returns;
mod routes;
mod share;
mod sharing;
mod table;
mod transfers;
mod user;
mod v2;

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::refusal::Refusal;
use batch::Batch;
pub(super) use bill::BillType;
use combine::Combine;
use complaint::Complaint;
pub use event::Event;
use event::Outbox;
use images::Images;
use numbers::Numbers;
use order::Order;
pub use record::{ComplaintRecord, OrderRecord, RefundRecord, SharingRecord, TransferRecord};
use refund::Refund;
pub use refund::RefundStatus;
pub(super) use request::Request;
use share::{Receiver, Return, Share};
use table::Table;
use transfers::Transfer;
pub(super) use user::Denied;

/// An answer: what WeChat Pay says when it does as it is asked.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) status: StatusCode,
    /// `None` has no JSON.
    pub(super) body: Option<Value>,
    /// A download, and of what type.
    pub(super) file: Option<(&'static str, Bytes)>,
}

impl Told {
    pub(super) fn json(body: Value) -> Self {
        Self::new(StatusCode::OK, Some(body), None)
    }

    pub(super) fn file(content_type: &'static str, content: Bytes) -> Self {
        Self::new(StatusCode::OK, None, Some((content_type, content)))
    }

    fn nothing() -> Self {
        Self::new(StatusCode::NO_CONTENT, None, None)
    }

    fn new(status: StatusCode, body: Option<Value>, file: Option<(&'static str, Bytes)>) -> Self {
        Self { status, body, file }
    }
}

pub(super) type Outcome = Result<Told, Refusal>;

/// All that is remembered, one thing at a time.
#[derive(Default)]
pub(super) struct World {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    orders: Table<Order>,
    combines: Table<Combine>,
    refunds: Table<Refund>,
    hold_refunds: bool,
    transfers: Table<Transfer>,
    hold_transfers: bool,
    batches: Table<Batch>,
    receivers: Table<Receiver>,
    shares: Table<Share>,
    returns: Table<Return>,
    complaints: Table<Complaint>,
    /// Where the merchant wants to hear of complaints.
    complaint_url: Option<String>,
    images: Images,
    outbox: Outbox,
    numbers: Numbers,
}

impl World {
    /// The numbers of what is made depend on the seed.
    pub(super) fn new(seed: u64) -> Self {
        let numbers = Numbers::new(seed);
        let state = State {
            numbers,
            ..State::default()
        };
        Self {
            state: Mutex::new(state),
        }
    }

    /// What a request is answered with; `None` when it is about nothing that is remembered.
    pub(super) fn answer(&self, request: &Request<'_>) -> Option<Outcome> {
        self.with(|state| routes::answer(state, request))
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// Forgets all but what was numbered, so that no number comes again.
    fn reset(&mut self) {
        let numbers = std::mem::take(&mut self.numbers);
        *self = Self {
            numbers,
            ..Self::default()
        };
    }
}
