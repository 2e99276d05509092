//! Statements.

use std::collections::HashMap;

use super::fork::Scope;
use super::repeat::Turn;
use super::value::{Key, Value};
use super::{CALLS, Evaluator};
use crate::hir::tree::{Catch, Expr, Function, Stmt, StmtKind};
use crate::syntax::Span;

/// How a statement ends.
pub(super) enum Flow<'a> {
    Next,
    Return(Value<'a>),
    /// Out of a loop, or to its next round: its [`Frame`](super::repeat::Frame) has the variables.
    Leave,
    /// With an exception, or the program ends.
    Throw,
}

/// How the ways of a fork end.
#[derive(Default)]
pub(super) struct Ways<'a> {
    count: usize,
    /// Of those that go on.
    pub(super) ends: Vec<Scope<'a>>,
    returned: Option<Value<'a>>,
    left: bool,
}

impl<'a> Ways<'a> {
    pub(super) fn add(&mut self, flow: Flow<'a>, end: Scope<'a>) {
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
                    items: Some((key.map(|key| self.name(key)), self.name(*value))),
                    step: &[],
                    body,
                };
                return self.foreach(subject, &turn);
            }
            StmtKind::While {
                condition,
                step,
                body,
            } => {
                let turn = Turn::of(stmt.span, step, body);
                return self.repeat(condition.as_ref(), true, &turn);
            }
            StmtKind::DoWhile(body, condition) => {
                let turn = Turn::of(stmt.span, &[], body);
                return self.repeat(Some(condition), false, &turn);
            }
            StmtKind::Switch(subject, cases) => return self.switch(subject, cases),
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
            StmtKind::Break(levels) => return self.leave(*levels, true, stmt.span),
            StmtKind::Continue(levels) => return self.leave(*levels, false, stmt.span),
            StmtKind::Refused(problem) => self.problems.push(problem.clone()),
            StmtKind::Declare(_)
            | StmtKind::Let(..)
            | StmtKind::Recall(_)
            | StmtKind::Keep(_)
            | StmtKind::Answer(_) => {
                self.forget([super::fork::ALL.to_owned()]);
                self.not_followed(stmt.span);
            }
        }
        Flow::Next
    }

    fn not_followed(&mut self, span: Span) {
        let hint = crate::diagnostic::ALONE;
        self.error(span, "this statement is not followed here", hint);
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
        let left = self.left();
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
        if finally.is_some_and(|finally| !finally.is_empty()) && self.left() > left {
            // The variables with which it was left lack its changes.
            self.forget_left();
            self.not_followed(span);
        }
        match finally.map(|finally| self.block(finally)) {
            None | Some(Flow::Next) => flow,
            Some(flow) => flow,
        }
    }

    /// Goes on where the ways meet, if any goes on.
    pub(super) fn join(&mut self, ways: Ways<'a>) -> Flow<'a> {
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
        let frames = std::mem::take(&mut self.frames);
        let flow = self.block(&code.body);
        self.frames = frames;
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
