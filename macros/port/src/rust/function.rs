//! The body of a function: what is known of its variables, and how it is left.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Lifetime;

use super::code::{Code, Repr, borrowed, owned, param_repr, place_repr};
use super::file::Shared;
use super::host::Asked;
use super::names::{Taken, ident, snake};
use crate::diagnostic::Problem;
use crate::hir::arrays::Arrays;
use crate::hir::tree::{Class, Expr, ExprKind, Function, Local, Param, Promise, Stmt, StmtKind};
use crate::hir::{Ty, Types};
use crate::syntax::Span;

/// A variable in Rust.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) name: Ident,
    pub(crate) repr: Repr,
    pub(crate) ty: Ty,
}

/// A promise, and what its handlers keep of variables.
pub(crate) type Kept<'a> = (&'a Promise, Vec<(usize, Slot)>);

/// What `$this` is.
#[derive(Debug, Clone)]
pub(crate) enum This {
    /// There is none.
    None,
    /// `self`, or `this` in a constructor.
    Object(TokenStream),
    /// In a constructor, each property is a variable until the object is made.
    Fields(BTreeMap<String, Ident>),
}

/// How `return` leaves.
#[derive(Clone)]
pub(crate) enum Return {
    /// The function.
    Function,
    /// A handler of a promise, or a `try` with a `finally`: a labelled block.
    Label(Lifetime, bool),
}

/// A loop or `switch` around.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) label: Lifetime,
    pub(crate) used: bool,
    /// The block that `continue` leaves, where something is done after each turn.
    pub(crate) turn: Option<Lifetime>,
    pub(crate) turn_used: bool,
    pub(crate) is_switch: bool,
}

/// A `try` with a `finally`.
#[derive(Clone)]
pub(crate) struct Finally {
    /// The block that is left before the `finally`.
    pub(crate) label: Lifetime,
    /// The loops outside that are left: the index in `around`, and whether by `continue`.
    pub(crate) leaves: Vec<(usize, bool)>,
}

/// Writes the body of one function.
pub(crate) struct Body<'s, 'a> {
    pub(crate) shared: &'s mut Shared<'a>,
    pub(crate) class: Option<&'a Class>,
    pub(crate) types: Types,
    pub(crate) slots: Vec<Slot>,
    /// The facts about the variables.
    pub(crate) locals: Vec<Local>,
    /// The variables that begin without a value.
    pub(crate) declared: BTreeSet<usize>,
    pub(crate) taken: Taken,
    pub(crate) this: This,
    /// Whether `this` is `&mut`, so that a closure would take it away.
    pub(crate) mutates: bool,
    pub(crate) host: TokenStream,
    pub(crate) returns: Ty,
    /// Whether PHP throws where it gives something else than an array.
    pub(crate) gives_array: Option<Arrays>,
    pub(crate) is_async: bool,
    /// The block that an exception leaves; else it leaves the function.
    pub(crate) thrown_to: Option<Lifetime>,
    pub(crate) return_to: Return,
    pub(crate) around: Vec<Around>,
    /// How many of `around` a `finally` stands before.
    pub(crate) barrier: usize,
    /// Each `try` with a `finally` around.
    pub(crate) finallies: Vec<Finally>,
    /// Promises that variables hold.
    pub(crate) promises: BTreeMap<usize, Kept<'a>>,
    /// The first values of variables.
    pub(crate) lets: BTreeMap<usize, Expr>,
    pub(crate) labels: usize,
    /// Where comments were written up to.
    pub(crate) comments_to: usize,
    pub(crate) is_main: bool,
    /// Statements that come before the one that is written at present.
    pub(crate) before: TokenStream,
    /// Whether there may be such.
    pub(crate) may_hoist: bool,
    /// The variables of a closure that are copies from outside.
    pub(crate) captured: Vec<usize>,
    /// Whether nothing is done with the answer of the call that is written.
    pub(crate) discarded: bool,
    /// Whether an argument of the application's is written: a log is given exceptions.
    pub(crate) is_given: bool,
    /// Whether an array is read that a function gives back.
    pub(crate) is_returned: bool,
    /// The item that is put into a place.
    pub(crate) item: Option<TokenStream>,
    /// How often each variable is read; more than once in what may run again.
    pub(crate) reads: BTreeMap<usize, usize>,
    /// The names of such within one statement.
    pub(crate) bound: BTreeSet<String>,
    /// The variables that hold closures which are given the object at each call; whether they change it.
    pub(crate) given_this: BTreeMap<usize, bool>,
    /// The variables whose values are not only called as closures.
    pub(crate) given_away: BTreeSet<usize>,
    /// The variables that an assignment, or a `foreach` or `catch` around, has begun.
    pub(crate) begun: BTreeSet<usize>,
}

