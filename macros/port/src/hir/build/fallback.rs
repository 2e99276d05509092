//! Which functions the application may have as a whole.
//!
//! It is given values and gives one back, so everything else that the function does has to be of no account here: the
//! function changes neither the object nor a variable of the file, and no code of the file looks closer at its value than
//! the type says.

use std::collections::BTreeSet;

use super::Names;
use super::class::{shape, written};
use super::handed::{has_word, names_method, returned, without};
use super::sole::Soles;
use super::uses::{Around, Uses};
use crate::diagnostic::{Problem, Severity};
use crate::hir::Ty;
use crate::hir::fallback::{Fallback, Key, Known, key};
use crate::hir::tree::{Class, File, Function};
use crate::recognise;
use crate::source::Block;
use crate::syntax::{
    self, Closure, Expr, ExprKind as PhpKind, Part, Program, Span, Stmt, WholeExpr,
};

/// Leaves the functions to the application that hold refused parts; gives whether there are more of them now.
pub(in crate::hir) fn leave(
    block: &Block,
    program: &Program,
    file: &File,
    problems: &[Problem],
    fallback: &mut Fallback,
) -> bool {
    let names = Names::of(block, program, None);
    let mut calls = Vec::new();
    let classes = names.classes.values();
    let methods = classes.flat_map(|class| class.methods.iter().map(|method| &method.closure));
    for closure in methods.chain(names.functions.values().copied()) {
        collect(&closure.body, &mut calls);
    }
    collect(&program.statements, &mut calls);
    fallback.note(calls.iter().map(|call| call.span));
    let mut errors: Vec<_> = problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    errors.sort_by_key(|problem| problem.span);
    let clients: BTreeSet<String> = calls
        .iter()
        .filter_map(|call| made_by(call.client))
        .collect();
    let mut found = Vec::new();
    for class in names.classes.values() {
        let shape = shape(block, &names, class);
        let around = Around {
            text: &block.text,
            functions: &names.functions,
            class: Some(class),
            shared: &shape.shared,
            fallback,
        };
        let methods = class.methods.iter().filter(|method| method.has_body);
        let candidates: Vec<_> = methods
            .filter_map(|method| Candidate::method(around, &names, file, method))
            .collect();
        let mut left = Vec::new();
        for own in &candidates {
            let Some(problem) = own.problem(&errors) else {
                continue;
            };
            match own.known(problem, &clients) {
                Some(known) if !own.gives_bytes(&errors) => left.push(known),
                _ => left.extend(own.callers(problem, &candidates, &clients)),
            }
        }
        found.append(&mut left);
    }
    let around = Around {
        text: &block.text,
        functions: &names.functions,
        class: None,
        shared: &BTreeSet::new(),
        fallback,
    };
    for function in &file.functions {
        let candidate = Candidate::function(around, &names, function);
        let candidate = candidate.filter(|own| !own.gives_bytes(&errors));
        found.extend(candidate.and_then(|own| own.known(own.problem(&errors)?, &clients)));
    }
    let is_more = !found.is_empty();
    for ((class, name), known) in found {
        fallback.insert(&class, &name, known);
    }
    is_more
}

/// The calls of WeChat Pay in statements.
fn collect<'s>(statements: &'s [Stmt], calls: &mut Vec<recognise::Call<'s>>) {
    for stmt in statements {
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => collect_in(expr, calls),
                Part::Body(body) => collect(body, calls),
            }
        }
    }
}

fn collect_in<'s>(expr: &'s Expr, calls: &mut Vec<recognise::Call<'s>>) {
    let call = recognise::Call::of(expr);
    calls.extend(call.filter(|call| call.span == expr.span && !call.steps.is_empty()));
    match &expr.kind {
        PhpKind::Closure(closure) => collect(&closure.body, calls),
        _ => expr
            .children()
            .into_iter()
            .for_each(|part| collect_in(part, calls)),
    }
}

/// The method of the class, or the function, that gives a client.
fn made_by(client: &Expr) -> Option<String> {
    match &client.kind {
        PhpKind::MethodCall { object, method, .. } if object.is_this() => {
            method.name().map(str::to_ascii_lowercase)
        }
        PhpKind::StaticCall { class, method, .. }
            if ["self", "static"].contains(&&*class.written.to_ascii_lowercase()) =>
        {
            Some(method.to_ascii_lowercase())
        }
        PhpKind::Call { function, .. } => Some(function.last().to_ascii_lowercase()),
        _ => None,
    }
}

/// A function that may hold something refused.
struct Candidate<'t> {
    around: Around<'t>,
    names: &'t Names<'t>,
    class: Option<&'t Class>,
    span: Span,
    name: &'t str,
    closure: &'t Closure,
    /// Whether only methods of the class, and of those below it, call it.
    private: bool,
    meaning: &'t Function,
}

