//! Calls of the application's code.

use super::Builder;
use crate::diagnostic::Problem;
use crate::hir::Ty;
use crate::hir::builtin::Builtin;
use crate::hir::function::known_as;
use crate::hir::tree::{Entry, Expr, ExprKind, Foreign, ThrownPart};
use crate::syntax::is_word;
use crate::syntax::{self, Arg, ExprKind as PhpKind, Item, Member, Span, WholeExpr};

impl<'a> Builder<'a> {
    pub(super) fn foreign(
        &self,
        span: Span,
        words: Vec<String>,
        receiver: Option<Expr>,
        args: Vec<Expr>,
    ) -> Expr {
        let last = |word: &String| word.rsplit('\\').next().unwrap_or_default().to_owned();
        let foreign = Foreign {
            words: words.iter().map(last).collect(),
            whole: words,
            receiver,
            class: None,
            changes: false,
            args,
            quoted: Vec::new(),
            left: None,
            callables: false,
        };
        Expr::new(span, ExprKind::Foreign(Box::new(foreign)))
    }

    /// A chain of calls that is not the SDK's: one method, with the arguments of all its links.
    pub(super) fn foreign_expr(&mut self, expr: &'a syntax::Expr) -> Expr {
        let mut words = Vec::new();
        let mut args = Vec::new();
        let mut receiver = None;
        let outer = std::mem::replace(&mut self.gives_to_application, false);
        let around = std::mem::replace(&mut self.names_callables, false);
        self.links(expr, &mut words, &mut args, &mut receiver);
        self.gives_to_application = outer;
        let mut call = self.foreign(expr.span, words, receiver, args);
        if let ExprKind::Foreign(foreign) = &mut *call.kind {
            foreign.callables = self.names_callables;
        }
        self.names_callables |= around;
        call
    }

    fn links(
        &mut self,
        expr: &'a syntax::Expr,
        words: &mut Vec<String>,
        args: &mut Vec<Expr>,
        receiver: &mut Option<Expr>,
    ) {
        match &expr.kind {
            PhpKind::MethodCall {
                object,
                method,
                args: given,
            } => {
                self.object(object, words, args, receiver);
                self.member(method, words, args);
                self.all(Some(object), given, words, args);
            }
            PhpKind::Property { object, member } => {
                self.object(object, words, args, receiver);
                self.member(member, words, args);
            }
            PhpKind::StaticCall {
                class,
                method,
                args: given,
            } => {
                words.push(self.class_word(class));
                words.push(method.clone());
                self.all(None, given, words, args);
            }
            PhpKind::Call {
                function,
                args: given,
            } => {
                words.push(function.written.trim_start_matches('\\').replace('\\', "_"));
                let known = Builtin::of(known_as(&function.last())).is_some();
                if let Some(name) = given.iter().find_map(|arg| arg.name.as_ref())
                    && known
                {
                    let message = format!("the named argument `{name}:` is not followed here");
                    let problem = Problem::error(expr.span, message)
                        .hint("write the arguments in their order");
                    args.push(Expr::new(expr.span, ExprKind::Refused(problem)));
                }
                self.all(None, given, words, args);
            }
            PhpKind::New { class, args: given } => {
                words.push("new".to_owned());
                words.push(self.class_word(class));
                self.all(None, given, words, args);
            }
            PhpKind::Whole(whole) => match &**whole {
                WholeExpr::MethodCall(object, method, given) => {
                    self.object(object, words, args, receiver);
                    self.member(method, words, args);
                    self.all(Some(object), given, words, args);
                }
                WholeExpr::Property(object, member) => {
                    self.object(object, words, args, receiver);
                    self.member(member, words, args);
                }
                WholeExpr::StaticProperty(class, name) => {
                    words.extend(self.static_words(class, name));
                }
                _ => self.other(expr, words, args),
            },
            PhpKind::Include(path) => {
                words.push("include".to_owned());
                args.push(self.expr(path));
            }
            _ => self.other(expr, words, args),
        }
    }

    /// The receiver of a call: more of the chain, a value here, or `$this`.
    fn object(
        &mut self,
        object: &'a syntax::Expr,
        words: &mut Vec<String>,
        args: &mut Vec<Expr>,
        receiver: &mut Option<Expr>,
    ) {
        if let Some(name) = self.own_property(object)
            && let Some(shape) = self.class
        {
            if shape.foreign.contains(&name) || !shape.fields.contains_key(&name) {
                words.push(name);
            } else {
                words.push(name.clone());
                *receiver = Some(Expr::new(object.span, ExprKind::Field(name)));
            }
            return;
        }
        match &object.kind {
            PhpKind::Variable(name) if name == "this" => {}
            PhpKind::Variable(name) if self.is_global(name) => words.push(name.clone()),
            PhpKind::Variable(name) => {
                if self.is_item_name(name) {
                    self.misused.get_or_insert_with(|| name.clone());
                }
                words.push(name.clone());
                *receiver = Some(self.expr(object));
            }
            PhpKind::MethodCall { .. }
            | PhpKind::Property { .. }
            | PhpKind::StaticCall { .. }
            | PhpKind::Call { .. }
            | PhpKind::New { .. }
            | PhpKind::Whole(_) => {
                // A value that is known here is an argument; else the chain goes on.
                let built = self.expr(object);
                match *built.kind {
                    ExprKind::Foreign(inner) => {
                        words.extend(inner.whole);
                        *receiver = inner.receiver;
                        args.extend(inner.args);
                    }
                    _ => args.push(built),
                }
            }
            _ => args.push(self.expr(object)),
        }
    }

