//! Writes the types of one operation.

use wechatpay_chain::catalog::{AnswerKind, BodyKind};
use wechatpay_sandbox::schema::{Field, FieldKind, Part, Schema, label};

use super::names::Names;
use crate::endpoints::{detail, snippet};
use crate::i18n::t;

/// Members of APIv2's requests that the client adds.
const ADDED: [&str; 3] = ["nonce_str", "sign", "sign_type"];
/// Members of APIv2's answers that are not in every answer, whatever the documentation marks as required.
const NOT_ALWAYS: [&str; 7] = [
    "nonce_str",
    "sign",
    "sign_type",
    "return_msg",
    "result_code",
    "err_code",
    "err_code_des",
];
/// Terms that contain one of these words are amounts in fen.
const AMOUNTS: [&str; 6] = ["金额", "价格", "单价", "总额", "费用", "退款额"];
/// Terms that contain one of these words are no amounts.
const NO_AMOUNTS: [&str; 9] = [
    "比例", "数量", "次数", "个数", "笔数", "张数", "类型", "币种", "汇率",
];

/// The Rust source of the types of one operation.
pub(in crate::endpoints) fn module(schema: &Schema) -> String {
    let operation = schema.operation();
    let mut module = Module {
        schema,
        part: Part::Request,
        types: Names::default(),
        items: Vec::new(),
    };
    let has_body = matches!(operation.body(), BodyKind::Json | BodyKind::Xml);
    if has_body && !schema.request().is_empty() {
        module.root("Request", Part::Request, schema.request());
    }
    if matches!(operation.answer(), AnswerKind::Json | AnswerKind::Xml)
        && !schema.response().is_empty()
    {
        module.root("Response", Part::Response, schema.response());
    }
    let mut text = head(schema);
    if !module.items.is_empty() {
        text.push_str("\nuse serde::{Deserialize, Serialize};\n");
    }
    text.push_str(&format!(
        "\n/// The method of the operation.\npub const METHOD: &str = {:?};\n\
         /// The path of the operation.\npub const PATH: &str = {:?};\n",
        operation.method().as_str(),
        operation.path(),
    ));
    if let Some(parameters) = module.parameters() {
        text.push_str(&parameters);
    }
    text.push_str(&module.items.concat());
    text
}

fn head(schema: &Schema) -> String {
    let operation = schema.operation();
    let mut text = format!(
        "//! {}: `{} {}`\n",
        one_line(schema.title()),
        operation.method(),
        operation.path()
    );
    if let Some(page) = schema.page() {
        text.push_str(&format!("//!\n//! <{page}>\n"));
    }
    text
}

struct Module<'a> {
    schema: &'a Schema,
    part: Part,
    types: Names,
    items: Vec<String>,
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

