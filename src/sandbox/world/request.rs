//! Reads the fields of a request. The refusal names the missing or wrong field.
//!
//! The schema was checked before, with WeChat Pay's messages. That check can be disabled
//! ([`SandboxBuilder::check_fields`](crate::SandboxBuilder::check_fields)), but records must be valid and of bounded
//! size in any case.

use std::borrow::Cow;

use serde_json::Value;

use crate::query;
use crate::refusal::Refusal;
use crate::schema::{self, Field, departures};
use crate::validation::is_merchant_number;
use wechatpay_core::catalog::Operation;
use wechatpay_core::crypto::digest::sha256;

/// An authenticated request with its content.
#[derive(Clone, Copy)]
pub(crate) struct Request<'r> {
    pub(crate) operation: &'static Operation,
    /// The path as received.
    pub(crate) path: &'r str,
    /// The query with its sensitive parameters decrypted.
    pub(crate) query: Option<&'r str>,
    /// The body with its sensitive fields decrypted.
    pub(crate) body: Option<&'r Value>,
    /// The file of an upload, whose `meta` is the body.
    pub(crate) file: Option<&'r [u8]>,
    /// Seconds since the Unix epoch, by the gateway's clock.
    pub(crate) now: i64,
}

impl<'r> Request<'r> {
    /// A variable of the path; empty when the operation has none of this name.
    pub(crate) fn variable(&self, name: &str) -> String {
        let template = self.operation.path().split('/');
        let mut pairs = template.zip(self.path.trim_start_matches('/').split('/'));
        let found = pairs.find(|(segment, _)| {
            let inner = segment
                .strip_prefix('{')
                .and_then(|it| it.strip_suffix('}'));
            inner == Some(name)
        });
        found.map_or_else(String::new, |(_, value)| query::decoded(value).into_owned())
    }

    /// A required query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Result<String, Refusal> {
        self.query_value(name)
            .ok_or_else(|| self.wrong(name, "缺少必填参数"))
    }

    /// The refusal of a query parameter.
    pub(crate) fn wrong(&self, name: &str, issue: &str) -> Refusal {
        Refusal::field(name, issue, "query")
    }

    /// A query parameter that is an integer.
    pub(crate) fn number(&self, name: &str) -> Result<Option<usize>, Refusal> {
        let value = self.query_value(name).map(|value| value.parse());
        value.transpose().map_err(|_| self.wrong(name, "应为整数"))
    }

    /// A query parameter. An empty one counts as absent, as in the samples of the documentation.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        let value = query::value(self.query, name).filter(|value| !value.is_empty());
        value.map(Cow::into_owned)
    }

    /// A path variable or, if the path has none of this name, a query parameter.
    pub(crate) fn variable_or_parameter(&self, name: &str) -> String {
        let variable = self.variable(name);
        if variable.is_empty() {
            self.query_value(name).unwrap_or_default()
        } else {
            variable
        }
    }

    pub(crate) fn fields(&self) -> Fields<'r> {
        Fields {
            operation: self.operation,
            documented: schema::of(self.operation).map_or(&[], |schema| schema.request()),
            value: self.body.unwrap_or(&Value::Null),
            prefix: String::new(),
            pattern: String::new(),
        }
    }

    /// A digest of the operation and the members, independent of their order.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let mut text = Vec::with_capacity(1024);
        text.extend(self.operation.path().as_bytes());
        absorb(&mut text, self.body.unwrap_or(&Value::Null));
        sha256(&text)
    }
}

/// Writes a value so that different values never yield the same bytes.
fn absorb(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => absorb_text(bytes, b's', text),
        Value::Array(items) => {
            absorb_text(bytes, b'a', &items.len().to_string());
            items.iter().for_each(|item| absorb(bytes, item));
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| name.as_str());
            absorb_text(bytes, b'o', &members.len().to_string());
            for (name, value) in members {
                absorb_text(bytes, b's', name);
                absorb(bytes, value);
            }
        }
        other => absorb_text(bytes, b'l', &other.to_string()),
    }
}

/// Writes the type and the length of a text before it.
fn absorb_text(bytes: &mut Vec<u8>, kind: u8, text: &str) {
    bytes.push(kind);
    bytes.extend(text.len().to_be_bytes());
    bytes.extend(text.as_bytes());
}

