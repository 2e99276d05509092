//! Builds a client from its settings: checks them and assembles the default stacks.

use std::net::Ipv6Addr;
use std::sync::Arc;

use http::HeaderValue;

use super::layers::Assembled;
use super::{ClientBuilder, Edit, Platform, variables};
use crate::base_url::BaseUrl;
use crate::certificates::Manager;
use crate::client::Client;
use crate::engine::Engine;
use crate::keys::{Merchant, Signing};
use crate::message::{DefaultHeaders, header_value};
use crate::middleware::{
    DECRYPT, Decrypt, ENCRYPT, Encrypt, EncryptForBank, MATCHER, Matcher, PREPARE, PlatformKeys,
    Prepare, SIGNER, STATUS, Signer, Status, TRANSFORM_REQUEST, TRANSFORM_RESPONSE,
    TransformRequest, TransformResponse, VERIFIER, Verifier,
};
use crate::net::{HttpTransport, HttpTransportBuilder, bound};
use crate::resilience::{
    BREAKER, Breaker, FAILOVER, Gate, IN_FLIGHT, Limiter, RATE_LIMIT, RETRY, Retry,
};
use crate::stack::{Pipeline, Stack};
use crate::transport::Transport;
use wechatpay_core::clock::Clock;
use wechatpay_core::crypto::{Certificate, PrivateKey};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::host;
use wechatpay_core::protocol::{AnswerNonces, Keyring, OwnKey};

impl ClientBuilder {
    /// Checks the settings and builds the client. Needs no file, socket or runtime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`], which says where to find the right value; [`ErrorKind::Key`],
    /// [`ErrorKind::Header`] or [`ErrorKind::Stack`] for a setting that is invalid.
    pub fn build(self) -> Result<Client> {
        let from_env = self.from_env;
        let built = self.checked();
        built.map_err(|err| {
            if from_env {
                variables::in_build(err)
            } else {
                err
            }
        })
    }

    fn checked(self) -> Result<Client> {
        let v3 = self.speaks_v3();
        let has_keys = self.has_platform_keys();
        let identity = self.merchant.identity();
        let merchant = self.merchant.check(v3)?;
        check_verifiable(&merchant, has_keys)?;
        let keyring = self.keyring.unwrap_or_default();
        let base = self.base_url.as_deref().map(BaseUrl::parse).transpose()?;
        let keys = PlatformKeys::new(&keyring, &self.clock);
        let manager = |settings| Manager::new(settings, &merchant, keys.clone(), base.clone());
        let certificates = self.certificates.map(manager).transpose()?;
        let timeout = bound("timeout", self.timeout)?;
        let deadline = bound("deadline", self.deadline)?;
        let transport = transport(self.transport, self.shared, self.http, identity)?;
        let parts = Parts {
            merchant: &merchant,
            keys: keys.with_source(certificates.clone()),
            clock: &self.clock,
            layers: self.layers.assemble(base.as_ref())?,
            user_agent: user_agent(self.user_agent)?,
            base: base.clone(),
            check_mch_id: self.check_mch_id,
            check_answer_nonces: self.check_answer_nonces,
            transport,
            max_response_bytes: self.max_response_bytes,
            trusted_hosts: trusted_hosts(&self.trusted_hosts)?,
        };
        let (v3, v2) = parts.pipelines(self.edits, self.v2_edits)?;
        // Last, because a failed build must not change a keyring that other clients use.
        keyring.atomically(|keyring| fill(keyring, self.platform, &merchant))?;
        Ok(Client::new(Engine {
            base,
            certificates,
            v3,
            v2,
            clock: self.clock,
            fields: self.fields,
            keyring,
            merchant,
            timeout,
            deadline,
        }))
    }

    /// Whether the client uses APIv3: false if it has an APIv2 key and no APIv3 credentials.
    fn speaks_v3(&self) -> bool {
        self.merchant.v2_key.is_none() || self.merchant.serial.is_some() || self.has_platform_keys()
    }

