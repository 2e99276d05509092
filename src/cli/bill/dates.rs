//! The days of bills, in Beijing.

use std::fmt;
use std::time::{Duration, SystemTime};

use wechatpay_chain::Timestamp;

use crate::i18n::t;

const DAY: Duration = Duration::from_secs(86_400);

/// Bills of a day are ready at 10 o'clock of the next day, at the latest.
const READY: Duration = Duration::from_secs(10 * 3600);

/// Bills are kept for three months, so a longer range is a typing error.
const MAX_DAYS: u64 = 366;

/// A day, as its first instant in Beijing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Date(SystemTime);

/// A day, or the days from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dates {
    first: Date,
    last: Date,
}

/// Parses `2026-11-01`, `2026-11-01..2026-11-07` or `yesterday`.
pub(super) fn parse(text: &str) -> Result<Dates, String> {
    parse_at(text, SystemTime::now())
}

/// The days in the given order, each once.
pub(super) fn expand(dates: &[Dates]) -> Vec<Date> {
    let mut days = Vec::new();
    for range in dates {
        let mut day = range.first;
        while day <= range.last {
            if !days.contains(&day) {
                days.push(day);
            }
            day = Date(day.0 + DAY);
        }
    }
    days
}

impl Date {
    /// Whether WeChat Pay has written the bill of this day by now.
    pub(super) fn is_due(self, now: SystemTime) -> bool {
        now >= self.0 + DAY + READY
    }
}

/// Writes `2026-11-01`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Timestamp::beijing(self.0).to_string();
        f.write_str(time.split('T').next().unwrap_or_default())
    }
}

fn parse_at(text: &str, now: SystemTime) -> Result<Dates, String> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last) = (date(first, now)?, date(last, now)?);
    let distance = last.0.duration_since(first.0);
    let distance = distance.map_err(|_| t!("date-order"))?;
    if distance.as_secs() / DAY.as_secs() >= MAX_DAYS {
        return Err(t!("date-too-many"));
    }
    Ok(Dates { first, last })
}

fn date(text: &str, now: SystemTime) -> Result<Date, String> {
    let text = if text == "yesterday" {
        Date(now - DAY).to_string()
    } else {
        text.to_owned()
    };
    let midnight = Timestamp::from_bill(&format!("{text} 00:00:00"));
    let midnight = midnight.map_err(|_| t!("date-format"))?;
    Ok(Date(midnight.system_time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-08 00:30 in Beijing, which is the day before in UTC.
    fn now() -> SystemTime {
        let time: Timestamp = "2026-11-08T00:30:00+08:00".parse().unwrap();
        time.system_time()
    }

    fn days(texts: &[&str]) -> Vec<String> {
        let parsed = texts.iter().map(|text| parse_at(text, now()).unwrap());
        let days = expand(&parsed.collect::<Vec<_>>());
        days.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn days_and_ranges_are_expanded_once_each() {
        assert_eq!(days(&["2026-11-01"]), ["2026-11-01"]);
        assert_eq!(
            days(&["2024-02-28..2024-03-01"]),
            ["2024-02-28", "2024-02-29", "2024-03-01"]
        );
        assert_eq!(
            days(&["2026-12-31..2027-01-01", "2026-11-02", "2027-01-01"]),
            ["2026-12-31", "2027-01-01", "2026-11-02"]
        );
        assert_eq!(days(&["yesterday"]), ["2026-11-07"]);
        assert_eq!(
            days(&["2026-11-06..yesterday"]),
            ["2026-11-06", "2026-11-07"]
        );
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "2026-11-31",
            "2026-02-29",
            "20261101",
            "2026-1-1",
            "2026-11-01..",
            "..2026-11-01",
            "2026-11-02..2026-11-01",
            "2026-11-01...2026-11-02",
            "2020-01-01..2026-11-01",
            "tomorrow",
            " 2026-11-01",
        ] {
            assert!(parse_at(text, now()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_bill_is_due_at_10_of_the_next_day() {
        let day = expand(&[parse_at("2026-11-07", now()).unwrap()])[0];
        let ten: Timestamp = "2026-11-08T10:00:00+08:00".parse().unwrap();
        assert!(day.is_due(ten.system_time()));
        assert!(!day.is_due(ten.system_time() - Duration::from_secs(1)));
    }
}
