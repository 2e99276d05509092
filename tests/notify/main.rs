//! Notifications, from the bytes that WeChat Pay posts to the merchant's reply.

#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "helpers outside of test functions may panic; what is skipped is said"
)]

#[cfg(all(feature = "redis", unix))]
#[path = "../tools/redis.rs"]
mod redis;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod sql_store;
mod support;
#[path = "../tools/mod.rs"]
mod tools;

#[cfg(feature = "axum")]
mod axum_server;
mod certificates;
mod deadlines;
mod debug;
#[cfg(feature = "diagnosis")]
mod diagnosis;
mod hyper_server;
mod keys;
mod kinds;
mod lifetimes;
mod merchants;
mod mishaps;
mod mutations;
mod numbers;
#[cfg(all(feature = "redis", unix))]
mod redis_store;
mod refunds;
mod replays;
mod replies;
mod sandbox;
mod v2;
mod v3;
