//! A folder of PHP as a tree of modules: one module for each file, one trait for all of them.
//!
//! ```
//! use wechatpay_chain_port::emit::Options;
//! use wechatpay_chain_port::folder::{self, Root, Source};
//!
//! let php = "<?php class Orders { function __construct(private $client) {}
//!     function close(string $no) { $this->client->chain(\"v3/pay/transactions/out-trade-no/$no/close\")
//!         ->post(['json' => ['mchid' => config('mchid')]]); } }";
//! let sources = [Source::new("Services/Orders.php", "Services/Orders.php", php)];
//! let ported = folder::rust(&sources, Root::Crate, &Options::default());
//! let names: Vec<_> = ported.files.iter().map(|file| file.path.as_str()).collect();
//! assert_eq!(names, ["lib.rs", "app.rs", "services/mod.rs", "services/orders.rs"]);
//! assert_eq!(ported.report.files[0].functions[1].app[0].method, "config");
//! ```
//!
//! `modules` names the modules, `report` says what was made of each function.

mod families;
mod modules;
mod report;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use report::{AppReport, CallReport, FileReport, FunctionReport, LeftReport, Report, Skipped};

use crate::diagnostic::{Diagnostic, Problem};
use crate::emit::{HostMethod, Options};
use crate::recognise;
use crate::rust::{self, Made, Unit};
use crate::source::{Block, Kind, split};
use crate::syntax::{
    self, Exceptions, Expr, ExprKind, Parsed, Part, Span, Statics, Stmt, StmtKind, Whole,
    each_class,
};
use modules::Tree;

/// A file of PHP.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Source {
    /// Its path below the folder, with `/`: the modules are named after it.
    pub path: String,
    /// Its code.
    pub block: Block,
    /// Why it could not be read.
    pub problem: Option<Problem>,
}

impl Source {
    /// A file, its path below the folder, and its name in messages.
    #[must_use]
    pub fn new(path: &str, name: &str, text: &str) -> Self {
        let mut blocks = split(name, text, Kind::Php);
        Self::of_block(path, blocks.swap_remove(0))
    }

    /// A block of a file, such as one of a page.
    #[must_use]
    pub fn of_block(path: &str, mut block: Block) -> Self {
        block.set_path(path);
        Self {
            path: path.to_owned(),
            block,
            problem: None,
        }
    }

    /// A file that uses the SDK and could not be read.
    #[must_use]
    pub fn unreadable(path: &str, name: &str, problem: Problem) -> Self {
        Self {
            problem: Some(problem),
            ..Self::new(path, name, "")
        }
    }
}

/// The crate or module that holds the modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// A crate of their own: the root is `lib.rs`.
    Crate,
    /// A crate that exists: the root is `mod.rs`.
    Module,
}

/// A file of Rust.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct File {
    /// Its path below the output folder, with `/`.
    pub path: String,
    /// The PHP that it is made of; none of the files that hold the others together.
    pub from: Option<String>,
    /// Its text.
    pub text: String,
}

/// A folder that was ported.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Folder {
    /// The files of Rust, the root first.
    pub files: Vec<File>,
    /// The methods of the trait `App`.
    pub app: Vec<HostMethod>,
    /// The name of that trait.
    pub trait_name: String,
    /// The port of each file, in the order of the sources.
    pub report: Report,
    /// Warnings and errors, in the order of the sources.
    pub diagnostics: Vec<Diagnostic>,
}

/// Ports the files of a folder.
///
/// Files that do not use the SDK are skipped, and the report says so.
#[must_use]
pub fn rust(sources: &[Source], root: Root, options: &Options) -> Folder {
    // Trees may be deep, and each stage recurses over them.
    let ported = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(rust::STACK);
        let thread = thread.spawn_scoped(scope, || port(sources, root, options));
        thread.ok().and_then(|thread| thread.join().ok())
    });
    ported.unwrap_or_else(|| too_deep(sources))
}

