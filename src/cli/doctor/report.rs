//! The lines of the report.

use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::i18n::find;
use crate::output::{Output, pad};

/// Prints each finding at once.
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
        let status = self.output.green(&status("ok"));
        self.line("ok", &status, check, message.as_ref(), None);
    }

    /// Possibly wrong, or wrong soon.
    pub(super) fn warn(&mut self, check: &str, message: impl AsRef<str>, advice: impl AsRef<str>) {
        let status = self.output.yellow(&status("look"));
        self.line(
            "look",
            &status,
            check,
            message.as_ref(),
            Some(advice.as_ref()),
        );
    }

    pub(super) fn fail(&mut self, check: &str, message: impl AsRef<str>, advice: impl AsRef<str>) {
        self.failures += 1;
        let status = self.output.red(&status("wrong"));
        self.line(
            "wrong",
            &status,
            check,
            message.as_ref(),
            Some(advice.as_ref()),
        );
    }

    pub(super) fn skip(&mut self, check: &str, message: impl AsRef<str>) {
        let status = self.output.dim(&status("skipped"));
        self.line("skipped", &status, check, message.as_ref(), None);
    }

    /// Fails if any check failed.
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
            let check = find(&format!("check-{}", check.replace(' ', "-")));
            let check = pad(&check.unwrap_or_default(), 20);
            format!("{shown} {check} {message}{}", advice.unwrap_or_default())
        };
        if let Err(failure) = self.output.line(&line) {
            self.write_error.get_or_insert(failure);
        }
    }
}

/// Pads a status to the width of the widest one.
fn status(status: &str) -> String {
    pad(&find(&format!("status-{status}")).unwrap_or_default(), 5)
}
