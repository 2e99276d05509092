//! The parts of an object and of its file that a method or function uses, also by what it calls.

use std::collections::{BTreeMap, BTreeSet};

use super::class::getter;
use super::layered::client_of_stack;
use super::setting::counts;
use super::sole::{Soles, property_of};
use crate::hir::changed::changed;
use crate::hir::fallback::Fallback;
use crate::recognise;
use crate::syntax::{
    self, Arg, Cast, Closure, Expr, ExprKind as PhpKind, Method, Param, Part, Span, Stmt, StmtKind,
    Whole, WholeExpr, parse_whole,
};

/// The code around a method or function.
#[derive(Clone, Copy)]
pub(super) struct Around<'t> {
    pub(super) text: &'t str,
    /// The functions of the file, by their names in lower case.
    pub(super) functions: &'t BTreeMap<String, &'t Closure>,
    pub(super) class: Option<&'t syntax::Class>,
    /// The static properties of the class that the application has.
    pub(super) shared: &'t BTreeSet<String>,
    /// The functions that are left to the application.
    pub(super) fallback: &'t Fallback,
}

pub(super) struct Uses<'t> {
    around: Around<'t>,
    /// The properties that it reads.
    pub(super) fields: BTreeSet<String>,
    /// The properties that it sets.
    pub(super) sets: BTreeSet<String>,
    /// Those of them that may be set to something else than a client which is made there.
    pub(super) others: BTreeSet<String>,
    /// The methods of the class that it calls, in lower case.
    pub(super) methods: BTreeSet<String>,
    /// The functions of the file that it calls, in lower case.
    functions: BTreeSet<String>,
    /// The global variables that it declares.
    pub(super) globals: BTreeSet<String>,
    /// Whether it may change the object in another way than to set these properties, or a value that stays here, or gives the
    /// object away.
    changes: bool,
    /// Whether it reaches into a client: its stack is the same for all that have the client.
    stacks: bool,
    /// Whether it sets a property of an object that its caller may have.
    pub(super) sets_objects: bool,
    /// Whether it gives its items one by one.
    pub(super) yields: bool,
    /// The variables that hold objects which the function made.
    made: BTreeSet<String>,
    /// How many functions stand around.
    level: usize,
    /// How many of them stay here.
    depth: usize,
}

impl<'t> Uses<'t> {
    pub(super) fn of(around: Around<'t>, closure: &Closure) -> Self {
        let mut uses = Self {
            around,
            fields: BTreeSet::new(),
            sets: BTreeSet::new(),
            others: BTreeSet::new(),
            methods: BTreeSet::new(),
            functions: BTreeSet::new(),
            globals: BTreeSet::new(),
            changes: false,
            stacks: false,
            sets_objects: false,
            yields: false,
            made: BTreeSet::new(),
            level: 0,
            depth: 0,
        };
        uses.body(closure);
        uses
    }

    fn body(&mut self, closure: &Closure) {
        let outer = std::mem::replace(&mut self.made, made(closure));
        self.statements(&closure.body);
        self.made = outer;
    }

    /// Reads the body of a function that is called. `depth` counts those that are not left to the application.
    fn callee(&mut self, class: &str, name: &str, closure: &Closure) {
        let stays = self.around.fallback.get(class, name).is_none();
        self.depth += usize::from(stays);
        self.level += 1;
        self.body(closure);
        self.level -= 1;
        self.depth -= usize::from(stays);
    }

    /// Whether it changes the object, or a value that stays here, or gives the object away.
    pub(super) fn changes(&self) -> bool {
        self.changes || !self.sets.is_empty()
    }

    /// The same, but for what only one method sees: `own` is the method or function itself.
    pub(super) fn shows(&self, soles: &Soles, own: &str) -> bool {
        let mut sets = self.sets.iter();
        self.changes
            || self.stacks
            || !sets.all(|name| {
                soles.is_free(name, own) || soles.is_client(name) && !self.others.contains(name)
            })
    }

