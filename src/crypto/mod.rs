//! Keys and the algorithms that WeChat Pay uses. Knows no HTTP and no WeChat Pay.

pub mod aes;
pub(crate) mod base64;
mod contexts;
pub mod digest;
mod fingerprint;
mod keys;
mod padding;
mod random;
mod rsa;
#[cfg(feature = "sandbox")]
mod signed_digest;
mod stream_verifier;

#[cfg(test)]
pub(crate) mod fixtures;

pub(crate) use fingerprint::{Fingerprint, FingerprintKey};
pub use keys::{Certificate, PrivateKey, PublicKey};
pub use padding::Padding;
pub(crate) use random::random_bytes;
#[cfg(feature = "sandbox")]
pub(crate) use signed_digest::{Signed, signed_digest};
pub(crate) use stream_verifier::StreamVerifier;
