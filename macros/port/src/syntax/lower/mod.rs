//! From the parser's tree to ours.

mod expression;
mod function;
mod left_out;
mod name;
mod number;
mod page;
mod selves;
mod statement;
mod text;
mod touched;
mod whole;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use self::name::Imports;
use super::parse::Reads;
use super::source::Source;
use super::{Comment, Expr, ExprKind, Program, Span, Stmt, StmtKind};
use crate::diagnostic::Problem;

/// How deep trees may be: what works on them may recurse.
const DEEPEST: usize = 100;

/// The tree, and the place that is nested too deeply, if there is one.
pub(super) fn program(
    source: &Source<'_>,
    root: Node<'_>,
    reads: Reads,
) -> (Program, Option<Problem>) {
    let mut lower = Lower::new(source);
    lower.whole = reads == Reads::Files;
    lower.runs = reads == Reads::Runs;
    lower.prints = page::prints(source.text(), root);
    lower.strict = is_strict(source, root);
    let mut statements = lower.statements(root);
    statements.append(&mut lower.of_functions);
    let program = Program {
        imported: Vec::new(),
        strict: lower.strict,
        statics: None,
        exceptions: None,
        statements,
        comments: comments(source, root),
        fragment: false,
        prints: lower.prints,
        touched: lower.touched,
    };
    let given_up = lower.given_up.into_inner();
    let left_out = (!root.has_error())
        .then(|| left_out::problem(source, root, &lower.lowered, &given_up))
        .flatten();
    (program, lower.too_deep.or(left_out))
}

/// `source` is the array around the fragment of `len` bytes; spans are of the latter.
pub(super) fn fragment(
    source: &Source<'_>,
    len: usize,
    root: Node<'_>,
) -> (Program, Option<Problem>) {
    let mut lower = Lower::new(source);
    let mut statements = lower.statements(root);
    if let [stmt] = &mut *statements {
        stmt.span = Span::new(0, len);
        if let StmtKind::Expr(expr) = &mut stmt.kind {
            expr.span = Span::new(0, len);
        }
    }
    let program = Program {
        imported: Vec::new(),
        strict: false,
        statics: None,
        exceptions: None,
        statements,
        comments: comments(source, root),
        fragment: true,
        prints: false,
        touched: lower.touched,
    };
    (program, lower.too_deep)
}

/// Whether a file says `declare(strict_types=1)`, which PHP takes at the beginning only.
fn is_strict(source: &Source<'_>, root: Node<'_>) -> bool {
    let mut cursor = root.walk();
    let mut children = root.children(&mut cursor);
    children.any(|node| {
        let text = source.text().get(node.byte_range()).unwrap_or_default();
        let words: String = text.split_whitespace().collect();
        let words = words.to_ascii_lowercase();
        node.kind() == "declare_statement" && words.contains("strict_types=1")
    })
}

struct Lower<'t> {
    source: &'t Source<'t>,
    text: &'t str,
    imports: Imports,
    depth: usize,
    /// The first place that is nested too deeply.
    too_deep: Option<Problem>,
    touched: BTreeMap<Span, Vec<String>>,
    /// The parser's nodes that became statements, pages, expressions or methods.
    lowered: BTreeSet<usize>,
    /// The parser's nodes that became `Unsupported`.
    given_up: RefCell<BTreeSet<usize>>,
    /// Whether anything is printed but blank text.
    prints: bool,
    /// Whether what only whole files use is read.
    whole: bool,
    /// Whether loops and choices are read.
    runs: bool,
    /// Whether the file says `declare(strict_types=1)`.
    strict: bool,
    /// The class that is read.
    own_class: Option<String>,
    /// How many functions stand around.
    functions: usize,
    /// The classes that functions declare: PHP has them like all others, once the function has run.
    of_functions: Vec<Stmt>,
    /// The variables that are `$this` by other names in the method that is read.
    selves: Option<Vec<String>>,
}

