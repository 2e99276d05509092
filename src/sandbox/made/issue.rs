//! What is wrong with a field, in WeChat Pay's words.
//!
//! Source of the form: "基本规则", 错误信息: `field` is a JSON pointer in a body and the variable's name
//! in a query. The words are those of the real gateway as users have published them, with the
//! field's name where it has a label in Chinese.

use std::fmt;

use serde_json::{Value, json};

use crate::sandbox::refusal::Refusal;
use crate::schema::FieldKind;

/// One field that is not as documented.
#[derive(Debug, PartialEq)]
pub(super) struct Issue {
    pub(super) location: Location,
    /// In a body a JSON pointer, in a query `/` and the name.
    pub(super) pointer: String,
    /// `None` for what is missing or sensitive.
    pub(super) value: Option<Box<Value>>,
    pub(super) wrong: Wrong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Location {
    Body,
    Query,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Missing,
    Kind(FieldKind),
    Json,
    TooLong { found: usize, most: usize },
    TooShort { found: usize, least: usize },
    TooGreat(i64),
    TooSmall(i64),
    Unknown(Vec<&'static str>),
    Pattern(&'static str),
}

/// The longest value that is repeated to the client, in characters.
const REPEATED: usize = 128;

impl Issue {
    /// APIv3's `PARAM_ERROR` with `detail`.
    pub(super) fn refusal(self) -> Refusal {
        let issue = self.wrong.to_string();
        let name = self.name();
        let source = format!("“/{}{}”", self.location, self.pointer);
        let message = match self.wrong {
            Wrong::Kind(_) | Wrong::Json => {
                format!("无法将 JSON 输入源{source}映射到目标字段“{name}”中，{issue}")
            }
            Wrong::Missing => format!("输入源{source}映射到字段“{name}”{issue}"),
            _ => format!("输入源{source}映射到值字段“{name}”{issue}"),
        };
        let field = match self.location {
            Location::Body => &*self.pointer,
            Location::Query => name,
        };
        let mut detail = json!({
            "field": field,
            "issue": issue,
            "location": self.location.to_string(),
        });
        if let Some(value) = &self.value {
            detail["value"] = repeated(value);
        }
        let why = self.why();
        Refusal::param_error(message, why).with_detail(detail)
    }

    /// APIv2's: `LACK_PARAMS` or `PARAM_ERROR`.
    pub(super) fn v2_refusal(self) -> Refusal {
        let name = self.name();
        let (code, message) = match self.wrong {
            Wrong::Missing => ("LACK_PARAMS", format!("缺少参数{name}")),
            Wrong::TooLong { .. } | Wrong::TooShort { .. } => {
                ("PARAM_ERROR", format!("{name}参数长度有误"))
            }
            Wrong::Kind(_) | Wrong::Json | Wrong::Pattern(_) => {
                ("PARAM_ERROR", format!("{name}参数格式错误"))
            }
            _ => ("PARAM_ERROR", format!("{name}参数错误")),
        };
        let why = self.why();
        Refusal::v2_failure(code, message, why)
    }

    fn name(&self) -> &str {
        let (_, name) = self.pointer.rsplit_once('/').unwrap_or_default();
        name
    }

    /// For the record; never with the value.
    fn why(&self) -> String {
        let Self {
            location,
            pointer,
            wrong,
            ..
        } = self;
        format!("the field {pointer} of the {location} is not as documented: {wrong}")
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

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Body => "body",
            Self::Query => "query",
        })
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("必填性规则校验失败，此字段为必填项"),
            Self::Kind(kind) => write!(f, "此字段需要一个合法的{}", called(*kind)),
            Self::Json => f.write_str("此字段需要一个合法的 JSON 文本"),
            Self::TooLong { found, most } => {
                write!(f, "字符串规则校验失败，字符数 {found}，大于最大值 {most}")
            }
            Self::TooShort { found, least } => {
                write!(f, "字符串规则校验失败，字符数 {found}，小于最小值 {least}")
            }
            Self::TooGreat(most) => write!(f, "数值规则校验失败，大于最大值 {most}"),
            Self::TooSmall(least) => write!(f, "数值规则校验失败，小于最小值 {least}"),
            Self::Unknown(values) => {
                write!(f, "枚举规则校验失败，可选值为 {}", values.join("、"))
            }
            Self::Pattern(pattern) => {
                write!(f, "字符串规则校验失败，字符串必须匹配正则表达式“{pattern}”")
            }
        }
    }
}

fn called(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Integer => " 64 位有符号整数",
        FieldKind::Number => "数值",
        FieldKind::Boolean => "布尔值",
        FieldKind::Object => "对象",
        FieldKind::Array => "数组",
        FieldKind::String => "字符串",
    }
}
