//! The files that snippets read.

use std::path::{Component, Path, PathBuf};

/// Files below a folder, or at the paths in the snippet.
pub(super) struct Files {
    folder: Option<PathBuf>,
}

/// Larger files are rejected, because they are not uploads.
const LONGEST: u64 = 64 << 20;

impl Files {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// Reads the file at `file:///path/to/x` or a path. With a folder, only files inside of it are read.
    pub(super) fn read(&self, url: &str) -> Result<Vec<u8>, String> {
        let path = self.place(url.strip_prefix("file://").unwrap_or(url))?;
        let shown = path.display();
        self.stays(&path).map_err(|err| format!("{shown}: {err}"))?;
        let length = std::fs::metadata(&path).map_err(|err| format!("{shown}: {err}"))?;
        if !length.is_file() || length.len() > LONGEST {
            return Err(format!("{shown} is no file of up to {LONGEST} bytes"));
        }
        std::fs::read(&path).map_err(|err| format!("{shown}: {err}"))
    }

    /// Checks that links do not lead out of the folder.
    fn stays(&self, path: &Path) -> Result<(), String> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let real = |path: &Path| path.canonicalize().map_err(|err| err.to_string());
        if real(path)?.starts_with(real(folder)?) {
            Ok(())
        } else {
            Err("a link leads out of the folder that --files names".to_owned())
        }
    }

    fn place(&self, path: &str) -> Result<PathBuf, String> {
        if path.contains("://") {
            return Err("it is no file of this machine".to_owned());
        }
        let Some(folder) = &self.folder else {
            return Ok(PathBuf::from(path));
        };
        let mut place = folder.clone();
        for part in Path::new(path).components() {
            match part {
                Component::Normal(name) => place.push(name),
                Component::RootDir | Component::CurDir => {}
                Component::ParentDir | Component::Prefix(_) => {
                    return Err("`..` leads out of the folder that --files names".to_owned());
                }
            }
        }
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_urls_are_resolved_below_the_folder() {
        let files = Files::new(Some("dir".into()));
        assert_eq!(files.place("/path/to/x"), Ok("dir/path/to/x".into()));
        assert_eq!(files.place("./x"), Ok("dir/x".into()));
        assert!(files.place("/path/../../x").is_err());
        assert!(files.place("php://stdin").is_err());
        assert_eq!(Files::new(None).place("/x"), Ok("/x".into()));
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_lead_out_of_the_folder() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("key"), "secret").unwrap();
        std::fs::write(folder.path().join("x"), "x").unwrap();
        symlink(outside.path(), folder.path().join("dir")).unwrap();
        symlink(outside.path().join("key"), folder.path().join("file")).unwrap();
        symlink(folder.path().join("x"), folder.path().join("inside")).unwrap();
        let files = Files::new(Some(folder.path().to_owned()));
        assert_eq!(files.read("file:///inside").unwrap(), b"x");
        for path in ["file:///dir/key", "/file"] {
            assert!(
                files.read(path).unwrap_err().contains("leads out"),
                "{path}"
            );
        }
    }
}