/// An object of the body, and its position.
#[derive(Clone)]
pub(crate) struct Fields<'r> {
    operation: &'static Operation,
    /// The documented fields of the object.
    documented: &'static [Field],
    value: &'r Value,
    /// The JSON pointer of the object.
    prefix: String,
    /// The same with `*` for each index.
    pattern: String,
}

impl<'r> Fields<'r> {
    /// A text that must be present.
    pub(crate) fn required_text(&self, pointer: &str) -> Result<String, Refusal> {
        self.optional_text(pointer)?
            .ok_or_else(|| self.wrong(pointer, "缺少必填参数"))
    }

    /// A text that may be absent. An empty text counts as absent.
    pub(crate) fn optional_text(&self, pointer: &str) -> Result<Option<String>, Refusal> {
        match self.at(pointer) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= self.most(pointer) => {
                Ok(Some(text.clone()))
            }
            Some(Value::String(_)) => Err(self.wrong(pointer, "长度超过限制")),
            Some(_) => Err(self.wrong(pointer, "应为字符串")),
        }
    }

    /// A number that the merchant chose, such as an `out_trade_no`: letters, digits and `_-|*@`.
    pub(crate) fn merchant_number(&self, pointer: &str) -> Result<String, Refusal> {
        let number = self.required_text(pointer)?;
        if is_merchant_number(&number) {
            Ok(number)
        } else {
            Err(self.wrong(pointer, "只能是数字、大小写字母_-|*@"))
        }
    }

    /// An amount in fen: a JSON integer of at least 1.
    pub(crate) fn amount(&self, pointer: &str) -> Result<i64, Refusal> {
        let value = self.at(pointer).filter(|it| !it.is_null());
        let value = value.ok_or_else(|| self.wrong(pointer, "缺少必填参数"))?;
        let amount = value.as_i64().filter(|amount| *amount >= 1);
        amount.ok_or_else(|| self.wrong(pointer, "应为大于0的整数，单位为分"))
    }

    pub(crate) fn boolean(&self, pointer: &str) -> Result<bool, Refusal> {
        match self.at(pointer) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.wrong(pointer, "应为布尔值")),
        }
    }

    /// The objects of a list, which must not be empty.
    pub(crate) fn items(&self, pointer: &str, most: usize) -> Result<Vec<Self>, Refusal> {
        let items = match self.at(pointer) {
            Some(Value::Array(items)) if !items.is_empty() => items,
            None | Some(Value::Null | Value::Array(_)) => {
                return Err(self.wrong(pointer, "缺少必填参数"));
            }
            Some(_) => return Err(self.wrong(pointer, "应为数组")),
        };
        if items.len() > most {
            return Err(self.wrong(pointer, "数组元素个数超过限制"));
        }
        let documented = self
            .documented(&format!("{pointer}/*"))
            .map_or(&[][..], Field::fields);
        let item = |(index, value)| Self {
            operation: self.operation,
            documented,
            value,
            prefix: format!("{}{pointer}/{index}", self.prefix),
            pattern: format!("{}{pointer}/*", self.pattern),
        };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// Whether the request has a value at a pointer.
    pub(crate) fn has(&self, pointer: &str) -> bool {
        self.at(pointer).is_some_and(|value| !value.is_null())
    }

    /// The value at a pointer. Names of fields have no escapes, which [`Value::pointer`] would replace.
    fn at(&self, pointer: &str) -> Option<&'r Value> {
        let mut names = pointer.split('/').skip(1);
        names.try_fold(self.value, |value, name| value.get(name))
    }

    /// The documented field at a pointer.
    fn documented(&self, pointer: &str) -> Option<&'static Field> {
        let mut fields = self.documented;
        let mut found = None;
        for name in pointer.split('/').skip(1) {
            let field = fields.iter().find(|field| field.name() == name)?;
            fields = field.fields();
            found = Some(field);
        }
        found
    }

    /// The greatest length of a text, in characters.
    fn most(&self, pointer: &str) -> usize {
        let pattern = if self.pattern.is_empty() {
            Cow::Borrowed(pointer)
        } else {
            format!("{}{pointer}", self.pattern).into()
        };
        departures::most_characters(self.operation, &pattern, self.documented(pointer))
    }

    pub(crate) fn wrong(&self, pointer: &str, issue: &str) -> Refusal {
        Refusal::field(&format!("{}{pointer}", self.prefix), issue, "body")
    }
}

