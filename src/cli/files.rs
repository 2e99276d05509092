//! Small files: read whole, written whole or not at all.

use std::io::{Read, Write};
use std::path::Path;

use wechatpay_chain::Secret;
use zeroize::Zeroizing;

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
    let wrong = |why: String| {
        let message = format!("the file {} with {what} {why}", path.display());
        Failure::new(Exit::Config, "config", message)
    };
    let bytes = std::fs::read(path).map(Zeroizing::new);
    let bytes = bytes.map_err(|err| wrong(format!("cannot be read: {err}")))?;
    let text = text(&bytes).ok_or_else(|| wrong("is not text".to_owned()))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}

/// UTF-8, or UTF-16 with a byte order mark, as editors on Windows save text.
fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let mut text = Zeroizing::new(String::with_capacity(rest.len() * 2));
        for c in char::decode_utf16(units) {
            text.push(c.ok()?);
        }
        rest.len().is_multiple_of(2).then_some(text)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => str_of(rest),
        bytes => str_of(bytes),
    }
}

fn str_of(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
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
