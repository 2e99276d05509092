//! Transports and a clock for tests of code that makes calls.
//!
//! For a gateway that checks signatures as WeChat Pay does, see the crate `wechatpay-sandbox`.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Request, Response};

use crate::dry_run::SignedRequest;
use crate::message::Body;
use crate::transport::{BoxFuture, Transport};
use wechatpay_core::clock::Clock;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A clock with a fixed time and nonce, so that signatures are reproducible.
///
/// ```
/// use wechatpay_chain::testing::FixedClock;
/// let builder = wechatpay_chain::Client::builder()
///     .clock(FixedClock::new(1_700_000_000, "0123456789abcdefABCDEF0123456789"));
/// # let _ = builder;
/// ```
#[derive(Debug, Clone)]
pub struct FixedClock {
    now: i64,
    nonce: String,
}

impl FixedClock {
    /// Creates a clock; `now` is in Unix seconds.
    pub fn new(now: i64, nonce: impl Into<String>) -> Self {
        Self {
            now,
            nonce: nonce.into(),
        }
    }
}

impl Clock for FixedClock {
    fn now(&self) -> i64 {
        self.now
    }

    fn nonce(&self) -> Result<String> {
        Ok(self.nonce.clone())
    }
}

/// A transport that returns prepared answers in order and records the requests.
///
/// When the answers are used up, it fails like a missing connection. Answers are verified as
/// usual: sign them, or remove `verifier` from the stack.
///
/// ```
/// use wechatpay_chain::testing::Replay;
/// use wechatpay_chain::{Client, PrivateKey, Result, middleware};
///
/// fn client(key: PrivateKey, replay: &Replay) -> Result<Client> {
///     Client::builder()
///         .mchid("1900000109")
///         .serial("5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
///         .private_key(key)
///         .keyring(Default::default())
///         .transport(replay.clone())
///         .stack(|stack| stack.remove(middleware::VERIFIER).map(drop))
///         .build()
/// }
///
/// let replay = Replay::new([http::Response::new("{\"code_url\":\"weixin://\"}".into())]);
/// assert!(replay.requests().is_empty());
/// # let _ = client;
/// ```
#[derive(Clone, Default)]
pub struct Replay {
    state: Arc<Mutex<ReplayState>>,
}

#[derive(Default)]
struct ReplayState {
    answers: VecDeque<Response<Body>>,
    requests: Vec<SignedRequest>,
}

impl Replay {
    /// Creates a transport with these answers.
    pub fn new(answers: impl IntoIterator<Item = Response<Body>>) -> Self {
        let replay = Self::default();
        replay.with(|state| state.answers.extend(answers));
        replay
    }

    /// Returns the requests so far, as they would have been sent.
    #[must_use]
    pub fn requests(&self) -> Vec<SignedRequest> {
        self.with(|state| state.requests.clone())
    }

    fn with<T>(&self, access: impl FnOnce(&mut ReplayState) -> T) -> T {
        access(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Transport for Replay {
    fn send(&self, request: Request<Body>) -> BoxFuture<'static, Result<Response<Body>>> {
        let this = self.clone();
        Box::pin(async move {
            let request = SignedRequest::read(request).await?;
            this.with(|state| {
                state.requests.push(request);
                state.answers.pop_front()
            })
            .ok_or_else(|| Error::new(ErrorKind::Connect, "the prepared answers are used up"))
        })
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|state| {
            f.debug_struct("Replay")
                .field("answers_left", &state.answers.len())
                .field("requests", &state.requests.len())
                .finish()
        })
    }
}

/// A transport that never answers, for tests of timeouts.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Never;

impl Never {
    /// Creates a transport that never responds.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Transport for Never {
    fn send(&self, _: Request<Body>) -> BoxFuture<'static, Result<Response<Body>>> {
        Box::pin(std::future::pending())
    }
}
