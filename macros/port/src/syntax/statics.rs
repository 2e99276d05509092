//! The class that a static property belongs to, and whether other code than that class names it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Class, Expr, ExprKind, Name, Part, Program, Stmt, StmtKind, Whole, WholeExpr};

/// The static properties of the classes of a file, or of all files of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statics {
    /// The classes, by their keys.
    classes: BTreeMap<String, Declared>,
    /// The properties that other code than the class names, by the key of the class.
    elsewhere: BTreeSet<(String, String)>,
}

/// The facts about a class.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Declared {
    /// Its whole name.
    path: String,
    /// The whole name of its base class.
    parent: Option<String>,
    /// The keys of its traits.
    traits: Vec<String>,
    /// The static properties that it declares.
    properties: BTreeSet<String>,
}

impl Statics {
    /// The facts of all files.
    pub fn of<'p>(programs: impl Iterator<Item = &'p Program> + Clone) -> Self {
        let mut statics = Self::default();
        for program in programs.clone() {
            super::each_class(&program.statements, &mut |path, class| {
                statics.declare(path, class);
            });
            for (path, class) in &program.imported {
                statics.declare(path.clone(), class);
            }
        }
        let mut named = BTreeSet::new();
        for program in programs {
            named_in(
                &program.statements,
                &mut String::new(),
                &mut |within, of, property| {
                    let (owner, _) = statics.owner(within, of, property);
                    if within != Some(&*owner) {
                        named.insert((owner, property.to_owned()));
                    }
                },
            );
        }
        statics.elsewhere = named;
        statics
    }

    fn declare(&mut self, path: String, class: &Class) {
        let properties = class
            .properties
            .iter()
            .filter(|property| property.is_static);
        let declared = Declared {
            parent: class.parent.as_ref().map(|name| whole(&name.resolved)),
            traits: class.uses.iter().map(|name| key(&name.resolved)).collect(),
            properties: properties.map(|property| property.name.clone()).collect(),
            path: whole(&path),
        };
        self.classes.insert(key(&path), declared);
    }

    /// The key and the whole name of the class that has `name::$property`, which stands in the class `within`.
    pub(crate) fn owner(
        &self,
        within: Option<&str>,
        name: &Name,
        property: &str,
    ) -> (String, String) {
        let mut path = self.named(within, name);
        // A class that is its own ancestor is no class.
        for _ in 0..20 {
            match self.classes.get(&key(&path)) {
                Some(class) if !self.declares(class, property) => match &class.parent {
                    Some(parent) => path.clone_from(parent),
                    None => break,
                },
                Some(class) => path.clone_from(&class.path),
                None => break,
            }
        }
        (key(&path), path)
    }

    /// The whole name of the class that a name means where it stands.
    pub(crate) fn named(&self, within: Option<&str>, name: &Name) -> String {
        let own = within.and_then(|within| self.classes.get(within));
        match (name.written.to_ascii_lowercase().as_str(), own) {
            ("self" | "static", Some(own)) => own.path.clone(),
            ("parent", Some(own)) => own.parent.clone().unwrap_or_else(|| own.path.clone()),
            _ => whole(&name.resolved),
        }
    }

    fn declares(&self, class: &Declared, property: &str) -> bool {
        let mut traits = class
            .traits
            .iter()
            .filter_map(|name| self.classes.get(name));
        class.properties.contains(property) || traits.any(|used| used.properties.contains(property))
    }

    /// Whether other code than the class names its property.
    pub(crate) fn is_elsewhere(&self, class: &str, property: &str) -> bool {
        let entry = (class.to_owned(), property.to_owned());
        self.elsewhere.contains(&entry)
    }

    /// Whether a class below a class declares the property again, so that `static::` may mean that one.
    pub(crate) fn is_redeclared(&self, class: &str, property: &str) -> bool {
        self.classes.iter().any(|(name, other)| {
            name != class && self.declares(other, property) && self.is_below(other, class)
        })
    }

    fn is_below(&self, class: &Declared, above: &str) -> bool {
        let mut parent = class.parent.as_deref().map(key);
        for _ in 0..20 {
            match parent {
                Some(name) if name == above => return true,
                Some(name) => {
                    let class = self.classes.get(&name);
                    parent = class.and_then(|class| class.parent.as_deref().map(key));
                }
                None => return false,
            }
        }
        false
    }

    /// The key of a class by its namespace, or, where the file has several, by its name alone.
    pub(crate) fn key_of(&self, namespace: Option<&str>, class: &Class) -> String {
        let name = class.name.to_ascii_lowercase();
        match namespace {
            Some(namespace) => key(&super::whole_name(namespace, class)),
            None => {
                let last = |key: &&String| key.rsplit('\\').next() == Some(&*name);
                self.classes.keys().find(last).cloned().unwrap_or(name)
            }
        }
    }
}

fn whole(path: &str) -> String {
    path.trim_start_matches('\\').to_owned()
}

fn key(path: &str) -> String {
    whole(path).to_ascii_lowercase()
}

/// Calls `found` for each `name::$property`, with the key of the class that it stands in.
fn named_in(
    statements: &[Stmt],
    namespace: &mut String,
    found: &mut dyn FnMut(Option<&str>, &Name, &str),
) {
    for stmt in statements {
        match &stmt.kind {
            StmtKind::Namespace(name) => namespace.clone_from(name),
            StmtKind::Block(body) => named_in(body, namespace, found),
            StmtKind::Whole(whole) if matches!(**whole, Whole::Class(_)) => {
                let Whole::Class(class) = &**whole else {
                    continue;
                };
                let own = key(&super::whole_name(namespace, class));
                for method in &class.methods {
                    each_static(&method.closure.body, &mut |name, property| {
                        found(Some(&own), name, property);
                    });
                }
            }
            _ => each_static(std::slice::from_ref(stmt), &mut |name, property| {
                found(None, name, property);
            }),
        }
    }
}

/// Calls `found` for each `name::$property` of statements, also within closures.
fn each_static(statements: &[Stmt], found: &mut dyn FnMut(&Name, &str)) {
    for stmt in statements {
        match &stmt.kind {
            StmtKind::Function { closure, .. } => each_static(&closure.body, found),
            StmtKind::Foreach { key, value, .. } => {
                key.iter().for_each(|key| of_expr(key, found));
                of_expr(value, found);
            }
            _ => {}
        }
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => of_expr(expr, found),
                Part::Body(body) => each_static(body, found),
            }
        }
    }
}

fn of_expr(expr: &Expr, found: &mut dyn FnMut(&Name, &str)) {
    match &expr.kind {
        ExprKind::Closure(closure) => each_static(&closure.body, found),
        ExprKind::Whole(whole) => {
            if let WholeExpr::StaticProperty(class, name) = &**whole {
                found(class, name);
            }
        }
        _ => {}
    }
    for child in expr.children() {
        of_expr(child, found);
    }
}
