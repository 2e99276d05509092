//! The names of the modules, and the files that hold them together.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, Root};
use crate::rust::{ident, snake};

/// Names that Cargo or Rust gives a meaning at the root of a crate.
const RESERVED: [&str; 5] = ["app", "bin", "lib", "main", "mod"];

/// A module.
#[derive(Debug, Clone)]
pub(super) struct Module {
    /// Its name, those of the modules around it first.
    names: Vec<String>,
}

impl Module {
    /// `services::wx_pay`
    pub(super) fn path(&self) -> String {
        self.names.join("::")
    }

    /// `services/wx_pay.rs`
    pub(super) fn file(&self) -> String {
        format!("{}.rs", self.names.join("/"))
    }

    /// How many modules are around it, the root one of them.
    pub(super) fn depth(&self) -> usize {
        self.names.len()
    }
}

/// A folder of PHP as a module.
#[derive(Debug, Default)]
struct Node {
    name: String,
    folders: BTreeMap<String, Self>,
    /// The modules of its files, by their names in PHP.
    files: BTreeMap<String, String>,
}

/// The modules of a folder.
#[derive(Debug)]
pub(super) struct Tree(Node);

impl Tree {
    /// The modules of these paths.
    pub(super) fn new<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut root = Node::default();
        for path in paths {
            let mut node = &mut root;
            let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            let file = parts.pop().unwrap_or_default();
            for part in parts {
                node = node.folders.entry(part.to_owned()).or_default();
            }
            node.files.insert(file.to_owned(), String::new());
        }
        root.name_all();
        Self(root)
    }

    /// The module of a file.
    pub(super) fn module(&self, path: &str) -> Module {
        let mut names = Vec::new();
        let mut node = &self.0;
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let file = parts.pop().unwrap_or_default();
        for part in parts {
            if let Some(folder) = node.folders.get(part) {
                names.push(folder.name.clone());
                node = folder;
            }
        }
        names.extend(node.files.get(file).cloned());
        Module { names }
    }

    /// The root, the trait's module and a `mod.rs` for each folder.
    pub(super) fn roots(&self, root: Root, trait_name: &str, app: Option<&str>) -> Vec<File> {
        let mut modules: BTreeSet<String> = self.0.modules();
        let name = match root {
            Root::Crate => "lib.rs",
            Root::Module => "mod.rs",
        };
        let mut text = String::from("//! Ported from PHP by `wechatpay port`.\n\n");
        if app.is_some() {
            modules.insert("app".to_owned());
        }
        text.push_str(&declarations(&modules));
        if app.is_some() {
            text.push_str(&format!("\npub use app::{trait_name};\n"));
        }
        let mut files = vec![File {
            path: name.to_owned(),
            from: None,
            text,
        }];
        if let Some(app) = app {
            files.push(File {
                path: "app.rs".to_owned(),
                from: None,
                text: app_text(app),
            });
        }
        self.0.write(&mut Vec::new(), &mut files);
        files
    }
}

/// The module of the trait, with what its types need.
fn app_text(text: &str) -> String {
    const TYPES: [&str; 7] = [
        "Client",
        "ClientBuilder",
        "Media",
        "PrivateKey",
        "PublicKey",
        "Response",
        "php",
    ];
    let code: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let mentions = |name: &str| {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        code.split(|c| !word(c)).any(|part| part == name)
    };
    let mut own: Vec<&str> = TYPES.into_iter().filter(|name| mentions(name)).collect();
    own.sort_by_key(|name| name.starts_with(char::is_lowercase));
    let mut uses = String::new();
    if mentions("Value") {
        uses.push_str("use serde_json::Value;\n");
    }
    if mentions("Thrown") {
        uses.push_str("use wechatpay_chain::php::Thrown;\n");
    }
    match &*own {
        [] => {}
        [one] => uses.push_str(&format!("use wechatpay_chain::{one};\n")),
        all => uses.push_str(&format!("use wechatpay_chain::{{{}}};\n", all.join(", "))),
    }
    format!("//! What the PHP calls that is not the SDK's.\n\n{uses}\n{text}")
}

impl Node {
    /// Names are given in alphabetical order, files first: they do not depend on the file system.
    fn name_all(&mut self) {
        self.name_children(&RESERVED);
    }

    fn name_children(&mut self, reserved: &[&str]) {
        let mut taken: BTreeSet<String> = reserved.iter().map(|name| (*name).to_owned()).collect();
        for (file, name) in &mut self.files {
            *name = free(file.split('.').next().unwrap_or_default(), &mut taken);
        }
        for (folder, node) in &mut self.folders {
            node.name = free(folder, &mut taken);
            node.name_children(&["mod"]);
        }
    }

    fn modules(&self) -> BTreeSet<String> {
        let folders = self.folders.values().map(|node| node.name.clone());
        self.files.values().cloned().chain(folders).collect()
    }

    fn write(&self, above: &mut Vec<String>, files: &mut Vec<File>) {
        for node in self.folders.values() {
            above.push(node.name.clone());
            files.push(File {
                path: format!("{}/mod.rs", above.join("/")),
                from: None,
                text: declarations(&node.modules()),
            });
            node.write(above, files);
            above.pop();
        }
    }
}

fn declarations(modules: &BTreeSet<String>) -> String {
    modules
        .iter()
        .map(|name| format!("pub mod {name};\n"))
        .collect()
}

/// A name of a module that no other has: `rustc` finds files for ASCII names only.
fn free(php: &str, taken: &mut BTreeSet<String>) -> String {
    let ascii = php.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let base = if ascii.chars().any(|c| c.is_ascii_alphanumeric()) {
        snake(&ascii)
    } else {
        "module".to_owned()
    };
    let base = ident(&base).to_string();
    let wanted = if RESERVED.contains(&&*base) && taken.contains(&base) {
        format!("{base}_")
    } else {
        base
    };
    let mut name = wanted.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{}_{number}", wanted.trim_end_matches('_'));
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(paths: &[&str]) -> Vec<String> {
        let tree = Tree::new(paths.iter().copied());
        paths.iter().map(|path| tree.module(path).path()).collect()
    }

    #[test]
    fn modules_are_named_after_the_paths() {
        let paths = [
            "Pay.php",
            "app/Services/WxPayV3.php",
            "app/order-refund.class.php",
        ];
        assert_eq!(
            modules(&paths),
            ["pay", "app_::services::wx_pay_v3", "app_::order_refund"]
        );
    }

    #[test]
    fn keywords_and_reserved_names_get_an_underscore() {
        let paths = [
            "type.php",
            "Match/Self.php",
            "bin/mod.php",
            "main.php",
            "lib.php",
            "a/main.php",
        ];
        assert_eq!(
            modules(&paths),
            [
                "type_",
                "match_::self_",
                "bin_::mod_",
                "main_",
                "lib_",
                "a::main"
            ]
        );
    }

    #[test]
    fn names_that_clash_are_numbered() {
        let paths = [
            "Pay.php",
            "pay.php",
            "Pay/Order.php",
            "PAY.inc.php",
            "支付.php",
            "退款.php",
            "2fa.php",
        ];
        let found = modules(&paths);
        let all: BTreeSet<_> = found.iter().collect();
        assert_eq!(all.len(), paths.len(), "{found:?}");
        assert_eq!(found[6], "n2fa");
        assert!(found.iter().all(|name| name.is_ascii()), "{found:?}");
    }
}
