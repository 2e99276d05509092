//! Which variables of a loop are set anew in each turn, before anything else mentions them: they hold nothing of the turn before.

use std::collections::BTreeMap;
use std::ops::Range;

use super::escapes::is_loop;
use crate::syntax::{Expr, ExprKind, Part, Span, Stmt, StmtKind, Whole, WholeExpr, is_word};

/// A loop of a function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turns<'s> {
    stmt: &'s Stmt,
}

/// How statements use a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    None,
    /// It is set before it is mentioned.
    Fresh,
    /// It is set before it is mentioned, where these statements set it.
    Local,
    /// It may have the value of before.
    Old,
}

impl<'s> Turns<'s> {
    /// The loops among statements, the outer ones first.
    pub(super) fn of(body: impl IntoIterator<Item = &'s Stmt>) -> Vec<Self> {
        let mut found = Vec::new();
        for stmt in body {
            if is_loop(&stmt.kind) {
                found.push(Self { stmt });
            }
            for part in stmt.kind.parts() {
                if let Part::Body(body) = part {
                    found.extend(Self::of(body));
                }
            }
        }
        found
    }

    pub(super) fn span(self) -> Span {
        self.stmt.span
    }

    /// Whether each turn sets a variable before it mentions it.
    pub(super) fn sets_anew(self, name: &str, places: &Places) -> bool {
        let found = Mentions { name, places };
        match &self.stmt.kind {
            StmtKind::Foreach {
                key, value, body, ..
            } => {
                let sets = found.in_expr(value) || key.iter().any(|key| found.in_expr(key));
                sets || found.used(body) != Use::Old
            }
            StmtKind::Whole(whole) => match &**whole {
                Whole::While { condition, body } if found.in_expr(condition) => {
                    found.sets(condition) && found.used(body) != Use::Local
                }
                _ => {
                    let parts = self.stmt.kind.parts();
                    parts.into_iter().all(|part| match part {
                        Part::Expr(value) => !found.in_expr(value),
                        Part::Body(body) => found.used(body) != Use::Old,
                    })
                }
            },
            _ => false,
        }
    }
}

/// Where a text mentions each variable, also by its name: `compact('name')`.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeMap<String, Vec<usize>>);

impl Places {
    pub(super) fn of(text: &str, within: Range<usize>) -> Self {
        let start = within.start;
        let text = text.get(within).unwrap_or_default();
        let mut places = Self::default();
        let by_name = text.contains("compact");
        for (at, mark) in text.match_indices(['$', '\'', '"']) {
            let piece = text[at + 1..].trim_start_matches('{');
            let end = piece.find(|c| !is_word(c)).unwrap_or(piece.len());
            if mark == "$" || (by_name && piece[end..].starts_with(mark)) {
                let name = piece[..end].to_owned();
                places.0.entry(name).or_default().push(start + at);
            }
        }
        places
    }

    /// The last place within some bytes.
    pub(super) fn last(&self, name: &str, within: Range<usize>) -> Option<usize> {
        let all = self.0.get(name)?;
        let count = all.partition_point(|at| *at < within.end);
        let last = *all.get(count.checked_sub(1)?)?;
        (last >= within.start).then_some(last)
    }
}

/// The mentions of a variable in a file.
struct Mentions<'t> {
    name: &'t str,
    places: &'t Places,
}

impl Mentions<'_> {
    fn within(&self, span: Span) -> bool {
        self.places.last(self.name, span.range()).is_some()
    }

    fn in_expr(&self, expr: &Expr) -> bool {
        self.within(expr.span)
    }

    fn used(&self, body: &[Stmt]) -> Use {
        let mut used = Use::None;
        for stmt in body.iter().filter(|stmt| self.within(stmt.span)) {
            used = match (used, self.used_by(stmt)) {
                (Use::None, Use::Fresh) => return Use::Fresh,
                (Use::None, used) => used,
                (_, Use::Fresh) => return Use::Local,
                (Use::Local, Use::Local) => Use::Local,
                _ => return Use::Old,
            };
        }
        used
    }

    /// A statement that mentions the variable.
    fn used_by(&self, stmt: &Stmt) -> Use {
        match &stmt.kind {
            StmtKind::Expr(expr) if self.sets(expr) => Use::Fresh,
            StmtKind::Block(body) => self.used(body),
            StmtKind::Foreach {
                subject,
                key,
                value,
                body,
            } => {
                let sets = self.in_expr(value) || key.iter().any(|key| self.in_expr(key));
                if self.in_expr(subject) || (!sets && self.used(body) == Use::Old) {
                    return Use::Old;
                }
                Use::Local
            }
            StmtKind::If { otherwise, .. } => self.branches(stmt, otherwise.is_some()),
            StmtKind::Try {
                body,
                catches,
                finally,
            } => {
                let leaves = |body: &[Stmt]| body.last().is_some_and(|stmt| leaves(&stmt.kind));
                let mut others = catches.iter().map(|catch| &*catch.body);
                let whole = finally.is_none() && others.all(leaves);
                if whole
                    && self.used(body) == Use::Fresh
                    && catches.iter().all(|it| !self.within(it.span))
                {
                    return Use::Fresh;
                }
                self.branches(stmt, false)
            }
            _ => self.branches(stmt, false),
        }
    }

    /// A statement that runs one of its bodies, or none if they are not `all`.
    fn branches(&self, stmt: &Stmt, all: bool) -> Use {
        let (mut fresh, mut bodies) = (all, 0);
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(value) if self.in_expr(value) => return Use::Old,
                Part::Expr(_) => {}
                Part::Body(body) => {
                    bodies += 1;
                    let used = self.used(body);
                    if used == Use::Old {
                        return Use::Old;
                    }
                    fresh &= used == Use::Fresh;
                }
            }
        }
        match (bodies, fresh) {
            (0, _) => Use::Old,
            (_, true) => Use::Fresh,
            (_, false) => Use::Local,
        }
    }

    /// Whether an expression begins with setting the variable.
    fn sets(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Assign {
                target,
                op: None,
                value,
            } => {
                if self.in_expr(value) {
                    return !self.in_expr(target) && self.sets(value);
                }
                self.is_target(target)
            }
            ExprKind::Binary { left, right, .. } => self.sets(left) && !self.in_expr(right),
            _ => false,
        }
    }

    fn is_target(&self, target: &Expr) -> bool {
        match &target.kind {
            ExprKind::Variable(name) => name == self.name,
            ExprKind::Array(items) => items.iter().any(|item| self.is_target(&item.value)),
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::List(list) => {
                    let mut targets = list.iter().flatten();
                    targets.any(|(_, target)| self.is_target(target))
                }
                _ => false,
            },
            _ => false,
        }
    }
}

fn leaves(kind: &StmtKind) -> bool {
    match kind {
        StmtKind::Return(_) => true,
        StmtKind::Expr(expr) => matches!(expr.kind, ExprKind::Throw(_)),
        StmtKind::Whole(whole) => matches!(**whole, Whole::Break(_) | Whole::Continue(_)),
        _ => false,
    }
}