/// A sum that cannot overflow.
pub(crate) fn sum(amounts: impl IntoIterator<Item = i64>) -> i128 {
    amounts.into_iter().map(i128::from).sum()
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;
    use wechatpay_core::catalog;

    fn fields(value: &Value) -> Fields<'_> {
        Fields {
            operation: catalog::find(&Method::POST, "v3/pay/transactions/native").unwrap(),
            documented: &[],
            value,
            prefix: String::new(),
            pattern: String::new(),
        }
    }

    #[test]
    fn amounts_are_integers_in_fen() {
        for (value, expected) in [
            (json!(1), Some(1)),
            (json!(i64::MAX), Some(i64::MAX)),
            (json!(0), None),
            (json!(-1), None),
            (json!(i64::MIN), None),
            (json!(u64::MAX), None),
            (json!(1.0), None),
            (json!(0.5), None),
            (json!(1e300), None),
            (json!("1"), None),
            (json!(true), None),
            (json!([1]), None),
            (json!(null), None),
        ] {
            let body = json!({"amount": {"total": value}});
            let found = fields(&body).amount("/amount/total");
            assert_eq!(found.as_ref().ok().copied(), expected, "{value}");
            if let Err(refusal) = found {
                assert_eq!(refusal.code, "PARAM_ERROR");
                assert!(
                    refusal.why.en.contains("/amount/total"),
                    "{}",
                    refusal.why.en
                );
            }
        }
        assert_eq!(sum([i64::MAX; 3]), 3 * i128::from(i64::MAX));
    }

    #[test]
    fn members_of_another_type_or_length_are_refused() {
        let body =
            json!({"description": "订单", "n": 1, "e": "", "list": [{"x": 1}, {}], "flag": "true"});
        let fields = fields(&body);
        let text = fields.required_text("/description");
        assert_eq!(text.ok().as_deref(), Some("订单"));
        assert!(fields.optional_text("/n").is_err());
        assert!(fields.required_text("/e").is_err() && fields.required_text("/none").is_err());
        assert!(matches!(fields.optional_text("/e"), Ok(None)));
        assert!(fields.merchant_number("/description").is_err());
        assert!(fields.boolean("/flag").is_err());
        assert!(fields.items("/list", 1).is_err() && fields.items("/description", 9).is_err());
        let items = fields.items("/list", 2).unwrap();
        let why = items[1].amount("/x").unwrap_err().why.en;
        assert!(why.starts_with("/list/1/x"), "{why}");
    }

    #[test]
    fn lengths_are_those_of_the_field_rules() {
        let text = |count: usize| "单".repeat(count);
        for (name, most) in [("description", 127), ("mchid", 32), ("undocumented", 1024)] {
            let pointer = format!("/{name}");
            let longest = json!({name: text(most)});
            assert!(fields(&longest).required_text(&pointer).is_ok(), "{name}");
            let longer = json!({name: text(most + 1)});
            assert!(fields(&longer).required_text(&pointer).is_err(), "{name}");
        }
    }

    #[test]
    fn path_and_query_are_decoded() {
        let path = "/v3/pay/transactions/out-trade-no/a%7Cb";
        let request = Request {
            operation: catalog::find(&Method::GET, path).unwrap(),
            path,
            query: Some("mchid=19%30&empty=&=x&alone"),
            body: None,
            file: None,
            now: 0,
        };
        assert_eq!(request.variable("out_trade_no"), "a|b");
        assert_eq!(request.variable("nothing"), "");
        assert_eq!(request.parameter("mchid").ok().as_deref(), Some("190"));
        assert!(request.parameter("empty").is_err() && request.parameter("alone").is_err());
    }

    #[test]
    fn fingerprints_ignore_only_the_order_of_members() {
        let path = "v3/pay/transactions/native";
        let print = |body: Value| {
            let operation = catalog::find(&Method::POST, path).unwrap();
            let body = Some(&body);
            let (query, file, now) = (None, None, 0);
            let request = Request {
                operation,
                path,
                query,
                body,
                file,
                now,
            };
            request.fingerprint()
        };
        let first = print(json!({"a": 1, "b": {"c": [1, 2], "d": null}}));
        assert_eq!(first, print(json!({"b": {"d": null, "c": [1, 2]}, "a": 1})));
        for other in [
            json!({"a": "1", "b": {"c": [1, 2], "d": null}}),
            json!({"a": 1, "b": {"c": [2, 1], "d": null}}),
            json!({"a": 1, "b": {"c": [1, 2]}}),
            json!({"a": 1, "b": {"c": [1], "d": null}}),
        ] {
            assert_ne!(first, print(other.clone()), "{other}");
        }
    }
}
