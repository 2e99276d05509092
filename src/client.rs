//! The client, which a program builds once and shares.

use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use crate::builder::ClientBuilder;
use crate::call::{Call, Pending};
use crate::certificates::{Certificates, Manager};
use crate::chain::{Chain, IndexPath, IntoPath};
use crate::engine::Engine;
use crate::middleware::PlatformKeys;
use crate::stack::{Next, Pipeline, Stack};
use wechatpay_core::crypto::Certificate;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::Keyring;

/// A WeChat Pay client for one merchant or brand.
///
/// Building a client needs no runtime. Clones are cheap and share connections and keys.
///
/// ```no_run
/// use serde_json::json;
/// use wechatpay_chain::{Client, PrivateKey, PublicKey};
///
/// # async fn example() -> wechatpay_chain::Result<()> {
/// let client = Client::builder()
///     .mchid("1900000109")
///     .serial("5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
///     .private_key(PrivateKey::from_file("apiclient_key.pem")?)
///     .platform_key(
///         "PUB_KEY_ID_0114232134912410000000000000",
///         PublicKey::from_file("pub_key.pem")?,
///     )
///     .build()?;
///
/// let res = client["v3/pay/transactions/native"]
///     .post(json!({"mchid": "1900000109", "out_trade_no": "native12177525012014070332333"}), ())
///     .await?;
/// println!("{}", res["code_url"]);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    root: Arc<Chain>,
}

