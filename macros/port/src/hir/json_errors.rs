//! `json_last_error()` and `json_last_error_msg()`: the error of the call of `json_decode` before them in the same function.
//!
//! The text that is decoded gets a name, and so does the error that it gives. Where other code may have decoded or encoded
//! something in between, only a run tells which error is meant: that is refused.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::lifted::scope::mentioned;
use crate::diagnostic::Problem;
use crate::recognise::Call;
use crate::syntax::{
    Arg, BinaryOp, Cast, Closure, Expr, ExprKind, Name, PartMut, Program, Span, Stmt, StmtKind,
    Whole, WholeExpr,
};

/// What the tree calls the error of a text, and the message of an error.
pub(super) const ERROR: &str = "json_last_error of";
pub(super) const MESSAGE: &str = "json_last_error_msg of";

pub(super) fn program(program: Cow<'_, Program>) -> (Cow<'_, Program>, Vec<Problem>) {
    if !decodes(&program.statements) {
        return (program, Vec::new());
    }
    let mut changed = program.clone().into_owned();
    let mut pass = Pass {
        names: mentioned(&program.statements).into_iter().collect(),
        functions: functions(&program.statements),
        problems: Vec::new(),
    };
    pass.function(&mut changed.statements);
    (Cow::Owned(changed), pass.problems)
}

/// Whether the file asks for errors, and decodes or encodes JSON in a place that the porter reads.
fn decodes(statements: &[Stmt]) -> bool {
    let mut found = Found::default();
    found.statements(&mut statements.to_vec(), true);
    found.asks && found.codes
}

fn functions(statements: &[Stmt]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for stmt in statements {
        match &stmt.kind {
            StmtKind::Function { name, .. } => {
                names.insert(name.to_ascii_lowercase());
            }
            StmtKind::Block(body) => names.append(&mut functions(body)),
            _ => {}
        }
    }
    names
}

/// What statements do.
#[derive(Default)]
struct Found<'f> {
    /// The functions of the file.
    functions: Option<&'f BTreeSet<String>>,
    /// They ask for the error.
    asks: bool,
    /// They decode or encode.
    codes: bool,
    /// They call what may decode or encode.
    calls: bool,
}

impl Found<'_> {
    fn statements(&mut self, statements: &mut [Stmt], closures: bool) {
        for stmt in statements {
            match &mut stmt.kind {
                StmtKind::Function { closure, .. } if closures => {
                    self.statements(&mut closure.body, true);
                }
                StmtKind::Whole(whole) if closures => {
                    if let Whole::Class(class) = &mut **whole {
                        for method in &mut class.methods {
                            self.statements(&mut method.closure.body, true);
                        }
                    }
                }
                _ => {}
            }
            for part in stmt.kind.parts_mut() {
                match part {
                    PartMut::Expr(expr) => self.expr(expr, closures),
                    PartMut::Body(body) => self.statements(body, closures),
                }
            }
        }
    }

    fn expr(&mut self, expr: &mut Expr, closures: bool) {
        if let ExprKind::Closure(closure) = &mut expr.kind {
            if closures {
                self.statements(&mut closure.body, true);
            }
            return;
        }
        self.asks |= asked(expr).is_some();
        self.codes |= codes(expr);
        self.calls |= calls(expr);
        if let (ExprKind::Call { function, .. }, Some(own)) = (&expr.kind, self.functions) {
            self.calls |= own.contains(&function.last());
        }
        for child in expr.children_mut() {
            self.expr(child, closures);
        }
    }
}

/// What a call that asks for the error becomes.
fn asked(expr: &Expr) -> Option<bool> {
    let ExprKind::Call { function, args } = &expr.kind else {
        return None;
    };
    match (&*function.last(), &**args) {
        ("json_last_error", []) => Some(false),
        ("json_last_error_msg", []) => Some(true),
        _ => None,
    }
}

fn codes(expr: &Expr) -> bool {
    let ExprKind::Call { function, args } = &expr.kind else {
        return false;
    };
    // With this flag, PHP leaves the error as it is.
    let throws = format!("{args:?}").contains("JSON_THROW_ON_ERROR");
    matches!(&*function.last(), "json_decode" | "json_encode") && !throws
}

/// Whether a call may decode or encode: the SDK's do, and methods of the file may.
fn calls(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::MethodCall { object, .. } => {
            let this = matches!(&object.kind, ExprKind::Variable(name) if name == "this");
            this || Call::of(expr).is_some_and(|call| !call.steps.is_empty())
        }
        ExprKind::StaticCall { class, .. } => {
            matches!(class.written.as_str(), "self" | "static" | "parent")
        }
        ExprKind::CallValue { .. } => true,
        _ => false,
    }
}

