//! `json_last_error()` and `json_last_error_msg()`: the error of the call of `json_decode` before them in the same function.
//!
//! The text that is decoded gets a name, and so does the error that it gives. Where other code may have decoded or encoded
//! something in between, only a run tells which error is meant: that is refused. [`calls`] says what code may do so, and
//! [`naming`] gives the names. A function that does not ask for an error stays as it is written.

mod calls;
mod floats;
mod naming;

use std::borrow::Cow;
use std::collections::BTreeSet;

use self::calls::{Calls, asked};
use super::build::Names;
use super::lifted::scope::mentioned;
use crate::diagnostic::Problem;
use crate::source::Block;
use crate::syntax::{Expr, ExprKind, PartMut, Program, Span, Stmt, StmtKind, Whole, WholeExpr};

/// What the tree calls the error of a text, the message of an error, and a text that is decoded.
pub(super) const ERROR: &str = "json_last_error of";
pub(super) const MESSAGE: &str = "json_last_error_msg of";
pub(super) const TEXT: &str = "json_decode's text of";

pub(super) fn program<'p>(
    block: &Block,
    program: Cow<'p, Program>,
) -> (Cow<'p, Program>, Vec<Problem>) {
    let mut changed = program.clone().into_owned();
    let names = Names::of(block, &program, None);
    let calls = Calls::of(&names, &program.statements);
    if !calls.asks_and_codes(&mut changed.statements) {
        drop(names);
        return (program, Vec::new());
    }
    let mut pass = Pass {
        calls: &calls,
        names: mentioned(&program.statements).into_iter().collect(),
        has_floats: floats::have(&program.statements),
        needed: BTreeSet::new(),
        is_trial: false,
        problems: Vec::new(),
    };
    pass.function(&mut changed.statements);
    let problems = pass.problems;
    (Cow::Owned(changed), problems)
}

/// A call whose error is known.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    /// The variable that holds the error.
    variable: String,
    /// The call.
    call: Span,
}

/// The call whose error is the last one; nothing where only a run tells.
type State = Option<Known>;

struct Pass<'c> {
    calls: &'c Calls<'c>,
    /// The variables of the file.
    names: BTreeSet<String>,
    /// Whether the file has fractions: PHP cannot encode an infinite one.
    has_floats: bool,
    /// The calls whose errors are asked for.
    needed: BTreeSet<Span>,
    /// Whether this run only finds those.
    is_trial: bool,
    problems: Vec<Problem>,
}

impl Pass<'_> {
    /// A function, or the file outside of its functions.
    fn function(&mut self, body: &mut Vec<Stmt>) {
        if self.is_trial {
            return;
        }
        let outer = std::mem::take(&mut self.needed);
        if self.calls.asks(body) {
            let mut trial = Pass {
                names: self.names.clone(),
                needed: BTreeSet::new(),
                is_trial: true,
                problems: Vec::new(),
                ..*self
            };
            trial.list(&mut body.clone(), None);
            self.needed = trial.needed;
        }
        self.list(body, None);
        self.needed = outer;
    }

    fn list(&mut self, body: &mut Vec<Stmt>, mut state: State) -> State {
        let mut all = Vec::new();
        for mut stmt in std::mem::take(body) {
            let mut first = None;
            if let Some((before, known)) = self.named(&mut stmt) {
                for mut stmt in before {
                    self.stmt(&mut stmt, state.clone(), None);
                    all.push(stmt);
                }
                first = Some(known.call);
                state = Some(known);
            }
            state = self.stmt(&mut stmt, state, first);
            all.push(stmt);
        }
        *body = all;
        state
    }

    /// Reads a statement; `first` is the call that it begins with and whose error is in the state.
    fn stmt(&mut self, stmt: &mut Stmt, state: State, first: Option<Span>) -> State {
        if self.functions(&mut stmt.kind) {
            return state;
        }
        let disturbs = self.calls.disturb(std::slice::from_mut(stmt));
        let now = state.filter(|_| !(repeats(&stmt.kind) && disturbs));
        if let StmtKind::Try { .. } = stmt.kind {
            return self.tried(stmt, now, disturbs);
        }
        let mut now = now;
        let mut ends = Vec::new();
        for part in stmt.kind.parts_mut() {
            match part {
                PartMut::Expr(expr) => self.expr(expr, &mut now, first),
                PartMut::Body(body) => {
                    let leaves = body.last().is_some_and(|last| leaves(&last.kind));
                    let end = self.list(body, now.clone());
                    ends.extend((!leaves).then_some(end));
                }
            }
        }
        now.filter(|known| ends.iter().all(|end| end.as_ref() == Some(known)))
    }

    /// The functions that a statement declares; gives whether it does.
    fn functions(&mut self, kind: &mut StmtKind) -> bool {
        match kind {
            StmtKind::Function { closure, .. } => self.function(&mut closure.body),
            StmtKind::Whole(whole) => {
                let Whole::Class(class) = &mut **whole else {
                    return false;
                };
                for method in &mut class.methods {
                    self.function(&mut method.closure.body);
                }
            }
            _ => return false,
        }
        true
    }

    /// A `try`: what it catches may have been thrown before or behind a call that decodes.
    fn tried(&mut self, stmt: &mut Stmt, begin: State, disturbs: bool) -> State {
        let mut ends = Vec::new();
        for part in stmt.kind.parts_mut() {
            let PartMut::Body(body) = part else {
                continue;
            };
            let is_first = ends.is_empty();
            let from = begin.clone().filter(|_| is_first || !disturbs);
            let leaves = body.last().is_some_and(|last| leaves(&last.kind));
            let end = self.list(body, from);
            ends.push(end.filter(|_| !leaves));
        }
        begin.filter(|known| ends.iter().all(|end| end.as_ref() == Some(known)))
    }

    /// Puts the error into the place of the calls that ask for it, in PHP's order.
    fn expr(&mut self, expr: &mut Expr, state: &mut State, first: Option<Span>) {
        if let ExprKind::Closure(closure) = &mut expr.kind {
            self.function(&mut closure.body);
            return;
        }
        if let Some(message) = self.calls.php(expr).and_then(asked) {
            let Some(known) = state else {
                self.refuse(expr.span);
                return;
            };
            self.needed.insert(known.call);
            let error = naming::variable(expr.span, &known.variable);
            *expr = if message {
                naming::call(expr.span, MESSAGE, error)
            } else {
                error
            };
            return;
        }
        for child in expr.children_mut() {
            self.expr(child, state, first);
        }
        if first != Some(expr.span) && self.calls.disturbs(expr) {
            *state = None;
        }
    }

    fn refuse(&mut self, span: Span) {
        let message = "the error of JSON may be that of another call: code in between may decode or encode, too";
        let hint = "ask for it right behind `json_decode`, in the same function";
        let problem = Problem::error(span, message).hint(hint);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// Whether parts of a statement may run in another order than they stand.
fn repeats(kind: &StmtKind) -> bool {
    match kind {
        StmtKind::Foreach { .. } => true,
        StmtKind::Whole(whole) => matches!(
            **whole,
            Whole::While { .. } | Whole::DoWhile { .. } | Whole::For { .. } | Whole::Switch { .. }
        ),
        _ => false,
    }
}

fn leaves(kind: &StmtKind) -> bool {
    match kind {
        StmtKind::Return(_) => true,
        StmtKind::Expr(expr) => match &expr.kind {
            ExprKind::Throw(_) => true,
            ExprKind::Whole(whole) => matches!(**whole, WholeExpr::Exit(_)),
            _ => false,
        },
        _ => false,
    }
}
