//! Generated files: the command knows its files again by a checksum in their first line, and overwrites no others.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};
use wechatpay_chain::crypto::digest;

use crate::exit::Failure;
use crate::files::input;
use crate::i18n::t;

/// Characters of the checksum.
const LENGTH: usize = 16;

/// The written files.
#[derive(Default)]
pub(crate) struct Written {
    /// The files, the root first.
    pub(crate) files: Vec<PathBuf>,
    /// The lines that a `Cargo.toml` needs that is not the porter's.
    pub(crate) dependencies: Option<String>,
}

/// Files to be written together.
pub(crate) struct Files {
    /// How the first line of each begins after `// ` or `# `.
    mark: String,
    files: Vec<(PathBuf, String)>,
}

impl Files {
    /// No files yet. `command` is in the first line of each: `wechatpay port`.
    pub(crate) fn of(command: &str) -> Self {
        Self {
            mark: format!("Written by `{command}`"),
            files: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, place: PathBuf, from: Option<&str>, text: &str) {
        let comment = if place.extension().is_some_and(|ending| ending == "toml") {
            "#"
        } else {
            "//"
        };
        let from = from.map(|from| format!(" from {}", one_line(from)));
        let head = format!(
            "{comment} {}{}; checksum {}\n",
            self.mark,
            from.unwrap_or_default(),
            checksum(text)
        );
        self.files.push((place, head + text));
    }

    /// Whether nothing would be lost: there is no such file, or it is as the command wrote it.
    pub(crate) fn may_write(&self, place: &Path) -> bool {
        match fs::read(place) {
            Ok(bytes) => String::from_utf8(bytes).is_ok_and(|text| self.is_own(&text)),
            Err(err) => err.kind() == std::io::ErrorKind::NotFound,
        }
    }

    /// Writes all of them, or none where one would be lost. Each appears complete or not at all.
    pub(crate) fn write(self, force: bool) -> Result<Written, Failure> {
        let lost: Vec<_> = self
            .files
            .iter()
            .filter(|(place, _)| !force && !self.may_write(place))
            .map(|(place, _)| place.display().to_string())
            .collect();
        if !lost.is_empty() {
            let mut failure = input(t!("file-not-own", files = lost.join(&t!("list-separator"))));
            failure.line(t!("file-not-own-hint"));
            return Err(failure);
        }
        let mut staged = Vec::new();
        for (place, text) in &self.files {
            let temporary = stage(place, text);
            staged.push((place, temporary.map_err(|err| unwritable(place, &err))?));
        }
        for (place, temporary) in staged {
            temporary
                .persist(place)
                .map_err(|err| unwritable(place, &err.error))?;
        }
        Ok(Written {
            files: self.files.into_iter().map(|(place, _)| place).collect(),
            dependencies: None,
        })
    }

    fn is_own(&self, text: &str) -> bool {
        let Some((head, rest)) = text.split_once('\n') else {
            return false;
        };
        let head = head.trim_end().trim_start_matches(['/', '#']).trim_start();
        let told = head.rsplit_once("; checksum ").map(|(_, told)| told);
        head.starts_with(&self.mark) && told == Some(&checksum(rest))
    }
}

/// Writes a temporary file next to the place. It is closed, because there may be thousands, and not synced to the disk,
/// because the command can write it again.
fn stage(place: &Path, text: &str) -> std::io::Result<TempPath> {
    let folder = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temporary = NamedTempFile::new_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    // Temporary files are their owner's alone; code is as any other file of the folder.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let permissions = match fs::metadata(place) {
            Ok(known) => known.permissions(),
            Err(_) => fs::Permissions::from_mode(0o644),
        };
        temporary.as_file().set_permissions(permissions)?;
    }
    Ok(temporary.into_temp_path())
}

fn unwritable(place: &Path, err: &std::io::Error) -> Failure {
    input(t!("file-unwritable", path = place.display(), err = err))
}

/// Line breaks do not count: Git may change them.
fn checksum(text: &str) -> String {
    let mut sum = digest::sha256_hex(text.replace("\r\n", "\n").as_bytes());
    sum.truncate(LENGTH);
    sum
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> Files {
        Files::of("wechatpay port")
    }

    fn written(folder: &Path, text: &str) -> Result<(), Failure> {
        let mut files = none();
        files.add(folder.join("a/b.rs"), Some("B.php"), text);
        files.write(false).map(drop)
    }

    #[test]
    fn own_files_are_written_again_and_changed_ones_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a/b.rs");
        written(folder.path(), "fn one() {}\n").unwrap();
        written(folder.path(), "fn two() {}\n").unwrap();
        let text = fs::read_to_string(&place).unwrap();
        assert!(text.ends_with("\nfn two() {}\n"), "{text}");
        fs::write(&place, text.replace('\n', "\r\n")).unwrap();
        written(folder.path(), "fn two() {}\n").unwrap();
        fs::write(&place, text.replace("two", "mine")).unwrap();
        assert!(written(folder.path(), "fn two() {}\n").is_err());
        assert!(fs::read_to_string(&place).unwrap().contains("mine"));
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_written_where_one_file_would_be_lost() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("lib.rs"), "fn mine() {}\n").unwrap();
        let mut files = none();
        files.add(folder.path().join("a.rs"), None, "");
        files.add(folder.path().join("lib.rs"), None, "");
        assert!(files.write(false).is_err());
        assert!(!folder.path().join("a.rs").exists());
        let mut files = none();
        files.add(folder.path().join("lib.rs"), None, "");
        files.write(true).unwrap();
        assert!(!Files::of("another command").may_write(&folder.path().join("lib.rs")));
        assert!(none().may_write(&folder.path().join("lib.rs")));
    }
}
