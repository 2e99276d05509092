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
/// Each call makes one request, in which an atomic script reserves the call's time. Redis keeps the times of as many
/// calls as the largest limit allows, for the longest period. A clock of Redis that is set back makes no
/// call wait. While Redis is down, each process counts its calls itself, and tries Redis again every 2 s.
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

    async fn ask(
        &self,
        key: &str,
        limits: &[RateLimit],
        at_most: Duration,
    ) -> Result<u64, RedisError> {
        let mut command = redis::cmd("EVAL");
        command.arg(RESERVE).arg(1);
        command.arg(format!("{}{key}:calls", self.prefix));
        command.arg(micros(at_most));
        for limit in limits {
            command.arg(limit.calls).arg(micros(limit.per));
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
    async fn reserve(
        &self,
        key: &str,
        limits: &[RateLimit],
        at_most: Duration,
    ) -> Result<Duration> {
        if self
            .down_until()
            .is_some_and(|until| Instant::now() < until)
        {
            return Err(down());
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask(key, limits, at_most)).await;
        match asked {
            Ok(Ok(micros)) => Ok(Duration::from_micros(micros)),
            Ok(Err(_)) | Err(_) => {
                *self.down_until() = Some(Instant::now() + PAUSE);
                Err(down())
            }
        }
    }
}

/// The whole microseconds of a time, at most 71 years: Lua's numbers and their sums stay exact.
fn micros(time: Duration) -> u64 {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    micros.min(1 << 51)
}

/// Redis runs a script atomically. `KEYS[1]` is a list of the last calls, newest first. Each element has three numbers: the
/// reserved time, the time of its question, and how far the clock had been set back in all by then. `ARGV` has the longest
/// wait, then for each limit its number of calls and its period, in microseconds.
///
/// The times are on a clock that is never set back. `string.format` prevents exponents in large numbers.
const RESERVE: &str = "\
local list, at_most = KEYS[1], tonumber(ARGV[1])
local time = redis.call('TIME')
local now, back, slot = time[1] * 1000000 + time[2], 0, 0
local function entry(at) return string.format('%.0f %.0f %.0f', at, now, back) end
local newest = redis.call('LINDEX', list, 0)
if newest then
  local last, asked, was = string.match(newest, '(%d+) (%d+) (%d+)')
  back, slot = tonumber(was), tonumber(last)
  now = now + back
  if now < tonumber(asked) then
    now, back = tonumber(asked), back + asked - now
    redis.call('LSET', list, 0, entry(slot))
  end
end
slot = math.max(slot, now)
local most, longest = 0, 0
for i = 2, #ARGV, 2 do
  local calls, per = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  most, longest = math.max(most, calls), math.max(longest, per)
  local first = redis.call('LINDEX', list, calls - 1)
  if first then slot = math.max(slot, string.match(first, '%d+') + per) end
end
local wait = slot - now
if wait <= at_most then
  redis.call('LPUSH', list, entry(slot))
  redis.call('LTRIM', list, 0, most - 1)
  while redis.call('LLEN', list) > 1 do
    local oldest = string.match(redis.call('LINDEX', list, -1), '%d+')
    if oldest + longest > slot then break end
    redis.call('RPOP', list)
  end
  redis.call('PEXPIRE', list, string.format('%.0f', math.ceil((wait + longest) / 1000)))
end
return wait";

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
