//! Statements.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr, owned};
use super::function::{Around, Body, Return};
use crate::hir::Ty;
use crate::hir::tree::{Catch, Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::Span;

impl<'a> Body<'_, 'a> {
    pub(crate) fn list(&mut self, body: &'a [Stmt]) -> TokenStream {
        let mut out = TokenStream::new();
        for stmt in body {
            out.extend(self.comments_before(stmt.span.start));
            out.extend(self.stmt(stmt));
        }
        out
    }

    /// The statements of a function; a `return` at the end is its value.
    pub(crate) fn body(&mut self, body: &'a [Stmt]) -> TokenStream {
        let Some((last, before)) = body.split_last() else {
            return self.end();
        };
        let mut out = self.list(before);
        out.extend(self.comments_before(last.span.start));
        match &last.kind {
            StmtKind::Return(value) => {
                let value = self.returned(value.as_ref(), last.span);
                out.extend(quote!(Ok(#value)));
            }
            StmtKind::Throw(_) | StmtKind::Exit(_) => out.extend(self.stmt(last)),
            _ => {
                out.extend(self.stmt(last));
                let left = matches!(
                    &last.kind,
                    StmtKind::Try {
                        finally: Some(_),
                        ..
                    }
                );
                if left || !crate::hir::ends(body) {
                    out.extend(self.end());
                }
            }
        }
        out
    }

    /// What a function gives that comes to its end.
    pub(crate) fn end(&mut self) -> TokenStream {
        match &self.returns {
            Ty::Void => quote!(Ok(())),
            Ty::Maybe(_) => quote!(Ok(None)),
            Ty::Any | Ty::Unknown | Ty::Null => quote!(Ok(Value::Null)),
            _ => {
                let message = "the function gave nothing back";
                quote!(Err(Thrown::new("TypeError", #message)))
            }
        }
    }

    pub(crate) fn returned(&mut self, value: Option<&'a Expr>, span: Span) -> TokenStream {
        let returns = self.returns.clone();
        match value {
            None => match returns {
                Ty::Void => quote!(()),
                Ty::Maybe(_) => quote!(None),
                _ => quote!(Value::Null),
            },
            Some(value) if returns == Ty::Void => {
                let code = self.expr(value);
                let tokens = code.tokens;
                match code.repr {
                    Repr::Never => tokens,
                    _ => quote!({ #tokens; }),
                }
            }
            Some(value) => {
                let code = self.expr(value);
                // The variable is not needed any more.
                let moved = matches!(
                    (&code.repr, &returns),
                    (Repr::ValuePlace, Ty::Any) | (Repr::StringPlace, Ty::Text)
                );
                if moved
                    && matches!(*value.kind, ExprKind::Local(_))
                    && matches!(self.return_to, Return::Function)
                {
                    return code.tokens;
                }
                self.convert(&code, &returns, span)
            }
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> TokenStream {
        match &stmt.kind {
            StmtKind::Expr(expr) => self.effect(expr),
            StmtKind::Declare(locals) => self.declare(locals),
            StmtKind::Let(local, value) => self.begin(*local, value),
            StmtKind::Echo(values) => self.echo(values),
            StmtKind::Return(value) => {
                let value = self.returned(value.as_ref(), stmt.span);
                match &self.return_to {
                    Return::Function => quote!(return Ok(#value);),
                    Return::Label(label, false) => quote!(break #label Ok(#value);),
                    Return::Label(label, true) => quote!(break #label php::Flow::Return(#value);),
                }
            }
            StmtKind::If(branches, otherwise) => self.branches(branches, otherwise.as_deref()),
            StmtKind::While {
                condition,
                step,
                body,
            } => self.while_loop(condition.as_ref(), step, body),
            StmtKind::DoWhile(body, condition) => self.do_while(body, condition),
            StmtKind::Foreach {
                subject,
                key,
                value,
                body,
            } => self.foreach(subject, *key, *value, body),
            StmtKind::Switch(subject, cases) => self.switch(stmt.span, subject, cases),
            StmtKind::Break(levels) => self.leave(stmt.span, *levels, false),
            StmtKind::Continue(levels) => self.leave(stmt.span, *levels, true),
            StmtKind::Throw(thrown) => {
                let thrown = self.kept(thrown, &Ty::Thrown);
                let thrown = self.throw(&thrown);
                quote!(#thrown;)
            }
            StmtKind::Exit(value) => self.exit(value.as_ref()),
            StmtKind::Try {
                body,
                catches,
                finally,
            } => self.attempt(body, catches, finally.as_deref()),
            StmtKind::Block(body) => self.list(body),
            StmtKind::Answer(answer) => self.answer(*answer),
            StmtKind::Refused(problem) => {
                let problem = self.problem(problem.clone());
                quote!(#problem;)
            }
        }
    }

    /// An expression whose value is not used.
    pub(crate) fn effect(&mut self, expr: &'a Expr) -> TokenStream {
        match &*expr.kind {
            ExprKind::Assign(place, value) => self.assign(place, value),
            ExprKind::AssignOp(place, op, value) => self.assign_op(expr.span, place, *op, value),
            ExprKind::Step { place, up, .. } => self.step(place, *up),
            ExprKind::Foreign(foreign) => {
                let code = self.foreign(expr.span, foreign, &Ty::Void);
                let tokens = code.tokens;
                quote!(#tokens;)
            }
            ExprKind::Ternary(condition, Some(then), otherwise) => {
                let condition = self.truth(condition);
                let (then, otherwise) = (self.effect(then), self.effect(otherwise));
                quote!(if #condition { #then } else { #otherwise })
            }
            ExprKind::And(left, right) => {
                let left = self.truth(left);
                let right = self.effect(right);
                quote!(if #left { #right })
            }
            ExprKind::Or(left, right) => {
                let left = self.truth(left);
                let right = self.effect(right);
                quote!(if !(#left) { #right })
            }
            _ => {
                let code = self.expr(expr);
                let tokens = &code.tokens;
                match &code.repr {
                    Repr::Null if tokens.is_empty() => quote!(),
                    Repr::Null | Repr::Never => quote!(#tokens;),
                    Repr::Handle(Ty::Promise) => quote!(drop(#tokens);),
                    Repr::Handle(_) => quote!(#tokens;),
                    _ => quote!(let _ = #tokens;),
                }
            }
        }
    }

    fn declare(&mut self, locals: &[usize]) -> TokenStream {
        let mut out = TokenStream::new();
        for local in locals {
            let slot = self.slots[*local].clone();
            let name = &slot.name;
            let ty = owned(&slot.ty);
            let unset = self.may_be_unset(*local);
            out.extend(match (&slot.repr, unset) {
                (_, false) => quote!(let mut #name: #ty;),
                (Repr::HandlePlace(Ty::Maybe(_)), true) => quote!(let mut #name: #ty = None;),
                (_, true) => quote!(let mut #name = Value::Null;),
            });
        }
        out
    }

    fn begin(&mut self, local: usize, value: &'a Expr) -> TokenStream {
        if let ExprKind::Promise(promise) = &*value.kind {
            return self.keep_promise(local, promise);
        }
        let slot = self.slots[local].clone();
        if !self.locals[local].read {
            return self.effect(value);
        }
        if slot.ty == Ty::Closure {
            let code = self.expr(value).tokens;
            let name = &slot.name;
            return quote!(let #name = #code;);
        }
        let value = self.kept(value, &slot.ty);
        let name = &slot.name;
        let mutable = self.is_mutable(local).then(|| quote!(mut));
        quote!(let #mutable #name = #value;)
    }

    pub(crate) fn echo(&mut self, values: &'a [Expr]) -> TokenStream {
        let mut pieces = Vec::new();
        for value in values {
            match &*value.kind {
                ExprKind::Concat(inner) => pieces.extend(inner),
                _ => pieces.push(value),
            }
        }
        let (format, args) = self.format_of(&pieces);
        match format.strip_suffix('\n') {
            Some(line) => quote!(println!(#line #(, #args)*);),
            None => quote!(print!(#format #(, #args)*);),
        }
    }

    fn branches(
        &mut self,
        branches: &'a [(Expr, Vec<Stmt>)],
        otherwise: Option<&'a [Stmt]>,
    ) -> TokenStream {
        let Some(((condition, body), more)) = branches.split_first() else {
            return otherwise.map(|body| self.list(body)).unwrap_or_default();
        };
        let condition = self.truth(condition);
        let body = self.list(body);
        let rest = match (more.is_empty(), otherwise) {
            (true, None) => quote!(),
            (true, Some(body)) => {
                let body = self.list(body);
                quote!(else { #body })
            }
            (false, _) => {
                let rest = self.branches(more, otherwise);
                quote!(else #rest)
            }
        };
        quote!(if #condition { #body } #rest)
    }

    /// Enters a loop or `switch`; gives what was noted of it with the body.
    fn inside(
        &mut self,
        is_switch: bool,
        turn: bool,
        work: impl FnOnce(&mut Self) -> TokenStream,
    ) -> (TokenStream, Around) {
        let label = self.label(if is_switch { "switch" } else { "turns" });
        let turn = turn.then(|| self.label("turn"));
        self.around.push(Around {
            label: label.clone(),
            used: false,
            turn,
            turn_used: false,
            is_switch,
        });
        let body = work(self);
        let around = self.around.pop().unwrap_or(Around {
            label,
            used: false,
            turn: None,
            turn_used: false,
            is_switch,
        });
        (body, around)
    }

    fn while_loop(
        &mut self,
        condition: Option<&'a Expr>,
        step: &'a [Expr],
        body: &'a [Stmt],
    ) -> TokenStream {
        let condition = condition.map(|condition| self.truth(condition));
        let (body, around) = self.inside(false, !step.is_empty(), |it| it.list(body));
        let mut steps = TokenStream::new();
        for step in step {
            steps.extend(self.effect(step));
        }
        let body = match (&around.turn, around.turn_used) {
            (Some(turn), true) => quote!(#turn: { #body } #steps),
            _ => quote!(#body #steps),
        };
        let label = &around.label;
        let label = around.used.then(|| quote!(#label:));
        match condition {
            Some(condition) => quote!(#label while #condition { #body }),
            None => quote!(#label loop { #body }),
        }
    }

    fn do_while(&mut self, body: &'a [Stmt], condition: &'a Expr) -> TokenStream {
        let (body, around) = self.inside(false, true, |it| it.list(body));
        let condition = self.truth(condition);
        let body = match (&around.turn, around.turn_used) {
            (Some(turn), true) => quote!(#turn: { #body }),
            _ => body,
        };
        let label = &around.label;
        let label = around.used.then(|| quote!(#label:));
        quote!(#label loop {
            #body
            if !(#condition) {
                break;
            }
        })
    }

    fn foreach(
        &mut self,
        subject: &'a Expr,
        key: Option<usize>,
        value: usize,
        body: &'a [Stmt],
    ) -> TokenStream {
        let code = self.expr(subject);
        let subject = self.plain_ref(&code, subject.span);
        let (body, around) = self.inside(false, false, |it| it.list(body));
        let label = &around.label;
        let label = around.used.then(|| quote!(#label:));
        let mut before = TokenStream::new();
        let mut bind = |it: &mut Self, local: usize, name: &str| {
            let slot = it.slots[local].clone();
            let own = &slot.name;
            if it.is_declared(local) {
                let fresh = it.taken.fresh(name);
                before.extend(quote!(#own = #fresh;));
                return quote!(#fresh);
            }
            match it.is_mutable(local) {
                true => quote!(mut #own),
                false => quote!(#own),
            }
        };
        match key {
            Some(key) => {
                let key = bind(self, key, "key");
                let value = bind(self, value, "item");
                quote!(#label for (#key, #value) in php::items(#subject) { #before #body })
            }
            None => {
                let value = bind(self, value, "item");
                quote!(#label for #value in php::values(#subject) { #before #body })
            }
        }
    }

    fn switch(
        &mut self,
        span: Span,
        subject: &'a Expr,
        cases: &'a [(Option<Expr>, Vec<Stmt>)],
    ) -> TokenStream {
        let last = cases.len().saturating_sub(1);
        if cases.iter().take(last).any(|(value, _)| value.is_none()) {
            let problem = self
                .refuse(span, "a `switch` whose `default` is not its last case")
                .tokens;
            return quote!(#problem;);
        }
        let code = self.expr(subject);
        let name = self.taken.fresh("subject");
        let value = self.convert(&code, &Ty::Any, span);
        let given = Code::new(quote!(#name), Repr::ValuePlace);
        let through = self.taken.fresh("matched");
        let falls = cases
            .iter()
            .take(last)
            .any(|(_, body)| !body.is_empty() && !crate::hir::ends(body));
        let (tests, around) = self.inside(true, false, |it| {
            let mut out = TokenStream::new();
            let mut tests = Vec::new();
            for (case, body) in cases {
                let is_default = case.is_none();
                if let Some(case) = case {
                    let case = it.expr(case);
                    tests.push(it.loosely(&given, &case));
                }
                // Cases without statements are the next one's.
                if body.is_empty() && !is_default {
                    continue;
                }
                let body = it.list(body);
                let tests = std::mem::take(&mut tests);
                out.extend(match (is_default, falls) {
                    (true, _) => body,
                    (false, true) => quote!(if #through #(|| #tests)* { #through = true; #body }),
                    (false, false) => quote!(if #(#tests)||* { #body }),
                });
            }
            out
        });
        let start = falls.then(|| quote!(let mut #through = false;));
        let label = &around.label;
        let label = around.used.then(|| quote!(#label:));
        quote!({
            let #name = #value;
            #start
            #label { #tests }
        })
    }

    /// `break` and `continue`.
    fn leave(&mut self, span: Span, levels: usize, next: bool) -> TokenStream {
        let index = self.around.len().checked_sub(levels);
        let Some(index) = index.filter(|index| *index >= self.barrier) else {
            let problem = self
                .refuse(span, "a `break` or `continue` out of this")
                .tokens;
            return quote!(#problem;);
        };
        let around = &mut self.around[index];
        let label = around.label.clone();
        match (next && !around.is_switch, around.turn.clone()) {
            (true, Some(turn)) => {
                around.turn_used = true;
                quote!(break #turn;)
            }
            (true, None) => {
                around.used = true;
                quote!(continue #label;)
            }
            // As in PHP, `continue` acts on a `switch` as `break` does.
            (false, _) => {
                around.used = true;
                quote!(break #label;)
            }
        }
    }

    pub(crate) fn exit(&mut self, value: Option<&'a Expr>) -> TokenStream {
        let message = match value.map(|value| &*value.kind) {
            None | Some(ExprKind::Int(_)) => quote!(),
            Some(_) => {
                let value: Vec<_> = value.into_iter().collect();
                let (format, args) = self.format_of(&value);
                quote!(print!(#format #(, #args)*);)
            }
        };
        quote!(#message return Err(Thrown::exit());)
    }

    fn attempt(
        &mut self,
        body: &'a [Stmt],
        catches: &'a [Catch],
        finally: Option<&'a [Stmt]>,
    ) -> TokenStream {
        match finally {
            None => self.catching(body, catches),
            Some(finally) => self.with_finally(body, catches, finally),
        }
    }

    fn with_finally(
        &mut self,
        body: &'a [Stmt],
        catches: &'a [Catch],
        finally: &'a [Stmt],
    ) -> TokenStream {
        let flow = self.label("finally");
        let thrown = self.label("thrown");
        let outer = (
            std::mem::replace(&mut self.return_to, Return::Label(flow.clone(), true)),
            self.thrown_to.replace(thrown.clone()),
            std::mem::replace(&mut self.barrier, self.around.len()),
        );
        let inside = match catches.is_empty() {
            true => self.list(body),
            false => self.catching(body, catches),
        };
        (self.return_to, self.thrown_to, self.barrier) = outer;
        let finally = self.list(finally);
        let name = self.taken.fresh("flow");
        let returns = owned(&self.returns);
        let throws = self.throw(&quote!(thrown));
        let gives = match &self.return_to {
            Return::Function => quote!(return Ok(value)),
            Return::Label(label, false) => quote!(break #label Ok(value)),
            Return::Label(label, true) => quote!(break #label php::Flow::Return(value)),
        };
        quote!(
            let #name: php::Flow<#returns> = #flow: {
                let thrown: Thrown = #thrown: {
                    #inside
                    break #flow php::Flow::Next;
                };
                php::Flow::Throw(thrown)
            };
            #finally
            match #name {
                php::Flow::Next => {}
                php::Flow::Return(value) => #gives,
                php::Flow::Throw(thrown) => #throws,
            }
        )
    }

    fn catching(&mut self, body: &'a [Stmt], catches: &'a [Catch]) -> TokenStream {
        let done = self.label("done");
        let attempt = self.label("attempt");
        let outer = self.thrown_to.replace(attempt.clone());
        let body_ends = crate::hir::ends(body);
        let body = self.list(body);
        self.thrown_to = outer;
        let variable = self.taken.fresh("thrown");
        let mut chain = TokenStream::new();
        for catch in catches {
            let tests = catch
                .classes
                .iter()
                .map(|class| quote!(#variable.is(#class)));
            let tests: Vec<_> = tests.collect();
            let bind = catch.variable.map(|local| {
                let slot = self.slots[local].clone();
                let own = &slot.name;
                match self.is_declared(local) {
                    true => match slot.ty {
                        Ty::Thrown => quote!(#own = #variable;),
                        Ty::Maybe(_) => quote!(#own = Some(#variable);),
                        _ => quote!(#own = Value::from(#variable.to_string());),
                    },
                    false => quote!(let #own = #variable;),
                }
            });
            let inside = self.list(&catch.body);
            chain.extend(quote!(if #(#tests)||* { #bind #inside } else));
        }
        let throws = self.throw(&quote!(#variable));
        let end = (!body_ends).then(|| quote!(break #done;));
        quote!(#done: {
            let #variable: Thrown = #attempt: {
                #body
                #end
            };
            #chain { #throws; }
        })
    }

    /// The comments that stand before a place and were not written yet.
    fn comments_before(&mut self, at: usize) -> TokenStream {
        let from = self.comments_to;
        if at <= from {
            return TokenStream::new();
        }
        self.comments_to = at;
        let comments = self.shared.comments.iter();
        let lines: Vec<String> = comments
            .filter(|(span, _)| span.start >= from && span.end <= at)
            .flat_map(|(_, lines)| lines.clone())
            .collect();
        let mut out = TokenStream::new();
        for line in lines {
            out.extend(self.shared.inserts.comment(&line));
        }
        out
    }
}
