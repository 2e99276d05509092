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

/// A path, made while compiling.
///
/// ```
/// use wechatpay_chain::path;
///
/// const PUNISH: &str = path!(v3.aggracctBc.wbChannel.controlOrders.punish);
/// assert_eq!(PUNISH, "v3/aggracct-bc/wb-channel/control-orders/punish");
/// assert_eq!(path!(v3["merchant-service"].images._media_id_), "v3/merchant-service/images/{media_id}");
/// assert_eq!(path!(v3.r#type.match.bills.0), "v3/type/match/bills/0");
/// ```
#[cfg(feature = "macros")]
pub use wechatpay_chain_macros::path;

#[cfg(feature = "macros")]
pub use wechatpay_chain_macros::chain;
