//! The blocks of PHP, which are no scopes there and are in Rust.

use std::collections::BTreeMap;

use super::porter::{Outcome, Porter};
use super::scope::Variable;
use crate::diagnostic::Problem;
use crate::syntax::{Expr as Php, Span};

/// What kind of block is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Of an `if`.
    Branch,
    /// Of a `foreach`.
    Loop,
    /// Of a `try` or `catch`.
    Try,
    /// A closure, which is a scope in PHP, too.
    Closure,
}

/// A block that is open.
#[derive(Debug)]
pub(crate) struct Open<'a> {
    kind: Kind,
    /// Where its text ends.
    end: usize,
    /// What was known of the variables that it sets, before.
    before: BTreeMap<String, (Option<Variable>, Option<&'a Php>)>,
}

impl Open<'_> {
    /// Whether PHP may pass the block over.
    pub(crate) fn is_conditional(&self) -> bool {
        self.kind != Kind::Closure
    }
}

impl<'a> Porter<'a> {
    /// Runs `work` within a block; what it sets is forgotten behind it.
    pub(crate) fn within<T>(
        &mut self,
        kind: Kind,
        end: usize,
        work: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        self.open.push(Open {
            kind,
            end,
            before: BTreeMap::new(),
        });
        let outcome = work(self);
        let Some(open) = self.open.pop() else {
            return outcome;
        };
        for (name, (variable, array)) in open.before {
            self.secrets.remove(&name);
            match array {
                Some(array) => drop(self.arrays.insert(name.clone(), array)),
                None => drop(self.arrays.remove(&name)),
            }
            self.scope.restore(&name, variable);
        }
        outcome
    }

    /// The parameter of a closure, or the variable of a `catch`: the block's own.
    pub(crate) fn own(&mut self, name: &str) {
        let known = self.scope.get(name).cloned();
        let array = self.arrays.get(name).copied();
        if let Some(open) = self.open.last_mut() {
            open.before.entry(name.to_owned()).or_insert((known, array));
        }
    }

    /// A variable is about to be set: within a block, Rust forgets it at the block's end.
    pub(crate) fn sets(&mut self, name: &str, span: Span) -> Outcome<()> {
        let in_loop = self.open.iter().any(|open| open.kind == Kind::Loop);
        let Some(open) = self.open.last() else {
            return Ok(());
        };
        if open.before.contains_key(name) {
            return Ok(());
        }
        let known = self.scope.get(name).cloned();
        let closure = open.kind == Kind::Closure;
        let elsewhere = match closure {
            // What a closure sets is its own, unless it is of the same name in Rust.
            true => known.is_some() && self.is_read_after(name, open.end),
            false => self.is_read_after(name, open.end),
        };
        if elsewhere || (known.is_some() && in_loop) {
            let message = format!(
                "`${name}` is set within a block and read behind it: Rust has no such variable there"
            );
            return Err(Problem::error(span, message)
                .hint("declare it before the block in Rust, and assign to it there"));
        }
        let array = self.arrays.get(name).copied();
        if let Some(open) = self.open.last_mut() {
            open.before.insert(name.to_owned(), (known, array));
        }
        Ok(())
    }

    /// Whether PHP reads a variable behind a place before it is set again there.
    fn is_read_after(&self, name: &str, at: usize) -> bool {
        let text = self.block.text.get(at..).unwrap_or_default();
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
        let dollar = format!("${name}");
        let whole = |at: &usize| !text[at + dollar.len()..].starts_with(word);
        let Some(first) = text.match_indices(&dollar).map(|(at, _)| at).find(whole) else {
            return false;
        };
        let before = text[..first].trim_end();
        let after = text[first + dollar.len()..].trim_start();
        let set = after.starts_with('=') && !after.starts_with("==") && !after.starts_with("=>");
        // `$a = 1`, or the parameter of a closure or `catch`.
        let statement = before.is_empty() || before.ends_with([';', '{', '}', '\n', '/', '(']);
        let typed = before.ends_with(|c: char| c.is_ascii_alphanumeric());
        let param = after.starts_with(')')
            && (before.ends_with('(') && self.opens_closure(before)
                || typed && !before.ends_with("as"));
        !(set
            && statement
            && !text[first..]
                .lines()
                .next()
                .unwrap_or_default()
                .contains(&format!("= ${name}"))
            || param)
    }

    fn opens_closure(&self, before: &str) -> bool {
        let head = before.trim_end_matches('(').trim_end();
        head.ends_with("function") || head.ends_with("fn") || head.ends_with("catch")
    }
}
