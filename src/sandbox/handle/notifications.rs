//! Notifications that a test posts.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use super::Sandbox;
use crate::notifier::{Content, EventContent, Message, Notice, Reach, exchange, kind_row};
use wechatpay_chain::Pending;
use wechatpay_chain::notify::Version;

impl Sandbox {
    /// Creates an APIv3 notification (回调通知) for a server on loopback. The resource is encrypted with the APIv3
    /// key, and the public key signs the envelope.
    ///
    /// Write the fields that WeChat Pay encrypts with the merchant certificate in plaintext.
    /// [`Notice::send`] posts the notification.
    ///
    /// ```no_run
    /// # use serde_json::json;
    /// # use wechatpay_sandbox::{Fault, Sandbox};
    /// # async fn example(sandbox: &Sandbox) -> wechatpay_chain::Result<()> {
    /// let order = json!({"out_trade_no": "order-1", "trade_state": "SUCCESS"});
    /// let paid = sandbox.notify("http://127.0.0.1:8080/notify", "TRANSACTION.SUCCESS", order);
    /// assert_eq!(paid.send().await?.status(), 204);
    /// // Posts it again, as if the first answer were lost.
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
        self.notice(
            url,
            Content::Event(EventContent::new(event_type.into(), resource)),
        )
    }

    /// Creates an APIv2 notification: the members of an object as XML, signed with the APIv2 key.
    ///
    /// Missing `return_code`, `result_code`, `mch_id` and `nonce_str` are added. With the `sign_type`
    /// `HMAC-SHA256` it is signed accordingly.
    pub fn notify_v2(&self, url: impl Into<String>, members: Value) -> Notice {
        self.notice(url, Content::Message(Message::signed(members)))
    }

    /// Creates an APIv2 refund notification. The members are encrypted in `req_info` with the APIv2 key, and
    /// nothing is signed. `appid` (generated if missing), `mch_id`, `sub_appid` and `sub_mch_id` stay in
    /// plaintext.
    pub fn notify_v2_refund(&self, url: impl Into<String>, members: Value) -> Notice {
        self.notice(url, Content::Message(Message::refund(members)))
    }

    /// Creates an APIv2 notification with an `event_type` (for 支付分 and 酒店). The resource is encrypted with the
    /// APIv3 key, and the APIv2 key signs the members.
    pub fn notify_v2_event(
        &self,
        url: impl Into<String>,
        event_type: impl Into<String>,
        resource: Value,
    ) -> Notice {
        let message = Message::event(event_type.into(), resource);
        self.notice(url, Content::Message(message))
    }

    /// Creates a notification of a documented event with a generated resource that has all documented fields; `None` if there is
    /// no such event.
    ///
    /// Six kinds of APIv2 have no event type; their names are `COMBINE_PAY`, `CONTRACT`, `PAY`, `REFUND`, `RISK_TRADE` and
    /// `VEHICLE_STATE`.
    ///
    /// ```
    /// # use wechatpay_chain::notify::Version;
    /// # use wechatpay_sandbox::Sandbox;
    /// # fn main() -> wechatpay_chain::Result<()> {
    /// let sandbox = Sandbox::start_blocking()?;
    /// let url = "http://127.0.0.1:8080/notify";
    /// let notice = sandbox.sample_notification(url, Version::V3, "COMPLAINT.CREATE");
    /// assert!(notice.unwrap().request()?.headers().contains_key("wechatpay-signature"));
    /// # Ok(()) }
    /// ```
    pub fn sample_notification(
        &self,
        url: impl Into<String>,
        version: Version,
        event_type: &str,
    ) -> Option<Notice> {
        let row = kind_row(version, event_type)?;
        let resource = row.resource(self.merchant.mchid(), self.merchant.state.now());
        Some(self.notice(url, row.content(resource)))
    }

    /// Posts a request of [`Notice::request`], changed or not, to a server on loopback.
    ///
    /// # Errors
    ///
    /// As [`Notice::send`].
    pub fn deliver(request: Request<Bytes>) -> Pending<Response<Bytes>> {
        Pending::new(exchange(request, Reach::Loopback))
    }

    fn notice(&self, url: impl Into<String>, content: Content) -> Notice {
        self.merchant.notice(url, content)
    }
}
