//! The variables of a function, and what stands within it.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::changed::changed;
use crate::syntax::{
    Arg, Class, Closure, Expr, ExprKind, Param, Part, Stmt, StmtKind, Whole, WholeExpr,
};

/// Something in a function, outside of its closures.
enum Seen<'a> {
    Expr(&'a Expr),
    /// The target of a `foreach`.
    Target(&'a Expr),
    /// A variable that a `catch`, `static` or `global` sets.
    Set(&'a str),
    Unsupported,
}

fn each<'a>(statements: &'a [Stmt], found: &mut dyn FnMut(Seen<'a>)) {
    for stmt in statements {
        match &stmt.kind {
            StmtKind::Foreach { key, value, .. } => {
                let targets = key.iter().chain([value]);
                targets.for_each(|target| found(Seen::Target(target)));
            }
            StmtKind::Try { catches, .. } => {
                let caught = catches.iter().filter_map(|catch| catch.variable.as_deref());
                caught.for_each(|name| found(Seen::Set(name)));
            }
            StmtKind::Whole(whole) => match &**whole {
                Whole::Static(all) => all.iter().for_each(|(name, _)| found(Seen::Set(name))),
                Whole::Global(all) => all.iter().for_each(|name| found(Seen::Set(name))),
                _ => {}
            },
            StmtKind::Unsupported { .. } => found(Seen::Unsupported),
            _ => {}
        }
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => each_expr(expr, found),
                Part::Body(body) => each(body, found),
            }
        }
    }
}

fn each_expr<'a>(expr: &'a Expr, found: &mut dyn FnMut(Seen<'a>)) {
    if matches!(expr.kind, ExprKind::Unsupported { .. }) {
        found(Seen::Unsupported);
    }
    found(Seen::Expr(expr));
    expr.children()
        .into_iter()
        .for_each(|child| each_expr(child, found));
}

/// Calls `found` for each expression of statements, those of closures too.
pub(in crate::hir) fn everywhere<'a>(statements: &'a [Stmt], found: &mut dyn FnMut(&'a Expr)) {
    each(statements, &mut |seen| {
        if let Seen::Expr(expr) | Seen::Target(expr) = seen {
            found(expr);
            if let ExprKind::Closure(closure) = &expr.kind {
                everywhere(&closure.body, found);
            }
        }
    });
}

/// The variables that a function sets.
pub(in crate::hir) fn assigned(statements: &[Stmt]) -> BTreeSet<String> {
    sets(statements, targets, targets)
}

type Names = BTreeSet<String>;

/// The variables that a function sets; `assigned` reads the target of `=`, `stepped` that of `??=`, `++` and `--`.
fn sets(
    statements: &[Stmt],
    assigned: fn(&Expr, &mut Names),
    stepped: fn(&Expr, &mut Names),
) -> Names {
    let mut names = Names::new();
    each(statements, &mut |seen| match seen {
        Seen::Target(target) => targets(target, &mut names),
        Seen::Set(name) => drop(names.insert(name.to_owned())),
        Seen::Unsupported => {}
        Seen::Expr(expr) => match &expr.kind {
            ExprKind::Assign { target, .. } => assigned(target, &mut names),
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::CoalesceAssign(target, _) | WholeExpr::Step { target, .. } => {
                    stepped(target, &mut names);
                }
                _ => {}
            },
            _ => {}
        },
    });
    names
}

fn targets(target: &Expr, names: &mut BTreeSet<String>) {
    match &target.kind {
        ExprKind::Variable(name) => drop(names.insert(name.clone())),
        ExprKind::Property { object, .. } | ExprKind::Index { object, .. } => {
            targets(object, names);
        }
        ExprKind::Array(items) => items.iter().for_each(|item| targets(&item.value, names)),
        ExprKind::Whole(whole) => {
            if let WholeExpr::List(places) = &**whole {
                let places = places.iter().flatten();
                places.for_each(|(_, place)| targets(place, names));
            }
        }
        _ => {}
    }
}

/// The variables that a function sets in another way than by `$name = …`: a `foreach`, `catch`, `??=`, `++`, a list of places.
pub(in crate::hir) fn set_otherwise(statements: &[Stmt]) -> BTreeSet<String> {
    let places = |target: &Expr, names: &mut Names| {
        if matches!(target.kind, ExprKind::Array(_) | ExprKind::Whole(_)) {
            targets(target, names);
        }
    };
    let direct = |target: &Expr, names: &mut Names| {
        names.extend(variable(target).map(str::to_owned));
    };
    sets(statements, places, direct)
}

