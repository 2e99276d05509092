//! Compares values with what is documented of their fields.
//!
//! What is not documented is passed over, as WeChat Pay does; so are the values of texts that are
//! empty, which the documentation's own samples are full of.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::issue::{Issue, Location, Unit, Wrong};
use super::{pattern, rules, slips};
use crate::schema::{Field, FieldKind};
use wechatpay_core::catalog::Operation;

type Members = Map<String, Value>;

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// Each in JSON's own type.
    Json,
    /// All as texts: in a query, and in APIv2.
    Text,
}

/// A walk over one body or query.
pub(super) struct Check<'a> {
    operation: &'a Operation,
    location: Location,
    written: Written,
    /// Names that are none of this check's business.
    passed_over: &'a [&'a str],
    /// Where the walk is.
    here: String,
    /// The same with `*` for each index.
    pattern: String,
}

impl<'a> Check<'a> {
    pub(super) fn new(operation: &'a Operation, location: Location, written: Written) -> Self {
        Self {
            operation,
            location,
            written,
            passed_over: &[],
            here: String::new(),
            pattern: String::new(),
        }
    }

    pub(super) fn pass_over(mut self, names: &'a [&'a str]) -> Self {
        self.passed_over = names;
        self
    }

    /// The first thing that is wrong.
    pub(super) fn members(&mut self, fields: &[Field], members: &Members) -> Result<(), Issue> {
        for field in fields {
            if self.here.is_empty() && self.passed_over.contains(&field.name()) {
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

    /// A body that should be an object.
    pub(super) fn no_object(&self, value: &Value) -> Issue {
        match value {
            Value::Null => self.wrong(Wrong::Missing),
            _ => self.wrong(Wrong::Kind(FieldKind::Object)),
        }
    }

    /// One value, by its field alone.
    pub(super) fn value(&mut self, field: &Field, value: &Value) -> Result<(), Issue> {
        let found = match (field.kind(), value) {
            (_, Value::String(_) | Value::Number(_)) if slips::is_of_another_kind(field) => Ok(()),
            (FieldKind::Object, Value::Object(members)) => self.members(field.fields(), members),
            (FieldKind::Array, Value::Array(items)) => self.items(field, items),
            (FieldKind::Object | FieldKind::Array, Value::String(_)) if self.is_text() => Ok(()),
            (FieldKind::String, Value::String(text)) => self.text(field, text),
            (FieldKind::Boolean, Value::Bool(_)) => Ok(()),
            (FieldKind::Integer, Value::Number(number)) => self.integer(field, number.as_i64()),
            (FieldKind::Number, Value::Number(number)) => self.number(field, number.as_f64()),
            (kind, Value::String(text)) if self.is_text() => self.scalar(field, kind, text),
            (kind, _) => Err(self.wrong(Wrong::Kind(kind))),
        };
        found
            .and_then(|()| self.listed(field, value))
            .map_err(|issue| self.with_value(issue, field, value))
    }

    fn absent(&self, siblings: &[Field], field: &Field, members: &Members) -> Result<(), Issue> {
        let has = |name: &str| members.get(name).is_some_and(|value| !value.is_null());
        // Of several numbered members there may be none.
        let needed = field.is_required() && !field.name().contains('$');
        if !needed || slips::may_lack(self.operation, siblings, field, &self.pattern, has) {
            return Ok(());
        }
        Err(self.wrong(Wrong::Missing))
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
            && let Some(wrong) = rules::broken(self.operation, &self.pattern, text)
        {
            return Err(self.wrong(wrong));
        }
        let (found, unit) = (text.chars().count(), Unit::Characters);
        let (least, most) = field.length();
        if self.has_length(field, text) {
            if let Some(most) = most.filter(|most| found > *most) {
                return Err(self.wrong(Wrong::TooLong { found, most, unit }));
            }
            if let Some(least) = least.filter(|least| found < *least && !field.is_encrypted()) {
                return Err(self.wrong(Wrong::TooShort { found, least, unit }));
            }
        }
        if text.is_empty() || field.is_encrypted() {
            return Ok(());
        }
        match field.pattern() {
            Some(expression) if !pattern::matches(expression, text) => {
                Err(self.wrong(Wrong::Pattern(expression)))
            }
            _ if !field.fields().is_empty() => self.json(field, text),
            _ => Ok(()),
        }
    }

    /// A value that the documentation names has the right length, whatever it says beside; and how
    /// long a ciphertext for another key is, it does not say.
    fn has_length(&self, field: &Field, text: &str) -> bool {
        let for_bank = self.operation.encrypt_bank().contains(&&*self.pattern);
        !for_bank && !field.values().contains(&text)
    }

    /// A text that holds JSON.
    fn json(&mut self, field: &Field, text: &str) -> Result<(), Issue> {
        match (serde_json::from_str(text), field.fields().first()) {
            (Err(_), _) => Err(self.wrong(Wrong::Json)),
            (Ok(Value::Array(items)), Some(item)) if item.name() == "*" => {
                self.items(field, &items)
            }
            (Ok(Value::Object(members)), _) => self.members(field.fields(), &members),
            _ => Ok(()),
        }
    }

    /// A number or boolean that is written as a text.
    fn scalar(&self, field: &Field, kind: FieldKind, text: &str) -> Result<(), Issue> {
        if text.is_empty() && !field.is_required() {
            return Ok(());
        }
        match kind {
            FieldKind::Boolean if ["true", "false", "0", "1"].contains(&text) => Ok(()),
            FieldKind::Integer => self.integer(field, text.parse().ok()),
            FieldKind::Number => self.number(field, text.parse().ok()),
            _ => Err(self.wrong(Wrong::Kind(kind))),
        }
    }

    /// `None` is what 64 bits with a sign do not hold, as `1.0`, `1e300` and 2^63.
    fn integer(&self, field: &Field, number: Option<i64>) -> Result<(), Issue> {
        let number = number.ok_or_else(|| self.wrong(Wrong::Kind(FieldKind::Integer)))?;
        self.within(field, |bound| number.cmp(&bound))
    }

    fn number(&self, field: &Field, number: Option<f64>) -> Result<(), Issue> {
        let number = number.filter(|number| number.is_finite());
        let number = number.ok_or_else(|| self.wrong(Wrong::Kind(FieldKind::Number)))?;
        // The documented limits are small enough for a double to hold them.
        self.within(field, |bound| number.total_cmp(&(bound as f64)))
    }

    /// Compares a number with its documented limits.
    fn within(&self, field: &Field, compare: impl Fn(i64) -> Ordering) -> Result<(), Issue> {
        let (least, most) = field.range();
        if let Some(least) = least.filter(|least| compare(*least).is_lt()) {
            return Err(self.wrong(Wrong::TooSmall(least)));
        }
        match most.filter(|most| compare(*most).is_gt()) {
            Some(most) => Err(self.wrong(Wrong::TooGreat(most))),
            None => Ok(()),
        }
    }

    /// Whether a value is one of those that the documentation names.
    fn listed(&self, field: &Field, value: &Value) -> Result<(), Issue> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return Ok(()),
        };
        let any = field.is_encrypted() || text.is_empty();
        if any || field.values().contains(&&*text) || slips::takes_any_value(field) {
            return Ok(());
        }
        Err(self.wrong(Wrong::Unknown(field.values().to_vec())))
    }

    fn is_text(&self) -> bool {
        self.written == Written::Text
    }

    fn wrong(&self, wrong: Wrong) -> Issue {
        Issue {
            location: self.location,
            pointer: self.here.clone(),
            value: None,
            wrong,
        }
    }

    /// Only of the field itself, not of those around it, and nothing of what is sensitive.
    fn with_value(&self, mut issue: Issue, field: &Field, value: &Value) -> Issue {
        let own = issue.pointer == self.here && issue.wrong != Wrong::Missing;
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

/// APIv2 numbers its members: `coupon_id_$n` is `coupon_id_0` and so on. The first is looked at.
pub(super) fn first_of(name: &'static str) -> std::borrow::Cow<'static, str> {
    if name.contains('$') {
        name.replace("$n", "0").replace("$m", "0").into()
    } else {
        name.into()
    }
}
