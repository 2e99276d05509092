//! Percent-encoding (RFC 3986, section 2).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All characters except the unreserved ones.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Characters that must be encoded in a path and query.
const LITERAL: &AsciiSet = &VALUE
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'=')
    .remove(b'?')
    .remove(b'@');

/// Characters that are neither unreserved nor reserved.
const RESERVED: &AsciiSet = &LITERAL.remove(b'#').remove(b'[').remove(b']');

/// Encodes all characters except the unreserved ones: for a value.
pub fn push_value(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, VALUE));
}

/// Writes `name=value&…` with encoded values; names are expected to need no encoding.
pub fn query<V: AsRef<str>>(members: &[(&str, V)]) -> String {
    let mut query = String::new();
    for (name, value) in members {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(name);
        query.push('=');
        push_value(&mut query, value.as_ref());
    }
    query
}

/// Encodes all except unreserved and reserved characters and percent-escapes: for the value of `{+name}`.
pub fn push_reserved(out: &mut String, text: &str) {
    push_around_escapes(out, text, RESERVED);
}

/// Encodes only characters that are invalid in a path and query: for a literal.
pub fn push_literal(out: &mut String, text: &str) {
    push_around_escapes(out, text, LITERAL);
}

/// Returns the byte of the percent-escape at the start of `text`, if any.
pub fn escape(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Whether no set encodes the byte. It covers only some of these bytes, so that the test is cheap.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'_')
}

fn push_around_escapes(out: &mut String, text: &str, set: &'static AsciiSet) {
    if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        // The common case, and much cheaper.
        out.push_str(text);
        return;
    }
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = rest[from..].find('%').map(|at| from + at) {
        from = at + 1;
        if escape(&rest.as_bytes()[at..]).is_some() {
            let (before, escaped) = rest.split_at(at);
            let (escaped, after) = escaped.split_at(3);
            out.extend(utf8_percent_encode(before, set));
            out.push_str(escaped);
            (rest, from) = (after, 0);
        }
    }
    out.extend(utf8_percent_encode(rest, set));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(push: fn(&mut String, &str), text: &str) -> String {
        let mut out = String::new();
        push(&mut out, text);
        out
    }

    #[test]
    fn a_value_keeps_only_unreserved_characters() {
        assert_eq!(encoded(push_value, "Aa0-._~"), "Aa0-._~");
        assert_eq!(encoded(push_value, "粤B12345"), "%E7%B2%A4B12345");
        assert_eq!(encoded(push_value, "WINCIE*EIXHRB"), "WINCIE%2AEIXHRB");
        assert_eq!(
            encoded(push_value, "a/b+c d%2F{}"),
            "a%2Fb%2Bc%20d%252F%7B%7D"
        );
    }

    #[test]
    fn literals_are_left_as_php_leaves_them() {
        for text in [
            "a+b~c'd(e)*f,g;h=i@j:k!l",
            "a%20b",
            "a%2fb",
            "v3/pay?a=b/c?d",
        ] {
            assert_eq!(encoded(push_literal, text), text);
        }
        assert_eq!(encoded(push_literal, "%zz%4"), "%25zz%254");
        assert_eq!(
            encoded(push_literal, "a b\"<>|\\^`[]#"),
            "a%20b%22%3C%3E%7C%5C%5E%60%5B%5D%23"
        );
        assert_eq!(encoded(push_literal, "支/付"), "%E6%94%AF/%E4%BB%98");
    }
}
