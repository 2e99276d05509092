//! The port of a file, for a report.

use super::file::Shared;
use super::names::{class_name, ident, method_name, snake};
use crate::hir::tree::File;
use crate::recognise::Method;
use crate::syntax::Span;

/// A function or method of the PHP.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    /// `refund`, `WxPay::refund`
    pub(crate) php: String,
    /// Its name in Rust, without the module.
    pub(crate) rust: String,
    /// The whole of it.
    pub(crate) span: Span,
}

/// The port of a piece of PHP.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    pub(crate) span: Span,
    pub(crate) note: Note,
}

/// The kinds of notes.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    /// A call of WeChat Pay: its method and its path.
    Call(&'static str, String),
    /// A call of the application: the method of the trait, and the PHP.
    App(String, String),
}

impl Shared<'_> {
    pub(super) fn note_call(&mut self, span: Span, method: Method, path: &str) {
        let path = path.trim_start_matches('/').to_owned();
        self.note(span, Note::Call(method.upper(), path));
    }

    pub(super) fn note_app(&mut self, span: Span, method: &str, php: &str) {
        self.note(span, Note::App(method.to_owned(), php.to_owned()));
    }

    /// How many calls were read.
    pub(super) fn noted_calls(&self) -> usize {
        let calls = self.noted.iter();
        calls
            .filter(|noted| matches!(noted.note, Note::Call(..)))
            .count()
    }

    /// An expression that is written twice is noted once.
    fn note(&mut self, span: Span, note: Note) {
        let known = self.noted.iter().any(|noted| {
            noted.span == span
                && std::mem::discriminant(&noted.note) == std::mem::discriminant(&note)
        });
        if !known {
            self.noted.push(Noted { span, note });
        }
    }
}

/// The functions of a file, in the order of the PHP.
pub(super) fn described(file: &File) -> Vec<Described> {
    let mut all = Vec::new();
    for class in &file.classes {
        let constructor = class.constructor.iter().map(|one| (one, "new".to_owned()));
        let methods = class.methods.iter();
        let methods = methods.map(|one| (one, method_name(class, &one.name).to_string()));
        for (function, name) in constructor.chain(methods) {
            all.push(Described {
                php: format!("{}::{}", class.name, function.name),
                rust: format!("{}::{name}", ident(&class_name(&class.name))),
                span: function.span,
            });
        }
    }
    for function in &file.functions {
        all.push(Described {
            php: function.name.clone(),
            rust: ident(&snake(&function.name)).to_string(),
            span: function.span,
        });
    }
    all.sort_by_key(|described| described.span);
    all
}
