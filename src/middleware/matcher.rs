use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::message::{CallInfo, Payload, Request, Response};
use crate::stack::{DynMiddleware, Next};
use crate::transport::BoxFuture;
use wechatpay_core::catalog::Operation;
use wechatpay_core::error::{Error, ErrorKind, Result, VerifyFailure};
use wechatpay_core::protocol::fields::member;
use wechatpay_core::protocol::xml;

/// Compares the identifying members of a request with those of its response: order, merchant, app.
///
/// A signature does not say which request an answer belongs to. This layer is outside `verifier` and
/// `transform_response`, so that it compares verified answers; and outside `prepare`
/// and `transform_request`, so that the request's body is still data.
///
/// [`Operation::echoed`] has the members. A member that either side lacks is not compared; answers that are
/// not 2xx or are streamed are not compared.
pub(crate) struct Matcher;

impl DynMiddleware for Matcher {
    fn handle(
        self: Arc<Self>,
        request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        let operation = request
            .extensions()
            .get::<CallInfo>()
            .and_then(CallInfo::operation);
        let Some((operation, echoed)) = operation.map(|operation| (operation, operation.echoed()))
        else {
            return next.pass(request);
        };
        if echoed.is_empty() {
            return next.pass(request);
        }
        let named = named(operation, echoed, &request);
        let answer = next.pass(request);
        if named.is_empty() {
            return answer;
        }
        Box::pin(async move {
            let response = answer.await?;
            if !response.status().is_success() || response.bytes().is_empty() {
                return Ok(response);
            }
            match differing(operation, &named, &response) {
                None => Ok(response),
                Some(member) => Err(mismatch(&response, member)),
            }
        })
    }
}

fn mismatch(response: &Response, member: &'static str) -> Error {
    let message = format!(
        "the answer's {member} differs from the request's, so it may be the answer to another call; the \
         request may have been processed, so query before repeating it"
    );
    response
        .error(ErrorKind::Verify, message)
        .with_source(VerifyFailure::Mismatch { member })
}

/// Names in the request, and the pointer to the same member of the answer.
type Echoed = &'static [(&'static str, &'static str)];

/// A member in the request: its values, and its pointer in the answer.
struct Named {
    name: &'static str,
    /// The first name of the pointer.
    top: &'static str,
    /// The pointer below that member.
    below: &'static str,
    /// Those in the path, the query and the body.
    texts: [Option<String>; 3],
}

fn named(operation: &Operation, echoed: Echoed, request: &Request) -> Vec<Named> {
    let body = Body::of(operation, request.body());
    let path = path_variables(operation, request.uri().path());
    let query = request.uri().query().unwrap_or_default();
    let values = |name: &str| {
        let in_path = path.iter().find(|(variable, _)| *variable == name);
        let texts = [
            in_path.and_then(|(_, text)| decoded(text)),
            parameter(query, name),
            body.get(name).and_then(scalar),
        ];
        texts.map(|text| {
            let text = text.as_deref()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        })
    };
    let named = echoed.iter().filter_map(|&(name, pointer)| {
        let texts = values(name);
        let (top, below) = split(pointer);
        texts.iter().any(Option::is_some).then_some(Named {
            name,
            top,
            below,
            texts,
        })
    });
    named.collect()
}

/// Splits a pointer into its first name and the pointer below it.
fn split(pointer: &str) -> (&str, &str) {
    let names = pointer.strip_prefix('/').unwrap_or(pointer);
    let end = names.bytes().position(|byte| byte == b'/');
    names.split_at(end.unwrap_or(names.len()))
}

/// The request's body, if it is data or can be read as data.
enum Body<'a> {
    Data(&'a Value),
    Read(Value),
}

