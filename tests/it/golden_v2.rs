//! The PHP SDK's recorded APIv2 requests, made again by this library: the same XML or query, byte for
//! byte, including `sign`.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use wechatpay_chain::SignedRequest;

use crate::support::golden::{self, Replay};
use crate::support::php::{self, Snippet};

/// One recorded APIv2 call of the SDK.
#[derive(Deserialize)]
pub(crate) struct Row {
    op: String,
    form: String,
    php: String,
    method: String,
    uri: String,
    headers: BTreeMap<String, String>,
    body: String,
    v2: V2,
}

#[derive(Deserialize)]
struct V2 {
    nonce_str: Option<String>,
    nonce_generated: bool,
}

#[test]
fn the_same_call_gives_the_same_text_and_signature() {
    let Some(rows) = golden::rows("v2") else {
        return golden::say_skipped();
    };
    assert_eq!(rows.len(), 132, "APIv2 rows of the SDK");
    let replay = Replay::new(|builder| {
        builder
            .v2_key("v2secretv2secretv2secretv2secret")
            // The documentation names nine merchants.
            .check_mch_id(false)
    });
    let mut generated = 0;
    for row in rows {
        let row: Row = serde_json::from_value(row).unwrap();
        let mut snippet = php::read(&row.php);
        fill_in(&mut snippet, &row);
        let nonce = row.v2.nonce_str.as_deref().unwrap_or("must not be sent");
        let made = replay.prepare(0, nonce, &snippet).dry_run().wait();
        compare(&row, &made.unwrap());
        generated += usize::from(row.v2.nonce_generated);
    }
    assert_eq!(generated, 102, "rows with a generated nonce_str");
}

fn compare(row: &Row, made: &SignedRequest) {
    let at = format!("{} {}", row.op, row.form);
    assert_eq!(made.method().as_str(), row.method, "{at}");
    assert_eq!(made.uri().to_string(), row.uri, "{at}");
    assert_eq!(made.body(), &row.body, "{at}");
    for (name, value) in &row.headers {
        if !["Host", "Content-Length"].contains(&&**name) {
            let ours = made
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap());
            assert_eq!(ours, Some(&**value), "{name} of {at}");
        }
    }
    assert!(!made.headers().contains_key("authorization"), "{at}");
}

/// Values that a snippet computes in PHP are taken from the recording; the signature is still computed here.
pub(crate) fn fill_in(snippet: &mut Snippet, row: &Row) {
    if snippet.options.get("query").is_some_and(Value::is_string) {
        snippet.options["query"] = Value::Object(query(row));
    }
    if let Some(Value::Object(members)) = snippet.options.get_mut("xml") {
        for (name, value) in members {
            if value.as_str().is_some_and(|text| text.starts_with('$')) {
                *value = json!(member(row, name));
            }
        }
    }
}

/// The caller gave a `sign`, which is replaced in its position.
fn query(row: &Row) -> Map<String, Value> {
    let (_, query) = row.uri.split_once('?').unwrap();
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        let value = percent_decode_str(value).decode_utf8().unwrap();
        let value = if name == "sign" {
            "theirs".into()
        } else {
            value
        };
        (name.to_owned(), json!(value))
    };
    query.split('&').map(pair).collect()
}

fn member<'r>(row: &'r Row, name: &str) -> &'r str {
    let (_, after) = row.body.split_once(&format!("<{name}>")).unwrap();
    let (text, _) = after.split_once(&format!("</{name}>")).unwrap();
    text.strip_prefix("<![CDATA[")
        .and_then(|text| text.strip_suffix("]]>"))
        .unwrap_or(text)
}
