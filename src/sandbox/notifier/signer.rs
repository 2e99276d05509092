//! Signs and encrypts notifications.

use std::sync::Arc;

use crate::identity::Identity;
use crate::platform::PlatformKeys;
use wechatpay_core::clock::Clock;

/// The keys and the clock of notifications.
#[derive(Clone)]
pub(crate) struct NotificationSigner {
    pub(crate) identity: Arc<Identity>,
    pub(crate) platform: Arc<PlatformKeys>,
    pub(crate) clock: Arc<dyn Clock>,
}
