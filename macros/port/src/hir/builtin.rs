//! The functions of PHP that do here what they do there, with the types of `hir`: `wechatpay-chain-php` has the table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use wechatpay_chain_php::function::{Function, Type};

pub use wechatpay_chain_php::function::{Default, constant};

use super::Ty;

/// A function of PHP.
#[derive(Debug, Clone, PartialEq)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// The parameters.
    pub params: Vec<Param>,
    /// The type of the result.
    pub returns: Ty,
    /// Whether it may throw.
    pub throws: bool,
}

/// A parameter of a function of PHP.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its type; `Maybe(Int)` is null when it is left out.
    pub ty: Ty,
    /// Whether it takes nothing but an array.
    pub array: bool,
    /// Whether it takes `int|float`.
    pub number: bool,
    /// Its value when it is left out.
    pub default: Option<Default>,
}

impl Builtin {
    /// The function of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<&'static Self> {
        TABLE.get(name)
    }
}

static TABLE: LazyLock<BTreeMap<&'static str, Builtin>> = LazyLock::new(|| {
    let builtin = |function: &Function| Builtin {
        name: function.name,
        params: function.params.iter().map(param).collect(),
        returns: ty(function.returns),
        throws: function.throws,
    };
    Function::all()
        .map(|function| (function.name, builtin(function)))
        .collect()
});

fn param(param: &wechatpay_chain_php::function::Param) -> Param {
    Param {
        ty: ty(param.ty),
        array: param.ty == Type::Array,
        number: param.ty == Type::Number,
        default: param.default,
    }
}

fn ty(ty: Type) -> Ty {
    match ty {
        Type::Text => Ty::Text,
        Type::Int => Ty::Int,
        Type::MaybeInt => Ty::Maybe(Box::new(Ty::Int)),
        Type::Bool => Ty::Bool,
        Type::Float => Ty::Float,
        Type::Array | Type::Number | Type::Any => Ty::Any,
    }
}
