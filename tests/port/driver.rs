//! Runs the Rust that `wechatpay port` makes of the public documentation, against a gateway that keeps
//! what arrives, and compares that with what the PHP SDK sent.
//!
//! `run` beside this file makes a crate of it; nothing here is compiled by `cargo test`.

#![deny(warnings)]

include!("modules.rs");
mod table;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use wechatpay_chain::testing::{FixedClock, Replay};
use wechatpay_chain::{
    Certificate, Client, Next, Padding, PrivateKey, PublicKey, Request, SignedRequest,
    middleware,
};

pub(crate) const MCHID: &str = "1900000109";
pub(crate) const SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
pub(crate) const V2_KEY: &str = "v2secretv2secretv2secretv2secret";
#[allow(dead_code, reason = "of the pages that pay through WeCom")]
pub(crate) const AGENT_SECRET: &str = "agentsecretagentsecretagentsecret";
const KEY_ID: &str = "PUB_KEY_ID_0114232134912410000000000000";

pub(crate) struct Case {
    pub(crate) row: usize,
    pub(crate) run: fn(&World) -> Pin<Box<dyn Future<Output = Ended> + '_>>,
}

/// How a function ends: with an error of the client, or with what PHP throws.
type Ended = std::result::Result<(), Box<dyn std::error::Error>>;

/// The arguments of the functions.
pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) key: PrivateKey,
    gateway: Replay,
}

#[tokio::main]
async fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the folder of the recordings"));
    let text = std::fs::read_to_string(folder.join("golden.jsonl")).expect("golden.jsonl");
    let rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a row"))
        .collect();
    let platform = PrivateKey::from_file(folder.join("keys/platform_key.pem")).expect("a key");
    let (mut same, mut refused, mut failures) = (0, 0, Vec::new());
    for case in table::cases() {
        let row = &rows[case.row];
        let world = world(&folder, row);
        let outcome = (case.run)(&world).await;
        let made = world.gateway.requests();
        if made.is_empty() && leaves_a_variable_empty(&outcome) && has_an_empty_segment(row) {
            refused += 1;
            continue;
        }
        let problem = match &*made {
            [made] => compare(row, made, &platform).err(),
            _ => Some(format!(
                "{} requests: {:?}",
                made.len(),
                outcome.map_err(|err| err.to_string())
            )),
        };
        match problem {
            None => same += 1,
            Some(problem) => failures.push(format!(
                "{} {}: {problem}",
                row["page"].as_str().unwrap_or_default(),
                row["index"]
            )),
        }
    }
    eprintln!("{same} requests as the PHP SDK sent them");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    // One snippet reads a stream, which is the application's: it is compiled and not run.
    assert_eq!((same, refused), (172, 8), "operations, and those refused");
}

/// The documentation shows some values as empty texts; the PHP SDK sends `//`, and the client refuses it.
fn leaves_a_variable_empty(outcome: &Ended) -> bool {
    let mut cause = outcome.as_ref().err().map(|err| &**err as &dyn std::error::Error);
    while let Some(err) = cause {
        if matches!(
            err.downcast_ref(),
            Some(wechatpay_chain::PathError::EmptyVariable { .. })
        ) {
            return true;
        }
        cause = err.source();
    }
    false
}

fn has_an_empty_segment(row: &Value) -> bool {
    let uri = row["uri"].as_str().unwrap_or_default();
    let path = uri.split('?').next().unwrap_or_default();
    let path = path.trim_start_matches("https://");
    path.contains("//") || path.ends_with('/')
}

