//! The state of a port: what was written so far, and what is known of the snippet.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::Imports;
use super::names::{Names, RESERVED};
use super::rust::{Expr, Node};
use super::scope::{Param, Scope, Variable};
use super::{Options, prune};
use crate::diagnostic::Problem;
use crate::recognise;
use crate::source::Block;
use crate::syntax::{Expr as Expression, ExprKind, Program, Span, Stmt};

/// What translating gives: a problem becomes a comment with the PHP and a `compile_error!`.
pub(crate) type Outcome<T> = Result<T, Problem>;

/// The port of one block.
pub(crate) struct Porter<'a> {
    pub(crate) block: &'a Block,
    pub(crate) program: &'a Program,
    pub(crate) options: &'a Options,
    pub(crate) imports: &'a mut Imports,
    pub(crate) scope: Scope,
    pub(crate) problems: Vec<Problem>,
    /// Whether the code around is `async`.
    pub(crate) is_async: bool,
    /// Statements of the blocks that are open, the innermost last.
    frames: Vec<Vec<Node>>,
    /// The comments that were written, by their place.
    comments: BTreeSet<usize>,
    /// Names of variables that were made up.
    made: BTreeSet<String>,
    /// Whether something could not be translated.
    pub(crate) incomplete: bool,
    /// JSON pointers of what PHP encrypts in the call under way.
    pub(crate) encrypt: Vec<String>,
    /// Arrays that variables were assigned, as they were written.
    pub(crate) arrays: BTreeMap<String, &'a Expression>,
    /// Keys that were added to such an array since.
    pub(crate) added: BTreeMap<String, Vec<String>>,
    /// Closures that variables were assigned.
    pub(crate) closures: BTreeMap<String, &'a Expression>,
    /// Variables that something else took the place of.
    pub(crate) superseded: BTreeSet<String>,
    /// JSON pointers of what PHP encrypts in a variable's value.
    pub(crate) secrets: BTreeMap<String, Vec<String>>,
    /// The blocks that are open, the innermost last.
    pub(crate) open: Vec<super::block::Open<'a>>,
    /// Promises that wait for `wait()`: the variable and what to do then.
    pub(crate) promises: Vec<(String, super::call::Deferred<'a>)>,
    /// How many `if let Some(api)` stand around.
    pub(crate) answers: usize,
    /// The calls that were looked at; the others must not vanish.
    pub(crate) taken: BTreeSet<(usize, usize)>,
}

impl<'a> Porter<'a> {
    pub(crate) fn new(
        block: &'a Block,
        program: &'a Program,
        options: &'a Options,
        imports: &'a mut Imports,
        is_async: bool,
    ) -> Self {
        // Variables of a macro are its user's.
        let reserved = if imports.is_absolute() { &[] } else { RESERVED };
        let mut scope = Scope::new(Names::of(&block.text, reserved));
        scope.clients = clients(program);
        Self {
            block,
            program,
            options,
            imports,
            scope,
            problems: Vec::new(),
            is_async,
            frames: vec![Vec::new()],
            comments: BTreeSet::new(),
            made: BTreeSet::new(),
            incomplete: false,
            promises: Vec::new(),
            secrets: BTreeMap::new(),
            open: Vec::new(),
            encrypt: Vec::new(),
            arrays: BTreeMap::new(),
            added: BTreeMap::new(),
            closures: BTreeMap::new(),
            superseded: BTreeSet::new(),
            answers: 0,
            taken: BTreeSet::new(),
        }
    }

    /// The statements, and what the function has to be given.
    pub(crate) fn finish(mut self) -> (Vec<Node>, Vec<Param>, Vec<Problem>, bool) {
        let end = self.block.text.len();
        self.comments_before(end);
        self.left_out();
        let nodes = prune::unused(self.frames.pop().unwrap_or_default(), &[], &self.superseded);
        (nodes, self.scope.params, self.problems, self.incomplete)
    }

