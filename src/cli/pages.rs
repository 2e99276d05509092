//! `wechatpay completions` and `wechatpay man`.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::exit::Failure;
use crate::files;
use crate::output::Output;

#[derive(Args)]
#[command(after_help = "  wechatpay completions bash > /etc/bash_completion.d/wechatpay\n")]
pub(crate) struct CompletionsArgs {
    shell: Shell,
}

#[derive(Args)]
#[command(after_help = "  wechatpay man | man -l -\n")]
pub(crate) struct ManArgs {
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn completions(
    args: &CompletionsArgs,
    mut command: Command,
    output: &Output,
) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "wechatpay", &mut script);
    output.bytes(&script)
}

pub(crate) fn man(args: &ManArgs, command: Command, output: &Output) -> Result<(), Failure> {
    if let Some(folder) = &args.dir {
        return clap_mangen::generate_to(command, folder).map_err(|err| {
            files::input(format!(
                "the pages cannot be written into {}: {err}",
                folder.display()
            ))
        });
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    output.bytes(&page)
}
