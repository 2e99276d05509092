//! From text to tree. The only file, with `lower/`, that knows which parser is below.

use tree_sitter::{Node, Parser, Tree};

use super::lower;
use super::source::Source;
use super::{Program, Span};
use crate::diagnostic::Problem;

/// A tree, and what is wrong with its text.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Parsed {
    /// The tree; statements with a mistake in them, and what is nested too deeply, are `Unsupported`.
    pub program: Program,
    /// The syntax errors; empty for PHP that would run, unless it is nested too deeply to be read.
    pub problems: Vec<Problem>,
    /// Whether anything in it is called or made with `new`, in closures and methods too.
    pub calls: bool,
}

/// Texts above are refused: no page or program of this kind is near.
const LONGEST: usize = 4 << 20;
/// How many mistakes are told of one block: what follows the first is mostly its consequence.
const MISTAKES: usize = 5;

/// Parses PHP: a file with `<?php`, a snippet without, or the inside of an array.
///
/// ```
/// use wechatpay_chain_port::syntax::{ExprKind, StmtKind, parse};
/// let parsed = parse("'appid' => 'wx', // note");
/// assert!(parsed.problems.is_empty() && parsed.program.fragment);
/// assert_eq!(parsed.program.comments[0].lines, ["note"]);
/// assert_eq!(parse("$a->get([;").problems.len(), 1);
/// ```
#[must_use]
pub fn parse(text: &str) -> Parsed {
    parse_as(text, Reads::Snippets)
}

/// Parses PHP as `--emit request` runs it: as [`parse`], with loops, `switch`, `match`, `++` and `--`.
///
/// ```
/// use wechatpay_chain_port::syntax::{StmtKind, parse_run};
/// let parsed = parse_run("for ($i = 0; $i < 2; $i++) { f($i); }");
/// assert!(matches!(parsed.program.statements[0].kind, StmtKind::Whole(_)));
/// ```
#[must_use]
pub fn parse_run(text: &str) -> Parsed {
    parse_as(text, Reads::Runs)
}

/// Parses PHP with all that whole files use: classes, loops, `switch`, `match`, taking lists apart.
///
/// [`parse`] leaves those `Unsupported`, which is what the back ends for snippets know.
#[must_use]
pub fn parse_whole(text: &str) -> Parsed {
    parse_as(text, Reads::Files)
}

/// Which constructs are read; the others are `Unsupported`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    Snippets,
    /// Those of snippets, loops and choices.
    Runs,
    Files,
}

fn parse_as(text: &str, reads: Reads) -> Parsed {
    if text.len() > LONGEST {
        let message = format!("the text is longer than {LONGEST} bytes");
        return refused(Problem::error(Span::default(), message).hint("split it"));
    }
    if let Some(at) = text.find('\0') {
        let problem = Problem::error(Span::new(at, at + 1), "a NUL byte: this is no PHP source");
        return refused(problem);
    }
    let mut source = Source::tagged(text);
    let Some(mut parsed) = tree(&source) else {
        return refused(Problem::error(Span::default(), "the PHP parser gave up"));
    };
    if parsed.root_node().has_error()
        && let Some(split) = source.with_lists_split()
        && let Some(whole) = tree(&split).filter(|tree| !tree.root_node().has_error())
    {
        (source, parsed) = (split, whole);
    }
    let tree = parsed;
    if tree.root_node().has_error()
        && let Some(fragment) = fragment(text)
    {
        return fragment;
    }
    let (program, too_deep) = lower::program(&source, tree.root_node(), reads);
    let mut problems = mistakes(&source, tree.root_node());
    problems.extend(too_deep);
    Parsed {
        program,
        problems,
        calls: calls(tree.root_node()),
    }
}

fn refused(problem: Problem) -> Parsed {
    Parsed {
        program: Program::default(),
        problems: vec![problem],
        calls: false,
    }
}

fn tree(source: &Source<'_>) -> Option<Tree> {
    let mut parser = Parser::new();
    // The grammar of snippets without a tag would be a second megabyte in each program.
    parser
        .set_language(&tree_sitter_php::LANGUAGE_PHP.into())
        .ok()?;
    parser.parse(source.text(), None)
}

/// The text as the inside of an array.
fn fragment(text: &str) -> Option<Parsed> {
    let source = Source::array(text);
    let tree = tree(&source).filter(|tree| !tree.root_node().has_error())?;
    let (program, too_deep) = lower::fragment(&source, text.len(), tree.root_node());
    // `];[` around a text makes two arrays of it.
    let one = program.statements.len() == 1;
    let calls = calls(tree.root_node());
    one.then_some(Parsed {
        program,
        problems: too_deep.into_iter().collect(),
        calls,
    })
}

/// The parser's names for calls.
const CALLS: [&str; 5] = [
    "function_call_expression",
    "member_call_expression",
    "nullsafe_member_call_expression",
    "scoped_call_expression",
    "object_creation_expression",
];

fn calls(root: Node<'_>) -> bool {
    let mut cursor = root.walk();
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        if CALLS.contains(&node.kind()) {
            return true;
        }
        todo.extend(node.children(&mut cursor));
    }
    false
}

fn mistakes(source: &Source<'_>, root: Node<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        if found.len() == MISTAKES {
            break;
        }
        if node.is_error() || node.is_missing() {
            found.push(mistake(source, node));
        } else if node.has_error() {
            let mut cursor = node.walk();
            let children: Vec<_> = node.children(&mut cursor).collect();
            todo.extend(children.into_iter().rev());
        }
    }
    found
}

fn mistake(source: &Source<'_>, node: Node<'_>) -> Problem {
    let span = source.span(node.byte_range());
    if node.is_missing() {
        return Problem::error(span, format!("`{}` is missing here", node.kind()));
    }
    let found = source.own().get(span.range()).unwrap_or_default();
    let found = found.trim_start();
    let shown: String = found
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(30)
        .collect();
    Problem::error(span, format!("this is no PHP: `{shown}`"))
        .hint("brackets and quotation marks before this place may be unbalanced")
}
