//! A streamed body, with the check that its end must pass.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::body::Body;
use wechatpay_core::crypto::digest::{DigestKind, Sha1};
use wechatpay_core::error::{Error, ErrorKind, Result, VerifyFailure};
use wechatpay_core::protocol::BodyCheck;
#[cfg(feature = "files")]
use wechatpay_core::protocol::Gunzip;

/// A body with the check that its end must pass.
///
/// It is only used through `&mut`. The mutex makes it `Sync`, which bodies are not, so that a response borrowed
/// across an `.await` can move between threads.
pub(crate) struct BodyStream(Mutex<Inner>);

struct Inner {
    body: Body,
    /// A piece that was examined and not consumed.
    peeked: Option<Bytes>,
    check: Option<StreamCheck>,
    #[cfg(feature = "files")]
    gunzip: Option<Box<Gunzip>>,
}

/// The check of a streamed body, fed piece by piece.
pub(crate) enum StreamCheck {
    /// The signature covers the body.
    Signature(BodyCheck),
    /// The signature was checked, and covers this digest of the body.
    Sha1 {
        expected: String,
        running: Sha1,
        serial: String,
    },
}

impl StreamCheck {
    pub(crate) fn sha1(expected: &str, serial: String) -> Self {
        Self::Sha1 {
            expected: expected.to_owned(),
            running: Sha1::new(),
            serial,
        }
    }

    fn update(&mut self, piece: &[u8]) {
        match self {
            Self::Signature(check) => check.update(piece),
            Self::Sha1 { running, .. } => running.update(piece),
        }
    }

    fn finish(self) -> Result<String, VerifyFailure> {
        match self {
            Self::Signature(check) => check.finish(),
            Self::Sha1 {
                expected,
                running,
                serial,
            } => check_sha1(&expected, running.finish()).map(|()| serial),
        }
    }
}

/// Checks a file against its signed SHA-1.
pub(crate) fn check_sha1(expected: &str, found: String) -> Result<(), VerifyFailure> {
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(VerifyFailure::Digest {
        algorithm: DigestKind::Sha1.name(),
        expected: expected.to_owned(),
        found,
    })
}

impl BodyStream {
    pub(crate) fn new(body: Body) -> Self {
        Self(Mutex::new(Inner {
            body,
            peeked: None,
            check: None,
            #[cfg(feature = "files")]
            gunzip: None,
        }))
    }

    pub(crate) fn set_check(&mut self, check: StreamCheck) {
        self.inner().check = Some(check);
    }

    /// Unzips the pieces before they are checked and returned.
    #[cfg(feature = "files")]
    pub(crate) fn set_gunzip(&mut self) {
        self.inner().gunzip = Some(Box::new(Gunzip::new()));
    }

    /// Returns the beginning of the body without consuming it: more than white space and a byte order mark, unless
    /// the body ends before.
    pub(crate) async fn peek(&mut self) -> Result<&[u8]> {
        let Inner { body, peeked, .. } = self.inner();
        while peeked.as_deref().is_none_or(tells_nothing) {
            let Some(next) = body.next_chunk().await? else {
                break;
            };
            *peeked = Some(match peeked.take() {
                Some(first) => [first, next].concat().into(),
                None => next,
            });
        }
        Ok(peeked.as_deref().unwrap_or_default())
    }

    pub(crate) fn is_open_ended(&mut self) -> bool {
        self.inner().body.end().is_open()
    }

    /// Reads the whole body without a check.
    pub(crate) async fn read(&mut self, limit: usize) -> Result<Bytes> {
        let mut all = Vec::new();
        while let Some(piece) = self.chunk().await? {
            if all.len() + piece.len() > limit {
                return Err(super::body::too_long(limit));
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.into())
    }

    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let inner = self.inner();
        let piece = inner.next_piece().await?;
        if let (Some(piece), Some(check)) = (&piece, &mut inner.check) {
            check.update(piece);
        }
        Ok(piece)
    }

    pub(super) fn finish(&mut self) -> Result<Option<String>> {
        let Some(check) = self.inner().check.take() else {
            return Ok(None);
        };
        check.finish().map(Some).map_err(|failure| {
            Error::new(
                ErrorKind::Verify,
                "the streamed response is not from WeChat Pay: discard everything that was read",
            )
            .with_source(failure)
        })
    }

    fn inner(&mut self) -> &mut Inner {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    async fn next_raw(&mut self) -> Result<Option<Bytes>> {
        match self.peeked.take() {
            Some(piece) => Ok(Some(piece)),
            None => self.body.next_chunk().await,
        }
    }

    #[cfg(not(feature = "files"))]
    async fn next_piece(&mut self) -> Result<Option<Bytes>> {
        self.next_raw().await
    }

    #[cfg(feature = "files")]
    async fn next_piece(&mut self) -> Result<Option<Bytes>> {
        loop {
            let Some(gunzip) = &mut self.gunzip else {
                return self.next_raw().await;
            };
            if let Some(piece) = gunzip.take()? {
                return Ok(Some(piece));
            }
            let Some(zipped) = self.next_raw().await? else {
                let last = self
                    .gunzip
                    .take()
                    .map(|gunzip| gunzip.finish())
                    .transpose()?;
                return Ok(last.filter(|last| !last.is_empty()));
            };
            if let Some(gunzip) = &mut self.gunzip {
                gunzip.push(zipped);
            }
        }
    }
}

/// The largest number of white space bytes that are skipped to see the content.
const MAX_BLANKS: usize = 4 << 10;

fn tells_nothing(bytes: &[u8]) -> bool {
    let mark = "\u{feff}".as_bytes();
    let text = bytes.strip_prefix(mark).unwrap_or(bytes);
    bytes.len() < MAX_BLANKS && (mark.starts_with(bytes) || text.trim_ascii().is_empty())
}
