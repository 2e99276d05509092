//! `array_walk` with a closure that changes the items, as a loop that writes them back:
//!
//! ```php
//! array_walk($pairs, function (&$value, $key) { $value = "{$key}={$value}"; });
//! ```
//!
//! Only of an array that is a variable of the function alone: nothing else sees it before the loop ends.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::changed::changed;
use super::lifted::scope::{
    self, all_names, assigned, changed_by_calls, everywhere, is_movable, mentioned, set_otherwise,
    variable,
};
use super::uploads::mentions;
use crate::syntax::{
    Arg, Cast, Closure, Expr, ExprKind, Param, Part, PartMut, Program, Span, Stmt, StmtKind,
};

pub(super) fn program(program: Cow<'_, Program>) -> Cow<'_, Program> {
    let mut walks = false;
    scope::each_function(&program.statements, &mut |_, body| {
        everywhere(body, &mut |expr| walks |= walked(expr).is_some());
    });
    if !walks {
        return program;
    }
    let mut program = program.into_owned();
    scope::each_function_mut(&mut program.statements, &mut |params, body| {
        if is_movable(body) {
            let whole = body.clone();
            list(
                body,
                &Around {
                    params,
                    whole: &whole,
                },
            );
        }
    });
    Cow::Owned(program)
}

/// The function around a call.
struct Around<'a> {
    params: &'a [Param],
    whole: &'a [Stmt],
}

fn list(list: &mut Vec<Stmt>, around: &Around<'_>) {
    let mut made = Vec::new();
    for mut stmt in std::mem::take(list) {
        let walk = match &stmt.kind {
            StmtKind::Expr(expr) => walked(expr).and_then(|walk| walk.written(stmt.span, around)),
            _ => None,
        };
        if let Some(mut written) = walk {
            made.append(&mut written);
            continue;
        }
        // What a `try` catches sees the items that were changed before.
        if !matches!(stmt.kind, StmtKind::Try { .. }) {
            for part in stmt.kind.parts_mut() {
                if let PartMut::Body(body) = part {
                    self::list(body, around);
                }
            }
        }
        made.push(stmt);
    }
    *list = made;
}

/// `array_walk($array, $closure, $more)`
struct Walk<'e> {
    array: &'e Expr,
    name: &'e str,
    closure: &'e Closure,
    more: Option<&'e Expr>,
}

fn walked(expr: &Expr) -> Option<Walk<'_>> {
    let ExprKind::Call { function, args } = &expr.kind else {
        return None;
    };
    let (array, closure, more): (&Arg, &Arg, _) = match &**args {
        [array, closure] => (array, closure, None),
        [array, closure, more] => (array, closure, Some(&more.value)),
        _ => return None,
    };
    let ExprKind::Closure(closure) = &closure.value.kind else {
        return None;
    };
    let first = closure.params.first()?;
    let changes = function.last() == "array_walk" && first.by_reference;
    (changes && args.iter().all(|arg| arg.name.is_none())).then_some(Walk {
        array: &array.value,
        name: variable(&array.value)?,
        closure,
        more,
    })
}

