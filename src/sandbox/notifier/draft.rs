//! One notification before it is signed.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::content::Content;
use super::post::{self, Reach};
use super::rejected;
use super::signer::NotificationSigner;
use crate::fault::Fault;
use crate::identity::PlatformKeyPair;
use crate::platform::Asked;
use crate::signing::MessageSigner;
use wechatpay_core::error::{Error, Result};

/// The parts of a notification that are the same in every delivery.
pub(crate) struct NotificationDraft {
    /// The keys of the merchant that is notified.
    signer: NotificationSigner,
    pub(crate) url: String,
    pub(super) id: Result<String>,
    created: i64,
    pub(super) content: Content,
    pub(crate) by_certificate: bool,
    pub(crate) fault: Option<Fault>,
}

/// A draft in a checkpoint, without the keys that sign it.
#[cfg(feature = "state")]
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedDraft {
    url: String,
    /// `None` when the clock gave no id.
    id: Option<String>,
    created: i64,
    content: Content,
    by_certificate: bool,
    fault: Option<String>,
}

impl NotificationDraft {
    #[cfg(feature = "state")]
    pub(super) fn saved(&self) -> SavedDraft {
        SavedDraft {
            url: self.url.clone(),
            id: self.id.as_ref().ok().cloned(),
            created: self.created,
            content: self.content.clone(),
            by_certificate: self.by_certificate,
            fault: self.fault.as_ref().map(ToString::to_string),
        }
    }

    #[cfg(feature = "state")]
    pub(crate) fn restored(signer: NotificationSigner, saved: SavedDraft) -> Self {
        Self {
            url: saved.url,
            id: saved.id.map_or_else(|| signer.clock.nonce(), Ok),
            created: saved.created,
            signer,
            content: saved.content,
            by_certificate: saved.by_certificate,
            fault: saved.fault.and_then(|fault| fault.parse().ok()),
        }
    }

    /// Copies it. [`Error`] is not `Clone`.
    pub(super) fn duplicate(&self) -> Self {
        Self {
            signer: self.signer.clone(),
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

    pub(crate) fn new(signer: NotificationSigner, url: String, content: Content) -> Self {
        Self {
            url,
            id: signer.clock.nonce(),
            created: signer.clock.now(),
            signer,
            content,
            by_certificate: false,
            fault: None,
        }
    }

    /// The merchant that is notified.
    pub(super) fn mchid(&self) -> &str {
        &self.signer.credentials.mchid
    }

    pub(super) fn content(&self) -> &Content {
        &self.content
    }

    /// The resource in plaintext.
    pub(super) fn resource(&self) -> &Value {
        self.content.resource()
    }

    /// The request of one delivery, signed now.
    pub(crate) fn request(&self, reach: Reach) -> Result<Request<Bytes>> {
        let signer = &self.signer;
        let uri = post::target(&self.url, reach)?;
        self.check_fault()?;
        let fault = self.fault.as_ref();
        let id = self.id.as_deref().map_err(Error::duplicate)?;
        let mut reply = match &self.content {
            Content::Event(event) => event.body(signer, id, self.created)?,
            Content::Message(message) => message.body(signer, id, self.created, fault)?,
        };
        let message_signer = MessageSigner {
            pair: &*self.key()?,
            offset: fault.map_or(0, Fault::offset),
            wrong: fault == Some(&Fault::WrongSignature),
        };
        message_signer.sign(&mut reply, &*signer.clock)?;
        if let (Some(fault), Content::Event(_)) = (fault, &self.content) {
            fault.corrupt(&mut reply);
        }
        let mut request = Request::new(reply.body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = reply.headers;
        post::add_headers(request.headers_mut());
        Ok(request)
    }

    fn key(&self) -> Result<Arc<PlatformKeyPair>> {
        let signer = &self.signer;
        let (platform, view) = (&signer.platform, &signer.view);
        if self.fault == Some(Fault::ExpiredCertificate) {
            return Ok(platform.expired(view.algorithm, signer.clock.now())?.pair);
        }
        if !self.by_certificate {
            let asked = Asked::Unnamed { has_fetched: false };
            let found = platform.signer(asked, view, signer.clock.now());
            return Ok(Arc::clone(found.pair()));
        }
        platform
            .current(view, signer.clock.now())
            .ok_or_else(|| rejected("no certificate can sign this: the merchant has none"))
    }

    fn check_fault(&self) -> Result<()> {
        match &self.fault {
            Some(fault) if !self.content.accepts(fault) => Err(rejected(format!(
                "{fault} does not spoil such a notification: wrong_signature, tampered_body and \
                 missing_headers spoil what is signed, of APIv3 also probe, unknown_serial, \
                 expired_certificate, stale_timestamp and missing_header"
            ))),
            _ => Ok(()),
        }
    }
}
