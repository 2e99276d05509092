use std::path::{Path, PathBuf};

use super::*;

/// A request of an operation, made up with all that is documented or only what must be there.
fn sample(schema: &Schema, complete: bool) -> SampleRequest {
    match complete {
        true => SampleRequest::complete(schema, 7),
        false => SampleRequest::required(schema, 7),
    }
}

/// As the gateway sees it; the path with the sample's variables.
fn with_sent<T>(schema: &Schema, sample: &SampleRequest, work: impl FnOnce(&Sent<'_>) -> T) -> T {
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
    let query = crate::percent::query(&pairs);
    let members = match (operation.is_v2(), schema.query()) {
        (true, [_, ..]) => {
            let members = sample.query().iter().cloned();
            Some(members.map(|(name, value)| (name, json!(value))).collect())
        }
        _ => sample.body().cloned(),
    };
    work(&Sent {
        operation,
        path: &path,
        query: Some(&query),
        json: members.as_ref(),
        upload: false,
    })
}

const CHECKED: Documented = Documented {
    check: true,
    seed: 0,
};

#[test]
fn a_made_request_of_every_operation_is_accepted() {
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
fn a_made_answer_of_every_operation_is_as_documented() {
    let mut made = 0;
    for schema in schema::all() {
        for complete in [false, true] {
            let sample = sample(&schema, complete);
            let Some((_, answer)) = with_sent(&schema, &sample, |sent| CHECKED.answer(sent)) else {
                continue;
            };
            let operation = schema.operation();
            let xml = operation.answer() == AnswerKind::Xml;
            let written = if xml { Written::Text } else { Written::Json };
            let skipped: &[&str] = if xml { &OF_V2 } else { &[] };
            let mut check = Check::new(operation, Location::Body, written).pass_over(skipped);
            let found = check.members(schema.response(), answer.as_object().unwrap());
            assert_eq!(found, Ok(()), "{schema:?} {answer}");
            made += 1;
        }
    }
    assert_eq!(made, 2 * 1031);
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
            Some(Err(refusal)) => refused.push(format!("{} {}", row["op"], refusal.why)),
        }
    }
    assert_eq!(refused, [""; 0]);
    // Their variables are empty, and with them the path is none of the operation's.
    assert_eq!((checked, unknown), (1038, 48));
}

fn recorded() -> Option<Vec<Value>> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/php-wire");
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
    let operation = crate::catalog::find(&method, &path)?;
    let upload = row["multipart"].is_object();
    let body = row["body"]
        .as_str()
        .filter(|body| !body.is_empty() && !upload);
    let json = match v2 {
        true if method == http::Method::GET => Some(query_members(&uri)),
        true => body.map(|body| {
            crate::protocol::xml::decode(body.as_bytes())
                .unwrap()
                .into()
        }),
        false => body.map(|body| serde_json::from_str(body).unwrap()),
    };
    Some(CHECKED.check(&Sent {
        operation,
        path: uri.path(),
        query: uri.query(),
        json: json.as_ref(),
        upload,
    }))
}

fn query_members(uri: &http::Uri) -> Value {
    let pairs = uri.query().unwrap_or_default().split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name, value))
        .collect()
}
