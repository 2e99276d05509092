//! The variables whose objects a value may have within it: `$a->list[0] ?? null` has a part of `$a`'s, `['k' => $o]` has `$o`'s.

use std::collections::BTreeSet;

use super::escapes::{LOOKS, named};
use super::gives::Gives;
use crate::hir::Ty;
use crate::hir::builtin::Builtin;
use crate::syntax::{Arg, BinaryOp, Cast, Closure, Expr, ExprKind, Member, WholeExpr};

/// The keys from a variable to a part of its value; `None` may be any key.
pub(super) type Path = Vec<Option<String>>;

/// A variable's object, or a part of it, that is within a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Inside {
    /// The variable; a static property has `::` in its name.
    pub(super) name: String,
    /// Which part of the variable's value.
    pub(super) path: Path,
    /// Whether the value is not the part itself, but something new that has the part.
    pub(super) below: bool,
    /// Whether a key of the value is no key of the part.
    pub(super) moved: bool,
}

/// As many keys lead to a part; what is deeper counts as the part above it.
const DEEPEST: usize = 6;

impl Inside {
    fn whole(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: Path::new(),
            below: false,
            moved: false,
        }
    }

    /// Any part of a variable's value.
    pub(super) fn any(name: &str) -> Self {
        Self::whole(name).carried()
    }

    /// This part of a value that another part is.
    pub(super) fn of(&self, value: Self) -> Self {
        let keys = self.path.iter().cloned();
        let mut part = keys.fold(value, Self::part);
        if self.below {
            part = part.held();
        }
        if self.moved {
            part = part.carried();
        }
        if part.path.len() > DEEPEST {
            part.path.truncate(DEEPEST);
            part = part.carried();
        }
        part
    }

    /// This part of a list, as a part of its item.
    pub(super) fn of_item(&self) -> Self {
        let mut part = self.clone();
        if part.path.is_empty() {
            return part.held();
        }
        part.path.remove(0);
        part
    }

    /// What a value has within it that has this within it.
    pub(super) fn held(mut self) -> Self {
        self.below = true;
        self
    }

    /// This, behind a function that gives a part of its arguments, or all of them.
    pub(super) fn carried(mut self) -> Self {
        (self.below, self.moved) = (false, true);
        self
    }

    /// A part of this.
    fn part(mut self, key: Option<String>) -> Self {
        if self.below || self.moved {
            return self.carried();
        }
        self.path.push(key);
        self
    }
}

/// Whether a name is that of a static property or of `$this`, which are there behind the function.
pub(super) fn is_outside(name: &str) -> bool {
    name == "this" || name.contains("::")
}

/// Functions of PHP that give a part of what they are given, besides `array_…`.
const GIVE: [&str; 11] = [
    "end",
    "current",
    "pos",
    "reset",
    "next",
    "prev",
    "max",
    "min",
    "get_object_vars",
    "iterator_to_array",
    "iterator_apply",
];

impl Gives {
    /// The variables whose objects a value may have within it. A value that is made anew, of text and numbers, has none.
    pub(super) fn inside(&self, value: &Expr) -> Vec<Inside> {
        match &value.kind {
            ExprKind::Variable(name) => vec![Inside::whole(name)],
            ExprKind::Property { object, member } => self.member_of(object, member),
            ExprKind::Index { object, index } => {
                let key = index.as_deref().and_then(key);
                parts(self.inside(object), key)
            }
            ExprKind::Array(items) => self.held(items.iter().map(|item| &item.value)),
            ExprKind::New { args, .. } => self.held(args.iter().map(|arg| &arg.value)),
            ExprKind::Ternary {
                condition,
                then,
                otherwise,
            } => self.any([then.as_ref().unwrap_or(condition), otherwise].map(|it| &**it)),
            ExprKind::Binary {
                op: BinaryOp::Coalesce | BinaryOp::Add,
                left,
                right,
            } => self.any([&**left, &**right]),
            ExprKind::Cast { to, value } => self.of_cast(*to, value),
            ExprKind::Clone(value) => self.copied(value),
            ExprKind::Assign { target, value, .. } => self.any([&**target, &**value]),
            ExprKind::Closure(closure) => captured(closure),
            ExprKind::Call { function, args } => self.of_call(&function.last(), args),
            ExprKind::CallValue { callee, .. } => moved(self.inside(callee)),
            ExprKind::MethodCall {
                object,
                method,
                args,
            } => self.of_method(object, method, args),
            ExprKind::StaticCall {
                class,
                method,
                args,
            } => {
                let own = self.of_static(&class.written, method, args);
                own.unwrap_or_else(|| self.closures(args))
            }
            ExprKind::Whole(whole) => self.of_whole(whole),
            _ => Vec::new(),
        }
    }

    fn of_cast(&self, to: Cast, value: &Expr) -> Vec<Inside> {
        match to {
            Cast::Object => self.inside(value),
            Cast::Array => self.copied(value),
            _ => Vec::new(),
        }
    }

    /// A copy has the same parts.
    fn copied(&self, value: &Expr) -> Vec<Inside> {
        let parts = parts(self.inside(value), None).into_iter();
        parts.map(Inside::held).collect()
    }

