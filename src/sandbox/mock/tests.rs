use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use http::Method;

use super::*;
use crate::schema::{Field, FieldKind, Schema};
use crate::validation::{Location, Validator};
use wechatpay_core::catalog::Operation;

/// A generated request of an operation, with all fields or only the required ones.
fn sample(schema: &Schema, complete: bool) -> SampleRequest {
    if complete {
        SampleRequest::complete(schema, 7)
    } else {
        SampleRequest::required(schema, 7)
    }
}

/// Runs `f` with the request as the gateway sees it.
fn with_sent<T>(
    schema: &Schema,
    sample: &SampleRequest,
    work: impl FnOnce(&IncomingRequest<'_>) -> T,
) -> T {
    let operation = schema.operation();
    let mut path = format!("/{}", operation.wire_path());
    for (name, value) in sample.vars() {
        path = path.replace(&format!("{{{name}}}"), value);
    }
    let pairs: Vec<_> = sample
        .query()
        .iter()
        .map(|(name, value)| (&**name, value))
        .collect();
    let query = wechatpay_core::percent::query(&pairs);
    let of_query = || {
        let members = sample.query().iter().cloned();
        members.map(|(name, value)| (name, json!(value))).collect()
    };
    let members = if operation.is_v2() && operation.method() == Method::GET {
        Some(of_query())
    } else {
        sample.body().cloned()
    };
    work(&IncomingRequest {
        operation,
        path: &path,
        query: Some(&query),
        json: members.as_ref(),
        upload: false,
        brand_id: None,
    })
}

const CHECKED: SchemaSettings = SchemaSettings {
    echo_unknown: true,
    limits: false,
    check: true,
    strict: false,
    seed: 0,
};

#[test]
fn generated_requests_are_accepted() {
    for schema in schema::all() {
        for complete in [false, true] {
            with_sent(&schema, &sample(&schema, complete), |sent| {
                let found = CHECKED.check(sent);
                assert!(found.is_ok(), "{:?}: {found:?} {:?}", schema, sent.json);
            });
        }
    }
}

#[test]
fn generated_responses_match_the_documentation() {
    let mut made = 0;
    for schema in schema::all() {
        for complete in [false, true] {
            let sample = sample(&schema, complete);
            let Some((_, answer)) =
                with_sent(&schema, &sample, |sent| CHECKED.answer(sent, "1900000109"))
            else {
                continue;
            };
            let operation = schema.operation();
            let xml = operation.answer() == AnswerKind::Xml;
            let written = if xml { Encoding::Text } else { Encoding::Json };
            let skipped: &[&str] = if xml { &SKIPPED_IN_V2 } else { &[] };
            let mut check = Validator::new(operation, Location::Body, written).skip(skipped);
            let found = check.members(schema.response(), answer.as_object().unwrap());
            assert_eq!(found, Ok(()), "{schema:?} {answer}");
            made += 1;
        }
    }
    assert_eq!(made, 2 * 1081);
}

/// Also where only another operation of the product lists the values.
#[test]
fn generated_states_are_listed_ones() {
    fn check(operation: &Operation, fields: &[Field], above: &str, value: &Value) {
        for field in fields {
            let name = if field.name() == "*" {
                above
            } else {
                field.name()
            };
            let value = if field.name() == "*" {
                value.get(0)
            } else {
                value.get(name)
            };
            let Some(value) = value else { continue };
            check(operation, field.fields(), name, value);
            let pointer = format!("{above}/{name}");
            let listed = match field.values() {
                [] if is_of_list(name) => values_of_product(&[operation.path()], &pointer),
                values => Some(values.to_vec()),
            };
            let listed = listed.filter(|it| it.len() > 1 && field.kind() == FieldKind::String);
            if let Some((listed, text)) = listed.zip(value.as_str()) {
                let place = format!("{} {pointer}: {text}", operation.path());
                assert!(listed.contains(&text), "{place}, not of {listed:?}");
                assert!(!text.contains("UNKNOWN"), "{place}");
            }
        }
    }
    for schema in schema::all() {
        let sample = sample(&schema, false);
        let answer = with_sent(&schema, &sample, |sent| CHECKED.answer(sent, "1900000109"));
        if let Some((_, answer)) = answer {
            check(schema.operation(), schema.response(), "", &answer);
        }
    }
}

/// A field that has an example on its page keeps the example's form.
#[test]
fn generated_texts_have_the_form_of_the_samples() {
    fn walk(name: &str, value: &Value, found: &mut Vec<(String, Value)>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, it)| walk(name, it, found)),
            Value::Array(items) => items.iter().for_each(|it| walk(name, it, found)),
            other => found.push((name.to_owned(), other.clone())),
        }
    }
    let mut found = Vec::new();
    for schema in schema::all() {
        let sample = sample(&schema, false);
        let answer = with_sent(&schema, &sample, |sent| CHECKED.answer(sent, "1900000109"));
        if let Some((_, answer)) = answer {
            walk("", &answer, &mut found);
        }
        // A number of the request is repeated as it is.
        let is_sent = |value: &Value| {
            let mut sent = sample.vars().iter().map(|(_, sent)| sent.parse().ok());
            sent.any(|sent: Option<i64>| sent.is_some() && sent == value.as_i64())
        };
        found.retain(|(_, value)| !is_sent(value));
    }
    #[cfg(feature = "control")]
    for row in crate::notifier::kind_rows() {
        walk("", &row.resource("1900000109", 0), &mut found);
    }
    const DIGITS: [&str; 6] = [
        "activity_available_week",
        "business_category",
        "deduct_points",
        "limit",
        "rate",
        "used_amounts",
    ];
    for (name, value) in found {
        let text = value.as_str().unwrap_or("0");
        let is_digits = text.parse::<f64>().is_ok();
        assert!(is_digits || !DIGITS.contains(&&*name), "{name}: {value}");
        assert!(
            name != "user_repaid" || ["Y", "N"].contains(&text),
            "{name}: {value}"
        );
        let is_time = text
            .get(..10)
            .is_some_and(|day| crate::date::parse_date(day).is_some());
        assert!(name != "deadline" || is_time, "{name}: {value}");
        // JavaScript rounds greater integers.
        assert!(
            value.as_i64().is_none_or(|it| it < 1 << 53),
            "{name}: {value}"
        );
    }
}

