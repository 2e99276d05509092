//! Counts calls in a Redis that several machines share.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::store::LimitStore;
use wechatpay_core::catalog::RateLimit;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The time limit for an answer, which every call waits for.
const PATIENCE: Duration = Duration::from_millis(500);
/// The pause after a failed request to Redis.
const PAUSE: Duration = Duration::from_secs(2);

/// Counts calls in Redis, by its clock, so that several machines share the limits of a merchant.
///
/// Each call makes one request; the counting script is atomic. Redis keeps the times of as many calls as a
/// limit allows, and they expire with the limit's period. While Redis is down, each process
/// counts its calls itself, and tries Redis again every 2 s.
///
/// ```
/// use wechatpay_chain::Client;
/// use wechatpay_chain::resilience::{RateLimits, RedisLimits};
///
/// # fn example() -> wechatpay_chain::Result<()> {
/// let store = RedisLimits::open("redis://127.0.0.1/")?.prefix("shop:wechatpay:rate:");
/// let builder = Client::builder().rate_limits(RateLimits::documented().store(store));
/// # let _ = builder; Ok(()) }
/// # example().unwrap();
/// ```
pub struct RedisLimits {
    client: Client,
    connection: OnceCell<ConnectionManager>,
    prefix: String,
    down_until: Mutex<Option<Instant>>,
}

impl RedisLimits {
    /// Opens a store at `redis://[user:password@]host[:port][/db]` or `unix:///path`; connects later.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the URL is malformed.
    pub fn open(url: impl AsRef<str>) -> Result<Self> {
        // The cause is left out: it may repeat the URL, which may hold a password.
        let client = Client::open(url.as_ref()).map_err(|_| {
            Error::new(
                ErrorKind::Builder,
                "the URL of Redis is malformed: write it as redis://host:port/db (rediss:// needs a \
                 TLS feature of the crate redis)",
            )
        })?;
        Ok(Self {
            client,
            connection: OnceCell::new(),
            prefix: "wechatpay:rate:".to_owned(),
            down_until: Mutex::new(None),
        })
    }

    /// Sets the prefix of the keys; `wechatpay:rate:` by default. Several merchants may share a prefix.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    async fn ask(&self, key: &str, limits: &[RateLimit]) -> Result<u64, RedisError> {
        let mut command = redis::cmd("EVAL");
        command.arg(TAKE).arg(limits.len());
        for at in 0..limits.len() {
            // The braces keep the keys of one call on the same node of a cluster.
            command.arg(format!("{}{{{key}}}:{at}", self.prefix));
        }
        for limit in limits {
            let micros = u64::try_from(limit.per.as_micros()).unwrap_or(u64::MAX);
            command.arg(limit.calls).arg(micros);
        }
        let connection = self.connection.get_or_try_init(|| self.connect());
        let mut connection = connection.await?.clone();
        command.query_async(&mut connection).await
    }

    async fn connect(&self) -> Result<ConnectionManager, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        ConnectionManager::new_with_config(self.client.clone(), config).await
    }

    fn down_until(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.down_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl LimitStore for RedisLimits {
    async fn take(&self, key: &str, limits: &[RateLimit]) -> Result<Duration> {
        if self
            .down_until()
            .is_some_and(|until| Instant::now() < until)
        {
            return Err(down());
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask(key, limits)).await;
        match asked {
            Ok(Ok(micros)) => Ok(Duration::from_micros(micros)),
            Ok(Err(_)) | Err(_) => {
                *self.down_until() = Some(Instant::now() + PAUSE);
                Err(down())
            }
        }
    }
}

/// Redis runs a script atomically. `KEYS` has a list for each limit, newest call first; `ARGV` has its number of calls
/// and its microseconds. `string.format` prevents exponents in large numbers.
const TAKE: &str = "\
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wait = 0
for i = 1, #KEYS do
  local calls, per = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local first = redis.call('LINDEX', KEYS[i], calls - 1)
  if first then
    local left = math.min(tonumber(first) + per - now, per)
    if left > wait then wait = left end
  end
end
if wait > 0 then return wait end
for i = 1, #KEYS do
  local calls, per = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  redis.call('LPUSH', KEYS[i], string.format('%.0f', now))
  redis.call('LTRIM', KEYS[i], 0, calls - 1)
  redis.call('PEXPIRE', KEYS[i], math.ceil(per / 1000))
end
return 0";

fn down() -> Error {
    Error::new(
        ErrorKind::Limit,
        "Redis does not answer, so this process counts for itself",
    )
}

/// Omits the URL: it may hold a password.
impl fmt::Debug for RedisLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisLimits")
            .field("prefix", &self.prefix)
            .field("connected", &self.connection.initialized())
            .finish_non_exhaustive()
    }
}