impl Module<'_> {
    fn root(&mut self, name: &str, part: Part, fields: &[Field]) {
        self.part = part;
        let name = self.types.upper(name);
        let about = if part == Part::Request {
            "The body of the request."
        } else {
            "The body of a successful answer."
        };
        self.structure(&name, about, fields, "");
    }

    /// Writes a struct and the types of its fields. Returns whether the struct implements `Default`.
    fn structure(&mut self, name: &str, about: &str, fields: &[Field], pointer: &str) -> bool {
        let place = self.items.len();
        self.items.push(String::new());
        let (mut names, mut has_default) = (Names::default(), true);
        let mut members = String::new();
        for field in fields {
            if !self.wants(field, pointer) {
                continue;
            }
            let pointer = format!("{pointer}/{}", field.name());
            let kind = self.kind(field, name, &pointer);
            has_default &= kind.has_default || !self.is_required(field, &pointer);
            members.push_str(&self.member(field, &kind, &names.field(field.name()), &pointer));
        }
        if fields.iter().any(is_numbered) || pointer.is_empty() && self.is_xml_answer() {
            let name = names.field("more");
            members.push_str(&format!(
                "    /// All other members, such as `coupon_id_0`.\n    \
                 #[serde(flatten)]\n    pub {name}: serde_json::Map<String, serde_json::Value>,\n"
            ));
        }
        let default = if has_default { "Default, " } else { "" };
        self.items[place] = format!(
            "\n/// {about}\n#[derive(Debug, Clone, {default}PartialEq, Eq, Serialize, Deserialize)]\n\
             pub struct {name} {{\n{members}}}\n"
        );
        has_default
    }

    fn wants(&self, field: &Field, pointer: &str) -> bool {
        let is_added = self.schema.operation().is_v2()
            && self.part == Part::Request
            && pointer.is_empty()
            && ADDED.contains(&field.name());
        !is_added && !is_numbered(field)
    }

    fn is_required(&self, field: &Field, pointer: &str) -> bool {
        let may_lack = self.is_xml_answer()
            && pointer.rfind('/') == Some(0)
            && NOT_ALWAYS.contains(&field.name());
        field.is_required() && !may_lack
    }

    /// XML has texts only.
    fn is_xml_answer(&self) -> bool {
        self.part == Part::Response && self.schema.operation().answer() == AnswerKind::Xml
    }

    /// An object in an XML request is a text that contains JSON.
    fn is_xml_request(&self) -> bool {
        self.part == Part::Request && self.schema.operation().body() == BodyKind::Xml
    }

    fn member(&self, field: &Field, kind: &Type, name: &str, pointer: &str) -> String {
        let is_required = self.is_required(field, pointer);
        let mut attributes = Vec::new();
        if name.trim_start_matches("r#") != field.name() {
            attributes.push(format!("rename = {:?}", field.name()));
        }
        if !is_required {
            attributes.push("default".to_owned());
            attributes.push("skip_serializing_if = \"Option::is_none\"".to_owned());
        }
        let mut text = format!("    /// {}\n", self.about(field, pointer));
        if !attributes.is_empty() {
            text.push_str(&format!("    #[serde({})]\n", attributes.join(", ")));
        }
        let rust = optional(&kind.rust, is_required);
        text.push_str(&format!("    pub {name}: {rust},\n"));
        text
    }

    /// The term of a field and its limits.
    fn about(&self, field: &Field, pointer: &str) -> String {
        let term = self.term(pointer);
        let mut parts = vec![term.map_or_else(|| format!("`{}`", field.name()), one_line)];
        parts.extend(detail::limits(field));
        if field.is_encrypted() {
            parts.push(t!("encrypted"));
        }
        parts.join("; ")
    }

    fn term(&self, pointer: &str) -> Option<&'static str> {
        label(self.schema.operation(), self.part, pointer)
    }

    fn kind(&mut self, field: &Field, owner: &str, pointer: &str) -> Type {
        match field.kind() {
            FieldKind::Object | FieldKind::Array if self.is_xml_request() => {
                Type::new("String", true)
            }
            // One element or several.
            FieldKind::Array if self.is_xml_answer() => Type::new("serde_json::Value", true),
            FieldKind::Object if field.fields().is_empty() => {
                Type::new("serde_json::Map<String, serde_json::Value>", true)
            }
            FieldKind::Object => {
                let name = self.nested(field, owner);
                let about = self.about(field, pointer);
                let has_default = self.structure(&name, &about, field.fields(), pointer);
                Type::new(name, has_default)
            }
            FieldKind::Array => match field.fields().first() {
                Some(item) => {
                    let name = last_name(pointer).to_owned();
                    let item = self.item(item, owner, &name, pointer);
                    Type::new(format!("Vec<{}>", item.rust), true)
                }
                None => Type::new("Vec<serde_json::Value>", true),
            },
            FieldKind::Integer | FieldKind::Number | FieldKind::Boolean if self.is_xml_answer() => {
                Type::new("String", true)
            }
            FieldKind::Boolean => Type::new("bool", true),
            FieldKind::Integer | FieldKind::Number if is_numeric(field) => {
                self.number(field, pointer)
            }
            _ => self.text(field, owner, pointer),
        }
    }

    /// The items of an array have the name of the array.
    fn item(&mut self, item: &Field, owner: &str, name: &str, pointer: &str) -> Type {
        let pointer = format!("{pointer}/*");
        if item.kind() == FieldKind::Object && !item.fields().is_empty() {
            let name = self.types.upper(&format!("{owner}_{name}"));
            let about = format!("An item of `{}`.", last_name(&pointer));
            let has_default = self.structure(&name, &about, item.fields(), &pointer);
            return Type::new(name, has_default);
        }
        self.kind(item, owner, &pointer)
    }

    fn nested(&mut self, field: &Field, owner: &str) -> String {
        self.types.upper(&format!("{owner}_{}", field.name()))
    }

    fn number(&self, field: &Field, pointer: &str) -> Type {
        let is_whole = field.kind() == FieldKind::Integer
            || field.format().is_some_and(|format| format.contains("int"));
        match field.format() {
            Some(format) if format.starts_with("uint") => Type::new("u64", true),
            _ if is_whole && self.is_amount(pointer) => Type::new("wechatpay_chain::Fen", true),
            _ if is_whole => Type::new("i64", true),
            _ => Type::new("serde_json::Number", false),
        }
    }

    /// Whether the term says so. Operations abroad have amounts in other currencies.
    fn is_amount(&self, pointer: &str) -> bool {
        let term = self.term(pointer).unwrap_or_default();
        let has = |words: &[&str]| words.iter().any(|word| term.contains(word));
        let is_abroad = self.schema.operation().path().starts_with("global/");
        let is_named = last_name(pointer) == "total" && pointer.ends_with("/amount/total");
        !is_abroad && (is_named || has(&AMOUNTS) && !has(&NO_AMOUNTS))
    }

    fn text(&mut self, field: &Field, owner: &str, pointer: &str) -> Type {
        let is_v2 = self.schema.operation().is_v2();
        if field.is_encrypted() {
            return Type::new("wechatpay_chain::Sensitive", true);
        }
        if !field.values().is_empty() && field.fields().is_empty() {
            let name = self.types.upper(&format!("{owner}_{}", last_name(pointer)));
            let about = self.about(field, pointer);
            self.items.push(enumeration(&name, &about, field.values()));
            return Type::new(name, false);
        }
        if field.format() == Some("rfc3339") && !is_v2 {
            return Type::new("wechatpay_chain::Timestamp", false);
        }
        Type::new("String", true)
    }

    /// The variables of the path and the query.
    fn parameters(&mut self) -> Option<String> {
        let path = self.schema.operation().path();
        let (mut names, mut members, mut sets) = (Names::default(), String::new(), String::new());
        for variable in snippet::variables(path) {
            let name = names.field(variable);
            let term = label(self.schema.operation(), Part::Path, variable).unwrap_or(variable);
            let term = one_line(term);
            members.push_str(&format!("    /// {term}\n    pub {name}: String,\n"));
            sets.push_str(&format!(
                "        call = call.var({variable:?}, self.{name});\n"
            ));
        }
        self.part = Part::Query;
        for field in self.schema.query() {
            let name = names.field(field.name());
            let (kind, value) = parameter(field);
            let rust = optional(kind, field.is_required());
            let about = self.about(field, field.name());
            members.push_str(&format!("    /// {about}\n    pub {name}: {rust},\n"));
            sets.push_str(&set(field, &name, value));
        }
        (!members.is_empty()).then(|| {
            let name = self.types.upper("Params");
            format!(
                "\n/// The variables of the path and the query.\n#[derive(Debug, Clone, Default, PartialEq, Eq)]\n\
                 pub struct {name} {{\n{members}}}\n\nimpl {name} {{\n    \
                 /// Sets them in a call: `params.apply(client.chain(PATH).get(()))`.\n    #[must_use]\n    \
                 pub fn apply(self, mut call: wechatpay_chain::Call) -> wechatpay_chain::Call {{\n{sets}        \
                 call\n    }}\n}}\n"
            )
        })
    }
}

