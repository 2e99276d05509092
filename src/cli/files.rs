//! Small files: read whole, written whole or not at all.

use std::io::{Read, Write};
use std::path::Path;

use wechatpay_chain::Secret;

use crate::exit::{Exit, Failure};

/// A file's bytes; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        read.map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|err| input(format!("{} cannot be read: {err}", path.display())))
}

/// A file's text; `-` is standard input.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let text = String::from_utf8(read(path)?);
    text.map_err(|_| input(format!("{} is not UTF-8", path.display())))
}

/// A key in a file of its own; a line break at its end and a byte order mark are not part of it.
pub(crate) fn read_key(path: &Path, what: &str) -> Result<Secret, Failure> {
    wechatpay_chain::read_secret(path, what).map_err(|err| Failure::config(&err))
}

/// Replaces a file in one step.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let written =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).and_then(|mut file| {
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|err| err.error)
        });
    written
        .map(drop)
        .map_err(|err| input(format!("{} cannot be written: {err}", path.display())))
}

pub(crate) fn input(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Input, "file", message)
}
