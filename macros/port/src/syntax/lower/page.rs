//! The text outside of PHP's tags, which PHP prints.

use tree_sitter::Node;

use super::{Lower, named};
use crate::syntax::{Expr, ExprKind, Stmt, StmtKind};

impl<'t> Lower<'t> {
    /// Nodes in a row, each a statement or a page.
    pub(super) fn row<'n>(&mut self, nodes: impl IntoIterator<Item = Node<'n>>) -> Vec<Stmt> {
        let mut statements = Vec::new();
        let mut echoes = false;
        for node in nodes {
            if matches!(node.kind(), "php_tag" | "text_interpolation") {
                statements.extend(self.page(node));
                echoes = self.text(node).ends_with("<?=");
                continue;
            }
            let statement = self.statement(node);
            statements.extend(statement.map(
                |statement| {
                    if echoes { shown(statement) } else { statement }
                },
            ));
            echoes = echoes && self.source.ends_with_comma(node.end_byte());
        }
        statements
    }

    /// A page as a statement. A file that prints nothing else prints no blank page.
    fn page(&mut self, node: Node<'_>) -> Option<Stmt> {
        self.lowered.insert(node.id());
        let text = match node.kind() {
            "php_tag" => self.first_page(node),
            _ => page_text(self.text, node),
        };
        let kept = !text.is_empty() && (self.prints || !text.trim().is_empty());
        let span = self.span(node);
        let kind = ExprKind::String(text.to_owned());
        let kind = StmtKind::Echo(vec![Expr { span, kind }]);
        kept.then_some(Stmt { span, kind })
    }

    /// The text before the first tag, without the line that names the interpreter.
    fn first_page(&self, tag: Node<'_>) -> &'t str {
        let text = self.text.get(..tag.start_byte()).unwrap_or_default();
        match text.split_once('\n') {
            Some((line, behind)) if line.starts_with("#!") => behind,
            _ => text,
        }
    }
}

/// The statements and pages among the children.
pub(super) fn with_pages(parent: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = parent.walk();
    let children = parent.named_children(&mut cursor);
    children
        .filter(|child| !child.is_extra() || is_page(*child))
        .collect()
}

/// The pages directly behind a node: the parser ends a body without braces before them.
pub(super) fn pages_behind(node: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut last = node;
    while let Some(next) = last.next_sibling().filter(Node::is_extra) {
        if is_page(next) {
            found.push(next);
        }
        last = next;
    }
    let clause = node.parent();
    let clause = clause.filter(|parent| matches!(parent.kind(), "else_clause" | "else_if_clause"));
    if let Some(clause) = clause.filter(|_| last.next_sibling().is_none()) {
        found.extend(pages_behind(clause));
    }
    found
}

pub(super) fn is_page(node: Node<'_>) -> bool {
    node.kind() == "text_interpolation"
}

/// The text between `?>` and the next tag, or the end: PHP leaves out a line break directly behind `?>`.
pub(super) fn page_text<'t>(text: &'t str, node: Node<'_>) -> &'t str {
    let mut cursor = node.walk();
    let mut children = node.children(&mut cursor);
    let tag = children.find(|child| child.kind() == "php_tag");
    let end = tag.map_or(text.len(), |tag| tag.start_byte());
    let page = text.get(node.start_byte()..end).unwrap_or_default();
    let page = page.strip_prefix("?>").unwrap_or(page);
    let line = page.strip_prefix('\r').unwrap_or(page);
    line.strip_prefix('\n').unwrap_or(page)
}

/// Whether anything is printed: then blank pages count.
pub(super) fn prints(text: &str, root: Node<'_>) -> bool {
    let own = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    let mut cursor = root.walk();
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        let found = match node.kind() {
            "echo_statement" | "print_intrinsic" => true,
            "exit_statement" => !named(node).is_empty(),
            "text" => !own(node).trim().is_empty(),
            "php_tag" => own(node) == "<?=",
            "name" => PRINTING.contains(&&*own(node).to_ascii_lowercase()),
            _ => false,
        };
        if found {
            return true;
        }
        todo.extend(node.children(&mut cursor));
    }
    false
}

const PRINTING: [&str; 7] = [
    "printf",
    "vprintf",
    "print_r",
    "var_dump",
    "var_export",
    "readfile",
    "fpassthru",
];

/// A statement behind `<?=`.
fn shown(statement: Stmt) -> Stmt {
    let kind = match statement.kind {
        StmtKind::Expr(value) => StmtKind::Echo(vec![value]),
        _ => StmtKind::Unsupported {
            what: "this statement behind `<?=`".to_owned(),
        },
    };
    Stmt { kind, ..statement }
}
