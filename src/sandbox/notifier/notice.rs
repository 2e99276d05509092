//! A notification that a test posts.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::content::Content;
use super::draft::NotificationDraft;
use super::post::{self, Reach};
use crate::fault::Fault;
use wechatpay_chain::Pending;
use wechatpay_core::error::Result;

/// A notification that can be posted, once or again; see [`Sandbox::notify`](crate::Sandbox::notify).
///
/// Every delivery has the same id and content, and a new timestamp, nonce and signature.
#[must_use = "a notification is posted by send()"]
pub struct Notice {
    pub(crate) draft: NotificationDraft,
}

impl Notice {
    /// Replaces the generated id. Only APIv3 has one.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.draft.id = Ok(id.into());
        self
    }

    /// Replaces the summary, such as `支付成功`; by default the event type. Only APIv3 has one.
    pub fn summary(mut self, summary: impl Into<String>) -> Self {
        if let Content::Event(event) = &mut self.draft.content {
            event.summary = summary.into();
        }
        self
    }

    /// Replaces the original type, such as `transaction`; by default the first word of the event type in
    /// lower case. It is also the associated data of the encryption. Only APIv3 has one.
    pub fn original_type(mut self, original_type: impl Into<String>) -> Self {
        if let Content::Event(event) = &mut self.draft.content {
            event.original_type = original_type.into();
        }
        self
    }

    /// Signs with the newest platform certificate instead of the public key.
    pub fn by_certificate(mut self) -> Self {
        self.draft.by_certificate = true;
        self
    }

    /// Injects a fault into every delivery from now on; `None` stops that.
    ///
    /// APIv3 notifications support the faults of signatures: [`Fault::Probe`], [`Fault::WrongSignature`],
    /// [`Fault::TamperedBody`], [`Fault::MissingHeaders`], [`Fault::MissingHeader`], [`Fault::StaleTimestamp`],
    /// [`Fault::UnknownSerial`], [`Fault::ExpiredCertificate`]. APIv2 notifications support only
    /// [`Fault::WrongSignature`], [`Fault::TamperedBody`] and [`Fault::MissingHeaders`] (no signature). APIv2
    /// refund notifications have no signature and support none.
    pub fn inject_fault(mut self, fault: impl Into<Option<Fault>>) -> Self {
        self.draft.fault = fault.into();
        self
    }

    /// The request of one delivery, signed now, as [`send`](Self::send) posts it.
    ///
    /// Posting it twice with [`Sandbox::deliver`](crate::Sandbox::deliver) is a replay.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`](wechatpay_chain::ErrorKind::Builder) when the URL is not `http` on loopback, the fault does not apply to
    /// notifications, the members are not an object, or a certificate should sign and the merchant has none.
    pub fn request(&self) -> Result<Request<Bytes>> {
        self.draft.request(Reach::Loopback)
    }

    /// Posts one delivery and returns the server's response, of at most 1 MiB. The delivery is signed when
    /// `.await` or `.wait()` is called.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request); [`ErrorKind::Connect`](wechatpay_chain::ErrorKind::Connect) when no server listens,
    /// [`ErrorKind::Timeout`](wechatpay_chain::ErrorKind::Timeout) when the answer takes longer than the 5 s that WeChat Pay waits,
    /// [`ErrorKind::Transport`](wechatpay_chain::ErrorKind::Transport) when the connection breaks.
    pub fn send(&self) -> Pending<Response<Bytes>> {
        let notice = Self {
            draft: self.draft.duplicate(),
        };
        Pending::new(async move { post::exchange(notice.request()?, Reach::Loopback).await })
    }
}

/// Leaves the resource out: it may name people and orders.
impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("url", &self.draft.url)
            .field("id", &self.draft.id.as_deref().ok())
            .field("by_certificate", &self.draft.by_certificate)
            .field("fault", &self.draft.fault)
            .finish_non_exhaustive()
    }
}
