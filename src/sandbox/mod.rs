//! A gateway on loopback that treats requests as WeChat Pay does; for tests and examples.
//!
//! APIv3 has no test environment. A [`Sandbox`] is one inside the test: it listens on a real
//! socket, checks the `Authorization` of every request, decrypts the sensitive fields and refuses
//! plaintext in them, signs its answers, and [misbehaves](Sandbox::misbehave) when told to.
//!
//! ```
//! use serde_json::json;
//! use wechatpay_chain::sandbox::{Fault, Sandbox};
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
//! sandbox.misbehave(Fault::TamperedBody);
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
//! | `GET v3/certificates` | its platform certificates, encrypted with the APIv3 key |
//! | `Wechatpay-Serial` unknown, or missing beside sensitive fields | 400 `PARAM_ERROR` |
//! | plaintext, or a ciphertext for another key, in a sensitive field | 400 `PARAM_ERROR` naming the field |
//! | an upload without a file, whose `meta` is no object or lacks `filename` or `sha256`, or whose file has another SHA-256 | 400 `PARAM_ERROR` |
//! | a field of query or body, decrypted, that is missing, of another type, unknown among the documented values, too long, out of range | 400 `PARAM_ERROR` with `detail.field`, `value`, `issue`, `location` |
//! | what [`Sandbox::answer`] was told of | that |
//! | orders, refunds, transfers, profit sharing | what it remembers, see below |
//! | anything else | a default |
//!
//! The key that the request's `Wechatpay-Serial` names signs the answer (of certificates always the
//! newest); without one it is the public key, and for `v3/certificates` the newest certificate. What is refused before the merchant is known (the first four rows) is not signed,
//! all other errors are. Of an upload, the signature covers the `meta` part alone.
//!
//! By default operations that answer nothing get 204, downloads a short text, and all others an
//! answer [made from the documentation](#answers-that-are-made-up). A path that is not known gets its own
//! decrypted body back, GET and DELETE `{}`; told not to [echo](SandboxBuilder::echo_unknown), 404 or 405.
//!
//! # What it remembers
//!
//! - Orders of [`v3/pay/transactions`, `v3/pay/partner/transactions`](Sandbox::orders) in every style,
//!   payments by code, and `v3/combine-transactions`: made, queried by either number, closed,
//!   reversed, expired at `time_expire`. [`Sandbox::pay`] and [`fail_payment`](Sandbox::fail_payment)
//!   are the user. Of payments by code, an `auth_code` that begins with 13 asks the user
//!   (`USERPAYING`), any other pays at once.
//! - [Refunds](Sandbox::refunds) of `v3/refund/domestic` and `v3/ecommerce`: they succeed before the
//!   next look at them, or as [`settle_refund`](Sandbox::settle_refund) says.
//! - [Transfers](Sandbox::transfers) of `v3/fund-app/mch-transfer/transfer-bills`:
//!   [`confirm_transfer`](Sandbox::confirm_transfer) and
//!   [`reject_transfer`](Sandbox::reject_transfer) are the user.
//! - [Profit sharing](Sandbox::sharing) of `v3/profitsharing` and `v3/ecommerce/profitsharing`.
//! - The orders and refunds of APIv2 (`pay/unifiedorder`, `pay/micropay`, `pay/orderquery`,
//!   `pay/closeorder`, `secapi/pay/reverse`, `secapi/pay/refund`, `pay/refundquery`), which are the
//!   same as APIv3's.
//!
//! The same number with the same fields has the same answer, with other fields the refusal that
//! WeChat Pay has for it; amounts, numbers of merchants and states are checked. A request whose
//! answer is lost to a [`Fault`] has happened. What a merchant would be notified of waits in
//! [`Sandbox::take_events`]. Of each kind 10,000 are kept; the oldest that are over go first.
//!
//! APIv2 is spoken on the operations that the catalogue knows: `mch_id`, `nonce_str` and `sign` are
//! checked, over TLS also the client certificate where one is demanded; answers are signed XML, and
//! what is refused at this door gets `return_code` `FAIL`. A field that is wrong gets `result_code` `FAIL`
//! with `err_code` `LACK_PARAMS` or `PARAM_ERROR`, signed.
//!
//! # What is checked of the fields
//!
//! Everything that the [`schema`](crate::schema) says, of members that the request has or lacks; members
//! that are not documented are passed over, and so is an empty text where it is not too short. The
//! documentation marks as required what is so only sometimes, for instance both numbers of an order:
//! where that is known, one will do. [`SandboxBuilder::check_fields`] switches the check off, an answer
//! given with [`Sandbox::answer`] does not.
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
//! the real gateway as users have published them. The text about a nonce used twice is the
//! sandbox's own.

