//! Certificate mode: a notification signed with a certificate that is not known yet.

use std::sync::Arc;

use crate::certificates::Manager;
use crate::engine::Engine;
use crate::middleware::KeySource;
use crate::stack::{Next, Pipeline};
use wechatpay_core::error::{Result, VerifyFailure};

/// Where a client's certificates come from, and the stack over which they are asked for.
#[derive(Clone)]
pub(super) struct Source {
    manager: Arc<Manager>,
    stack: Arc<Pipeline>,
}

impl Source {
    /// That of a client in certificate mode.
    pub(super) fn of(engine: &Engine) -> Option<Self> {
        Some(Self {
            manager: engine.certificates.clone()?,
            stack: Arc::clone(&engine.v3),
        })
    }

    /// Asks for what a failure lacks; says whether verifying again is of use.
    ///
    /// One request for all who ask at once, and no more than one a minute: a forger may name serials.
    ///
    /// # Errors
    ///
    /// Those of the certificates.
    pub(super) async fn ask(&self, failure: Option<&VerifyFailure>) -> Result<bool> {
        let Some(VerifyFailure::UnknownSerial { serial, .. }) = failure else {
            return Ok(false);
        };
        let next = Next::first(Arc::clone(&self.stack));
        self.manager.on_unknown_serial(serial, &next).await?;
        Ok(true)
    }
}