impl<'s, 'a> Body<'s, 'a> {
    pub(crate) fn new(
        shared: &'s mut Shared<'a>,
        class: Option<&'a Class>,
        function: &Function,
        types: Types,
    ) -> Self {
        let mut taken = Taken::default();
        if function.notified {
            for name in super::notify::NAMES {
                let _ = taken.fresh(name);
            }
        }
        let slots = slots(function, &mut taken);
        let names = slots.iter().map(|slot| slot.name.to_string());
        shared.variables.extend(names);
        Self {
            shared,
            class,
            types,
            slots,
            locals: function.locals.clone(),
            declared: declared(&function.body),
            taken,
            this: This::None,
            mutates: false,
            host: quote!(self.host),
            returns: function.returns.clone(),
            gives_array: function.gives_array,
            is_async: false,
            thrown_to: None,
            return_to: Return::Function,
            around: Vec::new(),
            barrier: 0,
            finallies: Vec::new(),
            promises: BTreeMap::new(),
            lets: lets(&function.body),
            labels: 0,
            comments_to: function.span.start,
            is_main: false,
            before: TokenStream::new(),
            may_hoist: false,
            captured: Vec::new(),
            discarded: false,
            is_given: false,
            is_returned: false,
            item: None,
            reads: reads(function),
            bound: BTreeSet::new(),
            given_this: BTreeMap::new(),
            given_away: super::borrowed::given_away(&function.body),
            begun: BTreeSet::new(),
        }
    }

    pub(crate) fn is_declared(&self, local: usize) -> bool {
        self.declared.contains(&local)
    }

    /// Whether a variable is there, so that a `foreach` or `catch` sets it.
    pub(crate) fn has_begun(&self, local: usize) -> bool {
        self.is_declared(local) || self.begun.contains(&local)
    }

    /// Whether a variable is read here and nowhere else.
    fn is_last_read(&self, tokens: &TokenStream) -> bool {
        let text = tokens.to_string();
        let mut slots = self.slots.iter().enumerate();
        let same: Vec<_> = slots
            .by_ref()
            .filter(|(_, slot)| slot.name == text)
            .map(|(local, _)| local)
            .collect();
        self.is_main
            && !same.is_empty()
            && same
                .iter()
                .all(|local| self.reads.get(local).is_none_or(|count| *count <= 1))
    }

    pub(crate) fn is_mutable(&self, local: usize) -> bool {
        self.locals.get(local).is_some_and(|local| local.mutable)
    }

    pub(crate) fn may_be_unset(&self, local: usize) -> bool {
        self.locals
            .get(local)
            .is_some_and(|local| local.maybe_unset)
    }

    /// A label that no other block has.
    pub(crate) fn label(&mut self, name: &str) -> Lifetime {
        self.labels += 1;
        let text = match self.labels {
            1 => format!("'{name}"),
            number => format!("'{name}_{number}"),
        };
        Lifetime::new(&text, proc_macro2::Span::call_site())
    }

