//! Statements.

use std::collections::HashMap;
use std::rc::Rc;

use super::fork::Scope;
use super::object::Object;
use super::value::{Array, Key, Value};
use super::{CALLS, Evaluator};
use crate::hir::tree::{Catch, Expr, Function, Stmt, StmtKind};
use crate::syntax::Span;

/// How a statement ends.
pub(super) enum Flow<'a> {
    Next,
    Return(Value<'a>),
    /// Out of the loop, or to its next round.
    Leave,
    /// With an exception, or the program ends.
    Throw,
}

/// How the ways of a fork end.
#[derive(Default)]
struct Ways<'a> {
    count: usize,
    /// Of those that go on.
    ends: Vec<Scope<'a>>,
    returned: Option<Value<'a>>,
    left: bool,
}

impl<'a> Ways<'a> {
    fn add(&mut self, flow: Flow<'a>, end: Scope<'a>) {
        self.count += 1;
        match flow {
            Flow::Next => self.ends.push(end),
            Flow::Return(value) => self.returned = Some(value),
            Flow::Leave => self.left = true,
            Flow::Throw => {}
        }
    }

    fn none(&self) -> bool {
        self.count == 0
    }
}

/// How many items of an array are gone through.
const ROUNDS: usize = 10_000;

impl<'a> Evaluator<'a, '_> {
    pub(super) fn program(&mut self) {
        if let Some(main) = &self.file.main {
            let _ = self.block(&main.body);
        }
        // A function without a call here is called from elsewhere.
        let mut uncalled: Vec<_> = self
            .functions
            .iter()
            .map(|(name, code)| (name.clone(), *code))
            .collect();
        uncalled.retain(|(name, _)| !self.called.contains(name));
        uncalled.sort_by(|one, other| one.0.cmp(&other.0));
        for (name, code) in uncalled {
            let why = format!("a parameter of `{name}()`");
            let args = code.params.iter().map(|_| Value::unknown(&*why)).collect();
            self.invoke(code, code.params.len(), &[], args);
        }
    }

    pub(super) fn block(&mut self, statements: &'a [Stmt]) -> Flow<'a> {
        for stmt in statements {
            match self.statement(stmt) {
                Flow::Next => {}
                flow => return flow,
            }
        }
        Flow::Next
    }

    fn statement(&mut self, stmt: &'a Stmt) -> Flow<'a> {
        let outer = std::mem::replace(&mut self.statement, stmt.span);
        let flow = match self.step(stmt.span) {
            true => self.deeper(stmt.span, |evaluator| evaluator.statement_kind(stmt)),
            false => None,
        };
        self.statement = outer;
        flow.unwrap_or(Flow::Return(Value::Null))
    }

    fn statement_kind(&mut self, stmt: &'a Stmt) -> Flow<'a> {
        match &stmt.kind {
            StmtKind::Expr(expr) => {
                self.expr(expr);
            }
            StmtKind::Echo(parts) => {
                for part in parts {
                    self.expr(part);
                }
            }
            StmtKind::Return(None) => return Flow::Return(Value::Null),
            StmtKind::Return(Some(value)) => return Flow::Return(self.expr(value)),
            StmtKind::If(branches, otherwise) => {
                return self.branches(branches, otherwise.as_deref());
            }
            StmtKind::Foreach {
                subject,
                key,
                value,
                body,
            } => {
                let turn = Turn {
                    span: stmt.span,
                    key: key.map(|key| self.name(key)),
                    value: self.name(*value),
                    body,
                };
                return self.foreach(subject, &turn);
            }
            StmtKind::Try {
                body,
                catches,
                finally,
            } => return self.try_catch(stmt.span, body, catches, finally.as_deref()),
            StmtKind::Block(body) => return self.block(body),
            StmtKind::Throw(thrown) => {
                self.expr(thrown);
                return Flow::Throw;
            }
            StmtKind::Exit(value) => {
                value.iter().for_each(|value| {
                    self.expr(value);
                });
                return Flow::Throw;
            }
            StmtKind::Break(_) | StmtKind::Continue(_) => {
                self.may_leave = true;
                return Flow::Leave;
            }
            StmtKind::Refused(problem) => self.problems.push(problem.clone()),
            StmtKind::Declare(_)
            | StmtKind::Let(..)
            | StmtKind::While { .. }
            | StmtKind::DoWhile(..)
            | StmtKind::Switch(..)
            | StmtKind::Answer(_) => {
                self.forget([super::fork::ALL.to_owned()]);
                self.error(
                    stmt.span,
                    "this statement is not followed here",
                    "port the calls in it by themselves",
                );
            }
        }
        Flow::Next
    }

    /// All branches that may be taken.
    pub(super) fn branches(
        &mut self,
        branches: &'a [(Expr, Vec<Stmt>)],
        otherwise: Option<&'a [Stmt]>,
    ) -> Flow<'a> {
        let mut ways = Ways::default();
        let mut last = otherwise.unwrap_or_default();
        for (condition, body) in branches {
            match self.expr(condition).to_bool() {
                Some(false) => {}
                Some(true) => {
                    last = body;
                    break;
                }
                None => {
                    let (flow, end) = self.way(|evaluator| evaluator.block(body));
                    ways.add(flow, end);
                }
            }
        }
        if ways.none() {
            return self.block(last);
        }
        let (flow, end) = self.way(|evaluator| evaluator.block(last));
        ways.add(flow, end);
        self.join(ways)
    }

    /// A failure may come from any place in the body.
    fn try_catch(
        &mut self,
        span: Span,
        body: &'a [Stmt],
        catches: &'a [Catch],
        finally: Option<&'a [Stmt]>,
    ) -> Flow<'a> {
        let mut ways = Ways::default();
        let flow = self.block(body);
        let end = self.scope();
        ways.add(flow, end);
        if !catches.is_empty() {
            self.forget_changed(span);
        }
        for catch in catches {
            let (flow, end) = self.way(|evaluator| {
                if let Some(variable) = catch.variable {
                    let name = evaluator.name(variable);
                    evaluator.set(name, Value::unknown("the failure of a call"));
                }
                evaluator.block(&catch.body)
            });
            ways.add(flow, end);
        }
        let flow = self.join(ways);
        match finally.map(|finally| self.block(finally)) {
            None | Some(Flow::Next) => flow,
            Some(flow) => flow,
        }
    }

    /// Goes on where the ways meet, if any goes on.
    fn join(&mut self, ways: Ways<'a>) -> Flow<'a> {
        if !ways.ends.is_empty() {
            self.may_return |= ways.returned.is_some();
            self.meet(ways.ends);
            return Flow::Next;
        }
        match ways.returned {
            Some(value) if ways.count == 1 => Flow::Return(value),
            Some(_) => Flow::Return(Value::unknown("one of several values that are returned")),
            None if ways.left => Flow::Leave,
            None => Flow::Throw,
        }
    }

    fn foreach(&mut self, subject: &'a Expr, turn: &Turn<'a>) -> Flow<'a> {
        let outer = std::mem::replace(&mut self.may_leave, false);
        let flow = self.rounds(subject, turn);
        self.may_leave = outer;
        flow
    }

    fn rounds(&mut self, subject: &'a Expr, turn: &Turn<'a>) -> Flow<'a> {
        let items = match self.expr(subject) {
            Value::Array(array) => pairs(&array),
            Value::Object(object) => match &*object.borrow() {
                Object::Plain(array) => pairs(array),
                _ => Vec::new(),
            },
            Value::Unknown(why) => return self.round_perhaps(&why, turn),
            _ => Vec::new(),
        };
        if items.len() > ROUNDS {
            self.error(subject.span, "this loop is too long to be followed", "");
            return Flow::Next;
        }
        for (key, item) in items {
            if let Some(name) = turn.key {
                self.set(name, key);
            }
            self.set(turn.value, item);
            let flow = self.block(turn.body);
            if self.may_leave {
                self.forget_changed(turn.span);
                self.may_leave = false;
            }
            match flow {
                Flow::Next => {}
                Flow::Leave => return Flow::Next,
                flow => return flow,
            }
        }
        Flow::Next
    }

    /// A round of a loop that may run any number of times: each may begin with what others have left.
    fn round_perhaps(&mut self, why: &Rc<str>, turn: &Turn<'a>) -> Flow<'a> {
        self.forget_changed(turn.span);
        let mut ways = Ways::default();
        let (flow, end) = self.way(|evaluator| {
            for name in turn.key.into_iter().chain([turn.value]) {
                evaluator.set(name, Value::Unknown(Rc::clone(why)));
            }
            evaluator.block(turn.body)
        });
        ways.add(flow, end);
        let none = self.scope();
        ways.add(Flow::Next, none);
        self.join(ways)
    }

    /// Calls a closure or function in a new scope; `params` are the parameters that receive arguments.
    pub(super) fn invoke(
        &mut self,
        code: &'a Function,
        params: usize,
        captured: &[(String, Value<'a>)],
        args: Vec<Value<'a>>,
    ) -> Value<'a> {
        if self.scopes.len() > CALLS {
            return self.error(
                self.statement,
                "these calls are nested too deeply to be followed",
                "",
            );
        }
        let mut scope: HashMap<_, _> = captured.iter().cloned().collect();
        let mut args = args.into_iter();
        for param in code.params.iter().take(params) {
            let value = match (param.variadic, &param.default) {
                (true, _) => Value::Array(args.by_ref().collect()),
                (false, default) => match (args.next(), default) {
                    (Some(value), _) => value,
                    (None, Some(default)) => self.expr(default),
                    (None, None) => Value::Null,
                },
            };
            let name = code.locals.get(param.local).map(|local| local.name.clone());
            scope.extend(name.map(|name| (name, value)));
        }
        self.scopes.push(scope);
        self.locals.push(&code.locals);
        let outer = self.statement;
        let may_return = std::mem::replace(&mut self.may_return, false);
        let flow = self.block(&code.body);
        let unsure = std::mem::replace(&mut self.may_return, may_return);
        self.statement = outer;
        self.scopes.pop();
        self.locals.pop();
        match flow {
            _ if unsure => Value::unknown("one of several values that are returned"),
            Flow::Return(value) => value,
            Flow::Next => Value::Null,
            Flow::Leave | Flow::Throw => Value::unknown("what nothing returns"),
        }
    }

    /// The name of a variable of the function that runs.
    pub(super) fn name(&self, local: usize) -> &'a str {
        let local = self.locals.last().and_then(|locals| locals.get(local));
        local.map_or("", |local| &local.name)
    }

    pub(super) fn set(&mut self, name: &str, value: Value<'a>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), value);
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.scopes.last()?.get(name)
    }

    /// The key that a value is; nothing for arrays and objects, which PHP refuses as well.
    pub(super) fn key(&mut self, expr: &'a Expr) -> Option<Key> {
        let value = self.expr(expr);
        let key = Key::of(&value);
        if key.is_none() && !matches!(value, Value::Unknown(_)) {
            self.error(expr.span, "this is no key of an array", "");
        }
        key
    }
}

/// A loop over the items of an array.
struct Turn<'a> {
    span: Span,
    key: Option<&'a str>,
    value: &'a str,
    body: &'a [Stmt],
}

fn pairs<'a>(array: &Array<'a>) -> Vec<(Value<'a>, Value<'a>)> {
    let pairs = array.iter();
    pairs
        .map(|(key, value)| (key.value(), value.clone()))
        .collect()
}