    /// Calls that nothing became of stay as PHP, as anything does that cannot be translated.
    fn left_out(&mut self) {
        for problem in recognise::left_out(self.program, &self.taken) {
            self.foreign(problem.span, problem);
        }
    }

    pub(crate) fn source(&self, span: Span) -> &'a str {
        self.block.text.get(span.range()).unwrap_or_default()
    }

    pub(crate) fn push(&mut self, node: Node) {
        if let Some(frame) = self.frames.last_mut() {
            frame.push(node);
        }
    }

    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.push(Node::Comment(text.into()));
    }

    pub(crate) fn warn(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(Problem::warning(span, message));
    }

    /// Runs `work` with a block of its own.
    pub(crate) fn nested<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<(T, Vec<Node>)> {
        self.frames.push(Vec::new());
        let outcome = work(self);
        let nodes = self.frames.pop().unwrap_or_default();
        outcome.map(|value| (value, nodes))
    }

    /// `let name = value;`, and the variable for what follows.
    pub(crate) fn define(&mut self, php: &str, value: Expr, variable: Variable) {
        self.push(Node::Let {
            name: variable.rust.clone(),
            mutable: false,
            value,
            after: None,
        });
        self.scope.set(php, variable);
    }

    /// `let name = value;` of what has no name in PHP; gives the name.
    pub(crate) fn bind(&mut self, wanted: &str, value: Expr) -> String {
        let name = self.fresh(wanted);
        self.push(Node::Let {
            name: name.clone(),
            mutable: false,
            value,
            after: None,
        });
        name
    }

    /// A name that the snippet does not use.
    pub(crate) fn fresh(&mut self, wanted: &str) -> String {
        let taken = |name: &str| {
            self.made.contains(name)
                || self.scope.params.iter().any(|param| param.name == name)
                || self.scope.names.is_taken(name)
        };
        let mut name = wanted.to_owned();
        let mut number = 2;
        while taken(&name) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        self.made.insert(name.clone());
        name
    }

    /// Makes the nearest `let` of a variable mutable.
    pub(crate) fn mutate(&mut self, rust: &str) {
        for frame in self.frames.iter_mut().rev() {
            for node in frame.iter_mut().rev() {
                if let Node::Let { name, mutable, .. } = node
                    && name == rust
                {
                    *mutable = true;
                    return;
                }
            }
        }
    }

    /// What `$name` is called in Rust.
    pub(crate) fn name(&self, php: &str) -> String {
        self.scope.names.get(php)
    }

    /// The statements of a block.
    pub(crate) fn statements(&mut self, statements: &'a [Stmt]) {
        for (index, stmt) in statements.iter().enumerate() {
            if index > 0 {
                self.blank_line(stmt.span.start);
            }
            self.comments_before(stmt.span.start);
            let rest = statements.get(index + 1..).unwrap_or_default();
            self.one(stmt, rest);
        }
    }

    /// One statement; what cannot be translated leaves itself as a comment.
    fn one(&mut self, stmt: &'a Stmt, rest: &'a [Stmt]) {
        let start = self.frames.last().map_or(0, Vec::len);
        let seen: BTreeSet<usize> = self.comments.clone();
        // What a statement made up, the next one may make up again.
        self.made.clear();
        match self.statement(stmt, rest) {
            Ok(()) => self.comments_of(stmt.span, start),
            Err(problem) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.truncate(start);
                }
                self.comments = seen;
                self.foreign(stmt.span, problem);
            }
        }
    }

    /// The PHP as a comment, and why it stays so.
    pub(crate) fn foreign(&mut self, span: Span, problem: Problem) {
        let php = self.source(span).lines().map(str::trim_end);
        let php: Vec<_> = php.map(str::to_owned).collect();
        for comment in self.program.comments_in(span) {
            self.comments.insert(comment.span.start);
        }
        // What stands in there is told of with it.
        let calls = recognise::calls(self.program).into_iter();
        let inside = calls.map(|found| recognise::key(found.call.span));
        self.taken
            .extend(inside.filter(|(start, end)| span.start <= *start && *end <= span.end));
        let (line, col) = self.block.position(problem.span.start);
        let reason = format!("{}:{line}:{col}: {}", self.block.file, problem.message);
        self.incomplete = true;
        self.problems.push(problem);
        self.push(Node::Foreign { php, reason });
    }

    /// Comments within a statement that found no better place go before it; the one behind it stays.
    fn comments_of(&mut self, span: Span, start: usize) {
        let inner = self.take(|comment, _| span.contains(comment));
        if let Some(frame) = self.frames.last_mut() {
            let at = start.min(frame.len());
            let nodes = inner.into_iter().map(Node::Comment);
            frame.splice(at..at, nodes);
        }
        let text = &self.block.text;
        let behind = self.take(|comment, trailing| {
            trailing
                && comment.start >= span.end
                && text
                    .get(span.end..comment.start)
                    .is_some_and(|gap| !gap.contains('\n'))
        });
        let mut behind = behind.into_iter();
        let slot = self
            .frames
            .last_mut()
            .and_then(|frame| frame.last_mut())
            .and_then(|node| match node {
                Node::Let { after, .. } | Node::Do { after, .. } if after.is_none() => Some(after),
                _ => None,
            });
        if let Some(slot) = slot {
            *slot = behind.next();
        }
        for text in behind {
            self.note(text);
        }
    }

    /// Writes the comments that end before a place.
    pub(crate) fn comments_before(&mut self, at: usize) {
        for text in self.take(|comment, _| comment.end <= at) {
            self.note(text);
        }
    }

    /// The statements of a block that ends at a place, and the comments before its brace.
    pub(crate) fn inner(&mut self, statements: &'a [Stmt], end: usize) -> Outcome<Vec<Node>> {
        let ((), nodes) = self.nested(|porter| {
            porter.statements(statements);
            porter.comments_before(end);
            Ok(())
        })?;
        Ok(nodes)
    }

    /// An empty line where the source has one.
    fn blank_line(&mut self, at: usize) {
        let before = self.block.text.get(..at).unwrap_or_default();
        let mut lines = before.rsplit('\n').skip(1);
        let mut line = lines.next();
        while line.is_some_and(|line| {
            let line = line.trim_start();
            line.starts_with("//") || line.starts_with('#')
        }) {
            line = lines.next();
        }
        let empty = line.is_some_and(|line| line.trim().is_empty());
        let frame = self.frames.last_mut();
        if let Some(frame) = frame
            && empty
            && !frame.is_empty()
            && !matches!(frame.last(), Some(Node::Blank))
        {
            frame.push(Node::Blank);
        }
    }

    /// The lines of the comments that `wanted` says yes to; each is given out once.
    pub(crate) fn take(&mut self, wanted: impl Fn(Span, bool) -> bool) -> Vec<String> {
        let mut lines = Vec::new();
        for comment in &self.program.comments {
            if wanted(comment.span, comment.trailing) && self.comments.insert(comment.span.start) {
                lines.extend(comment.lines.iter().cloned());
            }
        }
        lines
    }

    /// The comments around an item of an array: on lines before it, and behind it.
    pub(crate) fn around(
        &mut self,
        from: usize,
        item: Span,
        until: usize,
    ) -> (Vec<String>, Option<String>) {
        let text = &self.block.text;
        let gap = |start: usize, end: usize| text.get(start..end).unwrap_or_default();
        let before = self.take(|comment, _| comment.start >= from && comment.end <= item.start);
        let after = self.take(|comment, trailing| {
            trailing
                && comment.start >= item.end
                && comment.start < until
                && !gap(item.end, comment.start).contains('\n')
        });
        (before, (!after.is_empty()).then(|| after.join(" ")))
    }
}

/// The variables that calls are made on.
fn clients(program: &Program) -> BTreeSet<String> {
    let calls = recognise::calls(program).into_iter();
    calls
        .filter(|found| found.call.doubt.is_none())
        .filter_map(|found| match &found.call.client.kind {
            ExprKind::Variable(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}
