//! The exceptions that an application declares: the classes above them, and what their constructors make of arguments.

use std::collections::{BTreeMap, BTreeSet};

use super::{Class, Program, each_class};

mod given;
mod making;
mod reader;
mod root;

pub use given::Given;
pub use making::{GivenCode, Making, Parameter};
use reader::{Constructor, Reader};
pub(crate) use root::Root;

/// The classes, interfaces and traits of a file, or of all files of a folder, as far as exceptions need them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exceptions {
    classes: BTreeMap<String, Declared>,
    /// The classes that are declared more than once: only a run tells which is meant.
    twice: BTreeSet<String>,
}

/// A declared class.
#[derive(Debug, Clone, PartialEq)]
struct Declared {
    path: String,
    parent: Option<String>,
    interfaces: Vec<String>,
    traits: Vec<String>,
    /// The values at the beginning of the two properties that PHP's exceptions have.
    message: Option<Given>,
    code: Option<Given>,
    /// The constructor, where it has one: nothing where only a run tells what it does.
    constructor: Option<Option<Constructor>>,
    /// Whether it declares neither a constructor nor one of the two properties.
    silent: bool,
    /// Whether its file says `declare(strict_types=1)`.
    strict: bool,
}

impl Exceptions {
    /// The facts of all files.
    pub fn of<'p>(programs: impl Iterator<Item = &'p Program>) -> Self {
        let mut classes = BTreeMap::new();
        let mut twice = BTreeSet::new();
        for program in programs {
            each_class(&program.statements, &mut |path, class| {
                let key = key(&path);
                let class = declared(path, class, program.strict);
                if classes.insert(key.clone(), class).is_some() {
                    twice.insert(key);
                }
            });
        }
        classes.retain(|key, _| !twice.contains(key));
        Self { classes, twice }
    }

    /// Whether a class is declared here.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.classes.contains_key(&key(path))
    }

    /// The classes and interfaces above a class, the nearest first.
    pub(crate) fn above(&self, path: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut interfaces = Vec::new();
        for class in self.chain(path) {
            found.extend(class.parent.clone());
            interfaces.extend(class.interfaces.iter().cloned());
        }
        let (top, _) = self.root(path);
        interfaces.extend(root::above(&top).iter().map(|path| (*path).to_owned()));
        let mut next = 0;
        while let Some(interface) = interfaces.get(next).cloned() {
            let wider = self.classes.get(&key(&interface));
            let wider = wider.into_iter().flat_map(|class| &class.interfaces);
            let wider: Vec<_> = wider.filter(|path| !interfaces.contains(path)).collect();
            interfaces.extend(wider.into_iter().cloned());
            next += 1;
        }
        for interface in interfaces {
            if !found.contains(&interface) {
                found.push(interface);
            }
        }
        found
    }

    /// What `new` makes of arguments; nothing where only a run tells.
    pub(crate) fn making(&self, path: &str) -> Option<Making> {
        let chain = self.chain(path);
        let (top, root) = self.root(path);
        // `ErrorException` has parameters that no other exception has.
        if chain.is_empty() && root != Root::ErrorException || self.is_doubtful(&chain, &top) {
            return None;
        }
        Making::of(&chain, root)
    }

    /// Whether `new` does what the topmost class does: no class below it says anything of a new object.
    pub(crate) fn is_silent(&self, path: &str) -> bool {
        let chain = self.chain(path);
        let (top, _) = self.root(path);
        chain.iter().all(|class| class.silent) && !self.is_doubtful(&chain, &top)
    }

    /// The topmost class above a class, or the class itself, and its constructor.
    pub(crate) fn root(&self, path: &str) -> (String, Root) {
        let chain = self.chain(path);
        let top = match chain.last() {
            Some(class) => class.parent.clone().unwrap_or_default(),
            None => path.trim_start_matches('\\').to_owned(),
        };
        let root = Root::of(&top);
        (top, root)
    }

    /// Whether only a run tells what the classes declare.
    fn is_doubtful(&self, chain: &[&Declared], top: &str) -> bool {
        self.twice.contains(&key(top)) || chain.iter().any(|class| self.has_trait(class))
    }

    /// The class and the declared classes above it.
    fn chain(&self, path: &str) -> Vec<&Declared> {
        let mut chain: Vec<&Declared> = Vec::new();
        let mut next = self.classes.get(&key(path));
        while let Some(class) = next {
            // A class that is its own ancestor is no class.
            if chain.iter().any(|other| other.path == class.path) {
                break;
            }
            chain.push(class);
            let parent = class.parent.as_ref();
            next = parent.and_then(|parent| self.classes.get(&key(parent)));
        }
        chain
    }

    /// Whether a trait may say what a new object has.
    fn has_trait(&self, class: &Declared) -> bool {
        let mut traits = class.traits.iter();
        traits.any(|path| {
            let found = self.classes.get(&key(path));
            found.is_none_or(|found| !found.silent || !found.traits.is_empty())
        })
    }
}

fn declared(path: String, class: &Class, strict: bool) -> Declared {
    let whole = |path: &str| path.trim_start_matches('\\').to_owned();
    let paths = |names: &[super::Name]| names.iter().map(|name| whole(&name.resolved)).collect();
    let mut methods = class.methods.iter();
    let constructor = methods.find(|method| method.name.eq_ignore_ascii_case("__construct"));
    let reader = Reader { class, params: &[] };
    let property = |name: &str| {
        let mut properties = class.properties.iter();
        let property = properties.find(|property| property.name == name)?;
        // `Making` takes a text and a whole number. `Null` stands for a value that is neither.
        Some(reader.default(property).unwrap_or(Given::Null))
    };
    let (message, code) = (property("message"), property("code"));
    Declared {
        parent: class.parent.as_ref().map(|name| whole(&name.resolved)),
        interfaces: paths(&class.interfaces),
        traits: paths(&class.uses),
        silent: message.is_none() && code.is_none() && constructor.is_none(),
        message,
        code,
        constructor: constructor.map(|method| reader::constructor(class, &method.closure)),
        strict,
        path: whole(&path),
    }
}

fn key(path: &str) -> String {
    path.trim_start_matches('\\').to_ascii_lowercase()
}
