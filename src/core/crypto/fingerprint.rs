//! Detects whether a file changed between two reads.

use openssl::error::ErrorStack;
use openssl::symm::{Cipher, Crypter, Mode};

use super::random_bytes;
use crate::error::{Error, ErrorKind, Result};

const TAG_LEN: usize = 16;

/// The key of one comparison: only fingerprints with the same key can be compared.
#[derive(Clone)]
pub struct FingerprintKey([u8; 32]);

impl FingerprintKey {
    /// Generates a random key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when OpenSSL provides no random bytes.
    pub fn new() -> Result<Self> {
        random_bytes().map(Self)
    }
}

/// An incremental fingerprint: GMAC (NIST SP 800-38D) under a random key.
///
/// It is several times as fast as SHA-256, and without the key nobody can find other bytes with the same
/// fingerprint. The key never leaves the process, so no nonce is needed.
pub struct Fingerprint(Crypter);

impl Fingerprint {
    /// Creates an empty fingerprint.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when this OpenSSL does not allow AES-256-GCM.
    pub fn new(key: &FingerprintKey) -> Result<Self> {
        let cipher = Cipher::aes_256_gcm();
        let crypter = Crypter::new(cipher, Mode::Encrypt, &key.0, Some(&[0; 12]));
        crypter.map(Self).map_err(failed)
    }

    /// Adds the next bytes.
    ///
    /// # Errors
    ///
    /// The errors of [`Fingerprint::new`].
    pub fn update(&mut self, piece: &[u8]) -> Result<()> {
        // The openssl crate panics if a length does not fit a C `int`.
        for part in piece.chunks(1 << 30) {
            self.0.aad_update(part).map_err(failed)?;
        }
        Ok(())
    }

    /// Returns the fingerprint.
    ///
    /// # Errors
    ///
    /// The errors of [`Fingerprint::new`].
    pub fn finish(mut self) -> Result<[u8; TAG_LEN]> {
        let mut tag = [0; TAG_LEN];
        self.0.finalize(&mut []).map_err(failed)?;
        self.0.get_tag(&mut tag).map_err(failed)?;
        Ok(tag)
    }
}

fn failed(err: ErrorStack) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "this OpenSSL does not allow AES-256-GCM",
    )
    .with_source(err)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(key: &FingerprintKey, pieces: &[&[u8]]) -> [u8; TAG_LEN] {
        let mut fingerprint = Fingerprint::new(key).unwrap();
        for piece in pieces {
            fingerprint.update(piece).unwrap();
        }
        fingerprint.finish().unwrap()
    }

    #[test]
    fn the_fingerprint_does_not_depend_on_the_pieces() {
        let key = FingerprintKey::new().unwrap();
        let whole = fingerprint(&key, &[b"0123456789abcdef0"]);
        assert_eq!(fingerprint(&key, &[b"0123456", b"", b"789abcdef0"]), whole);
        for other in [
            &b"0123456789abcdef1"[..],
            b"0123456789abcdef",
            b"0123456789abcdef0\0",
            b"",
        ] {
            assert_ne!(fingerprint(&key, &[other]), whole);
        }
        let other = FingerprintKey::new().unwrap();
        assert_ne!(fingerprint(&other, &[b"0123456789abcdef0"]), whole);
    }
}
