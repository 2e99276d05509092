//! After `SIGN_ERROR`, `request` shows where the signed texts differ.

use serde_json::json;

use crate::support::{STRANGER, Shop, server};

const ORDER: &str = r#"{"appid":"wx1"}"#;
const POST: [&str; 5] = [
    "request",
    "POST",
    "v3/pay/transactions/native",
    "--json",
    ORDER,
];

/// A gateway behind a proxy that changes the path: what it builds differs.
fn meddled() -> String {
    server(|request| {
        let nonce = between(request, "nonce_str=\"", "\"");
        let timestamp = between(request, "timestamp=\"", "\"");
        let built =
            format!("POST\n/v3/pay/transactions/native/\n{timestamp}\n{nonce}\n{{\"appid\"\n");
        let body = json!({
            "code": "SIGN_ERROR", "message": "签名错误",
            "detail": {
                "field": "signature",
                "sign_information": {
                    "method": "POST", "sign_message_length": built.len() + 8,
                    "truncated_sign_message": built, "url": "/v3/pay/transactions/native/",
                },
            },
        })
        .to_string();
        let length = body.len();
        format!(
            "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
    })
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split(after).next().unwrap()
}

#[test]
fn the_first_difference_of_the_signed_texts_is_shown() {
    let (shop, url) = (Shop::new(), meddled());
    let said = shop.command(&POST).env("BASE_URL", &url).run().failed(7);
    assert!(said.contains("at byte 32, in its path and query"), "{said}");
    assert!(
        said.contains(r"by this client: …/pay/transactions/native>>\n<<"),
        "{said}"
    );
    assert!(
        said.contains(r"by WeChat Pay:   …/pay/transactions/native>>/<<\n"),
        "{said}"
    );
    let machine = [&["--format", "json"], &POST[..]].concat();
    let said = shop
        .command(&machine)
        .env("BASE_URL", &url)
        .run()
        .failed_json(7);
    assert_eq!(said["sign_difference"]["position"], 32);
}

#[test]
fn equal_signed_texts_point_to_the_key() {
    let shop = Shop::new();
    shop.secret("apiclient_key.pem", &STRANGER);
    let run = shop.command(&POST).without("CERTIFICATE");
    let said = run.env("SERIAL", shop.sandbox.serial()).run().failed(7);
    assert!(said.contains("does not belong to the serial"), "{said}");
}
