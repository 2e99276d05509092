//! What no client of WeChat Pay can do: the control API below `/_sandbox/api/`, and a page.
//!
//! Requests are told apart by their path before WeChat Pay's door ([`is_addressed`]), and nobody else
//! than this machine's own programs and pages may make them ([`guard`]). The API ([`routes`]) and the
//! page's forms ([`page`]) do the same [`actions`]; those of the library are in [`powers`].

mod actions;
mod args;
mod calls;
mod diagnosis;
mod guard;
mod page;
mod powers;
mod problem;
mod routes;
mod variants;
mod views;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;

use super::fault::{self, PlannedFault};
use super::gateway::Gateway;
use super::notifier::{Deliveries, Reach, check_url};
use super::reply::ReplyBody;
use super::server;
use super::shifted::Shifted;
pub(super) use powers::post_what_happens;
use wechatpay_core::error::{ErrorKind, Result};

/// The longest body of a control request.
const LONGEST: usize = 1 << 20;
const PREFIX: &str = "/_sandbox";

/// What the sandbox has beside WeChat Pay's own.
#[derive(Default)]
pub(super) struct Control {
    pub(super) clock: Arc<Shifted>,
    pub(super) deliveries: Deliveries,
    pub(super) settings: Settings,
    /// Where to post what names no URL, now.
    notify_url: Mutex<Option<String>>,
    /// Held while what has happened is taken and posted: a reset comes before or after.
    posting: Mutex<()>,
    /// Where it is reached, known once it listens.
    pub(super) base_url: OnceLock<String>,
}

/// What it was started with.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    /// The folder with the merchant's files.
    pub(super) dir: Option<PathBuf>,
    /// Whether other machines may use it.
    pub(super) remote: bool,
    /// Names under which it is reached, beside loopback's.
    pub(super) hosts: Vec<String>,
    /// Where to post what names no URL, at first.
    pub(super) notify_url: Option<String>,
    /// Whether it may post to other machines.
    pub(super) outgoing: bool,
    /// Whether it posts what happens by itself.
    pub(super) posts: bool,
    /// How many times faster than time it repeats notifications; 1 when nothing was said.
    pub(super) speed: Option<f64>,
    /// What goes wrong from the start.
    pub(super) faults: Vec<PlannedFault>,
}

impl Settings {
    /// Whether a sandbox can be started with them.
    pub(super) fn check(&self) -> Result<()> {
        powers::check_speed(self.speed())?;
        fault::check_planned(&self.faults)?;
        for host in &self.hosts {
            guard::check_name(host)?;
        }
        self.check_notify_url(self.notify_url.as_deref())
    }

    /// Whether it may post to what stands for a merchant's setting, at the start and later.
    fn check_notify_url(&self, url: Option<&str>) -> Result<()> {
        url.map_or(Ok(()), |url| check_url(url, self.reach()))
    }

    fn reach(&self) -> Reach {
        match self.outgoing {
            true => Reach::Anywhere,
            false => Reach::Loopback,
        }
    }

    fn speed(&self) -> f64 {
        self.speed.unwrap_or(1.0)
    }
}

impl Control {
    pub(super) fn start_with(&mut self, settings: Settings) {
        self.set_notify_url(settings.notify_url.clone());
        self.settings = settings;
    }

    fn notify_url(&self) -> Option<String> {
        let url = self.notify_url.lock();
        url.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_notify_url(&self, url: Option<String>) {
        *self
            .notify_url
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = url;
    }

    fn posting(&self) -> MutexGuard<'_, ()> {
        self.posting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reach(&self) -> Reach {
        self.settings.reach()
    }
}

/// Whether a request is for the sandbox itself.
pub(super) fn is_addressed<B>(request: &Request<B>) -> bool {
    if asks_for_a_page(request) {
        return true;
    }
    let rest = request.uri().path().strip_prefix(PREFIX);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Somebody has the sandbox's address in a browser, and no client of WeChat Pay: those sign.
fn asks_for_a_page<B>(request: &Request<B>) -> bool {
    let (method, headers) = (request.method(), request.headers());
    let accepted = headers.get(header::ACCEPT);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    let html = accepted.is_some_and(|accepted| accepted.contains("text/html"));
    let root = request.uri().path() == "/" && request.uri().query().is_none();
    let looks = [Method::GET, Method::HEAD].contains(method);
    root && html && looks && !headers.contains_key(header::AUTHORIZATION)
}

/// Answers one that is.
pub(super) async fn serve(
    gateway: Arc<Gateway>,
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>> {
    let (head, body) = request.into_parts();
    let body = server::read(body, LONGEST, gateway.server_limits.patience).await;
    let mut response = match guard::check(&head, &gateway.control.settings) {
        Err(problem) => problem.reply(),
        Ok(()) => match body {
            // Keys are made, signatures searched: not on the thread that answers everybody else.
            Ok(body) => tokio::task::spawn_blocking(move || answer(&gateway, &head, &body))
                .await
                .map_err(|err| server::gone("the control API panicked").with_source(err))?,
            Err(err) if err.kind() == ErrorKind::Body => problem::Problem::too_long().reply(),
            // The client has gone.
            Err(err) => return Err(err),
        },
    }
    .into_response(false);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // Not no-referrer, with which browsers do not tell where a form was.
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// Nothing but the page's own style sheet and forms.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

fn answer(
    gateway: &Arc<Gateway>,
    head: &http::request::Parts,
    body: &Bytes,
) -> super::reply::Reply {
    let Some(path) = head.uri.path().strip_prefix(PREFIX) else {
        return page::redirect(StatusCode::FOUND, "/_sandbox/");
    };
    match path.strip_prefix("/api/") {
        Some(path) => routes::answer(gateway, head, path, body),
        None => page::answer(gateway, head, path, body),
    }
}
