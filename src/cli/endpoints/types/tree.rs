//! Writes one module for each operation, in folders named like the segments of its path.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wechatpay_sandbox::schema::Schema;
use wechatpay_schema::types::{Names, module};

use crate::exit::Failure;
use crate::files::input;

/// The folder that the command may replace has this in the first line of its `mod.rs`.
const MARK: &str = "// Written by `wechatpay endpoints --emit types`.\n";

/// Writes the modules into a folder. Returns the number of operations.
///
/// # Errors
///
/// A file cannot be written, or the folder has a `mod.rs` that this command did not write.
pub(in crate::endpoints) fn write(schemas: &[Schema], folder: &Path) -> Result<usize, Failure> {
    let root = folder.join("mod.rs");
    if let Ok(text) = fs::read_to_string(&root)
        && !text.starts_with(MARK)
    {
        return Err(input(crate::i18n::t!(
            "types-foreign",
            path = root.display().to_string()
        )));
    }
    let mut tree = Node::default();
    for schema in schemas {
        let path = schema.operation().path();
        let mut node = &mut tree;
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            node = node.children.entry(segment).or_default();
        }
        let method = schema.operation().method().as_str().to_lowercase();
        node.operations.insert(method, module(schema.documented()));
    }
    let head = format!(
        "{MARK}//! Types of WeChat Pay's operations.\n\n// A program may use only some of them.\n\
         #![allow(dead_code)]\n\n"
    );
    tree.write(folder, &head)?;
    Ok(schemas.len())
}

#[derive(Default)]
struct Node<'a> {
    children: BTreeMap<&'a str, Self>,
    /// The sources by method.
    operations: BTreeMap<String, String>,
}

impl Node<'_> {
    fn write(&self, folder: &Path, head: &str) -> Result<(), Failure> {
        let failed = |path: &Path, err: std::io::Error| input(format!("{}: {err}", path.display()));
        fs::create_dir_all(folder).map_err(|err| failed(folder, err))?;
        let (mut names, mut modules) = (Names::default(), Vec::new());
        for (method, source) in &self.operations {
            let name = names.module(method);
            let path = folder.join(format!("{name}.rs"));
            fs::write(&path, source).map_err(|err| failed(&path, err))?;
            modules.push(name);
        }
        for (segment, child) in &self.children {
            let name = names.module(segment);
            child.write(&folder.join(&name), "")?;
            modules.push(name);
        }
        modules.sort_unstable();
        let lines = modules.iter().map(|name| format!("pub mod {name};\n"));
        let path = folder.join("mod.rs");
        let text = format!("{head}{}", lines.collect::<String>());
        fs::write(&path, text).map_err(|err| failed(&path, err))
    }
}
