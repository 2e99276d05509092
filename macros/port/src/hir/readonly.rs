//! `readonly` properties that are set again: PHP throws an `Error`, and the Rust would set them.

use super::changed::{Changed, changed};
use crate::diagnostic::Problem;
use crate::syntax::{
    BinaryOp, Class, Expr, ExprKind, Method, Part, Property, Span, Stmt, StmtKind, Whole, WholeExpr,
};

const HINT: &str = "leave the assignment out, or let the property change";

/// All changes of a `readonly` property that PHP throws an error for, or may.
pub(super) fn set_again(class: &Class, property: &Property) -> Vec<Problem> {
    let name = &*property.name;
    let constructs = |method: &&Method| method.name.eq_ignore_ascii_case("__construct");
    let mut walk = Walk::new(property);
    if let Some(method) = class.methods.iter().find(constructs) {
        walk.statements(&method.closure.body);
    }
    let begins_set = property.promoted || walk.state.sure;
    for method in class.methods.iter().filter(|method| !constructs(method)) {
        let mut sets = Vec::new();
        sets_of(&method.closure.body, name, &mut sets);
        let asks = asks(&method.closure.body, name);
        for set in sets {
            match set.kind {
                SetKind::Missing if !walk.nullable => {}
                SetKind::Assign | SetKind::Missing if begins_set => {
                    walk.tell(set.span, Told::Again);
                }
                SetKind::Assign if !asks => walk.tell(set.span, Told::Perhaps),
                SetKind::Assign | SetKind::Missing => {}
                SetKind::Item | SetKind::Change => walk.changed(&set),
            }
        }
    }
    walk.problems
}

/// A change of a property.
struct Set {
    span: Span,
    kind: SetKind,
}

enum SetKind {
    /// `$this->n = …`
    Assign,
    /// `$this->n ??= …`
    Missing,
    /// `$this->n[] = …`: an object may take it.
    Item,
    /// `$this->n++`, `sort($this->n)`
    Change,
}

/// What the reader is told of a change.
enum Told {
    Twice,
    Again,
    Perhaps,
}

/// Whether a property is set at a place of the constructor.
#[derive(Clone, Copy)]
struct State {
    sure: bool,
    maybe: bool,
    /// Whether the constructor is left before.
    left: bool,
}

impl State {
    /// Behind two ways.
    fn or(self, other: Self) -> Self {
        match (self.left, other.left) {
            (true, _) => other,
            (_, true) => self,
            _ => Self {
                sure: self.sure && other.sure,
                maybe: self.maybe || other.maybe,
                left: false,
            },
        }
    }
}

/// Follows a property through the constructor.
struct Walk<'p> {
    property: &'p Property,
    nullable: bool,
    state: State,
    problems: Vec<Problem>,
}

impl<'p> Walk<'p> {
    fn new(property: &'p Property) -> Self {
        let ty = property.ty.as_deref().unwrap_or("mixed");
        let mut parts = ty.split('|');
        let nullable = ty.starts_with('?')
            || parts.any(|part| ["null", "mixed"].contains(&&*part.to_ascii_lowercase()));
        let set = property.promoted;
        Self {
            property,
            nullable,
            state: State {
                sure: set,
                maybe: set,
                left: false,
            },
            problems: Vec::new(),
        }
    }

    fn tell(&mut self, span: Span, told: Told) {
        if self.problems.iter().any(|problem| problem.span == span) {
            return;
        }
        let name = &self.property.name;
        let problem = match told {
            Told::Twice => {
                let message =
                    format!("the readonly property `${name}` is set twice: PHP throws an `Error`");
                Problem::error(span, message)
            }
            Told::Again => {
                let message =
                    format!("the readonly property `${name}` is set again: PHP throws an `Error`");
                Problem::error(span, message)
            }
            Told::Perhaps => {
                let message = format!(
                    "the readonly property `${name}` may be set again: then PHP throws an `Error`"
                );
                Problem::warning(span, message)
            }
        };
        self.problems.push(problem.hint(HINT));
    }

