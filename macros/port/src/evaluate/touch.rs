//! Which variables a piece of a program may give another value.

use std::collections::{BTreeMap, HashSet};

use super::fork::ALL;
use crate::hir::Changed;
use crate::syntax::{Arg, Closure, Expr, ExprKind, Part, Span, Stmt, StmtKind};

/// What is not followed, by its span, and the variables that it may change.
pub(super) type Touched = BTreeMap<Span, Vec<String>>;

/// The variables that a call of a function of PHP may change.
pub(super) fn changed<'e>(
    function: &str,
    args: &'e [Arg],
) -> impl Iterator<Item = &'e str> + use<'e> {
    let places = match function {
        "unset" => Some(Changed::Unclear),
        _ => crate::hir::changed(function),
    };
    let places = places.map(|changed| changed.places(args.len()));
    places
        .into_iter()
        .flatten()
        .filter_map(|place| root(&args.get(place)?.value))
}

/// The variable that a target such as `$a['k']->b` begins with.
fn root(target: &Expr) -> Option<&str> {
    let mut inner = target;
    loop {
        match &inner.kind {
            ExprKind::Variable(name) => return Some(name),
            ExprKind::Index { object, .. } | ExprKind::Property { object, .. } => inner = object,
            _ => return None,
        }
    }
}

/// The variables of a target, which may take a list apart.
pub(super) fn targets(target: &Expr, touched: &Touched) -> Vec<String> {
    match &target.kind {
        ExprKind::Array(items) => {
            let items = items.iter();
            items
                .flat_map(|item| targets(&item.value, touched))
                .collect()
        }
        ExprKind::Unsupported { .. } => match touched.get(&target.span) {
            Some(names) => names.clone(),
            None => vec![ALL.to_owned()],
        },
        ExprKind::Index { object, .. } | ExprKind::Property { object, .. } => {
            targets(object, touched)
        }
        ExprKind::Variable(name) => vec![name.clone()],
        _ => Vec::new(),
    }
}

/// The variables that statements may change, without those of functions in them.
pub(super) fn assigned(statements: &[Stmt], touched: &Touched) -> HashSet<String> {
    let mut walk = Walk {
        touched,
        found: HashSet::new(),
    };
    walk.statements(statements);
    walk.found
}

struct Walk<'t> {
    touched: &'t Touched,
    found: HashSet<String>,
}

impl Walk<'_> {
    fn statements(&mut self, statements: &[Stmt]) {
        for stmt in statements {
            self.unfollowed(stmt.span);
            self.statement(&stmt.kind);
        }
    }

    fn unfollowed(&mut self, span: Span) {
        if let Some(names) = self.touched.get(&span) {
            self.found.extend(names.iter().cloned());
        }
    }

    fn target(&mut self, target: &Expr) {
        self.found.extend(targets(target, self.touched));
        self.expr(target);
    }

    fn statement(&mut self, kind: &StmtKind) {
        match kind {
            StmtKind::Foreach { key, value, .. } => {
                key.iter().for_each(|key| self.target(key));
                self.target(value);
            }
            StmtKind::Try { catches, .. } => {
                let caught = catches.iter().filter_map(|catch| catch.variable.clone());
                self.found.extend(caught);
            }
            _ => {}
        }
        for part in kind.parts() {
            match part {
                Part::Expr(expr) => self.expr(expr),
                Part::Body(body) => self.statements(body),
            }
        }
    }

    fn closure(&mut self, closure: &Closure) {
        let references = closure.uses.iter().filter(|capture| capture.by_reference);
        self.found
            .extend(references.map(|capture| capture.name.clone()));
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Unsupported { .. } => self.unfollowed(expr.span),
            ExprKind::Assign { target, value, .. } => {
                self.target(target);
                self.expr(value);
            }
            ExprKind::Closure(closure) => self.closure(closure),
            kind => {
                if let ExprKind::Call { function, args } = kind {
                    let changed = changed(&function.last(), args);
                    self.found.extend(changed.map(str::to_owned));
                }
                expr.children()
                    .into_iter()
                    .for_each(|child| self.expr(child));
            }
        }
    }
}
