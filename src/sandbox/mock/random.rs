//! Reproducible random values: they depend only on a seed, the request and the position of the field.

use wechatpay_core::crypto::digest::{hex_lower, sha256};

/// A seed derived from the sandbox's seed and a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed([u8; 32]);

/// The random values of one field.
#[derive(Debug)]
pub(super) struct SeededRandom {
    state: [u8; 32],
    used: usize,
}

const DIGITS: &[u8] = b"0123456789";
const LETTERS_AND_DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Seed {
    /// Derives a seed from a number and the parts of a request. Moving the border between two parts changes it.
    pub(super) fn new(seed: u64, parts: &[&[u8]]) -> Self {
        let mut all = seed.to_be_bytes().to_vec();
        for part in parts {
            all.extend((part.len() as u64).to_be_bytes());
            all.extend(*part);
        }
        Self(sha256(&all))
    }

    /// The random values of the field at a pointer.
    pub(super) fn at(&self, pointer: &str) -> SeededRandom {
        SeededRandom {
            state: sha256(&[&self.0, pointer.as_bytes()].concat()),
            used: 0,
        }
    }
}

impl SeededRandom {
    pub(super) fn digits(&mut self, count: usize) -> String {
        self.of(DIGITS, count)
    }

    pub(super) fn hex(&mut self, count: usize) -> String {
        let bytes: Vec<u8> = (0..count.div_ceil(2)).map(|_| self.byte()).collect();
        hex_lower(&bytes).chars().take(count).collect()
    }

    pub(super) fn letters(&mut self, count: usize) -> String {
        self.of(LETTERS_AND_DIGITS, count)
    }

    /// A value from 0 to below `end`, which is not zero.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let bytes = [self.byte(), self.byte(), self.byte(), self.byte()];
        u32::from_be_bytes(bytes) % end
    }

    fn of(&mut self, alphabet: &[u8], count: usize) -> String {
        let one = |random: &mut Self| alphabet[usize::from(random.byte()) % alphabet.len()];
        (0..count).map(|_| char::from(one(self))).collect()
    }

    fn byte(&mut self) -> u8 {
        if self.used == self.state.len() {
            self.state = sha256(&self.state);
            self.used = 0;
        }
        self.used += 1;
        self.state[self.used - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_values() {
        let seed = Seed::new(1, &[b"a", b"b"]);
        let digits = seed.at("/a").digits(50);
        assert_eq!(seed.at("/a").digits(50), digits);
        assert!(digits.len() == 50 && digits.bytes().all(|digit| digit.is_ascii_digit()));
        for other in [
            Seed::new(2, &[b"a", b"b"]),
            Seed::new(1, &[b"ab", b""]),
            Seed::new(1, &[b"", b"ab"]),
        ] {
            assert_ne!(other.at("/a").digits(50), digits);
        }
        assert_ne!(seed.at("/b").digits(50), digits);
        assert_eq!(seed.at("/a").hex(33).len(), 33);
        assert_eq!(seed.at("/a").letters(70).len(), 70);
    }
}