    fn member(&mut self, member: &'a Member, words: &mut Vec<String>, args: &mut Vec<Expr>) {
        match member {
            Member::Name { name, .. } => words.push(name.clone()),
            Member::Computed(expr) => args.push(self.expr(expr)),
        }
    }

    /// The arguments of a call. A spread argument is given as the array, and a named one in the order of writing: the
    /// words tell such a call from others of the same function.
    fn all(
        &mut self,
        object: Option<&'a syntax::Expr>,
        given: &'a [Arg],
        words: &mut Vec<String>,
        args: &mut Vec<Expr>,
    ) {
        for arg in given {
            let span = arg.value.span;
            if let Some(name) = &arg.name {
                words.push(format!("with_{name}"));
            }
            match &arg.value.kind {
                PhpKind::Whole(whole) => match &**whole {
                    WholeExpr::Spread(inner) => {
                        words.push("spread".to_owned());
                        args.push(self.expr(inner));
                    }
                    _ => args.push(self.expr(&arg.value)),
                },
                _ if self.has_callable(&arg.value) => args.push(self.callables(&arg.value)),
                PhpKind::Unsupported { what }
                    if what.contains("spread") || what.contains("callable") =>
                {
                    args.push(self.unknown(span, "a spread `...` here"));
                }
                PhpKind::Closure(closure) => {
                    self.gives_to_application = self.is_applications(object, given, arg, closure);
                    args.push(self.expr(&arg.value));
                    self.gives_to_application = false;
                }
                PhpKind::Array(items) if items.iter().any(|item| self.is_object(&item.value)) => {
                    self.with_objects(span, items, args);
                }
                _ => args.push(self.expr(&arg.value)),
            }
        }
    }

    /// Whether a value is a method of the object, or an array that holds one.
    fn has_callable(&self, value: &syntax::Expr) -> bool {
        match &value.kind {
            PhpKind::Array(items) if self.own_callable(value).is_none() => {
                items.iter().any(|item| self.has_callable(&item.value))
            }
            _ => !self.is_open() && self.own_callable(value).is_some(),
        }
    }

