//! Properties that PHP guards and Rust does not: `readonly` ones that are set again, and typed ones that are read unset.

use std::collections::BTreeSet;

use crate::diagnostic::Problem;
use crate::syntax::{
    Class, Expr, ExprKind, Method, Part, Program, Property, Span, Stmt, StmtKind, WholeExpr,
    each_class,
};

pub(super) fn problems(program: &Program) -> Vec<Problem> {
    let mut problems = Vec::new();
    each_class(&program.statements, &mut |_, class| {
        let guarded = class
            .properties
            .iter()
            .filter(|property| !property.is_static);
        for property in guarded {
            if property.readonly {
                problems.extend(set_again(class, property));
            }
            problems.extend(read_unset(class, property));
        }
    });
    problems
}

/// The first assignment of a `readonly` property that is set already, or may be.
fn set_again(class: &Class, property: &Property) -> Option<Problem> {
    let name = &property.name;
    let constructs = |method: &&Method| method.name.eq_ignore_ascii_case("__construct");
    let in_constructor = class.methods.iter().find(constructs).map_or(0, |method| {
        let sets = |stmt: &&Stmt| begins_with_set(stmt, name);
        method.closure.body.iter().filter(sets).count()
    });
    let times = in_constructor + usize::from(property.promoted);
    let others = class.methods.iter().filter(|method| !constructs(method));
    let uses: Vec<Uses> = others
        .map(|method| Uses::of(&method.closure.body, name))
        .collect();
    let set = uses
        .iter()
        .find_map(|uses| uses.set.filter(|_| times > 0 || uses.asked.is_none()));
    let message = match (times, set) {
        (2.., _) => format!("the readonly property `${name}` is set twice: PHP throws an `Error`"),
        (1, Some(_)) => {
            format!("the readonly property `${name}` is set again: PHP throws an `Error`")
        }
        (_, Some(_)) => {
            format!("the readonly property `${name}` may be set again: then PHP throws an `Error`")
        }
        _ => return None,
    };
    let span = set.unwrap_or(property.span);
    let hint = "leave the assignment out, or let the property change";
    Some(if times > 0 {
        Problem::error(span, message).hint(hint)
    } else {
        Problem::warning(span, message).hint(hint)
    })
}

/// Whether a statement assigns the property whatever happens.
fn begins_with_set(stmt: &Stmt, name: &str) -> bool {
    matches!(&stmt.kind, StmtKind::Expr(expr)
        if expr.assignment().is_some_and(|(target, _)| is_own(target, name)))
}

/// The first read of a typed property without a value, where no method but the one that reads it sets it.
fn read_unset(class: &Class, property: &Property) -> Option<Problem> {
    let plain = ["string", "int", "float", "bool", "array"];
    let typed = property.ty.as_deref().is_some_and(|ty| plain.contains(&ty));
    let begins = property.default.is_some() || property.promoted || class.parent.is_some();
    if !typed || begins || property.public || !class.uses.is_empty() {
        return None;
    }
    let uses: Vec<Uses> = class
        .methods
        .iter()
        .map(|method| Uses::of(&method.closure.body, &property.name))
        .collect();
    let sets = |uses: &&Uses| uses.set.is_some();
    let elsewhere = uses
        .iter()
        .any(|uses| uses.set.is_some() && uses.read.is_none());
    let computed = uses.iter().any(|uses| uses.computed);
    if elsewhere || computed || uses.iter().filter(sets).count() > 1 {
        return None;
    }
    let first = uses.iter().find_map(|uses| {
        let read = uses.read?;
        let before = uses.set.is_none_or(|set| read.start < set.start);
        let asked = uses.asked.is_some_and(|asked| asked.start < read.start);
        (before && !asked).then_some(read)
    })?;
    let message = format!(
        "the property `${}` may be read before it is set: PHP throws an `Error`, and the Rust reads what its type begins with",
        property.name
    );
    let hint = "give it a value where it is declared";
    Some(Problem::warning(first, message).hint(hint))
}

fn is_own(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Property { object, member }
        if member.name() == Some(name)
            && matches!(&object.kind, ExprKind::Variable(this) if this == "this"))
}

/// How a method uses a property.
#[derive(Default)]
struct Uses {
    set: Option<Span>,
    read: Option<Span>,
    /// The first question for the property with `isset`, `empty` or `??`.
    asked: Option<Span>,
    /// Whether a property is named by a value.
    computed: bool,
}

impl Uses {
    fn of(body: &[Stmt], name: &str) -> Self {
        let mut uses = Self::default();
        uses.statements(body, name);
        uses
    }

    fn statements(&mut self, body: &[Stmt], name: &str) {
        for part in body.iter().flat_map(|stmt| stmt.kind.parts()) {
            match part {
                Part::Expr(expr) => self.expr(expr, name),
                Part::Body(body) => self.statements(body, name),
            }
        }
    }

    fn expr(&mut self, expr: &Expr, name: &str) {
        let mut asks = BTreeSet::new();
        match &expr.kind {
            ExprKind::Assign { target, op, value } => {
                let own = is_own(root(target), name);
                if own {
                    self.expr(value, name);
                    if op.is_some() && is_own(target, name) {
                        self.read.get_or_insert(target.span);
                    }
                    self.set.get_or_insert(expr.span);
                    return;
                }
            }
            ExprKind::Closure(closure) => self.statements(&closure.body, name),
            ExprKind::Call { function, args } => {
                if matches!(&*function.last(), "isset" | "empty") {
                    let all = args.iter().map(|arg| arg.value.span.start);
                    asks.extend(all);
                }
            }
            ExprKind::Binary {
                op: crate::syntax::BinaryOp::Coalesce,
                left,
                ..
            } => {
                asks.insert(left.span.start);
            }
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::CoalesceAssign(target, _) if is_own(root(target), name) => {
                    self.asked.get_or_insert(expr.span);
                    self.set.get_or_insert(expr.span);
                    return;
                }
                WholeExpr::Step { target, .. } if is_own(root(target), name) => {
                    self.read.get_or_insert(expr.span);
                    self.set.get_or_insert(expr.span);
                    return;
                }
                _ => {}
            },
            ExprKind::Property { member, .. } if member.name().is_none() => self.computed = true,
            _ => {}
        }
        if is_own(expr, name) {
            self.read.get_or_insert(expr.span);
            return;
        }
        for child in expr.children() {
            if asks.contains(&child.span.start) && is_own(root(child), name) {
                self.asked.get_or_insert(expr.span);
            } else {
                self.expr(child, name);
            }
        }
    }
}

/// What an access begins with.
fn root(target: &Expr) -> &Expr {
    match &target.kind {
        ExprKind::Index { object, .. } => root(object),
        _ => target,
    }
}
