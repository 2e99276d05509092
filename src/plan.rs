//! The plan of a call: built by [`Call`](crate::Call), executed by the engine.

use std::borrow::Cow;

use http::{HeaderMap, Method, Uri};
use serde_json::Value;

use crate::base_url::BaseUrl;
#[cfg(feature = "files")]
use crate::message::Sink;
use crate::message::{CallState, Options, Payload};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::query::Query;

/// The caller's settings of a call.
pub(crate) struct Plan {
    pub(crate) method: Method,
    pub(crate) template: Cow<'static, str>,
    /// The template for logs, if the path contains values.
    pub(crate) label: Option<String>,
    pub(crate) vars: Vec<(Cow<'static, str>, Value)>,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Payload,
    pub(crate) base_url: Option<BaseUrl>,
    /// The absolute URL of a given request; it must match the call's target.
    pub(crate) absolute: Option<Uri>,
    pub(crate) options: Options,
    #[cfg(feature = "files")]
    pub(crate) sink: Option<Sink>,
    /// A complete URL that is followed unchanged, instead of the template.
    pub(crate) exact: Option<Uri>,
}

impl Plan {
    /// Returns the same call again, with a new state.
    pub(crate) fn repeated(&self) -> Self {
        let mut options = self.options.clone();
        options.state = CallState::default();
        Self {
            method: self.method.clone(),
            template: self.template.clone(),
            label: self.label.clone(),
            vars: self.vars.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            payload: self.payload.clone(),
            base_url: self.base_url.clone(),
            absolute: self.absolute.clone(),
            options,
            #[cfg(feature = "files")]
            sink: None,
            exact: self.exact.clone(),
        }
    }

    /// Rejects a call whose answer is not read as a whole.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`].
    pub(crate) fn refuse_stream(&self) -> Result<()> {
        #[cfg(feature = "files")]
        let sink = self.sink.is_some();
        #[cfg(not(feature = "files"))]
        let sink = false;
        if sink || self.options.stream {
            let message = "the outcome of a download is its file: make the call with .await";
            return Err(Error::new(ErrorKind::Request, message));
        }
        Ok(())
    }

    /// Sets a text body. As in Guzzle, `json` takes precedence over it.
    pub(crate) fn set_text_body(&mut self, text: String) {
        if !matches!(self.payload, Payload::Json(_)) {
            self.payload = Payload::Bytes(text.into());
        }
    }
}
