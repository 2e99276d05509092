//! The events of notifications, and the fields of their resources.
//!
//! The documentation lists the fields of an event without their types. A field has the type that all operations with a
//! field of this name agree on; without agreement, any.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::attributes::{Body, event_decrypt};
use crate::field::{Field, FieldKind};
use crate::index::all;

/// One kind of notification.
#[derive(Debug)]
pub struct Event {
    version: &'static str,
    event_type: &'static str,
    original_type: Option<&'static str>,
    title: &'static str,
    pointers: &'static str,
    fields: Vec<Field>,
}

/// All events: those of APIv2, then those of APIv3.
#[must_use]
pub fn events() -> &'static [Event] {
    &EVENTS
}

/// The event of a version (`v2`, `v3`) and type. Without a version, an event of APIv3 is found before one of APIv2.
///
/// ```
/// let refund = wechatpay_schema::event(None, "REFUND.SUCCESS").unwrap();
/// assert_eq!((refund.version(), refund.title()), ("v3", "退款成功"));
/// assert!(wechatpay_schema::event(Some("v2"), "PAY").is_some());
/// ```
#[must_use]
pub fn event(version: Option<&str>, event_type: &str) -> Option<&'static Event> {
    let found = |version: &str| {
        let mut events = EVENTS.iter();
        events.find(|it| it.version == version && it.event_type == event_type)
    };
    match version {
        Some(version) => found(version),
        None => found("v3").or_else(|| found("v2")),
    }
}

impl Event {
    /// The version of the API: `v2` or `v3`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The event type. Kinds of APIv2 without one have a name of this crate: `PAY`, `REFUND` …
    #[must_use]
    pub fn event_type(&self) -> &'static str {
        self.event_type
    }

    /// The original type of the resource, if documented.
    #[must_use]
    pub fn original_type(&self) -> Option<&'static str> {
        self.original_type
    }

    /// Its title in the documentation, in Chinese.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The JSON pointers of all fields without the first slash, with blanks between them.
    #[must_use]
    pub fn pointers(&self) -> &'static str {
        self.pointers
    }

    /// The fields of the decrypted resource.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Whether the resource comes from XML: all its values are texts.
    #[must_use]
    pub fn is_xml(&self) -> bool {
        is_xml(self.version, self.event_type)
    }
}

/// The events of APIv2 that have a type contain JSON.
fn is_xml(version: &str, event_type: &str) -> bool {
    version == "v2" && !event_type.contains('.')
}

static EVENTS: LazyLock<Vec<Event>> = LazyLock::new(|| {
    let lines = include_str!("events.txt").lines();
    lines.filter_map(read).collect()
});

fn read(line: &'static str) -> Option<Event> {
    let mut words = line.splitn(5, ' ');
    let (version, event_type) = (words.next()?, words.next()?);
    let original_type = words.next().filter(|word| *word != "-");
    let (title, pointers) = (words.next()?, words.next().unwrap_or_default());
    let list: Vec<Vec<&'static str>> = pointers
        .split(' ')
        .map(|pointer| pointer.split('/').collect())
        .collect();
    let tree = Tree {
        pointers: &list,
        encrypted: event_decrypt(version, event_type),
        is_xml: is_xml(version, event_type),
    };
    Some(Event {
        version,
        event_type,
        original_type,
        title,
        pointers,
        fields: tree.below(&mut Vec::new()),
    })
}

/// The fields of one event.
struct Tree<'a> {
    pointers: &'a [Vec<&'static str>],
    encrypted: Vec<&'static str>,
    is_xml: bool,
}

impl Tree<'_> {
    fn below(&self, place: &mut Vec<&'static str>) -> Vec<Field> {
        let mut names: Vec<&'static str> = Vec::new();
        for pointer in self.pointers {
            if let Some(name) = pointer.strip_prefix(&**place).and_then(<[_]>::first)
                && !names.contains(name)
            {
                names.push(name);
            }
        }
        names
            .into_iter()
            .map(|name| self.field(name, place))
            .collect()
    }

    fn field(&self, name: &'static str, place: &mut Vec<&'static str>) -> Field {
        place.push(name);
        let fields = self.below(place);
        let pointer = format!("/{}", place.join("/"));
        let kind = match fields.first() {
            None if self.is_xml => FieldKind::String,
            None => usual(place),
            // In XML, one element or several.
            Some(_) if self.is_xml => FieldKind::Any,
            Some(first) if first.name() == "*" => FieldKind::Array,
            Some(_) => FieldKind::Object,
        };
        let encrypted = self.encrypted.contains(&&*pointer);
        place.pop();
        Field {
            encrypted,
            fields,
            ..Field::new(name, if encrypted { FieldKind::String } else { kind })
        }
    }
}

