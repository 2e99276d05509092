//! Times as WeChat Pay writes and reads them: in Beijing's time.
//!
//! Source of the calendar: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
//! `civil_from_days` and `days_from_civil`.

use std::fmt;

const DAY: i64 = 86_400;
const BEIJING: i64 = 8 * 3600;

/// A time's parts in Beijing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local {
    year: i64,
    month: i64,
    day: i64,
    second: i64,
}

impl Local {
    pub(super) fn of(unix: i64) -> Self {
        let local = unix.saturating_add(BEIJING);
        let (days, second) = (local.div_euclid(DAY) + 719_468, local.rem_euclid(DAY));
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = year + era * 400 + i64::from(month <= 2);
        Self {
            year,
            month,
            day,
            second,
        }
    }

    /// `2018-06-08`.
    pub(super) fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `20180608`.
    pub(super) fn day(&self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }

    /// `20180608103456`, as APIv2 has it.
    pub(super) fn compact(&self) -> String {
        let (hour, minute, second) = self.clock();
        format!("{}{hour:02}{minute:02}{second:02}", self.day())
    }

    fn clock(&self) -> (i64, i64, i64) {
        (self.second / 3600, self.second / 60 % 60, self.second % 60)
    }
}

/// `2018-06-08 10:34:56`, as bills have it.
impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = self.clock();
        write!(f, "{} {hour:02}:{minute:02}:{second:02}", self.date())
    }
}

/// `2018-06-08T10:34:56+08:00`.
pub(super) fn rfc3339(unix: i64) -> String {
    format!("{}+08:00", Local::of(unix).to_string().replace(' ', "T"))
}

/// Reads `2018-06-08T10:34:56+08:00`; fractions of a second are passed over.
pub(super) fn parse_rfc3339(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't'])?;
    let at = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at(at);
    let clock = clock.split('.').next()?;
    let date = parts::<3>(date, '-', [4, 2, 2])?;
    let clock = parts::<3>(clock, ':', [2, 2, 2])?;
    Some(unix(date, clock)? - offset(zone)?)
}

/// Reads `2018-06-08`, a day of Beijing's: when it begins. A day that no calendar has is `None`.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    let date = parts::<3>(text, '-', [4, 2, 2])?;
    let begins = unix(date, [0; 3])? - BEIJING;
    (Local::of(begins).date() == text).then_some(begins)
}

/// Reads `20180608103456`, which is Beijing's time.
pub(super) fn parse_compact(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| digits(text.get(from..to)?);
    if text.len() != 14 {
        return None;
    }
    let date = [number(0, 4)?, number(4, 6)?, number(6, 8)?];
    let clock = [number(8, 10)?, number(10, 12)?, number(12, 14)?];
    Some(unix(date, clock)? - BEIJING)
}

fn offset(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first()? {
        b'Z' | b'z' => return (zone.len() == 1).then_some(0),
        b'-' => -1,
        _ => 1,
    };
    let [hour, minute] = parts::<2>(&zone[1..], ':', [2, 2])?;
    (hour < 24 && minute < 60).then_some(sign * (hour * 3600 + minute * 60))
}

fn parts<const N: usize>(text: &str, between: char, lengths: [usize; N]) -> Option<[i64; N]> {
    let mut found = [0; N];
    let mut parts = text.split(between);
    for (found, length) in found.iter_mut().zip(lengths) {
        *found = digits(parts.next().filter(|part| part.len() == length)?)?;
    }
    parts.next().is_none().then_some(found)
}

fn digits(text: &str) -> Option<i64> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| all)
}

/// As if the clock were Greenwich's.
fn unix([year, month, day]: [i64; 3], [hour, minute, second]: [i64; 3]) -> Option<i64> {
    let right = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    right.then_some(days * DAY + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_beijing() {
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
        assert_eq!((&*local.date(), &*local.day()), ("2020-12-31", "20201231"));
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
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
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "T",
            "2018-06-08",
            "2018-06-08 10:34:56+08:00",
            "2018-06-08T10:34:56",
            "2018-13-08T10:34:56+08:00",
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
            "２２２２２",
        ] {
            assert_eq!(parse_compact(text), None, "{text}");
        }
        // No clock makes it panic.
        for unix in [i64::MIN, i64::MAX] {
            assert!(!rfc3339(unix).is_empty());
        }
    }
}
