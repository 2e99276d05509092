//! The four headers, including headers that were renamed or whose values were changed.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use super::Finding;

/// The values of the headers.
pub(super) struct Read {
    pub(super) serial: String,
    pub(super) timestamp: String,
    pub(super) nonce: String,
    pub(super) signature: String,
}

const NAMES: [&str; 4] = [
    "Wechatpay-Serial",
    "Wechatpay-Timestamp",
    "Wechatpay-Nonce",
    "Wechatpay-Signature",
];

/// Returns the problems of the headers, and their values; `None` if they cannot be read.
pub(super) fn read(headers: &HeaderMap, known: &[String]) -> (Vec<Finding>, Option<Read>) {
    let mut found = Vec::new();
    let values = NAMES.map(|name| value(headers, name, &mut found));
    if values.iter().all(Option::is_none) {
        return (vec![none(headers)], None);
    }
    let missing = NAMES.iter().zip(&values).filter(|(name, value)| {
        value.is_none() && !found.iter().any(|it| it.to_string().contains(*name))
    });
    let missing: Vec<_> = missing.map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        found.push(lost(&missing));
    }
    let [serial, Some(timestamp), Some(nonce), Some(signature)] = values else {
        return (found, None);
    };
    let mut read = Read {
        serial: serial.unwrap_or_default(),
        timestamp,
        nonce,
        signature,
    };
    exchanged(&mut read, known, &mut found);
    let readable = time(&mut read, &mut found);
    (found, readable.then_some(read))
}

fn value(headers: &HeaderMap, name: &str, found: &mut Vec<Finding>) -> Option<String> {
    let mut values: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    if values.is_empty() {
        let (other, value) = headers
            .iter()
            .find(|(other, _)| alike(other.as_str(), name))?;
        found.push(renamed(other.as_str(), name));
        values.push(value);
    }
    if values.len() > 1 {
        found.push(doubled(name));
    }
    let Ok(text) = values[0].to_str() else {
        found.push(unreadable(name));
        return None;
    };
    let bare = bare(text, name);
    if bare.len() < text.len() && !bare.is_empty() {
        found.push(wrapped(name));
    }
    (!bare.is_empty()).then(|| bare.to_owned())
}

/// Matches renamed headers: `http_wechatpay_nonce` of CGI, `x-wechatpay-nonce`, `wechatpaynonce`.
fn alike(other: &str, name: &str) -> bool {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|c| c.to_ascii_lowercase()).collect()
    };
    letters(other).ends_with(&letters(name))
}

/// Removes quotation marks, trailing commas, and the header's name in front.
fn bare<'a>(text: &'a str, name: &str) -> &'a str {
    let around = |c: char| c.is_whitespace() || "\"',;".contains(c);
    let text = text.trim_matches(around);
    let named = text
        .get(..name.len())
        .filter(|start| start.eq_ignore_ascii_case(name));
    match named.and_then(|_| text[name.len()..].trim_start().strip_prefix(':')) {
        Some(value) => value.trim_matches(around),
        None => text,
    }
}

/// Swaps back values that arrived under each other's name.
fn exchanged(read: &mut Read, known: &[String], found: &mut Vec<Finding>) {
    let digits = |text: &str| text.len() == 10 && text.bytes().all(|c| c.is_ascii_digit());
    if !digits(&read.timestamp) && digits(&read.nonce) {
        std::mem::swap(&mut read.timestamp, &mut read.nonce);
        found.push(swapped("Wechatpay-Timestamp", "Wechatpay-Nonce"));
    }
    let is_known = |text: &String| known.contains(text);
    if !is_known(&read.serial) && is_known(&read.nonce) {
        std::mem::swap(&mut read.serial, &mut read.nonce);
        found.push(swapped("Wechatpay-Serial", "Wechatpay-Nonce"));
    }
}

/// Converts the timestamp to seconds; returns whether this is possible.
fn time(read: &mut Read, found: &mut Vec<Finding>) -> bool {
    let text = &read.timestamp;
    let whole = text.split('.').next().unwrap_or_default();
    let digits = !whole.is_empty() && whole.bytes().all(|c| c.is_ascii_digit());
    if digits && whole.len() == text.len() && whole.len() <= 11 {
        return true;
    }
    let seconds = match (digits, whole.len()) {
        (true, ..=11) => whole.to_owned(),
        (true, 13 | 16 | 19) => whole[..10].to_owned(),
        _ => {
            found.push(TIME_FORM);
            return false;
        }
    };
    found.push(TIME_UNIT);
    read.timestamp = seconds;
    true
}

fn none(headers: &HeaderMap) -> Finding {
    let value = headers.get(AUTHORIZATION);
    let value = value.and_then(|value| value.to_str().ok());
    if value.is_some_and(|value| value.starts_with("WECHATPAY")) {
        return OWN_REQUEST;
    }
    NO_HEADERS
}

fn lost(names: &[&str]) -> Finding {
    let (names, verb) = (
        names.join(", "),
        if names.len() == 1 { "is" } else { "are" },
    );
    Finding::of(
        "header_missing",
        format!(
            "{names} {verb} missing or empty: pass all four Wechatpay-* headers as received, and check \
             whether a proxy drops some"
        ),
    )
}

fn renamed(other: &str, name: &str) -> Finding {
    Finding::of(
        "header_name",
        format!(
            "the header {name} is named {other:?} here, as in CGI and PHP's $_SERVER: name it {name}"
        ),
    )
}

fn doubled(name: &str) -> Finding {
    Finding::of(
        "header_doubled",
        format!(
            "the header {name} appears more than once: pass the headers of one delivery, each once"
        ),
    )
}

fn unreadable(name: &str) -> Finding {
    Finding::of(
        "header_unreadable",
        format!("the header {name} is not ASCII text: pass the headers as received"),
    )
}

fn wrapped(name: &str) -> Finding {
    Finding::of(
        "header_quoted",
        format!(
            "the value of {name} has quotation marks, a comma or the header's name around it: give the bare \
             value"
        ),
    )
}

fn swapped(one: &str, other: &str) -> Finding {
    Finding::of(
        "headers_swapped",
        format!("{one} and {other} are swapped: give each its own value"),
    )
}

const NO_HEADERS: Finding = Finding::new(
    "headers_missing",
    "none of the headers Wechatpay-Serial, Wechatpay-Timestamp, Wechatpay-Nonce and Wechatpay-Signature \
     is present: keep the headers of the request together with its body, and check whether a proxy \
     drops them",
);
const OWN_REQUEST: Finding = Finding::new(
    "own_request",
    "these are the headers of a request to WeChat Pay (Authorization), and a notification is signed \
     with the Wechatpay-* headers: use the headers of WeChat Pay's request to the notify_url",
);
const TIME_UNIT: Finding = Finding::new(
    "timestamp_unit",
    "the timestamp is not in whole seconds, as WeChat Pay writes it (10 digits): pass \
     Wechatpay-Timestamp as received, and do not convert it",
);
const TIME_FORM: Finding = Finding::new(
    "timestamp_form",
    "the timestamp is not a number of Unix seconds (10 digits): pass Wechatpay-Timestamp as received, \
     and do not write it as a date",
);
