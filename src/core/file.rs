//! Files that are replaced atomically.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::clock::{Clock, SystemClock};

/// The permissions of a written file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The current user only: mode 0600.
    Owner,
    /// Everyone whom the umask allows.
    Everyone,
}

/// Writes a file atomically: after a crash, the path contains either the old or the new content.
///
/// A symbolic link at the path is replaced and not followed.
///
/// # Errors
///
/// Errors of the file system and of the random number generator. The path keeps its old content.
pub fn write_atomically(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let temporary = temporary(path)?;
    let mut file = create(&temporary, access)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| {
            // Windows cannot rename an open file.
            drop(file);
            fs::rename(&temporary, path)
        });
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Returns a random path in the same folder, since a rename works only within a file system. The process id would not
/// do: in a container it is the same at each start, so a crash may have left a file with that name.
fn temporary(path: &Path) -> io::Result<PathBuf> {
    if path.file_name().is_none() {
        let message = "the path has no file name";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let nonce = SystemClock.nonce().map_err(io::Error::other)?;
    Ok(path.with_file_name(format!(".wechatpay-{nonce}.tmp")))
}

// Other systems have no mode bits.
#[cfg_attr(not(unix), expect(unused_variables))]
fn create(path: &Path, access: Access) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("certificates.json");
        for content in ["the first content, which is longer", "the second"] {
            write_atomically(&path, content.as_bytes(), Access::Owner).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(names(folder.path()), ["certificates.json"]);
    }

    #[test]
    fn a_failed_write_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        write_atomically(&path, b"content", Access::Owner).unwrap_err();
        assert_eq!(names(folder.path()), ["taken"]);
        let missing = folder.path().join("missing/file");
        write_atomically(&missing, b"content", Access::Owner).unwrap_err();
        let unnamed = write_atomically(Path::new(".."), b"content", Access::Owner);
        assert_eq!(unnamed.unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        write_atomically(&path, b"public", Access::Everyone).unwrap();
        let public = mode();
        // Everyone whom this process's umask allows may read it.
        let plain = folder.path().join("plain");
        fs::write(&plain, b"public").unwrap();
        assert_eq!(
            public,
            fs::metadata(&plain).unwrap().permissions().mode() & 0o777
        );
        write_atomically(&path, b"private", Access::Owner).unwrap();
        assert_eq!(mode(), 0o600);
    }
}
