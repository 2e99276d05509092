//! The call with the types that `types!` makes.

use serde_json::Value;
use wechatpay_core::catalog::{AnswerKind, BodyKind};

use super::{literal, rust};
use crate::mock::SampleRequest;
use crate::schema::Schema;

/// Code for an async function; `None` for operations that have no type.
pub(super) fn call(schema: &Schema, sample: &SampleRequest) -> Option<String> {
    let operation = schema.operation();
    let request =
        matches!(operation.body(), BodyKind::Json | BodyKind::Xml) && !schema.request().is_empty();
    let response = matches!(operation.answer(), AnswerKind::Json | AnswerKind::Xml)
        && !schema.response().is_empty();
    if !request && !response || operation.body() == BodyKind::Multipart {
        return None;
    }
    let body = sample.body().filter(|_| request);
    let mut code = types(schema, body);
    code.push_str(&steps(schema, sample, body.is_some(), response));
    code.push_str(if response {
        "\n    .await?\n    .json()?;\nprintln!(\"{response:?}\");\n"
    } else {
        "\n    .await?;\nprintln!(\"{}\", response.status());\n"
    });
    Some(code)
}

/// The module with the types, and the request as its type.
fn types(schema: &Schema, body: Option<&Value>) -> String {
    let operation = schema.operation();
    let module = format!(
        "mod operation {{\n    wechatpay_chain::types!({} {:?});\n}}\n\n",
        operation.method(),
        operation.path()
    );
    let Some(body) = body else {
        return module;
    };
    format!(
        "use serde_json::json;\nuse wechatpay_chain::Json;\n\n{module}\
         let request: operation::Request = serde_json::from_value(json!({}))?;\n",
        literal::rust(body, 0)
    )
}

/// The call up to the point where it is awaited.
fn steps(schema: &Schema, sample: &SampleRequest, has_request: bool, has_response: bool) -> String {
    let place = if rust::has_capitals(schema.operation().path()) {
        "String::from(operation::PATH)"
    } else {
        "operation::PATH"
    };
    let argument = if has_request {
        "(Json(&request)"
    } else {
        "(()"
    };
    let verb = rust::verb(schema, sample).replace("(body", argument);
    let kind = if has_response {
        ": operation::Response"
    } else {
        ""
    };
    let mut code = format!("let response{kind} = client\n    .chain({place})\n    .{verb}");
    for (name, value) in sample.vars() {
        code.push_str(&format!("\n    .var({name:?}, {value:?})"));
    }
    for (name, value) in sample.query() {
        code.push_str(&format!("\n    .query({name:?}, {value:?})"));
    }
    code
}
