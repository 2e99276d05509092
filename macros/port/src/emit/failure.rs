//! What is done with an answer, and with a failure.

use super::block::Kind;
use super::porter::{Outcome, Porter};
use super::rust::{Expr, Node};
use super::scope::{Ty, Typed, Variable};
use crate::diagnostic::Problem;
use crate::recognise::{Call, Handler};
use crate::syntax::{Catch, Closure, Expr as Php, ExprKind, Span, Stmt, StmtKind};

impl<'a> Porter<'a> {
    /// Awaits a call and does what its handlers do; gives the last answer.
    pub(crate) fn settle(
        &mut self,
        call: Expr,
        saved: bool,
        handlers: &[Handler<'a>],
        name: Option<&str>,
        span: Span,
    ) -> Outcome<Typed> {
        let ty = if saved { Ty::Saved } else { Ty::Response };
        let (mut done, mut failed) = (Vec::new(), None);
        for handler in handlers {
            match handler {
                Handler::Then {
                    fulfilled,
                    rejected,
                } => {
                    if !matches!(fulfilled.kind, ExprKind::Null) {
                        done.push(self.closure(fulfilled)?);
                    }
                    if let Some(rejected) = rejected {
                        failed = Some(self.closure(rejected)?);
                    }
                }
                Handler::Otherwise(rejected) => failed = Some(self.closure(rejected)?),
            }
        }
        let call = self.answered(call);
        let param = done.first().and_then(|closure| closure.params.first());
        let rust = match (name, param) {
            (Some(name), _) => self.name(name),
            (None, Some(param)) if self.scope.get(&param.name).is_none() => self.name(&param.name),
            (None, Some(param)) => self.fresh(&self.name(&param.name)),
            (None, None) => self.fresh(if saved { "file" } else { "response" }),
        };
        let answer = Typed::raw(rust.clone(), ty);
        let Some(failed) = failed else {
            self.push(Node::Let {
                name: rust,
                mutable: false,
                value: call.tried(),
                after: None,
            });
            return self.handled(answer, &done);
        };
        let _ = span;
        let outcome = self.fresh("outcome");
        self.push(Node::Let {
            name: outcome.clone(),
            mutable: false,
            value: call,
            after: None,
        });
        let (_, success) = self.nested(|porter| porter.handled(answer.clone(), &done))?;
        let (error, failure) = self.failed(&failed.params, &failed.body)?;
        self.matched(&outcome, rust, success, error, failure);
        Ok(answer)
    }

    fn closure(&self, expr: &'a Php) -> Outcome<&'a Closure> {
        match &expr.kind {
            ExprKind::Closure(closure) => Ok(closure),
            ExprKind::Variable(name) => match self.closures.get(name).map(|expr| &expr.kind) {
                Some(ExprKind::Closure(closure)) => Ok(closure),
                _ => Err(Problem::error(
                    expr.span,
                    "what this calls is not known here",
                )),
            },
            _ => Err(Problem::error(expr.span, "a handler is a closure here")),
        }
    }

    /// The bodies of `then`s, one after the other: what one returns the next one takes.
    fn handled(&mut self, answer: Typed, done: &[&'a Closure]) -> Outcome<Typed> {
        let mut answer = answer;
        for closure in done {
            self.refuse_references(closure)?;
            let end = closure.body.last().map_or(0, |stmt| stmt.span.end);
            answer = self.within(Kind::Closure, end, |porter| {
                if let Some(param) = closure.params.first() {
                    let variable = Variable::new(answer.expr.flat(), answer.ty.clone());
                    porter.own(&param.name);
                    porter.scope.set(&param.name, variable);
                }
                porter.body(&closure.body, answer.clone())
            })?;
        }
        Ok(answer)
    }

    fn refuse_references(&self, closure: &Closure) -> Outcome<()> {
        match closure.uses.iter().find(|used| used.by_reference) {
            Some(used) => {
                let at = closure
                    .body
                    .first()
                    .map_or(Span::new(0, 0), |stmt| stmt.span);
                let message = format!("`&${}`: what a closure sets behind it", used.name);
                Err(Problem::error(at, message).hint("write this part in Rust"))
            }
            None => Ok(()),
        }
    }

    /// A closure's statements; the value is what it returns.
    fn body(&mut self, body: &'a [Stmt], given: Typed) -> Outcome<Typed> {
        let Some((
            Stmt {
                kind: StmtKind::Return(Some(returned)),
                span,
            },
            before,
        )) = body.split_last()
        else {
            self.statements(body);
            return Ok(given);
        };
        self.statements(before);
        self.comments_before(span.start);
        if let Some(call) = Call::of(returned) {
            return self.call(&call, None);
        }
        // An arrow function returns what it prints.
        if let ExprKind::Call { function, args } = &returned.kind
            && matches!(function.last().as_str(), "print_r" | "var_dump")
        {
            self.print_r(returned, args)?;
            return Ok(given);
        }
        let value = self.value(returned, &Ty::Str)?;
        Ok(match value.ty {
            Ty::Null => given,
            _ => value,
        })
    }

    fn failed(
        &mut self,
        params: &[crate::syntax::Param],
        body: &'a [Stmt],
    ) -> Outcome<(String, Vec<Node>)> {
        let name = params.first().map(|param| param.name.clone());
        self.caught(name.as_deref(), body, 0)
    }

    /// The name of an error, and what is done with it.
    fn caught(
        &mut self,
        name: Option<&str>,
        body: &'a [Stmt],
        end: usize,
    ) -> Outcome<(String, Vec<Node>)> {
        let rust = match name.map(|name| self.name(name)) {
            Some(name) if name.len() > 2 && name != "exception" => name,
            _ => self.fresh("err"),
        };
        let last = body.last().map_or(end, |stmt| stmt.span.end);
        let nodes = self.within(Kind::Try, last, |porter| {
            if let Some(name) = name {
                porter.own(name);
                porter
                    .scope
                    .set(name, Variable::new(rust.clone(), Ty::Error));
            }
            porter.inner(body, end)
        })?;
        Ok((rust, nodes))
    }

    fn matched(
        &mut self,
        outcome: &str,
        answer: String,
        success: Vec<Node>,
        error: String,
        failure: Vec<Node>,
    ) {
        let used = |nodes: &[Node], name: String| match super::prune::is_used(&name, nodes.iter()) {
            true => name,
            false => "_".to_owned(),
        };
        let answer = used(&success, answer);
        let error = used(&failure, error);
        if success.is_empty() {
            self.push(Node::Block {
                head: format!("if let Err({error}) = {outcome}"),
                body: failure,
                otherwise: None,
                close: "",
            });
            return;
        }
        self.push(Node::Match {
            on: outcome.to_owned(),
            arms: vec![
                (format!("Ok({answer})"), success),
                (format!("Err({error})"), failure),
            ],
        });
    }

    /// `try { … } catch ($e) { … }`
    pub(crate) fn attempt(
        &mut self,
        stmt: &'a Stmt,
        body: &'a [Stmt],
        catches: &'a [Catch],
        finally: Option<&'a [Stmt]>,
    ) -> Outcome<()> {
        let [caught, others @ ..] = catches else {
            return Err(Problem::error(stmt.span, "a `try` without a `catch`"));
        };
        if !others.is_empty() {
            let message = "several `catch`es: Rust has one error, and `err.kind()`";
            return Err(Problem::error(others[0].span, message)
                .hint("see docs/errors.md for what PHP's exceptions are"));
        }
        match self.one_call(body) {
            Some((call, name, rest)) => self.attempt_call(&call, name, rest, caught)?,
            None => self.attempt_all(body, caught)?,
        }
        if let Some(finally) = finally {
            self.statements(finally);
        }
        Ok(())
    }

    /// A body that begins with its only call.
    fn one_call(&self, body: &'a [Stmt]) -> Option<(Call<'a>, Option<&'a str>, &'a [Stmt])> {
        let (first, rest) = body.split_first()?;
        let StmtKind::Expr(expr) = &first.kind else {
            return None;
        };
        let (call, name) = match &expr.kind {
            ExprKind::Assign {
                target,
                op: None,
                value,
            } => match &target.kind {
                ExprKind::Variable(name) => (Call::of(value)?, Some(name.as_str())),
                _ => return None,
            },
            _ => (Call::of(expr)?, None),
        };
        let text = rest.iter().map(|stmt| self.source(stmt.span));
        let more = text.into_iter().any(|text| {
            let verbs = [
                "->get(",
                "->post(",
                "->put(",
                "->patch(",
                "->delete(",
                "Async(",
            ];
            verbs.iter().any(|verb| text.contains(verb))
        });
        let waits = rest
            .iter()
            .any(|stmt| self.source(stmt.span).contains("->wait"));
        (!more && !waits && call.handlers.is_empty()).then_some((call, name, rest))
    }

    fn attempt_call(
        &mut self,
        call: &Call<'a>,
        name: Option<&'a str>,
        rest: &'a [Stmt],
        caught: &'a Catch,
    ) -> Outcome<()> {
        let made = self.request(call)?;
        let ty = if made.saved { Ty::Saved } else { Ty::Response };
        let outcome = self.fresh("outcome");
        let value = self.answered(made.expr);
        self.push(Node::Let {
            name: outcome.clone(),
            mutable: false,
            value,
            after: None,
        });
        let rust = match name {
            Some(name) => self.name(name),
            None => self.fresh("response"),
        };
        let end = rest.last().map_or(call.span.end, |stmt| stmt.span.end);
        let ((), success) = self.nested(|porter| {
            porter.within(Kind::Try, end, |porter| {
                if let Some(name) = name {
                    porter.sets(name, call.span)?;
                    porter.scope.set(name, Variable::new(rust.clone(), ty));
                }
                porter.statements(rest);
                Ok(())
            })
        })?;
        let (error, failure) =
            self.caught(caught.variable.as_deref(), &caught.body, caught.span.end)?;
        self.matched(&outcome, rust, success, error, failure);
        Ok(())
    }

    /// Everything else runs in a block of its own, whose error is caught.
    fn attempt_all(&mut self, body: &'a [Stmt], caught: &'a Catch) -> Outcome<()> {
        let name = self.fresh("attempt");
        let last = body.last().map_or(0, |stmt| stmt.span.end);
        let ((), mut nodes) = self.nested(|porter| {
            porter.within(Kind::Try, last, |porter| {
                porter.statements(body);
                Ok(())
            })
        })?;
        let (head, call) = match self.is_async {
            true => (format!("let {name} = async"), format!("{name}.await")),
            false => {
                let result = self.imports.own("Result");
                (
                    format!("let {name} = || -> {result}<()>"),
                    format!("{name}()"),
                )
            }
        };
        let end = match self.is_async {
            true => {
                let error = self.imports.own("Error");
                format!("Ok::<(), {error}>(())")
            }
            false => "Ok(())".to_owned(),
        };
        nodes.push(Node::Tail(Expr::raw(end)));
        self.push(Node::Block {
            head,
            body: nodes,
            otherwise: None,
            close: ";",
        });
        let (error, failure) =
            self.caught(caught.variable.as_deref(), &caught.body, caught.span.end)?;
        let error = match super::prune::is_used(&error, failure.iter()) {
            true => error,
            false => "_".to_owned(),
        };
        self.push(Node::Block {
            head: format!("if let Err({error}) = {call}"),
            body: failure,
            otherwise: None,
            close: "",
        });
        Ok(())
    }
}
