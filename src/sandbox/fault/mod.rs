//! What a sandbox can be told to do wrong.

mod name;
mod plan;
mod planned;

use std::borrow::Cow;
use std::time::Duration;

use http::{HeaderValue, StatusCode};

use super::reply::Reply;
use super::seal::{HEADERS, SIGNATURE};
use wechatpay_core::protocol::{PROBE_PREFIX, WECHATPAY_SERIAL};

pub(super) use name::{NAMES, named_by};
pub(super) use plan::Faults;
pub use planned::PlannedFault;
pub(super) use planned::check as check_planned;

/// What a [`Sandbox`](super::Sandbox) can be told to do wrong.
///
/// The request is checked and recorded as ever, but by [`CutBeforeProcessing`](Self::CutBeforeProcessing);
/// only the answer to it is another. A fault of the signature changes nothing on an answer that has
/// none.
///
/// As a text, for the [control API](super::Sandbox) and the header `X-Sandbox-Fault`, it is the name
/// in snake case, with `=` and a value where it has one:
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
    /// A well-formed signature that does not fit.
    WrongSignature,
    /// A right signature that is said to be of a key nobody knows.
    UnknownSerial,
    /// A right signature by a platform certificate whose time is over; the list of certificates holds
    /// it and no other.
    ExpiredCertificate,
    /// A right signature with a timestamp so many seconds in the past; negative, in the future.
    StaleTimestamp(i64),
    /// None of the headers that sign.
    MissingHeaders,
    /// One header left out, by name.
    MissingHeader(Cow<'static, str>),
    /// A probe: the signature begins with `WECHATPAY/SIGNTEST/`.
    Probe,
    /// Another status, with the JSON that WeChat Pay has for it, signed. With one of 4xx, what the
    /// request asks for does not happen; with others it does.
    ///
    /// APIv2 has no such statuses: of one of 4xx and of 500 it gets XML with 200 that says the same, as
    /// `SYSTEMERROR`, and of others a proxy's page.
    Status(StatusCode),
    /// The page of a proxy: 502, HTML, not signed.
    HtmlErrorPage,
    /// The right answer, after a while.
    Slow(Duration),
    /// The connection is closed as soon as the request is there: nothing of it is processed.
    CutBeforeProcessing,
    /// The request is processed and the connection closed instead of an answer.
    CutBeforeAnswer,
    /// The connection is closed in the middle of the body.
    CutInBody,
    /// The body is another than the one signed, by a blank at its end.
    TamperedBody,
    /// 302 to somewhere else, not signed.
    Redirect(String),
    /// The next notification that the sandbox posts by itself is posted twice. No answer changes.
    DuplicatedNotification,
    /// The next notification that the sandbox posts by itself waits until the one after it has been
    /// posted. No answer changes.
    ReorderedNotifications,
}

impl Fault {
    /// The answer that takes the place of the right one.
    pub(super) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Status(status) => Some(*status),
            _ => None,
        }
    }

    /// Whether WeChat Pay refuses, so that what the request asks for does not happen.
    pub(super) fn refuses(&self) -> bool {
        self.status().is_some_and(|status| status.is_client_error())
    }

    /// A whole answer that is not WeChat Pay's.
    pub(super) fn page(&self) -> Option<Reply> {
        match self {
            Self::HtmlErrorPage => Some(Reply::html(StatusCode::BAD_GATEWAY)),
            Self::Redirect(url) => Some(Reply::redirect(url)),
            _ => None,
        }
    }

    /// Whether it changes a signed message and nothing else; of APIv2's fewer do.
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

    /// Whether it is about what the sandbox posts, and not about answers.
    pub(super) fn is_of_posting(&self) -> bool {
        matches!(
            self,
            Self::DuplicatedNotification | Self::ReorderedNotifications
        )
    }

    /// How far the answer's timestamp is off.
    pub(super) fn offset(&self) -> i64 {
        match self {
            Self::StaleTimestamp(age) => age.saturating_neg(),
            _ => 0,
        }
    }

    /// Changes an answer that is signed already.
    pub(super) fn spoil(&self, reply: &mut Reply) {
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
