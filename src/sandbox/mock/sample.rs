//! Requests that are generated from the documentation.

use serde_json::{Value, json};

use super::generator::{FieldSelection, Generator};
use super::random::Seed;
use super::{SIGNATURE, value};
use crate::identity::MCHID;
use crate::schema::Schema;
use crate::validation::Encoding;
use wechatpay_core::catalog::BodyKind;
use wechatpay_core::protocol::xml::MERCHANT_NAMES;

/// A request that a [`Sandbox`](super::super::Sandbox) accepts, generated from the documentation. Use it in
/// tests of many operations, or to see an example of a request.
///
/// Sensitive fields are in plaintext; a client encrypts them.
///
/// ```
/// use http::Method;
/// use wechatpay_sandbox::{SampleRequest, Sandbox};
/// use wechatpay_sandbox::schema;
///
/// # fn main() -> wechatpay_chain::Result<()> {
/// let schema = schema::find(&Method::POST, "v3/pay/transactions/native").unwrap();
/// let sample = SampleRequest::required(&schema, 0);
/// let order = sample.body().unwrap();
/// assert!(order["amount"]["total"].is_i64() && order["attach"].is_null());
///
/// let sandbox = Sandbox::start_blocking()?;
/// let client = sandbox.client()?;
/// let res = client.chain("v3/pay/transactions/native").post(order.clone(), ()).wait()?;
/// assert!(res["code_url"].is_string());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct SampleRequest {
    vars: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

impl SampleRequest {
    /// Generates a request with the required fields, and those that the values of the sample require. The same seed gives
    /// the same request.
    #[must_use]
    pub fn required(schema: &Schema, seed: u64) -> Self {
        Self::new(schema, seed, FieldSelection::Required)
    }

    /// Generates a request with all fields.
    #[must_use]
    pub fn complete(schema: &Schema, seed: u64) -> Self {
        Self::new(schema, seed, FieldSelection::All)
    }

    /// The variables of the path, with their values.
    #[must_use]
    pub fn vars(&self) -> &[(&'static str, String)] {
        &self.vars
    }

    /// The query, not percent-encoded.
    #[must_use]
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// The body; `None` for uploads and requests without a body.
    #[must_use]
    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// The same request with another query and body.
    #[cfg(test)]
    pub(super) fn with(self, query: Vec<(String, String)>, body: Option<Value>) -> Self {
        Self {
            query,
            body,
            ..self
        }
    }

    fn new(schema: &Schema, seed: u64, selection: FieldSelection) -> Self {
        let operation = schema.operation();
        let path = operation.path();
        let seed = Seed::new(
            seed,
            &[operation.method().as_str().as_bytes(), path.as_bytes()],
        );
        let generator = |encoding| Generator {
            operation,
            seed,
            encoding,
            selection,
            known: Default::default(),
            skipped: if operation.is_v2() { &SIGNATURE } else { &[] },
            nests: false,
            fills_lists: false,
        };
        let encoding = if operation.is_v2() {
            Encoding::Text
        } else {
            Encoding::Json
        };
        let var = |name| (name, value::variable(name, &mut seed.at(name)));
        let query = generator(Encoding::Text).members(schema.query(), "", None);
        let body = || {
            let mut body = Value::from(generator(encoding).members(schema.request(), "", None));
            order_amounts(&mut body);
            body
        };
        Self {
            vars: variables(path).map(var).collect(),
            query: query
                .into_iter()
                .map(|(name, value)| (name, plain(value)))
                .collect(),
            body: match operation.body() {
                // Every request of APIv2 needs a merchant, whether it is documented or not.
                BodyKind::Xml => Some(with_merchant(body())),
                BodyKind::Json => Some(body()),
                _ => None,
            },
        }
    }
}

fn with_merchant(mut body: Value) -> Value {
    if MERCHANT_NAMES.iter().all(|name| body[*name].is_null()) {
        body["mch_id"] = json!(MCHID);
    }
    body
}

/// Amounts of which the first is a part of the second.
const PARTS: [(&str, &str); 2] = [("refund", "total"), ("refund_fee", "total_fee")];

/// Exchanges a part that is greater than its whole with it.
fn order_amounts(value: &mut Value) {
    let Value::Object(members) = value else {
        return;
    };
    for (part, whole) in PARTS {
        let amount = |name| {
            let value = members.get(name)?;
            value.as_i64().or_else(|| value.as_str()?.parse().ok())
        };
        if amount(part) > amount(whole) && amount(whole).is_some() {
            let greater = members.get(part).cloned().unwrap_or_default();
            if let Some(least) = members.insert(whole.to_owned(), greater) {
                members.insert(part.to_owned(), least);
            }
        }
    }
    members.values_mut().for_each(order_amounts);
}

/// `{id}` in `v3/orders/{id}`
fn variables(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => json!(other).to_string(),
    }
}
