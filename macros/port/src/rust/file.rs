//! A file of Rust.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::class;
use super::code::written;
use super::described::{Described, Noted, described};
use super::function::{Body, beginning, params, result};
use super::host::{Host, HostMethod};
use super::left::LeftTo;
use super::names::{ident, snake};
use super::options::{Options, Style, told};
use super::print::Inserts;
use super::rounds::rounds;
use crate::diagnostic::{Problem, Severity};
use crate::hir::tree::{Expr, ExprKind, File, Foreign, Function, Root, Stmt, StmtKind};
use crate::hir::{self, Ty};
use crate::source::Block;
use crate::syntax::{Comment, Program, Span};

/// How often the file is written: each time, what the calls need is better known.
const PASSES: usize = 3;

/// The state that all functions of a file share.
pub(crate) struct Shared<'a> {
    pub(crate) block: &'a Block,
    pub(crate) file: &'a File,
    pub(crate) host: Host,
    /// The name of the trait that stands for the application.
    pub(crate) trait_name: String,
    /// Where the block is from, as a sentence.
    pub(crate) origin: String,
    pub(crate) inserts: Inserts,
    pub(crate) problems: Vec<Problem>,
    /// The library's items that are used, by path.
    pub(crate) uses: BTreeSet<&'static str>,
    /// Whether the PHP encrypts by hand.
    pub(crate) manual: bool,
    /// Comments, by their places.
    pub(crate) comments: Vec<Comment>,
    /// Where those begin that were written.
    pub(crate) written: BTreeSet<usize>,
    /// How chains are written.
    pub(crate) style: Style,
    /// The fields that the client encrypts without being told.
    pub(crate) sensitive: Option<fn(&str, &str) -> Vec<String>>,
    /// The language of `compile_error!`.
    pub(crate) localised: Option<fn(&str) -> String>,
    /// Whether PHP's exceptions may leave what is written at present.
    pub(crate) throws: Cell<bool>,
    /// Functions and methods that wait for calls.
    pub(crate) is_async: BTreeSet<String>,
    /// Methods that change the object.
    pub(crate) mutates: BTreeSet<String>,
    /// Functions that call the application.
    pub(crate) needs_host: BTreeSet<String>,
    /// Classes that do.
    pub(crate) hosted: BTreeSet<String>,
    /// Whether what is written at present does.
    pub(crate) uses_host: bool,
    /// The names of the variables of the function that is written, its closures' among them.
    pub(crate) variables: BTreeSet<String>,
    /// Variables of keys that something else took the place of.
    pub(crate) superseded: BTreeSet<usize>,
    /// The results for the calls.
    pub(crate) noted: Vec<Noted>,
    /// The functions that are left to the application.
    pub(crate) left: Vec<LeftTo>,
}

/// A file of Rust, and what is to be said of it.
pub(crate) struct Made {
    pub(crate) text: String,
    /// The library's items that it uses, by path.
    pub(crate) uses: BTreeSet<&'static str>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) host: Vec<HostMethod>,
    /// Whether it reads as a hand would write it: no lint has to be told of it.
    pub(crate) plain: bool,
    /// The function of what stands outside of functions: its parameters, and whether it is `async`.
    pub(crate) main: Option<About>,
    /// The descriptions of the functions.
    pub(crate) described: Vec<Described>,
    /// The results for the calls, in the order of the PHP.
    pub(crate) noted: Vec<Noted>,
    /// Whether the file calls the application.
    pub(crate) calls_host: bool,
    /// The functions that are left to the application.
    pub(crate) left: Vec<LeftTo>,
}

/// One file of several.
pub(crate) struct Unit<'a> {
    pub(crate) block: &'a Block,
    pub(crate) program: &'a Program,
    /// The name of the function for what stands outside of functions.
    pub(crate) name: &'a str,
}

/// Writes a file; `name` is that of the function for what stands outside of functions, with the one that it has where
/// it is no program, `trait_name` that of the trait
/// for the application.
pub(crate) fn file(
    block: &Block,
    program: &Program,
    name: (&str, &str),
    trait_name: &str,
    origin: &str,
    options: &Options,
) -> Made {
    let unit = Unit {
        block,
        program,
        name: name.0,
    };
    let write = |meanings: &[File]| {
        let mut made = Vec::new();
        for meaning in meanings {
            let mut shared = Shared::new(block, meaning, trait_name, options);
            shared.comments.clone_from(&program.comments);
            origin.clone_into(&mut shared.origin);
            made.push(alone(shared, name));
        }
        (made, ())
    };
    let (mut made, ()) = rounds(&[unit], options, write);
    made.swap_remove(0)
}

