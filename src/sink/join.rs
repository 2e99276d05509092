//! Joins the files of a bill.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::target::Directory;
use crate::file_io::run_blocking;
use crate::message::SavedFile;
use wechatpay_core::error::{Error, ErrorKind, Result, Verification};

/// Moves the parts, in this order, as one file to the target. The file counts as checked if each part is.
///
/// # Errors
///
/// [`ErrorKind::File`].
pub(crate) async fn join(parts: Vec<SavedFile>, target: PathBuf) -> Result<SavedFile> {
    run_blocking(move || joined(parts, &target)).await
}

fn joined(parts: Vec<SavedFile>, target: &Path) -> Result<SavedFile> {
    let len = parts.iter().map(SavedFile::len).sum();
    let unsealed = parts.iter().all(SavedFile::is_checked);
    let directory = Directory::open(target)?;
    let unwritable = |err| unwritable(target, err);
    let mut parts = parts.into_iter();
    // Only this function has the first part.
    let whole = parts.next().and_then(|part| Arc::into_inner(part.part?));
    let whole = whole.ok_or_else(|| unwritable(io::ErrorKind::NotFound.into()))?;
    let mut file = File::options()
        .append(true)
        .open(&whole)
        .map_err(unwritable)?;
    for part in parts {
        let mut part = File::open(part.path()).map_err(unwritable)?;
        io::copy(&mut part, &mut file).map_err(unwritable)?;
    }
    file.sync_all().map_err(unwritable)?;
    whole.persist(target).map_err(|err| unwritable(err.error))?;
    directory.sync().map_err(unwritable)?;
    Ok(SavedFile {
        path: target.to_owned(),
        len,
        digest: None,
        unsealed,
        verification: Verification::Unsigned,
        part: None,
    })
}

fn unwritable(target: &Path, err: io::Error) -> Error {
    Error::new(
        ErrorKind::File,
        format!(
            "the files of the bill cannot be joined in {}: download the bill again",
            target.display()
        ),
    )
    .with_source(err)
}
