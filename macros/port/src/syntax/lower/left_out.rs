//! The guard: each statement, page and call of the parser's tree is in ours, or is refused.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::page::{is_page, page_text};
use crate::diagnostic::Problem;
use crate::syntax::source::Source;

/// The first statement, page or call that is neither in `lowered` nor within one of `given_up`.
pub(super) fn problem(
    source: &Source<'_>,
    root: Node<'_>,
    lowered: &BTreeSet<usize>,
    given_up: &BTreeSet<usize>,
) -> Option<Problem> {
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        if given_up.contains(&node.id()) {
            continue;
        }
        if !lowered.contains(&node.id()) && has_effect(source.text(), node) {
            return Some(refusal(source, node));
        }
        if matches!(node.kind(), "attribute_list" | "text_interpolation") {
            continue;
        }
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        todo.extend(children.into_iter().rev());
    }
    None
}

fn refusal(source: &Source<'_>, node: Node<'_>) -> Problem {
    let span = source.span(node.byte_range());
    if is_page(node) {
        return Problem::error(span, "this page is no statement of a body in braces")
            .hint("put the body of the statement before it into `{ … }`");
    }
    Problem::error(span, "this is not understood at this place")
        .hint("write it as a separate statement")
}

/// Whether PHP would do something at a node that is no expression without effect.
fn has_effect(text: &str, node: Node<'_>) -> bool {
    match node.kind() {
        "text_interpolation" => !page_text(text, node).is_empty(),
        // Their children are looked at.
        "compound_statement" | "case_statement" | "default_statement" => false,
        kind => kind.ends_with("_statement") || OTHERS.contains(&kind),
    }
}

/// Statements of other names, and calls.
const OTHERS: [&str; 13] = [
    "function_definition",
    "function_static_declaration",
    "global_declaration",
    "class_declaration",
    "interface_declaration",
    "trait_declaration",
    "enum_declaration",
    "method_declaration",
    "function_call_expression",
    "member_call_expression",
    "nullsafe_member_call_expression",
    "scoped_call_expression",
    "object_creation_expression",
];

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::syntax::{Parsed, parse_whole};

    /// For each kind of node with statements: PHP with two calls in it, in each way of writing.
    const BODIES: [(&str, &[&str]); 21] = [
        (
            "anonymous_function",
            &["$f = function () { one(); two(); };"],
        ),
        (
            "case_statement",
            &[
                "switch ($a) { case 1: one(); two(); }",
                "switch ($a): case 1: one(); two(); endswitch;",
            ],
        ),
        ("catch_clause", &["try { } catch (E $e) { one(); two(); }"]),
        ("colon_block", &["while ($a): one(); two(); endwhile;"]),
        ("compound_statement", &["{ one(); { two(); } }"]),
        (
            "declare_statement",
            &[
                "declare(ticks=1) { one(); two(); }",
                "declare(ticks=1): one(); two(); enddeclare;",
            ],
        ),
        (
            "default_statement",
            &[
                "switch ($a) { default: one(); two(); }",
                "switch ($a): default: one(); two(); endswitch;",
            ],
        ),
        ("do_statement", &["do { one(); two(); } while ($a);"]),
        (
            "else_clause",
            &[
                "if ($a) { } else { one(); two(); }",
                "if ($a): else: one(); two(); endif;",
            ],
        ),
        (
            "else_if_clause",
            &[
                "if ($a) { } elseif ($b) { one(); two(); }",
                "if ($a): elseif ($b): one(); two(); endif;",
            ],
        ),
        ("finally_clause", &["try { } finally { one(); two(); }"]),
        (
            "for_statement",
            &[
                "for (;;) { one(); two(); }",
                "for (;;): one(); two(); endfor;",
                "for ($i = one(); $i < 2; two());",
            ],
        ),
        (
            "foreach_statement",
            &[
                "foreach ($a as $b) { one(); two(); }",
                "foreach ($a as $b): one(); two(); endforeach;",
            ],
        ),
        ("function_definition", &["function f() { one(); two(); }"]),
        (
            "if_statement",
            &["if ($a) { one(); two(); }", "if ($a): one(); two(); endif;"],
        ),
        (
            "method_declaration",
            &[
                "class A { function f() { one(); two(); } }",
                "trait A { static function f() { one(); two(); } }",
            ],
        ),
        ("namespace_definition", &["namespace A { one(); two(); }"]),
        ("program", &["one(); two();"]),
        (
            "property_hook",
            &["class A { public $a { get { one(); two(); } } }"],
        ),
        ("try_statement", &["try { one(); two(); } finally { }"]),
        (
            "while_statement",
            &[
                "while ($a) { one(); two(); }",
                "while ($a): one(); two(); endwhile;",
            ],
        ),
    ];

    /// The parser's kinds with a statement or a block among their children.
    fn kinds() -> Vec<String> {
        let all: Value = serde_json::from_str(tree_sitter_php::PHP_NODE_TYPES).unwrap();
        let holds = |part: &Value| {
            let types = part["types"].as_array().into_iter().flatten();
            let mut types = types.filter_map(|ty| ty["type"].as_str());
            types.any(|ty| matches!(ty, "statement" | "compound_statement" | "colon_block"))
        };
        let all = all.as_array().unwrap().iter().filter(|kind| {
            let fields = kind["fields"].as_object().into_iter().flatten();
            holds(&kind["children"]) || fields.into_iter().any(|(_, part)| holds(part))
        });
        all.map(|kind| kind["type"].as_str().unwrap().to_owned())
            .collect()
    }

    fn is_refused(parsed: &Parsed) -> bool {
        !parsed.problems.is_empty() || format!("{:?}", parsed.program).contains("Unsupported")
    }

    #[test]
    fn each_statement_of_each_body_is_there_or_refused() {
        let tested: Vec<_> = BODIES.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds(), tested, "the parser has other bodies: add them");
        for text in BODIES.iter().flat_map(|(_, texts)| *texts) {
            let parsed = parse_whole(text);
            let tree = format!("{:?}", parsed.program);
            let all = tree.contains("\"one\"") && tree.contains("\"two\"");
            assert!(all || is_refused(&parsed), "{text}\n{tree}");
        }
    }

    #[test]
    fn pages_in_bodies_are_there_or_refused() {
        for text in BODIES.iter().flat_map(|(_, texts)| *texts) {
            let text = text.replace("one();", "?><b><?= $one ?></b><?php ");
            let parsed = parse_whole(&format!("<?php {text}"));
            let tree = format!("{:?}", parsed.program);
            let all = ["\"<b>\"", "\"one\"", "\"</b>\""]
                .iter()
                .all(|part| tree.contains(part));
            assert!(
                all || !text.contains("<b>") || is_refused(&parsed),
                "{text}\n{tree}"
            );
        }
    }

    #[test]
    fn a_page_as_a_body_without_braces_is_refused() {
        for text in [
            "if ($a) ?>q<?php one();",
            "while ($a) ?>q<?php one();",
            "if ($a) one(); else ?>q<?php two();",
        ] {
            let parsed = parse_whole(&format!("<?php {text}"));
            assert!(is_refused(&parsed), "{text}\n{:?}", parsed.program);
        }
    }

    #[test]
    fn blank_pages_count_where_something_is_printed() {
        let pages = |text: &str| {
            format!("{:?}", parse_whole(text).program)
                .matches("Echo")
                .count()
        };
        assert_eq!(pages("<?php f(); ?>\n\n\n"), 0);
        assert_eq!(pages("<?= $a ?> <?= $b ?>\n"), 3);
        assert_eq!(pages("\n<?php echo 1; ?>\n\n"), 3);
    }
}
