//! Closures that a class gives to its own methods, and a file to its own functions.
//!
//! The closure of `$this->guard(fn () => $this->client->…->get())` becomes a method, and `guard` gets a copy that calls this
//! method in the place of its parameter. PHP copies the variables that a closure captures when it makes the closure, and each
//! call of it begins with these copies: the variables are parameters of both methods. What `guard` gives depends on the
//! closure, so each copy has types that fit.

mod ask;
mod callee;
pub(super) mod made;
pub(super) mod scope;
mod walk;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::diagnostic::Problem;
use crate::syntax::{Class, Method, Program, Span, Stmt, StmtKind, Whole};
use scope::Scope;

/// A file whose closures are methods, and the warnings for the reader.
pub(super) fn program(program: Cow<'_, Program>) -> (Cow<'_, Program>, Vec<Problem>) {
    let mut lifter = Lifter::of(&program.statements);
    let mut changed = program.clone().into_owned();
    let mut class = 0;
    each_top(&mut changed.statements, &mut |top| match top {
        Top::Class(written) => {
            lifter.class(class, written);
            class += 1;
        }
        Top::Function(name, closure) => lifter.function(name, closure),
        Top::Other(_) => {}
    });
    lifter.main(&mut changed.statements);
    lifter.rest();
    if lifter.done.is_empty() || lifter.is_endless() {
        return (program, Vec::new());
    }
    let problems = lifter.put(&mut changed);
    (Cow::Owned(changed), problems)
}

