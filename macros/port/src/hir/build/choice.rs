//! Paths that branches choose: `switch ($by) { case 'id': $path = $client->chain('v3/…'); … }`, then `$path->get(…)`.
//!
//! The variable holds the number of the chosen path. A verb on it becomes a `match` over the paths.

use std::collections::BTreeMap;

use super::Builder;
use super::alias::{Alias, Node};
use crate::hir::tree::{Expr, ExprKind, Place, Root, Stmt};
use crate::recognise::Call;
use crate::syntax::{self, ExprKind as PhpKind, Part, Span, StmtKind as PhpStmt, WholeExpr};

/// The paths of a variable.
#[derive(Debug)]
pub(super) struct Choice {
    /// The variable of the number.
    number: usize,
    /// The paths, from number 1.
    paths: Vec<Node>,
}

/// The variables that hold one of several paths, with the number of the paths.
pub(super) fn choosing(body: &[syntax::Stmt]) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    scan(body, &mut found);
    found.retain(|_, count| *count > 1);
    found
}

/// Counts the paths that each variable may be assigned.
fn scan(body: &[syntax::Stmt], found: &mut BTreeMap<String, usize>) {
    for stmt in body {
        if let PhpStmt::Expr(expr) = &stmt.kind
            && let Some((target, value)) = expr.assignment()
            && let PhpKind::Variable(name) = &target.kind
            && let Some(count) = paths(value)
        {
            *found.entry(name.clone()).or_default() += count;
        }
        for part in stmt.kind.parts() {
            if let Part::Body(body) = part {
                scan(body, found);
            }
        }
    }
}

/// How many paths a value is one of.
fn paths(value: &syntax::Expr) -> Option<usize> {
    match &value.kind {
        PhpKind::Ternary {
            then: Some(then),
            otherwise,
            ..
        } => Some(paths(then)? + paths(otherwise)?),
        PhpKind::Throw(_) => Some(0),
        PhpKind::Whole(whole) => match &**whole {
            WholeExpr::Match { arms, .. } => arms.iter().map(|(_, value)| paths(value)).sum(),
            _ => None,
        },
        _ => Call::path_on(value).map(|_| 1),
    }
}

impl<'a> Builder<'a> {
    /// `$path = $client->chain('v3/…');` of such a variable.
    pub(super) fn choose(
        &mut self,
        span: Span,
        name: &str,
        value: &'a syntax::Expr,
    ) -> Option<Vec<Stmt>> {
        paths(value)?;
        let free = !self.by_name.contains_key(name) && !self.in_main;
        let known = matches!(self.aliases.get(name), None | Some(Alias::Choice));
        if !free || !known {
            return None;
        }
        let number = match self.choices.get(name) {
            Some(choice) => choice.number,
            None => {
                let mut own = format!("{name}_chosen");
                while self.by_name.contains_key(&own) || self.aliases.contains_key(&own) {
                    own.push_str("_path");
                }
                self.local(&own)
            }
        };
        self.choices.entry(name.to_owned()).or_insert(Choice {
            number,
            paths: Vec::new(),
        });
        let mut stmts = Vec::new();
        let chosen = self.chosen_path(name, value, &mut stmts)?;
        // PHP evaluates a kept part before it looks at the other conditions.
        if !stmts.is_empty() && Call::path_on(value).is_none() {
            return None;
        }
        let place = Place {
            root: Root::Local(number),
            path: Vec::new(),
        };
        let set = Expr::new(span, ExprKind::Assign(place, chosen));
        stmts.push(Stmt::expr(span, set));
        self.aliases.insert(name.to_owned(), Alias::Choice);
        Some(stmts)
    }

    /// The number of a path.
    fn chosen_path(
        &mut self,
        name: &str,
        value: &'a syntax::Expr,
        stmts: &mut Vec<Stmt>,
    ) -> Option<Expr> {
        let span = value.span;
        let kind = match &value.kind {
            PhpKind::Ternary {
                condition,
                then: Some(then),
                otherwise,
            } => {
                let condition = self.expr(condition);
                let then = self.chosen_path(name, then, stmts)?;
                let otherwise = self.chosen_path(name, otherwise, stmts)?;
                ExprKind::Ternary(condition, Some(then), otherwise)
            }
            PhpKind::Throw(_) => return Some(self.expr(value)),
            PhpKind::Whole(whole) => {
                let WholeExpr::Match { subject, arms } = &**whole else {
                    return None;
                };
                let subject = self.expr(subject);
                let mut all = Vec::new();
                for (conditions, value) in arms {
                    let conditions = conditions
                        .as_ref()
                        .map(|all| all.iter().map(|condition| self.expr(condition)).collect());
                    all.push((conditions, self.chosen_path(name, value, stmts)?));
                }
                ExprKind::Match(subject, all)
            }
            _ => {
                let node = self.node_of(span, name, value, stmts)?;
                let choice = self.choices.get_mut(name)?;
                choice.paths.push(node);
                ExprKind::Int(i64::try_from(choice.paths.len()).unwrap_or_default())
            }
        };
        Some(Expr::new(span, kind))
    }

    /// The paths of a variable that holds one of several, and the variable of the number.
    pub(super) fn chosen(&self, client: &syntax::Expr) -> Option<(usize, Vec<Node>)> {
        let PhpKind::Variable(name) = &client.kind else {
            return None;
        };
        if !matches!(self.aliases.get(name), Some(Alias::Choice)) {
            return None;
        }
        let choice = self.choices.get(name)?;
        Some((choice.number, choice.paths.clone()))
    }

    /// Whether a loop may come back to a call on such a variable with a path that is not read yet.
    pub(super) fn chosen_later(&self, client: &syntax::Expr) -> bool {
        let PhpKind::Variable(name) = &client.kind else {
            return false;
        };
        let read = self
            .choices
            .get(name)
            .map_or(0, |choice| choice.paths.len());
        self.loops > 0 && self.choosing.get(name) != Some(&read)
    }

    /// A call on such a variable: `call` makes it for one path.
    pub(super) fn on_each(
        &mut self,
        span: Span,
        verb: &str,
        (number, paths): (usize, Vec<Node>),
        call: &mut dyn FnMut(&mut Self, Node) -> Expr,
    ) -> Expr {
        let mut arms = Vec::new();
        for (index, node) in paths.into_iter().enumerate() {
            let own = i64::try_from(index + 1).unwrap_or_default();
            let own = Expr::new(span, ExprKind::Int(own));
            arms.push((Some(vec![own]), call(self, node)));
        }
        let message = format!("Call to a member function {verb}() on null");
        let message = Expr::new(span, ExprKind::Text(message));
        let error = ExprKind::NewThrown("Error".to_owned(), Vec::new(), vec![message]);
        let throw = ExprKind::Throw(Expr::new(span, error));
        arms.push((None, Expr::new(span, throw)));
        let number = Expr::new(span, ExprKind::Local(number));
        Expr::new(span, ExprKind::Match(number, arms))
    }

    /// After `$path = $path->get(…);` the variable holds no path.
    pub(super) fn end_choice(&mut self, target: &syntax::Expr) {
        let PhpKind::Variable(name) = &target.kind else {
            return;
        };
        let ends = self.depth == 1 && self.loops == 0;
        if ends && matches!(self.aliases.get(name), Some(Alias::Choice)) {
            self.aliases.remove(name);
        }
    }
}
