//! Standard output and standard error, their format and colours.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::{ColorChoice, ValueEnum};
use console::Term;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::exit::{Exit, Failure};
use crate::i18n::{Lang, lang, t};

/// How output and errors are written.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
}

/// Standard output and error.
pub(crate) struct Output {
    format: Format,
    stdout: bool,
    stderr: bool,
}

impl Output {
    pub(crate) fn new(format: Format, color: ColorChoice) -> Self {
        Self {
            format,
            stdout: coloured(color, io::stdout().is_terminal()),
            stderr: coloured(color, io::stderr().is_terminal()),
        }
    }

    /// Guesses the format from unparsed arguments.
    pub(crate) fn guess(arguments: &[OsString]) -> Self {
        let format = match option(arguments, "--format") {
            Some("json") => Format::Json,
            _ => Format::Text,
        };
        let color = match option(arguments, "--color") {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => ColorChoice::Auto,
        };
        Self::new(format, color)
    }

    /// Whether the output is JSON.
    pub(crate) fn json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether progress is shown: on a terminal, unless the output is JSON.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.json() && io::stderr().is_terminal()
    }

    pub(crate) fn write(&self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())
    }

    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        self.write(&format!("{}\n", escape_controls(text)))
    }

    /// Writes bytes from servers or files: unchanged to a file, with control characters escaped to a terminal.
    pub(crate) fn untrusted(&self, bytes: &[u8]) -> Result<(), Failure> {
        if io::stdout().is_terminal() {
            self.line(&String::from_utf8_lossy(bytes))
        } else {
            self.bytes(bytes)
        }
    }

    /// Writes a file as [`untrusted`](Self::untrusted) does, in constant memory unless it is for a terminal.
    pub(crate) fn untrusted_file(&self, mut file: impl io::Read) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        if stdout.is_terminal() {
            drop(stdout);
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            return self.untrusted(&bytes);
        }
        io::copy(&mut file, &mut stdout)?;
        Ok(stdout.flush()?)
    }

    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        Ok(stdout.flush()?)
    }

    /// Writes JSON: on one line with `--format json`, otherwise indented.
    pub(crate) fn value(&self, value: &Value) -> Result<(), Failure> {
        self.line(&if self.json() {
            value.to_string()
        } else {
            format!("{value:#}")
        })
    }

    /// Writes a line to standard error. Write errors are ignored, because they cannot be reported.
    pub(crate) fn error_line(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{}", escape_controls(text));
    }

    /// Reports a failure on standard error and returns the exit code.
    pub(crate) fn fail(&self, failure: &Failure) -> ExitCode {
        let code = |exit: Exit| ExitCode::from(exit as u8);
        let report = match failure {
            Failure::BrokenPipe => return ExitCode::SUCCESS,
            Failure::AlreadyReported(exit) => return code(*exit),
            Failure::Report(report) => report,
        };
        self.error_line(&if self.json() {
            report.json().to_string()
        } else {
            report.text(&self.error_label())
        });
        code(report.exit())
    }

    /// `error:`, which begins every error on standard error.
    pub(crate) fn error_label(&self) -> String {
        let gap = if lang() == Lang::En { " " } else { "" };
        paint("1;31", &t!("error-label"), self.stderr) + gap
    }

    pub(crate) fn bold(&self, text: &str) -> String {
        paint("1", text, self.stdout)
    }

    pub(crate) fn dim(&self, text: &str) -> String {
        paint("2", text, self.stdout)
    }

    pub(crate) fn green(&self, text: &str) -> String {
        paint("32", text, self.stdout)
    }

    pub(crate) fn red(&self, text: &str) -> String {
        paint("31", text, self.stdout)
    }

    pub(crate) fn yellow(&self, text: &str) -> String {
        paint("33", text, self.stdout)
    }

    /// Highlights a text for standard error; without colour, in brackets.
    pub(crate) fn highlight(&self, text: &str) -> String {
        if self.stderr {
            paint("7;31", text, true)
        } else {
            format!(">>{text}<<")
        }
    }

    /// Renders a message of clap.
    pub(crate) fn styled(&self, text: &StyledStr) -> String {
        if self.stdout && self.stderr {
            text.ansi().to_string()
        } else {
            text.to_string()
        }
    }
}

/// The greatest width of lines on wide terminals.
pub(crate) const MAX_WIDTH: usize = 100;

/// The width of lines: that of the terminal, up to [`MAX_WIDTH`].
pub(crate) fn line_width() -> usize {
    let terminal = Term::stdout().size_checked();
    terminal.map_or(MAX_WIDTH, |(_, width)| usize::from(width).min(MAX_WIDTH))
}

/// Pads a text with spaces to `width` columns. A Chinese character takes two.
pub(crate) fn pad(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(blanks))
}

/// The colour codes of this command, which are not escaped.
const COLOURS: [&str; 9] = ["0", "1", "2", "4", "31", "32", "33", "1;31", "7;31"];

/// Escapes control characters and characters that change the writing direction: texts from servers and files
/// must not act on the terminal. The escapes are those of JSON, so that JSON stays JSON.
pub(crate) fn escape_controls(text: &str) -> Cow<'_, str> {
    if !text.contains(is_active) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let kept = colour_length(rest);
        if kept > 0 {
            out.push_str(&rest[..kept]);
            rest = &rest[kept..];
            continue;
        }
        if is_active(c) {
            out.push_str(&format!("\\u{:04x}", c as u32))
        } else {
            out.push(c)
        }
        rest = &rest[c.len_utf8()..];
    }
    Cow::Owned(out)
}

/// Whether a character is a control character or changes the writing direction.
fn is_active(c: char) -> bool {
    let direction = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    direction || (c.is_control() && !matches!(c, '\n' | '\t'))
}

fn colour_length(text: &str) -> usize {
    let Some((code, _)) = text
        .strip_prefix("\u{1b}[")
        .and_then(|rest| rest.split_once('m'))
    else {
        return 0;
    };
    if COLOURS.contains(&code) {
        code.len() + 3
    } else {
        0
    }
}

/// The value of an option, `--name value` or `--name=value`.
pub(crate) fn option<'a>(arguments: &'a [OsString], name: &str) -> Option<&'a str> {
    let mut rest = arguments.iter().filter_map(|argument| argument.to_str());
    loop {
        match rest.next()?.strip_prefix(name) {
            Some("") => return rest.next(),
            Some(value) if value.starts_with('=') => return value.get(1..),
            _ => {}
        }
    }
}

fn coloured(color: ColorChoice, terminal: bool) -> bool {
    match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            terminal && !unwanted
        }
    }
}

fn paint(code: &str, text: &str, coloured: bool) -> String {
    if coloured {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        for (text, expected) in [
            ("参数错误\n\tx", "参数错误\n\tx"),
            ("\u{1b}]0;title\u{7}", "\\u001b]0;title\\u0007"),
            (
                "\u{1b}[2J\u{1b}[31mred\u{1b}[0m",
                "\\u001b[2J\u{1b}[31mred\u{1b}[0m",
            ),
            ("a\u{9b}2J\u{7f}\r", "a\\u009b2J\\u007f\\u000d"),
            ("\u{202e}txt.exe\u{2066}", "\\u202etxt.exe\\u2066"),
        ] {
            assert_eq!(escape_controls(text), expected);
        }
    }
}
