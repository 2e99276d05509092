//! A wrong field, with WeChat Pay's messages.
//!
//! Sources:
//!
//! - "基本规则", 错误信息: `field` is a JSON pointer in a body, and the name in a query or path.
//! - Published responses of the real gateway: the texts, with the field's name in place of its Chinese label;
//!   `location` is `uri_template` for the path; `value` is the actual length if the length is wrong, and empty if
//!   the field is missing.
//!
//! The texts about enumerations and numeric limits are not published, so they are our own. Published responses have
//! neither `field` nor `issue`, but the documentation promises both, so the sandbox returns them.

use std::fmt;

use serde_json::{Number, Value, json};

use crate::bilingual::Bilingual;
use crate::refusal::{Refusal, place};
use crate::schema::FieldKind;

/// One field that contradicts its documentation.
#[derive(Debug, PartialEq)]
pub(crate) struct Issue {
    pub(crate) location: Location,
    /// In a body a JSON pointer, in a query or path `/` and the name.
    pub(crate) pointer: String,
    /// `None` for missing and sensitive fields.
    pub(crate) value: Option<Box<Value>>,
    pub(crate) wrong: Violation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Location {
    Body,
    Query,
    Path,
}

/// The unit that a length counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Bytes,
    Characters,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    Missing,
    Kind(FieldKind),
    Json,
    TooLong {
        found: usize,
        most: usize,
        unit: Unit,
    },
    TooShort {
        found: usize,
        least: usize,
        unit: Unit,
    },
    TooGreat(i64),
    TooSmall(i64),
    Unknown(Vec<&'static str>),
    Pattern(&'static str),
    /// Not an unsigned 64-bit integer.
    Unsigned,
    /// Both in the query and in the path.
    Twice(String),
}

/// The longest value that a refusal repeats, in characters.
const REPEATED: usize = 128;

impl Issue {
    /// APIv3's `PARAM_ERROR` with `detail`.
    pub(crate) fn refusal(self) -> Refusal {
        let field = match self.location {
            Location::Body => &*self.pointer,
            Location::Query | Location::Path => self.name(),
        };
        let mut detail = json!({
            "field": field,
            "issue": self.wrong.to_string(),
            "location": self.location.to_string(),
        });
        if let Some(value) = self.told_value() {
            detail["value"] = value;
        }
        let source = format!("/{}{}", self.location, self.pointer);
        let is_text = self.location != Location::Body;
        Refusal::param_error(self.message(&source), self.why(is_text)).with_detail(detail)
    }

    /// The refusal of APIv2: `return_code` FAIL with APIv3's text for a wrong length or type, otherwise
    /// `LACK_PARAMS` or `PARAM_ERROR`.
    pub(crate) fn v2_refusal(self) -> Refusal {
        let (name, why) = (self.name(), self.why(true));
        match self.wrong {
            Violation::Missing => {
                Refusal::v2_failure("LACK_PARAMS", format!("缺少参数{name}"), why)
            }
            Violation::Unknown(_) | Violation::TooGreat(_) | Violation::TooSmall(_) => {
                Refusal::v2_member(name, why)
            }
            _ => {
                let source = match self.location {
                    Location::Body => format!("/body/xml{}", self.pointer),
                    other => format!("/{other}{}", self.pointer),
                };
                Refusal::v2(self.message(&source), why)
            }
        }
    }

    /// The gateway's message about a field that it reads from `source`.
    fn message(&self, source: &str) -> String {
        let (name, issue) = (self.name(), &self.wrong);
        // Only the bodies of APIv3 are JSON.
        let json = if source.starts_with("/body/") && !source.starts_with("/body/xml/") {
            " JSON "
        } else {
            ""
        };
        match self.wrong {
            Violation::Kind(_) | Violation::Json | Violation::Unsigned | Violation::Twice(_) => {
                format!("无法将{json}输入源“{source}”映射到目标字段“{name}”中，{issue}")
            }
            Violation::Missing => format!("输入源“{source}”映射到字段“{name}”{issue}"),
            _ => format!("输入源“{source}”映射到值字段“{name}”{issue}"),
        }
    }

    fn told_value(&self) -> Option<Value> {
        match self.wrong {
            Violation::TooLong { found, .. } | Violation::TooShort { found, .. } => {
                Some(json!(found))
            }
            Violation::Missing => Some(json!("")),
            _ => self.value.as_deref().map(repeated),
        }
    }

    fn name(&self) -> &str {
        let (_, name) = self.pointer.rsplit_once('/').unwrap_or_default();
        name
    }

    /// The reason for the record; it never contains the value. `is_text` tells that all values are texts, as in a query and in
    /// XML.
    fn why(&self, is_text: bool) -> Bilingual {
        let Self {
            location,
            pointer,
            wrong,
            ..
        } = self;
        let place = place(&location.to_string());
        let (field, field_zh) = if pointer.is_empty() {
            (format!("the {location}"), place.to_string())
        } else {
            (
                format!("the field {pointer} of the {location}"),
                format!("{place}的字段 {pointer} "),
            )
        };
        let english = wrong.in_english();
        let sent = self.sent().filter(|_| !is_text);
        let (sent, sent_zh) = sent.unwrap_or_default();
        (
            format!("{field} contradicts the documentation: {english}{sent}"),
            format!("{field_zh}与文档不符：{wrong}{sent_zh}"),
        )
            .into()
    }

    /// The kind of the value, if the field needs another one; in English and Chinese.
    fn sent(&self) -> Option<(String, String)> {
        let is_kind = matches!(self.wrong, Violation::Kind(_) | Violation::Unsigned);
        let value = self.value.as_deref().filter(|_| is_kind)?;
        let (kind, kind_zh) = match value {
            Value::Null => ("null", " null"),
            Value::Bool(_) => ("a boolean", "布尔值"),
            Value::Number(number) => self.sent_number(number),
            Value::String(_) => ("a text in quotes", "带引号的字符串"),
            Value::Array(_) => ("an array", "数组"),
            Value::Object(_) => ("an object", "对象"),
        };
        Some((
            format!(", and {kind} was sent"),
            format!("，收到的是{kind_zh}"),
        ))
    }
}

impl Issue {
    fn sent_number(&self, number: &Number) -> (&'static str, &'static str) {
        let needs_integer = matches!(
            self.wrong,
            Violation::Kind(FieldKind::Integer) | Violation::Unsigned
        );
        match number.as_f64().filter(|_| number.is_f64()) {
            Some(value) if value.fract() == 0.0 => (
                "a number with a decimal point or an exponent",
                "带小数点或指数的数字",
            ),
            Some(_) => ("a number with a fraction", "小数"),
            None if needs_integer => ("a number that is out of range", "超出范围的数字"),
            None => ("a number", "数字"),
        }
    }
}

fn repeated(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > REPEATED => {
            text.chars().take(REPEATED).collect::<String>().into()
        }
        Value::Array(_) | Value::Object(_) => Value::Null,
        other => other.clone(),
    }
}

impl Location {
    /// The name in `detail`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Query => "query",
            Self::Path => "uri_template",
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Violation {
    /// The same in English; WeChat Pay's own words are Chinese.
    fn in_english(&self) -> String {
        match self {
            Self::Missing => "it is required".to_owned(),
            Self::Kind(kind) => format!("it has to be {}", named(*kind)),
            Self::Json => "it has to be a text that is JSON".to_owned(),
            Self::TooLong { found, most, unit } => {
                format!("it has {found} {}, and {most} are allowed", unit.name())
            }
            Self::TooShort { found, least, unit } => {
                format!("it has {found} {}, and {least} are required", unit.name())
            }
            Self::TooGreat(most) => format!("it is greater than {most}"),
            Self::TooSmall(least) => format!("it is less than {least}"),
            Self::Unknown(values) => format!("it is none of {}", values.join(", ")),
            Self::Pattern(pattern) => format!("it does not match the pattern {pattern}"),
            Self::Unsigned => "it has to be an unsigned integer of 64 bits".to_owned(),
            Self::Twice(name) => format!("the path gives {name} too"),
        }
    }
}

/// WeChat Pay's words.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("必填性规则校验失败，此字段为必填项"),
            Self::Kind(kind) => write!(f, "此字段需要一个{}", called(*kind)),
            Self::Json => f.write_str("此字段需要一个合法的 JSON 文本"),
            Self::TooLong { found, most, unit } => {
                write!(f, "字符串规则校验失败，{unit} {found}，大于最大值 {most}")
            }
            Self::TooShort { found, least, unit } => {
                write!(f, "字符串规则校验失败，{unit} {found}，小于最小值 {least}")
            }
            Self::TooGreat(most) => write!(f, "数值规则校验失败，大于最大值 {most}"),
            Self::TooSmall(least) => write!(f, "数值规则校验失败，小于最小值 {least}"),
            Self::Unknown(values) => {
                write!(f, "枚举规则校验失败，可选值为 {}", values.join("、"))
            }
            Self::Pattern(pattern) => {
                write!(f, "字符串规则校验失败，字符串必须匹配正则表达式“{pattern}”")
            }
            Self::Unsigned => f.write_str("此字段需要一个合法的 64 位无符号整数"),
            Self::Twice(name) => {
                let source = format!("/uri_template/{name}");
                write!(f, "此字段并非多重字段但被输入源“{source}”映射过了。")
            }
        }
    }
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Characters => "characters",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes => "字节数",
            Self::Characters => "字符数",
        })
    }
}

fn named(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Integer => "an integer",
        FieldKind::Number => "a number",
        FieldKind::Boolean => "a boolean",
        FieldKind::Object => "an object",
        FieldKind::Array => "an array",
        _ => "a text",
    }
}

fn called(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Integer => "合法的 64 位有符号整数",
        FieldKind::Number => "合法的数值",
        FieldKind::Boolean => " bool 类型的 Json 值",
        FieldKind::Object => " object 类型的 Json 值",
        FieldKind::Array => " array 类型的 Json 值",
        _ => " string 类型的 Json 值",
    }
}
