//! What PHP prints.

use super::porter::{Outcome, Porter};
use super::rust::{Expr, Node};
use super::scope::{Ty, Typed};
use super::value::unquoted;
use crate::diagnostic::Problem;
use crate::syntax::{Arg, Expr as Php};

impl<'a> Porter<'a> {
    /// `print_r(value)`
    pub(crate) fn print_r(&mut self, expr: &'a Php, args: &'a [Arg]) -> Outcome<()> {
        let [arg] = args else {
            let message = "only `print_r` of one value is known: what it returns is not";
            return Err(Problem::error(expr.span, message));
        };
        let value = self.value(&arg.value, &Ty::Str)?;
        let shown = match value.ty {
            Ty::Json | Ty::JsonRef => Expr::call("println!", [Expr::raw("\"{:#}\""), value.expr]),
            _ => {
                self.printed(expr, vec![value], true)?;
                return Ok(());
            }
        };
        self.push(Node::Do {
            value: shown,
            after: None,
        });
        Ok(())
    }

    /// `echo a, b;`
    pub(crate) fn echo(&mut self, values: &'a [Php]) -> Outcome<()> {
        let mut pieces = Vec::new();
        for value in values {
            pieces.extend(self.pieces(value)?);
        }
        match values.first() {
            Some(first) => self.printed(first, pieces, false),
            None => Ok(()),
        }
    }

    fn printed(&mut self, expr: &'a Php, pieces: Vec<Typed>, newline: bool) -> Outcome<()> {
        let mut texts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            texts.push(self.as_text(expr, piece)?);
        }
        let (mut template, args) = self.formatted(&texts);
        let ends = newline || template.ends_with("\\n");
        if !newline && ends {
            template.truncate(template.len() - 2);
        }
        let name = if ends { "println!" } else { "print!" };
        let mut all = vec![Expr::raw(format!("\"{template}\""))];
        all.extend(args.into_iter().map(Expr::raw));
        if template.is_empty() && all.len() == 1 {
            all.clear();
        }
        self.push(Node::Do {
            value: Expr::call(name, all),
            after: None,
        });
        Ok(())
    }

    /// What has a `Display`.
    fn as_text(&mut self, expr: &'a Php, value: Typed) -> Outcome<Typed> {
        let code = value.expr.flat();
        Ok(match &value.ty {
            Ty::Body(answer) if !answer.is_empty() => {
                Typed::raw(format!("{answer}.text()?"), Ty::String)
            }
            Ty::Json | Ty::JsonRef => Typed::raw(code, Ty::Int),
            Ty::Str if unquoted(&code).is_some() => value,
            Ty::Null => Typed::raw("\"\"", Ty::Str),
            Ty::Str | Ty::String | Ty::Int | Ty::Float | Ty::Bool | Ty::Uri | Ty::Error => value,
            _ => return Err(self.unknown(expr)),
        })
    }
}
