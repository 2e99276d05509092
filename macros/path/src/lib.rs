//! Path literals of `wechatpay-chain`: normalisation, validation and parsing.
//!
//! The library and its proc macros share this crate, so that each rule exists once. Use it through
//! `wechatpay-chain`: this crate makes no promise of stable versions.
//!
//! There are two kinds of paths:
//!
//! - a **literal** in the source code is *normalised* as in the PHP SDK ([`normalize_literal`]):
//!   `aggracctBc` becomes `aggracct-bc`, `_id_` becomes `{id}`;
//! - a **template** built at runtime is only *checked* ([`check_template`]); its case is unchanged.
//!
//! Both reject paths that leave the configured host or the intended path; see [`PathError`].

// Functions have at most 40 lines (clippy.toml); tests may be longer.
#![cfg_attr(not(test), warn(clippy::too_many_lines))]

mod check;
mod error;
mod grammar;
mod normalize;

pub use check::{check_expanded, check_template};
pub use error::PathError;
pub use grammar::{Expression, Operator, Part, Parts, Variable, parts};
pub use normalize::{join, normalize_literal, normalize_segment};
