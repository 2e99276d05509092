//! Controllers that verify and decrypt a notification by hand.
//!
//! A method that reads the raw body and the headers, verifies them with `Rsa::verify` and decrypts the resource
//! with `AesGcm::decrypt` becomes one that is given a reader of the library's, headers and body, and gives a
//! reply. Only the whole shape is recognised: everything else stays as it is written.

mod part;
mod reply;

pub(super) use part::is_setting;
use std::collections::BTreeMap;

use super::Ty;
use super::tree::{
    Class, Crypto, Expr, ExprKind, File, Function, Notified, Place, Root, Stmt, StmtKind, Target,
};
use super::walk::Use;
use crate::diagnostic::Problem;
use crate::syntax::{BinaryOp, Span};

/// Finds them before variables are placed.
pub(super) fn file(file: &mut File) {
    let mut problems = Vec::new();
    for class in &mut file.classes {
        let whole = class.clone();
        for method in &mut class.methods {
            if is_called(&whole, &method.name) {
                continue;
            }
            if let Some((notified, warning)) = recognised(method, Some(&whole)) {
                *method = notified;
                problems.extend(warning);
            }
        }
    }
    file.problems.extend(problems);
}

/// Whether a method of the class calls another one by this name.
fn is_called(class: &Class, name: &str) -> bool {
    let mut found = false;
    for method in class.constructor.iter().chain(&class.methods) {
        each(&mut method.body.clone(), &mut |expr| {
            found |= matches!(&*expr.kind, ExprKind::Method(called, _) if called.eq_ignore_ascii_case(name));
        });
    }
    found
}

/// Calls `found` for each expression, those of closures too.
fn each(body: &mut [Stmt], found: &mut dyn FnMut(&mut Expr)) {
    for stmt in body {
        stmt.each_mut(&mut |expr| {
            found(expr);
            if let ExprKind::Closure(closure, _) = &mut *expr.kind {
                each(&mut closure.body, found);
            }
        });
    }
}

/// The facts about a method.
pub(super) struct Known<'c> {
    /// Variables that are set once, and to what.
    values: BTreeMap<usize, Expr>,
    class: Option<&'c Class>,
}

fn recognised(method: &Function, class: Option<&Class>) -> Option<(Function, Option<Problem>)> {
    let mut made = method.clone();
    let known = Known {
        values: values(&mut made),
        class,
    };
    let verified = the_only(&mut made.body, Crypto::Verify)?;
    let opened = the_only(&mut made.body, Crypto::Open)?;
    if !known.verifies(&verified.0) || !known.opens(&opened.0) {
        return None;
    }
    let checks_time = replace(&mut made, &known);
    reply::answers(&mut made, &known)?;
    remove_unread(&mut made);
    drop_params(&mut made);
    made.notified = true;
    made.returns = Ty::Void;
    made.declared = true;
    let warning = (!checks_time).then(|| without_time(verified.1));
    Some((made, warning))
}

fn without_time(span: Span) -> Problem {
    Problem::warning(
        span,
        "PHP does not check the time of the notification; here one that is more than five minutes old or ahead is refused",
    )
}

/// The arguments of the only call of this kind, and its place; none where a closure has one.
fn the_only(body: &mut [Stmt], wanted: Crypto) -> Option<(Vec<Expr>, Span)> {
    let mut all = 0;
    each(body, &mut |expr| {
        all += usize::from(matches!(&*expr.kind, ExprKind::Crypto(crypto, _) if *crypto == wanted));
    });
    let mut found = None;
    for stmt in body {
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Crypto(crypto, args) = &*expr.kind
                && *crypto == wanted
            {
                found = Some((args.clone(), expr.span));
            }
        });
    }
    found.filter(|_| all == 1)
}

