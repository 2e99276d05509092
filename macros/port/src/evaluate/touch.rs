//! Which variables a piece of a program may give another value.

use std::collections::{BTreeMap, HashSet};

use super::fork::ALL;
use crate::syntax::{Closure, Expr, ExprKind, Part, Span, Stmt, StmtKind};

/// What is not followed, by its span, and the variables that it may change.
pub(super) type Touched = BTreeMap<Span, Vec<String>>;

/// Functions of PHP that change a variable they are given.
const CHANGING: [&str; 34] = [
    "array_multisort",
    "array_pop",
    "array_push",
    "array_shift",
    "array_splice",
    "array_unshift",
    "array_walk",
    "array_walk_recursive",
    "arsort",
    "asort",
    "exec",
    "krsort",
    "ksort",
    "mb_parse_str",
    "natcasesort",
    "natsort",
    "openssl_private_decrypt",
    "openssl_private_encrypt",
    "openssl_public_decrypt",
    "openssl_public_encrypt",
    "openssl_sign",
    "parse_str",
    "passthru",
    "preg_match",
    "preg_match_all",
    "rsort",
    "settype",
    "shuffle",
    "similar_text",
    "sort",
    "uasort",
    "uksort",
    "unset",
    "usort",
];

/// Whether a function changes variables that it is given.
pub(super) fn changes(function: &str) -> bool {
    CHANGING.contains(&function)
}

/// The variable that a target such as `$a['k']->b` begins with.
pub(super) fn root(target: &Expr) -> Option<&str> {
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
                if let ExprKind::Call { function, args } = kind
                    && changes(&function.last())
                {
                    let roots = args.iter().filter_map(|arg| root(&arg.value));
                    self.found.extend(roots.map(str::to_owned));
                }
                expr.children()
                    .into_iter()
                    .for_each(|child| self.expr(child));
            }
        }
    }
}