/// The variables that functions of PHP change and that closures take by reference, also within closures.
pub(in crate::hir) fn changed_by_calls(statements: &[Stmt]) -> BTreeSet<String> {
    let mut names = lent(statements);
    everywhere(statements, &mut |expr| {
        if let ExprKind::Call { function, args } = &expr.kind
            && changed(&function.last()).is_some()
        {
            args.iter().for_each(|arg| targets(&arg.value, &mut names));
        }
    });
    names
}

/// The variables that closures take by reference, which they may set at any later time.
pub(in crate::hir) fn lent(statements: &[Stmt]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    everywhere(statements, &mut |expr| {
        if let ExprKind::Closure(closure) = &expr.kind {
            let lent = closure.uses.iter().filter(|capture| capture.by_reference);
            names.extend(lent.map(|capture| capture.name.clone()));
        }
    });
    names
}

/// Calls `found` for each class of a file.
pub(in crate::hir) fn each_class(statements: &mut [Stmt], found: &mut dyn FnMut(&mut Class)) {
    for stmt in statements {
        match &mut stmt.kind {
            StmtKind::Block(body) => each_class(body, found),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &mut **whole {
                    found(class);
                }
            }
            _ => {}
        }
    }
}

/// Calls `found` with the parameters and statements of each function and method of a file.
pub(in crate::hir) fn each_function<'a>(
    statements: &'a [Stmt],
    found: &mut dyn FnMut(&'a [Param], &'a [Stmt]),
) {
    for stmt in statements {
        match &stmt.kind {
            StmtKind::Block(body) => each_function(body, found),
            StmtKind::Function { closure, .. } => found(&closure.params, &closure.body),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &**whole {
                    let closures = class.methods.iter().map(|method| &method.closure);
                    closures.for_each(|closure| found(&closure.params, &closure.body));
                }
            }
            _ => {}
        }
    }
}

/// The same, to change them.
pub(in crate::hir) fn each_function_mut(
    statements: &mut [Stmt],
    found: &mut dyn FnMut(&[Param], &mut Vec<Stmt>),
) {
    for stmt in statements {
        match &mut stmt.kind {
            StmtKind::Block(body) => each_function_mut(body, found),
            StmtKind::Function { closure, .. } => found(&closure.params, &mut closure.body),
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &mut **whole {
                    let closures = class.methods.iter_mut().map(|method| &mut method.closure);
                    closures.for_each(|closure| found(&closure.params, &mut closure.body));
                }
            }
            _ => {}
        }
    }
}

/// Whether a function shares variables with the code outside of functions, which then stays as it is written.
pub(in crate::hir) fn shares(statements: &[Stmt]) -> bool {
    let mut shares = false;
    each_function(statements, &mut |_, body| shares |= has_static(body));
    shares
}

/// The variables that a function gives to calls or lends to closures, which may set them.
pub(in crate::hir) fn passed(statements: &[Stmt]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each(statements, &mut |seen| {
        let Seen::Expr(expr) = seen else {
            return;
        };
        match &expr.kind {
            ExprKind::Call { args, .. }
            | ExprKind::CallValue { args, .. }
            | ExprKind::MethodCall { args, .. }
            | ExprKind::StaticCall { args, .. }
            | ExprKind::New { args, .. } => {
                args.iter().for_each(|arg| targets(&arg.value, &mut names));
            }
            ExprKind::Closure(closure) => {
                let lent = closure.uses.iter().filter(|capture| capture.by_reference);
                names.extend(lent.map(|capture| capture.name.clone()));
            }
            _ => {}
        }
    });
    names
}

/// The variables that a closure's body mentions, also those that closures within capture.
pub(in crate::hir) fn mentioned(statements: &[Stmt]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each(statements, &mut |seen| {
        let (Seen::Expr(expr) | Seen::Target(expr)) = seen else {
            return;
        };
        match &expr.kind {
            ExprKind::Variable(name) => drop(names.insert(name.clone())),
            ExprKind::Closure(closure) if closure.arrow => {
                let own = |name: &String| closure.params.iter().any(|param| param.name == *name);
                let inner = mentioned(&closure.body).into_iter();
                names.extend(inner.filter(|name| !own(name)));
            }
            ExprKind::Closure(closure) => {
                names.extend(closure.uses.iter().map(|capture| capture.name.clone()));
            }
            _ => {}
        }
    });
    names
}

