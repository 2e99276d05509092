//! A gateway in memory: it counts and keeps the requests, and a closure answers.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use serde_json::Value;
use wechatpay_chain::signing::{Authorization, request_text};
use wechatpay_chain::transport::{Body, BoxFuture};
use wechatpay_chain::{PublicKey, Result, Transport};

use super::Answer;

type Respond = dyn Fn(&Sent) -> Result<http::Response<Body>> + Send + Sync;

/// A transport that keeps every request.
#[derive(Clone)]
pub(crate) struct Wire {
    sent: Arc<Mutex<Vec<Arc<Sent>>>>,
    respond: Arc<Respond>,
}

/// A request as it was sent.
pub(crate) struct Sent {
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
}

impl Wire {
    /// Answers each request with the closure's result.
    pub(crate) fn answering(respond: impl Fn(&Sent) -> Answer + Send + Sync + 'static) -> Self {
        Self::responding(move |sent| Ok(respond(sent).into_response()))
    }

    /// Answers each request with this, or fails.
    pub(crate) fn responding(
        respond: impl Fn(&Sent) -> Result<http::Response<Body>> + Send + Sync + 'static,
    ) -> Self {
        let (sent, respond) = (Arc::default(), Arc::new(respond));
        Self { sent, respond }
    }

    /// Answers everything with a signed `{}`.
    pub(crate) fn ok() -> Self {
        Self::answering(|_| Answer::json(serde_json::json!({})))
    }

    /// The number of requests.
    pub(crate) fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// Takes all requests; counting starts again.
    pub(crate) fn take(&self) -> Vec<Arc<Sent>> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    /// The only request.
    pub(crate) fn only(&self) -> Arc<Sent> {
        let sent = self.sent.lock().unwrap();
        assert_eq!(sent.len(), 1, "requests on the wire");
        Arc::clone(&sent[0])
    }

    /// All requests.
    pub(crate) fn all(&self) -> Vec<Arc<Sent>> {
        self.sent.lock().unwrap().clone()
    }
}

impl Transport for Wire {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'static, Result<http::Response<Body>>> {
        let wire = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect(usize::MAX).await?;
            let sent = Arc::new(Sent { parts, body });
            wire.sent.lock().unwrap().push(Arc::clone(&sent));
            (wire.respond)(&sent)
        })
    }
}

impl Sent {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A header that appears once and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.parts.headers.get_all(name).iter();
        let value = values.next()?;
        assert!(values.next().is_none(), "{name} stands twice");
        Some(value.to_str().unwrap())
    }

    /// The target of the request line.
    pub(crate) fn target(&self) -> &str {
        self.parts.uri.path_and_query().unwrap().as_str()
    }

    /// The parts of `Authorization`.
    pub(crate) fn authorization(&self) -> Authorization {
        Authorization::parse(self.header(AUTHORIZATION.as_str()).unwrap()).unwrap()
    }

    /// Whether the signature covers exactly this request.
    pub(crate) fn signed_by(&self, key: &PublicKey) -> bool {
        let auth = self.authorization();
        let text = request_text(
            self.parts.method.as_str(),
            self.target(),
            auth.timestamp(),
            auth.nonce_str(),
            &self.body,
        );
        key.verify(&text, auth.signature())
    }
}
