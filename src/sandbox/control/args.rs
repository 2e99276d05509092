//! The arguments of a control request: the members of its JSON body, or the fields of a form.

use serde_json::{Map, Value};

use super::problem::{Outcome, Problem};
use crate::bilingual::{Bilingual, json_error_zh};
use crate::query;

pub(super) struct Args {
    members: Map<String, Value>,
}

impl Args {
    /// Reads a body, which is empty or a JSON object.
    pub(super) fn read(body: &[u8]) -> Outcome<Self> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::of(Map::new()));
        }
        let hint = (
            "send a JSON object, or nothing",
            "请发送 JSON 对象，或不带报文主体",
        );
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self::of(members)),
            Ok(_) => {
                let error = ("the body is not a JSON object", "报文主体不是 JSON 对象");
                Err(Problem::bad(error, hint))
            }
            Err(err) => {
                let error = (
                    format!("the body is not JSON: {err}"),
                    format!("报文主体不是合法的 JSON：{}", json_error_zh(&err)),
                );
                Err(Problem::bad(error, hint))
            }
        }
    }

    pub(super) fn of(members: Map<String, Value>) -> Self {
        Self { members }
    }

    /// The same with the `mchid` of a query. Other members belong in the body, which has their types.
    pub(super) fn with_query(mut self, query: &str) -> Outcome<Self> {
        if let Some((name, _)) = query::pairs(query).find(|(name, _)| name != "mchid") {
            let error = (
                format!("the query has {name}"),
                format!("查询参数中有 {name}"),
            );
            let hint = (
                "give it in the body, which is a JSON object; only mchid may be in the query",
                "请写在请求体的 JSON 对象中；查询参数只能是 mchid",
            );
            return Err(Problem::bad(error, hint));
        }
        let mchid = query::value(Some(query), "mchid").filter(|mchid| !mchid.is_empty());
        let Some(mchid) = mchid.map(Value::from) else {
            return Ok(self);
        };
        let before = self.members.insert("mchid".to_owned(), mchid.clone());
        if before.is_none_or(|before| before == mchid) {
            return Ok(self);
        }
        let error = (
            "the query and the body name different merchants",
            "查询参数和请求体中的商户号不同",
        );
        Err(Problem::bad(error, ("give one mchid", "请只写一个 mchid")))
    }

    /// All members, for a reader that knows them.
    pub(super) fn whole(&self) -> Value {
        Value::Object(self.members.clone())
    }

    /// Refuses unknown members.
    pub(super) fn only(&self, known: &[&str]) -> Outcome<()> {
        let unknown = self.members.keys().find(|name| !known.contains(&&***name));
        let Some(name) = unknown else {
            return Ok(());
        };
        let hint: Bilingual = match known {
            [] => Bilingual::new("send no members", "此操作没有参数"),
            known => (
                format!("there are {}", known.join(", ")),
                format!("可用的参数有 {}", known.join("、")),
            )
                .into(),
        };
        let error = (
            format!("there is no member {name:?}"),
            format!("没有参数 {name:?}"),
        );
        Err(Problem::bad(error, hint))
    }

    /// Refuses members that are `null`.
    pub(super) fn not_null(&self, names: &[&str]) -> Outcome<()> {
        let null = |name: &&&str| self.members.get(**name) == Some(&Value::Null);
        match names.iter().find(null) {
            None => Ok(()),
            Some(name) => Err(Problem::bad(
                (
                    format!("the member {name:?} is null"),
                    format!("成员 {name:?} 为 null"),
                ),
                ("give it a value, or leave it out", "请给出值，或省略该成员"),
            )),
        }
    }

    /// Whether the member exists, with any value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A text or number; `None` when it is missing or empty.
    pub(super) fn text(&self, name: &str) -> Outcome<Option<String>> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(wrong(name, TEXT)),
        }
    }

    pub(super) fn needed(&self, name: &str) -> Outcome<String> {
        self.text(name)?.ok_or_else(|| {
            let error = (
                format!("the member {name:?} is missing"),
                format!("缺少参数 {name:?}"),
            );
            Problem::bad(error, ("give it, as a text", "请给出，类型为字符串"))
        })
    }

    pub(super) fn integer(&self, name: &str) -> Outcome<Option<i64>> {
        let text = self.text(name)?;
        text.map(|text| text.trim().parse().map_err(|_| wrong(name, INTEGER)))
            .transpose()
    }

    pub(super) fn number(&self, name: &str) -> Outcome<Option<f64>> {
        let text = self.text(name)?;
        text.map(|text| text.trim().parse().map_err(|_| wrong(name, NUMBER)))
            .transpose()
    }

    pub(super) fn flag(&self, name: &str) -> Outcome<bool> {
        match self.members.get(name) {
            None | Some(Value::Null | Value::Bool(false)) => Ok(false),
            Some(Value::Bool(true)) => Ok(true),
            Some(Value::String(text)) if ["true", "on", "1"].contains(&text.as_str()) => Ok(true),
            Some(Value::String(text)) if ["false", ""].contains(&text.as_str()) => Ok(false),
            Some(_) => Err(wrong(name, FLAG)),
        }
    }

    /// As [`flag`](Self::flag), for a required member.
    pub(super) fn needed_flag(&self, name: &str) -> Outcome<bool> {
        match self.members.get(name) {
            None | Some(Value::Null) => Err(wrong(name, FLAG)),
            Some(Value::String(text)) if text.is_empty() => Err(wrong(name, FLAG)),
            Some(_) => self.flag(name),
        }
    }

    /// An object; a form has its text.
    pub(super) fn object(&self, name: &str) -> Outcome<Option<Value>> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value @ Value::Object(_)) => Ok(Some(value.clone())),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => match serde_json::from_str(text) {
                Ok(value @ Value::Object(_)) => Ok(Some(value)),
                _ => Err(wrong(name, OBJECT)),
            },
            Some(_) => Err(wrong(name, OBJECT)),
        }
    }
}

const TEXT: Bilingual = Bilingual::new("a text", "字符串");
const INTEGER: Bilingual = Bilingual::new("a whole number", "整数");
const NUMBER: Bilingual = Bilingual::new("a number", "数字");
const FLAG: Bilingual = Bilingual::new("true or false", "true 或 false");
const OBJECT: Bilingual = Bilingual::new("a JSON object", "JSON 对象");

fn wrong(name: &str, kind: Bilingual) -> Problem {
    let Bilingual { en, zh } = kind;
    let error = (
        format!("the member {name:?} is not {en}"),
        format!("参数 {name:?} 不是{zh}"),
    );
    Problem::bad(error, (format!("make it {en}"), format!("应为{zh}")))
}
