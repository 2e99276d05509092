//! Constants.

use serde_json::Value;

/// The value of a constant of PHP.
#[must_use]
pub fn constant(name: &str) -> Option<Value> {
    let number = match name {
        "JSON_ERROR_NONE" => 0,
        "JSON_ERROR_CTRL_CHAR" => 3,
        "JSON_ERROR_UTF8" => 5,
        "JSON_ERROR_RECURSION" => 6,
        "JSON_ERROR_INF_OR_NAN" => 7,
        "JSON_ERROR_UTF16" => 10,
        "JSON_ERROR_DEPTH"
        | "JSON_HEX_TAG"
        | "PHP_QUERY_RFC1738"
        | "SORT_NUMERIC"
        | "STR_PAD_RIGHT"
        | "OPENSSL_PKCS1_PADDING"
        | "LOCK_SH"
        | "FILE_USE_INCLUDE_PATH"
        | "JSON_OBJECT_AS_ARRAY" => 1,
        "JSON_HEX_AMP"
        | "PHP_QUERY_RFC3986"
        | "SORT_STRING"
        | "STR_PAD_BOTH"
        | "LOCK_EX"
        | "FILE_IGNORE_NEW_LINES"
        | "JSON_BIGINT_AS_STRING"
        | "JSON_ERROR_STATE_MISMATCH" => 2,
        "LOCK_UN" => 3,
        "JSON_ERROR_SYNTAX"
        | "JSON_HEX_APOS"
        | "OPENSSL_PKCS1_OAEP_PADDING"
        | "LOCK_NB"
        | "FILE_SKIP_EMPTY_LINES" => 4,
        "JSON_HEX_QUOT" | "FILE_APPEND" => 8,
        "JSON_FORCE_OBJECT" => 16,
        "JSON_NUMERIC_CHECK" => 32,
        "JSON_UNESCAPED_SLASHES" => 64,
        "JSON_PRETTY_PRINT" => 128,
        "JSON_UNESCAPED_UNICODE" => 256,
        "JSON_PRESERVE_ZERO_FRACTION" => 1024,
        "JSON_THROW_ON_ERROR" => 4_194_304,
        "PHP_INT_MAX" => i64::MAX,
        "PHP_INT_MIN" => i64::MIN,
        "PHP_INT_SIZE" => 8,
        "SORT_REGULAR" | "STR_PAD_LEFT" => 0,
        "M_PI" => return Some(Value::from(std::f64::consts::PI)),
        "M_E" => return Some(Value::from(std::f64::consts::E)),
        "PHP_FLOAT_EPSILON" => return Some(Value::from(f64::EPSILON)),
        "PHP_EOL" => return Some(Value::from("\n")),
        "DIRECTORY_SEPARATOR" => return Some(Value::from("/")),
        _ => return None,
    };
    Some(Value::from(number))
}