mod answer;
#[cfg(feature = "files")]
mod bills;
mod certificates;
mod control;
mod date;
mod door;
mod fault;
mod fields;
mod folder;
mod gateway;
mod identity;
mod launch;
mod made;
mod multipart;
mod notifier;
mod pem;
mod record;
mod refusal;
mod reply;
mod seal;
mod server;
mod shifted;
mod unknown;
mod upload;
mod v2;
mod world;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

pub use answer::Answer;
pub use fault::Fault;
pub use folder::SandboxFiles;
pub use launch::SandboxBuilder;
pub use made::SampleRequest;
pub use notifier::{AttemptRecord, DeliveryRecord, DeliveryState, Notice};
pub use record::{CallRecord, Verdict};
pub use world::{Event, OrderRecord, RefundRecord, RefundStatus, SharingRecord, TransferRecord};

use crate::builder::ClientBuilder;
use crate::client::Client;
use crate::crypto::{Certificate, PrivateKey, PublicKey};
use crate::error::Result;
use crate::secret::Secret;
use gateway::Gateway;
use identity::Identity;
use launch::Running;

/// A gateway that runs until it is dropped, on a thread of its own.
///
/// It works the same for `.await` on any runtime and for `.wait()`. Its keys are made when the
/// first sandbox of the process starts (some tenths of a second) and shared by all that do not
/// ask for [`fresh_keys`](SandboxBuilder::fresh_keys).
pub struct Sandbox {
    gateway: Arc<Gateway>,
    address: SocketAddr,
    base_url: String,
    /// Dropped last, and with it the server ends.
    _running: Running,
}

impl Sandbox {
    /// Starts one over plain HTTP, on a free port.
    ///
    /// # Errors
    ///
    /// As [`SandboxBuilder::start`].
    pub async fn start() -> Result<Self> {
        Self::builder().start().await
    }

    /// Starts one over plain HTTP, on a free port, from code that is not async.
    ///
    /// # Errors
    ///
    /// As [`SandboxBuilder::start`].
    pub fn start_blocking() -> Result<Self> {
        Self::builder().start_blocking()
    }

    /// Begins a sandbox with other settings: TLS, a given port, keys of its own.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }

    /// A client for it, ready to use.
    ///
    /// # Errors
    ///
    /// None that its own settings could cause; those of [`ClientBuilder::build`].
    pub fn client(&self) -> Result<Client> {
        self.client_builder().build()
    }

    /// The settings of a client for it, to be changed before they are used.
    ///
    /// The client knows both the public key and the platform certificate, and no proxy.
    pub fn client_builder(&self) -> ClientBuilder {
        self.merchant_builder()
            .platform_key(self.platform_key_id(), self.platform_public_key().clone())
            .platform_certificate(self.platform_certificate().clone())
    }

    /// The settings of a client for it that knows the merchant's credentials and no platform key.
    pub fn merchant_builder(&self) -> ClientBuilder {
        Client::builder()
            .base_url(self.base_url())
            .mchid(self.mchid())
            .private_key(self.merchant_key().clone())
            .certificate(self.merchant_certificate().clone())
            .apiv3_key(self.apiv3_key().clone())
            .v2_key(self.v2_key().clone())
            .root_certificate(self.root_certificate().clone())
            .no_proxy()
    }

    /// The settings of a client of a brand (品牌), which signs with a key of its own.
    ///
    /// The operations below `brand/` take the brand's signature, and all others the merchant's.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`](crate::ErrorKind::Key) when OpenSSL makes no key: it is made when it is
    /// first needed.
    pub fn brand_builder(&self) -> Result<ClientBuilder> {
        let brand = self.identity().brand()?;
        Ok(Client::builder()
            .base_url(self.base_url())
            .brand_id(self.brand_id())
            .private_key(brand.key.clone())
            .certificate(brand.certificate.clone())
            .platform_key(self.platform_key_id(), self.platform_public_key().clone())
            .root_certificate(self.root_certificate().clone())
            .no_proxy())
    }

    /// Says what a method and path are answered with, from now on.
    ///
    /// The path may be a template, `v3/pay/transactions/id/{transaction_id}`; one that names the
    /// very path goes before a template, and what was said last before what was said earlier.
    ///
    /// ```
    /// # use serde_json::json;
    /// # use wechatpay_chain::sandbox::{Answer, Sandbox};
    /// # fn main() -> wechatpay_chain::Result<()> {
    /// let sandbox = Sandbox::start_blocking()?;
    /// let closed = json!({"code": "ORDER_CLOSED", "message": "订单已关闭"});
    /// sandbox.answer("POST", "v3/pay/transactions/native", Answer::json(closed).status(400))?;
    ///
    /// # use wechatpay_chain::{sandbox::SampleRequest, schema};
    /// # let schema = schema::find(&http::Method::POST, "v3/pay/transactions/native").unwrap();
    /// # let order = SampleRequest::required(&schema, 0).body().cloned().unwrap();
    /// let call = sandbox.client()?.chain("v3/pay/transactions/native").post(order, ());
    /// let err = call.wait().unwrap_err();
    /// assert_eq!(err.api().unwrap().code, "ORDER_CLOSED");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](crate::ErrorKind::Builder) when the method, the status or a header
    /// is not one.
    pub fn answer(&self, method: &str, path: &str, answer: Answer) -> Result<()> {
        self.gateway.answers.set(method, path, answer)
    }

