//! Compares values with their documented fields.
//!
//! Undocumented members are ignored, as WeChat Pay does. So are empty texts, which are frequent in the samples of
//! the documentation.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::issue::{Issue, Location, Unit, Violation};
use super::{POINTER, is_merchant_number, pattern};
use crate::schema::departures::{self, Rule};
use crate::schema::{Field, FieldKind};
use wechatpay_core::catalog::Operation;

type Members = Map<String, Value>;

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Each value has its JSON type.
    Json,
    /// All values are texts, as in a query and in APIv2.
    Text,
}

/// A walk over one body or query.
pub(crate) struct Validator<'a> {
    operation: &'a Operation,
    location: Location,
    encoding: Encoding,
    /// Members that are not checked.
    skipped: &'a [&'a str],
    /// The JSON pointer of the current value.
    here: String,
    /// The same with `*` for each index.
    pattern: String,
}

impl<'a> Validator<'a> {
    pub(crate) fn new(operation: &'a Operation, location: Location, encoding: Encoding) -> Self {
        Self {
            operation,
            location,
            encoding,
            skipped: &[],
            here: String::with_capacity(POINTER),
            pattern: String::with_capacity(POINTER),
        }
    }

    pub(crate) fn skip(mut self, names: &'a [&'a str]) -> Self {
        self.skipped = names;
        self
    }

    /// Returns the first issue.
    pub(crate) fn members(&mut self, fields: &[Field], members: &Members) -> Result<(), Issue> {
        for field in fields {
            if self.here.is_empty() && self.skipped.contains(&field.name()) {
                continue;
            }
            let name = first_of(field.name());
            self.down(&name, &name, |walk| match members.get(&*name) {
                Some(value) if !value.is_null() => walk.value(field, value),
                _ => walk.absent(fields, field, members),
            })?;
        }
        Ok(())
    }

    /// The issue of a body that is not an object.
    pub(crate) fn no_object(&self, value: &Value) -> Issue {
        match value {
            Value::Null => self.wrong(Violation::Missing),
            _ => self.wrong(Violation::Kind(FieldKind::Object)),
        }
    }

    /// Checks a single value.
    pub(crate) fn value(&mut self, field: &Field, value: &Value) -> Result<(), Issue> {
        let found = match (field.kind(), value) {
            (_, Value::String(_) | Value::Number(_)) if departures::is_of_another_kind(field) => {
                Ok(())
            }
            (FieldKind::Object, Value::Object(members)) => self.members(field.fields(), members),
            (FieldKind::Array, Value::Array(items)) => self.items(field, items),
            (FieldKind::Object | FieldKind::Array, Value::String(_)) if self.is_text() => Ok(()),
            (FieldKind::String, Value::String(text)) => self.text(field, text),
            (FieldKind::Boolean, Value::Bool(_)) => Ok(()),
            (FieldKind::Integer | FieldKind::Number, Value::Number(number))
                if departures::is_in_fen(self.operation, field) =>
            {
                self.fen(field, number.as_i64())
            }
            (FieldKind::Integer, Value::Number(number)) => self.integer(field, number.as_i64()),
            (FieldKind::Number, Value::Number(number)) => self.number(field, number.as_f64()),
            (kind, Value::String(text)) if self.is_text() => self.scalar(field, kind, text),
            (kind, _) => Err(self.wrong(Violation::Kind(kind))),
        };
        found
            .and_then(|()| self.listed(field, value))
            .map_err(|issue| self.with_value(issue, field, value))
    }

    fn absent(&self, siblings: &[Field], field: &Field, members: &Members) -> Result<(), Issue> {
        let has = |name: &str| members.get(name).is_some_and(|value| !value.is_null());
        // Numbered members may be absent.
        let needed = field.is_required() && !field.name().contains('$');
        if !needed || departures::may_be_absent(self.operation, siblings, field, &self.pattern, has)
        {
            return Ok(());
        }
        Err(self.wrong(Violation::Missing))
    }

    fn items(&mut self, field: &Field, items: &[Value]) -> Result<(), Issue> {
        let Some(item) = field.fields().first() else {
            return Ok(());
        };
        for (index, value) in items.iter().enumerate() {
            self.down(&index.to_string(), "*", |walk| walk.value(item, value))?;
        }
        Ok(())
    }

    fn text(&mut self, field: &Field, text: &str) -> Result<(), Issue> {
        if self.location == Location::Body
            && let Some(wrong) = broken(departures::of_text(self.operation, &self.pattern), text)
        {
            return Err(self.wrong(wrong));
        }
        let (found, unit) = (text.chars().count(), Unit::Characters);
        let (least, most) = field.length();
        if self.has_length(field, text) {
            if let Some(most) = most.filter(|most| found > *most) {
                return Err(self.wrong(Violation::TooLong { found, most, unit }));
            }
            if let Some(least) = least.filter(|least| found < *least && !field.is_encrypted()) {
                return Err(self.wrong(Violation::TooShort { found, least, unit }));
            }
        }
        if text.is_empty() || field.is_encrypted() {
            return Ok(());
        }
        match field.pattern() {
            Some(expression) if !pattern::matches(expression, text) => {
                Err(self.wrong(Violation::Pattern(expression)))
            }
            _ if !field.fields().is_empty() => self.json(field, text),
            _ => Ok(()),
        }
    }

    /// Whether the length is checked: documented values have the right length in any case, and the lengths of
    /// ciphertexts for other keys are not documented.
    fn has_length(&self, field: &Field, text: &str) -> bool {
        let for_bank = self.operation.encrypt_bank().contains(&&*self.pattern);
        !for_bank && !field.values().contains(&text)
    }

    /// Checks a text that contains JSON.
    fn json(&mut self, field: &Field, text: &str) -> Result<(), Issue> {
        match (serde_json::from_str(text), field.fields().first()) {
            (Err(_), _) => Err(self.wrong(Violation::Json)),
            (Ok(Value::Array(items)), Some(item)) if item.name() == "*" => {
                self.items(field, &items)
            }
            (Ok(Value::Object(members)), _) => self.members(field.fields(), &members),
            _ => Ok(()),
        }
    }

    /// Checks a number or boolean that is written as a text.
    fn scalar(&self, field: &Field, kind: FieldKind, text: &str) -> Result<(), Issue> {
        if text.is_empty() && !field.is_required() {
            return Ok(());
        }
        match kind {
            FieldKind::Boolean if ["true", "false", "0", "1"].contains(&text) => Ok(()),
            FieldKind::Integer => self.integer(field, text.parse().ok()),
            FieldKind::Number => self.number(field, text.parse().ok()),
            _ => Err(self.wrong(Violation::Kind(kind))),
        }
    }

    /// Checks an integer; `None` for values that do not fit into 64 bits, such as `1.0`, `1e300` and 2^63.
    fn integer(&self, field: &Field, number: Option<i64>) -> Result<(), Issue> {
        let number = number.ok_or_else(|| self.wrong(Violation::Kind(FieldKind::Integer)))?;
        self.within(field, |bound| number.cmp(&bound))
    }

    /// Checks an amount, which is never negative.
    fn fen(&self, field: &Field, number: Option<i64>) -> Result<(), Issue> {
        if number.is_some_and(i64::is_negative) {
            return Err(self.wrong(Violation::TooSmall(0)));
        }
        self.integer(field, number)
    }

    fn number(&self, field: &Field, number: Option<f64>) -> Result<(), Issue> {
        let number = number.filter(|number| number.is_finite());
        let number = number.ok_or_else(|| self.wrong(Violation::Kind(FieldKind::Number)))?;
        // The documented limits are small enough for a double to hold them.
        self.within(field, |bound| number.total_cmp(&(bound as f64)))
    }

    /// Compares a number with its documented limits.
    fn within(&self, field: &Field, compare: impl Fn(i64) -> Ordering) -> Result<(), Issue> {
        let (least, most) = field.range();
        if let Some(least) = least.filter(|least| compare(*least).is_lt()) {
            return Err(self.wrong(Violation::TooSmall(least)));
        }
        match most.filter(|most| compare(*most).is_gt()) {
            Some(most) => Err(self.wrong(Violation::TooGreat(most))),
            None => Ok(()),
        }
    }

    /// Checks that a value is one of the documented ones.
    fn listed(&self, field: &Field, value: &Value) -> Result<(), Issue> {
        let text = match value {
            _ if departures::takes_any_value(self.operation, field) => return Ok(()),
            Value::String(text) => Cow::Borrowed(&**text),
            Value::Number(_) | Value::Bool(_) => value.to_string().into(),
            _ => return Ok(()),
        };
        let any = field.is_encrypted() || text.is_empty();
        if any
            || field.values().contains(&&*text)
            || departures::takes_value(self.operation, field, &text)
        {
            return Ok(());
        }
        Err(self.wrong(Violation::Unknown(field.values().to_vec())))
    }

    fn is_text(&self) -> bool {
        self.encoding == Encoding::Text
    }

    fn wrong(&self, wrong: Violation) -> Issue {
        Issue {
            location: self.location,
            pointer: self.here.clone(),
            value: None,
            wrong,
        }
    }

    /// Adds the value to an issue of this field, unless the field is sensitive.
    fn with_value(&self, mut issue: Issue, field: &Field, value: &Value) -> Issue {
        let own = issue.pointer == self.here && issue.wrong != Violation::Missing;
        if own && !field.is_encrypted() {
            issue.value = Some(Box::new(value.clone()));
        }
        issue
    }

    fn down<T>(&mut self, name: &str, pattern: &str, walk: impl FnOnce(&mut Self) -> T) -> T {
        let lengths = (self.here.len(), self.pattern.len());
        self.here.extend(["/", name]);
        self.pattern.extend(["/", pattern]);
        let found = walk(self);
        self.here.truncate(lengths.0);
        self.pattern.truncate(lengths.1);
        found
    }
}

