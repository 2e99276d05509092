//! Base64 with the standard alphabet and padding, nothing else.
//!
//! OpenSSL's decoder accepts `=` anywhere and drops trailing dashes, so the form is checked first.
//!
//! Source: RFC 4648, section 4.

/// Encodes bytes as base64 on one line.
pub fn encode(bytes: &[u8]) -> String {
    openssl::base64::encode_block(bytes)
}

/// Decodes a base64 text; `None` if it has another form, or any white space.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    decoded_len(text)?;
    openssl::base64::decode_block(text).ok()
}

/// Returns the decoded length of a base64 text; `None` if the text is not base64.
pub fn decoded_len(text: &str) -> Option<usize> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let well_formed = text.len().is_multiple_of(4)
        && padding <= 2
        && i32::try_from(text.len()).is_ok()
        // Without an early exit the compiler compares sixteen bytes at a time.
        && digits.bytes().fold(true, |all, byte| all & is_digit(byte));
    well_formed.then(|| text.len() / 4 * 3 - padding)
}

/// Whether a byte is one of the 64 digits.
pub(super) fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    const VECTORS: [(&str, &str); 7] = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ];

    #[test]
    fn the_rfcs_vectors_hold_both_ways() {
        for (plain, text) in VECTORS {
            assert_eq!(encode(plain.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(plain.as_bytes()), "{text}");
            assert_eq!(decoded_len(text), Some(plain.len()));
        }
    }

    #[test]
    fn invalid_base64_is_rejected() {
        let wrong = [
            "Zg",
            "Zg=",
            "Z===",
            "====",
            "Zm9=Zm9v",
            "=Zm9",
            " Zm9v",
            "Zm9v\n",
            "Zm9v----",
            "Zm-_",
            "Zm9v¥",
            "WECHATPAY/SIGNTEST/",
        ];
        for text in wrong {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_stays_on_one_line() {
        let text = encode(&[0xff; 600]);
        assert_eq!(text.len(), 800);
        assert!(text.bytes().all(|byte| byte == b'/'));
    }
}