/// The type that the operations agree on at the same place; if there is none, the type that they agree on for the name.
fn usual(place: &[&str]) -> FieldKind {
    let names: Vec<&str> = place.iter().copied().filter(|name| *name != "*").collect();
    let pointer = format!("/{}", names.join("/"));
    let by_name = || KINDS.get(*names.last()?);
    let kind = KINDS.get(&pointer).or_else(by_name).copied();
    match kind {
        // The documentation of the event has no members.
        Some(FieldKind::Object | FieldKind::Array) | None => FieldKind::Any,
        Some(kind) => kind,
    }
}

/// The type of each pointer (without items) and each name in the JSON of all operations.
static KINDS: LazyLock<HashMap<String, FieldKind>> = LazyLock::new(|| {
    let mut kinds = HashMap::new();
    for operation in all() {
        let attributes = operation.attributes();
        if attributes.body == Body::Json {
            collect(operation.request(), "", &mut kinds);
        }
        if attributes.answer == Body::Json {
            collect(operation.response(), "", &mut kinds);
        }
    }
    kinds
});

fn collect(fields: &[Field], above: &str, kinds: &mut HashMap<String, FieldKind>) {
    for field in fields {
        if field.name() == "*" {
            collect(field.fields(), above, kinds);
            continue;
        }
        let pointer = format!("{above}/{}", field.name());
        collect(field.fields(), &pointer, kinds);
        // An array of values has the type of its items.
        let kind = match field.fields().first() {
            Some(item) if item.name() == "*" => item.kind(),
            _ => field.kind(),
        };
        for key in [pointer, field.name().to_owned()] {
            let known = kinds.entry(key).or_insert(kind);
            *known = agreed(*known, kind);
        }
    }
}

fn agreed(one: FieldKind, other: FieldKind) -> FieldKind {
    match (one, other) {
        (FieldKind::Integer, FieldKind::Number) | (FieldKind::Number, FieldKind::Integer) => {
            FieldKind::Number
        }
        _ if one == other => one,
        _ => FieldKind::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(event: &str, pointer: &str) -> FieldKind {
        let mut fields = super::event(None, event).unwrap().fields();
        let mut kind = None;
        for name in pointer.split('/') {
            let field = fields.iter().find(|field| field.name() == name).unwrap();
            (kind, fields) = (Some(field.kind()), field.fields());
        }
        kind.unwrap()
    }

    #[test]
    fn fields_have_the_types_of_the_operations() {
        for (event, pointer, expected) in [
            ("REFUND.SUCCESS", "out_refund_no", FieldKind::String),
            ("REFUND.SUCCESS", "amount", FieldKind::Object),
            // Some operations document a number, some an integer.
            ("REFUND.SUCCESS", "amount/refund", FieldKind::Number),
            ("TRANSACTION.SUCCESS", "promotion_detail", FieldKind::Array),
            ("PAY", "total_fee", FieldKind::String),
            ("COMBINE_PAY", "sub_order_list", FieldKind::Any),
        ] {
            assert_eq!(kind(event, pointer), expected, "{event} {pointer}");
        }
        assert_eq!(
            agreed(FieldKind::String, FieldKind::Integer),
            FieldKind::Any
        );
        assert_eq!(
            agreed(FieldKind::Integer, FieldKind::Number),
            FieldKind::Number
        );
    }

    #[test]
    fn encrypted_fields_of_events_are_marked() {
        let event = event(None, "MCHTRANSFER.QQWALLETBILL.FINISHED").unwrap();
        let encrypted = event.fields().iter().filter(|field| field.is_encrypted());
        let names: Vec<_> = encrypted.map(Field::name).collect();
        assert_eq!(names, ["user_name"]);
    }

    #[test]
    fn every_event_has_fields() {
        assert_eq!(events().len(), 112);
        for event in events() {
            assert!(!event.fields().is_empty(), "{event:?}");
        }
    }
}
