//! The library as its users see it, one file per theme.

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on may panic, and says what it has counted"
)]

mod answers;
#[cfg(feature = "files")]
mod bill;
mod build;
mod certificates;
mod chinese_pages;
mod complaints;
mod connections;
#[cfg(feature = "files")]
mod download;
mod encryption;
#[cfg(feature = "tracing")]
mod ended;
mod generated;
mod golden;
mod golden_v2;
mod http_transport;
mod layering;
mod near_miss;
mod nothing_is_sent;
mod numbers;
#[cfg(feature = "tracing")]
mod observe;
mod plaintext;
mod refusals;
mod roots;
mod runtimes;
mod sandbox;
mod schema;
mod secrets;
mod settings;
#[cfg(feature = "sm")]
mod sm;
mod stack;
mod streaming;
mod support;
mod tour;
#[cfg(feature = "tower")]
mod tower;
mod transport;
mod types;
mod unasked;
#[cfg(feature = "files")]
mod upload;
mod v2;
mod verification;
mod wait;
mod wrapped;
