use std::sync::Arc;

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue};

use super::{OfKeySource, PlatformKeys};
use crate::message::{
    Payload, Request, Response, default_header, header_value, refuse_content_type,
};
use crate::stack::{DynMiddleware, Next};
use crate::transport::BoxFuture;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::SERIAL_NAME;

/// Inside of `encrypt`. Sees the request; turns JSON into bytes and sets the headers that the caller
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
        mut request: Request,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        if self.keys.may_fetch(&request) || matches!(request.body(), Payload::Media(_)) {
            return Box::pin(async move {
                self.keys.ready(&request, &next).await?;
                let content_type = match request.body() {
                    Payload::Media(_) => lay_out(&mut request).await?,
                    _ => serialize(&mut request)?,
                };
                self.set_headers(&mut request, content_type)?;
                next.run(request).await
            });
        }
        let outcome = serialize(&mut request)
            .and_then(|content_type| self.set_headers(&mut request, content_type));
        next.run_if(outcome, request)
    }
}

const ACCEPTED: HeaderValue = HeaderValue::from_static(
    "application/json, text/plain, application/x-gzip, application/pdf, image/png, image/*;q=0.5",
);
/// The PHP SDK's two spellings: with a JSON body, and without.
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

impl Prepare {
    fn set_headers(&self, request: &mut Request, content_type: HeaderValue) -> Result<()> {
        // The list of certificates is what helps when the one in use is no longer accepted, so it must
        // not be asked for in its name.
        let names_key = request.extensions().get::<OfKeySource>().is_none();
        let headers = request.headers_mut();
        // With those that `signer` and the transport add: growing in between hashes all anew.
        headers.reserve(8);
        default_header(headers, ACCEPT, || ACCEPTED);
        default_header(headers, CONTENT_TYPE, || content_type);
        default_header(headers, USER_AGENT, || self.user_agent.clone());
        if names_key {
            self.name_key(headers)?;
        }
        Ok(())
    }

    /// Says which key the answer should be signed with. A merchant who moves from certificates to a
    /// public key has both, and WeChat Pay takes the one that the request names.
    fn name_key(&self, headers: &mut HeaderMap) -> Result<()> {
        if headers.contains_key(SERIAL_NAME) {
            return Ok(());
        }
        if let Some(key) = self.keys.preferred() {
            headers.insert(SERIAL_NAME, key.header());
        }
        Ok(())
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
    let mut bytes = Vec::with_capacity(512);
    serde_json::to_writer(&mut bytes, value).map_err(|err| {
        Error::new(ErrorKind::Request, "the body does not serialise").with_source(err)
    })?;
    *request.body_mut() = Payload::Bytes(bytes.into());
    Ok(JSON)
}
