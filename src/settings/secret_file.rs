//! Reads a secret from a file.

use std::path::Path;

use zeroize::Zeroizing;

use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

/// Reads a key from a file without a trailing line break or a byte order mark.
///
/// # Errors
///
/// [`ErrorKind::Builder`] if the file cannot be read or is not text. `what` names the key in the error.
#[doc(hidden)]
pub fn read_secret(path: &Path, what: &str) -> Result<Secret> {
    let wrong = |message: String| Error::new(ErrorKind::Builder, message);
    let shown = path.display();
    let bytes = std::fs::read(path).map(Zeroizing::new);
    let bytes = bytes.map_err(|err| {
        if may_be_a_secret(path) {
            unquoted(what)
        } else {
            wrong(format!(
                "the file {shown} with {what} cannot be read: {err}"
            ))
        }
    })?;
    let text = text(&bytes);
    let text = text.ok_or_else(|| wrong(format!("the file {shown} with {what} is not text")))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}

/// Whether a path looks like the text of a secret: it has neither a folder nor an extension.
fn may_be_a_secret(path: &Path) -> bool {
    let text = path.to_string_lossy();
    !text.contains(['/', '\\', '.'])
}

fn unquoted(what: &str) -> Error {
    Error::new(
        ErrorKind::Builder,
        format!(
            "there is no file with {what} at the given path, which is left out here since it may be the secret \
             itself: give the path of a file, such as ./secret.txt"
        ),
    )
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
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        bytes => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_place_of_its_path_is_not_quoted() {
        let key = "0123456789abcdef0123456789abcdef";
        let err = read_secret(Path::new(key), "the APIv3 key").unwrap_err();
        let (en, zh) = (err.report(), err.report_zh());
        assert!(en.contains("the path of a file"), "{en}");
        assert!(zh.contains("文件路径"), "{zh}");
        assert!(!en.contains(key) && !zh.contains(key), "{en} {zh}");

        let err = read_secret(Path::new("./missing"), "the APIv3 key").unwrap_err();
        assert!(err.report().contains("./missing"), "{}", err.report());
        let zh = err.report_zh();
        assert!(
            zh.starts_with("文件 ./missing（APIv3密钥）无法读取："),
            "{zh}"
        );
    }
}