/// All names of variables in statements, those of closures too.
pub(in crate::hir) fn all_names(statements: &[Stmt]) -> BTreeSet<String> {
    let mut names = assigned(statements);
    everywhere(statements, &mut |expr| match &expr.kind {
        ExprKind::Variable(name) => drop(names.insert(name.clone())),
        ExprKind::Closure(closure) => {
            names.extend(closure.params.iter().map(|param| param.name.clone()));
            names.extend(closure.uses.iter().map(|capture| capture.name.clone()));
            names.extend(assigned(&closure.body));
        }
        _ => {}
    });
    names
}

/// Whether a function of PHP sees nothing of the function around it.
pub(super) fn sees_nothing(name: &str) -> bool {
    !SEEING.contains(&&*name.to_ascii_lowercase())
}

/// Functions that see the variables or the arguments of the function around them.
const SEEING: [&str; 8] = [
    "compact",
    "extract",
    "get_defined_vars",
    "func_get_args",
    "func_get_arg",
    "func_num_args",
    "unset",
    "eval",
];

/// Whether a body may stand in another function: it names neither the function nor all of its variables.
pub(in crate::hir) fn is_movable(statements: &[Stmt]) -> bool {
    let mut movable = true;
    let mut unknown = false;
    each(statements, &mut |seen| {
        unknown |= matches!(seen, Seen::Unsupported)
    });
    everywhere(statements, &mut |expr| match &expr.kind {
        ExprKind::Call { function, args } => {
            let name = function.last();
            let unsets = name == "unset"
                && args
                    .iter()
                    .all(|arg| !matches!(arg.value.kind, ExprKind::Variable(_)));
            movable &= unsets || !SEEING.contains(&&*name);
        }
        ExprKind::Constant(name) => {
            let name = name.written.to_ascii_uppercase();
            movable &= !matches!(&*name, "__FUNCTION__" | "__METHOD__");
        }
        ExprKind::Unsupported { .. } => movable = false,
        _ => {}
    });
    movable && !unknown && !has_static(statements)
}

pub(in crate::hir) fn has_static(statements: &[Stmt]) -> bool {
    statements.iter().any(|stmt| {
        let own = match &stmt.kind {
            StmtKind::Whole(whole) => matches!(**whole, Whole::Static(_) | Whole::Global(_)),
            _ => false,
        };
        let mut parts = stmt.kind.parts().into_iter();
        own || parts.any(|part| match part {
            Part::Body(body) => has_static(body),
            Part::Expr(_) => false,
        })
    })
}

/// Whether statements mention the object or its class.
pub(super) fn mentions_class(statements: &[Stmt]) -> bool {
    let relative = |name: &str| {
        let name = name.to_ascii_lowercase();
        matches!(&*name, "self" | "static" | "parent")
    };
    let mut found = false;
    everywhere(statements, &mut |expr| {
        found |= match &expr.kind {
            ExprKind::Variable(name) => name == "this",
            ExprKind::StaticCall { class, .. }
            | ExprKind::New { class, .. }
            | ExprKind::ClassConstant { class, .. } => relative(&class.written),
            ExprKind::Constant(name) => {
                relative(&name.written) || name.written.eq_ignore_ascii_case("__CLASS__")
            }
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::StaticProperty(class, _) => relative(&class.written),
                _ => false,
            },
            _ => false,
        };
    });
    found
}

/// The function that is read: its variables, and the closures that some of them are known to hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// The class; nothing of a function and of the code outside of functions.
    pub(super) owner: Option<usize>,
    /// The name of the function that the file has, from which names of others are made.
    pub(super) base: String,
    pub(super) is_static: bool,
    /// Whether it is the code outside of functions.
    pub(super) is_main: bool,
    /// The variables that it has.
    pub(super) set: BTreeSet<String>,
    /// Their types, as far as PHP declares them.
    pub(super) types: BTreeMap<String, String>,
    pub(super) bound: BTreeMap<String, Known>,
}

