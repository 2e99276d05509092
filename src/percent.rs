//! Percent-encoding (RFC 3986, section 2): what a path or query may hold as it is.

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Encodes all but the unreserved characters: a value.
pub(crate) fn push_value(out: &mut String, text: &str) {
    push(out, text, is_unreserved, false);
}

/// Keeps reserved characters and percent-escapes too: the value of `{+name}`.
pub(crate) fn push_reserved(out: &mut String, text: &str) {
    push(
        out,
        text,
        |byte| is_path(byte) || matches!(byte, b'?' | b'#' | b'[' | b']'),
        true,
    );
}

/// Encodes only what may not stand in a path and query: a literal.
pub(crate) fn push_literal(out: &mut String, text: &str) {
    push(out, text, |byte| is_path(byte) || byte == b'?', true);
}

/// Whether `text` begins with a percent-escape, and the byte it stands for.
pub(crate) fn escape(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

fn push(out: &mut String, text: &str, keep: impl Fn(u8) -> bool, escapes: bool) {
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if keep(byte) || (escapes && escape(&bytes[at..]).is_some()) {
            continue;
        }
        // Inside a character the range is empty, and `get` gives nothing.
        out.push_str(text.get(start..at).unwrap_or_default());
        push_byte(out, byte);
        start = at + 1;
    }
    out.push_str(text.get(start..).unwrap_or_default());
}

fn push_byte(out: &mut String, byte: u8) {
    out.push('%');
    out.push(char::from(HEX[usize::from(byte >> 4)]));
    out.push(char::from(HEX[usize::from(byte & 15)]));
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn is_path(byte: u8) -> bool {
    is_unreserved(byte)
        || matches!(
            byte,
            b'!' | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'@'
                | b'/'
        )
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
    fn a_literal_keeps_what_php_keeps() {
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
