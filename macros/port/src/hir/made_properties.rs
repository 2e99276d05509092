//! Properties that a class with `__get` does not declare, and that its methods assign.
//!
//! PHP calls `__get` for such a property until an assignment has made it, and again behind `unset`.

use std::collections::BTreeSet;

use crate::diagnostic::Problem;
use crate::syntax::{Class, Expr, ExprKind, Part, Span, Stmt, StmtKind};

/// Refuses what reads a property that an assignment may have made: `__get` is asked for it until then.
pub(super) fn refuse(class: &Class, problems: &mut Vec<Problem>) {
    let mut made = BTreeSet::new();
    for method in &class.methods {
        assigned(&method.closure.body, &mut made);
    }
    for property in &class.properties {
        made.remove(&property.name);
    }
    let methods = class.methods.iter();
    let methods = methods.filter(|it| !it.name.eq_ignore_ascii_case("__get"));
    let mut found = Vec::new();
    for method in methods.clone() {
        found.extend(spans(&method.closure.body, &|expr| is_unset(expr, &made)));
    }
    let is_constructor = |name: &str| name.eq_ignore_ascii_case("__construct");
    let constructor = class.methods.iter().find(|it| is_constructor(&it.name));
    for name in constructor
        .map(|it| begun(&it.closure.body))
        .into_iter()
        .flatten()
    {
        made.remove(name);
    }
    for method in methods {
        found.extend(unsure(&method.closure.body, made.clone()));
    }
    problems.extend(found.into_iter().map(|read| {
        let message =
            "a property that the class does not declare, which `__get` or an assignment gives";
        Problem::error(read, message).hint("declare the property in the class")
    }));
}

/// `unset($this->name)` of one of these properties.
fn is_unset(expr: &Expr, names: &BTreeSet<String>) -> bool {
    match &expr.kind {
        ExprKind::Call { function, args } if function.last() == "unset" => {
            args.iter().any(|arg| is_read(&arg.value, names))
        }
        _ => false,
    }
}

fn is_read(expr: &Expr, names: &BTreeSet<String>) -> bool {
    expr.own_property().is_some_and(|name| names.contains(name))
}

/// Where a method reads one of these properties, and has not set it before.
fn unsure(body: &[Stmt], mut names: BTreeSet<String>) -> Vec<Span> {
    let mut found = Vec::new();
    for stmt in body {
        let read = |expr: &Expr| is_read(expr, &names);
        found.extend(spans(std::slice::from_ref(stmt), &read));
        if let StmtKind::Expr(expr) = &stmt.kind
            && let Some(name) = expr.assignment().and_then(|(set, _)| set.own_property())
        {
            names.remove(name);
        }
    }
    found
}

/// The properties that the constructor begins with setting.
fn begun(body: &[Stmt]) -> Vec<&str> {
    let set = body.iter().map_while(|stmt| match &stmt.kind {
        StmtKind::Expr(expr) => {
            let (target, value) = expr.assignment()?;
            let name = target.own_property()?;
            (!uses_this(value)).then_some(name)
        }
        _ => None,
    });
    set.collect()
}

fn uses_this(expr: &Expr) -> bool {
    let own = match &expr.kind {
        ExprKind::Variable(name) => name == "this",
        ExprKind::Closure(_) => true,
        _ => false,
    };
    own || expr.children().into_iter().any(uses_this)
}

/// The expressions of a kind, but not the properties that assignments set.
fn spans(statements: &[Stmt], is_one: &dyn Fn(&Expr) -> bool) -> Vec<Span> {
    let parts = statements.iter().flat_map(|stmt| stmt.kind.parts());
    let found = parts.flat_map(|part| match part {
        Part::Expr(expr) => spans_in(expr, is_one),
        Part::Body(body) => spans(body, is_one),
    });
    found.collect()
}

fn spans_in(expr: &Expr, is_one: &dyn Fn(&Expr) -> bool) -> Vec<Span> {
    if let Some((target, value)) = expr.assignment()
        && target.own_property().is_some()
    {
        return spans_in(value, is_one);
    }
    if is_one(expr) {
        return vec![expr.span];
    }
    if let ExprKind::Closure(closure) = &expr.kind {
        return spans(&closure.body, is_one);
    }
    let children = expr.children().into_iter();
    children.flat_map(|child| spans_in(child, is_one)).collect()
}

/// The properties that assignments may make.
pub(super) fn assigned(statements: &[Stmt], found: &mut BTreeSet<String>) {
    for part in statements.iter().flat_map(|stmt| stmt.kind.parts()) {
        match part {
            Part::Expr(expr) => assigned_in(expr, found),
            Part::Body(body) => assigned(body, found),
        }
    }
}

fn assigned_in(expr: &Expr, found: &mut BTreeSet<String>) {
    match &expr.kind {
        ExprKind::Assign { target, .. } => {
            found.extend(target.own_property().map(str::to_owned));
        }
        ExprKind::Closure(closure) => assigned(&closure.body, found),
        _ => {}
    }
    let children = expr.children().into_iter();
    children.for_each(|child| assigned_in(child, found));
}
