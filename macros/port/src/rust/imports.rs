//! The items of other crates that the code names.

use std::collections::{BTreeMap, BTreeSet};

use super::text::width;

/// The names to `use`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Imports {
    names: BTreeSet<(&'static str, &'static str)>,
}

impl Imports {
    /// `wechatpay_chain::name`
    pub(crate) fn own(&mut self, name: &'static str) -> String {
        self.of("wechatpay_chain", name)
    }

    /// `module::name`, of which `name` is written.
    pub(crate) fn of(&mut self, module: &'static str, name: &'static str) -> String {
        self.names.insert((module, name));
        name.to_owned()
    }

    /// The lines at the beginning of a file, in rustfmt's order.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (module, name) in &self.names {
            modules.entry(module).or_default().push(name);
        }
        let (std, others): (Vec<_>, Vec<_>) = modules
            .into_iter()
            .partition(|(module, _)| module.starts_with("std"));
        let mut out: Vec<String> = std
            .iter()
            .flat_map(|(module, names)| one(module, names))
            .collect();
        if !out.is_empty() && !others.is_empty() {
            out.push(String::new());
        }
        // A list of a crate's root stands behind its modules.
        let (roots, inner): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|(module, names)| *module == "wechatpay_chain" && names.len() > 1);
        for (module, names) in inner.iter().chain(&roots) {
            out.extend(one(module, names));
        }
        out
    }
}

fn one(module: &str, names: &[&str]) -> Vec<String> {
    let mut names = names.to_vec();
    // rustfmt sorts by version, in which capitals go first, and constants last.
    names.sort_by_key(|name| (name.starts_with(char::is_lowercase), *name));
    let line = match &*names {
        [name] => format!("use {module}::{name};"),
        names => format!("use {module}::{{{}}};", names.join(", ")),
    };
    if width(&line) <= 100 {
        return vec![line];
    }
    let mut out = vec![format!("use {module}::{{")];
    let mut row = String::from("   ");
    for name in names {
        if row.len() + name.len() + 2 > 100 {
            out.push(std::mem::replace(&mut row, String::from("   ")));
        }
        row.push_str(&format!(" {name},"));
    }
    out.push(row);
    out.push("};".to_owned());
    out
}
