//! The attributes of an operation, as the rows of the table list them.

use http::Method;

use super::kinds::{AnswerKind, BodyKind};
use crate::crypto::Padding;
use crate::protocol::SignType;

pub(super) const FRAUD: &str = "fraud.mch.weixin.qq.com";
pub(super) const HONG_KONG: &str = "apihk.mch.weixin.qq.com";
pub(super) const PAYAPP: &str = "payapp.weixin.qq.com";

/// The methods of the table: [`Method`] itself is neither `Copy` nor ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verb {
    Delete,
    Get,
    Patch,
    Post,
    Put,
}

impl Verb {
    pub(super) fn of(method: &Method) -> Option<Self> {
        Some(match *method {
            Method::DELETE => Self::Delete,
            Method::GET => Self::Get,
            Method::PATCH => Self::Patch,
            Method::POST => Self::Post,
            Method::PUT => Self::Put,
            _ => return None,
        })
    }

    pub(super) fn method(self) -> Method {
        match self {
            Self::Delete => Method::DELETE,
            Self::Get => Method::GET,
            Self::Patch => Method::PATCH,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
        }
    }
}

/// An attribute that departs from the default.
///
/// Most rows have none, so a list keeps the table small in the source and in memory.
#[derive(Debug, Clone, Copy)]
pub(super) enum Attribute {
    Answer(AnswerKind),
    AnswerPadded(Padding),
    Body(BodyKind),
    Brand,
    Decrypt(&'static [&'static str]),
    Encrypt(&'static [&'static str]),
    EncryptBank(&'static [&'static str]),
    EncryptWhenAsked(&'static [&'static str]),
    Host(&'static str),
    IdempotencyField(&'static str),
    IdempotencyHeader(&'static str),
    JsonEncoded(&'static [&'static str]),
    JsonEncodedAnswer(&'static [&'static str]),
    NeedsClientCert,
    Nonceless,
    OnlyHost(&'static str),
    Padded(Padding),
    QueryEncrypt(&'static [&'static str]),
    Reentrant,
    SignFields(&'static [&'static str]),
    SignedDigest(&'static str, &'static str),
    SignedWith(SignType),
    UnsignedAnswer,
    UnsignedRequest,
    UrlEncoded(&'static [&'static str]),
}
