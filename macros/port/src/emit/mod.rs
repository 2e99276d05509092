//! Rust that does what the PHP does.
//!
//! ```
//! use wechatpay_chain_port::emit::{self, Options};
//! use wechatpay_chain_port::source::{Kind, split};
//!
//! let php = "$instance->chain('v3/certificates')->getAsync([])->wait();";
//! let ported = emit::rust(&split("certificates.php", php, Kind::Php), &Options::default());
//! assert!(ported.complete);
//! assert!(ported.text.contains("client.chain(\"v3/certificates\").get(()).await?;"));
//! ```
//!
//! The way of a block: `porter` keeps what is written and what is known; `statement`, `assign`,
//! `value`, `operator`, `library`, `crypto`, `call`, `option`, `path`, `body`, `upload`, `factory`, `failure` and `show` translate into the
//! small tree of `rust`; `prune` takes unused variables out; `layout` writes lines as rustfmt would.

mod assign;
mod block;
mod body;
mod call;
mod crypto;
mod expression;
mod factory;
mod failure;
mod fold;
mod function;
mod helpers;
mod imports;
mod json;
mod layout;
mod library;
mod names;
mod operator;
mod option;
mod path;
mod porter;
mod prune;
mod rust;
mod scope;
mod show;
mod statement;
mod text;
mod upload;
mod value;

pub use expression::{call, variable};
pub(crate) use function::{STACK, module};

use crate::diagnostic::Diagnostic;
use crate::hir::Facts;
use crate::recognise::Form;
pub use crate::rust::HostMethod;
use crate::source::Block;

/// How chains are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// As in the source: arrows as segments, `chain('…')` and `['…']` as they are.
    #[default]
    Keep,
    /// `client.chain("v3/pay/transactions/native")`
    Chain,
    /// `client["v3/pay/transactions/native"]`
    Index,
    /// `chain!(client.v3.pay.transactions.native)`, which needs the library's feature `macros`.
    Macro,
    /// `client.v3().seg("pay").seg("transactions").seg("native")`
    Seg,
}

impl Style {
    /// The style of a chain that was written in a form; never `Keep`.
    fn of(self, form: Form) -> Self {
        match (self, form) {
            (Self::Keep, Form::Pure) => Self::Seg,
            (Self::Keep, Form::Index) => Self::Index,
            (Self::Keep, Form::Chain | Form::Mixed) => Self::Chain,
            (style, _) => style,
        }
    }
}

/// What the Rust should be like.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Options {
    /// How chains are written.
    pub style: Style,
    /// Whether a program that makes asynchronous calls runs on tokio; otherwise it waits for each.
    pub tokio: bool,
    /// The sensitive fields of an operation, by its method and path, as JSON pointers: those need
    /// no `.encrypt`. `None` names all that PHP encrypts, which does no harm.
    pub sensitive: Option<fn(method: &str, path: &str) -> Vec<String>>,
    /// What is known of WeChat Pay's operations, for whole files.
    pub facts: Facts,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            style: Style::Keep,
            tokio: true,
            sensitive: None,
            facts: Facts::default(),
        }
    }
}

impl Options {
    /// With a style of chains.
    #[must_use]
    pub fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// With or without tokio.
    #[must_use]
    pub fn tokio(mut self, tokio: bool) -> Self {
        self.tokio = tokio;
        self
    }

    /// With what is known of operations.
    #[must_use]
    pub fn facts(mut self, facts: Facts) -> Self {
        self.facts = facts;
        self
    }

    /// With what is known of sensitive fields.
    #[must_use]
    pub fn sensitive(mut self, sensitive: fn(&str, &str) -> Vec<String>) -> Self {
        self.sensitive = Some(sensitive);
        self
    }
}

/// The Rust, and what is to be said of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Output {
    /// A file of Rust: `use`s, then a function for each block, or a `main`.
    pub text: String,
    /// Warnings, and errors where something could not be translated, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether all of it was translated; otherwise the text holds a `compile_error!` in its place.
    pub complete: bool,
    /// The functions, a block each.
    pub functions: Vec<Function>,
    /// The methods of the trait `App`, which stands for what is not the SDK's. Of several blocks that need one, each has a
    /// trait, and those after the first are named after their functions.
    pub app: Vec<HostMethod>,
}

/// A function of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The index of its block.
    pub block: usize,
    /// Names and types of its parameters, as they are written.
    pub params: Vec<(String, String)>,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Whether all of it was translated.
    pub complete: bool,
    /// Whether its first parameter is the trait that stands for what is not the SDK's.
    pub needs_app: bool,
}

/// Translates blocks of PHP into one file of Rust.
///
/// The text is formatted. What cannot be translated stays as a comment with a `compile_error!` that
/// says why, and as a diagnostic.
#[must_use]
pub fn rust(blocks: &[Block], options: &Options) -> Output {
    function::file(blocks, options)
}
