//! The files that `docs/tour.md` and its Chinese twin name exist, and both pages name the same ones.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const PAGES: [&str; 2] = ["docs/tour.md", "docs/tour.zh-CN.md"];

#[test]
fn every_file_of_the_tour_exists() {
    let mut files = Vec::new();
    for folder in ["src", "macros", "tests"] {
        collect(&Path::new(ROOT).join(folder), &mut files);
    }
    for page in PAGES {
        let names = files_of(&read(page));
        assert!(names.len() > 100, "{page}: {names:?}");
        let missing: Vec<&String> = names.iter().filter(|name| !exists(name, &files)).collect();
        assert!(
            missing.is_empty(),
            "{page} names missing files: {missing:?}"
        );
    }
}

#[test]
fn both_tours_name_the_same_files_and_layers() {
    let [english, chinese] = PAGES.map(read);
    assert_eq!(files_of(&chinese), files_of(&english));
    assert_eq!(layers_of(&chinese), layers_of(&english));
}

fn read(page: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(page)).unwrap()
}

/// Sorted, because the order of the words in a sentence differs between the languages.
fn files_of(page: &str) -> Vec<String> {
    let code = page.split('`').skip(1).step_by(2);
    let mut names: Vec<String> = code.filter(|it| is_file(it)).map(str::to_owned).collect();
    names.sort();
    names
}

/// The first 59 columns of the drawings: the modules. The explanations follow in the language of the page.
fn layers_of(page: &str) -> Vec<String> {
    let drawings = page
        .split("```text\n")
        .skip(1)
        .filter_map(|it| it.split("```").next());
    drawings
        .flat_map(str::lines)
        .map(|line| {
            line.chars()
                .take(59)
                .collect::<String>()
                .trim_end()
                .to_owned()
        })
        .collect()
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
