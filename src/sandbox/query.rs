//! The parameters of a query.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The parameters in their order, percent-decoded; one without `=` has an empty value.
///
/// A `+` is a plus sign, as in RFC 3986. Replace it with `%20` to read a browser's form.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    })
}

/// The first parameter of this name.
pub(super) fn value<'q>(query: Option<&'q str>, name: &str) -> Option<Cow<'q, str>> {
    let mut pairs = pairs(query?);
    pairs.find_map(|(key, value)| (key == name).then_some(value))
}

/// Percent-decodes a part of a query or path; invalid UTF-8 is replaced.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_the_first_of_a_name_wins() {
        let query = Some("a=1%202&&b&%63=x=y&a=3&d=1+1");
        for (name, expected) in [
            ("a", Some("1 2")),
            ("b", Some("")),
            ("c", Some("x=y")),
            ("d", Some("1+1")),
            ("", None),
            ("e", None),
        ] {
            assert_eq!(value(query, name).as_deref(), expected, "{name}");
        }
        assert_eq!(value(None, "a"), None);
    }
}
