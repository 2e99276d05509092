//! Where the bills are written.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wechatpay_core::file::directory;
#[cfg(unix)]
use wechatpay_core::file::sync_directory;

use super::dates::Date;
use crate::exit::{Exit, Failure};
use crate::files::{check_replaceable, unwritable};
use crate::i18n::t;
use crate::output::Output;

/// Standard output, one file, or a folder with a file for each day.
pub(super) enum Target {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

/// A bill in a temporary folder, until it is checked.
pub(super) struct Draft {
    folder: TempDir,
    /// `None` for standard output.
    target: Option<PathBuf>,
}

impl Target {
    /// Without `--output`, the files are in the current folder.
    pub(super) fn new(given: Option<&Path>, days: usize) -> Result<Self, Failure> {
        Ok(match given {
            None => Self::Folder(PathBuf::new()),
            Some(path) if path.is_dir() => Self::Folder(path.to_owned()),
            Some(path) if days > 1 => {
                let message = t!("bill-output-folder", path = path.display());
                return Err(Failure::new(Exit::Input, "file", message));
            }
            Some(path) if path.as_os_str() == "-" => Self::Stdout,
            Some(path) => Self::File(path.to_owned()),
        })
    }

    pub(super) fn is_stdout(&self) -> bool {
        matches!(self, Self::Stdout)
    }

    /// The file of a day, whose name in a folder begins with `name`. It fails if the file cannot be written, so nothing is
    /// requested in vain.
    pub(super) fn file(&self, name: &str, day: Date) -> Result<Draft, Failure> {
        let target = match self {
            Self::Stdout => None,
            Self::File(path) => Some(path.clone()),
            Self::Folder(folder) => Some(folder.join(format!("{name}-{day}.csv"))),
        };
        let temporary = |folder: &Path| {
            // A rename is atomic only within a file system.
            let mut builder = tempfile::Builder::new();
            builder.prefix(".wechatpay-").tempdir_in(folder)
        };
        let folder = match &target {
            None => tempfile::tempdir(),
            Some(target) if target.is_dir() => {
                return Err(unwritable(target, t!("bill-is-folder")));
            }
            Some(target) => {
                check_replaceable(target)?;
                temporary(directory(target))
            }
        };
        let shown = target.as_deref().unwrap_or(Path::new("-"));
        let folder = folder.map_err(|err| unwritable(shown, err))?;
        Ok(Draft { folder, target })
    }
}

impl Draft {
    /// The temporary file.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("bill.csv")
    }

    /// Moves the bill to its place, and returns the place; `None` for standard output.
    pub(super) fn keep(self, output: &Output) -> Result<Option<PathBuf>, Failure> {
        let Some(target) = &self.target else {
            let file = File::open(self.path());
            let file = file.map_err(|err| unwritable(Path::new("-"), err))?;
            output.untrusted_file(file)?;
            return Ok(None);
        };
        move_durably(&self.path(), target).map_err(|err| unwritable(target, err))?;
        Ok(self.target)
    }
}

/// Moves a file, and syncs the folder so that the move survives a power loss. The content is synced already.
fn move_durably(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(unix)]
    let folder = File::open(directory(to))?;
    fs::rename(from, to)?;
    #[cfg(unix)]
    sync_directory(&folder)?;
    Ok(())
}
