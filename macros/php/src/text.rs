//! Functions on texts, which count bytes as PHP does.

use std::ops::Range;

use serde_json::Value;

use crate::{Result, Thrown, as_text, text};

fn utf8(bytes: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(bytes);
    text.map(str::to_owned)
        .map_err(|_| Thrown::fault("a text was cut within a character"))
}

/// The range that `substr` takes from `len` items.
pub(crate) fn range(len: usize, offset: i64, length: Option<i64>) -> Range<usize> {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let start = if offset < 0 {
        len.saturating_add(offset).max(0)
    } else {
        offset.min(len)
    };
    let end = match length {
        None => len,
        Some(length) if length < 0 => len.saturating_add(length).max(start),
        Some(length) => start.saturating_add(length).min(len),
    };
    start as usize..end as usize
}

/// `substr($text, $offset, $length)`
///
/// # Errors
/// A fault when it cuts a character.
pub fn substr(text: &str, offset: i64, length: Option<i64>) -> Result<String> {
    utf8(&text.as_bytes()[range(text.len(), offset, length)])
}

/// A path with the values of its variables: `{name}` is replaced by the item of `options`, which leaves them.
///
/// ```
/// use wechatpay_chain_php::{expanded, json};
/// let mut options = json!({"no": "a/b", "json": {}});
/// assert_eq!(expanded("v3/orders/{no}/close", &mut options), "v3/orders/a%2Fb/close");
/// assert_eq!(options, json!({"json": {}}));
/// ```
#[must_use]
pub fn expanded(path: &str, options: &mut Value) -> String {
    let mut out = String::with_capacity(path.len());
    let mut taken = Vec::new();
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('{') {
        let known = behind.split_once('}').and_then(|(name, behind)| {
            let value = options
                .get(name)
                .filter(|value| !value.is_object() && !value.is_array())?;
            Some((name, rawurlencode(&text(value)), behind))
        });
        out.push_str(before);
        match known {
            Some((name, value, behind)) => {
                out.push_str(&value);
                taken.push(name);
                rest = behind;
            }
            None => {
                out.push('{');
                rest = behind;
            }
        }
    }
    if let Some(options) = options.as_object_mut() {
        options.retain(|name, _| !taken.contains(&name.as_str()));
    }
    out + rest
}

/// `$response->getReasonPhrase()`: Guzzle's phrase for a status.
#[must_use]
pub fn reason_phrase(status: i64) -> String {
    let phrase = match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Time-out",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Time-out",
        _ => "",
    };
    phrase.to_owned()
}

/// `mb_substr($text, $offset, $length)`
#[must_use]
pub fn mb_substr(text: &str, offset: i64, length: Option<i64>) -> String {
    let chars: Vec<char> = text.chars().collect();
    chars[range(chars.len(), offset, length)].iter().collect()
}

