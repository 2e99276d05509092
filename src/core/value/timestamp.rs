use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result};

/// A time as WeChat Pay writes it, with its offset from UTC.
///
/// APIv3 uses RFC 3339 (`2026-01-02T08:00:00+08:00`), APIv2 14 digits of Beijing time (`20260102080000`), bills
/// `2026-01-02 08:00:00`, also in Beijing time. In JSON a `Timestamp` is an RFC 3339 text and keeps the offset that was
/// read. Two timestamps are equal if they are the same instant.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use wechatpay_chain::Timestamp;
///
/// let paid: Timestamp = "2026-01-02T08:00:00+08:00".parse()?;
/// assert_eq!(paid, Timestamp::from_v2("20260102080000")?);
/// assert_eq!(paid.system_time(), UNIX_EPOCH + Duration::from_secs(1_767_312_000));
/// assert_eq!(paid.to_v2(), "20260102080000");
/// let expires = Timestamp::beijing(paid.system_time() + Duration::from_secs(900));
/// assert_eq!(expires.to_string(), "2026-01-02T08:15:00+08:00");
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanos: u32,
    /// Seconds east of UTC.
    offset: i32,
}

/// China has had no daylight saving time since 1991.
const BEIJING: i32 = 8 * 3600;
const DAY: i64 = 86_400;
/// The last second of the year 9999 in UTC, the last that RFC 3339 can write.
const LATEST: i64 = 253_402_300_799;
/// The first second of the year 1 in UTC.
const EARLIEST: i64 = -62_135_596_800;
/// From 1601 to 1970.
const SINCE_1601: Duration = Duration::from_secs(11_644_473_600);

impl Timestamp {
    /// Returns the time in Beijing (+08:00). A time outside the range of RFC 3339 becomes the nearest valid one.
    #[must_use]
    pub fn beijing(time: SystemTime) -> Self {
        let (seconds, nanos) = match time.duration_since(UNIX_EPOCH) {
            Ok(since) => (
                i64::try_from(since.as_secs()).unwrap_or(LATEST),
                since.subsec_nanos(),
            ),
            Err(err) => before_epoch(err.duration()),
        };
        // With the offset added, the time must be in range too.
        let bounded = seconds.clamp(EARLIEST, LATEST - i64::from(BEIJING));
        Self {
            seconds: bounded,
            nanos: if bounded == seconds { nanos } else { 0 },
            offset: BEIJING,
        }
    }

    /// Parses a time of APIv2: `yyyyMMddHHmmss`, in Beijing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when the text does not have this form.
    pub fn from_v2(text: &str) -> Result<Self> {
        let digits = Digits(text.as_bytes());
        let read = || {
            let date = digits.date(0, 4, 6)?;
            Self::of(date, digits.time(8, 10, 12)?, 0, BEIJING)
        };
        let read = if text.len() == 14 { read() } else { None };
        read.ok_or_else(|| refused("yyyyMMddHHmmss"))
    }

    /// Parses a time of a bill: `yyyy-MM-dd HH:mm:ss`, in Beijing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when the text does not have this form.
    pub fn from_bill(text: &str) -> Result<Self> {
        let digits = Digits(text.as_bytes());
        let read = || {
            let date = digits.date(0, 5, 8)?;
            Self::of(date, digits.time(11, 14, 17)?, 0, BEIJING)
        };
        let shaped = text.len() == 19 && digits.are(&[(4, b'-'), (7, b'-'), (10, b' ')]);
        let read = if shaped && digits.are(&[(13, b':'), (16, b':')]) {
            read()
        } else {
            None
        };
        read.ok_or_else(|| refused("yyyy-MM-dd HH:mm:ss"))
    }

    /// Returns the instant.
    ///
    /// Windows has no time before 1601: an earlier one becomes the first of 1601.
    #[must_use]
    pub fn system_time(self) -> SystemTime {
        let distance = Duration::from_secs(self.seconds.unsigned_abs());
        let second = if self.seconds < 0 {
            UNIX_EPOCH
                .checked_sub(distance)
                .or_else(|| UNIX_EPOCH.checked_sub(SINCE_1601))
        } else {
            UNIX_EPOCH.checked_add(distance)
        };
        let time =
            second.and_then(|second| second.checked_add(Duration::from_nanos(self.nanos.into())));
        time.unwrap_or(UNIX_EPOCH)
    }

    /// Writes the time as APIv2 does: `yyyyMMddHHmmss`, in Beijing, without the fraction of a second.
    #[must_use]
    pub fn to_v2(self) -> String {
        let ((year, month, day), (hour, minute, second)) = self.civil(BEIJING);
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
    }

