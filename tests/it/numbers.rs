//! Numbers keep their digits in requests and in responses.
//!
//! A `Value` keeps what `serde_json` can tell apart: integers of 64 bits and doubles, and with its feature
//! `arbitrary_precision`, which the command enables, everything. A text is never rounded.

use serde_json::{Value, json};

use crate::support::{Answer, MERCHANT, Wire, client};

const PLAIN: &str = "v3/pay/transactions/native";
const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";

/// Numbers that a `Value` does not keep without `arbitrary_precision`.
const WIDE: [&str; 10] = [
    "18446744073709551616",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "170141183460469231731687303715884105728",
    "1.00",
    "0.12345678901234567",
    "110.000000000000010000",
    "-0",
    "0.1e-7",
    "1e+400",
];

/// Texts of 17-digit floats and of integers as a `Value` stores them, the same in each run.
fn kept() -> Vec<String> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let edges = [
        "110.00000000000001",
        "18446744073709551615",
        "-9223372036854775808",
        "9007199254740993",
        "0.1",
        "5e-324",
        "0",
    ];
    let mut all: Vec<String> = edges.map(str::to_owned).into();
    let mut floats = 0;
    while floats < 2_000 {
        #[allow(clippy::cast_precision_loss, reason = "any double will do")]
        let float = (next() >> 11) as f64 / (1_u64 << (next() % 40 + 10)) as f64;
        let text = json!(float).to_string();
        // All digits of a double.
        if text.bytes().filter(u8::is_ascii_digit).count() >= 17 && !text.contains('e') {
            floats += 1;
            all.push(text);
        }
        all.push(next().to_string());
    }
    all
}

/// Numbers that a `Value` preserves in this build.
fn in_values() -> Vec<String> {
    let mut all = kept();
    if values_keep_every_digit() {
        all.extend(WIDE.map(str::to_owned));
    }
    all
}

/// Whether some package of this build enables `arbitrary_precision` of `serde_json`, as the command does.
fn values_keep_every_digit() -> bool {
    serde_json::from_str::<Value>("1e400").is_ok()
}