/// `strlen($text)`
#[must_use]
pub fn strlen(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

/// `mb_strlen($text)`
#[must_use]
pub fn mb_strlen(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// `strpos($text, $needle, $offset)`: false if it does not occur.
///
/// # Errors
/// A `ValueError` for an offset outside of the text.
pub fn strpos(text: &str, needle: &str, offset: i64) -> Result<Value> {
    let len = strlen(text);
    let start = if offset < 0 { len + offset } else { offset };
    if !(0..=len).contains(&start) {
        let message =
            "strpos(): Argument #3 ($offset) must be contained in argument #1 ($haystack)";
        return Err(Thrown::new("ValueError", message));
    }
    let start = usize::try_from(start).unwrap_or_default();
    let (hay, needle) = (&text.as_bytes()[start..], needle.as_bytes());
    let found = if needle.is_empty() {
        Some(0)
    } else {
        hay.windows(needle.len())
            .position(|window| window == needle)
    };
    Ok(found.map_or(Value::Bool(false), |at| Value::from(start + at)))
}

/// `strrpos($text, $needle)`: false if it does not occur.
#[must_use]
pub fn strrpos(text: &str, needle: &str) -> Value {
    text.rfind(needle).map_or(Value::Bool(false), Value::from)
}

/// The characters that `trim` removes by default.
pub const BLANKS: &str = " \t\n\r\0\u{b}";

/// `trim($text, $characters)`: `a..z` is a range.
#[must_use]
pub fn trim(text: &str, characters: &str) -> String {
    text.trim_matches(inside(characters)).to_owned()
}

/// `ltrim($text, $characters)`
#[must_use]
pub fn ltrim(text: &str, characters: &str) -> String {
    text.trim_start_matches(inside(characters)).to_owned()
}

/// `rtrim($text, $characters)`
#[must_use]
pub fn rtrim(text: &str, characters: &str) -> String {
    text.trim_end_matches(inside(characters)).to_owned()
}

fn inside(characters: &str) -> impl Fn(char) -> bool {
    let set: Vec<char> = characters.chars().collect();
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < set.len() {
        match set.get(at + 1..at + 4) {
            Some(['.', '.', last]) if *last >= set[at] => {
                ranges.push(set[at]..=*last);
                at += 4;
            }
            _ => {
                ranges.push(set[at]..=set[at]);
                at += 1;
            }
        }
    }
    move |c| ranges.iter().any(|range| range.contains(&c))
}

/// `strtoupper($text)`: changes only ASCII letters.
#[must_use]
pub fn strtoupper(text: &str) -> String {
    text.to_ascii_uppercase()
}

/// `strtolower($text)`: changes only ASCII letters.
#[must_use]
pub fn strtolower(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// `mb_strtoupper($text)`
#[must_use]
pub fn mb_strtoupper(text: &str) -> String {
    text.to_uppercase()
}

/// `mb_strtolower($text)`
#[must_use]
pub fn mb_strtolower(text: &str) -> String {
    text.to_lowercase()
}

/// `strrev($text)`
///
/// # Errors
/// A fault when it cuts a character.
pub fn strrev(text: &str) -> Result<String> {
    let bytes: Vec<u8> = text.bytes().rev().collect();
    utf8(&bytes)
}

/// `strcmp($one, $other)`
#[must_use]
pub fn strcmp(one: &str, other: &str) -> i64 {
    one.as_bytes().cmp(other.as_bytes()) as i64
}

/// `strcasecmp($one, $other)`: the difference of the first letters that differ, or of the lengths.
#[must_use]
pub fn strcasecmp(one: &str, other: &str) -> i64 {
    let lower = |byte: u8| i64::from(byte.to_ascii_lowercase());
    let mut pairs = one.bytes().zip(other.bytes());
    let differ = pairs.find(|(one, other)| lower(*one) != lower(*other));
    match differ {
        Some((one, other)) => lower(one) - lower(other),
        None => one.len() as i64 - other.len() as i64,
    }
}

/// `str_contains($text, $needle)`
#[must_use]
pub fn str_contains(text: &str, needle: &str) -> bool {
    text.contains(needle)
}

/// `str_starts_with($text, $needle)`
#[must_use]
pub fn str_starts_with(text: &str, needle: &str) -> bool {
    text.starts_with(needle)
}

/// `str_ends_with($text, $needle)`
#[must_use]
pub fn str_ends_with(text: &str, needle: &str) -> bool {
    text.ends_with(needle)
}

/// `bin2hex($text)`
#[must_use]
pub fn bin2hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// `rawurldecode($text)`
///
/// # Errors
/// A fault if the value is not a text.
pub fn rawurldecode(text: &str) -> Result<String> {
    percent_decode(text, false)
}

/// `urldecode($text)`
///
/// # Errors
/// A fault if the value is not a text.
pub fn urldecode(text: &str) -> Result<String> {
    percent_decode(text, true)
}

/// `ucfirst($text)`
#[must_use]
pub fn ucfirst(text: &str) -> String {
    first(text, u8::to_ascii_uppercase)
}

/// `lcfirst($text)`
#[must_use]
pub fn lcfirst(text: &str) -> String {
    first(text, u8::to_ascii_lowercase)
}

fn first(text: &str, change: fn(&u8) -> u8) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(c) if c.is_ascii() => char::from(change(&(c as u8))).to_string() + chars.as_str(),
        _ => text.to_owned(),
    }
}

/// `ucwords($text)`
#[must_use]
pub fn ucwords(text: &str) -> String {
    let mut start = true;
    let change = |c: char| {
        let changed = if start { c.to_ascii_uppercase() } else { c };
        start = " \t\r\n\u{c}\u{b}".contains(c);
        changed
    };
    text.chars().map(change).collect()
}

/// `str_repeat($text, $times)`
///
/// # Errors
/// A `ValueError` for less than none, a fault for what would not fit into memory.
pub fn str_repeat(text: &str, times: i64) -> Result<String> {
    let message = "str_repeat(): Argument #2 ($times) must be greater than or equal to 0";
    let times = usize::try_from(times).map_err(|_| Thrown::new("ValueError", message))?;
    match times.checked_mul(text.len()) {
        Some(len) if len <= 1 << 30 => Ok(text.repeat(times)),
        _ => Err(Thrown::fault("the text would be too long")),
    }
}

/// `str_pad($text, $length, $with, $side)`: 1 is the right side, 0 the left, 2 both.
///
/// # Errors
/// A `ValueError` for an empty padding, a fault when it cuts a character.
pub fn str_pad(text: &str, length: i64, with: &str, side: i64) -> Result<String> {
    let missing = usize::try_from(length)
        .unwrap_or(0)
        .saturating_sub(text.len());
    if missing == 0 {
        return Ok(text.to_owned());
    }
    if with.is_empty() {
        let message = "str_pad(): Argument #3 ($pad_string) must be a non-empty string";
        return Err(Thrown::new("ValueError", message));
    }
    let fill = |count: usize| {
        let bytes: Vec<u8> = with.bytes().cycle().take(count).collect();
        utf8(&bytes)
    };
    Ok(match side {
        0 => fill(missing)? + text,
        2 => fill(missing / 2)? + text + &fill(missing - missing / 2)?,
        _ => text.to_owned() + &fill(missing)?,
    })
}

/// `str_replace($search, $replace, $subject)`, of texts or arrays of them.
///
/// # Errors
/// A `TypeError` when a text is to be replaced by an array.
pub fn str_replace(search: &Value, replace: &Value, subject: &Value) -> Result<Value> {
    if crate::is_array(replace) && !crate::is_array(search) {
        let message = "str_replace(): Argument #2 ($replace) must be of type string when argument #1 ($search) is a string";
        return Err(Thrown::new("TypeError", message));
    }
    if let Value::Array(_) | Value::Object(_) = subject {
        let items = crate::items(subject).into_iter();
        let replaced: Result<Vec<_>> = items
            .map(|(key, value)| Ok((key, str_replace(search, replace, &value)?)))
            .collect();
        return Ok(crate::map(replaced?));
    }
    let mut out = text(subject);
    let searches = match search {
        Value::Array(_) | Value::Object(_) => crate::values(search),
        other => vec![other.clone()],
    };
    let replaces = match replace {
        Value::Array(_) | Value::Object(_) => Some(crate::values(replace)),
        _ => None,
    };
    for (index, search) in searches.iter().enumerate() {
        let search = text(search);
        let with = match &replaces {
            Some(all) => all.get(index).map(text).unwrap_or_default(),
            None => as_text(replace)?,
        };
        if !search.is_empty() {
            out = out.replace(&search, &with);
        }
    }
    Ok(Value::from(out))
}

/// `str_split($text, $length)`
///
/// # Errors
/// A `ValueError` for a length below 1, a fault when it cuts a character.
pub fn str_split(text: &str, length: i64) -> Result<Value> {
    let message = "str_split(): Argument #2 ($length) must be greater than 0";
    let length = usize::try_from(length).ok().filter(|length| *length > 0);
    let length = length.ok_or_else(|| Thrown::new("ValueError", message))?;
    if text.is_empty() {
        return Ok(Value::Array(Vec::new()));
    }
    let pieces = text.as_bytes().chunks(length).map(utf8);
    let pieces: Result<Vec<_>> = pieces.collect();
    Ok(pieces?.into_iter().map(Value::from).collect())
}

/// `rawurlencode($text)`
#[must_use]
pub fn rawurlencode(text: &str) -> String {
    percent_encode(text, false)
}

/// `urlencode($text)`
#[must_use]
pub fn urlencode(text: &str) -> String {
    percent_encode(text, true)
}

fn percent_encode(text: &str, form: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                out.push(char::from(byte))
            }
            b'~' if !form => out.push('~'),
            b' ' if form => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn percent_decode(text: &str, form: bool) -> Result<String> {
    let mut out = Vec::new();
    let mut bytes = text.as_bytes();
    while let [byte, rest @ ..] = bytes {
        let hex = rest
            .get(..2)
            .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        let decoded = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes = rest;
        match (byte, decoded) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                bytes = rest.get(2..).unwrap_or_default();
            }
            (b'+', _) if form => out.push(b' '),
            _ => out.push(*byte),
        }
    }
    utf8(&out)
}