    fn of_whole(&self, whole: &WholeExpr) -> Vec<Inside> {
        match whole {
            WholeExpr::Property(object, member) => self.member_of(object, member),
            WholeExpr::MethodCall(object, method, args) => self.of_method(object, method, args),
            WholeExpr::StaticProperty(class, name) => {
                vec![Inside::whole(&format!("{}::{name}", class.written))]
            }
            WholeExpr::Match { arms, .. } => self.any(arms.iter().map(|(_, value)| value)),
            WholeExpr::Spread(value) => parts(self.inside(value), None),
            WholeExpr::Silenced(value) => self.inside(value),
            WholeExpr::CoalesceAssign(target, value) => self.any([target, value]),
            _ => Vec::new(),
        }
    }

    fn of_call(&self, function: &str, args: &[Arg]) -> Vec<Inside> {
        if function == "compact" {
            let names = args.iter().filter_map(|arg| match &arg.value.kind {
                ExprKind::String(name) => Some(Inside::whole(name).held()),
                _ => None,
            });
            return names.collect();
        }
        if let Some(own) = self.of_function(function, args) {
            return own;
        }
        let scalar = Builtin::of(function).is_some_and(|known| known.returns != Ty::Any);
        let gives = function.starts_with("array_") || GIVE.contains(&function);
        if scalar || LOOKS.contains(&function) || !gives {
            return self.closures(args);
        }
        moved(self.any(args.iter().map(|arg| &arg.value)))
    }

    /// A promise keeps its handlers until it is waited for.
    fn of_method(&self, object: &Expr, method: &Member, args: &[Arg]) -> Vec<Inside> {
        let own = method.name().filter(|_| object.is_this());
        if let Some(own) = own.and_then(|name| self.of_own_method(name, args)) {
            return own;
        }
        if method
            .name()
            .is_some_and(|name| name.eq_ignore_ascii_case("wait"))
        {
            return Vec::new();
        }
        let mut found = self.closures(args);
        if let ExprKind::MethodCall {
            object,
            method,
            args,
        } = &object.kind
        {
            found.extend(self.of_method(object, method, args));
        }
        found
    }

    /// What the closures among arguments hold.
    fn closures(&self, args: &[Arg]) -> Vec<Inside> {
        let values = args.iter().map(|arg| &arg.value);
        self.any(values.filter(|value| matches!(value.kind, ExprKind::Closure(_))))
    }

    fn member_of(&self, object: &Expr, member: &Member) -> Vec<Inside> {
        parts(self.inside(object), member.name().map(str::to_owned))
    }

    fn any<'e>(&self, values: impl IntoIterator<Item = &'e Expr>) -> Vec<Inside> {
        values
            .into_iter()
            .flat_map(|value| self.inside(value))
            .collect()
    }

    fn held<'e>(&self, values: impl Iterator<Item = &'e Expr>) -> Vec<Inside> {
        values
            .flat_map(|value| self.inside(value))
            .map(Inside::held)
            .collect()
    }
}

/// The variables that a closure holds: an arrow function holds all that it names.
fn captured(closure: &Closure) -> Vec<Inside> {
    let mut names: BTreeSet<String> = closure.uses.iter().map(|it| it.name.clone()).collect();
    if closure.arrow {
        named(&closure.body, &mut names);
        for param in &closure.params {
            names.remove(&param.name);
        }
    }
    let names = names.iter().filter(|name| *name != "this");
    moved(names.map(|name| Inside::whole(name)).collect())
}

fn moved(found: Vec<Inside>) -> Vec<Inside> {
    found.into_iter().map(Inside::carried).collect()
}

pub(super) fn parts(found: Vec<Inside>, key: Option<String>) -> Vec<Inside> {
    let part = |it: Inside| it.part(key.clone());
    found.into_iter().map(part).collect()
}

/// The key that is written in brackets.
fn key(index: &Expr) -> Option<String> {
    match &index.kind {
        ExprKind::Int(number) => Some(number.to_string()),
        ExprKind::String(key) => Some(key.clone()),
        _ => None,
    }
}

/// The variable of a place, and the keys that lead from it to the place.
pub(super) fn place(target: &Expr) -> Option<(&str, Path)> {
    match &target.kind {
        ExprKind::Variable(name) => Some((name, Path::new())),
        ExprKind::Property { object, member } => {
            let (name, mut path) = place(object)?;
            path.push(member.name().map(str::to_owned));
            Some((name, path))
        }
        ExprKind::Index { object, index } => {
            let (name, mut path) = place(object)?;
            path.push(index.as_deref().and_then(key));
            Some((name, path))
        }
        _ => None,
    }
}

/// Whether a part has another one, or is it: the keys to it are the first of those to the other.
pub(super) fn has(part: &Path, other: &Path) -> bool {
    part.len() <= other.len() && touches(part, other)
}

/// Whether one of two parts has the other.
pub(super) fn touches(one: &Path, other: &Path) -> bool {
    let mut keys = one.iter().zip(other);
    keys.all(|(one, other)| one.is_none() || other.is_none() || one == other)
}
