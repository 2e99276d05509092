//! What the macros accept. `ui.rs` has what they refuse; with these in it, trybuild would build all dependencies once
//! more, where it only checks them now.

#![deny(warnings)]
#![allow(clippy::unwrap_used)]

mod chain;
mod path;
mod php;
mod types;
