//! Which references of a `foreach ($rows as &$row)` nothing can tell from copies behind the loop.
//!
//! Behind the loop, `$row` and the last item of `$rows` are one. That shows where `$row` is used again, and where `$rows`
//! is copied and an item of either is set.

use std::collections::BTreeSet;

use crate::hir::Ty;
use crate::hir::builtin::Builtin;
use crate::hir::changed::changed;
use crate::hir::function::known_as;
use crate::syntax::{Closure, Expr, ExprKind, Part, Span, Stmt, StmtKind, Whole, WholeExpr};

/// The loops of a function whose reference does not show, by where they begin.
pub(super) fn hidden(closure: &Closure, text: &str) -> BTreeSet<usize> {
    let mut walk = Walk {
        text,
        mentions: Vec::new(),
        loops: Vec::new(),
        found: Vec::new(),
        opaque: closure.params.iter().any(|param| param.by_reference),
    };
    walk.statements(&closure.body);
    let found = walk.found.iter().filter(|own| walk.is_hidden(own));
    found.map(|own| own.span.start).collect()
}

struct Walk<'t> {
    text: &'t str,
    mentions: Vec<Mention>,
    /// The loops that stand around.
    loops: Vec<Span>,
    found: Vec<ByReference>,
    /// Whether something may use a variable that is not seen here.
    opaque: bool,
}

struct ByReference {
    span: Span,
    variable: String,
    array: String,
    /// The outermost loop around it.
    outer: Option<Span>,
}

struct Mention {
    at: usize,
    name: String,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Its value or an item is read.
    Read,
    /// An item is set.
    Change,
    /// It is given to a function that may keep or change it.
    Handed,
    /// A loop by reference makes it another reference, or `unset` ends it.
    Freed,
    /// It is set.
    Set,
    /// Its value is kept.
    Other,
}

