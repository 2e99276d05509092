//! Reads a request and passes it to the control API or to the gateway.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::EXPECT;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::{sleep, timeout};

#[cfg(feature = "control")]
use crate::control;
use crate::gateway::{self, ClientCertificate, Transmission};
use crate::journal::{Entry, SavedRequest};
use crate::refusal::Refusal;
use crate::reply::ReplyBody;
use crate::state::SandboxState;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The most bytes that are read of a body after it was refused.
const DISCARDED: usize = 64 << 20;

/// Answers a request; an error closes the connection without a response.
pub(super) async fn dispatch(
    state: Arc<SandboxState>,
    request: Request<Incoming>,
    client_certificate: ClientCertificate,
) -> Result<Response<ReplyBody>> {
    let read_timeout = state.settings.connections.read_timeout;
    let (head, body) = request.into_parts();
    #[cfg(feature = "control")]
    let head = control::with_one_slash(head);
    #[cfg(feature = "control")]
    if control::is_stream(&head) {
        return Ok(control::stream(&state, &head));
    }
    #[cfg(feature = "control")]
    if control::is_addressed(&head) {
        return answer_control(state, head, body).await;
    }
    let limit = gateway::body_limit(&state, &head);
    let body = read(&head, body, limit, read_timeout).await?;
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
        &head,
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
async fn read(
    head: &Parts,
    mut body: Incoming,
    limit: usize,
    read_timeout: Duration,
) -> Result<Option<Bytes>> {
    match timeout(read_timeout, collect(&mut body, limit)).await {
        Ok(Ok(None)) => {
            // A client that waits for `100 Continue` has sent nothing: reading would invite the body.
            if !head.headers.contains_key(EXPECT) {
                tokio::spawn(timeout(read_timeout, discard(body)));
            }
            Ok(None)
        }
        Ok(read) => read,
        Err(_) => Err(closed("the body has not arrived in time")),
    }
}

async fn collect(body: &mut Incoming, limit: usize) -> Result<Option<Bytes>> {
    if body.size_hint().lower() > limit as u64 {
        return Ok(None);
    }
    let Some(first) = data(body).await? else {
        return Ok(Some(Bytes::new()));
    };
    // Most bodies have one frame, which needs no copy.
    let mut rest = BytesMut::new();
    while let Some(next) = data(body).await? {
        if rest.is_empty() {
            rest.extend_from_slice(&first);
        }
        rest.extend_from_slice(&next);
        if rest.len() > limit {
            return Ok(None);
        }
    }
    let whole = if rest.is_empty() {
        first
    } else {
        rest.freeze()
    };
    Ok(Some(whole).filter(|whole| whole.len() <= limit))
}

/// The next bytes of a body, without its trailers.
async fn data(body: &mut Incoming) -> Result<Option<Bytes>> {
    while let Some(frame) = body.frame().await {
        // The client has gone, so there is no one to answer.
        let frame = frame.map_err(|err| closed("the body was cut").with_source(err))?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// Reads the rest of a body that was refused: a client that is still sending would see a broken pipe, and not the
/// response.
async fn discard(mut body: Incoming) {
    let mut discarded = 0;
    while let Ok(Some(data)) = data(&mut body).await {
        discarded += data.len();
        if discarded > DISCARDED {
            return;
        }
    }
}

/// An error that closes the connection without a response.
fn closed(why: &'static str) -> Error {
    Error::new(ErrorKind::Transport, why)
}
