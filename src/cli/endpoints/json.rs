//! The JSON of an endpoint.

use serde_json::{Value, json};
use wechatpay_chain::catalog::Operation;
use wechatpay_sandbox::reference;
use wechatpay_sandbox::schema::{Field, Part, Schema, is_conditional, is_deprecated, label};

/// All data of an endpoint; fields have WeChat Pay's terms.
pub(super) fn line(schema: &Schema) -> Value {
    let operation = schema.operation();
    let variables = schema.documented().variables();
    let variables = variables
        .map(|name| json!({"name": name, "label": label(operation, Part::Path, name)}))
        .collect::<Value>();
    let limits = schema.limits().iter().map(|limit| {
        json!({
            "count": limit.count,
            "per": limit.per,
            "scope": limit.scope,
            "official": limit.official,
        })
    });
    json!({
        "method": operation.method().as_str(),
        "path": operation.path(),
        "host": reference::host(schema),
        "title": schema.title(),
        "products": schema.products(),
        "deprecated": is_deprecated(operation),
        "reentrant": operation.reentrant(),
        "status": schema.status().as_u16(),
        "limits": limits.collect::<Value>(),
        "encrypt": operation.encrypt(),
        "decrypt": operation.decrypt(),
        "query_encrypt": operation.query_encrypt(),
        "client_certificate": operation.needs_client_cert(),
        "page": schema.page(),
        "variables": variables,
        "query": fields(operation, Part::Query, schema.query(), ""),
        "request": fields(operation, Part::Request, schema.request(), ""),
        "response": fields(operation, Part::Response, schema.response(), ""),
    })
}

fn fields(operation: &Operation, part: Part, fields: &[Field], pointer: &str) -> Value {
    fields
        .iter()
        .map(|it| field(operation, part, it, pointer))
        .collect()
}

/// The JSON of a field. The item of an array is its field `*`.
fn field(operation: &Operation, part: Part, field: &Field, pointer: &str) -> Value {
    let pointer = match part {
        Part::Query => field.name().to_owned(),
        _ => format!("{pointer}/{}", field.name()),
    };
    let term = label(operation, part, &pointer).filter(|_| field.name() != "*");
    let (min_length, max_length) = field.length();
    let (minimum, maximum) = field.range();
    json!({
        "name": field.name(),
        "label": term,
        "type": field.kind().to_string(),
        "required": field.is_required(),
        "conditional": is_conditional(operation, part, &pointer),
        "encrypted": field.is_encrypted(),
        "min_length": min_length,
        "max_length": max_length,
        "minimum": minimum,
        "maximum": maximum,
        "format": field.format(),
        "pattern": field.pattern(),
        "values": field.values(),
        "fields": fields(operation, part, field.fields(), &pointer),
    })
}
