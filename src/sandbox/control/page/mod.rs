//! The page below `/_sandbox/`, in Chinese and English. It needs no script; one keeps the lists current.
//!
//! maud escapes every text that it inserts, so texts of clients cannot become HTML.

mod call;
mod filter;
mod form;
mod item;
mod lanes;
mod lang;
mod layout;
mod notifications;
mod orders;
mod start;
mod tools;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use maud::Markup;
use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::problem::Problem;
use crate::events;
use crate::journal::Ticket;
use crate::query;
use crate::reference::{self, Place};
use crate::reply::Reply;
use crate::state::SandboxState;
use filter::Filter;
use lang::Lang;
use wechatpay_core::catalog::AnswerSignature;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("live.js");

/// The lists, which a script keeps current.
const LIVE: [&str; 3] = ["/", "/orders", "/notifications"];

/// Whether the page of a path below `/_sandbox` is a list that a script keeps current.
pub(super) fn is_live(path: &str) -> bool {
    LIVE.contains(&path)
}

/// Answers a request for a page, or a form.
pub(super) fn answer(state: &Arc<SandboxState>, head: &Parts, path: &str, body: &[u8]) -> Reply {
    let lang = Lang::of(head);
    if path.is_empty() {
        return redirect(StatusCode::PERMANENT_REDIRECT, "/_sandbox/");
    }
    let outcome = match head.method {
        Method::GET | Method::HEAD => return get(state, head, path, lang),
        Method::POST => form::act(state, path, body),
        _ => return not_allowed(),
    };
    match outcome {
        Ok(back) => redirect(StatusCode::SEE_OTHER, &back),
        Err(problem) => wrong(&problem, lang),
    }
}

/// The button of the reference.
const TRIAL: &str = "/_sandbox/do/reference";

/// Whether a request is from the button of the reference. Its call has its own entry in the journal.
pub(super) fn is_trial(head: &Parts) -> bool {
    head.method == Method::POST && head.uri.path() == TRIAL
}

/// Calls the operation of a page of the reference, and shows the request.
pub(super) fn try_call(state: &Arc<SandboxState>, head: &Parts, body: &[u8]) -> (Reply, Ticket) {
    match form::try_call(state, body) {
        Ok((id, written)) => {
            let to = format!("/_sandbox/calls/{id}");
            (redirect(StatusCode::SEE_OTHER, &to), written)
        }
        Err(problem) => (wrong(&problem, Lang::of(head)), Ticket::none()),
    }
}

fn get(state: &Arc<SandboxState>, head: &Parts, path: &str, lang: Lang) -> Reply {
    events::post_pending(state);
    if let Some(path) = path.strip_prefix("/reference") {
        return manual(path, lang);
    }
    if let Some(chosen) = Lang::chosen(head) {
        return choose(chosen, path, head.uri.query());
    }
    if path == "/style.css" {
        return reply(StatusCode::OK, "text/css; charset=utf-8", STYLE.to_owned());
    }
    if path == "/live.js" {
        return reply(
            StatusCode::OK,
            "text/javascript; charset=utf-8",
            SCRIPT.to_owned(),
        );
    }
    let page = match path {
        "/" => start::page(state, &Filter::of(head.uri.query()), lang),
        "/filter" => start::filter(state, &Filter::of(head.uri.query()), lang),
        "/orders" => orders::page(state, lang),
        "/notifications" => notifications::page(state, lang),
        "/notifications/new" => notifications::new_notification(state, lang),
        "/tools" => tools::page(state, lang),
        _ => match one(state, path, lang) {
            Some(page) => page,
            None => return wrong(&Problem::no_page(), lang),
        },
    };
    html(StatusCode::OK, page)
}

/// A file of the reference. Its pages link to each other with relative addresses, so the folder ends with a slash.
fn manual(path: &str, lang: Lang) -> Reply {
    if path.is_empty() || path == "/" {
        let to = format!("/_sandbox/reference/{}/index.html", lang.say("en", "zh"));
        return redirect(StatusCode::FOUND, &to);
    }
    let name = path.strip_prefix('/').map(query::decoded);
    let file = name.and_then(|name| reference::file(&name, Place::Sandbox));
    match file {
        Some(file) => reply(StatusCode::OK, file.kind, file.content),
        None => wrong(&Problem::no_page(), lang),
    }
}

/// The page of one thing: `/calls/1`.
fn one(state: &Arc<SandboxState>, path: &str, lang: Lang) -> Option<Markup> {
    let (kind, number) = path.strip_prefix('/')?.split_once('/')?;
    let number = query::decoded(number);
    match kind {
        "calls" => {
            let record = state.records.get(number.parse().ok()?)?;
            Some(call::page(state, &record, lang))
        }
        "notifications" => {
            let record = state.notifier.get(number.parse().ok()?)?;
            Some(notifications::item(&record, state.notifier.speed(), lang))
        }
        _ => item::page(state, kind, &number, lang),
    }
}

/// Remembers the language, and shows the page with the rest of its query.
fn choose(lang: Lang, path: &str, query: Option<&str>) -> Reply {
    let parameters = query.unwrap_or_default().split('&');
    let name = |it: &str| query::decoded(it.split('=').next().unwrap_or_default()).into_owned();
    let kept: Vec<_> = parameters
        .filter(|it| !it.is_empty() && name(it) != "lang")
        .collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    let to = format!("/_sandbox{path}{mark}{}", kept.join("&"));
    let to = utf8_percent_encode(&to, CONTROLS).to_string();
    let mut reply = redirect(StatusCode::SEE_OTHER, &to);
    reply.headers.insert(SET_COOKIE, lang.cookie());
    reply
}

fn wrong(problem: &Problem, lang: Lang) -> Reply {
    html(problem.status, layout::problem(problem, lang))
}

fn html(status: StatusCode, page: Markup) -> Reply {
    reply(status, "text/html; charset=utf-8", page.into_string())
}

fn not_allowed() -> Reply {
    let mut reply = reply(StatusCode::METHOD_NOT_ALLOWED, "text/plain", String::new());
    reply
        .headers
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    reply
}

/// To another page.
pub(super) fn redirect(status: StatusCode, to: &str) -> Reply {
    let mut reply = reply(status, "text/plain", String::new());
    if let Ok(to) = HeaderValue::from_str(to) {
        reply.headers.insert(LOCATION, to);
    }
    reply
}

fn reply(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Reply {
    Reply {
        status,
        headers: HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]),
        body: body.into(),
        covers: AnswerSignature::Nothing,
    }
}
