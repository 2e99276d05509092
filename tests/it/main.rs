//! The library as its users see it, one file per theme.

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on may panic, and says what it has counted"
)]

mod build;
#[cfg(feature = "sandbox")]
mod certificates;
mod encryption;
mod golden;
mod layering;
mod nothing_is_sent;
#[cfg(feature = "sandbox")]
mod sandbox;
mod secrets;
mod stack;
mod support;
#[cfg(feature = "tower")]
mod tower;
mod types;
mod verification;
mod wait;
