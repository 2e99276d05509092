//! The functions of PHP by their names: parameters, defaults, results, and what they give.
//!
//! `wechatpay port` reads this table at three places. It writes calls of the Rust functions, it computes calls
//! whose arguments are literals, and `--emit request` runs every call. So all three agree. `hir/function.rs` of the
//! porter decides which row is meant by a call of PHP, for all three.

mod args;
mod constant;
mod parameters;
mod table;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use crate::Result;

pub use constant::constant;
pub(crate) use parameters::parameter;

/// A Rust function of this crate, or of `wechatpay_chain::php`, that does what a function of PHP does.
#[derive(Debug)]
#[non_exhaustive]
pub struct Function {
    /// Its name in Rust.
    pub name: &'static str,
    /// The parameters.
    pub params: &'static [Param],
    /// The type of the result.
    pub returns: Type,
    /// Whether it returns a `Result`.
    pub throws: bool,
    /// Runs it. A function of another crate, and one that asks the world around it, has none.
    run: Option<fn(args::Args<'_>) -> Result<Value>>,
}

/// A parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Param {
    /// Its type.
    pub ty: Type,
    /// Its value when it is left out.
    pub default: Option<Default>,
}

/// A type of PHP in a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a back end has to handle every type"
)]
pub enum Type {
    /// `string`
    Text,
    /// `int`
    Int,
    /// `?int`
    MaybeInt,
    /// `bool`
    Bool,
    /// `float`
    Float,
    /// `array`
    Array,
    /// `int|float`
    Number,
    /// `mixed`, and every union of types.
    Any,
}

/// The value of a parameter that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a back end has to handle every default"
)]
pub enum Default {
    /// `null`
    Null,
    /// `false`
    False,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(&'static str),
}

impl Default {
    /// The default as a value.
    #[must_use]
    pub fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::False => Value::Bool(false),
            Self::Int(number) => Value::from(number),
            Self::Text(text) => Value::from(text),
        }
    }
}

static BY_NAME: LazyLock<BTreeMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let rows = table::TABLE.iter();
    rows.map(|function| (function.name, function)).collect()
});

impl Function {
    /// The function of a name in Rust.
    #[must_use]
    pub fn of(name: &str) -> Option<&'static Self> {
        BY_NAME.get(name).copied()
    }

    /// All functions.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        table::TABLE.iter()
    }

    /// The arguments with the defaults of those that are left out; nothing when there are too many or too few.
    fn complete(&self, args: &[Value]) -> Option<Vec<Value>> {
        if args.len() > self.params.len() {
            return None;
        }
        let missing = self.params.iter().skip(args.len());
        let missing = missing.map(|param| param.default.map(Default::value));
        args.iter().cloned().map(Some).chain(missing).collect()
    }

    /// The result; nothing when the function cannot run here or does not take so many arguments.
    ///
    /// ```
    /// # use wechatpay_chain_php::{function::Function, json};
    /// let substr = Function::of("substr").unwrap();
    /// assert_eq!(substr.call(&[json!("abc"), json!(-2)]).unwrap().unwrap(), "bc");
    /// ```
    ///
    /// # Errors
    /// The exception that PHP throws, or a fault for a call that cannot run here.
    #[must_use]
    pub fn call(&self, args: &[Value]) -> Option<Result<Value>> {
        let (run, args) = (self.run?, self.complete(args)?);
        Some(run(args::Args::new(&args)))
    }
}
