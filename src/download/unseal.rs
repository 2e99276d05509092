//! What an encrypted bill goes through before it is unzipped.

use zeroize::Zeroizing;

use crate::crypto::aes::{GcmOpener, KEY_LEN};
use crate::error::{Error, ErrorKind, Result};
use crate::message::Seal;

/// Opens AES-256-GCM piece by piece: no associated data, the tag at the end.
///
/// What comes out is not yet proven: nothing of it may be used before [`finish`](Self::finish).
pub(super) struct Unseal(GcmOpener);

impl Unseal {
    pub(super) fn new(seal: &Seal) -> Result<Self> {
        let key: &[u8; KEY_LEN] = seal.key.expose().as_bytes().try_into().map_err(|_| {
            Error::new(
                ErrorKind::Unsupported,
                "the key of the encrypted file is not of 32 bytes: this version opens AEAD_AES_256_GCM \
                 only, so ask for that algorithm; and an encrypt_key has to be decrypted first, with \
                 Call::decrypt where the catalogue does not know the endpoint",
            )
        })?;
        GcmOpener::new(key, seal.nonce.as_bytes()).map(Self)
    }

    pub(super) fn open(&mut self, piece: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.0.update(piece)
    }

    /// Whether all that came out is what was encrypted.
    pub(super) fn finish(self) -> Result<()> {
        self.0.finish().map_err(|err| {
            Error::new(
                ErrorKind::Decrypt,
                "the encrypted file was cut or altered, or its key or nonce is another's: nothing of \
                 it was kept; ask for it again",
            )
            .with_source(err)
        })
    }
}
