//! What an operand or an argument sets that one before it has read: `f($t, $t = 'x')`, `$this->n + $this->inc()`.
//!
//! PHP keeps the value that a property or an argument has when it is evaluated. It reads a bare variable when the operator runs:
//! `$n + $n++` has the new one.

use std::collections::BTreeSet;

use super::tree::{Expr, ExprKind, File, Function, Root};

/// Copies the variables and properties that a later operand or argument of the same expression sets.
pub(super) fn file(file: &mut File) {
    let changing = Changing::of(file);
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| each(expr, &changing));
        }
    }
}

fn each(expr: &mut Expr, changing: &Changing) {
    if let Some(late) = read_late(expr) {
        *expr = late;
        return;
    }
    match &mut *expr.kind {
        // It keeps its arguments before the object changes.
        ExprKind::Method(_, args) => copy(args.iter_mut().collect(), None),
        ExprKind::Call(_, args)
        | ExprKind::CallClosure(_, args)
        | ExprKind::Builtin(_, args)
        | ExprKind::Crypto(_, args)
        | ExprKind::Extreme(_, args)
        | ExprKind::Merge(args)
        | ExprKind::Concat(args) => copy(args.iter_mut().collect(), Some(changing)),
        ExprKind::Format(format, args) => {
            let all = std::iter::once(format).chain(args);
            copy(all.collect(), Some(changing));
        }
        ExprKind::Binary(_, left, right) => copy(vec![left, right], Some(changing)),
        ExprKind::Foreign(foreign) => copy(foreign.args.iter_mut().collect(), Some(changing)),
        _ => {}
    }
}

/// An operator that reads a bare variable behind its change.
fn read_late(expr: &mut Expr) -> Option<Expr> {
    let span = expr.span;
    let mut sides: Vec<&mut Expr> = match &mut *expr.kind {
        ExprKind::Binary(_, left, right) => vec![left, right],
        ExprKind::Concat(pieces) => pieces.iter_mut().collect(),
        _ => return None,
    };
    while let Some((first, later)) = sides.split_first_mut() {
        let read = first.kind.clone();
        if matches!(*read, ExprKind::Local(_)) && later.iter_mut().any(|it| sets(it, &read)) {
            let message =
                "a variable and its change in one operator: PHP reads it when the operator runs";
            return Some(Expr::refused(span, message));
        }
        sides.remove(0);
    }
    None
}

fn copy(mut args: Vec<&mut Expr>, changing: Option<&Changing>) {
    for index in 0..args.len() {
        let (before, after) = args.split_at_mut(index + 1);
        let Some(arg) = before.last_mut() else {
            continue;
        };
        let place = read(&arg.kind).clone();
        let object = changing.filter(|_| reads_object(arg));
        if after.iter_mut().any(|later| {
            sets(later, &place) || object.is_some_and(|changing| changing.changes(later))
        }) {
            let null = Expr::new(arg.span, ExprKind::Null);
            let value = std::mem::replace(&mut **arg, null);
            *arg.kind = ExprKind::Aside {
                value,
                others: Vec::new(),
                first: false,
            };
        }
    }
}

/// The variable or property whose item a value is.
fn read(value: &ExprKind) -> &ExprKind {
    match value {
        ExprKind::Index(object, _) => read(&object.kind),
        _ => value,
    }
}

/// Whether a value may be a part of the object, which the Rust borrows for it.
fn reads_object(value: &Expr) -> bool {
    match &*value.kind {
        ExprKind::Field(_) => true,
        ExprKind::Index(inner, _)
        | ExprKind::Cast(_, inner)
        | ExprKind::Coerce(_, inner)
        | ExprKind::Strict(_, inner)
        | ExprKind::AsArray(inner, _) => reads_object(inner),
        ExprKind::Coalesce(one, other) => reads_object(one) || reads_object(other),
        ExprKind::Ternary(condition, then, otherwise) => {
            let then = then.as_ref().unwrap_or(condition);
            reads_object(then) || reads_object(otherwise)
        }
        _ => false,
    }
}

/// Whether an expression sets this variable or property.
fn sets(expr: &mut Expr, read: &ExprKind) -> bool {
    let is_same = |root: &Root| match (root, read) {
        (Root::Local(set), ExprKind::Local(read)) => set == read,
        (Root::Field(set), ExprKind::Field(read)) => set == read,
        _ => false,
    };
    let mut places = expr.places_mut().into_iter();
    places.any(|(place, _)| is_same(&place.root))
        || expr
            .children_mut()
            .into_iter()
            .any(|child| sets(child, read))
}

/// What changes an object of the file.
#[derive(Default)]
struct Changing {
    /// The methods, in lower case.
    methods: BTreeSet<String>,
    /// Whether a closure does.
    closures: bool,
}

impl Changing {
    fn of(file: &mut File) -> Self {
        let mut found = Self::default();
        loop {
            let before = (found.methods.len(), found.closures);
            for class in &mut file.classes {
                for method in &mut class.methods {
                    found.function(method);
                }
            }
            if before == (found.methods.len(), found.closures) {
                return found;
            }
        }
    }

    fn function(&mut self, method: &mut Function) {
        let name = method.name.to_ascii_lowercase();
        let (mut own, mut within) = (false, false);
        for stmt in &mut method.body {
            stmt.each_mut(&mut |expr| match &mut *expr.kind {
                ExprKind::Closure(closure, _) => {
                    for stmt in &mut closure.body {
                        stmt.each_with_closures(&mut |expr| within |= self.is_change(expr));
                    }
                }
                _ => own |= self.is_change(expr),
            });
        }
        self.closures |= within;
        if own || within {
            self.methods.insert(name);
        }
    }

    fn is_change(&self, expr: &mut Expr) -> bool {
        match &*expr.kind {
            ExprKind::Method(name, _) => self.methods.contains(&name.to_ascii_lowercase()),
            ExprKind::CallClosure(..) => self.closures,
            _ => {
                let mut places = expr.places_mut().into_iter();
                places.any(|(place, _)| matches!(place.root, Root::Field(_)))
            }
        }
    }

    fn changes(&self, expr: &mut Expr) -> bool {
        let mut children = expr.children_mut().into_iter();
        let within = children.any(|child| self.changes(child));
        within || self.is_change(expr)
    }
}
