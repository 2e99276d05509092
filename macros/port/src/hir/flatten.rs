//! Classes with what they take from traits and from base classes of the same file.
//!
//! A trait is copied into the class that uses it, as PHP does. The methods of a base class are copied into the class that
//! extends it, unless that class has its own. What it calls as `parent::method()` is copied as `parent::method`. Where a
//! copy would mean something else, the class stays as it is written, and what it inherits is the application's.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::syntax::{
    Class, Expr, ExprKind, Method, Part, Program, Stmt, StmtKind, Whole, WholeExpr,
};

/// The name of a method of the base class that a class has in another form.
pub(super) const PARENT: &str = "parent::";

/// The constructor of the base class, where a class has one of its own.
pub(super) const PARENT_CONSTRUCTOR: &str = "parent::__construct";

/// A class whose members others have copies of, and which is no object itself.
const BASE: &str = "base";

pub(super) fn program(program: &Program) -> Cow<'_, Program> {
    let mut classes = BTreeMap::new();
    each_class(&program.statements, &mut |class| {
        classes.insert(key(&class.name), class);
    });
    let own: Vec<String> = classes.keys().cloned().collect();
    for class in &program.imported {
        classes.entry(key(&class.name)).or_insert(class);
    }
    let mut flat = Flat {
        classes,
        done: BTreeMap::new(),
        bases: Vec::new(),
    };
    for name in &own {
        flat.class(name, 0);
    }
    if flat.done.is_empty() {
        return Cow::Borrowed(program);
    }
    let mut program = program.clone();
    replace(&mut program.statements, &flat);
    Cow::Owned(program)
}

/// Whether a class is an exception by its name.
pub(super) fn is_exception_name(path: &str) -> bool {
    let last = path.rsplit('\\').next().unwrap_or(path);
    last.ends_with("Exception") || last.ends_with("Error") || last == "Throwable"
}

fn each_class<'p>(statements: &'p [Stmt], found: &mut dyn FnMut(&'p Class)) {
    for stmt in statements {
        match &stmt.kind {
            StmtKind::Block(body) => each_class(body, found),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &**whole {
                    found(class);
                }
            }
            _ => {}
        }
    }
}

fn replace(statements: &mut [Stmt], flat: &Flat<'_>) {
    for stmt in statements {
        match &mut stmt.kind {
            StmtKind::Block(body) => replace(body, flat),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &mut **whole {
                    let name = key(&class.name);
                    if let Some(done) = flat.done.get(&name) {
                        *class = done.clone();
                    }
                    let is_base = class.kind == "trait"
                        || class.methods.iter().any(|method| !method.has_body);
                    if flat.bases.contains(&name) && is_base {
                        class.kind = BASE;
                    }
                }
            }
            _ => {}
        }
    }
}

fn key(path: &str) -> String {
    let last = path.rsplit('\\').next().unwrap_or(path);
    last.to_ascii_lowercase()
}

struct Flat<'p> {
    classes: BTreeMap<String, &'p Class>,
    /// The classes that took something.
    done: BTreeMap<String, Class>,
    /// The class or trait that a member was taken from.
    bases: Vec<String>,
}

impl Flat<'_> {
    /// The class with its traits and its base classes.
    fn class(&mut self, name: &str, depth: usize) -> Option<Class> {
        let written = *self.classes.get(name)?;
        if let Some(done) = self.done.get(name) {
            return Some(done.clone());
        }
        // A class that is its own ancestor is no class.
        if depth > 20 || written.kind == "interface" {
            return None;
        }
        let mut class = written.clone();
        let mut bases = Vec::new();
        for used in &written.uses {
            let own = self.class(&key(&used.resolved), depth + 1);
            let own = own.filter(|own| own.kind == "trait" && takes_trait(&class, own));
            // One trait that is not known may have what another one calls.
            if let Some(own) = own {
                take(&mut class, &own);
                class.uses.retain(|other| other != used);
                bases.push(key(&used.resolved));
            }
        }
        if let Some(parent) = &written.parent
            && let Some(base) = self.class(&key(&parent.resolved), depth + 1)
            && base.kind == "class"
            && !self.is_exception(&base)
            && inherits(&class, &base)
        {
            inherit(&mut class, &base);
            bases.push(key(&parent.resolved));
        }
        if !bases.is_empty() {
            self.bases.append(&mut bases);
            self.done.insert(name.to_owned(), class.clone());
        }
        Some(class)
    }

    fn is_exception(&self, class: &Class) -> bool {
        let mut parent = class.parent.as_ref();
        let mut steps = 0;
        while let Some(name) = parent {
            if is_exception_name(&name.resolved) || steps > 20 {
                return true;
            }
            let above = self.classes.get(&key(&name.resolved));
            parent = above.and_then(|class| class.parent.as_ref());
            steps += 1;
        }
        false
    }
}

/// Whether a trait means the same when it is copied.
fn takes_trait(class: &Class, own: &Class) -> bool {
    let names = Mentions::of(&own.methods);
    !class.adapts && !names.has("__METHOD__") && !names.has("__TRAIT__") && !names.has("__LINE__")
}

