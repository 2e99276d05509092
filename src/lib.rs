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
//! Overview:
//!
//! - [`Client`] and [`ClientBuilder`]: create them once per program;
//! - [`Chain`]: paths; [`Call`]: one call and its options; [`Response`]: its answer;
//! - [`Error`]: the cause, and whether the request may have been sent ([`guide::errors`]);
//! - [`Stack`] and [`middleware`]: the layers between the call and the wire ([`guide::stack`]);
//! - [`PrivateKey`], [`PublicKey`], [`Certificate`], [`Keyring`] ([`guide::keys`]);
//! - sensitive fields ([`guide::encryption`]), and the [`catalog`] that lists them;
//! - [`Media`]: uploads; with the feature `files`, `Call::sink` and `Client::bill`: downloads;
//! - [`Merchants`]: many merchants in one program; [`Settings`]: settings from files and the environment;
//! - [`notify`]: notifications, verified, decrypted and answered;
//! - [`certificates`]: certificate mode, for older merchants;
//! - [`pay`]: the parameters with which a front end opens WeChat Pay ([`guide::pay_params`]);
//! - differences from the PHP SDK ([`guide::php`]).
//!
//! # Features
//!
//! All features are additive, and none is enabled by default.
//!
//! - `axum`: an axum extractor for verified notifications.
//! - `diagnosis`: `Notifications::diagnose` explains why a notification is rejected.
//! - `files`: downloads into files, and bills.
//! - `macros`: `chain!` and `path!`, checked at compile time.
//! - `types`: `types!`, serde types of an operation.
//! - `tower`: tower layers in the stack, tower services as transport, the client as a service.
//! - `pages`: the pages of `docs/`, compressed; only the command and the sandbox need it.
//! - `php-values`: the module `php`, for the Rust that `wechatpay port` writes.
//! - `metrics`: counters, gauges and histograms of calls, through the crate `metrics`.
//! - `php`: `php!`, calls as PHP writes them.
//! - `profile`: settings read from the profiles of the command `wechatpay`.
//! - `qr`: a Native order's `code_url` as a QR code.
//! - `redis`: deduplicates notifications across machines, backed by Redis.
//! - `sm`: 国密, that is SM2 keys and signatures, SM3, SM4-GCM ([`guide::sm`]).
//! - `sqlx`: deduplicates notifications, backed by PostgreSQL or SQLite; `postgres` and `sqlite` enable only one of them.
//! - `test-util`: transports and a clock for tests.
//! - `tracing`: a span for each call, and events, through the crate `tracing`.
//! - `vendored`: bundles and statically links OpenSSL; building it needs perl and make.
//!
//! # Versions
//!
//! This crate needs Rust 1.88 and OpenSSL 3.0, or newer. Only minor releases raise the required Rust
//! version.

// Functions have at most 40 lines (clippy.toml); tests may be longer.
#![cfg_attr(not(test), warn(clippy::too_many_lines))]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod base_url;
#[cfg(feature = "files")]
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
pub mod bill;
mod builder;
mod call;
pub mod certificates;
mod chain;
mod client;
#[cfg(feature = "files")]
mod download;
mod dry_run;
mod engine;
mod file_io;
// The examples on its pages need tower.
#[cfg(any(feature = "tower", not(doctest)))]
pub mod guide;
mod keys;
mod merchants;
mod message;
pub mod middleware;
mod net;
pub mod notify;
pub mod outcome;
pub mod pay;
#[cfg(feature = "php-values")]
#[cfg_attr(docsrs, doc(cfg(feature = "php-values")))]
pub mod php;
mod plan;
mod reader;
pub mod resilience;
mod resolve;
#[cfg(feature = "tower")]
mod service;
mod settings;
#[cfg(feature = "files")]
mod sink;
mod stack;
#[cfg(feature = "test-util")]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub mod testing;
mod trace;
pub mod transport;

#[doc(inline)]
pub use wechatpay_core::catalog;

/// Keys and the algorithms that WeChat Pay uses.
pub mod crypto {
    #[cfg(feature = "sm")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sm")))]
    #[doc(inline)]
    pub use wechatpay_core::crypto::sm4;
    #[doc(inline)]
    pub use wechatpay_core::crypto::{
        Certificate, KeyAlgorithm, Padding, PrivateKey, PublicKey, aes, digest,
    };
}

