//! The members of a control request's body; a form's are texts.

use serde_json::{Map, Value};

use super::problem::{Outcome, Problem};

pub(super) struct Args {
    members: Map<String, Value>,
}

impl Args {
    /// Of a body that is empty or a JSON object.
    pub(super) fn read(body: &[u8]) -> Outcome<Self> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::of(Map::new()));
        }
        let hint = "send a JSON object, or nothing";
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self::of(members)),
            Ok(_) => Err(Problem::bad("the body is not a JSON object", hint)),
            Err(err) => Err(Problem::bad(format!("the body is not JSON: {err}"), hint)),
        }
    }

    pub(super) fn of(members: Map<String, Value>) -> Self {
        Self { members }
    }

    /// Refuses members that nobody would look at.
    pub(super) fn only(&self, known: &[&str]) -> Outcome<()> {
        let unknown = self.members.keys().find(|name| !known.contains(&&***name));
        let Some(name) = unknown else {
            return Ok(());
        };
        let hint = match known {
            [] => "send no members".to_owned(),
            known => format!("there are {}", known.join(", ")),
        };
        Err(Problem::bad(format!("there is no member {name:?}"), hint))
    }

    /// Refuses `null` in the place of values.
    pub(super) fn not_null(&self, names: &[&str]) -> Outcome<()> {
        let null = |name: &&&str| self.members.get(**name) == Some(&Value::Null);
        match names.iter().find(null) {
            None => Ok(()),
            Some(name) => Err(Problem::bad(
                format!("the member {name:?} is null"),
                "give it a value, or leave it out",
            )),
        }
    }

    /// Whether it is named, with whatever value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Outcome<Option<String>> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(wrong(name, "a text")),
        }
    }

    pub(super) fn needed(&self, name: &str) -> Outcome<String> {
        self.text(name)?.ok_or_else(|| {
            Problem::bad(
                format!("the member {name:?} is missing"),
                "give it, as a text",
            )
        })
    }

    pub(super) fn integer(&self, name: &str) -> Outcome<Option<i64>> {
        let text = self.text(name)?;
        text.map(|text| {
            text.trim()
                .parse()
                .map_err(|_| wrong(name, "a whole number"))
        })
        .transpose()
    }

    pub(super) fn number(&self, name: &str) -> Outcome<Option<f64>> {
        let text = self.text(name)?;
        text.map(|text| text.trim().parse().map_err(|_| wrong(name, "a number")))
            .transpose()
    }

    pub(super) fn flag(&self, name: &str) -> Outcome<bool> {
        match self.members.get(name) {
            None | Some(Value::Null | Value::Bool(false)) => Ok(false),
            Some(Value::Bool(true)) => Ok(true),
            Some(Value::String(text)) if ["true", "on", "1"].contains(&text.as_str()) => Ok(true),
            Some(Value::String(text)) if ["false", ""].contains(&text.as_str()) => Ok(false),
            Some(_) => Err(wrong(name, "true or false")),
        }
    }

    /// As [`flag`](Self::flag), of a member that has to be there.
    pub(super) fn needed_flag(&self, name: &str) -> Outcome<bool> {
        match self.members.get(name) {
            None | Some(Value::Null) => Err(wrong(name, "true or false")),
            Some(Value::String(text)) if text.is_empty() => Err(wrong(name, "true or false")),
            Some(_) => self.flag(name),
        }
    }

    /// An object, or in a form the text of one.
    pub(super) fn object(&self, name: &str) -> Outcome<Option<Value>> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value @ Value::Object(_)) => Ok(Some(value.clone())),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => match serde_json::from_str(text) {
                Ok(value @ Value::Object(_)) => Ok(Some(value)),
                _ => Err(wrong(name, "a JSON object")),
            },
            Some(_) => Err(wrong(name, "a JSON object")),
        }
    }
}

fn wrong(name: &str, kind: &str) -> Problem {
    Problem::bad(
        format!("the member {name:?} is not {kind}"),
        format!("make it {kind}"),
    )
}
