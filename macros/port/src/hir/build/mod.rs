//! From the syntax to the tree.

mod alias;
mod bytes;
mod call;
mod callable;
mod choice;
mod class;
mod comments;
mod computed;
mod contents;
mod dispatch;
mod enums;
mod escapes;
mod expression;
mod fallback;
mod fluent;
mod foreign;
mod function;
mod gives;
mod guarded;
mod guzzle;
mod handed;
mod held;
mod inside;
mod kept;
mod known;
mod layered;
mod left;
mod links;
mod listed;
mod made_thrown;
mod magic;
mod object;
mod once;
mod open;
mod openssl;
mod pages;
mod parent;
mod pools;
mod reference;
mod sdk;
mod settable;
mod setting;
mod shared;
mod sole;
mod statement;
mod statics;
mod table;
mod thrown;
mod turns;
mod uses;
mod walked;

pub(super) use bytes::GCM;
pub(super) use callable::taking;
pub(super) use fallback::leave;
pub(super) use guzzle::{is_default, of_run, setting_named, unknown};
pub(super) use known::full_path;
pub(super) use sdk::client_of;

use self::gives::Gives;
use self::thrown::Raised;
use crate::syntax::is_word;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Ty;
use super::fallback::Fallback;
use super::lifted::scope::mentioned;
use super::tree::{Class, Const, Expr, Field, File, Local};
use crate::diagnostic::Problem;
use crate::source::Block;
use crate::syntax::{
    self, Exceptions, ExprKind as PhpKind, Program, Span, Statics, Stmt, StmtKind, Whole,
};

/// The meaning of a file, its variables not yet placed.
/// The methods, by class and name in lower case, that calls by a name which a value holds may be of.
pub(super) type Named = BTreeSet<(String, String)>;

/// A file, and whether it calls methods by names that values hold: of `named`, or else of the application.
pub(super) fn file(
    block: &Block,
    program: &Program,
    named: Option<&Named>,
    fallback: &Fallback,
) -> (File, bool) {
    let mut names = Names::of(block, program, None);
    names.prints = program.prints;
    names.named = named.cloned();
    names.fallback = fallback.clone();
    let file = lowered(block, program, &names);
    (file, names.dispatches.get())
}

/// A file whose calls keep their names.
pub(super) fn unresolved(block: &Block, program: &Program) -> File {
    let names = Names::of(block, program, Some(&program.touched));
    lowered(block, program, &names)
}

fn lowered<'a>(block: &'a Block, program: &'a Program, names: &'a Names<'a>) -> File {
    let mut file = File::default();
    let mut rest = Vec::new();
    top(
        &program.statements,
        &mut rest,
        &mut |stmt| match &stmt.kind {
            StmtKind::Function { name, closure } => {
                let mut builder = Builder::new(block, names, None);
                let handed = builder.handed_function(stmt.span, name, closure);
                let function =
                    handed.unwrap_or_else(|| builder.function(stmt.span, name, true, closure));
                file.problems.extend(statics::of_function(&function));
                file.functions.push(function);
                true
            }
            StmtKind::Whole(whole) => match &**whole {
                Whole::Class(class) => {
                    if matches!(class.kind, "class" | "trait") {
                        let same = |other: &Class| other.name.eq_ignore_ascii_case(&class.name);
                        if file.classes.iter().any(same) {
                            let message = format!("a second class of the name `{}`", class.name);
                            let problem = Problem::error(class.name_span, message)
                                .hint("write each namespace in a separate file");
                            file.problems.push(problem);
                        }
                        file.classes.push(class::build(block, names, class));
                        file.problems.extend(statics::of_methods(class));
                        file.problems.extend(pools::of_objects(class, &block.text));
                    }
                    true
                }
                Whole::Const(consts) => {
                    let mut builder = Builder::new(block, names, None);
                    let consts = consts.iter().map(|(name, value)| Const {
                        name: name.clone(),
                        value: builder.expr(value),
                    });
                    file.consts.extend(consts);
                    true
                }
                _ => false,
            },
            StmtKind::Unsupported { what } if what.contains("enum") && !names.is_open() => {
                let text = block.text.get(stmt.span.range()).unwrap_or_default();
                let Some((name, problem)) = enumeration(stmt.span, text) else {
                    return false;
                };
                if enums::is_used(&block.text, names, name) {
                    file.problems.push(problem);
                }
                true
            }
            _ => match defined(stmt) {
                Some((name, value)) if names.consts.contains(name) => {
                    let value = Builder::new(block, names, None).expr(value);
                    file.consts.push(Const {
                        name: name.to_owned(),
                        value,
                    });
                    true
                }
                _ => false,
            },
        },
    );
    if !rest.is_empty() {
        let mut builder = Builder::new(block, names, None);
        file.main = Some(builder.main(&rest, program.strict));
    }
    file.problems.extend(names.uncertain());
    file
}

