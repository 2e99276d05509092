//! The inputs of a sandbox.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Version};
#[cfg(feature = "state")]
use http::{HeaderName, Request};
use percent_encoding::percent_decode_str;
#[cfg(feature = "state")]
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

#[cfg(feature = "state")]
use super::checkpoint::Checkpoint;
#[cfg(feature = "state")]
use wechatpay_core::crypto::base64;

/// An entry with the moment of its execution.
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct Input {
    pub(crate) time_ms: i64,
    /// The seed of the nonces.
    pub(crate) seed: String,
    pub(crate) entry: Entry,
}

/// An input that was read from the disk, and its number.
pub(crate) struct Replayed {
    pub(crate) number: u64,
    pub(crate) input: Input,
}

/// An input of a sandbox.
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum Entry {
    /// A request of a client, and the status of its response.
    Call {
        request: SavedRequest,
        /// The serial of the certificate that the connection presented, empty without one; `None` is plain HTTP.
        certificate: Option<String>,
        status: Option<u16>,
    },
    /// A request of the control API or of the page's forms that may change something.
    Control(SavedRequest),
    /// A call of a method of [`Sandbox`](crate::Sandbox).
    Action(Action),
    /// The keys of a brand were needed.
    Brand { brand_id: String },
    /// The events were taken and posted.
    Post,
    /// The result of posting a notification once.
    Attempt { id: u64, attempt: SavedAttempt },
    /// A delivery has ended.
    Delivered { id: u64, accepted: bool },
    /// The state after the entries before this one, which were dropped.
    #[cfg(feature = "state")]
    Checkpoint(Checkpoint),
}

impl Entry {
    /// Whether it changes nothing when it is refused, and a reset keeps what it changes when it is not. The journal
    /// keeps no refused one: it would stay in the file, and in place of an earlier one.
    pub(crate) fn is_void_if_refused(&self) -> bool {
        match self {
            Self::Action(Action::Stub(_) | Action::AddMerchant { .. }) => true,
            Self::Control(request) => request.adds_merchant(),
            _ => false,
        }
    }

    /// Whether it can leave something that the next posting of events advances; `None` when it changes nothing there.
    #[cfg(feature = "state")]
    pub(super) fn sets_news(&self) -> Option<bool> {
        match self {
            Self::Post => Some(false),
            Self::Attempt { .. } | Self::Delivered { .. } | Self::Brand { .. } => None,
            Self::Call { .. } | Self::Control(_) | Self::Action(_) | Self::Checkpoint(_) => {
                Some(true)
            }
        }
    }
}

/// The calls of the methods of [`Sandbox`](crate::Sandbox).
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum Action {
    OfMerchant {
        mchid: String,
        act: MerchantAct,
    },
    /// As the control API takes it, without keys: those are in the folder.
    AddMerchant {
        entry: Value,
    },
    Stub(SavedStub),
    InjectFault {
        fault: String,
    },
    InjectFaultAlways {
        fault: Option<String>,
    },
    ClearCalls,
    ClockOffset {
        seconds: i64,
    },
    EnforceLimits {
        enforce: bool,
    },
    Speed {
        speed: f64,
    },
    NotifyUrl {
        url: Option<String>,
    },
    Reset,
    RotateCertificate,
    AnnounceCertificate,
    CertificateMode {
        on: bool,
    },
    RetireCertificates,
    PublicKeyOnly,
}

/// The calls of the methods of [`Account`](crate::Account).
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) enum MerchantAct {
    Pay {
        number: String,
    },
    FailPayment {
        number: String,
    },
    Expire {
        number: String,
    },
    SettleRefund {
        number: String,
        status: String,
    },
    HoldRefunds {
        hold: bool,
    },
    HoldTransfers {
        hold: bool,
    },
    DecideTransfer {
        number: String,
        fail_reason: Option<String>,
    },
    SetState {
        number: String,
        state: String,
    },
    Complain {
        number: String,
        detail: String,
    },
    SetBill {
        content: Blob,
    },
    SetBalance {
        fen: i64,
    },
    TakeEvents,
}

/// A stubbed response.
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct SavedStub {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) json: Option<Value>,
    pub(crate) bytes: Blob,
}

/// A request as received.
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct SavedRequest {
    method: String,
    target: String,
    version: String,
    headers: SavedHeaders,
    /// `None` when it was too long.
    body: Option<Blob>,
}

impl SavedRequest {
    pub(crate) fn of(head: &Parts, body: Option<&Bytes>) -> Self {
        Self {
            method: head.method.to_string(),
            target: head.uri.to_string(),
            version: saved_version(head.version),
            headers: SavedHeaders::of(&head.headers),
            body: body.map(|body| Blob(body.clone())),
        }
    }

    /// Whether it is a request of the control API, or a form of the page, that adds a merchant.
    pub(super) fn adds_merchant(&self) -> bool {
        let path = self.target.split('?').next().unwrap_or_default();
        let path = percent_decode_str(path).decode_utf8_lossy();
        self.method == "POST" && path.trim_end_matches('/').ends_with("/merchants")
    }

    /// The request; `None` when the text is none, which only a changed file has.
    #[cfg(feature = "state")]
    pub(crate) fn restored(self) -> Option<(Parts, Option<Bytes>)> {
        let version = version_of(&self.version)?;
        let request = Request::builder()
            .method(self.method.as_str())
            .uri(self.target)
            .version(version);
        let (mut head, ()) = request.body(()).ok()?.into_parts();
        head.headers = self.headers.restored()?;
        Some((head, self.body.map(|body| body.0)))
    }
}

/// A version of HTTP as a text.
pub(crate) fn saved_version(version: Version) -> String {
    format!("{version:?}")
}

#[cfg(feature = "state")]
pub(crate) fn version_of(text: &str) -> Option<Version> {
    let known = [Version::HTTP_10, Version::HTTP_11, Version::HTTP_2];
    known
        .into_iter()
        .find(|known| saved_version(*known) == text)
}

/// Headers; each byte of a value is one character.
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct SavedHeaders(Vec<(String, String)>);

impl SavedHeaders {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = |value: &HeaderValue| value.as_bytes().iter().copied().map(char::from).collect();
        let headers = headers.iter();
        Self(
            headers
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
        )
    }

    #[cfg(feature = "state")]
    pub(crate) fn restored(self) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        for (name, value) in self.0 {
            let bytes: Option<Vec<u8>> = value.chars().map(|it| u8::try_from(it).ok()).collect();
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).ok()?,
                HeaderValue::from_bytes(&bytes?).ok()?,
            );
        }
        Some(headers)
    }
}

/// One attempt of a delivery.
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(crate) struct SavedAttempt {
    pub(crate) time_ms: i64,
    pub(crate) took_ms: u64,
    pub(crate) response: Option<(u16, SavedHeaders, Blob)>,
    pub(crate) problem: Option<String>,
    pub(crate) problem_zh: Option<String>,
    /// The headers, the kept start of the body, and its length.
    pub(crate) posted: Option<(SavedHeaders, Blob, usize)>,
}

/// Bytes, in JSON as Base64.
#[derive(Clone)]
pub(crate) struct Blob(pub(crate) Bytes);

#[cfg(feature = "state")]
impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64::encode(&self.0))
    }
}

#[cfg(feature = "state")]
impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = base64::decode(&text).ok_or_else(|| serde::de::Error::custom("no Base64"))?;
        Ok(Self(bytes.into()))
    }
}
