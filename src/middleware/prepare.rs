use std::sync::Arc;

use http::header::{ACCEPT, CONTENT_TYPE, Entry, USER_AGENT};
use http::{HeaderMap, HeaderValue};

use super::{OfKeySource, PlatformKeys};
use crate::message::{
    Payload, Request, Response, default_header, header_value, refuse_content_type,
};
use crate::stack::{DynMiddleware, Next};
use crate::transport::BoxFuture;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::SERIAL_NAME;

/// Inside `encrypt`. Sees the request; serialises JSON and sets the headers that the caller
/// did not set: `Accept`, `Content-Type`, `User-Agent`, `Wechatpay-Serial`.
///
/// The body does not change after it, so the signed bytes are the sent bytes.
pub(crate) struct Prepare {
    pub(crate) keys: PlatformKeys,
    pub(crate) user_agent: HeaderValue,
}

impl DynMiddleware for Prepare {
    fn handle(
        self: Arc<Self>,
        mut request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        if self.keys.may_fetch(&request) || matches!(request.body(), Payload::Media(_)) {
            return Box::pin(async move {
                self.keys.ready(&request, &next).await?;
                let content_type = match request.body() {
                    Payload::Media(_) => lay_out(&mut request).await?,
                    _ => serialize(&mut request)?,
                };
                self.set_headers(&mut request, content_type);
                next.pass(request).await
            });
        }
        let outcome = serialize(&mut request)
            .map(|content_type| self.set_headers(&mut request, content_type));
        next.pass_if(outcome, request)
    }
}

const ACCEPTED: HeaderValue = HeaderValue::from_static(
    "application/json, text/plain, application/x-gzip, application/pdf, image/png, image/*;q=0.5",
);
/// The PHP SDK's two values: with a JSON body, and without.
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

impl Prepare {
    fn set_headers(&self, request: &mut Request, content_type: HeaderValue) {
        // The list of certificates is needed when the certificate in use is no longer accepted, so its request must
        // not name that certificate.
        let names_key = request.extensions().get::<OfKeySource>().is_none();
        let headers = request.headers_mut();
        default_header(headers, ACCEPT, || ACCEPTED);
        default_header(headers, CONTENT_TYPE, || content_type);
        default_header(headers, USER_AGENT, || self.user_agent.clone());
        if names_key {
            self.name_key(headers);
        }
    }

    /// Names the key that should sign the answer. A merchant that migrates from certificates to a
    /// public key has both, and WeChat Pay uses the one that the request names.
    fn name_key(&self, headers: &mut HeaderMap) {
        if let Entry::Vacant(entry) = headers.entry(SERIAL_NAME)
            && let Some(key) = self.keys.preferred()
        {
            entry.insert(key.header());
        }
    }
}

async fn lay_out(request: &mut Request) -> Result<HeaderValue> {
    let Payload::Media(media) = std::mem::take(request.body_mut()) else {
        return Ok(NO_JSON);
    };
    refuse_content_type(request.headers())?;
    let upload = media.into_upload().await?;
    let content_type = header_value("Content-Type", &upload.content_type())?;
    *request.body_mut() = Payload::Upload(Box::new(upload));
    Ok(content_type)
}

fn serialize(request: &mut Request) -> Result<HeaderValue> {
    let Payload::Json(value) = request.body() else {
        return Ok(NO_JSON);
    };
    // Enough for most bodies with an encrypted field: growing copies the text.
    let mut bytes = Vec::with_capacity(1024);
    serde_json::to_writer(&mut bytes, value).map_err(|err| {
        Error::new(ErrorKind::Request, "the body does not serialise").with_source(err)
    })?;
    *request.body_mut() = Payload::Bytes(bytes.into());
    Ok(JSON)
}
