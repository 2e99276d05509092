//! Closures in an array that only calls read: `$handlers = ['paid' => function ($order) { … }];`, then
//! `$handlers[$state]($order)`. A call is a `match` over the keys.

use super::Builder;
use super::alias::Alias;
use super::callable::taking;
use crate::hir::tree::{Expr, ExprKind, Place, Root, Stmt};
use crate::syntax::{self, BinaryOp, Closure, ExprKind as PhpKind, Part, Span};

/// A closure of such an array, with its key.
#[derive(Debug, Clone)]
pub(super) struct Row {
    key: String,
    closure: Expr,
    /// How many arguments it takes, and how many it needs.
    takes: usize,
    needs: usize,
}

impl<'a> Builder<'a> {
    /// The assignment of such an array: what its closures take of the code around them is kept as it is there.
    pub(super) fn table(&mut self, span: Span, expr: &'a syntax::Expr) -> Option<Vec<Stmt>> {
        let (target, value) = expr.assignment()?;
        let (PhpKind::Variable(name), PhpKind::Array(items)) = (&target.kind, &value.kind) else {
            return None;
        };
        let straight = self.depth == 1 && self.loops == 0 && !self.in_main && !self.is_open();
        let known = self.by_name.contains_key(name) || self.aliases.contains_key(name);
        if !straight || items.is_empty() || known {
            return None;
        }
        let mut rows: Vec<(String, &Closure, Span)> = Vec::new();
        for item in items {
            let (Some(key), PhpKind::Closure(closure)) =
                (item.key.as_ref().map(|key| &key.kind), &item.value.kind)
            else {
                return None;
            };
            let PhpKind::String(key) = key else {
                return None;
            };
            let named = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            let twice = rows.iter().any(|(known, _, _)| known == key);
            if !named || twice || !is_plain(closure) {
                return None;
            }
            rows.push((key.clone(), closure, item.value.span));
        }
        let within = self.source(value.span).contains(&format!("${name}"));
        if within || !only_called(&self.body_behind(expr.span)?, name) {
            return None;
        }
        let mut stmts = Vec::new();
        let mut table = Vec::new();
        for (key, closure, at) in rows {
            let mut built = self.closure(at, closure);
            self.keep_captures(span, &mut built, &mut stmts);
            let needs = closure.params.iter();
            let needs = needs.filter(|param| param.default.is_none()).count();
            table.push(Row {
                key,
                closure: built,
                takes: closure.params.len(),
                needs,
            });
        }
        self.tables.insert(name.clone(), table);
        self.aliases.insert(name.clone(), Alias::Table);
        Some(stmts)
    }

    fn keep_captures(&mut self, span: Span, built: &mut Expr, stmts: &mut Vec<Stmt>) {
        let ExprKind::Closure(_, captures) = &mut *built.kind else {
            return;
        };
        for (outer, _) in captures {
            let name = self.locals.get(*outer).map(|local| local.name.clone());
            let name = format!("{}_{}", name.unwrap_or_default(), built.span.start);
            let kept = self.local(&name);
            let place = Place {
                root: Root::Local(kept),
                path: Vec::new(),
            };
            let value = Expr::new(span, ExprKind::Local(*outer));
            let set = Expr::new(span, ExprKind::Assign(place, value));
            stmts.push(Stmt::expr(span, set));
            *outer = kept;
        }
    }

    /// `$handlers[$state](…)`
    pub(super) fn call_of_table(
        &mut self,
        span: Span,
        callee: &'a syntax::Expr,
        args: &'a [syntax::Arg],
    ) -> Option<Expr> {
        let (mut table, key) = self.row_of(callee)?;
        if let PhpKind::String(known) = &key.kind {
            table.retain(|row| row.key == *known);
        }
        let args = self.args(args)?;
        let key = self.expr(key);
        let mut arms = Vec::new();
        for row in table {
            if args.len() < row.needs || row.needs < row.takes && args.len() < row.takes {
                return None;
            }
            let own = Expr::new(span, ExprKind::Text(row.key));
            let call = |args| ExprKind::CallClosure(row.closure, args);
            let call = taking(span, args.clone(), row.takes, call);
            arms.push((Some(vec![own]), call));
        }
        let message = "Value of type null is not callable".to_owned();
        let message = Expr::new(span, ExprKind::Text(message));
        let error = ExprKind::NewThrown("Error".to_owned(), Vec::new(), vec![message]);
        let throw = ExprKind::Throw(Expr::new(span, error));
        arms.push((None, Expr::new(span, throw)));
        Some(Expr::new(span, ExprKind::Match(key, arms)))
    }