/// `http_build_query($data)`; with `raw`, as `PHP_QUERY_RFC3986` has it.
#[must_use]
pub fn http_build_query(data: &Value, raw: bool) -> String {
    let mut pairs = Vec::new();
    query(data, None, raw, &mut pairs);
    pairs.join("&")
}

fn query(data: &Value, above: Option<&str>, raw: bool, pairs: &mut Vec<String>) {
    for (key, value) in crate::items(data) {
        let key = percent_encode(&text(&key), !raw);
        let key = match above {
            Some(above) => format!("{above}%5B{key}%5D"),
            None => key,
        };
        match &value {
            Value::Null => {}
            Value::Array(_) | Value::Object(_) => query(&value, Some(&key), raw, pairs),
            Value::Bool(flag) => pairs.push(format!("{key}={}", i32::from(*flag))),
            scalar => pairs.push(format!("{key}={}", percent_encode(&text(scalar), !raw))),
        }
    }
}

/// `Formatter::queryStringLike($data)`: `k=v` joined by `&`, without `sign` and empty values.
#[must_use]
pub fn query_string_like(data: &Value) -> String {
    let items = crate::items(data).into_iter();
    let kept = items.filter(|(key, value)| text(key) != "sign" && !value.is_null() && value != "");
    let pairs: Vec<_> = kept
        .map(|(key, value)| format!("{}={}", text(&key), text(&value)))
        .collect();
    pairs.join("&")
}