impl Walk<'_> {
    fn is_hidden(&self, own: &ByReference) -> bool {
        let within = |span: &Span, at: usize| span.start <= at && at < span.end;
        let behind = |mention: &&Mention| {
            let again = own.outer.is_some_and(|outer| within(&outer, mention.at));
            !within(&own.span, mention.at) && (mention.at >= own.span.end || again)
        };
        let mut variable = self.mentions.iter().filter(behind).filter(|mention| {
            let others = self
                .found
                .iter()
                .filter(|other| other.variable == own.variable);
            mention.name == own.variable
                && !others
                    .into_iter()
                    .any(|other| within(&other.span, mention.at))
        });
        let array: Vec<_> = self
            .mentions
            .iter()
            .filter(behind)
            .filter(|mention| mention.name == own.array)
            .collect();
        let last = array.iter().map(|mention| mention.at).max();
        let kept = array.iter().any(|mention| match mention.how {
            How::Other => true,
            How::Handed => own.outer.is_some() || Some(mention.at) != last,
            _ => false,
        });
        !self.opaque && !kept && variable.all(|mention| mention.how == How::Freed)
    }

    fn statements(&mut self, statements: &[Stmt]) {
        for stmt in statements {
            self.statement(stmt);
        }
    }

    fn statement(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Return(Some(value)) => return self.given_back(value),
            StmtKind::Foreach {
                subject,
                key,
                value,
                body,
            } => {
                self.expr(subject, How::Read);
                key.iter().for_each(|key| self.target(key));
                match self.reference(value) {
                    Some(variable) => {
                        self.mention(value.span, &variable, How::Freed);
                        self.found.push(ByReference {
                            span: stmt.span,
                            variable,
                            array: root(subject).unwrap_or_default(),
                            outer: self.loops.first().copied(),
                        });
                    }
                    None => self.target(value),
                }
                return self.turns(stmt.span, body);
            }
            StmtKind::Try { catches, .. } => {
                for variable in catches.iter().filter_map(|catch| catch.variable.clone()) {
                    self.mention(stmt.span, &variable, How::Set);
                }
            }
            StmtKind::Unsupported { .. } => self.opaque = true,
            StmtKind::Whole(whole) if matches!(**whole, Whole::Static(_) | Whole::Global(_)) => {
                self.opaque = true;
            }
            StmtKind::Whole(whole) if is_loop(whole) => {
                self.loops.push(stmt.span);
                self.parts(stmt);
                self.loops.pop();
                return;
            }
            _ => {}
        }
        self.parts(stmt);
    }

    fn parts(&mut self, stmt: &Stmt) {
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => self.expr(expr, How::Read),
                Part::Body(body) => self.statements(body),
            }
        }
    }

    fn turns(&mut self, span: Span, body: &[Stmt]) {
        self.loops.push(span);
        self.statements(body);
        self.loops.pop();
    }

    /// A value that is given back: nothing of the function uses its variables afterwards.
    fn given_back(&mut self, value: &Expr) {
        let from = self.mentions.len();
        self.expr(value, How::Read);
        for mention in &mut self.mentions[from..] {
            if mention.how == How::Handed {
                mention.how = How::Read;
            }
        }
    }

    fn expr(&mut self, expr: &Expr, how: How) {
        match &expr.kind {
            ExprKind::Variable(name) => self.mention(expr.span, name, how),
            ExprKind::Unsupported { .. } => self.opaque = true,
            ExprKind::Closure(closure) => self.closure(closure, expr.span),
            ExprKind::Assign { target, value, .. } => {
                self.target(target);
                self.expr(value, How::Other);
            }
            ExprKind::Call { function, args } => {
                let name = function.last();
                let given = match name.as_str() {
                    "unset" => How::Freed,
                    "compact" | "extract" | "get_defined_vars" => {
                        self.opaque = true;
                        How::Other
                    }
                    name if is_pure(name) => How::Read,
                    _ => handed(how),
                };
                for arg in args {
                    match (given, root(&arg.value)) {
                        (How::Freed, Some(_)) if !is_variable(&arg.value) => {
                            self.target(&arg.value)
                        }
                        _ => self.expr(&arg.value, given),
                    }
                }
            }
            ExprKind::MethodCall { .. }
            | ExprKind::StaticCall { .. }
            | ExprKind::New { .. }
            | ExprKind::CallValue { .. } => self.children(expr, handed(how)),
            ExprKind::Array(_) | ExprKind::Ternary { .. } | ExprKind::Cast { .. } => {
                self.children(expr, how)
            }
            ExprKind::Whole(whole) => match &**whole {
                WholeExpr::Step { target, .. } => self.target(target),
                WholeExpr::Spread(_) | WholeExpr::Silenced(_) => self.children(expr, how),
                WholeExpr::MethodCall(..) => self.children(expr, handed(how)),
                WholeExpr::Property(..) | WholeExpr::Exit(_) => self.children(expr, How::Read),
                _ => self.children(expr, How::Other),
            },
            ExprKind::Binary { .. } if how == How::Other => self.children(expr, How::Other),
            _ => self.children(expr, How::Read),
        }
    }

    fn children(&mut self, expr: &Expr, how: How) {
        expr.children()
            .into_iter()
            .for_each(|child| self.expr(child, how));
    }

    /// The place that is set: a variable, or an item within one.
    fn target(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Variable(name) => self.mention(target.span, name, How::Set),
            ExprKind::Index { object, index } => {
                self.item(object);
                index.iter().for_each(|index| self.expr(index, How::Read));
            }
            ExprKind::Property { object, .. } => self.item(object),
            _ => self.children(target, How::Other),
        }
    }

    fn item(&mut self, object: &Expr) {
        match &object.kind {
            ExprKind::Variable(name) => self.mention(object.span, name, How::Change),
            _ => self.target(object),
        }
    }

    /// A variable that a closure uses may be kept with it.
    fn closure(&mut self, closure: &Closure, span: Span) {
        for capture in &closure.uses {
            self.opaque |= capture.by_reference;
            self.mention(span, &capture.name, How::Other);
        }
        if closure.arrow {
            let text = self.text.get(span.range()).unwrap_or_default();
            let names: Vec<String> = super::variables(text).collect();
            for name in names {
                self.mention(span, &name, How::Other);
            }
        }
    }

    fn mention(&mut self, span: Span, name: &str, how: How) {
        self.mentions.push(Mention {
            at: span.start,
            name: name.to_owned(),
            how,
        });
    }

    /// The variable of `&$row`.
    fn reference(&self, value: &Expr) -> Option<String> {
        let text = self.text.get(value.span.range()).unwrap_or_default();
        let name = text.strip_prefix('&')?.trim().strip_prefix('$')?;
        Some(name.to_owned())
    }
}

/// The result of a call may hold the items of its arguments.
fn handed(how: How) -> How {
    match how {
        How::Other => How::Other,
        _ => How::Handed,
    }
}

pub(super) fn is_loop(whole: &Whole) -> bool {
    matches!(
        whole,
        Whole::While { .. } | Whole::DoWhile { .. } | Whole::For { .. }
    )
}

fn is_variable(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Variable(_))
}

/// Whether a function only reads what it is given.
fn is_pure(name: &str) -> bool {
    // A function that returns an array may return the items of its argument.
    let known = Builtin::of(known_as(name)).is_some_and(|builtin| builtin.returns != Ty::Any);
    matches!(name, "isset" | "empty" | "is_null") || known && changed(name).is_none()
}

/// The variable that a place is within.
fn root(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(name.clone()),
        ExprKind::Index { object, .. } | ExprKind::Property { object, .. } => root(object),
        _ => None,
    }
}
