//! Classes with what they take from traits and from base classes of the same file.
//!
//! A trait is copied into the class that uses it, as PHP does. The methods of a base class are copied into the class that
//! extends it, unless that class has its own. What it calls as `parent::method()` is copied as `parent::method`. Where a
//! copy would mean something else, the class stays as it is written, and what it inherits is the application's.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::bases;
use crate::diagnostic::Problem;
use crate::syntax::{
    BinaryOp, Class, Expr, ExprKind, Method, Part, Program, Stmt, StmtKind, Whole, WholeExpr,
    each_class, whole_name,
};

/// The name of a method of the base class that a class has in another form.
pub(super) const PARENT: &str = "parent::";

/// The constructor of the base class, where the class has a constructor too.
pub(super) const PARENT_CONSTRUCTOR: &str = "parent::__construct";

/// A class whose members others have copies of, and which is no object itself.
const BASE: &str = "base";

pub(super) fn program(program: &Program) -> Cow<'_, Program> {
    let flat = flat(program);
    if flat.done.is_empty() {
        return Cow::Borrowed(program);
    }
    let mut program = program.clone();
    replace(&mut program.statements, &mut String::new(), &flat);
    Cow::Owned(program)
}

/// Warnings of the classes of the file that lack what they inherit.
pub(super) fn lost(program: &Program) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (class, base) in flat(program).lost.into_values() {
        let methods = base.methods.iter();
        let methods = methods.filter(|method| method.public && method.has_body);
        let methods = methods.filter(|method| !has_method(&class, &method.name));
        let names: Vec<_> = methods.map(|method| format!("`{}`", method.name)).collect();
        if names.is_empty() {
            continue;
        }
        let (own, above, names) = (&class.name, &base.name, names.join(", "));
        let message = format!(
            "`{own}` in Rust lacks what it inherits of `{above}`, which would mean something else there: {names}"
        );
        let hint = "write these methods in the class itself";
        problems.push(Problem::warning(class.name_span, message).hint(hint));
    }
    problems
}

fn flat(program: &Program) -> Flat<'_> {
    let mut classes = BTreeMap::new();
    let mut twice = Vec::new();
    each_class(&program.statements, &mut |name, class| {
        let name = key(&name);
        if classes.insert(name.clone(), class).is_some() {
            twice.push(name);
        }
    });
    // Only a run tells which of two is meant.
    for name in twice {
        classes.remove(&name);
    }
    let own: Vec<String> = classes.keys().cloned().collect();
    for (name, class) in &program.imported {
        classes.entry(key(name)).or_insert(class);
    }
    let mut flat = Flat {
        classes,
        done: BTreeMap::new(),
        bases: Vec::new(),
        lost: BTreeMap::new(),
    };
    for name in &own {
        flat.class(name, 0);
    }
    flat.lost.retain(|name, _| own.contains(name));
    flat
}

/// Whether a class is an exception by its name.
pub(super) fn is_exception_name(path: &str) -> bool {
    let last = path.rsplit('\\').next().unwrap_or(path);
    last.ends_with("Exception") || last.ends_with("Error") || last == "Throwable"
}