    /// A method of the object that is given away: `[$this, 'paid']`.
    fn own_callable<'v>(&self, value: &'v syntax::Expr) -> Option<&'v str>
    where
        'a: 'v,
    {
        match &value.kind {
            PhpKind::Array(items) => match &**items {
                [object, method] if object.value.is_this() => match &method.value.kind {
                    PhpKind::String(name) if object.key.is_none() && method.key.is_none() => {
                        Some(name)
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// Methods of the object as PHP names them, also within arrays: the application does not have the object.
    fn callables(&mut self, value: &'a syntax::Expr) -> Expr {
        let span = value.span;
        if let Some(method) = self.own_callable(value) {
            self.names_callables = true;
            let class = self.class_name().unwrap_or_default();
            let names = [class, method.to_owned()];
            let names = names.map(|name| Entry {
                key: None,
                value: Expr::new(span, ExprKind::Text(name)),
                spread: false,
            });
            return Expr::new(span, ExprKind::Array(names.into()));
        }
        let PhpKind::Array(items) = &value.kind else {
            return self.expr(value);
        };
        let mut entries = Vec::new();
        for item in items {
            let key = item.key.as_ref().map(|key| self.expr(key));
            let (value, spread) = match &item.value.kind {
                PhpKind::Whole(whole) => match &**whole {
                    WholeExpr::Spread(inner) => (self.expr(inner), true),
                    _ => (self.expr(&item.value), false),
                },
                _ => (self.callables(&item.value), false),
            };
            entries.push(Entry { key, value, spread });
        }
        Expr::new(span, ExprKind::Array(entries))
    }

    /// Whether a closure among these arguments is called with objects of the application's: their classes are declared, and
    /// the call has no other value of the code here that might hold them, but a parameter.
    fn is_applications(
        &self,
        object: Option<&syntax::Expr>,
        given: &[Arg],
        own: &Arg,
        closure: &syntax::Closure,
    ) -> bool {
        let is_class = |ty: &str| Ty::declared(ty).is_none() && !Ty::is_open(ty);
        let params = closure.params.iter();
        let declared = params.map(|param| param.ty.as_deref().is_some_and(is_class));
        let mut root = object;
        while let Some(PhpKind::MethodCall { object, args, .. }) = root.map(|root| &root.kind) {
            if !args.iter().all(|arg| is_constant(&arg.value)) {
                return false;
            }
            root = Some(object);
        }
        let of_application = match root.map(|root| &root.kind) {
            None => true,
            // What the closure sets is read of the copy here no more.
            Some(PhpKind::Variable(name)) => {
                let behind = self
                    .block
                    .text
                    .get(own.value.span.end..)
                    .unwrap_or_default();
                name != "this" && self.held.is_given(name) && !reads_property(behind, name)
            }
            Some(PhpKind::StaticCall { args, .. } | PhpKind::New { args, .. }) => {
                args.iter().all(|arg| is_constant(&arg.value))
            }
            Some(_) => false,
        };
        let others = given
            .iter()
            .filter(|arg| !matches!(arg.value.kind, PhpKind::Closure(_)));
        let alone = others.into_iter().all(|arg| is_constant(&arg.value));
        of_application && alone && declared.into_iter().all(|declared| declared)
    }

    /// An array that holds closures or objects of the SDK: it is given with null in their places, and they behind it.
    fn with_objects(&mut self, span: Span, items: &'a [Item], args: &mut Vec<Expr>) {
        let mut entries = Vec::new();
        let mut objects = Vec::new();
        for item in items {
            let key = item.key.as_ref().map(|key| self.expr(key));
            let (value, spread) = match &item.value.kind {
                _ if self.is_object(&item.value) => {
                    objects.push(self.expr(&item.value));
                    (Expr::new(item.value.span, ExprKind::Null), false)
                }
                PhpKind::Whole(whole) => match &**whole {
                    WholeExpr::Spread(inner) => (self.expr(inner), true),
                    _ => (self.expr(&item.value), false),
                },
                _ => (self.expr(&item.value), false),
            };
            entries.push(Entry { key, value, spread });
        }
        args.push(Expr::new(span, ExprKind::Array(entries)));
        args.append(&mut objects);
    }

    fn is_object(&self, value: &syntax::Expr) -> bool {
        matches!(
            self.kind_of(value),
            Ty::Closure | Ty::PublicKey | Ty::PrivateKey | Ty::Client | Ty::Media | Ty::Promise
        )
    }

    /// Any other expression: the variables in it are given to the method.
    fn other(&mut self, expr: &'a syntax::Expr, words: &mut Vec<String>, args: &mut Vec<Expr>) {
        let what = match &expr.kind {
            PhpKind::Unsupported { what } => what.clone(),
            _ => "value".to_owned(),
        };
        words.extend(
            what.split(|c: char| !c.is_ascii_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_owned),
        );
        if words.is_empty() {
            words.push("value".to_owned());
        }
        let text = self.source(expr.span);
        let mut names = Vec::new();
        for piece in text.split('$').skip(1) {
            let end = piece.find(|c| !is_word(c)).unwrap_or(piece.len());
            let name = piece[..end].to_owned();
            if self.aliases.contains_key(&name) {
                self.misused.get_or_insert_with(|| name.clone());
            }
            if self.by_name.contains_key(&name) && !names.contains(&name) {
                names.push(name);
            }
        }
        for name in names {
            let local = self.local(&name);
            args.push(Expr::new(expr.span, ExprKind::Local(local)));
        }
    }

    /// `$object?->method()`
    pub(super) fn nullsafe(
        &mut self,
        expr: &'a syntax::Expr,
        object: &'a syntax::Expr,
        member: &'a Member,
        args: &'a [Arg],
    ) -> Expr {
        let name = member.name().unwrap_or_default();
        let part = match (&object.kind, args, self.kind_of(object)) {
            (PhpKind::Variable(_), [], Ty::Thrown) => thrown_part(&name.to_ascii_lowercase()),
            _ => None,
        };
        let scalar = matches!(part, Some(ThrownPart::Message | ThrownPart::Code));
        let (Some(part), true) = (part, scalar) else {
            return self.foreign_expr(expr);
        };
        let thrown = self.expr(object);
        let there = Expr::new(object.span, ExprKind::Isset(thrown.clone()));
        let read = Expr::new(expr.span, ExprKind::OfThrown(part, thrown));
        let null = Expr::new(expr.span, ExprKind::Null);
        Expr::new(expr.span, ExprKind::Ternary(there, Some(read), null))
    }
}

/// The part of an exception that a method gives.
pub(super) fn thrown_part(method: &str) -> Option<ThrownPart> {
    Some(match method {
        "getmessage" => ThrownPart::Message,
        "getcode" => ThrownPart::Code,
        "hasresponse" => ThrownPart::HasResponse,
        "getresponse" => ThrownPart::Response,
        "getreason" => ThrownPart::Reason,
        "getprevious" => ThrownPart::Previous,
        _ => return None,
    })
}

/// Whether a value holds no variable: it has no object of the code here.
fn is_constant(value: &syntax::Expr) -> bool {
    let own = !matches!(value.kind, PhpKind::Variable(_) | PhpKind::Closure(_));
    own && value.children().into_iter().all(is_constant)
}

/// Whether a text reads a property of a variable: `$name->property` that is no call.
fn reads_property(text: &str, name: &str) -> bool {
    let arrow = format!("${name}->");
    let mut all = text.split(&arrow).skip(1);
    all.any(|behind| {
        !behind
            .trim_start_matches(is_word)
            .trim_start()
            .starts_with('(')
    })
}