/// A closure that became a function or method.
#[derive(Debug, Clone, Default)]
pub(in crate::hir) struct Known {
    /// Whether it is null: the parameter was left out.
    pub(in crate::hir) is_null: bool,
    /// The callable, where it is written as a value: a name, or an object and a name.
    pub(in crate::hir) written: Option<ExprKind>,
    pub(in crate::hir) owner: Option<usize>,
    pub(in crate::hir) name: String,
    pub(in crate::hir) is_static: bool,
    /// The variables here that hold what it captured.
    pub(in crate::hir) captures: Vec<String>,
    /// Its parameters behind what it captured.
    pub(in crate::hir) params: Vec<Param>,
}

impl Scope {
    /// Adds the parameters of a function and the variables that it sets.
    pub(super) fn enter(&mut self, params: &[Param], body: &[Stmt]) {
        let assigned = assigned(body);
        let passed = passed(body);
        for param in params {
            self.types.remove(&param.name);
            let keeps = !assigned.contains(&param.name) && !param.variadic && !param.by_reference;
            if let Some(ty) = param.ty.as_ref().filter(|_| keeps) {
                self.types.insert(param.name.clone(), nullable(ty, param));
            }
            self.set.insert(param.name.clone());
        }
        for name in &assigned {
            self.types.remove(name);
        }
        for (name, class) in single(body) {
            if !params.iter().any(|param| param.name == name) {
                self.types.insert(name, class);
            }
        }
        self.set.extend(assigned);
        self.set.extend(passed);
        self.set.remove("this");
    }

    fn has(&self, name: &str) -> bool {
        self.set.contains(name) || self.bound.contains_key(name)
    }

    /// The variables that a closure captures here; nothing where it changes them.
    pub(super) fn captured(&self, closure: &Closure) -> Option<Vec<String>> {
        if closure.uses.iter().any(|capture| capture.by_reference) {
            return None;
        }
        let own = |name: &String| closure.params.iter().any(|param| param.name == *name);
        if !closure.arrow {
            let uses = closure.uses.iter().map(|capture| capture.name.clone());
            let uses = uses.filter(|name| name != "this").collect();
            return Some(uses);
        }
        let inner = assigned(&closure.body);
        // The code outside of functions is given the variables that it does not set.
        let has = |name: &String| self.has(name) || self.is_main && !inner.contains(name);
        let seen = mentioned(&closure.body).into_iter();
        Some(
            seen.filter(|name| has(name) && !own(name) && name != "this")
                .collect(),
        )
    }
}

fn nullable(ty: &str, param: &Param) -> String {
    let null = matches!(&param.default, Some(value) if value.kind == ExprKind::Null);
    let plain = !ty.starts_with('?') && !ty.contains('|') && !ty.eq_ignore_ascii_case("mixed");
    if null && plain {
        format!("?{ty}")
    } else {
        ty.to_owned()
    }
}

/// Variables that one statement sets to an upload.
pub(in crate::hir) fn single(body: &[Stmt]) -> Vec<(String, String)> {
    let mut found: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    each(body, &mut |seen| {
        if let Seen::Expr(expr) = seen
            && let ExprKind::Assign { target, value, op } = &expr.kind
            && let ExprKind::Variable(name) = &target.kind
        {
            let media = op.is_none()
                && matches!(&value.kind, ExprKind::New { class, .. }
                    if class.is("WeChatPay\\Util\\MediaUtil"));
            found.entry(name.clone()).or_default().push(media);
        }
    });
    let media = found.into_iter().filter(|(_, all)| **all == [true]);
    let class = "\\WeChatPay\\Util\\MediaUtil";
    media.map(|(name, _)| (name, class.to_owned())).collect()
}

/// The variable that an expression is.
pub(in crate::hir) fn variable(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(name),
        _ => None,
    }
}

/// Whether arguments are given one by one and in order.
pub(super) fn is_plain(args: &[Arg]) -> bool {
    args.iter().all(|arg| {
        let spread = matches!(&arg.value.kind, ExprKind::Whole(whole)
            if matches!(**whole, WholeExpr::Spread(_)));
        arg.name.is_none() && !spread
    })
}

/// Whether statements call what a variable holds.
pub(super) fn calls(statements: &[Stmt], name: &str) -> bool {
    let mut found = false;
    everywhere(statements, &mut |expr| {
        let callee = match &expr.kind {
            ExprKind::CallValue { callee, .. } => Some(&**callee),
            ExprKind::Call { function, args } if function.last().starts_with("call_user_func") => {
                args.first().map(|arg| &arg.value)
            }
            _ => None,
        };
        found |= callee.is_some_and(|callee| variable(callee) == Some(name));
    });
    found
}
