//! Methods that a class above may call, which is not in the file: `initialize` of ThinkPHP, `init` of Yii.
//!
//! Rust has no class above: nothing calls such a method unless the application does, so it is public.

use std::collections::{BTreeMap, BTreeSet};

use super::flatten::is_exception_name;
use super::tree::File;
use crate::diagnostic::Problem;
use crate::syntax::{
    self, Expr, ExprKind, Method, Name, Part, Program, Stmt, StmtKind, Whole, WholeExpr, each_class,
};

/// Methods that constructors of frameworks call.
const BEGINS: [&str; 4] = ["initialize", "_initialize", "init", "boot"];

/// Makes the methods public that only a class above may call, and warns of them.
pub(super) fn file(file: &mut File, program: &Program) {
    let (mut known, mut called) = (Known::new(), BTreeSet::new());
    for (name, class) in &program.imported {
        known.insert(name.to_ascii_lowercase(), class.parent.as_ref());
    }
    each_class(&program.statements, &mut |name, class| {
        known.insert(name.to_ascii_lowercase(), class.parent.as_ref());
        for method in &class.methods {
            statements(&method.closure.body, &mut called);
        }
    });
    statements(&program.statements, &mut called);
    each_class(&program.statements, &mut |_, class| {
        let Some(above) = outside(class, &known) else {
            return;
        };
        for method in class.methods.iter().filter(|it| may_be_called(it, &called)) {
            let name = method.name.to_ascii_lowercase();
            let begins = BEGINS.contains(&name.as_str()) && constructs(class);
            // PHP lets no class above call a private method.
            if begins || !method.public && !method.private {
                publish(file, class, method);
                let problem = problem(&class.name, &above.written, method, begins);
                file.problems.push(problem);
            }
        }
    });
}

/// The classes that are known, and the one above each.
type Known<'p> = BTreeMap<String, Option<&'p Name>>;

/// The nearest class above that is not known; none where that is an exception.
fn outside<'p>(class: &'p syntax::Class, known: &Known<'p>) -> Option<&'p Name> {
    let mut above = class.parent.as_ref()?;
    for _ in 0..known.len() {
        match known.get(&above.resolved.to_ascii_lowercase()) {
            Some(next) => above = (*next)?,
            None => break,
        }
    }
    (!is_exception_name(&above.resolved)).then_some(above)
}

/// Whether nothing in the file calls a method that has a body and no special meaning.
fn may_be_called(method: &Method, called: &BTreeSet<String>) -> bool {
    let special = method.name.starts_with("__") || method.name.contains("::");
    let own = called.contains(&method.name.to_ascii_lowercase());
    method.has_body && !method.is_static && !special && !own
}

/// Whether the constructor of the class above runs.
fn constructs(class: &syntax::Class) -> bool {
    let mut methods = class.methods.iter();
    let own = methods.find(|method| method.name.eq_ignore_ascii_case("__construct"));
    own.is_none_or(|own| {
        let mut called = BTreeSet::new();
        statements(&own.closure.body, &mut called);
        called.contains("__construct")
    })
}

fn publish(file: &mut File, class: &syntax::Class, method: &Method) {
    let classes = file.classes.iter_mut();
    let methods = classes
        .filter(|other| other.name == class.name)
        .flat_map(|class| &mut class.methods);
    for own in methods.filter(|own| own.name == method.name) {
        own.public = true;
    }
}

fn problem(class: &str, above: &str, method: &Method, begins: bool) -> Problem {
    let name = &method.name;
    if begins {
        let message = format!(
            "the constructor of `{above}` may call `{name}`, as those of ThinkPHP and Yii do: `{class}::new` does not"
        );
        let hint = format!("call `{name}` behind `new`");
        return Problem::warning(method.span, message).hint(hint);
    }
    let message = format!(
        "`{above}`, which is not in this file, may call `{name}`: `{class}::new` and the methods here do not"
    );
    let hint = format!("call `{name}`, which is public in Rust, where PHP's class does");
    Problem::warning(method.span, message).hint(hint)
}

/// The methods that statements call or name, in lower case.
fn statements(body: &[Stmt], called: &mut BTreeSet<String>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Function { closure, .. } => statements(&closure.body, called),
            StmtKind::Whole(whole) => {
                if let Whole::Class(_) = &**whole {
                    continue;
                }
            }
            _ => {}
        }
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(value) => expr(value, called),
                Part::Body(body) => statements(body, called),
            }
        }
    }
}

fn expr(value: &Expr, called: &mut BTreeSet<String>) {
    match &value.kind {
        ExprKind::MethodCall { method, .. } => {
            called.extend(method.name().map(str::to_ascii_lowercase));
        }
        // `parent::initialize()` of a method of that name calls the one that it stands for.
        ExprKind::StaticCall { class, method, .. }
            if class.written != "parent" || method.eq_ignore_ascii_case("__construct") =>
        {
            called.insert(method.to_ascii_lowercase());
        }
        ExprKind::String(text) => {
            let name = text.rsplit("::").next().unwrap_or(text);
            called.insert(name.to_ascii_lowercase());
        }
        ExprKind::Closure(closure) => statements(&closure.body, called),
        ExprKind::Whole(whole) => {
            if let WholeExpr::MethodCall(_, method, _) = &**whole {
                called.extend(method.name().map(str::to_ascii_lowercase));
            }
        }
        _ => {}
    }
    let children = value.children().into_iter();
    children.for_each(|child| expr(child, called));
}
