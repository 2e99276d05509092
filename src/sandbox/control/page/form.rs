//! Forms: they do what the API does.

use std::sync::Arc;

use http::Method;
use serde_json::{Map, Value};

use super::super::args::Args;
use super::super::problem::{Outcome, Problem};
use super::super::routes;
use crate::sandbox::gateway::Gateway;
use crate::sandbox::query;

/// The pages that a form may lead back to.
const BACK: [&str; 4] = [
    "/_sandbox/",
    "/_sandbox/orders",
    "/_sandbox/notifications",
    "/_sandbox/tools",
];

/// Does it, and says which page comes next.
pub(super) fn act(gateway: &Arc<Gateway>, path: &str, body: &[u8]) -> Outcome<String> {
    let path = path.strip_prefix("/do/");
    let path = path.ok_or_else(|| Problem::missing("", ""))?;
    let mut members = read(body)?;
    let back = take(&mut members, "back").unwrap_or_default();
    let method = match take(&mut members, "method").as_deref() {
        Some("DELETE") => Method::DELETE,
        _ => Method::POST,
    };
    routes::dispatch(gateway, &method, path, "", &Args::of(members))?;
    let known = BACK.into_iter().find(|known| *known == back);
    Ok(known.unwrap_or(BACK[0]).to_owned())
}

fn take(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    match members.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// `a=b&c=d`; what is empty was not filled in.
fn read(body: &[u8]) -> Outcome<Map<String, Value>> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Problem::bad("the form is not text", "use the page's own forms"))?;
    let text = text.replace('+', "%20");
    Ok(query::pairs(&text)
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect())
}