fn replace(statements: &mut [Stmt], namespace: &mut String, flat: &Flat<'_>) {
    for stmt in statements {
        match &mut stmt.kind {
            StmtKind::Namespace(name) => namespace.clone_from(name),
            StmtKind::Block(body) => replace(body, namespace, flat),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &mut **whole {
                    let name = key(&whole_name(namespace, class));
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
    path.trim_start_matches('\\').to_ascii_lowercase()
}

struct Flat<'p> {
    classes: BTreeMap<String, &'p Class>,
    /// The classes that took something.
    done: BTreeMap<String, Class>,
    /// The class or trait that a member was taken from.
    bases: Vec<String>,
    /// The classes that could not take what is in a class above them, and that class.
    lost: BTreeMap<String, (Class, Class)>,
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
        {
            let own = bases::grounded(&class, base.clone(), &parent.resolved);
            if inherits(&class, &own) {
                inherit(&mut class, &own);
                bases.push(key(&parent.resolved));
            } else {
                self.lost.insert(name.to_owned(), (class.clone(), base));
            }
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

/// Constants of the place where they are written.
const PLACES: [&str; 4] = ["__LINE__", "__FILE__", "__DIR__", "__NAMESPACE__"];

/// Whether a trait means the same when it is copied.
fn takes_trait(class: &Class, own: &Class) -> bool {
    let names = Mentions::of(&own.methods);
    let mut places = PLACES.iter().chain(&["__METHOD__", "__TRAIT__"]);
    // A trait within the trait may hide what the class inherits.
    !class.adapts && own.uses.is_empty() && !places.any(|name| names.has(name))
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

pub(super) fn method<'c>(class: &'c Class, name: &str) -> Option<&'c Method> {
    let mut methods = class.methods.iter();
    methods.find(|method| method.name.eq_ignore_ascii_case(name))
}

fn has_method(class: &Class, name: &str) -> bool {
    method(class, name).is_some_and(|method| method.has_body)
}

/// Whether the methods of a base class mean the same as methods of this class.
fn inherits(class: &Class, base: &Class) -> bool {
    let mut names = Mentions::of(&base.methods);
    names.initial_values(base);
    let own = Mentions::of(&class.methods);
    let magic = [
        "__CLASS__",
        "__METHOD__",
        "__FUNCTION__",
        "self::class",
        "static $",
        "new self",
        "new parent",
        "instanceof self",
        "instanceof parent",
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
    // An interface may have given the base class the constant.
    let consts = class
        .consts
        .iter()
        .any(|(name, _)| names.has(&format!("self::{name}")));
    let properties = class.properties.iter().any(|property| {
        let mut others = base.properties.iter();
        others.any(|other| {
            other.name == property.name && (other.private || other.is_static || other.promoted)
        })
    });
    let shared = base.properties.iter().any(|property| property.is_static);
    let silent = base.uses.is_empty() && class.uses.is_empty();
    // What `parent::` means in the base class is known only if its own base class was copied.
    let grounded = base.parent.is_none() || !base.inherited.is_empty();
    silent
        && grounded
        && !hidden
        && !reaches_private(&own, base)
        && !consts
        && !properties
        && !shared
        && !magic.iter().chain(&PLACES).any(|name| names.has(name))
}

/// Whether a class names a private member of its base class, which is another member there.
fn reaches_private(own: &Mentions, base: &Class) -> bool {
    let methods = base.methods.iter().filter(|method| method.private);
    let methods = methods.map(|method| method.name.to_ascii_lowercase());
    let properties = base.properties.iter().filter(|property| property.private);
    let properties = properties.map(|property| property.name.to_ascii_lowercase());
    let mut private = methods
        .chain(properties)
        .filter(|name| name != "__construct");
    private.any(|name| own.has(&format!("->{name}")) || own.has(COMPUTED))
}

fn inherit(class: &mut Class, base: &Class) {
    class.inherited.clear();
    let has_constructor = has_method(class, "__construct");
    let own = Mentions::of(&class.methods);
    for method in &base.methods {
        if !method.has_body {
            continue;
        }
        let is_constructor = method.name.eq_ignore_ascii_case("__construct");
        let mut copy = method.clone();
        if !has_method(class, &method.name) {
            // The constructor above that of the base class is one step further away now.
            if method.name.ends_with(PARENT_CONSTRUCTOR) && has_constructor {
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

/// A member whose name only a run tells.
const COMPUTED: &str = "->{}";

/// Parts of methods that depend on the class they stand in.
#[derive(Default)]
struct Mentions(Vec<String>);

impl Mentions {
    fn of(methods: &[Method]) -> Self {
        let mut found = Self::default();
        for method in methods {
            let params = method.closure.params.iter();
            let defaults = params.filter_map(|param| param.default.as_ref());
            defaults.for_each(|default| found.expr(default));
            found.statements(&method.closure.body);
        }
        found
    }

    fn initial_values(&mut self, class: &Class) {
        let defaults = class.properties.iter().filter_map(|it| it.default.as_ref());
        let consts = class.consts.iter().map(|(_, value)| value);
        defaults.chain(consts).for_each(|value| self.expr(value));
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
                let class = class.written.to_ascii_lowercase();
                self.0.push(format!("{class}::{name}"));
            }
            ExprKind::Property { member, .. } | ExprKind::MethodCall { method: member, .. } => {
                let name = member.name().map(str::to_ascii_lowercase);
                self.0
                    .push(name.map_or_else(|| COMPUTED.to_owned(), |name| format!("->{name}")));
            }
            ExprKind::StaticCall { class, method, .. } => {
                let method = method.to_ascii_lowercase();
                self.0.push(format!("->{method}"));
                let class = class.written.to_ascii_lowercase();
                self.0.push(format!("{class}::{method}"));
            }
            ExprKind::Whole(whole) => {
                if let WholeExpr::StaticProperty(class, name) = &**whole {
                    self.0.push(format!("{}::${name}", class.written));
                }
            }
            ExprKind::New { class, .. } => {
                let class = class.written.to_ascii_lowercase();
                self.0.push(format!("new {class}"));
            }
            ExprKind::Binary {
                op: BinaryOp::InstanceOf,
                right,
                ..
            } => {
                if let ExprKind::Constant(class) = &right.kind {
                    let class = class.written.to_ascii_lowercase();
                    self.0.push(format!("instanceof {class}"));
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
