//! Names and what they mean by the `use`s before them.

use std::collections::HashMap;

use tree_sitter::Node;

use super::{Lower, has, named};
use crate::syntax::{Import, Name, StmtKind};

/// The `use`s so far, by alias in lower case.
#[derive(Default)]
pub(super) struct Imports {
    namespace: String,
    classes: HashMap<String, String>,
}

impl Imports {
    pub(super) fn enter(&mut self, namespace: &str) {
        namespace.clone_into(&mut self.namespace);
        self.classes.clear();
    }

    pub(super) fn class(&self, written: &str) -> String {
        if let Some(whole) = written.strip_prefix('\\') {
            return whole.to_owned();
        }
        if let Some(relative) = written.strip_prefix("namespace\\") {
            return self.here(relative);
        }
        let (first, rest) = written
            .split_once('\\')
            .map_or((written, None), |(first, rest)| (first, Some(rest)));
        match (self.classes.get(&first.to_ascii_lowercase()), rest) {
            (Some(path), None) => path.clone(),
            (Some(path), Some(rest)) => format!("{path}\\{rest}"),
            (None, _) => self.here(written),
        }
    }

    fn here(&self, written: &str) -> String {
        match self.namespace.is_empty() {
            true => written.to_owned(),
            false => format!("{}\\{written}", self.namespace),
        }
    }
}

impl Lower<'_> {
    /// The name of a class.
    pub(super) fn class(&self, node: Node<'_>) -> Name {
        let written = self.text(node);
        Name {
            span: self.span(node),
            written: written.to_owned(),
            resolved: self.imports.class(written),
        }
    }

    /// The name of a function or constant: PHP looks for those outside of the namespace, too.
    pub(super) fn global(&self, node: Node<'_>) -> Name {
        let written = self.text(node);
        let resolved = match written.strip_prefix('\\') {
            Some(whole) => whole.to_owned(),
            None if written.contains('\\') => self.imports.class(written),
            None => written.to_owned(),
        };
        Name {
            span: self.span(node),
            written: written.to_owned(),
            resolved,
        }
    }

    /// `use …;`
    pub(super) fn uses(&mut self, node: Node<'_>) -> StmtKind {
        if has(node, "function") || has(node, "const") {
            // Functions are known by their last name anyway.
            return StmtKind::Use(Vec::new());
        }
        let group = node.child_by_field_name("body");
        let prefix = match group {
            Some(_) => named(node)
                .into_iter()
                .find(|child| child.kind() == "namespace_name")
                .map(|name| format!("{}\\", self.text(name)))
                .unwrap_or_default(),
            None => String::new(),
        };
        let clauses = named(group.unwrap_or(node));
        let imports: Vec<Import> = clauses
            .into_iter()
            .filter(|clause| clause.kind() == "namespace_use_clause")
            .filter_map(|clause| self.import(&prefix, clause))
            .collect();
        for import in &imports {
            let alias = import.alias.to_ascii_lowercase();
            self.imports.classes.insert(alias, import.path.clone());
        }
        StmtKind::Use(imports)
    }

    fn import(&self, prefix: &str, clause: Node<'_>) -> Option<Import> {
        let name = named(clause)
            .into_iter()
            .find(|child| matches!(child.kind(), "name" | "qualified_name"))?;
        let written = self.text(name).trim_start_matches('\\');
        let last = written.rsplit('\\').next().unwrap_or(written);
        let alias = clause.child_by_field_name("alias");
        Some(Import {
            path: format!("{prefix}{written}"),
            alias: alias.map_or(last, |alias| self.text(alias)).to_owned(),
        })
    }
}
