//! A gateway on loopback that treats requests as WeChat Pay does; for tests and examples.
//!
//! APIv3 has no test environment. A [`Sandbox`] is one inside the test: it listens on a real
//! socket, checks the `Authorization` of every request, decrypts the sensitive fields and refuses
//! plaintext in them, signs its answers, and can [inject faults](Sandbox::inject_fault).
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
//! # What it does as WeChat Pay does
//!
//! | request | answer |
//! | --- | --- |
//! | without `Accept` or `User-Agent` | 400 `INVALID_REQUEST` |
//! | `Authorization` missing, malformed, of another scheme, merchant, brand or serial | 401 `SIGN_ERROR` |
//! | timestamp more than 5 minutes off, nonce used before | 401 `SIGN_ERROR` |
//! | wrong signature | 401 `SIGN_ERROR`, the text that the gateway built in `detail.sign_information` |
//! | a body whose `Content-Type` is not `application/json`, or an upload | 400 `INVALID_REQUEST` |
//! | `GET v3/certificates` | its platform certificates, encrypted with the APIv3 key |
//! | `Wechatpay-Serial` unknown, or missing beside sensitive fields | 400 `PARAM_ERROR` |
//! | plaintext, or a ciphertext for another key, in a sensitive field | 400 `PARAM_ERROR` naming the field |
//! | an upload without a file, whose `meta` is no object or lacks `filename` or `sha256`, or whose file has another SHA-256 | 400 `PARAM_ERROR` |
//! | a field of query or body, decrypted, that is missing, of another type, unknown among the documented values, too long, out of range | 400 `PARAM_ERROR` with `detail.field`, `value`, `issue`, `location` |
//! | a variable of the path that is too long, no number, or in the query as well | 400 `PARAM_ERROR`, `location` is `uri_template` or `query` |
//! | more often than documented, if [told to](SandboxBuilder::enforce_limits) | 429 `FREQUENCY_LIMITED` |
//! | what [`Sandbox::stub`] was told of | that |
//! | orders, refunds, transfers, profit sharing, bills, complaints | what it remembers, see below |
//! | anything else | a default |
//!
//! The key that the request's `Wechatpay-Serial` names signs the answer (of certificates always the
//! newest); without one it is the public key, and for `v3/certificates` the newest certificate. What is refused before the merchant is known (the first four rows) is not signed,
//! all other errors are. Of an upload, the signature covers the `meta` part alone.
//!
//! By default operations that answer nothing get 204, downloads a short text, and all others an
//! answer [made from the documentation](#answers-that-are-made-up). A path that is not known gets 404 or 405;
//! told to [echo](SandboxBuilder::echo_unknown), its own decrypted body, GET and DELETE `{}`.
//!
//! # What it remembers
//!
//! - Orders of [`v3/pay/transactions`, `v3/pay/partner/transactions`](Sandbox::orders) in every style,
//!   payments by code, and `v3/combine-transactions`: made, queried by either number, closed,
//!   reversed, expired at `time_expire`. [`Sandbox::pay`] and [`fail_payment`](Sandbox::fail_payment)
//!   are the user. Of payments by code, an `auth_code` that begins with 13 asks the user
//!   (`USERPAYING`), any other pays at once.
//! - [Refunds](Sandbox::refunds) of `v3/refund/domestic` and `v3/ecommerce`: they succeed before the
//!   next look at them, or as [`settle_refund`](Sandbox::settle_refund) says; 50 of an order at most,
//!   within a year of its payment.
//! - [Transfers](Sandbox::transfers) of `v3/fund-app/mch-transfer/transfer-bills`, also below `partner/`:
//!   [`confirm_transfer`](Sandbox::confirm_transfer) and
//!   [`reject_transfer`](Sandbox::reject_transfer) are the user. Batches of `v3/transfer/batches`
//!   are done before the next look at them.
//! - [Profit sharing](Sandbox::sharing) of `v3/profitsharing`, `v3/ecommerce/profitsharing` and
//!   `v3/brand/profitsharing`.
//! - [Complaints](Sandbox::complaints) that [`complain`](Sandbox::complain) makes, for
//!   `v3/merchant-service/complaints-v2`; images of `v3/merchant-service/images`, 64 MiB together.
//! - The trade and fund-flow bills of a day, with the feature `files`.
//! - The orders and refunds of APIv2 (`pay/unifiedorder`, `pay/micropay`, `pay/orderquery`,
//!   `pay/closeorder`, `secapi/pay/reverse`, `secapi/pay/refund`, `pay/refundquery`), which are the
//!   same as APIv3's.
//!
//! The same number with the same fields has the same answer, with other fields the refusal that
//! WeChat Pay has for it; amounts, numbers of merchants and states are checked. A request whose
//! answer is lost to a [`Fault`] has happened. What a merchant would be notified of waits in
//! [`Sandbox::take_events`]. Of each kind 10,000 are kept; the oldest that are over go first.
//! Lists are oldest first. The numbers that things get depend on the seed, the requests before and the
//! day.
//!
//! APIv2 is spoken on the operations that the catalogue knows: `mch_id`, `nonce_str` and `sign` are
//! checked, over TLS also the client certificate where one is demanded; answers are signed XML, and
//! what is refused at this door, or is too long or no number, gets `return_code` `FAIL`. A field that is
//! missing or has another value than documented gets `result_code` `FAIL` with `err_code` `LACK_PARAMS` or
//! `PARAM_ERROR`, signed.
//!
//! # What is checked of the fields
//!
//! Everything that the [`schema`](crate::schema) says, of members that the request has or lacks; members
//! that are not documented are passed over, and so is an empty text where it is not too short. The
//! documentation marks as required what is so only sometimes, for instance both numbers of an order:
//! where that is known, one will do. Beside it are rules that users have published with the gateway's answers:
//! an `out_trade_no` has 6 to 32 bytes of `0-9a-zA-Z_-|*@`, a `notify_url` no query, an `attach` 128 bytes at
//! most. Other lengths count characters, as nobody knows which of them WeChat Pay counts in bytes. [`SandboxBuilder::check_fields`] switches the check off, an answer
//! given with [`Sandbox::stub`] does not.
//!
//! # Answers that are made up
//!
//! They have all documented fields, but for optional ones that tell of a failure. What the request says
//! of a field of the same name and place comes back if it fits; so do variables of the path and query,
//! and ids and numbers of its body wherever they are asked for. Lists have as many items as
//! the request's, else one. Of documented values it is the one that tells of success, else the first.
//! All other values depend on [`SandboxBuilder::seed`] and the request alone: the same request has the
//! same answer, with times of 2025. Each answer is as its own documentation says; sensitive fields leave
//! encrypted.
//!
//! It is the other side of notifications as well: [`Sandbox::notify`] posts them to a server on
//! loopback, signed and encrypted as WeChat Pay does, [`Sandbox::notify_v2`] those of APIv2.
//!
//! Sources: the WeChat Pay documents "基本规则", "签名相关问题" and "如何加解密敏感字段", and answers of
//! the real gateway as users have published them. The texts about a nonce used twice and
//! the `Content-Type` are the sandbox's own.

mod adjustable_clock;
mod apiv2;
mod bilingual;
mod bills;
mod control;
mod date;
mod events;
mod fault;
mod folder;
mod gateway;
mod handle;
mod identity;
mod mock;
mod multipart;
mod nonces;
mod notifier;
mod platform;
mod query;
mod rate_limits;
mod record;
mod refusal;
mod reply;
pub mod schema;
mod sensitive_fields;
mod server;
mod settings;
mod signing;
mod simulation;
mod state;
mod stub;
mod validation;
mod world;

pub use fault::{Fault, PlannedFault};
pub use folder::SandboxFiles;
pub use handle::{Sandbox, SandboxBuilder};
pub use mock::SampleRequest;
pub use notifier::{AttemptRecord, DeliveryRecord, DeliveryState, Notice, PostedRecord};
pub use record::{CallRecord, ResponseRecord, Verdict};
pub use stub::StubResponse;
pub use world::{
    ComplaintRecord, Event, OrderRecord, RefundRecord, RefundStatus, SharingRecord, TransferRecord,
};