/// The warning about an enumeration, which the application has like any other class, unless it may call WeChat Pay.
fn enumeration(span: Span, text: &str) -> Option<(&str, Problem)> {
    let own = text.replace("$this->", "");
    if own.contains("->") || own.contains("Builder") {
        return None;
    }
    let name = text.split_once("enum ")?.1.trim_start();
    let name = &name[..name.find(|c| !is_word(c)).unwrap_or(name.len())];
    let message = format!("the application has the enumeration `{name}`");
    let problem = Problem::warning(span, message);
    let hint = "write it in Rust: the methods of the trait are given and give its cases";
    Some((name, problem.hint(hint)))
}

/// The statements outside of functions; `taken` keeps those that are declarations.
fn top<'a>(
    statements: &'a [Stmt],
    rest: &mut Vec<&'a Stmt>,
    taken: &mut dyn FnMut(&'a Stmt) -> bool,
) {
    for stmt in statements {
        match &stmt.kind {
            StmtKind::Namespace(_) | StmtKind::Use(_) | StmtKind::Empty => {}
            StmtKind::Expr(expr) if matches!(expr.kind, PhpKind::Include(_)) => {}
            // `if (!function_exists('f')) { function f() … }`
            StmtKind::If {
                branches,
                otherwise: None,
            } if branches.len() == 1
                && branches
                    .iter()
                    .all(|(condition, _)| asks_for_function(condition)) =>
            {
                branches.iter().for_each(|(_, body)| top(body, rest, taken));
            }
            // `namespace A { … }`
            StmtKind::Block(body) => top(body, rest, taken),
            _ if taken(stmt) => {}
            _ => rest.push(stmt),
        }
    }
}

fn asks_for_function(condition: &syntax::Expr) -> bool {
    match &condition.kind {
        PhpKind::Unary { operand, .. } => asks_for_function(operand),
        PhpKind::Call { function, .. } => function.last() == "function_exists",
        _ => false,
    }
}

/// The declarations of the file.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    functions: BTreeMap<String, &'a syntax::Closure>,
    classes: BTreeMap<String, &'a syntax::Class>,
    consts: BTreeSet<String>,
    /// The enumerations, by their names in lower case.
    enums: BTreeMap<String, enums::Enumeration>,
    /// The variables that the file uses outside of its functions.
    globals: BTreeSet<String>,
    /// Whether the file prints anything.
    prints: bool,
    /// The file's namespace; `None` where it has several.
    namespace: Option<String>,
    /// Where calls keep their names: the variables that unsupported parts may change.
    touched: Option<&'a Touched>,
    /// The static properties of the classes.
    statics: Arc<Statics>,
    /// The methods that are called by names which values hold, where that is known.
    named: Option<Named>,
    /// Whether there is such a call.
    dispatches: Cell<bool>,
    /// The functions that are left to the application.
    fallback: Fallback,
    /// The exceptions that the application declares.
    exceptions: Arc<Exceptions>,
    /// The exceptions that are thrown though nothing declares them.
    raised: RefCell<BTreeMap<Span, Raised>>,
    /// Whether the file says `declare(strict_types=1)`.
    strict: bool,
    /// The classes that are caught or asked for.
    caught: RefCell<BTreeSet<String>>,
    /// What the functions do with objects, once that is asked for.
    gives: OnceCell<Gives>,
}

/// The variables that unsupported parts may change, by the span of the part.
type Touched = BTreeMap<Span, Vec<String>>;

