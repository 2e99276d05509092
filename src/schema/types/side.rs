//! The structs of one body.

use crate::attributes::Body;
use crate::documented::Documented;
use crate::field::Field;
use crate::labels::{Part, label};

use super::fields::{self, Type};
use super::layout::{broken_after, serde};
use super::names::Names;

/// Members of APIv2's requests that the client adds.
const ADDED: [&str; 3] = ["nonce_str", "sign", "sign_type"];

/// The greatest length of a type's name that has the names of all structs around it.
const LONGEST: usize = 45;

/// A body whose types are written.
pub(super) struct Side {
    method: &'static str,
    path: &'static str,
    pub(super) part: Part,
    pub(super) body: Body,
}

impl Side {
    pub(super) fn of(documented: &'static Documented, part: Part, body: Body) -> Self {
        let (method, path) = (documented.method(), documented.path());
        Self {
            method,
            path,
            part,
            body,
        }
    }

    /// WeChat Pay's term for a field.
    pub(super) fn term(&self, pointer: &str) -> Option<&'static str> {
        label(self.method, self.path, self.part, pointer)
    }

    /// XML responses have only texts.
    pub(super) fn is_xml_response(&self) -> bool {
        self.part == Part::Response && self.body == Body::Xml
    }

    /// An object in an XML request is a text that contains JSON.
    pub(super) fn is_xml_request(&self) -> bool {
        self.part == Part::Request && self.body == Body::Xml
    }

    /// A response may lack any field, whatever the documentation marks as required.
    pub(super) fn is_required(&self, field: &Field) -> bool {
        self.part != Part::Response && field.is_required()
    }

    fn has(&self, field: &Field, pointer: &str) -> bool {
        let is_added = self.is_xml_request() && pointer.is_empty() && ADDED.contains(&field.name());
        !is_added && !is_numbered(field)
    }
}

/// The items that are written so far.
#[derive(Default)]
pub(super) struct Items {
    pub(super) names: Names,
    texts: Vec<String>,
}

impl Items {
    pub(super) fn text(self) -> String {
        self.texts.concat()
    }

    pub(super) fn push(&mut self, text: String) {
        self.texts.push(text);
    }

    pub(super) fn root(&mut self, name: &str, about: &str, side: &Side, fields: &[Field]) {
        let name = self.names.upper(name);
        self.structure(&name, about, side, fields, "");
    }

    /// A name for the type of a field. A long one has only the name of the body and that of the field.
    pub(super) fn name(&mut self, side: &Side, owner: &str, field: &str) -> String {
        let name = format!("{owner}_{field}");
        if name.len() <= LONGEST {
            return self.names.upper(&name);
        }
        let root = if side.part == Part::Request {
            "Request"
        } else {
            "Response"
        };
        self.names.upper(&format!("{root}_{field}"))
    }

    /// Writes a struct, then the types of its fields. Returns whether the struct implements `Default`.
    pub(super) fn structure(
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
            let kind = fields::kind(self, side, field, name, &pointer);
            has_default &= kind.has_default || !side.is_required(field);
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
    let is_required = side.is_required(field);
    let mut arguments = Vec::new();
    if name.trim_start_matches("r#") != field.name() {
        arguments.push(format!("rename = {:?}", field.name()));
    }
    if !is_required {
        arguments.push("skip_serializing_if = \"Option::is_none\"".to_owned());
    }
    let rust = optional(&kind.rust, is_required);
    let line = broken_after(&format!("    pub {name}: {rust},"), ":", "    ");
    let about = fields::about(side, field, pointer);
    format!("    /// {about}\n{}{line}\n", serde(&arguments))
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

/// In APIv2, `coupon_id_$n` stands for `coupon_id_0`, `coupon_id_1` and so on.
fn is_numbered(field: &Field) -> bool {
    field.name().contains('$')
}
