//! One notification before it is signed.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::Value;

use super::super::fault::Fault;
use super::super::gateway::Gateway;
use super::super::identity::PlatformPair;
use super::super::seal::Seal;
use super::content::Content;
use super::post::{self, Reach};
use super::refused;
use wechatpay_core::error::{Error, Result};

/// What is the same in every delivery of one notification.
///
/// It does not hold the gateway, which remembers it.
pub(crate) struct Draft {
    pub(crate) url: String,
    pub(super) id: Result<String>,
    created: i64,
    pub(super) content: Content,
    pub(crate) by_certificate: bool,
    pub(crate) fault: Option<Fault>,
}

impl Draft {
    /// The same once more.
    pub(super) fn duplicate(&self) -> Self {
        Self {
            url: self.url.clone(),
            id: self
                .id
                .as_ref()
                .map(String::clone)
                .map_err(Error::duplicate),
            created: self.created,
            content: self.content.clone(),
            by_certificate: self.by_certificate,
            fault: self.fault.clone(),
        }
    }

    pub(crate) fn new(gateway: &Gateway, url: String, content: Content) -> Self {
        Self {
            url,
            id: gateway.clock.nonce(),
            created: gateway.clock.now(),
            content,
            by_certificate: false,
            fault: None,
        }
    }

    pub(super) fn content(&self) -> &Content {
        &self.content
    }

    /// What it is about, in plaintext.
    pub(super) fn resource(&self) -> &Value {
        self.content.resource()
    }

    /// One delivery, signed now.
    pub(crate) fn request(&self, gateway: &Gateway, reach: Reach) -> Result<Request<Bytes>> {
        let uri = post::target(&self.url, reach)?;
        self.check_fault()?;
        let fault = self.fault.as_ref();
        let id = self.id.as_deref().map_err(Error::duplicate)?;
        let mut reply = match &self.content {
            Content::Event(event) => event.body(gateway, id, self.created)?,
            Content::Message(message) => message.body(gateway, id, self.created, fault)?,
        };
        let seal = Seal {
            pair: &*self.signer(gateway)?,
            offset: fault.map_or(0, Fault::offset),
            wrong: fault == Some(&Fault::WrongSignature),
        };
        seal.put(&mut reply, &*gateway.clock)?;
        if let (Some(fault), Content::Event(_)) = (fault, &self.content) {
            fault.spoil(&mut reply);
        }
        let mut request = Request::new(reply.body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = reply.headers;
        post::add_headers(request.headers_mut());
        Ok(request)
    }

    fn signer(&self, gateway: &Gateway) -> Result<Arc<PlatformPair>> {
        let platform = &gateway.platform;
        if self.fault == Some(Fault::ExpiredCertificate) {
            return Ok(platform.expired(gateway.clock.now())?.pair);
        }
        match self.by_certificate {
            false => Ok(platform.signer(None, false)),
            true => platform.newest().ok_or_else(|| {
                refused("no certificate can sign this: the merchant of this sandbox has none")
            }),
        }
    }

    fn check_fault(&self) -> Result<()> {
        match &self.fault {
            Some(fault) if !self.content.takes(fault) => Err(refused(format!(
                "{fault} does not spoil such a notification: wrong_signature, tampered_body and \
                 missing_headers spoil what is signed, of APIv3 also probe, unknown_serial, \
                 expired_certificate, stale_timestamp and missing_header"
            ))),
            _ => Ok(()),
        }
    }
}
