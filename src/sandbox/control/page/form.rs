//! Forms, which run the actions of the API.

use std::sync::Arc;

use http::Method;
use serde_json::{Map, Value};

use super::super::args::Args;
use super::super::problem::{Outcome, Problem};
use super::super::{routes, trial};
use crate::journal::Ticket;
use crate::query;
use crate::state::SandboxState;

/// The pages that a form may return to: fixed ones, and those of one item.
const BACK: [&str; 4] = [
    "/_sandbox/",
    "/_sandbox/orders",
    "/_sandbox/notifications",
    "/_sandbox/tools",
];
const ITEMS: [&str; 4] = [
    "/_sandbox/orders/",
    "/_sandbox/refunds/",
    "/_sandbox/transfers/",
    "/_sandbox/notifications/",
];

/// Runs the action of a form and returns the next page.
pub(super) fn act(state: &Arc<SandboxState>, path: &str, body: &[u8]) -> Outcome<String> {
    let path = path.strip_prefix("/do/");
    let path = path.ok_or_else(Problem::no_page)?;
    let mut members = read(body)?;
    let back = take(&mut members, "back").unwrap_or_default();
    let method = match take(&mut members, "method").as_deref() {
        Some("DELETE") => Method::DELETE,
        _ => Method::POST,
    };
    routes::dispatch(state, &method, path, "", &Args::of(members))?;
    Ok(if may_follow(&back) {
        back
    } else {
        BACK[0].to_owned()
    })
}

/// Sends the request of the button of the reference, and returns the number of its record.
pub(super) fn try_call(state: &Arc<SandboxState>, body: &[u8]) -> Outcome<(u64, Ticket)> {
    let mut members = read(body)?;
    let mut member = |name| take(&mut members, name).unwrap_or_default();
    let (method, path) = (member("method"), member("path"));
    trial::run(state, &method, &path)
}

/// Whether a form may return to this page: only to pages of the sandbox. The id of an item is one
/// percent-encoded segment.
fn may_follow(page: &str) -> bool {
    let number = ITEMS.iter().find_map(|path| page.strip_prefix(path));
    let is_segment = |number: &str| {
        let mut bytes = number.bytes();
        bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'%')
    };
    BACK.contains(&page) || number.is_some_and(is_segment)
}

fn take(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    match members.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// Reads `a=b&c=d`. Empty fields are empty texts.
fn read(body: &[u8]) -> Outcome<Map<String, Value>> {
    let text = std::str::from_utf8(body).map_err(|_| {
        let hint = ("use the page's own forms", "请使用页面自带的表单");
        Problem::bad(("the form is not text", "表单不是文本"), hint)
    })?;
    let text = text.replace('+', "%20");
    Ok(query::pairs(&text)
        .map(|(name, text)| (name.into_owned(), Value::String(text.into_owned())))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_return_only_to_pages_of_the_sandbox() {
        for page in [
            "/_sandbox/",
            "/_sandbox/tools",
            "/_sandbox/orders/T1",
            "/_sandbox/refunds/a%2Fb",
        ] {
            assert!(may_follow(page), "{page}");
        }
        for page in [
            "",
            "/",
            "//evil.example",
            "https://evil.example/",
            "/_sandbox/orders/../../v3",
            "/_sandbox/orders//evil.example",
            "/_sandbox/api/reset",
            "/_sandbox/orders/T1?lang=zh",
            "/_sandbox/orders/T1\r\nSet-Cookie: a=b",
        ] {
            assert!(!may_follow(page), "{page}");
        }
    }
}
