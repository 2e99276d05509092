//! `wechatpay endpoints --emit types`: serde types for requests, answers and notifications.

mod tree;

use std::path::Path;

use http::Method;
use wechatpay_sandbox::schema::{self, Schema};
use wechatpay_schema::Event;
use wechatpay_schema::types::{event_module, module};

use crate::exit::{Exit, Failure};
use crate::files::input;
use crate::i18n::t;

pub(super) use tree::write;

/// The items that get a module.
pub(super) enum Named {
    Operation(Schema),
    Event(&'static Event),
}

impl Named {
    /// The source of its module.
    pub(super) fn source(&self) -> String {
        match self {
            Self::Operation(schema) => module(schema.documented()),
            Self::Event(event) => event_module(event),
        }
    }
}

/// All operations and all events.
pub(super) fn all() -> Vec<Named> {
    let events = wechatpay_schema::events().iter().map(Named::Event);
    schema::all().map(Named::Operation).chain(events).collect()
}

/// The events of these types.
pub(super) fn events(types: &[String]) -> Result<Vec<Named>, Failure> {
    types.iter().map(|name| event(name)).collect()
}

/// The lines of a file: `METHOD PATH` or `EVENT TYPE` in each line. Empty lines and lines with `#` are skipped.
pub(super) fn listed(file: &Path) -> Result<Vec<Named>, Failure> {
    let text =
        std::fs::read_to_string(file).map_err(|err| input(format!("{}: {err}", file.display())))?;
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let named: Vec<Named> = lines.map(named).collect::<Result<_, _>>()?;
    if named.is_empty() {
        return Err(input(t!("types-empty", file = file.display().to_string())));
    }
    Ok(named)
}

fn named(line: &str) -> Result<Named, Failure> {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    if first.eq_ignore_ascii_case("event") {
        return event(rest);
    }
    operation(first, rest)
        .map(Named::Operation)
        .ok_or_else(|| Failure::new(Exit::Failed, "none", t!("types-unknown", line = line)))
}

fn operation(method: &str, path: &str) -> Option<Schema> {
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
    schema::find(&method, path.trim().trim_start_matches('/'))
}

fn event(name: &str) -> Result<Named, Failure> {
    let found = wechatpay_schema::event_named(name).map(Named::Event);
    found.map_err(|similar| {
        let similar = similar.join(&t!("list-separator"));
        let text = t!("types-unknown-event", name = name.trim(), similar = similar);
        Failure::new(Exit::Failed, "none", text)
    })
}
