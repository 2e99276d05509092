//! Retries, failover, limits and unknown outcomes, over real sockets and scripted transports.

#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on may panic, and says what it has counted"
)]

mod combined;
mod failover;
#[allow(dead_code, unused_imports, reason = "the other tests use the rest")]
#[path = "../it/support/mod.rs"]
mod kit;
mod limits;
mod matrix;
mod outcome;
#[cfg(all(unix, feature = "redis"))]
#[path = "../tools/redis.rs"]
mod redis_server;
mod relay;
mod retry;
mod soak;
mod streams;
mod support;
#[cfg(all(unix, feature = "redis"))]
#[path = "../tools/mod.rs"]
mod tools;
