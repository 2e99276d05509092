//! Where each variable begins, and which may be read before it is set.
//!
//! In PHP a variable is the function's. Here it begins at the assignment that stands before all its
//! uses in a list of statements; a further assignment in the same list begins another variable, so that
//! `$r = $client->…; $r = json_decode(…);` has two types. Where no assignment comes first, it is
//! declared before the statement that holds all its uses.

use std::collections::BTreeSet;

use super::tree::{Catch, Expr, ExprKind, File, Function, Local, Place, Root, Stmt, StmtKind};
use super::walk::Use;
use crate::syntax::Span;

pub(super) fn file(file: &mut File) {
    file.functions_mut().for_each(function);
}

pub(super) fn function(function: &mut Function) {
    closures(&mut function.body);
    let lent = function.params.iter().filter(|param| param.by_reference);
    // Each change of a variable of the code around counts there.
    let mut lent: Set = lent.map(|param| param.local).collect();
    // One that is kept has one type, and begins where it is declared.
    let kept = function.locals.iter().enumerate();
    lent.extend(kept.filter(|(_, it)| it.kept).map(|(local, _)| local));
    let given: Set = function.params.iter().map(|param| param.local).collect();
    looped(&mut function.body, &given, &mut function.locals);
    caught(&mut function.body, &lent, &mut function.locals);
    replaced(function, &lent);
    for local in (0..function.locals.len()).filter(|local| !lent.contains(local)) {
        let is_given = given.contains(&local);
        Placer {
            locals: &mut function.locals,
            local,
        }
        .run(&mut function.body, is_given);
    }
    let mut flow = Flow {
        unset: BTreeSet::new(),
        breaks: Vec::new(),
    };
    flow.list(&mut function.body, given);
    for local in flow.unset {
        function.locals[local].maybe_unset = true;
    }
    counts(function);
}

/// A parameter that is the variable of a `foreach` is set by each turn: it is there behind the loop, too. One of a `catch` is
/// refused.
fn looped(body: &mut [Stmt], given: &Set, locals: &mut Vec<Local>) {
    for stmt in body {
        let span = stmt.span;
        for (body, _) in stmt.bodies_mut() {
            looped(body, given, locals);
        }
        if let StmtKind::Try { catches, .. } = &mut stmt.kind {
            catches
                .iter_mut()
                .for_each(|it| refuse_given(it, span, given));
        }
        let StmtKind::Foreach {
            key, value, body, ..
        } = &mut stmt.kind
        else {
            continue;
        };
        let both = key.iter_mut().map(|key| (key, "key"));
        for (local, name) in both.chain([(value, "item")]) {
            if !given.contains(local) {
                continue;
            }
            let mut item = locals[*local].clone();
            item.name = format!("{name}_of_{}", item.name);
            item.ty = super::Ty::Unknown;
            locals.push(item);
            let param = std::mem::replace(local, locals.len() - 1);
            let place = Place {
                root: Root::Local(param),
                path: Vec::new(),
            };
            let item = Expr::new(span, ExprKind::Local(*local));
            let set = Expr::new(span, ExprKind::Assign(place, item));
            body.insert(0, Stmt::expr(span, set));
        }
    }
}

/// The variable of a `catch` that is read nowhere else is another one in each `catch`: an `$e = ''` before it has another
/// type.
fn caught(body: &mut [Stmt], lent: &Set, locals: &mut Vec<Local>) {
    let mut elsewhere = reads(body, locals.len());
    each_catch(body, &mut Set::new(), &mut |local, catch| {
        elsewhere[local] -= reads(&mut catch.body, locals.len())[local];
    });
    let alone = |local: usize| elsewhere.get(local) == Some(&0) && !lent.contains(&local);
    each_catch(body, &mut Set::new(), &mut |own, catch| {
        if !alone(own) {
            return;
        }
        let new = locals.len();
        locals.push(locals[own].clone());
        catch.variable = Some(new);
        for stmt in &mut catch.body {
            stmt.locals_mut(&mut |local, _| {
                if *local == own {
                    *local = new;
                }
            });
        }
    });
}

