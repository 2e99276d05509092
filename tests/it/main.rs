//! The sandbox.

#[cfg(feature = "sandbox")]
mod sandbox;
