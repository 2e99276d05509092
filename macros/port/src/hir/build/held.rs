//! Which variables of a function may hold an object that something else holds too, and which parameters it leaves alone.
//!
//! PHP copies arrays and shares objects. The Rust copies both, so a property may only be set where nobody else sees it.

use std::collections::{BTreeMap, BTreeSet};

use super::bytes::Raw;
use super::escapes::{self, Escapes};
use super::gives::Gives;
use super::inside;
use super::left;
use super::links::{Links, Shares};
use crate::syntax::{Closure, Expr, ExprKind, Part, Stmt, StmtKind, Whole, WholeExpr};

/// The uses of a function's variables by its statements.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// The objects that something else holds.
    shared: Shares,
    params: BTreeSet<String>,
    /// The parameters that PHP gives an array.
    arrays: BTreeSet<String>,
    /// The variables of loops through what nothing else mentions.
    looped: BTreeSet<String>,
    /// The variables that another one or a property is a copy of, or that are such a copy.
    copied: BTreeSet<String>,
    assigned: BTreeSet<String>,
    /// The variables that have within them what another variable or a property holds.
    filled: BTreeSet<String>,
    /// The bytes from which on something else may hold the object of a variable.
    escaped: BTreeMap<String, usize>,
    /// The uses of OpenSSL's bytes and keys.
    pub(super) raw: Raw,
    /// The calls of `getContents()` of a body that was read before.
    pub(super) late: BTreeSet<usize>,
    /// The loops by reference whose reference does not show behind them.
    pub(super) hidden: BTreeSet<usize>,
}

impl Held {
    /// The uses of a function's variables; `own` has the methods of its class, in lower case.
    pub(super) fn of(closure: &Closure, text: &str, own: &BTreeSet<String>, gives: &Gives) -> Self {
        let mut held = Self::default();
        for param in &closure.params {
            held.share(&param.name);
            held.params.insert(param.name.clone());
            let array = param
                .ty
                .as_deref()
                .is_some_and(|ty| ty.eq_ignore_ascii_case("array"));
            let null = matches!(&param.default, Some(value) if value.kind == ExprKind::Null);
            if (array && !null) || param.variadic {
                held.arrays.insert(param.name.clone());
            }
        }
        for capture in &closure.uses {
            held.share(&capture.name);
        }
        if closure.arrow {
            // It sees all variables around it.
            let mut names = BTreeSet::new();
            escapes::named(&closure.body, &mut names);
            names.iter().for_each(|name| held.share(name));
        }
        held.statements(closure.body.iter());
        held.linked(closure.body.iter(), text, gives);
        held.loops(&closure.body, text, own);
        held.escaped = Escapes::of(&closure.body, own);
        held.raw = Raw::of(closure.body.iter());
        held.late = super::contents::late(closure.body.iter());
        held.hidden = left::hidden(closure, text);
        held
    }

