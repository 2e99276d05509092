//! A deduplication store in a table of PostgreSQL or SQLite.

use std::fmt;
use std::time::Duration;

use sqlx::Row;

use super::dedup::{Claim, DedupStore, Delivery, Finished};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A store in a database table, which several machines can share.
///
/// Claims and ids expire by the database's clock. Claiming and finishing take one statement each. While
/// the database is down, notifications are answered with 503 and delivered again. Give the pool an `acquire_timeout`
/// below 2 s: WeChat Pay waits 5 s for a reply.
///
/// Call [`create_table`](Self::create_table) once, or create [`TABLE`](Self::TABLE) in a migration. Call
/// [`purge`](Self::purge) from time to time, since expired ids are ignored but not deleted.
///
/// ```no_run
/// use wechatpay_chain::notify::{Notifications, SqlStore};
///
/// # #[cfg(feature = "postgres")]
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = sqlx::PgPool::connect("postgres://shop@localhost/shop").await?;
/// let store = SqlStore::postgres(pool);
/// store.create_table().await?;
/// let builder = Notifications::builder().dedup_store(store);
/// # let _ = builder; Ok(()) }
/// ```
#[derive(Clone)]
pub struct SqlStore {
    pool: Pool,
}

#[derive(Clone)]
enum Pool {
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::SqlitePool),
}

