//! The description of a merchant by the user: in Rust, in a file, over the control API.
//!
//! [`settings`] is the public type, [`entry`] its form in TOML and JSON, [`file`] reads files, [`product`] lists the
//! products that can be opened.

#[cfg(feature = "control")]
mod entry;
#[cfg(feature = "control")]
mod file;
mod product;
mod settings;

#[cfg(feature = "control")]
pub(crate) use entry::{EntryError, MerchantEntry};
#[cfg(feature = "control")]
pub(crate) use file::read_file;
pub(crate) use product::{Product, product_of};
pub(crate) use settings::{BALANCES, FieldProblem, WRONG_BALANCE, is_mchid};
pub use settings::{MerchantKind, MerchantSettings};
