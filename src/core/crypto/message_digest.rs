use openssl::sha::Sha256;
#[cfg(feature = "sm")]
use sm3::{Digest, Sm3};

/// An incremental digest of a signed message.
pub enum MessageDigest {
    /// For RSA.
    Sha256(Sha256),
    /// For SM2. Begins with the digest of user and key (GB/T 32918.2, section 5.5).
    #[cfg(feature = "sm")]
    Sm3(Sm3),
}

impl MessageDigest {
    pub(super) fn sha256() -> Self {
        Self::Sha256(Sha256::new())
    }

    /// Adds the next bytes.
    pub fn update(&mut self, piece: &[u8]) {
        match self {
            Self::Sha256(digest) => digest.update(piece),
            #[cfg(feature = "sm")]
            Self::Sm3(digest) => digest.update(piece),
        }
    }

    /// Returns the digest.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        match self {
            Self::Sha256(digest) => digest.finish(),
            #[cfg(feature = "sm")]
            Self::Sm3(digest) => digest.finalize().into(),
        }
    }
}
