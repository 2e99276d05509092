//! No key of the fixtures is ever printed.

use wechatpay_sandbox::Fault;

use crate::support::{Run, Shop};

/// The secrets that must not be in any output.
fn secrets(shop: &Shop) -> Vec<String> {
    let sandbox = &shop.sandbox;
    let pem = sandbox.merchant_key_pem().unwrap();
    let lines = pem.expose().lines().filter(|line| line.len() == 64);
    let mut secrets: Vec<_> = lines.map(str::to_owned).collect();
    assert!(secrets.len() > 20);
    secrets.push(sandbox.apiv3_key().expose().to_owned());
    secrets.push(sandbox.v2_key().expose().to_owned());
    secrets
}

#[test]
fn no_output_contains_a_key() {
    let shop = Shop::new();
    let secrets = secrets(&shop);
    let order = ["--appid", "wx1", "--prepay-id", "wx2"];
    let mut printed = 0;
    for arguments in [
        &["--help"][..],
        &["doctor"],
        &["doctor", "--help"],
        &["request", "GET", "v3/certificates", "--include"],
        &["request", "GET", "v3/certificates", "--dry-run"],
        &[
            "request",
            "POST",
            "v2/pay/orderquery",
            "--json",
            "{}",
            "--dry-run",
        ],
        &["request", "GET", "v3/nowhere/{x}"],
        &["request", "--nonsense"],
        &["certs", "download", "-o", "certs"],
        &[&["sign", "pay-params", "jsapi"], &order[..]].concat(),
        &["completions", "bash"],
        &["man"],
    ] {
        for format in ["text", "json"] {
            let key = shop.sandbox.apiv3_key().expose();
            let v2 = shop.sandbox.v2_key().expose();
            let run = shop.command(&[&["--format", format], arguments].concat());
            // Once as variables, and the private key where an APIv3 key should be.
            let mixed = shop.command(&[&["--format", format], arguments].concat());
            let mixed = mixed.env("APIV3_KEY_FILE", "apiclient_key.pem");
            shop.sandbox.inject_fault(Fault::TamperedBody);
            for run in [run.env("APIV3_KEY", key).env("V2_KEY", v2), mixed] {
                printed += assert_free(run, &secrets);
            }
        }
    }
    assert!(printed > 10_000, "{printed}");
}

/// How much was printed.
fn assert_free(run: Run, secrets: &[String]) -> usize {
    let done = run.run();
    let text = format!("{}\n{}", done.stdout, done.stderr);
    for secret in secrets {
        assert!(!text.contains(secret), "{text}");
    }
    text.len()
}
