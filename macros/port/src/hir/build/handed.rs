//! Methods and functions that the application has as a whole.
//!
//! Those put layers written in PHP into the stack of a client (`layered.rs`), or a part of them is refused (`fallback.rs`). The
//! whole method becomes a method of the application, which is given what the method reads. A method that changes the
//! object, or a client that it did not make, is no such method.

use crate::syntax::is_word;
use std::collections::{BTreeMap, BTreeSet};

use super::layered::layered;
use super::sole::Soles;
use super::uses::{Around, Uses};
use super::{Builder, Names};
use crate::hir::Ty;
use crate::hir::fallback::Known;
use crate::hir::tree::{self as hir, ExprKind, Left, StmtKind};
use crate::syntax::{self, Closure, Expr, Method, Part, Span, Stmt};

/// The methods of a class that the application has, by their names in lower case.
#[derive(Debug, Default)]
pub(super) struct Handed {
    methods: BTreeMap<String, Given>,
    /// The methods that are not public and that only they call, which are no methods of the struct.
    helpers: BTreeSet<String>,
    /// The properties that only these methods use.
    hidden: BTreeSet<String>,
}

/// What the application is given and told.
#[derive(Debug)]
struct Given {
    /// The properties that the method reads.
    fields: BTreeSet<String>,
    /// The methods of the class that it calls.
    methods: BTreeSet<String>,
    /// The method, and those that only it needs.
    quoted: Vec<Span>,
    /// Whether it gives the client that it makes.
    client: bool,
    /// Its types, if it is left because a part of it is refused.
    known: Option<Known>,
}

impl Handed {
    pub(super) fn of(class: &syntax::Class, around: Around<'_>, names: &Names<'_>) -> Self {
        let mut handed = Self::default();
        for method in &class.methods {
            let known = names.fallback.get(&class.name, &method.name);
            let client = layered(method);
            if known.is_none() && client.is_none() {
                continue;
            }
            let uses = Uses::of(around, &method.closure);
            if known.is_none() && uses.changes() {
                continue;
            }
            let given = Given {
                fields: uses.fields,
                methods: uses.methods.clone(),
                quoted: vec![method.span],
                client: client == Some(true),
                known: known.cloned(),
            };
            let name = method.name.to_ascii_lowercase();
            handed.methods.insert(name, given);
            handed.helpers.extend(uses.methods);
        }
        if !handed.methods.is_empty() {
            handed.keep_mentioned(class, around.text);
            handed.quote_helpers(class);
            let soles = Soles::of(around);
            handed.hidden = soles.of_methods(|method| handed.has(method));
        }
        handed
    }

    /// Whether the application has a method.
    fn has(&self, method: &str) -> bool {
        self.methods.contains_key(method) || self.helpers.contains(method)
    }

    /// Whether the struct does not have a property, because only such methods use it.
    pub(super) fn hides(&self, property: &str) -> bool {
        self.hidden.contains(property)
    }

    pub(super) fn is_helper(&self, method: &str) -> bool {
        self.helpers.contains(&method.to_ascii_lowercase())
    }

    /// Leaves those helpers in the class that other code names.
    fn keep_mentioned(&mut self, class: &syntax::Class, text: &str) {
        let private = class.methods.iter().filter(|method| !method.public);
        let private: BTreeSet<String> = private.map(|it| it.name.to_ascii_lowercase()).collect();
        self.helpers.retain(|name| private.contains(name));
        loop {
            let others = self.without(class, text);
            let before = self.helpers.len();
            self.helpers.retain(|name| !names_method(&others, name));
            if self.helpers.len() == before {
                break;
            }
        }
        // A method that only itself or such a one calls is nobody's helper.
        let (methods, all) = (&self.methods, self.helpers.clone());
        let calls = |(name, given): (&String, &Given), helper: &String| {
            !all.contains(name) && given.methods.contains(helper)
        };
        self.helpers
            .retain(|helper| methods.iter().any(|own| calls(own, helper)));
        let helpers = &self.helpers;
        self.methods.retain(|name, _| !helpers.contains(name));
    }

    /// The text of the file without these methods and their helpers, in lower case.
    fn without(&self, class: &syntax::Class, text: &str) -> String {
        let own = class.methods.iter().filter(|method| {
            let name = method.name.to_ascii_lowercase();
            self.has(&name)
        });
        without(text, own.map(|method| method.span).collect())
    }

    fn quote_helpers(&mut self, class: &syntax::Class) {
        let helpers = &self.helpers;
        for given in self.methods.values_mut() {
            let own = class.methods.iter().filter(|method| {
                let name = method.name.to_ascii_lowercase();
                helpers.contains(&name) && given.methods.contains(&name)
            });
            given.quoted.extend(own.map(|method| method.span));
            given.methods.retain(|name| !helpers.contains(name));
        }
    }
}

/// A text without some pieces, in lower case.
pub(super) fn without(text: &str, mut pieces: Vec<Span>) -> String {
    let mut rest = String::new();
    let mut end = 0;
    pieces.sort();
    for piece in pieces {
        rest.push_str(text.get(end..piece.start).unwrap_or_default());
        rest.push(' ');
        end = piece.end;
    }
    rest.push_str(text.get(end..).unwrap_or_default());
    rest.make_ascii_lowercase();
    rest
}

/// The length of `$this?->`.
const LONGEST: usize = 8;

