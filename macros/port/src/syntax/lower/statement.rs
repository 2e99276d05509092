//! Statements.

use tree_sitter::Node;

use super::page::{pages_behind, with_pages};
use super::{Lower, has, named};
use crate::syntax::{Arg, Catch, Expr, ExprKind, Name, Stmt, StmtKind};

/// The statements of whole files that `--emit request` runs too.
const RUNS: [&str; 6] = [
    "break_statement",
    "continue_statement",
    "do_statement",
    "for_statement",
    "switch_statement",
    "while_statement",
];

impl Lower<'_> {
    /// The statements and pages among the children.
    pub(super) fn statements(&mut self, parent: Node<'_>) -> Vec<Stmt> {
        self.row(with_pages(parent))
    }

    pub(super) fn statement(&mut self, node: Node<'_>) -> Option<Stmt> {
        // The first tag holds the text before it.
        if matches!(node.kind(), "php_end_tag" | "text") {
            return None;
        }
        self.lowered.insert(node.id());
        // Only the innermost statements around a mistake are given up.
        let compound = is_compound(node) && (self.whole || !node.kind().ends_with("declaration"));
        if node.has_error() && (node.is_error() || !compound) {
            self.note_touched(node);
            return Some(self.unsupported_stmt(node, "a statement with a syntax error"));
        }
        let kind = self.deeper(node, |lower| lower.statement_kind(node));
        let kind = kind.unwrap_or_else(|| StmtKind::Unsupported {
            what: "a statement nested too deeply".into(),
        });
        if matches!(kind, StmtKind::Unsupported { .. }) {
            self.note_touched(node);
            self.give_up(node);
        }
        Some(Stmt {
            span: self.span(node),
            kind,
        })
    }

    fn statement_kind(&mut self, node: Node<'_>) -> StmtKind {
        match node.kind() {
            "expression_statement" => match named(node).first() {
                Some(expr) => StmtKind::Expr(self.expr(*expr)),
                None => StmtKind::Empty,
            },
            "empty_statement" => StmtKind::Empty,
            "declare_statement" if named(node).len() == 1 => StmtKind::Empty,
            "compound_statement" => StmtKind::Block(self.statements(node)),
            "namespace_use_declaration" => self.uses(node),
            "namespace_definition" => self.namespace(node),
            "echo_statement" => StmtKind::Echo(self.sequence(node)),
            "return_statement" => {
                let value = named(node).first().map(|expr| self.expr(*expr));
                StmtKind::Return(value)
            }
            "unset_statement" => self.unset(node),
            "if_statement" => self.if_statement(node),
            "foreach_statement" => self.foreach(node),
            "try_statement" => self.try_statement(node),
            "function_definition" => StmtKind::Function {
                name: self.field_text(node, "name"),
                closure: self.closure(node, false),
            },
            kind if (self.whole || self.runs && RUNS.contains(&kind))
                && let Some(kind) = self.whole_statement(node) =>
            {
                kind
            }
            kind => StmtKind::Unsupported {
                what: format!(
                    "`{}`",
                    kind.trim_end_matches("_statement").replace('_', " ")
                ),
            },
        }
    }

    /// As a call of a function, which it looks like.
    fn unset(&mut self, node: Node<'_>) -> StmtKind {
        let args = named(node).into_iter().map(|target| Arg {
            name: None,
            value: self.expr(target),
        });
        let args = args.collect();
        let span = self.span(node);
        let name = || String::from("unset");
        let function = Name {
            span,
            written: name(),
            resolved: name(),
        };
        StmtKind::Expr(Expr {
            span,
            kind: ExprKind::Call { function, args },
        })
    }

    fn namespace(&mut self, node: Node<'_>) -> StmtKind {
        let name = self.field_text(node, "name");
        self.imports.enter(&name);
        match node.child_by_field_name("body") {
            Some(body) => {
                let kind = StmtKind::Namespace(name);
                let span = self.span(node);
                let mut all = vec![Stmt { span, kind }];
                all.extend(self.statements(body));
                StmtKind::Block(all)
            }
            None => StmtKind::Namespace(name),
        }
    }

    fn sequence(&mut self, node: Node<'_>) -> Vec<Expr> {
        let mut all = Vec::new();
        let mut todo: Vec<_> = named(node).into_iter().rev().collect();
        while let Some(next) = todo.pop() {
            match next.kind() {
                "sequence_expression" => todo.extend(named(next).into_iter().rev()),
                _ => all.push(self.expr(next)),
            }
        }
        all
    }

    fn if_statement(&mut self, node: Node<'_>) -> StmtKind {
        let mut branches = vec![self.branch(node)];
        let mut otherwise = None;
        let mut cursor = node.walk();
        let alternatives: Vec<_> = node
            .children_by_field_name("alternative", &mut cursor)
            .collect();
        for alternative in alternatives {
            match alternative.kind() {
                "else_if_clause" => branches.push(self.branch(alternative)),
                _ => otherwise = Some(self.body(alternative)),
            }
        }
        StmtKind::If {
            branches,
            otherwise,
        }
    }

    fn branch(&mut self, node: Node<'_>) -> (Expr, Vec<Stmt>) {
        (self.field(node, "condition"), self.body(node))
    }

    /// The field `body`, which several statements share in `for (…): … endfor;`, without braces.
    pub(super) fn body(&mut self, node: Node<'_>) -> Vec<Stmt> {
        match node.child_by_field_name("body") {
            _ if node.kind() == "for_statement" && has(node, "endfor") => {
                let parts = with_pages(node).into_iter();
                let colon = node
                    .children(&mut node.walk())
                    .find(|part| part.kind() == ":");
                let start = colon.map_or(0, |colon| colon.end_byte());
                self.row(parts.filter(|part| part.start_byte() >= start))
            }
            Some(body) if body.kind() == "compound_statement" => self.statements(body),
            Some(body) if body.kind() == "colon_block" => {
                let behind = pages_behind(body);
                self.row(with_pages(body).into_iter().chain(behind))
            }
            Some(body) => self.statement(body).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn foreach(&mut self, node: Node<'_>) -> StmtKind {
        let children = named(node);
        let [subject, target, ..] = &*children else {
            return StmtKind::Empty;
        };
        let (key, value) = match target.kind() {
            "pair" => match &*named(*target) {
                [key, value] => (Some(self.boxed(*key)), self.boxed(*value)),
                _ => (None, Box::new(self.unsupported(*target, "this `foreach`"))),
            },
            _ => (None, self.boxed(*target)),
        };
        StmtKind::Foreach {
            subject: self.boxed(*subject),
            key,
            value,
            body: self.body(node),
        }
    }

    fn try_statement(&mut self, node: Node<'_>) -> StmtKind {
        let clauses = named(node);
        let body = self.body(node);
        let (mut catches, mut finally) = (Vec::new(), None);
        for clause in clauses {
            match clause.kind() {
                "catch_clause" => catches.push(self.catch(clause)),
                "finally_clause" => finally = Some(self.body(clause)),
                _ => {}
            }
        }
        StmtKind::Try {
            body,
            catches,
            finally,
        }
    }

    fn catch(&mut self, node: Node<'_>) -> Catch {
        let types = node.child_by_field_name("type").map(named);
        let types = types.unwrap_or_default().into_iter();
        let variable = node.child_by_field_name("name");
        Catch {
            span: self.span(node),
            types: types.map(|ty| self.class(ty)).collect(),
            variable: variable.map(|name| self.variable(name)),
            body: self.body(node),
        }
    }

    pub(super) fn field_text(&self, node: Node<'_>, field: &str) -> String {
        let child = node.child_by_field_name(field);
        child.map_or("", |child| self.text(child)).to_owned()
    }
}

/// Whether statements stand inside: then a mistake in one of them leaves the others.
fn is_compound(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "compound_statement"
            | "if_statement"
            | "try_statement"
            | "foreach_statement"
            | "class_declaration"
            | "trait_declaration"
    ) || (node.kind() == "namespace_definition" && has(node, "compound_statement"))
}
