//! The public handle of one merchant: its keys, its clients, its notifications.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::account::{self, Caller};
use crate::folder::SandboxFiles;
use crate::merchants::MerchantKind;
use crate::notifier::{Content, EventContent, Message, Notice};
use crate::state::SandboxState;
use wechatpay_chain::{Client, ClientBuilder};
use wechatpay_core::crypto::{Certificate, KeyAlgorithm, PrivateKey};
use wechatpay_core::error::Result;
use wechatpay_core::secret::Secret;

/// One merchant of a [`Sandbox`](crate::Sandbox), of [`Sandbox::account`](crate::Sandbox::account): its keys, its clients,
/// and what a test does as its users and banks.
///
/// Each merchant has its own orders, refunds, transfers, bills, images and events. Another merchant's requests never find
/// them.
///
/// ```
/// use serde_json::json;
/// use wechatpay_sandbox::{MerchantSettings, Sandbox};
///
/// # fn main() -> wechatpay_chain::Result<()> {
/// let other = MerchantSettings::new("1900000110");
/// let sandbox = Sandbox::builder().merchant(other).start_blocking()?;
/// let account = sandbox.account("1900000110")?;
/// let order = json!({
///     "appid": "wxd678efh567hg6787", "mchid": account.mchid(), "description": "公仔",
///     "out_trade_no": "ORDER1", "notify_url": "https://example.com/", "amount": {"total": 1},
/// });
/// account.client()?.chain("v3/pay/transactions/native").post(order, ()).wait()?;
/// account.pay("ORDER1")?;
/// assert_eq!(account.take_events().len(), 1);
/// assert!(sandbox.orders().is_empty(), "the first merchant has none");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Account {
    pub(crate) state: Arc<SandboxState>,
    pub(crate) caller: Caller,
    platform_certificate: Certificate,
}

impl Account {
    pub(super) fn new(state: &Arc<SandboxState>, account: Arc<account::Account>) -> Result<Self> {
        Ok(Self {
            state: Arc::clone(state),
            platform_certificate: account.first_certificate()?,
            caller: Caller::new(account)?,
        })
    }

    /// Builds a client for this merchant.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`]; the settings of the sandbox cause none.
    pub fn client(&self) -> Result<Client> {
        self.client_builder().build()
    }

    /// A client builder for this merchant, with the platform keys that its mode has and without a proxy.
    pub fn client_builder(&self) -> ClientBuilder {
        let (mut builder, view) = (self.merchant_builder(), &self.caller.view);
        if view.has_public_key() {
            let key = view.public.key.public_key().clone();
            builder = builder.platform_key(self.platform_key_id(), key);
        }
        if view.has_certificates() {
            builder = builder.platform_certificate(self.platform_certificate().clone());
        }
        builder
    }

    /// A client builder for this merchant with its credentials and no platform key; with an SM2 key also without the
    /// APIv2 key.
    pub fn merchant_builder(&self) -> ClientBuilder {
        let builder = Client::builder()
            .mchid(self.mchid())
            .private_key(self.key().clone())
            .certificate(self.certificate().clone())
            .apiv3_key(self.apiv3_key().clone())
            .root_certificate(self.state.identity.root.clone())
            .no_proxy();
        let builder = match self.key().algorithm() {
            KeyAlgorithm::Sm2 => builder,
            _ => builder.v2_key(self.v2_key().clone()),
        };
        match self.state.base_url.get() {
            Some(base_url) => builder.base_url(base_url.as_str()),
            None => builder,
        }
    }

    /// The merchant id (商户号).
    #[must_use]
    pub fn mchid(&self) -> &str {
        self.caller.account.mchid()
    }

    /// The rights of the merchant to act for others.
    #[must_use]
    pub fn kind(&self) -> MerchantKind {
        self.caller.account.settings.kind
    }

    /// The sub-merchants (子商户) that the merchant may call for.
    #[must_use]
    pub fn sub_merchants(&self) -> &[String] {
        &self.caller.account.settings.sub_merchants
    }

    /// The private key, as in `apiclient_key.pem`.
    #[must_use]
    pub fn key(&self) -> &PrivateKey {
        &self.caller.credentials.key
    }

    /// The certificate, as in `apiclient_cert.pem`.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.caller.credentials.certificate
    }

    /// The serial of the certificate.
    #[must_use]
    pub fn serial(&self) -> &str {
        self.certificate().serial()
    }

    /// The APIv3 key (APIv3密钥).
    #[must_use]
    pub fn apiv3_key(&self) -> &Secret {
        &self.caller.credentials.apiv3_key
    }

    /// The APIv2 key (APIv2密钥).
    #[must_use]
    pub fn v2_key(&self) -> &Secret {
        &self.caller.credentials.v2_key
    }

    /// The id that this merchant has for the public key (微信支付公钥ID). The key is the same for all merchants.
    #[must_use]
    pub fn platform_key_id(&self) -> &str {
        &self.caller.credentials.public.id
    }

    /// The first platform certificate (平台证书), for the algorithm of the merchant's key.
    #[must_use]
    pub fn platform_certificate(&self) -> &Certificate {
        &self.platform_certificate
    }

    /// The files with the keys, if the sandbox has a [folder](crate::SandboxBuilder::dir).
    #[must_use]
    pub fn files(&self) -> Option<SandboxFiles> {
        self.caller.account.files()
    }

    /// As [`Sandbox::notify`](crate::Sandbox::notify), to this merchant.
    pub fn notify(
        &self,
        url: impl Into<String>,
        event_type: impl Into<String>,
        resource: Value,
    ) -> Notice {
        self.notice(
            url,
            Content::Event(EventContent::new(event_type.into(), resource)),
        )
    }

    /// As [`Sandbox::notify_v2`](crate::Sandbox::notify_v2), to this merchant.
    pub fn notify_v2(&self, url: impl Into<String>, members: Value) -> Notice {
        self.notice(url, Content::Message(Message::signed(members)))
    }

    pub(super) fn notice(&self, url: impl Into<String>, content: Content) -> Notice {
        Notice {
            draft: self.state.draft_of(&self.caller, url.into(), content),
        }
    }
}

/// Leaves the keys out.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("mchid", &self.mchid())
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}
