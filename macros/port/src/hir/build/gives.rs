//! What the functions of a file do with the objects that they are given: which of them the result may have within it, and which
//! of them `$this` or a static property holds from then on.

use std::collections::{BTreeMap, BTreeSet};

use super::inside::{Inside, Path, is_outside, parts, touches};
use super::links::{Link, Links};
use crate::syntax::{Arg, Class, Closure, Expr, ExprKind, Part, Stmt, StmtKind, WholeExpr};

/// What each function and method of a file does, by its name in lower case.
#[derive(Debug, Default)]
pub(super) struct Gives {
    functions: BTreeMap<String, Given>,
    /// Of methods with the same name, what any of them does.
    methods: BTreeMap<String, Vec<Given>>,
    classes: BTreeSet<String>,
}

/// What a function does with its arguments.
#[derive(Debug, Default, PartialEq)]
struct Given {
    /// The names of its parameters.
    params: Vec<String>,
    /// Whether the last parameter takes the rest of the arguments.
    variadic: bool,
    /// The parts of parameters and properties that its result may have.
    result: BTreeSet<Inside>,
    /// The properties that it puts parts of its parameters into.
    kept: BTreeSet<Kept>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    holder: String,
    path: Path,
    held: Inside,
}

/// As many parts are told apart in a function; of one with more, the whole parameters count.
const MOST: usize = 64;

/// As often a file is read; then each function may give and keep all that it is given.
const ROUNDS: usize = 16;

impl Given {
    fn give_all(&mut self) {
        let params = self.params.iter();
        self.result = params.clone().map(|name| Inside::any(name)).collect();
        let kept = params.map(|name| Kept {
            holder: "this".to_owned(),
            path: Path::new(),
            held: Inside::any(name),
        });
        self.kept.extend(kept);
    }
}

impl Gives {
    pub(super) fn of(
        functions: &BTreeMap<String, &Closure>,
        classes: &BTreeMap<String, &Class>,
    ) -> Self {
        let mut gives = Self {
            classes: classes.keys().cloned().collect(),
            ..Self::default()
        };
        // Each round knows what the calls do that the round before has read: a chain of calls needs one in its direction.
        for _ in 0..ROUNDS {
            let more = gives.round(functions, classes, false);
            if !gives.round(functions, classes, true) && !more {
                return gives;
            }
        }
        let methods = gives.methods.values_mut().flatten();
        gives
            .functions
            .values_mut()
            .chain(methods)
            .for_each(Given::give_all);
        gives
    }