/// A declaration or a statement of a file.
enum Top<'a> {
    Class(&'a mut Class),
    Function(&'a str, &'a mut Method),
    Other(&'a mut Stmt),
}

fn each_top(statements: &mut [Stmt], found: &mut dyn FnMut(Top<'_>)) {
    for stmt in statements {
        let span = stmt.span;
        match &mut stmt.kind {
            StmtKind::Block(body) => each_top(body, found),
            StmtKind::Function { name, closure } => {
                let mut method = declared(span, name, std::mem::take(closure));
                found(Top::Function(name, &mut method));
                *closure = method.closure;
            }
            StmtKind::Whole(whole) if matches!(**whole, Whole::Class(_)) => {
                if let Whole::Class(class) = &mut **whole {
                    found(Top::Class(class));
                }
            }
            _ => found(Top::Other(stmt)),
        }
    }
}

/// A function as if it were a method.
fn declared(span: Span, name: &str, closure: crate::syntax::Closure) -> Method {
    Method {
        span,
        name: name.to_owned(),
        public: true,
        private: false,
        is_static: true,
        has_body: true,
        closure,
    }
}

/// A function that is still to be read.
struct Work {
    method: Method,
    scope: Scope,
}

#[derive(Default)]
struct Lifter {
    /// The names of the classes.
    classes: Vec<String>,
    /// The functions and methods as they are written, by class and name in lower case.
    written: BTreeMap<(Option<usize>, String), Method>,
    /// The names that are taken, without underscores.
    taken: BTreeSet<(Option<usize>, String)>,
    todo: VecDeque<Work>,
    /// The new functions, and the classes that they belong to.
    done: Vec<(Option<usize>, Method)>,
    /// The copies, by what they are copies of and what each closure became.
    copies: BTreeMap<(walk::Target, Vec<(usize, walk::Became)>), String>,
    /// The functions that have copies.
    copied: BTreeSet<(Option<usize>, String)>,
    made: usize,
}

impl Lifter {
    fn of(statements: &[Stmt]) -> Self {
        let mut lifter = Self::default();
        let mut statements = statements.to_vec();
        each_top(&mut statements, &mut |top| match top {
            Top::Class(class) => {
                let owner = Some(lifter.classes.len());
                lifter.classes.push(class.name.clone());
                let is_class = matches!(class.kind, "class" | "trait");
                for method in class.methods.drain(..).filter(|_| is_class) {
                    lifter.add(owner, method);
                }
            }
            Top::Function(_, method) => lifter.add(None, method.clone()),
            Top::Other(_) => {}
        });
        lifter
    }

    fn add(&mut self, owner: Option<usize>, method: Method) {
        self.taken.insert((owner, squeezed(&method.name)));
        let name = method.name.to_ascii_lowercase();
        self.written.insert((owner, name), method);
    }

    /// Whether closures are made without an end: a function that gives itself a new closure.
    fn is_endless(&self) -> bool {
        self.made > 500
    }

    fn class(&mut self, index: usize, class: &mut Class) {
        if !matches!(class.kind, "class" | "trait") {
            return;
        }
        for method in &mut class.methods {
            let scope = Scope {
                owner: Some(index),
                // `parent::run` of a class above.
                base: method.name.replace("::", "_"),
                is_static: method.is_static,
                ..Scope::default()
            };
            self.read(method, scope);
        }
    }

    fn function(&mut self, name: &str, method: &mut Method) {
        let scope = Scope {
            base: name.to_owned(),
            is_static: true,
            ..Scope::default()
        };
        self.read(method, scope);
    }

    /// The code outside of functions.
    fn main(&mut self, statements: &mut [Stmt]) {
        let mut scope = Scope {
            base: "main".to_owned(),
            is_static: true,
            is_main: true,
            ..Scope::default()
        };
        each_top(statements, &mut |top| {
            if let Top::Other(stmt) = top {
                scope.enter(&[], std::slice::from_ref(stmt));
            }
        });
        each_top(statements, &mut |top| {
            if let Top::Other(stmt) = top {
                self.statements(std::slice::from_mut(stmt), &scope);
            }
        });
    }

    fn read(&mut self, method: &mut Method, mut scope: Scope) {
        scope.enter(&method.closure.params, &method.closure.body);
        self.body(&mut method.closure.body, &scope);
    }

    /// Reads the new functions, which may give closures to others.
    fn rest(&mut self) {
        while let Some(mut work) = self.todo.pop_front() {
            if self.is_endless() {
                return;
            }
            let owner = work.scope.owner;
            self.read(&mut work.method, work.scope);
            self.done.push((owner, work.method));
        }
    }

    /// A name that no function of the class has.
    fn fresh(&mut self, owner: Option<usize>, name: &str) -> String {
        let mut fresh = name.to_owned();
        let mut number = 1;
        while !self.taken.insert((owner, squeezed(&fresh))) {
            number += 1;
            fresh = format!("{name}_{number}");
        }
        fresh
    }

    /// Puts the new functions behind those of the file, and leaves those out that only had copies made of them.
    fn put(self, program: &mut Program) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut index = 0;
        let mut functions = Vec::new();
        for (_, method) in self.done.iter().filter(|(owner, _)| owner.is_none()) {
            let kind = StmtKind::Function {
                name: method.name.clone(),
                closure: method.closure.clone(),
            };
            let span = method.span;
            functions.push(Stmt { span, kind });
        }
        program.statements.append(&mut functions);
        each_top(&mut program.statements, &mut |top| {
            let Top::Class(class) = top else {
                return;
            };
            let own = self.done.iter().filter(|(owner, _)| *owner == Some(index));
            class.methods.extend(own.map(|(_, method)| method.clone()));
            problems.extend(self.leave_out(Some(index), class));
            self.drop_unused(Some(index), class);
            index += 1;
        });
        self.leave_out_functions(program);
        problems
    }

    /// Leaves new methods out that only such methods call as are left out.
    fn drop_unused(&self, owner: Option<usize>, class: &mut Class) {
        let own = self.done.iter().filter(|(other, _)| *other == owner);
        let mut new: Vec<&str> = own.map(|(_, method)| &*method.name).collect();
        loop {
            let unused = new.iter().position(|name| !is_named(class, name));
            let Some(unused) = unused else {
                return;
            };
            let name = new.swap_remove(unused);
            class.methods.retain(|method| method.name != name);
        }
    }

    fn leave_out(&self, owner: Option<usize>, class: &mut Class) -> Vec<Problem> {
        let mut problems = Vec::new();
        let own = self.copied.iter().filter(|(copied, _)| *copied == owner);
        for (_, name) in own {
            if is_named(class, name) {
                continue;
            }
            let methods = class.methods.iter();
            let mut left = methods.filter(|method| method.name.eq_ignore_ascii_case(name));
            if let Some(method) = left.next().filter(|method| method.public) {
                let message = format!(
                    "`{}` takes closures: it has a copy for each closure of this class, and other code cannot call it",
                    method.name
                );
                let hint = "write a method for each closure that other code gives it";
                problems.push(Problem::warning(method.span, message).hint(hint));
            }
            let is_left_out = |method: &Method| method.name.eq_ignore_ascii_case(name);
            class.methods.retain(|method| !is_left_out(method));
        }
        problems
    }

    fn leave_out_functions(&self, program: &mut Program) {
        let copied = self.copied.iter().filter(|(owner, _)| owner.is_none());
        let mut names: Vec<&str> = copied.map(|(_, name)| &**name).collect();
        let new = self.done.iter().filter(|(owner, _)| owner.is_none());
        names.extend(new.map(|(_, method)| &*method.name));
        while let Some(unused) = names.iter().position(|name| !is_called(program, name)) {
            without(&mut program.statements, names.swap_remove(unused));
        }
    }
}

/// Whether other methods of a class name a method.
fn is_named(class: &Class, name: &str) -> bool {
    let others = class.methods.iter();
    let mut others = others.filter(|method| !method.name.eq_ignore_ascii_case(name));
    others.any(|method| walk::names(&method.closure.body, name))
}

/// Whether other code of the file names a function.
fn is_called(program: &mut Program, name: &str) -> bool {
    let mut named = false;
    each_top(&mut program.statements, &mut |top| match top {
        Top::Class(class) => {
            let mut methods = class.methods.iter();
            named |= methods.any(|method| walk::names(&method.closure.body, name));
        }
        Top::Function(other, method) => {
            let own = other.eq_ignore_ascii_case(name);
            named |= !own && walk::names(&method.closure.body, name);
        }
        Top::Other(stmt) => named |= walk::names(std::slice::from_ref(stmt), name),
    });
    named
}

fn without(statements: &mut Vec<Stmt>, name: &str) {
    statements.retain(|stmt| {
        !matches!(&stmt.kind, StmtKind::Function { name: other, .. } if other.eq_ignore_ascii_case(name))
    });
    for stmt in statements {
        match &mut stmt.kind {
            StmtKind::Block(body) => without(body, name),
            StmtKind::If { branches, .. } => {
                let bodies = branches.iter_mut();
                bodies.for_each(|(_, body)| without(body, name));
            }
            _ => {}
        }
    }
}

fn squeezed(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}
