//! Functions for what PHP makes of values that are known only when it runs: they stand at the end of
//! a file that needs them.

/// A function's name and text.
const HELPERS: [(&str, &str); 4] = [
    ("php_text", PHP_TEXT),
    ("php_int", PHP_INT),
    ("php_int_of", PHP_INT_OF),
    ("php_true", PHP_TRUE),
];

/// The names and texts of those that a text calls.
pub(crate) fn of(text: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let called = |name: &str, text: &str| text.contains(&format!("{name}("));
    let texts = called("php_int", text).then_some("php_int_of(");
    let all = format!("{text}{}", texts.unwrap_or_default());
    HELPERS
        .into_iter()
        .filter(move |(name, _)| called(name, &all))
}

/// Whether one of them is called that takes JSON.
pub(crate) fn need_value(text: &str) -> bool {
    of(text).any(|(_, helper)| helper.contains("&Value"))
}

const PHP_TEXT: &str = r#"/// `(string) $value`
fn php_text(value: &Value) -> String {
    let number = match value {
        Value::Null | Value::Bool(false) => return String::new(),
        Value::Bool(true) => return "1".to_owned(),
        Value::String(text) => return text.clone(),
        Value::Array(_) | Value::Object(_) => return "Array".to_owned(),
        Value::Number(number) => number,
    };
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else {
        return number.to_string();
    };
    // 14 digits, as PHP's `precision` has it.
    let float = format!("{float:.13e}").parse().unwrap_or(float);
    if float == 0.0 || (1e-4..1e14).contains(&float.abs()) {
        return float.to_string();
    }
    let text = format!("{float:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if digits.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{digits}{point}E{sign}{exponent}")
}"#;

const PHP_INT: &str = r#"/// `(int) $value`
fn php_int(value: &Value) -> i64 {
    match value {
        Value::Null => 0,
        Value::Bool(flag) => i64::from(*flag),
        Value::String(text) => php_int_of(text),
        Value::Array(list) => i64::from(!list.is_empty()),
        Value::Object(_) => 1,
        Value::Number(number) => number
            .as_i64()
            .unwrap_or_else(|| number.as_f64().unwrap_or_default() as i64),
    }
}"#;

const PHP_INT_OF: &str = r#"/// `(int) $text`: the number that it begins with.
fn php_int_of(text: &str) -> i64 {
    let text = text.trim_start();
    let number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    let end = text.find(|c| !number(c)).unwrap_or(text.len());
    for end in (1..=end).rev() {
        if let Ok(whole) = text[..end].parse() {
            return whole;
        }
        if let Ok(float) = text[..end].parse::<f64>() {
            return float as i64;
        }
    }
    0
}"#;

const PHP_TRUE: &str = r#"/// `(bool) $value`
fn php_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty() && text != "0",
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}"#;
