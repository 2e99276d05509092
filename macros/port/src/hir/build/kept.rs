//! `static` variables of functions: the value that one call leaves is there for the next.
//!
//! PHP forgets it with the request; a process of Rust does not. The variable is a copy of the kept value, which each statement
//! that changes it replaces. So only such statements may change it, and the function may not run within itself.

use std::collections::BTreeSet;

use super::Builder;
use super::bytes::variable;
use crate::hir::changed::changed;
use crate::hir::lifted::scope::everywhere;
use crate::hir::tree::{Expr, ExprKind, Place, Root, Stmt, StmtKind};
use crate::syntax::{
    self, Arg, BinaryOp, Closure, ExprKind as PhpKind, Part, Span, StmtKind as PhpStmt, WholeExpr,
};

impl<'a> Builder<'a> {
    /// `static $n = 0;` of a function.
    pub(super) fn kept_variables(
        &mut self,
        span: Span,
        variables: &'a [(String, Option<syntax::Expr>)],
    ) -> StmtKind {
        let body = self.statements_of.unwrap_or_default();
        if self.is_open() || self.reaches_itself() || calls_values(body) {
            return self.no(span, "a `static` variable here");
        }
        let mut stmts = Vec::new();
        for (name, value) in variables {
            let known = self.by_name.contains_key(name) || self.aliases.contains_key(name);
            let constant = value.as_ref().is_none_or(super::alias::is_constant);
            if known || !constant || !sets_by_statements(body, name) {
                return self.no(span, "this `static` variable");
            }
            let value = match value {
                Some(value) => self.expr(value),
                None => Expr::new(span, ExprKind::Null),
            };
            let local = self.local(name);
            self.locals[local].kept = true;
            self.kept.insert(name.clone(), local);
            for kind in [StmtKind::Let(local, value), StmtKind::Recall(local)] {
                stmts.push(Stmt { span, kind });
            }
        }
        StmtKind::Block(stmts)
    }

    /// Keeps the `static` variables that a statement may have changed.
    pub(super) fn keeping(&mut self, stmt: &syntax::Stmt, mut stmts: Vec<Stmt>) -> Vec<Stmt> {
        // Its variables are the function's.
        if let (
            PhpStmt::Whole(_),
            [
                Stmt {
                    kind: StmtKind::Block(own),
                    ..
                },
            ],
        ) = (&stmt.kind, &mut *stmts)
            && own
                .iter()
                .any(|stmt| matches!(stmt.kind, StmtKind::Recall(_)))
        {
            return std::mem::take(own);
        }
        let (PhpStmt::Expr(value) | PhpStmt::Return(Some(value))) = &stmt.kind else {
            return stmts;
        };
        let changed = self.kept.iter();
        let changed = changed.filter(|(name, _)| writes(value, name) > 0);
        let changed: Vec<_> = changed.map(|(_, local)| *local).collect();
        for local in changed {
            let span = stmt.span;
            let keep = Stmt {
                span,
                kind: StmtKind::Keep(local),
            };
            if let Some(StmtKind::Return(returned)) = stmts.last_mut().map(|last| &mut last.kind) {
                let own = Expr::new(span, ExprKind::Local(local));
                let Some(value) = returned.replace(own) else {
                    continue;
                };
                let value = if gives_new(&value, local) {
                    value
                } else {
                    self.kept_result(span, value, returned)
                };
                let last = stmts.len() - 1;
                stmts.splice(last..last, [Stmt::expr(span, value), keep]);
            } else {
                stmts.push(keep);
            }
        }
        stmts
    }

    /// The value of a `return` that changes the variable, in another one.
    fn kept_result(&mut self, span: Span, value: Expr, returned: &mut Option<Expr>) -> Expr {
        let local = self.local("kept_result");
        *returned = Some(Expr::new(span, ExprKind::Local(local)));
        let place = Place {
            root: Root::Local(local),
            path: Vec::new(),
        };
        Expr::new(span, ExprKind::Assign(place, value))
    }

    /// Whether the function may run within itself, as far as the file says.
    fn reaches_itself(&self) -> bool {
        let Some(own) = self
            .function_name
            .as_ref()
            .map(|name| name.to_ascii_lowercase())
        else {
            return true;
        };
        let mut seen = BTreeSet::new();
        let mut todo = vec![own.clone()];
        while let Some(name) = todo.pop() {
            let Some(function) = self.names.functions.get(&name) else {
                continue;
            };
            for called in called(function) {
                if called == own {
                    return true;
                }
                if seen.insert(called.clone()) {
                    todo.push(called);
                }
            }
        }
        false
    }
}

/// Whether a function calls a closure, which may call the function.
fn calls_values(body: &[syntax::Stmt]) -> bool {
    let mut calls = false;
    everywhere(body, &mut |expr| {
        calls |= matches!(&expr.kind, PhpKind::CallValue { .. })
    });
    calls
}

/// The functions that a function names, also as a text.
fn called(function: &Closure) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    everywhere(&function.body, &mut |expr| match &expr.kind {
        PhpKind::Call { function, .. } => drop(names.insert(function.last())),
        PhpKind::String(text) => drop(names.insert(text.to_ascii_lowercase())),
        _ => {}
    });
    names
}

