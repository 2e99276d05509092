//! Signs and encrypts notifications.

use std::sync::Arc;

use crate::identity::Credentials;
use crate::platform::{PlatformKeys, PlatformView};
use wechatpay_core::clock::Clock;

/// The keys and the clock of one merchant's notifications.
#[derive(Clone)]
pub(crate) struct NotificationSigner {
    /// The merchant's, which encrypt.
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) view: PlatformView,
    /// The platform's, which sign.
    pub(crate) platform: Arc<PlatformKeys>,
    pub(crate) clock: Arc<dyn Clock>,
}
