//! All records of the sandbox.

#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};

use super::batch::model::Batch;
use super::complaint::model::Complaint;
use super::contract::model::Contract;
use super::event::Outbox;
use super::ids::IdGenerator;
use super::image::model::Files;
use super::order::model::{CombinedOrder, Order};
use super::refund::model::Refund;
use super::sharing::model::{Receiver, Return, Share};
use super::table::Table;
use super::transfer::model::Transfer;

#[derive(Clone, Default)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct State {
    /// Whose account it is (商户号).
    pub(crate) mchid: String,
    pub(crate) orders: Table<Order>,
    pub(crate) combined_orders: Table<CombinedOrder>,
    pub(crate) refunds: Table<Refund>,
    pub(crate) hold_refunds: bool,
    /// The balance of the basic account before all movements, in fen; `None` is the default.
    #[cfg_attr(feature = "state", serde(default))]
    pub(crate) opening: Option<i64>,
    pub(crate) transfers: Table<Transfer>,
    pub(crate) hold_transfers: bool,
    pub(crate) batches: Table<Batch>,
    pub(crate) receivers: Table<Receiver>,
    pub(crate) shares: Table<Share>,
    pub(crate) returns: Table<Return>,
    #[cfg_attr(feature = "state", serde(default))]
    pub(crate) contracts: Table<Contract>,
    pub(crate) complaints: Table<Complaint>,
    /// Where the merchant receives notifications of complaints.
    pub(crate) complaint_url: Option<String>,
    pub(crate) images: Files,
    /// The media ids of other uploads, each with the path of the upload. Nothing downloads these.
    pub(crate) media: Files,
    pub(crate) outbox: Outbox,
    /// The count of its numbers is the sandbox's.
    #[cfg_attr(feature = "state", serde(skip))]
    pub(crate) ids: IdGenerator,
}

impl State {
    /// Creates an empty state of the merchant `mchid`.
    pub(crate) fn new(mchid: String, ids: IdGenerator) -> Self {
        Self {
            mchid,
            ids,
            ..Self::default()
        }
    }

    /// Replaces everything except the id counter.
    #[cfg(feature = "state")]
    pub(crate) fn restore(&mut self, saved: Self) {
        let ids = std::mem::take(&mut self.ids);
        *self = Self { ids, ..saved };
    }

    /// Removes everything except the id counter, so that no id is used twice.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            mchid: std::mem::take(&mut self.mchid),
            ids: std::mem::take(&mut self.ids),
            ..Self::default()
        };
    }
}