fn port(sources: &[Source], root: Root, options: &Options) -> Folder {
    let mut parsed: Vec<Parsed> = sources
        .iter()
        .map(|source| syntax::parse_whole(&source.block.text))
        .collect();
    let mut sources = sources.to_vec();
    families::join(&mut sources, &mut parsed);
    let statics = Statics::of(parsed.iter().map(|parsed| &parsed.program));
    let statics = Arc::new(statics);
    let exceptions = Exceptions::of(parsed.iter().map(|parsed| &parsed.program));
    let exceptions = Arc::new(exceptions);
    for parsed in &mut parsed {
        parsed.program.statics = Some(Arc::clone(&statics));
        parsed.program.exceptions = Some(Arc::clone(&exceptions));
    }
    let sources = &sources;
    let problems = |index: usize| -> Vec<Problem> {
        let unread = sources[index].problem.iter();
        unread.chain(&parsed[index].problems).cloned().collect()
    };
    let skipped: Vec<Option<Skipped>> = sources
        .iter()
        .zip(&parsed)
        .map(|(source, parsed)| match source.problem {
            Some(_) => None,
            None => skip(parsed),
        })
        .collect();
    let taken = |index: &usize| skipped[*index].is_none() && problems(*index).is_empty();
    let taken: Vec<usize> = (0..sources.len()).filter(taken).collect();
    let tree = Tree::new(taken.iter().map(|index| &*sources[*index].path));
    let names: Vec<String> = taken
        .iter()
        .map(|index| stem(&sources[*index].path))
        .collect();
    let units: Vec<Unit<'_>> = taken
        .iter()
        .zip(&names)
        .map(|(index, name)| Unit {
            block: &sources[*index].block,
            program: &parsed[*index].program,
            name,
        })
        .collect();
    let trait_name = trait_name(&units);
    let (made, app_text, app) = rust::several(&units, &trait_name, options);
    let mut folder = Folder {
        files: tree.roots(root, &trait_name, app_text.as_deref()),
        app,
        trait_name,
        report: Report::default(),
        diagnostics: Vec::new(),
    };
    let mut made = taken
        .iter()
        .copied()
        .zip(made)
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    for (index, source) in sources.iter().enumerate() {
        let (file, problems) = match made.next_if(|(own, _)| *own == index) {
            Some((_, made)) => {
                let module = tree.module(&source.path);
                folder.files.push(File {
                    path: module.file(),
                    from: Some(source.path.clone()),
                    text: module_text(&made, &module, &folder.trait_name),
                });
                let file = report::file(source, &made, &module.path());
                (file, made.problems)
            }
            None => {
                let skipped = skipped[index];
                let problems = match skipped {
                    Some(_) => Vec::new(),
                    None => problems(index),
                };
                (report::without_rust(source, skipped, &problems), problems)
            }
        };
        let problems = problems.into_iter();
        let told = problems.map(|problem| source.block.diagnose(problem));
        folder.diagnostics.extend(told);
        folder.report.files.push(file);
    }
    folder
}

fn too_deep(sources: &[Source]) -> Folder {
    let mut report = Report::default();
    let mut diagnostics = Vec::new();
    for source in sources {
        let problem = Problem::error(
            Span::default(),
            "a file of this folder is too deep to be translated",
        )
        .hint("port the files one by one");
        diagnostics.push(source.block.diagnose(problem.clone()));
        report
            .files
            .push(report::without_rust(source, None, &[problem]));
    }
    Folder {
        files: Vec::new(),
        app: Vec::new(),
        trait_name: TRAIT.to_owned(),
        report,
        diagnostics,
    }
}

/// The text of a module; one that calls the application imports the trait from the root.
fn module_text(made: &Made, module: &modules::Module, trait_name: &str) -> String {
    let import = if made.calls_host {
        format!("use {}{trait_name};", "super::".repeat(module.depth()))
    } else {
        String::new()
    };
    crate::emit::module(made, &import)
}

fn stem(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    if stem.chars().any(|c| c.is_ascii_alphabetic()) {
        rust::snake(&stem.replace(|c: char| !c.is_ascii(), "_"))
    } else {
        "run".to_owned()
    }
}

const TRAIT: &str = "App";

/// A name for the trait that no class of the folder has.
fn trait_name(units: &[Unit<'_>]) -> String {
    let mut classes = BTreeSet::new();
    for unit in units {
        each_class(&unit.program.statements, &mut |_, class| {
            classes.insert(rust::class_name(&class.name));
        });
    }
    let mut name = TRAIT.to_owned();
    let mut number = 2;
    while classes.contains(&name) {
        name = format!("{TRAIT}{number}");
        number += 1;
    }
    name
}

/// Why a file is not ported.
fn skip(parsed: &Parsed) -> Option<Skipped> {
    let mut above = parsed.program.imported.iter();
    let inherits = above.any(|(_, class)| {
        let mut methods = class.methods.iter();
        methods.any(|method| uses_sdk(&method.closure.body))
    });
    if inherits
        || uses_sdk(&parsed.program.statements)
        || !recognise::calls(&parsed.program).is_empty()
    {
        return None;
    }
    Some(if parsed.problems.is_empty() {
        Skipped::NoSdk
    } else {
        Skipped::Unreadable
    })
}

/// Whether the code names a class of the SDK or makes a call on a client.
fn uses_sdk(statements: &[Stmt]) -> bool {
    statements.iter().any(|stmt| match &stmt.kind {
        StmtKind::Use(imports) => imports.iter().any(|import| is_sdk(&import.path)),
        StmtKind::Function { closure, .. } => uses_sdk(&closure.body),
        StmtKind::Whole(whole) if matches!(**whole, Whole::Class(_)) => {
            let Whole::Class(class) = &**whole else {
                return false;
            };
            class
                .methods
                .iter()
                .any(|method| uses_sdk(&method.closure.body))
        }
        kind => kind.parts().into_iter().any(|part| match part {
            Part::Expr(expr) => names_sdk(expr),
            Part::Body(body) => uses_sdk(body),
        }),
    })
}

fn names_sdk(expr: &Expr) -> bool {
    let named = match &expr.kind {
        ExprKind::StaticCall { class, .. } | ExprKind::New { class, .. } => is_sdk(&class.resolved),
        ExprKind::Closure(closure) => uses_sdk(&closure.body),
        _ => recognise::Call::of(expr).is_some_and(|call| !call.steps.is_empty()),
    };
    named || expr.children().into_iter().any(names_sdk)
}

fn is_sdk(path: &str) -> bool {
    let path = path.trim_start_matches('\\').to_ascii_lowercase();
    path == "wechatpay" || path.starts_with("wechatpay\\")
}