/// Whether a text in lower case names a method of the class: after `$this->` or `::`, or as a text, by which PHP calls
/// methods, too. Methods of other objects are the application's.
pub(super) fn names_method(text: &str, name: &str) -> bool {
    let renamed = text.contains("= $this;") || text.contains("=$this;");
    text.match_indices(name).any(|(at, _)| {
        let written = text[..at].chars().rev().filter(|c| !c.is_whitespace());
        let before: Vec<char> = written.take(LONGEST).collect();
        let before: String = before.into_iter().rev().collect();
        let behind = &text[at + name.len()..];
        let own = ["$this->", "$this?->", "::", "'", "\""].iter().copied();
        let mut own = own.chain(renamed.then_some("->"));
        !behind.starts_with(is_word) && own.any(|own| before.ends_with(own))
    })
}

/// Whether a text mentions a name: PHP calls methods by a text, too.
pub(super) fn has_word(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(is_word);
        let after = text[at + name.len()..].chars().next().is_some_and(is_word);
        !before && !after
    })
}

impl<'a> Builder<'a> {
    /// A method that the application has: its body is the call of the application.
    pub(super) fn handed(&mut self, method: &'a Method) -> Option<hir::Function> {
        let shape = self.class?;
        let name = method.name.to_ascii_lowercase();
        let given = shape.handed.methods.get(&name)?;
        let fields = given.fields.iter().filter(|name| is_kept(shape, name));
        let span = method.span;
        let fields = fields.map(|name| hir::Expr::new(span, ExprKind::Field(name.clone())));
        let class = self.class_name().unwrap_or_default();
        let mut function = self.asking(
            span,
            vec![class, method.name.clone()],
            &method.closure,
            (fields.collect(), given),
        );
        function.name = super::class::written(&method.name);
        function.public = method.public;
        Some(function)
    }

    /// A function that the application has.
    pub(super) fn handed_function(
        &mut self,
        span: Span,
        name: &str,
        closure: &'a Closure,
    ) -> Option<hir::Function> {
        let known = self.names.fallback.get("", name)?;
        let given = Given {
            fields: BTreeSet::new(),
            methods: BTreeSet::new(),
            quoted: vec![span],
            client: false,
            known: Some(known.clone()),
        };
        let word = match self.names.namespace.as_deref().unwrap_or_default() {
            "" => name.to_owned(),
            namespace => format!("{namespace}\\{name}"),
        };
        let mut function = self.asking(span, vec![word], closure, (Vec::new(), &given));
        function.name = name.to_owned();
        Some(function)
    }

    /// A function whose body asks the application, which is given the parameters and these properties.
    fn asking(
        &mut self,
        span: Span,
        words: Vec<String>,
        closure: &'a Closure,
        (fields, given): (Vec<hir::Expr>, &Given),
    ) -> hir::Function {
        let mut params: Vec<_> = closure
            .params
            .iter()
            .map(|it| self.param(closure, it))
            .collect();
        let types = given.known.iter().flat_map(|known| &known.params);
        for (param, (ty, declared, foreign)) in params.iter_mut().zip(types) {
            param.ty = ty.clone();
            param.declared = *declared;
            param.foreign = *foreign;
        }
        let args = params.iter();
        let args = args.map(|param| hir::Expr::new(span, ExprKind::Local(param.local)));
        let name = words.last().cloned().unwrap_or_default();
        let mut call = self.foreign(span, words, None, args.chain(fields).collect());
        if let ExprKind::Foreign(foreign) = &mut *call.kind {
            foreign.quoted.clone_from(&given.quoted);
            foreign.left = given
                .known
                .as_ref()
                .map(|known| self.left(span, name, known, given));
        }
        let mut values = Vec::new();
        returned(&closure.body, &mut values);
        let gives = closure.returns.as_deref() != Some("void") && !values.is_empty();
        let (returns, declared) = match &given.known {
            Some(known) => known.returns.clone(),
            None if given.client => (Ty::Client, true),
            None => type_of(closure, gives),
        };
        let kind = match returns {
            Ty::Void => StmtKind::Expr(call),
            _ => StmtKind::Return(Some(call)),
        };
        hir::Function {
            span,
            name: String::new(),
            public: true,
            params,
            declared,
            gives_array: None,
            returns,
            locals: std::mem::take(&mut self.locals),
            body: vec![hir::Stmt { span, kind }],
            strict: closure.strict,
            notified: false,
        }
    }

    fn left(&self, span: Span, name: String, known: &Known, given: &Given) -> Left {
        let name = match self.class {
            Some(shape) => format!("{}::{name}", shape.class.name),
            None => name,
        };
        Left {
            span,
            name,
            problem: known.problem.clone(),
            calls: self.names.fallback.calls_in(&given.quoted),
            methods: given.methods.iter().cloned().collect(),
        }
    }
}

/// Whether the struct has a property, and not the application.
fn is_kept(shape: &super::class::Shape<'_>, name: &str) -> bool {
    let own = shape.fields.contains_key(name) && !shape.foreign.contains(name);
    own && !shape.shared.contains(name) && !shape.handed.hides(name)
}

/// The type that a method gives, and whether PHP declares it.
fn type_of(closure: &Closure, gives: bool) -> (Ty, bool) {
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
pub(super) fn returned<'s>(body: &'s [Stmt], found: &mut Vec<&'s Expr>) {
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
