//! Where PHP declares an array, and throws a `TypeError` for another value.

use std::collections::BTreeMap;

use super::tree::{Class, Expr, ExprKind, File, Place, Root};

/// The values that a declaration of an array takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrays {
    /// Nothing but an array.
    Only,
    /// An array or null.
    OrNull,
}

impl Arrays {
    /// What a written type takes; nothing where it is no array.
    #[must_use]
    pub fn declared(written: &str) -> Option<Self> {
        let written = written.to_ascii_lowercase();
        let (nullable, written) = match written.strip_prefix('?') {
            Some(inner) => (true, inner),
            None => (false, &*written),
        };
        let mut parts: Vec<&str> = written.split('|').map(str::trim).collect();
        let all = parts.len();
        parts.retain(|part| *part != "null");
        let nullable = nullable || parts.len() < all;
        match *parts {
            ["array" | "iterable"] if nullable => Some(Self::OrNull),
            ["array" | "iterable"] => Some(Self::Only),
            _ => None,
        }
    }

    /// Whether a value may be one that it does not take, as far as its form shows.
    pub(crate) fn may_refuse(self, value: &Expr) -> bool {
        match &*value.kind {
            ExprKind::Null => self == Self::Only,
            ExprKind::Throw(_) | ExprKind::Exit(_) | ExprKind::Refused(_) => false,
            ExprKind::Ternary(_, Some(one), other) => {
                self.may_refuse(one) || self.may_refuse(other)
            }
            _ => !is_array(value),
        }
    }

    /// Checks a value, unless it is surely one that it takes.
    fn check(self, value: &mut Expr) {
        if self.may_refuse(value) {
            let inner = std::mem::replace(value, Expr::new(value.span, ExprKind::Null));
            *value.kind = ExprKind::AsArray(inner, self);
        }
    }
}

/// Whether a value is an array, as it is written.
pub(crate) fn is_array(value: &Expr) -> bool {
    match &*value.kind {
        ExprKind::Array(_)
        | ExprKind::ToArray(_)
        | ExprKind::Merge(_)
        | ExprKind::Map(..)
        | ExprKind::Filter(..)
        | ExprKind::AsArray(_, Arrays::Only) => true,
        ExprKind::Builtin(name, _) => {
            let array = name.starts_with("array_")
                && !matches!(*name, "array_sum" | "array_search" | "array_key_exists");
            array
                || matches!(
                    *name,
                    "explode" | "ksort" | "ksort_text" | "str_split" | "xml_to_array"
                )
        }
        _ => false,
    }
}

type Takes = BTreeMap<String, Arrays>;

/// Checks what properties are given that PHP declares as arrays. A function checks its parameters where it begins.
pub(super) fn file(file: &mut File) {
    for class in &mut file.classes {
        let takes = takes(class);
        for method in class.constructor.iter_mut().chain(&mut class.methods) {
            for stmt in &mut method.body {
                stmt.each_with_closures(&mut |expr| assigned(expr, &takes));
            }
        }
    }
}

fn takes(class: &Class) -> Takes {
    let fields = class.fields.iter().filter(|field| field.ty.is_plain());
    let takes = fields.filter_map(|field| Some((field.name.clone(), field.arrays?)));
    takes.collect()
}

fn assigned(expr: &mut Expr, takes: &Takes) {
    let span = expr.span;
    let of = |place: &Place| match &place.root {
        Root::Field(name) if place.path.is_empty() => {
            takes.get(name).map(|arrays| (name.clone(), *arrays))
        }
        _ => None,
    };
    for (place, value) in expr.given_mut() {
        if let Some((_, arrays)) = of(place) {
            arrays.check(value);
        }
    }
    if let ExprKind::AssignOp(place, op, value) = &mut *expr.kind {
        let Some((name, arrays)) = of(place) else {
            return;
        };
        let before = Expr::new(span, ExprKind::Field(name));
        let after = ExprKind::calculated(*op, before, value.clone());
        let after = ExprKind::AsArray(Expr::new(span, after), arrays);
        *expr.kind = ExprKind::Assign(place.clone(), Expr::new(span, after));
    }
}
