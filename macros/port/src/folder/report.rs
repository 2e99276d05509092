//! The ports of each file and function.

use super::Source;
use crate::diagnostic::{Diagnostic, Problem, Severity};
use crate::rust::{LeftTo, Made, Note};
use crate::syntax::Span;

/// The ports of all files.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    /// The files, in the order of the sources.
    pub files: Vec<FileReport>,
}

impl Report {
    /// Whether anything was refused.
    #[must_use]
    pub fn refused(&self) -> bool {
        let mut functions = self.files.iter().flat_map(FileReport::all);
        functions.any(|function| !function.refused.is_empty())
    }
}

/// The port of a file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FileReport {
    /// The file, as messages name it.
    pub file: String,
    /// Its module; none of a file that was skipped or refused.
    pub module: Option<String>,
    /// Why it was skipped.
    pub skipped: Option<Skipped>,
    /// The statements outside of its functions.
    pub outside: FunctionReport,
    /// Its functions and methods, in the order of the PHP.
    pub functions: Vec<FunctionReport>,
}

impl FileReport {
    /// The statements outside of functions, then the functions.
    pub fn all(&self) -> impl Iterator<Item = &FunctionReport> {
        std::iter::once(&self.outside).chain(&self.functions)
    }
}

/// Why a file was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skipped {
    /// It does not use the SDK.
    NoSdk,
    /// It is no PHP that can be read, and nothing in it names the SDK.
    Unreadable,
}

/// The port of a function.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct FunctionReport {
    /// Its name in PHP: `refund`, `WxPay::refund`; empty of what stands outside of functions.
    pub php: String,
    /// Its name in Rust, with its module.
    pub rust: String,
    /// The line that it begins on.
    pub line: usize,
    /// The calls of WeChat Pay that were translated.
    pub calls: Vec<CallReport>,
    /// The calls that became methods of the trait.
    pub app: Vec<AppReport>,
    /// The warnings for the reader.
    pub warnings: Vec<Diagnostic>,
    /// The parts that could not be translated.
    pub refused: Vec<Diagnostic>,
    /// The method of the trait that stands for it, if it is left to the application.
    pub left: Option<LeftReport>,
}

/// A function that is left to the application as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftReport {
    /// The method of the trait.
    pub method: String,
    /// How many calls of WeChat Pay it makes, which are not translated.
    pub calls: usize,
    /// Why it is not translated.
    pub reason: String,
}

/// A call of WeChat Pay.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallReport {
    /// The method: `POST`.
    pub method: String,
    /// The path; what PHP puts into it is `{+name}`.
    pub path: String,
    /// Its line.
    pub line: usize,
    /// Its column in characters.
    pub col: usize,
}

/// A call of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppReport {
    /// The method of the trait.
    pub method: String,
    /// The PHP.
    pub php: String,
    /// Its line.
    pub line: usize,
    /// Its column in characters.
    pub col: usize,
}

/// A file that was ported.
pub(super) fn file(source: &Source, made: &Made, module: &str) -> FileReport {
    let described = made.described.iter();
    let mut functions: Vec<(Span, FunctionReport)> = described
        .map(|described| {
            let report = FunctionReport {
                php: described.php.clone(),
                rust: format!("{module}::{}", described.rust),
                line: source.block.position(described.span.start).0,
                ..FunctionReport::default()
            };
            (described.span, report)
        })
        .collect();
    let mut outside = FunctionReport {
        line: source.block.line,
        ..FunctionReport::default()
    };
    for noted in &made.noted {
        let owner = owner(&mut functions, &mut outside, noted.span);
        let (line, col) = source.block.position(noted.span.start);
        match &noted.note {
            Note::Call(method, path) => owner.calls.push(CallReport {
                method: (*method).to_owned(),
                path: path.clone(),
                line,
                col,
            }),
            Note::App(method, php) => owner.app.push(AppReport {
                method: method.clone(),
                php: php.clone(),
                line,
                col,
            }),
        }
    }
    for LeftTo { left, method } in &made.left {
        owner(&mut functions, &mut outside, left.span).left = Some(LeftReport {
            method: method.clone(),
            calls: left.calls,
            reason: left.problem.message.clone(),
        });
    }
    for problem in &made.problems {
        tell(
            source,
            owner(&mut functions, &mut outside, problem.span),
            problem,
        );
    }
    let mut functions: Vec<FunctionReport> =
        functions.into_iter().map(|(_, report)| report).collect();
    for function in functions.iter_mut().chain([&mut outside]) {
        function.calls.sort_by_key(|call| (call.line, call.col));
        function.app.sort_by_key(|call| (call.line, call.col));
    }
    FileReport {
        file: source.block.file.clone(),
        module: Some(module.to_owned()),
        skipped: None,
        outside,
        functions,
    }
}

/// A file that gives no Rust.
pub(super) fn without_rust(
    source: &Source,
    skipped: Option<Skipped>,
    problems: &[Problem],
) -> FileReport {
    let mut outside = FunctionReport {
        line: source.block.line,
        ..FunctionReport::default()
    };
    for problem in problems {
        tell(source, &mut outside, problem);
    }
    FileReport {
        file: source.block.file.clone(),
        module: None,
        skipped,
        outside,
        functions: Vec::new(),
    }
}

fn owner<'r>(
    functions: &'r mut [(Span, FunctionReport)],
    outside: &'r mut FunctionReport,
    span: Span,
) -> &'r mut FunctionReport {
    let within =
        |(of, _): &&mut (Span, FunctionReport)| of.start <= span.start && span.start < of.end;
    match functions.iter_mut().find(within) {
        Some((_, report)) => report,
        None => outside,
    }
}

fn tell(source: &Source, function: &mut FunctionReport, problem: &Problem) {
    let diagnostic = source.block.diagnose(problem.clone());
    match diagnostic.severity {
        Severity::Error => function.refused.push(diagnostic),
        Severity::Warning => function.warnings.push(diagnostic),
    }
}
