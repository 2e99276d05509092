//! Where a variable is mentioned in a way that may make a second holder of its object: neither as the object of `->`, nor
//! as an argument of the application's, nor for its truth.
//!
//! PHP shares an object with each holder. The Rust gives each a copy, which knows nothing of what is set later.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::{
    Arg, BinaryOp, Cast, Closure, Expr, ExprKind, Part, Piece, Stmt, StmtKind, Whole, WholeExpr,
};

/// The names of variables, and the byte from which on something else may hold their object.
#[derive(Debug, Default)]
pub(super) struct Escapes<'o> {
    from: BTreeMap<String, usize>,
    /// The methods of the class, in lower case.
    own: Option<&'o BTreeSet<String>>,
    /// The beginning of the outermost loop that stands around.
    looped: Option<usize>,
}

/// Every variable of a function.
const ALL: &str = "*";

/// Functions that look at an object and keep nothing of it.
pub(super) const LOOKS: [&str; 11] = [
    "isset",
    "empty",
    "is_null",
    "is_object",
    "is_array",
    "method_exists",
    "property_exists",
    "get_class",
    "json_encode",
    "var_dump",
    "print_r",
];

impl<'o> Escapes<'o> {
    pub(super) fn of(body: &[Stmt], own: &'o BTreeSet<String>) -> BTreeMap<String, usize> {
        let mut escapes = Self {
            own: Some(own),
            ..Self::default()
        };
        escapes.statements(body);
        escapes.from
    }

    fn note(&mut self, name: &str, at: usize) {
        let at = self.looped.unwrap_or(at);
        let known = self.from.entry(name.to_owned()).or_insert(at);
        *known = at.min(*known);
    }

    fn statements(&mut self, body: &[Stmt]) {
        for stmt in body {
            let outer = self.looped;
            if is_loop(&stmt.kind) {
                self.looped = outer.or(Some(stmt.span.start));
            }
            match &stmt.kind {
                // Nothing follows in this call of the function.
                StmtKind::Return(Some(value)) if is_variable(value) => {}
                StmtKind::Foreach { subject, body, .. } if is_variable(subject) => {
                    self.statements(body);
                }
                kind => {
                    let looks = matches!(kind, StmtKind::If { .. } | StmtKind::Echo(_));
                    for part in kind.parts() {
                        match part {
                            Part::Expr(value) if looks => self.looked(value),
                            Part::Expr(value) => self.expr(value),
                            Part::Body(body) => self.statements(body),
                        }
                    }
                }
            }
            self.looped = outer;
        }
    }

    /// A value of which only a part, the truth or the text is asked for.
    fn looked(&mut self, value: &Expr) {
        if !is_variable(value) {
            self.expr(value);
        }
    }

