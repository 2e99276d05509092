//! The numbers of options. Each message says which values are allowed.
//!
//! The options take a leading minus as part of the value (`allow_negative_numbers`): otherwise clap would say that there is
//! no option `-1`.

use std::time::Duration;

use crate::i18n::t;

/// A speed-up; the sandbox checks its range.
pub(crate) fn speed(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| t!("speed-format"))
}

/// A seed: any `u64`.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| t!("seed-format", most = u64::MAX.to_string()))
}

/// A time limit in seconds. Its range is checked by [`time_limit`], since profiles and variables have it too.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| t!("invalid-timeout"))
}

/// Returns a time limit; `None` for a number that is none.
pub(crate) fn time_limit(seconds: f64) -> Option<Duration> {
    let limit = Duration::try_from_secs_f64(seconds).ok()?;
    (!limit.is_zero()).then_some(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_range_are_no_time_limits() {
        for seconds in [
            -1.0,
            0.0,
            -0.0,
            1e-99,
            1e99,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ] {
            assert_eq!(time_limit(seconds), None, "{seconds}");
        }
        assert_eq!(time_limit(0.5), Some(Duration::from_millis(500)));
    }

    #[test]
    fn texts_that_are_no_numbers_are_refused_with_the_allowed_values() {
        for text in ["", "abc", "1,5", "0x10", "1e"] {
            assert!(speed(text).unwrap_err().contains("1000000"), "{text}");
            assert!(
                seconds(text).unwrap_err().contains("greater than 0"),
                "{text}"
            );
        }
        for text in ["-1", "1e99", "1.5", "", "18446744073709551616"] {
            let why = seed(text).unwrap_err();
            assert!(why.contains("from 0 to 18446744073709551615"), "{why}");
        }
        assert_eq!(seed("18446744073709551615"), Ok(u64::MAX));
    }
}
