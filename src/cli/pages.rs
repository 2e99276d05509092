//! `wechatpay completions` and `wechatpay man`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;

use crate::exit::Failure;
use crate::files;
use crate::help::replace_clap_texts;
use crate::i18n::t;
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
    output.write(&replace_clap_texts(&String::from_utf8_lossy(&script)))
}

pub(crate) fn man(args: &ManArgs, command: Command, output: &Output) -> Result<(), Failure> {
    if let Some(folder) = &args.dir {
        return write_pages(command, folder).map_err(|err| {
            files::input(t!("man-unwritable", folder = folder.display(), err = err))
        });
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    output.write(&replace_clap_texts(&String::from_utf8_lossy(&page)))
}

fn write_pages(command: Command, folder: &Path) -> io::Result<()> {
    clap_mangen::generate_to(command, folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with("wechatpay") && name.ends_with(".1") {
            let page = fs::read_to_string(&path)?;
            fs::write(&path, replace_clap_texts(&page))?;
        }
    }
    Ok(())
}