    /// Reads all functions; whether one does more than was known.
    fn round(
        &mut self,
        functions: &BTreeMap<String, &Closure>,
        classes: &BTreeMap<String, &Class>,
        backwards: bool,
    ) -> bool {
        let mut more = false;
        let mut all: Vec<_> = functions.iter().collect();
        let methods = classes.values().flat_map(|class| &class.methods);
        let mut methods: Vec<_> = methods.enumerate().collect();
        if backwards {
            all.reverse();
            methods.reverse();
        }
        for (name, closure) in all {
            let given = self.read(closure);
            more |= self.functions.get(name) != Some(&given);
            self.functions.insert(name.clone(), given);
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (_, method) in methods {
            let given = self.read(&method.closure);
            let name = method.name.to_ascii_lowercase();
            let at = seen.entry(name.clone()).or_default();
            let same = self.methods.entry(name).or_default();
            match same.get_mut(*at) {
                Some(known) => {
                    more |= *known != given;
                    *known = given;
                }
                None => {
                    more = true;
                    same.push(given);
                }
            }
            *at += 1;
        }
        more
    }

    fn read(&self, closure: &Closure) -> Given {
        let params: Vec<String> = closure.params.iter().map(|it| it.name.clone()).collect();
        let links = Links::all(&closure.body, self);
        let reader = Reader {
            params: &params,
            links: &links,
        };
        let mut returned = Vec::new();
        if !closure.returns.as_deref().is_some_and(is_scalar) {
            returned_by(&closure.body, &mut |value| {
                returned.extend(self.inside(value));
            });
        }
        let mut kept = BTreeSet::new();
        for link in links.iter().filter(|link| is_outside(&link.holder)) {
            for held in reader.origins(vec![link.held.clone()]) {
                if !is_outside(&held.name) {
                    kept.insert(Kept {
                        holder: link.holder.clone(),
                        path: link.path.clone(),
                        held,
                    });
                }
            }
        }
        Given {
            result: reader.origins(returned),
            kept,
            variadic: closure.params.last().is_some_and(|last| last.variadic),
            params,
        }
    }

    /// What a call of a function of the file gives; nothing where the file has no such function.
    pub(super) fn of_function(&self, name: &str, args: &[Arg]) -> Option<Vec<Inside>> {
        let given = self.functions.get(name)?;
        Some(self.result(std::slice::from_ref(given), args))
    }

    /// What a call of a method of `$this` gives.
    pub(super) fn of_own_method(&self, name: &str, args: &[Arg]) -> Option<Vec<Inside>> {
        let given = self.methods.get(&name.to_ascii_lowercase())?;
        Some(self.result(given, args))
    }

    /// What a static call gives.
    pub(super) fn of_static(&self, class: &str, name: &str, args: &[Arg]) -> Option<Vec<Inside>> {
        self.is_own(class)
            .then(|| self.of_own_method(name, args))
            .flatten()
    }

    fn is_own(&self, class: &str) -> bool {
        let class = class.rsplit('\\').next().unwrap_or(class);
        let class = class.to_ascii_lowercase();
        ["self", "static", "parent"].contains(&&*class) || self.classes.contains(&class)
    }

    fn result(&self, all: &[Given], args: &[Arg]) -> Vec<Inside> {
        let mut found = BTreeSet::new();
        for given in all {
            for origin in &given.result {
                found.extend(self.argument(given, origin, args));
            }
        }
        found.into_iter().collect()
    }

    /// What a call puts into `$this` and static properties: the holder, its part, and what it holds from then on.
    pub(super) fn keeps(&self, call: Called<'_>, args: &[Arg]) -> Vec<(String, Path, Inside)> {
        let all = match call {
            Called::Function(name) => self.functions.get(name).map(std::slice::from_ref),
            Called::Method(name) => self
                .methods
                .get(&name.to_ascii_lowercase())
                .map(Vec::as_slice),
            Called::Static(class, name) => self
                .methods
                .get(&name.to_ascii_lowercase())
                .filter(|_| self.is_own(class))
                .map(Vec::as_slice),
        };
        let mut found = Vec::new();
        for given in all.unwrap_or_default() {
            for kept in &given.kept {
                let held = self.argument(given, &kept.held, args).into_iter();
                found.extend(held.map(|held| (kept.holder.clone(), kept.path.clone(), held)));
            }
        }
        found
    }

    /// A part of a parameter, as a part of what the call gives for it.
    fn argument(&self, given: &Given, origin: &Inside, args: &[Arg]) -> Vec<Inside> {
        if is_outside(&origin.name) {
            return vec![origin.clone()];
        }
        let Some(at) = given.params.iter().position(|name| *name == origin.name) else {
            return Vec::new();
        };
        let rest = given.variadic && at + 1 == given.params.len();
        let mut found = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let value = || self.inside(&arg.value);
            let values = match &arg.name {
                Some(name) if *name == origin.name => value(),
                Some(_) => continue,
                None if is_spread(&arg.value) => parts(value(), None),
                None if rest && index >= at => {
                    let held = value().into_iter().map(|it| origin.of_item().of(it));
                    found.extend(held);
                    continue;
                }
                None if index == at => value(),
                None => continue,
            };
            found.extend(values.into_iter().map(|it| origin.of(it)));
        }
        found
    }
}

/// A call of code of the file.
#[derive(Clone, Copy)]
pub(super) enum Called<'n> {
    Function(&'n str),
    Method(&'n str),
    Static(&'n str, &'n str),
}

/// Follows the variables of a function to what it is given.
struct Reader<'r> {
    params: &'r [String],
    links: &'r [Link],
}

impl Reader<'_> {
    fn origins(&self, from: Vec<Inside>) -> BTreeSet<Inside> {
        let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
        let mut left = from;
        while let Some(it) = left.pop() {
            if !seen.insert(it.clone()) {
                continue;
            }
            if seen.len() > MOST {
                return self.params.iter().map(|name| Inside::any(name)).collect();
            }
            for link in self.links.iter().filter(|link| link.holder == it.name) {
                left.extend(through(&it, link));
            }
            if is_outside(&it.name) || self.params.contains(&it.name) {
                found.insert(it);
            }
        }
        found
    }
}

/// A part of a variable that is given another one's part, as a part of that one.
fn through(it: &Inside, link: &Link) -> Option<Inside> {
    if !touches(&it.path, &link.path) {
        return None;
    }
    let rest = it.path.get(link.path.len()..);
    Some(match rest {
        _ if it.moved => link.held.clone().carried(),
        Some(rest) => {
            let part = Inside {
                path: rest.to_vec(),
                ..it.clone()
            };
            part.of(link.held.clone())
        }
        None => link.held.clone().held(),
    })
}

fn is_spread(value: &Expr) -> bool {
    matches!(&value.kind, ExprKind::Whole(whole) if matches!(**whole, WholeExpr::Spread(_)))
}

fn is_scalar(ty: &str) -> bool {
    let mut parts = ty.trim_start_matches('?').split('|');
    parts.all(|part| {
        let part = part.trim().to_ascii_lowercase();
        [
            "string", "int", "float", "bool", "void", "null", "false", "never",
        ]
        .contains(&&*part)
    })
}

/// The values that statements return.
fn returned_by(body: &[Stmt], found: &mut dyn FnMut(&Expr)) {
    for stmt in body {
        if let StmtKind::Return(Some(value)) = &stmt.kind {
            found(value);
        }
        for part in stmt.kind.parts() {
            if let Part::Body(body) = part {
                returned_by(body, found);
            }
        }
    }
}