    /// Returns the instant of a date and a time of day at an offset.
    fn of(date: i64, time: i64, nanos: u32, offset: i32) -> Option<Self> {
        let seconds = date * DAY + time - i64::from(offset);
        (EARLIEST..=LATEST).contains(&seconds).then_some(Self {
            seconds,
            nanos,
            offset,
        })
    }

    /// Returns the date and the time of day at an offset.
    fn civil(self, offset: i32) -> ((i64, i64, i64), (i64, i64, i64)) {
        let local = self.seconds + i64::from(offset);
        let time = local.rem_euclid(DAY);
        let date = civil_date(local.div_euclid(DAY));
        (date, (time / 3600, time / 60 % 60, time % 60))
    }
}

/// Parses RFC 3339, the format of APIv3.
impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let digits = Digits(text.as_bytes());
            let shaped = digits.are(&[(4, b'-'), (7, b'-'), (13, b':'), (16, b':')]);
            let separated = matches!(text.as_bytes().get(10)?, b'T' | b't' | b' ');
            if !shaped || !separated {
                return None;
            }
            let (date, time) = (digits.date(0, 5, 8)?, digits.time(11, 14, 17)?);
            let (nanos, zone) = fraction(text.get(19..)?)?;
            Self::of(date, time, nanos, offset(zone)?)
        };
        read().ok_or_else(|| refused("RFC 3339, for example 2026-01-02T08:00:00+08:00"))
    }
}

/// Writes RFC 3339 with the offset that was read, and as many decimals as the fraction needs.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), (hour, minute, second)) = self.civil(self.offset);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        match self.nanos {
            0 => {}
            nanos if nanos % 1_000_000 == 0 => write!(f, ".{:03}", nanos / 1_000_000)?,
            nanos if nanos % 1_000 == 0 => write!(f, ".{:06}", nanos / 1_000)?,
            nanos => write!(f, ".{nanos:09}")?,
        }
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.unsigned_abs() / 60;
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        (self.seconds, self.nanos) == (other.seconds, other.nanos)
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.seconds, self.nanos).cmp(&(other.seconds, other.nanos))
    }
}

impl std::hash::Hash for Timestamp {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.seconds, self.nanos).hash(state);
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Returns the seconds and nanoseconds of a time before 1970: seconds are rounded down, nanoseconds count up.
fn before_epoch(distance: Duration) -> (i64, u32) {
    let seconds = i64::try_from(distance.as_secs()).map_or(EARLIEST, |seconds| -seconds);
    match distance.subsec_nanos() {
        0 => (seconds, 0),
        nanos => (seconds.saturating_sub(1), 1_000_000_000 - nanos),
    }
}

/// A text with numbers at fixed positions.
#[derive(Clone, Copy)]
struct Digits<'t>(&'t [u8]);

impl Digits<'_> {
    fn are(self, expected: &[(usize, u8)]) -> bool {
        expected
            .iter()
            .all(|(at, byte)| self.0.get(*at) == Some(byte))
    }

    fn number(self, at: usize, width: usize) -> Option<i64> {
        let digits = self.0.get(at..at + width)?;
        digits.iter().try_fold(0, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + i64::from(digit - b'0'))
        })
    }

    /// Returns the days since 1970 of a date whose parts begin at these positions.
    fn date(self, year: usize, month: usize, day: usize) -> Option<i64> {
        let (year, month, day) = (
            self.number(year, 4)?,
            self.number(month, 2)?,
            self.number(day, 2)?,
        );
        let days = days_since_epoch(year, month, day);
        // Converting back detects days that the month does not have.
        (civil_date(days) == (year, month, day)).then_some(days)
    }

    /// Returns the seconds since midnight of a time whose parts begin at these positions.
    fn time(self, hour: usize, minute: usize, second: usize) -> Option<i64> {
        let (hour, minute) = (self.number(hour, 2)?, self.number(minute, 2)?);
        let second = self.number(second, 2)?;
        (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
    }
}

/// Parses an optional fraction `.123` into nanoseconds; returns the rest too. Digits after the ninth are dropped.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let Some(rest) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let end = rest.find(|it: char| !it.is_ascii_digit())?;
    let (digits, zone) = rest.split_at(end);
    let kept = digits.get(..digits.len().min(9))?;
    let nanos = format!("{kept:0<9}").parse().ok()?;
    (!digits.is_empty()).then_some((nanos, zone))
}

/// Parses `Z` or `+08:00` into seconds east of UTC.
fn offset(zone: &str) -> Option<i32> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, zone) = match zone.split_at_checked(1)? {
        ("+", zone) => (1, zone),
        ("-", zone) => (-1, zone),
        _ => return None,
    };
    let digits = Digits(zone.as_bytes());
    let (hours, minutes) = (digits.number(0, 2)?, digits.number(3, 2)?);
    let shaped = zone.len() == 5 && digits.are(&[(2, b':')]) && hours < 24 && minutes < 60;
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    shaped.then_some(sign * seconds)
}

