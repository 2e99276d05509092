//! Who may use whom: the floors of the design, read off the source.
//!
//! A module uses the floors below its own. What it uses on its own floor is listed, so that a new
//! use is a decision; what is listed and gone is taken off the list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of `src`, from the ground up.
const FLOORS: [&[&str]; 11] = [
    &["clock", "error", "host", "offload", "percent", "secret"],
    &["crypto"],
    &[
        "catalog", "keys", "protocol", "query", "template", "variants",
    ],
    &["message", "schema"],
    &["base_url", "stack", "transport"],
    &["middleware", "net", "plan"],
    &["certificates", "resolve"],
    &["call", "chain", "download", "dry_run", "engine", "reader"],
    &["builder", "client", "testing"],
    &["bill", "notify", "pay", "php", "service"],
    &["guide", "sandbox"],
];

/// Uses on the same floor.
const SIDEWAYS: [(&str, &str); 17] = [
    ("builder", "client"),
    ("call", "download"),
    ("call", "dry_run"),
    ("call", "engine"),
    // How an operation of APIv2 is signed.
    ("catalog", "protocol"),
    ("chain", "call"),
    ("chain", "engine"),
    ("client", "builder"),
    ("clock", "error"),
    ("download", "call"),
    ("download", "engine"),
    ("dry_run", "engine"),
    // Whose key it is, which the header says.
    ("keys", "protocol"),
    ("offload", "error"),
    // One spelling of numbers for both APIs.
    ("protocol", "query"),
    ("reader", "call"),
    ("stack", "transport"),
];

/// Crates that only some modules may name.
const RESERVED: [(&str, &[&str]); 7] = [
    ("hyper", &["net", "sandbox"]),
    ("hyper_openssl", &["net", "sandbox"]),
    ("hyper_util", &["net", "sandbox"]),
    ("openssl", &["clock", "crypto", "net", "sandbox"]),
    ("openssl_probe", &["net", "sandbox"]),
    (
        "tokio",
        &[
            "download", "engine", "message", "net", "notify", "offload", "sandbox",
        ],
    ),
    ("tokio_openssl", &["net", "sandbox"]),
];

/// A file of `src` without its comments and tests.
struct Source {
    module: String,
    path: PathBuf,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &mut found);
    let sources: Vec<_> = found.iter().map(|path| source(&root, path)).collect();
    assert!(sources.len() > 50, "{} files", sources.len());
    sources
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        // The command is another crate: it has the public API and no floors.
        let is_test = name.ends_with("tests") || ["bin", "fixtures"].contains(&name);
        if path.is_dir() && !is_test {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !is_test
            && name != "lib"
        {
            found.push(path);
        }
    }
}

fn source(root: &Path, path: &Path) -> Source {
    let relative = path.strip_prefix(root).unwrap();
    let first = relative
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    Source {
        module: first.trim_end_matches(".rs").to_owned(),
        path: relative.to_owned(),
        code: lines.map(|line| format!("{line}\n")).collect(),
    }
}

/// What stands behind each `prefix` that is no part of a longer name.
fn names_after<'a>(code: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    code.match_indices(prefix).filter_map(move |(at, _)| {
        let (before, after) = (&code[..at], &code[at + prefix.len()..]);
        let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
        (!before.ends_with(is_name)).then_some(&after[..end])
    })
}

fn floor(module: &str) -> usize {
    let floor = FLOORS.iter().position(|floor| floor.contains(&module));
    floor.unwrap_or_else(|| panic!("the module {module} is on no floor: put it on one"))
}

/// Each use of one module by another, with the files it is in.
fn uses() -> BTreeMap<(String, String), BTreeSet<PathBuf>> {
    let mut uses: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for source in sources() {
        for used in names_after(&source.code, "crate::") {
            assert!(
                !used.is_empty(),
                "{:?}: name one module in each `use crate::`",
                source.path
            );
            // What lib.rs re-exports for macros is no module's business.
            if used != source.module {
                let edge = (source.module.clone(), used.to_owned());
                uses.entry(edge).or_default().insert(source.path.clone());
            }
        }
    }
    assert!(uses.len() > 40, "{} uses", uses.len());
    uses
}

#[test]
fn modules_use_the_floors_below() {
    let mut sideways = BTreeSet::new();
    for ((user, used), files) in uses() {
        let (from, to) = (floor(&user), floor(&used));
        assert!(
            from >= to,
            "{user} (floor {from}) uses {used} (floor {to}) in {files:?}"
        );
        if from == to {
            sideways.insert((user, used));
        }
    }
    let listed = SIDEWAYS.map(|(user, used)| (user.to_owned(), used.to_owned()));
    assert_eq!(sideways, listed.into());
}

/// `super::` must not be a way around the list.
#[test]
fn nobody_climbs_to_the_root_of_the_crate() {
    for source in sources() {
        let depth = source.path.components().count() - usize::from(source.path.ends_with("mod.rs"));
        let climb = "super::".repeat(depth);
        assert!(
            !source.code.contains(&climb),
            "{:?} has {climb}",
            source.path
        );
    }
}

#[test]
fn crates_are_named_where_they_belong() {
    let mut named: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        for (name, _) in RESERVED {
            if names_after(&source.code, &format!("{name}::")).count() > 0 {
                named.entry(name).or_default().insert(source.module.clone());
            }
        }
        let tls = names_after(&source.code, "openssl::").any(|name| name == "ssl");
        assert!(
            !tls || ["net", "sandbox"].contains(&&*source.module),
            "{:?}",
            source.path
        );
    }
    for (name, allowed) in RESERVED {
        for module in named.remove(name).unwrap_or_default() {
            assert!(allowed.contains(&&*module), "{module} names {name}");
        }
    }
}

#[test]
fn the_reader_sees_uses_and_not_more() {
    let code = "use crate::a::B;\nlet x = crate::c::d(); mycrate::e; xcrate::f";
    assert_eq!(names_after(code, "crate::").collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(names_after("use hyper_util::x;", "hyper::").count(), 0);
}
