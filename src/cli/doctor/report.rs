//! The lines of the report.

use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::output::Output;

/// Prints each finding as it comes.
pub(super) struct Report<'a> {
    output: &'a Output,
    failures: usize,
    /// The first line that could not be written.
    write_error: Option<Failure>,
}

impl<'a> Report<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        Self {
            output,
            failures: 0,
            write_error: None,
        }
    }

    pub(super) fn pass(&mut self, check: &str, message: impl AsRef<str>) {
        let status = self.output.green("ok   ");
        self.line("ok", &status, check, message.as_ref(), None);
    }

    /// Not wrong yet, or not certainly.
    pub(super) fn warn(&mut self, check: &str, message: impl AsRef<str>, advice: &str) {
        let status = self.output.yellow("look ");
        self.line("look", &status, check, message.as_ref(), Some(advice));
    }

    pub(super) fn fail(&mut self, check: &str, message: impl AsRef<str>, advice: &str) {
        self.failures += 1;
        let status = self.output.red("WRONG");
        self.line("wrong", &status, check, message.as_ref(), Some(advice));
    }

    pub(super) fn skip(&mut self, check: &str, message: impl AsRef<str>) {
        let status = self.output.dim("-    ");
        self.line("skipped", &status, check, message.as_ref(), None);
    }

    /// A failure when something was wrong.
    pub(super) fn finish(self) -> Result<(), Failure> {
        if let Some(failed) = self.write_error {
            return Err(failed);
        }
        match self.failures {
            0 => Ok(()),
            _ => Err(Failure::AlreadyReported(Exit::Failed)),
        }
    }

    fn line(
        &mut self,
        status: &str,
        shown: &str,
        check: &str,
        message: &str,
        advice: Option<&str>,
    ) {
        let message = message.replace('\n', " ");
        let line = if self.output.json() {
            json!({"check": check, "status": status, "message": message, "advice": advice})
                .to_string()
        } else {
            let advice = advice.map(|advice| format!(" → {advice}"));
            format!("{shown} {check:20} {message}{}", advice.unwrap_or_default())
        };
        if let Err(failure) = self.output.line(&line) {
            self.write_error.get_or_insert(failure);
        }
    }
}
