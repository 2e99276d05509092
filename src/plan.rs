//! What a call is to be: gathered by [`Call`](crate::Call), read by the engine.

use std::borrow::Cow;

use http::{HeaderMap, Method, Uri};
use serde_json::Value;

use crate::base_url::BaseUrl;
#[cfg(feature = "files")]
use crate::message::Sink;
use crate::message::{Options, Payload};
use wechatpay_core::query::Query;

/// All that the caller said.
pub(crate) struct Plan {
    pub(crate) method: Method,
    pub(crate) template: Cow<'static, str>,
    /// The template for logs, when values stand in it.
    pub(crate) label: Option<String>,
    pub(crate) vars: Vec<(Cow<'static, str>, Value)>,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Payload,
    pub(crate) base_url: Option<BaseUrl>,
    /// An absolute URL that the request came with; it has to agree with where the call goes.
    pub(crate) absolute: Option<Uri>,
    pub(crate) options: Options,
    #[cfg(feature = "files")]
    pub(crate) sink: Option<Sink>,
    /// A whole URL to be followed as it is, in the template's place.
    pub(crate) exact: Option<Uri>,
}

impl Plan {
    /// As in Guzzle, `json` wins over a text body.
    pub(crate) fn set_text_body(&mut self, text: String) {
        if !matches!(self.payload, Payload::Json(_)) {
            self.payload = Payload::Bytes(text.into());
        }
    }
}
