//! The same rules with SQLite and with a real PostgreSQL.

use std::time::Duration;

use wechatpay_chain::ErrorKind;
use wechatpay_chain::notify::{Claim, DedupStore, Delivery, Finished, SqlStore};

const LEASE: Duration = Duration::from_millis(300);
const TTL: Duration = Duration::from_secs(60);

fn claim() -> Claim {
    Claim::new().unwrap()
}

/// Returns the result for a new delivery.
async fn asked(store: &SqlStore, id: &str) -> Delivery {
    store.claim(id, &claim(), TTL).await.unwrap()
}

async fn finished(store: &SqlStore, id: &str, claim: &Claim) -> Finished {
    store.finish(id, claim, TTL).await.unwrap()
}

/// Every rule of `DedupStore`, for two machines.
async fn keeps_the_rules(a: &SqlStore, b: &SqlStore) {
    for store in [a, b] {
        store.create_table().await.unwrap();
    }
    let (of_a, of_b) = (claim(), claim());
    assert_eq!(a.claim("1", &of_a, TTL).await.unwrap(), Delivery::New);
    assert_eq!(a.claim("1", &of_a, TTL).await.unwrap(), Delivery::New);
    assert_eq!(
        b.claim("1", &of_b, TTL).await.unwrap(),
        Delivery::InProgress
    );
    b.forget("1", &of_b).await.unwrap();
    assert_eq!(asked(b, "1").await, Delivery::InProgress);
    a.forget("1", &of_a).await.unwrap();
    assert_eq!(b.claim("1", &of_b, TTL).await.unwrap(), Delivery::New);
    assert_eq!(finished(a, "1", &of_a).await, Finished::LeaseLost);
    assert_eq!(finished(b, "1", &of_b).await, Finished::Recorded);
    for claim in [&of_a, &of_b] {
        a.forget("1", claim).await.unwrap();
        assert_eq!(a.claim("1", claim, TTL).await.unwrap(), Delivery::Duplicate);
        assert_eq!(finished(a, "1", claim).await, Finished::Recorded);
    }
    // Expiry.
    assert_eq!(a.claim("2", &of_a, LEASE).await.unwrap(), Delivery::New);
    assert_eq!(a.claim("3", &of_a, LEASE).await.unwrap(), Delivery::New);
    assert_eq!(
        a.finish("4", &of_a, LEASE).await.unwrap(),
        Finished::Recorded
    );
    tokio::time::sleep(2 * LEASE).await;
    assert_eq!(b.claim("2", &of_b, TTL).await.unwrap(), Delivery::New);
    assert_eq!(finished(a, "2", &of_a).await, Finished::LeaseLost);
    assert_eq!(finished(a, "3", &of_a).await, Finished::Recorded);
    assert_eq!(asked(b, "4").await, Delivery::New);
    // One of many concurrent claims wins.
    let mut tasks = tokio::task::JoinSet::new();
    for store in [a, b, a, b] {
        let store = store.clone();
        tasks.spawn(async move {
            let mut firsts = 0;
            for n in 0..20 {
                firsts += usize::from(asked(&store, &format!("many-{n}")).await == Delivery::New);
            }
            firsts
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 20);
    // Only expired ids are deleted.
    assert_eq!(
        a.claim("5", &claim(), Duration::from_millis(1))
            .await
            .unwrap(),
        Delivery::New
    );
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(a.purge().await.unwrap(), 1);
    assert_eq!(asked(b, "1").await, Delivery::Duplicate);
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

    use super::*;

    async fn open(file: &std::path::Path) -> SqlStore {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_with(options);
        SqlStore::sqlite(pool.await.unwrap())
    }

    #[tokio::test]
    async fn sqlite_follows_the_rules() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("shop.db");
        keeps_the_rules(&open(&file).await, &open(&file).await).await;
    }

    #[tokio::test]
    async fn a_missing_table_defers_the_notification() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir.path().join("shop.db")).await;
        let err = store.claim("1", &claim(), TTL).await.unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
        assert!(err.to_string().contains("was not handled"), "{err}");
        let reader = crate::support::builder()
            .dedup_store(store)
            .build()
            .unwrap();
        let (headers, body) = crate::support::Post::paid().signed();
        let err = reader.accept(&headers, &body).await.unwrap_err();
        assert_eq!(reader.refuse(err).status(), 503);
    }
}

#[cfg(all(feature = "postgres", unix))]
mod postgres {
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};
    use std::time::Instant;

    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    use super::*;
    use crate::tools;

    /// On a socket in a separate folder.
    struct Server {
        child: Child,
        dir: tempfile::TempDir,
    }

    impl Drop for Server {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    /// The location of `postgres` and `initdb`: on the PATH, or in Debian's folder.
    fn programs() -> Option<PathBuf> {
        let of_debian = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten();
        let of_debian = of_debian.map(|version| version.path().join("bin"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut all = of_debian.chain(std::env::split_paths(&path));
        all.find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
    }

    /// PostgreSQL does not run as root, so another user runs it.
    fn command(program: &Path) -> Command {
        let is_root = Command::new("id")
            .arg("-u")
            .output()
            .is_ok_and(|out| out.stdout == b"0\n");
        if !is_root {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"])
            .arg(program);
        command
    }

    fn server() -> Option<Server> {
        let programs = programs().ok_or(std::io::ErrorKind::NotFound.into());
        let programs = tools::started("PostgreSQL", "postgresql", programs)?;
        let dir = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
        let data = dir.path().join("data");
        // The other user must be able to write there.
        std::fs::create_dir(&data).unwrap();
        let open = |path: &Path| {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
        };
        open(dir.path());
        let cluster = dir.path().join("cluster");
        let made = command(&programs.join("initdb"))
            .arg("--pgdata")
            .arg(&cluster)
            .args([
                "--auth=trust",
                "--username=shop",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .current_dir(dir.path())
            .env("LC_ALL", "C")
            .output();
        let made = made.unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let child = command(&programs.join("postgres"))
            .arg("-D")
            .arg(&cluster)
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c"])
            .arg(format!("unix_socket_directories={}", dir.path().display()))
            .current_dir(dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Server { child, dir })
    }

    impl Server {
        async fn open(&mut self) -> SqlStore {
            let options = PgConnectOptions::new_without_pgpass()
                .socket(self.dir.path())
                .username("shop")
                .database("postgres");
            let pool = || {
                PgPoolOptions::new()
                    .max_connections(4)
                    .connect_with(options.clone())
            };
            let patience = Instant::now() + Duration::from_secs(60);
            loop {
                match pool().await {
                    Ok(pool) => return SqlStore::postgres(pool),
                    Err(err) => assert!(
                        Instant::now() < patience,
                        "PostgreSQL does not listen: {err}"
                    ),
                }
                assert_eq!(self.child.try_wait().unwrap(), None, "PostgreSQL has ended");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgresql_follows_the_rules() {
        let Some(mut server) = server() else { return };
        let (a, b) = (server.open().await, server.open().await);
        keeps_the_rules(&a, &b).await;
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        let err = a.claim("x", &claim(), TTL).await.unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
    }
}
