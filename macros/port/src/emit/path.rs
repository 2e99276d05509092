//! A chain's path, in the style that is asked for.

use super::Style;
use super::fold;
use super::layout::NARROW;
use super::porter::{Outcome, Porter};
use super::rust::{Expr, Link};
use super::scope::{Ty, Typed};
use super::text::{quoted, width};
use crate::diagnostic::Problem;
use crate::recognise::{Form, Step};
use crate::syntax::{BinaryOp, Expr as Php, ExprKind, Piece, Span};

/// A chain's path.
pub(crate) struct Path {
    /// The links as PHP wrote them, with whether it was an arrow, and what PHP makes of them.
    steps: Vec<(bool, String)>,
    /// Values that stand in the path, by the variable that stands for them.
    pub(crate) values: Vec<(String, Typed)>,
    pub(crate) form: Form,
}

impl Path {
    /// The whole path as PHP normalises it.
    pub(crate) fn whole(&self) -> String {
        let steps: Vec<_> = self.steps.iter().map(|(_, step)| normal(step)).collect();
        steps.join("/")
    }

    /// The names of the variables in it.
    pub(crate) fn variables(&self) -> Vec<String> {
        let whole = self.whole();
        let mut names = Vec::new();
        for piece in whole.split('{').skip(1) {
            let Some((inner, _)) = piece.split_once('}') else {
                continue;
            };
            let inner = inner.trim_start_matches(['+', '#', '.', '/', ';', '?', '&']);
            for name in inner.split(',') {
                let name = name.split(':').next().unwrap_or_default();
                let name = name.trim().trim_end_matches('*').to_owned();
                if !name.is_empty() && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// Whether it is APIv2's.
    pub(crate) fn is_v2(&self) -> bool {
        self.whole().starts_with("v2/")
    }
}

/// What the PHP SDK makes of a link: `aggracctBc` is `aggracct-bc`, `_id_` is `{id}`.
fn normal(step: &str) -> String {
    let mut out = String::with_capacity(step.len() + 8);
    for (index, c) in step.char_indices() {
        if c.is_ascii_uppercase() {
            if index > 0 {
                out.push('-');
            }
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    match out.strip_prefix('_').and_then(|out| out.strip_suffix('_')) {
        Some(name) => format!("{{{name}}}"),
        None => out,
    }
}

/// Whether Rust makes of a literal what PHP makes of it.
fn agrees(step: &str) -> bool {
    let capital = |c: char| c.is_ascii_uppercase();
    let inner = step
        .strip_prefix('_')
        .and_then(|step| step.strip_suffix('_'));
    match inner {
        Some(name) => !name.is_empty() && !name.contains(capital) && !name.contains(['{', '}']),
        None => !(step.contains(['{', '%', '?']) && step.contains(capital)),
    }
}

impl<'a> Porter<'a> {
    pub(crate) fn path(&mut self, steps: &[Step<'a>], form: Form) -> Outcome<Path> {
        let mut path = Path {
            steps: Vec::new(),
            values: Vec::new(),
            form,
        };
        for step in steps {
            let text = match step {
                Step::Arrow { name, .. } => (*name).to_owned(),
                Step::Braces(expr) | Step::Chain(expr) | Step::Index(expr) => {
                    self.path_text(expr, &mut path.values)?
                }
            };
            path.steps.push((matches!(step, Step::Arrow { .. }), text));
        }
        Ok(path)
    }

    /// A text of the path; what is made at run time becomes a variable of it.
    fn path_text(&mut self, expr: &'a Php, values: &mut Vec<(String, Typed)>) -> Outcome<String> {
        let part = values.is_empty();
        if let Some(value) = fold::constant(expr, &self.scope)
            && let Some(text) = fold::text(&value)
            && (!holds_variable(expr) || text.contains('/') && part && !is_joined(expr))
        {
            return Ok(text);
        }
        match &expr.kind {
            ExprKind::Binary {
                op: BinaryOp::Concat,
                left,
                right,
            } => Ok(self.path_text(left, values)? + &self.path_text(right, values)?),
            ExprKind::Interpolated(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(piece) => text.push_str(piece),
                        Piece::Value(expr) => text.push_str(&self.path_text(expr, values)?),
                    }
                }
                Ok(text)
            }
            _ => {
                let known = fold::constant(expr, &self.scope);
                let known = known.as_ref().and_then(fold::text);
                if let Some(text) = known.filter(|text| text.contains('/')) {
                    return Ok(text);
                }
                let message = "PHP rewrites the capitals of a value in the path; \
                               the port sends it as it is";
                self.warn(expr.span, message);
                let name = match &expr.kind {
                    ExprKind::Variable(name) => super::text::snake(name),
                    _ => format!("value{}", values.len() + 1),
                };
                let value = self.value(expr, &Ty::Str)?;
                let text = format!("{{{name}}}");
                values.push((name, value));
                Ok(text)
            }
        }
    }

    /// `client.…` up to before the verb.
    pub(crate) fn chain_of(&mut self, client: &str, path: &Path, span: Span) -> Outcome<Expr> {
        let whole = path.whole();
        if whole.contains("://") || whole.starts_with("//") {
            let message = "an absolute URL is signed and sent to its host by PHP; \
                           this library refuses to";
            let hint = "write the path alone, and the host as `base_uri`; for a URL of an answer \
                        use `client.get_url(url)`";
            return Err(Problem::error(span, message).hint(hint));
        }
        let client = Expr::raw(client);
        let literal = whole.trim_start_matches('/');
        Ok(match self.options.style.of(path.form) {
            Style::Seg => self.segments(client, path, literal),
            Style::Macro => self.dotted(client, path, literal),
            Style::Index => Expr::raw(format!("{}[{}]", client.flat(), quoted(literal))),
            _ => client.method("chain", [Expr::raw(quoted(literal))]),
        })
    }

    /// `chain!(client.v3.pay)`; what does not fit on a line is better read as a text.
    fn dotted(&mut self, client: Expr, path: &Path, literal: &str) -> Expr {
        let dots = is_dotted(literal).then(|| client.flat() + &dotted(path, literal));
        match dots.filter(|dots| width(dots) <= NARROW) {
            Some(dots) => Expr::raw(format!("{}!({dots})", self.imports.own("chain"))),
            None => client.method("chain", [Expr::raw(quoted(literal))]),
        }
    }

    fn segments(&mut self, client: Expr, path: &Path, literal: &str) -> Expr {
        // The names as PHP has them, where both sides read them alike.
        let names: Vec<String> = match path.form {
            Form::Pure
                if path
                    .steps
                    .iter()
                    .all(|(arrow, step)| *arrow && agrees(step)) =>
            {
                path.steps.iter().map(|(_, step)| step.clone()).collect()
            }
            _ => literal.split('/').map(str::to_owned).collect(),
        };
        let mut names = names.into_iter().peekable();
        let mut chain = client;
        match names.peek().map(String::as_str) {
            Some("v3" | "V3") => chain = chain.method("v3", []),
            Some("v2" | "V2") => chain = chain.method("v2", []),
            _ => {
                let rest: Vec<_> = names.collect();
                return chain.method("chain", [Expr::raw(quoted(&rest.join("/")))]);
            }
        }
        names.next();
        while let Some(name) = names.next() {
            if name.is_empty() && names.peek().is_none() {
                // A slash at the end.
                chain = chain.method("chain", [Expr::raw("\"\"")]);
                break;
            }
            let call = Expr::call(".seg", [Expr::raw(quoted(&name))]);
            chain = chain.link(Link::new(call));
        }
        chain
    }
}

/// Whether a value of the program is part of a text.
fn holds_variable(expr: &Php) -> bool {
    match &expr.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Binary { left, right, .. } => holds_variable(left) || holds_variable(right),
        ExprKind::Interpolated(pieces) => {
            pieces.iter().any(|piece| matches!(piece, Piece::Value(_)))
        }
        _ => false,
    }
}

/// Whether a text is put together.
fn is_joined(expr: &Php) -> bool {
    !matches!(expr.kind, ExprKind::Variable(_))
}

/// Whether a path can be written with dots.
fn is_dotted(path: &str) -> bool {
    let mut segments = path.split('/');
    let versioned = segments
        .next()
        .is_some_and(|first| matches!(first, "v2" | "v3"));
    versioned && segments.all(|segment| !segment.is_empty())
}

fn dotted(path: &Path, literal: &str) -> String {
    let names: Vec<&str> = match path.form {
        Form::Pure
            if path
                .steps
                .iter()
                .all(|(arrow, step)| *arrow && agrees(step)) =>
        {
            path.steps.iter().map(|(_, step)| &**step).collect()
        }
        _ => literal.split('/').collect(),
    };
    let mut out = String::new();
    for (index, name) in names.iter().enumerate() {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        match name
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            _ if index == 0 => out.push_str(&format!(".{}", name.to_ascii_lowercase())),
            Some(name) if name.chars().all(|c| c.is_ascii_lowercase() || c == '_') => {
                out.push_str(&format!("._{name}_"));
            }
            None if plain && !name.chars().all(|c| c == '_') => {
                out.push_str(&format!(".{name}"));
            }
            None if is_kebab(name) => out.push_str(&format!(".{}", camel(name))),
            _ => out.push_str(&format!("[{}]", quoted(name))),
        }
    }
    out
}

/// `merchant-service`
fn is_kebab(name: &str) -> bool {
    let words = name.split('-');
    words.into_iter().all(|word| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    })
}

/// `merchantService`
fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (index, word) in name.split('-').enumerate() {
        let (first, rest) = word.split_at(word.len().min(1));
        match index {
            0 => out.push_str(first),
            _ => out.push_str(&first.to_ascii_uppercase()),
        }
        out.push_str(rest);
    }
    out
}