/// Each `catch` that has a variable and is in no other `catch` with the same one.
fn each_catch(body: &mut [Stmt], inside: &mut Set, visit: &mut impl FnMut(usize, &mut Catch)) {
    for stmt in body {
        let StmtKind::Try {
            body,
            catches,
            finally,
        } = &mut stmt.kind
        else {
            for (body, _) in stmt.bodies_mut() {
                each_catch(body, inside, visit);
            }
            continue;
        };
        each_catch(body, inside, visit);
        each_catch(finally.as_deref_mut().unwrap_or_default(), inside, visit);
        for catch in catches {
            let own = catch.variable.filter(|local| inside.insert(*local));
            each_catch(&mut catch.body, inside, visit);
            if let Some(local) = own {
                inside.remove(&local);
                visit(local, catch);
            }
        }
    }
}

/// How often statements read each variable.
fn reads(body: &mut [Stmt], variables: usize) -> Vec<usize> {
    let mut counts = vec![0; variables];
    for stmt in body {
        stmt.locals_mut(&mut |local, how| counts[*local] += usize::from(how != Use::Write));
    }
    counts
}

/// The exception would be in the variable behind the `try`, too.
fn refuse_given(catch: &mut Catch, span: Span, given: &Set) {
    if catch.variable.is_some_and(|local| given.contains(&local)) {
        let message = "a `catch` whose variable is a parameter or shared with the code around";
        catch
            .body
            .insert(0, Stmt::expr(span, Expr::refused(span, message)));
    }
}

/// Two assignments in a row, `$r = $client->…; $r = (string) $r->getBody();`, are of two variables also in a list that others
/// read the second of: the first is only read by the second. A `catch` that reads it, or behind which it is read, could see
/// the first value.
fn replaced(function: &mut Function, lent: &Set) {
    let mut all = vec![0; function.locals.len()];
    count(&mut function.body, &mut all);
    let mut places = Replaced {
        all,
        locals: &mut function.locals,
    };
    places.list(&mut function.body, lent);
}

/// How often statements mention each variable.
fn count(body: &mut [Stmt], counts: &mut [usize]) {
    for stmt in body {
        stmt.locals_mut(&mut |local, _| counts[*local] += 1);
    }
}

struct Replaced<'f> {
    /// How often the function mentions each variable.
    all: Vec<usize>,
    locals: &'f mut Vec<Local>,
}

impl Replaced<'_> {
    fn list(&mut self, body: &mut [Stmt], kept: &Set) {
        let mut own = vec![0; self.locals.len()];
        count(body, &mut own);
        for index in 1..body.len() {
            let (before, behind) = body.split_at_mut(index);
            if let (Some(one), Some(other)) = (before.last_mut(), behind.first_mut())
                && let (Some(local), Some(again)) = (set_by(one), set_by(other))
                && local == again
                && self.all.get(local) > own.get(local)
                && !kept.contains(&local)
                && is_once(one, local)
            {
                self.rename(one, other, local);
            }
        }
        for stmt in body {
            let mut inner = kept.clone();
            if let StmtKind::Try {
                catches, finally, ..
            } = &mut stmt.kind
            {
                for catch in catches.iter_mut() {
                    // Behind a `catch` that does not leave the function, anything may be read.
                    if super::infer::ends(&catch.body) && !jumps(&mut catch.body) {
                        read_in(&mut catch.body, &mut inner);
                    } else {
                        inner.extend(0..self.all.len());
                    }
                }
                read_in(finally.as_deref_mut().unwrap_or_default(), &mut inner);
            }
            for (body, _) in stmt.bodies_mut() {
                self.list(body, &inner);
            }
        }
    }

    fn rename(&mut self, one: &mut Stmt, other: &mut Stmt, local: usize) {
        let mut first = self.locals[local].clone();
        first.ty = super::Ty::Unknown;
        first.name.push_str("Before");
        if self.locals.iter().any(|other| other.name == first.name) {
            return;
        }
        let new = self.locals.len();
        self.locals.push(first);
        // `$q = $q->where(…)` changes the first and writes the second.
        for (stmt, writes) in [(one, true), (other, false)] {
            stmt.locals_mut(&mut |found, how| {
                if *found == local && (how == Use::Write) == writes {
                    *found = new;
                }
            });
        }
    }
}

