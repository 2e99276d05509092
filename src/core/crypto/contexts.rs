//! OpenSSL contexts that are set up once and reused.
//!
//! Setting one up costs up to a sixth of a verification, and much more the first time.

use std::sync::Mutex;

use openssl::error::ErrorStack;
use openssl::pkey::PKeyRef;
use openssl::pkey_ctx::PkeyCtx;

/// Only a burst creates more contexts than this; they are not worth keeping.
const KEPT: usize = 16;

type SetUp<T> = fn(&PKeyRef<T>) -> Result<PkeyCtx<T>, ErrorStack>;

/// The idle contexts of one key for one operation.
///
/// The lock is held only to take or return a context, never while OpenSSL works.
pub(super) struct Contexts<T> {
    idle: Mutex<Vec<PkeyCtx<T>>>,
    set_up: SetUp<T>,
}

impl<T> Contexts<T> {
    pub(super) const fn new(set_up: SetUp<T>) -> Self {
        Self {
            idle: Mutex::new(Vec::new()),
            set_up,
        }
    }

    /// Runs one operation; a context whose operation failed is not reused.
    pub(super) fn run<R>(
        &self,
        key: &PKeyRef<T>,
        operation: impl FnOnce(&mut PkeyCtx<T>) -> Result<R, ErrorStack>,
    ) -> Result<R, ErrorStack> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut ctx = match idle {
            Some(ctx) => ctx,
            None => (self.set_up)(key)?,
        };
        let output = operation(&mut ctx)?;
        self.put(ctx);
        Ok(output)
    }

    fn put(&self, ctx: PkeyCtx<T>) {
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < KEPT
        {
            idle.push(ctx);
        }
    }
}

#[cfg(test)]
mod tests {
    use openssl::pkey::Private;

    use super::*;
    use crate::crypto::{fixtures, rsa};

    fn idle(contexts: &Contexts<Private>) -> usize {
        contexts.idle.lock().map_or(0, |idle| idle.len())
    }

    #[test]
    fn a_context_is_reused_unless_it_failed() {
        let key = fixtures::pkey();
        let contexts = Contexts::new(rsa::signing);
        contexts.run(key, |_| Ok(())).unwrap();
        contexts.run(key, |_| Ok(())).unwrap();
        assert_eq!(idle(&contexts), 1);
        let failed = contexts.run(key, |_| Err::<(), _>(ErrorStack::get()));
        assert!(failed.is_err());
        assert_eq!(idle(&contexts), 0);
    }

    #[test]
    fn a_burst_keeps_no_more_contexts_than_the_limit() {
        let key = fixtures::pkey();
        let contexts = Contexts::new(rsa::signing);
        let burst: Vec<_> = (0..KEPT + 4).map(|_| rsa::signing(key).unwrap()).collect();
        burst.into_iter().for_each(|ctx| contexts.put(ctx));
        assert_eq!(idle(&contexts), KEPT);
    }

    #[test]
    fn a_poisoned_list_counts_as_empty() {
        let key = fixtures::pkey();
        let contexts = Contexts::new(rsa::signing);
        std::thread::scope(|scope| {
            let poisoner = scope.spawn(|| {
                let _guard = contexts.idle.lock();
                panic!("on purpose");
            });
            assert!(poisoner.join().is_err());
        });
        assert!(contexts.idle.is_poisoned());
        assert!(contexts.run(key, |_| Ok(())).is_ok());
    }
}