fn values(function: &mut Function) -> BTreeMap<usize, Expr> {
    let mut writes: BTreeMap<usize, usize> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for param in &function.params {
        writes.insert(param.local, 1);
    }
    for stmt in &mut function.body {
        stmt.locals_mut(&mut |local, how| {
            *writes.entry(*local).or_default() += usize::from(how == Use::Write);
        });
        stmt.each_mut(&mut |expr| {
            if let ExprKind::Assign(place, value) = &*expr.kind
                && let Some(local) = whole(place)
            {
                found.insert(local, value.clone());
            }
            if let ExprKind::Unpack(places, value) = &*expr.kind {
                for Target { keys, place, .. } in places {
                    let member = value.clone().at(expr.span, keys);
                    found.extend(whole(place).map(|local| (local, member)));
                }
            }
        });
    }
    found.retain(|local, _| writes.get(local) == Some(&1));
    found
}

/// The variable that a place is as a whole.
fn whole(place: &Place) -> Option<usize> {
    match (&place.root, place.path.is_empty()) {
        (Root::Local(local), true) => Some(*local),
        _ => None,
    }
}

/// Puts what the reader gives in the place of what PHP does by hand; says whether PHP checks the time.
fn replace(function: &mut Function, known: &Known<'_>) -> bool {
    let mut checks_time = false;
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| checks_time |= known.is_check_of_time(expr).is_some());
    }
    conditions(&mut function.body, known);
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| {
            if let Some(part) = known.part(expr) {
                *expr.kind = ExprKind::Notified(part);
            } else if matches!(&*expr.kind, ExprKind::Crypto(Crypto::Verify, _)) {
                *expr.kind = ExprKind::Not(refused(expr.span));
            }
        });
    }
    checks_time
}

fn refused(span: Span) -> Expr {
    Expr::new(span, ExprKind::Notified(Notified::Untrusted))
}

/// In a condition that asks for the signature, the check of the time is a part of the same answer.
fn conditions(body: &mut [Stmt], known: &Known<'_>) {
    for stmt in body {
        if let StmtKind::If(branches, _) = &mut stmt.kind {
            for (condition, _) in branches {
                if known.asks_for_signature(condition) {
                    known.simplify(condition);
                }
            }
        }
        for (body, _) in stmt.bodies_mut() {
            conditions(body, known);
        }
    }
}

impl Known<'_> {
    /// A variable's value in its place, as far as it is set once.
    fn resolved<'e>(&'e self, expr: &'e Expr) -> &'e Expr {
        let mut expr = expr;
        for _ in 0..DEEPEST {
            match &*expr.kind {
                ExprKind::Local(local) => match self.values.get(local) {
                    Some(value) => expr = value,
                    None => break,
                },
                _ => break,
            }
        }
        expr
    }

    fn asks_for_signature(&self, expr: &Expr) -> bool {
        match &*self.resolved(expr).kind {
            ExprKind::Crypto(Crypto::Verify, _) => true,
            ExprKind::Not(inner) => self.asks_for_signature(inner),
            ExprKind::Or(one, other)
            | ExprKind::And(one, other)
            | ExprKind::Binary(_, one, other) => {
                self.asks_for_signature(one) || self.asks_for_signature(other)
            }
            _ => false,
        }
    }

    fn simplify(&self, expr: &mut Expr) {
        let span = expr.span;
        let trusted = || ExprKind::Not(refused(span));
        let resolved = self.resolved(expr).clone();
        if matches!(&*resolved.kind, ExprKind::Crypto(Crypto::Verify, _)) {
            *expr.kind = trusted();
            return;
        }
        if let Some(fresh) = self.is_check_of_time(&resolved) {
            *expr.kind = if fresh {
                trusted()
            } else {
                ExprKind::Notified(Notified::Untrusted)
            };
            return;
        }
        match &mut *expr.kind {
            ExprKind::Not(inner) => {
                self.simplify(inner);
                let inner = inner.clone();
                *expr.kind = negated(inner);
            }
            ExprKind::Or(one, other) | ExprKind::And(one, other) => {
                self.simplify(one);
                self.simplify(other);
                if same(one, other) {
                    *expr.kind = *one.kind.clone();
                }
            }
            ExprKind::Binary(op, one, other) => {
                let truth = match (&*other.kind, &op) {
                    (ExprKind::Bool(truth), BinaryOp::Identical | BinaryOp::Equal) => *truth,
                    (ExprKind::Bool(truth), BinaryOp::NotIdentical | BinaryOp::NotEqual) => !*truth,
                    _ => return,
                };
                self.simplify(one);
                let one = one.clone();
                *expr.kind = if truth { *one.kind } else { negated(one) };
            }
            _ => {}
        }
    }
}

