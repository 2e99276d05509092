//! What a subcommand is given, besides its arguments.

use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::settings::{ProfileArgs, SettingsArgs};

/// What every subcommand that needs credentials is given.
pub(crate) struct Context<'a> {
    /// The settings given as flags.
    pub(crate) given: SettingsArgs,
    pub(crate) profile: ProfileArgs,
    pub(crate) sandbox: bool,
    pub(crate) output: &'a Output,
}

impl Context<'_> {
    /// For a subcommand that a sandbox is no use to: `why` not.
    pub(crate) fn refuse_sandbox(&self, why: &str) -> Result<(), Failure> {
        if !self.sandbox {
            return Ok(());
        }
        Err(Failure::new(
            Exit::Usage,
            "usage",
            format!("error: --sandbox has credentials of its own, and {why}: leave it out"),
        ))
    }
}
