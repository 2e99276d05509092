//! The files that snippets name.

use std::path::{Component, Path, PathBuf};

/// Files under a folder, or where the snippet says.
pub(super) struct Files {
    folder: Option<PathBuf>,
}

/// Larger ones are no uploads.
const LONGEST: u64 = 64 << 20;

impl Files {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The file behind `file:///path/to/x` or a path; with a folder only what lies in it.
    pub(super) fn read(&self, url: &str) -> Result<Vec<u8>, String> {
        let path = self.place(url.strip_prefix("file://").unwrap_or(url))?;
        let shown = path.display();
        let length = std::fs::metadata(&path).map_err(|err| format!("{shown}: {err}"))?;
        if !length.is_file() || length.len() > LONGEST {
            return Err(format!("{shown} is no file of up to {LONGEST} bytes"));
        }
        std::fs::read(&path).map_err(|err| format!("{shown}: {err}"))
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
    fn a_folder_stands_for_the_root_and_is_not_left() {
        let files = Files::new(Some("dir".into()));
        assert_eq!(files.place("/path/to/x"), Ok("dir/path/to/x".into()));
        assert_eq!(files.place("./x"), Ok("dir/x".into()));
        assert!(files.place("/path/../../x").is_err());
        assert!(files.place("php://stdin").is_err());
        assert_eq!(Files::new(None).place("/x"), Ok("/x".into()));
    }
}