    /// A change in place, which PHP throws for in any case where the value is no object.
    fn changed(&mut self, set: &Set) {
        let ty = self.property.ty.as_deref().unwrap_or("mixed");
        let plain = [
            "array", "string", "int", "float", "bool", "false", "true", "null",
        ];
        let parts = ty.trim_start_matches('?').split('|');
        let mut parts = parts.map(str::to_ascii_lowercase);
        match set.kind {
            SetKind::Item
                if parts
                    .clone()
                    .any(|part| part == "mixed" || part == "iterable") =>
            {
                self.tell(set.span, Told::Perhaps);
            }
            SetKind::Item if !parts.all(|part| plain.contains(&&*part)) => {}
            _ => self.tell(set.span, Told::Again),
        }
    }

    fn statements(&mut self, body: &[Stmt]) {
        for stmt in body {
            self.statement(stmt);
        }
    }

    /// A body that begins in this state; gives the state behind it.
    fn body(&mut self, begin: State, body: &[Stmt]) -> State {
        self.state = begin;
        self.statements(body);
        self.state
    }

    fn statement(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::If {
                branches,
                otherwise,
            } => {
                let mut ends = Vec::new();
                for (condition, body) in branches {
                    self.expr(condition);
                    let before = self.state;
                    ends.push(self.body(before, body));
                    self.state = before;
                }
                let last = self.body(self.state, otherwise.as_deref().unwrap_or_default());
                self.state = ends.into_iter().fold(last, State::or);
            }
            StmtKind::Try {
                body,
                catches,
                finally,
            } => {
                let before = self.state;
                let mut end = self.body(before, body);
                let broken = State {
                    maybe: end.maybe || before.maybe,
                    ..before
                };
                for catch in catches {
                    end = end.or(self.body(broken, &catch.body));
                }
                self.state = end;
                self.statements(finally.as_deref().unwrap_or_default());
            }
            StmtKind::Block(body) => self.statements(body),
            StmtKind::Foreach { .. } => self.repeated(stmt),
            StmtKind::Whole(whole) => match &**whole {
                Whole::Break(_) | Whole::Continue(_) => self.state.left = true,
                Whole::Switch { .. } => self.cases(stmt),
                _ => self.repeated(stmt),
            },
            StmtKind::Return(_) => {
                self.parts(stmt);
                self.state.left = true;
            }
            _ => self.parts(stmt),
        }
    }

    fn parts(&mut self, stmt: &Stmt) {
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => self.expr(expr),
                Part::Body(body) => self.statements(body),
            }
        }
    }

    /// A loop: its body may run never, once or again.
    fn repeated(&mut self, stmt: &Stmt) {
        let before = self.state;
        self.parts(stmt);
        let once = self.state;
        if !once.left && once.maybe && !before.maybe {
            self.state = State {
                left: false,
                ..once
            };
            self.state.sure = false;
            self.parts(stmt);
        }
        self.state = State {
            maybe: before.maybe || once.maybe,
            ..before
        };
    }

    /// A `switch`, whose cases may run one behind another.
    fn cases(&mut self, stmt: &Stmt) {
        let before = self.state;
        let mut maybe = before.maybe;
        for part in stmt.kind.parts() {
            match part {
                Part::Expr(expr) => self.expr(expr),
                Part::Body(body) => {
                    let begin = if self.state.left {
                        before
                    } else {
                        self.state.or(before)
                    };
                    maybe |= self.body(begin, body).maybe;
                }
            }
        }
        self.state = State { maybe, ..before };
    }

    fn expr(&mut self, expr: &Expr) {
        let mut sets = Vec::new();
        sets_in(expr, &self.property.name, &mut sets);
        for set in sets {
            let State { sure, maybe, .. } = self.state;
            match set.kind {
                SetKind::Item | SetKind::Change => self.changed(&set),
                SetKind::Missing if sure && !self.nullable => {}
                SetKind::Assign | SetKind::Missing => {
                    match (sure, maybe) {
                        (true, _) => self.tell(set.span, Told::Twice),
                        (_, true) => self.tell(set.span, Told::Perhaps),
                        _ => {}
                    }
                    self.state.sure = true;
                    self.state.maybe = true;
                }
            }
        }
        if matches!(expr.kind, ExprKind::Throw(_)) {
            self.state.left = true;
        }
    }
}

