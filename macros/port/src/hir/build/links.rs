//! The variables of a function whose values have an object in common, and where it shows when one of them sets a property of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::gives::{Called, Gives};
use super::inside::{self, Inside, Path, has, is_outside, touches};
use super::turns::{Places, Turns};
use crate::syntax::{Arg, Expr, ExprKind, Part, Stmt, StmtKind, WholeExpr};

/// The parts of variables' values that something else holds, and the bytes between which it sees what is set of them.
#[derive(Debug, Default)]
pub(super) struct Shares(BTreeMap<String, BTreeSet<Share>>);

/// A part that something else holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Share {
    path: Path,
    /// The bytes between which what is set of it shows.
    from: usize,
    to: usize,
    /// The variable that holds it, too; none where that is not known.
    by: String,
}

/// As many parts of a variable are told apart: of one with more, something may hold all. Their number grows with each assignment
/// of a part to another variable, and so does the time that each takes.
const MOST: usize = 48;

impl Share {
    /// All of a value, which something holds that the function does not know.
    fn anything() -> Self {
        Self {
            path: Path::new(),
            from: 0,
            to: usize::MAX,
            by: String::new(),
        }
    }
}

impl Shares {
    /// What something holds that the function does not know.
    pub(super) fn add(&mut self, name: &str) {
        self.insert(name, Share::anything());
    }

    /// Whether it is new.
    fn insert(&mut self, name: &str, share: Share) -> bool {
        let own = self.0.entry(name.to_owned()).or_default();
        if share.from >= share.to || own.contains(&Share::anything()) {
            return false;
        }
        if own.len() >= MOST {
            own.clear();
            return own.insert(Share::anything());
        }
        own.insert(share)
    }

    /// Whether something else sees a property that is set of this part at a byte.
    pub(super) fn has(&self, name: &str, path: &Path, at: usize) -> bool {
        let mut own = self.0.get(name).into_iter().flatten();
        own.any(|share| has(&share.path, path) && (share.from..share.to).contains(&at))
    }

    fn of(&self, name: &str) -> Vec<Share> {
        let own = self.0.get(name).into_iter().flatten();
        own.cloned().collect()
    }
}

/// `$holder = [… $held->part …];`
pub(super) struct Link {
    pub(super) holder: String,
    /// The part of the holder that has the held part.
    pub(super) path: Path,
    /// The held part.
    pub(super) held: Inside,
    /// Whether each of the two is taken to be used behind it, as it is named without a property.
    always: bool,
    /// The byte behind the value.
    at: usize,
}

/// What the variables of a function have in common.
pub(super) struct Links<'s> {
    gives: &'s Gives,
    places: Places,
    end: usize,
    loops: Vec<Turns<'s>>,
    all: Vec<Link>,
}

impl<'s> Links<'s> {
    pub(super) fn of(
        body: impl Iterator<Item = &'s Stmt> + Clone,
        text: &str,
        gives: &'s Gives,
    ) -> Self {
        let start = body.clone().next().map_or(0, |first| first.span.start);
        let end = body.clone().last().map_or(0, |last| last.span.end);
        let mut links = Self {
            gives,
            places: Places::of(text, start..end),
            end,
            loops: Turns::of(body.clone()),
            all: Vec::new(),
        };
        links.statements(body);
        links
    }

    /// All links of a function, wherever its variables are used.
    pub(super) fn all(body: &[Stmt], gives: &'s Gives) -> Vec<Link> {
        let mut links = Self {
            gives,
            places: Places::default(),
            end: 0,
            loops: Vec::new(),
            all: Vec::new(),
        };
        links.statements(body.iter());
        links.all
    }

    /// The variables that are a part of another one's value which is mentioned behind it.
    pub(super) fn parts(&self) -> BTreeSet<String> {
        let parts = self.all.iter().filter(|link| {
            let from = self.from(link);
            !link.held.path.is_empty() && !self.seen(&link.held.name, from).is_empty()
        });
        parts.map(|link| link.holder.clone()).collect()
    }

    /// The variables that are given what another one holds, but for what a call gives: that may have closures with it only.
    pub(super) fn holders(&self) -> BTreeSet<String> {
        let all = self.all.iter().filter(|link| !link.held.moved);
        all.map(|link| link.holder.clone()).collect()
    }

    /// Adds what the links share. What something else holds of one of two is held of the other one, too.
    pub(super) fn share(&self, shares: &mut Shares) {
        let from: Vec<usize> = self.all.iter().map(|link| self.from(link)).collect();
        for (link, from) in self.all.iter().zip(&from) {
            let (held, holder) = (&link.held, &link.holder);
            for share in self.shown(holder, &held.path, *from, link.always) {
                shares.insert(&held.name, share);
            }
            for share in self.shown(&held.name, &link.path, *from, false) {
                shares.insert(holder, share);
            }
        }
        while self.all.iter().zip(&from).fold(false, |new, (link, from)| {
            let held = (&*link.held.name, &link.held.path);
            let holder = (&*link.holder, &link.path);
            let given = handed_on(shares, held, holder, *from);
            handed_on(shares, holder, held, *from) || given || new
        }) {}
    }

    /// The first byte at which both have the object: in a loop also in front of the link, where neither is set anew.
    fn from(&self, link: &Link) -> usize {
        let held = self.carried(&link.held.name, link.at);
        held.max(self.carried(&link.holder, link.at))
    }