/// The type of a query parameter, and the code that makes JSON of `value`.
fn parameter(field: &Field) -> (&'static str, &'static str) {
    match field.kind() {
        _ if field.is_encrypted() => ("wechatpay_chain::Sensitive", "value.expose()"),
        FieldKind::Integer => ("i64", "value"),
        FieldKind::Boolean => ("bool", "value"),
        FieldKind::Array => ("Vec<String>", "value"),
        _ => ("String", "value"),
    }
}

fn set(field: &Field, name: &str, value: &str) -> String {
    let query = format!("call = call.query({:?}, ", field.name());
    if field.is_required() {
        let value = value.replace("value", &format!("self.{name}"));
        return format!("        {query}{value});\n");
    }
    format!(
        "        if let Some(value) = self.{name} {{\n            {query}{value});\n        }}\n"
    )
}

/// An enum that keeps unlisted values.
fn enumeration(name: &str, about: &str, values: &[&str]) -> String {
    let mut names = Names::default();
    let mut written: Vec<&str> = Vec::new();
    let mut variants = String::new();
    for value in values {
        if written.contains(value) {
            continue;
        }
        written.push(value);
        let variant = names.upper(value);
        let shown = one_line(value);
        variants.push_str(&format!("    /// `{shown}`\n"));
        if variant != *value {
            variants.push_str(&format!("    #[serde(rename = {value:?})]\n"));
        }
        variants.push_str(&format!("    {variant},\n"));
    }
    format!(
        "\n/// {about}\n#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]\npub enum {name} {{\n\
         {variants}    /// A value that is not documented.\n    #[serde(untagged)]\n    Other(String),\n}}\n"
    )
}

