//! The Rust call of an endpoint, with every required field and a placeholder for each value.

use wechatpay_chain::catalog::{AnswerKind, BodyKind};
use wechatpay_sandbox::schema::{Field, FieldKind, Schema};

/// Code for an async function with a `client` that returns the crate's `Result`.
pub(super) fn rust(schema: &Schema) -> String {
    let operation = schema.operation();
    let (body, verb) = (body(schema), operation.method().as_str().to_lowercase());
    let call = match (verb.as_str(), &body) {
        ("get" | "delete", None) => format!("    .{verb}(())"),
        ("get" | "delete", Some(body)) => format!("    .{verb}(())\n    .json({body})"),
        (_, None) => format!("    .{verb}((), ())"),
        (_, Some(body)) => format!("    .{verb}({body}, ())"),
    };
    let mut lines = vec![
        "let res = client".to_owned(),
        format!("    .chain({:?})", operation.path()),
        call,
    ];
    for name in variables(operation.path()) {
        lines.push(format!("    .var({name:?}, \"…\")"));
    }
    for field in schema.query().iter().filter(|field| field.is_required()) {
        lines.push(format!(
            "    .query({:?}, {})",
            field.name(),
            value(field, 1)
        ));
    }
    if operation.answer() == AnswerKind::Stream {
        lines.push("    .sink(\"file\") // feature `files`".to_owned());
    }
    lines.push("    .await?;".to_owned());
    lines.join("\n")
}

fn body(schema: &Schema) -> Option<String> {
    match schema.operation().body() {
        BodyKind::None => None,
        BodyKind::Multipart => Some("wechatpay_chain::Media::from_path(\"file.jpg\")?".to_owned()),
        _ => {
            let fields: Vec<_> = schema
                .request()
                .iter()
                .filter(|field| field.is_required())
                .collect();
            let listed = !schema.request().is_empty();
            listed.then(|| format!("serde_json::json!({})", object(&fields, 1)))
        }
    }
}

/// The variables of a path, except `{empty}`, which stands for an empty segment.
pub(super) fn variables(path: &str) -> impl Iterator<Item = &str> {
    let braced = path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    braced.filter(|name| *name != "empty")
}

fn object(fields: &[&Field], depth: usize) -> String {
    if fields.is_empty() {
        return "{}".to_owned();
    }
    let indent = " ".repeat(4 * (depth + 1));
    let members = fields
        .iter()
        .map(|field| format!("{indent}{:?}: {},\n", field.name(), value(field, depth + 1)));
    format!(
        "{{\n{}{}}}",
        members.collect::<String>(),
        " ".repeat(4 * depth)
    )
}

/// A value of the field's type: the first documented value, otherwise a placeholder.
fn value(field: &Field, depth: usize) -> String {
    let inside: Vec<_> = field.fields().iter().collect();
    let required: Vec<_> = inside
        .iter()
        .copied()
        .filter(|field| field.is_required())
        .collect();
    match field.kind() {
        FieldKind::Integer | FieldKind::Number => "1".to_owned(),
        FieldKind::Boolean => "true".to_owned(),
        FieldKind::Object => object(&required, depth),
        FieldKind::Array => match inside.first() {
            Some(item) => format!("[{}]", value(item, depth)),
            None => "[]".to_owned(),
        },
        // A text that contains JSON.
        _ if !inside.is_empty() => "\"{…}\"".to_owned(),
        _ => match field.values().first() {
            Some(value) => format!("{value:?}"),
            None => "\"…\"".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use wechatpay_sandbox::schema;

    use super::*;

    fn of(method: &Method, path: &str) -> String {
        rust(&schema::find(method, path).unwrap())
    }

    #[test]
    fn required_fields_variables_and_parameters_are_there() {
        assert_eq!(
            of(
                &Method::POST,
                "v3/pay/transactions/out-trade-no/{out_trade_no}/close"
            ),
            r#"let res = client
    .chain("v3/pay/transactions/out-trade-no/{out_trade_no}/close")
    .post(serde_json::json!({
        "mchid": "…",
    }), ())
    .var("out_trade_no", "…")
    .await?;"#
        );
        assert_eq!(
            of(&Method::GET, "v3/pay/transactions/id/{transaction_id}"),
            r#"let res = client
    .chain("v3/pay/transactions/id/{transaction_id}")
    .get(())
    .var("transaction_id", "…")
    .query("mchid", "…")
    .await?;"#
        );
        let upload = of(&Method::POST, "v3/merchant/media/upload");
        assert!(upload.contains("Media::from_path"), "{upload}");
        let native = of(&Method::POST, "v3/pay/transactions/native");
        assert!(
            native.contains("\"amount\": {\n            \"total\": 1,\n        },"),
            "{native}"
        );
    }
}