    /// Gives this bill, whichever is asked for. By default a trade bill lists what was paid and refunded
    /// on its day, by its `bill_type`; of a day without any it is refused, `NO_STATEMENT_EXIST`, once there
    /// are orders at all. Before, and of other bills, it is a short one.
    ///
    /// The endpoints that ask answer with its `download_url` and SHA-1, and with `tar_type=GZIP` it
    /// comes zipped.
    #[cfg(feature = "files")]
    #[cfg_attr(docsrs, doc(cfg(feature = "files")))]
    pub fn set_bill(&self, content: impl Into<bytes::Bytes>) {
        self.gateway.bills.set(content.into());
    }

    /// Answers the next request with a fault; several wait for one request each.
    pub fn misbehave(&self, fault: Fault) {
        self.gateway.faults.push(fault);
    }

    /// Answers every request with a fault, until told `None`. Those of
    /// [`misbehave`](Self::misbehave) go first.
    pub fn misbehave_always(&self, fault: impl Into<Option<Fault>>) {
        self.gateway.faults.set_always(fault.into());
    }

    /// The requests so far, oldest first.
    ///
    /// At most 1000 are kept, and no more than about 64 MiB of them together.
    #[must_use]
    pub fn calls(&self) -> Vec<CallRecord> {
        self.gateway.records.all()
    }

    /// The last request.
    #[must_use]
    pub fn last_call(&self) -> Option<CallRecord> {
        self.gateway.records.last()
    }

    /// Forgets the requests so far.
    pub fn clear_calls(&self) {
        self.gateway.records.clear();
    }

    /// Where it listens: `http://127.0.0.1:port/`, or `https://…` with TLS.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The files with its keys, when it was given a [folder](SandboxBuilder::dir) for them.
    #[must_use]
    pub fn files(&self) -> Option<SandboxFiles> {
        let dir = self.gateway.control.settings.dir.as_deref()?;
        let serial = self.platform_certificate().serial();
        Some(SandboxFiles::of(dir, serial))
    }

    /// The merchant id (商户号) that it knows.
    #[must_use]
    pub fn mchid(&self) -> &str {
        identity::MCHID
    }

    /// The brand id (品牌ID) that it knows.
    #[must_use]
    pub fn brand_id(&self) -> &str {
        identity::BRAND_ID
    }

    /// The serial of the merchant certificate.
    #[must_use]
    pub fn serial(&self) -> &str {
        self.merchant_certificate().serial()
    }

    /// The merchant's private key: what `apiclient_key.pem` holds.
    #[must_use]
    pub fn merchant_key(&self) -> &PrivateKey {
        &self.identity().merchant_key
    }

    /// The merchant certificate: what `apiclient_cert.pem` holds.
    #[must_use]
    pub fn merchant_certificate(&self) -> &Certificate {
        &self.identity().merchant_certificate
    }

    /// The id of its public key (微信支付公钥ID): `PUB_KEY_ID_01…`.
    #[must_use]
    pub fn platform_key_id(&self) -> &str {
        &self.identity().public.id
    }

    /// Its public key (微信支付公钥).
    #[must_use]
    pub fn platform_public_key(&self) -> &PublicKey {
        self.identity().public.key.public_key()
    }

    /// Its first platform certificate (平台证书), for another key than the public key's.
    ///
    /// See [`rotate_platform_certificate`](Self::rotate_platform_certificate).
    #[must_use]
    pub fn platform_certificate(&self) -> &Certificate {
        &self.identity().certified.certificate
    }

    /// The APIv3 key (APIv3密钥).
    #[must_use]
    pub fn apiv3_key(&self) -> &Secret {
        &self.identity().apiv3_key
    }

    /// The APIv2 key (APIv2密钥).
    #[must_use]
    pub fn v2_key(&self) -> &Secret {
        &self.identity().v2_key
    }

    /// The root that issued its certificates, that of TLS among them.
    #[must_use]
    pub fn root_certificate(&self) -> &Certificate {
        &self.identity().root
    }

    fn identity(&self) -> &Identity {
        &self.gateway.identity
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .field("mchid", &self.mchid())
            .finish_non_exhaustive()
    }
}
