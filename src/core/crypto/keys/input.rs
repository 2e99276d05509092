//! Recognises keys and certificates in bytes. It is a pure function.
//!
//! No part of the bytes appears in an error.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::item::{Item, ItemKind, Unreadable};
use super::{der, pem};

/// The content of an input.
#[derive(Debug)]
pub(super) enum Input {
    /// One or more structures.
    Items(Vec<Item>),
    /// `file://…` as in the PHP SDK: the key is in that file.
    File(PathBuf),
}

/// How many times a PEM may be wrapped in base64: once in a Kubernetes secret, twice if a tool
/// encodes a secret that is already encoded.
const WRAPPINGS: u8 = 2;

/// Recognises the content of bytes: DER, PEM even if mangled, bare base64, base64 of a PEM, or a form of
/// the PHP SDK.
pub(super) fn inspect(bytes: &[u8]) -> Result<Input, Unreadable> {
    inspect_wrapped(bytes, WRAPPINGS)
}

fn inspect_wrapped(bytes: &[u8], wrappings: u8) -> Result<Input, Unreadable> {
    if der::is_binary(bytes) {
        return der::item(bytes).map(one);
    }
    if let Some(path) = file_url(bytes) {
        return Ok(Input::File(path));
    }
    let text = unmangle(bytes);
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'');
    match text {
        "" => Err(Unreadable::Empty),
        _ if text.contains(pem::BEGIN) => pem::items(text).map(Input::Items),
        _ => bare(text, wrappings).map_err(|why| path_or(why, bytes)),
    }
}

fn one(item: Item) -> Input {
    Input::Items(vec![item])
}

/// Restores a text that an environment variable, a database or an editor has changed.
///
/// `\n` (also `\\n`) and `\r` become line breaks; a byte order mark and other non-ASCII
/// characters become spaces; the zeroes of UTF-16 are removed.
fn unmangle(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len()));
    let mut bytes = bytes.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next_if(|next| matches!(next, b'n' | b'r'));
                text.push('\n');
            }
            0 => {}
            0x80.. => text.push(' '),
            _ => text.push(char::from(byte)),
        }
    }
    text
}

/// Returns the path of `file://…`, which need not be ASCII and may contain backslashes.
fn file_url(bytes: &[u8]) -> Option<PathBuf> {
    let text = std::str::from_utf8(bytes)
        .ok()?
        .trim()
        .trim_matches('\u{feff}');
    text.strip_prefix("file://")
        .map(|path| local(path, cfg!(windows)).into())
}

/// The path in `file:///C:/keys/key.pem`: on Windows, the slash before the drive is none of it.
pub(super) fn local(path: &str, has_drives: bool) -> &str {
    match path.as_bytes() {
        [b'/', drive, b':', ..] if has_drives && drive.is_ascii_alphabetic() => &path[1..],
        _ => path,
    }
}

/// The PHP SDK's schemes. They are ignored: the structure itself tells its kind.
const SCHEMES: [&str; 4] = [
    "private.pkcs8://",
    "private.pkcs1://",
    "public.spki://",
    "public.pkcs1://",
];

fn bare(text: &str, wrappings: u8) -> Result<Input, Unreadable> {
    let scheme = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme));
    let body = scheme.unwrap_or(text);
    let Some(der) = pem::loose_base64(body.split_ascii_whitespace()) else {
        return Err(match scheme {
            Some(_) => Unreadable::Base64,
            None => Unreadable::Unknown,
        });
    };
    match der::item(&der) {
        Err(Unreadable::Truncated) if der::is_binary(&der) => Err(Unreadable::Truncated),
        Ok(item) if item.kind != ItemKind::Unknown => Ok(one(item)),
        _ if wrappings == 0 || scheme.is_some() => Err(Unreadable::Unknown),
        _ => unwrapped(&der, wrappings - 1),
    }
}

/// Decodes base64 that contains the text of a key. The result must not name another file.
fn unwrapped(bytes: &[u8], wrappings: u8) -> Result<Input, Unreadable> {
    match inspect_wrapped(bytes, wrappings) {
        Ok(Input::Items(items)) => Ok(Input::Items(items)),
        Err(why @ (Unreadable::Truncated | Unreadable::Base64)) => Err(why),
        _ => Err(Unreadable::Unknown),
    }
}

/// Recognises a path given in place of the file's contents, a common mistake.
fn path_or(why: Unreadable, bytes: &[u8]) -> Unreadable {
    const ENDINGS: [&[u8]; 7] = [
        b".pem", b".key", b".p12", b".pfx", b".der", b".crt", b".cer",
    ];
    let end = bytes.trim_ascii().to_ascii_lowercase();
    let is_path = end.len() < 512 && ENDINGS.iter().any(|ending| end.ends_with(ending));
    match why {
        Unreadable::Unknown if is_path => Unreadable::Path,
        why => why,
    }
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
