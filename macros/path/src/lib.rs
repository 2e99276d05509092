//! Path literals of `wechatpay-chain`: how they are named, checked and taken apart.
//!
//! The library and its proc macros share this crate, so that each rule stands once. It is not
//! meant to be used by itself and follows no version promise of its own: use `wechatpay-chain`.
//!
//! Two kinds of text are kept apart:
//!
//! - a **literal** of the program is *normalised* as the PHP SDK does ([`normalize_literal`]):
//!   `aggracctBc` becomes `aggracct-bc`, `_id_` becomes `{id}`;
//! - a **template** made at run time is only *checked* ([`check_template`]), never re-cased.
//!
//! Both refuse what would leave the configured host or the intended path; see [`PathError`].

mod check;
mod error;
mod grammar;
mod normalize;

pub use check::{check_expanded, check_template};
pub use error::PathError;
pub use grammar::{Expression, Operator, Part, Parts, Variable, parts};
pub use normalize::{join, normalize_literal, normalize_segment};
