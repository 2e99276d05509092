//! A chainable client for every WeChat Pay (微信支付) API.

mod clock;
mod crypto;
mod error;
mod percent;
mod query;
mod secret;
mod template;

pub use clock::{Clock, SystemClock};
pub use crypto::Padding;
pub use error::{ApiError, BoxError, Error, ErrorKind, Result, Verification, VerifyFailure};
pub use secret::Secret;
pub use wechatpay_chain_path::PathError;
