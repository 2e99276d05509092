//! Reads key files, and follows `file://`.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::input::{Input, inspect, local};
use super::item::Item;
use super::refusal::{Expected, Outcome, Refusal};
use crate::error::Result;

/// Reads the structures in a file and passes them to `build`.
pub(super) fn load<T>(
    path: &Path,
    expected: Expected,
    build: impl FnOnce(&[Item]) -> Outcome<T>,
) -> Result<T> {
    if is_no_path(path) {
        let sentence = "this is the key itself, not the path of a file: use from_bytes";
        return Err(Refusal::new(sentence).into_error(None));
    }
    let path = without_scheme(path);
    in_file(&path, expected)
        .and_then(|items| build(&items))
        .map_err(|refusal| refusal.into_error(Some(&path)))
}

/// Returns the structures in some bytes, or in the file that they name with `file://`.
pub(super) fn load_bytes<T>(
    bytes: &[u8],
    expected: Expected,
    build: impl FnOnce(&[Item]) -> Outcome<T>,
) -> Result<T> {
    match inspect(bytes) {
        Ok(Input::File(path)) => load(&path, expected, build),
        Ok(Input::Items(items)) => build(&items).map_err(|refusal| refusal.into_error(None)),
        Err(why) => Err(Refusal::unreadable(expected, why).into_error(None)),
    }
}

fn in_file(path: &Path, expected: Expected) -> Outcome<Vec<Item>> {
    let bytes = std::fs::read(path).map(Zeroizing::new).map_err(|err| {
        let noun = expected.name();
        Refusal::new(format!(
            "the file cannot be read; {noun} was expected in it"
        ))
        .with_source(err)
    })?;
    match inspect(&bytes) {
        Ok(Input::Items(items)) => Ok(items),
        Ok(Input::File(_)) => Err(Refusal::new(
            "the file contains only the name of another file: give that file",
        )),
        Err(why) => Err(Refusal::unreadable(expected, why)),
    }
}

/// Whether the "path" is a key, complete or damaged: then it must not appear in a message.
fn is_no_path(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.len() > 1024
        || bytes.windows(10).any(|word| word == b"-----BEGIN")
        || matches!(inspect(bytes), Ok(Input::Items(_)))
}

fn without_scheme(path: &Path) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix("file://")) {
        Some(rest) => local(rest, cfg!(windows)).into(),
        None => path.to_path_buf(),
    }
}
