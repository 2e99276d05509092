//! The control API below `/_sandbox/api/` and the page below `/_sandbox/`: what no client of WeChat Pay can do.
//!
//! [`is_addressed`] tells their requests from those of clients by the path, and [`guard`] refuses requests from
//! other machines and other sites. The API ([`routes`]) and the forms of the [`page`] call the same [`actions`].

mod actions;
mod args;
mod calls;
mod diagnosis;
mod guard;
mod merchants;
mod page;
mod problem;
mod routes;
mod stream;
mod trial;
mod variants;
mod views;

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};

use crate::journal::{Entry, SavedRequest, Ticket};
use crate::refusal::Refusal;
use crate::reply::{Reply, ReplyBody};
use crate::state::SandboxState;
use problem::Problem;
use wechatpay_core::catalog::AnswerSignature;

/// The longest body of a control request.
pub(crate) const MAX_BODY: usize = 1 << 20;

const PREFIX: &str = "/_sandbox";

/// Allows the page's style sheet and forms, and nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; \
                                       base-uri 'none'; frame-ancestors 'none'";

/// The same for the lists, whose script follows the requests.
const LIVE_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
                           form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same for the reference, whose search is a script, and whose pages have pictures.
const REFERENCE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                                form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Corrects the path of a request for the control API or the page that begins with two slashes, as it does where the base
/// URL is followed by a path that begins with one.
pub(crate) fn with_one_slash(mut head: Parts) -> Parts {
    let target = head.uri.path_and_query().map(PathAndQuery::as_str);
    let target = target.and_then(|target| target.strip_prefix('/'));
    let Some(target) = target.filter(|target| target.starts_with("/_sandbox/")) else {
        return head;
    };
    // HTTP/2 has the host in the URI.
    let mut parts = head.uri.clone().into_parts();
    parts.path_and_query = target.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        head.uri = uri;
    }
    head
}

/// Whether a request is for the control API or the page.
pub(crate) fn is_addressed(head: &Parts) -> bool {
    if is_page_request(head) || is_icon_request(head) {
        return true;
    }
    let rest = head.uri.path().strip_prefix(PREFIX);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a browser has opened the base URL. Clients of WeChat Pay sign, and do not ask for HTML.
fn is_page_request(head: &Parts) -> bool {
    let accepted = head.headers.get(header::ACCEPT);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    let accepts_html = accepted.is_some_and(|accepted| accepted.contains("text/html"));
    let is_root = head.uri.path() == "/" && head.uri.query().is_none();
    let is_read = [Method::GET, Method::HEAD].contains(&head.method);
    is_root && accepts_html && is_read && !head.headers.contains_key(header::AUTHORIZATION)
}

/// Whether a browser asks for the icon of the pages. Such a request with every page would hide those of the clients.
fn is_icon_request(head: &Parts) -> bool {
    let is_signed = head.headers.contains_key(header::AUTHORIZATION);
    head.method == Method::GET && head.uri.path() == "/favicon.ico" && !is_signed
}

/// Answers a control request; `body` is `None` when it is longer than [`MAX_BODY`].
pub(crate) fn answer(
    state: &Arc<SandboxState>,
    head: &Parts,
    body: Option<Bytes>,
) -> (Reply, Ticket) {
    if is_icon_request(head) {
        return (no_icon(), Ticket::none());
    }
    let (mut reply, written) = match (guard::check(head, &state.settings), body) {
        (Err(problem), _) => (problem.reply(), Ticket::none()),
        (Ok(()), None) => (Problem::too_long().reply(), Ticket::none()),
        (Ok(()), Some(body)) => record(state, head, &body),
    };
    protect(&mut reply, policy(head));
    (reply, written)
}

/// Whether a request asks for the stream of requests, whose body has no end.
pub(crate) fn is_stream(head: &Parts) -> bool {
    head.method == Method::GET && head.uri.path() == "/_sandbox/api/calls/events"
}

/// Answers a request for the stream of requests.
pub(crate) fn stream(state: &Arc<SandboxState>, head: &Parts) -> Response<ReplyBody> {
    let checked = guard::check(head, &state.settings);
    let is_allowed = checked.is_ok();
    let mut reply = checked.map_or_else(|problem| problem.reply(), |()| event_stream());
    protect(&mut reply, CONTENT_SECURITY_POLICY);
    let mut response = reply.into_response(false);
    if is_allowed {
        *response.body_mut() = ReplyBody::stream(stream::start(state, &head.headers));
    }
    response
}

fn no_icon() -> Reply {
    Reply {
        status: StatusCode::NO_CONTENT,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        covers: AnswerSignature::Nothing,
    }
}

fn event_stream() -> Reply {
    let kind = HeaderValue::from_static("text/event-stream");
    Reply {
        status: StatusCode::OK,
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]),
        body: Bytes::new(),
        covers: AnswerSignature::Nothing,
    }
}

fn policy(head: &Parts) -> &'static str {
    let path = head.uri.path().strip_prefix(PREFIX).unwrap_or_default();
    if path.starts_with("/reference/") {
        REFERENCE_POLICY
    } else if page::is_live(path) {
        LIVE_POLICY
    } else {
        CONTENT_SECURITY_POLICY
    }
}

/// Sets the headers that keep other sites out.
fn protect(reply: &mut Reply, policy: &'static str) {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, policy),
        // With no-referrer, browsers would not name the origin of a form.
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        reply.headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Executes a request that [`guard`] has let through. One that only reads leaves no entry in the journal, and waits for
/// the entries whose effects it may show.
fn record(state: &Arc<SandboxState>, head: &Parts, body: &Bytes) -> (Reply, Ticket) {
    if page::is_trial(head) {
        return page::try_call(state, head, body);
    }
    let Some(journal) = &state.journal else {
        return (route(state, head, body), Ticket::none());
    };
    if [Method::GET, Method::HEAD].contains(&head.method) {
        return (route(state, head, body), journal.last());
    }
    let entry = Entry::Control(SavedRequest::of(head, Some(body)));
    let recorded = state.record(|| {
        let reply = route(state, head, body);
        let is_void = reply.status.is_client_error() && entry.is_void_if_refused();
        (reply, (!is_void).then_some(entry))
    });
    recorded.unwrap_or_else(|err| (Refusal::internal(&err).reply(), Ticket::none()))
}

/// Executes a request without checking where it comes from.
pub(crate) fn route(state: &Arc<SandboxState>, head: &Parts, body: &Bytes) -> Reply {
    let Some(path) = head.uri.path().strip_prefix(PREFIX) else {
        return page::redirect(StatusCode::FOUND, "/_sandbox/");
    };
    match path.strip_prefix("/api/") {
        Some(path) => routes::answer(state, head, path, body),
        None => page::answer(state, head, path, body),
    }
}
