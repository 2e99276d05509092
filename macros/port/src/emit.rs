//! Rust that does what the PHP does.
//!
//! ```
//! use wechatpay_chain_port::emit::{self, Options};
//! use wechatpay_chain_port::source::{Kind, split};
//!
//! let php = "$instance->chain('v3/certificates')->getAsync([])->wait();";
//! let ported = emit::rust(&split("certificates.php", php, Kind::Php), &Options::default());
//! assert!(ported.complete);
//! assert!(ported.text.contains("client.chain(\"v3/certificates\").get(()).await?;"));
//! ```
//!
//! A block goes from [`syntax`](crate::syntax) to [`hir`](crate::hir) and from there to Rust; here the blocks become one
//! file, with what it has to `use`.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Problem, Severity};
use crate::rust::Made;
use crate::rust::imports::Imports;
use crate::rust::layout;
use crate::rust::text::snake;
use crate::rust::written::{Expr, Node};
pub use crate::rust::{HostMethod, Options, Style, call, variable};
use crate::source::Block;
use crate::syntax::{Program, Span, parse_whole};

/// The Rust, and what is to be said of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Output {
    /// A file of Rust: `use`s, then a function for each block, or a `main`.
    pub text: String,
    /// Warnings, and errors where something could not be translated, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether all of it was translated; otherwise the text holds a `compile_error!` in its place.
    pub complete: bool,
    /// The functions, a block each.
    pub functions: Vec<Function>,
    /// The methods of the trait `App`, which the application implements. Of several blocks that need one, each has a
    /// trait, and those after the first are named after their functions.
    pub app: Vec<HostMethod>,
}

/// A function of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The index of its block.
    pub block: usize,
    /// Names and types of its parameters, as they are written.
    pub params: Vec<(String, String)>,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Whether all of it was translated.
    pub complete: bool,
    /// Whether its first parameter is the trait `App`.
    pub needs_app: bool,
}

/// Translates blocks of PHP into one file of Rust.
///
/// The text is formatted. Untranslatable PHP stays as a comment with a `compile_error!` that
/// says why, and as a diagnostic.
#[must_use]
pub fn rust(blocks: &[Block], options: &Options) -> Output {
    let mut imports = Imports::default();
    let mut out = Output {
        text: String::new(),
        diagnostics: Vec::new(),
        complete: true,
        functions: Vec::new(),
        app: Vec::new(),
    };
    let mut plain = true;
    let mut taken = BTreeSet::new();
    let mut texts = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let name = name_of(block, index, blocks, &mut taken);
        let parsed = parse_whole(&block.text);
        let problem = if parsed.program.fragment {
            Some(
                Problem::error(Span::new(0, 0), "this is a part of an array, and no call")
                    .hint("put it into the call that it belongs to"),
            )
        } else {
            parsed.problems.into_iter().next()
        };
        let text = match problem {
            Some(problem) => {
                imports.own("Result");
                refused(block, index, &name, problem, (options, &mut out))
            }
            None => {
                let program = &parsed.program;
                let made = whole(
                    block,
                    index,
                    program,
                    &name,
                    options,
                    &mut imports,
                    &mut out,
                );
                plain &= made.1;
                made.0
            }
        };
        texts.push(text);
    }
    let mut parts = Vec::new();
    if !plain {
        parts.push(ALLOWED.to_owned());
        parts.push(String::new());
    }
    parts.extend(imports.lines());
    if !parts.is_empty() {
        parts.push(String::new());
    }
    out.text = parts.join("\n");
    if !parts.is_empty() {
        out.text.push('\n');
    }
    out.text.push_str(&texts.join("\n\n"));
    out.text.push('\n');
    out
}

/// What PHP's rules make of code that no hand would write so.
const ALLOWED: &str = "#![allow(dead_code, unreachable_code, unused_assignments, unused_braces)]
#![allow(unused_imports, unused_labels, unused_mut, unused_parens, unused_variables)]";

/// A block that is no PHP: its text as comments, and why.
fn refused(
    block: &Block,
    index: usize,
    name: &str,
    problem: Problem,
    (options, out): (&Options, &mut Output),
) -> String {
    let (line, col) = block.position(problem.span.start);
    let php = block.text.lines().map(|line| line.trim_end().to_owned());
    let nodes = [
        Node::Foreign {
            php: php.collect(),
            reason: format!(
                "{}:{line}:{col}: {}",
                block.file,
                options.told(&problem.message)
            ),
        },
        Node::Tail(Expr::raw("Ok(())")),
    ];
    out.complete = false;
    out.diagnostics.push(block.diagnose(problem));
    out.functions.push(Function {
        name: name.to_owned(),
        block: index,
        params: Vec::new(),
        is_async: false,
        complete: false,
        needs_app: false,
    });
    let (doc, public) = match name {
        "main" => (String::new(), ""),
        _ => (format!("/// {}\n", crate::rust::origin(block)), "pub "),
    };
    let lines = layout::nodes(&nodes, 4).join("\n");
    format!("{doc}{public}fn {name}() -> Result<()> {{\n{lines}\n}}")
}

