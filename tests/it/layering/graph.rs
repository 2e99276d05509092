//! Which file of a crate uses which, read from its syntax tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::RandomState;
use std::path::{Path, PathBuf};

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemUse, UseTree};

/// A crate of this repository.
pub(super) struct Package {
    pub(super) name: &'static str,
    /// The folder of its `lib.rs` or `main.rs`.
    pub(super) root: &'static str,
    /// Folders below it that are other crates.
    pub(super) nested: &'static [&'static str],
}

/// A module's path below the crate: `["stack", "next"]`; the crate's root is empty.
type Module = Vec<String>;

/// The modules of a crate, and what each uses.
pub(super) struct Graph {
    modules: BTreeMap<Module, Source>,
}

#[derive(Default)]
struct Source {
    /// Every path that the file names, made absolute: `["stack", "next", "Next"]`.
    paths: BTreeSet<Module>,
    /// The names that the file's `use` items bring into its namespace: name → absolute path.
    imports: BTreeMap<String, Module>,
    /// The first segments of all paths: crates, and local names.
    crates: BTreeSet<String>,
    /// Glob imports that are re-exported.
    globs: Vec<Module>,
}

impl Graph {
    /// Reads all files of a crate but its tests.
    pub(super) fn read(package: &Package) -> Self {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(package.root);
        let nested: Vec<PathBuf> = package.nested.iter().map(|name| root.join(name)).collect();
        let mut files = Vec::new();
        collect(&root, &nested, &mut files);
        let mut modules = BTreeMap::new();
        for file in files {
            let module = module_of(&root, &file);
            let text = fs::read_to_string(&file).unwrap();
            let tree = syn::parse_file(&text).unwrap_or_else(|err| panic!("{file:?}: {err}"));
            let mut reader = Reader::of(module.clone(), &tree);
            reader.visit_file(&tree);
            modules.insert(module, reader.source);
        }
        assert!(
            modules.len() > 10,
            "{}: {} files",
            package.name,
            modules.len()
        );
        Self { modules }
    }

    /// Uses between the modules of the crate's root.
    pub(super) fn module_uses(&self) -> BTreeSet<(String, String)> {
        let first = |module: &Module| module.first().cloned();
        let edges = self.edges();
        let between = edges
            .iter()
            .flat_map(|(user, used)| used.iter().map(move |used| (user, used)));
        between
            .filter_map(|(user, used)| Some((first(user)?, first(used)?)))
            .filter(|(user, used)| user != used)
            .collect()
    }

    /// The modules of the crate's root that name another crate.
    pub(super) fn users_of(&self, name: &str) -> BTreeSet<String> {
        let users = self
            .modules
            .iter()
            .filter(|(_, source)| source.crates.contains(name));
        users
            .filter_map(|(module, _)| module.first().cloned())
            .collect()
    }

    /// Files that use each other in a circle, except a module and the modules inside it.
    pub(super) fn circles(&self) -> Vec<Vec<String>> {
        let mut edges = self.edges();
        for (user, used) in &mut edges {
            used.retain(|used| !used.starts_with(user) && !user.starts_with(used));
        }
        components(&edges)
            .into_iter()
            .map(|circle| circle.into_iter().map(|module| module.join("::")).collect())
            .collect()
    }

    fn edges(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let edges = self.modules.iter().map(|(module, source)| {
            let used = source.paths.iter().map(|path| self.home(path, 0));
            (module.clone(), used.filter(|used| used != module).collect())
        });
        edges.collect()
    }

    /// The module that defines what a path names, through re-exports.
    fn home(&self, path: &[String], depth: usize) -> Module {
        let known = (0..=path.len())
            .rev()
            .find(|len| self.modules.contains_key(&path[..*len]));
        let known = known.unwrap_or_default();
        let (module, rest) = path.split_at(known);
        let Some((name, rest)) = rest.split_first() else {
            return module.to_vec();
        };
        let source = &self.modules[module];
        // A macro of deep re-exports does not occur; the bound ends a circle of them.
        if depth < 8 {
            if let Some(target) = source.imports.get(name) {
                let target: Module = target.iter().chain(rest).cloned().collect();
                return self.home(&target, depth + 1);
            }
            for glob in &source.globs {
                let target: Module = glob.iter().chain([name]).chain(rest).cloned().collect();
                let home = self.home(&target, depth + 1);
                if home != *glob
                    || self
                        .modules
                        .get(glob)
                        .is_some_and(|source| source.imports.contains_key(name))
                {
                    return home;
                }
            }
        }
        module.to_vec()
    }
}

