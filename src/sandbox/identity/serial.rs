//! Serials of certificates.

/// Whether two serials in hexadecimal are the same number: neither case nor leading zeros matter. WeChat Pay's Java SDK
/// and WxJava write `getSerialNumber().toString(16)`, which has no leading zeros, and are used with certificates whose
/// serial begins with zero.
///
/// Ids of public keys do not begin with zero, so they are compared in the same way.
pub(crate) fn is_same_serial(one: &str, other: &str) -> bool {
    let [digits, others] = [one, other].map(|text| text.trim_start_matches('0'));
    digits.eq_ignore_ascii_case(others) && one.is_empty() == other.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_case_nor_leading_zeros_matter() {
        for (one, other) in [("0a1", "A1"), ("A1", "00a1"), ("5F00", "5f00"), ("0", "00")] {
            assert!(is_same_serial(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("A1", "A10"),
            ("A1", "B1"),
            ("", "0"),
            ("PUB_KEY_ID_01", "1"),
        ] {
            assert!(!is_same_serial(one, other), "{one} {other}");
        }
    }
}
