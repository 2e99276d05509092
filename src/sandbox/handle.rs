//! The sandbox as a test holds it.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::fault::Fault;
use super::folder::SandboxFiles;
use super::gateway::Gateway;
use super::identity::{self, Identity};
use super::launch::{Running, SandboxBuilder};
use super::record::CallRecord;
use super::stub::StubResponse;
use wechatpay_chain::Client;
use wechatpay_chain::ClientBuilder;
use wechatpay_core::crypto::{Certificate, PrivateKey, PublicKey};
use wechatpay_core::error::Result;
use wechatpay_core::secret::Secret;

/// A gateway that runs until it is dropped, on a thread of its own.
///
/// It works the same for `.await` on any runtime and for `.wait()`. Its keys are made when the
/// first sandbox of the process starts (some tenths of a second) and shared by all that do not
/// ask for [`fresh_keys`](SandboxBuilder::fresh_keys).
pub struct Sandbox {
    pub(super) gateway: Arc<Gateway>,
    pub(super) address: SocketAddr,
    pub(super) base_url: String,
    /// Dropped last, and with it the server ends.
    pub(super) _running: Running,
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
    /// [`ErrorKind::Key`](wechatpay_chain::ErrorKind::Key) when OpenSSL makes no key: it is made when it is
    /// first needed.
    pub fn brand_builder(&self) -> Result<ClientBuilder> {
        let brand = self.identity().brand(self.gateway.clock.now())?;
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
    /// # use wechatpay_sandbox::{StubResponse, Sandbox};
    /// # fn main() -> wechatpay_chain::Result<()> {
    /// let sandbox = Sandbox::start_blocking()?;
    /// let closed = json!({"code": "ORDER_CLOSED", "message": "订单已关闭"});
    /// sandbox.stub("POST", "v3/pay/transactions/native", StubResponse::json(closed).status(400))?;
    ///
    /// # use wechatpay_sandbox::{SampleRequest, schema};
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
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when the method, the status or a header
    /// is not one.
    pub fn stub(&self, method: &str, path: &str, response: StubResponse) -> Result<()> {
        self.gateway.stubs.set(method, path, response)
    }

    /// Gives this bill, whichever is asked for. By default a trade bill lists what was paid and refunded
    /// on its day, by its `bill_type`, and a fund-flow bill all that moved the merchant's account; a day
    /// without any is refused, `NO_STATEMENT_EXIST`, once there is anything at all. Before, and of other
    /// bills, it is a short one.
    ///
    /// The endpoints that ask answer with its `download_url`, which is good for 5 minutes, and SHA-1, and
    /// with `tar_type=GZIP` it comes zipped.
    pub fn set_bill(&self, content: impl Into<bytes::Bytes>) {
        self.gateway.bills.set(content.into());
    }

    /// Answers the next request with a fault; several wait for one request each.
    pub fn inject_fault(&self, fault: Fault) {
        self.gateway.faults.push(fault);
    }

    /// Answers every request with a fault, until told `None`. Those of
    /// [`inject_fault`](Self::inject_fault) go first.
    pub fn inject_fault_always(&self, fault: impl Into<Option<Fault>>) {
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

    pub(super) fn identity(&self) -> &Identity {
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