/// Whether an expression that sets a variable gives its new value.
fn gives_new(value: &Expr, local: usize) -> bool {
    let own = |root: &Root| matches!(root, Root::Local(other) if *other == local);
    match &*value.kind {
        ExprKind::Assign(place, _) | ExprKind::AssignMissing(place, _) => {
            own(&place.root) && place.path.is_empty()
        }
        ExprKind::AssignOp(place, ..) => own(&place.root) && place.path.is_empty(),
        ExprKind::Step { place, before, .. } => {
            *before && own(&place.root) && place.path.is_empty()
        }
        _ => false,
    }
}

/// Whether only whole statements set a variable: `$x = …;`, `$x[] = …;`, `$x++;`, `sort($x);`, `return $x = …;`.
fn sets_by_statements(body: &[syntax::Stmt], name: &str) -> bool {
    let mut lent = false;
    everywhere(body, &mut |expr| {
        if let PhpKind::Closure(closure) = &expr.kind {
            let mut uses = closure.uses.iter();
            lent |= uses.any(|capture| capture.by_reference && capture.name == name);
        }
    });
    !lent && !targets(body, name) && all_writes(body, name) == by_statements(body, name)
}

fn all_writes(body: &[syntax::Stmt], name: &str) -> usize {
    let parts = body.iter().flat_map(|stmt| stmt.kind.parts());
    let counts = parts.map(|part| match part {
        Part::Expr(expr) => writes(expr, name),
        Part::Body(body) => all_writes(body, name),
    });
    counts.sum()
}

/// Whether a `foreach`, `catch` or `global` sets a variable.
fn targets(body: &[syntax::Stmt], name: &str) -> bool {
    body.iter().any(|stmt| {
        let own = match &stmt.kind {
            PhpStmt::Foreach { key, value, .. } => key
                .iter()
                .chain([value])
                .any(|target| root(target) == Some(name)),
            PhpStmt::Try { catches, .. } => {
                let mut catches = catches.iter();
                catches.any(|catch| catch.variable.as_deref() == Some(name))
            }
            PhpStmt::Unsupported { .. } => true,
            _ => false,
        };
        let mut parts = stmt.kind.parts().into_iter();
        own || parts.any(|part| match part {
            Part::Body(body) => targets(body, name),
            Part::Expr(_) => false,
        })
    })
}

fn by_statements(body: &[syntax::Stmt], name: &str) -> usize {
    let mut all = 0;
    for stmt in body {
        if let PhpStmt::Expr(value) | PhpStmt::Return(Some(value)) = &stmt.kind
            && outermost(value, name)
            && writes(value, name) == 1
        {
            all += 1;
        }
        for part in stmt.kind.parts() {
            if let Part::Body(body) = part {
                all += by_statements(body, name);
            }
        }
    }
    all
}

/// Whether an expression sets a variable, and then does nothing that may throw.
fn outermost(value: &syntax::Expr, name: &str) -> bool {
    own_writes(value, name) > 0
        || is_calm(value)
        || matches!(&value.kind, PhpKind::Assign { target, op: None, value }
            if variable(target).is_some() && outermost(value, name))
}

/// Whether an expression cannot throw.
fn is_calm(value: &syntax::Expr) -> bool {
    let own = match &value.kind {
        PhpKind::Variable(_)
        | PhpKind::Null
        | PhpKind::Bool(_)
        | PhpKind::Int(_)
        | PhpKind::String(_)
        | PhpKind::Interpolated(_)
        | PhpKind::Assign { op: None, .. } => true,
        PhpKind::Binary { op, .. } => *op == BinaryOp::Concat,
        PhpKind::Whole(whole) => matches!(**whole, WholeExpr::Step { .. }),
        _ => false,
    };
    own && value.children().into_iter().all(is_calm)
}

fn writes(expr: &syntax::Expr, name: &str) -> usize {
    let children = expr.children().into_iter();
    own_writes(expr, name) + children.map(|child| writes(child, name)).sum::<usize>()
}

fn own_writes(expr: &syntax::Expr, name: &str) -> usize {
    let is = |target: &syntax::Expr| root(target) == Some(name);
    match &expr.kind {
        PhpKind::Assign { target, .. } => usize::from(is(target) || lists(target, name)),
        PhpKind::Whole(whole) => match &**whole {
            WholeExpr::CoalesceAssign(target, _) | WholeExpr::Step { target, .. } => {
                usize::from(is(target))
            }
            _ => 0,
        },
        PhpKind::Call { function, args } => {
            let function = function.last();
            let unset = function == "unset";
            // `unset($n)` leaves what is kept, and `$n` is another variable from then on.
            let whole = |arg: &Arg| matches!(&arg.value.kind, PhpKind::Variable(of) if of == name);
            if unset && args.iter().any(whole) {
                return 2;
            }
            let changes = unset || changed(&function).is_some();
            usize::from(changes && args.iter().any(|arg| is(&arg.value)))
        }
        PhpKind::Unsupported { .. } => 2,
        _ => 0,
    }
}

fn lists(target: &syntax::Expr, name: &str) -> bool {
    let is = |target: &syntax::Expr| root(target) == Some(name) || lists(target, name);
    match &target.kind {
        PhpKind::Array(items) => items.iter().any(|item| is(&item.value)),
        PhpKind::Whole(whole) => match &**whole {
            WholeExpr::List(places) => places.iter().flatten().any(|(_, place)| is(place)),
            _ => false,
        },
        _ => false,
    }
}

/// The variable that a place is of.
fn root(target: &syntax::Expr) -> Option<&str> {
    match &target.kind {
        PhpKind::Variable(name) => Some(name),
        PhpKind::Property { object, .. } | PhpKind::Index { object, .. } => root(object),
        _ => None,
    }
}
