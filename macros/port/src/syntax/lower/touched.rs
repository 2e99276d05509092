//! Variables that something unsupported may change.

use tree_sitter::Node;

use super::{Lower, has};

impl Lower<'_> {
    /// Keeps what is known of a node that is not understood otherwise.
    pub(super) fn note_touched(&mut self, node: Node<'_>) {
        let names = touched(self.text, node);
        if !names.is_empty() {
            let all = self.touched.entry(self.span(node)).or_default();
            all.extend(names);
            all.sort();
            all.dedup();
        }
    }
}

fn touched(text: &str, root: Node<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        match node.kind() {
            "assignment_expression"
            | "augmented_assignment_expression"
            | "reference_assignment_expression" => targets(text, node, &mut names),
            "update_expression"
            | "by_ref"
            | "list_literal"
            | "static_variable_declaration"
            | "global_declaration"
            | "unset_statement" => variables(text, node, &mut names),
            // Which functions change what they are given is not looked up here.
            "argument" if has(node, "variable_name") || has(node, "&") => {
                variables(text, node, &mut names);
            }
            "foreach_statement" => {
                let mut cursor = node.walk();
                let targets = node.named_children(&mut cursor).skip(1).take(1);
                targets.for_each(|target| variables(text, target, &mut names));
            }
            _ => {}
        }
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        // Of a mistake, only `$name =` may be left to go by.
        for pair in children.windows(2) {
            if pair[0].kind() == "variable_name" && pair[1].kind() == "=" {
                names.push(name(text, pair[0]));
            }
        }
        todo.extend(children);
    }
    names
}

/// The variables on the left; with `=&`, those on the right as well.
fn targets(text: &str, node: Node<'_>, names: &mut Vec<String>) {
    let reference = node.kind().starts_with("reference");
    let fields = if reference {
        &["left", "right"][..]
    } else {
        &["left"]
    };
    for field in fields {
        let Some(mut target) = node.child_by_field_name(field) else {
            continue;
        };
        // Of `$a[$i]->b` only `$a` changes.
        while matches!(
            target.kind(),
            "subscript_expression" | "member_access_expression"
        ) {
            match target.named_child(0) {
                Some(inner) => target = inner,
                None => break,
            }
        }
        variables(text, target, names);
    }
}

fn variables(text: &str, root: Node<'_>, names: &mut Vec<String>) {
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        match node.kind() {
            "variable_name" => names.push(name(text, node)),
            "dynamic_variable_name" => names.push("*".to_owned()),
            _ => {}
        }
        let mut cursor = node.walk();
        todo.extend(node.named_children(&mut cursor));
    }
}

fn name(text: &str, node: Node<'_>) -> String {
    let text = text.get(node.byte_range()).unwrap_or_default();
    text.trim_start_matches('$').to_owned()
}
