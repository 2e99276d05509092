//! The trait that stands for the application: one method for each of its calls.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{borrowed, owned, written};
use super::names::{ident, snake};
use crate::hir::Ty;

/// A method of the trait.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostMethod {
    /// Its name.
    pub name: String,
    /// Names and types of its parameters.
    pub params: Vec<(String, String)>,
    /// The type of its value, within a `Result`.
    pub returns: String,
    /// The PHP that it stands for.
    pub php: String,
    /// The file.
    pub file: String,
    /// The line of the file.
    pub line: usize,
}

/// The facts about one method while the file is read.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    words: Vec<String>,
    receiver: bool,
    /// The name of the variable that the call is made on or changes.
    object: String,
    args: Vec<Ty>,
    /// How many parameters each closure takes that is passed, and what it gives.
    closures: Vec<(usize, Ty)>,
    names: Vec<String>,
    returns: Ty,
    /// File, line and text of each place that calls it.
    places: Vec<(String, usize, String)>,
    /// The class of the object, where methods of the same words have objects of several classes.
    class: Option<String>,
    /// The documentation of a method that stands for functions of the file.
    quoted: Vec<String>,
    /// Whether it is given methods of the object, by their names.
    callables: bool,
}

/// A call of the application.
pub(crate) struct Asked<'c> {
    pub(crate) words: &'c [String],
    pub(crate) receiver: bool,
    /// The class of the object, where calls of the same words have objects of several classes.
    pub(crate) class: Option<&'c str>,
    pub(crate) args: &'c [Ty],
    pub(crate) closures: &'c [(usize, Ty)],
    pub(crate) returns: &'c Ty,
    /// File, line and text.
    pub(crate) place: (String, usize, String),
    /// The documentation of a call that stands for functions of the file.
    pub(crate) quoted: &'c [String],
    /// Whether it is given methods of the object, by their names.
    pub(crate) callables: bool,
}

impl Asked<'_> {
    /// Calls of one key are one method. Functions of the same name are several methods if their PHP differs.
    fn key(&self) -> String {
        let kinds = self.args.iter().zip(self.closures).map(kind_key);
        let kinds: Vec<String> = kinds.collect();
        format!(
            "{}/{}/{}/{}/{}/{}",
            self.words.join("\u{1f}"),
            kinds.len(),
            kinds.join(","),
            self.receiver,
            handle_key(self.returns),
            self.quoted.join("\n")
        )
    }
}

/// The trait's methods, by the call that each stands for.
#[derive(Debug, Default)]
pub(crate) struct Host {
    entries: BTreeMap<String, Entry>,
    order: Vec<String>,
    /// Whether the types are final: then calls are written with them.
    pub(crate) settled: bool,
    /// Whether the documentation names the file of each call.
    pub(crate) name_files: bool,
}

impl Host {
    /// Notes a call; gives the name of its method and the types of its arguments.
    pub(crate) fn call(&mut self, asked: Asked<'_>) -> (String, Vec<Ty>, Ty) {
        let key = asked.key();
        let Asked {
            words,
            receiver,
            class,
            args,
            closures,
            returns,
            place,
            quoted,
            callables,
        } = asked;
        if !self.entries.contains_key(&key) {
            let base = base_name(words);
            let mut name = base.clone();
            let mut number = 2;
            while self.entries.values().any(|entry| entry.name == name) {
                name = format!("{base}_{number}");
                number += 1;
            }
            let entry = Entry {
                name,
                words: words.to_vec(),
                receiver,
                object: String::new(),
                args: args.to_vec(),
                closures: closures.to_vec(),
                names: vec![String::new(); args.len()],
                returns: returns.clone(),
                places: Vec::new(),
                class: class.map(str::to_owned),
                quoted: quoted.to_vec(),
                callables,
            };
            self.entries.insert(key.clone(), entry);
            self.order.push(key.clone());
        }
        let Some(entry) = self.entries.get_mut(&key) else {
            return (String::new(), args.to_vec(), returns.clone());
        };
        entry.callables |= callables;
        if !self.settled {
            for (known, given) in entry.args.iter_mut().zip(args) {
                *known = known.join(given);
            }
            if entry.returns == Ty::Void {
                entry.returns = returns.clone();
            }
            if !entry.places.contains(&place) {
                entry.places.push(place);
            }
        }
        (
            entry.name.clone(),
            entry.args.iter().map(argument).collect(),
            entry.returns.clone(),
        )
    }

