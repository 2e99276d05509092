//! The documented rate limits of operations.
//!
//! Calls are counted per merchant or service provider, as WeChat Pay does. Windows are aligned to the clock, and a day begins at midnight in Beijing. The
//! documentation says neither where a window begins nor which requests count; the sandbox counts every
//! request with a valid signature.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use http::Method;
#[cfg(feature = "state")]
use serde::{Deserialize, Serialize};

#[cfg(feature = "state")]
use crate::journal::static_text;
use crate::refusal::{Refusal, business};
use crate::schema::{self, RateLimit};
use wechatpay_core::catalog::Operation;

const BEIJING: i64 = 8 * 3600;

/// Whether rate limits are enforced, and how often each operation was called in its current windows.
#[derive(Default)]
pub(crate) struct RateLimits {
    enforced: AtomicBool,
    /// One window for each limit of an operation that a merchant called.
    windows: Mutex<HashMap<Key, Window>>,
}

type Key = (String, Method, &'static str, usize);

/// The calls in one window of time.
#[derive(Clone, Copy, Default)]
struct Window {
    number: i64,
    calls: u32,
}

/// The calls of a merchant in one window, for a checkpoint.
#[cfg(feature = "state")]
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedWindow {
    mchid: String,
    method: String,
    path: String,
    index: usize,
    number: i64,
    calls: u32,
}

impl RateLimits {
    /// The calls in the current windows, for a checkpoint.
    #[cfg(feature = "state")]
    pub(crate) fn saved(&self) -> Vec<SavedWindow> {
        let windows = self.windows();
        let saved = windows
            .iter()
            .map(|((mchid, method, path, index), window)| SavedWindow {
                mchid: mchid.clone(),
                method: method.to_string(),
                path: (*path).to_owned(),
                index: *index,
                number: window.number,
                calls: window.calls,
            });
        saved.collect()
    }

    #[cfg(feature = "state")]
    pub(crate) fn restore(&self, enforced: bool, saved: Vec<SavedWindow>) {
        self.enforce(enforced);
        let windows = saved.into_iter().filter_map(|saved| {
            let method = saved.method.parse().ok()?;
            let key = (saved.mchid, method, static_text(&saved.path), saved.index);
            let (number, calls) = (saved.number, saved.calls);
            Some((key, Window { number, calls }))
        });
        self.windows().extend(windows);
    }

    pub(crate) fn new(enforced: bool) -> Self {
        let limits = Self::default();
        limits.enforce(enforced);
        limits
    }

    /// Switches enforcement on or off and resets all counts.
    pub(crate) fn enforce(&self, enforced: bool) {
        self.windows().clear();
        self.enforced.store(enforced, Ordering::Relaxed);
    }

    pub(crate) fn is_enforced(&self) -> bool {
        self.enforced.load(Ordering::Relaxed)
    }

    /// Counts a call of a merchant; refuses it when a limit is reached.
    pub(crate) fn count(
        &self,
        mchid: &str,
        operation: &'static Operation,
        now: i64,
    ) -> Result<(), Refusal> {
        if !self.is_enforced() {
            return Ok(());
        }
        let Some(schema) = schema::of(operation) else {
            return Ok(());
        };
        let mut windows = self.windows();
        let limits = schema.limits().iter().enumerate();
        let counts: Vec<_> = limits
            .filter_map(|(index, limit)| {
                let mchid = mchid.to_owned();
                let window = (mchid, operation.method(), operation.path(), index);
                Some((window, number(limit.per, now)?, limit))
            })
            .collect();
        // Check every limit first: a refused call does not count for any limit.
        for (key, number, limit) in &counts {
            let window = windows.entry(key.clone()).or_default();
            if window.number != *number {
                *window = Window {
                    number: *number,
                    calls: 0,
                };
            }
            if window.calls >= limit.count {
                return Err(refusal(operation, limit));
            }
        }
        for (key, ..) in &counts {
            windows.entry(key.clone()).or_default().calls += 1;
        }
        Ok(())
    }

    fn windows(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of the window that contains `now`; `None` when `per` is not a known unit.
fn number(per: &str, now: i64) -> Option<i64> {
    match per {
        "second" => Some(now),
        "minute" => Some(now.div_euclid(60)),
        "day" => Some(now.saturating_add(BEIJING).div_euclid(86_400)),
        _ => None,
    }
}

fn refusal(operation: &Operation, limit: &RateLimit) -> Refusal {
    let why = (why(operation, limit), why_zh(operation, limit));
    business::FREQUENCY_LIMITED.because(why)
}

fn why(operation: &Operation, limit: &RateLimit) -> String {
    let RateLimit { count, per, .. } = limit;
    let whose = limit.scope.map(|scope| format!(" for each {scope}"));
    let source = if limit.official {
        "WeChat Pay's documentation"
    } else {
        "the catalog, though not WeChat Pay's own page"
    };
    format!(
        "{} {} allows {count} calls a {per}{} according to {source}, and this call exceeds the limit",
        operation.method(),
        operation.path(),
        whose.unwrap_or_default(),
    )
}

fn why_zh(operation: &Operation, limit: &RateLimit) -> String {
    let per = match limit.per {
        "second" => "每秒",
        "minute" => "每分钟",
        _ => "每天",
    };
    let whose = match limit.scope {
        Some("merchant") => "单个商户",
        Some("service-provider") => "单个服务商",
        _ => "",
    };
    let source = if limit.official {
        "微信支付文档"
    } else {
        "接口目录（微信支付该接口的文档中未写明）"
    };
    format!(
        "根据{source}，{} {} {whose}{per}最多调用 {} 次，本次已超出",
        operation.method(),
        operation.path(),
        limit.count,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_unit_of_time_is_known() {
        let all = schema::all().flat_map(|schema| schema.limits().to_vec());
        let known: Vec<_> = all.map(|limit| number(limit.per, 0).is_some()).collect();
        assert!(known.len() > 80 && known.iter().all(|known| *known));
    }

    #[test]
    fn a_limit_refuses_further_calls_until_its_window_ends() {
        let limits = RateLimits::new(true);
        let now = 1_700_000_000;
        for schema in schema::all().filter(|schema| schema.limits().len() == 1) {
            let (operation, limit) = (schema.operation(), schema.limits()[0]);
            let seconds = match limit.per {
                "second" => 1,
                "minute" => 60,
                _ => 86_400,
            };
            assert!((0..limit.count).all(|_| limits.count("1900000109", operation, now).is_ok()));
            let refused = limits.count("1900000109", operation, now).unwrap_err();
            assert_eq!(
                (refused.status.as_u16(), refused.code),
                (429, "FREQUENCY_LIMITED")
            );
            assert!(
                refused.why.en.contains(&format!("{} calls a", limit.count)),
                "{:?}",
                refused.why
            );
            assert!(
                limits.count("1900000109", operation, now + seconds).is_ok(),
                "{operation:?}"
            );
        }
    }

    #[test]
    fn a_refused_call_does_not_count_for_any_limit() {
        let limits = RateLimits::new(true);
        let mut of_two = 0;
        for schema in schema::all().filter(|schema| schema.limits().len() > 1) {
            let operation = schema.operation();
            let counts = schema.limits().iter().map(|limit| limit.count);
            let (least, most) = (counts.clone().min().unwrap(), counts.max().unwrap());
            let now = 1_700_000_000;
            for _ in 0..least {
                limits.count("1900000109", operation, now).unwrap();
            }
            for _ in 0..most {
                limits.count("1900000109", operation, now).unwrap_err();
            }
            let windows = limits.windows();
            let counted = windows
                .iter()
                .filter(|((_, _, path, _), _)| *path == operation.path());
            assert!(
                counted.clone().all(|(_, window)| window.calls == least),
                "{operation:?}"
            );
            of_two += counted.count();
        }
        assert!(of_two >= 2);
    }

    #[test]
    fn days_begin_at_midnight_in_beijing() {
        // 2023-11-15 00:00 there.
        let midnight = 1_699_977_600;
        assert_ne!(number("day", midnight - 1), number("day", midnight));
        assert_eq!(number("day", midnight), number("day", midnight + 86_399));
        assert_eq!(number("day", i64::MAX).map(|_| ()), Some(()));
        assert_eq!(number("fortnight", 0), None);
    }
}