    /// Whether there is a key that verifies WeChat Pay's answers, or a source of one.
    fn has_platform_keys(&self) -> bool {
        self.keyring.is_some() || self.certificates.is_some() || !self.platform.is_empty()
    }
}

/// Returns the given transport, or else the shared one, or else the one that `http` builds.
fn transport(
    given: Option<Arc<dyn Transport>>,
    shared: Option<HttpTransport>,
    mut http: HttpTransportBuilder,
    identity: Option<(Certificate, PrivateKey)>,
) -> Result<Arc<dyn Transport>> {
    if let (None, Some(shared)) = (&given, shared) {
        return Ok(Arc::new(shared.with_identity(identity)));
    }
    if let Some((certificate, key)) = identity {
        http = http.identity(certificate, key);
    }
    // The settings are checked even if another transport is used.
    let own = http.build()?;
    Ok(given.unwrap_or_else(|| Arc::new(own)))
}

/// The parts of both pipelines, APIv3's and APIv2's.
struct Parts<'a> {
    merchant: &'a Merchant,
    keys: PlatformKeys,
    clock: &'a Arc<dyn Clock>,
    layers: Assembled,
    user_agent: HeaderValue,
    base: Option<BaseUrl>,
    check_mch_id: bool,
    check_answer_nonces: bool,
    transport: Arc<dyn Transport>,
    max_response_bytes: usize,
    trusted_hosts: Arc<[String]>,
}

#[rustfmt::skip]
impl Parts<'_> {
    /// Builds the pipelines of APIv3 and APIv2.
    fn pipelines(&self, v3: Vec<Edit>, v2: Vec<Edit>) -> Result<(Arc<Pipeline>, Arc<Pipeline>)> {
        let v3 = self.pipeline(self.v3_stack()?, v3)?;
        Ok((v3, self.pipeline(self.v2_stack()?, v2)?))
    }

    /// Builds a pipeline from a stack and the caller's edits.
    fn pipeline(&self, mut stack: Stack, edits: Vec<Edit>) -> Result<Arc<Pipeline>> {
        for edit in edits {
            edit(&mut stack)?;
        }
        Ok(Arc::new(Pipeline {
            stack,
            transport: Arc::clone(&self.transport),
            max_response_bytes: self.max_response_bytes,
            trusted_hosts: Arc::clone(&self.trusted_hosts),
            backups: Arc::clone(&self.layers.backups),
        }))
    }

    /// Builds APIv3's default stack, outermost first; empty without APIv3 credentials.
    fn v3_stack(&self) -> Result<Stack> {
        let mut stack = Stack::new();
        let Some(signing) = self.merchant.signing.clone() else {
            return Ok(stack);
        };
        let Signing { key, .. } = signing.clone();
        let (keys, clock) = (|| self.keys.clone(), Arc::clone(self.clock));
        let defaults = self.defaults();
        stack.push_built_in(STATUS, Status)?;
        stack.push_built_in(DECRYPT, Decrypt { key: Some(key) })?;
        stack.push_built_in(MATCHER, Matcher)?;
        stack.push_built_in(ENCRYPT, Encrypt { keys: keys() })?;
        stack.push_built_in(PREPARE, Prepare { keys: keys(), defaults })?;
        self.push_layers(&mut stack)?;
        let nonces = self.check_answer_nonces.then(|| Arc::new(AnswerNonces::new()));
        stack.push_built_in(VERIFIER, Verifier { keys: keys(), nonces })?;
        stack.push_built_in(SIGNER, Signer { signing, clock })?;
        Ok(stack)
    }

    fn defaults(&self) -> DefaultHeaders {
        DefaultHeaders::new(self.user_agent.clone())
    }

    /// Adds the enabled layers, which both stacks share.
    fn push_layers(&self, stack: &mut Stack) -> Result<()> {
        let (layers, clock) = (&self.layers.given, Arc::clone(self.clock));
        if let Some(policy) = layers.retry.clone() {
            stack.push_built_in(RETRY, Retry { policy, clock, defaults: self.defaults() })?;
        }
        if let Some(in_flight) = layers.in_flight.clone() {
            stack.push(IN_FLIGHT, Gate(in_flight))?;
        }
        if let Some(limits) = layers.rate_limits.clone() {
            let merchant = Arc::clone(self.merchant.id());
            stack.push(RATE_LIMIT, Limiter { limits, merchant })?;
        }
        if let Some(switch) = self.layers.switch.clone() {
            stack.push(FAILOVER, switch)?;
        }
        if let Some(breaker) = layers.breaker.clone() {
            stack.push(BREAKER, Breaker(breaker))?;
        }
        Ok(())
    }

    /// Builds APIv2's default stack, outermost first; empty without the APIv2 key.
    fn v2_stack(&self) -> Result<Stack> {
        let mut stack = Stack::new();
        let Some(v2_key) = &self.merchant.v2_key else {
            return Ok(stack);
        };
        let mchid = || Arc::clone(&self.merchant.mchid);
        let key = self.merchant.signing.as_ref().map(|signing| signing.key.clone());
        stack.push_built_in(STATUS, Status)?;
        stack.push_built_in(DECRYPT, Decrypt { key })?;
        stack.push_built_in(MATCHER, Matcher)?;
        let (base, clock) = (self.base.clone(), Arc::clone(self.clock));
        stack.push_built_in(ENCRYPT, EncryptForBank::new(mchid(), base, clock))?;
        self.push_layers(&mut stack)?;
        stack.push(TRANSFORM_RESPONSE, TransformResponse { mchid: mchid(), key: v2_key.clone() })?;
        stack.push(TRANSFORM_REQUEST, TransformRequest {
            mchid: mchid(),
            key: v2_key.clone(),
            check_mch_id: self.check_mch_id,
            clock: Arc::clone(self.clock),
            user_agent: self.user_agent.clone(),
        })?;
        Ok(stack)
    }
}

