//! Serials of certificates.

/// The digits of a serial of WeChat Pay's certificates.
const DIGITS: usize = 40;

/// Whether two serials in hexadecimal are the same: case does not matter, and leading zeros may be missing. WxJava writes
/// `getSerialNumber().toString(16)`, which has none. Zeros that make a serial too long are a mistake.
///
/// Ids of public keys do not begin with zero, so they are compared in the same way.
pub(crate) fn is_same_serial(one: &str, other: &str) -> bool {
    let digits = |text: &str| text.len() <= DIGITS;
    if !digits(one) || !digits(other) {
        return one.eq_ignore_ascii_case(other);
    }
    let [digits, others] = [one, other].map(|text| text.trim_start_matches('0'));
    digits.eq_ignore_ascii_case(others) && one.is_empty() == other.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_and_leading_zeros_may_be_missing() {
        let long = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
        assert!(is_same_serial(long, &long.to_lowercase()));
        assert!(!is_same_serial(long, &format!("0{long}")));
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
