//! Calls: of WeChat Pay, of the file's own functions, of the application.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, Repr, result_repr};
use super::expression::bare;
use super::function::Body;
use super::host::Asked;
use super::names::{ident, method_name, snake};
use super::print::Json;
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::tree::{Expr, ExprKind, Foreign, Function, PathPiece, Place, Root, Sdk};
use crate::recognise::SAFE_PATH;
use crate::syntax::Span;

/// What PHP does to the values of a path, and the port as well.
const CAPITALS: &str = "PHP rewrites the capitals of this value, since it stands in the path: `L1` is sent as `-l1`; the port sends the same";

/// The warning where the arguments of a call are the values of an array.
const TEXT_KEYS: &str = "PHP 8 takes the text keys of this array as names of parameters, PHP 7 takes the values in order; the port does as PHP 8";

impl<'a> Body<'_, 'a> {
    /// Makes a call.
    pub(crate) fn made(&self, call: TokenStream) -> TokenStream {
        if self.is_async {
            self.tried(quote!(#call.await))
        } else {
            self.tried(quote!(#call.wait()))
        }
    }

    pub(crate) fn path(&mut self, sdk: &'a Sdk) -> (String, Vec<(String, TokenStream)>) {
        let mut path = String::new();
        let mut vars: Vec<(String, TokenStream)> = Vec::new();
        for piece in &sdk.path {
            match piece {
                PathPiece::Text(text) => path.push_str(text),
                PathPiece::Value { value, first } => {
                    let wanted = match &*value.kind {
                        ExprKind::Local(local) => snake(&self.locals[*local].name),
                        ExprKind::Field(name) => snake(name),
                        _ => "segment".to_owned(),
                    };
                    let mut name = wanted.clone();
                    let mut number = 2;
                    while vars.iter().any(|(known, _)| *known == name)
                        || path.contains(&format!("{{{name}}}"))
                    {
                        name = format!("{wanted}_{number}");
                        number += 1;
                    }
                    self.warn_of_capitals(value);
                    let text = self.expr(value).text();
                    path.push_str(&format!("{{+{name}}}"));
                    let value = if *first {
                        quote!(php::path(#text))
                    } else {
                        quote!(php::path_value(#text))
                    };
                    vars.push((name, value));
                }
            }
        }
        (path, vars)
    }

    /// Warns of a value in a path, unless it has no capitals.
    fn warn_of_capitals(&mut self, value: &'a Expr) {
        let ty = self.types.of(value);
        if matches!(ty.present(), Ty::Int | Ty::Float | Ty::Bool) {
            return;
        }
        let problem = Problem::warning(value.span, CAPITALS).hint(SAFE_PATH);
        self.add_warning(problem);
    }

    pub(crate) fn warn(&mut self, span: Span, message: &str) {
        self.add_warning(Problem::warning(span, message));
    }

    fn add_warning(&mut self, problem: Problem) {
        if !self.shared.problems.contains(&problem) {
            self.shared.problems.push(problem);
        }
    }

    /// Warns of `call_user_func_array`, unless its list has no text keys.
    pub(crate) fn warn_of_keys(&mut self, span: Span, function: &str, args: &[Expr]) {
        let list = args.first().map(|list| &*list.kind);
        let numbered = matches!(list, Some(ExprKind::Builtin("array_values", _)));
        if function == "spread_arguments" && !numbered {
            self.warn(span, TEXT_KEYS);
        }
    }

    /// A call of the application.
    pub(crate) fn foreign(&mut self, span: Span, foreign: &'a Foreign, wanted: &Ty) -> Code {
        let mut given = Vec::new();
        let mut receiver = None;
        if let Some(object) = &foreign.receiver {
            match &*object.kind {
                ExprKind::Local(local) if self.slots[*local].repr == Repr::ValuePlace => {
                    let name = &self.slots[*local].name;
                    receiver = Some(quote!(&mut #name));
                }
                _ if foreign.changes => {
                    return self.refuse(span, "a function that changes an argument of this type");
                }
                _ => given.push(object),
            }
        }
        given.extend(&foreign.args);
        let types: Vec<Ty> = given.iter().map(|arg| self.types.of(arg)).collect();
        // Nobody could wait for one that is only lent.
        let promise = types.iter().position(|ty| *ty.present() == Ty::Promise);
        if let Some(promise) = promise {
            let span = given[promise].span;
            return self.refuse(span, "a promise where a plain value is expected");
        }
        let closures: Vec<_> = given.iter().map(|arg| closure_of(arg)).collect();
        let (line, php) = self.place(span);
        let file = self.shared.block.file_at(span.start).to_owned();
        let quoted = self.shared.quoted(foreign);
        let (method, types, returns) = self.shared.host.call(Asked {
            words: &foreign.whole,
            receiver: receiver.is_some(),
            class: foreign.class.as_deref(),
            args: &types,
            closures: &closures,
            returns: wanted,
            place: (file, line, php.clone()),
            quoted: &quoted,
            callables: foreign.callables,
        });
        if let Some(left) = &foreign.left {
            self.shared.note_left(left, &method);
        }
        if receiver.is_some()
            && let Some(object) = &foreign.receiver
            && let Some(name) = self.name_of(object)
        {
            self.shared.host.name_object(&method, &name);
        }
        let mut args = Vec::new();
        for (index, (arg, ty)) in given.iter().zip(&types).enumerate() {
            if let Some(name) = self.name_of(arg) {
                self.shared.host.name_argument(&method, index, &name);
            }
            if *ty == Ty::Closure {
                if self.mutates && self.changes_object(arg) {
                    let message = "a closure that changes the object, given to the application";
                    return self.refuse(arg.span, message);
                }
                let closure = self.callback(arg, &closures[index].1);
                args.push(quote!(&mut #closure));
                continue;
            }
            let is_given = std::mem::replace(&mut self.is_given, true);
            let code = self.expr(arg);
            self.is_given = is_given;
            args.push(self.argument(&code, ty, arg.span));
        }
        self.shared.uses_host = true;
        self.shared.note_app(span, &method, &php);
        let host = self.host.clone();
        let method = ident(&method);
        let mutates = given.iter().any(|arg| self.changes_object(arg));
        let object = receiver.as_ref().and(foreign.receiver.as_ref());
        if let Some(object) = object.filter(|object| given.iter().any(|arg| mentions(arg, object)))
        {
            // The arguments use the object before it is borrowed.
            let names: Vec<_> = args.iter().map(|_| self.taken.fresh("arg")).collect();
            let args = args.into_iter().zip(&given).map(|(code, arg)| {
                if matches!(*arg.kind, ExprKind::Local(_)) && mentions(arg, object) {
                    quote!(&(#code).clone())
                } else {
                    code
                }
            });
            let call = self.tried(quote!(#host.#method(#receiver, #(#names),*)));
            return Code::new(
                quote!({ #(let #names = #args;)* #call }),
                result_repr(&returns),
            );
        }
        let args = receiver.into_iter().chain(args);
        if mutates {
            // The arguments change the object before it is borrowed.
            let args: Vec<_> = args.collect();
            let names: Vec<_> = args.iter().map(|_| self.taken.fresh("arg")).collect();
            let call = self.tried(quote!(#host.#method(#(#names),*)));
            return Code::new(
                quote!({ #(let #names = #args;)* #call }),
                result_repr(&returns),
            );
        }
        let call = self.tried(quote!(#host.#method(#(#args),*)));
        Code::new(call, result_repr(&returns))
    }

    pub(crate) fn call_function(&mut self, span: Span, name: &str, args: &'a [Expr]) -> Code {
        let file = self.shared.file;
        let Some(function) = file
            .functions
            .iter()
            .find(|function| function.name.eq_ignore_ascii_case(name))
        else {
            return self.refuse(span, "this function");
        };
        let mut given = Vec::new();
        if self.shared.needs_host.contains(&name.to_ascii_lowercase()) {
            self.shared.uses_host = true;
            let host = self.host.clone();
            let is_field = !matches!(host.to_string().as_str(), "host");
            given.push(if is_field {
                quote!(&#host)
            } else {
                quote!(host)
            });
        }
        given.extend(self.arguments(span, function, args));
        let own = ident(&snake(&function.name));
        // A variable of the same name hides the function, and a closure in it would be called.
        let is_hidden = self.shared.variables.contains(&own.to_string())
            || self.taken.contains(&own.to_string());
        let own = if is_hidden {
            quote!(self::#own)
        } else {
            quote!(#own)
        };
        let is_async = self.shared.is_async.contains(&name.to_ascii_lowercase());
        self.called(quote!(#own(#(#given),*)), is_async, &function.returns)
    }

    fn called(&mut self, call: TokenStream, is_async: bool, returns: &Ty) -> Code {
        let call = if is_async && self.is_async {
            quote!(#call.await)
        } else {
            call
        };
        Code::new(self.tried(call), result_repr(returns))
    }

    /// PHP's name for a value that is passed: a variable, a property, or the key of an item.
    fn name_of(&self, value: &Expr) -> Option<String> {
        let name = match &*value.kind {
            ExprKind::Local(local) => &self.locals[*local].name,
            ExprKind::Field(name) => name,
            ExprKind::Index(_, key) => match &*key.kind {
                ExprKind::Text(name) => name,
                _ => return None,
            },
            ExprKind::Cast(_, inner) | ExprKind::Coerce(_, inner) | ExprKind::Strict(_, inner) => {
                return self.name_of(inner);
            }
            _ => return None,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let is_name =
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain);
        is_name.then(|| snake(name))
    }

    pub(crate) fn call_method(&mut self, span: Span, name: &str, args: &'a [Expr]) -> Code {
        let Some(class) = self.class else {
            return self.refuse(span, "a method outside of a class");
        };
        let found = class
            .methods
            .iter()
            .find(|method| method.name.eq_ignore_ascii_case(name));
        let Some(function) = found else {
            return self.refuse(span, "a call of this method");
        };
        let super::function::This::Object(this) = self.this.clone() else {
            return self.refuse(span, "a method before the object is made");
        };
        let given = self.arguments(span, function, args);
        let own = method_name(class, &function.name);
        let key = format!("{}::{}", class.name, name.to_ascii_lowercase());
        let is_async = self.shared.is_async.contains(&key);
        let borrowed =
            self.shared.mutates.contains(&key) && args.iter().any(|arg| self.borrows_object(arg));
        if borrowed || args.iter().any(|arg| self.changes_object(arg)) {
            // The arguments are read before the object is borrowed.
            let names: Vec<_> = given.iter().map(|_| self.taken.fresh("arg")).collect();
            let starts = names.iter().zip(&given).map(|(name, value)| {
                let value = cloned(value);
                quote!(let #name = #value;)
            });
            let starts: Vec<_> = starts.collect();
            let passed = names.iter().zip(&given).map(|(name, value)| {
                if is_reference(value) {
                    quote!(&#name)
                } else {
                    quote!(#name)
                }
            });
            let call = self.called(
                quote!(#this.#own(#(#passed),*)),
                is_async,
                &function.returns,
            );
            let tokens = call.tokens;
            return Code::new(quote!({ #(#starts)* #tokens }), call.repr);
        }
        self.called(quote!(#this.#own(#(#given),*)), is_async, &function.returns)
    }

    /// Whether a value sets a variable or a property when it is made.
    pub(crate) fn acts(&self, value: &Expr) -> bool {
        self.changes_object(value) || sets(value)
    }

    /// Whether a key of a place does more than to read, so that it is evaluated once.
    pub(crate) fn asks(&self, place: &Place) -> bool {
        let keys = || place.path.iter().flatten();
        keys().any(|key| self.acts(key) || calls(key))
    }

    /// The keys of a place that a value is put at, and what is done before the value is made.
    ///
    /// PHP evaluates a key before the value, but reads a variable that is a key after it.
    pub(crate) fn keys(
        &mut self,
        place: &'a Place,
        value: Option<&'a Expr>,
    ) -> (TokenStream, Vec<Option<TokenStream>>) {
        let mut within = place.path.iter().flatten();
        // `$a[count($a)] = $b`: the array is borrowed when the value is put.
        let reads_itself = within.any(|key| super::place::mentions(key, &place.root));
        let first = value.is_some_and(|value| self.acts(value)) || self.asks(place) || reads_itself;
        let mut starts = TokenStream::new();
        let keys = place.path.iter().map(|key| {
            let key = key.as_ref()?;
            let plain = matches!(
                *key.kind,
                ExprKind::Local(_) | ExprKind::Text(_) | ExprKind::Int(_)
            );
            if plain || !first {
                return Some(self.key(key));
            }
            let name = self.taken.fresh("key");
            let key = self.kept(key, &Ty::Any);
            starts.extend(quote!(let #name = #key;));
            Some(quote!(&#name))
        });
        let keys = keys.collect();
        (starts, keys)
    }

    /// Whether an expression calls a method that changes the object.
    pub(crate) fn changes_object(&self, arg: &Expr) -> bool {
        let Some(class) = self.class else {
            return false;
        };
        let own = match &*arg.kind {
            ExprKind::Method(name, _) => {
                let key = format!("{}::{}", class.name, name.to_ascii_lowercase());
                self.shared.mutates.contains(&key)
            }
            ExprKind::Closure(function, _) => self.changes_this(function),
            ExprKind::CallClosure(callee, _) if self.takes_this(callee) == Some(true) => true,
            _ => assigns_field(arg),
        };
        own || arg
            .clone()
            .children_mut()
            .into_iter()
            .any(|child| self.changes_object(child))
    }

    /// Whether an expression reads the object.
    pub(crate) fn borrows_object(&self, arg: &Expr) -> bool {
        let own = match &*arg.kind {
            ExprKind::Field(_) | ExprKind::Method(..) => true,
            ExprKind::CallClosure(callee, _) => self.takes_this(callee).is_some(),
            _ => false,
        };
        let mut copy = arg.clone();
        let mut children = copy.children_mut().into_iter();
        own || children.any(|child| self.borrows_object(child))
    }

    /// The arguments of a function of the file: those left out have their defaults.
    fn arguments(
        &mut self,
        span: Span,
        function: &'a Function,
        args: &'a [Expr],
    ) -> Vec<TokenStream> {
        let mut out = Vec::new();
        for (index, param) in function.params.iter().enumerate() {
            if param.variadic {
                let rest = args.get(index..).unwrap_or_default();
                let items = rest.iter().map(|arg| self.json_value(arg));
                let list = Json::list(items);
                let list = self.shared.inserts.json(list);
                out.push(quote!(&#list));
                break;
            }
            match (args.get(index), &param.default) {
                (Some(arg), _) | (None, Some(arg)) => {
                    let code = self.expr(arg);
                    out.push(self.argument(&code, &param.ty, arg.span));
                }
                (None, None) => out.push(self.refuse(span, "an argument is missing").tokens),
            }
        }
        out
    }

    pub(crate) fn call_closure(&mut self, span: Span, callee: &'a Expr, args: &'a [Expr]) -> Code {
        let code = self.expr(callee);
        if !matches!(
            code.repr,
            Repr::HandlePlace(Ty::Closure) | Repr::Handle(Ty::Closure)
        ) {
            return self.refuse(span, "a call of what may be no closure");
        }
        if let Some(changes) = self.takes_this(callee) {
            return self.call_with_this(&code, changes, args);
        }
        let args: Vec<_> = args
            .iter()
            .map(|arg| {
                let code = self.expr(arg);
                self.plain_ref(&code, arg.span)
            })
            .collect();
        let own = &code.tokens;
        let callee = match &*callee.kind {
            ExprKind::Closure(..) => quote!((#own)),
            _ => quote!(#own),
        };
        self.shared.throws.set(true);
        Code::new(self.tried(quote!(#callee(#(#args),*))), Repr::Value)
    }
}

impl<'a> Body<'_, 'a> {
    /// A value, and others whose effects stand before or behind it.
    pub(crate) fn aside(&mut self, value: &'a Expr, others: &'a [Expr], first: bool) -> Code {
        let ty = self.types.of(value);
        if first {
            let others: TokenStream = others.iter().map(|other| self.effect(other)).collect();
            let code = self.expr(value);
            let tokens = code.tokens;
            return Code::new(quote!({ #others #tokens }), code.repr);
        }
        let name = self.taken.fresh("arg");
        let value = self.kept(value, &ty);
        let others: TokenStream = others.iter().map(|other| self.effect(other)).collect();
        Code::new(
            quote!({ let #name = #value; #others #name }),
            result_repr(&ty),
        )
    }
}

fn is_reference(tokens: &TokenStream) -> bool {
    let mut trees = tokens.clone().into_iter();
    matches!(trees.next(), Some(proc_macro2::TokenTree::Punct(punct)) if punct.as_char() == '&')
}

/// The owned form of an argument: of a reference, a copy.
fn cloned(tokens: &TokenStream) -> TokenStream {
    if is_reference(tokens) {
        let inner = bare(tokens.clone());
        quote!((#inner).to_owned())
    } else {
        tokens.clone()
    }
}

/// How many parameters a closure takes, and what it gives: a client, or a value.
fn closure_of(arg: &Expr) -> (usize, Ty) {
    match &*arg.kind {
        ExprKind::Closure(function, captures) => {
            let gives = match function.returns {
                Ty::Client => Ty::Client,
                _ => Ty::Any,
            };
            (function.params.len() - captures.len(), gives)
        }
        _ => (0, Ty::Any),
    }
}

/// Whether an expression assigns a property itself.
fn assigns_field(expr: &Expr) -> bool {
    assigns(expr, &|place| matches!(place.root, Root::Field(_)))
}

/// Whether a value calls a function that is no builtin.
fn calls(value: &Expr) -> bool {
    let called = matches!(
        *value.kind,
        ExprKind::Call(..)
            | ExprKind::Method(..)
            | ExprKind::CallClosure(..)
            | ExprKind::Foreign(_)
            | ExprKind::Sdk(_)
            | ExprKind::Wait(_)
    );
    let mut value = value.clone();
    called || value.children_mut().into_iter().any(|child| calls(child))
}

/// Whether a value sets a variable or a property.
fn sets(value: &Expr) -> bool {
    let mut value = value.clone();
    assigns(&value, &|_| true) || value.children_mut().into_iter().any(|child| sets(child))
}

fn assigns(expr: &Expr, field: &dyn Fn(&Place) -> bool) -> bool {
    match &*expr.kind {
        ExprKind::Assign(place, _)
        | ExprKind::AssignOp(place, ..)
        | ExprKind::AssignMissing(place, _)
        | ExprKind::Step { place, .. }
        | ExprKind::Sort(_, place, _)
        | ExprKind::Change(_, place, _)
        | ExprKind::Unset(place) => field(place),
        ExprKind::Unpack(places, _) => places.iter().any(|target| field(&target.place)),
        _ => false,
    }
}

/// Whether a value uses the variable that a call is made on.
fn mentions(value: &Expr, object: &Expr) -> bool {
    let ExprKind::Local(object) = *object.kind else {
        return false;
    };
    let mut found = false;
    value
        .clone()
        .locals_mut(&mut |local, _| found |= *local == object);
    found
}