impl Client {
    /// Returns a builder for a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            root: Arc::new(Chain::root(Arc::new(engine))),
        }
    }

    /// Starts a chain at a path.
    ///
    /// A literal is normalised segment by segment. A `String` is an RFC 6570 template and is left as it is.
    pub fn chain(&self, path: impl IntoPath) -> Chain {
        self.root.chain(path)
    }

    /// Prepares a `GET` of a URL from an earlier response, such as a bill's `download_url` or a complaint's
    /// `media_url`.
    ///
    /// Path and query are signed and sent unchanged, including their percent-encoding. The host must be
    /// the client's own host, a host of WeChat Pay, or one named with
    /// [`trust_host`](ClientBuilder::trust_host).
    ///
    /// ```no_run
    /// # async fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
    /// let complaint = client.chain("v3/merchant-service/complaints-v2/{id}").get(()).var("id", "2002").await?;
    /// let url = complaint["complaint_media_list"][0]["media_url"][0].as_str().unwrap_or_default();
    /// let image = client.get_url(url).stream().await?;
    /// # let _ = image;
    /// # Ok(()) }
    /// ```
    pub fn get_url(&self, url: impl AsRef<str>) -> Call {
        let url = crate::base_url::exact(url.as_ref());
        self.root.chain("{url}").get(()).attempt(|plan| {
            plan.exact = Some(url?);
            Ok(())
        })
    }

    /// The root of APIv3 paths.
    #[must_use]
    pub fn v3(&self) -> Chain {
        self.root.chain("v3")
    }

    /// The root of APIv2 paths. A body is an object whose members become XML elements.
    #[must_use]
    pub fn v2(&self) -> Chain {
        self.root.chain("v2")
    }

    /// Encrypts a sensitive field with RSAES-OAEP and the default platform key, and returns base64.
    ///
    /// Fields in the catalog and fields named with [`Call::encrypt`](crate::Call::encrypt) are encrypted
    /// by the client itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encrypt`] when there is no platform key, or the text is too long for the key
    /// (214 bytes for 2048 bits).
    pub fn encrypt(&self, plaintext: impl AsRef<str>) -> Result<String> {
        let engine = self.engine();
        let key = PlatformKeys::new(&engine.keyring, &engine.clock)
            .with_source(engine.certificates.clone())
            .to_encrypt()?;
        key.public_key()
            .encrypt(Default::default(), plaintext.as_ref().as_bytes())
    }

    /// Decrypts a sensitive field of a response or notification with the merchant's private key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`] when the field was not encrypted for this merchant's certificate.
    pub fn decrypt(&self, ciphertext: impl AsRef<str>) -> Result<String> {
        let signing = self.engine().merchant.signing.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::Decrypt,
                "this client has no APIv3 private key: build it with private_key(..)",
            )
        })?;
        let plaintext = signing
            .key
            .decrypt(Default::default(), ciphertext.as_ref())
            .map_err(|err| err.with_maybe_sent(false))?;
        String::from_utf8(plaintext.to_vec()).map_err(|_| {
            Error::new(ErrorKind::Decrypt, "the decrypted field is not UTF-8 text")
                .with_maybe_sent(false)
        })
    }

    /// The platform keys. They can be changed while the client is in use.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.engine().keyring
    }

    /// Fetches WeChat Pay's current certificates (平台证书), decrypts them with the APIv3 key and verifies
    /// them.
    ///
    /// A client built with [`ClientBuilder::certificates`] uses them from then on. Any other client only
    /// returns them. Both need the APIv3 key.
    ///
    /// ```no_run
    /// # async fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
    /// for certificate in client.certificates().await? {
    ///     println!("{} until {}", certificate.serial(), certificate.not_after());
    ///     std::fs::write(format!("{}.pem", certificate.serial()), certificate.to_pem()?).unwrap();
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Certificates`]; the message says whether the merchant has no certificates, the APIv3 key
    /// does not match, or the response cannot be trusted.
    pub fn certificates(&self) -> Pending<Vec<Certificate>> {
        let engine = Arc::clone(self.engine());
        Pending::new(async move {
            let manager = match &engine.certificates {
                Some(manager) => Arc::clone(manager),
                None => {
                    let keyring = engine.keyring.detached();
                    let keys = PlatformKeys::new(&keyring, &engine.clock);
                    Manager::new(
                        Certificates::auto(),
                        &engine.merchant,
                        keys,
                        engine.base.clone(),
                    )?
                }
            };
            manager.list(&Next::first(Arc::clone(&engine.v3))).await
        })
    }

    /// The merchant id (商户号); empty for a client of a brand.
    #[must_use]
    pub fn mchid(&self) -> &str {
        &self.engine().merchant.mchid
    }

    /// The brand id (品牌ID); `None` for a client of a merchant.
    #[must_use]
    pub fn brand_id(&self) -> Option<&str> {
        self.engine().merchant.brand_id()
    }

    /// The serial of the merchant certificate; `None` for a client of APIv2 only.
    #[must_use]
    pub fn serial(&self) -> Option<&str> {
        let signing = self.engine().merchant.signing.as_ref()?;
        Some(&signing.serial)
    }

    /// Returns a client with an edited APIv3 stack. It shares this client's connections and keys.
    ///
    /// ```
    /// use wechatpay_chain::middleware::{self, from_fn};
    /// use wechatpay_chain::{Client, Next, Request, Result};
    ///
    /// fn logging(client: &Client) -> Result<Client> {
    ///     client.with_stack(|stack| {
    ///         stack.before(middleware::SIGNER, "log", from_fn(|request: Request, next: Next| async move {
    ///             println!("{}", request.method());
    ///             next.run(request).await
    ///         }))?;
    ///         Ok(())
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `edit`.
    pub fn with_stack(&self, edit: impl FnOnce(&mut Stack) -> Result<()>) -> Result<Self> {
        let engine = self.engine();
        Ok(Self::new(Engine {
            v3: edited(&engine.v3, edit)?,
            ..(**engine).clone()
        }))
    }

    /// Like [`with_stack`](Self::with_stack), for the APIv2 stack.
    ///
    /// # Errors
    ///
    /// Those of `edit`.
    pub fn with_v2_stack(&self, edit: impl FnOnce(&mut Stack) -> Result<()>) -> Result<Self> {
        let engine = self.engine();
        Ok(Self::new(Engine {
            v2: edited(&engine.v2, edit)?,
            ..(**engine).clone()
        }))
    }

    /// Starts a chain at a path that is already normalised.
    #[cfg(feature = "macros")]
    pub(crate) fn literal(&self, path: &'static str) -> Chain {
        self.root.literal(path)
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        self.root.engine()
    }
}

fn edited(
    pipeline: &Pipeline,
    edit: impl FnOnce(&mut Stack) -> Result<()>,
) -> Result<Arc<Pipeline>> {
    let mut pipeline = pipeline.clone();
    edit(&mut pipeline.stack)?;
    Ok(Arc::new(pipeline))
}

impl<I: IndexPath> Index<I> for Client {
    type Output = Chain;

    /// The chain of a literal path, built on first use and kept.
    fn index(&self, path: I) -> &Chain {
        &self.root[path]
    }
}

/// Shows the names of the layers, so that a missing `verifier` is noticed.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = self.engine();
        f.debug_struct("Client")
            .field("merchant", &engine.merchant)
            .field("platform_keys", &engine.keyring)
            .field("base_url", &engine.base)
            .field("stack", &engine.v3.stack)
            .field("v2_stack", &engine.v2.stack)
            .finish_non_exhaustive()
    }
}
