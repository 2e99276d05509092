//! The public handle of a sandbox, and what a test does with it.

mod account;
mod builder;
mod certificates;
mod controls;
mod key_pem;
mod notifications;
mod thread;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::fault::Fault;
use crate::folder::SandboxFiles;
use crate::identity::Identity;
use crate::journal::{Action, Entry};
use crate::merchants::MerchantSettings;
use crate::record::CallRecord;
use crate::state::SandboxState;
use crate::stub::StubResponse;
pub use account::Account;
pub use builder::SandboxBuilder;
use thread::ServerThread;
use wechatpay_chain::Client;
use wechatpay_chain::ClientBuilder;
use wechatpay_core::crypto::{Certificate, PrivateKey, PublicKey};
use wechatpay_core::error::Result;
use wechatpay_core::secret::Secret;

/// A gateway that runs on its own thread until it is dropped.
///
/// It serves clients that use `.await` on any runtime as well as `.wait()`. The keys are generated when the
/// first sandbox of the process starts, which takes some tenths of a second. All sandboxes of the process
/// share them, except those with [`fresh_keys`](SandboxBuilder::fresh_keys).
pub struct Sandbox {
    pub(crate) state: Arc<SandboxState>,
    address: SocketAddr,
    base_url: String,
    /// The first merchant.
    pub(crate) merchant: Account,
    /// Dropped last, which ends the server.
    _thread: ServerThread,
}

impl Sandbox {
    /// Starts a sandbox over plain HTTP on a free port.
    ///
    /// # Errors
    ///
    /// As [`SandboxBuilder::start`].
    pub async fn start() -> Result<Self> {
        Self::builder().start().await
    }

    /// Starts a sandbox over plain HTTP on a free port, from code that is not async.
    ///
    /// # Errors
    ///
    /// As [`SandboxBuilder::start`].
    pub fn start_blocking() -> Result<Self> {
        Self::builder().start_blocking()
    }

    /// Creates a builder for other settings, such as TLS, a given port or fresh keys.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }

    /// Builds a client for this sandbox.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`]; the settings of the sandbox cause none.
    pub fn client(&self) -> Result<Client> {
        self.client_builder().build()
    }

    /// A client builder for this sandbox, with the public key and the platform certificate and without a
    /// proxy.
    pub fn client_builder(&self) -> ClientBuilder {
        self.merchant.client_builder()
    }

    /// A client builder for this sandbox with the merchant's credentials and no platform key.
    pub fn merchant_builder(&self) -> ClientBuilder {
        self.merchant.merchant_builder()
    }

    /// A merchant by its id: one of the start, or one that was [added](Self::add_merchant).
    ///
    /// The methods of the sandbox itself concern the first merchant.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when there is no such merchant,
    /// [`ErrorKind::Key`](wechatpay_chain::ErrorKind::Key) when OpenSSL cannot generate its keys, which happens when they
    /// are first needed.
    pub fn account(&self, mchid: &str) -> Result<Account> {
        Account::new(&self.state, self.state.accounts.named(mchid)?)
    }

    /// The ids of all merchants, the first one first.
    #[must_use]
    pub fn merchants(&self) -> Vec<String> {
        let all = self.state.accounts.all();
        all.iter().map(|it| it.mchid().to_owned()).collect()
    }

    /// Adds a merchant. It stays until the sandbox ends.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when a setting is wrong, when there is such a merchant
    /// or brand already, or when there are 1,000 merchants.
    pub fn add_merchant(&self, merchant: MerchantSettings) -> Result<Account> {
        let url = merchant.notify_url.as_deref();
        self.state.settings.check_notify_url(url)?;
        let entry = merchant.entry();
        self.state.perform_as(Action::AddMerchant { entry }, |_| {
            let account = self.state.accounts.add(merchant)?;
            // Before the entry is written, the keys are in the folder.
            Account::new(&self.state, account)
        })
    }

    /// A client builder for a brand (品牌), which has its own key.
    ///
    /// Operations below `brand/` require the brand's signature, all others the merchant's.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`](wechatpay_chain::ErrorKind::Key) when OpenSSL cannot generate the brand's key,
    /// which happens at the first call.
    pub fn brand_builder(&self) -> Result<ClientBuilder> {
        let (brand, written) = self.state.record(|| {
            let brand_id = self.brand_id().to_owned();
            let account = self.state.accounts.first();
            let brand = account.brand(&brand_id, self.state.now());
            let entry = brand.is_ok().then_some(Entry::Brand { brand_id });
            (brand, entry)
        })?;
        written.wait()?;
        let brand = brand?;
        Ok(Client::builder()
            .base_url(self.base_url())
            .brand_id(self.brand_id())
            .private_key(brand.key.clone())
            .certificate(brand.certificate.clone())
            .platform_key(self.platform_key_id(), self.platform_public_key().clone())
            .root_certificate(self.root_certificate().clone())
            .no_proxy())
    }

