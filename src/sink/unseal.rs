//! Decrypts an encrypted bill.

use zeroize::Zeroizing;

use super::too_long;
use crate::message::Seal;
use wechatpay_core::crypto::aes;
#[cfg(feature = "sm")]
use wechatpay_core::crypto::sm4;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Opens AES-256-GCM or SM4-GCM piece by piece: no associated data, the tag at the end. The length of the key tells which.
///
/// The output is not authenticated before [`finish`](Self::finish) and must not be used until then.
pub(super) struct Unseal {
    opener: Opener,
    /// The reason why the output was rejected. With a wrong key the output is noise, so "not gzip" means
    /// nothing until the tag is verified.
    failure: Option<Error>,
    len: u64,
    max_bytes: u64,
}

impl Unseal {
    pub(super) fn new(seal: &Seal, max_bytes: u64) -> Result<Self> {
        Ok(Self {
            opener: Opener::new(seal.key.expose().as_bytes(), seal.nonce.as_bytes())?,
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

enum Opener {
    Aes(Box<aes::GcmOpener>),
    #[cfg(feature = "sm")]
    Sm4(Box<sm4::GcmOpener>),
}

/// The length of a key of SM4.
const SM4_KEY: usize = 16;

impl Opener {
    fn new(key: &[u8], nonce: &[u8]) -> Result<Self> {
        if let Ok(key) = key.try_into() {
            return aes::GcmOpener::new(key, nonce).map(Box::new).map(Self::Aes);
        }
        #[cfg(feature = "sm")]
        if let Ok(key) = key.try_into() {
            return sm4::GcmOpener::new(key, nonce).map(Box::new).map(Self::Sm4);
        }
        let message = if key.len() == SM4_KEY {
            "the file is encrypted with SM4_GCM: build with the feature `sm`, or request \
             AEAD_AES_256_GCM"
        } else {
            "the key of the encrypted file has neither 32 bytes (AEAD_AES_256_GCM) nor 16 (SM4_GCM): \
             an encrypt_key must be decrypted first, with Call::decrypt if the catalog does not know \
             the endpoint"
        };
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    fn update(&mut self, piece: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        match self {
            Self::Aes(opener) => opener.update(piece),
            #[cfg(feature = "sm")]
            Self::Sm4(opener) => opener.update(piece),
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Aes(opener) => opener.finish(),
            #[cfg(feature = "sm")]
            Self::Sm4(opener) => opener.finish(),
        }
    }
}
