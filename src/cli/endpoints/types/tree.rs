//! Writes one module for each operation, in folders named like the segments of its path.

use std::collections::BTreeMap;
use std::path::Path;

use wechatpay_sandbox::schema::Schema;
use wechatpay_schema::types::{Names, module};

use crate::exit::Failure;
use crate::own_files::Files;

/// The begin of the root module.
const ROOT: &str = "//! Types of WeChat Pay's operations.\n\n// A program may use only some of them.\n\
                    #![allow(dead_code)]\n\n";

/// Writes the modules into a folder. Returns the number of operations.
///
/// # Errors
///
/// A file cannot be written or, without `force`, the command did not write it or it was changed since. Nothing is
/// written then.
pub(in crate::endpoints) fn write(
    schemas: &[Schema],
    folder: &Path,
    force: bool,
) -> Result<usize, Failure> {
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
    let mut files = Files::of("wechatpay endpoints --emit types");
    tree.add_to(&mut files, folder, ROOT);
    files.write(force)?;
    Ok(schemas.len())
}

#[derive(Default)]
struct Node<'a> {
    children: BTreeMap<&'a str, Self>,
    /// The sources by method.
    operations: BTreeMap<String, String>,
}

impl Node<'_> {
    fn add_to(&self, files: &mut Files, folder: &Path, head: &str) {
        let (mut names, mut modules) = (Names::default(), Vec::new());
        for (method, source) in &self.operations {
            let name = names.module(method);
            files.add(folder.join(format!("{name}.rs")), None, source);
            modules.push(name);
        }
        for (segment, child) in &self.children {
            let name = names.module(segment);
            child.add_to(files, &folder.join(&name), "");
            modules.push(name);
        }
        modules.sort_unstable();
        let lines = modules.iter().map(|name| format!("pub mod {name};\n"));
        let text = format!("{head}{}", lines.collect::<String>());
        files.add(folder.join("mod.rs"), None, &text);
    }
}