impl<'a> Names<'a> {
    pub(super) fn of(block: &Block, program: &'a Program, touched: Option<&'a Touched>) -> Self {
        let statements: &'a [Stmt] = &program.statements;
        let alone = || Arc::new(Statics::of(std::iter::once(program)));
        let mut names = Self {
            statics: program.statics.clone().unwrap_or_else(alone),
            exceptions: program
                .exceptions
                .clone()
                .unwrap_or_else(|| Arc::new(Exceptions::of(std::iter::once(program)))),
            namespace: namespace(statements),
            strict: program.strict,
            touched,
            ..Self::default()
        };
        let mut rest = Vec::new();
        let mut defines = true;
        top(statements, &mut rest, &mut |stmt| {
            match &stmt.kind {
                StmtKind::Function { name, closure } => {
                    names.functions.insert(name.to_ascii_lowercase(), closure);
                }
                StmtKind::Whole(whole) => match &**whole {
                    Whole::Class(class) => {
                        names.classes.insert(class.name.to_ascii_lowercase(), class);
                    }
                    Whole::Const(consts) => {
                        names
                            .consts
                            .extend(consts.iter().map(|(name, _)| name.clone()));
                    }
                    _ => {}
                },
                _ => {
                    names.add_enumeration(block, stmt);
                    // Definitions that precede all statements.
                    let text = block.text.get(stmt.span.range()).unwrap_or_default();
                    names.globals.extend(outside_of_closures(stmt, text));
                    defines &= defined(stmt).is_some();
                    let constant = defined(stmt).filter(|_| defines);
                    names
                        .consts
                        .extend(constant.map(|(name, _)| name.to_owned()));
                }
            }
            true
        });
        names
    }

    /// What the functions of the file do with the objects that they are given.
    fn gives(&self) -> &Gives {
        let of = || Gives::of(&self.functions, &self.classes);
        self.gives.get_or_init(of)
    }

    /// The function of the file that a call names. A plain name is that of the namespace, if it has the function.
    fn called(&self, name: &syntax::Name) -> Option<&'a syntax::Closure> {
        if name.written.contains('\\') {
            return self.named(&name.resolved);
        }
        self.functions.get(&name.last()).copied()
    }

    /// The name of the function of PHP that a call names: no function of the file, and none of another namespace.
    pub(super) fn of_php(&self, name: &syntax::Name) -> Option<String> {
        let other = self.called(name).is_some() || name.resolved.contains('\\');
        (!other).then(|| name.last())
    }

    /// The function of the file that a text names, which is read outside of every namespace.
    fn named(&self, whole: &str) -> Option<&'a syntax::Closure> {
        let whole = whole
            .strip_prefix('\\')
            .unwrap_or(whole)
            .to_ascii_lowercase();
        let (namespace, name) = whole.rsplit_once('\\').unwrap_or(("", &whole));
        let own = self.namespace.as_deref();
        let is_own = own.is_none_or(|own| own.eq_ignore_ascii_case(namespace));
        self.functions.get(name).copied().filter(|_| is_own)
    }

    /// Whether calls keep their names.
    fn is_open(&self) -> bool {
        self.touched.is_some()
    }

    fn class(&self, path: &str) -> Option<&'a syntax::Class> {
        let last = path.rsplit('\\').next().unwrap_or(path);
        self.classes.get(&last.to_ascii_lowercase()).copied()
    }
}

/// The names of the variables that a statement mentions, but for those of closures, which have their own.
fn outside_of_closures(stmt: &Stmt, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    closures(std::slice::from_ref(stmt), &mut found);
    // A pass before this one may have put parts of other statements here.
    let mut names: Vec<String> = mentioned(std::slice::from_ref(stmt)).into_iter().collect();
    let within = |span: &Span| stmt.span.start <= span.start && span.end <= stmt.span.end;
    found.retain(|(span, _)| within(span));
    let mut end = stmt.span.start;
    let mut piece = |from: usize, to: usize| {
        let own = from - stmt.span.start..to.saturating_sub(stmt.span.start);
        names.extend(variables(text.get(own).unwrap_or_default()));
    };
    for (span, _) in &found {
        piece(end, span.start);
        end = span.end;
    }
    piece(end, stmt.span.end);
    names
}

