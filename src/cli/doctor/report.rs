//! The lines of the report.

use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::output::Screen;

/// Prints each finding as it comes.
pub(super) struct Report<'a> {
    screen: &'a Screen,
    wrong: usize,
    /// The first line that could not be written.
    failed: Option<Failure>,
}

impl<'a> Report<'a> {
    pub(super) fn new(screen: &'a Screen) -> Self {
        Self {
            screen,
            wrong: 0,
            failed: None,
        }
    }

    pub(super) fn right(&mut self, check: &str, message: impl AsRef<str>) {
        let status = self.screen.green("ok   ");
        self.line("ok", &status, check, message.as_ref(), None);
    }

    /// Not wrong yet, or not certainly.
    pub(super) fn doubtful(&mut self, check: &str, message: impl AsRef<str>, advice: &str) {
        let status = self.screen.yellow("look ");
        self.line("look", &status, check, message.as_ref(), Some(advice));
    }

    pub(super) fn wrong(&mut self, check: &str, message: impl AsRef<str>, advice: &str) {
        self.wrong += 1;
        let status = self.screen.red("WRONG");
        self.line("wrong", &status, check, message.as_ref(), Some(advice));
    }

    pub(super) fn skipped(&mut self, check: &str, message: impl AsRef<str>) {
        let status = self.screen.dim("-    ");
        self.line("skipped", &status, check, message.as_ref(), None);
    }

    /// A failure when something was wrong.
    pub(super) fn end(self) -> Result<(), Failure> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        match self.wrong {
            0 => Ok(()),
            _ => Err(Failure::Silent(Exit::Failed)),
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
        let line = match self.screen.json() {
            true => json!({"check": check, "status": status, "message": message, "advice": advice})
                .to_string(),
            false => {
                let advice = advice.map(|advice| format!(" → {advice}"));
                format!("{shown} {check:20} {message}{}", advice.unwrap_or_default())
            }
        };
        if let Err(failure) = self.screen.line(&line) {
            self.failed.get_or_insert(failure);
        }
    }
}
