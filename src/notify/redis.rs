//! A deduplication store in Redis, for several machines.

use std::fmt;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, RedisError};
use tokio::sync::OnceCell;

use super::dedup::{Claim, DedupStore, Delivery, Finished};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// WeChat Pay waits 5 s for a reply, so an unavailable store must be detected much earlier.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time limit for an answer. It may include connecting, and one reconnection.
const LONGEST: Duration = Duration::from_millis(1500);

const FINISHED: &str = "finished";

/// A store that several machines share in one Redis, with one expiring key per id.
///
/// The first notification opens the connection, and it is reopened when it breaks. While Redis is down or
/// takes longer than 1.5 s, notifications are answered with 503 and delivered again.
///
/// Set `maxmemory-policy noeviction`. Under any other policy a full Redis evicts ids and duplicates are
/// handled again; with it, the next notification is answered with 503.
///
/// `rediss://` needs a TLS feature of the `redis` crate, enabled in your own `Cargo.toml`.
///
/// ```
/// use wechatpay_chain::notify::{Notifications, RedisStore};
///
/// # fn example() -> wechatpay_chain::Result<()> {
/// let store = RedisStore::open("redis://127.0.0.1/")?.prefix("shop:wechatpay:");
/// let builder = Notifications::builder().dedup_store(store);
/// # let _ = builder; Ok(()) }
/// # example().unwrap();
/// ```
pub struct RedisStore {
    client: Client,
    connection: OnceCell<ConnectionManager>,
    prefix: String,
}

impl RedisStore {
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
            prefix: "wechatpay:seen:".to_owned(),
        })
    }

    /// Sets the prefix of the keys; `wechatpay:seen:` by default. Several merchants may share a prefix.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Builds a script call. `KEYS[1]` is the id's key, `ARGV[1]` the claim; the script defines the other arguments.
    fn script(&self, text: &str, id: &str, claim: &Claim) -> Cmd {
        let mut command = redis::cmd("EVAL");
        let key = format!("{}{id}", self.prefix);
        command.arg(text).arg(1).arg(key).arg(claim.as_str());
        command
    }

    async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let late = |_| RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
        let asked = tokio::time::timeout(LONGEST, self.ask(command));
        asked.await.map_err(late)?
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let connection = self.connection.get_or_try_init(|| self.connect());
        let mut connection = connection.await?.clone();
        command.query_async(&mut connection).await
    }

    async fn connect(&self) -> Result<ConnectionManager, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        ConnectionManager::new_with_config(self.client.clone(), config).await
    }
}

impl DedupStore for RedisStore {
    async fn claim(&self, id: &str, claim: &Claim, lease: Duration) -> Result<Delivery> {
        let mut command = self.script(CLAIM, id, claim);
        let found: Option<String> = self.run(command.arg(millis(lease))).await.map_err(down)?;
        Ok(match found.as_deref() {
            None => Delivery::New,
            Some(FINISHED) => Delivery::Duplicate,
            Some(_) => Delivery::InProgress,
        })
    }

    async fn finish(&self, id: &str, claim: &Claim, ttl: Duration) -> Result<Finished> {
        let mut command = self.script(FINISH, id, claim);
        let command = command.arg(millis(ttl)).arg(FINISHED);
        let remembered: bool = self.run(command).await.map_err(silent)?;
        Ok(if remembered {
            Finished::Recorded
        } else {
            Finished::LeaseLost
        })
    }

    async fn forget(&self, id: &str, claim: &Claim) -> Result<()> {
        let command = self.script(FORGET, id, claim);
        self.run(&command).await.map_err(silent)
    }
}

/// Redis runs a script atomically.
///
/// The key's value is the claim, or [`FINISHED`], which cannot be a claim: a claim has 32 characters.
const CLAIM: &str = "\
local found = redis.call('GET', KEYS[1])
if found and found ~= ARGV[1] then return found end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false";

const FINISH: &str = "\
local found = redis.call('GET', KEYS[1])
if found and found ~= ARGV[1] and found ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
return 1";

const FORGET: &str = "\
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0";

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}

fn down(err: RedisError) -> Error {
    Error::new(
        ErrorKind::Dedup,
        "Redis cannot tell whether this notification is a duplicate; it was not handled, and WeChat Pay \
         will send it again",
    )
    .with_maybe_sent(false)
    .with_source(err)
}

fn silent(err: RedisError) -> Error {
    Error::new(ErrorKind::Dedup, "Redis did not answer")
        .with_maybe_sent(false)
        .with_source(err)
}

/// Omits the URL: it may hold a password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.prefix)
            .field("connected", &self.connection.initialized())
            .finish_non_exhaustive()
    }
}
