//! Common mistakes in writing a text or a signature.
//!
//! The diagnoses of requests (in the sandbox) and of notifications (in `notify`) try them. No check accepts them.

#[cfg(feature = "charsets")]
pub mod charset;
pub mod json;
pub mod signature;
