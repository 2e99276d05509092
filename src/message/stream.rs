use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::body_stream::BodyStream;
use super::response::{MAY_BE_CUT_OFF, Response, ResponseBody};
use wechatpay_core::error::{Error, ErrorKind, Result, Verification};

/// A response that is read in chunks, in constant memory.
///
/// **Chunks are not verified when they arrive.** The signature is verified at the end of the response:
/// [`chunk`](Self::chunk) then returns `None` if it is valid, and an error otherwise. Do not act on
/// earlier chunks.
///
/// ```no_run
/// # async fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
/// let mut bill = client
///     .chain("v3/billdownload/file")
///     .get(())
///     .query("token", "6XIv5TUPto7pByrTQKhd6kwvyKLG2uY2wMMR8cNXqaA_Cv_isgaUtBzp4QtiozLO")
///     .stream()
///     .await?;
/// while let Some(piece) = bill.chunk().await? {
///     println!("{} bytes", piece.len());
/// }
/// # Ok(()) }
/// ```
pub struct Streaming {
    status: StatusCode,
    headers: HeaderMap,
    body: BodyStream,
    verification: Verification,
    attempts: u32,
    /// Whether a digest given by the caller checks the response.
    #[cfg_attr(
        not(feature = "files"),
        allow(dead_code, reason = "a download says so")
    )]
    vouched: bool,
    failed: bool,
}

impl Streaming {
    pub(crate) fn new(response: Response) -> Self {
        let status = response.status();
        let headers = response.headers().clone();
        let verification = response.verification().clone();
        let attempts = response.attempts();
        let body = match response.into_body() {
            ResponseBody::Stream(body) => *body,
            ResponseBody::Bytes(bytes) => BodyStream::new(bytes.into()),
        };
        Self {
            status,
            headers,
            body,
            verification,
            attempts,
            vouched: false,
            failed: false,
        }
    }

    /// Accepts an answer that ends when its connection closes: the caller has a digest.
    #[cfg(feature = "files")]
    pub(crate) fn vouch(&mut self) {
        self.vouched = true;
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the number of attempts, including the last, as [`Response::attempts`] does.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the result of verifying the signature, which is known at the end of the response.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.verification
    }

    /// Returns the next chunk, or `None` at the end when the signature, if any, is valid.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Transport`] when the connection breaks, and at the end when nothing confirms that the
    /// answer is complete: no length, no chunks, no signature, and no `close_notify` of TLS.
    /// [`ErrorKind::Verify`] at the end when the signature does not match the content.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        if self.failed {
            return Err(Error::new(
                ErrorKind::Body,
                "the stream has failed already: discard everything that was read",
            ));
        }
        let outcome = self.next().await;
        // `None` means success, so it must not follow an error.
        self.failed = outcome.is_err();
        outcome
    }

    async fn next(&mut self) -> Result<Option<Bytes>> {
        if let Some(piece) = self.body.chunk().await? {
            return Ok(Some(piece));
        }
        if let Some(serial) = self.body.finish()? {
            self.verification = Verification::Verified { serial };
        } else if self.body.is_open_ended() && !self.vouched {
            return Err(Error::new(ErrorKind::Transport, MAY_BE_CUT_OFF));
        }
        Ok(None)
    }
}

impl fmt::Debug for Streaming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streaming")
            .field("status", &self.status)
            .field("verification", &self.verification)
            .finish_non_exhaustive()
    }
}
