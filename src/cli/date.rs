//! Dates as people read them.

use std::time::{Duration, SystemTime};

/// A time in Unix seconds for people.
pub(crate) fn date(seconds: i64) -> String {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    // Beyond the year 9999 there is no such date.
    match SystemTime::UNIX_EPOCH.checked_add(since) {
        Some(time) if seconds < 253_402_300_800 => httpdate::fmt_http_date(time),
        _ => format!("Unix time {seconds}"),
    }
}
