//! Expressions.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr, owned, param_repr, place_repr, result_repr};
use super::function::{Body, Return, This, beginning, params};
use super::names::ident;
use super::print::{Group, Json, Member};
use super::request::start;
use super::statement::unwrapped;
use crate::hir::arrays::is_array;
use crate::hir::builtin::Builtin;
use crate::hir::tree::{Entry, Expr, ExprKind, Function, ResponsePart, ThrownPart};
use crate::hir::{Ty, told_as};
use crate::syntax::Span;

impl<'a> Body<'_, 'a> {
    pub(crate) fn expr(&mut self, expr: &'a Expr) -> Code {
        let span = expr.span;
        match &*expr.kind {
            ExprKind::Null => Code::new(quote!(Value::Null), Repr::Null),
            ExprKind::Bool(flag) => Code::new(quote!(#flag), Repr::Bool),
            ExprKind::Int(number) => {
                // `Value::from` takes any whole number: one that is large says its type.
                let literal = match i32::try_from(*number) {
                    Ok(_) => proc_macro2::Literal::i64_unsuffixed(*number),
                    Err(_) => proc_macro2::Literal::i64_suffixed(*number),
                };
                Code::new(quote!(#literal), Repr::Int)
            }
            ExprKind::Float(number) => {
                let literal = proc_macro2::Literal::f64_unsuffixed(number.abs());
                let sign = number.is_sign_negative().then(|| quote!(-));
                Code::new(quote!(#sign #literal), Repr::Float)
            }
            ExprKind::Text(text) => Code::new(quote!(#text), Repr::Str),
            ExprKind::Local(local) => {
                let slot = &self.slots[*local];
                let name = &slot.name;
                Code::new(quote!(#name), slot.repr.clone())
            }
            ExprKind::Field(name) => self.field(span, name),
            ExprKind::ClassConst(name) => self.constant(name, true),
            ExprKind::FileConst(name) => self.constant(name, false),
            ExprKind::Concat(pieces) => {
                let pieces: Vec<_> = pieces.iter().collect();
                let (format, args) = self.format_of(&pieces);
                let plain = pieces
                    .iter()
                    .all(|piece| matches!(*piece.kind, ExprKind::Text(_) | ExprKind::Int(_)));
                if plain {
                    let text = format.replace("{{", "{").replace("}}", "}");
                    Code::new(quote!(#text), Repr::Str)
                } else {
                    Code::new(quote!(format!(#format #(, #args)*)), Repr::String)
                }
            }
            ExprKind::Array(entries) => self.array(span, entries),
            ExprKind::Index(object, key) => self.index(span, object, key),
            ExprKind::Not(inner) => {
                let inner = self.truth(inner);
                Code::new(quote!(!(#inner)), Repr::Bool)
            }
            ExprKind::Minus(inner) => {
                let code = self.expr(inner);
                let value = self.plain_ref(&code, span);
                Code::new(self.tried(quote!(php::neg(#value))), Repr::Value)
            }
            ExprKind::Plus(inner) => {
                let code = self.expr(inner);
                let value = self.plain_ref(&code, span);
                Code::new(
                    self.tried(quote!(php::mul(#value, &Value::from(1)))),
                    Repr::Value,
                )
            }
            ExprKind::Binary(op, left, right) => self.binary(span, *op, left, right),
            ExprKind::And(left, right) => {
                let (left, right) = (self.truth(left), self.truth(right));
                Code::new(quote!((#left && #right)), Repr::Bool)
            }
            ExprKind::Or(left, right) => {
                let (left, right) = (self.truth(left), self.truth(right));
                Code::new(quote!((#left || #right)), Repr::Bool)
            }
            ExprKind::Coalesce(left, right) => self.coalesce(expr, left, right),
            ExprKind::Ternary(condition, then, otherwise) => {
                self.ternary(expr, condition, then.as_ref(), otherwise)
            }
            ExprKind::Cast(ty, inner) => {
                let code = match ty {
                    Ty::Bool => self.expr(inner),
                    _ => self.textual(inner),
                };
                match ty {
                    Ty::Text if code.repr == Repr::Str => code,
                    Ty::Text => Code::new(code.string(), Repr::String),
                    Ty::Int => Code::new(code.int(), Repr::Int),
                    Ty::Float => Code::new(code.float(), Repr::Float),
                    _ => Code::new(code.truth(), Repr::Bool),
                }
            }
            ExprKind::Coerce(Ty::Client, client) => self.value_of_client(client),
            ExprKind::Coerce(ty, inner) => {
                let code = self.expr(inner);
                self.coerced(code, ty, span)
            }
            ExprKind::Strict(ty, inner) => {
                let code = self.expr(inner);
                self.strict(code, ty, span)
            }
            ExprKind::AsArray(inner, arrays) => {
                let value = self.kept(inner, &Ty::Any);
                Code::new(self.as_array(&value, *arrays), Repr::Value)
            }
            ExprKind::ToArray(inner) => {
                let value = self.kept(inner, &Ty::Any);
                Code::new(quote!(php::array(#value)), Repr::Value)
            }
            ExprKind::ToObject(inner) => {
                let value = self.kept(inner, &Ty::Any);
                Code::new(quote!(php::object(#value)), Repr::Value)
            }
            ExprKind::Isset(inner) => {
                let code = self.found(inner);
                Code::new(code.is_there(), Repr::Bool)
            }
            ExprKind::Builtin(name, args) => {
                self.warn_of_keys(span, name, args);
                let is_given = std::mem::replace(&mut self.is_given, false);
                let is_returned = std::mem::replace(&mut self.is_returned, false);
                let made = self.builtin(span, name, args);
                self.is_given = is_given;
                self.is_returned = is_returned;
                made
            }
            ExprKind::Extreme(most, values) => self.extreme(*most, values),
            ExprKind::Format(format, args) => {
                let format = self.expr(format).text();
                let args = args.iter().map(|arg| match self.types.of(arg).present() {
                    Ty::Thrown => self.textual(arg).tokens,
                    _ => self.kept(arg, &Ty::Any),
                });
                let args: Vec<_> = args.collect();
                let call = quote!(php::sprintf(#format, &[#(#args),*]));
                Code::new(self.tried(call), Repr::String)
            }
            ExprKind::Merge(arrays) => {
                let arrays: Vec<_> = arrays
                    .iter()
                    .map(|array| self.kept(array, &Ty::Any))
                    .collect();
                Code::new(
                    self.tried(quote!(php::array_merge(&[#(#arrays),*]))),
                    Repr::Value,
                )
            }
            ExprKind::Map(closure, array) => {
                let array = self.walked(array, closure);
                let closure = self.callback(closure, &Ty::Any);
                Code::new(
                    self.tried(quote!(php::array_map(#array, #closure))),
                    Repr::Value,
                )
            }
            ExprKind::Filter(array, closure) => {
                let array = self.walked(array, closure);
                let flag = matches!(&*closure.kind, ExprKind::Closure(function, _) if function.returns == Ty::Bool);
                let closure = if flag {
                    self.callback(closure, &Ty::Bool)
                } else {
                    let closure = self.callback(closure, &Ty::Any);
                    quote!(php::by_truth(#closure))
                };
                Code::new(
                    self.tried(quote!(php::array_filter_by(#array, #closure))),
                    Repr::Value,
                )
            }
            ExprKind::Sort(..) => {
                let sorts = self.effect(expr);
                Code::new(quote!({ #sorts true }), Repr::Bool)
            }
            ExprKind::Change(name, place, args) => self.change(name, place, args),
            ExprKind::Unset(place) => self.unset(span, place),
            ExprKind::Call(name, args) => self.call_function(span, name, args),
            ExprKind::Method(name, args) => self.call_method(span, name, args),
            ExprKind::CallClosure(callee, args) => self.call_closure(span, callee, args),
            ExprKind::Closure(..) => {
                let tokens = self.callback(expr, &Ty::Any);
                Code::new(tokens, Repr::Handle(Ty::Closure))
            }
            ExprKind::NewThrown(class, parents, args) => self.new_thrown(class, parents, args),
            ExprKind::OfThrown(part, inner) => self.of_thrown(*part, inner),
            ExprKind::InstanceOf(inner, class) => {
                let code = self.expr(inner);
                let thrown = self.argument(&code, &Ty::Thrown, span);
                let thrown = bare(thrown);
                Code::new(quote!(#thrown.is(#class)), Repr::Bool)
            }
            ExprKind::OfResponse(part, inner) => self.of_response(span, part, inner),
            ExprKind::Sdk(sdk) => {
                let call = self.sdk(sdk);
                Code::new(self.made(call), Repr::Handle(Ty::Response))
            }
            ExprKind::Promise(promise) => self.promise(span, promise),
            ExprKind::Wait(promise) => self.wait(span, promise, true),
            ExprKind::Restacked(client, v2, layer) => self.restacked(span, client, *v2, layer),
            ExprKind::Pool(what, name, args) => self.pool(span, *what, name, args),
            ExprKind::Factory(settings) => self.factory(span, settings),
            ExprKind::FactoryOf(settings) => {
                self.shared.uses.insert("Client");
                let code = self.expr(settings);
                let settings = self.plain_ref(&code, span);
                let builder = self.tried(quote!(php::settings(Client::builder(), #settings)));
                let made = self.tried(quote!(#builder.build()));
                Code::new(made, Repr::Handle(Ty::Client))
            }
            ExprKind::Crypto(crypto, args) => self.crypto(span, *crypto, args),
            ExprKind::Foreign(foreign) => self.foreign(span, foreign, &Ty::Any),
            ExprKind::Notified(part) => self.of_notification(part),
            ExprKind::Assign(place, value) => self.assign_value(place, value),
            ExprKind::AssignOp(place, op, value) => {
                let change = self.assign_op(span, place, *op, value);
                let read = self.read(place);
                let value = read.value();
                let repr = if read.repr == Repr::StringPlace {
                    Repr::String
                } else {
                    Repr::Value
                };
                let value = if repr == Repr::String {
                    read.string()
                } else {
                    value
                };
                Code::new(quote!({ #change #value }), repr)
            }
            ExprKind::AssignMissing(place, value) => self.assign_missing(place, value),
            ExprKind::Step { place, up, before } => {
                let read = self.read(place).value();
                let change = self.step(place, *up);
                Code::new(
                    if *before {
                        quote!({ #change #read })
                    } else {
                        quote!({ let before = #read; #change before })
                    },
                    Repr::Value,
                )
            }
            ExprKind::Item => Code::new(self.item.clone().unwrap_or_default(), Repr::Value),
            ExprKind::Unpack(places, value) => self.unpack(span, places, value),
            ExprKind::Match(subject, arms) => self.matching(expr, subject, arms),
            ExprKind::Throw(thrown) => {
                let thrown = self.kept(thrown, &Ty::Thrown);
                Code::new(self.throw(&thrown), Repr::Never)
            }
            ExprKind::Exit(value) => {
                let exit = self.exit(value.as_ref());
                Code::new(quote!({ #exit }), Repr::Never)
            }
            ExprKind::Aside {
                value,
                others,
                first,
            } => self.aside(value, others, *first),
            ExprKind::Print(value) => {
                let echo = self.echo(std::slice::from_ref(value));
                Code::new(quote!({ #echo 1 }), Repr::Int)
            }
            ExprKind::Unresolved(_) => {
                let problem = crate::Problem::error(span, "the porter does not know this");
                Code::new(self.problem(problem), Repr::Never)
            }
            ExprKind::Refused(problem) => {
                let tokens = self.problem(problem.clone());
                Code::new(tokens, Repr::Never)
            }
        }
    }

    /// `if`, as PHP asks it.
    pub(crate) fn truth(&mut self, expr: &'a Expr) -> TokenStream {
        match &*expr.kind {
            ExprKind::And(left, right) => {
                let (left, right) = (self.truth(left), self.truth(right));
                quote!(#left && #right)
            }
            ExprKind::Not(inner) => {
                let compound = matches!(
                    &*inner.kind,
                    ExprKind::And(..)
                        | ExprKind::Or(..)
                        | ExprKind::Binary(..)
                        | ExprKind::Assign(..)
                ) || matches!(self.types.of(inner), Ty::Int | Ty::Float);
                let inner = self.truth(inner);
                if compound {
                    quote!(!(#inner))
                } else {
                    quote!(!#inner)
                }
            }
            _ => self.expr(expr).truth(),
        }
    }

    pub(crate) fn field(&mut self, span: Span, name: &str) -> Code {
        let ty = self.types.field(name);
        let repr = place_repr(&ty);
        let own = ident(&super::names::snake(name));
        match &self.this {
            This::Object(this) => Code::new(quote!(#this.#own), repr),
            This::Fields(fields) => match fields.get(name) {
                Some(field) => Code::new(quote!(#field), repr),
                None => self.refuse(span, "a property that is not known"),
            },
            This::None => self.refuse(span, "a property outside of a class"),
        }
    }

    fn constant(&mut self, name: &str, of_class: bool) -> Code {
        let consts = if of_class {
            self.class.map_or(&[][..], |class| &class.consts)
        } else {
            &self.shared.file.consts
        };
        let Some(found) = consts.iter().find(|known| known.name == name) else {
            return Code::new(quote!(Value::Null), Repr::Null);
        };
        let ty = self.types.of(&found.value);
        let upper = ident(&super::names::snake(name).to_uppercase());
        let lower = ident(&super::names::snake(name));
        let path = if of_class { quote!(Self::) } else { quote!() };
        match ty {
            Ty::Text => Code::new(quote!(#path #upper), Repr::Str),
            Ty::Int => Code::new(quote!(#path #upper), Repr::Int),
            Ty::Bool => Code::new(quote!(#path #upper), Repr::Bool),
            Ty::Float => Code::new(quote!(#path #upper), Repr::Float),
            _ => Code::new(self.tried(quote!(#path #lower())), Repr::Value),
        }
    }

    /// A format, and its arguments.
    pub(crate) fn format_of(&mut self, pieces: &[&'a Expr]) -> (String, Vec<TokenStream>) {
        let mut format = String::new();
        let mut args = Vec::new();
        for piece in pieces {
            match &*piece.kind {
                ExprKind::Text(text) => {
                    format.push_str(&text.replace('{', "{{").replace('}', "}}"));
                }
                ExprKind::Int(number) => format.push_str(&number.to_string()),
                ExprKind::Float(number) => {
                    format.push_str(&wechatpay_chain_php::float_text(*number));
                }
                ExprKind::Bool(true) => format.push('1'),
                ExprKind::Bool(false) | ExprKind::Null => {}
                _ => {
                    // `print_r` of what is no array is `echo`.
                    let piece = match &*piece.kind {
                        ExprKind::Builtin("print_r" | "print_r_object", args) => match args.first()
                        {
                            Some(shown)
                                if matches!(
                                    self.types.of(shown),
                                    Ty::Bool | Ty::Int | Ty::Text
                                ) =>
                            {
                                shown
                            }
                            _ => piece,
                        },
                        _ => piece,
                    };
                    let code = self.textual(piece);
                    let shown = code.shown();
                    match shown.clone().into_iter().collect::<Vec<_>>().as_slice() {
                        [proc_macro2::TokenTree::Ident(name)] if name != "self" => {
                            format.push_str(&format!("{{{name}}}"));
                        }
                        _ => {
                            format.push_str("{}");
                            args.push(shown);
                        }
                    }
                }
            }
        }
        (format, args)
    }

    fn array(&mut self, span: Span, entries: &'a [Entry]) -> Code {
        if entries.iter().any(|entry| entry.spread) {
            return self.spread(entries);
        }
        match self.json_of(span, entries) {
            Some(json) => Code::new(self.large_json(json), Repr::Value),
            None => self.built(span, entries),
        }
    }

    /// An array whose keys are known texts, or which has none.
    pub(crate) fn json_of(&mut self, span: Span, entries: &'a [Entry]) -> Option<Json> {
        let list = entries.iter().all(|entry| entry.key.is_none());
        let known = |entry: &Entry| match entry.key.as_ref().map(|key| &*key.kind) {
            Some(ExprKind::Text(key)) => key.parse::<i64>().is_err(),
            _ => list,
        };
        if !entries.iter().all(known) {
            return None;
        }
        let mut group = Group::default();
        let mut from = span.start;
        if let Some(first) = entries.first() {
            let opening = self.comments_after(span.start, start(first));
            group.opening = (!opening.is_empty()).then(|| opening.join(" "));
        }
        for (index, entry) in entries.iter().enumerate() {
            let until = entries.get(index + 1).map_or(span.end, start);
            let before = self.comments_between(from, start(entry));
            let value = self.json_value(&entry.value);
            let after = self.comments_after(entry.value.span.end, until);
            from = entry.value.span.end;
            let key = match entry.key.as_ref().map(|key| &*key.kind) {
                Some(ExprKind::Text(key)) => Some(key.clone()),
                _ => None,
            };
            let member = Member {
                key,
                value,
                before,
                after: (!after.is_empty()).then(|| after.join(" ")),
            };
            let same = |known: &&mut Member| known.key.is_some() && known.key == member.key;
            match group.members.iter_mut().find(same) {
                // The last value counts, at the first place.
                Some(known) => {
                    known.value = member.value;
                    let message = "this key is given twice: the last value counts, as in PHP";
                    self.warn(entry.value.span, message);
                }
                None => group.members.push(member),
            }
        }
        group.closing = self.comments_between(from, span.end);
        Some(if list {
            Json::List(group)
        } else {
            Json::Object(group)
        })
    }

    /// An expression that PHP makes a text of. The text of an exception names the file and line of PHP's code.
    pub(crate) fn textual(&mut self, expr: &'a Expr) -> Code {
        let code = self.expr(expr);
        match &code.repr {
            Repr::Handle(ty) | Repr::HandlePlace(ty) | Repr::HandleRef(ty) => {
                let message = match ty.present() {
                    Ty::Thrown => "an exception as a text, to which PHP adds file, line and trace",
                    _ => "an object as a text",
                };
                self.refuse(expr.span, message)
            }
            _ => code,
        }
    }

    pub(crate) fn json_value(&mut self, value: &'a Expr) -> Json {
        if let ExprKind::Array(entries) = &*value.kind
            && !entries.iter().any(|entry| entry.spread)
            && let Some(json) = self.json_of(value.span, entries)
        {
            return json;
        }
        if let ExprKind::ToObject(inner) = &*value.kind
            && matches!(&*inner.kind, ExprKind::Array(entries) if entries.is_empty())
        {
            return Json::object([]);
        }
        let code = self.expr(value);
        let tokens = match &code.repr {
            // Only a log's context may hold one.
            Repr::Handle(Ty::Thrown)
            | Repr::HandlePlace(Ty::Thrown)
            | Repr::HandleRef(Ty::Thrown)
                if !self.is_given =>
            {
                if self.is_returned {
                    self.value_of_exception(&code, value.span)
                } else {
                    let message = "an exception where a plain value is expected";
                    self.refuse(value.span, message).tokens
                }
            }
            Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_) => {
                self.convert(&code, &Ty::Any, value.span)
            }
            _ => code.json(),
        };
        Json::Leaf(tokens)
    }

    fn built(&mut self, span: Span, entries: &'a [Entry]) -> Code {
        let keyed = entries.iter().all(|entry| entry.key.is_some());
        if keyed {
            let items = entries.iter().map(|entry| {
                let key = entry.key.as_ref().map(|key| self.kept(key, &Ty::Any));
                let value = self.kept(&entry.value, &Ty::Any);
                quote!((#key, #value))
            });
            let items: Vec<_> = items.collect();
            return Code::new(quote!(php::map([#(#items),*])), Repr::Value);
        }
        let name = self.taken.fresh("array");
        let mut steps = TokenStream::new();
        for entry in entries {
            let value = self.kept(&entry.value, &Ty::Any);
            let step = match &entry.key {
                Some(key) => {
                    let key = self.kept(key, &Ty::Any);
                    quote!(php::set(&mut #name, &#key, #value))
                }
                None => quote!(php::push(&mut #name, #value)),
            };
            let step = self.tried(step);
            steps.extend(quote!(#step;));
        }
        let _ = span;
        let empty = self.shared.inserts.json(Json::list([]));
        Code::new(
            quote!({ let mut #name = #empty; #steps #name }),
            Repr::Value,
        )
    }

    /// `[...$a, 1]`
    fn spread(&mut self, entries: &'a [Entry]) -> Code {
        let mut parts = Vec::new();
        let mut start = 0;
        for (index, entry) in entries.iter().enumerate() {
            if !entry.spread {
                continue;
            }
            if start < index {
                parts.push(self.array(entry.value.span, &entries[start..index]).value());
            }
            parts.push(self.kept(&entry.value, &Ty::Any));
            start = index + 1;
        }
        if start < entries.len() {
            parts.push(
                self.array(entries[start].value.span, &entries[start..])
                    .value(),
            );
        }
        Code::new(
            self.tried(quote!(php::array_merge(&[#(#parts),*]))),
            Repr::Value,
        )
    }

    fn index(&mut self, span: Span, object: &'a Expr, key: &'a Expr) -> Code {
        let of_text = *self.types.of(object).present() == Ty::Text && !names_item(key);
        let code = self.expr(object);
        if of_text {
            let text = code.text();
            let key = self.key(key);
            return Code::new(self.tried(quote!(php::character(#text, #key))), Repr::Value);
        }
        let may_be_text = *self.types.of(object).present() == Ty::Any && self.counts_bytes(key);
        let object = self.plain_ref(&code, span);
        let key = self.key(key);
        let item = if may_be_text {
            self.tried(quote!(php::at(#object, #key)))
        } else {
            quote!(php::get(#object, #key))
        };
        Code::new(item, Repr::Value)
    }

    /// Whether a key may be a whole number, which counts the bytes of a text.
    fn counts_bytes(&self, key: &Expr) -> bool {
        let ty = self.types.of(key);
        !names_item(key) && matches!(ty.present(), Ty::Int | Ty::Any | Ty::Unknown)
    }

    /// A value that may not be there: `isset($a[0])`, `$a[0] ?? $b`. A text has no byte behind its end.
    fn found(&mut self, expr: &'a Expr) -> Code {
        let ExprKind::Index(object, key) = &*expr.kind else {
            return self.expr(expr);
        };
        let may_be_text = matches!(self.types.of(object).present(), Ty::Text | Ty::Any);
        if !may_be_text || names_item(key) {
            return self.expr(expr);
        }
        let code = self.found(object);
        let object = self.plain_ref(&code, expr.span);
        let key = self.key(key);
        Code::new(quote!(php::find(#object, #key)), Repr::Value)
    }

    /// A key of an array.
    pub(crate) fn key(&mut self, key: &'a Expr) -> TokenStream {
        let code = self.expr(key);
        let tokens = &code.tokens;
        match &code.repr {
            Repr::Str | Repr::Bool => quote!(#tokens),
            Repr::Int => match &*key.kind {
                ExprKind::Int(_) => quote!(#tokens),
                _ => quote!(#tokens),
            },
            Repr::String | Repr::StringPlace => quote!(&#tokens),
            _ => self.plain_ref(&code, key.span),
        }
    }

    fn coalesce(&mut self, expr: &'a Expr, left: &'a Expr, right: &'a Expr) -> Code {
        let ty = self.types.of(expr);
        let given = self.found(left);
        let tokens = &given.tokens;
        match (&given.repr, &ty) {
            (Repr::OptionStr, Ty::Text) => {
                let other = self.expr(right);
                let other = match other.repr {
                    Repr::Str => other.tokens,
                    _ => return self.either(given, right, &ty, left.span),
                };
                return Code::new(quote!(#tokens.unwrap_or(#other)), Repr::Str);
            }
            (
                Repr::Value
                | Repr::ValuePlace
                | Repr::ValueRef
                | Repr::OptionStr
                | Repr::OptionString
                | Repr::OptionCopy(_),
                _,
            ) => {}
            (
                Repr::Handle(Ty::Maybe(_))
                | Repr::HandlePlace(Ty::Maybe(_))
                | Repr::HandleRef(Ty::Maybe(_)),
                _,
            ) => {}
            (Repr::Null, _) => {
                let value = self.kept(right, &Ty::Any);
                return Code::new(given.instead(value), Repr::Value);
            }
            _ => return given,
        }
        self.either(given, right, &ty, left.span)
    }

    fn either(&mut self, given: Code, right: &'a Expr, ty: &Ty, span: Span) -> Code {
        let tokens = &given.tokens;
        if ty.is_plain() {
            let value = given.value();
            let other = self.kept(right, &Ty::Any);
            let name = self.taken.fresh("given");
            return Code::new(
                quote!(match #value { Value::Null => #other, #name => #name }),
                Repr::Value,
            );
        }
        let other = self.kept(right, ty);
        let some = match &given.repr {
            Repr::Handle(_) => quote!(#tokens),
            Repr::HandleRef(_) => quote!(#tokens.cloned()),
            _ => quote!(#tokens.clone()),
        };
        let _ = span;
        let value = match ty {
            Ty::Maybe(_) => quote!(match #some { Some(value) => Some(value), None => #other }),
            _ => quote!(match #some { Some(value) => value, None => #other }),
        };
        Code::new(value, result_repr(ty))
    }

    fn ternary(
        &mut self,
        expr: &'a Expr,
        condition: &'a Expr,
        then: Option<&'a Expr>,
        otherwise: &'a Expr,
    ) -> Code {
        let ty = self.types.of(expr);
        let Some(then) = then else {
            let given = self.expr(condition);
            let other = self.kept(otherwise, &ty);
            let truth_of = Code::new(
                quote!(value),
                match &given.repr {
                    Repr::Str => Repr::Str,
                    _ => place_repr(&self.types.of(condition)),
                },
            );
            let name = Code::new(quote!(value), truth_of.repr);
            let test = name.truth();
            let kept = self.convert(&name, &ty, condition.span);
            let bound = match given.repr {
                Repr::Str => given.tokens.clone(),
                _ => self.convert(&given, &self.types.of(condition), condition.span),
            };
            return Code::new(
                quote!({ let value = #bound; if #test { #kept } else { #other } }),
                result_repr(&ty),
            );
        };
        let condition = unwrapped(self.truth(condition));
        let (one, other) = (self.expr(then), self.expr(otherwise));
        if one.repr == Repr::Str && other.repr == Repr::Str {
            let (one, other) = (one.tokens, other.tokens);
            return Code::new(quote!(if #condition { #one } else { #other }), Repr::Str);
        }
        let one = self.convert(&one, &ty, then.span);
        let other = self.convert(&other, &ty, otherwise.span);
        Code::new(
            quote!((if #condition { #one } else { #other })),
            result_repr(&ty),
        )
    }

    /// A variable or property that holds a response.
    fn is_held_answer(&self, value: &Expr) -> bool {
        let is_place = matches!(*value.kind, ExprKind::Local(_) | ExprKind::Field(_));
        let ty = self.types.of(value);
        is_place && matches!(ty.present(), Ty::Response | Ty::Answer)
    }

    pub(crate) fn builtin(&mut self, span: Span, name: &str, args: &'a [Expr]) -> Code {
        let function = ident(name);
        match name {
            "end" => {
                let codes: Vec<_> = args.iter().map(|arg| self.expr(arg)).collect();
                let array = codes.first().map(|code| self.plain_ref(code, span));
                let last = codes.get(1).map(|code| code.tokens.clone());
                return Code::new(quote!(php::end(#array, #last)), Repr::Value);
            }
            "implode" => {
                let codes: Vec<_> = args.iter().map(|arg| self.expr(arg)).collect();
                let glue = codes.first().map(Code::text);
                let array = codes.get(1).map(|code| self.plain_ref(code, span));
                let array = match (array, args.get(1)) {
                    (Some(array), Some(arg)) if !is_array(arg) => {
                        Some(self.tried(quote!(php::array_ref(#array))))
                    }
                    (array, _) => array,
                };
                return Code::new(quote!(php::implode(#glue, #array)), Repr::String);
            }
            // Guzzle's response shows no property.
            "json_encode" if args.first().is_some_and(|arg| self.is_held_answer(arg)) => {
                let (code, ty) = (self.expr(&args[0]), self.types.of(&args[0]));
                let response = &code.tokens;
                return match ty {
                    Ty::Maybe(_) => {
                        let text = quote!(if #response.is_some() { "{}" } else { "null" });
                        Code::new(text, Repr::Str)
                    }
                    _ => Code::new(quote!("{}"), Repr::Str),
                };
            }
            _ => {}
        }
        let Some(known) = Builtin::of(name) else {
            return self.refuse(
                span,
                "raw bytes as a text: only `bin2hex` and `base64_encode` of them are known",
            );
        };
        let told = told_as(name);
        let mut given = Vec::new();
        for (number, (arg, param)) in (1_usize..).zip(args.iter().zip(&known.params)) {
            let code = self.expr(arg);
            given.push(match (&param.ty, &code.repr) {
                // PHP takes null for a text where a function of its own is called.
                (Ty::Text, Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_)) => {
                    self.refuse(arg.span, "an object as a text").tokens
                }
                (Ty::Text, repr) if is_value(repr) => {
                    let value = self.plain_ref(&code, arg.span);
                    let text = self
                        .tried(quote!(php::typed_argument(php::string(#value), #told, #number)));
                    quote!(&#text)
                }
                (Ty::Text, _) => code.text(),
                (Ty::Int, repr) if is_value(repr) => {
                    let value = self.plain_ref(&code, arg.span);
                    self.tried(quote!(php::typed_argument(php::integer(#value), #told, #number)))
                }
                (Ty::Int, _) => code.int(),
                (Ty::Bool, _) => code.truth(),
                (Ty::Float, _) => code.float(),
                (Ty::Maybe(_), Repr::Null) => code.instead(quote!(None)),
                (
                    Ty::Maybe(_),
                    Repr::Int
                    | Repr::Bool
                    | Repr::Float
                    | Repr::Str
                    | Repr::String
                    | Repr::StringPlace,
                ) => {
                    let number = code.int();
                    quote!(Some(#number))
                }
                (Ty::Maybe(_), _) => {
                    let value = self.plain_ref(&code, arg.span);
                    quote!(match #value { Value::Null => None, value => Some(php::int(value)) })
                }
                (_, Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_)) => {
                    let what = super::function::what(&self.types.of(arg));
                    let message = format!("{what} where a plain value is expected");
                    self.refuse(arg.span, &message).tokens
                }
                _ if param.array && !is_array(arg) => {
                    let value = self.plain_ref(&code, arg.span);
                    self.tried(quote!(php::typed_argument(php::array_ref(#value), #told, #number)))
                }
                _ => self.plain_ref(&code, arg.span),
            });
        }
        let call = quote!(php::#function(#(#given),*));
        let call = if known.throws { self.tried(call) } else { call };
        let repr = match name {
            "gettype" | "json_error_text" => Repr::Str,
            _ => result_repr(&known.returns),
        };
        Code::new(call, repr)
    }

    fn extreme(&mut self, most: bool, values: &'a [Expr]) -> Code {
        let given = match values {
            [array] => {
                let code = self.expr(array);
                let array = self.plain_ref(&code, array.span);
                quote!(&php::values(#array))
            }
            values => {
                let values: Vec<_> = values
                    .iter()
                    .map(|value| self.kept(value, &Ty::Any))
                    .collect();
                quote!(&[#(#values),*])
            }
        };
        Code::new(quote!(php::extreme(#given, #most)), Repr::Value)
    }

    /// A closure in Rust; what it gives is a `Result` of the type that is wanted.
    pub(crate) fn callback(&mut self, expr: &'a Expr, returns: &Ty) -> TokenStream {
        self.callback_of(expr, returns, None)
    }

    /// A closure, and the parameter that is the object where each call gives it.
    pub(crate) fn callback_of(
        &mut self,
        expr: &'a Expr,
        returns: &Ty,
        object: Option<&TokenStream>,
    ) -> TokenStream {
        if let ExprKind::Refused(problem) = &*expr.kind {
            return self.problem(problem.clone());
        }
        let ExprKind::Closure(function, captures) = &*expr.kind else {
            return self
                .refuse(expr.span, "a callable that is no closure")
                .tokens;
        };
        let mut copies_of = Vec::new();
        let lent: Vec<_> = crate::hir::lent(function, captures).collect();
        for (outer, own) in captures {
            let slot = self.slots[*outer].clone();
            let name = &slot.name;
            if lent.iter().any(|(_, lent)| lent == own) {
                if slot.repr != Repr::ValuePlace {
                    let message =
                        format!("`use (&${})` shares a variable", self.locals[*outer].name);
                    let problem =
                        crate::Problem::error(expr.span, message).hint(crate::hir::LENT_HINT);
                    return self.problem(problem);
                }
                let shared = shared_name(name);
                copies_of.push(quote!(let #shared = &mut #name;));
                continue;
            }
            match slot.repr {
                Repr::StringPlace | Repr::ValuePlace | Repr::HandlePlace(_) => {
                    copies_of.push(quote!(let #name = #name.clone();));
                }
                _ => {}
            }
        }
        // The application goes into the object that a constructor makes.
        let class = self.class.map(|class| &class.name);
        let is_hosted = class.is_some_and(|class| self.shared.hosted.contains(class));
        if is_hosted && matches!(self.this, This::Fields(_)) && self.host.to_string() == "host" {
            copies_of.push(quote!(let host = &host;));
        }
        let outer = match object {
            Some(_) => None,
            None => self.borrow_object(function, &mut copies_of),
        };
        let closure = self.closure(function, captures, returns, object);
        if let Some((this, host)) = outer {
            (self.this, self.host) = (this, host);
        }
        if copies_of.is_empty() {
            closure
        } else {
            quote!({ #(#copies_of)* #closure })
        }
    }

    /// Whether a closure changes the object.
    pub(crate) fn changes_this(&self, function: &Function) -> bool {
        let mut copy = function.clone();
        let mut found = false;
        for stmt in &mut copy.body {
            stmt.each_mut(&mut |expr| found |= self.changes_object(expr));
        }
        found
    }

    fn closure(
        &mut self,
        function: &'a Function,
        captures: &[(usize, usize)],
        returns: &Ty,
        object: Option<&TokenStream>,
    ) -> TokenStream {
        let types = self.types.within(function);
        let given: Vec<_> = captures
            .iter()
            .map(|(outer, inner)| (*inner, self.slots[*outer].clone()))
            .collect();
        let (class, this, host, labels) = (
            self.class,
            self.this.clone(),
            self.host.clone(),
            self.labels,
        );
        let comments_to = function.span.start;
        let mutates = self.mutates;
        let given_this = self.taking_this(captures);
        let mut inner = Body::new(self.shared, class, function, types);
        inner.this = this;
        inner.mutates = mutates;
        inner.host = host;
        inner.labels = labels;
        inner.comments_to = comments_to;
        inner.returns = returns.clone();
        inner.return_to = Return::Function;
        inner.captured = given.iter().map(|(local, _)| *local).collect();
        inner.given_this = given_this;
        let lent = crate::hir::lent(function, captures);
        let lent: Vec<_> = lent
            .map(|(outer, own)| (own, self.slots[outer].name.clone()))
            .collect();
        for (local, slot) in given {
            inner.slots[local].name = slot.name;
            let is_lent = lent.iter().any(|(own, _)| *own == local);
            if is_lent || !inner.is_mutable(local) {
                inner.slots[local].repr = slot.repr;
            }
        }
        let own: Vec<_> = function
            .params
            .iter()
            .filter(|param| !captures.iter().any(|(_, inner)| *inner == param.local))
            .map(|param| param.local)
            .collect();
        let all = params(function, &inner.slots);
        let heads = function
            .params
            .iter()
            .zip(all)
            .filter(|(param, _)| own.contains(&param.local));
        let heads: Vec<_> = heads
            .map(|(param, (name, _))| {
                let ty = &param.ty;
                // A closure is called with any value.
                match param_repr(ty) {
                    Repr::ValueRef => (quote!(#name: &Value), quote!()),
                    Repr::HandleRef(_) => {
                        let ty = owned(ty);
                        (quote!(#name: &#ty), quote!())
                    }
                    Repr::Str => (
                        quote!(#name: &Value),
                        quote!(let #name: &str = &php::as_text(#name)?;),
                    ),
                    Repr::Int => (
                        quote!(#name: &Value),
                        quote!(let #name = php::as_int(#name)?;),
                    ),
                    Repr::Float => (
                        quote!(#name: &Value),
                        quote!(let #name = php::as_float(#name)?;),
                    ),
                    Repr::Bool => (
                        quote!(#name: &Value),
                        quote!(let #name = php::as_bool(#name)?;),
                    ),
                    _ => (quote!(#name: &Value), nullable(ty, &name)),
                }
            })
            .collect();
        let (heads, starts): (Vec<_>, Vec<_>) = heads.into_iter().unzip();
        let beginning = beginning(function, &inner.slots);
        let body = inner.body(&function.body);
        let labels = inner.labels;
        self.labels = labels;
        let result = owned(returns);
        let body = quote!(#(#starts)* #(#beginning)* #body);
        if lent.is_empty() {
            return quote!(move |#object #(#heads),*| -> php::Result<#result> { #body });
        }
        let (names, kept): (Vec<_>, Vec<_>) = lent
            .iter()
            .map(|(_, name)| (name, shared_name(name)))
            .unzip();
        // The variable is the closure's own while its statements run, however they end.
        quote!(move |#object #(#heads),*| -> php::Result<#result> {
            #(let mut #names = std::mem::take(#kept);)*
            let given = (|| -> php::Result<#result> { #body })();
            #(*#kept = #names;)*
            given
        })
    }

    fn new_thrown(&mut self, class: &str, parents: &[String], args: &'a [Expr]) -> Code {
        let message = match args.first() {
            Some(message) => self.expr(message),
            None => Code::new(quote!(""), Repr::Str),
        };
        let of = if class.ends_with("Error") {
            "Error::__construct"
        } else {
            "Exception::__construct"
        };
        let message = match message.repr {
            Repr::Str => message.tokens,
            ref repr if is_value(repr) => {
                let value = self.plain_ref(&message, args[0].span);
                self.tried(quote!(php::typed_argument(php::string(#value), #of, 1)))
            }
            _ => message.string(),
        };
        let mut thrown = quote!(Thrown::new(#class, #message));
        if !parents.is_empty() {
            thrown.extend(quote!(.with_parents([#(#parents),*])));
        }
        if let Some(code) = args.get(1) {
            let zero = matches!(&*code.kind, ExprKind::Int(0));
            let span = code.span;
            let code = self.expr(code);
            let code = if is_value(&code.repr) {
                let value = self.plain_ref(&code, span);
                self.tried(quote!(php::typed_argument(php::integer(#value), #of, 2)))
            } else {
                code.int()
            };
            if !zero {
                thrown.extend(quote!(.with_code(#code)));
            }
        }
        if let Some(previous) = args.get(2) {
            let previous = self.kept(previous, &Ty::Thrown.nullable());
            thrown.extend(quote!(.with_previous(#previous)));
        }
        Code::new(thrown, Repr::Handle(Ty::Thrown))
    }

    fn of_thrown(&mut self, part: ThrownPart, inner: &'a Expr) -> Code {
        let code = self.expr(inner);
        let thrown = bare(self.argument(&code, &Ty::Thrown, inner.span));
        match part {
            ThrownPart::Message => Code::new(quote!(#thrown.message()), Repr::Str),
            ThrownPart::Class => Code::new(quote!(#thrown.class()), Repr::Str),
            ThrownPart::Code => Code::new(quote!(#thrown.code()), Repr::Int),
            ThrownPart::HasResponse => Code::new(quote!(#thrown.answer().is_some()), Repr::Bool),
            ThrownPart::AskedHasResponse => {
                Code::new(self.tried(quote!(#thrown.has_response())), Repr::Bool)
            }
            ThrownPart::AskedResponse => Code::new(
                self.tried(quote!(#thrown.response())),
                Repr::HandleRef(Ty::Answer.nullable()),
            ),
            ThrownPart::Response | ThrownPart::Reason => Code::new(
                quote!(#thrown.answer()),
                Repr::HandleRef(Ty::Answer.nullable()),
            ),
            ThrownPart::Previous => Code::new(
                quote!(#thrown.previous()),
                Repr::HandleRef(Ty::Thrown.nullable()),
            ),
        }
    }

    fn of_response(&mut self, span: Span, part: &'a ResponsePart, inner: &'a Expr) -> Code {
        let ty = self.types.of(inner);
        if *ty.present() == Ty::Answer {
            let code = self.expr(inner);
            let answer = bare(self.argument(&code, &Ty::Answer, span));
            return match part {
                ResponsePart::Status => Code::new(quote!(i64::from(#answer.status)), Repr::Int),
                ResponsePart::Body => Code::new(quote!(#answer.body.clone()), Repr::String),
                ResponsePart::Parsed => {
                    Code::new(quote!(php::xml_to_array(&#answer.body)), Repr::Value)
                }
                ResponsePart::Header(name) => {
                    let name = self.expr(name).text();
                    Code::new(quote!(#answer.header_line(#name)), Repr::String)
                }
            };
        }
        let code = self.expr(inner);
        let response = self.argument(&code, &Ty::Response, span);
        let plain = bare(response.clone());
        match part {
            ResponsePart::Status => {
                Code::new(quote!(i64::from(#plain.status().as_u16())), Repr::Int)
            }
            ResponsePart::Parsed => {
                let value = self.tried(quote!(#plain.value()));
                Code::new(value, Repr::ValueRef)
            }
            ResponsePart::Body => {
                let text = self.tried(quote!(#plain.text()));
                match code.repr {
                    // A text of an answer that is dropped at once.
                    Repr::Handle(_) => Code::new(quote!(#text.to_owned()), Repr::String),
                    _ => Code::new(text, Repr::Str),
                }
            }
            ResponsePart::Header(name) => {
                let name = self.expr(name).text();
                Code::new(quote!(php::header_line(#response, #name)), Repr::String)
            }
        }
    }
}

/// The name of a variable of the code around a closure, while the closure borrows it.
fn shared_name(name: &proc_macro2::Ident) -> proc_macro2::Ident {
    ident(&format!("shared_{name}").replace("r#", ""))
}

/// `x` of `&x`, before a dot.
pub(crate) fn bare(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match trees.next() {
        Some(proc_macro2::TokenTree::Punct(punct)) if punct.as_char() == '&' => trees.collect(),
        _ => tokens,
    }
}

/// Whether only a run tells what a value is.
fn is_value(repr: &Repr) -> bool {
    matches!(repr, Repr::Value | Repr::ValuePlace | Repr::ValueRef)
}

/// The parameter of a closure, where PHP declares a scalar or null.
fn nullable(ty: &Ty, name: &proc_macro2::Ident) -> TokenStream {
    let Ty::Maybe(inner) = ty else {
        return quote!();
    };
    let (converted, borrowed) = match **inner {
        Ty::Text => (quote!(php::as_text), quote!(let #name = #name.as_deref();)),
        Ty::Int => (quote!(php::as_int), quote!()),
        Ty::Float => (quote!(php::as_float), quote!()),
        Ty::Bool => (quote!(php::as_bool), quote!()),
        _ => return quote!(),
    };
    quote! {
        let #name = match #name {
            Value::Null => None,
            given => Some(#converted(given)?),
        };
        #borrowed
    }
}

/// Whether a key is a name, which no byte of a text has.
fn names_item(key: &Expr) -> bool {
    matches!(&*key.kind, ExprKind::Text(text) if text.parse::<i64>().is_err())
}
