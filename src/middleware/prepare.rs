use std::sync::Arc;

use http::HeaderMap;
use http::header::Entry;

use super::{OfKeySource, PlatformKeys};
use crate::message::{
    ContentType, DefaultHeaders, Payload, Request, Response, header_value, refuse_content_type,
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
    pub(crate) defaults: DefaultHeaders,
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

impl Prepare {
    fn set_headers(&self, request: &mut Request, content_type: ContentType) {
        // The list of certificates is needed when the certificate in use is no longer accepted, so its request must
        // not name that certificate.
        let names_key = request.extensions().get::<OfKeySource>().is_none();
        let headers = request.headers_mut();
        self.defaults.set(headers, content_type);
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

async fn lay_out(request: &mut Request) -> Result<ContentType> {
    let Payload::Media(media) = std::mem::take(request.body_mut()) else {
        return Ok(ContentType::NoJson);
    };
    refuse_content_type(request.headers())?;
    let upload = media.into_upload().await?;
    let content_type = header_value("Content-Type", &upload.content_type())?;
    *request.body_mut() = Payload::Upload(Box::new(upload));
    Ok(ContentType::Upload(content_type))
}

fn serialize(request: &mut Request) -> Result<ContentType> {
    let Payload::Json(value) = request.body() else {
        return Ok(ContentType::NoJson);
    };
    // Enough for most bodies with an encrypted field: growing copies the text.
    let mut bytes = Vec::with_capacity(1024);
    serde_json::to_writer(&mut bytes, value).map_err(|err| {
        Error::new(ErrorKind::Request, "the body does not serialise").with_source(err)
    })?;
    *request.body_mut() = Payload::Bytes(bytes.into());
    Ok(ContentType::Json)
}
