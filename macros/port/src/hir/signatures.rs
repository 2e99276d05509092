//! The scalar types that PHP's functions declare: a file with `strict_types` gives them no others.
//!
//! The table of `wechatpay-chain-php` has most of them. Here stand those of functions that the tree knows by other names or
//! with other parameters, and those of parameters that the table lacks.

use super::Ty;
use super::builtin::{Builtin, Param};
use super::fold::literal;
use super::function::known_as;
use super::tree::{Expr, ExprKind};

/// A scalar type in a declaration.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    /// One type, or null.
    Of(Ty),
    /// `int|float`
    Number,
}

/// The scalar types of the parameters in order; nothing for a parameter that takes other values.
pub(super) type Signature = Vec<Option<Scalar>>;

impl Scalar {
    /// Whether PHP takes each value of a type as it is, or the port says already that it does not.
    pub(super) fn takes(&self, have: &Ty) -> bool {
        let wanted = match self {
            Self::Of(ty) => ty,
            Self::Number => return matches!(have, Ty::Int | Ty::Float) || !have.is_plain(),
        };
        match have {
            Ty::Null => matches!(wanted, Ty::Maybe(_)),
            Ty::Maybe(_) if !matches!(wanted, Ty::Maybe(_)) => false,
            have => {
                let (have, wanted) = (have.present(), wanted.present());
                !have.is_plain() || have == wanted || (have, wanted) == (&Ty::Int, &Ty::Float)
            }
        }
    }

    /// A value that is checked when the program runs.
    pub(super) fn checked(&self, value: Expr) -> ExprKind {
        match self {
            Self::Of(ty) => ExprKind::Strict(ty.clone(), value),
            Self::Number => ExprKind::Builtin(NUMBER, vec![value]),
        }
    }
}

/// The function that throws for what is neither `int` nor `float`.
pub(super) const NUMBER: &str = "strict_number";

/// The types that a function of PHP declares, by its name in PHP.
fn of_php(name: &str, count: usize) -> Option<Signature> {
    let letters = match name {
        "array_keys" => "--b",
        "array_reverse" => "-b",
        "array_slice" => "-iIb",
        "array_unique" => "-i",
        "base64_decode" | "md5" | "sha1" => "sb",
        "chop" | "hash_equals" | "ucwords" => "ss",
        "count" | "intval" | "sizeof" => "-i",
        "explode" => "ssi",
        "hash" => "ssb",
        "hash_hmac" => "sssb",
        "http_build_query" => "-sSi",
        // With one argument, that is the array.
        "implode" | "join" if count > 1 => "s",
        "json_decode" => "sBii",
        "json_encode" => "-ii",
        "print_r" => "-b",
        "round" => "nii",
        "sprintf" => "s",
        "strrpos" => "ssi",
        _ => return of_table(name),
    };
    Some(read(letters))
}

/// The types that the function of a node declares.
pub(super) fn of_node(name: &str) -> Option<Signature> {
    let letters = match name {
        "implode" | "json_decode" | "json_decode_array" | "json_error" | "json_text" | "sha256"
        | "valid_json" => "s",
        "hmac_sha256" => "ss",
        "intval" => "-i",
        _ => return of_table(name),
    };
    Some(read(letters))
}

/// A signature in letters: text, whole number, truth value, number; capitals take null.
fn read(letters: &str) -> Signature {
    let one = |letter: char| {
        let ty = match letter.to_ascii_lowercase() {
            's' => Ty::Text,
            'i' => Ty::Int,
            'b' => Ty::Bool,
            'n' => return Some(Scalar::Number),
            _ => return None,
        };
        let nullable = letter.is_ascii_uppercase();
        Some(Scalar::Of(if nullable { ty.nullable() } else { ty }))
    };
    letters.chars().map(one).collect()
}

/// The types of the table, but for the names that only the table has.
fn of_table(name: &str) -> Option<Signature> {
    let builtin = Builtin::of(name).filter(|_| known_as(name) == name)?;
    let scalar = |param: &Param| {
        if param.number {
            return Some(Scalar::Number);
        }
        param.ty.is_scalar().then(|| Scalar::Of(param.ty.clone()))
    };
    Some(builtin.params.iter().map(scalar).collect())
}

/// The call of a function of PHP, where an argument that is written there has a type that PHP does not take: it evaluates the
/// others and throws.
pub(super) fn misfit(name: &str, args: &[Expr]) -> Option<Expr> {
    let signature = of_php(name, args.len())?;
    let misfit = |(index, wanted): (usize, Option<Scalar>)| {
        let (wanted, arg) = (wanted?, args.get(index)?);
        let fits = literal(arg).is_none() || wanted.takes(&of_literal(arg));
        (!fits).then_some((index, wanted))
    };
    let (index, wanted) = signature.into_iter().enumerate().find_map(misfit)?;
    let mut others = args.to_vec();
    let value = others.remove(index);
    let span = value.span;
    let kind = ExprKind::Aside {
        value: Expr::new(span, wanted.checked(value)),
        others,
        first: true,
    };
    Some(Expr::new(span, kind))
}

fn of_literal(expr: &Expr) -> Ty {
    match *expr.kind {
        ExprKind::Bool(_) => Ty::Bool,
        ExprKind::Int(_) => Ty::Int,
        ExprKind::Float(_) => Ty::Float,
        ExprKind::Text(_) => Ty::Text,
        _ => Ty::Null,
    }
}