/// The changes of a property in statements and in the closures among them.
fn sets_of(body: &[Stmt], name: &str, found: &mut Vec<Set>) {
    for part in body.iter().flat_map(|stmt| stmt.kind.parts()) {
        match part {
            Part::Expr(expr) => sets_in(expr, name, found),
            Part::Body(body) => sets_of(body, name, found),
        }
    }
}

/// The changes in an expression, in the order in which they are written.
fn sets_in(expr: &Expr, name: &str, found: &mut Vec<Set>) {
    let span = expr.span;
    match &expr.kind {
        ExprKind::Closure(closure) => sets_of(&closure.body, name, found),
        ExprKind::Assign { target, op, value } => {
            sets_in(value, name, found);
            let kind = if op.is_some() {
                SetKind::Change
            } else {
                SetKind::Assign
            };
            return target_of(target, (span, kind), name, found);
        }
        ExprKind::Call { function, args } => {
            let function = function.last();
            let mut args = args.iter().enumerate();
            let own =
                args.any(|(at, arg)| is_own(root(&arg.value), name) && is_changed(&function, at));
            let kind = SetKind::Change;
            found.extend(own.then_some(Set { span, kind }));
        }
        ExprKind::Whole(whole) => match &**whole {
            WholeExpr::CoalesceAssign(target, value) => {
                sets_in(value, name, found);
                return target_of(target, (span, SetKind::Missing), name, found);
            }
            WholeExpr::Step { target, .. } => {
                return target_of(target, (span, SetKind::Change), name, found);
            }
            _ => {}
        },
        _ => {}
    }
    for child in expr.children() {
        sets_in(child, name, found);
    }
}

/// A place that is set.
fn target_of(target: &Expr, (span, kind): (Span, SetKind), name: &str, found: &mut Vec<Set>) {
    if is_own(target, name) {
        found.push(Set { span, kind });
    } else if is_own(root(target), name) {
        let kind = SetKind::Item;
        found.push(Set { span, kind });
    } else if is_list(target) {
        for item in target.children() {
            target_of(item, (span, SetKind::Assign), name, found);
        }
    } else {
        for child in target.children() {
            sets_in(child, name, found);
        }
    }
}

/// Whether a function of PHP changes its argument of this index.
fn is_changed(function: &str, at: usize) -> bool {
    if matches!(function, "end" | "reset") {
        return at == 0;
    }
    match changed(function) {
        Some(Changed::At(all)) => all.contains(&at),
        Some(Changed::From(first)) => at >= first,
        Some(Changed::Unclear) => at == 0,
        Some(Changed::Cursor) => at == 0 && matches!(function, "next" | "prev" | "each"),
        None => false,
    }
}

fn is_list(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Array(_) => true,
        ExprKind::Whole(whole) => matches!(**whole, WholeExpr::List(_)),
        _ => false,
    }
}

/// Whether a method asks whether the property is there.
fn asks(body: &[Stmt], name: &str) -> bool {
    let parts = body.iter().flat_map(|stmt| stmt.kind.parts());
    let mut parts = parts.into_iter();
    parts.any(|part| match part {
        Part::Expr(expr) => asks_in(expr, name),
        Part::Body(body) => asks(body, name),
    })
}

fn asks_in(expr: &Expr, name: &str) -> bool {
    let own = |expr: &Expr| is_own(root(expr), name);
    let asked = match &expr.kind {
        ExprKind::Call { function, args } => {
            matches!(&*function.last(), "isset" | "empty") && args.iter().any(|arg| own(&arg.value))
        }
        ExprKind::Binary { op, left, .. } => *op == BinaryOp::Coalesce && own(left),
        ExprKind::Closure(closure) => asks(&closure.body, name),
        _ => false,
    };
    asked
        || expr
            .children()
            .into_iter()
            .any(|child| asks_in(child, name))
}

/// `$this->name`
pub(super) fn is_own(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Property { object, member }
        if member.name() == Some(name)
            && matches!(&object.kind, ExprKind::Variable(this) if this == "this"))
}

/// What an access begins with.
pub(super) fn root(target: &Expr) -> &Expr {
    match &target.kind {
        ExprKind::Index { object, .. } => root(object),
        _ => target,
    }
}
