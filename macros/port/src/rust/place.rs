//! Assignments.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr};
use super::function::Body;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, Place, Root, Target};
use crate::syntax::{BinaryOp, Span};

const ASKS: &str = "a key that calls or sets something, in an assignment whose value counts";

/// The keys of a place.
type Keys = Vec<Option<TokenStream>>;

impl<'a> Body<'_, 'a> {
    fn root(&mut self, root: &Root) -> (Code, Ty) {
        match root {
            Root::Local(local) => {
                let slot = self.slots[*local].clone();
                let name = &slot.name;
                (Code::new(quote!(#name), slot.repr), slot.ty)
            }
            Root::Field(name) => {
                let ty = self.types.field(name);
                (self.field(Span::default(), name), ty)
            }
        }
    }

    /// The value of a place.
    pub(crate) fn read(&mut self, place: &'a Place) -> Code {
        let keys: Keys = place
            .path
            .iter()
            .map(|key| Some(self.key(key.as_ref()?)))
            .collect();
        self.read_at(&place.root, &keys)
    }

    fn read_at(&mut self, root: &Root, keys: &[Option<TokenStream>]) -> Code {
        let (mut code, _) = self.root(root);
        for key in keys {
            let Some(key) = key else {
                return Code::new(quote!(Value::Null), Repr::Value);
            };
            let object = code.value_ref();
            code = Code::new(quote!(php::get(#object, #key)), Repr::Value);
        }
        code
    }

    /// `&mut Value` of a place; what is not there is put there.
    pub(crate) fn place_mut(&mut self, place: &'a Place) -> TokenStream {
        let (root, _) = self.root(&place.root);
        let tokens = &root.tokens;
        if root.repr != Repr::ValuePlace {
            return self
                .refuse(Span::default(), "a change of what is no array")
                .tokens;
        }
        let mut code = quote!(&mut #tokens);
        for key in &place.path {
            let step = match key {
                Some(key) => {
                    let key = self.key(key);
                    quote!(php::entry(#code, #key))
                }
                None => quote!(php::next_entry(#code)),
            };
            code = self.tried(step);
        }
        code
    }

    /// `$place = $value;`
    pub(crate) fn assign(&mut self, place: &'a Place, value: &'a Expr) -> TokenStream {
        if self.is_unread(place) {
            return self.effect(value);
        }
        if place.path.is_empty() {
            let (code, ty) = self.root(&place.root);
            let ty = match &code.repr {
                Repr::ValuePlace => Ty::Any,
                _ => ty,
            };
            if let (Root::Local(local), ExprKind::Promise(promise)) = (&place.root, &*value.kind) {
                let local = *local;
                let keep = self.keep_promise(local, promise);
                return quote!(#keep);
            }
            let value = self.kept(value, &ty);
            let tokens = &code.tokens;
            return quote!(#tokens = #value;);
        }
        let (starts, keys) = self.keys(place, Some(value));
        let given = self.kept(value, &Ty::Any);
        // A variable that is a key is read when the value has been made.
        let shares = mentions(value, &place.root)
            || self.acts(value)
            || place
                .path
                .iter()
                .flatten()
                .any(|key| mentions(key, &place.root));
        let put = self.put(place, keys, given, shares);
        if starts.is_empty() {
            put
        } else {
            quote!({ #starts #put })
        }
    }

    /// Puts a value below a root.
    fn put(
        &mut self,
        place: &'a Place,
        keys: Keys,
        value: TokenStream,
        shares: bool,
    ) -> TokenStream {
        let Some((last, before)) = keys.split_last() else {
            return TokenStream::new();
        };
        let name = self.taken.fresh("item");
        let (start, value) = match shares {
            true => (quote!(let #name = #value;), quote!(#name)),
            false => (quote!(), value),
        };
        let parent = Place {
            root: place.root.clone(),
            path: Vec::new(),
        };
        let (root, _) = self.root(&parent.root);
        let tokens = &root.tokens;
        if root.repr != Repr::ValuePlace {
            let refused = self
                .refuse(Span::default(), "an index of what is no array")
                .tokens;
            return quote!(#refused;);
        }
        let mut target = quote!(&mut #tokens);
        for key in before {
            let step = match key {
                Some(key) => quote!(php::entry(#target, #key)),
                None => quote!(php::next_entry(#target)),
            };
            target = self.tried(step);
        }
        let put = match last {
            Some(key) => quote!(php::set(#target, #key, #value)),
            None => quote!(php::push(#target, #value)),
        };
        let put = self.tried(put);
        match shares {
            true => quote!({ #start #put; }),
            false => quote!(#put;),
        }
    }

    /// Whether a variable is set and nothing reads it.
    fn is_unread(&self, place: &Place) -> bool {
        let unread = matches!(place.root, Root::Local(local) if !self.locals[local].read);
        unread && place.path.is_empty()
    }

    /// `$place = $value` as a value.
    pub(crate) fn assign_value(&mut self, place: &'a Place, value: &'a Expr) -> Code {
        if self.is_unread(place) {
            return self.expr(value);
        }
        if self.asks(place) {
            return self.refuse(value.span, ASKS);
        }
        let ty = self.types.of(value);
        let change = self.assign(place, value);
        let read = self.read(place);
        let (tokens, repr) = match &read.repr {
            Repr::StringPlace => (read.string(), Repr::String),
            Repr::HandlePlace(ty) => {
                let tokens = &read.tokens;
                (quote!(#tokens.clone()), Repr::Handle(ty.clone()))
            }
            Repr::ValuePlace => (read.value(), Repr::Value),
            _ => (read.tokens.clone(), read.repr.clone()),
        };
        let _ = ty;
        Code::new(quote!({ #change #tokens }), repr)
    }

    /// `$place op= $value;`
    pub(crate) fn assign_op(
        &mut self,
        span: Span,
        place: &'a Place,
        op: BinaryOp,
        value: &'a Expr,
    ) -> TokenStream {
        let (root, _) = self.root(&place.root);
        if op == BinaryOp::Concat && place.path.is_empty() && root.repr == Repr::StringPlace {
            let tokens = &root.tokens;
            if mentions(value, &place.root) || self.acts(value) {
                let added = self.textual(value).string();
                return quote!({ let added = #added; #tokens.push_str(&added); });
            }
            let added = self.textual(value).text();
            return quote!(#tokens.push_str(#added););
        }
        let (mut starts, keys) = self.keys(place, Some(value));
        let given = if self.acts(value) {
            // PHP reads the place when it has the value.
            let name = self.taken.fresh("added");
            let value = self.kept(value, &Ty::Any);
            starts.extend(quote!(let #name = #value;));
            Code::new(quote!(#name), Repr::ValuePlace)
        } else {
            match op {
                BinaryOp::Concat => self.textual(value),
                _ => self.expr(value),
            }
        };
        let before = self.read_at(&place.root, &keys);
        let new = match op {
            BinaryOp::Concat => {
                let (one, other) = (before.shown(), given.shown());
                quote!(Value::from(format!("{}{}", #one, #other)))
            }
            _ => {
                let Some(function) = super::operator::calculation(op) else {
                    let refused = self.refuse(span, "this operator").tokens;
                    return quote!(#refused;);
                };
                let (one, other) = (self.plain_ref(&before, span), self.plain_ref(&given, span));
                self.tried(quote!(#function(#one, #other)))
            }
        };
        let store = self.store_at(place, keys, new);
        if starts.is_empty() {
            store
        } else {
            quote!({ #starts #store })
        }
    }

    fn store(&mut self, place: &'a Place, value: TokenStream) -> TokenStream {
        let keys = place.path.iter().map(|key| Some(self.key(key.as_ref()?)));
        let keys = keys.collect();
        self.store_at(place, keys, value)
    }

    fn store_at(&mut self, place: &'a Place, keys: Keys, value: TokenStream) -> TokenStream {
        if !keys.is_empty() {
            return self.put(place, keys, value, true);
        }
        let (code, ty) = self.root(&place.root);
        let tokens = &code.tokens;
        let value = match code.repr {
            Repr::ValuePlace => value,
            _ => self.convert(&Code::new(value, Repr::Value), &ty, Span::default()),
        };
        quote!(#tokens = #value;)
    }

    /// `$place++;`
    pub(crate) fn step(&mut self, place: &'a Place, up: bool) -> TokenStream {
        let (starts, keys) = self.keys(place, None);
        let before = self.read_at(&place.root, &keys);
        let before = before.value_ref();
        let new = self.tried(quote!(php::step(#before, #up)));
        let store = self.store_at(place, keys, new);
        if starts.is_empty() {
            store
        } else {
            quote!({ #starts #store })
        }
    }

    /// `$place ??= $value`
    pub(crate) fn assign_missing(&mut self, place: &'a Place, value: &'a Expr) -> Code {
        let change = self.set_missing(place, value);
        let read = self.read(place);
        let (tokens, repr) = match &read.repr {
            Repr::StringPlace => (read.string(), Repr::String),
            Repr::HandlePlace(ty) => {
                let tokens = &read.tokens;
                (quote!(#tokens.clone()), Repr::Handle(ty.clone()))
            }
            Repr::ValuePlace => (read.value(), Repr::Value),
            _ => (read.tokens.clone(), read.repr.clone()),
        };
        Code::new(quote!({ #change #tokens }), repr)
    }

    /// `$place ??= $value` whose value nobody asks for.
    pub(crate) fn set_missing(&mut self, place: &'a Place, value: &'a Expr) -> TokenStream {
        if self.asks(place) {
            let refused = self.refuse(value.span, ASKS).tokens;
            return quote!(#refused;);
        }
        let there = self.read(place).is_there();
        let change = self.assign(place, value);
        quote!(if !(#there) { #change })
    }

    pub(crate) fn unset(&mut self, span: Span, place: &'a Place) -> Code {
        let Some((last, before)) = place.path.split_last() else {
            let (root, _) = self.root(&place.root);
            let tokens = &root.tokens;
            return match root.repr {
                Repr::ValuePlace => Code::new(quote!(#tokens = Value::Null), Repr::Null),
                Repr::StringPlace => Code::new(quote!(#tokens = String::new()), Repr::Null),
                Repr::HandlePlace(Ty::Maybe(_)) => Code::new(quote!(#tokens = None), Repr::Null),
                _ => Code::new(quote!(), Repr::Null),
            };
        };
        let Some(key) = last else {
            return self.refuse(span, "`unset` of `[]`");
        };
        let key = self.key(key);
        let parent = &place.root;
        let (root, _) = self.root(parent);
        let tokens = &root.tokens;
        if root.repr != Repr::ValuePlace {
            return self.refuse(span, "`unset` of what is no array");
        }
        let mut target = quote!(&mut #tokens);
        for key in before.iter().flatten() {
            let key = self.key(key);
            target = self.tried(quote!(php::entry(#target, #key)));
        }
        Code::new(quote!(php::unset(#target, #key)), Repr::Null)
    }

    pub(crate) fn unpack(&mut self, span: Span, targets: &'a [Target], value: &'a Expr) -> Code {
        let code = self.expr(value);
        let value = self.convert(&code, &Ty::Any, span);
        let name = self.taken.fresh("list");
        let mut steps = TokenStream::new();
        for target in targets {
            let mut item = quote!(#name);
            for key in &target.keys {
                let key = self.key(key);
                item = quote!(php::item(&#item, #key));
            }
            let outer = self.item.replace(item);
            let value = self.kept(&target.value, &Ty::Any);
            self.item = outer;
            steps.extend(self.store(&target.place, value));
        }
        Code::new(quote!({ let #name = #value; #steps #name }), Repr::Value)
    }

    /// Functions that change an array in its place, and what they give.
    pub(crate) fn change(&mut self, name: &str, place: &'a Place, args: &'a [Expr]) -> Code {
        if let "array_pop" | "array_shift" = name {
            let last = name == "array_pop";
            let place = self.place_mut(place);
            return Code::new(quote!(php::take_edge(#place, #last)), Repr::Value);
        }
        let change = self.change_effect(name, place, args);
        if name == "array_push" {
            let array = self.read(place);
            let array = array.value_ref();
            let count = self.tried(quote!(php::counted(#array)));
            return Code::new(quote!({ #change #count }), Repr::Int);
        }
        Code::new(quote!({ #change true }), Repr::Bool)
    }

    /// The same, where nothing is done with what they give.
    pub(crate) fn change_effect(
        &mut self,
        name: &str,
        place: &'a Place,
        args: &'a [Expr],
    ) -> TokenStream {
        match name {
            "array_pop" | "array_shift" => {
                let code = self.change(name, place, args).tokens;
                quote!(let _ = #code;)
            }
            "array_push" => {
                let value = args.first().map(|value| self.kept(value, &Ty::Any));
                let place = self.place_mut(place);
                let push = self.tried(quote!(php::array_push(#place, #value)));
                quote!(#push;)
            }
            name => {
                let function = super::names::ident(name);
                let before = self.read(place).value();
                self.store(place, quote!(php::#function(&#before)))
            }
        }
    }

    /// `usort($place, $closure);`
    pub(crate) fn sort_by(
        &mut self,
        name: &str,
        place: &'a Place,
        closure: &'a Expr,
    ) -> TokenStream {
        // PHP takes a bool for an order, too: true is behind, and false is asked for the other way round.
        let gives = match &*closure.kind {
            ExprKind::Closure(function, _) => function.returns.clone(),
            _ => Ty::Int,
        };
        let function = super::names::ident(name);
        let order = match gives {
            Ty::Bool => {
                let closure = self.callback(closure, &Ty::Bool);
                quote!(php::by_flag(#closure))
            }
            Ty::Int => self.callback(closure, &Ty::Int),
            _ => {
                let closure = self.callback(closure, &Ty::Any);
                quote!(php::by_number(#closure))
            }
        };
        if self.mutates && matches!(place.root, Root::Field(_)) && self.borrows_closure(closure) {
            return self.sort_copy(&function, place, &order);
        }
        let place = self.place_mut(place);
        let sort = self.tried(quote!(php::#function(#place, #order)));
        quote!(#sort;)
    }

    /// Sorts a copy, as PHP does: the closure reads the object that the array belongs to.
    fn sort_copy(
        &mut self,
        function: &proc_macro2::Ident,
        place: &'a Place,
        order: &TokenStream,
    ) -> TokenStream {
        if self.asks(place) {
            return self.refuse(Span::default(), ASKS).tokens;
        }
        let copy = self.taken.fresh("sorted");
        let given = self.place_mut(place);
        let sort = self.tried(quote!(php::#function(&mut #copy, #order)));
        let target = self.place_mut(place);
        quote!(let mut #copy = (#given).clone(); #sort; *(#target) = #copy;)
    }
}

/// Whether an expression reads a variable or, of a property, anything of the object.
pub(super) fn mentions(expr: &Expr, root: &Root) -> bool {
    let mut copy = expr.clone();
    match root {
        Root::Local(wanted) => {
            let mut found = false;
            copy.locals_mut(&mut |local, _| found |= local == wanted);
            found
        }
        Root::Field(_) => touches_object(&mut copy),
    }
}

/// A closure may borrow the object, whatever it reads.
fn touches_object(expr: &mut Expr) -> bool {
    matches!(
        *expr.kind,
        ExprKind::Field(_) | ExprKind::Method(..) | ExprKind::Closure(..)
    ) || expr.children_mut().into_iter().any(touches_object)
}
