//! `readonly` properties that are set again: PHP throws an `Error`, and the Rust would set them.

use super::property_sets::{Set, SetKind, asks, sets_in, sets_of};
use crate::diagnostic::Problem;
use crate::syntax::{Class, Expr, ExprKind, Method, Part, Property, Span, Stmt, StmtKind, Whole};

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
            } => self.branches(branches, otherwise.as_deref().unwrap_or_default()),
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

    fn branches(&mut self, branches: &[(Expr, Vec<Stmt>)], otherwise: &[Stmt]) {
        let mut ends = Vec::new();
        for (condition, body) in branches {
            self.expr(condition);
            let before = self.state;
            ends.push(self.body(before, body));
            self.state = before;
        }
        let last = self.body(self.state, otherwise);
        self.state = ends.into_iter().fold(last, State::or);
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