    /// The value of a `Result`, or the way of what was thrown.
    pub(crate) fn tried(&self, result: TokenStream) -> TokenStream {
        self.notes_throw(&result);
        match &self.thrown_to {
            None => quote!(#result?),
            Some(label) => quote!(php::attempt!(#label, #result)),
        }
    }

    /// A part that may throw one of PHP's exceptions makes the function's result one of PHP's.
    fn notes_throw(&self, result: &TokenStream) {
        let first = result.clone().into_iter().next();
        let own = match first {
            Some(proc_macro2::TokenTree::Ident(ident)) => {
                let own = [
                    "client",
                    "Client",
                    "PrivateKey",
                    "PublicKey",
                    "Certificate",
                    "Media",
                    "SignType",
                    "aes",
                    "digest",
                    "SystemClock",
                ];
                own.iter().any(|name| ident == name)
                    || self.slots.iter().any(|slot| slot.name == ident)
            }
            _ => false,
        };
        if !own || self.thrown_to.is_some() {
            self.shared.throws.set(true);
        }
    }

    /// Leaves with an exception; as an expression of type `!`.
    pub(crate) fn throw(&self, thrown: &TokenStream) -> TokenStream {
        self.shared.throws.set(true);
        match &self.thrown_to {
            None => quote!(return Err(#thrown)),
            Some(label) => quote!(break #label #thrown),
        }
    }

    pub(crate) fn problem(&mut self, problem: Problem) -> TokenStream {
        let message = self.shared.placed(&problem);
        if !self.shared.problems.contains(&problem) {
            self.shared.problems.push(problem);
        }
        quote!(compile_error!(#message))
    }

    pub(crate) fn refuse(&mut self, span: Span, message: &str) -> Code {
        let problem = Problem::error(span, message).hint("write this part in Rust");
        let tokens = self.problem(problem);
        Code::new(tokens, Repr::Never)
    }

    /// Line and text of a piece of PHP.
    pub(crate) fn place(&self, span: Span) -> (usize, String) {
        let (line, _) = self.shared.block.position(span.start);
        let text = self.shared.block.text.get(span.range()).unwrap_or_default();
        let words: Vec<_> = text.split_whitespace().collect();
        let text = words.join(" ").replace('`', "'");
        let short: String = text.chars().take(LONGEST).collect();
        let text = if short.len() < text.len() {
            format!("{short} …")
        } else {
            text
        };
        (line, text)
    }

    /// The owned form of a value whose type is known.
    pub(crate) fn convert(&mut self, code: &Code, ty: &Ty, span: Span) -> TokenStream {
        if code.is_never() {
            return code.tokens.clone();
        }
        match ty {
            Ty::Text => match &code.repr {
                Repr::Value
                | Repr::ValuePlace
                | Repr::ValueRef
                | Repr::OptionStr
                | Repr::OptionString => {
                    let value = code.value_ref();
                    self.tried(quote!(php::as_text(#value)))
                }
                Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_) => {
                    self.refuse(span, "an object as a text").tokens
                }
                _ => code.string(),
            },
            Ty::Int => match &code.repr {
                Repr::Int => code.tokens.clone(),
                Repr::Bool => code.int(),
                _ => {
                    let value = code.value_ref();
                    self.tried(quote!(php::as_int(#value)))
                }
            },
            Ty::Float => match &code.repr {
                Repr::Float => code.tokens.clone(),
                _ => {
                    let value = code.value_ref();
                    self.tried(quote!(php::as_float(#value)))
                }
            },
            Ty::Bool => match &code.repr {
                Repr::Value | Repr::ValuePlace | Repr::ValueRef | Repr::Null => {
                    let value = code.value_ref();
                    self.tried(quote!(php::as_bool(#value)))
                }
                _ => code.truth(),
            },
            Ty::Void => code.tokens.clone(),
            Ty::Maybe(inner) => self.convert_maybe(code, inner, span),
            ty if ty.is_plain() || matches!(ty, Ty::Unknown | Ty::Never | Ty::Closure) => {
                self.plain(code, span)
            }
            ty => self.handle(code, ty, span),
        }
    }

    /// The value that PHP keeps where a scalar type is declared.
    pub(crate) fn coerced(&mut self, code: Code, ty: &Ty, span: Span) -> Code {
        let inner = ty.present();
        let as_it_is = match (&code.repr, inner) {
            (Repr::Str | Repr::String, Ty::Text) => true,
            (Repr::Null, _) => ty != inner,
            _ => code.is_never(),
        };
        if as_it_is {
            return code;
        }
        let repr = match inner {
            Ty::Text => Repr::String,
            Ty::Int => Repr::Int,
            Ty::Float => Repr::Float,
            _ => Repr::Bool,
        };
        let own = matches!(
            code.repr,
            Repr::Int | Repr::Float | Repr::Bool | Repr::Str | Repr::String
        );
        if ty == inner || own {
            return Code::new(self.convert(&code, inner, span), repr);
        }
        let value = code.value_ref();
        let some = Code::new(quote!(value), Repr::ValueRef);
        let some = self.convert(&some, inner, span);
        let value = quote!(match #value {
            Value::Null => Value::Null,
            value => Value::from(#some),
        });
        Code::new(value, Repr::Value)
    }

    /// The value where a scalar type is declared and PHP converts none.
    fn strict_value(&mut self, code: &Code, ty: &Ty, span: Span) -> TokenStream {
        let function = match ty {
            Ty::Text => quote!(php::strict_text),
            Ty::Int => quote!(php::strict_int),
            Ty::Float => quote!(php::strict_float),
            _ => quote!(php::strict_bool),
        };
        let value = self.plain_ref(code, span);
        self.tried(quote!(#function(#value)))
    }

    /// The same, where the form of the value does not show that it has the type.
    pub(crate) fn strict(&mut self, code: Code, ty: &Ty, span: Span) -> Code {
        let inner = ty.present();
        let is_right = match (&code.repr, inner) {
            (Repr::Str | Repr::String | Repr::StringPlace, Ty::Text) => true,
            (Repr::Int, Ty::Int | Ty::Float) => true,
            (Repr::Float, Ty::Float) | (Repr::Bool, Ty::Bool) => true,
            (Repr::OptionStr | Repr::OptionString, Ty::Text) => ty != inner,
            (Repr::Null, _) => ty != inner,
            _ => code.is_never(),
        };
        if is_right {
            return code;
        }
        if ty == inner {
            let repr = match inner {
                Ty::Text => Repr::String,
                Ty::Int => Repr::Int,
                Ty::Float => Repr::Float,
                _ => Repr::Bool,
            };
            return Code::new(self.strict_value(&code, inner, span), repr);
        }
        let value = self.plain_ref(&code, span);
        let some = Code::new(quote!(value), Repr::ValueRef);
        let some = self.strict_value(&some, inner, span);
        let value = quote!(match #value {
            Value::Null => Value::Null,
            value => Value::from(#some),
        });
        Code::new(value, Repr::Value)
    }

    /// A value where PHP declares an array.
    pub(crate) fn as_array(&self, value: &TokenStream, arrays: Arrays) -> TokenStream {
        if arrays == Arrays::Only {
            return self.tried(quote!(php::as_array(#value)));
        }
        let array = self.tried(quote!(php::as_array(value)));
        quote!(match #value {
            Value::Null => Value::Null,
            value => #array,
        })
    }

    /// A `Value`, or why it is none.
    pub(super) fn plain(&mut self, code: &Code, span: Span) -> TokenStream {
        match &code.repr {
            Repr::Handle(ty) | Repr::HandlePlace(ty) | Repr::HandleRef(ty) if *ty != Ty::Thrown => {
                let what = what(ty);
                self.refuse(span, &format!("{what} where a plain value is expected"))
                    .tokens
            }
            _ => code.value(),
        }
    }

    fn convert_maybe(&mut self, code: &Code, inner: &Ty, span: Span) -> TokenStream {
        let tokens = &code.tokens;
        match &code.repr {
            Repr::Null => code.instead(quote!(None)),
            Repr::OptionStr if *inner == Ty::Text => quote!(#tokens.map(str::to_owned)),
            Repr::OptionString if *inner == Ty::Text => quote!(#tokens),
            Repr::OptionCopy(_) => quote!(#tokens),
            Repr::Handle(Ty::Maybe(_)) => quote!(#tokens),
            Repr::HandlePlace(Ty::Maybe(inner))
                if matches!(**inner, Ty::Response | Ty::Promise) =>
            {
                quote!(#tokens)
            }
            Repr::HandlePlace(Ty::Maybe(_)) => quote!(#tokens.clone()),
            Repr::HandleRef(Ty::Maybe(_)) => quote!(#tokens.cloned()),
            Repr::Value | Repr::ValuePlace | Repr::ValueRef => {
                let value = code.value_ref();
                let there = Code::new(quote!(value), Repr::ValueRef);
                let some = self.convert(&there, inner, span);
                quote!(match #value {
                    Value::Null => None,
                    value => Some(#some),
                })
            }
            _ => {
                let some = self.convert(code, inner, span);
                quote!(Some(#some))
            }
        }
    }

    fn handle(&mut self, code: &Code, wanted: &Ty, span: Span) -> TokenStream {
        let tokens = &code.tokens;
        let present = presence(wanted);
        match &code.repr {
            Repr::Handle(ty) if ty == wanted => quote!(#tokens),
            // An answer and a call have one owner.
            Repr::HandlePlace(ty) if ty == wanted && matches!(ty, Ty::Response | Ty::Promise) => {
                quote!(#tokens)
            }
            Repr::HandleRef(ty) if ty == wanted && !matches!(ty, Ty::Response | Ty::Promise) => {
                quote!(#tokens.clone())
            }
            Repr::HandlePlace(ty) if ty == wanted && self.is_last_read(tokens) => quote!(#tokens),
            Repr::HandlePlace(ty) if ty == wanted => quote!(#tokens.clone()),
            Repr::Handle(Ty::Maybe(ty)) if **ty == *wanted => self.tried(quote!(#present(#tokens))),
            // An answer and a call have one owner.
            Repr::HandlePlace(Ty::Maybe(ty))
                if **ty == *wanted && matches!(**ty, Ty::Response | Ty::Promise) =>
            {
                self.tried(quote!(#present(#tokens)))
            }
            Repr::HandlePlace(Ty::Maybe(ty)) if **ty == *wanted => {
                self.tried(quote!(#present(#tokens.clone())))
            }
            Repr::HandleRef(Ty::Maybe(ty)) if **ty == *wanted => {
                self.tried(quote!(#present(#tokens.cloned())))
            }
            // An answer that an exception may carry, too.
            Repr::Handle(Ty::Response) | Repr::HandlePlace(Ty::Response)
                if *wanted == Ty::Answer =>
            {
                self.tried(quote!(php::answer(&#tokens)))
            }
            Repr::HandleRef(Ty::Response) if *wanted == Ty::Answer => {
                self.tried(quote!(php::answer(#tokens)))
            }
            Repr::Value | Repr::ValuePlace | Repr::ValueRef
                if matches!(wanted, Ty::Client | Ty::Thrown) =>
            {
                self.held_by_host(code, wanted, span)
            }
            // The SDK reads a key from its text.
            Repr::Value
            | Repr::ValuePlace
            | Repr::ValueRef
            | Repr::Str
            | Repr::String
            | Repr::StringPlace
                if matches!(wanted, Ty::PrivateKey | Ty::PublicKey) =>
            {
                let text = code.text();
                let read = ident(match wanted {
                    Ty::PrivateKey => "private_key",
                    _ => "public_key",
                });
                self.tried(quote!(php::#read(#text)))
            }
            _ => {
                let what = what(wanted);
                self.refuse(span, &format!("a value where {what} is expected"))
                    .tokens
            }
        }
    }

    /// Asks the application for the client or exception that one of its objects is in PHP.
    pub(crate) fn held_by_host(&mut self, code: &Code, wanted: &Ty, span: Span) -> TokenStream {
        let (line, php) = self.place(span);
        let place = (self.shared.block.file.clone(), line, php.clone());
        let noun = if *wanted == Ty::Client {
            "client"
        } else {
            "exception"
        };
        let words = ["as".to_owned(), noun.to_owned()];
        let host = &mut self.shared.host;
        let (method, _, _) = host.call(Asked {
            words: &words,
            receiver: false,
            class: None,
            args: &[Ty::Any],
            closures: &[(0, Ty::Any)],
            returns: wanted,
            place,
            quoted: &[],
            callables: false,
        });
        self.shared.uses_host = true;
        self.shared.use_type(wanted);
        self.shared.note_app(span, &method, &php);
        let (host, method) = (self.host.clone(), ident(&method));
        let value = code.value_ref();
        if self.mutates && code.repr == Repr::Value {
            // A method that changes the object has run before the object is borrowed.
            let name = self.taken.fresh("value");
            let made = &code.tokens;
            let asked = self.tried(quote!(#host.#method(&#name)));
            return quote!({ let #name = #made; #asked });
        }
        self.tried(quote!(#host.#method(#value)))
    }

    /// The application's value for an exception in an array.
    pub(crate) fn value_of_exception(&mut self, code: &Code, span: Span) -> TokenStream {
        self.value_of(code, &Ty::Thrown, "exception", span)
    }

    /// The application's value for a client, for a property that holds another value at another time.
    pub(crate) fn value_of_client(&mut self, client: &'a Expr) -> Code {
        let code = self.expr(client);
        let code = Code::new(
            self.convert(&code, &Ty::Client, client.span),
            Repr::Handle(Ty::Client),
        );
        let value = self.value_of(&code, &Ty::Client, "client", client.span);
        Code::new(self.tried(quote!(php::client_value(#value))), Repr::Value)
    }

    fn value_of(&mut self, code: &Code, ty: &Ty, noun: &str, span: Span) -> TokenStream {
        let (line, php) = self.place(span);
        let place = (self.shared.block.file.clone(), line, php.clone());
        let words = [noun.to_owned(), "value".to_owned()];
        let host = &mut self.shared.host;
        let (method, _, _) = host.call(Asked {
            words: &words,
            receiver: false,
            class: None,
            args: std::slice::from_ref(ty),
            closures: &[(0, Ty::Any)],
            returns: &Ty::Any,
            place,
            quoted: &[],
            callables: false,
        });
        self.shared.uses_host = true;
        self.shared.use_type(ty);
        self.shared.note_app(span, &method, &php);
        let (host, method) = (self.host.clone(), ident(&method));
        let object = &code.tokens;
        match code.repr {
            Repr::HandleRef(_) => self.tried(quote!(#host.#method(#object))),
            _ => self.tried(quote!(#host.#method(&#object))),
        }
    }

    /// The argument for a parameter of a type.
    pub(crate) fn argument(&mut self, code: &Code, ty: &Ty, span: Span) -> TokenStream {
        let tokens = &code.tokens;
        let present = presence(ty);
        match ty {
            Ty::Text => match &code.repr {
                Repr::Value
                | Repr::ValuePlace
                | Repr::ValueRef
                | Repr::OptionStr
                | Repr::OptionString
                | Repr::Null => {
                    let owned = self.convert(code, ty, span);
                    quote!(&#owned)
                }
                Repr::Handle(_) | Repr::HandlePlace(_) | Repr::HandleRef(_) => {
                    self.refuse(span, "an object as a text").tokens
                }
                _ => code.text(),
            },
            Ty::Bool | Ty::Int | Ty::Float => self.convert(code, ty, span),
            Ty::Maybe(inner) => match (&**inner, &code.repr) {
                (Ty::Text, Repr::Null) => code.instead(quote!(None)),
                (Ty::Text, Repr::Str) => quote!(Some(#tokens)),
                (Ty::Text, Repr::String | Repr::StringPlace) => quote!(Some(&#tokens)),
                (Ty::Text, Repr::OptionStr) => quote!(#tokens),
                (Ty::Text, Repr::OptionString) => quote!(#tokens.as_deref()),
                (Ty::Text, _) => {
                    let owned = self.convert(code, ty, span);
                    quote!(#owned.as_deref())
                }
                (Ty::Bool | Ty::Int | Ty::Float, _) => self.convert(code, ty, span),
                (inner, _) if inner.is_plain() => self.plain_ref(code, span),
                (_, Repr::HandleRef(_)) => quote!(#tokens),
                (_, Repr::HandlePlace(known)) if known == ty => quote!(#tokens.as_ref()),
                (_, Repr::Null) => code.instead(quote!(None)),
                _ => {
                    let owned = self.convert(code, ty, span);
                    quote!(#owned.as_ref())
                }
            },
            ty if ty.is_plain() || matches!(ty, Ty::Unknown | Ty::Never | Ty::Void) => {
                self.plain_ref(code, span)
            }
            ty => match &code.repr {
                Repr::HandleRef(known) if known == ty => quote!(#tokens),
                Repr::Handle(known) | Repr::HandlePlace(known) if known == ty => quote!(&#tokens),
                Repr::HandlePlace(Ty::Maybe(known)) if **known == *ty => {
                    self.tried(quote!(#present(#tokens.as_ref())))
                }
                Repr::HandleRef(Ty::Maybe(known)) if **known == *ty => {
                    self.tried(quote!(#present(#tokens)))
                }
                _ => {
                    let owned = self.handle(code, ty, span);
                    quote!(&#owned)
                }
            },
        }
    }

    pub(crate) fn plain_ref(&mut self, code: &Code, span: Span) -> TokenStream {
        match &code.repr {
            Repr::Value | Repr::ValuePlace | Repr::ValueRef => code.value_ref(),
            _ => {
                let value = self.plain(code, span);
                quote!(&#value)
            }
        }
    }

    /// An expression as what is kept.
    pub(crate) fn kept(&mut self, expr: &'a Expr, ty: &Ty) -> TokenStream {
        if let ExprKind::Foreign(foreign) = &*expr.kind
            && matches!(ty.present(), Ty::Client | Ty::Thrown)
        {
            let code = self.foreign(expr.span, foreign, ty.present());
            return self.convert(&code, ty, expr.span);
        }
        let code = self.expr(expr);
        self.convert(&code, ty, expr.span)
    }
}

/// How much of a piece of PHP the documentation shows.
const LONGEST: usize = 120;

/// The name of a PHP object.
pub(crate) fn what(ty: &Ty) -> &'static str {
    match ty.present() {
        Ty::Client => "a client",
        Ty::Response | Ty::Answer => "an answer",
        Ty::Promise => "a promise",
        Ty::Thrown => "an exception",
        Ty::PublicKey => "a public key",
        Ty::PrivateKey => "a private key",
        Ty::Media => "a file to upload",
        Ty::Closure => "a closure",
        _ => "a value",
    }
}

fn reads(function: &Function) -> BTreeMap<usize, usize> {
    fn count(body: &mut [Stmt], again: bool, found: &mut BTreeMap<usize, usize>) {
        for stmt in body {
            let times =
                if again || matches!(stmt.kind, StmtKind::While { .. } | StmtKind::DoWhile(..)) {
                    2
                } else {
                    1
                };
            for expr in stmt.exprs_mut() {
                expr.locals_mut(&mut |local, how| {
                    if how != crate::hir::Use::Write {
                        *found.entry(*local).or_default() += times;
                    }
                });
            }
            for (body, repeated) in stmt.bodies_mut() {
                count(body, again || repeated, found);
            }
        }
    }
    let mut found = BTreeMap::new();
    count(&mut function.body.clone(), false, &mut found);
    found
}

fn lets(body: &[Stmt]) -> BTreeMap<usize, Expr> {
    let mut found = BTreeMap::new();
    let mut body = body.to_vec();
    let mut todo: Vec<&mut Stmt> = body.iter_mut().collect();
    while let Some(stmt) = todo.pop() {
        if let StmtKind::Let(local, value) = &stmt.kind {
            found.insert(*local, value.clone());
        }
        for (body, _) in stmt.bodies_mut() {
            todo.extend(body.iter_mut());
        }
    }
    found
}

fn declared(body: &[Stmt]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut body = body.to_vec();
    let mut todo: Vec<&mut Stmt> = body.iter_mut().collect();
    while let Some(stmt) = todo.pop() {
        if let StmtKind::Declare(locals) = &stmt.kind {
            found.extend(locals.iter().copied());
        }
        for (body, _) in stmt.bodies_mut() {
            todo.extend(body.iter_mut());
        }
    }
    found
}

fn slots(function: &Function, taken: &mut Taken) -> Vec<Slot> {
    let mut names: BTreeMap<&str, Ident> = BTreeMap::new();
    // Those that need no other spelling come first.
    for local in &function.locals {
        let same = snake(&local.name) == local.name && local.name != "instance";
        if same && !names.contains_key(local.name.as_str()) {
            names.insert(&local.name, taken.variable(&local.name));
        }
    }
    let mut slots = Vec::new();
    for (index, local) in function.locals.iter().enumerate() {
        let param = function.params.iter().find(|param| param.local == index);
        let name = match names.get(local.name.as_str()) {
            Some(known) => known.clone(),
            // As documentation calls the client.
            None if local.name == "instance" && *local.ty.present() == Ty::Client => {
                taken.variable("client")
            }
            None => taken.variable(&local.name),
        };
        names.insert(&local.name, name.clone());
        let repr = match param {
            Some(param) if !local.mutable => param_repr(&param.ty),
            Some(param) => changed(&param.ty),
            None => place_repr(&local.ty),
        };
        slots.push(Slot {
            name,
            repr,
            ty: param.map_or_else(|| local.ty.clone(), |param| param.ty.clone()),
        });
    }
    slots
}

/// The copy of a parameter that the function changes.
fn changed(ty: &Ty) -> Repr {
    match ty {
        Ty::Bool => Repr::Bool,
        Ty::Int | Ty::Float | Ty::Text => Repr::ValuePlace,
        ty if ty.is_plain() || *ty == Ty::Unknown => Repr::ValuePlace,
        ty => Repr::HandlePlace(ty.clone()),
    }
}

/// The beginning of a function: the arrays among its parameters are checked, and those that it changes are copied.
pub(crate) fn beginning(function: &Function, slots: &[Slot]) -> Vec<TokenStream> {
    let checks = function
        .params
        .iter()
        .filter_map(|param| array_check(param, &slots[param.local].name));
    checks.chain(copies(function, slots)).collect()
}

fn array_check(param: &Param, name: &Ident) -> Option<TokenStream> {
    let arrays = param.arrays.filter(|_| !param.by_reference)?;
    let check = match arrays {
        Arrays::Only => quote!(php::expect_array),
        Arrays::OrNull => quote!(php::expect_array_or_null),
    };
    if param.variadic {
        return Some(quote!(php::values(#name).iter().try_for_each(#check)?;));
    }
    let is_value = matches!(param_repr(&param.ty), Repr::ValueRef);
    is_value.then(|| quote!(#check(#name)?;))
}

/// `let mut name = …;` for the parameters that are changed.
fn copies(function: &Function, slots: &[Slot]) -> impl Iterator<Item = TokenStream> {
    let params = function
        .params
        .iter()
        .filter(|param| function.locals[param.local].mutable && !param.by_reference);
    params.map(|param| {
        let name = &slots[param.local].name;
        let given = Code::new(quote!(#name), param_repr(&param.ty));
        match &slots[param.local].repr {
            Repr::Bool => quote!(let mut #name = #name;),
            Repr::HandlePlace(Ty::Maybe(_)) => quote!(let mut #name = #name.cloned();),
            Repr::HandlePlace(_) => quote!(let mut #name = #name.clone();),
            _ => {
                let value = given.value();
                quote!(let mut #name = #value;)
            }
        }
    })
}

/// Names and types of the parameters.
pub(crate) fn params(function: &Function, slots: &[Slot]) -> Vec<(Ident, TokenStream)> {
    let params = function.params.iter();
    params
        .map(|param| (slots[param.local].name.clone(), borrowed(&param.ty)))
        .collect()
}

/// The result of a function.
pub(crate) fn result(ty: &Ty) -> TokenStream {
    let ty = owned(ty);
    quote!(php::Result<#ty>)
}

/// The function that gives what is there: `Rsa` of PHP throws where a key is missing, and PHP itself
/// where an object is.
fn presence(ty: &Ty) -> TokenStream {
    match ty {
        Ty::PrivateKey | Ty::PublicKey => quote!(php::present_key),
        _ => quote!(php::present),
    }
}