impl Walk<'_> {
    /// The loop; nothing where it may mean something else.
    fn written(&self, span: Span, around: &Around<'_>) -> Option<Vec<Stmt>> {
        let mut body = body_of(self.closure)?;
        let mut set = assigned(&body);
        set.extend(changed_by_calls(&body));
        if !self.is_plain(&body, &set) || !self.is_own_array(around) {
            return None;
        }
        let names = self.names(&body, &set, around);
        for (own, new) in &names {
            rename(&mut body, own, new);
        }
        let new = |at: usize| {
            let param = self.closure.params.get(at)?;
            names.get(&param.name).cloned()
        };
        let at = self.array.span;
        let key = new(1).unwrap_or_else(|| {
            let mut taken = all_names(around.whole);
            taken.extend(names.values().cloned());
            fresh(self.name, "key", &mut taken)
        });
        let value = new(0)?;
        let item = ExprKind::Index {
            object: Box::new(self.array.clone()),
            index: Some(Box::new(read(at, &key))),
        };
        let item = Expr {
            span: at,
            kind: item,
        };
        body.push(set_to(at, item, read(at, &value)));
        let mut made = Vec::new();
        if let (Some(name), Some(more)) = (new(2), self.more) {
            made.push(set_to(span, read(more.span, &name), more.clone()));
        }
        let kind = StmtKind::Foreach {
            subject: Box::new(self.array.clone()),
            key: Some(Box::new(read(at, &key))),
            value: Box::new(read(at, &value)),
            body,
        };
        made.push(Stmt { span, kind });
        Some(made)
    }

    fn is_plain(&self, body: &[Stmt], set: &BTreeSet<String>) -> bool {
        let params = &self.closure.params;
        let is_set = |name: &String| set.contains(name);
        let mut by_value = self.closure.uses.iter().filter(|it| !it.by_reference);
        let takes = match self.more {
            Some(more) => params.len() == 3 && variable(more).is_none(),
            None => params.len() <= 2,
        };
        let lent = |name: &String| self.closure.uses.iter().any(|it| it.name == *name);
        let given = |name: &String| params.iter().any(|param| param.name == *name);
        // What a closure does not capture has no value in it. An arrow function captures what it reads.
        let mut others = self.own(body, set).into_iter();
        let mut others = others.by_ref().filter(|name| !lent(name) && !given(name));
        let simple =
            |param: &Param| !param.variadic && param.ty.is_none() && param.default.is_none();
        takes
            && params.iter().all(simple)
            && params
                .iter()
                .skip(1)
                .all(|param| !param.by_reference && !is_set(&param.name))
            && !by_value.any(|it| is_set(&it.name))
            && mentions(body, self.name) == 0
            && is_movable(body)
            && others.all(|name| begins(body, &name))
    }

    /// The variables of the closure, but for those that an arrow function only reads.
    fn own(&self, body: &[Stmt], set: &BTreeSet<String>) -> BTreeSet<String> {
        let mut own = set.clone();
        if !self.closure.arrow {
            own.extend(mentioned(body));
            own.remove("this");
        }
        own
    }

    /// The variables of the closure, and new names for them.
    fn names(
        &self,
        body: &[Stmt],
        set: &BTreeSet<String>,
        around: &Around<'_>,
    ) -> BTreeMap<String, String> {
        let lent: BTreeSet<_> = self.closure.uses.iter().map(|it| &it.name).collect();
        let params = self.closure.params.iter().map(|param| param.name.clone());
        let mut own = self.own(body, set);
        own.extend(params);
        own.retain(|name| !lent.contains(name));
        let mut taken = all_names(around.whole);
        own.into_iter()
            .map(|name| (name.clone(), fresh(self.name, &name, &mut taken)))
            .collect()
    }

    /// Whether the variable is an array, and nothing else sees it.
    fn is_own_array(&self, around: &Around<'_>) -> bool {
        let mut params = around.params.iter().filter(|param| param.name == self.name);
        let param = params.next();
        let declared = param.is_some_and(|param| {
            let array = param
                .ty
                .as_deref()
                .is_some_and(|ty| ty.eq_ignore_ascii_case("array"));
            array
                && !param.by_reference
                && !param.variadic
                && param.default.as_ref().is_none_or(is_array)
        });
        let (mut sets, mut arrays, mut lent) = (0, 0, false);
        everywhere(around.whole, &mut |expr| {
            if let ExprKind::Assign { target, op, value } = &expr.kind
                && variable(target) == Some(self.name)
            {
                sets += 1;
                arrays += usize::from(op.is_none() && is_array(value));
            }
            if let ExprKind::Closure(closure) = &expr.kind {
                lent |= closure.uses.iter().any(|it| it.name == self.name);
            }
        });
        let kept = !set_otherwise(around.whole).contains(self.name) && !self.is_given(around);
        !lent && kept && sets == arrays && (declared || param.is_none() && sets > 0)
    }

    /// Whether a function that may put another value there is given the array.
    fn is_given(&self, around: &Around<'_>) -> bool {
        let mut given = false;
        everywhere(around.whole, &mut |expr| {
            if let ExprKind::Call { function, args } = &expr.kind
                && changed(&function.last()).is_some()
                && !keeps_array(&function.last())
            {
                given |= args
                    .iter()
                    .any(|arg| variable(&arg.value) == Some(self.name));
            }
        });
        given
    }
}

