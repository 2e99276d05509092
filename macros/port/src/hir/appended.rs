//! Items that are appended to an array from which others were unset.
//!
//! PHP goes on from the highest key that the array ever had; a value of JSON only knows the keys that it has. So `[]=`
//! behind `unset` of an item is refused, unless the whole array is set in between.

use super::tree::{Expr, ExprKind, File, Place, Root, Stmt, StmtKind};
use super::walk::Use;
use crate::syntax::Span;

pub(super) fn file(file: &mut File) {
    for function in file.functions_mut() {
        let mut found = Found::default();
        found.list(&mut function.body);
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| found.refuse(expr));
        }
    }
}

#[derive(Default)]
struct Found {
    /// The arrays that lose items: where they are, how deep, and the statement.
    unset: Vec<(String, usize, Span)>,
    /// The variables that are set as a whole.
    set: Vec<(String, Span)>,
    loops: Vec<Span>,
}

impl Found {
    fn list(&mut self, body: &mut [Stmt]) {
        for stmt in body {
            if matches!(
                stmt.kind,
                StmtKind::While { .. } | StmtKind::DoWhile(..) | StmtKind::Foreach { .. }
            ) {
                self.loops.push(stmt.span);
            }
            for expr in stmt.exprs_mut() {
                self.expr(expr);
            }
            for (body, _) in stmt.bodies_mut() {
                self.list(body);
            }
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        let span = expr.span;
        if let ExprKind::Unset(place) = &*expr.kind
            && let Some((Some(key), _)) = place.path.split_last()
            && !is_name(key)
        {
            self.unset
                .push((name(&place.root), place.path.len() - 1, span));
        }
        for (place, how) in expr.places_mut() {
            if how == Use::Write {
                self.set.push((name(&place.root), span));
            }
        }
        for child in expr.children_mut() {
            self.expr(child);
        }
    }

    fn refuse(&self, expr: &mut Expr) {
        let span = expr.span;
        let places = expr.places_mut().into_iter();
        let late = places.map(|(place, _)| place).any(|place| {
            self.unset
                .iter()
                .any(|unset| is_appended(place, unset) && self.is_before(unset, span))
        });
        if late {
            let message = "`[]` behind `unset` of an item: PHP goes on from the highest key that the array ever had";
            *expr = Expr::refused(span, message);
        }
    }

    /// Whether an item may have been unset when another one is appended.
    fn is_before(&self, (root, _, unset): &(String, usize, Span), appended: Span) -> bool {
        let set_between = |from: usize, to: usize| {
            let mut set = self.set.iter();
            set.any(|(name, span)| name == root && from < span.start && span.start < to)
        };
        if unset.start < appended.start {
            return !set_between(unset.start, appended.start);
        }
        let mut loops = self.loops.iter();
        loops.any(|turn| {
            let within = turn.start <= appended.start && unset.end <= turn.end;
            within
                && !set_between(unset.start, turn.end)
                && !set_between(turn.start, appended.start)
        })
    }
}

fn is_appended(place: &Place, (root, depth, _): &(String, usize, Span)) -> bool {
    name(&place.root) == *root && matches!(place.path.get(*depth), Some(None))
}

fn name(root: &Root) -> String {
    match root {
        Root::Local(local) => local.to_string(),
        Root::Field(name) => format!("${name}"),
    }
}

/// Whether a key is a name and no number.
fn is_name(key: &Expr) -> bool {
    matches!(&*key.kind, ExprKind::Text(text) if text.parse::<i64>().is_err())
}