/// The documentation's own samples, as the PHP SDK sends them, are accepted.
#[test]
fn every_recorded_sample_of_the_documentation_is_accepted() {
    let Some(rows) = recorded() else {
        eprintln!("skipped: no golden.jsonl; WECHATPAY_PHP_WIRE names its folder");
        return;
    };
    let (mut checked, mut unknown, mut refused) = (0, 0, Vec::new());
    for row in rows {
        match accepted(&row) {
            None => unknown += 1,
            Some(Ok(())) => checked += 1,
            Some(Err(refusal)) => refused.push(format!("{} {}", row["op"], refusal.why.en)),
        }
    }
    assert_eq!(refused, [""; 0]);
    // Their variables are empty, and with them the path is none of the operation's.
    assert_eq!((checked, unknown), (1038, 48));
}

fn recorded() -> Option<Vec<Value>> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/php-wire");
    let folder = std::env::var_os("WECHATPAY_PHP_WIRE").map_or(default, PathBuf::from);
    let text = std::fs::read_to_string(folder.join("golden.jsonl")).ok()?;
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
    Some(rows.filter(|row: &Value| row["kind"] == "sdk").collect())
}

fn accepted(row: &Value) -> Option<Result<(), Refusal>> {
    let uri: http::Uri = row["uri"].as_str().unwrap().parse().unwrap();
    let method = row["method"].as_str().unwrap().parse().unwrap();
    let v2 = row["version"] == "v2";
    let path = format!("{}{}", if v2 { "v2" } else { "" }, uri.path());
    let operation = wechatpay_core::catalog::find(&method, &path)?;
    let upload = row["multipart"].is_object();
    let body = row["body"]
        .as_str()
        .filter(|body| !body.is_empty() && !upload);
    let json = match v2 {
        true if method == Method::GET => Some(query_members(&uri)),
        true => body.map(|body| {
            wechatpay_core::protocol::xml::decode(body.as_bytes())
                .unwrap()
                .into()
        }),
        false => body.map(|body| serde_json::from_str(body).unwrap()),
    };
    Some(CHECKED.check(&IncomingRequest {
        operation,
        path: uri.path(),
        query: uri.query(),
        json: json.as_ref(),
        upload,
        brand_id: None,
    }))
}

fn query_members(uri: &http::Uri) -> Value {
    let pairs = uri.query().unwrap_or_default().split('&');
    pairs.filter_map(|pair| pair.split_once('=')).collect()
}

/// A valid request with one invalid field.
struct Broken {
    what: &'static str,
    pointer: String,
    body: Value,
}