/// The variable that holds the error of the last call.
type State = Option<String>;

struct Pass {
    names: BTreeSet<String>,
    functions: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Pass {
    /// A function, or the file outside of its functions.
    fn function(&mut self, body: &mut Vec<Stmt>) {
        self.list(body, None);
    }

    fn list(&mut self, body: &mut Vec<Stmt>, mut state: State) -> State {
        let mut all = Vec::new();
        for mut stmt in std::mem::take(body) {
            if let Some((mut before, variable)) = self.named(&mut stmt) {
                all.append(&mut before);
                state = self.rest(&mut stmt, Some(variable), true);
            } else {
                state = self.rest(&mut stmt, state, false);
            }
            all.push(stmt);
        }
        *body = all;
        state
    }

    /// Reads a statement; `named` where the call that it begins with has its error in the state.
    fn rest(&mut self, stmt: &mut Stmt, state: State, named: bool) -> State {
        match &mut stmt.kind {
            StmtKind::Function { closure, .. } => {
                self.function(&mut closure.body);
                return state;
            }
            StmtKind::Whole(whole) => {
                if let Whole::Class(class) = &mut **whole {
                    for method in &mut class.methods {
                        self.function(&mut method.closure.body);
                    }
                    return state;
                }
            }
            _ => {}
        }
        let repeats = match &stmt.kind {
            StmtKind::Foreach { .. } => true,
            StmtKind::Whole(whole) => matches!(
                **whole,
                Whole::While { .. }
                    | Whole::DoWhile { .. }
                    | Whole::For { .. }
                    | Whole::Switch { .. }
            ),
            _ => false,
        };
        let functions = self.functions.clone();
        let own = || Found {
            functions: Some(&functions),
            ..Found::default()
        };
        let mut whole = own();
        whole.statements(std::slice::from_mut(stmt), false);
        let disturbs = whole.codes || whole.calls;
        let mut now = if repeats && disturbs { None } else { state };
        let is_try = matches!(stmt.kind, StmtKind::Try { .. });
        let begin = now.clone();
        let mut ends = Vec::new();
        let mut first = named;
        for part in stmt.kind.parts_mut() {
            match part {
                PartMut::Expr(expr) => {
                    let mut found = own();
                    found.expr(expr, false);
                    // The call that comes first is the one of the state.
                    let others = count(expr) > usize::from(first);
                    if found.calls && !first || others {
                        now = None;
                    }
                    self.replace(expr, &now);
                    if found.calls {
                        now = None;
                    }
                    first = false;
                }
                PartMut::Body(body) => {
                    let from = if is_try && !ends.is_empty() && disturbs {
                        None
                    } else if is_try {
                        begin.clone()
                    } else {
                        now.clone()
                    };
                    let leaves = body.last().is_some_and(|last| leaves(&last.kind));
                    let end = self.list(body, from);
                    if !leaves {
                        ends.push(end);
                    } else if is_try {
                        ends.push(None);
                    }
                }
            }
        }
        let same = ends.iter().all(|end| *end == now);
        now.filter(|_| same)
    }

    /// Puts the error into the place of the calls that ask for it.
    fn replace(&mut self, expr: &mut Expr, state: &State) {
        if let ExprKind::Closure(closure) = &mut expr.kind {
            let closure: &mut Closure = closure;
            self.function(&mut closure.body);
            return;
        }
        if let Some(message) = asked(expr) {
            let Some(variable) = state else {
                self.refuse(expr.span);
                return;
            };
            let error = variable_of(expr.span, variable);
            *expr = if message {
                call(expr.span, MESSAGE, error)
            } else {
                error
            };
            return;
        }
        for child in expr.children_mut() {
            self.replace(child, state);
        }
    }

    fn refuse(&mut self, span: Span) {
        let message = "an error of JSON of which only a run tells the call that it is of";
        let hint = "ask for it right behind `json_decode`, in the same function";
        let problem = Problem::error(span, message).hint(hint);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Gives names to the text and to the error of the call that a statement begins with.
    fn named(&mut self, stmt: &mut Stmt) -> Option<(Vec<Stmt>, String)> {
        let first = match &mut stmt.kind {
            StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => expr,
            StmtKind::Echo(values) => values.first_mut()?,
            StmtKind::If { branches, .. } => &mut branches.first_mut()?.0,
            _ => return None,
        };
        let found = beginning(first)?;
        let span = found.span;
        let ExprKind::Call { function, args } = &mut found.kind else {
            return None;
        };
        if !is_usual(args) {
            return None;
        }
        let text = args.first_mut().filter(|arg| arg.name.is_none())?;
        let variable = self.free("json_error");
        if function.last() == "json_encode" {
            // No value of the Rust is one that PHP cannot encode.
            let none = Expr {
                span,
                kind: ExprKind::Int(0),
            };
            return Some((vec![set(span, &variable, none)], variable));
        }
        let mut before = Vec::new();
        if !matches!(text.value.kind, ExprKind::Variable(_) | ExprKind::String(_)) {
            let name = self.free("json_text");
            let value = std::mem::replace(&mut text.value, variable_of(span, &name));
            let value = Expr {
                span: value.span,
                kind: ExprKind::Cast {
                    to: Cast::String,
                    value: Box::new(value),
                },
            };
            before.push(set(span, &name, value));
        }
        let error = call(span, ERROR, text.value.clone());
        before.push(set(span, &variable, error));
        Some((before, variable))
    }

    fn free(&mut self, name: &str) -> String {
        let mut own = name.to_owned();
        let mut number = 2;
        while !self.names.insert(own.clone()) {
            own = format!("{name}_{number}");
            number += 1;
        }
        own
    }
}

/// Whether a call takes texts of PHP's usual depth, and flags that are written there.
fn is_usual(args: &[Arg]) -> bool {
    let usual = |depth: &Arg| matches!(depth.value.kind, ExprKind::Int(512..));
    args.get(2).is_none_or(usual) && args.get(3).is_none_or(|flags| is_written(&flags.value))
}

fn is_written(flags: &Expr) -> bool {
    match &flags.kind {
        ExprKind::Int(_) | ExprKind::Constant(_) => true,
        ExprKind::Binary { left, right, .. } => is_written(left) && is_written(right),
        _ => false,
    }
}

/// How many calls decode or encode.
fn count(expr: &mut Expr) -> usize {
    let own = usize::from(codes(expr));
    if matches!(expr.kind, ExprKind::Closure(_)) {
        return 0;
    }
    let children = expr.children_mut().into_iter();
    own + children.map(count).sum::<usize>()
}

/// The call that decodes or encodes, where it is what an expression evaluates first.
fn beginning(expr: &mut Expr) -> Option<&mut Expr> {
    if codes(expr) {
        let mut within = expr.children_mut().into_iter();
        return (!within.any(|child| count(child) > 0)).then_some(expr);
    }
    match &mut expr.kind {
        ExprKind::Assign {
            target,
            op: None,
            value,
        } if is_place(target) => beginning(value),
        ExprKind::Unary { operand, .. } => beginning(operand),
        ExprKind::Cast { value, .. } => beginning(value),
        ExprKind::Index { object, .. } | ExprKind::Property { object, .. } => beginning(object),
        ExprKind::Ternary { condition, .. } => beginning(condition),
        ExprKind::Call { args, .. } => beginning(&mut args.first_mut()?.value),
        ExprKind::Binary { op, left, right } => {
            let literal = matches!(
                left.kind,
                ExprKind::Null | ExprKind::Bool(_) | ExprKind::Variable(_)
            );
            let both = !matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce);
            beginning(if literal && both { right } else { left })
        }
        ExprKind::Whole(whole) => match &mut **whole {
            WholeExpr::Silenced(inner) => beginning(inner),
            _ => None,
        },
        _ => None,
    }
}

fn is_place(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Property { object, member } => member.name().is_some() && is_place(object),
        ExprKind::Index { object, index } => {
            let plain =
                |index: &Expr| matches!(index.kind, ExprKind::String(_) | ExprKind::Variable(_));
            is_place(object) && index.as_deref().is_none_or(plain)
        }
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

fn set(span: Span, name: &str, value: Expr) -> Stmt {
    let kind = ExprKind::Assign {
        target: Box::new(variable_of(span, name)),
        op: None,
        value: Box::new(value),
    };
    Stmt {
        span,
        kind: StmtKind::Expr(Expr { span, kind }),
    }
}

fn variable_of(span: Span, name: &str) -> Expr {
    Expr {
        span,
        kind: ExprKind::Variable(name.to_owned()),
    }
}

fn call(span: Span, name: &str, value: Expr) -> Expr {
    let function = Name {
        span,
        written: name.to_owned(),
        resolved: name.to_owned(),
    };
    let args = vec![Arg { name: None, value }];
    Expr {
        span,
        kind: ExprKind::Call { function, args },
    }
}
