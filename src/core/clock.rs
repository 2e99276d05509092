//! Time and nonces, injectable so that a signature can be reproduced.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, ErrorKind, Result};

/// A source of times and nonces.
///
/// The default, [`SystemClock`], suits every program. A test uses another clock to make
/// signatures repeatable.
///
/// ```
/// use wechatpay_chain::{Clock, Result};
///
/// #[derive(Debug)]
/// struct Fixed;
/// impl Clock for Fixed {
///     fn now(&self) -> i64 {
///         1_700_000_000
///     }
///     fn nonce(&self) -> Result<String> {
///         Ok("0123456789abcdefABCDEF0123456789".into())
///     }
/// }
/// ```
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns seconds since the Unix epoch.
    fn now(&self) -> i64;

    /// Returns milliseconds since the Unix epoch, for exact records; by default whole seconds.
    fn now_ms(&self) -> i64 {
        self.now().saturating_mul(1000)
    }

    /// Returns a fresh, unpredictable nonce: 32 characters of `[0-9A-Za-z]`.
    ///
    /// # Errors
    ///
    /// When the system provides no randomness.
    fn nonce(&self) -> Result<String>;
}

/// The machine's clock and OpenSSL's random generator.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl SystemClock {
    /// Creates the system's clock.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            Err(_) => 0,
        }
    }

    fn now_ms(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(_) => 0,
        }
    }

    fn nonce(&self) -> Result<String> {
        nonce()
    }
}

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const NONCE_LEN: usize = 32;

/// The character for each random byte; 0 for a byte that is drawn again: bytes of 248 and more would favour
/// the first characters.
const CHARACTERS: [u8; 256] = {
    let mut characters = [0; 256];
    let mut byte = 0;
    while byte < 248 {
        characters[byte] = ALPHABET[byte % 62];
        byte += 1;
    }
    characters
};

fn nonce() -> Result<String> {
    let mut text = [0; NONCE_LEN];
    let mut drawn = 0;
    let mut random = [0; NONCE_LEN + 8];
    while drawn < NONCE_LEN {
        openssl::rand::rand_bytes(&mut random).map_err(|err| {
            Error::new(
                ErrorKind::Request,
                "the operating system provides no random bytes",
            )
            .with_source(err)
        })?;
        for byte in random {
            let character = CHARACTERS[usize::from(byte)];
            if let Some(place) = text.get_mut(drawn).filter(|_| character != 0) {
                *place = character;
                drawn += 1;
            }
        }
    }
    // The characters are ASCII, so this cannot fail.
    Ok(String::from_utf8(text.to_vec()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_are_32_alphanumerics_and_differ() {
        let (a, b) = (nonce().unwrap(), nonce().unwrap());
        assert_eq!(a.len(), 32);
        assert!(a.bytes().all(|c| c.is_ascii_alphanumeric()));
        assert_ne!(a, b);
    }
}
