//! `getBody()->getContents()` of a body that was read before: PHP goes on from where the last read ended, so it gives an
//! empty text. `(string) getBody()` begins anew.

use std::collections::{BTreeMap, BTreeSet};

use super::bytes::variable;
use super::left::is_loop;
use crate::syntax::{self, ExprKind as PhpKind, Part, StmtKind as PhpStmt};

/// Where calls of `getContents()` begin behind what may have read the same body.
pub(super) fn late<'s>(statements: impl Iterator<Item = &'s syntax::Stmt>) -> BTreeSet<usize> {
    let mut found = Late::default();
    let mut state = State::default();
    let statements: Vec<_> = statements.collect();
    found.list(&statements, &mut state);
    found.spans
}

/// Each loop is read twice, so a body in n loops is read 2ⁿ times. In more loops than these, no call is known to be the
/// first.
const LOOPS: usize = 3;

#[derive(Default)]
struct Late {
    spans: BTreeSet<usize>,
    /// How many loops stand around.
    loops: usize,
}

/// What was read up to a place.
#[derive(Debug, Clone, Default)]
struct State {
    /// The responses whose body was read, as they are written.
    read: BTreeSet<String>,
    /// The variables that hold the body of a response.
    bodies: BTreeMap<String, String>,
}

impl State {
    fn join(&mut self, other: Self) {
        self.read.extend(other.read);
        self.bodies.extend(other.bodies);
    }

    /// A variable is given another value.
    fn set(&mut self, name: &str) {
        self.bodies.remove(name);
        let own = format!("{name}.");
        self.read
            .retain(|key| key != name && !key.starts_with(&own));
    }
}

impl Late {
    fn list(&mut self, statements: &[&syntax::Stmt], state: &mut State) {
        for stmt in statements {
            self.statement(stmt, state);
        }
    }

    fn body(&mut self, body: &[syntax::Stmt], state: &mut State) {
        for stmt in body {
            self.statement(stmt, state);
        }
    }

    fn statement(&mut self, stmt: &syntax::Stmt, state: &mut State) {
        match &stmt.kind {
            PhpStmt::If {
                branches,
                otherwise,
            } => {
                let mut ends = Vec::new();
                for (condition, body) in branches {
                    self.expr(condition, state);
                    let mut within = state.clone();
                    self.body(body, &mut within);
                    ends.push((leaves(body), within));
                }
                let mut last = state.clone();
                if let Some(body) = otherwise {
                    self.body(body, &mut last);
                    if leaves(body) {
                        last = State::default();
                    }
                }
                *state = last;
                for (left, within) in ends {
                    if !left {
                        state.join(within);
                    }
                }
            }
            PhpStmt::Try {
                body,
                catches,
                finally,
            } => {
                let mut thrown = state.clone();
                self.body(body, state);
                thrown.join(state.clone());
                if leaves(body) {
                    *state = State::default();
                }
                for catch in catches {
                    let mut within = thrown.clone();
                    if let Some(name) = &catch.variable {
                        within.set(name);
                    }
                    self.body(&catch.body, &mut within);
                    if !leaves(&catch.body) {
                        state.join(within);
                    }
                }
                if let Some(body) = finally {
                    self.body(body, state);
                }
            }
            PhpStmt::Foreach { .. } => self.turns(stmt, state),
            PhpStmt::Whole(whole) if is_loop(whole) => self.turns(stmt, state),
            PhpStmt::Whole(whole) if matches!(**whole, syntax::Whole::Switch { .. }) => {
                let before = state.clone();
                for part in stmt.kind.parts() {
                    match part {
                        Part::Expr(expr) => self.expr(expr, state),
                        Part::Body(body) => {
                            let mut within = before.clone();
                            self.body(body, &mut within);
                            state.join(within);
                        }
                    }
                }
            }
            _ => self.parts(stmt, state),
        }
    }

