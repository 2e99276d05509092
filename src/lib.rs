//! A chainable client for every WeChat Pay (微信支付) API, APIv3 and APIv2: it signs, encrypts, verifies
//! and decrypts, and the path of the documentation page is the call.
//!
//! ```no_run
//! use serde_json::json;
//! use wechatpay_chain::{Client, PrivateKey, PublicKey};
//!
//! # async fn example() -> wechatpay_chain::Result<()> {
//! let client = Client::builder()
//!     .mchid("1900000109")
//!     .serial("5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
//!     .private_key(PrivateKey::from_file("apiclient_key.pem")?)
//!     .platform_key(
//!         "PUB_KEY_ID_0114232134912410000000000000",
//!         PublicKey::from_file("pub_key.pem")?,
//!     )
//!     .build()?;
//!
//! // Three ways to write a path; each call is awaited, or waited for with `.wait()`.
//! let order = json!({"mchid": "1900000109", "out_trade_no": "native12177525012014070332333"});
//! let res = client.v3().seg("pay").seg("transactions").seg("native").post(&order, ()).await?;
//! let res = client.chain("v3/pay/transactions/native").post(&order, ()).await?;
//! let res = client["v3/pay/transactions/native"].post(&order, ()).await?;
//! println!("{}", res["code_url"]);
//! # Ok(()) }
//! ```
//!
//! Where to go from here:
//!
//! - [`Client`] and [`ClientBuilder`]: what a program builds once;
//! - [`Chain`]: paths; [`Call`]: one call and its options; [`Response`]: its answer;
//! - [`Error`]: what went wrong, and whether the request may have been sent ([`guide::errors`]);
//! - [`Stack`] and [`middleware`]: what happens between the call and the wire ([`guide::stack`]);
//! - [`PrivateKey`], [`PublicKey`], [`Certificate`], [`Keyring`] ([`guide::keys`]);
//! - sensitive fields ([`guide::encryption`]), and the [`catalog`] that knows them;
//! - [`Media`]: uploads; with the feature `files`, `Call::sink` and `Client::bill`: downloads;
//! - [`notify`]: notifications, verified, decrypted and answered;
//! - [`certificates`]: certificate mode, for older merchants;
//! - [`pay`]: what a front end needs to open WeChat Pay ([`guide::pay_params`]);
//! - what is otherwise than in the PHP SDK ([`guide::php`]).
//!
//! # Features
//!
//! None is on by default, and they only add.
//!
//! - `axum`: an extractor of axum that hands over verified notifications.
//! - `cli`: the command `wechatpay`.
//! - `files`: downloads into files, and bills.
//! - `macros`: `chain!` and `path!`, made and checked while compiling.
//! - `tower`: tower layers in the stack, tower services as transport, the client as a service.
//! - `php-values`: the module `php`, for the Rust that `wechatpay port` writes.
//! - `php`: `php!`, calls as PHP writes them.
//! - `qr`: a Native order's `code_url` as a QR code.
//! - `redis`: notifications seen before, remembered by several machines in one Redis.
//! - `sandbox`: a gateway on loopback that checks requests as WeChat Pay does, for tests and
//!   examples; and `schema`, the fields of every operation.
//! - `test-util`: transports and a clock for tests.
//! - `vendored`: an OpenSSL of its own, compiled in; needs perl and make.
//!
//! # Versions
//!
//! Rust 1.88 or newer; a later version only ever asks for a newer one in a minor release. OpenSSL
//! 3.0 or newer.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod base_url;
#[cfg(feature = "files")]
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
pub mod bill;
mod builder;
mod call;
pub mod catalog;
pub mod certificates;
mod chain;
mod client;
mod clock;
pub mod crypto;
#[cfg(feature = "files")]
mod download;
mod dry_run;
mod engine;
mod error;
// The examples of its pages need tower.
#[cfg(any(feature = "tower", not(doctest)))]
pub mod guide;
mod host;
mod keys;
mod message;
pub mod middleware;
mod net;
pub mod notify;
mod offload;
pub mod pay;
mod percent;
#[cfg(feature = "php-values")]
#[cfg_attr(docsrs, doc(cfg(feature = "php-values")))]
pub mod php;
mod plan;
mod protocol;
mod query;
mod reader;
mod resolve;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod schema;
mod secret;
#[cfg(feature = "tower")]
mod service;
mod stack;
mod template;
#[cfg(feature = "test-util")]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub mod testing;
pub mod transport;
#[cfg(feature = "sandbox")]
mod variants;

pub use builder::ClientBuilder;
pub use call::{Call, CallFuture, Pending};
pub use chain::{Chain, IndexPath, IntoPath, IntoSegment};
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use crypto::{Certificate, Padding, PrivateKey, PublicKey};
#[cfg(feature = "files")]
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
pub use download::Download;
pub use dry_run::SignedRequest;
pub use error::{ApiError, BoxError, Error, ErrorKind, Result, Verification, VerifyFailure};
#[cfg(feature = "files")]
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
pub use message::SavedFile;
pub use message::{
    CallInfo, FieldPolicy, IntoHeaders, IntoPayload, Json, Media, Payload, Request, Response,
    Streaming, Upload,
};
pub use protocol::{KeyOrigin, Keyring, PlatformKey};
pub use query::query_string;
pub use reader::StreamReader;
pub use secret::Secret;
pub use stack::{Middleware, Next, Stack};
pub use transport::Transport;
pub use wechatpay_chain_path::PathError;

/// The texts that signatures cover, and the headers that carry them.
pub mod signing {
    pub use crate::protocol::{
        Authorization, PROBE_PREFIX, SCHEME, Scheme, SignType, SignatureHeaders, pay_text,
        request_text, response_text,
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

/// A call as PHP writes it, translated while compiling; a variable of PHP is the variable of Rust of that
/// name in snake case.
///
/// ```
/// # fn example(client: wechatpay_chain::Client) {
/// use wechatpay_chain::php;
///
/// let order_no = "1217752501201407033233368018";
/// let call = php!(client, r#"
///     $instance->v3->pay->transactions->outTradeNo->_out_trade_no_->get([
///         'query' => ['mchid' => '1230000109'], // 商户号
///         'out_trade_no' => $orderNo,
///     ]);
/// "#);
/// // or as tokens, with double quotes:
/// let call = php!(client, $instance->v3->refund->domestic->refunds->postAsync([
///     "json" => ["transaction_id" => $orderNo, "amount" => ["refund" => 1, "total" => 1, "currency" => "CNY"]],
/// ]));
/// # }
/// ```
///
/// `then`, `otherwise`, `wait` and what prints are left out: the macro gives a [`Call`]. Whole files are
/// translated by the command `wechatpay port`.
#[cfg(feature = "php")]
#[cfg_attr(docsrs, doc(cfg(feature = "php")))]
pub use wechatpay_chain_macros::php;

/// What the macros expand to.
#[cfg(feature = "macros")]
#[doc(hidden)]
pub mod __private {
    use crate::{Chain, Client};

    #[cfg(feature = "php")]
    pub use serde_json::json;

    /// The chain of a literal that the macro has normalised and checked.
    pub fn chain(client: &Client, path: &'static str) -> Chain {
        client.literal(path)
    }
}

/// The examples of the READMEs are compiled as tests.
#[cfg(all(
    doctest,
    feature = "files",
    feature = "macros",
    feature = "sandbox",
    feature = "tower"
))]
mod readme {
    #[doc = include_str!("../README.md")]
    struct English;

    #[doc = include_str!("../README.zh-CN.md")]
    struct Chinese;
}