/// `Formatter::joinedByLineFeed(...$pieces)`
#[must_use]
pub fn joined_by_line_feed(pieces: &Value) -> String {
    let lines = crate::values(pieces);
    lines.iter().map(|piece| text(piece) + "\n").collect()
}

/// What PHP's `uniqid()` gives: the time in microseconds, in hexadecimal digits.
#[must_use]
pub fn uniqid() -> String {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    format!("{:08x}{:05x}", now.as_secs(), now.subsec_micros())
}

/// `basename($path, $suffix)`
#[must_use]
pub fn basename(path: &str, suffix: &str) -> String {
    let path = path.trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let cut = last.strip_suffix(suffix).filter(|rest| !rest.is_empty());
    cut.unwrap_or(last).to_owned()
}

/// `nl2br`, `htmlspecialchars($text)` with its usual flags.
#[must_use]
pub fn htmlspecialchars(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let text = text.replace('>', "&gt;").replace('"', "&quot;");
    text.replace('\'', "&#039;")
}

/// The part of `base_uri` that Guzzle resolves paths against: all up to the last slash of its path.
#[must_use]
pub fn base_url(text: &str) -> String {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let url = &text[..end];
    let path = url.find("://").map_or(0, |at| at + 3);
    let end = url[path..].rfind('/').map_or(end, |at| path + at + 1);
    url[..end].to_owned()
}

