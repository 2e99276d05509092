//! `$e->hasResponse()` and `$e->getResponse()` of exceptions that may have no such method: PHP throws an `Error`.
//!
//! Only Guzzle's `RequestException` and what extends it have them. A timeout has not, so what stands behind such a call does
//! not run then.

use std::collections::BTreeSet;

use super::infer::ends;
use super::tree::{Expr, ExprKind, File, Function, Root, Stmt, StmtKind, ThrownPart};

/// Guzzle's exceptions that have the methods.
const HAVE: [&str; 5] = [
    "RequestException",
    "BadResponseException",
    "ClientException",
    "ServerException",
    "TooManyRedirectsException",
];

pub(super) fn file(file: &mut File) {
    file.functions_mut().for_each(function);
}

fn function(function: &mut Function) {
    let mut set = BTreeSet::new();
    for stmt in &mut function.body {
        stmt.each_mut(&mut |expr| {
            for (place, _) in expr.places_mut() {
                if let Root::Local(local) = place.root {
                    set.insert(local);
                }
            }
        });
    }
    Scope { set }.list(&mut function.body, &BTreeSet::new());
}

/// The variables that are known to hold a `RequestException`.
type Known = BTreeSet<usize>;

/// One function.
struct Scope {
    /// The variables that something sets: they may hold another exception later.
    set: BTreeSet<usize>,
}

impl Scope {
    fn list(&self, body: &mut [Stmt], known: &Known) {
        let mut known = known.clone();
        for stmt in body {
            match &mut stmt.kind {
                StmtKind::If(branches, otherwise) => {
                    let mut rest = known.clone();
                    for (condition, body) in branches.iter_mut() {
                        self.expr(condition, &rest);
                        let mut within = rest.clone();
                        self.learn(condition, true, &mut within);
                        self.list(body, &within);
                        self.learn(condition, false, &mut rest);
                    }
                    if let Some(body) = otherwise {
                        self.list(body, &rest);
                    } else if branches.iter().all(|(_, body)| ends(body)) {
                        known = rest;
                    }
                }
                StmtKind::Try {
                    body,
                    catches,
                    finally,
                } => {
                    self.list(body, &known);
                    for catch in catches {
                        let mut within = known.clone();
                        let own = catch.variable.filter(|local| !self.set.contains(local));
                        if let Some(local) = own
                            && catch.classes.iter().all(|class| has(class))
                        {
                            within.insert(local);
                        } else if let Some(local) = catch.variable {
                            within.remove(&local);
                        }
                        self.list(&mut catch.body, &within);
                    }
                    if let Some(body) = finally {
                        self.list(body, &known);
                    }
                }
                _ => {
                    for expr in stmt.exprs_mut() {
                        self.expr(expr, &known);
                    }
                    for (body, _) in stmt.bodies_mut() {
                        self.list(body, &known);
                    }
                }
            }
        }
    }

    fn expr(&self, expr: &mut Expr, known: &Known) {
        match &mut *expr.kind {
            ExprKind::And(one, other) => {
                self.expr(one, known);
                let mut within = known.clone();
                self.learn(one, true, &mut within);
                return self.expr(other, &within);
            }
            ExprKind::Or(one, other) => {
                self.expr(one, known);
                let mut within = known.clone();
                self.learn(one, false, &mut within);
                return self.expr(other, &within);
            }
            ExprKind::Ternary(condition, then, otherwise) => {
                self.expr(condition, known);
                for (value, holds) in then
                    .iter_mut()
                    .map(|then| (then, true))
                    .chain([(otherwise, false)])
                {
                    let mut within = known.clone();
                    self.learn(condition, holds, &mut within);
                    self.expr(value, &within);
                }
                return;
            }
            ExprKind::OfThrown(part, thrown) => {
                let is_known =
                    matches!(*thrown.kind, ExprKind::Local(local) if known.contains(&local));
                *part = match *part {
                    ThrownPart::HasResponse if !is_known => ThrownPart::AskedHasResponse,
                    ThrownPart::Response if !is_known => ThrownPart::AskedResponse,
                    part => part,
                };
            }
            ExprKind::Closure(closure, _) => function(closure),
            _ => {}
        }
        for child in expr.children_mut() {
            self.expr(child, known);
        }
    }

    /// Learns from a condition that `holds`, or does not.
    fn learn(&self, condition: &Expr, holds: bool, known: &mut Known) {
        match (&*condition.kind, holds) {
            (ExprKind::And(one, other), true) | (ExprKind::Or(one, other), false) => {
                self.learn(one, holds, known);
                self.learn(other, holds, known);
            }
            (ExprKind::Not(inner), _) => self.learn(inner, !holds, known),
            (ExprKind::InstanceOf(value, class), true) => {
                if let ExprKind::Local(local) = *value.kind
                    && has(class)
                    && !self.set.contains(&local)
                {
                    known.insert(local);
                }
            }
            _ => {}
        }
    }
}

fn has(class: &str) -> bool {
    let class = class.trim_start_matches('\\');
    match class.rsplit_once('\\') {
        Some((before, last)) => {
            before.eq_ignore_ascii_case("GuzzleHttp\\Exception") && HAVE.contains(&last)
        }
        None => HAVE.contains(&class),
    }
}
