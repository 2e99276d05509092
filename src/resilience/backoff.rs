//! The waits of retries.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;

use wechatpay_core::clock::Clock;

/// Computes an exponential back-off with full jitter: between zero and `base · 2^retry`, at most `longest`.
///
/// Full jitter spreads the retries of many clients that failed at the same moment.
pub(super) fn full_jitter(
    clock: &dyn Clock,
    base: Duration,
    longest: Duration,
    retry: u32,
) -> Duration {
    let factor = 2_u32.saturating_pow(retry.min(20));
    base.saturating_mul(factor)
        .min(longest)
        .mul_f64(fraction(clock))
}

/// Reads `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    // A date in the past requires no wait.
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Returns a number from 0 to 1 from the client's source of randomness; 1 if it fails.
fn fraction(clock: &dyn Clock) -> f64 {
    const DIGITS: usize = 8;
    let Ok(nonce) = clock.nonce() else { return 1.0 };
    let digits = nonce.bytes().filter_map(|byte| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'Z' => Some(byte - b'A' + 10),
        b'a'..=b'z' => Some(byte - b'a' + 36),
        _ => None,
    });
    let add = |(sum, unit): (f64, f64), digit| (sum + f64::from(digit) * unit / 62.0, unit / 62.0);
    digits.take(DIGITS).fold((0.0, 1.0), add).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use wechatpay_core::error::Result;

    #[derive(Debug)]
    struct Fixed(&'static str);

    impl Clock for Fixed {
        fn now(&self) -> i64 {
            0
        }

        fn nonce(&self) -> Result<String> {
            Ok(self.0.to_owned())
        }
    }

    #[test]
    fn the_wait_has_full_jitter_and_grows_to_its_maximum() {
        let (base, longest) = (Duration::from_millis(100), Duration::from_secs(1));
        let wait = |nonce, retry| full_jitter(&Fixed(nonce), base, longest, retry);
        assert_eq!(wait("00000000", 3), Duration::ZERO);
        for (retry, most) in [
            (0, 100),
            (1, 200),
            (2, 400),
            (3, 800),
            (4, 1000),
            (99, 1000),
        ] {
            let most = Duration::from_millis(most);
            let wait = wait("zzzzzzzzzzzz", retry);
            assert!(
                wait <= most && wait > most.mul_f64(0.999),
                "{retry}: {wait:?}"
            );
        }
        let half = wait("V0000000", 0);
        assert_eq!(half, Duration::from_millis(50));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let read = |text: &str| {
            let headers = [(RETRY_AFTER, text.parse().unwrap())].into_iter().collect();
            retry_after(&headers)
        };
        assert_eq!(read("7"), Some(Duration::from_secs(7)));
        assert_eq!(read(" 0 "), Some(Duration::ZERO));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let future = read("Tue, 31 Dec 2999 23:59:59 GMT").unwrap();
        assert!(future > Duration::from_secs(86_400));
        for text in ["", "soon", "-1", "1.5", "99999999999999999999999"] {
            assert_eq!(read(text), None, "{text:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
