//! `wechatpay request`.

use serde_json::{Value, json};
use wechatpay_chain::signing::{Authorization, request_text};
use wechatpay_chain::{PublicKey, Secret};
use wechatpay_sandbox::StubResponse;

use crate::support::{Run, Shop};

/// Not in the catalog: its body comes back.
const ECHO: &str = "v3/nobody/knows/this";
const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";

#[test]
fn a_request_prints_its_answer() {
    let shop = Shop::new();
    let order = r#"{"out_trade_no":"1217752501"}"#;
    let run = shop.command(&["request", "post", ECHO, "--json", order]);
    assert_eq!(run.run().json(), json!({"out_trade_no": "1217752501"}));
    let call = shop.sandbox.last_call().unwrap();
    assert_eq!(call.method, "POST");
    assert_eq!(call.body, order);

    // For a machine it is one line.
    let run = shop.command(&["request", "POST", ECHO, "--json", order, "--format", "json"]);
    assert_eq!(run.run().ok(), format!("{order}\n"));
}

#[test]
fn bodies_are_read_from_files_and_standard_input() {
    let shop = Shop::new();
    shop.file("order.json", r#"{"out_trade_no":"file"}"#);
    let run = shop.command(&["request", "POST", ECHO, "--json", "@order.json"]);
    assert_eq!(run.run().json()["out_trade_no"], "file");
    let run = shop.command(&["request", "POST", ECHO, "--json", "-"]);
    let run = run.stdin(r#"{"out_trade_no":"stdin"}"#);
    assert_eq!(run.run().json()["out_trade_no"], "stdin");
    // As it is, with its blank; fields in it are not encrypted, which has to be said.
    let text = json!({
        "appid": "wx1", "mchid": shop.sandbox.mchid(), "description": "QQ公仔", "out_trade_no": "raw-order",
        "notify_url": "https://www.example.com/notify", "amount": {"total": 1},
    });
    let text = text.to_string().replacen(':', ": ", 1);
    shop.file("raw.json", &text);
    let native = "v3/pay/transactions/native";
    let raw = ["request", "POST", native, "--body-file", "raw.json"];
    let said = shop.command(&raw).run().failed(4);
    assert!(said.contains("--no-encrypt"), "{said}");
    let raw = [&raw[..], &["--no-encrypt"]].concat();
    shop.command(&raw).run().ok();
    let body = shop.sandbox.last_call().unwrap().body;
    assert_eq!(body, text);
}

#[test]
fn variables_parameters_and_headers_are_sent() {
    let shop = Shop::new();
    let path = "v3/nobody/knows/{transaction_id}";
    shop.command(&[
        "request",
        "GET",
        path,
        "--var",
        "transaction_id=12/17",
        "--query",
        "mchid=1900000109",
        "--query",
        "a=b=c",
        "--header",
        "X-Trace: a:b",
    ])
    .run()
    .ok();
    let call = shop.sandbox.last_call().unwrap();
    let target = "/v3/nobody/knows/12%2F17?mchid=1900000109&a=b%3Dc";
    assert_eq!(call.target, target);
    assert_eq!(call.headers["x-trace"], "a:b");
}

#[test]
fn include_prints_status_and_headers() {
    let shop = Shop::new();
    let arguments = ["request", "GET", "v3/certificates", "--include"];
    let text = shop.command(&arguments).run().ok();
    assert!(text.starts_with("HTTP 200 OK\n"), "{text}");
    assert!(text.contains("\nWechatpay-Serial: "), "{text}");
    let both = [&arguments[..], &["--format", "json"]].concat();
    let shown = shop.command(&both).run().json();
    assert_eq!(shown["status"], 200);
    assert!(shown["headers"]["Wechatpay-Signature"].is_string());
    assert!(shown["body"]["data"].is_array());
}

/// The object of a dry run is a request that the gateway would take: its signature holds.
#[test]
fn dry_run_prints_the_signed_request_and_sends_nothing() {
    let shop = Shop::new();
    let fields = json!({"card_no": "6214830012345678", "out_request_no": "1"}).to_string();
    let arguments = ["request", "POST", PUNISH, "--dry-run", "--json", &fields];
    let shown = shop.command(&arguments).run().json();
    let keys: Vec<_> = shown.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["method", "uri", "headers", "body"]);
    assert_eq!(shown["method"], "POST");
    let base = shop.sandbox.base_url();
    assert_eq!(shown["uri"], format!("{base}{PUNISH}"));
    assert_signed(&shown, shop.sandbox.merchant_certificate().public_key());
    let headers = &shown["headers"];
    assert_eq!(headers["Wechatpay-Serial"], shop.sandbox.platform_key_id());
    let body: Value = serde_json::from_str(shown["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["out_request_no"], "1");
    assert_ne!(body["card_no"], "6214830012345678");
    assert!(shop.sandbox.calls().is_empty());

    let plain = [&arguments[..], &["--no-encrypt"]].concat();
    let shown = shop.command(&plain).run().json();
    assert_eq!(shown["body"], fields);
    assert_signed(&shown, shop.sandbox.merchant_certificate().public_key());
}

fn assert_signed(shown: &Value, key: &PublicKey) {
    let header = shown["headers"]["Authorization"].as_str().unwrap();
    let auth = Authorization::parse(header).unwrap();
    let uri: http::Uri = shown["uri"].as_str().unwrap().parse().unwrap();
    let text = request_text(
        shown["method"].as_str().unwrap(),
        uri.path_and_query().unwrap().as_str(),
        auth.timestamp(),
        auth.nonce_str(),
        shown["body"].as_str().unwrap().as_bytes(),
    );
    assert!(key.verify(&text, auth.signature()));
}

#[test]
fn a_dry_run_needs_no_platform_key() {
    let shop = Shop::new();
    let run = shop.command(&["request", "GET", "v3/certificates", "--dry-run"]);
    let run = run.without("PLATFORM_KEY").without("PLATFORM_KEY_ID");
    let shown = run.run().json();
    assert_eq!(shown["body"], "");
}

#[test]
fn apiv2_is_spoken_in_xml_and_printed_as_json() {
    let shop = Shop::new();
    let query =
        json!({"appid": "wx1", "mch_id": shop.sandbox.mchid(), "auth_code": "120000000000000000"});
    let query = query.to_string();
    let path = "v2/tools/authcodetoopenid";
    let arguments = ["request", "POST", path, "--json", &query];
    let answer = shop.command(&arguments).run().json();
    assert!(answer["openid"].is_string());
    assert_eq!(answer["result_code"], "SUCCESS");

    let dry = [&arguments[..], &["--dry-run", "--security"]].concat();
    let shown = shop.command(&dry).run().json();
    assert!(shown["body"].as_str().unwrap().starts_with("<xml>"));
    // An APIv2 key alone will do.
    let run = shop.bare(&arguments).env("MCHID", shop.sandbox.mchid());
    let run = run.env("BASE_URL", shop.sandbox.base_url());
    let key: &Secret = shop.sandbox.v2_key();
    let run = run.env("V2_KEY", key.expose());
    assert_eq!(run.run().json()["openid"], answer["openid"]);
}

#[test]
fn files_are_uploaded_and_downloaded() {
    let shop = Shop::new();
    shop.file("license.jpg", "a picture");
    let path = "v3/merchant/media/upload";
    shop.command(&["request", "POST", path, "--media", "license.jpg"])
        .run()
        .ok();
    let meta = shop.sandbox.last_call().unwrap().json.unwrap();
    assert_eq!(meta["filename"], "license.jpg");

    let arguments = [
        "request",
        "GET",
        "v3/billdownload/file",
        "--query",
        "token=1",
        "--sink",
        "bill.csv",
    ];
    let bill = "`a,`b\n";
    let answer = StubResponse::bytes("text/csv", bill);
    shop.sandbox
        .stub("GET", "v3/billdownload/file", answer)
        .unwrap();
    let shown = [&arguments[..], &["--format", "json"]].concat();
    let saved = shop.command(&shown).run().json();
    assert_eq!(saved["bytes"], bill.len());
    assert_eq!(
        std::fs::read_to_string(shop.path("bill.csv")).unwrap(),
        bill
    );

    // One of another digest is not kept, and the file is as it was.
    let digest = "0".repeat(40);
    let wrong = [&arguments[..], &["--sha1", &digest]].concat();
    shop.command(&wrong).run().failed(8);
    assert_eq!(
        std::fs::read_to_string(shop.path("bill.csv")).unwrap(),
        bill
    );
}

#[test]
fn sandbox_mode_needs_no_settings() {
    let receiver = r#"{"appid":"wx1","type":"MERCHANT_ID","account":"1900000110","name":"示例","relation_type":"STORE"}"#;
    let path = "v3/profitsharing/receivers/add";
    let run = Run::new(&["--sandbox", "request", "POST", path, "--json", receiver]);
    assert_eq!(run.run().json()["account"], "1900000110");
    let mixed = ["--sandbox", "--mchid", "1900000109", "request", "GET", ECHO];
    let said = Run::new(&mixed).run().failed(2);
    assert!(said.contains("its own credentials"), "{said}");
}

/// A misspelt path is said before anything is sent, with what was meant.
#[test]
fn unlisted_paths_are_refused_with_suggestions() {
    let shop = Shop::new();
    let request = |arguments: &[&str]| shop.command(&[&["request"], arguments].concat()).run();
    for (method, path, meant) in [
        (
            "POST",
            "v3/pay/transaction/native",
            "POST v3/pay/transactions/native",
        ),
        (
            "POST",
            "/v3/pay/transactions/nativ",
            "POST v3/pay/transactions/native",
        ),
        (
            "GET",
            "v3/bill/trade-bill?bill_date=2025-06-01",
            "GET v3/bill/tradebill",
        ),
        (
            "PUT",
            "v3/refund/domestic/refunds",
            "POST v3/refund/domestic/refunds",
        ),
        ("POST", "v3/refunds", "POST v3/refund/domestic/refunds"),
        ("POST", "v2/pay/unifiedordr", "POST v2/pay/unifiedorder"),
        (
            "GET",
            "pay/transactions/id/1",
            "GET v3/pay/transactions/id/{transaction_id}",
        ),
    ] {
        let said = request(&[method, path, "--json", "{}"]).failed(2);
        assert!(
            said.starts_with("error:") && said.contains("--unlisted"),
            "{said}"
        );
        assert!(said.contains(meant), "{meant}: {said}");
        let machine = request(&[
            method,
            path,
            "--json",
            "{}",
            "--format",
            "json",
            "--dry-run",
        ]);
        let machine = machine.failed_json(2);
        assert_eq!(machine["kind"], "unlisted");
        let named = machine["meant"].as_array().unwrap();
        assert!(
            named.contains(&json!(meant)) && named.len() <= 3,
            "{machine}"
        );
    }
    assert!(shop.sandbox.calls().is_empty());
    let body = request(&[
        "POST",
        "v3/pay/transaction/native",
        "--json",
        "{\"a\":1}",
        "--unlisted",
    ]);
    assert_eq!(body.json(), json!({"a": 1}));
}

/// Nothing is like it: it may be new. When it fails, its path is named as a reason.
#[test]
fn unlisted_paths_without_similar_ones_are_sent() {
    let run = Run::new(&["--sandbox", "request", "POST", ECHO, "--json", "{}"]).run();
    let said = run.failed(7);
    assert!(
        said.contains("This method and path are not in the catalog"),
        "{said}"
    );
    let known = [
        "--sandbox",
        "request",
        "GET",
        "v3/pay/transactions/id/1",
        "--query",
        "mchid=1900000109",
    ];
    let said = Run::new(&known).run().failed(7);
    assert!(!said.contains("The catalog does not have"), "{said}");
}

/// Near a sensitive operation, the library refuses even an unlisted call.
#[test]
fn unlisted_calls_send_no_sensitive_field_in_plaintext() {
    let shop = Shop::new();
    let arguments = [
        "request",
        "POST",
        "v3/ecommerce/Applyments/",
        "--json",
        "{}",
        "--unlisted",
    ];
    let said = shop.command(&arguments).run().failed(4);
    assert!(said.contains("POST v3/ecommerce/applyments/"), "{said}");
    let off = [&arguments[..], &["--no-encrypt"]].concat();
    assert_eq!(shop.command(&off).run().json(), json!({}));
    assert_eq!(shop.sandbox.calls().len(), 1);
}

#[test]
fn invalid_paths_are_explained_once() {
    let shop = Shop::new();
    let path = "v3/pay/transactions/id/{transaction_id}";
    let said = shop.command(&["request", "GET", path]).run().failed(4);
    assert_eq!(said.matches("--var").count(), 1, "{said}");
    // No variable is missing here.
    let call = [
        "request",
        "POST",
        "v3/applyment4sub/Applyment",
        "--json",
        "{}",
        "--unlisted",
    ];
    let said = shop.command(&call).run().failed(4);
    assert!(
        said.contains("--no-encrypt") && !said.contains("--var"),
        "{said}"
    );
}

/// The library knows the operation all the same, and WeChat Pay answers 404.
#[test]
fn a_wrong_trailing_slash_is_refused() {
    let shop = Shop::new();
    for (method, path, meant) in [
        (
            "POST",
            "v3/applyment4sub/applyment",
            "POST v3/applyment4sub/applyment/",
        ),
        (
            "POST",
            "/v3/ecommerce/applyments",
            "POST v3/ecommerce/applyments/",
        ),
        (
            "POST",
            "v3/pay/transactions/native/",
            "POST v3/pay/transactions/native",
        ),
        ("GET", "v3/certificates/", "GET v3/certificates"),
    ] {
        let run = shop.command(&["request", method, path, "--format", "json"]);
        let said = run.run().failed_json(2);
        assert_eq!(said["meant"], json!([meant]), "{said}");
    }
    assert!(shop.sandbox.calls().is_empty());
    let right = [
        "request",
        "POST",
        "v3/applyment4sub/applyment/",
        "--json",
        "{}",
    ];
    shop.command(&right).run();
    assert_eq!(shop.sandbox.calls().len(), 1);
}

/// Arguments as the shell passes them after a mistake: an empty variable, arguments in another order, a file's name.
#[test]
fn swapped_arguments_are_explained() {
    let shop = Shop::new();
    let said = |arguments: &[&str]| {
        let all = [&["request"], arguments].concat();
        shop.command(&all).run().failed(4)
    };
    for path in ["", "/"] {
        assert!(said(&["GET", path]).contains("PATH is empty"));
    }
    let order = "METHOD comes before PATH";
    assert!(said(&["v3/certificates", "GET"]).contains(order));
    assert!(!said(&["BREW", "v3/certificates"]).contains(order));
    std::fs::write(shop.path("order.json"), "{}").unwrap();
    let body = |text: &str| said(&["POST", "v3/pay/transactions/native", "--json", text]);
    assert!(body("order.json").contains("write --json @order.json"));
    assert!(!body("nowhere.json").contains("@nowhere.json"));
    assert!(shop.sandbox.calls().is_empty());
}

/// The header is what is wrong, and not the body.
#[test]
fn a_missing_platform_serial_is_not_reported_as_a_body_error() {
    let shop = Shop::new();
    let header = ["--header", "Wechatpay-Serial: ABC"];
    let run = shop.command(&[&["request", "GET", "v3/certificates"], &header[..]].concat());
    let said = run.run().failed(4);
    assert!(
        said.contains("they have [") && !said.contains("--no-encrypt"),
        "{said}"
    );
}
