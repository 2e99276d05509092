//! What PHP's values and functions do, on [`serde_json::Value`].
//!
//! The Rust that `wechatpay port` writes calls these functions where PHP and Rust differ. Use them
//! through `wechatpay_chain::php`; this crate makes no promise of stable versions.
//!
//! An array of PHP is a [`Value::Array`] when its keys are 0, 1, 2 … in this order, as the empty one
//! is; any other array is a [`Value::Object`], whose keys are texts. An object of PHP (`stdClass`) is
//! always a [`Value::Object`]. A text is UTF-8: a function whose result would be invalid UTF-8 fails.

mod array;
mod compare;
mod decimal;
pub mod digits;
mod exception;
mod format;
pub mod function;
mod json;
mod number;
mod text;
mod value;

pub use serde_json::{Value, json};

pub use array::*;
pub use compare::*;
pub use decimal::*;
pub use exception::*;
pub use format::*;
pub use json::*;
pub use number::*;
pub use text::*;
pub use value::*;

/// `Result` with PHP's exceptions.
pub type Result<T, E = Thrown> = std::result::Result<T, E>;
