//! Generates unique numbers in the formats of WeChat Pay.
//!
//! They depend on the seed, on the count of earlier numbers, and on the day of the gateway's clock. The same
//! requests on the same day get the same numbers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::date::Local;
use wechatpay_core::crypto::digest::{hex_upper, sha256};

/// Counts the numbers, so that none is used twice.
#[derive(Clone, Default)]
pub(crate) struct IdGenerator {
    seed: u64,
    /// How many things have numbers; merchants that share it never have the same number.
    shared: Arc<AtomicU64>,
    /// The count of the newest number.
    count: u64,
}

impl IdGenerator {
    pub(crate) fn new(seed: u64, shared: Arc<AtomicU64>) -> Self {
        Self {
            seed,
            shared,
            count: 0,
        }
    }

    /// 28 digits, as payments have: `4200001234201805110123456789`.
    pub(crate) fn transaction(&mut self, now: i64) -> String {
        self.digits("420000", 4, now)
    }

    /// 29 digits, as refunds have: `50300001232018051101234567890`.
    pub(crate) fn refund(&mut self, now: i64) -> String {
        self.digits("503000", 5, now)
    }

    /// 28 digits, as profit sharing has: `3008000123201805110123456789`.
    pub(crate) fn sharing(&mut self, now: i64) -> String {
        self.digits("300800", 4, now)
    }

    /// 30 digits, as transfers have: `133000001232018051101234567890`.
    pub(crate) fn transfer(&mut self, now: i64) -> String {
        self.digits("1330000", 5, now)
    }

    /// 40 digits, as batches of transfers and their details have:
    /// `1030000071100999991182020050700019480001`.
    pub(crate) fn batch(&mut self, now: i64) -> String {
        self.digits("1030000", 15, now)
    }

    /// 24 digits, as contracts have: `202201820180511012345678`.
    pub(crate) fn contract(&mut self, now: i64) -> String {
        self.digits("2022", 2, now)
    }

    /// 27 digits, as complaints have: `200201820200101080076610000`.
    pub(crate) fn complaint(&mut self, now: i64) -> String {
        self.digits("2002018", 2, now)
    }

    /// `wx`, the time, and 20 digits and letters.
    pub(crate) fn prepay(&mut self, now: i64) -> String {
        let noise = hex_upper(&self.noise()[..10]).to_ascii_lowercase();
        format!("wx{}{noise}", Local::of(now).compact())
    }

    /// The 9 letters and digits of a code or link.
    pub(crate) fn code(&mut self) -> String {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let noise = self.noise();
        let letters = noise.iter().take(9);
        letters
            .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
            .collect()
    }

    /// The prefix, some pseudo-random digits, the day, and the count.
    fn digits(&mut self, prefix: &str, noisy: usize, now: i64) -> String {
        let noise = self.noise();
        let noise: String = noise[..noisy]
            .iter()
            .map(|byte| char::from(b'0' + byte % 10))
            .collect();
        let (day, count) = (Local::of(now).day(), self.count % 10_000_000_000);
        format!("{prefix}{noise}{day}{count:010}")
    }

    fn noise(&mut self) -> [u8; 32] {
        self.count = self.shared.fetch_add(1, Ordering::Relaxed) + 1;
        sha256(&[self.seed.to_be_bytes(), self.count.to_be_bytes()].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_format_and_are_unique() {
        let mut numbers = IdGenerator::default();
        let (a, b) = (numbers.transaction(0), numbers.transaction(0));
        assert_ne!(a, b);
        for (number, length) in [
            (a, 28),
            (numbers.refund(0), 29),
            (numbers.sharing(0), 28),
            (numbers.transfer(0), 30),
            (numbers.complaint(0), 27),
            (numbers.batch(0), 40),
        ] {
            assert_eq!(number.len(), length, "{number}");
            assert!(number.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
        }
        let prepay = numbers.prepay(0);
        assert!(
            prepay.starts_with("wx19700101080000") && prepay.len() == 36,
            "{prepay}"
        );
        assert_ne!(numbers.code(), numbers.code());
    }

    #[test]
    fn merchants_that_share_a_count_never_have_the_same_number() {
        let shared = Arc::new(AtomicU64::new(0));
        let mut merchants = [0, 0].map(|seed| IdGenerator::new(seed, Arc::clone(&shared)));
        let numbers: std::collections::BTreeSet<_> = (0..10)
            .map(|index: usize| merchants[index % 2].transaction(0))
            .collect();
        assert_eq!(numbers.len(), 10);
    }

    #[test]
    fn ids_depend_on_seed_and_count_but_not_on_the_time_of_day() {
        let first = |seed, now| IdGenerator::new(seed, Arc::default()).transaction(now);
        assert_eq!(first(1, 0), first(1, 3600));
        assert_ne!(first(1, 0), first(2, 0));
        assert_ne!(first(1, 0), first(1, 86_400), "the day is in it");
    }
}
