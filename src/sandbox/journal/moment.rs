//! The time and the nonces of the input that a thread executes.

use std::cell::RefCell;

use wechatpay_core::crypto::digest::{hex_upper, sha256};

/// The time at which an input is executed, and the seed of its nonces. Executing it again with both has the same effects.
pub(crate) struct Moment {
    time_ms: i64,
    seed: String,
    nonces: u64,
}

thread_local! {
    static CURRENT: RefCell<Option<Moment>> = const { RefCell::new(None) };
}

impl Moment {
    #[cfg(feature = "state")]
    pub(crate) fn new(time_ms: i64, seed: &str) -> Self {
        Self {
            time_ms,
            seed: seed.to_owned(),
            nonces: 0,
        }
    }

    /// Executes `work` at this moment.
    #[cfg(feature = "state")]
    pub(crate) fn run<T>(self, work: impl FnOnce() -> T) -> T {
        let _leave = Leave(CURRENT.replace(Some(self)));
        work()
    }
}

/// The time of the input that this thread executes, if it executes one, in milliseconds since the Unix epoch.
pub(crate) fn time_ms() -> Option<i64> {
    CURRENT.with_borrow(|current| current.as_ref().map(|moment| moment.time_ms))
}

/// The next nonce of the input that this thread executes: 32 hexadecimal digits.
pub(crate) fn next_nonce() -> Option<String> {
    CURRENT.with_borrow_mut(|current| {
        let moment = current.as_mut()?;
        moment.nonces += 1;
        let digest = sha256(format!("{} {}", moment.seed, moment.nonces).as_bytes());
        Some(hex_upper(&digest[..16]))
    })
}

/// Restores the earlier moment, also after a panic.
#[cfg(feature = "state")]
struct Leave(Option<Moment>);

#[cfg(feature = "state")]
impl Drop for Leave {
    fn drop(&mut self) {
        CURRENT.replace(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_depend_on_the_seed_and_their_number() {
        let nonces = |seed| Moment::new(5, seed).run(|| [next_nonce(), next_nonce()]);
        let [first, second] = nonces("a");
        assert_eq!([first.clone(), second.clone()], nonces("a"));
        assert_ne!(first, second);
        assert_ne!(first, nonces("b")[0]);
        assert_eq!(next_nonce(), None);
    }

    #[test]
    fn a_panic_ends_the_moment() {
        let panics = || Moment::new(5, "a").run(|| panic!("expected"));
        std::panic::catch_unwind(panics).unwrap_err();
        assert_eq!(time_ms(), None);
    }
}
