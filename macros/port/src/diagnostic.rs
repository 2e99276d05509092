//! Messages about the PHP, with their positions.

use std::fmt;

use crate::syntax::Span;

/// The hint where the requests of a file are asked for, and it does more than a call.
pub(crate) const ALONE: &str = "`wechatpay port FILE` ports all of the file; for `--emit request`, put the call into a separate file and \
    give the values of its variables with `--define NAME=VALUE`";

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It was ported, but the reader ought to know something.
    Warning,
    /// It could not be ported.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Something about a place of one block of PHP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place, in the block's text.
    pub span: Span,
    /// How bad it is.
    pub severity: Severity,
    /// The problem.
    pub message: String,
    /// The advice that solves it.
    pub hint: Option<String>,
}

impl Problem {
    /// Something that stops the port of this place.
    #[must_use]
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, span, message)
    }

    /// Something the reader ought to know.
    #[must_use]
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, span, message)
    }

    fn new(severity: Severity, span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            severity,
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Something about a place of a file.
///
/// `Display` writes `file:line:col: severity: message`, and the hint on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The file as it was named; `-` for standard input.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub col: usize,
    /// How bad it is.
    pub severity: Severity,
    /// The problem.
    pub message: String,
    /// The advice that solves it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A problem of a whole file: its place is the beginning.
    #[must_use]
    pub fn of_file(file: &str, problem: Problem) -> Self {
        Self::new(file, (1, 1), problem)
    }

    pub(crate) fn new(file: &str, (line, col): (usize, usize), problem: Problem) -> Self {
        Self {
            file: file.to_owned(),
            line,
            col,
            severity: problem.severity,
            message: problem.message,
            hint: problem.hint,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            col,
            severity,
            message,
            hint,
        } = self;
        write!(f, "{file}:{line}:{col}: {severity}: {message}")?;
        match hint {
            Some(hint) => write!(f, "\n  help: {hint}"),
            None => Ok(()),
        }
    }
}
