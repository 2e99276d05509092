//! The PHP SDK's recorded requests, made again by this library.
//!
//! The recordings are not part of the repository: `WECHATPAY_PHP_WIRE` names their folder.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;
use wechatpay_chain::crypto::digest;
use wechatpay_chain::signing::{Authorization, request_text};
use wechatpay_chain::{
    Call, Error, ErrorKind, FieldPolicy, Media, PathError, PublicKey, SignedRequest,
};

use crate::support::golden::{self, Replay};
use crate::support::keys::{KEY_ID, SERIAL};
use crate::support::php;

/// One recorded APIv3 call of the SDK.
#[derive(Deserialize)]
struct Row {
    op: String,
    form: String,
    php: String,
    method: String,
    uri: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
    multipart: Option<Multipart>,
    auth: Auth,
}

#[derive(Deserialize)]
struct Multipart {
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    name: String,
    text: Option<String>,
    headers: Vec<(String, String)>,
    filename: Option<String>,
    sha256: String,
}

#[derive(Deserialize)]
struct Auth {
    mchid: String,
    serial_no: String,
    timestamp: String,
    nonce_str: String,
    signature: String,
}

static ROWS: LazyLock<Option<Vec<Row>>> = LazyLock::new(load);

fn load() -> Option<Vec<Row>> {
    let rows = golden::rows("v3")?;
    let rows = rows
        .into_iter()
        .map(|row| serde_json::from_value(row).unwrap());
    Some(rows.collect())
}

/// Returns the rows, or prints that there are none.
fn rows() -> &'static [Row] {
    match &*ROWS {
        Some(rows) => {
            assert_eq!(rows.len(), 954, "APIv3 rows of the SDK");
            rows
        }
        None => {
            golden::say_skipped();
            &[]
        }
    }
}

fn fixture(name: &str) -> PathBuf {
    golden::folder().join("fixtures/path/to").join(name)
}

/// As [`prepare`], with a file for `$media->getStream()`.
fn upload(replay: &Replay, row: &Row) -> Call {
    let mut snippet = php::read(&row.php);
    let body = snippet.options.remove("body").unwrap();
    assert_eq!(body, "$media->getStream()");
    let headers = snippet.options.remove("headers").unwrap();
    assert_eq!(headers["Content-Type"], "$media->getContentType()");
    let parts = &row.multipart.as_ref().unwrap().parts;
    let name = parts.iter().find_map(|part| part.filename.as_deref());
    let mut media = Media::from_path(fixture(name.unwrap())).unwrap();
    if row.php.contains("setMeta") {
        let meta: Value = serde_json::from_str(row.signed_body()).unwrap();
        media = media.meta(meta);
    }
    let call = replay.prepare(row.timestamp(), &row.auth.nonce_str, &snippet);
    call.body(media)
}

fn replay() -> Replay {
    let platform = PublicKey::from_file(golden::folder().join("keys/platform_pub.pem")).unwrap();
    Replay::new(|builder| {
        builder
            .serial(SERIAL)
            .private_key(golden::merchant_key())
            .platform_key(KEY_ID, platform)
            // The documentation's ciphertexts are made up.
            .fields(FieldPolicy::Off)
    })
}

fn prepare(replay: &Replay, row: &Row) -> Call {
    let snippet = php::read(&row.php);
    replay.prepare(row.timestamp(), &row.auth.nonce_str, &snippet)
}

impl Row {
    /// The target, as in the request line.
    fn target(&self) -> &str {
        let after_scheme = self.uri.strip_prefix("https://").unwrap();
        &after_scheme[after_scheme.find('/').unwrap()..]
    }

    /// The signed content: the body or its replacement.
    fn signed_body(&self) -> &str {
        match &self.multipart {
            None => self.body.as_deref().unwrap(),
            Some(upload) => {
                let meta = upload.parts.iter().find(|part| part.name == "meta");
                meta.unwrap().text.as_deref().unwrap()
            }
        }
    }

    fn timestamp(&self) -> i64 {
        self.auth.timestamp.parse().unwrap()
    }