fn jumps(body: &mut [Stmt]) -> bool {
    body.iter_mut().any(|stmt| {
        let own = matches!(stmt.kind, StmtKind::Break(_) | StmtKind::Continue(_));
        own || stmt.bodies_mut().into_iter().any(|(body, _)| jumps(body))
    })
}

fn read_in(body: &mut [Stmt], found: &mut Set) {
    for stmt in body {
        stmt.locals_mut(&mut |local, _| {
            found.insert(*local);
        });
    }
}

/// The variable that a statement sets as a whole, and does nothing else with it.
fn set_by(stmt: &Stmt) -> Option<usize> {
    match &stmt.kind {
        StmtKind::Expr(expr) => match &*expr.kind {
            ExprKind::Assign(place, _) if place.path.is_empty() => match place.root {
                Root::Local(local) => Some(local),
                Root::Field(_) => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether a statement only sets a variable, and does not read it for that.
fn is_once(stmt: &mut Stmt, local: usize) -> bool {
    let mut count = 0;
    stmt.locals_mut(&mut |found, _| count += usize::from(*found == local));
    count == 1
}

fn closures(body: &mut [Stmt]) {
    for stmt in body {
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Closure(closure, _) = &mut *expr.kind {
                function(closure);
            }
        });
    }
}

/// Which variables are read, and which are set more than once.
pub(super) fn counts(function: &mut Function) {
    let params = function.params.len();
    let mut writes = vec![0; function.locals.len()];
    writes.iter_mut().take(params).for_each(|count| *count = 1);
    let locals = &mut function.locals;
    let mut count = |local: &mut usize, how: Use| match how {
        Use::Read => locals[*local].read = true,
        Use::Write => writes[*local] += 1,
        Use::Change => {
            locals[*local].read = true;
            writes[*local] += 2;
        }
    };
    for stmt in &mut function.body {
        stmt.locals_mut(&mut count);
    }
    for param in function.params.iter().filter(|param| param.by_reference) {
        // The code around reads it.
        locals[param.local].read = true;
        writes[param.local] += 1;
    }
    for (local, writes) in locals.iter_mut().zip(&writes) {
        local.mutable = *writes > 1 || (local.maybe_unset && *writes > 0);
    }
}

struct Placer<'f> {
    locals: &'f mut Vec<Local>,
    local: usize,
}

impl Placer<'_> {
    fn run(&mut self, body: &mut Vec<Stmt>, given: bool) {
        if given {
            // A parameter begins before all; further assignments begin others.
            self.split(body, 0, true);
        } else if !self.list(body, false) {
            self.declare(body);
        }
    }

    fn mentions(&self, stmt: &mut Stmt) -> bool {
        let mut found = false;
        stmt.locals_mut(&mut |local, _| found |= *local == self.local);
        found
    }

    /// Whether the statement is `$local = …;`.
    fn sets(&self, stmt: &Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Expr(expr) => match &*expr.kind {
                ExprKind::Assign(place, _) => {
                    place.path.is_empty()
                        && matches!(place.root, Root::Local(local) if local == self.local)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Begins the variable in a list of statements; false when it has to begin outside of it.
    fn list(&mut self, body: &mut Vec<Stmt>, in_loop: bool) -> bool {
        let found: Vec<usize> = (0..body.len())
            .filter(|index| self.mentions(&mut body[*index]))
            .collect();
        let Some(first) = found.first().copied() else {
            return true;
        };
        if self.sets(&body[first]) && !self.reads(&mut body[first]) {
            self.split(body, first, false);
            return true;
        }
        if found.len() == 1 && self.within(&mut body[first], in_loop) {
            return true;
        }
        if in_loop {
            return false;
        }
        let again = found.into_iter().skip(1);
        let again = again.filter(|index| self.sets(&body[*index]));
        if let Some(at) = again.min() {
            self.begin_again(body, at);
            return true;
        }
        let span = body[first].span;
        let kind = StmtKind::Declare(vec![self.local]);
        body.insert(first, Stmt { span, kind });
        true
    }

    /// An assignment behind other uses, in a list that runs once, begins another variable: `$r` of
    /// `try { $r = $client->…; } catch … $r = json_decode($r->getBody());`.
    fn begin_again(&mut self, body: &mut Vec<Stmt>, at: usize) {
        let mut local = self.locals[self.local].clone();
        local.ty = super::Ty::Unknown;
        self.locals.push(local);
        let (own, before) = (self.local, self.locals.len() - 1);
        for (index, stmt) in body.iter_mut().enumerate().take(at + 1) {
            stmt.locals_mut(&mut |local, how| {
                if *local == own && (index < at || how != Use::Write) {
                    *local = before;
                }
            });
        }
        Placer {
            locals: self.locals,
            local: before,
        }
        .list(body, false);
        if let Some(at) = (0..body.len()).find(|index| self.sets(&body[*index])) {
            self.split(body, at, false);
        }
    }

    fn declare(&mut self, body: &mut Vec<Stmt>) {
        let index = (0..body.len()).find(|index| self.mentions(&mut body[*index]));
        if let Some(index) = index {
            let span = body[index].span;
            let kind = StmtKind::Declare(vec![self.local]);
            body.insert(index, Stmt { span, kind });
        }
    }

    /// Whether the value assigned reads the variable itself.
    fn reads(&self, stmt: &mut Stmt) -> bool {
        let mut found = false;
        stmt.locals_mut(&mut |local, how| found |= *local == self.local && how != Use::Write);
        found
    }

    /// Begins the variable in the one statement that mentions it.
    fn within(&mut self, stmt: &mut Stmt, in_loop: bool) -> bool {
        let own = self.local;
        // The variable of a `foreach` or `catch` begins with it.
        match &mut stmt.kind {
            StmtKind::Foreach {
                subject,
                key,
                value,
                ..
            } if *value == own || *key == Some(own) => {
                let mut outside = false;
                subject.locals_mut(&mut |local, _| outside |= *local == own);
                return !outside;
            }
            StmtKind::Try {
                body,
                catches,
                finally,
            } => {
                let bound = catches
                    .iter()
                    .filter(|catch| catch.variable == Some(own))
                    .count();
                if bound > 0 {
                    let mut outside = false;
                    let others = body.iter_mut().chain(finally.iter_mut().flatten());
                    let unbound = catches
                        .iter_mut()
                        .filter(|catch| catch.variable != Some(own))
                        .flat_map(|catch| catch.body.iter_mut());
                    for stmt in others.chain(unbound) {
                        stmt.locals_mut(&mut |local, _| outside |= *local == own);
                    }
                    return !outside;
                }
            }
            _ => {}
        }
        let mut outside = false;
        for expr in stmt.exprs_mut() {
            expr.locals_mut(&mut |local, _| outside |= *local == own);
        }
        if outside {
            return false;
        }
        let mut bodies: Vec<_> = stmt
            .bodies_mut()
            .into_iter()
            .filter_map(|(body, again)| {
                let mut found = false;
                for stmt in body.iter_mut() {
                    stmt.locals_mut(&mut |local, _| found |= *local == own);
                }
                // What runs again within a body that does, too.
                found.then_some((body, again || in_loop))
            })
            .collect();
        match &mut *bodies {
            [(body, again)] => self.list(body, *again),
            // Each branch may have one of its own, where it begins with an assignment.
            bodies => {
                let ready = bodies.iter_mut().all(|(body, _)| self.is_ready(body));
                for (index, (body, again)) in bodies.iter_mut().enumerate().filter(|_| ready) {
                    let local = if index == 0 { own } else { self.another(body) };
                    Placer {
                        locals: self.locals,
                        local,
                    }
                    .list(body, *again);
                }
                ready
            }
        }
    }

    /// Another variable of the same name, which a list of statements has.
    fn another(&mut self, body: &mut [Stmt]) -> usize {
        let mut local = self.locals[self.local].clone();
        local.ty = super::Ty::Unknown;
        self.locals.push(local);
        let (own, another) = (self.local, self.locals.len() - 1);
        for stmt in body {
            stmt.locals_mut(&mut |local, _| {
                if *local == own {
                    *local = another;
                }
            });
        }
        another
    }

    /// Whether a list of statements sets the variable on each way to where it reads it.
    fn is_ready(&self, body: &mut [Stmt]) -> bool {
        let mut found = body.iter_mut().filter_map(|stmt| {
            let found = self.mentions(stmt);
            found.then_some(stmt)
        });
        let Some(first) = found.next() else {
            return true;
        };
        let only = found.next().is_none();
        if self.sets(first) && !self.reads(first) {
            return true;
        }
        only && self.is_ready_within(first)
    }

    fn is_ready_within(&self, stmt: &mut Stmt) -> bool {
        let mut outside = false;
        for expr in stmt.exprs_mut() {
            expr.locals_mut(&mut |local, _| outside |= *local == self.local);
        }
        let bound = match &stmt.kind {
            StmtKind::Foreach { key, value, .. } => {
                *value == self.local || *key == Some(self.local)
            }
            StmtKind::Try { catches, .. } => catches
                .iter()
                .any(|catch| catch.variable == Some(self.local)),
            _ => false,
        };
        let mut bodies = stmt.bodies_mut();
        !outside && !bound && bodies.iter_mut().all(|(body, _)| self.is_ready(body))
    }

    /// From `first` on, each assignment in this list begins a variable.
    fn split(&mut self, body: &mut [Stmt], first: usize, given: bool) {
        let mut current = self.local;
        let mut fresh = !given;
        for stmt in body.iter_mut().skip(first) {
            if !self.mentions(stmt) {
                continue;
            }
            if self.sets(stmt) {
                let old = current;
                if fresh {
                    fresh = false;
                } else {
                    let mut local = self.locals[self.local].clone();
                    local.ty = super::Ty::Unknown;
                    self.locals.push(local);
                    current = self.locals.len() - 1;
                }
                let own = self.local;
                stmt.locals_mut(&mut |local, how| {
                    if *local == own {
                        *local = if how == Use::Write { current } else { old };
                    }
                });
                begin(stmt);
            } else {
                let own = self.local;
                stmt.locals_mut(&mut |local, _| {
                    if *local == own {
                        *local = current;
                    }
                });
            }
        }
    }
}

/// `$x = …;` becomes the beginning of `$x`.
fn begin(stmt: &mut Stmt) {
    let kind = std::mem::replace(&mut stmt.kind, StmtKind::Block(Vec::new()));
    stmt.kind = match kind {
        StmtKind::Expr(expr) => match *expr.kind {
            ExprKind::Assign(place, value) => match place.root {
                Root::Local(local) => StmtKind::Let(local, value),
                Root::Field(_) => {
                    StmtKind::Expr(Expr::new(expr.span, ExprKind::Assign(place, value)))
                }
            },
            kind => StmtKind::Expr(Expr::new(expr.span, kind)),
        },
        kind => kind,
    };
}

type Set = BTreeSet<usize>;

/// Which variables are read where they may not be set yet.
struct Flow {
    unset: Set,
    /// The variables that are set where a loop or `switch` is left.
    breaks: Vec<Option<Set>>,
}

fn merge(one: Option<Set>, other: Option<Set>) -> Option<Set> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.intersection(&other).copied().collect()),
        (one, other) => one.or(other),
    }
}

