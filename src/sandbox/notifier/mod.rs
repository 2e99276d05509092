//! Notifications, made and posted as WeChat Pay does.

mod content;
mod post;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use super::Sandbox;
use super::fault::Fault;
use super::gateway::Gateway;
use super::identity::PlatformPair;
use super::seal::Seal;
use crate::call::Pending;
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind, Result};
use content::{Content, Event, Message};

impl Sandbox {
    /// A notification (回调通知) of APIv3 for a server on loopback: what the event is about, encrypted
    /// with the APIv3 key, in an envelope that the public key signs.
    ///
    /// Fields of the resource that WeChat Pay encrypts to the merchant's certificate are given as
    /// plaintext. Nothing is posted before [`Notice::send`].
    ///
    /// ```no_run
    /// # use serde_json::json;
    /// # use wechatpay_chain::sandbox::{Fault, Sandbox};
    /// # async fn example(sandbox: &Sandbox) -> wechatpay_chain::Result<()> {
    /// let order = json!({"out_trade_no": "order-1", "trade_state": "SUCCESS"});
    /// let paid = sandbox.notify("http://127.0.0.1:8080/notify", "TRANSACTION.SUCCESS", order);
    /// assert_eq!(paid.send().await?.status(), 204);
    /// // The same once more, as when the first answer was lost.
    /// assert_eq!(paid.send().await?.status(), 204);
    /// assert_eq!(paid.misbehave(Fault::Probe).send().await?.status(), 401);
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
    /// and nothing is signed.
    pub fn notify_v2_refund(&self, url: impl Into<String>, members: Value) -> Notice {
        self.notice(url, Content::Message(Message::refund(members)))
    }

    /// Posts a request to a server on loopback: one of [`Notice::request`], as it is or altered.
    ///
    /// # Errors
    ///
    /// As [`Notice::send`].
    pub fn deliver(request: Request<Bytes>) -> Pending<Response<Bytes>> {
        Pending::new(post::exchange(request))
    }

    fn notice(&self, url: impl Into<String>, content: Content) -> Notice {
        Notice {
            gateway: Arc::clone(&self.gateway),
            url: url.into(),
            // What is the same in every delivery of one notification.
            id: SystemClock::new().nonce(),
            created: self.gateway.clock.now(),
            content,
            by_certificate: false,
            fault: None,
        }
    }
}

/// A notification that can be posted, once or again; see [`Sandbox::notify`].
///
/// Each delivery has the same id and content, and a timestamp, nonce and signature of its own.
#[must_use = "a notification is posted by send()"]
pub struct Notice {
    gateway: Arc<Gateway>,
    url: String,
    id: Result<String>,
    created: i64,
    content: Content,
    by_certificate: bool,
    fault: Option<Fault>,
}

impl Notice {
    /// Replaces the id, which is made up otherwise; APIv3 alone has one.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Ok(id.into());
        self
    }

    /// What it is called in a few words, `支付成功`; by default the event type. APIv3 alone has one.
    pub fn summary(mut self, summary: impl Into<String>) -> Self {
        if let Content::Event(event) = &mut self.content {
            event.summary = summary.into();
        }
        self
    }

    /// What the resource is called, `transaction`; by default the first word of the event type, in
    /// lower case. It is the associated data of the encryption as well. APIv3 alone has one.
    pub fn original_type(mut self, original_type: impl Into<String>) -> Self {
        if let Content::Event(event) = &mut self.content {
            event.original_type = original_type.into();
        }
        self
    }

    /// Signs with the newest platform certificate in place of the public key.
    pub fn by_certificate(mut self) -> Self {
        self.by_certificate = true;
        self
    }

    /// Spoils every delivery from now on, or, told `None`, none.
    ///
    /// Of a notification that is what spoils a signature: [`Fault::Probe`], [`Fault::WrongSignature`],
    /// [`Fault::TamperedBody`], [`Fault::MissingHeaders`], [`Fault::MissingHeader`],
    /// [`Fault::StaleTimestamp`], [`Fault::UnknownSerial`], [`Fault::ExpiredCertificate`]; of APIv2's
    /// only [`Fault::WrongSignature`], [`Fault::TamperedBody`] and, for no signature at all,
    /// [`Fault::MissingHeaders`]; of its refunds, which have no signature, none.
    pub fn misbehave(mut self, fault: impl Into<Option<Fault>>) -> Self {
        self.fault = fault.into();
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
        let (uri, _) = post::target(&self.url)?;
        self.check_fault()?;
        let fault = self.fault.as_ref();
        let id = self.id.as_deref().map_err(Error::duplicate)?;
        let mut reply = match &self.content {
            Content::Event(event) => event.body(&self.gateway, id, self.created)?,
            Content::Message(message) => message.body(&self.gateway, fault)?,
        };
        let seal = Seal {
            pair: &*self.signer()?,
            offset: fault.map_or(0, Fault::offset),
            wrong: fault == Some(&Fault::WrongSignature),
        };
        seal.put(&mut reply, &*self.gateway.clock)?;
        if let (Some(fault), Content::Event(_)) = (fault, &self.content) {
            fault.spoil(&mut reply);
        }
        let mut request = Request::new(reply.body);
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = reply.headers;
        post::add_headers(request.headers_mut());
        Ok(request)
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
        let notice = self.duplicate();
        Pending::new(async move { post::exchange(notice.request()?).await })
    }

    fn duplicate(&self) -> Self {
        Self {
            gateway: Arc::clone(&self.gateway),
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

    fn signer(&self) -> Result<Arc<PlatformPair>> {
        let platform = &self.gateway.platform;
        if self.fault == Some(Fault::ExpiredCertificate) {
            return Ok(platform.expired(self.gateway.clock.now())?.pair);
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
            Some(fault) if !self.content.takes(fault) => Err(refused(
                "a notification cannot misbehave in this way: see Notice::misbehave",
            )),
            _ => Ok(()),
        }
    }
}

/// Without what it is about.
impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("url", &self.url)
            .field("id", &self.id.as_deref().ok())
            .field("by_certificate", &self.by_certificate)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::Builder, message)
}
