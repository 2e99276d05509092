//! The input that all subcommands share.

use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::output::Output;
use crate::settings::{ProfileArgs, SettingsArgs};

/// The global options.
pub(crate) struct Context<'a> {
    /// The settings given as flags.
    pub(crate) given: SettingsArgs,
    pub(crate) profile: ProfileArgs,
    pub(crate) sandbox: bool,
    pub(crate) output: &'a Output,
}

impl Context<'_> {
    /// Refuses `--sandbox` for a subcommand that cannot use it, with a reason.
    pub(crate) fn refuse_sandbox(&self, why: &str) -> Result<(), Failure> {
        if !self.sandbox {
            return Ok(());
        }
        Err(Failure::new(
            Exit::Usage,
            "usage",
            t!("sandbox-refused", why = why),
        ))
    }
}
