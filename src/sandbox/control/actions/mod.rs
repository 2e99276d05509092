//! The actions of the control API and the page's forms.

mod notifications;
mod orders;
mod tools;

pub(super) use notifications::{delivery, notify, resend};
pub(super) use orders::{
    complain, confirm, hold_refunds, hold_transfers, order, refund, reject, settle,
};
pub(super) use tools::{
    certificate_mode, clock, fault, forget_faults, limits, reset, retire, rotate, set, settings,
};
