//! Properties that PHP guards and Rust does not: `readonly` ones that are set again, and typed ones that are read unset.

use super::property_sets::{asked, is_own, root};
use super::readonly;
use crate::diagnostic::Problem;
use crate::syntax::{
    Class, Expr, ExprKind, Part, Program, Property, Span, Stmt, WholeExpr, each_class,
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
                problems.extend(readonly::set_again(class, property));
            }
            problems.extend(read_unset(class, property));
        }
    });
    problems
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
        if self.change(expr, name) {
            return;
        }
        match &expr.kind {
            ExprKind::Closure(closure) => self.statements(&closure.body, name),
            ExprKind::Property { member, .. } if member.name().is_none() => self.computed = true,
            _ => {}
        }
        if is_own(expr, name) {
            self.read.get_or_insert(expr.span);
            return;
        }
        let asked = asked(expr);
        for child in expr.children() {
            let is_asked = asked.iter().any(|it| std::ptr::eq(*it, child));
            if is_asked && is_own(root(child), name) {
                self.asked.get_or_insert(expr.span);
            } else {
                self.expr(child, name);
            }
        }
    }

    /// A change of the property; gives whether the expression is one.
    fn change(&mut self, expr: &Expr, name: &str) -> bool {
        let own = |target: &Expr| is_own(root(target), name);
        match &expr.kind {
            ExprKind::Assign { target, op, value } if own(target) => {
                self.expr(value, name);
                if op.is_some() && is_own(target, name) {
                    self.read.get_or_insert(target.span);
                }
            }
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::CoalesceAssign(target, _) if own(target) => {
                    self.asked.get_or_insert(expr.span);
                }
                WholeExpr::Step { target, .. } if own(target) => {
                    self.read.get_or_insert(expr.span);
                }
                _ => return false,
            },
            _ => return false,
        }
        self.set.get_or_insert(expr.span);
        true
    }
}