/// All variants of a body in which one field is invalid, at every depth.
fn broken(operation: &Operation, fields: &[Field], body: &Value) -> Vec<Broken> {
    let mut found = Vec::new();
    for (field, pointer) in places(fields, "", body) {
        let mut with = |what: &'static str, change: &dyn Fn(&mut Value)| {
            let mut body = body.clone();
            change(body.pointer_mut(&pointer).unwrap());
            let pointer = pointer.clone();
            found.push(Broken {
                what,
                pointer,
                body,
            });
        };
        if field.is_required() && field.name() != "*" {
            // `null` counts as missing, and is easier to insert.
            with("missing", &|value| *value = Value::Null);
        }
        let wrong = match field.kind() {
            FieldKind::String => json!(1),
            _ => json!("x"),
        };
        // In APIv2 all are texts.
        if !operation.is_v2() || field.kind() == FieldKind::Integer {
            with("type", &|value| *value = wrong.clone());
        }
        if field.values().len() > 1 && field.kind() == FieldKind::String {
            with("value", &|value| *value = json!("!"));
        }
        if let (_, Some(most)) = field.length() {
            with("length", &|value| *value = json!("!".repeat(most + 1)));
        }
        if let (_, Some(most)) = field.range() {
            with("range", &|value| *value = json!(most + 1));
        }
    }
    found
}

/// All fields of a body with their pointers, except those inside of texts.
fn places<'f>(fields: &'f [Field], above: &str, body: &Value) -> Vec<(&'f Field, String)> {
    let mut found = Vec::new();
    for field in fields {
        let name = if field.name() == "*" {
            "0"
        } else {
            field.name()
        };
        let pointer = format!("{above}/{name}");
        if body.pointer(&pointer).is_some() {
            found.extend(places(field.fields(), &pointer, body));
            found.push((field, pointer));
        }
    }
    found
}

/// Tests every field of every operation with every kind of invalid value.
#[test]
fn invalid_fields_are_refused_and_named() {
    let (mut refused, mut accepted) = (BTreeMap::<_, usize>::new(), BTreeSet::new());
    for schema in schema::all() {
        let operation = schema.operation();
        let sample = SampleRequest::complete(&schema, 0);
        let Some(body) = sample.body() else {
            continue;
        };
        for Broken {
            what,
            pointer,
            body,
        } in broken(operation, schema.request(), body)
        {
            let json = Some(&body);
            match with_sent(&schema, &sample, |sent| {
                CHECKED.check(&IncomingRequest { json, ..*sent })
            }) {
                Ok(()) => drop(accepted.insert((what, last(&pointer).to_owned()))),
                Err(refusal) => {
                    let at = format!("{schema:?} {what} {refusal:?}");
                    assert!(
                        refusal.why.en.contains(&format!("the field {pointer} ")),
                        "{at}"
                    );
                    let code = match what {
                        "missing" if operation.is_v2() => "LACK_PARAMS",
                        "type" | "length" if operation.is_v2() => "FAIL",
                        _ => "PARAM_ERROR",
                    };
                    assert_eq!(refusal.code, code, "{at}");
                    assert!(refusal.message.contains(last(&pointer)), "{at}");
                    *refused.entry(what).or_default() += 1;
                }
            }
        }
    }
    println!("{refused:?}");
    let at_least = |what: &str, count| assert!(refused[what] >= count, "{what}: {refused:?}");
    at_least("missing", 4400);
    at_least("type", 8000);
    at_least("value", 450);
    at_least("length", 1000);
    at_least("range", 2);
    // Names that departures.rs exempts.
    let names = |of: &str| {
        let names = accepted.iter().filter(|(what, _)| *what == of);
        names.map(|(_, name)| &**name).collect::<Vec<_>>()
    };
    let missing = [
        "address",
        "area_code",
        "authenticate_type",
        "bank_address_code",
        "business_license_info",
        "certificate_info",
        "combine_transaction_id",
        "coupon_available_time",
        "employment_scene",
        "employment_type",
        "entrance_words",
        "finder_id",
        "finder_video_cover_image_url",
        "finder_video_id",
        "funds_account",
        "h5_info",
        "mini_programs_appid",
        "mini_programs_path",
        "name",
        "openid",
        "out_refund_no",
        "out_trade_no",
        "plate_number",
        "refund_id",
        "scene_info",
        "sp_openid",
        "stock",
        "sub_appid",
        "sub_mchid",
        "sub_openid",
        "transaction_id",
        "transfer_scene_id",
        "user_name",
    ];
    assert_eq!(names("missing"), missing);
    assert_eq!(
        names("value"),
        [
            "bank_type",
            "customs",
            "relation_type",
            "reverse_reason",
            "scene_id",
            "transfer_scene_id"
        ]
    );
    // Ciphertexts for the bank's key.
    let length = [
        "business_license_number",
        "certificates_name",
        "certificates_number",
        "enc_bank_no",
        "enc_true_name",
        "settlement_card_name",
        "settlement_card_no",
    ];
    assert_eq!(names("length"), length);
    assert_eq!((names("type"), names("range")), (vec![], vec![]));
}