    /// The body as PHP sent it, except for the boundary.
    fn layout(&self, boundary: &str) -> Vec<u8> {
        let mut body = Vec::new();
        for part in &self.multipart.as_ref().unwrap().parts {
            body.extend(format!("--{boundary}\r\n").bytes());
            for (name, value) in &part.headers {
                body.extend(format!("{name}: {value}\r\n").bytes());
            }
            body.extend(b"\r\n");
            match &part.filename {
                None => body.extend(part.text.as_deref().unwrap().bytes()),
                Some(name) => {
                    let file = std::fs::read(fixture(name)).unwrap();
                    assert_eq!(digest::sha256_hex(&file), part.sha256);
                    body.extend(file);
                }
            }
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        body
    }

    /// The header as PHP wrote it.
    fn authorization(&self) -> String {
        let auth = &self.auth;
        format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"{}\",serial_no=\"{}\",timestamp=\"{}\",nonce_str=\"{}\",signature=\"{}\"",
            auth.mchid, auth.serial_no, auth.timestamp, auth.nonce_str, auth.signature
        )
    }
}

#[test]
fn the_same_key_time_and_nonce_give_the_same_signature_byte_for_byte() {
    let rows = rows();
    let Some(key) = rows.first().map(|_| golden::merchant_key()) else {
        return;
    };
    let mut uploads = 0;
    for row in rows {
        let (auth, body) = (&row.auth, row.signed_body().as_bytes());
        let time = row.timestamp();
        let text = request_text(&row.method, row.target(), time, &auth.nonce_str, body);
        let signature = key.sign(&text).unwrap();
        assert_eq!(signature, auth.signature, "{} {}", row.op, row.form);
        let (mchid, serial) = (&*auth.mchid, &*auth.serial_no);
        let header = Authorization::new(mchid, serial, time, &*auth.nonce_str, signature);
        let header = header.to_header_value().unwrap();
        assert_eq!(header.to_str().unwrap(), row.authorization());
        uploads += usize::from(row.multipart.is_some());
    }
    assert_eq!(uploads, 24, "uploads, signed over their meta");
    println!("{} signatures, {uploads} of them of uploads", rows.len());
}

#[test]
fn the_same_call_gives_the_same_request() {
    let rows = rows();
    if rows.is_empty() {
        return;
    }
    let replay = replay();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut refused = BTreeMap::new();
    for row in rows.iter().filter(|row| row.multipart.is_none()) {
        match prepare(&replay, row).dry_run().wait() {
            Ok(made) => *counts.entry(compare(row, &made)).or_default() += 1,
            Err(err) => *refused.entry(refusal(row, &err)).or_default() += 1,
        }
    }
    println!("{counts:?} {refused:?}");
    assert_eq!(
        counts,
        BTreeMap::from([("same JSON", 312), ("same bytes", 558)])
    );
    let expected = REFUSED.map(|reason| (format!("openapi/v3/{reason}"), 6));
    assert_eq!(refused, BTreeMap::from(expected));
}

/// Rows whose documentation lacks a variable or its value; PHP sends `//` or omits the segment.
const REFUSED: [&str; 10] = [
    "applyment4sub/applyment/index.md#1 lacks empty",
    "bank-transfer/batches/out-batch-no/{out_batch_no}.md#1 lacks out_batch_no",
    "ecommerce/applyments/index.md#1 lacks empty",
    "global/merchants/{sub_mchid}.md#2 lacks sub_mchid",
    "offlinefacemch/organizations/{organization_id}/users/out-user-id/{out_user_id}.md#1 leaves organization_id empty",
    "offlinefacemch/organizations/{organization_id}/users/out-user-id/{out_user_id}.md#2 leaves organization_id empty",
    "papay/insurance-pay/policy-periods/contract-id/{contract_id}/policy-period-id/{policy_period_id}.md#1 leaves contract_id empty",
    "papay/insurance-pay/policy-periods/contract-id/{contract_id}/policy-period-id/{policy_period_id}/schedule.md#1 leaves contract_id empty",
    "papay/insurance-sign/contracts/plan-id/{plan_id}/contract-id/{contract_id}/renew.md#1 leaves plan_id empty",
    "smartguide/guides/{guide_id}/assign.md#1 leaves guide_id empty",
];