fn optional(rust: &str, is_required: bool) -> String {
    if is_required {
        rust.to_owned()
    } else {
        format!("Option<{rust}>")
    }
}

/// Whether all documented values are numbers, as the type says.
fn is_numeric(field: &Field) -> bool {
    let mut values = field.values().iter();
    values.all(|value| value.parse::<f64>().is_ok())
}

/// In APIv2, `coupon_id_$n` stands for `coupon_id_0`, `coupon_id_1` and so on.
fn is_numbered(field: &Field) -> bool {
    field.name().contains('$')
}

/// The last name in a pointer that is not an item of an array.
fn last_name(pointer: &str) -> &str {
    let mut names = pointer.rsplit('/').filter(|name| *name != "*");
    names.next().unwrap_or_default()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use http::Method;
    use wechatpay_sandbox::schema;

    use super::*;

    fn of(method: &Method, path: &str) -> String {
        module(&schema::find(method, path).unwrap())
    }

    #[test]
    fn amounts_enums_and_optional_fields_have_their_types() {
        let text = of(&Method::GET, "v3/pay/transactions/id/{transaction_id}");
        for part in [
            "    pub total: wechatpay_chain::Fen,\n",
            "    #[serde(rename = \"JSAPI\")]\n    Jsapi,\n",
            "    #[serde(untagged)]\n    Other(String),\n",
            "pub struct Params {\n",
            "call = call.var(\"transaction_id\", self.transaction_id);",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn encrypted_fields_are_sensitive() {
        let text = of(&Method::POST, "v3/fund-app/mch-transfer/transfer-bills");
        assert!(
            text.contains("user_name: Option<wechatpay_chain::Sensitive>"),
            "{text}"
        );
    }

    #[test]
    fn names_of_one_module_are_unique() {
        for schema in schema::all() {
            let text = module(&schema);
            let mut names: Vec<_> = text
                .lines()
                .filter_map(|line| {
                    line.strip_prefix("pub struct ")
                        .or(line.strip_prefix("pub enum "))
                })
                .collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{schema:?}");
        }
    }
}