impl<'a> Body<'a> {
    fn of(operation: &Operation, payload: &'a Payload) -> Self {
        match payload {
            Payload::Json(value) => Self::Data(value),
            Payload::Bytes(bytes) if operation.is_v2() => {
                Self::Read(xml::decode(bytes).map_or(Value::Null, Value::Object))
            }
            Payload::Bytes(bytes) => Self::Read(json(bytes)),
            _ => Self::Read(Value::Null),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        let value = match self {
            Self::Data(value) => value,
            Self::Read(value) => value,
        };
        member(value.as_object()?, name)
    }
}

fn json(bytes: &Bytes) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

/// Returns the path's variables and their texts; none if the path does not match the operation's.
///
/// The sent path may begin with the path of the base URL.
fn path_variables<'a>(operation: &Operation, path: &'a str) -> Vec<(&'static str, &'a str)> {
    let mut found = Vec::new();
    if !operation.wire_path().contains('{') {
        return found;
    }
    let mut sent = path.trim_end_matches('/').rsplit('/');
    let template = operation.wire_path().trim_end_matches('/');
    for segment in template.rsplit('/') {
        let variable = segment
            .strip_prefix('{')
            .and_then(|segment| segment.strip_suffix('}'));
        match (variable, sent.next()) {
            (Some(name), Some(text)) => found.push((name, text)),
            (None, Some(text)) if text == segment => {}
            _ => return Vec::new(),
        }
    }
    found
}

/// Returns a query parameter that appears exactly once.
fn parameter<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let mut texts = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, text)| text);
    match (texts.next(), texts.next()) {
        (Some(text), None) => decoded(text),
        _ => None,
    }
}

fn decoded(text: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(text).decode_utf8().ok()
}

/// Returns the first member whose value in the answer differs from all values in the request.
fn differing(operation: &Operation, named: &[Named], response: &Response) -> Option<&'static str> {
    let answer = Members::of(operation, named, response)?;
    let differs = |member: &&Named| match answer.member(member) {
        // APIv2 writes a repeated element as a list, and WeChat Pay repeats none of these.
        Some(Value::Array(_) | Value::Object(_)) => operation.is_v2(),
        Some(value) => !member
            .texts
            .iter()
            .flatten()
            .any(|text| may_be(value, text)),
        None => false,
    };
    named.iter().find(differs).map(|member| member.name)
}