    /// `isset($handlers[$state])`
    pub(super) fn is_in_table(&mut self, asked: &'a syntax::Expr) -> Option<Expr> {
        let (table, key) = self.row_of(asked)?;
        let span = asked.span;
        let key = self.expr(key);
        let same = table.into_iter().map(|row| {
            let own = Expr::new(span, ExprKind::Text(row.key));
            Expr::new(
                span,
                ExprKind::Binary(BinaryOp::Identical, key.clone(), own),
            )
        });
        same.reduce(|one, other| Expr::new(span, ExprKind::Or(one, other)))
    }

    fn row_of(&self, item: &'a syntax::Expr) -> Option<(Vec<Row>, &'a syntax::Expr)> {
        let PhpKind::Index {
            object,
            index: Some(index),
        } = &item.kind
        else {
            return None;
        };
        let PhpKind::Variable(name) = &object.kind else {
            return None;
        };
        let simple = matches!(index.kind, PhpKind::Variable(_) | PhpKind::String(_));
        let table = self.tables.get(name).filter(|_| simple)?;
        Some((table.clone(), index))
    }

    /// The statements of the function behind a place; of those around it, all.
    fn body_behind(&self, span: Span) -> Option<Vec<&'a syntax::Stmt>> {
        let behind = self.statements_of?.iter();
        Some(behind.filter(|stmt| stmt.span.start >= span.end).collect())
    }
}

/// Whether a closure shares no variable with the code around it.
fn is_plain(closure: &Closure) -> bool {
    let shares = closure.uses.iter().any(|capture| capture.by_reference);
    let mut params = closure.params.iter();
    !shares && params.all(|param| !param.by_reference && !param.variadic)
}

/// Whether all that mentions a variable calls its items, or asks whether they are there.
fn only_called(body: &[&syntax::Stmt], name: &str) -> bool {
    body.iter().all(|stmt| {
        stmt.kind.parts().into_iter().all(|part| match part {
            Part::Expr(value) => calls_only(value, name),
            Part::Body(body) => only_called(&body.iter().collect::<Vec<_>>(), name),
        })
    })
}

fn calls_only(value: &syntax::Expr, name: &str) -> bool {
    let item = |value: &syntax::Expr| match &value.kind {
        PhpKind::Index {
            object,
            index: Some(index),
        } => {
            let own = matches!(&object.kind, PhpKind::Variable(known) if known == name);
            own && matches!(index.kind, PhpKind::Variable(_) | PhpKind::String(_))
        }
        _ => false,
    };
    match &value.kind {
        PhpKind::Variable(known) => known != name,
        PhpKind::Closure(closure) => {
            let taken = closure.uses.iter().any(|capture| capture.name == name);
            !taken
                && (!closure.arrow || only_called(&closure.body.iter().collect::<Vec<_>>(), name))
        }
        PhpKind::CallValue { callee, args } if item(callee) => {
            args.iter().all(|arg| calls_only(&arg.value, name))
        }
        PhpKind::Call { function, args } if function.last() == "isset" => args
            .iter()
            .all(|arg| item(&arg.value) || calls_only(&arg.value, name)),
        PhpKind::Call { function, .. }
            if matches!(
                function.last().as_str(),
                "compact" | "extract" | "get_defined_vars"
            ) =>
        {
            false
        }
        PhpKind::Unsupported { .. } => false,
        _ => value
            .children()
            .into_iter()
            .all(|part| calls_only(part, name)),
    }
}
