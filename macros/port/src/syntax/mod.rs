//! Parses PHP into a tree of our own.

mod ast;
mod atom;
mod children;
mod children_mut;
mod exceptions;
mod lower;
mod parse;
mod source;
mod statics;

pub use ast::*;
pub use atom::*;
pub use children::Part;
pub(crate) use children::{each_class, whole_name};
pub(crate) use children_mut::PartMut;
pub(crate) use exceptions::Root;
pub use exceptions::{Exceptions, Given, GivenCode, Making, Parameter};
pub use parse::{Parsed, parse, parse_run, parse_whole};
pub use statics::Statics;

/// Whether a character may stand in a name of PHP.
pub(crate) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}
