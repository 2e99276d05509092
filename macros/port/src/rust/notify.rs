//! Methods that take a notification.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr};
use super::file::Shared;
use super::function::{Body, Return};
use crate::hir::tree::{Answer, Notified};

/// The names that such a method has before its own variables.
pub(super) const NAMES: [&str; 4] = ["notifications", "headers", "body", "outcome"];

impl Shared<'_> {
    /// The parameters, how the notification is read, and the result.
    pub(super) fn notified(&mut self) -> (TokenStream, TokenStream, TokenStream) {
        self.uses.insert("notify");
        (
            quote!(notifications: &notify::Notifications, headers: &php::HeaderMap, body: &[u8],),
            quote!(let outcome = php::notification(notifications, headers, body);),
            quote!(php::Result<notify::Reply>),
        )
    }
}

impl Body<'_, '_> {
    pub(super) fn of_notification(&mut self, part: &Notified) -> Code {
        match part {
            Notified::Untrusted => Code::new(quote!(php::is_untrusted(&outcome)), Repr::Bool),
            Notified::Resource => {
                let opened = self.tried(quote!(php::opened(&outcome)));
                Code::new(quote!(#opened.resource().clone()), Repr::Value)
            }
            Notified::Plain => {
                let opened = self.tried(quote!(php::opened(&outcome)));
                let text = quote!(#opened.resource_text().unwrap_or_default().to_owned());
                Code::new(text, Repr::String)
            }
            Notified::Body => Code::new(
                quote!(String::from_utf8_lossy(body).into_owned()),
                Repr::String,
            ),
            Notified::Header(name) => Code::new(quote!(php::header(headers, #name)), Repr::Value),
        }
    }

    pub(super) fn answer(&mut self, answer: Answer) -> TokenStream {
        let reply = match answer {
            Answer::Done => quote!(notifications.reply_for(outcome)),
            Answer::Failed => {
                self.shared.uses.insert("Error");
                self.shared.uses.insert("ErrorKind");
                quote!(notifications.refuse(outcome.err().unwrap_or_else(|| {
                    Error::new(ErrorKind::Middleware, "the notification was not handled")
                })))
            }
        };
        match &self.return_to {
            Return::Function => quote!(return Ok(#reply);),
            Return::Label(label, false) => quote!(break #label Ok(#reply);),
            Return::Label(label, true) => quote!(break #label php::Flow::Return(#reply);),
        }
    }
}
