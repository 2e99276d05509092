//! `wechatpay port --emit request` over the documentation's pages, against what the PHP SDK sent.
//!
//! The recordings are no part of the repository: `WECHATPAY_PHP_WIRE` names their folder.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::support::Run;

#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn folder() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/php-wire");
    let folder = std::env::var_os("WECHATPAY_PHP_WIRE").map_or(default, PathBuf::from);
    let found = folder.join("golden.jsonl").is_file();
    if !found {
        eprintln!("skipped: no golden.jsonl; WECHATPAY_PHP_WIRE names its folder");
    }
    found.then_some(folder)
}

fn rows(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("golden.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn pages(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => pages(&path, found),
            false => found.push(path.to_str().unwrap().to_owned()),
        }
    }
    found.sort();
}

/// Standard output and error, a JSON value a line; the code.
fn port(arguments: &[&str], folder: &Path, input: &str) -> (Vec<Value>, Vec<Value>, Option<i32>) {
    let fixtures = folder.join("fixtures");
    let mut all = vec!["--format", "json", "port", "--emit", "request", "--files"];
    all.push(fixtures.to_str().unwrap());
    all.extend(arguments);
    let done = Run::new(&all).stdin(input).run();
    let lines = |text: &str| {
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    (lines(&done.stdout), lines(&done.stderr), done.code)
}

/// The ports of all pages, by page and line of the fence.
struct Ported {
    requests: HashMap<(String, u64), Value>,
    diagnostics: Vec<Value>,
    code: Option<i32>,
}

fn ported(folder: &Path) -> Ported {
    let root = folder.join("pages");
    let mut files = Vec::new();
    pages(&root, &mut files);
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    let (lines, diagnostics, code) = port(&files, folder, "");
    let prefix = format!("{}/", root.to_str().unwrap());
    let key = |line: &Value| {
        let page = line["file"].as_str().unwrap().strip_prefix(&prefix);
        (page.unwrap().to_owned(), line["line"].as_u64().unwrap())
    };
    let count = lines.len();
    let requests: HashMap<_, _> = lines.into_iter().map(|line| (key(&line), line)).collect();
    assert_eq!(requests.len(), count, "one request a fence");
    Ported {
        requests,
        diagnostics,
        code,
    }
}

#[test]
fn every_snippet_of_the_sdk_gives_the_request_that_php_sent() {
    let Some(folder) = folder() else {
        return;
    };
    let ported = ported(&folder);
    let mut compared = BTreeMap::new();
    for row in rows(&folder).iter().filter(|row| row["kind"] == "sdk") {
        let found = match time(row) {
            // Values computed from the time need the row's.
            Some(time) => {
                let (mut lines, _, _) =
                    port(&["--now", &time], &folder, row["php"].as_str().unwrap());
                assert_eq!(lines.len(), 1);
                lines.remove(0)
            }
            None => {
                let place = (
                    row["page"].as_str().unwrap().to_owned(),
                    row["line"].as_u64().unwrap(),
                );
                ported
                    .requests
                    .get(&place)
                    .unwrap_or_else(|| panic!("nothing for {place:?}"))
                    .clone()
            }
        };
        *compared.entry(compare(row, &found)).or_insert(0) += 1;
    }
    let expected = [("no body", 420), ("JSON", 510), ("XML", 132), ("parts", 24)];
    assert_eq!(compared, BTreeMap::from(expected));
    assert_eq!(
        ported.requests.len(),
        1086,
        "and nothing for what is no call of the SDK"
    );
}

#[test]
fn code_without_sdk_calls_is_reported_with_its_position() {
    let Some(folder) = folder() else {
        return;
    };
    let ported = ported(&folder);
    assert_eq!(
        ported.code,
        Some(4),
        "two plain requests could not be ported"
    );
    let mut told = BTreeMap::new();
    for row in rows(&folder).iter().filter(|row| row["kind"] != "sdk") {
        let page = row["page"].as_str().unwrap();
        let lines = row["php"].as_str().unwrap().lines().count() as u64;
        let fence = row["line"].as_u64().unwrap();
        let here = |diagnostic: &&Value| {
            let diagnostic = &diagnostic["diagnostic"];
            let line = diagnostic["line"].as_u64().unwrap();
            diagnostic["file"].as_str().unwrap().ends_with(page)
                && (fence..=fence + lines).contains(&line)
        };
        let texts = ported
            .diagnostics
            .iter()
            .filter(here)
            .map(|it| it["diagnostic"]["message"].to_string());
        let texts = texts.collect::<Vec<_>>().join("; ");
        let kind = row["kind"].as_str().unwrap();
        let expected = match kind {
            "plain" => "plain Guzzle client",
            "psr7" => "makes a URL and no call",
            _ => "inside of an array",
        };
        assert!(texts.contains(expected), "{page}:{fence}: {texts}");
        *told.entry(kind.to_owned()).or_insert(0) += 1;
    }
    let expected = [("fragment", 16), ("plain", 2), ("psr7", 1)];
    assert_eq!(
        told,
        expected
            .map(|(kind, count)| (kind.to_owned(), count))
            .into()
    );
}

/// The time that a row's PHP ran at, where it asks for it.
fn time(row: &Value) -> Option<String> {
    if !row["php"].as_str()?.contains("Formatter::timestamp()") {
        return None;
    }
    let text = format!("{}{}", row["uri"].as_str()?, row["body"].as_str()?);
    let (_, after) = text
        .split_once("timestamp=")
        .or_else(|| text.split_once("<timestamp>"))?;
    Some(after.chars().take_while(char::is_ascii_digit).collect())
}

/// Says what was compared besides method, URI and headers.
fn compare(row: &Value, found: &Value) -> &'static str {
    let at = format!("{} {} {}", row["op"], row["form"], row["mode"]);
    for name in ["form", "mode", "method"] {
        assert_eq!(found[name], row[name], "{name} of {at}");
    }
    assert_eq!(found["uri"], json!(unsigned_uri(row)), "{at}");
    assert_eq!(found["headers"], json!(headers(row)), "{at}");
    for name in ["sink", "timeout", "base_uri"] {
        if row["transport"].get(name).is_some() && found["options"].get(name).is_some() {
            assert_eq!(
                found["options"][name], row["transport"][name],
                "{name} of {at}"
            );
        }
    }
    assert_eq!(
        found["options"].get("sink").is_some(),
        row["transport"].get("sink").is_some(),
        "{at}"
    );
    let certificate = row["transport"].get("cert").is_some();
    assert_eq!(
        found["options"]["security"] == json!(true),
        certificate,
        "{at}"
    );
    if !row["multipart"].is_null() {
        assert_eq!(parts(&found["multipart"]), parts(&row["multipart"]), "{at}");
        assert_eq!(found["body"], Value::Null);
        return "parts";
    }
    let body = row["body"].as_str().unwrap();
    match (&*row["version"].to_string(), body) {
        (_, "") if row["version"] == "v3" => {
            assert_eq!(found["body"], Value::Null, "{at}");
            "no body"
        }
        ("\"v2\"", _) => {
            let expected = unsigned_xml(row, body);
            assert_eq!(found["body"].as_str().unwrap_or_default(), expected, "{at}");
            "XML"
        }
        _ => {
            let ours: Value = serde_json::from_str(found["body"].as_str().unwrap()).unwrap();
            let theirs: Value = serde_json::from_str(body).unwrap();
            // As texts: the order of members counts.
            assert_eq!(ours.to_string(), theirs.to_string(), "{at}");
            "JSON"
        }
    }
}

