//! Reads numbers and states from a request and its generated response.

use http::StatusCode;
use serde_json::{Value, json};

use super::plan;
use crate::schema::{self, Field};
use crate::validation::{IncomingRequest, SIGNATURE};
use crate::world::Success;
use wechatpay_core::catalog::Operation;

/// A status and a generated body.
pub(super) type Generated = Option<(StatusCode, Value)>;

/// Whether a field is a state, with a list of values.
pub(super) fn is_state(field: &Field) -> bool {
    let name = field.name();
    let named = name.ends_with("state") || name.ends_with("status");
    named && !field.values().is_empty()
}

/// The members of the body, without those of APIv2's signature.
pub(super) fn sent(request: &IncomingRequest<'_>) -> Value {
    let mut sent = request.json.cloned().unwrap_or_default();
    if let Some(members) = sent.as_object_mut().filter(|_| request.operation.is_v2()) {
        members.retain(|name, _| !SIGNATURE.contains(&&**name));
    }
    sent
}

/// The generated response.
pub(super) fn answer_of(
    request: &IncomingRequest<'_>,
    generate: impl FnOnce() -> Generated,
) -> Option<(StatusCode, Option<Value>)> {
    if plan::is_empty(request.operation) {
        return Some((StatusCode::NO_CONTENT, None));
    }
    if response_of(request).is_empty() {
        return Some((StatusCode::OK, Some(json!({}))));
    }
    generate().map(|(status, body)| (status, Some(body)))
}

pub(super) fn success((status, body): (StatusCode, Option<Value>)) -> Success {
    Success {
        status,
        body,
        file: None,
    }
}

pub(super) fn response_of(request: &IncomingRequest<'_>) -> &'static [Field] {
    schema::of(request.operation).map_or(&[], |schema| schema.response())
}

/// A number of the request. The path takes precedence over the query, and the query over the body.
pub(super) fn value_of(request: &IncomingRequest<'_>, name: &str) -> Option<String> {
    let mut places = request.variables().chain(request.parameters());
    let found = places.find(|(key, value)| &**key == name && !value.is_empty());
    let found = found.map(|(_, value)| value);
    found.or_else(|| text(request.json?.get(name)?))
}

/// Whose a record is: the brand that sends the request, or for which a service provider sends it, otherwise the sub-merchant
/// that it names.
pub(super) fn owner_of(request: &IncomingRequest<'_>) -> Option<String> {
    let sender = request.brand_id.map(str::to_owned);
    let of_provider =
        || is_for_a_brand(request.operation.path()).then(|| value_of(request, "brand_id"));
    let mut names = ["sub_mchid", "sub_mch_id"].into_iter();
    let sub_merchant = || names.find_map(|name| value_of(request, name));
    sender
        .or_else(|| of_provider().flatten())
        .or_else(sub_merchant)
}

/// Whether a service provider sends the requests of an operation for a brand.
///
/// Source: "创建商品券" for service providers, `out_request_no`: 品牌侧需保持唯一性; `brand_id` is required to query a card or a store.
fn is_for_a_brand(path: &str) -> bool {
    const OPERATIONS: [&str; 2] = ["v3/brand/partner/", "v3/marketing/partner/"];
    OPERATIONS.iter().any(|start| path.starts_with(start))
}

/// Whose setting it is: the values of the path, the brand or the sub-merchant, and those of these names.
pub(super) fn setting_of(request: &IncomingRequest<'_>, names: &[&str]) -> String {
    let values = request.variables().map(|(_, value)| value);
    let values = values.chain(owner_of(request));
    let named = names.iter().filter_map(|name| value_of(request, name));
    values.chain(named).collect::<Vec<_>>().join("/")
}

pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// For how many seconds a repeated request gets the first answer; `None` is as long as the record is remembered.
///
/// Sources: <https://pay.weixin.qq.com/doc/v3/merchant/4016025247> for control orders; the pages of the other operations.
pub(super) fn reentrance(operation: &Operation) -> Option<i64> {
    let days = match operation.path() {
        path if path.contains("/wb-channel/control-orders/") => 365,
        path if path.ends_with("/wb-channel/special-reduction") => 31,
        path if path.contains("/insurance/mch-transfer/") => 5 * 365,
        _ => return None,
    };
    operation.reentrant().then_some(days * 86_400)
}