fn world(folder: &std::path::Path, row: &Value) -> World {
    let key = PrivateKey::from_file(folder.join("keys/merchant_key.pem")).expect("a key");
    let certificate = Certificate::from_file(folder.join("keys/merchant_cert.pem"));
    let public = PublicKey::from_file(folder.join("keys/platform_pub.pem")).expect("a key");
    let answer = |_| http::Response::new("{}".into());
    let gateway = Replay::new((0..4).map(answer));
    let (auth, v2) = (&row["auth"], &row["v2"]);
    let time = auth["timestamp"].as_str().and_then(|time| time.parse().ok());
    let nonce = auth["nonce_str"].as_str().or(v2["nonce_str"].as_str());
    let client = Client::builder()
        .mchid(MCHID)
        .private_key(key.clone())
        .certificate(certificate.expect("a certificate"))
        .platform_key(KEY_ID, public)
        .v2_key(V2_KEY)
        // The documentation names nine merchants.
        .check_mch_id(false)
        .clock(FixedClock::new(
            time.unwrap_or(1_700_000_000),
            nonce.unwrap_or("0123456789abcdefABCDEF0123456789"),
        ))
        .transport(gateway.clone())
        // The gateway signs nothing.
        .stack(|stack| {
            let pass = middleware::from_fn(|request: Request, next: Next| next.run(request));
            stack.replace(middleware::VERIFIER, pass).map(drop)
        })
        .v2_stack(|stack| stack.remove(middleware::TRANSFORM_RESPONSE).map(drop))
        .build()
        .expect("a client");
    World {
        client,
        key,
        gateway,
    }
}

type Compared = std::result::Result<(), String>;

fn compare(row: &Value, made: &SignedRequest, platform: &PrivateKey) -> Compared {
    let text = |name: &str| row[name].as_str().unwrap_or_default();
    same("method", made.method().as_str(), text("method"))?;
    compare_uri(row, &made.uri().to_string(), platform)?;
    for (name, theirs) in row["headers"].as_object().expect("headers") {
        let framing = ["Host", "Content-Length", "Transfer-Encoding", "Expect"];
        if framing.contains(&&**name) {
            continue;
        }
        let ours = made.headers().get(name).map(|ours| ours.to_str().unwrap_or_default());
        let theirs = theirs.as_str().unwrap_or_default();
        match (&**name, ours) {
            ("Content-Type", Some(ours)) if theirs.starts_with("multipart/") => {
                same(name, &ours[..30], &theirs[..30])?;
            }
            (_, ours) => same(name, ours.unwrap_or("<absent>"), theirs)?,
        }
    }
    if row["multipart"].is_object() {
        return compare_parts(row, made, platform);
    }
    let theirs = text("body");
    let ours = String::from_utf8_lossy(made.body());
    match row["version"].as_str() {
        Some("v2") => compare_xml(&ours, theirs),
        _ if theirs.is_empty() => same("body", &ours, theirs),
        _ => {
            let ours = decrypted(made.body(), platform);
            same_json("body", &ours, &parsed(theirs))
        }
    }
}

