//! Times as WeChat Pay writes and reads them: in Beijing's time.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use wechatpay_core::value::Timestamp;

/// A time on a clock in Beijing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local(Timestamp);

impl Local {
    /// Converts seconds since the Unix epoch. Values beyond the calendar become its nearest time.
    pub(super) fn of(unix: i64) -> Self {
        let distance = Duration::from_secs(unix.unsigned_abs().min(BEYOND));
        let time = if unix < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        };
        // Windows has no time before 1601.
        Self(Timestamp::beijing(time.unwrap_or(UNIX_EPOCH)))
    }

    /// `20180608`.
    pub(super) fn day(&self) -> String {
        let mut text = self.0.to_v2();
        text.truncate("20180608".len());
        text
    }

    /// `20180608103456`, as in APIv2.
    pub(super) fn compact(&self) -> String {
        self.0.to_v2()
    }
}

/// More seconds than ten thousand years have.
const BEYOND: u64 = 400_000_000_000;

/// `2018-06-08 10:34:56`, as in bills.
impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let clock = text.split('+').next().unwrap_or(&text);
        f.write_str(&clock.replace('T', " "))
    }
}

/// `2018-06-08T10:34:56+08:00`.
pub(super) fn rfc3339(unix: i64) -> String {
    Local::of(unix).0.to_string()
}

/// Reads `2018-06-08T10:34:56+08:00`, without fractions of a second.
pub(super) fn parse_rfc3339(text: &str) -> Option<i64> {
    let milliseconds = parse_rfc3339_ms(text)?;
    Some(milliseconds.div_euclid(1000))
}

/// Reads `2018-06-08T10:34:56.123+08:00` as milliseconds since the Unix epoch.
pub(super) fn parse_rfc3339_ms(text: &str) -> Option<i64> {
    // A `Timestamp` may have a blank in place of the `T`, WeChat Pay's times have none.
    let time: Timestamp = text.parse().ok().filter(|_| !text.contains(' '))?;
    Some(unix_ms(time))
}

/// Reads `2018-06-08`, a day in Beijing, and returns its beginning. `None` for an invalid date.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    let midnight = Timestamp::from_bill(&format!("{text} 00:00:00")).ok()?;
    Some(unix_ms(midnight).div_euclid(1000))
}

/// Reads `20180608103456`, a time in Beijing.
pub(super) fn parse_compact(text: &str) -> Option<i64> {
    let time = Timestamp::from_v2(text).ok()?;
    Some(unix_ms(time).div_euclid(1000))
}

/// The milliseconds of ten thousand years fit an `i64`.
fn unix_ms(time: Timestamp) -> i64 {
    let ms = |distance: Duration| i64::try_from(distance.as_millis()).unwrap_or(i64::MAX);
    match time.system_time().duration_since(UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(before) => -ms(before.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_beijing_time() {
        for (unix, text) in [
            (0, "1970-01-01T08:00:00+08:00"),
            (951_753_600, "2000-02-29T00:00:00+08:00"),
            (1_609_430_399, "2020-12-31T23:59:59+08:00"),
            (4_107_513_600, "2100-03-01T00:00:00+08:00"),
        ] {
            assert_eq!(rfc3339(unix), text);
            assert_eq!(parse_rfc3339(text), Some(unix));
        }
        let local = Local::of(1_609_430_399);
        assert_eq!(local.compact(), "20201231235959");
        assert_eq!(parse_compact("20201231235959"), Some(1_609_430_399));
        assert_eq!(local.to_string(), "2020-12-31 23:59:59");
        assert_eq!(local.day(), "20201231");
    }

    #[test]
    fn invalid_dates_are_rejected() {
        assert_eq!(parse_date("1970-01-02"), Some(16 * 3600));
        assert_eq!(parse_date("2024-02-29"), Some(1_709_136_000));
        for text in [
            "",
            "20240229",
            "2023-02-29",
            "2023-02-31",
            "2023-13-01",
            "2023-2-01",
            "2023-02-01 ",
        ] {
            assert_eq!(parse_date(text), None, "{text:?}");
        }
    }

    #[test]
    fn other_zones_and_fractions_are_read() {
        for text in [
            "1970-01-01T00:00:00Z",
            "1970-01-01T08:00:00.123+08:00",
            "1969-12-31T23:30:00-00:30",
        ] {
            assert_eq!(parse_rfc3339(text), Some(0), "{text}");
        }
    }

    #[test]
    fn malformed_times_are_rejected() {
        for text in [
            "",
            "T",
            "2018-06-08",
            "2018-06-08 10:34:56+08:00",
            "2018-06-08T10:34:56",
            "2018-13-08T10:34:56+08:00",
            "2018-02-29T10:34:56+08:00",
            "2018-06-08T24:34:56+08:00",
            "2018-6-08T10:34:56+08:00",
            "2018-06-08T10:34:56+0800",
            "2018-06-08T10:34:56Z0",
            "+018-06-08T10:34:56Z",
            "２018-06-08T10:34:56Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
        for text in [
            "",
            "2018060810345",
            "2018060810345x",
            "20181308103456",
            "20180229103456",
            "２２２２２",
        ] {
            assert_eq!(parse_compact(text), None, "{text}");
        }
        // No clock value panics.
        for unix in [i64::MIN, i64::MAX] {
            assert!(!rfc3339(unix).is_empty());
        }
    }
}
