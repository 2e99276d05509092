//! The target of a download. An unusable path is detected before anything is sent.

#[cfg(unix)]
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::file_io::run_blocking;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::file::{directory, is_special};

/// Checks whether a file can be saved at this path, as far as that can be known in advance.
///
/// # Errors
///
/// [`ErrorKind::File`].
pub(crate) async fn check_target(target: PathBuf) -> Result<()> {
    let checked = run_blocking(move || {
        Directory::open(&target)?;
        temporary_beside(&target).map(drop)
    });
    checked.await.map_err(|err| err.with_maybe_sent(false))
}

/// Creates a temporary file with mode 0600 on the same file system, so that it can be renamed atomically.
pub(super) fn temporary_beside(target: &Path) -> Result<NamedTempFile> {
    check_path(target)?;
    tempfile::Builder::new()
        .prefix(".wechatpay-")
        .suffix(".part")
        .tempfile_in(directory(target))
        .map_err(|err| impossible(target, err))
}

/// Checks that the path can name a file. The temporary file has another name, so the system would
/// report a problem of this one only after the download.
fn check_path(target: &Path) -> Result<()> {
    let path = target.as_os_str().as_encoded_bytes();
    let why = if path.is_empty() {
        "the path is empty"
    } else if path.contains(&0) {
        "it contains a NUL character"
    } else if !ends_with_name(target, path) {
        "it names a directory"
    } else if target.is_dir() {
        "it is a directory"
    } else if is_special(target) {
        "it is a device, a pipe or a socket"
    } else {
        return match std::fs::symlink_metadata(target) {
            Err(err) if err.kind() != io::ErrorKind::NotFound => Err(impossible(target, err)),
            _ => Ok(()),
        };
    };
    let message = format!("{target:?} is not the path of a file: {why}; nothing was sent");
    Err(Error::new(ErrorKind::File, message))
}

/// Whether the path ends with the file's name; `x/` and `x/.` have the name `x`, but cannot be files.
fn ends_with_name(target: &Path, path: &[u8]) -> bool {
    let name = target.file_name();
    name.is_some_and(|name| path.ends_with(name.as_encoded_bytes()))
}

/// The target's directory. It is opened before anything is sent, so that a wrong path is not discovered
/// after the old file is gone.
pub(super) struct Directory {
    #[cfg(unix)]
    pub(super) handle: File,
}

impl Directory {
    #[cfg(unix)]
    pub(super) fn open(target: &Path) -> Result<Self> {
        let handle = File::open(directory(target)).map_err(|err| impossible(target, err))?;
        Ok(Self { handle })
    }

    /// Makes the new name durable.
    #[cfg(unix)]
    pub(super) fn sync(&self) -> io::Result<()> {
        wechatpay_core::file::sync_directory(&self.handle)
    }

    #[cfg(not(unix))]
    pub(super) fn open(_: &Path) -> Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

fn impossible(target: &Path, err: io::Error) -> Error {
    let message = format!(
        "the download cannot be written to {target:?}, so nothing was sent: check that its directory \
         exists and is writable"
    );
    Error::new(ErrorKind::File, message)
        .with_source(err)
        .with_maybe_sent(false)
}