/// A block through `hir` and `rust`.
fn whole(
    block: &Block,
    index: usize,
    program: &Program,
    name: &str,
    options: &Options,
    imports: &mut Imports,
    out: &mut Output,
) -> (String, bool) {
    // Trees may be deep, and each stage recurses over them.
    // One output has one `App`: a later block's trait is named after its function.
    let trait_name = if out.app.is_empty() {
        "App".to_owned()
    } else {
        format!("{}App", crate::rust::pascal(name))
    };
    let work = || {
        crate::rust::file(
            block,
            program,
            (name, &stem_of(block)),
            &trait_name,
            &crate::rust::origin(block),
            options,
        )
    };
    let made = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(crate::rust::STACK);
        let thread = thread.spawn_scoped(scope, work);
        thread.ok().and_then(|thread| thread.join().ok())
    });
    let Some(made) = made else {
        let problem = Problem::error(Span::default(), "this is too deep to be translated");
        out.complete = false;
        out.diagnostics.push(block.diagnose(problem));
        return (String::new(), true);
    };
    import_all(&made, imports);
    let errors = made
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error);
    out.complete &= !errors;
    let problems = made.problems.into_iter();
    out.diagnostics
        .extend(problems.map(|problem| block.diagnose(problem)));
    let needs_app = !made.host.is_empty();
    out.app.extend(made.host);
    if let Some((name, params, is_async)) = made.main {
        out.functions.push(Function {
            name,
            block: index,
            params,
            is_async,
            complete: !errors,
            needs_app,
        });
    }
    (made.text.trim_end().to_owned(), made.plain)
}

/// The items of other crates that a file of `rust` names.
fn import_all(made: &Made, imports: &mut Imports) {
    for path in &made.uses {
        match path.rsplit_once("::") {
            Some(("crypto", name)) => {
                drop(imports.of("wechatpay_chain::crypto", name_of_use(name)))
            }
            Some(("std::time", _)) => drop(imports.of("std::time", "Duration")),
            Some(("signing", name)) => {
                drop(imports.of("wechatpay_chain::signing", name_of_use(name)))
            }
            _ => drop(imports.own(path)),
        }
    }
    let code = made
        .text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: Vec<_> = code.collect();
    let code = code.join("\n");
    let mentions = |word: &str| crate::rust::text::mentions(&code, word);
    for name in [
        "Call",
        "Client",
        "ClientBuilder",
        "Media",
        "PrivateKey",
        "PublicKey",
        "Response",
    ] {
        if mentions(name) {
            imports.own(name);
        }
    }
    if mentions("php") {
        imports.own("php");
    }
    if code.contains(" Result<") || code.contains("(Result<") {
        imports.own("Result");
    }
    for word in ["Value", "json"] {
        if mentions(word) {
            imports.of("serde_json", name_of_use(word));
        }
    }
    if mentions("Thrown") {
        imports.of("wechatpay_chain::php", "Thrown");
    }
}

/// A module of a folder: its allowances, its imports, and its code below what is put between.
pub(crate) fn module(made: &Made, between: &str) -> String {
    let mut imports = Imports::default();
    import_all(made, &mut imports);
    let mut parts = vec![ALLOWED.to_owned(), String::new()];
    parts.extend(imports.lines());
    parts.push(between.to_owned());
    parts.push(String::new());
    let parts = parts.join("\n");
    format!("{}\n\n{}\n", parts.trim_end(), made.text.trim_end())
}

/// The names that `use` may bring.
fn name_of_use(name: &str) -> &'static str {
    match name {
        "aes" => "aes",
        "SignType" => "SignType",
        "Thrown" => "Thrown",
        "Value" => "Value",
        _ => "json",
    }
}

/// A program is `main`; a block of a page is named after the page, and numbered.
fn name_of(block: &Block, index: usize, blocks: &[Block], taken: &mut BTreeSet<String>) -> String {
    if !block.fenced && blocks.len() == 1 && builds_client(&block.text) {
        return "main".to_owned();
    }
    let stem = stem_of(block);
    let first = blocks
        .iter()
        .position(|other| other.file == block.file)
        .unwrap_or_default();
    let alone = blocks
        .iter()
        .filter(|other| other.file == block.file)
        .count()
        == 1;
    let base = if alone {
        stem
    } else {
        format!("{stem}_{}", index - first + 1)
    };
    let mut name = base.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}_{number}");
        number += 1;
    }
    name
}

/// The name of the file, as a name of Rust.
fn stem_of(block: &Block) -> String {
    let file = block.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    if stem.chars().any(char::is_alphanumeric) {
        snake(stem)
    } else {
        "snippet".to_owned()
    }
}

/// Whether a block builds its client.
fn builds_client(text: &str) -> bool {
    crate::rust::text::mentions(text, "factory") && crate::rust::text::mentions(text, "Builder")
}
