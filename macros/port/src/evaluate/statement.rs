//! Statements.

use std::collections::HashMap;

use super::object::Object;
use super::value::{Key, Value};
use super::{CALLS, Evaluator};
use crate::syntax::{Closure, Expr, Program, Stmt, StmtKind};

/// How a statement ends.
pub(super) enum Flow<'a> {
    Next,
    Return(Value<'a>),
}

/// How many items of an array are gone through.
const ROUNDS: usize = 10_000;

impl<'a> Evaluator<'a, '_> {
    pub(super) fn program(&mut self, program: &'a Program) {
        self.declare(&program.statements);
        let _ = self.block(&program.statements);
        // What nothing calls here is called from elsewhere.
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
            self.invoke(code, &[], args);
        }
    }

    fn declare(&mut self, statements: &'a [Stmt]) {
        for stmt in statements {
            match &stmt.kind {
                StmtKind::Function { name, closure } => {
                    self.functions.insert(name.to_ascii_lowercase(), closure);
                }
                StmtKind::Block(inner) => self.declare(inner),
                _ => {}
            }
        }
    }

    pub(super) fn block(&mut self, statements: &'a [Stmt]) -> Flow<'a> {
        for stmt in statements {
            if let Flow::Return(value) = self.statement(stmt) {
                return Flow::Return(value);
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
            StmtKind::If {
                branches,
                otherwise,
            } => return self.branches(branches, otherwise.as_deref()),
            StmtKind::Foreach {
                subject,
                key,
                value,
                body,
            } => {
                return self.foreach(subject, key.as_deref(), value, body);
            }
            StmtKind::Try {
                body,
                catches,
                finally,
            } => {
                // A failure may come from any call in it, so what follows one is looked at, too.
                let flow = self.block(body);
                for catch in catches {
                    if let Some(name) = &catch.variable {
                        let failure = Value::unknown("the failure of a call");
                        self.set(name, failure);
                    }
                    let _ = self.block(&catch.body);
                }
                if let Some(finally) = finally {
                    let _ = self.block(finally);
                }
                return flow;
            }
            StmtKind::Block(body) => return self.block(body),
            StmtKind::Unsupported { what } => {
                // A mistake in the syntax was told of already.
                if !what.contains("syntax error") {
                    self.error(
                        stmt.span,
                        format!("{what} is not followed here"),
                        "port the calls in it by themselves",
                    );
                }
            }
            StmtKind::Use(_)
            | StmtKind::Namespace(_)
            | StmtKind::Function { .. }
            | StmtKind::Empty => {}
        }
        Flow::Next
    }

    /// All branches that may be taken.
    fn branches(
        &mut self,
        branches: &'a [(Expr, Vec<Stmt>)],
        otherwise: Option<&'a [Stmt]>,
    ) -> Flow<'a> {
        let mut certain = true;
        for (condition, body) in branches {
            match self.expr(condition).to_bool() {
                Some(false) => {}
                Some(true) => {
                    let flow = self.block(body);
                    return if certain { flow } else { Flow::Next };
                }
                None => {
                    certain = false;
                    let _ = self.block(body);
                }
            }
        }
        let flow = self.block(otherwise.unwrap_or_default());
        if certain { flow } else { Flow::Next }
    }

    fn foreach(
        &mut self,
        subject: &'a Expr,
        key: Option<&'a Expr>,
        value: &'a Expr,
        body: &'a [Stmt],
    ) -> Flow<'a> {
        let subject_value = self.expr(subject);
        let items: Vec<(Value<'a>, Value<'a>)> = match &subject_value {
            Value::Array(array) => array
                .iter()
                .map(|(key, value)| (key.value(), value.clone()))
                .collect(),
            Value::Object(object) => match &*object.borrow() {
                Object::Plain(array) => array
                    .iter()
                    .map(|(key, value)| (key.value(), value.clone()))
                    .collect(),
                _ => Vec::new(),
            },
            Value::Unknown(why) => vec![(Value::Unknown(why.clone()), Value::Unknown(why.clone()))],
            _ => Vec::new(),
        };
        if items.len() > ROUNDS {
            self.error(subject.span, "this loop is too long to be followed", "");
            return Flow::Next;
        }
        for (item_key, item) in items {
            if let Some(key) = key {
                self.assign(key, item_key);
            }
            self.assign(value, item);
            if let Flow::Return(value) = self.block(body) {
                return Flow::Return(value);
            }
        }
        Flow::Next
    }

    /// Calls a closure or function in a scope of its own.
    pub(super) fn invoke(
        &mut self,
        code: &'a Closure,
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
        if code.arrow {
            // An arrow function sees what is around it.
            if let Some(outer) = self.scopes.last() {
                scope.extend(
                    outer
                        .iter()
                        .map(|(name, value)| (name.clone(), value.clone())),
                );
            }
        }
        let mut args = args.into_iter();
        for param in &code.params {
            let value = match (args.next(), &param.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.expr(default),
                (None, None) => Value::Null,
            };
            scope.insert(param.name.clone(), value);
        }
        self.scopes.push(scope);
        let outer = self.statement;
        let flow = self.block(&code.body);
        self.statement = outer;
        self.scopes.pop();
        match flow {
            Flow::Return(value) => value,
            Flow::Next => Value::Null,
        }
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
