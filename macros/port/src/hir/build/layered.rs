//! Stacks of clients that get layers written in PHP.
//!
//! Such a layer sees requests and answers of PHP's objects, and may change them for code that stands elsewhere: copies of the
//! SDK's certificate downloader fill the client's certificates while the client verifies.

use std::collections::{BTreeMap, BTreeSet};

use super::bytes::variable;
use super::handed::returned;
use crate::recognise;
use crate::syntax::{self, Expr, ExprKind as PhpKind, Method, Part, Stmt};

/// Whether a method gives the client that it makes, if it puts a layer into the stack of such a client.
pub(super) fn layered(method: &Method) -> Option<bool> {
    let params = &method.closure.params;
    let plain = params
        .iter()
        .all(|param| !param.by_reference && !param.variadic);
    if !method.has_body || !plain || method.name.starts_with("__") || method.name.contains("::") {
        return None;
    }
    let mut stacks = Stacks::default();
    stacks
        .others
        .extend(params.iter().map(|param| param.name.clone()));
    stacks.statements(&method.closure.body);
    if !stacks.layered() {
        return None;
    }
    let mut given = Vec::new();
    returned(&method.closure.body, &mut given);
    Some(!given.is_empty() && given.iter().all(|value| stacks.is_client(value)))
}

/// The stacks that a method gets, and what it does with them.
#[derive(Default)]
struct Stacks {
    /// The variables that hold a client which the method made.
    clients: BTreeSet<String>,
    /// The variables that may hold anything else.
    others: BTreeSet<String>,
    /// The variables that hold a stack, and those of their clients.
    stacks: BTreeMap<String, String>,
    /// The variables of the stacks that get a layer.
    layered: BTreeSet<String>,
}

impl Stacks {
    /// Whether a stack gets a layer, and each belongs to a client that the method made.
    fn layered(&self) -> bool {
        let made = |stack| {
            let client = self.stacks.get(stack);
            client.is_some_and(|client| self.made(client))
        };
        !self.layered.is_empty() && self.layered.iter().all(made)
    }

    fn made(&self, variable: &str) -> bool {
        self.clients.contains(variable) && !self.others.contains(variable)
    }

    fn is_client(&self, value: &Expr) -> bool {
        variable(value).is_some_and(|name| self.made(name))
    }

    fn statements(&mut self, statements: &[Stmt]) {
        for stmt in statements {
            if let syntax::StmtKind::Foreach { value, .. } = &stmt.kind {
                self.others.extend(variable(value).map(str::to_owned));
            }
            for part in stmt.kind.parts() {
                match part {
                    Part::Expr(expr) => self.expr(expr),
                    Part::Body(body) => self.statements(body),
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let Some((target, value)) = expr.assignment()
            && let PhpKind::Variable(name) = &target.kind
        {
            if recognise::settings(value).is_some() {
                self.clients.insert(name.clone());
            } else if let Some(client) = client_of_stack(value) {
                self.stacks.insert(name.clone(), client.to_owned());
            } else {
                self.others.insert(name.clone());
            }
        }
        if let PhpKind::MethodCall { object, method, .. } = &expr.kind
            && let PhpKind::Variable(stack) = &object.kind
            && let Some(edit) = method.name()
            && ["after", "before", "push", "unshift"].contains(&&*edit.to_ascii_lowercase())
            && self.stacks.contains_key(stack)
        {
            self.layered.insert(stack.clone());
        }
        expr.children()
            .into_iter()
            .for_each(|child| self.expr(child));
    }
}

/// `$client` of `$client->getDriver()->select(…)->getConfig('handler')`; a clone is another stack.
pub(super) fn client_of_stack(value: &Expr) -> Option<&str> {
    let mut steps = Vec::new();
    let mut inner = value;
    while let PhpKind::MethodCall { object, method, .. } = &inner.kind {
        steps.push(method.name()?.to_ascii_lowercase());
        inner = object;
    }
    let client = variable(inner)?;
    let steps: Vec<&str> = steps.iter().rev().map(String::as_str).collect();
    matches!(
        *steps,
        ["getdriver", "select", "getconfig"] | ["getdriver", "getconfig"]
    )
    .then_some(client)
}
