//! The `Cargo.toml` of a ported folder.

use std::path::{Component, Path, PathBuf};

use wechatpay_chain_port::folder::Root;

use crate::exit::Failure;
use crate::files::input;
use crate::i18n::t;

/// The library's parts that ported code uses: PHP's values, and responses that go into files.
const FEATURES: &str = "\"files\", \"php-values\"";

/// A `Cargo.toml`, or the lines that one needs.
pub(super) struct Manifest {
    /// Where it is, of a crate.
    file: Option<PathBuf>,
    name: String,
    /// Where the library is: a path or a version.
    client: String,
}

impl Manifest {
    /// Of the crate whose `src` the folder is, or of the crate that the module becomes a part of.
    pub(super) fn new(folder: &Path, root: Root, client: Option<&Path>) -> Result<Self, Failure> {
        let home = match root {
            Root::Crate => folder.parent().map(Path::to_owned),
            Root::Module => None,
        };
        let base = home.clone().unwrap_or_else(|| PathBuf::from("."));
        let client = match client {
            None => format!("version = {}", quoted(env!("CARGO_PKG_VERSION"))),
            Some(path) => format!("path = {}", quoted(&client_path(path, &base)?)),
        };
        Ok(Self {
            name: home.as_deref().map(package).unwrap_or_default(),
            file: home.map(|home| home.join("Cargo.toml")),
            client,
        })
    }

    pub(super) fn file(&self) -> Option<PathBuf> {
        self.file.clone()
    }

    pub(super) fn text(&self) -> String {
        format!(
            "[package]\nname = {}\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{}",
            quoted(&self.name),
            self.dependencies()
        )
    }

    /// `preserve_order`: PHP's arrays keep the order of their keys.
    pub(super) fn dependencies(&self) -> String {
        format!(
            "serde_json = {{ version = \"1\", features = [\"preserve_order\"] }}\n\
             wechatpay-chain = {{ {}, features = [{FEATURES}] }}\n",
            self.client
        )
    }
}

/// The folder of the library, from the manifest's.
fn client_path(path: &Path, base: &Path) -> Result<String, Failure> {
    if !path.join("Cargo.toml").is_file() {
        return Err(input(t!("port-no-client", path = path.display())));
    }
    let whole = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path));
    let unreadable =
        |err: std::io::Error| input(t!("file-unreadable", path = path.display(), err = err));
    let (to, from) = (
        whole(path).map_err(unreadable)?,
        whole_of_missing(base).map_err(unreadable)?,
    );
    Ok(if path.is_absolute() {
        slashes(&to)
    } else {
        slashes(&relative(&to, &from))
    })
}

/// A path whose end need not exist yet.
fn whole_of_missing(path: &Path) -> std::io::Result<PathBuf> {
    let whole = std::path::absolute(path)?;
    let mut missing = Vec::new();
    let mut known = whole.as_path();
    while !known.exists() {
        missing.extend(known.file_name());
        match known.parent() {
            Some(parent) => known = parent,
            None => return Ok(whole),
        }
    }
    let mut found = known.canonicalize()?;
    found.extend(missing.iter().rev());
    Ok(found)
}

fn relative(to: &Path, from: &Path) -> PathBuf {
    let (to, from): (Vec<_>, Vec<_>) = (to.components().collect(), from.components().collect());
    let same = to.iter().zip(&from).take_while(|(one, other)| one == other);
    let same = same.count();
    let mut path = PathBuf::new();
    path.extend(from[same..].iter().map(|_| Component::ParentDir));
    path.extend(&to[same..]);
    path
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// A text of TOML.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04X}", c as u32),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// A name that Cargo takes, from that of the folder.
fn package(home: &Path) -> String {
    let folder = home.file_name().unwrap_or_default().to_string_lossy();
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = folder.chars().map(plain).collect();
    let name = name.trim_matches('-');
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() && !RESERVED.contains(&name) => name.to_owned(),
        Some(_) => format!("ported-{name}"),
        None => "ported".to_owned(),
    }
}

/// Names that Cargo refuses, and those of crates that the code uses.
const RESERVED: [&str; 12] = [
    "alloc",
    "as",
    "build",
    "core",
    "deps",
    "examples",
    "incremental",
    "proc-macro",
    "serde-json",
    "std",
    "test",
    "wechatpay-chain",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_named_after_their_folders() {
        for (folder, name) in [
            ("/a/My Shop", "my-shop"),
            ("/a/2pay", "ported-2pay"),
            ("/a/支付", "ported"),
            ("/a/test", "ported-test"),
            ("/", "ported"),
        ] {
            assert_eq!(package(Path::new(folder)), name, "{folder}");
        }
    }

    #[test]
    fn paths_lead_from_one_folder_to_another() {
        let path = relative(Path::new("/a/lib"), Path::new("/a/b/c"));
        assert_eq!(slashes(&path), "../../lib");
        assert_eq!(quoted("a\"b"), "\"a\\\"b\"");
    }
}
