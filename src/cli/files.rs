//! Reads small files and writes them atomically.

use std::io::Read;
use std::path::Path;

use wechatpay_chain::Secret;
use wechatpay_core::file::{Access, is_special, write_atomically};

use crate::exit::{Exit, Failure};
use crate::i18n::t;

/// A file's bytes; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        read.map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|err| input(t!("file-unreadable", path = path.display(), err = err)))
}

/// A file's text; `-` is standard input.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let text = String::from_utf8(read(path)?);
    text.map_err(|_| input(t!("file-not-utf8", path = path.display())))
}

/// Reads a key from a file, without a final line break or byte order mark.
pub(crate) fn read_key(path: &Path, what: &str) -> Result<Secret, Failure> {
    wechatpay_chain::read_secret(path, what).map_err(|err| Failure::config(&err))
}

/// Writes a file atomically, mode 0600.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    check_replaceable(path)?;
    write_atomically(path, bytes, Access::Owner).map_err(|err| unwritable(path, err))
}

/// Refuses a device, a pipe and a socket, which a new file would replace.
pub(crate) fn check_replaceable(path: &Path) -> Result<(), Failure> {
    if is_special(path) {
        return Err(unwritable(path, t!("file-is-special")));
    }
    Ok(())
}

pub(crate) fn unwritable(path: &Path, err: impl std::fmt::Display) -> Failure {
    input(t!("file-unwritable", path = path.display(), err = err))
}

pub(crate) fn input(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Input, "file", message)
}
