//! A piece of Rust, what it is, and how it becomes what PHP makes of it.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::hir::Ty;

/// A piece of Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repr {
    /// Nothing: PHP's null.
    Null,
    /// `bool`
    Bool,
    /// `i64`
    Int,
    /// `f64`
    Float,
    /// `&str`
    Str,
    /// `String`
    String,
    /// A variable or property of type `String`.
    StringPlace,
    /// `Value`
    Value,
    /// A variable or property of type `Value`.
    ValuePlace,
    /// `&Value`
    ValueRef,
    /// `Option<&str>`
    OptionStr,
    /// `Option<String>`
    OptionString,
    /// `Option` of a number or bool.
    OptionCopy(Box<Self>),
    /// A handle, such as a client.
    Handle(Ty),
    /// A variable or property that is a handle.
    HandlePlace(Ty),
    /// A reference to a handle.
    HandleRef(Ty),
    /// Never there: it throws or leaves.
    Never,
}

/// A piece of Rust.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) tokens: TokenStream,
    pub(crate) repr: Repr,
}

impl Code {
    pub(crate) fn new(tokens: TokenStream, repr: Repr) -> Self {
        Self { tokens, repr }
    }

    /// A value that is known, behind the effects of this code.
    pub(crate) fn instead(&self, value: TokenStream) -> TokenStream {
        let code = &self.tokens;
        if has_no_effect(code) {
            value
        } else {
            quote!({ let _ = #code; #value })
        }
    }

    /// `&str`: PHP's `(string)`.
    pub(crate) fn text(&self) -> TokenStream {
        let code = &self.tokens;
        match &self.repr {
            Repr::Null => self.instead(quote!("")),
            Repr::Bool => quote!(php::bool_text(#code)),
            Repr::Int => quote!(&(#code).to_string()),
            Repr::Float => quote!(&php::float_text(#code)),
            Repr::Str | Repr::Never => quote!(#code),
            Repr::String | Repr::StringPlace => quote!(&#code),
            Repr::Value | Repr::ValuePlace => quote!(&php::text(&#code)),
            Repr::ValueRef => quote!(&php::text(#code)),
            Repr::OptionStr => quote!(#code.unwrap_or_default()),
            Repr::OptionString => quote!(&#code.unwrap_or_default()),
            Repr::OptionCopy(inner) => {
                let inner = Self::new(quote!(value), (**inner).clone()).string();
                quote!(&#code.map_or_else(String::new, |value| #inner))
            }
            Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_) => mismatch("a text"),
        }
    }

    /// `String`: PHP's `(string)`.
    pub(crate) fn string(&self) -> TokenStream {
        let code = &self.tokens;
        match &self.repr {
            Repr::Null => self.instead(quote!(String::new())),
            Repr::Bool => quote!(php::bool_text(#code).to_owned()),
            Repr::Int => quote!((#code).to_string()),
            Repr::Float => quote!(php::float_text(#code)),
            Repr::Str => quote!(#code.to_owned()),
            Repr::String | Repr::Never => quote!(#code),
            Repr::StringPlace => quote!(#code.clone()),
            Repr::Value | Repr::ValuePlace => quote!(php::text(&#code)),
            Repr::ValueRef => quote!(php::text(#code)),
            Repr::OptionStr => quote!(#code.unwrap_or_default().to_owned()),
            Repr::OptionString => quote!(#code.unwrap_or_default()),
            Repr::OptionCopy(_) => {
                let text = self.text();
                quote!((#text).to_owned())
            }
            Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_) => mismatch("a text"),
        }
    }

    /// What `{}` of a format takes.
    pub(crate) fn shown(&self) -> TokenStream {
        let code = &self.tokens;
        match &self.repr {
            Repr::Int | Repr::Str | Repr::String | Repr::StringPlace | Repr::Never => quote!(#code),
            Repr::Bool => quote!(php::bool_text(#code)),
            _ => self.string(),
        }
    }

    /// `Value`
    pub(crate) fn value(&self) -> TokenStream {
        let code = &self.tokens;
        match &self.repr {
            Repr::Null => self.instead(quote!(Value::Null)),
            Repr::Bool | Repr::Int | Repr::Float | Repr::Str | Repr::String => {
                quote!(Value::from(#code))
            }
            Repr::StringPlace => quote!(Value::from(#code.clone())),
            Repr::Value | Repr::Never => quote!(#code),
            Repr::ValuePlace | Repr::ValueRef => quote!(#code.clone()),
            Repr::OptionStr | Repr::OptionCopy(_) | Repr::OptionString => {
                quote!(Value::from(#code))
            }
            Repr::Handle(ty) | Repr::HandlePlace(ty) | Repr::HandleRef(ty) => match ty {
                // The part of an exception that a log is given.
                Ty::Thrown => quote!(Value::from(#code.to_string())),
                _ => mismatch("a plain value"),
            },
        }
    }

    /// `&Value`
    pub(crate) fn value_ref(&self) -> TokenStream {
        let code = &self.tokens;
        match &self.repr {
            Repr::ValuePlace | Repr::Value => quote!(&#code),
            Repr::ValueRef => quote!(#code),
            _ => {
                let value = self.value();
                quote!(&#value)
            }
        }
    }

    /// What `json!` takes: it borrows.
    pub(crate) fn json(&self) -> TokenStream {
        let code = &self.tokens;
        match &self.repr {
            Repr::Null if has_no_effect(code) => quote!(null),
            Repr::Null => {
                let value = self.value();
                quote!((#value))
            }
            Repr::Bool
            | Repr::Int
            | Repr::Float
            | Repr::Str
            | Repr::String
            | Repr::StringPlace
            | Repr::Value
            | Repr::ValuePlace
            | Repr::ValueRef
            | Repr::OptionStr
            | Repr::OptionString
            | Repr::OptionCopy(_)
            | Repr::Never => quote!(#code),
            _ => self.value(),
        }
    }

    /// `bool`: PHP's `(bool)`.
    pub(crate) fn truth(&self) -> TokenStream {
        let code = &self.tokens;
        match &self.repr {
            Repr::Null => self.instead(quote!(false)),
            Repr::Bool | Repr::Never => quote!(#code),
            Repr::Int => quote!((#code) != 0),
            Repr::Float => quote!((#code) != 0.0),
            Repr::Str => quote!(php::truth_of_text(#code)),
            Repr::String | Repr::StringPlace => quote!(php::truth_of_text(&#code)),
            Repr::Value | Repr::ValuePlace => quote!(php::truth(&#code)),
            Repr::ValueRef => quote!(php::truth(#code)),
            Repr::OptionStr => quote!(#code.is_some_and(php::truth_of_text)),
            Repr::OptionString => quote!(#code.as_deref().is_some_and(php::truth_of_text)),
            Repr::OptionCopy(inner) => {
                let inner = Self::new(quote!(value), (**inner).clone()).truth();
                quote!(#code.is_some_and(|value| #inner))
            }
            Repr::Handle(ty) | Repr::HandlePlace(ty) | Repr::HandleRef(ty) => match ty {
                Ty::Maybe(_) => quote!(#code.is_some()),
                _ => self.instead(quote!(true)),
            },
        }
    }

    /// `bool`: whether it is not null.
    pub(crate) fn is_there(&self) -> TokenStream {
        let code = &self.tokens;
        match &self.repr {
            Repr::Null => self.instead(quote!(false)),
            Repr::Value | Repr::ValuePlace | Repr::ValueRef => quote!(!#code.is_null()),
            Repr::OptionStr | Repr::OptionString | Repr::OptionCopy(_) => quote!(#code.is_some()),
            Repr::Handle(Ty::Maybe(_))
            | Repr::HandlePlace(Ty::Maybe(_))
            | Repr::HandleRef(Ty::Maybe(_)) => {
                quote!(#code.is_some())
            }
            Repr::Never => quote!(#code),
            _ => self.instead(quote!(true)),
        }
    }

    /// `i64`: PHP's `(int)`.
    pub(crate) fn int(&self) -> TokenStream {
        let code = &self.tokens;
        match &self.repr {
            Repr::Int | Repr::Never => quote!(#code),
            Repr::Bool => quote!(i64::from(#code)),
            Repr::Null => self.instead(quote!(0)),
            Repr::Str => quote!(php::int_of_text(#code)),
            Repr::String | Repr::StringPlace => quote!(php::int_of_text(&#code)),
            _ => {
                let value = self.value_ref();
                quote!(php::int(#value))
            }
        }
    }

    /// `f64`: PHP's `(float)`.
    pub(crate) fn float(&self) -> TokenStream {
        let code = &self.tokens;
        match &self.repr {
            Repr::Float | Repr::Never => quote!(#code),
            _ => {
                let value = self.value_ref();
                quote!(php::float(#value))
            }
        }
    }

    /// Whether it is there without another call or copy.
    pub(crate) fn is_never(&self) -> bool {
        self.repr == Repr::Never
    }
}

/// Whether nothing happens where these tokens are evaluated: they name a value and call nothing.
fn has_no_effect(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().all(|token| match token {
        TokenTree::Ident(_) | TokenTree::Literal(_) => true,
        TokenTree::Punct(sign) => ['.', ':', '&', '*'].contains(&sign.as_char()),
        TokenTree::Group(group) => group.stream().is_empty(),
    })
}

/// A part that an earlier stage should have refused.
fn mismatch(wanted: &str) -> TokenStream {
    let message = format!("an object of PHP is not {wanted}");
    quote!(compile_error!(#message))
}

/// A type as people write it, for the report.
pub(crate) fn written(ty: &TokenStream) -> String {
    let tight = ty.to_string().replace(' ', "");
    let spaced = tight.replace("&mut", "&mut ").replace("->", " -> ");
    spaced
        .replace("&dyn", "&dyn ")
        .replace("&mut dyn", "&mut dyn ")
}

/// The type in Rust of what is kept in a variable, a property or a result.
pub(crate) fn owned(ty: &Ty) -> TokenStream {
    match ty {
        Ty::Bool => quote!(bool),
        Ty::Int => quote!(i64),
        Ty::Float => quote!(f64),
        Ty::Text => quote!(String),
        Ty::Void => quote!(()),
        Ty::Client => quote!(Client),
        Ty::Builder => quote!(ClientBuilder),
        Ty::Clients => quote!(php::Clients),
        Ty::Response => quote!(Response),
        Ty::Answer => quote!(php::Answer),
        Ty::Promise => quote!(Call),
        Ty::Thrown => quote!(Thrown),
        Ty::PublicKey => quote!(PublicKey),
        Ty::PrivateKey => quote!(PrivateKey),
        Ty::Media => quote!(Media),
        Ty::Maybe(inner) => {
            let inner = owned(inner);
            quote!(Option<#inner>)
        }
        Ty::Unknown | Ty::Never | Ty::Null | Ty::Any | Ty::Closure => quote!(Value),
    }
}

/// The type in Rust of a parameter.
pub(crate) fn borrowed(ty: &Ty) -> TokenStream {
    match ty {
        Ty::Bool | Ty::Int | Ty::Float | Ty::Builder => owned(ty),
        Ty::Text => quote!(&str),
        Ty::Maybe(inner) => match &**inner {
            Ty::Text => quote!(Option<&str>),
            Ty::Bool | Ty::Int | Ty::Float => owned(ty),
            inner if inner.is_plain() => quote!(&Value),
            inner => {
                let inner = owned(inner);
                quote!(Option<&#inner>)
            }
        },
        ty if ty.is_plain() || *ty == Ty::Unknown => quote!(&Value),
        ty => {
            let ty = owned(ty);
            quote!(&#ty)
        }
    }
}

/// The Rust type of a parameter.
pub(crate) fn param_repr(ty: &Ty) -> Repr {
    match ty {
        Ty::Bool => Repr::Bool,
        Ty::Int => Repr::Int,
        Ty::Float => Repr::Float,
        Ty::Text => Repr::Str,
        Ty::Maybe(inner) => match &**inner {
            Ty::Text => Repr::OptionStr,
            Ty::Bool => Repr::OptionCopy(Box::new(Repr::Bool)),
            Ty::Int => Repr::OptionCopy(Box::new(Repr::Int)),
            Ty::Float => Repr::OptionCopy(Box::new(Repr::Float)),
            inner if inner.is_plain() => Repr::ValueRef,
            _ => Repr::HandleRef(ty.clone()),
        },
        ty if ty.is_plain() || *ty == Ty::Unknown => Repr::ValueRef,
        ty => Repr::HandleRef(ty.clone()),
    }
}

/// The Rust type of a variable or property.
pub(crate) fn place_repr(ty: &Ty) -> Repr {
    match ty {
        Ty::Bool => Repr::Bool,
        Ty::Int => Repr::Int,
        Ty::Float => Repr::Float,
        Ty::Text => Repr::StringPlace,
        ty if ty.is_plain() => Repr::ValuePlace,
        Ty::Unknown | Ty::Void | Ty::Never => Repr::ValuePlace,
        ty => Repr::HandlePlace(ty.clone()),
    }
}

/// The Rust type of a call's result.
pub(crate) fn result_repr(ty: &Ty) -> Repr {
    match ty {
        Ty::Bool => Repr::Bool,
        Ty::Int => Repr::Int,
        Ty::Float => Repr::Float,
        Ty::Text => Repr::String,
        Ty::Void => Repr::Null,
        Ty::Maybe(inner) => match &**inner {
            Ty::Text => Repr::OptionString,
            Ty::Bool => Repr::OptionCopy(Box::new(Repr::Bool)),
            Ty::Int => Repr::OptionCopy(Box::new(Repr::Int)),
            Ty::Float => Repr::OptionCopy(Box::new(Repr::Float)),
            inner if inner.is_plain() => Repr::Value,
            _ => Repr::Handle(ty.clone()),
        },
        ty if ty.is_plain() => Repr::Value,
        Ty::Unknown | Ty::Never => Repr::Value,
        ty => Repr::Handle(ty.clone()),
    }
}
