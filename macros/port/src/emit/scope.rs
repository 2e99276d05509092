//! The variables of a snippet: what they are in Rust.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::names::Names;
use super::rust::Expr;
use super::text::snake;

/// What an expression is in Rust.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ty {
    /// `&str`
    Str,
    /// `String`
    String,
    /// `i64`
    Int,
    /// `f64`
    Float,
    /// `bool`
    Bool,
    /// Nothing.
    Null,
    /// `serde_json::Value`
    Json,
    /// `&serde_json::Value`
    JsonRef,
    /// `Client`
    Client,
    /// `&Client`
    ClientRef,
    /// `Call`: a promise that was not waited for; it stands in `Scope::promises`.
    Promise,
    /// `Response`
    Response,
    /// `SavedFile`
    Saved,
    /// The body of an answer, a stream in PHP: the variable of the answer.
    Body(String),
    /// `Error`
    Error,
    /// What an error was answered with: the variable of the error.
    Answer(String),
    /// `PrivateKey`
    PrivateKey,
    /// `PublicKey`
    PublicKey,
    /// `Certificate`
    Certificate,
    /// `Media`
    Media,
    /// A stack of middlewares, as a client that has it.
    Stack {
        /// Whether it is APIv2's.
        v2: bool,
    },
    /// The usual `meta` of an upload: the upload's variable.
    Meta(String),
    /// A closure that encrypts its argument.
    Encryptor,
    /// A URL, as a `String`.
    Uri,
    /// A class that PHP needs and Rust does not.
    Nothing,
}

/// A variable.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    /// Its name in Rust.
    pub(crate) rust: String,
    pub(crate) ty: Ty,
    /// Its value, where that is known.
    pub(crate) constant: Option<Value>,
    /// The text of a `Uri`, where that is known.
    pub(crate) uri: Option<String>,
    /// The file that a key or an upload is from.
    pub(crate) file: Option<String>,
}

/// A parameter of the function that a snippet becomes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Param {
    pub(crate) name: String,
    pub(crate) ty: &'static str,
}

/// The variables of a snippet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    variables: BTreeMap<String, Variable>,
    /// What they are called.
    pub(crate) names: Names,
    /// Names in Rust of what blocks set that are closed.
    retired: BTreeSet<String>,
    /// What the snippet leaves undefined, in the order of use.
    pub(crate) params: Vec<Param>,
    /// Variables that calls are made on, wherever in the snippet.
    pub(crate) clients: BTreeSet<String>,
}

impl Variable {
    pub(crate) fn new(rust: impl Into<String>, ty: Ty) -> Self {
        Self {
            rust: rust.into(),
            ty,
            constant: None,
            uri: None,
            file: None,
        }
    }
}

