//! Notifications: builds, signs and posts them as WeChat Pay does. Knows the clock, the keys, the faults and
//! its own store of deliveries.

mod content;
mod deliveries;
mod draft;
mod kinds;
mod notice;
mod post;
mod signer;
mod states;

use std::borrow::Cow;

use wechatpay_core::error::{Error, ErrorKind};

pub(crate) use content::{Content, EventContent, Message};
pub(crate) use deliveries::Notifier;
#[cfg(feature = "state")]
pub(crate) use deliveries::SavedDeliveries;
pub use deliveries::{AttemptRecord, DeliveryRecord, DeliveryState, PostedRecord};
pub(crate) use draft::NotificationDraft;
pub(crate) use kinds::kind_row;
#[cfg(feature = "control")]
pub(crate) use kinds::{KindRow, kind_rows};
pub use notice::Notice;
pub(crate) use post::{Reach, check_url, exchange, unreachable_zh};
pub(crate) use signer::NotificationSigner;

fn rejected(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Builder, message)
}