    fn statements(&mut self, statements: &[Stmt]) {
        for stmt in statements {
            match &stmt.kind {
                StmtKind::Foreach {
                    subject,
                    key,
                    value,
                    ..
                } => {
                    let targets = key.iter().chain([value]);
                    targets.for_each(|target| self.target(target));
                    if self.source(value.span).starts_with('&') {
                        self.target(subject);
                    }
                }
                StmtKind::Unsupported { .. } => self.changes |= self.names_object(stmt.span),
                StmtKind::Whole(whole) => match &**whole {
                    Whole::Global(names) => self.globals.extend(names.iter().cloned()),
                    // The application has those of the function itself; those of what it calls stay here.
                    Whole::Static(_) => self.changes |= self.depth > 0,
                    _ => {}
                },
                _ => {}
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
        if self.member(expr) {
            return;
        }
        match &expr.kind {
            PhpKind::Variable(name) => self.changes |= name == "this" || name == "GLOBALS",
            PhpKind::StaticCall {
                class,
                method,
                args,
            } => self.static_call(class, method, args),
            PhpKind::Assign { target, value, .. } => self.assign(target, value),
            PhpKind::Call { function, args } => self.call(&function.last(), args),
            PhpKind::Closure(closure) => self.statements(&closure.body),
            // A copy of the stack is another one.
            PhpKind::Clone(stack) if client_of_stack(stack).is_some() => return,
            PhpKind::MethodCall { method, .. } => {
                let name = method.name().unwrap_or_default().to_ascii_lowercase();
                self.stacks |= ["getdriver", "getconfig"].contains(&&*name);
            }
            PhpKind::Unsupported { what } if what.contains("yield") => self.yielded(expr.span),
            PhpKind::Unsupported { .. } => self.changes |= self.names_object(expr.span),
            PhpKind::Whole(whole) => match &**whole {
                WholeExpr::StaticProperty(class, name) if self.is_own(class) => {
                    self.fields.insert(name.clone());
                }
                WholeExpr::Step { target, .. } => self.target(target),
                WholeExpr::CoalesceAssign(target, value) => self.assign(target, value),
                _ => {}
            },
            _ => {}
        }
        for child in expr.children() {
            self.expr(child);
        }
    }

    /// `yield $key => $value`: its parts are read as those of an array.
    fn yielded(&mut self, span: Span) {
        self.yields |= self.level == 0;
        let text = self.source(span);
        let inner = text.trim_start_matches("yield").trim_start();
        let inner = inner.strip_prefix("from ").unwrap_or(inner).trim();
        if inner.is_empty() {
            return;
        }
        // Blanks in place of what stands before give the spans their places.
        let start = span.end - inner.len();
        let text = format!("{}[{inner}];", " ".repeat(start - 1));
        let parsed = parse_whole(&text);
        self.changes |= !parsed.problems.is_empty();
        self.statements(&parsed.program.statements);
    }

    /// A property of the object, or a call of one of its methods.
    fn member(&mut self, expr: &Expr) -> bool {
        let (object, member) = match &expr.kind {
            PhpKind::Property { object, member } => (object, member),
            PhpKind::MethodCall { object, method, .. } => (object, method),
            _ => return false,
        };
        if !object.is_this() {
            return false;
        }
        match (member.name(), &expr.kind) {
            (None, _) => self.changes = true,
            (Some(name), PhpKind::MethodCall { args, .. }) => {
                self.method(name, args);
                args.iter().for_each(|arg| self.expr(&arg.value));
            }
            (Some(name), _) => {
                let class = self.around.class;
                if let Some(getter) = class.and_then(|class| getter(class, name)) {
                    self.method(&getter.name, &[]);
                }
                self.fields.insert(name.to_owned());
            }
        }
        true
    }

    fn static_call(&mut self, class: &syntax::Name, method: &str, args: &[Arg]) {
        if class.written.eq_ignore_ascii_case("parent") {
            self.method(&format!("parent::{method}"), args);
        } else if self.is_own(class) {
            self.method(method, args);
        }
    }

    /// A method of the class; one of a base class that is not there is the application's in any case.
    fn method(&mut self, name: &str, args: &[Arg]) {
        let Some(method) = self.around.method(name) else {
            return;
        };
        self.by_reference(&method.closure.params, args);
        let class = self.around.class.map_or("", |class| &class.name);
        if self.methods.insert(name.to_ascii_lowercase()) {
            self.callee(class, name, &method.closure);
        }
    }

    fn call(&mut self, name: &str, args: &[Arg]) {
        self.changes |= counts(name, args);
        if name == "unset" || changed(name).is_some() {
            args.iter().for_each(|arg| self.target(&arg.value));
        }
        let name = name.to_ascii_lowercase();
        if let Some(function) = self.around.functions.get(&name).copied() {
            self.by_reference(&function.params, args);
            if self.functions.insert(name.clone()) {
                self.callee("", &name, function);
            }
        }
    }

    /// The arguments that a function of the file may set.
    fn by_reference(&mut self, params: &[Param], args: &[Arg]) {
        for (index, arg) in args.iter().enumerate() {
            let param = params.get(index).or(params.last());
            if param.is_some_and(|param| param.by_reference) {
                self.target(&arg.value);
            }
        }
    }

    fn assign(&mut self, target: &Expr, value: &Expr) {
        match property_of(target) {
            Some(name) if recognise::settings(value).is_some() => {
                let others = self.others.contains(name);
                self.target(target);
                if !others {
                    self.others.remove(name);
                }
            }
            _ => self.target(target),
        }
    }

    /// A property of the object or the class that is set.
    fn set(&mut self, name: Option<&str>) {
        match name {
            Some(name) => {
                self.sets.insert(name.to_owned());
                self.others.insert(name.to_owned());
            }
            None => self.changes = true,
        }
    }

    /// A place that is set.
    fn target(&mut self, target: &Expr) {
        let mut root = target;
        let mut of_object = false;
        while let PhpKind::Property { object, .. } | PhpKind::Index { object, .. } = &root.kind {
            of_object |= matches!(root.kind, PhpKind::Property { .. });
            root = object;
        }
        match &root.kind {
            PhpKind::Variable(name) if name == "this" => self.set(property_of(target)),
            PhpKind::Variable(name) if name == "GLOBALS" => self.changes = true,
            PhpKind::Variable(name) => self.sets_objects |= of_object && !self.made.contains(name),
            PhpKind::Whole(whole) => match &**whole {
                WholeExpr::List(places) => {
                    let places = places.iter().flatten();
                    places.for_each(|(_, place)| self.target(place));
                }
                WholeExpr::StaticProperty(class, name)
                    if self.is_own(class) && !self.around.shared.contains(name) =>
                {
                    self.set(Some(name));
                }
                _ => {}
            },
            _ => self.sets_objects |= of_object,
        }
    }

    /// Whether PHP that is not known names the object or the class: `&$this->list`.
    fn names_object(&self, span: Span) -> bool {
        let text = self.source(span);
        let named = ["$this", "::$", "$GLOBALS", "self::", "static::", "parent::"];
        named.iter().any(|name| text.contains(name))
    }

    fn is_own(&self, name: &syntax::Name) -> bool {
        let written = name.written.to_ascii_lowercase();
        let class = self.around.class;
        matches!(&*written, "self" | "static")
            || class.is_some_and(|class| name.last().eq_ignore_ascii_case(&class.name))
    }

    fn source(&self, span: Span) -> &'t str {
        self.around.text.get(span.range()).unwrap_or_default()
    }
}

impl<'t> Around<'t> {
    fn method(&self, name: &str) -> Option<&'t Method> {
        let mut methods = self.class?.methods.iter();
        methods.find(|method| method.name.eq_ignore_ascii_case(name))
    }
}