    /// A loop: the next turn comes behind this one.
    fn turns(&mut self, stmt: &syntax::Stmt, state: &mut State) {
        self.loops += 1;
        self.parts(stmt, state);
        if self.loops <= LOOPS {
            self.parts(stmt, state);
        }
        self.loops -= 1;
    }

    fn parts(&mut self, stmt: &syntax::Stmt, state: &mut State) {
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => self.expr(expr, state),
                Part::Body(body) => self.body(body, state),
            }
        }
    }

    fn expr(&mut self, expr: &syntax::Expr, state: &mut State) {
        if let Some((name, args)) = call(expr) {
            match (name.as_str(), body_key(args, state)) {
                ("getcontents", Some(key)) => {
                    if !state.read.insert(key) || self.loops > LOOPS {
                        self.spans.insert(expr.span.start);
                    }
                    return;
                }
                ("rewind" | "seek", Some(key)) => {
                    state.read.remove(&key);
                    return;
                }
                _ => {}
            }
        }
        match &expr.kind {
            PhpKind::Assign {
                target,
                op: None,
                value,
            } => {
                let name = variable(target);
                match (name, body_key(value, state)) {
                    (Some(name), Some(key)) if variable(value) != Some(name) => {
                        state.set(name);
                        state.bodies.insert(name.to_owned(), key);
                    }
                    (name, _) => {
                        self.expr(value, state);
                        match name {
                            Some(name) => state.set(name),
                            None => self.expr(target, state),
                        }
                    }
                }
            }
            PhpKind::Ternary {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition, state);
                let mut other = state.clone();
                if let Some(then) = then {
                    self.expr(then, state);
                }
                self.expr(otherwise, &mut other);
                state.join(other);
            }
            PhpKind::Closure(closure) => {
                let own: Vec<_> = closure.body.iter().collect();
                self.list(&own, &mut State::default());
            }
            // Whatever else is done with a body reads it.
            _ => match body_key(expr, state) {
                Some(key) => drop(state.read.insert(key)),
                None => {
                    for child in expr.children() {
                        self.expr(child, state);
                    }
                }
            },
        }
    }
}

/// The method of a call without arguments that are more than a number, and its object.
fn call(expr: &syntax::Expr) -> Option<(String, &syntax::Expr)> {
    match &expr.kind {
        PhpKind::MethodCall { object, method, .. } => {
            Some((method.name()?.to_ascii_lowercase(), object))
        }
        _ => None,
    }
}

/// The response of `$response->getBody()`, or of a variable that holds that.
fn body_key(expr: &syntax::Expr, state: &State) -> Option<String> {
    if let Some(name) = variable(expr) {
        return state.bodies.get(name).cloned();
    }
    match call(expr)? {
        (name, object) if name == "getbody" => key(object),
        _ => None,
    }
}

/// `$response`, `$e->getResponse()`, `$this->response`
fn key(expr: &syntax::Expr) -> Option<String> {
    if let Some(name) = variable(expr) {
        return Some(name.to_owned());
    }
    match &expr.kind {
        PhpKind::MethodCall {
            object,
            method,
            args,
        } if args.is_empty() => {
            let name = method.name()?.to_ascii_lowercase();
            (name == "getresponse").then_some(format!("{}.response", key(object)?))
        }
        PhpKind::Property { object, member } => {
            Some(format!("{}.{}", key(object)?, member.name()?))
        }
        _ => None,
    }
}

/// Whether a list of statements ends in one that leaves it.
fn leaves(body: &[syntax::Stmt]) -> bool {
    body.last().is_some_and(|last| match &last.kind {
        PhpStmt::Return(_) => true,
        PhpStmt::Expr(expr) => match &expr.kind {
            PhpKind::Throw(_) => true,
            PhpKind::Whole(whole) => matches!(**whole, syntax::WholeExpr::Exit(_)),
            _ => false,
        },
        PhpStmt::Whole(whole) => {
            matches!(
                **whole,
                syntax::Whole::Break(_) | syntax::Whole::Continue(_)
            )
        }
        PhpStmt::Block(body) => leaves(body),
        _ => false,
    })
}
