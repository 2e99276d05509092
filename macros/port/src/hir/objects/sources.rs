//! What a value may be, or hold: the objects of which variables.

use std::collections::BTreeSet;

use super::holders::Holder;
use super::state::Walk;
use crate::syntax::{BinaryOp, Expr, ExprKind, Member, WholeExpr};

/// The beginning of a chain of calls, properties and items.
pub(super) enum Root<'e> {
    Variable(&'e str),
    /// A property of `$this`.
    Property(&'e str),
}

/// A chain: its root, the methods in order, and whether an item of an array comes first.
pub(super) struct Chain<'e> {
    pub(super) root: Root<'e>,
    pub(super) methods: Vec<&'e str>,
    pub(super) is_item: bool,
}

impl<'e> Chain<'e> {
    pub(super) fn of(expr: &'e Expr) -> Option<Self> {
        match &expr.kind {
            ExprKind::Variable(name) if name != "this" => Some(Self {
                root: Root::Variable(name),
                methods: Vec::new(),
                is_item: false,
            }),
            ExprKind::MethodCall { object, method, .. } => Self::of(object)?.then(method),
            ExprKind::Property { object, member } => Self::property(object, member),
            ExprKind::Index { object, .. } => {
                let mut chain = Self::of(object)?;
                chain.is_item |= chain.methods.is_empty();
                Some(chain)
            }
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::MethodCall(object, method, _) => Self::of(object)?.then(method),
                WholeExpr::Property(object, member) => Self::property(object, member),
                WholeExpr::Silenced(inner) => Self::of(inner),
                _ => None,
            },
            _ => None,
        }
    }

    fn property(object: &'e Expr, member: &'e Member) -> Option<Self> {
        match &object.kind {
            ExprKind::Variable(this) if this == "this" => Some(Self {
                root: Root::Property(member.name()?),
                methods: Vec::new(),
                is_item: false,
            }),
            _ => Self::of(object),
        }
    }

    fn then(mut self, method: &'e Member) -> Option<Self> {
        self.methods.push(method.name()?);
        Some(self)
    }
}

/// The holders of the objects that a value is or holds, and the variables that it is a copy of.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) holders: BTreeSet<Holder>,
    pub(super) copies: BTreeSet<String>,
}

impl Walk<'_> {
    pub(super) fn sources(&self, value: &Expr) -> Sources {
        let mut all = Sources::default();
        self.collect(value, &mut all);
        all
    }

    pub(super) fn collect(&self, value: &Expr, all: &mut Sources) {
        match &value.kind {
            ExprKind::Array(items) => {
                let values = items.iter().map(|item| &item.value);
                values.for_each(|value| self.collect(value, all));
            }
            ExprKind::Binary {
                op: BinaryOp::Coalesce,
                left,
                right,
            } => {
                self.collect(left, all);
                self.collect(right, all);
            }
            ExprKind::Ternary {
                condition,
                then,
                otherwise,
            } => {
                self.collect(then.as_deref().unwrap_or(condition), all);
                self.collect(otherwise, all);
            }
            ExprKind::Assign { target, value, .. } => {
                self.collect(target, all);
                self.collect(value, all);
            }
            ExprKind::Cast { value, .. } => self.collect(value, all),
            ExprKind::Whole(whole) => self.collect_whole(whole, value, all),
            ExprKind::Call { .. } | ExprKind::MethodCall { .. } | ExprKind::StaticCall { .. } => {
                self.collect_call(value, all);
            }
            _ => self.collect_chain(value, all),
        }
    }

    /// Calls give new objects, but for functions of arrays and methods that give a property.
    fn collect_call(&self, value: &Expr, all: &mut Sources) {
        let own = match &value.kind {
            ExprKind::Call { function, args } => {
                let name = function.last();
                let gives = ["array_", "end", "reset", "current", "iterator_"];
                if gives.iter().any(|start| name.starts_with(start)) {
                    args.iter().for_each(|arg| self.collect(&arg.value, all));
                }
                self.returns_kept(&name)
            }
            ExprKind::MethodCall { object, method, .. } if object.is_this() => {
                method.name().is_some_and(|name| self.returns_kept(name))
            }
            ExprKind::StaticCall { method, .. } => self.returns_kept(method),
            _ => false,
        };
        if own {
            all.holders.insert(Holder::Kept);
        }
    }

    fn collect_whole(&self, whole: &WholeExpr, value: &Expr, all: &mut Sources) {
        match whole {
            WholeExpr::Match { arms, .. } => {
                arms.iter().for_each(|(_, value)| self.collect(value, all));
            }
            WholeExpr::StaticProperty(..) => {
                all.holders.insert(Holder::Kept);
            }
            WholeExpr::Spread(inner) | WholeExpr::Silenced(inner) => self.collect(inner, all),
            WholeExpr::CoalesceAssign(target, value) => {
                self.collect(target, all);
                self.collect(value, all);
            }
            _ => self.collect_chain(value, all),
        }
    }

    fn collect_chain(&self, value: &Expr, all: &mut Sources) {
        let Some(chain) = Chain::of(value).filter(|chain| chain.methods.is_empty()) else {
            return;
        };
        match chain.root {
            Root::Property(_) => {
                all.holders.insert(Holder::Kept);
            }
            Root::Variable(name) => {
                let var = self.vars.get(name);
                let own = var.iter().flat_map(|var| var.holders.iter().cloned());
                all.holders.extend(own);
                all.holders.insert(Holder::Name {
                    name: name.to_owned(),
                    from: 0,
                    since: var.map_or(0, |var| var.since),
                });
                if matches!(value.kind, ExprKind::Variable(_)) {
                    all.copies.insert(name.to_owned());
                }
            }
        }
    }
}