impl SqlStore {
    /// The table, for a migration. `claim` is null if the id is finished; `expires_at` is in Unix milliseconds.
    pub const TABLE: &str = "\
CREATE TABLE IF NOT EXISTS wechatpay_notifications (
    id TEXT NOT NULL PRIMARY KEY,
    claim TEXT,
    expires_at BIGINT NOT NULL
)";

    /// Creates a store in PostgreSQL.
    #[cfg(feature = "postgres")]
    #[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
    #[must_use]
    pub fn postgres(pool: sqlx::PgPool) -> Self {
        Self {
            pool: Pool::Postgres(pool),
        }
    }

    /// Creates a store in an SQLite file, for the processes of one machine.
    #[cfg(feature = "sqlite")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
    #[must_use]
    pub fn sqlite(pool: sqlx::SqlitePool) -> Self {
        Self {
            pool: Pool::Sqlite(pool),
        }
    }

    /// Creates the table if it does not exist.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`].
    pub async fn create_table(&self) -> Result<()> {
        self.execute(Self::TABLE, &[])
            .await
            .map(drop)
            .map_err(failed)
    }

    /// Deletes the expired ids; returns how many.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`].
    pub async fn purge(&self) -> Result<u64> {
        self.execute(&self.statement(PURGE), &[])
            .await
            .map_err(failed)
    }

    /// Inserts the expression of the database's clock into a statement.
    fn statement(&self, text: &str) -> String {
        text.replace("{now}", self.now())
    }

    /// The expression for the database's time in Unix milliseconds.
    fn now(&self) -> &'static str {
        match &self.pool {
            #[cfg(feature = "postgres")]
            Pool::Postgres(_) => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
            #[cfg(feature = "sqlite")]
            Pool::Sqlite(_) => "CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)",
        }
    }

    /// Returns the text and the number of the first row, if any. `$1`, `$2` … are the texts.
    async fn ask(
        &self,
        text: &str,
        values: &[Value<'_>],
    ) -> Result<Option<Option<String>>, sqlx::Error> {
        let statement = self.statement(text);
        match &self.pool {
            #[cfg(feature = "postgres")]
            Pool::Postgres(pool) => {
                let mut query = sqlx::query(&statement);
                for value in values {
                    query = match value {
                        Value::Text(text) => query.bind(*text),
                        Value::Number(number) => query.bind(*number),
                    };
                }
                let row = query.fetch_optional(pool).await?;
                row.map(|row| row.try_get(0)).transpose()
            }
            #[cfg(feature = "sqlite")]
            Pool::Sqlite(pool) => {
                let mut query = sqlx::query(&statement);
                for value in values {
                    query = match value {
                        Value::Text(text) => query.bind(*text),
                        Value::Number(number) => query.bind(*number),
                    };
                }
                let row = query.fetch_optional(pool).await?;
                row.map(|row| row.try_get(0)).transpose()
            }
        }
    }

    /// Executes a statement; returns the number of changed rows.
    async fn execute(&self, statement: &str, texts: &[&str]) -> Result<u64, sqlx::Error> {
        match &self.pool {
            #[cfg(feature = "postgres")]
            Pool::Postgres(pool) => {
                let query = texts
                    .iter()
                    .fold(sqlx::query(statement), |query, text| query.bind(*text));
                query.execute(pool).await.map(|done| done.rows_affected())
            }
            #[cfg(feature = "sqlite")]
            Pool::Sqlite(pool) => {
                let query = texts
                    .iter()
                    .fold(sqlx::query(statement), |query, text| query.bind(*text));
                query.execute(pool).await.map(|done| done.rows_affected())
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Value<'a> {
    Text(&'a str),
    Number(i64),
}

/// Writes the claim if the id has no valid claim or this one.
const CLAIM: &str = "\
INSERT INTO wechatpay_notifications (id, claim, expires_at) VALUES ($1, $2, {now} + $3)
ON CONFLICT (id) DO UPDATE SET claim = excluded.claim, expires_at = excluded.expires_at
WHERE wechatpay_notifications.expires_at <= {now} OR wechatpay_notifications.claim = excluded.claim
RETURNING claim";

const FOUND: &str =
    "SELECT claim FROM wechatpay_notifications WHERE id = $1 AND expires_at > {now}";

/// Finishes the id if there is no other valid claim.
const FINISH: &str = "\
INSERT INTO wechatpay_notifications (id, claim, expires_at) VALUES ($1, NULL, {now} + $3)
ON CONFLICT (id) DO UPDATE SET claim = NULL, expires_at = excluded.expires_at
WHERE wechatpay_notifications.claim IS NULL OR wechatpay_notifications.claim = $2
   OR wechatpay_notifications.expires_at <= {now}
RETURNING claim";

const FORGET: &str = "DELETE FROM wechatpay_notifications WHERE id = $1 AND claim = $2";

const PURGE: &str = "DELETE FROM wechatpay_notifications WHERE expires_at <= {now}";

impl DedupStore for SqlStore {
    async fn claim(&self, id: &str, claim: &Claim, lease: Duration) -> Result<Delivery> {
        let values = [
            Value::Text(id),
            Value::Text(claim.as_str()),
            Value::Number(millis(lease)),
        ];
        // The row may expire or be deleted between the two statements.
        for _ in 0..3 {
            if self.ask(CLAIM, &values).await.map_err(down)?.is_some() {
                return Ok(Delivery::New);
            }
            match self.ask(FOUND, &values[..1]).await.map_err(down)? {
                Some(None) => return Ok(Delivery::Duplicate),
                Some(Some(_)) => return Ok(Delivery::InProgress),
                None => {}
            }
        }
        Ok(Delivery::InProgress)
    }

    async fn finish(&self, id: &str, claim: &Claim, ttl: Duration) -> Result<Finished> {
        let values = [
            Value::Text(id),
            Value::Text(claim.as_str()),
            Value::Number(millis(ttl)),
        ];
        match self.ask(FINISH, &values).await.map_err(failed)? {
            Some(_) => Ok(Finished::Recorded),
            None => Ok(Finished::LeaseLost),
        }
    }

    async fn forget(&self, id: &str, claim: &Claim) -> Result<()> {
        let done = self.execute(FORGET, &[id, claim.as_str()]).await;
        done.map(drop).map_err(failed)
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis())
        .unwrap_or(i64::MAX / 2)
        .max(1)
}

fn down(err: sqlx::Error) -> Error {
    Error::new(
        ErrorKind::Dedup,
        "the database cannot tell whether this notification is a duplicate; it was not handled, and \
         WeChat Pay will send it again",
    )
    .with_maybe_sent(false)
    .with_source(err)
}

fn failed(err: sqlx::Error) -> Error {
    Error::new(
        ErrorKind::Dedup,
        "the database did not execute the statement",
    )
    .with_maybe_sent(false)
    .with_source(err)
}

/// Omits the pool: its options may hold a password.
impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore").finish_non_exhaustive()
    }
}