    /// Stubs the response to a method and path from now on.
    ///
    /// The path may be a template, `v3/pay/transactions/id/{transaction_id}`. An exact path wins over a
    /// template, and a newer stub over an older one.
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
        let saved = Action::Stub(response.saved(method, path));
        let set = |_: &Action| self.state.stubs.set(method, path, response);
        self.state.perform_as(saved, set)
    }

    /// Sets the content of every bill.
    ///
    /// By default a trade bill lists the payments and refunds of its day by `bill_type`, and a fund-flow
    /// bill all movements of the merchant's account. A day without any is refused with
    /// `NO_STATEMENT_EXIST`. Other bills, and all bills before the first movement, have a short sample.
    ///
    /// The endpoints return a `download_url`, valid for 5 minutes, and the SHA-1. With `tar_type=GZIP` the
    /// bill is compressed. `v3/ecommerce/bill/fundflowbill`, `v3/bill/sub-merchant-fundflowbill` and
    /// `v3/payscore/merchant-bill` return encrypted files, several with
    /// [`SandboxBuilder::bill_file_bytes`](crate::SandboxBuilder::bill_file_bytes).
    pub fn set_bill(&self, content: impl Into<bytes::Bytes>) {
        self.merchant.set_bill(content);
    }

    /// Injects a fault into the response to the next request. Several faults wait for one request each.
    pub fn inject_fault(&self, fault: Fault) {
        let name = fault.to_string();
        let inject = |_: &Action| {
            self.state.faults.push(fault);
            Ok(())
        };
        // An error means that the state cannot be written; then nothing changes.
        let _ = self
            .state
            .perform_as(Action::InjectFault { fault: name }, inject);
    }

    /// Injects a fault into every response; `None` stops that. Faults of
    /// [`inject_fault`](Self::inject_fault) go first.
    pub fn inject_fault_always(&self, fault: impl Into<Option<Fault>>) {
        let fault = fault.into();
        let name = fault.as_ref().map(Fault::to_string);
        let inject = |_: &Action| {
            self.state.faults.set_always(fault);
            Ok(())
        };
        let _ = self
            .state
            .perform_as(Action::InjectFaultAlways { fault: name }, inject);
    }

    /// The requests so far, oldest first.
    ///
    /// At most 1000 are kept, and no more than about 64 MiB of them together.
    #[must_use]
    pub fn calls(&self) -> Vec<CallRecord> {
        self.state.records.all()
    }

    /// The newest request.
    #[must_use]
    pub fn last_call(&self) -> Option<CallRecord> {
        self.state.records.last()
    }

    /// Forgets the requests so far.
    pub fn clear_calls(&self) {
        let _ = self.state.perform(Action::ClearCalls);
    }

    /// The base URL: `http://127.0.0.1:port/`, or `https://…` with TLS.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The files with the keys, if the sandbox has a [folder](SandboxBuilder::dir).
    #[must_use]
    pub fn files(&self) -> Option<SandboxFiles> {
        self.merchant.files()
    }

    /// The merchant id (商户号).
    #[must_use]
    pub fn mchid(&self) -> &str {
        self.merchant.mchid()
    }

    /// The brand id (品牌ID) of the first merchant's first brand; empty when it has none.
    #[must_use]
    pub fn brand_id(&self) -> &str {
        let brands = &self.merchant.caller.account.settings.brands;
        brands.first().map_or("", String::as_str)
    }

    /// The serial of the merchant certificate.
    #[must_use]
    pub fn serial(&self) -> &str {
        self.merchant_certificate().serial()
    }

    /// The merchant's private key, as in `apiclient_key.pem`.
    #[must_use]
    pub fn merchant_key(&self) -> &PrivateKey {
        self.merchant.key()
    }

    /// The merchant certificate, as in `apiclient_cert.pem`.
    #[must_use]
    pub fn merchant_certificate(&self) -> &Certificate {
        self.merchant.certificate()
    }

    /// The id of the public key (微信支付公钥ID): `PUB_KEY_ID_01…`.
    #[must_use]
    pub fn platform_key_id(&self) -> &str {
        self.merchant.platform_key_id()
    }

    /// The public key (微信支付公钥).
    #[must_use]
    pub fn platform_public_key(&self) -> &PublicKey {
        self.identity().merchant.public.key.public_key()
    }

    /// The first platform certificate (平台证书). Its key differs from the public key.
    ///
    /// See [`rotate_platform_certificate`](Self::rotate_platform_certificate).
    #[must_use]
    pub fn platform_certificate(&self) -> &Certificate {
        &self.identity().certified.certificate
    }

    /// The APIv3 key (APIv3密钥).
    #[must_use]
    pub fn apiv3_key(&self) -> &Secret {
        self.merchant.apiv3_key()
    }

    /// The APIv2 key (APIv2密钥).
    #[must_use]
    pub fn v2_key(&self) -> &Secret {
        self.merchant.v2_key()
    }

    /// The root certificate of all certificates, including that of TLS.
    #[must_use]
    pub fn root_certificate(&self) -> &Certificate {
        &self.identity().root
    }

    fn identity(&self) -> &Identity {
        &self.state.identity
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
