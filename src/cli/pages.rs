//! `wechatpay completions` and `wechatpay man`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;
use clap_complete::env::{EnvCompleter, Shells};

use crate::candidates;
use crate::exit::{Exit, Failure};
use crate::files;
use crate::help::replace_clap_texts;
use crate::i18n::t;
use crate::output::Output;
use crate::shell_words::COMPLETE;

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

/// Prints the script that makes a shell ask this command for the words to offer.
pub(crate) fn completions(args: &CompletionsArgs, output: &Output) -> Result<(), Failure> {
    let shell = args.shell.to_string();
    let mut script = Vec::new();
    completer(&shell)?.write_registration(
        COMPLETE,
        "wechatpay",
        "wechatpay",
        "wechatpay",
        &mut script,
    )?;
    if args.shell == Shell::Zsh {
        let script = zsh(&String::from_utf8_lossy(&script));
        return output.write(&script);
    }
    output.bytes(&script)
}

/// Improves the script for zsh.
fn zsh(script: &str) -> String {
    // A name that ends with = is followed by its value, so no blank is added.
    let other = "[[ -n $other ]] && _describe -V 'values' other";
    let assignments = "local -a assignments=(${(M)other:#*=})\n        \
        other=(${other:#*=})\n        \
        [[ -n $assignments ]] && _describe -V 'values' assignments -S ''\n        ";
    let script = script.replace(other, &format!("{assignments}{other}"));
    // zsh runs a file of its function path for the first TAB, and expects the words at once.
    let first = "if [[ $funcstack[1] == _wechatpay ]]; then\n    \
        _clap_dynamic_completer_wechatpay \"$@\"\nfi\n";
    format!("{script}{first}")
}

/// Prints the words to offer; `arguments` are those of the script, `wechatpay -- WORDS`.
pub(crate) fn complete(
    shell: &OsStr,
    arguments: &[OsString],
    mut command: Command,
    output: &Output,
) -> Result<(), Failure> {
    let completer = completer(&shell.to_string_lossy())?;
    let words = candidates::command_line(shell, arguments.iter().cloned());
    if words.is_empty() {
        return Ok(());
    }
    let mut offered = Vec::new();
    let folder = std::env::current_dir().ok();
    completer.write_complete(&mut command, words, folder.as_deref(), &mut offered)?;
    output.write(&replace_clap_texts(&String::from_utf8_lossy(&offered)))
}

fn completer(shell: &str) -> Result<&'static dyn EnvCompleter, Failure> {
    const SHELLS: Shells<'static> = Shells::builtins();
    let known = SHELLS.0.iter().find(|known| known.is(shell));
    let known = known.copied();
    known.ok_or_else(|| Failure::new(Exit::Usage, "usage", t!("shell-unknown", shell = shell)))
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