    /// Gives an argument the name of the variable that is passed.
    pub(crate) fn name_argument(&mut self, method: &str, index: usize, name: &str) {
        let entry = self.entries.values_mut().find(|entry| entry.name == method);
        if let Some(slot) = entry.and_then(|entry| entry.names.get_mut(index))
            && slot.is_empty()
        {
            name.clone_into(slot);
        }
    }

    /// Gives the object of a call the name of its variable.
    pub(crate) fn name_object(&mut self, method: &str, name: &str) {
        let mut entries = self.entries.values_mut();
        if let Some(entry) = entries.find(|entry| entry.name == method && entry.object.is_empty()) {
            name.clone_into(&mut entry.object);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The trait.
    pub(crate) fn tokens(&self, name: &str, of: &str) -> TokenStream {
        let methods = self.order.iter().filter_map(|key| self.entries.get(key));
        let methods = methods.map(|entry| {
            let mut docs: Vec<String> = Vec::new();
            for (file, line, php) in entry.places.iter().take(SHOWN) {
                docs.push(if self.name_files {
                    format!(" `{file}:{line}`: `{php}`")
                } else {
                    format!(" Line {line}: `{php}`")
                });
                docs.push(String::new());
            }
            docs.pop();
            if let Some(class) = &entry.class {
                let object = snake(&entry.object);
                docs.push(String::new());
                docs.push(format!(
                    " `{object}` is an object of PHP's class `{class}`."
                ));
            }
            if entry.callables {
                docs.extend(CALLABLES.map(str::to_owned));
            }
            docs.extend(entry.quoted.iter().cloned());
            let method = ident(&entry.name);
            let params = self.params(entry);
            let params = params.iter().map(|(name, ty)| {
                let name = ident(name);
                quote!(#name: #ty)
            });
            let returns = owned(&entry.returns);
            quote! {
                #(#[doc = #docs])*
                fn #method(&self, #(#params),*) -> php::Result<#returns>;
            }
        });
        let head = format!(
            " What {of} needs of the application: one method for each call that is not the SDK's."
        );
        let name = ident(name);
        quote! {
            #[doc = #head]
            pub trait #name {
                #(#methods)*
            }
        }
    }

    fn params(&self, entry: &Entry) -> Vec<(String, TokenStream)> {
        let mut params = Vec::new();
        let mut used: Vec<String> = Vec::new();
        if entry.receiver {
            let object = match &*entry.object {
                "" => "object".to_owned(),
                name => name.to_owned(),
            };
            params.push((object.clone(), quote!(&mut Value)));
            used.push(object);
        }
        for (index, ty) in entry.args.iter().enumerate() {
            let wanted = match entry.names.get(index) {
                Some(name) if !name.is_empty() => name.clone(),
                _ => usual_name(&entry.words, index, entry.args.len(), ty).to_owned(),
            };
            let mut name = wanted.clone();
            let mut number = 2;
            while used.contains(&name) {
                name = format!("{wanted}_{number}");
                number += 1;
            }
            used.push(name.clone());
            let ty = match (argument(ty), entry.closures.get(index)) {
                (Ty::Closure, Some((takes, gives))) => {
                    let taken = std::iter::repeat_n(quote!(&Value), *takes);
                    let gives = owned(gives);
                    quote!(&mut dyn FnMut(#(#taken),*) -> php::Result<#gives>)
                }
                (ty, _) => borrowed(&ty),
            };
            params.push((name, ty));
        }
        params
    }

    /// The methods, for a report.
    pub(crate) fn methods(&self) -> Vec<HostMethod> {
        let entries = self.order.iter().filter_map(|key| self.entries.get(key));
        let methods = entries.map(|entry| {
            let (file, line, php) = entry.places.first().cloned().unwrap_or_default();
            let params = self.params(entry).into_iter();
            HostMethod {
                name: entry.name.clone(),
                params: params.map(|(name, ty)| (name, written(&ty))).collect(),
                returns: written(&owned(&entry.returns)),
                php,
                file,
                line,
            }
        });
        methods.collect()
    }
}

/// The name of an argument that PHP passes without one: that of the parameter where the function is well known, else one
/// of its type.
fn usual_name(words: &[String], index: usize, count: usize, ty: &Ty) -> &'static str {
    let words = words.iter().map(|word| last(word).to_ascii_lowercase());
    let words: Vec<String> = words.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let logs = [
        "debug",
        "info",
        "notice",
        "warning",
        "error",
        "critical",
        "alert",
        "emergency",
    ];
    let known: &[&'static str] = match &*words {
        [.., last] if logs.contains(last) && count <= 2 => &["message", "context"],
        ["config" | "env" | "session" | "cache"] | [.., "input"] if count <= 2 => {
            &["key", "default"]
        }
        ["date" | "gmdate"] => &["format", "timestamp"],
        _ => &[],
    };
    known.get(index).copied().unwrap_or(match argument(ty) {
        Ty::Text | Ty::Maybe(_) => "text",
        Ty::Int | Ty::Float => "number",
        Ty::Bool => "flag",
        Ty::Closure => "callback",
        Ty::Client => "client",
        Ty::Builder => "builder",
        Ty::Response | Ty::Answer => "response",
        Ty::Thrown => "exception",
        _ => "value",
    })
}

/// What the documentation says of methods of the object that are given.
const CALLABLES: [&str; 3] = [
    "",
    " A method of the object, such as PHP's `[$this, 'paid']`, is given as the names of the class and the method:",
    " the object itself is not given.",
];

/// How many places the documentation of a method shows.
const SHOWN: usize = 6;

/// The type that an argument is passed as.
fn argument(ty: &Ty) -> Ty {
    match ty {
        Ty::Bool | Ty::Int | Ty::Float | Ty::Text => ty.clone(),
        Ty::Maybe(inner) if **inner == Ty::Text => ty.clone(),
        ty if ty.is_plain() => Ty::Any,
        Ty::Unknown | Ty::Void | Ty::Never => Ty::Any,
        Ty::Maybe(_) => ty.clone(),
        ty => ty.clone(),
    }
}

/// A call with a client, a key or a closure is another method than one with a value in its place.
fn kind_key((ty, (takes, gives)): (&Ty, &(usize, Ty))) -> String {
    match ty {
        Ty::Closure => format!("closure {takes} {}", handle_key(gives)),
        ty if ty.is_plain() || matches!(ty, Ty::Unknown | Ty::Void | Ty::Never) => String::new(),
        ty => format!("{ty:?}"),
    }
}

/// A call whose result is a client or an exception is another method than one whose result is a value.
fn handle_key(returns: &Ty) -> &'static str {
    match returns {
        Ty::Client => "client",
        Ty::Thrown => "exception",
        _ => "",
    }
}

/// A word without the namespace of a class.
fn last(word: &str) -> &str {
    word.rsplit('\\').next().unwrap_or(word)
}

fn base_name(words: &[String]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for word in words {
        let part = snake(last(word));
        if parts.last() != Some(&part) {
            parts.push(part);
        }
    }
    let name = parts.join("_");
    // A long chain is known by its ends.
    let name = match parts.len() {
        0 => "value".to_owned(),
        1..=5 => name,
        count => format!("{}_{}", parts[..2].join("_"), parts[count - 2..].join("_")),
    };
    match name.as_str() {
        "self" | "super" | "crate" => format!("{name}_value"),
        _ => name,
    }
}