/// The answer. In APIv3 only the compared members are parsed: parsing all would cost more than
/// the rest of this layer.
enum Members<'a> {
    Whole(&'a Value),
    Wanted(Vec<(&'static str, Value)>),
}

impl<'a> Members<'a> {
    fn of(operation: &Operation, named: &[Named], response: &'a Response) -> Option<Self> {
        if operation.is_v2() {
            return response.value().ok().map(Self::Whole);
        }
        let (bytes, wanted) = (response.bytes(), Wanted(named));
        // Checking the whole text once is cheaper than checking each name and value.
        let found = match std::str::from_utf8(bytes) {
            Ok(text) => wanted.deserialize(&mut serde_json::Deserializer::from_str(text)),
            Err(_) => wanted.deserialize(&mut serde_json::Deserializer::from_slice(bytes)),
        };
        found.ok().map(Self::Wanted)
    }

    /// Returns a member; the last one if its name is doubled.
    fn member(&self, member: &Named) -> Option<&Value> {
        let top = match self {
            Self::Whole(value) => value.get(member.top),
            Self::Wanted(found) => {
                let mut found = found.iter().rev();
                found
                    .find(|(name, _)| *name == member.top)
                    .map(|(_, value)| value)
            }
        };
        top?.pointer(member.below)
    }
}

struct Wanted<'a>(&'a [Named]);

impl<'de> DeserializeSeed<'de> for Wanted<'_> {
    type Value = Vec<(&'static str, Value)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Wanted<'_> {
    type Value = Vec<(&'static str, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::with_capacity(self.0.len());
        while let Some(name) = members.next_key_seed(Name(self.0))? {
            match name {
                Some(name) => found.push((name, members.next_value()?)),
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

/// A member's name, if it is compared.
struct Name<'a>(&'a [Named]);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<&'static str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let mut tops = self.0.iter().map(|member| member.top);
        Ok(tops.find(|top| *top == name))
    }
}

/// Whether an answer's value may equal the request's. The documentation writes some ids as text in one
/// and as a number in the other.
fn may_be(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found.trim().is_empty() || found.trim() == text,
        Value::Number(found) => match (found.as_i64(), text.parse::<i64>()) {
            (Some(found), Ok(named)) => found == named,
            _ => true,
        },
        _ => true,
    }
}

/// Returns the text of a text or a number.
fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use wechatpay_core::catalog;

    fn variables(path: &str, template: &str) -> Vec<(&'static str, String)> {
        let operation = catalog::find(&Method::GET, template).unwrap();
        let found = path_variables(operation, path).into_iter();
        found.map(|(name, text)| (name, text.to_owned())).collect()
    }

    #[test]
    fn variables_are_found_below_a_base_path_and_before_a_slash() {
        let template = "v3/pay/transactions/out-trade-no/{out_trade_no}";
        let expected = vec![("out_trade_no", "a%2Fb".to_owned())];
        for path in [
            "/v3/pay/transactions/out-trade-no/a%2Fb",
            "/gateway/v3/pay/transactions/out-trade-no/a%2Fb",
            "/v3/pay/transactions/out-trade-no/a%2Fb/",
        ] {
            assert_eq!(variables(path, template), expected, "{path}");
        }
        for path in ["/v3/pay/transactions/id/1", "/", "", "/out-trade-no/1"] {
            assert_eq!(variables(path, template), [], "{path}");
        }
    }

    fn read(text: &str) -> Option<Vec<Option<Value>>> {
        let named = ["/a", "/b/c", "/b/d/e"].map(|pointer| {
            let (top, below) = split(pointer);
            let (name, texts) = (pointer, [const { None }; 3]);
            Named {
                name,
                top,
                below,
                texts,
            }
        });
        let mut json = serde_json::Deserializer::from_slice(text.as_bytes());
        let answer = Members::Wanted(Wanted(&named).deserialize(&mut json).ok()?);
        let found = named.iter().map(|member| answer.member(member).cloned());
        Some(found.collect())
    }

    #[test]
    fn members_are_found_at_their_pointers_and_the_last_duplicate_is_used() {
        use serde_json::json;
        let cases = [
            ("{}", [None, None, None]),
            (
                r#"{"a":1,"x":[{"a":2}],"b":{"c":3,"a":4,"d":{"e":"5"}}}"#,
                [Some(json!(1)), Some(json!(3)), Some(json!("5"))],
            ),
            (
                r#"{"a":1,"\u0061":"2","b":1}"#,
                [Some(json!("2")), None, None],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
        assert!(read("[]").is_none());
        assert!(read(r#"{"a":1"#).is_none());
    }

    #[test]
    fn a_number_equals_its_text() {
        use serde_json::json;
        for (value, text) in [
            (json!("1"), "1"),
            (json!(" 1 "), "1"),
            (json!(1_900_000_109_u64), "1900000109"),
            (json!(12), "012"),
            (json!(""), "1"),
            (json!(null), "1"),
            // The text is not a number.
            (json!(7), "abc"),
            (json!(7), "1217752501201407033233368018"),
        ] {
            assert!(may_be(&value, text), "{value} {text}");
        }
        for (value, text) in [
            (json!("2"), "1"),
            (json!("a"), "A"),
            (json!(2), "1"),
            (json!("01"), "1"),
        ] {
            assert!(!may_be(&value, text), "{value} {text}");
        }
    }

    #[test]
    fn a_doubled_parameter_is_not_compared() {
        assert_eq!(
            parameter("a=1&mchid=19%30", "mchid").as_deref(),
            Some("190")
        );
        assert_eq!(parameter("mchid=1&mchid=2", "mchid"), None);
        assert_eq!(parameter("xmchid=1", "mchid"), None);
    }
}
