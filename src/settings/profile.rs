//! Profiles: the tables of a TOML file, shared with the command `wechatpay`.

use std::collections::BTreeMap;
use std::path::Path;

use zeroize::Zeroizing;

use super::Settings;
use wechatpay_core::error::{Error, ErrorKind, Result};

impl Settings {
    /// Reads a profile from a file. Files that it names are in the same directory.
    ///
    /// ```toml
    /// [default]
    /// mchid = "1900000109"
    /// private_key = "apiclient_key.pem"
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the file cannot be read or has no such profile.
    #[cfg_attr(docsrs, doc(cfg(feature = "profile")))]
    pub fn from_profile(file: impl AsRef<Path>, name: &str) -> Result<Self> {
        let file = file.as_ref();
        let mut profiles = Self::profiles(file)?;
        profiles.remove(name).ok_or_else(|| {
            let known: Vec<_> = profiles.into_keys().collect();
            let (shown, known) = (file.display(), known.join(", "));
            wrong(format!("{shown} has no profile [{name}]; it has: {known}"))
        })
    }

    /// Reads all profiles of a file, by name. Files that they name are in the same directory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] if the file cannot be read. The error quotes nothing of the file: it may contain a key.
    #[cfg_attr(docsrs, doc(cfg(feature = "profile")))]
    pub fn profiles(file: impl AsRef<Path>) -> Result<BTreeMap<String, Self>> {
        let file = file.as_ref();
        let text = std::fs::read_to_string(file)
            .map(Zeroizing::new)
            .map_err(|err| {
                wrong(format!(
                    "the profiles in {} cannot be read: {err}",
                    file.display()
                ))
            })?;
        // Some editors write a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let tables: BTreeMap<String, Self> =
            toml::from_str(text).map_err(|err| unreadable(file, text, &err))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let beside = |(name, it): (String, Self)| (name, it.relative_to(folder));
        Ok(tables.into_iter().map(beside).collect())
    }
}

/// Creates an error without the line that the parser quotes: it may contain a key.
fn unreadable(file: &Path, text: &str, err: &toml::de::Error) -> Error {
    let before = err.span().and_then(|span| text.get(..span.start));
    let before = before.unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let key = before.rsplit('\n').next().unwrap_or_default();
    let key = key.split_once('=').map_or("a value", |(key, _)| key.trim());
    wrong(format!(
        "{}, line {line}: not a profile: {}; a profile is a table such as [default] with keys such as \
         mchid = \"1900000109\"",
        file.display(),
        sentence(err.message(), key),
    ))
}

/// Returns the problem without the found value: it may be a key.
fn sentence(message: &str, key: &str) -> String {
    if message.starts_with("invalid type") || message.starts_with("invalid value") {
        let expected = message.rsplit_once(", expected ");
        let expected = expected.map_or("something else", |(_, expected)| expected);
        if expected.starts_with("struct ") {
            return format!("{key} is outside of a table");
        }
        return format!("{key} is not a {}", expected.trim_start_matches("a "));
    }
    // The name of a field is shown; what other messages quote may be part of a value.
    let field = message.strip_prefix("unknown field `");
    if let Some((field, known)) = field.and_then(|it| it.split_once("`, expected one of ")) {
        let known = known.lines().next().unwrap_or_default();
        return format!("unknown field {field}; write one of {known}");
    }
    let quoted = message.find(['\n', '"', '`', '\'']);
    let shown = message.get(..quoted.unwrap_or(message.len()));
    let shown = shown.unwrap_or_default();
    // The message quotes what it expected.
    let shown = shown.split(", expected ").next().unwrap_or_default();
    shown.trim_end_matches([':', ' ']).to_owned()
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Builder, message.into())
}
