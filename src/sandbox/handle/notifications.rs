//! Notifications that a test posts.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use super::Sandbox;
use crate::notifier::{Content, Event, Message, Notice, NotificationDraft, Reach, exchange};
use wechatpay_chain::Pending;

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
        Pending::new(exchange(request, Reach::Loopback))
    }

    fn notice(&self, url: impl Into<String>, content: Content) -> Notice {
        Notice {
            signer: self.state.notifier.signer().clone(),
            draft: NotificationDraft::new(&*self.state.clock, url.into(), content),
        }
    }
}
