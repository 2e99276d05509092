//! Rust types with serde for the bodies and parameters of an operation, and for the resources of notifications.
//!
//! The command `wechatpay endpoints --emit types` and the macro `types!` write the same text. It has no `use`, so that
//! it can be placed in any module. Its program needs `serde` with `derive`, `serde_json` and `wechatpay_chain`.

mod about;
mod items;
mod layout;
mod names;
mod parameters;
mod personal;
mod side;
#[cfg(test)]
mod tests;
mod values;

use crate::attributes::Body;
use crate::documented::Documented;
use crate::events::{Event, events_of, fields_of};
use crate::labels::Part;

pub use names::Names;

use items::Items;
use layout::{comment, one_line};
use side::Side;

/// The source of a module with the types of one operation, formatted as rustfmt formats it.
///
/// ```
/// let jsapi = wechatpay_schema::find("POST", "v3/pay/transactions/jsapi").unwrap();
/// let source = wechatpay_schema::types::module(jsapi);
/// assert!(source.contains("pub struct Request {\n"));
/// ```
#[must_use]
pub fn module(documented: &'static Documented) -> String {
    format!("{}\n{}", head(documented), items(documented))
}

/// The items of [`module`], without the comment at the top.
#[must_use]
pub fn items(documented: &'static Documented) -> String {
    let mut items = Items::default();
    let attributes = documented.attributes();
    let parameters = parameters::parameters(documented, &mut items);
    if attributes.body != Body::Other && !documented.request().is_empty() {
        let side = Side::of(documented, Part::Request, attributes.body);
        items.root("The body of the request.", &side, documented.request());
    }
    if attributes.answer != Body::Other && !documented.response().is_empty() {
        let side = Side::of(documented, Part::Response, attributes.answer);
        let about = "The body of a successful response.";
        items.root(about, &side, documented.response());
    }
    let event_types = notifications(documented, &mut items);
    format!(
        "/// The method of the operation.\npub const METHOD: &str = {:?};\n{}{event_types}{}{}",
        documented.method(),
        path(documented.path()),
        parameters.unwrap_or_default(),
        items.text()
    )
}

/// The source of a module with the type of one event's resource.
///
/// ```
/// let refund = wechatpay_schema::event(None, "REFUND.SUCCESS").unwrap();
/// let source = wechatpay_schema::types::event_module(refund);
/// assert!(source.contains("pub struct Notification {\n"));
/// ```
#[must_use]
pub fn event_module(event: &'static Event) -> String {
    let title = comment(event.title());
    let head = format!("//! {title}: the notification `{}`\n", event.event_type());
    format!("{head}\n{}", event_items(event))
}

/// The items of [`event_module`], without the comment at the top.
#[must_use]
pub fn event_items(event: &'static Event) -> String {
    let mut items = Items::default();
    notification(&[event], None, &mut items);
    format!(
        "/// The type of the event.\npub const EVENT_TYPE: &str = {:?};\n{}",
        event.event_type(),
        items.text()
    )
}

/// Writes the type of the resources of an operation's events. Returns the constant with the types of the events.
fn notifications(documented: &'static Documented, items: &mut Items) -> String {
    let events: Vec<_> = events_of(documented).collect();
    if events.is_empty() {
        return String::new();
    }
    notification(&events, Some(documented.path()), items);
    let names = events
        .iter()
        .map(|event| format!("{:?}", event.event_type()));
    let array = layout::array(&names.collect::<Vec<_>>());
    format!("/// The types of its events.\npub const EVENT_TYPES: &[&str] = &{array};\n")
}

/// All events of an operation share one type: every member is optional.
fn notification(events: &[&'static Event], operation: Option<&str>, items: &mut Items) {
    let about = "The decrypted resource: `notification.resource_as::<Notification>()`.";
    for event in events.iter().take(1) {
        items.root(about, &Side::of_event(event, operation), &fields_of(events));
    }
}

fn head(documented: &Documented) -> String {
    let title = comment(&one_line(documented.title()));
    let (method, path) = (documented.method(), documented.path());
    let mut head = format!("//! {title}: `{method} {path}`\n");
    if let Some(page) = documented.page() {
        head.push_str(&format!("//!\n//! <{page}>\n"));
    }
    head
}

fn path(path: &str) -> String {
    let line = format!("pub const PATH: &str = {path:?};");
    let line = layout::broken_after(&line, "=", "");
    format!("/// The path of the operation.\n{line}\n")
}