/// The headers, without those that are the transport's.
fn headers(row: &Value) -> Map<String, Value> {
    let framing = ["Host", "Content-Length", "Transfer-Encoding", "Expect"];
    let headers = row["headers"].as_object().unwrap().iter();
    headers
        .filter(|(name, _)| !framing.contains(&&***name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// APIv2's `sign` and the generated nonce are no part of what is ported.
fn unsigned_xml(row: &Value, body: &str) -> String {
    let v2 = &row["v2"];
    let element =
        |name: &str, value: &Value| format!("<{name}>{}</{name}>", value.as_str().unwrap());
    let body = body.replace(&element("sign", &v2["sign"]), "");
    match v2["nonce_generated"] == json!(true) {
        true => body.replace(&element("nonce_str", &v2["nonce_str"]), ""),
        false => body,
    }
}

/// A `GET` of APIv2 has them in its query; a `sign` that the snippet gives stays.
fn unsigned_uri(row: &Value) -> String {
    let uri = row["uri"].as_str().unwrap().to_owned();
    let v2 = &row["v2"];
    if row["version"] != "v2" || row["method"] != "GET" {
        return uri;
    }
    let uri = match v2["nonce_generated"] == json!(true) {
        true => uri.replace(
            &format!("&nonce_str={}", v2["nonce_str"].as_str().unwrap()),
            "",
        ),
        false => uri,
    };
    match row["php"].as_str().unwrap().contains("'sign'")
        || row["php"].as_str().unwrap().contains("['sign']")
    {
        true => uri,
        false => uri.replace(&format!("&sign={}", v2["sign"].as_str().unwrap()), ""),
    }
}

/// Name, file and content of each part; the meta as JSON.
fn parts(multipart: &Value) -> Vec<Value> {
    let part = |part: &Value| {
        let file = part.get("filename").is_some_and(|name| !name.is_null());
        let content = match file {
            true => json!([part["filename"], part["sha256"], part["size"]]),
            false => serde_json::from_str(part["text"].as_str().unwrap()).unwrap(),
        };
        json!([part["name"], part["headers"], content])
    };
    multipart["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(part)
        .collect()
}
