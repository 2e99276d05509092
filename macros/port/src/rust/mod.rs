//! From the meaning of a file to Rust: a tree of `syn`, printed by `prettyplease`.

mod call;
mod class;
mod code;
mod described;
mod expression;
mod file;
mod function;
mod host;
mod names;
mod notify;
mod operator;
mod place;
mod print;
mod promise;
mod statement;

pub(crate) use described::Note;
pub(crate) use file::{Made, Unit, file, several};
pub use host::HostMethod;
pub(crate) use names::{ident, pascal, snake};