/// A file with its own trait.
fn alone(mut shared: Shared<'_>, name: (&str, &str)) -> Made {
    let mut written = Written::default();
    for pass in 0..PASSES {
        shared.host.settled = pass + 1 == PASSES;
        written = shared.pass(name);
    }
    if !shared.host.is_empty() {
        let of = format!("`{}`", shared.file_name());
        let host = shared.host.tokens(&shared.trait_name, &of);
        let tokens = written.tokens;
        written.tokens = quote!(#host #tokens);
    }
    let host = shared.host.methods();
    Made {
        host,
        ..shared.made(written)
    }
}

/// The text of a trait and its methods.
type Trait = (Option<String>, Vec<HostMethod>);

/// Writes several files that share one trait; gives them, and the trait's text and methods.
pub(crate) fn several(
    units: &[Unit<'_>],
    trait_name: &str,
    options: &Options,
) -> (Vec<Made>, Option<String>, Vec<HostMethod>) {
    let write = |meanings: &[File]| together(units, meanings, trait_name, options);
    let (made, (text, methods)) = rounds(units, options, write);
    (made, text, methods)
}

fn together(
    units: &[Unit<'_>],
    meanings: &[File],
    trait_name: &str,
    options: &Options,
) -> (Vec<Made>, Trait) {
    let mut files: Vec<(Shared<'_>, Written)> = units
        .iter()
        .zip(meanings)
        .map(|(unit, meaning)| {
            let mut shared = Shared::new(unit.block, meaning, trait_name, options);
            shared.comments.clone_from(&unit.program.comments);
            shared.origin = crate::rust::origin(unit.block);
            (shared, Written::default())
        })
        .collect();
    let mut host = Host::default();
    host.name_files = true;
    for pass in 0..PASSES {
        host.settled = pass + 1 == PASSES;
        for ((shared, written), unit) in files.iter_mut().zip(units) {
            shared.host = std::mem::take(&mut host);
            *written = shared.pass((unit.name, unit.name));
            host = std::mem::take(&mut shared.host);
        }
    }
    let made = files
        .into_iter()
        .map(|(shared, written)| shared.made(written));
    let made = made.collect();
    let text = (!host.is_empty()).then(|| {
        let tokens = host.tokens(trait_name, "this code");
        Inserts::default().file(tokens).unwrap_or_default()
    });
    (made, (text, host.methods()))
}

/// The tokens of a file, and the function of what stands outside of functions.
#[derive(Default)]
struct Written {
    tokens: TokenStream,
    own: TokenStream,
    main: Main,
}

/// Whether a file is nothing but statements that follow one another.
fn is_plain(file: &File) -> bool {
    let all = |body: &[Stmt]| {
        body.iter().all(|stmt| {
            let mut plain = matches!(
                stmt.kind,
                StmtKind::Expr(_) | StmtKind::Let(..) | StmtKind::Echo(_) | StmtKind::Refused(_)
            );
            stmt.clone().each_mut(&mut |expr| {
                plain &= match &*expr.kind {
                    ExprKind::Promise(promise) => promise.handlers.is_empty(),
                    ExprKind::Closure(..)
                    | ExprKind::Ternary(..)
                    | ExprKind::Match(..)
                    | ExprKind::Throw(_)
                    | ExprKind::Exit(_) => false,
                    _ => true,
                };
            });
            plain
        })
    };
    let main = file.main.as_ref();
    file.classes.is_empty()
        && file.functions.is_empty()
        && file.consts.is_empty()
        && main.is_some_and(|main| all(&main.body))
}

/// A function: its name, its parameters, and whether it is `async`.
pub(crate) type About = (String, Vec<(String, String)>, bool);

type Main = Option<About>;

fn items(shared: &mut Shared<'_>, name: (&str, &str)) -> (TokenStream, TokenStream, Main) {
    let file = shared.file;
    let mut tokens = TokenStream::new();
    for constant in &file.consts {
        let (one, other) = class::constant(shared, None, &constant.name, &constant.value);
        tokens.extend(one);
        tokens.extend(other);
    }
    for class in &file.classes {
        tokens.extend(class::class(shared, class));
    }
    for function in &file.functions {
        tokens.extend(self::function(shared, function));
    }
    for problem in &file.unplaced {
        tokens.extend(unplaced(shared, problem));
    }
    let Some(main) = &file.main else {
        return (tokens, TokenStream::new(), None);
    };
    let (own, about) = self::main(shared, main, name);
    (tokens, own, Some(about))
}

/// `compile_error!` for a refusal that stands at no expression, unless the application has the function around it.
fn unplaced(shared: &Shared<'_>, problem: &Problem) -> TokenStream {
    if shared.is_left(problem.span) {
        return TokenStream::new();
    }
    let message = shared.placed(problem);
    quote!(compile_error!(#message);)
}

fn function<'a>(shared: &mut Shared<'a>, function: &'a Function) -> TokenStream {
    let key = function.name.to_ascii_lowercase();
    let outer = std::mem::replace(&mut shared.uses_host, false);
    shared.variables.clear();
    let is_async = shared.is_async.contains(&key);
    let docs = shared.function_docs(function);
    let types = hir::types(shared.file, None, Some(function));
    let mut body = Body::new(shared, None, function, types);
    body.host = quote!(host);
    body.is_async = is_async;
    let beginning = beginning(function, &body.slots);
    let given = params(function, &body.slots);
    let tokens = body.body(&function.body);
    if shared.uses_host {
        shared.needs_host.insert(key.clone());
    }
    shared.uses_host = outer;
    for param in &function.params {
        shared.use_type(&param.ty);
    }
    shared.use_type(&function.returns);
    let host = shared.needs_host.contains(&key).then(|| {
        let app = ident(&shared.trait_name);
        quote!(host: &impl #app,)
    });
    let name = ident(&snake(&function.name));
    let given = given.iter().map(|(name, ty)| quote!(#name: #ty));
    let result = result(&function.returns);
    let is_async = is_async.then(|| quote!(async));
    quote! {
        #(#[doc = #docs])*
        pub #is_async fn #name(#host #(#given),*) -> #result {
            #(#beginning)*
            #tokens
        }
    }
}

fn main<'a>(
    shared: &mut Shared<'a>,
    function: &'a Function,
    (name, stem): (&str, &str),
) -> (TokenStream, About) {
    let outer = std::mem::replace(&mut shared.uses_host, false);
    shared.throws.set(false);
    shared.variables.clear();
    let is_async = shared.is_async.contains("");
    let types = hir::types(shared.file, None, Some(function));
    let mut body = Body::new(shared, None, function, types);
    body.host = quote!(host);
    body.is_async = is_async;
    body.is_main = true;
    body.comments_to = 0;
    let beginning = beginning(function, &body.slots);
    let given = params(function, &body.slots);
    let tokens = body.body(&function.body);
    if shared.uses_host {
        shared.needs_host.insert(String::new());
    }
    shared.uses_host = outer;
    for param in &function.params {
        shared.use_type(&param.ty);
    }
    let host = shared.needs_host.contains("").then(|| {
        let app = ident(&shared.trait_name);
        quote!(host: &impl #app,)
    });
    let is_program = name == "main" && given.is_empty() && host.is_none();
    let own = match (name, is_program) {
        ("main", false) => ident(&snake(stem)),
        _ => ident(&snake(name)),
    };
    // The client comes first.
    let mut given = given;
    given.sort_by_key(|(_, ty)| ty.to_string() != "& Client");
    let about: Vec<_> = given
        .iter()
        .map(|(name, ty)| (name.to_string(), written(ty)))
        .collect();
    let given = given.iter().map(|(name, ty)| quote!(#name: #ty));
    let awaits = is_async.then(|| quote!(async));
    let doc = clean(&shared.origin);
    let result = if shared.throws.get() || host.is_some() {
        quote!(php::Result)
    } else {
        quote!(Result)
    };
    let head = match (is_program, is_async) {
        (true, true) => quote!(#[tokio::main]),
        (true, false) => quote!(),
        (false, _) => quote!(#[doc = #doc] pub),
    };
    let tokens = quote! {
        #head #awaits fn #own(#host #(#given),*) -> #result<()> {
            #(#beginning)*
            #tokens
        }
    };
    (tokens, (own.to_string(), about, is_async))
}

impl<'a> Shared<'a> {
    pub(crate) fn new(
        block: &'a Block,
        meaning: &'a File,
        trait_name: &str,
        options: &Options,
    ) -> Self {
        Self {
            block,
            file: meaning,
            host: Host::default(),
            trait_name: trait_name.to_owned(),
            origin: String::new(),
            inserts: Inserts::default(),
            problems: Vec::new(),
            uses: BTreeSet::new(),
            manual: encrypts(meaning),
            comments: Vec::new(),
            written: BTreeSet::new(),
            style: options.style,
            sensitive: options.sensitive,
            localised: options.localised,
            throws: Cell::new(false),
            is_async: if options.tokio {
                waiting(meaning)
            } else {
                BTreeSet::new()
            },
            mutates: mutating(meaning),
            needs_host: BTreeSet::new(),
            hosted: BTreeSet::new(),
            uses_host: false,
            variables: BTreeSet::new(),
            superseded: BTreeSet::new(),
            noted: Vec::new(),
            left: Vec::new(),
        }
    }
}

pub(crate) fn is_refusal(problem: &Problem) -> bool {
    problem.severity == Severity::Error
}

/// Whether something was written that does not compile: the place of a value without a form in Rust.
fn has_compile_error(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(name) => name == "compile_error",
        TokenTree::Group(group) => has_compile_error(&group.stream()),
        _ => false,
    })
}

/// How many calls of WeChat Pay were written: a call that is read and not written would be lost without a word.
fn verbs(tokens: &TokenStream, inserts: &Inserts) -> usize {
    let mut count = 0;
    let mut is_method = false;
    for token in tokens.clone() {
        match &token {
            TokenTree::Ident(name) => {
                let name = name.to_string();
                count += usize::from(is_method && VERBS.contains(&name.as_str()));
                for leaf in inserts.leaves_of(&name) {
                    count += verbs(leaf, inserts);
                }
            }
            TokenTree::Group(group) => count += verbs(&group.stream(), inserts),
            _ => {}
        }
        is_method = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == '.');
    }
    count
}

/// The methods that make a call.
const VERBS: [&str; 7] = [
    "delete", "get", "get_url", "patch", "post", "put", "request",
];

impl Shared<'_> {
    fn pass(&mut self, name: (&str, &str)) -> Written {
        self.inserts = Inserts::default();
        self.problems.clone_from(&self.file.problems);
        self.uses.clear();
        self.written.clear();
        self.noted.clear();
        self.left.clear();
        let (tokens, own, main) = items(self, name);
        Written { tokens, own, main }
    }

    /// The message of a problem, with its place.
    pub(super) fn placed(&self, problem: &Problem) -> String {
        let (line, col) = self.block.position(problem.span.start);
        let message = told(self.localised, &problem.message);
        let file = self.block.file_at(problem.span.start);
        format!("{file}:{line}:{col}: {message}")
    }

    /// The error for what was written in a wrong form or not at all, unless an error says so already.
    fn lost(&self, written: &Written) -> Option<Problem> {
        let Written { tokens, own, .. } = written;
        let calls = verbs(tokens, &self.inserts) + verbs(own, &self.inserts);
        let (message, hint) = if self.problems.iter().any(is_refusal) {
            return None;
        } else if has_compile_error(tokens) || has_compile_error(own) {
            (
                "an object stands where PHP takes a text or a plain value",
                "look for `compile_error!` in the output, and write that part in Rust",
            )
        } else if calls < self.noted_calls() {
            (
                "a call of this file was lost",
                "tell the authors of the porter",
            )
        } else {
            return None;
        };
        Some(Problem::error(Span::default(), message).hint(hint))
    }

    fn made(self, written: Written) -> Made {
        let lost = self.lost(&written);
        let text = self.inserts.file(written.tokens).and_then(|text| {
            if written.own.is_empty() {
                return Ok(text);
            }
            let gap = if text.is_empty() { "" } else { "\n" };
            Ok(text + gap + &self.inserts.function(written.own)?)
        });
        let (text, problem) = match text {
            Ok(text) => (text, None),
            Err(why) => {
                let message = format!("what was written is no Rust: {why}");
                let problem = Problem::error(Span::default(), message);
                let problem = problem.hint("tell the authors of the porter");
                (String::new(), Some(problem))
            }
        };
        let told = self.left_warnings();
        let mut problems = self.problems.clone();
        // What was said of these functions before holds no longer.
        problems.retain(|problem| !self.is_left(problem.span));
        problems.extend(told);
        problems.extend(lost);
        problems.extend(problem);
        problems.sort_by_key(|problem| problem.span);
        Made {
            text,
            uses: self.uses,
            problems,
            host: Vec::new(),
            plain: is_plain(self.file) && self.host.is_empty(),
            main: written.main,
            described: described(self.file),
            calls_host: !self.needs_host.is_empty() || !self.hosted.is_empty(),
            noted: self.noted,
            left: self.left,
        }
    }
}

impl Shared<'_> {
    pub(crate) fn file_name(&self) -> String {
        self.file_name_at(0)
    }

    /// The name of the file that a byte of the text is from.
    pub(crate) fn file_name_at(&self, offset: usize) -> String {
        let name = self
            .block
            .file_at(offset)
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or_default();
        name.chars()
            .filter(|c| !c.is_control() && *c != '`')
            .collect()
    }

    /// The lines of the comments that are wanted; each is given once.
    pub(crate) fn take_comments(&mut self, wanted: impl Fn(Span, bool) -> bool) -> Vec<String> {
        let mut lines = Vec::new();
        for comment in &self.comments {
            if wanted(comment.span, comment.trailing) && self.written.insert(comment.span.start) {
                lines.extend(comment.lines.iter().cloned());
            }
        }
        lines
    }

    /// The comment that stands directly before a place.
    pub(crate) fn docs_before(&self, at: usize, class: bool) -> Vec<String> {
        let text = self.block.text.get(..at).unwrap_or_default();
        let comment = self
            .comments
            .iter()
            .rev()
            .find(|comment| comment.span.end <= at);
        let Some(Comment { span, lines, .. }) = comment else {
            return Vec::new();
        };
        let between = text.get(span.end..).unwrap_or_default();
        let plain = |word: &str| {
            matches!(
                word,
                "final"
                    | "abstract"
                    | "class"
                    | "public"
                    | "private"
                    | "protected"
                    | "static"
                    | "function"
                    | "readonly"
            )
        };
        let near = if class {
            between.split_whitespace().all(plain)
        } else {
            between.split_whitespace().next().is_none() || between.split_whitespace().all(plain)
        };
        if !near {
            return Vec::new();
        }
        let kept = lines
            .iter()
            .take_while(|line| !line.trim_start().starts_with('@'));
        let mut kept: Vec<String> = kept.map(|line| clean(line)).collect();
        while kept.last().is_some_and(|line| line.trim().is_empty()) {
            kept.pop();
        }
        kept
    }

    pub(crate) fn function_docs(&self, function: &Function) -> Vec<String> {
        let mut docs = self.docs_before(function.span.start, false);
        let (line, _) = self.block.position(function.span.start);
        if docs.is_empty() {
            docs.push(format!(
                " `{}`, from line {line} of `{}`.",
                function.name,
                self.file_name_at(function.span.start)
            ));
        }
        let defaults = function
            .params
            .iter()
            .filter(|param| param.default.is_some());
        for param in defaults {
            let name = snake(&function.locals[param.local].name);
            let value = param.default.as_ref().map(|value| value.span);
            let php = value
                .and_then(|span| self.block.text.get(span.range()))
                .unwrap_or_default();
            let php: Vec<_> = php.split_whitespace().collect();
            docs.push(String::new());
            docs.push(clean(&format!(
                "PHP's default of `{name}`: `{}`",
                php.join(" ").replace('`', "'")
            )));
        }
        docs
    }

    /// The documentation of a call that stands for functions: their PHP, and why they are not translated.
    pub(crate) fn quoted(&self, foreign: &Foreign) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(left) = &foreign.left {
            lines.extend(self.why_left(left));
        }
        for span in &foreign.quoted {
            let (line, _) = self.block.position(span.start);
            let text = self.block.text.get(span.range()).unwrap_or_default();
            let before = self.block.text.get(..span.start).unwrap_or_default();
            let indent = before.rsplit('\n').next().unwrap_or_default();
            let indent: String = indent.chars().take_while(|c| c.is_whitespace()).collect();
            let file = self.file_name_at(span.start);
            lines.push(String::new());
            lines.push(clean(&format!("From line {line} of `{file}`:")));
            lines.push(String::new());
            lines.push(" ~~~php".to_owned());
            let text = text.lines();
            let text = text.map(|line| line.strip_prefix(&indent).unwrap_or(line));
            lines.extend(text.map(|line| clean(&line.replace('\t', "    "))));
            lines.push(" ~~~".to_owned());
        }
        lines
    }

    /// Notes what a type needs to be imported.
    pub(crate) fn use_type(&mut self, ty: &Ty) {
        let name = match ty.present() {
            Ty::Client => "Client",
            Ty::Response => "Response",
            Ty::Promise => "Call",
            Ty::PublicKey => "PublicKey",
            Ty::PrivateKey => "PrivateKey",
            Ty::Media => "Media",
            _ => return,
        };
        self.uses.insert(name);
    }
}

/// A line of documentation: no character turns the text around, and no bracket makes a link.
pub(super) fn clean(line: &str) -> String {
    let direction = |c: char| matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line: String = line
        .chars()
        .filter(|c| !c.is_control() && !direction(*c))
        .collect();
    format!(" {}", line.trim_end())
}

/// Functions with a key each: of methods with the class before it.
fn functions(file: &File) -> Vec<(String, &Function)> {
    let mut all = Vec::new();
    for class in &file.classes {
        for method in &class.methods {
            all.push((
                format!("{}::{}", class.name, method.name.to_ascii_lowercase()),
                method,
            ));
        }
    }
    for function in &file.functions {
        all.push((function.name.to_ascii_lowercase(), function));
    }
    all.extend(file.main.as_ref().map(|main| (String::new(), main)));
    all
}

/// The effects of a function, and the functions that it calls.
#[derive(Default)]
struct Deeds {
    waits: bool,
    changes: bool,
    calls: BTreeSet<String>,
}

fn deeds(file: &File) -> BTreeMap<String, Deeds> {
    let mut all = BTreeMap::new();
    for (key, function) in functions(file) {
        let class = key.split_once("::").map(|(class, _)| class.to_owned());
        let mut deeds = Deeds::default();
        let mut body = function.body.clone();
        for stmt in &mut body {
            stmt.each_mut(&mut |expr| look(expr, class.as_deref(), &mut deeds, true));
        }
        all.insert(key, deeds);
    }
    all
}

fn look(expr: &mut Expr, class: Option<&str>, deeds: &mut Deeds, waits: bool) {
    let changed = |root: &Root| matches!(root, Root::Field(_));
    match &mut *expr.kind {
        ExprKind::Promise(_) | ExprKind::Wait(_) => deeds.waits |= waits,
        ExprKind::Method(name, _) => {
            if let Some(class) = class {
                deeds
                    .calls
                    .insert(format!("{class}::{}", name.to_ascii_lowercase()));
            }
        }
        ExprKind::Call(name, _) => {
            deeds.calls.insert(name.to_ascii_lowercase());
        }
        ExprKind::Assign(place, _)
        | ExprKind::AssignMissing(place, _)
        | ExprKind::AssignOp(place, ..)
        | ExprKind::Step { place, .. }
        | ExprKind::Sort(_, place, _)
        | ExprKind::Change(_, place, _)
        | ExprKind::Unset(place) => deeds.changes |= changed(&place.root),
        ExprKind::Unpack(places, _) => {
            deeds.changes |= places.iter().any(|target| changed(&target.place.root));
        }
        ExprKind::Closure(closure, _) => {
            for stmt in &mut closure.body {
                stmt.each_mut(&mut |expr| look(expr, class, deeds, false));
            }
        }
        _ => {}
    }
}

fn spread(all: &BTreeMap<String, Deeds>, own: impl Fn(&Deeds) -> bool) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    loop {
        let before = found.len();
        for (key, deeds) in all {
            if own(deeds) || deeds.calls.iter().any(|called| found.contains(called)) {
                found.insert(key.clone());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn waiting(file: &File) -> BTreeSet<String> {
    spread(&deeds(file), |deeds| deeds.waits)
}

fn mutating(file: &File) -> BTreeSet<String> {
    spread(&deeds(file), |deeds| deeds.changes)
}

/// Whether the file encrypts or decrypts fields itself.
fn encrypts(file: &File) -> bool {
    let mut found = false;
    let constructors = file
        .classes
        .iter()
        .filter_map(|class| class.constructor.as_ref());
    let all = functions(file)
        .into_iter()
        .map(|(_, function)| function)
        .chain(constructors);
    for function in all {
        let mut body = function.body.clone();
        for stmt in &mut body {
            stmt.each_mut(&mut |expr| found |= by_hand(expr));
        }
    }
    found
}

fn by_hand(expr: &mut Expr) -> bool {
    use crate::hir::tree::Crypto;
    match &mut *expr.kind {
        ExprKind::Crypto(Crypto::Encrypt | Crypto::Decrypt, _) => true,
        ExprKind::Closure(closure, _) => {
            let mut found = false;
            for stmt in &mut closure.body {
                stmt.each_mut(&mut |expr| found |= by_hand(expr));
            }
            found
        }
        _ => false,
    }
}
