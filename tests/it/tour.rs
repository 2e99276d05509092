//! The files that `docs/tour.md` names exist.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn every_file_of_the_tour_exists() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/tour.md")).unwrap();
    let names: Vec<&str> = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|it| is_file(it))
        .collect();
    assert!(names.len() > 100, "{names:?}");
    let mut files = Vec::new();
    for folder in ["src", "macros", "tests"] {
        collect(&Path::new(ROOT).join(folder), &mut files);
    }
    let missing: Vec<&str> = names
        .into_iter()
        .filter(|name| !exists(name, &files))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/tour.md names missing files: {missing:?}"
    );
}

fn is_file(code: &str) -> bool {
    let ends = [".rs", ".txt", ".ftl", ".jsonl", "/"];
    !code.contains(' ') && !code.starts_with('/') && ends.iter().any(|end| code.ends_with(end))
}

/// Names that do not begin at the root are relative to the folder of their row; any folder is accepted.
fn exists(name: &str, files: &[PathBuf]) -> bool {
    let name = name.trim_end_matches('/');
    Path::new(ROOT).join(name).exists() || files.iter().any(|file| file.ends_with(name))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        }
        files.push(path);
    }
}
