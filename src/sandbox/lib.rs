//! A WeChat Pay gateway on loopback for tests and examples.
//!
//! WeChat Pay has no test environment for APIv3. A [`Sandbox`] is one inside your test: it listens on a real socket, verifies
//! the `Authorization` of every request, decrypts sensitive fields and refuses plaintext in them, signs its responses, and
//! can [inject faults](Sandbox::inject_fault).
//!
//! ```
//! use serde_json::json;
//! use wechatpay_sandbox::{Fault, Sandbox};
//!
//! # fn main() -> wechatpay_chain::Result<()> {
//! let sandbox = Sandbox::start_blocking()?;
//! let client = sandbox.client()?;
//!
//! let order = json!({
//!     "appid": "wxd678efh567hg6787",
//!     "mchid": sandbox.mchid(),
//!     "description": "Image形象店-深圳腾大-QQ公仔",
//!     "out_trade_no": "1217752501201407033233368018",
//!     "notify_url": "https://www.example.com/notify",
//!     "amount": {"total": 100},
//! });
//! let chain = client.chain("v3/pay/transactions/native");
//! let res = chain.post(&order, ()).wait()?;
//! assert!(res["code_url"].as_str().is_some_and(|url| url.starts_with("weixin://")));
//! sandbox.pay("1217752501201407033233368018")?;
//!
//! let err = chain.post(json!({"mchid": sandbox.mchid()}), ()).wait().unwrap_err();
//! assert_eq!(err.api().unwrap().code, "PARAM_ERROR");
//! assert_eq!(err.api().unwrap().detail["field"], "/appid");
//!
//! sandbox.inject_fault(Fault::TamperedBody);
//! let err = client.chain("v3/certificates").get(()).wait().unwrap_err();
//! assert!(err.verify_failure().is_some() && err.maybe_sent());
//! # Ok(()) }
//! ```
//!
//! # How requests are answered
//!
//! | request | response |
//! | --- | --- |
//! | without `Accept` or `User-Agent` (APIv2 needs neither) | 400 `INVALID_REQUEST` |
//! | `Authorization` missing, malformed, or with another scheme, merchant, brand or serial | 401 `SIGN_ERROR` |
//! | timestamp more than 5 minutes off, or nonce used before | 401 `SIGN_ERROR` |
//! | wrong signature | 401 `SIGN_ERROR`; `detail.sign_information` has the text that the gateway built |
//! | a body whose `Content-Type` is neither `application/json` nor that of an upload | 400 `INVALID_REQUEST` |
//! | `GET v3/certificates` | the platform certificates, encrypted with the APIv3 key |
//! | sensitive fields, and `Wechatpay-Serial` missing, empty or unknown | 400 `PARAM_ERROR` |
//! | plaintext, or a ciphertext for another key, in a sensitive field | 400 `PARAM_ERROR` naming the field |
//! | an upload without a file, with an invalid `meta` or one without `filename` or `sha256`, or with another SHA-256 | 400 `PARAM_ERROR` |
//! | a decrypted field of query or body that is missing, of another type, not a documented value, too long, or out of range | 400 `PARAM_ERROR` with `detail.field`, `value`, `issue`, `location` |
//! | a path variable that is too long, not a number, or also in the query | 400 `PARAM_ERROR`, `location` is `uri_template` or `query` |
//! | above a documented rate limit, if [enforced](SandboxBuilder::enforce_limits) | 429 `FREQUENCY_LIMITED` |
//! | a method and path with a [stub](Sandbox::stub) | the stub |
//! | orders, refunds, transfers, profit sharing, bills, complaints | from the state, see below |
//! | anything else | a default |
//!
//! The key that the request's `Wechatpay-Serial` names signs the response; for certificates it is always the newest one.
//! Without the header the public key signs, and for `v3/certificates` the newest certificate. Refusals before the merchant is
//! known (the first four rows) are not signed; all other errors are. The signature of an upload covers its part `meta` alone.
//!
//! By default, operations without a response body return 204, downloads a short text, and all others a response
//! [generated from the documentation](#generated-responses). Unknown paths return 404 or 405. With
//! [`echo_unknown`](SandboxBuilder::echo_unknown) they return their decrypted body, and GET and DELETE return `{}`.
//!
//! # State
//!
//! - Orders of [`v3/pay/transactions`, `v3/pay/partner/transactions`](Sandbox::orders) of every type, payments by code, and
//!   `v3/combine-transactions`: they are created, queried by either number, closed, reversed, and expire at `time_expire`.
//!   [`Sandbox::pay`] and [`fail_payment`](Sandbox::fail_payment) act as the user. A payment by code whose `auth_code` begins
//!   with 13 waits for the user (`USERPAYING`); any other is paid at once.
//! - [Refunds](Sandbox::refunds) of `v3/refund/domestic` and `v3/ecommerce`: they succeed before they are queried, or end as
//!   [`settle_refund`](Sandbox::settle_refund) says. An order takes at most 50 refunds, within a year of its payment.
//! - [Transfers](Sandbox::transfers) of `v3/fund-app/mch-transfer/transfer-bills`, also below `partner/`:
//!   [`confirm_transfer`](Sandbox::confirm_transfer) and [`reject_transfer`](Sandbox::reject_transfer) act as the user. Batches
//!   of `v3/transfer/batches` finish before they are queried.
//! - [Profit sharing](Sandbox::sharing) of `v3/profitsharing`, `v3/ecommerce/profitsharing` and `v3/brand/profitsharing`.
//! - [Complaints](Sandbox::complaints) that [`complain`](Sandbox::complain) files, for `v3/merchant-service/complaints-v2`;
//!   images of `v3/merchant-service/images`, 64 MiB in total.
//! - The trade and fund-flow bills of a day.
//! - Orders and refunds of APIv2 (`pay/unifiedorder`, `pay/micropay`, `pay/orderquery`, `pay/closeorder`, `secapi/pay/reverse`,
//!   `secapi/pay/refund`, `pay/refundquery`), which are shared with APIv3.
//!
//! The same number with the same fields returns the same response; with other fields it returns WeChat Pay's refusal. Amounts,
//! merchant ids and states are checked. A request whose response is lost to a [`Fault`] has been executed. Events for the merchant wait in
//! [`Sandbox::take_events`]. The sandbox keeps 10,000 things of each kind, and drops the oldest finished ones first. Lists are
//! oldest first. Generated ids depend on the seed, the previous requests and the day.
//!
//! The sandbox supports the APIv2 operations of the catalog. It checks `mch_id`, `nonce_str`, `sign`, and over TLS the client
//! certificate where one is required. Responses are signed XML. Failures of these checks, and values that are too long or not
//! a number, return `return_code` `FAIL`. A missing field or one with an undocumented value returns a signed `result_code`
//! `FAIL` with `err_code` `LACK_PARAMS` or `PARAM_ERROR`.
//!
//! # Merchants
//!
//! [`Sandbox::account`] is one of several merchants, each with its own keys and state. [`SandboxBuilder::merchant`] adds one.
//! From the start there are the first merchant and a service provider (1900007100) with two sub-merchants. The methods of
//! [`Sandbox`] concern the first merchant. `docs/sandbox.md` has the rules.
//!
//! # Field checks
//!
//! The sandbox checks every rule of the [`schema`] for documented members. It ignores undocumented members, and empty texts
//! without a minimum length. The documentation marks some fields as required that are required only sometimes, such as the
//! two numbers of an order; where that is known, one of them is enough. The sandbox also checks rules that users have published
//! with the gateway's responses: an `out_trade_no` has 6 to 32 bytes of `0-9a-zA-Z_-|*@`, a `notify_url` has no query, and an `attach` has at most 128 bytes.
//! Other lengths count characters, because it is not documented which of them WeChat Pay counts in bytes.
//! [`SandboxBuilder::check_fields`] disables the checks; a stub does not.
//!
//! # Generated responses
//!
//! A generated response has all documented fields, except for optional ones that describe a failure. A field of the request
//! with the same name and place is returned if it is valid; variables of path and query, and ids and numbers of the body, are
//! returned anywhere. Lists have as many items as those of the request, otherwise one. A field with documented values has the
//! one for success, otherwise the first. All other values depend on [`SandboxBuilder::seed`] and the request alone: the same
//! request has the same response, with times in 2025. Sensitive fields are encrypted.
//!
//! # Features
//!
//! All are off by default, since they compile as long as the rest.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `control` | the control API and the page below `/_sandbox/`, the [`reference`](mod@reference), merchants of TOML files |
//! | `state` | a state that survives a restart; has `control` |
//! | `sm` | merchants with SM2 keys (国密) |
//!
//! # Notifications
//!
//! [`Sandbox::notify`] posts APIv3 notifications to a server on loopback, signed and encrypted as WeChat Pay does;
//! [`Sandbox::notify_v2`] posts those of APIv2.
//!
//! Sources: the WeChat Pay documents "基本规则", "签名相关问题" and "如何加解密敏感字段", and responses of the real gateway as
//! users have published them. The texts about a reused nonce and about the `Content-Type` are the sandbox's.

