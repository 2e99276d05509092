//! The sans-IO core of wechatpay-chain: keys and algorithms, the texts that signatures cover, encrypted fields,
//! APIv2's XML, URI templates and the catalog of operations.
//!
//! Programs use the crate `wechatpay-chain`, which re-exports the parts that they need. The client, the sandbox and
//! the command share this crate. Its API changes with them and may break in any minor release.

// Functions have at most 40 lines (clippy.toml); tests may be longer.
#![cfg_attr(not(test), warn(clippy::too_many_lines))]
// The client matches these enums exhaustively: a new variant must be handled there.
#![allow(clippy::exhaustive_enums)]

pub mod catalog;
pub mod clock;
pub mod crypto;
pub mod error;
pub mod file;
pub mod host;
pub mod percent;
#[cfg(feature = "php-values")]
pub mod php;
pub mod protocol;
pub mod query;
pub mod secret;
pub mod template;
pub mod value;
pub mod variants;
