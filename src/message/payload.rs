use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::media::{Media, Upload};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The body of a request as middleware sees it.
///
/// JSON stays a [`Value`] until `prepare` serialises it, once, so that the signed bytes are the sent bytes.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Payload {
    /// No body.
    #[default]
    Empty,
    /// JSON, not yet serialised.
    Json(Value),
    /// The bytes to send.
    Bytes(Bytes),
    /// A file to upload, as the caller described it.
    Media(Box<Media>),
    /// An upload that `prepare` has laid out: its signed part and its body.
    Upload(Box<Upload>),
}

/// The signed part of a body that is not signed as a whole. It is in the extensions of a
/// request at the transport.
#[derive(Clone)]
pub(crate) struct SignedText(pub(crate) Bytes);

impl Payload {
    /// Returns the bytes to send; `None` for unserialised JSON and for a file.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Empty => Some(b""),
            Self::Bytes(bytes) => Some(bytes),
            Self::Json(_) | Self::Media(_) | Self::Upload(_) => None,
        }
    }

    /// Whether the body has a reader that was already consumed, so that it cannot be sent again.
    pub(crate) fn is_spent(&self) -> bool {
        match self {
            Self::Media(media) => media.is_spent(),
            Self::Upload(upload) => upload.is_spent(),
            Self::Empty | Self::Json(_) | Self::Bytes(_) => false,
        }
    }

    /// Returns the signed content: the body, or the `meta` of an upload; `None` before
    /// `prepare` has created it.
    #[must_use]
    pub fn signed_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Upload(upload) => Some(upload.signed()),
            other => other.as_bytes(),
        }
    }
}

/// Omits the content: bodies name people and money.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Json(_) => f.write_str("Json(..)"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Media(media) => media.fmt(f),
            Self::Upload(upload) => upload.fmt(f),
        }
    }
}

/// A typed body: any type that serialises.
///
/// ```
/// # #[cfg(feature = "types")] mod example {
/// # use wechatpay_chain::Client;
/// use serde::Serialize; // serde with its feature `derive`
/// use wechatpay_chain::Json;
///
/// #[derive(Serialize)]
/// struct Close<'a> {
///     mchid: &'a str,
/// }
///
/// # fn example(client: &Client) {
/// let call = client
///     .chain("v3/pay/transactions/out-trade-no/{out_trade_no}/close")
///     .post(Json(&Close { mchid: "1230000109" }), ())
///     .var("out_trade_no", "1217752501201407033233368018");
/// # }
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "a newtype that users build")]
pub struct Json<T>(pub T);

/// Types that can be given as a body: `()` for none, a JSON [`Value`] or object, [`Json`] of any type that
/// serialises, a [`Media`] to upload, or [`Bytes`] with the caller's `Content-Type`.
///
/// Text and vectors are not accepted directly, so that JSON is not sent where text was meant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request body",
    label = "give `json!({{..}})`, `Json(&value)`, `Media`, `Bytes`, or `()` for none"
)]
pub trait IntoPayload: sealed::IntoPayload {}

impl<T: sealed::IntoPayload> IntoPayload for T {}

/// Converts the caller's body.
pub(crate) fn into_payload(payload: impl IntoPayload) -> Result<Payload> {
    sealed::IntoPayload::into_payload(payload)
}

mod sealed {
    use super::{Payload, Result};

    pub trait IntoPayload {
        fn into_payload(self) -> Result<Payload>;
    }
}

impl sealed::IntoPayload for () {
    fn into_payload(self) -> Result<Payload> {
        Ok(Payload::Empty)
    }
}

impl sealed::IntoPayload for Payload {
    fn into_payload(self) -> Result<Payload> {
        Ok(self)
    }
}

impl sealed::IntoPayload for Value {
    fn into_payload(self) -> Result<Payload> {
        Ok(Payload::Json(self))
    }
}

impl sealed::IntoPayload for &Value {
    fn into_payload(self) -> Result<Payload> {
        Ok(Payload::Json(self.clone()))
    }
}

impl sealed::IntoPayload for Map<String, Value> {
    fn into_payload(self) -> Result<Payload> {
        Ok(Payload::Json(Value::Object(self)))
    }
}

impl sealed::IntoPayload for Bytes {
    fn into_payload(self) -> Result<Payload> {
        Ok(Payload::Bytes(self))
    }
}

impl sealed::IntoPayload for Media {
    fn into_payload(self) -> Result<Payload> {
        Ok(Payload::Media(Box::new(self)))
    }
}

impl<T: Serialize> sealed::IntoPayload for Json<T> {
    fn into_payload(self) -> Result<Payload> {
        serde_json::to_value(self.0)
            .map(Payload::Json)
            .map_err(|err| {
                Error::new(ErrorKind::Request, "the body does not serialise to JSON")
                    .with_source(err)
            })
    }
}
