//! Ids in a Redis that several machines share.

use std::fmt;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, RedisError};
use tokio::sync::OnceCell;

use super::seen::{Delivery, SeenStore};
use crate::error::{Error, ErrorKind, Result};

/// WeChat Pay waits 5 s for a reply; a store that is down has to be noticed well before.
const PATIENCE: Duration = Duration::from_secs(1);

const CLAIMED: &str = "claimed";
const FINISHED: &str = "finished";

/// Ids in a Redis that several machines share, one key for each, gone after its time.
///
/// The connection is made by the first notification and made again when it breaks; while Redis
/// is down, notifications are answered with 503 and come again. Where ids may be evicted
/// (`maxmemory-policy`), repeated notifications may be handled as new ones.
///
/// `rediss://` needs a TLS feature of the `redis` crate, switched on in your own `Cargo.toml`.
///
/// ```
/// use wechatpay_chain::notify::{Notifications, RedisStore};
///
/// # fn example() -> wechatpay_chain::Result<()> {
/// let store = RedisStore::open("redis://127.0.0.1/")?.prefix("shop:wechatpay:");
/// let builder = Notifications::builder().seen(store);
/// # let _ = builder; Ok(()) }
/// # example().unwrap();
/// ```
pub struct RedisStore {
    client: Client,
    connection: OnceCell<ConnectionManager>,
    prefix: String,
}

impl RedisStore {
    /// A store at `redis://[user:password@]host[:port][/db]` or `unix:///path`; connects later.
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

    /// What the keys begin with; `wechatpay:seen:` by default. Different merchants may share one.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    fn key(&self, id: &str) -> String {
        format!("{}{id}", self.prefix)
    }

    async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T> {
        let connection = self.connection.get_or_try_init(|| self.connect());
        let mut connection = connection.await.map_err(down)?.clone();
        command.query_async(&mut connection).await.map_err(down)
    }

    async fn connect(&self) -> Result<ConnectionManager, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        ConnectionManager::new_with_config(self.client.clone(), config).await
    }
}

impl SeenStore for RedisStore {
    async fn claim(&self, id: &str, lease: Duration) -> Result<Delivery> {
        let key = self.key(id);
        let claim = set(&key, CLAIMED, lease).arg("NX").to_owned();
        if self.run::<Option<String>>(&claim).await?.is_some() {
            return Ok(Delivery::First);
        }
        let found: Option<String> = self.run(redis::cmd("GET").arg(&key)).await?;
        // A claim that ran out in between counts as under way: the next delivery is the first.
        Ok(match found.as_deref() {
            Some(FINISHED) => Delivery::Repeated,
            _ => Delivery::UnderWay,
        })
    }

    async fn keep(&self, id: &str, ttl: Duration) -> Result<()> {
        self.run(&set(&self.key(id), FINISHED, ttl)).await
    }

    async fn forget(&self, id: &str) -> Result<()> {
        let mut forget = redis::cmd("EVAL");
        forget.arg(FORGET).arg(1).arg(self.key(id)).arg(FINISHED);
        self.run(&forget).await
    }
}

/// What was handled meanwhile, by whoever took over, stays handled.
const FORGET: &str =
    "if redis.call('GET', KEYS[1]) ~= ARGV[1] then redis.call('DEL', KEYS[1]) end return 0";

fn set(key: &str, value: &str, ttl: Duration) -> Cmd {
    let millis = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
    let mut command = redis::cmd("SET");
    command.arg(key).arg(value).arg("PX").arg(millis);
    command
}

fn down(err: RedisError) -> Error {
    Error::new(
        ErrorKind::Seen,
        "Redis cannot be asked whether this notification came before; it was not handled and will \
         come again",
    )
    .with_maybe_sent(false)
    .with_source(err)
}

/// Without the URL: it may hold a password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.prefix)
            .field("connected", &self.connection.initialized())
            .finish_non_exhaustive()
    }
}