/// The outermost closures in statements, in order.
fn closures<'s>(statements: &'s [Stmt], found: &mut Vec<(Span, &'s syntax::Closure)>) {
    fn within<'s>(expr: &'s syntax::Expr, found: &mut Vec<(Span, &'s syntax::Closure)>) {
        match &expr.kind {
            PhpKind::Closure(closure) if !closure.arrow => found.push((expr.span, closure)),
            _ => expr
                .children()
                .into_iter()
                .for_each(|part| within(part, found)),
        }
    }
    for stmt in statements {
        for part in stmt.kind.parts() {
            match part {
                syntax::Part::Expr(expr) => within(expr, found),
                syntax::Part::Body(body) => closures(body, found),
            }
        }
    }
    found.sort_by_key(|(span, _)| *span);
}

/// The names of the variables that a piece of PHP mentions.
fn variables(text: &str) -> impl Iterator<Item = String> {
    text.split('$').skip(1).map(move |piece| {
        let piece = piece.trim_start_matches('{');
        let end = piece.find(|c| !is_word(c)).unwrap_or(piece.len());
        piece[..end].to_owned()
    })
}

/// Whether a variable is PHP's own, which each function sees: `$_SERVER`, `$GLOBALS`.
fn is_superglobal(name: &str) -> bool {
    let rest = name.strip_prefix('_').unwrap_or_default();
    name == "GLOBALS" || !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// `define('NAME', …);` with a value that is written there.
fn defined(stmt: &Stmt) -> Option<(&str, &syntax::Expr)> {
    let StmtKind::Expr(expr) = &stmt.kind else {
        return None;
    };
    let PhpKind::Call { function, args } = &expr.kind else {
        return None;
    };
    match (&**args, function.last().as_str()) {
        ([name, value], "define") => match (&name.value.kind, &value.value.kind) {
            (
                PhpKind::String(name),
                PhpKind::String(_) | PhpKind::Int(_) | PhpKind::Float(_) | PhpKind::Bool(_),
            ) => Some((name, &value.value)),
            _ => None,
        },
        _ => None,
    }
}

/// The namespace that a file begins with. With braces each block has its own.
fn namespace(statements: &[Stmt]) -> Option<String> {
    let mut names = statements.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Namespace(name) => Some(Some(name.clone())),
        StmtKind::Block(_) => Some(None),
        _ => None,
    });
    match (names.next(), names.next()) {
        (None, _) => Some(String::new()),
        (Some(name), None) => name,
        _ => None,
    }
}

