//! Decrypts an encrypted bill.

use super::too_long;
use crate::message::Seal;
use wechatpay_core::crypto::aes::{GcmOpener, KEY_LEN};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Opens AES-256-GCM piece by piece: no associated data, the tag at the end.
///
/// The output is not authenticated before [`finish`](Self::finish) and must not be used until then.
pub(super) struct Unseal {
    opener: GcmOpener,
    /// The reason why the output was rejected. With a wrong key the output is noise, so "not gzip" means
    /// nothing until the tag is verified.
    failure: Option<Error>,
    len: u64,
    max_bytes: u64,
}

impl Unseal {
    pub(super) fn new(seal: &Seal, max_bytes: u64) -> Result<Self> {
        let key: &[u8; KEY_LEN] = seal.key.expose().as_bytes().try_into().map_err(|_| {
            Error::new(
                ErrorKind::Unsupported,
                "the key of the encrypted file does not have 32 bytes: this version supports only \
                 AEAD_AES_256_GCM, so request that algorithm; an encrypt_key must be decrypted first, \
                 with Call::decrypt if the catalog does not know the endpoint",
            )
        })?;
        Ok(Self {
            opener: GcmOpener::new(key, seal.nonce.as_bytes())?,
            failure: None,
            len: 0,
            max_bytes,
        })
    }

    /// Decrypts a piece and passes it on, until it is refused.
    ///
    /// # Errors
    ///
    /// Disk errors at once, and [`ErrorKind::Body`] if the file is already too long; other problems
    /// of the content are reported by [`finish`](Self::finish).
    pub(super) fn open(
        &mut self,
        piece: &[u8],
        write: impl FnOnce(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let text = self.opener.update(piece)?;
        self.len += text.len() as u64;
        if self.failure.is_none() {
            match write(&text) {
                Err(err) if err.kind() == ErrorKind::Body => self.failure = Some(err),
                outcome => return outcome,
            }
        }
        if self.len > self.max_bytes {
            Err(too_long(self.max_bytes))
        } else {
            Ok(())
        }
    }

    /// Verifies the authentication tag.
    pub(super) fn finish(self) -> Result<()> {
        self.opener.finish().map_err(|err| {
            Error::new(
                ErrorKind::Decrypt,
                "the encrypted file was truncated or altered, or its key or nonce is wrong: nothing of \
                 it was kept; download it again",
            )
            .with_source(err)
        })?;
        self.failure.map_or(Ok(()), Err)
    }
}
