//! Time limits of a call.

use std::time::Duration;

use super::Call;
use wechatpay_core::error::{Error, ErrorKind};

impl Call {
    /// Limits the time of this call, from the first middleware to the last byte of the answer.
    ///
    /// For a streamed answer, only the time until its beginning is limited. Zero is rejected before anything is sent.
    pub fn timeout(self, limit: Duration) -> Self {
        self.attempt(|plan| {
            if limit.is_zero() {
                let message = "a timeout of zero lets no call succeed";
                return Err(Error::new(ErrorKind::Request, message));
            }
            plan.options.timeout = Some(limit);
            Ok(())
        })
    }

    /// Limits the time until the last byte of the answer, also for a streamed answer or a file, for which
    /// [`timeout`](Self::timeout) covers only the beginning. The clock also runs while the reader is busy.
    ///
    /// Zero is rejected before anything is sent. The default transport enforces it.
    pub fn deadline(self, limit: Duration) -> Self {
        self.attempt(|plan| {
            if limit.is_zero() {
                let message = "a deadline of zero lets no call succeed";
                return Err(Error::new(ErrorKind::Request, message));
            }
            plan.options.deadline = Some(limit);
            Ok(())
        })
    }
}
