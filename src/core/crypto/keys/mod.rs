//! Keys and certificates in every common format.
//!
//! `input` recognises the input, `refusal` creates the errors for other kinds, and
//! the three types use the part that they need.

mod certificate;
mod chain;
mod der;
mod file;
mod input;
mod item;
mod pem;
mod pkcs12;
mod private;
mod protected;
mod public;
mod refusal;
mod root;
#[cfg(feature = "sm")]
mod sm2_certificate;
mod x509;

pub use certificate::Certificate;
pub use private::PrivateKey;
pub use public::PublicKey;
pub use root::{RootCertificate, RootCertificates};

#[cfg(test)]
#[cfg(feature = "sm")]
mod sm_tests;

/// Shorter keys are rejected: WeChat Pay issues none, and they can be broken.
const MIN_BITS: i32 = 2048;
