//! From the meaning of a file to Rust: a tree of `syn`, printed by `prettyplease`.

mod borrowed;
mod call;
mod chain;
mod class;
mod client;
mod code;
mod crypto;
mod described;
mod expression;
mod file;
mod fraction;
mod function;
mod host;
pub(crate) mod imports;
pub(crate) mod json;
pub(crate) mod layout;
mod left;
mod lines;
mod names;
mod notify;
mod operator;
mod options;
mod place;
mod print;
mod promise;
mod request;
mod rounds;
mod single;
mod statement;
pub(crate) mod text;
pub(crate) mod written;

use crate::source::Block;

pub(crate) use described::Note;
pub(crate) use file::{Made, Unit, file, several};
pub use host::HostMethod;
pub(crate) use left::LeftTo;
pub(crate) use names::{class_name, ident, pascal, snake};
pub use options::{Options, Style};
pub use single::{call, variable};

/// The stack of what translates a file.
pub(crate) const STACK: usize = 256 << 20;

/// Where a block is from.
pub(crate) fn origin(block: &Block) -> String {
    let title = block.title.trim_matches(['[', ']', ' ']);
    let title = text::comment_line(title);
    let place = text::comment_line(&format!("{}:{}", block.file, block.line));
    if title.is_empty() {
        format!("From `{place}`.")
    } else {
        format!("{title}, from `{place}`.")
    }
}