fn take(class: &mut Class, own: &Class) {
    for method in own.methods.iter().filter(|method| method.has_body) {
        if !has_method(class, &method.name) {
            class.methods.push(method.clone());
        }
    }
    members(class, own);
}

/// The constants and properties that a class does not declare itself.
fn members(class: &mut Class, own: &Class) {
    for (name, value) in &own.consts {
        if !class.consts.iter().any(|(other, _)| other == name) {
            class.consts.push((name.clone(), value.clone()));
        }
    }
    for property in &own.properties {
        if !class
            .properties
            .iter()
            .any(|other| other.name == property.name)
        {
            class.properties.push(property.clone());
        }
    }
}

fn method<'c>(class: &'c Class, name: &str) -> Option<&'c Method> {
    let mut methods = class.methods.iter();
    methods.find(|method| method.name.eq_ignore_ascii_case(name))
}

fn has_method(class: &Class, name: &str) -> bool {
    method(class, name).is_some_and(|method| method.has_body)
}

/// Whether the methods of a base class mean the same as methods of this class.
fn inherits(class: &Class, base: &Class) -> bool {
    let names = Mentions::of(&base.methods);
    let own = Mentions::of(&class.methods);
    let magic = [
        "__CLASS__",
        "__METHOD__",
        "__FUNCTION__",
        "self::class",
        "static $",
    ];
    let overridden = |name: &str| has_method(class, name);
    // `self` is the base class, and what is private is found there first.
    let hidden = base.methods.iter().any(|method| {
        let twice = overridden(&method.name) && !method.name.eq_ignore_ascii_case("__construct");
        let above = format!("{PARENT}{}", method.name.to_ascii_lowercase());
        let is_above = method.name.starts_with(PARENT) && method.name != PARENT_CONSTRUCTOR;
        (twice
            && (method.private
                || names.has(&format!("self::{}", method.name.to_ascii_lowercase()))))
            || (is_above && (own.has(&method.name) || overridden(&method.name[PARENT.len()..])))
            || (own.has(&above)
                && method.name != "__construct"
                && has_method(class, &format!("parent_{}", method.name)))
    });
    let consts = class.consts.iter().any(|(name, _)| {
        let both = base.consts.iter().any(|(other, _)| other == name);
        both && names.has(&format!("self::{name}"))
    });
    let properties = class.properties.iter().any(|property| {
        let mut others = base.properties.iter();
        others.any(|other| {
            other.name == property.name && (other.private || other.is_static || other.promoted)
        })
    });
    let shared = base.properties.iter().any(|property| property.is_static);
    let silent = base.uses.is_empty() && class.uses.is_empty();
    silent
        && !hidden
        && !consts
        && !properties
        && !shared
        && !magic.iter().any(|name| names.has(name))
}

fn inherit(class: &mut Class, base: &Class) {
    class.inherited.clear();
    let own = Mentions::of(&class.methods);
    for method in &base.methods {
        if !method.has_body {
            continue;
        }
        let is_constructor = method.name.eq_ignore_ascii_case("__construct");
        let mut copy = method.clone();
        if !has_method(class, &method.name) {
            // The constructor above that of the base class is one step further away now.
            if method.name.ends_with(PARENT_CONSTRUCTOR) && has_method(class, "__construct") {
                copy.name = format!("{PARENT}{}", method.name);
            }
            class.inherited.push(method.name.clone());
            class.methods.push(copy);
        } else if method.name.ends_with(PARENT_CONSTRUCTOR) {
            copy.name = format!("{PARENT}{}", method.name);
            class.methods.push(copy);
        } else if is_constructor
            || own.has(&format!("{PARENT}{}", method.name.to_ascii_lowercase()))
        {
            copy.name = format!("{PARENT}{}", method.name.to_ascii_lowercase());
            copy.public = false;
            class.methods.push(copy);
        }
    }
    members(class, base);
}

/// Parts of methods that depend on the class they stand in.
#[derive(Default)]
struct Mentions(Vec<String>);

impl Mentions {
    fn of(methods: &[Method]) -> Self {
        let mut found = Self::default();
        for method in methods {
            found.statements(&method.closure.body);
        }
        found
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|other| other == name)
    }

    fn statements(&mut self, statements: &[Stmt]) {
        for stmt in statements {
            if let StmtKind::Whole(whole) = &stmt.kind
                && matches!(**whole, Whole::Static(_))
            {
                self.0.push("static $".to_owned());
            }
            for part in stmt.kind.parts() {
                match part {
                    Part::Expr(expr) => self.expr(expr),
                    Part::Body(body) => self.statements(body),
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Constant(name) => self.0.push(name.written.to_ascii_uppercase()),
            ExprKind::ClassConstant { class, name } => {
                self.0.push(format!("{}::{name}", class.written));
            }
            ExprKind::StaticCall { class, method, .. } => {
                let method = method.to_ascii_lowercase();
                self.0.push(format!("{}::{method}", class.written));
            }
            ExprKind::Whole(whole) => {
                if let WholeExpr::StaticProperty(class, name) = &**whole {
                    self.0.push(format!("{}::${name}", class.written));
                }
            }
            ExprKind::Closure(closure) => self.statements(&closure.body),
            _ => {}
        }
        expr.children()
            .into_iter()
            .for_each(|child| self.expr(child));
    }
}
