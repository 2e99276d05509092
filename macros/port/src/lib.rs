//! Reads PHP that calls WeChat Pay: the library below `wechatpay port` and the macro `php!`.
//!
//! It is not meant to be used by itself and follows no version promise of its own: use
//! `wechatpay-chain`. It depends neither on that crate nor on OpenSSL, so that a proc macro can use it.
//!
//! The way of a snippet:
//!
//! 1. [`source`] finds the PHP in a file, in Markdown or in a bare snippet, and remembers where it stood;
//! 2. [`syntax`] parses it into a small tree of our own, in which nothing is lost: what is not
//!    supported stays as an `Unsupported` node;
//! 3. [`recognise`] finds the calls in it, and what is printed of their answers;
//! 4. [`hir`] says what a file or snippet means, and `rust` writes Rust of it; [`emit`] is the entry to both;
//! 5. [`evaluate`] interprets `hir`, and gives the requests that would be sent;
//! 6. [`folder`] does the same for a folder: a module for each file, one trait for all of them, and a report.
//!
//! Problems have a [`Span`](syntax::Span) of their block; [`Block::diagnose`](source::Block::diagnose)
//! makes a [`Diagnostic`] with file, line and column of it.

#![allow(
    clippy::exhaustive_enums,
    reason = "the two back ends have to handle every node, and the compiler has to say so"
)]

mod diagnostic;
pub mod emit;
pub mod evaluate;
pub mod folder;
pub mod hir;
pub mod recognise;
mod rust;
pub mod source;
pub mod syntax;

pub use diagnostic::{Diagnostic, Problem, Severity};
