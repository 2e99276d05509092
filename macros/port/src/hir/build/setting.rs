//! Calls that change what other functions of PHP do, and functions that give raw bytes.

use super::Builder;
use crate::diagnostic::Problem;
use crate::hir::tree::{Expr, ExprKind};
use crate::syntax::{Arg, ExprKind as PhpKind, Span};

impl<'a> Builder<'a> {
    /// The refusal of a call for what it does to others, or for what it gives.
    pub(super) fn refused_setting(&self, span: Span, name: &str, args: &'a [Arg]) -> Option<Expr> {
        let message = if counts(name, args) {
            format!("`{name}`, which changes what other functions do,")
        } else if gives_bytes(name, args) {
            let message = format!("`{name}` gives raw bytes, which no text holds");
            let problem = Problem::error(span, message).hint("write this part in Rust");
            return Some(Expr::new(span, ExprKind::Refused(problem)));
        } else {
            return None;
        };
        Some(self.unknown(span, &message))
    }
}

/// Whether a call changes what functions do that are ported.
pub(super) fn counts(name: &str, args: &[Arg]) -> bool {
    let first = args.first().map(|arg| &arg.value.kind);
    match name {
        "bcscale" | "setlocale" => first.is_some(),
        "ini_set" | "ini_alter" => match first {
            Some(PhpKind::String(setting)) => {
                SETTINGS.contains(&setting.to_ascii_lowercase().as_str())
            }
            _ => true,
        },
        "mb_internal_encoding" => first.is_some() && !is_utf8(args.first()),
        _ => false,
    }
}

/// The settings that change texts of numbers, of queries and of times.
const SETTINGS: [&str; 9] = [
    "arg_separator.output",
    "bcmath.scale",
    "date.timezone",
    "default_charset",
    "internal_encoding",
    "mbstring.internal_encoding",
    "precision",
    "serialize_precision",
    "zend.assertions",
];

fn gives_bytes(name: &str, args: &[Arg]) -> bool {
    match name {
        "iconv" => !is_utf8(args.get(1)),
        "mb_convert_encoding" => !is_utf8(args.get(1)),
        "gzcompress" | "gzdeflate" | "gzencode" | "hex2bin" | "pack" | "utf8_decode" => true,
        _ => false,
    }
}

/// Whether an argument names UTF-8, possibly with `//IGNORE`.
fn is_utf8(arg: Option<&Arg>) -> bool {
    let Some(PhpKind::String(name)) = arg.map(|arg| &arg.value.kind) else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    let name = name.split("//").next().unwrap_or_default();
    matches!(name, "utf-8" | "utf8")
}
