//! Methods that put layers written in PHP into the stack of a client: the application has them.
//!
//! Such a layer sees requests and answers of PHP's objects, and may change them for code that stands elsewhere: copies of the
//! SDK's certificate downloader fill the client's certificates while the client verifies. The whole method becomes a method
//! of the application, which is given what the method reads. A method that changes the object, or a client that it did not
//! make, is no such method.

use crate::syntax::is_word;
use std::collections::{BTreeMap, BTreeSet};

use super::Builder;
use super::bytes::variable;
use super::escapes::is_this;
use crate::hir::Ty;
use crate::hir::changed::changed;
use crate::hir::tree::{self as hir, ExprKind, StmtKind};
use crate::recognise;
use crate::syntax::{self, Expr, ExprKind as PhpKind, Method, Part, Span, Stmt, WholeExpr};

/// The methods of a class that the application has, by their names in lower case.
#[derive(Debug, Default)]
pub(super) struct Handed {
    methods: BTreeMap<String, Given>,
    /// The private methods that only they call, which are no methods of the struct.
    helpers: BTreeSet<String>,
}

/// What the application is given and told.
#[derive(Debug)]
struct Given {
    /// The properties that the method reads.
    fields: BTreeSet<String>,
    /// The method, and the private ones that only it needs.
    quoted: Vec<Span>,
    /// Whether it gives the client that it makes.
    client: bool,
}

impl Handed {
    pub(super) fn of(class: &syntax::Class, text: &str) -> Self {
        let mut handed = Self::default();
        for method in &class.methods {
            if let Some((uses, client)) = reads(class, method, text) {
                let given = Given {
                    fields: uses.fields,
                    quoted: vec![method.span],
                    client,
                };
                let name = method.name.to_ascii_lowercase();
                handed.methods.insert(name, given);
                handed.helpers.extend(uses.methods);
            }
        }
        handed.keep_mentioned(class, text);
        handed.quote_helpers(class, text);
        handed
    }

    pub(super) fn is_helper(&self, method: &str) -> bool {
        self.helpers.contains(&method.to_ascii_lowercase())
    }

    /// Leaves those helpers in the class that other code names.
    fn keep_mentioned(&mut self, class: &syntax::Class, text: &str) {
        let private = class.methods.iter().filter(|method| method.private);
        let private: BTreeSet<String> = private.map(|it| it.name.to_ascii_lowercase()).collect();
        let methods = &self.methods;
        self.helpers
            .retain(|name| private.contains(name) && !methods.contains_key(name));
        loop {
            let others = self.without(class, text);
            let before = self.helpers.len();
            self.helpers.retain(|name| !has_word(&others, name));
            if self.helpers.len() == before {
                return;
            }
        }
    }

    /// The text of the file without these methods and their helpers, in lower case.
    fn without(&self, class: &syntax::Class, text: &str) -> String {
        let mut rest = String::new();
        let mut end = 0;
        let mut spans: Vec<Span> = class
            .methods
            .iter()
            .filter(|method| {
                let name = method.name.to_ascii_lowercase();
                self.methods.contains_key(&name) || self.helpers.contains(&name)
            })
            .map(|method| method.span)
            .collect();
        spans.sort();
        for span in spans {
            rest.push_str(text.get(end..span.start).unwrap_or_default());
            rest.push(' ');
            end = span.end;
        }
        rest.push_str(text.get(end..).unwrap_or_default());
        rest.make_ascii_lowercase();
        rest
    }

    fn quote_helpers(&mut self, class: &syntax::Class, text: &str) {
        let helpers = &self.helpers;
        for (name, given) in &mut self.methods {
            let uses = Uses::of(text, class, name);
            let own = class.methods.iter().filter(|method| {
                let name = method.name.to_ascii_lowercase();
                helpers.contains(&name) && uses.methods.contains(&name)
            });
            given.quoted.extend(own.map(|method| method.span));
        }
    }
}

