//! Statements.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::code::{Code, Repr, owned};
use super::file::is_refusal;
use super::function::{Around, Body, Finally, Return, Slot};
use crate::hir::Ty;
use crate::hir::Use;
use crate::hir::tree::{Catch, Expr, ExprKind, Root, Stmt, StmtKind};
use crate::syntax::Span;

impl<'a> Body<'_, 'a> {
    pub(crate) fn list(&mut self, body: &'a [Stmt]) -> TokenStream {
        let mut out = TokenStream::new();
        for (index, stmt) in body.iter().enumerate() {
            out.extend(self.with_comments(stmt, index == 0));
        }
        out
    }

    /// A statement with what stands before it, in it and behind it on its line.
    fn with_comments(&mut self, stmt: &'a Stmt, first: bool) -> TokenStream {
        let mut out = TokenStream::new();
        if self.is_main && !first && self.blank_line(stmt.span.start) {
            out.extend(quote!(__blank!();));
        }
        out.extend(self.comments_before(stmt.span.start));
        let outer = std::mem::replace(&mut self.may_hoist, self.is_main && hoists(stmt));
        let refused = self.shared.problems.len();
        let tokens = self.stmt(stmt);
        self.may_hoist = outer;
        let refused = self.shared.problems.iter().skip(refused).any(is_refusal);
        self.bound.clear();
        let comments = self.comments_in(stmt.span);
        if refused && self.is_main {
            out.extend(self.php(stmt.span))
        } else {
            out.extend(comments)
        }
        out.extend(std::mem::take(&mut self.before));
        out.extend(tokens);
        if self.is_main {
            out.extend(self.comments_behind(stmt.span.end));
        }
        out
    }

    /// The statements of a function; a `return` at the end is its value.
    pub(crate) fn body(&mut self, body: &'a [Stmt]) -> TokenStream {
        let Some((last, before)) = body.split_last() else {
            return self.end();
        };
        let mut out = self.list(before);
        match &last.kind {
            StmtKind::Return(value) => {
                out.extend(self.comments_before(last.span.start));
                let value = self.returned(value.as_ref(), last.span);
                out.extend(quote!(Ok(#value)));
            }
            _ => {
                out.extend(self.with_comments(last, before.is_empty()));
                if let StmtKind::Throw(_) | StmtKind::Exit(_) = &last.kind {
                    return out;
                }
                let left = matches!(
                    &last.kind,
                    StmtKind::Try { finally: Some(finally), .. } if !crate::hir::ends(finally)
                );
                if left || !crate::hir::ends(body) {
                    out.extend(self.end());
                }
            }
        }
        out
    }

    /// The result of a function that reaches its end.
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
                if is_pure(value) {
                    return quote!(());
                }
                let code = self.expr(value);
                let tokens = code.tokens;
                match code.repr {
                    Repr::Never => tokens,
                    Repr::Null | Repr::Handle(_) => quote!({ #tokens; }),
                    _ => quote!({
                        let _ = #tokens;
                    }),
                }
            }
            // The application gives the client, not a value that stands for one.
            Some(value) if returns == Ty::Client && matches!(*value.kind, ExprKind::Foreign(_)) => {
                self.kept(value, &returns)
            }
            Some(value) => {
                self.is_returned = matches!(*value.kind, ExprKind::Array(_));
                let code = self.expr(value);
                self.is_returned = false;
                // The variable is not needed any more.
                let moved = matches!(
                    (&code.repr, &returns),
                    (Repr::ValuePlace, Ty::Any) | (Repr::StringPlace, Ty::Text)
                );
                let own = match *value.kind {
                    // A closure may be called again.
                    ExprKind::Local(local) => !self.captured.contains(&local),
                    _ => false,
                };
                let tokens = if moved && own && matches!(self.return_to, Return::Function) {
                    code.tokens
                } else {
                    self.convert(&code, &returns, span)
                };
                match self.gives_array.filter(|_| returns == Ty::Any) {
                    Some(arrays) if arrays.may_refuse(value) => self.as_array(&tokens, arrays),
                    _ => tokens,
                }
            }
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> TokenStream {
        match &stmt.kind {
            StmtKind::Expr(expr) => self.effect(expr),
            StmtKind::Declare(locals) => self.declare(locals),
            StmtKind::Let(local, value) => self.begin(*local, value),
            StmtKind::Recall(local) => self.recall(stmt.span, *local),
            StmtKind::Keep(local) => self.keep(*local),
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
            // Only properties: a variable is read by the value of `??=`, without which Rust warns of an unused assignment.
            ExprKind::AssignMissing(place, value) if matches!(place.root, Root::Field(_)) => {
                self.set_missing(place, value)
            }
            ExprKind::Step { place, up, .. } => self.step(place, *up),
            ExprKind::Sort(name, place, closure) => self.sort_by(name, place, closure),
            ExprKind::Change(name, place, args) => self.change_effect(name, place, args),
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
                self.discarded = is_call(expr);
                let code = match &*expr.kind {
                    ExprKind::Wait(promise) => self.wait(expr.span, promise, false),
                    _ => self.expr(expr),
                };
                self.discarded = false;
                let tokens = &code.tokens;
                // A closure that is never called.
                if matches!(*expr.kind, ExprKind::Closure(..)) {
                    return quote!(let _ = #tokens;);
                }
                match &code.repr {
                    Repr::Null if tokens.is_empty() => quote!(),
                    Repr::Null | Repr::Never => quote!(#tokens;),
                    Repr::Handle(Ty::Promise) => quote!(drop(#tokens);),
                    Repr::Handle(Ty::Media) => quote!(let _ = #tokens;),
                    Repr::Handle(_) if is_call(expr) => quote!(#tokens;),
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

    /// The value of a `static` variable from an earlier call.
    fn recall(&mut self, span: Span, local: usize) -> TokenStream {
        let slot = self.slots[local].clone();
        let present = slot.ty.present();
        let keeps =
            present.is_plain() || matches!(present, Ty::Client | Ty::PrivateKey | Ty::PublicKey);
        if !keeps {
            return self.refuse(span, "this `static` variable").tokens;
        }
        let (name, ty) = (&slot.name, owned(&slot.ty));
        let place = format_ident!("KEPT_{}", name.to_string().to_uppercase());
        quote! {
            static #place: php::Kept<#ty> = php::Kept::new();
            if let Some(kept) = #place.get() { #name = kept; }
        }
    }

    fn keep(&mut self, local: usize) -> TokenStream {
        let name = &self.slots[local].name;
        let place = format_ident!("KEPT_{}", name.to_string().to_uppercase());
        quote!(#place.set(#name.clone());)
    }

    fn begin(&mut self, local: usize, value: &'a Expr) -> TokenStream {
        if let ExprKind::Promise(promise) = &*value.kind {
            return self.keep_promise(local, promise);
        }
        let slot = self.slots[local].clone();
        let once = self.reads.get(&local).is_none_or(|count| *count <= 1);
        if self.is_main && once && self.shared.superseded.contains(&local) {
            return TokenStream::new();
        }
        if !self.locals[local].read {
            if is_pure(value) {
                return TokenStream::new();
            }
            return self.effect(value);
        }
        self.begun.insert(local);
        if slot.ty == Ty::Closure {
            let code = self.kept_closure(local, value);
            let name = &slot.name;
            return quote!(let #name = #code;);
        }
        if self.is_main
            && slot.repr == Repr::StringPlace
            && !self.is_mutable(local)
            && self.is_str(value)
        {
            let code = self.expr(value).tokens;
            let name = &slot.name;
            let tokens = quote!(let #name = #code;);
            self.slots[local].repr = Repr::Str;
            return tokens;
        }
        let value = self.kept(value, &slot.ty);
        let name = &slot.name;
        let mutable = self.is_mutable(local).then(|| quote!(mut));
        quote!(let #mutable #name = #value;)
    }

    /// Whether a value is a text that needs no copy.
    fn is_str(&self, value: &Expr) -> bool {
        match &*value.kind {
            ExprKind::Text(_) => true,
            ExprKind::Local(local) => {
                self.slots[*local].repr == Repr::Str && !self.is_mutable(*local)
            }
            _ => false,
        }
    }

    pub(crate) fn echo(&mut self, values: &'a [Expr]) -> TokenStream {
        if let [value] = values
            && let Some(shown) = self.flag_shown(value).or_else(|| self.decoded_shown(value))
        {
            return shown;
        }
        // PHP writes each value before it evaluates the next one, which may throw or write.
        let mut printed = TokenStream::new();
        let (mut format, mut args) = (String::new(), Vec::new());
        for value in values {
            let pieces: Vec<_> = match &*value.kind {
                ExprKind::Concat(inner) => inner.iter().collect(),
                _ => vec![value],
            };
            let (next, given) = self.format_of(&pieces);
            if !format.is_empty() && given.iter().any(leaves) {
                printed.extend(print_of(&format, &args));
                (format, args) = (String::new(), Vec::new());
            }
            format.push_str(&next);
            args.extend(given);
        }
        printed.extend(print_of(&format, &args));
        printed
    }

    /// `print_r(json_decode(…))`: what is decoded gets a name.
    fn decoded_shown(&mut self, value: &'a Expr) -> Option<TokenStream> {
        let ExprKind::Builtin("print_r" | "print_r_object", args) = &*value.kind else {
            return None;
        };
        let decoded = args.first()?;
        if !self.is_main
            || !matches!(
                &*decoded.kind,
                ExprKind::Builtin("json_decode" | "json_decode_array", _)
            )
        {
            return None;
        }
        let shows = match &*value.kind {
            ExprKind::Builtin("print_r_object", _) => quote!(php::print_r_object),
            _ => quote!(php::print_r),
        };
        let code = self.expr(decoded).tokens;
        let name = self.bind("decoded");
        Some(quote!(let #name = #code; print!("{}", #shows(&#name));))
    }

    /// PHP writes `1` for true and nothing for false.
    fn flag_shown(&mut self, value: &'a Expr) -> Option<TokenStream> {
        let value = match &*value.kind {
            ExprKind::Builtin("print_r" | "print_r_object", args) => args.first()?,
            _ => value,
        };
        match &*value.kind {
            ExprKind::Bool(flag) => Some(flag.then(|| quote!(print!("1");)).unwrap_or_default()),
            _ if self.types.of(value) == Ty::Bool => {
                let flag = unwrapped(self.truth(value));
                Some(quote!(if #flag { print!("1"); }))
            }
            _ => None,
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
        let condition = unwrapped(self.truth(condition));
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

    /// Begins variables for the statements within; those that were not there before.
    fn begins(&mut self, locals: &[usize]) -> Vec<usize> {
        let fresh: Vec<_> = locals
            .iter()
            .copied()
            .filter(|it| !self.has_begun(*it))
            .collect();
        self.begun.extend(&fresh);
        fresh
    }

    fn ends(&mut self, locals: &[usize]) {
        self.begun.retain(|local| !locals.contains(local));
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
        let own: Vec<_> = key.into_iter().chain([value]).collect();
        let fresh = self.begins(&own);
        let (body, around) = self.inside(false, false, |it| it.list(body));
        self.ends(&fresh);
        let label = &around.label;
        let label = around.used.then(|| quote!(#label:));
        let mut before = TokenStream::new();
        let mut bind = |it: &mut Self, local: usize, name: &str| {
            let slot = it.slots[local].clone();
            let own = &slot.name;
            if !fresh.contains(&local) {
                let fresh = it.taken.fresh(name);
                before.extend(quote!(#own = #fresh;));
                return quote!(#fresh);
            }
            if it.is_mutable(local) {
                quote!(mut #own)
            } else {
                quote!(#own)
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
        let Some(index) = self.around.len().checked_sub(levels) else {
            let problem = self
                .refuse(span, "a `break` or `continue` out of this")
                .tokens;
            return quote!(#problem;);
        };
        self.leave_at(index, next)
    }

    /// Leaves one of `around`; a `finally` between runs first.
    fn leave_at(&mut self, index: usize, next: bool) -> TokenStream {
        if index < self.barrier
            && let Some(finally) = self.finallies.last_mut()
        {
            let known = finally
                .leaves
                .iter()
                .position(|leave| *leave == (index, next));
            let number = known.unwrap_or_else(|| {
                finally.leaves.push((index, next));
                finally.leaves.len() - 1
            });
            let number = proc_macro2::Literal::usize_unsuffixed(number);
            let label = &finally.label;
            return quote!(break #label php::Flow::Leave(#number););
        }
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
        self.finallies.push(Finally {
            label: flow.clone(),
            leaves: Vec::new(),
        });
        let inside = if catches.is_empty() {
            self.list(body)
        } else {
            self.catching(body, catches)
        };
        (self.return_to, self.thrown_to, self.barrier) = outer;
        let leaves = self.finallies.pop().map_or_else(Vec::new, |it| it.leaves);
        let returns = owned(&self.returns);
        if crate::hir::ends(finally) {
            // It leaves, however the body was left.
            let finally = self.list(finally);
            return quote!(
                let _: php::Flow<#returns> = #flow: {
                    let thrown: Thrown = #thrown: {
                        #inside
                        break #flow php::Flow::Next;
                    };
                    php::Flow::Throw(thrown)
                };
                #finally
            );
        }
        let finally = self.list(finally);
        let leaves = leaves
            .into_iter()
            .enumerate()
            .map(|(number, (index, next))| {
                let number = proc_macro2::Literal::usize_unsuffixed(number);
                let leave = self.leave_at(index, next);
                quote!(php::Flow::Leave(#number) => { #leave })
            });
        let leaves: Vec<_> = leaves.collect();
        let name = self.taken.fresh("flow");
        let throws = self.throw(&quote!(thrown));
        // PHP never comes to the end of a `try` whose parts all leave it.
        let end = if crate::hir::ends(body) && catches.iter().all(|it| crate::hir::ends(&it.body)) {
            let message = "a `try` was left in a way that is not known";
            let throws = self.throw(&quote!(Thrown::fault(#message)));
            quote!(_ => #throws,)
        } else {
            quote!(_ => {})
        };
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
                php::Flow::Return(value) => #gives,
                php::Flow::Throw(thrown) => #throws,
                #(#leaves)*
                #end
            }
        )
    }

    fn catching(&mut self, body: &'a [Stmt], catches: &'a [Catch]) -> TokenStream {
        let tried = body;
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
                let around = catch.body.first().or(tried.first());
                let span = around.map_or(Span::default(), |it| it.span);
                let again = sets(&catch.body, local).then(|| quote!(mut));
                self.caught(local, &variable, again.as_ref(), span)
            });
            let own: Vec<_> = catch.variable.into_iter().collect();
            let fresh = self.begins(&own);
            let inside = self.list(&catch.body);
            self.ends(&fresh);
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

    /// The variable of a `catch` is given what was thrown.
    fn caught(
        &mut self,
        local: usize,
        thrown: &Ident,
        again: Option<&TokenStream>,
        span: Span,
    ) -> TokenStream {
        let Slot { name, ty, .. } = self.slots[local].clone();
        match ty {
            _ if !self.has_begun(local) => quote!(let #again #name = #thrown;),
            Ty::Thrown => quote!(#name = #thrown;),
            Ty::Maybe(inner) if *inner == Ty::Thrown => quote!(#name = Some(#thrown);),
            _ => {
                let message = "a `catch` whose variable holds another value before it";
                let refused = self.refuse(span, message).tokens;
                quote!(#refused;)
            }
        }
    }

    /// A statement of PHP as comments.
    fn php(&mut self, span: Span) -> TokenStream {
        let text = self.shared.block.text.get(span.range()).unwrap_or_default();
        let lines: Vec<String> = text
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        self.commented(&lines)
    }

    /// The comments that stand before a place and were not written yet.
    fn comments_before(&mut self, at: usize) -> TokenStream {
        let from = self.comments_to;
        let lines = self
            .shared
            .take_comments(|span, _| span.start >= from && span.end <= at);
        self.commented(&lines)
    }

    /// The comments within a statement that found no better place.
    fn comments_in(&mut self, whole: Span) -> TokenStream {
        let lines = self
            .shared
            .take_comments(|span, _| span.start >= whole.start && span.end <= whole.end);
        self.commented(&lines)
    }

    fn commented(&mut self, lines: &[String]) -> TokenStream {
        let mut out = TokenStream::new();
        for line in lines {
            out.extend(self.shared.inserts.comment(line));
        }
        out
    }

    /// The comment behind a statement on its line.
    fn comments_behind(&mut self, at: usize) -> TokenStream {
        let text = &self.shared.block.text;
        let lines = self.shared.take_comments(|span, trailing| {
            let gap = text.get(at..span.start);
            trailing && gap.is_some_and(|gap| gap.trim().is_empty() && !gap.contains('\n'))
        });
        if lines.is_empty() {
            TokenStream::new()
        } else {
            self.shared.inserts.behind(&lines.join(" "))
        }
    }

    /// Whether PHP has an empty line before a statement or its comments.
    fn blank_line(&self, at: usize) -> bool {
        let before = self.shared.block.text.get(..at).unwrap_or_default();
        let comment = |line: &str| {
            let line = line.trim_start();
            line.starts_with("//") || line.starts_with('#')
        };
        let mut lines = before.rsplit('\n').skip(1).skip_while(|line| comment(line));
        lines.next().is_some_and(|line| line.trim().is_empty())
    }
}

/// Whether nothing happens when a value is made.
fn is_pure(value: &Expr) -> bool {
    match &*value.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Text(_)
        | ExprKind::Local(_) => true,
        ExprKind::Array(entries) => entries
            .iter()
            .all(|entry| entry.key.as_ref().is_none_or(is_pure) && is_pure(&entry.value)),
        _ => false,
    }
}

/// Whether an expression is a call that is made, and nothing else.
fn is_call(expr: &Expr) -> bool {
    match &*expr.kind {
        ExprKind::Sdk(_) => true,
        ExprKind::Wait(inner) => {
            matches!(&*inner.kind, ExprKind::Promise(promise) if promise.handlers.is_empty())
        }
        _ => false,
    }
}

/// Without parentheses around the whole.
pub(crate) fn unwrapped(tokens: TokenStream) -> TokenStream {
    let trees: Vec<_> = tokens.clone().into_iter().collect();
    match trees.as_slice() {
        [proc_macro2::TokenTree::Group(group)]
            if group.delimiter() == proc_macro2::Delimiter::Parenthesis
                && !group.stream().is_empty() =>
        {
            group.stream()
        }
        _ => tokens,
    }
}

fn print_of(format: &str, args: &[TokenStream]) -> TokenStream {
    match format.strip_suffix('\n') {
        Some("") => quote!(println!();),
        Some(line) => quote!(println!(#line #(, #args)*);),
        None => quote!(print!(#format #(, #args)*);),
    }
}

/// Whether Rust may leave a statement within this code, or print something: it calls what may throw.
fn leaves(code: &TokenStream) -> bool {
    code.clone().into_iter().any(|tree| match tree {
        proc_macro2::TokenTree::Punct(punct) => punct.as_char() == '?',
        proc_macro2::TokenTree::Ident(word) => word == "attempt" || word == "print",
        proc_macro2::TokenTree::Group(group) => leaves(&group.stream()),
        proc_macro2::TokenTree::Literal(_) => false,
    })
}

/// Whether what a statement evaluates first is a call: then its body may have a name before it.
fn hoists(stmt: &Stmt) -> bool {
    fn first(expr: &Expr) -> bool {
        match &*expr.kind {
            ExprKind::Sdk(_) | ExprKind::Promise(_) => true,
            ExprKind::Crypto(..) => true,
            ExprKind::Wait(inner)
            | ExprKind::OfResponse(_, inner)
            | ExprKind::Cast(_, inner)
            | ExprKind::Coerce(_, inner)
            | ExprKind::AsArray(inner, _)
            | ExprKind::Strict(_, inner)
            | ExprKind::Assign(_, inner) => first(inner),
            ExprKind::Builtin(_, args) => args.first().is_some_and(first),
            _ => false,
        }
    }
    match &stmt.kind {
        StmtKind::Expr(expr) | StmtKind::Let(_, expr) => first(expr),
        StmtKind::Echo(values) => matches!(&**values, [value] if first(value)),
        _ => false,
    }
}

/// Whether the statements of a `catch` set its variable again.
fn sets(body: &[Stmt], local: usize) -> bool {
    let mut found = false;
    for mut stmt in body.iter().cloned() {
        stmt.locals_mut(&mut |other, how| found |= *other == local && how != Use::Read);
    }
    found
}
