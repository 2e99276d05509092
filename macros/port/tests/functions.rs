//! What PHP's functions and operators give, against what PHP itself gave: `data/record.php` records it.

use serde_json::Value;
use wechatpay_chain_port::evaluate::{Host, Output, run};
use wechatpay_chain_port::source::Block;
use wechatpay_chain_port::syntax::parse_run;

/// PHP gives these a value, and the porter refuses them with their place.
const REFUSED: [&str; 15] = [
    "intval(\"12\", 1)",
    "trim(\"中x中\", \"中\")",
    "round(2.5, 0, 2)",
    "array_keys([\"a\" => 1, \"b\" => 2], 2)",
    "count([1, [2, 3]], COUNT_RECURSIVE)",
    "~5",
    "implode(\",\", [[1]])",
    "intval(\"10\", 37)",
    "\"abc\"[1.7]",
    "\"x\" . [1]",
    "sprintf(\"%g\", 0.00001234)",
    "array_reverse([\"x\", \"y\"], true)",
    "array_slice([1, 2, 3], 1, 1, true)",
    "json_decode(\"[12345678901234567890]\", true, 512, JSON_BIGINT_AS_STRING)",
    "json_decode(\"[[1]]\", true, 1)",
];

struct Nothing;

impl Host for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("no file".into())
    }
    fn variable(&self, _: &str) -> Option<Value> {
        None
    }
    fn now(&self) -> i64 {
        0
    }
    fn nonce(&self, _: usize) -> Result<String, String> {
        Err("no nonce".into())
    }
    fn digest(&self, _: &str, _: &[u8]) -> Result<String, String> {
        Ok("0cc175b9c0f1b6a831c399e269772661".into())
    }
    fn hmac(&self, _: &str, _: &[u8], _: &[u8]) -> Result<String, String> {
        Err("no key".into())
    }
    fn sign(&self, _: &str, _: Option<&str>) -> Result<String, String> {
        Err("no key".into())
    }
    fn certificate_serial(&self, _: &str) -> Result<String, String> {
        Err("no certificate".into())
    }
}

fn output(php: &str) -> Output {
    let php = format!("$i->chain('v3/x')->post(['json' => ['v' => {php}]]);");
    let parsed = parse_run(&php);
    assert_eq!(parsed.problems, [], "{php}");
    run(&Block::whole("a.php", &php), &parsed.program, &Nothing)
}

#[test]
fn expressions_give_what_php_gives_or_are_refused() {
    let mut wrong = Vec::new();
    let mut refused = Vec::new();
    let recorded = include_str!("data/expressions.jsonl");
    for line in recorded.lines() {
        let (php, expected): (String, Value) = serde_json::from_str(line).unwrap();
        let output = output(&format!("json_encode({php}, 320)"));
        let found = output.requests.first().map(|it| &it.options["json"]["v"]);
        match found {
            Some(found) if *found == expected => {}
            Some(found) => wrong.push(format!("{php}: {found}, and PHP gives {expected}")),
            None => {
                assert!(!output.problems.is_empty(), "{php} is passed over");
                if expected != Value::Bool(false) {
                    refused.push(php);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(refused, REFUSED);
    let lines: Vec<_> = include_str!("data/expressions.txt").lines().collect();
    assert_eq!(
        lines.len(),
        recorded.lines().count(),
        "record.php was not run"
    );
}
