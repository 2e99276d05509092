//! Certificate mode: a notification signed with an unknown certificate.

use std::sync::Arc;

use crate::certificates::Manager;
use crate::engine::Engine;
use crate::middleware::KeySource;
use crate::stack::{Next, Pipeline};
use wechatpay_core::error::{Result, VerifyFailure};

/// The source of a client's certificates, and the stack for its requests.
#[derive(Clone)]
pub(super) struct Source {
    manager: Arc<Manager>,
    stack: Arc<Pipeline>,
}

impl Source {
    /// Returns the source of a client in certificate mode.
    pub(super) fn of(engine: &Engine) -> Option<Self> {
        Some(Self {
            manager: engine.certificates.clone()?,
            stack: Arc::clone(&engine.v3),
        })
    }

    /// Fetches the key that a failure lacks; returns whether verifying again may succeed.
    ///
    /// Concurrent callers share one request, and there is at most one a minute, since a forger can name any serial.
    ///
    /// # Errors
    ///
    /// The errors of fetching certificates.
    pub(super) async fn ask(&self, failure: Option<&VerifyFailure>) -> Result<bool> {
        let Some(VerifyFailure::UnknownSerial { serial, .. }) = failure else {
            return Ok(false);
        };
        let next = Next::first(Arc::clone(&self.stack));
        self.manager.on_unknown_serial(serial, &next).await?;
        Ok(true)
    }
}
