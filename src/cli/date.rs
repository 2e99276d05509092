//! Dates as people read them.

use std::time::{Duration, SystemTime};

use crate::i18n::{Lang, lang};

/// China has one time zone and no summer time.
const CHINA_OFFSET: u64 = 8 * 3600;

/// The first second of the year 10000, which dates of four digits cannot express.
const END: i64 = 253_402_300_800;

/// A time in Unix seconds: `Wed, 01 Jan 2025 00:00:00 GMT`, in Chinese `2025-01-01 08:00:00 +08:00`.
pub(crate) fn date(seconds: i64) -> String {
    in_language(seconds, lang())
}

fn in_language(seconds: i64, lang: Lang) -> String {
    let zone = if lang == Lang::Zh { CHINA_OFFSET } else { 0 };
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default() + zone);
    match SystemTime::UNIX_EPOCH.checked_add(since) {
        Some(time) if seconds < END - 24 * 3600 => {
            let text = httpdate::fmt_http_date(time);
            if lang == Lang::Zh {
                chinese(&text).unwrap_or(text)
            } else {
                text
            }
        }
        _ => format!("Unix time {seconds}"),
    }
}

/// `Wed, 01 Jan 2025 08:00:00 GMT`, which is the time in China, as China writes it.
fn chinese(http: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut parts = http.split(' ').skip(1);
    let (day, month, year, time) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    Some(format!("{year}-{month:02}-{day} {time} +08:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_dates_are_in_the_time_of_china() {
        let both = |seconds| {
            [
                in_language(seconds, Lang::En),
                in_language(seconds, Lang::Zh),
            ]
        };
        assert_eq!(
            both(1_735_660_800),
            [
                "Tue, 31 Dec 2024 16:00:00 GMT",
                "2025-01-01 00:00:00 +08:00"
            ]
        );
        assert_eq!(
            both(i64::MAX),
            [
                format!("Unix time {}", i64::MAX),
                format!("Unix time {}", i64::MAX)
            ]
        );
        assert_eq!(in_language(-1, Lang::Zh), "1970-01-01 08:00:00 +08:00");
    }
}