/// The variables that hold nothing but objects which a function makes.
fn made(closure: &Closure) -> BTreeSet<String> {
    let mut found = Made::default();
    found.statements(&closure.body);
    let params = closure.params.iter().map(|param| &param.name);
    let uses = closure.uses.iter().map(|capture| &capture.name);
    for other in params.chain(uses).chain(&found.others) {
        found.objects.remove(other);
    }
    found.objects
}

#[derive(Default)]
struct Made {
    objects: BTreeSet<String>,
    others: BTreeSet<String>,
}

impl Made {
    fn statements(&mut self, statements: &[Stmt]) {
        for stmt in statements {
            if let StmtKind::Foreach { key, value, .. } = &stmt.kind {
                let targets = key.iter().chain([value]);
                targets.for_each(|target| self.set(target, None));
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
        match &expr.kind {
            PhpKind::Assign { target, value, .. } => self.set(target, Some(value)),
            PhpKind::Closure(closure) => self.statements(&closure.body),
            _ => {}
        }
        expr.children().into_iter().for_each(|part| self.expr(part));
    }

    fn set(&mut self, target: &Expr, value: Option<&Expr>) {
        let fresh = |value: &Expr| match &value.kind {
            PhpKind::New { .. } => true,
            PhpKind::Cast { to, .. } => *to == Cast::Object,
            PhpKind::Call { function, .. } => function.last() == "json_decode",
            _ => false,
        };
        if let PhpKind::Variable(name) = &target.kind {
            let all = if value.is_some_and(fresh) {
                &mut self.objects
            } else {
                &mut self.others
            };
            all.insert(name.clone());
        }
    }
}