    fn expr(&mut self, value: &Expr) {
        match &value.kind {
            ExprKind::Variable(name) => self.note(name, value.span.start),
            ExprKind::Closure(closure) => self.closure(closure, value.span.start),
            ExprKind::Property { object, .. }
            | ExprKind::Unary {
                operand: object, ..
            }
            | ExprKind::Clone(object) => self.children(value, |part| std::ptr::eq(part, &**object)),
            ExprKind::Cast { to, .. } => {
                let looks = !matches!(to, Cast::Array | Cast::Object);
                self.children(value, |_| looks);
            }
            ExprKind::Interpolated(pieces) => {
                for piece in pieces {
                    if let Piece::Value(part) = piece {
                        self.looked(part);
                    }
                }
            }
            ExprKind::Binary { op, .. } => {
                let looks = *op != BinaryOp::Coalesce;
                self.children(value, |_| looks);
            }
            ExprKind::Ternary {
                condition,
                then: Some(_),
                ..
            } => self.children(value, |part| std::ptr::eq(part, &**condition)),
            ExprKind::Assign { target, .. } => {
                self.children(value, |part| std::ptr::eq(part, &**target));
            }
            ExprKind::MethodCall {
                object,
                method,
                args,
            } => {
                let own = object.is_this() && method.name().is_none_or(|name| self.is_own(name));
                self.call(object, args, own);
            }
            ExprKind::StaticCall { class, args, .. } => {
                let relative = ["self", "static", "parent"];
                let written = class.written.to_ascii_lowercase();
                self.args(args, relative.contains(&written.as_str()));
            }
            ExprKind::Call { function, args } => {
                let name = function.last();
                match name.as_str() {
                    "compact" => self.compacted(args, value.span.start),
                    "extract" | "get_defined_vars" => self.note(ALL, value.span.start),
                    _ => {}
                }
                self.args(args, !LOOKS.contains(&name.as_str()));
            }
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::MethodCall(object, _, args) => self.call(object, args, object.is_this()),
                WholeExpr::Property(object, _) => self.looked(object),
                WholeExpr::CoalesceAssign(target, new) => {
                    self.looked(target);
                    self.expr(new);
                }
                _ => self.children(value, |_| false),
            },
            ExprKind::Unsupported { .. } => self.note(ALL, value.span.start),
            _ => self.children(value, |_| false),
        }
    }

    /// The variables that `compact` takes by their names.
    fn compacted(&mut self, names: &[Arg], at: usize) {
        for name in names {
            match &name.value.kind {
                ExprKind::String(name) => self.note(name, at),
                _ => self.note(ALL, at),
            }
        }
    }

    fn is_own(&self, method: &str) -> bool {
        let own = self
            .own
            .is_some_and(|own| own.contains(&method.to_ascii_lowercase()));
        own || method.starts_with("__")
    }

    fn children(&mut self, value: &Expr, looks: impl Fn(&Expr) -> bool) {
        for part in value.children() {
            if looks(part) {
                self.looked(part);
            } else {
                self.expr(part);
            }
        }
    }

    fn call(&mut self, object: &Expr, args: &[Arg], keeps: bool) {
        self.looked(object);
        self.args(args, keeps);
    }

    /// The arguments of a call. The application is given the object that is told, and code of the file gets a copy.
    fn args(&mut self, args: &[Arg], keeps: bool) {
        for arg in args {
            if keeps {
                self.expr(&arg.value);
            } else {
                self.looked(&arg.value);
            }
        }
    }

    /// A closure holds what it uses; an arrow function sees all that it names.
    fn closure(&mut self, closure: &Closure, at: usize) {
        for capture in &closure.uses {
            self.note(&capture.name, at);
        }
        if closure.arrow {
            let mut names = BTreeSet::new();
            named(&closure.body, &mut names);
            names.iter().for_each(|name| self.note(name, at));
        }
    }
}

/// The byte from which on something else may hold the object of a variable.
pub(super) fn escaped(from: &BTreeMap<String, usize>, name: &str) -> Option<usize> {
    let own = from.get(name).into_iter().chain(from.get(ALL));
    own.min().copied()
}

pub(super) fn is_loop(kind: &StmtKind) -> bool {
    match kind {
        StmtKind::Foreach { .. } => true,
        StmtKind::Whole(whole) => matches!(
            **whole,
            Whole::While { .. } | Whole::DoWhile { .. } | Whole::For { .. }
        ),
        _ => false,
    }
}

fn is_variable(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Variable(_))
}

/// The variables that statements name, also within closures.
pub(super) fn named(body: &[Stmt], names: &mut BTreeSet<String>) {
    for stmt in body {
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(value) => named_in(value, names),
                Part::Body(body) => named(body, names),
            }
        }
    }
}

fn named_in(value: &Expr, names: &mut BTreeSet<String>) {
    match &value.kind {
        ExprKind::Variable(name) => {
            names.insert(name.clone());
        }
        ExprKind::Closure(closure) => {
            names.extend(closure.uses.iter().map(|capture| capture.name.clone()));
            named(&closure.body, names);
        }
        _ => {}
    }
    value
        .children()
        .into_iter()
        .for_each(|part| named_in(part, names));
}
