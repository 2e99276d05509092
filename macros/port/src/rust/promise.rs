//! Promises: what is done is done when they are waited for, in PHP's order.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr, owned, result_repr};
use super::function::{Body, Return};
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, Function, Promise, Stmt, StmtKind};
use crate::syntax::Span;

impl<'a> Body<'_, 'a> {
    /// A promise that nothing waits for: its call is made, but not sent.
    pub(crate) fn promise(&mut self, span: Span, promise: &'a Promise) -> Code {
        if !promise.handlers.is_empty() {
            self.warn(
                span,
                "PHP sends this only where something waits for the promise",
            );
            return self.refuse(span, "a promise with handlers that is not waited for here");
        }
        let call = self.sdk(&promise.call);
        Code::new(call, Repr::Handle(Ty::Promise))
    }

    /// `$promise = …->getAsync()…;`
    pub(crate) fn keep_promise(&mut self, local: usize, promise: &'a Promise) -> TokenStream {
        // A closure keeps what a variable holds when the closure is made.
        let mut kept = Vec::new();
        let mut copies = TokenStream::new();
        for (fulfilled, rejected) in &promise.handlers {
            for handler in fulfilled.iter().chain(rejected) {
                let ExprKind::Closure(_, captures) = &*handler.kind else {
                    continue;
                };
                for (outer, _) in captures {
                    let slot = self.slots[*outer].clone();
                    let name = &slot.name;
                    let own = self.taken.fresh(&format!("kept_{name}"));
                    let (value, repr) = match &slot.repr {
                        Repr::StringPlace | Repr::ValuePlace | Repr::HandlePlace(_) => {
                            (quote!(#name.clone()), slot.repr.clone())
                        }
                        _ => (quote!(#name), slot.repr.clone()),
                    };
                    copies.extend(quote!(let #own = #value;));
                    kept.push((
                        *outer,
                        super::function::Slot {
                            name: own,
                            repr,
                            ty: slot.ty.clone(),
                        },
                    ));
                }
            }
        }
        let call = self.sdk(&promise.call);
        self.promises.insert(local, (promise, kept));
        let name = self.slots[local].name.clone();
        if !self.locals[local].read {
            self.warn(
                promise.call.span,
                "nothing waits for this promise: PHP does not send its request",
            );
        }
        match self.is_declared(local) {
            true => quote!(#copies #name = #call;),
            false => quote!(#copies let #name = #call;),
        }
    }

    /// `$promise->wait()`; with `observed`, something is done with what it gives.
    pub(crate) fn wait(&mut self, span: Span, waited: &'a Expr, observed: bool) -> Code {
        match &*waited.kind {
            ExprKind::Promise(promise) => {
                let call = self.sdk(&promise.call);
                self.settle(span, call, promise, observed)
            }
            ExprKind::Local(local) => {
                let name = self.slots[*local].name.clone();
                match self.promises.get(local).cloned() {
                    Some((promise, kept)) if !promise.handlers.is_empty() => {
                        let before = self.slots.clone();
                        for (outer, slot) in kept {
                            self.slots[outer] = slot;
                        }
                        let settled = self.settle(span, quote!(#name), promise, observed);
                        self.slots = before;
                        settled
                    }
                    _ => Code::new(self.made(quote!(#name)), Repr::Handle(Ty::Response)),
                }
            }
            _ => {
                let code = self.expr(waited);
                let call = self.convert(&code, &Ty::Promise, span);
                Code::new(self.made(call), Repr::Handle(Ty::Response))
            }
        }
    }

    fn settle(
        &mut self,
        span: Span,
        call: TokenStream,
        promise: &'a Promise,
        observed: bool,
    ) -> Code {
        if promise.handlers.is_empty() {
            return Code::new(self.made(call), Repr::Handle(Ty::Response));
        }
        let sent = if self.is_async {
            quote!(#call.await)
        } else {
            quote!(#call.wait())
        };
        let name = self.taken.fresh("outcome");
        let mut out = quote!(let #name: php::Result<Response> = #sent.map_err(Thrown::from););
        self.shared.uses.insert("Response");
        let mut before = Ty::Response;
        let observed = self.observed(&promise.handlers, observed);
        for ((fulfilled, rejected), observed) in promise.handlers.iter().zip(observed) {
            let done = fulfilled.as_ref().map_or_else(|| before.clone(), given);
            let failed = rejected.as_ref().map(given);
            let after = match &failed {
                Some(failed) => done.join(failed),
                None => done.clone(),
            };
            let after = match (observed, after.is_plain()) {
                (false, _) => Ty::Void,
                (true, true) => Ty::Any,
                (true, false) => after,
            };
            let ok = match fulfilled {
                Some(handler) => {
                    let value = self.handled(handler, &before, &after);
                    value
                        .unwrap_or_else(|| self.refuse(span, "a handler that is no closure").tokens)
                }
                None if after == Ty::Void => quote!(_ => Ok(())),
                None => {
                    let value = Code::new(quote!(value), result_repr(&before));
                    let value = self.convert(&value, &after, span);
                    quote!(value => Ok(#value))
                }
            };
            let err = match rejected {
                Some(handler) => {
                    let value = self.handled(handler, &Ty::Thrown, &after);
                    value
                        .unwrap_or_else(|| self.refuse(span, "a handler that is no closure").tokens)
                }
                None => quote!(thrown => Err(thrown)),
            };
            let ty = owned(&after);
            let (ok_pattern, ok_value) = split_arm(ok);
            let (err_pattern, err_value) = split_arm(err);
            out.extend(quote!(
                let #name: php::Result<#ty> = match #name {
                    Ok(#ok_pattern) => #ok_value,
                    Err(#err_pattern) => #err_value,
                };
            ));
            before = after;
        }
        let value = self.tried(quote!(#name));
        Code::new(quote!({ #out #value }), result_repr(&before))
    }

    /// Whether something is done with what each handler gives: one behind it reads it, or the program.
    fn observed(&self, handlers: &[(Option<Expr>, Option<Expr>)], last: bool) -> Vec<bool> {
        let mut found = vec![last; handlers.len()];
        let mut behind = last;
        for (index, (fulfilled, rejected)) in handlers.iter().enumerate().rev() {
            let both = fulfilled.iter().chain(rejected);
            // A handler with an unknown result is refused where it is written.
            let known = both.clone().all(|handler| self.gives_values(handler));
            found[index] = behind || !known;
            behind = match fulfilled {
                Some(handler) => reads_value(handler, found[index]),
                None => found[index],
            };
        }
        found
    }

    /// Whether a handler gives no promise: PHP waits for such.
    fn gives_values(&self, handler: &Expr) -> bool {
        let ExprKind::Closure(function, _) = &*handler.kind else {
            return false;
        };
        let types = self.types.within(function);
        let mut known = true;
        returned(&function.body, &mut |value| {
            known &= !matches!(
                types.of(value).present(),
                Ty::Promise | Ty::Client | Ty::Closure
            );
        });
        known
    }

    /// An arm: the variable that the handler takes, and what it gives.
    fn handled(&mut self, handler: &'a Expr, takes: &Ty, gives: &Ty) -> Option<TokenStream> {
        let ExprKind::Closure(function, captures) = &*handler.kind else {
            return None;
        };
        let function: &'a Function = function;
        let label = self.label("handler");
        let types = self.types.within(function);
        let given: Vec<_> = captures
            .iter()
            .map(|(outer, inner)| (*inner, self.slots[*outer].clone()))
            .collect();
        let (class, this, host, labels, is_async) = (
            self.class,
            self.this.clone(),
            self.host.clone(),
            self.labels,
            self.is_async,
        );
        let (mutates, given_this) = (self.mutates, self.taking_this(captures));
        let mut inner = Body::new(self.shared, class, function, types);
        inner.mutates = mutates;
        inner.given_this = given_this;
        inner.this = this;
        inner.host = host;
        inner.labels = labels;
        inner.is_async = is_async;
        inner.comments_to = function.span.start;
        inner.returns = gives.clone();
        let thrown = inner.label("thrown");
        inner.return_to = Return::Label(label.clone(), false);
        inner.thrown_to = Some(thrown.clone());
        let mut copies = TokenStream::new();
        for (local, slot) in given {
            let name = &slot.name;
            if inner.is_mutable(local) {
                let value = Code::new(quote!(#name), slot.repr.clone()).value();
                copies.extend(quote!(let mut #name = #value;));
            } else {
                inner.slots[local].repr = slot.repr.clone();
            }
            inner.slots[local].name = slot.name.clone();
        }
        let param = function
            .params
            .iter()
            .find(|param| !captures.iter().any(|(_, inner)| *inner == param.local));
        let pattern = match param {
            Some(param) => {
                inner.slots[param.local].repr = Repr::HandlePlace(takes.clone());
                if takes.is_plain() {
                    inner.slots[param.local].repr = Repr::ValuePlace;
                }
                if *takes == Ty::Void {
                    inner.slots[param.local].repr = Repr::Null;
                    quote!(())
                } else {
                    let name = inner.slots[param.local].name.clone();
                    let mutable = inner.is_mutable(param.local).then(|| quote!(mut));
                    quote!(#mutable #name)
                }
            }
            None => quote!(_),
        };
        let body = inner.list(&function.body);
        let end = match crate::hir::ends(&function.body) {
            true => quote!(),
            false => {
                let end = inner.end_value();
                quote!(break #label Ok(#end);)
            }
        };
        let labels = inner.labels;
        self.labels = labels;
        Some(quote!(#pattern => #label: {
            let thrown: Thrown = #thrown: {
                #copies
                #body
                #end
            };
            Err(thrown)
        }))
    }

    /// The result of a handler that reaches its end.
    fn end_value(&self) -> TokenStream {
        match &self.returns {
            Ty::Void => quote!(()),
            Ty::Maybe(_) => quote!(None),
            _ => quote!(Value::Null),
        }
    }
}

/// Whether a handler does anything with its parameter but give it back; what it gives back is `observed` or not.
fn reads_value(handler: &Expr, observed: bool) -> bool {
    let ExprKind::Closure(function, captures) = &*handler.kind else {
        return true;
    };
    let own = |local: usize| !captures.iter().any(|(_, inner)| *inner == local);
    let Some(param) = function.params.iter().find(|param| own(param.local)) else {
        return false;
    };
    let mut uses = 0_usize;
    for stmt in &mut function.body.clone() {
        stmt.locals_mut(&mut |local, _| uses += usize::from(*local == param.local));
    }
    let mut passed = 0;
    returned(&function.body, &mut |value| {
        passed +=
            usize::from(matches!(*value.kind, ExprKind::Local(local) if local == param.local));
    });
    if observed { uses > 0 } else { uses > passed }
}

/// The values that `return` gives in these statements.
fn returned(body: &[Stmt], found: &mut dyn FnMut(&Expr)) {
    let mut body = body.to_vec();
    let mut todo: Vec<&mut Stmt> = body.iter_mut().collect();
    while let Some(stmt) = todo.pop() {
        if let StmtKind::Return(Some(value)) = &stmt.kind {
            found(value);
        }
        for (body, _) in stmt.bodies_mut() {
            todo.extend(body.iter_mut());
        }
    }
}

/// The result of a handler: null without a handler.
fn given(handler: &Expr) -> Ty {
    match &*handler.kind {
        ExprKind::Closure(function, _) => match &function.returns {
            Ty::Void | Ty::Unknown | Ty::Null => Ty::Null,
            ty => ty.clone(),
        },
        _ => Ty::Any,
    }
}

/// `pattern => value`
fn split_arm(arm: TokenStream) -> (TokenStream, TokenStream) {
    let trees: Vec<_> = arm.clone().into_iter().collect();
    let at = trees.windows(2).position(|pair| {
        matches!((&pair[0], &pair[1]), (proc_macro2::TokenTree::Punct(one), proc_macro2::TokenTree::Punct(other))
            if one.as_char() == '=' && other.as_char() == '>')
    });
    match at {
        Some(at) => (
            trees[..at].iter().cloned().collect(),
            trees[at + 2..].iter().cloned().collect(),
        ),
        None => (quote!(_), arm),
    }
}