/// Whether a text mentions a name: PHP calls methods by a text, too.
fn has_word(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(is_word);
        let after = text[at + name.len()..].chars().next().is_some_and(is_word);
        !before && !after
    })
}

/// What a method reads, if it puts a layer into the stack of a client that it makes, and whether it gives that client.
fn reads<'t>(class: &syntax::Class, method: &Method, text: &'t str) -> Option<(Uses<'t>, bool)> {
    let params = &method.closure.params;
    let plain = params
        .iter()
        .all(|param| !param.by_reference && !param.variadic);
    if !method.has_body || !plain || method.name.starts_with("__") || method.name.contains("::") {
        return None;
    }
    let mut stacks = Stacks::default();
    stacks
        .others
        .extend(params.iter().map(|param| param.name.clone()));
    stacks.statements(&method.closure.body);
    if !stacks.layered() {
        return None;
    }
    let uses = Uses::of(text, class, &method.name);
    let mut given = Vec::new();
    returned(&method.closure.body, &mut given);
    let client = !given.is_empty() && given.iter().all(|value| stacks.is_client(value));
    (!uses.changes).then_some((uses, client))
}

/// The stacks that a method gets, and what it does with them.
#[derive(Default)]
struct Stacks {
    /// The variables that hold a client which the method made.
    clients: BTreeSet<String>,
    /// The variables that may hold anything else.
    others: BTreeSet<String>,
    /// The variables that hold a stack, and those of their clients.
    stacks: BTreeMap<String, String>,
    /// The variables of the stacks that get a layer.
    layered: BTreeSet<String>,
}

impl Stacks {
    /// Whether a stack gets a layer, and each belongs to a client that the method made.
    fn layered(&self) -> bool {
        let made = |stack| {
            let client = self.stacks.get(stack);
            client.is_some_and(|client| self.made(client))
        };
        !self.layered.is_empty() && self.layered.iter().all(made)
    }

    fn made(&self, variable: &str) -> bool {
        self.clients.contains(variable) && !self.others.contains(variable)
    }

    fn is_client(&self, value: &Expr) -> bool {
        variable(value).is_some_and(|name| self.made(name))
    }

