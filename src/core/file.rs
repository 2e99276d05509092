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

/// Whether a path is a device, a pipe or a socket, or a link to one, which a rename would replace by mistake.
///
/// ```
/// # #[cfg(unix)]
/// assert!(wechatpay_core::file::is_special("/dev/null".as_ref()));
/// assert!(!wechatpay_core::file::is_special("missing".as_ref()));
/// ```
#[must_use]
pub fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Returns the directory of a file, `.` for a name without one.
///
/// ```
/// use wechatpay_core::file::directory;
///
/// assert_eq!(directory("bills/a.csv".as_ref()), std::path::Path::new("bills"));
/// assert_eq!(directory("a.csv".as_ref()), std::path::Path::new("."));
/// ```
#[must_use]
pub fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes the names in an open directory durable. Some file systems cannot (EINVAL, ENOTSUP), which is not an error.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// # #[cfg(unix)]
/// wechatpay_core::file::sync_directory(&std::fs::File::open(".")?)?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// Errors of the file system.
#[cfg(unix)]
pub fn sync_directory(handle: &File) -> io::Result<()> {
    match handle.sync_all() {
        Err(err) if has_no_sync(&err) => Ok(()),
        outcome => outcome,
    }
}

#[cfg(unix)]
fn has_no_sync(err: &io::Error) -> bool {
    matches!(
        err.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
    )
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
    fn devices_sockets_and_links_to_them_are_special_and_links_to_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        fs::write(place("file"), "").unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(place("socket")).unwrap();
        for (link, to) in [
            ("to-file", "file"),
            ("to-socket", "socket"),
            ("to-none", "none"),
        ] {
            std::os::unix::fs::symlink(place(to), place(link)).unwrap();
        }
        for name in ["socket", "to-socket"] {
            assert!(is_special(&place(name)), "{name}");
        }
        assert!(is_special(Path::new("/dev/null")));
        for name in ["file", "to-file", "to-none", "none", "."] {
            assert!(!is_special(&place(name)), "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_system_without_directory_sync_is_accepted() {
        // Devices cannot be synced: EINVAL.
        sync_directory(&File::open("/dev/null").unwrap()).unwrap();
        // The kernel's error for a missing system call; the number is Linux's.
        assert!(has_no_sync(&io::Error::from_raw_os_error(95)));
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
