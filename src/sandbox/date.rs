//! Times as WeChat Pay writes and reads them: in Beijing's time.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::Offset;

/// China has had no daylight saving time since 1991.
const BEIJING: Offset = Offset::constant(8);

/// A time on a clock in Beijing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local(DateTime);

impl Local {
    /// Converts seconds since the Unix epoch. Values beyond the calendar become its nearest time.
    pub(super) fn of(unix: i64) -> Self {
        let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let time = Timestamp::from_second(unix.clamp(least, most)).unwrap_or_default();
        Self(BEIJING.to_datetime(time))
    }

    /// `20180608`.
    pub(super) fn day(&self) -> String {
        self.0.strftime("%Y%m%d").to_string()
    }

    /// `20180608103456`, as in APIv2.
    pub(super) fn compact(&self) -> String {
        self.0.strftime("%Y%m%d%H%M%S").to_string()
    }
}

/// `2018-06-08 10:34:56`, as in bills.
impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%d %H:%M:%S"))
    }
}

/// `2018-06-08T10:34:56+08:00`.
pub(super) fn rfc3339(unix: i64) -> String {
    let local = Local::of(unix).0;
    local.strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string()
}

/// Reads `2018-06-08T10:34:56+08:00`, without fractions of a second.
///
/// jiff accepts more than RFC 3339, such as a blank in place of the `T` and a zone without a colon.
pub(super) fn parse_rfc3339(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't'])?;
    let at = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at(at);
    let clock = clock.split('.').next()?;
    let is_strict = has_form(date, "0000-00-00") && has_form(clock, "00:00:00");
    let is_zone = matches!(zone, "Z" | "z") || has_form(&zone[1..], "00:00");
    if !is_strict || !is_zone {
        return None;
    }
    let time: Timestamp = format!("{date}T{clock}{zone}").parse().ok()?;
    Some(time.as_second())
}

/// Reads `2018-06-08`, a day in Beijing, and returns its beginning. `None` for an invalid date.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    let date: Date = text.parse().ok().filter(|_| has_form(text, "0000-00-00"))?;
    unix(date.into())
}

/// Reads `20180608103456`, a time in Beijing.
pub(super) fn parse_compact(text: &str) -> Option<i64> {
    let is_strict = has_form(text, "00000000000000");
    let parsed = strtime::parse("%Y%m%d%H%M%S", text)
        .ok()
        .filter(|_| is_strict)?;
    unix(parsed.to_datetime().ok()?)
}

fn unix(local: DateTime) -> Option<i64> {
    Some(BEIJING.to_timestamp(local).ok()?.as_second())
}

/// Whether a text has a digit where the form has one, and the same character elsewhere.
fn has_form(text: &str, form: &str) -> bool {
    let same = |(text, form): (u8, u8)| match form {
        b'0' => text.is_ascii_digit(),
        _ => text == form,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(same)
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