/// The part of `base_uri` that Guzzle resolves this path against: of one that begins with `/`, scheme and host alone.
///
/// ```
/// use wechatpay_chain_php::base_url_for;
/// assert_eq!(base_url_for("v3/a", "https://gate.example.com/pay/x"), "https://gate.example.com/pay/");
/// assert_eq!(base_url_for("/v3/a", "https://gate.example.com/pay/x"), "https://gate.example.com/");
/// ```
#[must_use]
pub fn base_url_for(path: &str, text: &str) -> String {
    let mut url = base_url(text);
    let host = url.find("://").map_or(0, |at| at + 3);
    if path.starts_with('/')
        && let Some(slash) = url[host..].find('/')
    {
        url.truncate(host + slash + 1);
    }
    url
}

/// The options of a call of this path as the SDK reads them: `base_uri` as [`base_url_for`], all others as [`sent`](crate::sent).
///
/// ```
/// use wechatpay_chain_php::{json, options_for};
/// let options = json!({"base_uri": "https://gate.example.com/pay", "json": {"total": 1.0}});
/// let read = json!({"base_uri": "https://gate.example.com/", "json": {"total": 1}});
/// assert_eq!(options_for("v3/a", options), read);
/// ```
#[must_use]
pub fn options_for(path: &str, options: Value) -> Value {
    let mut options = crate::sent(options);
    if let Some(Value::String(url)) = options.get_mut("base_uri") {
        *url = base_url_for(path, url);
    }
    options
}

/// The same for all paths of a client, of which some begin with `/`.
///
/// ```
/// use wechatpay_chain_php::base_url_of_root;
/// assert_eq!(base_url_of_root("https://gate.example.com/pay")?, "https://gate.example.com/");
/// assert!(base_url_of_root("https://gate.example.com/pay/").is_err());
/// # Ok::<(), wechatpay_chain_php::Thrown>(())
/// ```
///
/// # Errors
/// An `InvalidArgumentException` for a URL with a path.
pub fn base_url_of_root(text: &str) -> Result<String> {
    let url = base_url(text);
    let rest = url.split_once("://").map_or(&*url, |(_, rest)| rest);
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    if path.trim_matches('/').is_empty() {
        return Ok(url);
    }
    let message = format!(
        "base_uri has the path /{path}, which PHP drops for paths that begin with `/`: write these without it"
    );
    Err(Thrown::new("InvalidArgumentException", message))
}

/// A path that does not begin with `/`, for a client whose `base_uri` has a path: PHP drops that for other paths.
///
/// # Errors
/// An `InvalidArgumentException` for a path that begins with `/`.
pub fn unrooted_path(path: &str) -> Result<String> {
    if !path.starts_with('/') {
        return Ok(path.to_owned());
    }
    let message = format!(
        "for the path {path}, which begins with `/`, PHP drops the path of base_uri: write it without the `/`"
    );
    Err(Thrown::new("InvalidArgumentException", message))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_functions_respect_their_arguments() {
        assert_eq!(trim("abcxcba", "a..c"), "x");
        assert_eq!(trim(" \0a ", BLANKS), "a");
        assert_eq!(strpos("abcb", "b", 2).unwrap(), json!(3));
        assert_eq!(strpos("abc", "z", 0).unwrap(), json!(false));
        assert_eq!(basename("/a/b.txt", ".txt"), "b");
        assert_eq!(substr("abc", 1, None).unwrap(), "bc");
        assert!(substr("中", 1, None).is_err());
        assert_eq!(str_pad("5", 3, "0", 0).unwrap(), "005");
        assert_eq!(
            http_build_query(&json!({"a": [1, {"b": "x y"}], "c": null}), false),
            "a%5B0%5D=1&a%5B1%5D%5Bb%5D=x+y"
        );
    }
}
