//! Ways in which a text or a signature is written by mistake.
//!
//! Diagnoses try them: of requests in the sandbox, of notifications in `notify`. No check accepts them.

#[cfg(feature = "charsets")]
pub mod charset;
pub mod json;
pub mod signature;
