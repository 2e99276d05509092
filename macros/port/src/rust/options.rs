//! Options for the Rust.

use crate::hir::Facts;
use crate::recognise::Form;

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
    pub(crate) fn of(self, form: Form) -> Self {
        match (self, form) {
            (Self::Keep, Form::Pure) => Self::Seg,
            (Self::Keep, Form::Index) => Self::Index,
            (Self::Keep, Form::Chain | Form::Mixed) => Self::Chain,
            (style, _) => style,
        }
    }
}

/// Options for the Rust.
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
    /// The facts about WeChat Pay's operations, for whole files.
    pub facts: Facts,
    /// A message in the language of the reader, for each `compile_error!`. `None` keeps English.
    pub localised: Option<fn(message: &str) -> String>,
    /// Whether each refused part stays in its place, also where the application may have the whole function.
    pub in_place: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            style: Style::Keep,
            tokio: true,
            sensitive: None,
            facts: Facts::default(),
            localised: None,
            in_place: false,
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

    /// With refused parts in their places: no function is left to the application as a whole.
    ///
    /// ```
    /// use wechatpay_chain_port::emit::{self, Options};
    /// use wechatpay_chain_port::source::{Kind, split};
    ///
    /// let php = "function f($client) { $client->chain('v3/a')->get(['cookies' => true]); }";
    /// let blocks = split("a.php", php, Kind::Php);
    /// assert!(emit::rust(&blocks, &Options::default()).text.contains("host.f(client)"));
    /// let made = emit::rust(&blocks, &Options::default().in_place(true));
    /// assert!(made.text.contains("compile_error!"));
    /// ```
    #[must_use]
    pub fn in_place(mut self, in_place: bool) -> Self {
        self.in_place = in_place;
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

    /// With the messages of `compile_error!` in another language.
    ///
    /// ```
    /// use wechatpay_chain_port::emit::{self, Options};
    /// use wechatpay_chain_port::source::{Kind, split};
    ///
    /// let php = "<?php\n$client->chain('v3/certificates')->get();\n$a = $$b;";
    /// let options = Options::default().localised(|message| message.to_uppercase());
    /// let ported = emit::rust(&split("a.php", php, Kind::Php), &options);
    /// assert!(ported.text.contains("compile_error!(\"a.php:3:"));
    /// assert!(ported.text.contains("THE PORTER DOES NOT KNOW"));
    /// ```
    #[must_use]
    pub fn localised(mut self, localised: fn(&str) -> String) -> Self {
        self.localised = Some(localised);
        self
    }

    /// A message in the language of the reader.
    pub(crate) fn told(&self, message: &str) -> String {
        told(self.localised, message)
    }

    /// With what is known of sensitive fields.
    #[must_use]
    pub fn sensitive(mut self, sensitive: fn(&str, &str) -> Vec<String>) -> Self {
        self.sensitive = Some(sensitive);
        self
    }
}

/// A message, in the language of the reader if there is one.
pub(super) fn told(localised: Option<fn(&str) -> String>, message: &str) -> String {
    match localised {
        Some(localised) => localised(message),
        None => message.to_owned(),
    }
}