#[test]
fn the_documentations_empty_segment_is_a_variable_given_as_an_empty_text() {
    let trailing_slash = |row: &&Row| row.php.contains("_empty_") || row.php.contains("{empty}");
    let rows: Vec<_> = rows().iter().filter(trailing_slash).collect();
    if rows.is_empty() {
        return;
    }
    assert_eq!(rows.len(), 12);
    let replay = replay();
    for row in rows {
        let call = prepare(&replay, row).var("empty", "");
        compare(row, &call.dry_run().wait().unwrap());
    }
}

#[test]
fn the_same_upload_gives_the_same_parts_and_signature() {
    let uploads = || rows().iter().filter(|row| row.multipart.is_some());
    if uploads().next().is_none() {
        return;
    }
    let replay = replay();
    for row in uploads() {
        let at = format!("{} {}", row.op, row.form);
        let made = upload(&replay, row).dry_run().wait().unwrap();
        let header = made.headers()["authorization"].to_str().unwrap();
        assert_eq!(header, row.authorization(), "{at}");
        assert_eq!(made.uri().to_string(), row.uri, "{at}");
        let kind = made.headers()["content-type"].to_str().unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert!(boundary.len() == 40 && boundary.bytes().all(|c| c.is_ascii_hexdigit()));
        assert_eq!(made.body(), &row.layout(boundary), "{at}");
    }
}

/// Compares everything that the protocol defines; returns how similar the bodies are.
fn compare(row: &Row, made: &SignedRequest) -> &'static str {
    let at = format!("{} {}", row.op, row.form);
    assert_eq!(made.method().as_str(), row.method, "{at}");
    assert_eq!(made.uri().to_string(), row.uri, "{at}");
    compare_headers(row, made, &at);
    let header = made.headers()["authorization"].to_str().unwrap();
    let body = row.body.as_deref().unwrap();
    if made.body() == body {
        assert_eq!(header, row.authorization(), "{at}");
        return "same bytes";
    }
    let (ours, theirs): (Value, Value) = (
        serde_json::from_slice(made.body()).unwrap(),
        serde_json::from_str(body).unwrap(),
    );
    assert_eq!(ours, theirs, "{at}");
    let auth = Authorization::parse(header).unwrap();
    assert_eq!(auth.nonce_str(), row.auth.nonce_str);
    assert_eq!(auth.timestamp(), row.timestamp());
    let text = made.signed_text().unwrap();
    let key = merchant_public_key();
    assert!(key.verify(text.as_bytes(), auth.signature()), "{at}");
    "same JSON"
}

fn merchant_public_key() -> &'static PublicKey {
    static KEY: LazyLock<PublicKey> = LazyLock::new(|| {
        PublicKey::from_file(golden::folder().join("keys/merchant_pub.pem")).unwrap()
    });
    &KEY
}

/// Headers that belong to the transport's framing.
const FRAMING: [&str; 2] = ["Host", "Content-Length"];
/// `Authorization` is compared separately; every request names the key for its answer.
const OURS: [&str; 3] = ["authorization", "user-agent", "wechatpay-serial"];

fn compare_headers(row: &Row, made: &SignedRequest, at: &str) {
    let headers = made.headers();
    for (name, value) in &row.headers {
        if !FRAMING.contains(&&**name) {
            let ours = headers.get(name).map(|value| value.to_str().unwrap());
            assert_eq!(ours, Some(&**value), "{name} of {at}");
        }
    }
    for name in headers.keys() {
        let known = row
            .headers
            .keys()
            .any(|theirs| theirs.eq_ignore_ascii_case(name.as_str()));
        assert!(known || OURS.contains(&name.as_str()), "{name} of {at}");
    }
}

/// The rejected rows and why: the documentation omits, empties or misnames a variable.
fn refusal(row: &Row, err: &Error) -> String {
    assert_eq!(err.kind(), ErrorKind::Path, "{}: {}", row.op, err.report());
    assert!(!err.maybe_sent());
    match err.find::<PathError>() {
        Some(PathError::MissingVariable { name, .. }) => format!("{} lacks {name}", row.op),
        Some(PathError::UnusedVariable { name, .. }) => format!("{} has no {name}", row.op),
        Some(PathError::EmptyVariable { name }) => format!("{} leaves {name} empty", row.op),
        _ => panic!("{}: {}", row.op, err.report()),
    }
}
