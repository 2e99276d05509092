//! `wechatpay site`: writes the reference as a static site.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use wechatpay_sandbox::reference::{self, Place};

use crate::exit::Failure;
use crate::files::input;
use crate::i18n::t;
use crate::output::Output;

#[derive(Args)]
#[command(after_help = "  wechatpay site reference\n")]
pub(crate) struct SiteArgs {
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    #[arg(long)]
    force: bool,
}

/// A file that every site has, known by its first line. A folder without it may hold other files.
const MARK: &str = "site.js";

pub(crate) fn run(args: &SiteArgs, output: &Output) -> Result<(), Failure> {
    let folder = &args.folder;
    let unwritable =
        |err: io::Error| input(t!("site-unwritable", folder = folder.display(), err = err));
    if !args.force && !may_write(folder).map_err(unwritable)? {
        return Err(input(t!("site-not-own", folder = folder.display())));
    }
    let count = write(folder).map_err(unwritable)?;
    let first = folder.join("index.html");
    output.write(&format!(
        "{}\n",
        t!("site-written", count = count, first = first.display())
    ))
}

/// Whether the folder is new or empty, or holds a site already.
fn may_write(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none() || is_own(folder)),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(err) => Err(err),
    }
}

fn is_own(folder: &Path) -> bool {
    let first = |text: &[u8]| text.split(|byte| *byte == b'\n').next().map(<[u8]>::to_vec);
    let own = reference::file(MARK, Place::Files).and_then(|file| first(&file.content));
    let found = fs::read(folder.join(MARK)).ok();
    own.is_some() && own == found.as_deref().and_then(first)
}

fn write(folder: &Path) -> io::Result<usize> {
    let mut count = 0;
    for path in reference::paths() {
        let Some(file) = reference::file(&path, Place::Files) else {
            continue;
        };
        let place = folder.join(path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(place, file.content)?;
        count += 1;
    }
    Ok(count)
}
