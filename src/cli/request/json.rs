//! JSON as it is typed: nothing of it may get lost on the way into a request.

use serde_json::Value;
use wechatpay_core::protocol::fields::check_keys;

/// The value, unless a key stands twice in an object. Numbers keep their digits.
pub(super) fn parse(text: &str) -> serde_json::Result<Value> {
    check_keys(text)?;
    serde_json::from_str(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_duplicate_keys_are_refused() {
        for text in [
            r#"{"b":[1,-2,"x",null,true,{}],"a":1.50}"#,
            "18446744073709551616",
            "-9223372036854775809",
            "123456789012345678901234567890",
            "110.00000000000001",
            "0.12345678901234567",
            "[1e+400,-0,-0.0]",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        for text in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":[{"b":1,"b":1}]}"#,
            "{} {}",
            "007",
            "1.",
            "+1",
            "NaN",
            "",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
