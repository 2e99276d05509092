//! What PHP prints.

use super::fold;
use super::porter::{Outcome, Porter};
use super::rust::{Expr, Node};
use super::scope::{Ty, Typed};
use super::text::{ends_line, quoted};
use crate::diagnostic::Problem;
use crate::syntax::{Arg, BinaryOp, Expr as Php, ExprKind};

impl<'a> Porter<'a> {
    /// `print_r(value)`
    pub(crate) fn print_r(&mut self, expr: &'a Php, args: &'a [Arg]) -> Outcome<()> {
        let [arg] = args else {
            let message = "only `print_r` of one value is known: what it returns is not";
            return Err(Problem::error(expr.span, message));
        };
        let name = match &expr.kind {
            ExprKind::Call { function, .. } => function.last(),
            _ => String::new(),
        };
        let value = self.value(&arg.value, &Ty::Str)?;
        let shown = match value.ty {
            Ty::Json | Ty::JsonRef => Expr::call(
                "println!",
                [Expr::raw("\"{:#}\""), Expr::raw(value.expr.bare())],
            ),
            _ if name != "print_r" => {
                let message = format!("what `{name}` writes of this is PHP's own");
                return Err(Problem::error(expr.span, message).hint("write this part in Rust"));
            }
            Ty::Bool => return self.flag_shown(&value.expr),
            _ => {
                let piece = self.displayed(&arg.value, value)?;
                return self.printed(vec![piece]);
            }
        };
        self.push(Node::Do {
            value: shown,
            after: None,
        });
        Ok(())
    }

    /// PHP writes `1` for true and nothing for false.
    fn flag_shown(&mut self, flag: &Expr) -> Outcome<()> {
        let one = Node::Do {
            value: Expr::call("print!", [Expr::raw("\"1\"")]),
            after: None,
        };
        match flag.bare().as_str() {
            "true" => self.push(one),
            "false" => {}
            flag => self.push(Node::Block {
                head: format!("if {flag}"),
                body: vec![one],
                otherwise: None,
                close: "",
            }),
        }
        Ok(())
    }

    /// `echo a, b;`
    pub(crate) fn echo(&mut self, values: &'a [Php]) -> Outcome<()> {
        if let [value] = values
            && matches!(value.kind, ExprKind::Binary { op, .. } if op != BinaryOp::Concat)
        {
            let value_of = self.value(value, &Ty::Str)?;
            if value_of.ty == Ty::Bool {
                return self.flag_shown(&value_of.expr);
            }
        }
        let mut pieces = Vec::new();
        for value in values {
            pieces.extend(self.pieces(value)?);
        }
        self.printed(pieces)
    }

    fn printed(&mut self, pieces: Vec<Typed>) -> Outcome<()> {
        let (mut template, args) = self.formatted(&pieces);
        if template.is_empty() {
            return Ok(());
        }
        let ends = ends_line(&template);
        if ends {
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

    /// A value as PHP's text of it, for a `format!`.
    pub(crate) fn shown(&mut self, expr: &'a Php) -> Outcome<Typed> {
        let value = self.value(expr, &Ty::Str)?;
        self.displayed(expr, value)
    }

    fn displayed(&mut self, expr: &'a Php, value: Typed) -> Outcome<Typed> {
        let code = value.expr.bare();
        Ok(match &value.ty {
            Ty::Body(answer) if !answer.is_empty() => {
                Typed::raw(format!("{answer}.text()?"), Ty::String)
            }
            Ty::Json | Ty::JsonRef => {
                let code = format!("php_text({})", super::operator::borrowed(&value));
                Typed::raw(code, Ty::String)
            }
            Ty::Null => Typed::raw("\"\"", Ty::Str),
            Ty::Float | Ty::Bool | Ty::Int if is_literal(&code) => {
                let known = fold::constant(expr, &self.scope);
                let text = known.as_ref().and_then(fold::text);
                Typed::raw(quoted(&text.ok_or_else(|| self.unknown(expr))?), Ty::Str)
            }
            Ty::Float => {
                let known = fold::constant(expr, &self.scope);
                let text = known.as_ref().and_then(fold::text);
                Typed::raw(quoted(&text.ok_or_else(|| self.unknown(expr))?), Ty::Str)
            }
            Ty::Bool => Typed::raw(format!("[\"\", \"1\"][usize::from({code})]"), Ty::Str),
            Ty::Str | Ty::String | Ty::Int | Ty::Uri | Ty::Error => value,
            _ => return Err(self.unknown(expr)),
        })
    }
}

/// `true`, `false` or a number.
fn is_literal(code: &str) -> bool {
    matches!(code, "true" | "false") || code.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}
