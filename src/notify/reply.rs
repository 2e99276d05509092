//! The reply to a notification.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::dedup::Delivery;
use super::kind::{Kind, Version};
use super::{Notification, Notifications, refused};
use crate::message::header_value;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::{response_text, xml};

/// The reply to a notification: status, headers and body, for any server.
#[derive(Clone)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    error: Option<Arc<Error>>,
}

/// The result of a handler: nothing, or the data that the notification expects.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub enum Acknowledgement {
    /// The notification was handled.
    #[default]
    Done,
    /// The notification was handled, and this is the JSON of the reply.
    Data(Value),
}

impl Notifications {
    /// The reply to a handled notification, signed if its kind requires a signature.
    ///
    /// APIv3: 204, or 200 with data. APIv2: `SUCCESS` as XML.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`] when another delivery of the notification is being handled
    /// ([`Delivery::InProgress`]), since its handler may fail.
    ///
    /// [`ErrorKind::Request`] when expected data ([`Notification::expects_data`]) is missing, when data is given
    /// for APIv2, or when the reply must be signed and the reader was built without `private_key(..)` and
    /// `serial(..)`.
    pub fn reply(
        &self,
        notification: &Notification,
        answer: impl Into<Acknowledgement>,
    ) -> Result<Reply> {
        if notification.delivery() == Delivery::InProgress {
            return Err(in_progress(notification));
        }
        let mut reply = match (notification.version(), answer.into()) {
            (Version::V2, Acknowledgement::Done) => Reply::xml(StatusCode::OK, "SUCCESS", "OK"),
            (Version::V2, Acknowledgement::Data(_)) => {
                return Err(request("APIv2's replies hold no data: answer ()"));
            }
            (Version::V3, Acknowledgement::Data(data)) => Reply::json(StatusCode::OK, &data),
            (Version::V3, Acknowledgement::Done) if notification.expects_data() => {
                return Err(request(
                    "this notification expects data: answer with the data, not with ()",
                ));
            }
            (Version::V3, Acknowledgement::Done) => {
                Reply::new(StatusCode::NO_CONTENT, Bytes::new())
            }
        };
        if notification.kind().is_some_and(Kind::reply_must_be_signed) {
            self.sign(&mut reply)?;
        }
        Ok(reply)
    }

    /// The reply to a notification that [`parse`](Self::parse) or [`accept`](Self::accept) rejected.
    ///
    /// Probes and forgeries get 401. Failures that may pass, such as an unreachable store, get 5xx. The body
    /// gives no details, since a forger would read them.
    #[must_use]
    pub fn refuse(&self, error: impl Into<Arc<Error>>) -> Reply {
        Reply::refusal(error)
    }

    /// Works as [`reply`](Self::reply) or [`refuse`](Self::refuse), for notifications that need no data.
    ///
    /// Handle a new notification before: a success reply ends its deliveries. A delivery that is
    /// [`InProgress`](super::Delivery::InProgress) is answered with 503. [`run`](Self::run) does all of this, and also runs
    /// the handler to its end.
    ///
    /// ```
    /// # use wechatpay_chain::notify::{Delivery, Notification, Notifications, Reply};
    /// async fn webhook(notifications: &Notifications, headers: http::HeaderMap, body: Vec<u8>) -> Reply {
    ///     let outcome = notifications.accept(&headers, &body).await;
    ///     if let Ok(paid) = &outcome
    ///         && paid.delivery() == Delivery::New
    ///     {
    ///         if let Err(err) = book(paid).await {
    ///             // If this fails, the claim expires.
    ///             let _ = notifications.release(paid).await;
    ///             return notifications.refuse(err);
    ///         }
    ///         if let Err(err) = notifications.finish(paid).await {
    ///             eprintln!("booked, but it may come again: {}", err.report());
    ///         }
    ///     }
    ///     notifications.reply_for(outcome)
    /// }
    /// # async fn book(_: &Notification) -> wechatpay_chain::Result<()> { Ok(()) }
    /// ```
    pub fn reply_for(&self, outcome: Result<Notification>) -> Reply {
        outcome
            .and_then(|notification| self.reply(&notification, ()))
            .unwrap_or_else(|err| self.refuse(err))
    }

