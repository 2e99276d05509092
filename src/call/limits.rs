//! Time limits of a call.

use std::time::Duration;

use super::Call;
use wechatpay_core::error::{Error, ErrorKind};

impl Call {
    /// Bounds this call, from the first middleware to the last byte of the answer.
    ///
    /// Of a streamed answer only the beginning is bounded. Zero is refused before anything is sent.
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

    /// Bounds this call to the last byte of its answer, also of a streamed one or of a file, whose
    /// [`timeout`](Self::timeout) ends when it begins. The clock runs on while the reader does something else.
    ///
    /// Zero is refused before anything is sent. It is kept by the default transport.
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