fn last(pointer: &str) -> &str {
    pointer
        .rsplit('/')
        .find(|name| *name != "0")
        .unwrap_or_default()
}

/// Checks the sample of an operation without these members and with others.
fn assert_sendable(path: &str, missing: &[&str], added: &Value) {
    let schema = schema::find(&Method::POST, path).unwrap();
    let mut body = sample(&schema, false).body().cloned().unwrap_or_default();
    for (name, value) in added.as_object().unwrap() {
        body[name] = value.clone();
    }
    for pointer in missing {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap();
        parent.as_object_mut().unwrap().remove(name);
    }
    let path = format!("/{}", schema.operation().wire_path());
    let path = path.replace("{sub_mchid}", "1900000109");
    let request = IncomingRequest {
        operation: schema.operation(),
        path: &path,
        query: path.contains("/med-ins/").then_some("mix_trade_no=1"),
        json: Some(&body),
        upload: false,
        brand_id: None,
    };
    let found = CHECKED.check(&request).map_err(|it| it.why.en);
    assert!(found.is_ok(), "{path} {missing:?}: {:?}", found.err());
    let unknown = validation::unknown_members(&request, &|_| None);
    let names: Vec<_> = unknown.iter().map(|it| it.warning().text).collect();
    assert!(names.is_empty(), "{path} {names:?}");
}

/// Bodies and queries that pages and official samples send.
#[test]
fn what_samples_leave_out_is_optional() {
    const SETTLEMENT: &str = "v3/apply4sub/sub_merchants/{sub_mchid}/modify-settlement";
    const H5: &str = "v3/combine-transactions/h5";
    const COUPONS: &str = "v3/marketing/partner/product-coupon/product-coupons";
    assert_sendable(SETTLEMENT, &["/bank_address_code"], &json!({}));
    assert_sendable(H5, &["/scene_info"], &json!({}));
    assert_sendable(H5, &["/scene_info/h5_info"], &json!({}));
    let fees =
        json!({"med_refund_gov_fee": 1, "med_refund_self_fee": 1, "med_refund_other_fee": 1});
    assert_sendable("v3/med-ins/refunds/notify", &["/sub_mchid"], &fees);
    let account = json!({"refund_account": "AVAILABLE"});
    assert_sendable("v3/refund/domestic/refunds", &[], &account);
    let bundles = format!("{COUPONS}/{{product_coupon_id}}/stock-bundles");
    let bundles = schema::find(&Method::POST, &bundles).unwrap();
    let stock_bundle = sample(&bundles, false).body().unwrap()["stock_bundle"].clone();
    assert!(stock_bundle.is_object());
    let bundle = json!({"stock_bundle": stock_bundle, "progressive_bundle_usage_info": {}, "usage_mode": "PROGRESSIVE_BUNDLE"});
    assert_sendable(COUPONS, &["/stock"], &bundle);
}

/// A member that the path has already is not required in the query or the body.
#[test]
fn variables_of_the_path_are_not_required_again() {
    for schema in schema::all() {
        let sample = sample(&schema, false);
        let vars: Vec<_> = sample.vars().iter().map(|(name, _)| *name).collect();
        let is_again = |name: &str| vars.contains(&name);
        let mut query: Vec<_> = sample.query().to_vec();
        query.retain(|(name, _)| !is_again(name));
        let mut body = sample.body().cloned();
        if let Some(members) = body.as_mut().and_then(Value::as_object_mut) {
            members.retain(|name, _| !is_again(name));
        }
        let without = SampleRequest::with(sample, query, body);
        with_sent(&schema, &without, |sent| {
            let found = CHECKED.check(sent);
            assert!(
                found.is_ok(),
                "{schema:?}: {:?}",
                found.err().map(|it| it.why.en)
            );
        });
    }
}
