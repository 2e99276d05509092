//! Reads headers from a file.

use std::path::Path;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::exit::{Exit, Failure};
use crate::files;
use crate::i18n::t;

const NAMES: [&str; 4] = [
    "Wechatpay-Serial",
    "Wechatpay-Timestamp",
    "Wechatpay-Nonce",
    "Wechatpay-Signature",
];

/// The headers of a file, and its text for diagnoses.
#[derive(Default)]
pub(super) struct HeaderFile {
    pub(super) headers: HeaderMap,
    text: String,
}

impl HeaderFile {
    /// Reads the lines that are headers.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = files::read_text(path)?;
        let mut headers = HeaderMap::new();
        for line in text.trim_start_matches('\u{feff}').lines() {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            let name = HeaderName::try_from(name.trim());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value.trim())) {
                headers.append(name, value);
            }
        }
        let file = Self { headers, text };
        if file.headers.is_empty() {
            return Err(file.unusable(path));
        }
        Ok(file)
    }

    /// The timestamp of the headers, in Unix seconds.
    pub(super) fn timestamp(&self) -> Option<i64> {
        let text = self.headers.get("Wechatpay-Timestamp")?.to_str().ok()?;
        let digits = text.get(..text.len().min(10))?;
        digits.parse().ok()
    }

    /// The headers that are in the file in another format than HTTP's: their names, and all headers with them.
    /// For diagnoses only: these headers are not accepted.
    pub(super) fn malformed(&self) -> (Vec<&'static str>, HeaderMap) {
        let mut headers = self.headers.clone();
        // HTTP allows ' in a name, but no real header has one.
        let quoted = |name: &&HeaderName| name.as_str().contains('\'');
        for name in self.headers.keys().filter(quoted) {
            headers.remove(name);
        }
        let mut names = Vec::new();
        for name in NAMES {
            let is_it = |other: &HeaderName| letters(other.as_str()).ends_with(&letters(name));
            let there = headers.keys().any(is_it);
            let Some(value) = find(&self.text, name).filter(|_| !there) else {
                continue;
            };
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
                names.push(name);
            }
        }
        (names, headers)
    }

    fn unusable(&self, path: &Path) -> Failure {
        let advice = match (
            self.malformed().0.first(),
            self.text.trim_start().chars().next(),
        ) {
            (Some(name), _) => t!("headers-other-form", name = name),
            (None, Some('{' | '<')) => {
                t!("headers-swapped")
            }
            _ => String::new(),
        };
        let path = path.display();
        let message = t!("headers-none", path = path, advice = advice);
        Failure::new(Exit::Input, "file", message)
    }
}

fn letters(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// The value after a header's name in a dump, JSON, a shell command or a log.
fn find<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    // Only ASCII characters change, so positions stay the same.
    let plain = text.to_ascii_lowercase().replace('_', "-");
    let name = name.to_ascii_lowercase();
    plain
        .match_indices(&name)
        .find_map(|(at, _)| value(&text[at + name.len()..]))
}

fn value(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches(['"', '\'', ']', ' ', '\\']);
    let separators = ["=>", ":", "=", "\t"];
    let rest = separators.iter().find_map(|it| rest.strip_prefix(it))?;
    let rest = rest.trim_start_matches([' ', '\t', '[', '\\']);
    let quote = rest.chars().next().filter(|c| "\"'".contains(*c));
    let (rest, end) = match quote {
        Some(quote) => (&rest[1..], rest[1..].find([quote, '\\', '\n'])),
        None => (rest, rest.find(['\r', '\n', '"', '\''])),
    };
    let value = rest[..end.unwrap_or(rest.len())].trim_end_matches([' ', ',', ';', '\\']);
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_values_are_found_in_any_dump() {
        for text in [
            "< Wechatpay-Nonce: abc\n",
            "[HTTP_WECHATPAY_NONCE] => abc\n",
            "HTTP_WECHATPAY_NONCE=abc\r\n",
            "  'Wechatpay-Nonce': 'abc',\n",
            "{\"wechatpay-serial\": \"1\", \"wechatpay-nonce\": \"abc\"}",
            "{\"wechatpay-nonce\": [\"abc\"]}",
            "curl -H \"Wechatpay-Nonce: abc\" \\\n",
            "-H 'Wechatpay-Nonce: abc'",
            "\"{\\\"Wechatpay-Nonce\\\":\\\"abc\\\"}\"",
            "Wechatpay-Nonce\tabc",
        ] {
            assert_eq!(find(text, "Wechatpay-Nonce"), Some("abc"), "{text}");
        }
        for text in [
            "",
            "Wechatpay-Nonce",
            "Wechatpay-Nonce: \n",
            "Wechatpay-Nonces: abc",
        ] {
            assert_eq!(find(text, "Wechatpay-Nonce"), None, "{text}");
        }
        let both = "Wechatpay-Signature-Type: X\nWechatpay-Signature: abc";
        assert_eq!(find(both, "Wechatpay-Signature"), Some("abc"));
    }
}
