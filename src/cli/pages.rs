//! `wechatpay completions` and `wechatpay man`.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::Failure;
use crate::files;
use crate::output::Screen;

#[derive(Args)]
#[command(
    after_help = "Example:\n  wechatpay completions bash > /etc/bash_completion.d/wechatpay\n"
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

#[derive(Args)]
#[command(after_help = "Example:\n  wechatpay man | man -l -\n")]
pub(crate) struct ManArgs {
    /// Writes a page for each subcommand into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn completions(args: &CompletionsArgs, screen: &Screen) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "wechatpay", &mut script);
    screen.bytes(&script)
}

pub(crate) fn man(args: &ManArgs, screen: &Screen) -> Result<(), Failure> {
    if let Some(folder) = &args.dir {
        return clap_mangen::generate_to(Cli::command(), folder).map_err(|err| {
            files::input(format!(
                "the pages cannot be written into {}: {err}",
                folder.display()
            ))
        });
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    screen.bytes(&page)
}
