//! What an expression does to the variables: copies, calls, closures.

use std::collections::BTreeSet;

use super::holders::{Holder, Seen, Var, class_named, mentions};
use super::sources::{Chain, Root, Sources};
use super::state::Walk;
use super::verbs::{self, Change};
use crate::syntax::{Arg, Closure, Expr, ExprKind, Span, WholeExpr};

impl Walk<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Assign {
                target,
                op: None,
                value,
            } => {
                self.expr(value);
                let from = self.sources(value);
                self.assign(target, &from, class_of(value), expr.span);
            }
            ExprKind::MethodCall { object, args, .. } => {
                self.called(expr, Some(object), args);
            }
            ExprKind::StaticCall { args, .. }
            | ExprKind::Call { args, .. }
            | ExprKind::New { args, .. }
            | ExprKind::CallValue { args, .. } => self.called(expr, None, args),
            ExprKind::Closure(closure) => self.closure(closure, expr.span, &Sources::default()),
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::MethodCall(object, _, args) => self.called(expr, Some(object), args),
                WholeExpr::CoalesceAssign(target, value) => {
                    self.expr(value);
                    let mut from = self.sources(value);
                    self.collect(target, &mut from);
                    self.assign(target, &from, None, expr.span);
                }
                _ => expr.children().into_iter().for_each(|it| self.expr(it)),
            },
            _ => expr.children().into_iter().for_each(|it| self.expr(it)),
        }
    }

    /// `$a = …`, `$this->a = …`, `$a[] = …`
    pub(super) fn assign(
        &mut self,
        target: &Expr,
        from: &Sources,
        class: Option<String>,
        span: Span,
    ) {
        let (name, whole) = match (&target.kind, Chain::of(target).map(|chain| chain.root)) {
            (ExprKind::Array(items), _) => {
                let targets = items.iter().map(|item| &item.value);
                targets.for_each(|target| self.assign(target, from, None, span));
                return;
            }
            (ExprKind::Variable(name), _) => (name.as_str(), true),
            (_, Some(Root::Variable(name))) => (name, false),
            _ => {
                self.keep(&from.copies);
                return;
            }
        };
        self.copied(name, whole, from, span);
        let others = from.holders.iter();
        let others = others
            .filter(|holder| !matches!(holder, Holder::Name { name: other, .. } if other == name));
        let others: BTreeSet<Holder> = others.cloned().collect();
        let var = self.vars.entry(name.to_owned()).or_default();
        if whole {
            *var = Var {
                since: span.start,
                holders: others,
                class,
            };
        } else {
            var.holders.extend(others);
        }
    }

    /// Notes that a variable holds the objects of those that it is a copy of.
    fn copied(&mut self, name: &str, whole: bool, from: &Sources, span: Span) {
        let known = self.vars.get(name).map(|var| var.since);
        let since = known.filter(|_| !whole).unwrap_or(span.start);
        for copy in from.copies.iter().filter(|copy| *copy != name) {
            let var = self.vars.entry(copy.clone()).or_default();
            var.holders.insert(Holder::Name {
                name: name.to_owned(),
                from: 0,
                since,
            });
        }
    }

    /// Notes that a property has the objects of these variables.
    pub(super) fn keep(&mut self, names: &BTreeSet<String>) {
        for name in names {
            let var = self.vars.entry(name.clone()).or_default();
            var.holders.insert(Holder::Kept);
        }
    }

    fn called(&mut self, call: &Expr, object: Option<&Expr>, args: &[Arg]) {
        if let Some(object) = object {
            self.expr(object);
        }
        let mut given = Sources::default();
        if let Some(chain) = object.and_then(Chain::of)
            && let Root::Variable(name) = chain.root
        {
            let var = self.vars.get(name);
            let holders = var.iter().flat_map(|var| var.holders.iter().cloned());
            given.holders.extend(holders);
            given.holders.insert(Holder::Name {
                name: name.to_owned(),
                from: 0,
                since: var.map_or(0, |var| var.since),
            });
        }
        args.iter()
            .for_each(|arg| self.collect(&arg.value, &mut given));
        for arg in args {
            match &arg.value.kind {
                ExprKind::Closure(closure) => self.closure(closure, arg.value.span, &given),
                _ => self.expr(&arg.value),
            }
        }
        self.hand_over(call, args);
        self.note(call);
    }

    /// Notes what the call of a function of the file gives to it.
    fn hand_over(&mut self, call: &Expr, args: &[Arg]) {
        let name = match &call.kind {
            ExprKind::MethodCall { object, method, .. } if object.is_this() => method.name(),
            ExprKind::StaticCall { method, .. } => Some(method.as_str()),
            ExprKind::Call { function, .. } => Some(function.written.as_str()),
            _ => None,
        };
        let name = name.map(str::to_ascii_lowercase).unwrap_or_default();
        if !self.facts.declares(&name) {
            return;
        }
        for (index, arg) in args.iter().enumerate() {
            let from = self.sources(&arg.value);
            let holders = from.holders.iter();
            let seen = holders.map(|holder| self.sees(holder, call.span)).max();
            let key = (name.clone(), index);
            self.facts.given(key.clone(), seen.unwrap_or_default());
            if self.facts.keeps.contains(&key) {
                self.keep(&from.copies);
            }
        }
    }

    /// Notes a call of a method of an object.
    fn note(&mut self, call: &Expr) {
        let Some(chain) = Chain::of(call) else {
            return;
        };
        let Some(method) = chain.methods.first() else {
            return;
        };
        let (name, seen, class) = match chain.root {
            // The struct has a copy of what the property holds, which the application cannot change.
            Root::Property(name) => (format!("$this->{name}"), Seen::Outside, None),
            Root::Variable(name) => {
                let var = self.vars.get(name);
                let holders = var.iter().flat_map(|var| var.holders.iter());
                let seen = holders.map(|holder| self.sees(holder, call.span)).max();
                let mut seen = seen.unwrap_or_default();
                let behind = self.text.get(call.span.end..self.end).unwrap_or_default();
                if chain.is_item && mentions(behind, name) {
                    seen = Seen::Here;
                }
                (
                    format!("${name}"),
                    seen,
                    var.and_then(|var| var.class.clone()),
                )
            }
        };
        let change = verbs::of(&chain.methods);
        let unseen = match seen {
            Seen::No => false,
            Seen::Outside => change == Change::Yes,
            Seen::Here => change != Change::No,
        };
        let found = self.facts.objects.entry(call.span).or_default();
        found.class = class;
        found.is_item = chain.is_item;
        if unseen {
            found.unseen = Some(((*method).to_owned(), name));
        }
    }

    /// How surely a holder sees what the code at a place changes.
    pub(super) fn sees(&self, holder: &Holder, at: Span) -> Seen {
        let Holder::Name { name, from, since } = holder else {
            return match holder {
                Holder::Outside => Seen::Outside,
                _ => Seen::Here,
            };
        };
        let behind = self.text.get((*from).max(at.end)..self.end);
        let mut loops = self.loops.iter();
        let again = loops.any(|around| {
            let body = self.text.get(around.range()).unwrap_or_default();
            around.start > *since && mentions(body, name)
        });
        if again || behind.is_some_and(|text| mentions(text, name)) {
            Seen::Here
        } else {
            Seen::No
        }
    }

    /// A closure: it has copies of the variables that it uses. `given` is what it may be called with.
    fn closure(&mut self, closure: &Closure, span: Span, given: &Sources) {
        let outer = self.vars.clone();
        let is_used = |name: &str| {
            let mut uses = closure.uses.iter();
            closure.arrow || uses.any(|capture| capture.name == name)
        };
        self.vars.retain(|name, _| is_used(name));
        for (name, var) in &mut self.vars {
            let mut uses = closure.uses.iter();
            if !uses.any(|capture| capture.by_reference && capture.name == *name) {
                var.holders.insert(Holder::Name {
                    name: name.clone(),
                    from: span.end,
                    since: var.since,
                });
            }
        }
        for param in &closure.params {
            let var = Var {
                since: span.start,
                holders: given.holders.clone(),
                class: param.ty.as_deref().and_then(class_named),
            };
            self.vars.insert(param.name.clone(), var);
        }
        self.statements(&closure.body);
        let inside = std::mem::replace(&mut self.vars, outer);
        for (name, var) in inside {
            if is_used(&name) && var.holders.contains(&Holder::Kept) {
                self.keep(&BTreeSet::from([name]));
            }
        }
    }
}

fn class_of(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::New { class, .. } => class_named(&class.resolved),
        _ => None,
    }
}