fn object(numbers: &[String]) -> String {
    let member = |(index, number): (usize, &String)| format!("\"n{index}\":{number}");
    let members: Vec<_> = numbers.iter().enumerate().map(member).collect();
    format!("{{{}}}", members.join(","))
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_body_is_sent_unchanged() {
    let written = object(&in_values());
    let value: Value = serde_json::from_str(&written).unwrap();
    let wire = Wire::ok();
    let client = client(&wire);
    client.chain(PLAIN).post(&value, ()).wait().unwrap();
    let options = json!({ "json": value });
    client.chain(PLAIN).request("POST", options).wait().unwrap();
    for sent in wire.all() {
        assert_eq!(text(&sent.body), written);
    }
}

#[test]
fn encryption_leaves_the_numbers_around_it() {
    let wire = Wire::ok();
    let numbers = object(&in_values());
    let written = format!(r#"{{"card_no":"6214","all":{numbers}}}"#);
    let value: Value = serde_json::from_str(&written).unwrap();
    client(&wire).chain(PUNISH).post(value, ()).wait().unwrap();
    let sent = wire.only();
    let (before, after) = text(&sent.body).split_once(",\"all\":").unwrap();
    assert!(!before.contains("6214\""), "encrypted");
    assert_eq!(after, format!("{numbers}}}"));
}

#[test]
fn encryption_in_a_text_that_holds_json_leaves_every_other_byte() {
    let wire = Wire::ok();
    let (kept, wide) = (kept().join(", "), wide().join(" ,"));
    let inner =
        format!(r#"{{ "wide" : [{wide}], "phone":"1380", "kept":[{kept}], "url":"a\/\u4e2d" }}"#);
    let outer = format!(r#"{{"n":1.0e2,"inner":{}}}"#, json!(inner));
    let body = json!({ "meta": outer });
    let call = client(&wire).chain(PLAIN).post(body, ());
    call.encrypt(["/meta/inner/phone"]).wait().unwrap();
    let sent = wire.only().json();
    let sent = sent["meta"].as_str().unwrap();
    let inner_sent = sent.strip_prefix(r#"{"n":1.0e2,"inner":"#).unwrap();
    let inner_sent = inner_sent.strip_suffix('}').unwrap();
    let inner_sent: String = serde_json::from_str(inner_sent).unwrap();
    let (before, rest) = inner_sent.split_once("\"phone\":\"").unwrap();
    let (phone, after) = rest.split_once('"').unwrap();
    assert_eq!(format!("{before}\"phone\":\"1380\"{after}"), inner);
    assert!(phone.len() > 300, "encrypted: {phone}");
}

#[test]
fn duplicate_keys_in_a_text_to_encrypt_are_rejected() {
    for inner in [
        r#"{"phone":"1380","phone":"1381"}"#,
        r#"{"a":{"phone":"1380"},"a":{"phone":"1381"}}"#,
        r#"{"a":{"phone":"1380"},"\u0061":{}}"#,
    ] {
        for pointer in ["/meta/phone", "/meta/a/phone"] {
            let wire = Wire::ok();
            let call = client(&wire)
                .chain(PLAIN)
                .post(json!({ "meta": inner }), ());
            let err = call.encrypt([pointer]).wait().unwrap_err();
            assert_eq!(wire.count(), 0);
            assert!(err.report().contains("twice"), "{}", err.report());
            assert!(!err.report().contains("1380"), "{}", err.report());
        }
    }
}

#[derive(serde::Deserialize)]
struct Wide {
    name: String,
    #[serde(rename = "n0")]
    id: u128,
    n1: i128,
    n2: Box<serde_json::value::RawValue>,
    n4: Box<serde_json::value::RawValue>,
}

fn check_wide(wide: &Wide, name: &str) {
    assert_eq!(wide.name, name);
    assert_eq!(wide.id.to_string(), WIDE[0]);
    assert_eq!(wide.n1.to_string(), WIDE[1]);
    assert_eq!(wide.n2.get(), WIDE[2]);
    assert_eq!(wide.n4.get(), WIDE[4]);
}

/// `1e400` is no number to a `Value` without `arbitrary_precision`.
fn wide() -> Vec<String> {
    WIDE[..9].iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn an_answer_is_read_from_its_text() {
    let answer = object(&wide()).replacen('{', r#"{"name":"张三","#, 1);
    let wire = Wire::answering(move |_| Answer::bytes(answer.clone()));
    let response = client(&wire).chain(PLAIN).get(()).wait().unwrap();
    check_wide(&response.json().unwrap(), "张三");
}

#[test]
fn an_answer_s_decryption_leaves_the_numbers_around_it() {
    let secret = MERCHANT
        .public
        .encrypt(wechatpay_chain::Padding::Oaep, "张三".as_bytes())
        .unwrap();
    let answer = object(&wide()).replacen('{', &format!("{{\"name\":\"{secret}\","), 1);
    let wire = Wire::answering(move |_| Answer::bytes(answer.clone()));
    let call = client(&wire).chain(PLAIN).get(());
    let response = call.decrypt(["/name"]).wait().unwrap();
    assert_eq!(response["name"], "张三");
    check_wide(&response.json().unwrap(), "张三");
}

#[test]
fn numbers_of_an_answer_keep_their_digits() {
    let numbers = in_values();
    let answer = object(&numbers);
    let wire = Wire::answering(move |_| Answer::bytes(answer.clone()));
    let response = client(&wire).chain(PLAIN).get(()).wait().unwrap();
    for (index, number) in numbers.iter().enumerate() {
        let got = response[&*format!("n{index}")].to_string();
        assert_eq!(got, *number);
    }
}

#[test]
fn an_answer_s_type_may_be_more_lenient_than_its_text() {
    #[derive(serde::Deserialize)]
    struct Amount {
        total: u64,
        #[serde(flatten)]
        rest: std::collections::BTreeMap<String, f64>,
    }
    let answer = r#"{"total":1,"rate":1.5,"total":2}"#;
    let wire = Wire::answering(move |_| Answer::bytes(answer));
    let response = client(&wire).chain(PLAIN).get(()).wait().unwrap();
    let amount: Amount = response.json().unwrap();
    assert_eq!((amount.total, amount.rest["rate"]), (2, 1.5));
}