impl<'t> Lower<'t> {
    fn new(source: &'t Source<'t>) -> Self {
        Self {
            source,
            text: source.text(),
            imports: Imports::default(),
            depth: 0,
            too_deep: None,
            touched: BTreeMap::new(),
            lowered: BTreeSet::new(),
            given_up: RefCell::new(BTreeSet::new()),
            prints: false,
            whole: false,
            runs: false,
            strict: false,
            own_class: None,
            functions: 0,
            of_functions: Vec::new(),
            selves: None,
        }
    }

    fn text(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn span(&self, node: Node<'_>) -> Span {
        self.source.span(node.byte_range())
    }

    /// Works one level deeper; nothing where that is too deep, which is noted.
    fn deeper<T>(&mut self, node: Node<'_>, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEEPEST {
            let message = format!("this is nested too deeply: at most {DEEPEST} levels are read");
            let problem = Problem::error(self.span(node), message);
            let hint = "give the inner part a variable or a function";
            self.too_deep.get_or_insert_with(|| problem.hint(hint));
            return None;
        }
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        Some(done)
    }

    /// Notes that a node, with all that is within, is `Unsupported`.
    fn give_up(&self, node: Node<'_>) {
        self.given_up.borrow_mut().insert(node.id());
    }

    fn unsupported(&self, node: Node<'_>, what: impl Into<String>) -> Expr {
        self.give_up(node);
        Expr {
            span: self.span(node),
            kind: ExprKind::Unsupported { what: what.into() },
        }
    }

    fn unsupported_stmt(&self, node: Node<'_>, what: impl Into<String>) -> Stmt {
        self.give_up(node);
        Stmt {
            span: self.span(node),
            kind: StmtKind::Unsupported { what: what.into() },
        }
    }
}

/// The named children that are no comments.
fn named<'n>(node: Node<'n>) -> Vec<Node<'n>> {
    let mut cursor = node.walk();
    let children = node.named_children(&mut cursor);
    children.filter(|child| !child.is_extra()).collect()
}

/// Whether a token, such as `&`, stands among the children.
fn has(node: Node<'_>, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .any(|child| child.kind() == token)
}

fn comments(source: &Source<'_>, root: Node<'_>) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        if node.kind() == "comment" {
            found.push(comment(source, node));
            continue;
        }
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        todo.extend(children.into_iter().rev());
    }
    found.sort_by_key(|comment| comment.span);
    found
}

fn comment(source: &Source<'_>, node: Node<'_>) -> Comment {
    let raw = source.text().get(node.byte_range()).unwrap_or_default();
    let start = node.start_byte();
    let span = source.span(start..start + raw.trim_end().len());
    let before = source.own().get(..span.start).unwrap_or_default();
    let line = match before.rfind('\n') {
        Some(at) => &before[at + 1..],
        // A tag is no code.
        None => before.trim_start_matches("<?php"),
    };
    Comment {
        span,
        lines: comment_lines(raw),
        trailing: !line.trim().is_empty(),
    }
}

fn comment_lines(raw: &str) -> Vec<String> {
    let raw = raw.trim();
    if let Some(block) = raw.strip_prefix("/*") {
        let inner = block.strip_suffix("*/").unwrap_or(block);
        let star = |line: &str| {
            let line = line.trim();
            let line = line
                .trim_start_matches('*')
                .strip_prefix(' ')
                .unwrap_or(line.trim_start_matches('*'));
            line.trim_end().to_owned()
        };
        let mut lines: Vec<String> = inner.lines().map(star).collect();
        while lines.first().is_some_and(|line| line.trim().is_empty()) {
            lines.remove(0);
        }
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
        return lines;
    }
    let inner = raw.strip_prefix("//").or_else(|| raw.strip_prefix('#'));
    let inner = inner.unwrap_or(raw);
    vec![
        inner
            .strip_prefix(' ')
            .unwrap_or(inner)
            .trim_end()
            .to_owned(),
    ]
}
