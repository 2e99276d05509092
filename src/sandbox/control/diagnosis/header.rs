//! Reads as much as possible of a malformed `Authorization` header.

mod mistakes;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::Mistake;
use mistakes as m;
use wechatpay_core::protocol::{Authorization, Scheme};

/// The mistakes in the header, and its parts if all are there.
pub(super) fn read(headers: &HeaderMap, expected: Scheme) -> (Vec<Mistake>, Option<Authorization>) {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let text = match (values.next(), values.next()) {
        (None, _) => return (vec![m::MISSING], None),
        (Some(_), Some(_)) => return (vec![m::TWICE], None),
        (Some(value), None) => match value.to_str() {
            Ok(text) => text,
            Err(_) => return (vec![m::NOT_ASCII], None),
        },
    };
    if let Ok(right) = Authorization::parse(text)
        && right.scheme() == expected
    {
        return (Vec::new(), Some(right));
    }
    Loose::new(expected).read(text)
}

const MOST: usize = 10;

/// A lenient reader that records the mistakes it finds.
struct Loose {
    expected: Scheme,
    mistakes: Vec<Mistake>,
    /// The values, in the order of [`Loose::names`].
    parts: [Option<String>; 5],
}

impl Loose {
    fn new(expected: Scheme) -> Self {
        Self {
            expected,
            mistakes: Vec::new(),
            parts: Default::default(),
        }
    }

    fn names(&self) -> [&'static str; 5] {
        let id = self.expected.id_name();
        [id, "serial_no", "timestamp", "nonce_str", "signature"]
    }

    /// Records each kind of mistake once, up to a limit.
    fn note(&mut self, mistake: Mistake) {
        if !self.mistakes.contains(&mistake) && self.mistakes.len() < MOST {
            self.mistakes.push(mistake);
        }
    }

    fn read(mut self, text: &str) -> (Vec<Mistake>, Option<Authorization>) {
        let text = self.without_prefix(text);
        let parameters = self.scheme(text);
        // The parameters of another scheme cannot be read.
        if self.mistakes.iter().any(|it| it.cause == "scheme_other") {
            return (self.mistakes, None);
        }
        self.parameters(parameters);
        let lacking = self.names().into_iter().zip(&self.parts);
        let lacking = lacking.filter(|(_, part)| part.is_none());
        let lacking: Vec<_> = lacking.map(|(name, _)| name).collect();
        if !lacking.is_empty() {
            self.note(m::missing(&lacking.join(", ")));
        }
        let authorization = self.parts();
        if self.mistakes.is_empty() {
            self.note(m::MALFORMED);
        }
        (self.mistakes, authorization)
    }