/// How many variables are followed.
const DEEPEST: usize = 20;

fn negated(expr: Expr) -> ExprKind {
    match *expr.kind {
        ExprKind::Not(inner) if is_untrusted(&inner) => *inner.kind,
        kind => ExprKind::Not(Expr::new(expr.span, kind)),
    }
}

fn is_untrusted(expr: &Expr) -> bool {
    matches!(&*expr.kind, ExprKind::Notified(Notified::Untrusted))
}

fn same(one: &Expr, other: &Expr) -> bool {
    match (&*one.kind, &*other.kind) {
        (ExprKind::Not(one), ExprKind::Not(other)) => is_untrusted(one) && is_untrusted(other),
        _ => is_untrusted(one) && is_untrusted(other),
    }
}

/// Assignments to variables that are not read any more, as far as they do nothing else.
fn remove_unread(function: &mut Function) {
    loop {
        let mut read = vec![false; function.locals.len()];
        for stmt in &mut function.body {
            stmt.locals_mut(&mut |local, how| read[*local] |= how != Use::Write);
        }
        let before = count(&mut function.body);
        retain(&mut function.body, &read);
        if count(&mut function.body) == before {
            return;
        }
    }
}

fn count(body: &mut [Stmt]) -> usize {
    let inner = body.iter_mut().flat_map(Stmt::bodies_mut);
    let inner: usize = inner.map(|(body, _)| count(body)).sum();
    inner + body.len()
}

fn retain(body: &mut Vec<Stmt>, read: &[bool]) {
    body.retain(|stmt| match &stmt.kind {
        StmtKind::Expr(expr) => match &*expr.kind {
            ExprKind::Assign(place, value) => {
                whole(place).is_none_or(|local| read[local]) || !part::is_pure(value)
            }
            ExprKind::Unpack(places, value) => {
                let unread = |place: &Place| whole(place).is_some_and(|local| !read[local]);
                !places.iter().all(|target| unread(&target.place)) || !part::is_pure(value)
            }
            ExprKind::Notified(_) => false,
            _ => true,
        },
        _ => true,
    });
    for stmt in body {
        for (body, _) in stmt.bodies_mut() {
            retain(body, read);
        }
    }
}

/// Parameters of the application's classes that nothing reads any more: the request.
fn drop_params(function: &mut Function) {
    let mut index = 0;
    while index < function.params.len() {
        let local = function.params[index].local;
        let mut used = false;
        for stmt in &mut function.body {
            stmt.locals_mut(&mut |found, _| used |= *found == local);
        }
        if used || function.params[index].ty.present().is_plain() && function.params[index].declared
        {
            index += 1;
            continue;
        }
        function.params.remove(index);
        let last = function.locals.len() - 1;
        let moved = |old: usize| match old.cmp(&local) {
            std::cmp::Ordering::Less => old,
            std::cmp::Ordering::Equal => last,
            std::cmp::Ordering::Greater => old - 1,
        };
        let variable = function.locals.remove(local);
        function.locals.push(variable);
        function
            .params
            .iter_mut()
            .for_each(|param| param.local = moved(param.local));
        for stmt in &mut function.body {
            stmt.locals_mut(&mut |found, _| *found = moved(*found));
        }
    }
}
