//! Builds the query and the close of a request from its body.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::{Map, Value};

use super::state::is_same;
use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::engine::Engine;
use crate::message::{Payload, Response};
use crate::plan::Plan;
use wechatpay_core::catalog::{self, Carried, MerchantNumber};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::xml;

/// The data that a query of a request's outcome needs.
pub(super) struct Asked {
    engine: Arc<Engine>,
    pub(super) number: &'static MerchantNumber,
    body: Value,
    pub(super) is_v2: bool,
    base_url: Option<BaseUrl>,
    timeout: Option<Duration>,
}

impl Asked {
    /// # Errors
    ///
    /// [`ErrorKind::Request`] when the request cannot be queried.
    pub(super) fn of(engine: &Arc<Engine>, plan: &Plan) -> Result<Self> {
        let Some(operation) = engine.operation(plan) else {
            return Err(unlisted(plan));
        };
        let Some(number) = operation.merchant_number() else {
            return Err(refused(
                "the catalog does not know by which number this operation is queried; nothing was sent: make the \
                 call with .await and query it yourself",
            ));
        };
        let is_v2 = operation.is_v2();
        let Some(body) = members(&plan.payload, is_v2).map(Value::Object) else {
            return Err(refused(
                "the body is not an object, so it has no number to query by; nothing was sent: give it as \
                 json!({..})",
            ));
        };
        let asked = Self {
            engine: Arc::clone(engine),
            number,
            body,
            is_v2,
            base_url: plan.base_url.clone(),
            timeout: plan.options.timeout,
        };
        // Checked now, not only when the outcome is unknown.
        asked.carried(number.carries)?;
        Ok(asked)
    }

    /// Whether a query's response is about this request, and not about another one under the same number.
    pub(super) fn is_same(&self, found: &Response) -> bool {
        is_same(self.number, &self.body, found)
    }

    /// Builds the query by the number.
    pub(super) fn query(&self) -> Result<Call> {
        let fixed = self.number.fixed.iter();
        let fixed = fixed.map(|(name, value)| ((*name).to_owned(), (*value).into()));
        let members = self.carried(self.number.carries)?.into_iter().chain(fixed);
        if self.is_v2 {
            return Ok(self.call(Method::POST, self.number.query, Some(members.collect())));
        }
        let mut call = self.call(Method::GET, self.number.query, None);
        for (name, value) in members {
            call = if is_variable(self.number.query, &name) {
                call.var(name, value)
            } else {
                call.query(name, value)
            };
        }
        Ok(call)
    }

    /// Builds the close of an order, and returns the minimum time after the order; `None` if there is no close.
    pub(super) fn close(&self) -> Result<Option<(Call, Duration)>> {
        let Some(close) = self.number.close else {
            return Ok(None);
        };
        let (mut vars, mut body) = (Vec::new(), Map::new());
        for (name, value) in self.carried(close.members)? {
            if is_variable(close.path, &name) {
                vars.push((name, value));
            } else {
                body.insert(name, value);
            }
        }
        if let Some((list, names)) = close.items {
            body.insert(list.to_owned(), self.items(list, names));
        }
        let mut call = self.call(Method::POST, close.path, Some(body));
        for (name, value) in vars {
            call = call.var(name, value);
        }
        Ok(Some((call, Duration::from_secs(close.not_before))))
    }

    fn items(&self, list: &str, names: &[&str]) -> Value {
        let items = self.body.get(list).and_then(Value::as_array);
        let kept = items.into_iter().flatten().map(|item| {
            let kept = names.iter().filter_map(|name| {
                let value = item.get(*name)?;
                Some(((*name).to_owned(), value.clone()))
            });
            Value::Object(kept.collect())
        });
        kept.collect()
    }

    fn carried(&self, wanted: &[Carried]) -> Result<Vec<(String, Value)>> {
        let mut found = Vec::new();
        for carried in wanted {
            let value = self.body.get(carried.from).filter(|value| is_text(value));
            match value {
                Some(value) => found.push((carried.name.to_owned(), value.clone())),
                None if carried.required => return Err(lacking(carried.from, self.number)),
                None => {}
            }
        }
        Ok(found)
    }

    fn call(&self, method: Method, path: &'static str, body: Option<Map<String, Value>>) -> Call {
        let template = Ok((path.into(), None));
        Call::new(Arc::clone(&self.engine), method, template).edit(|plan| {
            plan.base_url.clone_from(&self.base_url);
            plan.options.timeout = self.timeout;
            if let Some(body) = body {
                plan.payload = Payload::Json(Value::Object(body));
            }
        })
    }
}

fn is_variable(path: &str, name: &str) -> bool {
    let variables = path
        .split('/')
        .filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    variables.into_iter().any(|variable| variable == name)
}

fn is_text(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Number(_) => true,
        _ => false,
    }
}

/// Returns the members of a body, from data or from the caller's text.
fn members(body: &Payload, is_v2: bool) -> Option<Map<String, Value>> {
    match body {
        Payload::Json(Value::Object(members)) => Some(members.clone()),
        Payload::Bytes(bytes) if is_v2 => xml::decode(bytes).ok(),
        Payload::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
        _ => None,
    }
}

/// An operation that the catalog does not know is most likely a slip in the path.
fn unlisted(plan: &Plan) -> Error {
    let why = catalog::unlisted(&plan.method, &plan.template);
    let (en, zh) = (why.en, why.zh);
    refused(format!(
        "{en}; nothing was sent: correct the path, or make the call with .await and query it yourself"
    ))
    .with_chinese(format!(
        "{zh}；请求未发出：请改正路径，或用 .await 调用并自行查询"
    ))
}

fn lacking(member: &str, number: &MerchantNumber) -> Error {
    refused(format!(
        "the body has no {member}, without which {} cannot be queried; nothing was sent: add it, or make the \
         call with .await",
        number.query
    ))
}

fn refused(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Request, message)
}
