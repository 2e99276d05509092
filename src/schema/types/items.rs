//! The structs of one body, and the types of their fields.

use crate::field::{Field, FieldKind};
use crate::labels::Part;

use super::about::{about, last_name};
use super::layout::{broken_after, code, serde};
use super::names::Names;
use super::personal::{bare, contains_sensitive, is_sensitive};
use super::side::{Side, is_numbered};
use super::values::enumeration;

/// The greatest length of a type's name that has the names of all structs around it.
const LONGEST: usize = 45;

const MAP: &str = "serde_json::Map<String, serde_json::Value>";
const SENSITIVE: &str = "wechatpay_chain::Sensitive";
const TIMESTAMP: &str = "wechatpay_chain::Timestamp";
/// Reads a time of a response. WeChat Pay writes an empty text where there is none.
const TIME_OR_NONE: &str = "\n/// A time; an empty text is none.
fn time_or_none<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<wechatpay_chain::Timestamp>, D::Error> {
    let text = <Option<String> as serde::Deserialize>::deserialize(deserializer)?;
    let text = text.filter(|text| !text.is_empty());
    let time = text.map(|text| text.parse::<wechatpay_chain::Timestamp>());
    time.transpose().map_err(serde::de::Error::custom)
}
";
/// A term with one of these says that the amount is in fen.
const FEN: [&str; 5] = ["单位分", "单位：分", "单位:分", "单位为分", "（分）"];
/// A term with this end is an amount, and one with [`FOREIGN`] in it is an amount in another currency.
const AMOUNT: &str = "金额";
const FOREIGN: &str = "外币";

/// The items that are written so far.
#[derive(Default)]
pub(super) struct Items {
    pub(super) names: Names,
    texts: Vec<String>,
    /// Whether a field is read with [`TIME_OR_NONE`].
    has_times: bool,
}

impl Items {
    pub(super) fn text(self) -> String {
        let helper = if self.has_times { TIME_OR_NONE } else { "" };
        self.texts.concat() + helper
    }

    fn push(&mut self, text: String) {
        self.texts.push(text);
    }

    pub(super) fn root(&mut self, about: &str, side: &Side, fields: &[Field]) {
        let name = self.names.upper(side.root);
        self.structure(&name, about, side, fields, "");
    }

    /// A name for the type of a field. A long one has only the name of the body and that of the field.
    fn name(&mut self, side: &Side, owner: &str, field: &str) -> String {
        let name = format!("{owner}_{field}");
        if name.len() <= LONGEST {
            return self.names.upper(&name);
        }
        self.names.upper(&format!("{}_{field}", side.root))
    }

    /// Writes a struct, then the types of its fields. Returns whether the struct implements `Default`.
    fn structure(
        &mut self,
        name: &str,
        about: &str,
        side: &Side,
        fields: &[Field],
        pointer: &str,
    ) -> bool {
        let place = self.texts.len();
        self.texts.push(String::new());
        let (mut names, mut has_default) = (Names::default(), true);
        let mut members = String::new();
        for field in fields.iter().filter(|field| side.has(field, pointer)) {
            let pointer = format!("{pointer}/{}", field.name());
            let kind = kind(self, side, field, name, &pointer);
            has_default &= kind.has_default || !side.is_required(field, &pointer);
            self.has_times |= is_time_of_response(side, &kind);
            members.push_str(&member(
                side,
                field,
                &kind,
                &names.field(field.name()),
                &pointer,
            ));
        }
        if fields.iter().any(is_numbered) || pointer.is_empty() && side.is_xml_response() {
            members.push_str(&more(&mut names));
        }
        let default = if has_default { "Default, " } else { "" };
        let body = if members.is_empty() {
            "{}".to_owned()
        } else {
            format!("{{\n{members}}}")
        };
        self.texts[place] = format!(
            "\n/// {about}\n#[derive(Debug, Clone, {default}PartialEq, serde::Serialize, serde::Deserialize)]\n\
             pub struct {name} {body}\n"
        );
        has_default
    }
}

fn member(side: &Side, field: &Field, kind: &Type, name: &str, pointer: &str) -> String {
    let is_required = side.is_required(field, pointer);
    let mut arguments = Vec::new();
    if name.trim_start_matches("r#") != field.name() {
        arguments.push(format!("rename = {:?}", field.name()));
    }
    if is_time_of_response(side, kind) {
        arguments.push("default".to_owned());
        arguments.push("deserialize_with = \"time_or_none\"".to_owned());
    }
    if !is_required {
        arguments.push("skip_serializing_if = \"Option::is_none\"".to_owned());
    }
    let rust = optional(&kind.rust, is_required);
    let line = broken_after(&format!("    pub {name}: {rust},"), ":", "    ");
    let about = about(side, field, pointer);
    format!("    /// {about}\n{}{line}\n", serde(&arguments))
}

