//! Closures that use the object of a method that may change it.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr};
use super::function::{Body, This};
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, Function, Stmt};

impl<'a> Body<'_, 'a> {
    /// A closure that a variable keeps: where the method may change the object, each call gives it the object.
    pub(crate) fn kept_closure(&mut self, local: usize, expr: &'a Expr) -> TokenStream {
        let ExprKind::Closure(function, _) = &*expr.kind else {
            return self.expr(expr).tokens;
        };
        let object = matches!(self.this, This::Object(_)) && self.uses_this(function);
        if !self.mutates || !object || self.given_away.contains(&local) {
            return self.callback(expr, &Ty::Any);
        }
        let changes = self.changes_this(function);
        self.given_this.insert(local, changes);
        let borrow = if changes { quote!(&mut) } else { quote!(&) };
        let this = std::mem::replace(&mut self.this, This::Object(quote!(this)));
        let host = std::mem::replace(&mut self.host, quote!(this.host));
        self.mutates = changes;
        let closure = self.callback_of(expr, &Ty::Any, Some(&quote!(this: #borrow Self,)));
        self.mutates = true;
        (self.this, self.host) = (this, host);
        closure
    }

    /// Borrows the object for a closure that lives no longer than the statement; gives the object and the application
    /// of the code around it.
    pub(crate) fn borrow_object(
        &mut self,
        function: &Function,
        starts: &mut Vec<TokenStream>,
    ) -> Option<(This, TokenStream)> {
        let This::Object(this) = self.this.clone() else {
            return None;
        };
        if !self.mutates {
            return None;
        }
        let changes = self.changes_this(function);
        let borrow = if changes { quote!(&mut) } else { quote!(&) };
        starts.push(quote!(let this = #borrow *#this;));
        let host = std::mem::replace(&mut self.host, quote!(this.host));
        self.this = This::Object(quote!(this));
        Some((This::Object(this), host))
    }

    /// Whether a called closure is given the object, and whether it changes it.
    pub(crate) fn takes_this(&self, callee: &Expr) -> Option<bool> {
        match &*callee.kind {
            ExprKind::Local(local) => self.given_this.get(local).copied(),
            _ => None,
        }
    }

    /// The captured closures that are given the object, by their variables within.
    pub(crate) fn taking_this(&self, captures: &[(usize, usize)]) -> BTreeMap<usize, bool> {
        let taking = captures.iter().filter_map(|(outer, inner)| {
            let changes = self.given_this.get(outer)?;
            Some((*inner, *changes))
        });
        taking.collect()
    }

    /// A call of a closure that is given the object: the arguments are evaluated before it is borrowed.
    pub(crate) fn call_with_this(
        &mut self,
        closure: &Code,
        changes: bool,
        args: &'a [Expr],
    ) -> Code {
        let This::Object(this) = self.this.clone() else {
            return Code::new(quote!(), Repr::Never);
        };
        let borrow = if changes { quote!(&mut) } else { quote!(&) };
        let own = &closure.tokens;
        self.shared.throws.set(true);
        let before = args.iter().any(|arg| self.changes_object(arg))
            || changes && args.iter().any(|arg| self.borrows_object(arg));
        if !before {
            let args = args.iter().map(|arg| {
                let code = self.expr(arg);
                self.plain_ref(&code, arg.span)
            });
            let args: Vec<_> = args.collect();
            let call = self.tried(quote!(#own(#borrow *#this, #(#args),*)));
            return Code::new(call, Repr::Value);
        }
        let values: Vec<_> = args.iter().map(|arg| self.kept(arg, &Ty::Any)).collect();
        let names: Vec<_> = values.iter().map(|_| self.taken.fresh("arg")).collect();
        let call = self.tried(quote!(#own(#borrow *#this, #(&#names),*)));
        Code::new(quote!({ #(let #names = #values;)* #call }), Repr::Value)
    }

    /// The array that a closure is called for: a copy where the closure changes the object that the array belongs to.
    pub(crate) fn walked(&mut self, array: &'a Expr, closure: &'a Expr) -> TokenStream {
        let changed = self.changes_object(closure) && self.borrows_object(array);
        if changed {
            let copy = self.kept(array, &Ty::Any);
            return quote!(&#copy);
        }
        let code = self.expr(array);
        self.plain_ref(&code, array.span)
    }

    /// Whether a closure, as it is written, uses the object.
    pub(crate) fn borrows_closure(&self, closure: &Expr) -> bool {
        match &*closure.kind {
            ExprKind::Closure(function, _) => self.uses_this(function),
            _ => false,
        }
    }

    fn uses_this(&self, function: &Function) -> bool {
        let mut copy = function.clone();
        let mut found = false;
        for stmt in &mut copy.body {
            stmt.each_with_closures(&mut |expr| found |= self.reaches_object(expr));
        }
        found
    }

    /// Whether an expression reads or changes the object, or asks the application, which the object has.
    fn reaches_object(&self, expr: &Expr) -> bool {
        let own = match &*expr.kind {
            ExprKind::Foreign(_) => true,
            ExprKind::Call(name, _) => self.shared.needs_host.contains(&name.to_ascii_lowercase()),
            _ => false,
        };
        own || self.borrows_object(expr) || self.changes_object(expr)
    }
}

/// The variables whose values are given away, not only called as closures.
pub(crate) fn given_away(body: &[Stmt]) -> std::collections::BTreeSet<usize> {
    let mut found = std::collections::BTreeSet::new();
    let mut called = Vec::new();
    for stmt in &mut body.to_vec() {
        stmt.each_mut(&mut |expr| match &*expr.kind {
            ExprKind::CallClosure(callee, _) => called.push(callee.span),
            ExprKind::Local(local) if !called.contains(&expr.span) => {
                found.insert(*local);
            }
            ExprKind::Closure(function, captures) => {
                let within = given_away(&function.body);
                let outer = captures.iter().filter(|(_, own)| within.contains(own));
                found.extend(outer.map(|(outer, _)| *outer));
            }
            _ => {}
        });
    }
    found
}