pub use builder::ClientBuilder;
pub use call::{Call, CallFuture, Pending};
pub use chain::{Chain, IndexPath, IntoPath, IntoSegment};
pub use client::Client;
#[cfg(feature = "files")]
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
pub use download::Download;
pub use dry_run::SignedRequest;
pub use merchants::{Account, Merchants};
#[cfg(feature = "files")]
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
pub use message::SavedFile;
pub use message::{
    CallInfo, FieldPolicy, IntoHeaders, IntoPayload, Json, Media, Payload, Request, Response,
    Streaming, Upload,
};
pub use net::{HttpTransport, HttpTransportBuilder, Resolve};
pub use reader::StreamReader;
pub use settings::Settings;
#[doc(hidden)]
pub use settings::read_secret;
pub use stack::{Middleware, Next, Stack};
pub use transport::Transport;
pub use wechatpay_chain_path::PathError;
#[doc(inline)]
pub use wechatpay_core::clock::{Clock, SystemClock};
#[doc(inline)]
pub use wechatpay_core::crypto::{
    Certificate, KeyAlgorithm, Padding, PrivateKey, PublicKey, RootCertificate, RootCertificates,
};
#[doc(inline)]
pub use wechatpay_core::error::{
    ApiError, BoxError, Error, ErrorKind, Result, Verification, VerifyFailure,
};
#[doc(inline)]
pub use wechatpay_core::protocol::{KeyOrigin, Keyring, PlatformKey};
#[doc(inline)]
pub use wechatpay_core::query::query_string;
#[doc(inline)]
pub use wechatpay_core::secret::{Secret, Sensitive};
#[doc(inline)]
pub use wechatpay_core::value::{Fen, Timestamp};

/// The names of the client's metrics.
///
/// They appear in the recorder of the crate `metrics` that the program installs. See `docs/observability.md`.
#[cfg(feature = "metrics")]
#[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
pub mod metrics {
    pub use crate::trace::meter::{
        BREAKER_OPEN, CALL_DURATION, CALLS, CALLS_IN_FLIGHT, CALLS_UNDECIDED, CERTIFICATE_FETCHES,
        CLOCK_OFFSET, CONNECTIONS_OPEN, CONNECTIONS_USED, FAILOVERS, OUTCOMES, PROBES, RETRIES,
        describe,
    };
}

/// The texts that signatures cover, and the headers that carry them.
pub mod signing {
    #[doc(inline)]
    pub use wechatpay_core::protocol::{
        Authorization, PROBE_PREFIX, SCHEME, Scheme, SignType, SignatureHeaders, pay_text,
        request_text, response_text,
    };
}

/// Serde types of an operation: `Request`, `Response`, `Params`, `METHOD` and `PATH`, made while compiling.
///
/// They are the types that `wechatpay endpoints METHOD PATH --emit types` prints. The program needs `serde` with
/// `derive`, and `serde_json`. Put the macro into a module: all operations have the same names.
///
/// ```
/// mod native {
///     wechatpay_chain::types!(POST "v3/pay/transactions/native");
/// }
///
/// # fn run(client: &wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
/// use wechatpay_chain::{Fen, Json};
///
/// let order = native::Request {
///     appid: "wxd678efh567hg6787".to_owned(),
///     mchid: "1900006XXX".to_owned(),
///     description: "Image形象店".to_owned(),
///     out_trade_no: "native12177525012014070332333".to_owned(),
///     notify_url: "https://shop.example/notify".to_owned(),
///     amount: native::RequestAmount { total: Fen::new(1), ..Default::default() },
///     ..Default::default()
/// };
/// let response: native::Response = client.chain(native::PATH).post(Json(&order), ()).wait()?.json()?;
/// println!("{:?}", response.code_url);
/// # Ok(())
/// # }
/// ```
#[cfg(feature = "types")]
#[cfg_attr(docsrs, doc(cfg(feature = "types")))]
pub use wechatpay_chain_macros::types;

/// A path that is built and checked at compile time.
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

/// A chain written like PHP's arrows; its path is built at compile time.
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

/// A call in PHP's syntax, translated at compile time. A PHP variable refers to the Rust variable of the
/// same name in snake case.
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
/// The macro returns a [`Call`], so `then`, `otherwise`, `wait` and printing are left out. The command
/// `wechatpay port` translates whole files.
#[cfg(feature = "php")]
#[cfg_attr(docsrs, doc(cfg(feature = "php")))]
pub use wechatpay_chain_macros::php;

/// Items that the macros use in their expansions.
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
#[cfg(all(doctest, feature = "files", feature = "macros", feature = "tower"))]
mod readme {
    #[doc = include_str!("../README.md")]
    struct English;

    #[doc = include_str!("../README.zh-CN.md")]
    struct Chinese;
}