    /// Adds the four headers that WeChat Pay signs with, signed by the merchant.
    fn sign(&self, reply: &mut Reply) -> Result<()> {
        let Some(signing) = &self.shared.keys.reply else {
            return Err(request(
                "the reply to this notification must be signed: give private_key(..) and serial(..)",
            ));
        };
        let timestamp = self.shared.clock.now().to_string();
        let nonce = self.shared.clock.nonce()?;
        let signature = signing
            .key
            .sign(&response_text(&timestamp, &nonce, &reply.body))?;
        for (name, value) in [
            ("Wechatpay-Serial", &*signing.serial),
            ("Wechatpay-Timestamp", &timestamp),
            ("Wechatpay-Nonce", &nonce),
            ("Wechatpay-Signature", &signature),
        ] {
            reply.headers.insert(name, header_value(name, value)?);
        }
        Ok(())
    }
}

/// WeChat Pay posts nothing again after a success.
fn in_progress(notification: &Notification) -> Error {
    refused(
        ErrorKind::Dedup,
        "another delivery of the notification is being handled and may still fail, so this one cannot be \
         answered with success: pass the error to refuse(..), and WeChat Pay posts the notification again",
        notification.raw(),
    )
}

fn request(message: &'static str) -> Error {
    Error::new(ErrorKind::Request, message)
}

impl Reply {
    /// See [`Notifications::refuse`].
    pub(super) fn refusal(error: impl Into<Arc<Error>>) -> Self {
        let error = error.into();
        let (status, message) = match error.kind() {
            ErrorKind::Probe | ErrorKind::Verify => {
                (StatusCode::UNAUTHORIZED, "the signature was not accepted")
            }
            ErrorKind::Body | ErrorKind::Transport => {
                (StatusCode::BAD_REQUEST, "the body is not a notification")
            }
            ErrorKind::Dedup | ErrorKind::Timeout => {
                (StatusCode::SERVICE_UNAVAILABLE, "try again later")
            }
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "not processed"),
        };
        let version = if error.body().is_some_and(|body| xml::is_xml(body)) {
            Version::V2
        } else {
            Version::V3
        };
        let mut reply = Self::failure(version, status, message);
        reply.error = Some(error);
        reply
    }

    fn new(status: StatusCode, body: Bytes) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body,
            error: None,
        }
    }

    fn typed(status: StatusCode, media_type: &'static str, body: String) -> Self {
        let mut reply = Self::new(status, body.into());
        let media_type = HeaderValue::from_static(media_type);
        reply.headers.insert(CONTENT_TYPE, media_type);
        reply
    }

    fn json(status: StatusCode, data: &Value) -> Self {
        Self::typed(status, "application/json", data.to_string())
    }

    fn xml(status: StatusCode, code: &str, message: &str) -> Self {
        let members = [("return_code", code), ("return_msg", message)];
        // Constant texts, which are valid in XML.
        let text = xml::encode(members).unwrap_or_default();
        Self::typed(status, "text/xml; charset=utf-8", text)
    }

    pub(super) fn failure(version: Version, status: StatusCode, message: &str) -> Self {
        match version {
            Version::V2 => Self::xml(status, "FAIL", message),
            Version::V3 => Self::json(status, &json!({"code": "FAIL", "message": message})),
        }
    }

    /// Adds an error to the reply; the reason of a rejection takes precedence.
    pub(super) fn beside(mut self, error: Option<Error>) -> Self {
        self.error = self.error.or(error.map(Arc::new));
        self
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body. Send it unchanged, since a signature may cover it.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns why the notification was rejected; `None` if it was accepted and nothing failed.
    ///
    /// In a success it is of [`ErrorKind::Dedup`]: the notification was handled but not recorded, or its lease
    /// was lost to another delivery. A panic of the handler is of [`ErrorKind::Middleware`]. See
    /// [`Notifications::handle`].
    ///
    /// [`into_response`](Self::into_response) also puts it into the extensions, as `Arc<Error>`, for a layer
    /// that logs or counts.
    #[must_use]
    pub fn error(&self) -> Option<&Arc<Error>> {
        self.error.as_ref()
    }

    /// Converts into a server's response, with any body made from [`Bytes`], such as `Full<Bytes>`.
    #[must_use]
    pub fn into_response<B: From<Bytes>>(self) -> http::Response<B> {
        let mut response = http::Response::new(self.body.into());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if let Some(error) = self.error {
            response.extensions_mut().insert(error);
        }
        response
    }
}

/// Leaves the body out, since its data may name people.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Acknowledgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "Done",
            Self::Data(_) => "Data(..)",
        })
    }
}

impl From<()> for Acknowledgement {
    fn from((): ()) -> Self {
        Self::Done
    }
}

impl From<Value> for Acknowledgement {
    fn from(data: Value) -> Self {
        Self::Data(data)
    }
}
