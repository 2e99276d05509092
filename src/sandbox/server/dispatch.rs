//! Reads a request and passes it to the control API or to the gateway.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::time::{sleep, timeout};

#[cfg(feature = "control")]
use crate::control;
use crate::gateway::{self, ClientCertificate, Transmission};
use crate::journal::{Entry, SavedRequest};
use crate::refusal::Refusal;
use crate::reply::ReplyBody;
use crate::state::SandboxState;
use wechatpay_chain::transport::Body;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Answers a request; an error closes the connection without a response.
pub(super) async fn dispatch(
    state: Arc<SandboxState>,
    request: Request<Incoming>,
    client_certificate: ClientCertificate,
) -> Result<Response<ReplyBody>> {
    let read_timeout = state.settings.connections.read_timeout;
    let (head, body) = request.into_parts();
    #[cfg(feature = "control")]
    if control::is_stream(&head) {
        return Ok(control::stream(&state, &head));
    }
    #[cfg(feature = "control")]
    if control::is_addressed(&head) {
        return answer_control(state, head, body).await;
    }
    let limit = gateway::body_limit(&state, &head);
    let body = read(body, limit, read_timeout).await?;
    let transmission = match handle(&state, head, body, client_certificate).await {
        Ok(transmission) => transmission,
        Err(err) => return Ok(Refusal::internal(&err).reply().into_response(false)),
    };
    if !transmission.delay.is_zero() {
        sleep(transmission.delay).await;
    }
    let reply = transmission
        .reply
        .ok_or_else(|| closed("a fault closes the connection"))?;
    Ok(reply.into_response(transmission.truncate))
}

/// Answers a request of the control API or the page. With a journal, after the request is written.
#[cfg(feature = "control")]
async fn answer_control(
    state: Arc<SandboxState>,
    head: Parts,
    body: Incoming,
) -> Result<Response<ReplyBody>> {
    let body = read(
        body,
        control::MAX_BODY,
        state.settings.connections.read_timeout,
    )
    .await?;
    // Generating keys and searching signatures must not block the thread that serves all requests.
    let reply = tokio::task::spawn_blocking(move || control::answer(&state, &head, body));
    let (reply, written) = reply
        .await
        .map_err(|err| closed("the control API panicked").with_source(err))?;
    let reply = match written.written().await {
        Ok(()) => reply,
        Err(err) => Refusal::internal(&err).reply(),
    };
    Ok(reply.into_response(false))
}

/// Handles a request of a client. With a journal, returns after the request is written.
async fn handle(
    state: &SandboxState,
    head: Parts,
    body: Option<Bytes>,
    certificate: ClientCertificate,
) -> Result<Transmission> {
    let is_kept = state.journal.is_some();
    let request = is_kept.then(|| SavedRequest::of(&head, body.as_ref()));
    let presented = certificate.saved();
    let (transmission, written) = state.record(|| {
        let transmission = gateway::handle(state, head, body, certificate);
        let entry = request.map(|request| Entry::Call {
            request,
            certificate: presented,
            status: transmission.reply.as_ref().map(|it| it.status.as_u16()),
        });
        (transmission, entry)
    })?;
    written.written().await?;
    Ok(transmission)
}

/// Reads a body; `None` when it is longer than the limit.
async fn read(body: Incoming, limit: usize, read_timeout: Duration) -> Result<Option<Bytes>> {
    let body = Body::stream(body).collect(limit);
    match timeout(read_timeout, body).await {
        Ok(Ok(body)) => Ok(Some(body)),
        Ok(Err(err)) if err.kind() == ErrorKind::Body => Ok(None),
        // The client has gone, so there is no one to answer.
        Ok(Err(err)) => Err(err),
        Err(_) => Err(closed("the body has not arrived in time")),
    }
}

/// An error that closes the connection without a response.
fn closed(why: &'static str) -> Error {
    Error::new(ErrorKind::Transport, why)
}