fn check_verifiable(merchant: &Merchant, has_keys: bool) -> Result<()> {
    if has_keys || merchant.signing.is_none() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Builder,
        "there is no key to verify WeChat Pay's answers with: give platform_key(\"PUB_KEY_ID_…\", \
         PublicKey::from_file(\"pub_key.pem\")?), both shown at 商户平台 → 账户中心 → API安全 → \
         微信支付公钥, or platform_certificate(..)",
    ))
}

/// Adds the given keys to a keyring, which rejects the merchant's own keys and other algorithms from now on.
fn fill(keyring: &Keyring, given: Vec<Platform>, merchant: &Merchant) -> Result<()> {
    if let Some(signing) = &merchant.signing {
        keyring.require(signing.key.algorithm())?;
        keyring.refuse(OwnKey {
            id: Some(Arc::clone(&signing.id)),
            serial: Some(Arc::clone(&signing.serial)),
            key: signing.key.public_key().clone(),
        })?;
    }
    for key in given {
        match key {
            Platform::PublicKey(id, key) => keyring.add_public_key(&id, key)?,
            Platform::Certificate(certificate) => keyring.add_certificate(&certificate)?,
        }
    }
    Ok(())
}

/// Normalises host names; a name with a scheme or port would never match, so it is an error.
fn trusted_hosts(given: &[String]) -> Result<Arc<[String]>> {
    let normal = |given: &String| {
        let address = given.parse::<Ipv6Addr>();
        let bracketed = address.map(|address| format!("[{address}]"));
        host::normal(bracketed.as_ref().unwrap_or(given)).map_err(|why| {
            Error::new(
                ErrorKind::Builder,
                format!(
                    "trust_host({given:?}) cannot be used: {why}; give the host alone, as \
                     api2.mch.weixin.qq.com"
                ),
            )
        })
    };
    given.iter().map(normal).collect()
}

fn user_agent(given: Option<String>) -> Result<HeaderValue> {
    match given {
        Some(agent) => header_value("User-Agent", &agent),
        None => Ok(HeaderValue::from_static(concat!(
            "wechatpay-chain/",
            env!("CARGO_PKG_VERSION"),
            " (Rust; hyper)"
        ))),
    }
}
