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

#[cfg(test)]
mod tests {
    use super::*;

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