fn is_time_of_response(side: &Side, kind: &Type) -> bool {
    side.part == Part::Response && kind.rust == TIMESTAMP
}

fn more(names: &mut Names) -> String {
    format!(
        "    /// All other members, such as `coupon_id_0`.\n    #[serde(flatten)]\n    \
         pub {}: serde_json::Map<String, serde_json::Value>,\n",
        names.field("more")
    )
}

pub(super) fn optional(rust: &str, is_required: bool) -> String {
    if is_required {
        rust.to_owned()
    } else {
        format!("Option<{rust}>")
    }
}

/// A type in Rust.
struct Type {
    rust: String,
    /// Whether it implements `Default`.
    has_default: bool,
}

impl Type {
    fn new(rust: impl Into<String>, has_default: bool) -> Self {
        let rust = rust.into();
        Self { rust, has_default }
    }
}

/// The type of a field of `owner`. Writes the structs and enums that it needs.
fn kind(items: &mut Items, side: &Side, field: &Field, owner: &str, pointer: &str) -> Type {
    match field.kind() {
        // JSON in a text.
        FieldKind::Object | FieldKind::Array if side.is_xml_request() => {
            let is_sensitive = contains_sensitive(side, field, pointer);
            Type::new(if is_sensitive { SENSITIVE } else { "String" }, true)
        }
        // One element or several.
        FieldKind::Array if side.is_xml_response() => Type::new("serde_json::Value", true),
        FieldKind::Object if field.fields().is_empty() => Type::new(MAP, true),
        FieldKind::Object => {
            let name = items.name(side, owner, last_name(pointer));
            let about = if field.name() == "*" {
                format!("An item of {}.", code(last_name(pointer)))
            } else {
                about(side, field, pointer)
            };
            let has_default = items.structure(&name, &about, side, field.fields(), pointer);
            Type::new(name, has_default)
        }
        FieldKind::Array => match field.fields().first() {
            Some(item) => {
                let item = kind(items, side, item, owner, &format!("{pointer}/*"));
                Type::new(format!("Vec<{}>", item.rust), true)
            }
            None => Type::new("Vec<serde_json::Value>", true),
        },
        _ if side.is_xml_response() && is_scalar(field) => Type::new("String", true),
        FieldKind::Any => Type::new("serde_json::Value", true),
        FieldKind::Boolean => Type::new("bool", true),
        FieldKind::Integer | FieldKind::Number if is_numeric(field) => number(side, field, pointer),
        _ => text(items, side, field, owner, pointer),
    }
}

fn number(side: &Side, field: &Field, pointer: &str) -> Type {
    let format = field.format().unwrap_or_default();
    let is_whole = field.kind() == FieldKind::Integer || format.contains("int");
    let term = side.term(pointer).unwrap_or_default();
    if (is_whole || side.has_whole_amounts) && is_in_fen(side, term, pointer) {
        Type::new("wechatpay_chain::Fen", true)
    } else if format.starts_with("uint") {
        Type::new("u64", true)
    } else if is_whole {
        Type::new("i64", true)
    } else {
        // `f64` would change some numbers.
        Type::new("serde_json::Number", false)
    }
}

/// Whether a number with this term is in fen. In notifications, the members of the object `amount` have no term of their own.
fn is_in_fen(side: &Side, term: &str, pointer: &str) -> bool {
    let is_amount = bare(term).ends_with(AMOUNT) && !term.contains(FOREIGN)
        || term.is_empty() && is_in_amount(pointer);
    FEN.iter().any(|unit| term.contains(unit)) || is_amount && side.is_in_fen
}

fn is_in_amount(pointer: &str) -> bool {
    let name = pointer.strip_prefix("/amount/");
    name.is_some_and(|name| !name.contains('/'))
}

fn text(items: &mut Items, side: &Side, field: &Field, owner: &str, pointer: &str) -> Type {
    if is_sensitive(side, field, pointer) {
        return Type::new(SENSITIVE, true);
    }
    if !field.values().is_empty() && field.fields().is_empty() {
        let name = items.name(side, owner, last_name(pointer));
        let about = about(side, field, pointer);
        items.push(enumeration(&name, &about, field.values()));
        return Type::new(name, false);
    }
    if field.format() == Some("rfc3339") && !side.is_xml_request() && !side.is_xml_response() {
        return Type::new(TIMESTAMP, false);
    }
    Type::new("String", true)
}

fn is_scalar(field: &Field) -> bool {
    !field.is_encrypted()
        && matches!(
            field.kind(),
            FieldKind::Integer | FieldKind::Number | FieldKind::Boolean
        )
}

/// Whether all documented values are numbers, as the type says.
fn is_numeric(field: &Field) -> bool {
    let mut values = field.values().iter();
    values.all(|value| value.parse::<f64>().is_ok())
}
