//! The fields of an event's resource, made of JSON pointers.
//!
//! The documentation lists the fields of an event without their types. A field has the type that all operations with a
//! field at the same place agree on. If no operation has one, it has the type that they agree on for its name. Without
//! agreement, it has any.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::attributes::Body;
use crate::field::{Field, FieldKind};
use crate::index::all;

/// The fields of the pointers, without the first slash.
pub(crate) fn fields(
    pointers: &[&'static str],
    encrypted: Vec<&'static str>,
    form: Form,
) -> Vec<Field> {
    let pointers: Vec<Vec<&'static str>> = pointers
        .iter()
        .map(|pointer| pointer.split('/').collect())
        .collect();
    let tree = Tree {
        pointers: &pointers,
        encrypted,
        form,
    };
    tree.below(&mut Vec::new())
}

/// How a resource is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    /// JSON with times such as `20091225091210`.
    CompactTimes,
    /// JSON of APIv2. Numbers may be texts.
    TextsOrNumbers,
    /// All values are texts.
    Xml,
}

struct Tree<'a> {
    pointers: &'a [Vec<&'static str>],
    encrypted: Vec<&'static str>,
    form: Form,
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
        let encrypted = self.encrypted.contains(&&*pointer);
        let mut field = match fields.first() {
            _ if encrypted => Field::new(name, FieldKind::String),
            None if self.form == Form::Xml => Field::new(name, FieldKind::String),
            None => usual(name, place, self.form),
            // In XML, one element or several.
            Some(_) if self.form == Form::Xml => Field::new(name, FieldKind::Any),
            Some(first) if first.name() == "*" => Field::new(name, FieldKind::Array),
            Some(_) => Field::new(name, FieldKind::Object),
        };
        place.pop();
        field.encrypted = encrypted;
        field.fields = fields;
        field
    }
}

/// A field without members, as the operations document it.
fn usual(name: &'static str, place: &[&str], form: Form) -> Field {
    let mut field = documented(name, place, form);
    if form == Form::TextsOrNumbers && field.kind != FieldKind::String {
        field.kind = FieldKind::Any;
    }
    field
}

fn documented(name: &'static str, place: &[&str], form: Form) -> Field {
    let names: Vec<&str> = place.iter().copied().filter(|name| *name != "*").collect();
    if let Some(usual) = USUAL.get(&format!("/{}", names.join("/"))) {
        let mut field = Field::new(name, usual.at_place(name));
        if field.kind == FieldKind::String {
            field.format = usual.format().filter(|_| form == Form::Json);
            field.values = usual.values();
        }
        return field;
    }
    let kind = match USUAL.get(name) {
        Some(usual) => usual.of_name(),
        None if TEXTS.iter().any(|end| name.ends_with(end)) => FieldKind::String,
        None => FieldKind::Any,
    };
    Field::new(name, kind)
}

/// Names with these ends are texts in all operations.
const TEXTS: [&str; 7] = [
    "_base64",
    "_description",
    "_name",
    "_state",
    "_status",
    "_time",
    "_url",
];

/// Numbers whose names have these ends are amounts in fen, or counts.
const WHOLE: [&str; 9] = [
    "amount",
    "contribute",
    "count",
    "num",
    "price",
    "quantity",
    "refund",
    "seq",
    "total",
];

/// How the operations document the fields at one place, or of one name.
#[derive(Debug, Default)]
struct Usual {
    kinds: Vec<FieldKind>,
    formats: Vec<&'static str>,
    values: Vec<&'static [&'static str]>,
}

/// Of each pointer (without items) and each name in the JSON of all operations.
static USUAL: LazyLock<HashMap<String, Usual>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    for operation in all() {
        let attributes = operation.attributes();
        if attributes.body == Body::Json {
            collect(operation.request(), "", &mut found);
        }
        if attributes.answer == Body::Json {
            collect(operation.response(), "", &mut found);
        }
    }
    found
});

fn collect(fields: &'static [Field], above: &str, found: &mut HashMap<String, Usual>) {
    for field in fields {
        if field.name() == "*" {
            collect(field.fields(), above, found);
            continue;
        }
        let pointer = format!("{above}/{}", field.name());
        collect(field.fields(), &pointer, found);
        // An array of values has the type of its items.
        let value = match field.fields().first() {
            Some(item) if item.name() == "*" => item,
            _ => field,
        };
        for key in [pointer, field.name().to_owned()] {
            found.entry(key).or_default().add(value);
        }
    }
}

impl Usual {
    fn add(&mut self, field: &'static Field) {
        let format = field.format();
        let is_whole = format.is_some_and(|format| format.contains("int"));
        let kind = match field.kind() {
            FieldKind::Number if is_whole => FieldKind::Integer,
            kind => kind,
        };
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        self.formats
            .extend(format.filter(|it| !self.formats.contains(it)));
        if !field.values().is_empty() {
            self.values.push(field.values());
        }
    }

    /// The type at this place. Some operations call an amount or a count a number. Other numbers may have a fraction.
    fn at_place(&self, name: &str) -> FieldKind {
        match self.of_name() {
            FieldKind::Number
                if self.kinds.len() > 1 && WHOLE.iter().any(|end| name.ends_with(end)) =>
            {
                FieldKind::Integer
            }
            kind => kind,
        }
    }

    fn of_name(&self) -> FieldKind {
        match self.kinds[..] {
            // The documentation of the event has no members of an object or an array.
            [FieldKind::Object | FieldKind::Array] => FieldKind::Any,
            [kind] => kind,
            [FieldKind::Integer, FieldKind::Number] | [FieldKind::Number, FieldKind::Integer] => {
                FieldKind::Number
            }
            _ => FieldKind::Any,
        }
    }

    /// The format, if it is RFC 3339. Some operations do not document the format.
    fn format(&self) -> Option<&'static str> {
        (self.formats == ["rfc3339"]).then_some("rfc3339")
    }

    /// The documented values of all operations. None if they differ much: then the operations mean different things.
    fn values(&self) -> Vec<&'static str> {
        let mut values: Vec<&'static str> = Vec::new();
        for list in &self.values {
            let new = list.iter().filter(|value| !values.contains(value));
            let new: Vec<&'static str> = new.copied().collect();
            if !values.is_empty() && new.len() * 2 > list.len() {
                return Vec::new();
            }
            values.extend(new);
        }
        values
    }
}
