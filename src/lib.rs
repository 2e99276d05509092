//! A chainable client for every WeChat Pay (微信支付) API.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod base_url;
mod builder;
mod call;
pub mod catalog;
pub mod certificates;
mod chain;
mod client;
mod clock;
pub mod crypto;
mod dry_run;
mod engine;
mod error;
mod keys;
mod message;
pub mod middleware;
mod net;
mod percent;
mod protocol;
mod query;
mod reader;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;
mod secret;
#[cfg(feature = "tower")]
mod service;
mod stack;
mod template;
#[cfg(feature = "test-util")]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub mod testing;
pub mod transport;

pub use builder::ClientBuilder;
pub use call::{Call, CallFuture, Pending};
pub use chain::{Chain, IndexPath, IntoPath, IntoSegment};
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use crypto::{Certificate, Padding, PrivateKey, PublicKey};
pub use dry_run::SignedRequest;
pub use error::{ApiError, BoxError, Error, ErrorKind, Result, Verification, VerifyFailure};
pub use message::{
    CallInfo, FieldPolicy, IntoHeaders, IntoPayload, Json, Payload, Request, Response, Streaming,
};
pub use protocol::{KeyOrigin, Keyring, PlatformKey};
pub use reader::StreamReader;
pub use secret::Secret;
pub use stack::{Middleware, Next, Stack};
pub use transport::Transport;
pub use wechatpay_chain_path::PathError;

/// The texts that signatures cover, and the headers that carry them.
pub mod signing {
    pub use crate::protocol::{
        Authorization, PROBE_PREFIX, SCHEME, SignType, SignatureHeaders, request_text,
        response_text,
    };
}

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
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
pub use wechatpay_chain_macros::path;

/// A chain as PHP's arrows write it; its path is made while compiling.
///
/// ```
/// # fn example(client: wechatpay_chain::Client) {
/// use wechatpay_chain::chain;
///
/// let call = chain!(client.v3.pay.transactions.id._transaction_id_)
///     .get(())
///     .query("mchid", "1230000109")
///     .var("transaction_id", "1217752501201407033233368018");
/// # }
/// ```
#[cfg(feature = "macros")]
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
pub use wechatpay_chain_macros::chain;

/// What the macros expand to.
#[cfg(feature = "macros")]
#[doc(hidden)]
pub mod __private {
    use crate::{Chain, Client};

    /// The chain of a literal that the macro has normalised and checked.
    pub fn chain(client: &Client, path: &'static str) -> Chain {
        client.literal(path)
    }
}