impl Scope {
    pub(crate) fn new(names: Names) -> Self {
        Self {
            names,
            ..Self::default()
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    pub(crate) fn set(&mut self, name: &str, variable: Variable) {
        self.variables.insert(name.to_owned(), variable);
    }

    pub(crate) fn forget_constant(&mut self, name: &str) {
        if let Some(variable) = self.variables.get_mut(name) {
            variable.constant = None;
            variable.uri = None;
        }
    }

    /// What the snippet calls `$name`: a parameter, where it was not defined before.
    pub(crate) fn read(&mut self, name: &str, wanted: &Ty) -> Variable {
        if let Some(variable) = self.variables.get(name) {
            return variable.clone();
        }
        // A call says what its client is; what another place takes it for does not count.
        let client = self.clients.contains(name);
        let (ty, written) = match if client { &Ty::Client } else { wanted } {
            Ty::Client | Ty::ClientRef => (Ty::ClientRef, "&Client"),
            Ty::PrivateKey => (Ty::PrivateKey, "&PrivateKey"),
            Ty::PublicKey => (Ty::PublicKey, "&PublicKey"),
            Ty::Media => (Ty::Media, "Media"),
            Ty::Json | Ty::JsonRef => (Ty::JsonRef, "&Value"),
            Ty::Int => (Ty::Int, "i64"),
            Ty::Bool => (Ty::Bool, "bool"),
            _ => (Ty::Str, "&str"),
        };
        let mut rust = self.names.get(name);
        if self.retired.contains(&rust) {
            // A block had a variable of this name, which is not this one.
            rust.push_str("_given");
        }
        self.params.push(Param {
            name: rust.clone(),
            ty: written,
        });
        let variable = Variable::new(rust, ty);
        self.set(name, variable.clone());
        variable
    }

    /// A client that is at hand.
    pub(crate) fn any_client(&self) -> Option<String> {
        let client = |known: &&Variable| matches!(known.ty, Ty::Client | Ty::ClientRef);
        let found = self.variables.values().find(client);
        found.map(|known| known.rust.clone())
    }

    /// What a client that is no variable in PHP is in Rust.
    pub(crate) fn set_client_elsewhere(&mut self, written: &str, rust: &str) {
        self.set(&elsewhere(written), Variable::new(rust, Ty::ClientRef));
    }

    /// A client that is no variable in PHP: a parameter, by how it is `written` there.
    pub(crate) fn client_elsewhere(&mut self, written: &str, name: &str) -> String {
        if let Some(known) = self.variables.get(&elsewhere(written)) {
            return known.rust.clone();
        }
        let rust = self.free_client_name(name);
        self.params.push(Param {
            name: rust.clone(),
            ty: "&Client",
        });
        self.set_client_elsewhere(written, &rust);
        rust
    }

    /// `$this->instance` is what Rust calls `client`, if nothing else is.
    fn free_client_name(&self, name: &str) -> String {
        let known = |rust: &str| self.variables.values().any(|known| known.rust == rust);
        let taken = |rust: &str| self.names.is_taken(rust) || known(rust);
        let wanted = match name == "instance" && !taken("client") {
            true => "client".to_owned(),
            false => snake(name),
        };
        let mut rust = wanted.clone();
        let mut number = 2;
        while taken(&rust) {
            rust = format!("{wanted}_{number}");
            number += 1;
        }
        rust
    }

    /// A variable as it was before a block.
    pub(crate) fn restore(&mut self, name: &str, before: Option<Variable>) {
        match before {
            Some(variable) => self.set(name, variable),
            None => {
                self.retired.insert(self.names.get(name));
                self.variables.remove(name);
            }
        }
    }
}

/// The key of a client that is no variable: no variable of PHP has such a name.
fn elsewhere(written: &str) -> String {
    format!("({written})")
}

/// An expression of Rust, and what it is.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub(crate) expr: Expr,
    pub(crate) ty: Ty,
}

impl Typed {
    pub(crate) fn new(expr: Expr, ty: Ty) -> Self {
        Self { expr, ty }
    }

    pub(crate) fn raw(text: impl Into<String>, ty: Ty) -> Self {
        Self::new(Expr::raw(text), ty)
    }

    /// As an argument for `impl AsRef<str>` or `&str`.
    pub(crate) fn as_str(&self) -> Expr {
        let text = self.expr.flat();
        match self.ty {
            Ty::Str => self.expr.clone(),
            Ty::Bool => Expr::raw(format!("[\"\", \"1\"][usize::from({})]", self.expr.bare())),
            Ty::Json | Ty::JsonRef => {
                Expr::raw(format!("&php_text({})", super::operator::borrowed(self)))
            }
            Ty::String | Ty::Uri => Expr::raw(format!("&{text}")),
            _ => Expr::raw(format!("&{text}.to_string()")),
        }
    }

    /// As an argument for `impl Into<Value>`.
    pub(crate) fn as_value(&self) -> Expr {
        let text = self.expr.flat();
        match (&self.ty, &self.expr) {
            (Ty::String | Ty::Uri, Expr::Raw(_)) if is_name(&text) => {
                Expr::raw(format!("{text}.as_str()"))
            }
            (Ty::Json | Ty::JsonRef, Expr::Raw(_)) if is_name(&text) => {
                Expr::raw(format!("{text}.clone()"))
            }
            (Ty::JsonRef, _) => Expr::raw(format!("{text}.clone()")),
            _ => self.expr.clone(),
        }
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.ty, Ty::Str | Ty::String | Ty::Uri)
    }
}

/// Whether it is a variable, so that using it twice would move it.
pub(crate) fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
}
