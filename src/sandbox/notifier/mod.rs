//! Notifications, made and posted as WeChat Pay does.

mod content;
mod deliveries;
mod draft;
mod kinds;
mod post;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use super::Sandbox;
use super::fault::Fault;
use super::gateway::Gateway;
use content::{Event, Message};
use wechatpay_chain::Pending;
use wechatpay_core::error::{Error, ErrorKind, Result};

pub(super) use content::Content;
pub(super) use deliveries::Deliveries;
pub use deliveries::{AttemptRecord, DeliveryRecord, DeliveryState, PostedRecord};
pub(super) use draft::Draft;
pub(super) use kinds::{KindRow, kind_row, kind_rows};
pub(super) use post::{Reach, check_url};

impl Sandbox {
    /// A notification (回调通知) of APIv3 for a server on loopback: what the event is about, encrypted
    /// with the APIv3 key, in an envelope that the public key signs.
    ///
    /// Fields of the resource that WeChat Pay encrypts to the merchant's certificate are given as
    /// plaintext. Nothing is posted before [`Notice::send`].
    ///
    /// ```no_run
    /// # use serde_json::json;
    /// # use wechatpay_sandbox::{Fault, Sandbox};
    /// # async fn example(sandbox: &Sandbox) -> wechatpay_chain::Result<()> {
    /// let order = json!({"out_trade_no": "order-1", "trade_state": "SUCCESS"});
    /// let paid = sandbox.notify("http://127.0.0.1:8080/notify", "TRANSACTION.SUCCESS", order);
    /// assert_eq!(paid.send().await?.status(), 204);
    /// // The same once more, as when the first answer was lost.
    /// assert_eq!(paid.send().await?.status(), 204);
    /// assert_eq!(paid.inject_fault(Fault::Probe).send().await?.status(), 401);
    /// # Ok(()) }
    /// ```
    pub fn notify(
        &self,
        url: impl Into<String>,
        event_type: impl Into<String>,
        resource: Value,
    ) -> Notice {
        self.notice(url, Content::Event(Event::new(event_type.into(), resource)))
    }

    /// A notification of APIv2: the members of an object as XML, signed with the APIv2 key.
    ///
    /// `return_code`, `result_code`, `mch_id` and `nonce_str` are added where they are missing; a
    /// `sign_type` of `HMAC-SHA256` is followed.
    pub fn notify_v2(&self, url: impl Into<String>, members: Value) -> Notice {
        self.notice(url, Content::Message(Message::signed(members)))
    }

    /// A refund's notification of APIv2: its members are encrypted into `req_info` with the APIv2 key,
    /// and nothing is signed. `appid` (made up where it is missing), `mch_id`, `sub_appid` and
    /// `sub_mch_id` stand beside it.
    pub fn notify_v2_refund(&self, url: impl Into<String>, members: Value) -> Notice {
        self.notice(url, Content::Message(Message::refund(members)))
    }

    /// A notification of APIv2 with an `event_type` (of 支付分 and 酒店): what it is about is encrypted
    /// with the APIv3 key, and the members are signed with the APIv2 key.
    pub fn notify_v2_event(
        &self,
        url: impl Into<String>,
        event_type: impl Into<String>,
        resource: Value,
    ) -> Notice {
        let message = Message::event(event_type.into(), resource);
        self.notice(url, Content::Message(message))
    }

    /// Posts a request to a server on loopback: one of [`Notice::request`], as it is or altered.
    ///
    /// # Errors
    ///
    /// As [`Notice::send`].
    pub fn deliver(request: Request<Bytes>) -> Pending<Response<Bytes>> {
        Pending::new(post::exchange(request, Reach::Loopback))
    }

    fn notice(&self, url: impl Into<String>, content: Content) -> Notice {
        Notice {
            gateway: Arc::clone(&self.gateway),
            draft: Draft::new(&self.gateway, url.into(), content),
        }
    }
}

/// A notification that can be posted, once or again; see [`Sandbox::notify`].
///
/// Each delivery has the same id and content, and a timestamp, nonce and signature of its own.
#[must_use = "a notification is posted by send()"]
pub struct Notice {
    gateway: Arc<Gateway>,
    draft: Draft,
}

impl Notice {
    /// Replaces the id, which is made up otherwise; APIv3 alone has one.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.draft.id = Ok(id.into());
        self
    }

    /// What it is called in a few words, `支付成功`; by default the event type. APIv3 alone has one.
    pub fn summary(mut self, summary: impl Into<String>) -> Self {
        if let Content::Event(event) = &mut self.draft.content {
            event.summary = summary.into();
        }
        self
    }

    /// What the resource is called, `transaction`; by default the first word of the event type, in
    /// lower case. It is the associated data of the encryption as well. APIv3 alone has one.
    pub fn original_type(mut self, original_type: impl Into<String>) -> Self {
        if let Content::Event(event) = &mut self.draft.content {
            event.original_type = original_type.into();
        }
        self
    }

    /// Signs with the newest platform certificate in place of the public key.
    pub fn by_certificate(mut self) -> Self {
        self.draft.by_certificate = true;
        self
    }

    /// Spoils every delivery from now on, or, told `None`, none.
    ///
    /// Of a notification that is what spoils a signature: [`Fault::Probe`], [`Fault::WrongSignature`],
    /// [`Fault::TamperedBody`], [`Fault::MissingHeaders`], [`Fault::MissingHeader`],
    /// [`Fault::StaleTimestamp`], [`Fault::UnknownSerial`], [`Fault::ExpiredCertificate`]; of APIv2's
    /// only [`Fault::WrongSignature`], [`Fault::TamperedBody`] and, for no signature at all,
    /// [`Fault::MissingHeaders`]; of its refunds, which have no signature, none.
    pub fn inject_fault(mut self, fault: impl Into<Option<Fault>>) -> Self {
        self.draft.fault = fault.into();
        self
    }

    /// One delivery, signed now: what [`send`](Self::send) posts.
    ///
    /// Posted twice with [`Sandbox::deliver`] it is a replay, the very same bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the URL is not `http` on loopback, a fault is not one of a
    /// notification, members are not an object, or a certificate is to sign and the merchant has none.
    pub fn request(&self) -> Result<Request<Bytes>> {
        self.draft.request(&self.gateway, Reach::Loopback)
    }

    /// Posts one delivery, and gives what the server answers, at most 1 MiB of it. It is signed when it
    /// is awaited, or waited for, as the notification is now.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request); [`ErrorKind::Connect`] when nobody listens,
    /// [`ErrorKind::Timeout`] when the answer takes longer than the 5 s that WeChat Pay waits,
    /// [`ErrorKind::Transport`] when it breaks off.
    pub fn send(&self) -> Pending<Response<Bytes>> {
        let notice = Self {
            gateway: Arc::clone(&self.gateway),
            draft: self.draft.duplicate(),
        };
        Pending::new(async move { post::exchange(notice.request()?, Reach::Loopback).await })
    }
}

/// Without what it is about.
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

fn refused(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Builder, message)
}