impl<'t> Candidate<'t> {
    fn method(
        around: Around<'t>,
        names: &'t Names<'t>,
        file: &'t File,
        method: &'t syntax::Method,
    ) -> Option<Self> {
        let mut classes = file.classes.iter();
        let class = classes.find(|class| Some(&class.name) == around.class.map(|own| &own.name))?;
        let own = written(&method.name);
        let mut methods = class.methods.iter();
        let is_magic = method.name.starts_with("__") && method.name != "__invoke";
        let copied = method.name.contains("::");
        (!is_magic && !copied).then_some(Self {
            around,
            names,
            class: Some(class),
            span: method.span,
            name: &method.name,
            closure: &method.closure,
            private: !method.public,
            meaning: methods.find(|other| other.name == own)?,
        })
    }

    fn function(around: Around<'t>, names: &'t Names<'t>, function: &'t Function) -> Option<Self> {
        let name = function.name.to_ascii_lowercase();
        Some(Self {
            around,
            names,
            class: None,
            span: function.span,
            name: &function.name,
            closure: names.functions.get(&name)?,
            private: false,
            meaning: function,
        })
    }

    /// The first refusal within the function.
    fn problem<'p>(&self, errors: &[&'p Problem]) -> Option<&'p Problem> {
        let mut errors = errors.iter();
        let own = errors.find(|problem| self.span.range().contains(&problem.span.start));
        own.copied()
    }

    /// Whether other code of the file may be given raw bytes by the function: no text of Rust holds them.
    fn gives_bytes(&self, errors: &[&Problem]) -> bool {
        let mut errors = errors.iter();
        let mut values = Vec::new();
        returned(&self.closure.body, &mut values);
        let refused = errors.any(|problem| {
            self.span.range().contains(&problem.span.start) && problem.message.contains("raw bytes")
        });
        refused && !values.is_empty() && self.is_mentioned()
    }

    /// The methods that call this one, if it is private and the application may have all of them: then it is theirs.
    fn callers(
        &self,
        problem: &Problem,
        all: &[Self],
        clients: &BTreeSet<String>,
    ) -> Vec<(Key, Known)> {
        let name = self.name.to_ascii_lowercase();
        let mut left = Vec::new();
        let others = all.iter().filter(|other| other.span != self.span);
        for other in others.filter(|_| self.private) {
            let uses = Uses::of(self.around, other.closure);
            let class = self.class.map_or("", |class| &class.name);
            if !uses.methods.contains(&name)
                || self.around.fallback.get(class, other.name).is_some()
            {
                continue;
            }
            match other.known(problem, clients) {
                Some(known) => left.push(known),
                None if other.private => {}
                None => return Vec::new(),
            }
        }
        left
    }

    /// Returns the key and the types of the function, if the application may have it.
    fn known(&self, problem: &Problem, clients: &BTreeSet<String>) -> Option<(Key, Known)> {
        let class = self.class.map_or("", |class| &class.name);
        if self.around.fallback.get(class, self.name).is_some() || !self.is_free() {
            return None;
        }
        let gives_client = clients.contains(&self.name.to_ascii_lowercase());
        let returns = self.returns(gives_client)?;
        let known = Known::of(self.meaning, problem, returns);
        Some((key(class, self.name), known))
    }

    /// Whether the function does nothing that shows here.
    fn is_free(&self) -> bool {
        let uses = Uses::of(self.around, self.closure);
        let mut globals = uses.globals.iter();
        let shares = globals.any(|name| self.names.globals.contains(name));
        let soles = Soles::of(self.around);
        let changes = uses.shows(&soles, self.name);
        let shows = (uses.yields || uses.sets_objects) && self.is_mentioned();
        let text = self.around.text.get(self.span.range()).unwrap_or_default();
        let text = text.to_ascii_lowercase();
        let counts = ["func_get_arg", "func_num_args", "function &"];
        let counts = counts.iter().any(|name| text.contains(name));
        // An exception knows more than its properties.
        let class = self.around.class;
        let thrown = class.is_some_and(|class| self.names.is_exception(class));
        let mut params = self.closure.params.iter();
        let references = params.any(|param| param.by_reference);
        !(changes || shares || shows || counts || thrown || references) && self.takes_values(&uses)
    }

    /// Whether all that the application is given has a form in Rust.
    fn takes_values(&self, uses: &Uses<'_>) -> bool {
        let fields = self.class.into_iter().flat_map(|class| &class.fields);
        let fields = fields.filter(|field| uses.fields.contains(&field.name));
        let fields = fields.map(|field| &field.ty);
        let mut fields = fields.chain(self.meaning.params.iter().map(|param| &param.ty));
        fields.all(|ty| match ty.present() {
            Ty::Closure | Ty::Promise => false,
            // What is read of these is gone for the caller.
            Ty::Response | Ty::Answer | Ty::Media => !self.is_mentioned(),
            _ => true,
        })
    }

    /// Whether other code of the file names the function, also in a text.
    fn is_mentioned(&self) -> bool {
        let others = without(self.around.text, vec![self.span]);
        let name = self.name.to_ascii_lowercase();
        if self.class.is_none() {
            return has_word(&others, &name);
        }
        names_method(&others, &name)
    }

    /// The type of the value, and whether it is certain; none of a value that is an object, or may be one where other code
    /// of the file uses it.
    fn returns(&self, gives_client: bool) -> Option<(Ty, bool)> {
        let mut values = Vec::new();
        returned(&self.closure.body, &mut values);
        if values.is_empty() && !self.yields() {
            return Some((Ty::Void, true));
        }
        let (known, declared) = if self.meaning.notified {
            (Ty::Any, false)
        } else {
            (self.meaning.returns.clone(), self.meaning.declared)
        };
        let known = match known {
            Ty::Void | Ty::Never | Ty::Unknown | Ty::Null => Ty::Any,
            known => known,
        };
        let known = if gives_client && known == Ty::Any && !declared {
            Ty::Client
        } else {
            known
        };
        let certain = declared && known != Ty::Any;
        let value = match known.present() {
            Ty::Client | Ty::PrivateKey | Ty::PublicKey => true,
            present if present.is_plain() => {
                let mut values = values.into_iter();
                certain || !values.any(|value| self.may_be_object(value, 0)) || !self.is_mentioned()
            }
            // Only code of the application's uses the value.
            _ if !self.is_mentioned() => return Some((Ty::Any, false)),
            _ => false,
        };
        let declared = declared || known != Ty::Any;
        value.then_some((known, declared))
    }

    fn yields(&self) -> bool {
        Uses::of(self.around, self.closure).yields
    }

    /// Whether a value may be an object of the SDK or a closure, as far as the function says.
    fn may_be_object(&self, value: &Expr, depth: usize) -> bool {
        let own = |part: &Expr| self.may_be_object(part, depth + 1);
        if depth > 10 || recognise::Call::of(value).is_some() {
            return true;
        }
        match &value.kind {
            PhpKind::Closure(_)
            | PhpKind::CallValue { .. }
            | PhpKind::New { .. }
            | PhpKind::Unsupported { .. } => true,
            PhpKind::Variable(name) => {
                let mut found = Vec::new();
                assigned(&self.closure.body, name, &mut found);
                found.into_iter().any(own)
            }
            PhpKind::Assign { value, .. } => own(value),
            PhpKind::Array(items) => items.iter().any(|item| own(&item.value)),
            PhpKind::Ternary {
                condition,
                then,
                otherwise,
            } => own(then.as_ref().unwrap_or(condition)) || own(otherwise),
            PhpKind::Binary { left, right, .. } => own(left) || own(right),
            PhpKind::Whole(whole) => match &**whole {
                WholeExpr::Match { arms, .. } => arms.iter().any(|(_, value)| own(value)),
                WholeExpr::Silenced(value) => own(value),
                WholeExpr::MethodCall(..) | WholeExpr::CoalesceAssign(..) => true,
                _ => false,
            },
            PhpKind::MethodCall { object, method, .. } => match &object.kind {
                PhpKind::Variable(name) if name == "this" => {
                    method.name().is_none_or(|name| self.gives_object(name))
                }
                _ => {
                    let name = method.name().unwrap_or_default().to_ascii_lowercase();
                    ["wait", "then", "otherwise"].contains(&&*name) || own(object)
                }
            },
            PhpKind::StaticCall { method, .. } => self.gives_object(method),
            _ => false,
        }
    }

    /// Whether a method of the class gives an object.
    fn gives_object(&self, name: &str) -> bool {
        let methods = self.class.into_iter().flat_map(|class| &class.methods);
        let mut methods = methods.filter(|method| method.name.eq_ignore_ascii_case(name));
        methods.any(|method| !method.returns.is_plain() && method.returns != Ty::Void)
    }
}

/// The values that a variable is given, also by closures.
fn assigned<'s>(body: &'s [Stmt], name: &str, found: &mut Vec<&'s Expr>) {
    for stmt in body {
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => assigned_in(expr, name, found),
                Part::Body(body) => assigned(body, name, found),
            }
        }
    }
}

fn assigned_in<'s>(expr: &'s Expr, name: &str, found: &mut Vec<&'s Expr>) {
    match &expr.kind {
        PhpKind::Assign { target, value, .. } => {
            let mut root = &**target;
            while let PhpKind::Index { object, .. } = &root.kind {
                root = object;
            }
            if matches!(&root.kind, PhpKind::Variable(own) if own == name) {
                found.push(value);
            }
        }
        PhpKind::Whole(whole) => {
            if let WholeExpr::CoalesceAssign(target, value) = &**whole
                && matches!(&target.kind, PhpKind::Variable(own) if own == name)
            {
                found.push(value);
            }
        }
        PhpKind::Closure(closure) => assigned(&closure.body, name, found),
        _ => {}
    }
    for part in expr.children() {
        assigned_in(part, name, found);
    }
}
