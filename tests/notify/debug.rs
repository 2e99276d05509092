//! The output of `{:?}`.

use std::fmt::Debug;

use serde_json::json;
use wechatpay_chain::notify::{Acknowledgement, Claim, MemoryStore};

use crate::support::{APIV3, Post, V2, builder, reader};

#[test]
fn debug_output_contains_no_keys_and_no_contents() {
    let (headers, body) = Post::paid().signed();
    let paid = reader().parse(&headers, &body).unwrap();
    let reply = reader().reply(&paid, json!({"who": "order-1"})).unwrap();
    let mut wrong = Post::paid();
    wrong.apiv3 = "x".repeat(32);
    let (headers, body) = wrong.signed();
    let err = reader().parse(&headers, &body).unwrap_err();
    let ciphertext = paid.envelope()["resource"]["ciphertext"].as_str().unwrap();
    let printed: [&dyn Debug; 7] = [
        &paid,
        &reply,
        &err,
        &reader(),
        &builder(),
        &Acknowledgement::Data(json!("order-1")),
        &MemoryStore::new(),
    ];
    for thing in printed {
        let text = format!("{thing:?} {thing:#?}");
        for secret in [APIV3, V2, "order-1", "out_trade_no", &ciphertext[..16]] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    assert!(format!("{paid:?}").contains("TRANSACTION.SUCCESS"));
    // A claim's token is enough to end it.
    let claim = Claim::new().unwrap();
    assert!(!format!("{claim:?}").contains(claim.as_str()));
    assert_ne!(claim, Claim::new().unwrap());
}
