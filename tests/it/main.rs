//! The library as its users see it, one file per theme.

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on may panic, and says what it has counted"
)]

mod answers;
#[cfg(all(feature = "files", feature = "sandbox"))]
mod bill;
mod build;
#[cfg(feature = "sandbox")]
mod certificates;
#[cfg(feature = "sandbox")]
mod complaints;
#[cfg(feature = "sandbox")]
mod connections;
#[cfg(all(feature = "files", feature = "sandbox"))]
mod download;
mod encryption;
mod golden;
mod golden_v2;
mod layering;
mod near_miss;
mod nothing_is_sent;
mod numbers;
mod plaintext;
mod refusals;
mod runtimes;
#[cfg(feature = "sandbox")]
mod sandbox;
mod secrets;
mod stack;
mod streaming;
mod support;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "sandbox")]
mod transport;
mod types;
#[cfg(feature = "sandbox")]
mod unasked;
#[cfg(all(feature = "files", feature = "sandbox"))]
mod upload;
#[cfg(feature = "sandbox")]
mod v2;
mod verification;
mod wait;