fn same(what: &str, ours: &str, theirs: &str) -> Compared {
    if ours == theirs {
Ok(())
    } else {
Err(format!("{what}\n   here {ours}\n    PHP {theirs}"))
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

fn same_json(what: &str, ours: &Value, theirs: &Value) -> Compared {
    if read(ours) == read(theirs) {
Ok(())
    } else {
same(what, &ours.to_string(), &theirs.to_string())
    }
}

/// JSON within texts is compared by what it says: PHP escapes more of it.
fn read(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with(['{', '[']) => {
            serde_json::from_str(text).map_or_else(|_| value.clone(), |inner| read(&inner))
        }
        Value::Array(list) => list.iter().map(read).collect(),
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(name, value)| (name.clone(), read(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// The time that a snippet takes is not the recording's, nor is a signature over it.
const OF_THE_MOMENT: [&str; 3] = ["timestamp", "sign", "nonce_str"];

fn compare_uri(row: &Value, ours: &str, platform: &PrivateKey) -> Compared {
    let theirs = row["uri"].as_str().unwrap_or_default();
    let parts = |uri: &str| -> (String, Vec<String>) {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let of_the_moment = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            row["version"] == "v2" && OF_THE_MOMENT.contains(&name)
        };
        let pairs = query.split('&').filter(|pair| !of_the_moment(pair));
        let plain = |pair: &str| match pair.split_once('=') {
            Some((name, value)) => {
                let value = percent_decode_str(value).decode_utf8_lossy();
                let plain = plaintext(&value, platform);
                format!("{name}={}", plain.unwrap_or(value.into_owned()))
            }
            None => pair.to_owned(),
        };
        (path.to_owned(), pairs.map(plain).collect())
    };
    if parts(ours) == parts(theirs) {
Ok(())
    } else {
same("uri", ours, theirs)
    }
}

/// The body with its sensitive fields as WeChat Pay reads them.
fn decrypted(body: &[u8], platform: &PrivateKey) -> Value {
    let mut value: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    open(&mut value, platform);
    value
}

/// Whatever opens was encrypted to this platform.
fn open(value: &mut Value, platform: &PrivateKey) {
    match value {
        Value::String(text) => {
            if let Some(plain) = plaintext(text, platform) {
                *text = plain;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| open(value, platform)),
        Value::Object(map) => map.values_mut().for_each(|value| open(value, platform)),
        _ => {}
    }
}

fn plaintext(text: &str, platform: &PrivateKey) -> Option<String> {
    let paddings = [Padding::Oaep, Padding::Pkcs1v15];
    let plain = paddings
        .iter()
        .find_map(|padding| platform.decrypt(*padding, text).ok().filter(|_| text.len() == 344))?;
    Some(String::from_utf8_lossy(&plain).into_owned())
}

fn compare_xml(ours: &str, theirs: &str) -> Compared {
    let (ours, theirs) = (members(ours), members(theirs));
    let names = |members: &[(String, String)]| -> Vec<String> {
        members.iter().map(|(name, _)| name.clone()).collect()
    };
    same("members", &names(&ours).join(" "), &names(&theirs).join(" "))?;
    for ((name, ours), (_, theirs)) in ours.into_iter().zip(theirs) {
        if !OF_THE_MOMENT.contains(&&*name) {
            same_json(&name, &Value::String(ours), &Value::String(theirs))?;
        }
    }
    Ok(())
}

/// The members of `<xml>`, in order; the documentation nests none.
fn members(xml: &str) -> Vec<(String, String)> {
    let mut members = Vec::new();
    let inner = xml.strip_prefix("<xml>").and_then(|xml| xml.strip_suffix("</xml>"));
    let mut rest = inner.unwrap_or_default();
    while let Some((name, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        let Some((text, after)) = after.split_once(&format!("</{name}>")) else {
            break;
        };
        let text = text
            .strip_prefix("<![CDATA[")
            .and_then(|text| text.strip_suffix("]]>"))
            .unwrap_or(text);
        members.push((name.to_owned(), text.to_owned()));
        rest = after;
    }
    members
}

/// Names, file names and contents of the parts.
fn compare_parts(row: &Value, made: &SignedRequest, platform: &PrivateKey) -> Compared {
    let body = made.body();
    let end = body.windows(2).position(|pair| pair == b"\r\n").unwrap_or_default();
    let boundary = String::from_utf8_lossy(&body[..end]).into_owned();
    let whole = String::from_utf8_lossy(body).into_owned();
    let ours: Vec<&str> = whole.split(&boundary).skip(1).collect();
    let mut names = BTreeMap::new();
    for part in row["multipart"]["parts"].as_array().expect("parts") {
        let name = part["name"].as_str().unwrap_or_default();
        let found = ours.iter().find(|ours| ours.contains(&format!("name=\"{name}\"")));
        let Some((head, content)) = found.and_then(|part| part.split_once("\r\n\r\n")) else {
            return Err(format!("the part {name} is missing"));
        };
        names.insert(name.to_owned(), ());
        if let Some(file) = part["filename"].as_str() {
            let wanted = format!("filename=\"{file}\"");
            if !head.contains(&wanted) {
                return Err(format!("{wanted} is not in {head}"));
            }
        }
        if let Some(theirs) = part["text"].as_str() {
            let ours = decrypted(content.trim_end().as_bytes(), platform);
            same_json(name, &ours, &parsed(theirs))?;
        }
    }
    if names.len() == ours.len() - 1 {
Ok(())
    } else {
Err(format!("{} parts", ours.len() - 1))
    }
}