/// Returns the days from 1970-01-01 to a date of the Gregorian calendar.
///
/// Years begin in March, so that the leap day is last. Algorithm: Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms", `days_from_civil`.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Returns year, month and day of a day since 1970-01-01; the inverse of [`days_since_epoch`].
fn civil_date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

fn refused(form: &str) -> Error {
    Error::new(
        ErrorKind::Body,
        format!("the text is not a time of the form {form}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Timestamp {
        text.parse().unwrap_or_else(|err| panic!("{text}: {err}"))
    }

    #[test]
    fn rfc_3339_is_written_as_it_was_read() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2018-06-08T10:34:56+08:00", 1_528_425_296),
            ("2000-02-29T23:59:59-00:30", 951_870_599),
            ("2026-01-02T08:00:00.120+08:00", 1_767_312_000),
            ("2026-01-02T08:00:00.000001Z", 1_767_340_800),
            ("1969-12-31T23:59:59Z", -1),
            ("9999-12-31T23:59:59Z", LATEST),
        ] {
            let time = read(text);
            assert_eq!(time.to_string(), text);
            assert_eq!(time.seconds, seconds, "{text}");
            assert_eq!(serde_json::to_value(time).unwrap(), text);
            assert_eq!(
                serde_json::from_value::<Timestamp>(text.into()).unwrap(),
                time
            );
        }
        assert_eq!(
            read("2026-01-02t08:00:00z").to_string(),
            "2026-01-02T08:00:00Z"
        );
    }

    #[test]
    fn invalid_times_are_rejected() {
        for text in [
            "",
            "2026-01-02",
            "2026-01-02T08:00:00",
            "2026-01-02T08:00+08:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-02T24:00:00Z",
            "2026-01-02T08:60:00Z",
            "2026-01-02T08:00:60Z",
            "2026-01-02T08:00:00+0800",
            "2026-01-02T08:00:00+24:00",
            "2026-01-02T08:00:00.Z",
            "2026-01-02T08:00:00.1",
            "0000-01-01T00:00:00Z",
            "+026-01-02T08:00:00Z",
            "2026-01-02T08:00:00+08:00 ",
            "２026-01-02T08:00:00Z",
            "9999-12-31T23:59:59-08:00",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text:?}");
        }
        for text in [
            "",
            "2026010208000",
            "202601020800001",
            "20260230080000",
            "2026-01-02 08:0",
        ] {
            assert!(Timestamp::from_v2(text).is_err(), "{text:?}");
        }
        for text in [
            "",
            "2026-01-02T08:00:00",
            "2026-01-32 08:00:00",
            "2026/01/02 08:00:00",
        ] {
            assert!(Timestamp::from_bill(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_is_read_back() {
        let (first, last) = (days_since_epoch(1900, 1, 1), days_since_epoch(2300, 1, 1));
        assert_eq!(last - first, 146_097);
        let mut before = civil_date(first - 1);
        for day in first..=last {
            let date = civil_date(day);
            assert!(date > before, "{date:?} follows {before:?}");
            assert_eq!(days_since_epoch(date.0, date.1, date.2), day);
            before = date;
        }
    }

    #[test]
    fn system_times_are_converted_without_loss() {
        for nanos in [
            0,
            1,
            999_999_999,
            1_767_312_000_123_456_789_i128,
            -1,
            -1_000_000_001,
        ] {
            let distance = Duration::from_nanos(u64::try_from(nanos.unsigned_abs()).unwrap());
            let time = if nanos < 0 {
                UNIX_EPOCH - distance
            } else {
                UNIX_EPOCH + distance
            };
            assert_eq!(Timestamp::beijing(time).system_time(), time, "{nanos}");
        }
        let far = UNIX_EPOCH + Duration::from_secs(1 << 40);
        assert_eq!(
            Timestamp::beijing(far).to_string(),
            "9999-12-31T23:59:59+08:00"
        );
    }

    #[test]
    fn times_of_bills_and_of_v2_are_beijing_times() {
        let time = read("2026-01-02T08:00:00+08:00");
        assert_eq!(Timestamp::from_v2("20260102080000").unwrap(), time);
        assert_eq!(Timestamp::from_bill("2026-01-02 08:00:00").unwrap(), time);
        assert_eq!(read("2026-01-02T00:00:00Z").to_v2(), "20260102080000");
        assert!(read("2026-01-02T08:00:01+08:00") > time);
    }
}