/// Whether a function that changes an array leaves an array.
fn keeps_array(name: &str) -> bool {
    name.starts_with("array_") || name.ends_with("sort") || name == "shuffle"
}

/// Whether a value is always an array.
fn is_array(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Array(_) => true,
        ExprKind::Call { function, .. } => matches!(
            &*function.last(),
            "array_merge"
                | "array_filter"
                | "array_map"
                | "array_values"
                | "array_keys"
                | "explode"
        ),
        ExprKind::Cast {
            to: Cast::Array, ..
        } => true,
        _ => false,
    }
}

/// The statements of a closure that gives nothing back before its end.
fn body_of(closure: &Closure) -> Option<Vec<Stmt>> {
    let mut body = closure.body.clone();
    if let Some(last) = body.last_mut()
        && let StmtKind::Return(value) = &mut last.kind
    {
        last.kind = value.take().map_or(StmtKind::Empty, StmtKind::Expr);
    }
    let mut nested = false;
    everywhere(&body, &mut |expr| {
        nested |= matches!(expr.kind, ExprKind::Closure(_))
    });
    (!nested && !leaves(&body)).then_some(body)
}

/// Whether statements return, or catch what would be thrown.
fn leaves(statements: &[Stmt]) -> bool {
    statements.iter().any(|stmt| {
        let own = matches!(stmt.kind, StmtKind::Return(_) | StmtKind::Try { .. });
        let mut parts = stmt.kind.parts().into_iter();
        own || parts.any(|part| matches!(part, Part::Body(body) if leaves(body)))
    })
}

/// Whether a variable has no value of an earlier call of the closure: in PHP it begins with none.
fn begins(body: &[Stmt], name: &str) -> bool {
    let all = mentions(body, name);
    let in_stmt = |stmt: &Stmt| mentions(std::slice::from_ref(stmt), name);
    let Some(first) = body.iter().find(|stmt| in_stmt(stmt) > 0) else {
        return true;
    };
    match &first.kind {
        StmtKind::Expr(expr) => expr
            .assignment()
            .is_some_and(|(target, _)| variable(target) == Some(name) && in_stmt(first) == 1),
        StmtKind::Foreach {
            subject,
            key,
            value,
            ..
        } => {
            let mut targets = key.iter().chain([value]);
            let before = count_in(subject, name) == 0;
            before && targets.any(|target| variable(target) == Some(name)) && in_stmt(first) == all
        }
        _ => false,
    }
}

fn count_in(expr: &Expr, name: &str) -> usize {
    let own = usize::from(variable(expr) == Some(name));
    let children = expr.children().into_iter();
    own + children.map(|child| count_in(child, name)).sum::<usize>()
}

fn fresh(array: &str, name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut fresh = format!("{array}_{name}");
    while !taken.insert(fresh.clone()) {
        fresh.push('_');
    }
    fresh
}

fn read(span: Span, name: &str) -> Expr {
    let kind = ExprKind::Variable(name.to_owned());
    Expr { span, kind }
}

fn set_to(span: Span, target: Expr, value: Expr) -> Stmt {
    let kind = ExprKind::Assign {
        target: Box::new(target),
        op: None,
        value: Box::new(value),
    };
    let kind = StmtKind::Expr(Expr { span, kind });
    Stmt { span, kind }
}

fn rename(statements: &mut [Stmt], own: &str, new: &str) {
    for stmt in statements {
        for part in stmt.kind.parts_mut() {
            match part {
                PartMut::Expr(expr) => rename_in(expr, own, new),
                PartMut::Body(body) => rename(body, own, new),
            }
        }
    }
}

fn rename_in(expr: &mut Expr, own: &str, new: &str) {
    if variable(expr) == Some(own) {
        expr.kind = ExprKind::Variable(new.to_owned());
    }
    let children = expr.children_mut().into_iter();
    children.for_each(|child| rename_in(child, own, new));
}