    pub(super) fn of_main<'s>(
        statements: impl Iterator<Item = &'s Stmt> + Clone,
        text: &str,
        gives: &'s Gives,
    ) -> Self {
        let mut held = Self {
            raw: Raw::of(statements.clone()),
            late: super::contents::late(statements.clone()),
            ..Self::default()
        };
        held.statements(statements.clone());
        held.linked(statements, text, gives);
        held
    }

    /// Whether something else may hold the object of which a property is set.
    pub(super) fn is_shared(&self, target: &Expr) -> bool {
        let object = match &target.kind {
            ExprKind::Property { object, .. } => object,
            _ => target,
        };
        let place = inside::place(object);
        place.is_some_and(|(name, path)| self.shared.has(name, &path, target.span.start))
    }

    /// Whether a variable is a parameter that keeps its first value.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.params.contains(name) && !self.assigned.contains(name)
    }

    /// Whether a variable is a parameter that keeps the array which PHP gives it.
    pub(super) fn is_array(&self, name: &str) -> bool {
        self.arrays.contains(name) && self.is_given(name)
    }

    /// The variable of an object that the caller, or a list that nothing else mentions, holds too: only the application
    /// can tell the others what is set.
    pub(super) fn told<'e>(&self, target: &'e Expr) -> Option<(&'e str, &'e str)> {
        let ExprKind::Property { object, member } = &target.kind else {
            return None;
        };
        let ExprKind::Variable(name) = &object.kind else {
            return None;
        };
        let given = self.is_given(name) || self.looped.contains(name);
        let escaped = escapes::escaped(&self.escaped, name);
        let copied = escaped.is_some_and(|from| from <= target.span.start);
        let alone = given && !copied && !self.copied.contains(name);
        (alone && name != "this" && self.is_shared(target)).then_some((name, member.name()?))
    }

    /// Finds the loops through the result of a call, also by a variable that only the loop mentions.
    fn loops(&mut self, body: &[Stmt], text: &str, methods: &BTreeSet<String>) {
        let (Some(first), Some(last)) = (body.first(), body.last()) else {
            return;
        };
        let text = text
            .get(first.span.start..last.span.end)
            .unwrap_or_default();
        let mut all = Vec::new();
        looped(body, &mut all);
        for (name, subject) in &all {
            let own = match &subject.kind {
                ExprKind::Variable(list) => {
                    mentions(text, list) == 2
                        && self.assigned.contains(list)
                        && !self.filled.contains(list)
                }
                // The class's own list has the object, too.
                ExprKind::MethodCall { object, method, .. } if object.is_this() => method
                    .name()
                    .is_some_and(|name| !methods.contains(&name.to_ascii_lowercase())),
                ExprKind::MethodCall { .. } => true,
                ExprKind::StaticCall { class, .. } => !matches!(
                    class.written.to_ascii_lowercase().as_str(),
                    "self" | "static" | "parent"
                ),
                _ => false,
            };
            let once = all.iter().filter(|(other, _)| other == name).count() == 1;
            if own && once {
                self.looped.insert((*name).to_owned());
            }
        }
    }

    /// What other variables hold, too: `$first = $answer->list[0] ?? null; $first->fee = 9; send($answer)`.
    fn linked<'s>(
        &mut self,
        body: impl Iterator<Item = &'s Stmt> + Clone,
        text: &str,
        gives: &'s Gives,
    ) {
        let links = Links::of(body, text, gives);
        links.share(&mut self.shared);
        self.copied.extend(links.parts());
        self.filled = links.holders();
    }

    fn share(&mut self, name: &str) {
        self.shared.add(name);
    }

    fn statements<'s>(&mut self, statements: impl Iterator<Item = &'s Stmt>) {
        for stmt in statements {
            match &stmt.kind {
                StmtKind::Foreach { key, value, .. } => {
                    if let ExprKind::Variable(name) = &value.kind {
                        self.share(name);
                    }
                    self.target(value);
                    key.iter().for_each(|key| self.target(key));
                }
                StmtKind::Try { catches, .. } => {
                    let caught = catches.iter().filter_map(|catch| catch.variable.clone());
                    self.assigned.extend(caught);
                }
                StmtKind::Whole(whole) => match &**whole {
                    Whole::Static(all) => {
                        self.assigned
                            .extend(all.iter().map(|(name, _)| name.clone()));
                    }
                    Whole::Global(all) => self.assigned.extend(all.iter().cloned()),
                    _ => {}
                },
                _ => {}
            }
            for part in stmt.kind.parts() {
                match part {
                    Part::Expr(expr) => self.expr(expr),
                    Part::Body(body) => self.statements(body.iter()),
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Assign { target, value, op } => {
                if op.is_none() {
                    self.copies(target, value);
                }
                self.target(target);
            }
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::CoalesceAssign(target, value) => {
                    self.copies(target, value);
                    self.target(target);
                }
                WholeExpr::Step { target, .. } => self.target(target),
                _ => {}
            },
            _ => {}
        }
        expr.children()
            .into_iter()
            .for_each(|child| self.expr(child));
    }

    /// `$a = $b`, `$a = $this->b`: where something else holds it from then on, [`Links`] knows.
    fn copies(&mut self, target: &Expr, value: &Expr) {
        let mut value = value;
        while let ExprKind::Assign { target, .. } = &value.kind {
            value = target;
        }
        let into = match &target.kind {
            ExprKind::Variable(name) => Some(name),
            _ => None,
        };
        match (&value.kind, into) {
            (ExprKind::Variable(from), Some(into)) => {
                self.copied.extend([from.clone(), into.clone()]);
                self.share(from);
                self.share(into);
            }
            (ExprKind::Variable(from), None) => {
                self.copied.insert(from.clone());
            }
            (_, Some(into)) if super::class::property(value, None).is_some() => {
                self.copied.insert(into.clone());
                self.share(into);
            }
            (ExprKind::Array(_), _) => self.items(value),
            _ => {}
        }
    }

    /// The variables that are items of an array.
    fn items(&mut self, value: &Expr) {
        match &value.kind {
            ExprKind::Array(items) => items.iter().for_each(|item| self.items(&item.value)),
            ExprKind::Variable(name) => {
                self.copied.insert(name.clone());
            }
            _ => {}
        }
    }

    fn target(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Variable(name) => {
                self.assigned.insert(name.clone());
            }
            ExprKind::Array(items) => items.iter().for_each(|item| self.target(&item.value)),
            ExprKind::Whole(whole) => {
                if let WholeExpr::List(list) = &**whole {
                    let targets = list.iter().flatten();
                    targets.for_each(|(_, target)| self.target(target));
                }
            }
            _ => {}
        }
    }
}

/// The variables of loops, and what they go through.
fn looped<'s>(body: &'s [Stmt], all: &mut Vec<(&'s str, &'s Expr)>) {
    for stmt in body {
        if let StmtKind::Foreach { subject, value, .. } = &stmt.kind
            && let ExprKind::Variable(name) = &value.kind
        {
            all.push((name, subject));
        }
        for part in stmt.kind.parts() {
            if let Part::Body(body) = part {
                looped(body, all);
            }
        }
    }
}

/// How often a text mentions a variable.
pub(super) fn mentions(text: &str, name: &str) -> usize {
    super::variables(text).filter(|found| found == name).count()
}