/// Builds one function, or the expressions of a class.
struct Builder<'a> {
    block: &'a Block,
    names: &'a Names<'a>,
    class: Option<&'a class::Shape<'a>>,
    locals: Vec<Local>,
    by_name: BTreeMap<String, usize>,
    /// The facts about variables so far, in the order of the source.
    kinds: BTreeMap<String, Ty>,
    /// Whether the code that is lowered says `strict_types`.
    strict: bool,
    /// Whether it is what stands outside of functions.
    in_main: bool,
    /// Clients that other objects hold, as they are written, and the variables that stand for them.
    clients: Vec<(String, usize)>,
    /// Stacks that variables hold: the client that has it, and whether it is APIv2's.
    stacks: BTreeMap<String, (Expr, bool)>,
    /// The usual metas of uploads that variables hold: the variable of the upload.
    metas: BTreeMap<String, String>,
    /// The parameter of the handler that is about to be read, and what it is.
    given: Option<(String, Ty)>,
    /// The parameters of handlers that are given why a promise was rejected.
    reasons: Vec<String>,
    /// Whether the answer itself may be why a promise was rejected: not with APIv3.
    answers_reject: bool,
    /// Names that stand for something else.
    aliases: BTreeMap<String, alias::Alias>,
    /// The variables that hold one of several paths, and how many those are.
    choosing: BTreeMap<String, usize>,
    /// Their paths so far.
    choices: BTreeMap<String, choice::Choice>,
    /// The arrays of closures that only calls read.
    tables: BTreeMap<String, Vec<table::Row>>,
    /// The statements of the function that is read.
    statements_of: Option<&'a [Stmt]>,
    /// The variables that a `foreach` by reference goes through, the name that they are known by, and
    /// whether the loop mentions them.
    guarded: Vec<(usize, Option<String>, bool)>,
    /// The first key of what each of them goes through: other items of the variable may be read.
    guarded_keys: Vec<Option<String>>,
    /// Such a name that is used in a way that is not known.
    misused: Option<String>,
    /// The properties for `static` variables.
    statics: Vec<Field>,
    /// The `static` variables of a function.
    kept: BTreeMap<String, usize>,
    /// The method that is read.
    method_name: Option<String>,
    /// How many constructors stand around, each of the class above the one before.
    constructors: usize,
    /// The function or method that is read.
    function_name: Option<String>,
    /// The uses of the variables.
    held: held::Held,
    /// Whether a closure is read.
    in_closure: bool,
    /// The call whose value nothing uses but the call behind it.
    fluent_at: Option<Span>,
    /// Whether the next closure is only given to the application, which has the object that it is called with.
    gives_to_application: bool,
    /// Whether the closure that is read is such a one.
    called_by_application: bool,
    /// Whether the call of the application that is read is given methods of the object.
    names_callables: bool,
    /// How many constants stand around, each in the value of the one before.
    nested_consts: usize,
    /// The variables of loops over texts that are written there, and those texts.
    named_texts: BTreeMap<String, Vec<String>>,
    /// How many lists of statements stand around.
    depth: usize,
    /// How many loops stand around.
    loops: usize,
    /// The handlers whose variables are the function's.
    sharing: Vec<Span>,
    /// Whether a reference that the present statement makes ends behind it.
    ends_reference: bool,
}

impl<'a> Builder<'a> {
    fn new(block: &'a Block, names: &'a Names<'a>, class: Option<&'a class::Shape<'a>>) -> Self {
        Self {
            block,
            names,
            class,
            locals: Vec::new(),
            by_name: BTreeMap::new(),
            kinds: BTreeMap::new(),
            in_main: false,
            strict: false,
            clients: Vec::new(),
            stacks: BTreeMap::new(),
            metas: BTreeMap::new(),
            given: None,
            reasons: Vec::new(),
            answers_reject: true,
            aliases: BTreeMap::new(),
            choosing: BTreeMap::new(),
            choices: BTreeMap::new(),
            tables: BTreeMap::new(),
            statements_of: None,
            guarded: Vec::new(),
            guarded_keys: Vec::new(),
            misused: None,
            statics: Vec::new(),
            kept: BTreeMap::new(),
            method_name: None,
            constructors: 0,
            function_name: None,
            held: held::Held::default(),
            in_closure: false,
            fluent_at: None,
            gives_to_application: false,
            called_by_application: false,
            names_callables: false,
            nested_consts: 0,
            named_texts: BTreeMap::new(),
            depth: 0,
            loops: 0,
            sharing: Vec::new(),
            ends_reference: false,
        }
    }

    /// Whether calls keep their names.
    fn is_open(&self) -> bool {
        self.names.is_open()
    }

    fn source(&self, span: Span) -> &'a str {
        self.block.text.get(span.range()).unwrap_or_default()
    }

    fn local(&mut self, name: &str) -> usize {
        if self.aliases.contains_key(name) {
            self.misused.get_or_insert_with(|| name.to_owned());
        }
        if let Some(known) = self.by_name.get(name) {
            let guards = self.guarded.iter_mut();
            guards.for_each(|(local, _, touched)| *touched |= local == known);
            return *known;
        }
        self.locals.push(Local {
            name: name.to_owned(),
            ty: Ty::Unknown,
            settled: Ty::Response,
            maybe_unset: false,
            mutable: false,
            read: false,
            kept: false,
        });
        let index = self.locals.len() - 1;
        self.by_name.insert(name.to_owned(), index);
        index
    }

    fn kind(&self, name: &str) -> Ty {
        self.kinds.get(name).cloned().unwrap_or(Ty::Unknown)
    }
}

fn refused(span: Span, message: impl Into<String>) -> Expr {
    Expr::refused(span, message)
}
