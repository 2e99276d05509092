//! The regular expressions of fields.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use regex_lite::Regex;

/// Compiled expressions. There are as many as the documentation and the departures have: about ten. A clone of a [`Regex`]
/// allocates its work space anew, a clone of an `Arc` does not.
static COMPILED: Mutex<Option<Compiled>> = Mutex::new(None);

/// The expressions; `None` for an invalid one.
type Compiled = HashMap<&'static str, Option<Arc<Regex>>>;

/// Whether the whole text matches a documented expression.
///
/// An invalid expression matches everything. The documentation has one: in `[a-zA-Z0-9\|-_\*]{1,128}` the range
/// from `|` (U+007C) to `_` (U+005F) runs backwards.
pub(super) fn matches(expression: &'static str, text: &str) -> bool {
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let regex = compiled
        .get_or_insert_default()
        .entry(expression)
        .or_insert_with(|| {
            Regex::new(&format!("^(?:{expression})$"))
                .ok()
                .map(Arc::new)
        })
        .clone();
    drop(compiled);
    regex.is_none_or(|regex| regex.is_match(text))
}

/// Whether a text is an absolute URL without query and fragment, or empty. The gateway's expression in code: most requests
/// have a URL, and matching it took a fifth of the time of a request without its signatures.
pub(super) fn is_plain_url(text: &str) -> bool {
    let scheme = ["http://", "https://"];
    let Some(rest) = scheme.iter().find_map(|scheme| text.strip_prefix(scheme)) else {
        return text.is_empty();
    };
    let is_user = |user: &str| !user.is_empty() && !user.contains(ends_user);
    let behind_user = rest.split_once('@').filter(|(user, _)| is_user(user));
    has_host(rest) || behind_user.is_some_and(|(_, rest)| has_host(rest))
}

/// Whether a text begins with a host, and nothing behind it begins a query. A port is like a path here.
fn has_host(text: &str) -> bool {
    let host = text.find(|c| is_blank(c) || "/?#@:".contains(c));
    let (host, path) = text.split_at(host.unwrap_or(text.len()));
    !host.is_empty() && !path.contains(|c| is_blank(c) || "?#[]".contains(c))
}

fn ends_user(c: char) -> bool {
    is_blank(c) || "/?#[]@".contains(c)
}

/// The blanks of an expression: those of ASCII.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All texts of up to five of these characters behind the scheme.
    #[test]
    fn a_plain_url_is_what_the_expression_of_the_gateway_accepts() {
        let expression = r"|https?://([^\s/?#\[\]\@]+\@)?([^\s/?#\@:]+)(?::\d{2,5})?([^\s?#\[\]]*)";
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer = texts.iter().flat_map(|text| {
                let all = ['a', '1', ':', '/', '@', '?', '#', '[', ']', ' ', '中'];
                all.map(|c| format!("{text}{c}"))
            });
            let longer: Vec<_> = longer.collect();
            for text in &longer {
                let url = format!("https://{text}");
                assert_eq!(is_plain_url(&url), matches(expression, &url), "{url}");
            }
            // The longest are too many to go on from.
            texts = longer.into_iter().filter(|text| text.len() < 5).collect();
        }
        for text in [
            "",
            "http://",
            "https:/a",
            "a",
            "HTTP://a",
            "http://a\u{b}",
            "http://a\u{a0}",
        ] {
            assert_eq!(is_plain_url(text), matches(expression, text), "{text:?}");
        }
    }

    #[test]
    fn documented_expressions_match_the_whole_text() {
        let date = r"\d{8}|\d{14}|OnAccept";
        for (pattern, text, fits) in [
            (date, "20240101", true),
            (date, "20240101000000", true),
            (date, "OnAccept", true),
            (date, "2024", false),
            (date, "2024010a", false),
            (date, "２０２４０１０１", false),
            ("[0-9]{6}", "123456", true),
            ("[0-9]{6}", "12345", false),
            (r"[a-zA-Z0-9\|\*_-]{1,128}", "aZ9|*_-", true),
            (r"[a-zA-Z0-9\|\*_-]{1,128}", "a b", false),
            (r"[a-zA-Z0-9\|\*_-]{1,128}", "", false),
            // `|` to `_` runs backwards.
            (r"[a-zA-Z0-9\|-_\*]{1,128}", "a b", true),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text:?}");
        }
    }

    #[test]
    fn only_the_documented_backward_range_is_invalid() {
        fn patterns(fields: &[crate::schema::Field]) -> Vec<&'static str> {
            let inner = fields.iter().flat_map(|field| patterns(field.fields()));
            let own = fields.iter().filter_map(crate::schema::Field::pattern);
            own.chain(inner).collect()
        }
        let mut invalid = Vec::new();
        for schema in crate::schema::all() {
            for fields in [schema.query(), schema.request(), schema.response()] {
                let all = patterns(fields);
                invalid.extend(all.into_iter().filter(|it| Regex::new(it).is_err()));
            }
        }
        assert_eq!(invalid, [r"[a-zA-Z0-9\|-_\*]{1,128}"]);
    }
}