fn collect(folder: &Path, nested: &[PathBuf], files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let is_test = stem.ends_with("tests") || stem == "fixtures";
        if path.is_dir() && !is_test && !nested.contains(&path) {
            collect(&path, nested, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            files.push(path);
        }
    }
}

fn module_of(root: &Path, file: &Path) -> Module {
    let relative = file.strip_prefix(root).unwrap().with_extension("");
    let mut module: Module = relative
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    if matches!(
        module.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        module.pop();
    }
    module
}

struct Reader {
    module: Module,
    /// The names of the files below this module.
    children: BTreeSet<String>,
    source: Source,
}

impl Reader {
    fn of(module: Module, tree: &syn::File) -> Self {
        let children = tree.items.iter().filter_map(|item| match item {
            Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
            _ => None,
        });
        Self {
            module,
            children: children.collect(),
            source: Source::default(),
        }
    }

    /// An absolute path of this crate; `None` for one of another crate, or of what the file imports.
    fn absolute(&self, path: &[String]) -> Option<Module> {
        let first = path.first()?.as_str();
        let (mut base, mut rest) = match first {
            "crate" => (Module::new(), &path[1..]),
            "self" => (self.module.clone(), &path[1..]),
            "super" => (self.module.clone(), path),
            _ => return None,
        };
        while rest.first().is_some_and(|part| part == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    fn import(&mut self, tree: &UseTree, prefix: &mut Module) {
        match tree {
            UseTree::Path(path) => {
                if prefix.is_empty() {
                    self.source.crates.insert(path.ident.to_string());
                }
                prefix.push(path.ident.to_string());
                self.import(&path.tree, prefix);
                prefix.pop();
            }
            UseTree::Name(name) => self.bring(prefix, &name.ident.to_string(), None),
            UseTree::Rename(rename) => {
                let alias = rename.rename.to_string();
                self.bring(prefix, &rename.ident.to_string(), Some(alias));
            }
            UseTree::Glob(_) => {
                if let Some(path) = self.resolve(prefix) {
                    self.source.paths.insert(path.clone());
                    self.source.globs.push(path);
                }
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, prefix);
                }
            }
        }
    }

    fn bring(&mut self, prefix: &[String], name: &str, alias: Option<String>) {
        let mut path = prefix.to_vec();
        if name != "self" {
            path.push(name.to_owned());
        }
        let alias = alias.or_else(|| path.last().cloned());
        if let (Some(path), Some(alias)) = (self.resolve(&path), alias) {
            self.source.paths.insert(path.clone());
            self.source.imports.insert(alias, path);
        }
    }

    /// As `absolute`; a bare path of a `use` may also begin with a module inside this one.
    fn resolve(&self, path: &[String]) -> Option<Module> {
        self.absolute(path).or_else(|| {
            let inner: Module = self.module.iter().chain(path).cloned().collect();
            self.children.contains(path.first()?).then_some(inner)
        })
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes(item).iter().any(is_test) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.import(&item.tree, &mut Module::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Module = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        if segments.len() > 1 {
            self.source.crates.insert(segments[0].clone());
        }
        let imported = segments
            .first()
            .and_then(|first| self.source.imports.get(first));
        let full = match imported {
            Some(target) => Some(target.iter().chain(&segments[1..]).cloned().collect()),
            None if segments.len() > 1 => self.resolve(&segments),
            None => None,
        };
        self.source.paths.extend(full);
        visit::visit_path(self, path);
    }
}

fn is_test(attribute: &Attribute) -> bool {
    let Ok(list) = attribute.meta.require_list() else {
        return attribute.path().is_ident("test");
    };
    let condition = list.tokens.to_string();
    list.path.is_ident("cfg") && (condition == "test" || condition.starts_with("all (test"))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The strongly connected components of more than one module.
fn components(edges: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<&Module>> {
    let mut graph = DiGraphMap::<&Module, (), RandomState>::new();
    for (user, used) in edges {
        for used in used {
            graph.add_edge(user, used, ());
        }
    }
    let mut found = tarjan_scc(&graph);
    found.retain(|component| component.len() > 1);
    found
}