    fn statements(&mut self, statements: &[Stmt]) {
        for stmt in statements {
            if let syntax::StmtKind::Foreach { value, .. } = &stmt.kind {
                self.others.extend(variable(value).map(str::to_owned));
            }
            for part in stmt.kind.parts() {
                match part {
                    Part::Expr(expr) => self.expr(expr),
                    Part::Body(body) => self.statements(body),
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let Some((target, value)) = expr.assignment()
            && let PhpKind::Variable(name) = &target.kind
        {
            if recognise::settings(value).is_some() {
                self.clients.insert(name.clone());
            } else if let Some(client) = client_of_stack(value) {
                self.stacks.insert(name.clone(), client.to_owned());
            } else {
                self.others.insert(name.clone());
            }
        }
        if let PhpKind::MethodCall { object, method, .. } = &expr.kind
            && let PhpKind::Variable(stack) = &object.kind
            && let Some(edit) = method.name()
            && ["after", "before", "push", "unshift"].contains(&&*edit.to_ascii_lowercase())
            && self.stacks.contains_key(stack)
        {
            self.layered.insert(stack.clone());
        }
        expr.children()
            .into_iter()
            .for_each(|child| self.expr(child));
    }
}

/// `$client` of `$client->getDriver()->select(…)->getConfig('handler')`; a clone is another stack.
fn client_of_stack(value: &Expr) -> Option<&str> {
    let mut steps = Vec::new();
    let mut inner = value;
    while let PhpKind::MethodCall { object, method, .. } = &inner.kind {
        steps.push(method.name()?.to_ascii_lowercase());
        inner = object;
    }
    let client = variable(inner)?;
    let steps: Vec<&str> = steps.iter().rev().map(String::as_str).collect();
    matches!(
        *steps,
        ["getdriver", "select", "getconfig"] | ["getdriver", "getconfig"]
    )
    .then_some(client)
}

/// The parts of the object that a method uses, also by the methods that it calls.
struct Uses<'t> {
    text: &'t str,
    fields: BTreeSet<String>,
    /// The methods of the class that it calls, in lower case.
    methods: BTreeSet<String>,
    /// Whether it may change the object, or gives it away.
    changes: bool,
}

impl<'t> Uses<'t> {
    fn of(text: &'t str, class: &syntax::Class, method: &str) -> Self {
        let mut uses = Self {
            text,
            fields: BTreeSet::new(),
            methods: BTreeSet::new(),
            changes: false,
        };
        uses.method(class, method);
        uses
    }

    fn method(&mut self, class: &syntax::Class, name: &str) {
        let mut methods = class.methods.iter();
        if let Some(method) = methods.find(|method| method.name.eq_ignore_ascii_case(name)) {
            self.statements(class, &method.closure.body);
        }
    }

    fn statements(&mut self, class: &syntax::Class, statements: &[Stmt]) {
        for stmt in statements {
            match &stmt.kind {
                syntax::StmtKind::Foreach { key, value, .. } => {
                    let targets = key.iter().chain([value]);
                    targets.for_each(|target| self.target(class, target));
                }
                syntax::StmtKind::Unsupported { .. } => self.changes = true,
                _ => {}
            }
            for part in stmt.kind.parts() {
                match part {
                    Part::Expr(expr) => self.expr(class, expr),
                    Part::Body(body) => self.statements(class, body),
                }
            }
        }
    }

    /// A property of the object, or a call of one of its methods.
    fn member(&mut self, class: &syntax::Class, expr: &Expr) -> bool {
        let (object, member) = match &expr.kind {
            PhpKind::Property { object, member } => (object, member),
            PhpKind::MethodCall { object, method, .. } => (object, method),
            _ => return false,
        };
        if !is_this(object) {
            return false;
        }
        match (member.name(), &expr.kind) {
            (None, _) => self.changes = true,
            (Some(name), PhpKind::MethodCall { args, .. }) => {
                self.call(class, name);
                args.iter().for_each(|arg| self.expr(class, &arg.value));
            }
            (Some(name), _) => drop(self.fields.insert(name.to_owned())),
        }
        true
    }

    fn expr(&mut self, class: &syntax::Class, expr: &Expr) {
        if self.member(class, expr) {
            return;
        }
        match &expr.kind {
            PhpKind::Variable(name) => self.changes |= name == "this",
            PhpKind::StaticCall {
                class: called,
                method,
                ..
            } if is_own(class, called) => self.call(class, method),
            PhpKind::Assign { target, .. } => self.target(class, target),
            PhpKind::Call { function, args } if changed(&function.last()).is_some() => {
                args.iter().for_each(|arg| self.target(class, &arg.value));
            }
            PhpKind::Closure(closure) => self.statements(class, &closure.body),
            PhpKind::Unsupported { .. } => self.changes |= self.names_object(expr.span),
            PhpKind::Whole(whole) => match &**whole {
                WholeExpr::StaticProperty(of, _) => self.changes |= is_own(class, of),
                WholeExpr::Step { target, .. } | WholeExpr::CoalesceAssign(target, _) => {
                    self.target(class, target);
                }
                _ => {}
            },
            _ => {}
        }
        for child in expr.children() {
            self.expr(class, child);
        }
    }

    /// Whether PHP that is not known names the object or a static property: `&$this->list`.
    fn names_object(&self, span: Span) -> bool {
        let text = self.text.get(span.range()).unwrap_or_default();
        text.contains("$this") || text.contains("::$")
    }

    /// A method of the class; one of a base class that is not there is the application's in any case.
    fn call(&mut self, class: &syntax::Class, name: &str) {
        let name = name.to_ascii_lowercase();
        if class
            .methods
            .iter()
            .any(|it| it.name.eq_ignore_ascii_case(&name))
            && self.methods.insert(name.clone())
        {
            self.method(class, &name);
        }
    }

    /// A place that is set.
    fn target(&mut self, class: &syntax::Class, target: &Expr) {
        let mut root = target;
        while let PhpKind::Property { object, .. } | PhpKind::Index { object, .. } = &root.kind {
            root = object;
        }
        match &root.kind {
            PhpKind::Variable(name) => self.changes |= name == "this",
            PhpKind::Whole(whole) => match &**whole {
                WholeExpr::List(places) => {
                    let places = places.iter().flatten();
                    places.for_each(|(_, place)| self.target(class, place));
                }
                WholeExpr::StaticProperty(of, _) => self.changes |= is_own(class, of),
                _ => {}
            },
            _ => {}
        }
    }
}

fn is_own(class: &syntax::Class, name: &syntax::Name) -> bool {
    let written = name.written.to_ascii_lowercase();
    matches!(&*written, "self" | "static") || name.last().eq_ignore_ascii_case(&class.name)
}

impl<'a> Builder<'a> {
    /// A method that the application has: its body is the call of the application.
    pub(super) fn handed(&mut self, method: &'a Method) -> Option<hir::Function> {
        let shape = self.class?;
        let given = shape
            .handed
            .methods
            .get(&method.name.to_ascii_lowercase())?;
        let closure = &method.closure;
        let span = method.span;
        let params: Vec<_> = closure
            .params
            .iter()
            .map(|it| self.param(closure, it))
            .collect();
        let mut args: Vec<_> = params
            .iter()
            .map(|param| hir::Expr::new(span, ExprKind::Local(param.local)))
            .collect();
        let fields = given.fields.iter().filter(|name| is_kept(shape, name));
        args.extend(fields.map(|name| hir::Expr::new(span, ExprKind::Field(name.clone()))));
        let call = self.asked(span, &method.name, args, &given.quoted);
        let mut values = Vec::new();
        returned(&closure.body, &mut values);
        let gives = closure.returns.as_deref() != Some("void") && !values.is_empty();
        let kind = if gives {
            StmtKind::Return(Some(call))
        } else {
            StmtKind::Expr(call)
        };
        let (returns, declared) = if given.client {
            (Ty::Client, true)
        } else {
            type_of(closure, gives)
        };
        Some(hir::Function {
            span,
            name: super::class::written(&method.name),
            public: method.public,
            params,
            declared,
            returns,
            locals: std::mem::take(&mut self.locals),
            body: vec![hir::Stmt { span, kind }],
            notified: false,
        })
    }

    /// The call of the application that stands for a method.
    fn asked(&self, span: Span, method: &str, args: Vec<hir::Expr>, quoted: &[Span]) -> hir::Expr {
        let class = self.class_name().unwrap_or_default();
        let mut call = self.foreign(span, vec![class, method.to_owned()], None, args);
        if let ExprKind::Foreign(foreign) = &mut *call.kind {
            foreign.quoted = quoted.to_vec();
        }
        call
    }
}

/// Whether the struct has a property, and not the application.
fn is_kept(shape: &super::class::Shape<'_>, name: &str) -> bool {
    let own = shape.fields.contains_key(name) && !shape.foreign.contains(name);
    own && !shape.shared.contains(name)
}

/// The type that a method gives, and whether PHP declares it.
fn type_of(closure: &syntax::Closure, gives: bool) -> (Ty, bool) {
    let written = closure.returns.as_deref();
    let written = written.filter(|written| !Ty::is_open(written));
    match (gives, written, written.and_then(Ty::declared)) {
        (false, ..) => (Ty::Void, true),
        (true, _, Some(declared)) => (declared, true),
        (true, Some(_), None) => (Ty::Any, false),
        (true, None, None) => (Ty::Unknown, false),
    }
}

/// The values that a function gives, not its closures.
fn returned<'s>(body: &'s [Stmt], found: &mut Vec<&'s Expr>) {
    for stmt in body {
        if let syntax::StmtKind::Return(Some(value)) = &stmt.kind {
            found.push(value);
        }
        for part in stmt.kind.parts() {
            if let Part::Body(body) = part {
                returned(body, found);
            }
        }
    }
}