impl Flow {
    /// The variables that are set behind a list; nothing when its end is never reached.
    fn list(&mut self, body: &mut [Stmt], set: Set) -> Option<Set> {
        let mut set = Some(set);
        for stmt in body {
            set = self.stmt(stmt, set?);
        }
        set
    }

    fn exprs(&mut self, stmt: &mut Stmt, set: &mut Set) {
        for expr in stmt.exprs_mut() {
            self.expr(expr, set);
        }
    }

    fn expr(&mut self, expr: &mut Expr, set: &mut Set) {
        let unset = &mut self.unset;
        let throws = matches!(
            *expr.kind,
            ExprKind::And(..)
                | ExprKind::Or(..)
                | ExprKind::Coalesce(..)
                | ExprKind::Ternary(..)
                | ExprKind::Match(..)
        );
        let before = set.clone();
        expr.locals_mut(&mut |local, how| match how {
            Use::Write => drop(set.insert(*local)),
            _ if !set.contains(local) => drop(unset.insert(*local)),
            _ => {}
        });
        if throws {
            // A variable that only one side sets may not be set.
            *set = before;
        }
    }

    fn stmt(&mut self, stmt: &mut Stmt, mut set: Set) -> Option<Set> {
        match &mut stmt.kind {
            StmtKind::If(branches, otherwise) => {
                let mut after = None;
                for (condition, body) in branches {
                    self.expr(condition, &mut set);
                    after = merge(after, self.list(body, set.clone()));
                }
                let last = match otherwise {
                    Some(body) => self.list(body, set),
                    None => Some(set),
                };
                merge(after, last)
            }
            StmtKind::While {
                condition,
                step,
                body,
            } => {
                let endless = condition.is_none();
                if let Some(condition) = condition {
                    self.expr(condition, &mut set);
                }
                self.breaks.push(None);
                if let Some(mut inside) = self.list(body, set.clone()) {
                    step.iter_mut()
                        .for_each(|step| self.expr(step, &mut inside));
                }
                let left = self.breaks.pop().flatten();
                if endless {
                    left
                } else {
                    merge(Some(set), left)
                }
            }
            StmtKind::DoWhile(body, condition) => {
                self.breaks.push(None);
                let inside = self.list(body, set);
                let left = self.breaks.pop().flatten();
                let inside = inside.map(|mut inside| {
                    self.expr(condition, &mut inside);
                    inside
                });
                merge(inside, left)
            }
            StmtKind::Foreach {
                subject,
                key,
                value,
                body,
            } => {
                self.expr(subject, &mut set);
                let mut inside = set.clone();
                inside.extend(*key);
                inside.insert(*value);
                self.breaks.push(None);
                self.list(body, inside);
                let left = self.breaks.pop().flatten();
                merge(Some(set), left)
            }
            StmtKind::Switch(..) => self.switch(stmt, set),
            StmtKind::Try {
                body,
                catches,
                finally,
            } => {
                let mut after = self.list(body, set.clone());
                for catch in catches {
                    let mut inside = set.clone();
                    inside.extend(catch.variable);
                    after = merge(after, self.list(&mut catch.body, inside));
                }
                match finally {
                    // A variable that the body sets counts as not set behind it: it may be left by other ways.
                    Some(finally) => {
                        let inside = self.list(finally, set);
                        after.and(inside)
                    }
                    None => after,
                }
            }
            StmtKind::Block(body) => self.list(body, set),
            StmtKind::Break(levels) => {
                let index = self.breaks.len().checked_sub(*levels);
                if let Some(slot) = index.and_then(|index| self.breaks.get_mut(index)) {
                    *slot = merge(slot.take(), Some(set));
                }
                None
            }
            StmtKind::Answer(_) | StmtKind::Continue(_) | StmtKind::Refused(_) => None,
            StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Exit(_) => {
                self.exprs(stmt, &mut set);
                None
            }
            StmtKind::Declare(_) | StmtKind::Recall(_) | StmtKind::Keep(_) => Some(set),
            StmtKind::Let(local, _) => {
                let local = *local;
                self.exprs(stmt, &mut set);
                set.insert(local);
                Some(set)
            }
            StmtKind::Expr(_) | StmtKind::Echo(_) => {
                let ends = matches!(&stmt.kind, StmtKind::Expr(expr)
                    if matches!(*expr.kind, ExprKind::Throw(_) | ExprKind::Exit(_)));
                self.exprs(stmt, &mut set);
                (!ends).then_some(set)
            }
        }
    }

    fn switch(&mut self, stmt: &mut Stmt, mut set: Set) -> Option<Set> {
        self.exprs(stmt, &mut set);
        let StmtKind::Switch(_, cases) = &mut stmt.kind else {
            return Some(set);
        };
        let whole = cases.iter().any(|(value, _)| value.is_none());
        self.breaks.push(None);
        let mut through = None;
        for (_, body) in cases {
            let entry = merge(Some(set.clone()), through.take()).unwrap_or_default();
            through = self.list(body, entry);
        }
        let left = self.breaks.pop().flatten();
        let after = merge(through, left);
        if whole {
            after
        } else {
            merge(after, Some(set))
        }
    }
}
