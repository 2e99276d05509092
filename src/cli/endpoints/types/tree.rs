//! Writes one module for each operation, in folders named like the segments of its path, and for each event, in `events`.

use std::collections::BTreeMap;
use std::path::Path;

use wechatpay_schema::types::Names;

use super::Named;
use crate::exit::Failure;
use crate::own_files::Files;

/// The begin of the root module.
const ROOT: &str = "//! Types of WeChat Pay's operations and notifications.\n\n// A program may use only some of them.\n\
                    #![allow(dead_code)]\n\n";

/// Writes the modules into a folder.
///
/// # Errors
///
/// A file cannot be written or, without `force`, the command did not write it or it was changed since. Nothing is
/// written then.
pub(in crate::endpoints) fn write(
    named: &[Named],
    folder: &Path,
    force: bool,
) -> Result<(), Failure> {
    let mut tree = Node::default();
    for named in named {
        match named {
            Named::Operation(schema) => {
                let operation = schema.operation();
                let method = operation.method().as_str().to_lowercase();
                let node = tree.node(operation.path());
                node.modules.insert(method, named.source());
            }
            Named::Event(event) => {
                let folder = if event.version() == "v2" {
                    "events/v2"
                } else {
                    "events"
                };
                let name = event.event_type().replace('.', "_").to_lowercase();
                tree.node(folder).modules.insert(name, named.source());
            }
        }
    }
    let mut files = Files::of("wechatpay endpoints --emit types");
    tree.add_to(&mut files, folder, ROOT);
    files.write(force)?;
    Ok(())
}

#[derive(Default)]
struct Node<'a> {
    children: BTreeMap<&'a str, Self>,
    /// The sources by name: the method or the event type.
    modules: BTreeMap<String, String>,
}

impl<'a> Node<'a> {
    /// The node at a path.
    fn node(&mut self, path: &'a str) -> &mut Self {
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        segments.fold(self, |node, segment| {
            node.children.entry(segment).or_default()
        })
    }

    fn add_to(&self, files: &mut Files, folder: &Path, head: &str) {
        let (mut names, mut modules) = (Names::default(), Vec::new());
        for (method, source) in &self.modules {
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