/// The violation of a variable of the path.
pub(super) fn variable(operation: &Operation, name: &str, value: &str) -> Option<Violation> {
    broken(departures::of_variable(operation, name), value)
}

/// The first rule that a text violates.
fn broken(mut rules: impl Iterator<Item = Rule>, text: &str) -> Option<Violation> {
    let (found, unit) = (text.len(), Unit::Bytes);
    rules.find_map(|rule| match rule {
        Rule::Bytes(least, _) if found < least => Some(Violation::TooShort { found, least, unit }),
        Rule::Bytes(_, most) if found > most => Some(Violation::TooLong { found, most, unit }),
        Rule::PlainUrl { quoted } if !pattern::is_plain_url(text) => {
            Some(Violation::Pattern(quoted))
        }
        Rule::MerchantNumber { quoted } if !is_merchant_number(text) => {
            Some(Violation::Pattern(quoted))
        }
        Rule::Unsigned if text.parse::<u64>().is_err() => Some(Violation::Unsigned),
        _ => None,
    })
}

/// APIv2 numbers its members: `coupon_id_$n` is `coupon_id_0` and so on. Only the first is checked.
pub(crate) fn first_of(name: &'static str) -> Cow<'static, str> {
    if name.contains('$') {
        name.replace("$n", "0").replace("$m", "0").into()
    } else {
        name.into()
    }
}

#[cfg(test)]
mod tests;
