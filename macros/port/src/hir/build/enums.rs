//! The enumerations of a file: the values of their cases. All else of them is the application's.

use std::collections::BTreeMap;

use super::comments::blanked;
use super::{Builder, Names};
use crate::hir::tree::{Expr, ExprKind};
use crate::source::Block;
use crate::syntax::{self, ExprKind as PhpKind, Span, Stmt, StmtKind, is_word};

/// The cases of an enumeration: their names, and the values that are written.
#[derive(Debug, Default)]
pub(super) struct Enumeration {
    name: String,
    cases: BTreeMap<String, Option<ExprKind>>,
}

impl Names<'_> {
    /// Adds the enumeration that a statement declares.
    pub(super) fn add_enumeration(&mut self, block: &Block, stmt: &Stmt) {
        let StmtKind::Unsupported { what } = &stmt.kind else {
            return;
        };
        let text = block.text.get(stmt.span.range()).unwrap_or_default();
        if what.contains("enum")
            && let Some(found) = read(&blanked(text))
        {
            self.enums.insert(found.name.to_ascii_lowercase(), found);
        }
    }
}

impl<'a> Builder<'a> {
    /// `State::Paid->value`, `State::Paid->name`
    pub(super) fn of_case(
        &self,
        span: Span,
        object: &'a syntax::Expr,
        member: &str,
    ) -> Option<Expr> {
        let PhpKind::ClassConstant { class, name } = &object.kind else {
            return None;
        };
        let known = self.names.enums.get(&class.last())?;
        // Another namespace may have one of the same name.
        let whole = self.qualified(&known.name);
        let whole = whole.is_some_and(|whole| class.resolved.eq_ignore_ascii_case(&whole));
        if !whole && (class.written.contains('\\') || class.resolved.contains('\\')) {
            return None;
        }
        let value = known.cases.get(name)?;
        let kind = match member {
            "value" => value.clone()?,
            "name" => ExprKind::Text(name.clone()),
            _ => return None,
        };
        Some(Expr::new(span, kind))
    }
}

/// Whether a text names an enumeration other than for the value or the name of a case.
pub(super) fn is_used(text: &str, names: &Names<'_>, name: &str) -> bool {
    let Some(known) = names.enums.get(&name.to_ascii_lowercase()) else {
        return true;
    };
    let text = blanked(text);
    text.match_indices(name).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + name.len()..]);
        if before.ends_with(is_word) || behind.starts_with(is_word) || before.ends_with("enum ") {
            return false;
        }
        let case = behind.strip_prefix("::").and_then(|behind| {
            let end = behind.find(|c| !is_word(c))?;
            let (case, behind) = behind.split_at(end);
            let member = behind.strip_prefix("->")?;
            let end = member.find(|c| !is_word(c)).unwrap_or(member.len());
            Some((case, &member[..end]))
        });
        !case.is_some_and(|(case, member)| match known.cases.get(case) {
            Some(value) => member == "name" || member == "value" && value.is_some(),
            None => false,
        })
    })
}

/// The name and the cases of `enum State: string { case Paid = 'SUCCESS'; … }`.
fn read(text: &str) -> Option<Enumeration> {
    let (_, rest) = text.split_once("enum ")?;
    let rest = rest.trim_start();
    let end = rest.find(|c| !is_word(c))?;
    let (name, rest) = rest.split_at(end);
    let (_, body) = rest.split_once('{')?;
    let mut found = Enumeration {
        name: name.to_owned(),
        ..Enumeration::default()
    };
    for piece in body.split(';') {
        // What stands behind the cases, such as a method, ends them.
        let Some(case) = piece.trim_start().strip_prefix("case ") else {
            break;
        };
        let (name, value) = match case.split_once('=') {
            Some((name, value)) => (name, literal(value.trim())),
            None => (case, None),
        };
        found.cases.insert(name.trim().to_owned(), value);
    }
    Some(found)
}

fn literal(text: &str) -> Option<ExprKind> {
    if let Ok(number) = text.parse() {
        let plain = text.len() == 1 || !text.starts_with(['0', '+']);
        return plain.then_some(ExprKind::Int(number));
    }
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = !inner.contains(['\\', '$', quote]);
    plain.then(|| ExprKind::Text(inner.to_owned()))
}