    fn without_prefix<'t>(&mut self, text: &'t str) -> &'t str {
        let mut text = text.trim();
        for (prefix, mistake) in [
            ("authorization:", m::HEADER_NAME),
            ("bearer ", m::PREFIXED),
            ("basic ", m::PREFIXED),
        ] {
            let start = text.get(..prefix.len()).unwrap_or_default();
            let rest = text.get(prefix.len()..).unwrap_or_default().trim_start();
            if start.eq_ignore_ascii_case(prefix) && rest.starts_with("WECHATPAY") {
                self.note(mistake);
                text = rest;
            }
        }
        text
    }

    /// Checks the first word and returns the rest.
    fn scheme<'t>(&mut self, text: &'t str) -> &'t str {
        let end = text.find(|c: char| c.is_whitespace() || ",:;=".contains(c));
        let (word, rest) = text.split_at(end.unwrap_or(text.len()));
        if rest.trim_start().starts_with('=') {
            self.note(m::scheme_missing(self.expected));
            return text;
        }
        let expected = self.expected.as_str();
        let other = Scheme::ALL.map(Scheme::as_str);
        let merchants = [Scheme::Merchant, Scheme::MerchantSm2];
        let is_of_merchant = merchants.map(Scheme::as_str).contains(&word);
        if word.eq_ignore_ascii_case(expected) && word != expected {
            self.note(m::SCHEME_CASE);
        } else if word != expected && is_of_merchant && merchants.contains(&self.expected) {
            self.note(m::other_algorithm(self.expected));
        } else if word != expected && other.contains(&word) {
            self.note(m::other_party(self.expected));
        } else if word != expected {
            self.note(m::other_scheme(self.expected));
        } else if !rest.starts_with(' ') || rest.trim_start().starts_with([',', ':', ';']) {
            self.note(m::AFTER_SCHEME);
        }
        rest.trim_start_matches(|c: char| c.is_whitespace() || ",:;".contains(c))
    }

    fn parameters(&mut self, mut rest: &str) {
        while !rest.is_empty() {
            let Some(end) = rest.find(['=', ':']) else {
                return self.note(m::MALFORMED);
            };
            let name = &rest[..end];
            let after = &rest[end + 1..];
            if rest[end..].starts_with(':') {
                self.note(m::COLON);
            }
            if name.trim() != name || after.trim_start() != after {
                self.note(m::BLANKS);
            }
            let (value, after) = self.value(after.trim_start());
            self.set(name.trim(), value);
            let next = after.trim_start_matches(|c: char| c.is_whitespace() || ",;&".contains(c));
            let between = after[..after.len() - next.len()].trim();
            if between != if next.is_empty() { "" } else { "," } {
                self.note(m::SEPARATOR);
            }
            rest = next;
        }
    }

    /// Reads a value and returns the rest.
    fn value<'t>(&mut self, text: &'t str) -> (&'t str, &'t str) {
        let quotes = [
            ("\\\"", Some(m::ESCAPED)),
            ("\"", None),
            ("'", Some(m::SINGLE)),
        ];
        for (quote, mistake) in quotes {
            if let Some(text) = text.strip_prefix(quote)
                && let Some((value, rest)) = text.split_once(quote)
            {
                mistake.into_iter().for_each(|mistake| self.note(mistake));
                return (value, rest);
            }
        }
        self.note(m::UNQUOTED);
        let end = text.find(|c: char| c.is_whitespace() || ",;&".contains(c));
        let (value, rest) = text.split_at(end.unwrap_or(text.len()));
        (value.trim_matches('"'), rest)
    }

    fn set(&mut self, name: &str, value: &str) {
        let plain = |name: &str| name.to_ascii_lowercase().replace(['_', '-'], "");
        let alike = |known: &str| match (plain(name).as_str(), known) {
            ("serial" | "serialnumber", "serial_no") => true,
            ("nonce", "nonce_str") | ("sign", "signature") => true,
            ("merchantid" | "mchid" | "brandid", "mchid" | "brand_id") => true,
            (found, known) => found == plain(known),
        };
        let names = self.names();
        let Some(slot) = names.iter().position(|known| alike(known)) else {
            return self.note(m::unknown(name));
        };
        if names[slot] != name {
            self.note(m::misspelt(name, names[slot]));
        }
        if self.parts[slot].replace(value.to_owned()).is_some() {
            self.note(m::doubled(names[slot]));
        }
    }

    fn parts(&mut self) -> Option<Authorization> {
        let [id, serial, time, nonce, signature] = std::mem::take(&mut self.parts);
        let (id, serial, nonce, signature) = (id?, serial?, nonce?, signature?);
        let Ok(timestamp) = time?.parse() else {
            self.note(m::TIMESTAMP);
            return None;
        };
        let header = Authorization::new(id, serial, timestamp, nonce, signature);
        Some(header.with_scheme(self.expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "WECHATPAY2-SHA256-RSA2048 mchid=\"1\",serial_no=\"2\",timestamp=\"3\",\
                         nonce_str=\"4\",signature=\"ab==+/\"";

    fn causes(text: &str) -> (Vec<&'static str>, Option<Authorization>) {
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, text.try_into().unwrap());
        let (mistakes, read) = read(&headers, Scheme::Merchant);
        (mistakes.into_iter().map(|it| it.cause).collect(), read)
    }

    #[test]
    fn mistakes_are_reported_and_the_parts_are_still_read() {
        for (text, cause) in [
            (RIGHT.to_owned(), ""),
            (RIGHT.replace(',', ", "), ""),
            (RIGHT.replace('"', ""), "quotes_missing"),
            (RIGHT.replace('"', "'"), "quotes_single"),
            (RIGHT.replace('"', "\\\""), "quotes_escaped"),
            (RIGHT.replace("=\"", " = \""), "parameter_blanks"),
            (RIGHT.replace("=\"", ":\""), "parameter_colon"),
            (RIGHT.replace(',', ";"), "parameter_separator"),
            (RIGHT.replace(',', " "), "parameter_separator"),
            (format!("{RIGHT},"), "parameter_separator"),
            (RIGHT.replace("nonce_str", "nonceStr"), "parameter_name"),
            (RIGHT.replace("mchid", "mch_id"), "parameter_name"),
            (RIGHT.replace("mchid", "brand_id"), "parameter_name"),
            (format!("{RIGHT},sign_type=\"RSA\""), "parameter_unknown"),
            (format!("{RIGHT},mchid=\"1\""), "parameter_twice"),
            (
                RIGHT.replace("WECHATPAY2-SHA256-RSA2048 ", ""),
                "scheme_missing",
            ),
            (RIGHT.replace("2048 ", "2048: "), "scheme_separator"),
            (RIGHT.replace("2048 ", "2048,"), "scheme_separator"),
            (RIGHT.replace("WECHATPAY2", "wechatpay2"), "scheme_case"),
            (
                RIGHT.replace("WECHATPAY2", "WECHATPAY-BRAND"),
                "scheme_of_other_party",
            ),
            (format!("Bearer {RIGHT}"), "scheme_prefixed"),
            (format!("Authorization: {RIGHT}"), "header_name_in_value"),
        ] {
            let (causes, read) = causes(&text);
            assert_eq!(causes.join(" "), cause, "{text}");
            let read = read.unwrap();
            assert_eq!(
                (read.id(), read.serial_no(), read.timestamp()),
                ("1", "2", 3)
            );
            assert_eq!((read.nonce_str(), read.signature()), ("4", "ab==+/"));
        }
    }

    #[test]
    fn unreadable_headers_are_reported() {
        for (text, cause) in [
            ("", "scheme_other parameter_missing"),
            ("Bearer abc", "scheme_other"),
            (
                "WECHATPAY2-SM2-WITH-SM3 mchid=\"1\"",
                "scheme_of_other_algorithm parameter_missing",
            ),
            ("WECHATPAY2-SM2 mchid=\"1\"", "scheme_other"),
            (
                "WECHATPAY2-SHA256-RSA2048",
                "scheme_separator parameter_missing",
            ),
            (
                "WECHATPAY2-SHA256-RSA2048 abc",
                "authorization_malformed parameter_missing",
            ),
            (&RIGHT.replace("\"3\"", "\"3.5\""), "timestamp_not_integer"),
        ] {
            let (causes, read) = causes(text);
            assert!(read.is_none(), "{text}");
            assert!(cause.starts_with(&causes.join(" ")), "{text}: {causes:?}");
        }
    }
}