// Functions have at most 40 lines (clippy.toml); tests may be longer.
#![cfg_attr(not(test), warn(clippy::too_many_lines))]

mod account;
mod adjustable_clock;
mod apiv2;
mod bilingual;
mod bills;
#[cfg(feature = "control")]
mod control;
mod date;
mod events;
mod fault;
mod folder;
mod gateway;
mod handle;
mod identity;
mod journal;
mod merchants;
mod mock;
mod multipart;
mod nonces;
mod notifier;
mod perform;
mod platform;
mod query;
mod rate_limits;
mod record;
#[cfg(feature = "control")]
pub mod reference;
mod refusal;
mod remembered;
#[cfg(feature = "state")]
mod replay;
mod reply;
pub mod schema;
mod sensitive_fields;
mod server;
mod service_order;
mod settings;
mod signing;
mod simulation;
mod state;
mod stub;
mod validation;
mod world;

pub use fault::{Fault, PlannedFault};
pub use folder::SandboxFiles;
pub use handle::{Account, Sandbox, SandboxBuilder};
#[cfg(feature = "state")]
pub use journal::StateInfo;
pub use merchants::{MerchantKind, MerchantSettings};
pub use mock::SampleRequest;
pub use notifier::{AttemptRecord, DeliveryRecord, DeliveryState, Notice, PostedRecord};
pub use platform::PlatformMode;
pub use record::{CallRecord, CallWarning, ResponseRecord, Verdict};
pub use stub::StubResponse;
pub use world::{
    ComplaintRecord, Event, OrderRecord, RefundRecord, RefundStatus, SharingRecord, TransferRecord,
};