    /// The byte from which on a variable may have what it is given at a byte.
    fn carried(&self, name: &str, at: usize) -> usize {
        let around = self.loops.iter().rev();
        let around = around.filter(|turns| turns.span().range().contains(&at));
        let old =
            around.take_while(|turns| is_outside(name) || !turns.sets_anew(name, &self.places));
        old.last().map_or(at, |turns| turns.span().start)
    }

    /// What is shared with a variable from a byte on.
    fn shown(&self, by: &str, path: &Path, from: usize, always: bool) -> Vec<Share> {
        let seen = if always || is_outside(by) {
            let always = from..usize::MAX;
            vec![always]
        } else {
            self.seen(by, from)
        };
        let shares = seen.into_iter().map(|seen| Share {
            path: path.clone(),
            from: seen.start,
            to: seen.end,
            by: by.to_owned(),
        });
        shares.collect()
    }

    /// The bytes behind which a variable is mentioned, from one on: all up to the last mention, and the loops that come to
    /// a mention again.
    fn seen(&self, name: &str, from: usize) -> Vec<Range<usize>> {
        let last = self.places.last(name, from..self.end);
        let mut seen: Vec<_> = last.into_iter().map(|last| from..last).collect();
        for turns in &self.loops {
            let span = turns.span();
            if from < span.end
                && self.places.last(name, span.range()).is_some()
                && !turns.sets_anew(name, &self.places)
            {
                seen.push(from.max(span.start)..span.end);
            }
        }
        seen
    }

    fn statements<'b>(&mut self, statements: impl Iterator<Item = &'b Stmt>) {
        for stmt in statements {
            if let StmtKind::Foreach { subject, value, .. } = &stmt.kind {
                let found = inside::parts(self.gives.inside(subject), None);
                self.unpacked(value, &found, subject.span.end);
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
            ExprKind::Assign {
                target,
                value,
                op: None,
            } => self.unpacked(target, &self.gives.inside(value), expr.span.end),
            ExprKind::Whole(whole) => {
                if let WholeExpr::CoalesceAssign(target, value) = &**whole {
                    self.unpacked(target, &self.gives.inside(value), expr.span.end);
                }
            }
            ExprKind::Call { function, args } => {
                if matches!(&*function.last(), "array_push" | "array_unshift") {
                    self.pushed(args, expr.span.end);
                }
                self.kept(Called::Function(&function.last()), args, expr.span.end);
            }
            ExprKind::MethodCall {
                object,
                method,
                args,
            } if object.is_this() => {
                if let Some(name) = method.name() {
                    self.kept(Called::Method(name), args, expr.span.end);
                }
            }
            ExprKind::StaticCall {
                class,
                method,
                args,
            } => {
                let call = Called::Static(&class.written, method);
                self.kept(call, args, expr.span.end);
            }
            _ => {}
        }
        let parts = expr.children().into_iter();
        parts.for_each(|part| self.expr(part));
    }

    /// What a function of the file that is called puts into `$this`.
    fn kept(&mut self, call: Called<'_>, args: &[Arg], at: usize) {
        for (holder, path, held) in self.gives.keeps(call, args) {
            self.link(&holder, &path, &[held], at);
        }
    }

    fn pushed(&mut self, args: &[Arg], at: usize) {
        let Some((list, items)) = args.split_first() else {
            return;
        };
        if let Some((name, mut path)) = inside::place(&list.value) {
            path.push(None);
            for item in items {
                self.link(name, &path, &self.gives.inside(&item.value), at);
            }
        }
    }

    /// The links of the variables that are set, with `found` in the value.
    fn unpacked(&mut self, target: &Expr, found: &[Inside], at: usize) {
        let parts = || inside::parts(found.to_vec(), None);
        match &target.kind {
            ExprKind::Array(items) => {
                let targets = items.iter().map(|item| &item.value);
                targets.for_each(|target| self.unpacked(target, &parts(), at));
            }
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::List(list) => {
                    let targets = list.iter().flatten();
                    targets.for_each(|(_, target)| self.unpacked(target, &parts(), at));
                }
                WholeExpr::StaticProperty(class, name) => {
                    let name = format!("{}::{name}", class.written);
                    self.link(&name, &Path::new(), found, at);
                }
                _ => {}
            },
            _ => {
                if let Some((name, path)) = inside::place(target) {
                    self.link(name, &path, found, at);
                }
            }
        }
    }

    fn link(&mut self, holder: &str, path: &Path, found: &[Inside], at: usize) {
        // `$list = array_merge($list, …)` has what it had.
        let others = found.iter();
        for held in others.filter(|it| it.name != holder || !touches(&it.path, path)) {
            let bare = held.path.is_empty() && !held.moved;
            let mut path = path.clone();
            let into = held.below || !path.is_empty();
            path.extend(held.below.then_some(None));
            self.all.push(Link {
                holder: holder.to_owned(),
                path,
                held: held.clone(),
                always: bare && into,
                at,
            });
        }
    }
}

/// What others hold of one of two, they hold of the other one, too; whether that is new.
fn handed_on(
    shares: &mut Shares,
    (one, part): (&str, &Path),
    (other, path): (&str, &Path),
    from: usize,
) -> bool {
    let mut new = false;
    for share in shares.of(one) {
        if share.by != other && touches(&share.path, part) {
            let share = Share {
                path: path.clone(),
                from: share.from.max(from),
                ..share
            };
            new |= shares.insert(other, share);
        }
    }
    new
}
