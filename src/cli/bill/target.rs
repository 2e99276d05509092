//! Where the bills are written.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::dates::Date;
use crate::exit::{Exit, Failure};
use crate::files;
use crate::i18n::t;
use crate::output::Output;

/// Standard output, one file, or a folder with a file for each day.
pub(super) struct Target {
    place: Place,
    /// The beginning of the names of files in a folder.
    name: String,
}

enum Place {
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
    pub(super) fn new(given: Option<&Path>, name: &str, days: usize) -> Result<Self, Failure> {
        let place = match given {
            None => Place::Folder(PathBuf::new()),
            Some(path) if path.is_dir() => Place::Folder(path.to_owned()),
            Some(path) if days > 1 => {
                let message = t!("bill-output-folder", path = path.display());
                return Err(Failure::new(Exit::Input, "file", message));
            }
            Some(path) if path.as_os_str() == "-" => Place::Stdout,
            Some(path) => Place::File(path.to_owned()),
        };
        Ok(Self {
            place,
            name: name.to_owned(),
        })
    }

    pub(super) fn is_stdout(&self) -> bool {
        matches!(self.place, Place::Stdout)
    }

    /// The file of a day. It fails if the file cannot be written, so nothing is requested in vain.
    pub(super) fn file(&self, day: Date) -> Result<Draft, Failure> {
        let target = match &self.place {
            Place::Stdout => None,
            Place::File(path) => Some(path.clone()),
            Place::Folder(folder) => Some(folder.join(format!("{}-{day}.csv", self.name))),
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
            Some(target) => temporary(match target.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            }),
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
        fs::rename(self.path(), target).map_err(|err| unwritable(target, err))?;
        Ok(self.target)
    }
}

fn unwritable(path: &Path, err: impl std::fmt::Display) -> Failure {
    files::input(t!("file-unwritable", path = path.display(), err = err))
}
