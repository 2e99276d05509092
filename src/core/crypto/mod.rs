//! Keys and the algorithms that WeChat Pay uses. Independent of HTTP and of WeChat Pay's protocol.

pub mod aes;
pub mod base64;
mod contexts;
pub mod digest;
mod fingerprint;
mod key_algorithm;
mod keys;
mod message_digest;
mod padding;
mod random;
mod rsa;
mod signed_digest;
#[cfg(feature = "sm")]
mod sm2;
mod sm2_mistake;
#[cfg(feature = "sm")]
pub mod sm4;
mod stream_verifier;

#[cfg(test)]
pub(crate) mod fixtures;

pub use fingerprint::{Fingerprint, FingerprintKey};
pub use key_algorithm::KeyAlgorithm;
pub use keys::{Certificate, PrivateKey, PublicKey, RootCertificate, RootCertificates};
pub use message_digest::MessageDigest;
pub use padding::Padding;
pub use random::random_bytes;
pub use signed_digest::{Signed, signed_digest};
pub use sm2_mistake::Sm2Mistake;
pub use stream_verifier::StreamVerifier;
