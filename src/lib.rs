//! A chainable client for every WeChat Pay (微信支付) API.

pub mod catalog;
mod clock;
mod crypto;
mod error;
mod protocol;
mod secret;

pub use clock::{Clock, SystemClock};
pub use crypto::{Certificate, Padding, PrivateKey, PublicKey};
pub use error::{ApiError, BoxError, Error, ErrorKind, Result, Verification, VerifyFailure};
pub use secret::Secret;
