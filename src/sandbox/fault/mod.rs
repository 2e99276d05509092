//! Faults that a sandbox injects.

mod name;
mod plan;
mod planned;

use std::borrow::Cow;
use std::time::Duration;

use http::{HeaderValue, StatusCode};

use super::reply::Reply;
use super::signing::{HEADERS, SIGNATURE};
use wechatpay_core::protocol::{PROBE_PREFIX, WECHATPAY_SERIAL};

#[cfg(feature = "control")]
pub(super) use name::NAMES;
pub(super) use name::{named_by, names_zh};
pub(super) use plan::Faults;
pub use planned::PlannedFault;
pub(super) use planned::check as check_planned;

/// A fault that a [`Sandbox`](super::Sandbox) injects.
///
/// Except with [`CutBeforeProcessing`](Self::CutBeforeProcessing), the request is checked and recorded as
/// usual, and only the response changes. Faults of the signature do not change unsigned responses.
///
/// The text form, for the [control API](super::Sandbox) and the header `X-Sandbox-Fault`, is the name in
/// snake case, followed by `=` and the value if there is one:
///
/// ```
/// use wechatpay_sandbox::Fault;
///
/// # fn main() -> wechatpay_chain::Result<()> {
/// assert_eq!("wrong_signature".parse::<Fault>()?, Fault::WrongSignature);
/// assert_eq!("stale_timestamp=600".parse::<Fault>()?, Fault::StaleTimestamp(600));
/// assert_eq!("frequency_limited".parse::<Fault>()?, "status=429".parse()?);
/// assert!("slow".parse::<Fault>().is_err(), "how slow?");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A well-formed signature of another text.
    WrongSignature,
    /// A valid signature with the serial of an unknown key.
    UnknownSerial,
    /// A valid signature of an expired platform certificate, which is also the only one in the list of
    /// certificates.
    ExpiredCertificate,
    /// A valid signature with a timestamp this many seconds in the past; a negative value is in the future.
    StaleTimestamp(i64),
    /// A response without signature headers.
    MissingHeaders,
    /// A response without the named header.
    MissingHeader(Cow<'static, str>),
    /// A signature probe: the signature begins with `WECHATPAY/SIGNTEST/`.
    Probe,
    /// Another status with WeChat Pay's JSON for it, signed. With 4xx the request is not executed; with any
    /// other status it is.
    ///
    /// APIv2 has no such statuses. For 4xx and 500 it returns 200 with an equivalent error in XML, such as
    /// `SYSTEMERROR`; for other statuses the error page of a proxy.
    Status(StatusCode),
    /// The error page of a proxy: 502, HTML, not signed.
    HtmlErrorPage,
    /// The normal response after a delay.
    Slow(Duration),
    /// Closes the connection when the request has arrived, before it is processed.
    CutBeforeProcessing,
    /// Processes the request, and closes the connection without a response.
    CutBeforeAnswer,
    /// Closes the connection in the middle of the response body.
    CutInBody,
    /// A body that differs from the signed one by a space at its end.
    TamperedBody,
    /// An unsigned 302 redirect to this URL.
    Redirect(String),
    /// Posts the next automatic notification twice. No response changes.
    DuplicatedNotification,
    /// Holds the next automatic notification until the one after it has been posted. No response changes.
    ReorderedNotifications,
}

impl Fault {
    /// The status that replaces the normal response.
    pub(super) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Status(status) => Some(*status),
            _ => None,
        }
    }

    /// Whether the fault stands for a refusal, so that the request is not executed.
    pub(super) fn refuses(&self) -> bool {
        self.status().is_some_and(|status| status.is_client_error())
    }

    /// A complete response that does not come from WeChat Pay.
    pub(super) fn page(&self) -> Option<Reply> {
        match self {
            Self::HtmlErrorPage => Some(Reply::html(StatusCode::BAD_GATEWAY)),
            Self::Redirect(url) => Some(Reply::redirect(url)),
            _ => None,
        }
    }

    /// Whether the fault changes only a signed message; fewer faults apply to APIv2.
    pub(super) fn is_of_signature(&self, v3: bool) -> bool {
        match self {
            Self::WrongSignature | Self::TamperedBody | Self::MissingHeaders => true,
            Self::UnknownSerial
            | Self::ExpiredCertificate
            | Self::StaleTimestamp(_)
            | Self::MissingHeader(_)
            | Self::Probe => v3,
            _ => false,
        }
    }

    /// Whether the fault applies to automatic notifications instead of responses.
    pub(super) fn is_of_posting(&self) -> bool {
        matches!(
            self,
            Self::DuplicatedNotification | Self::ReorderedNotifications
        )
    }

    /// The offset of the response's timestamp in seconds.
    pub(super) fn offset(&self) -> i64 {
        match self {
            Self::StaleTimestamp(age) => age.saturating_neg(),
            _ => 0,
        }
    }

    /// Applies the fault to a signed message.
    pub(super) fn corrupt(&self, reply: &mut Reply) {
        match self {
            Self::TamperedBody => reply.tamper(),
            Self::MissingHeaders => HEADERS.iter().for_each(|name| remove(reply, name)),
            Self::MissingHeader(name) => remove(reply, name),
            Self::UnknownSerial => replace(reply, WECHATPAY_SERIAL, |_| UNKNOWN.to_owned()),
            Self::Probe => replace(reply, SIGNATURE, |right| format!("{PROBE_PREFIX}{right}")),
            _ => {}
        }
    }
}

const UNKNOWN: &str = "7777777777777777777777777777777777777777";

fn remove(reply: &mut Reply, name: &str) {
    reply.headers.remove(name);
}

fn replace(reply: &mut Reply, name: &str, change: impl FnOnce(&str) -> String) {
    if let Some(value) = reply.headers.get_mut(name)
        && let Ok(text) = value.to_str()
        && let Ok(new) = HeaderValue::from_str(&change(text))
    {
        *value = new;
    }
}
