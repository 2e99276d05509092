//! The text that the parser reads: the caller's, with an open tag where it has none.

use std::borrow::Cow;
use std::ops::Range;

use super::Span;

/// The tag that is put before a text without one.
const TAG: &str = "<?php ";

/// The parser's text, and where the caller's begins in it.
#[derive(Debug, Clone)]
pub(super) struct Source<'t> {
    text: Cow<'t, str>,
    /// How many bytes stand before the caller's text.
    shift: usize,
    /// Where the parser reads `;` for the commas of `<?= $a, $b ?>`, which it does not know.
    commas: Vec<usize>,
}

impl<'t> Source<'t> {
    /// The text as it is, or behind a tag.
    pub(super) fn tagged(text: &'t str) -> Self {
        if has_tag(text) {
            return Self {
                text: text.into(),
                shift: 0,
                commas: Vec::new(),
            };
        }
        Self {
            text: format!("{TAG}{text}").into(),
            shift: TAG.len(),
            commas: Vec::new(),
        }
    }

    /// The text as the inside of an array.
    pub(super) fn array(text: &str) -> Self {
        let before = if has_tag(text) {
            "[".into()
        } else {
            format!("{TAG}[")
        };
        Self {
            // The line break ends a comment on the last line.
            text: format!("{before}{text}\n];").into(),
            shift: before.len(),
            commas: Vec::new(),
        }
    }

    /// The same with the values of each `<?= $a, $b ?>` as statements; nothing where there is no such list.
    pub(super) fn with_lists_split(&self) -> Option<Self> {
        let commas = shown_lists(&self.text);
        if commas.is_empty() {
            return None;
        }
        let mut text = self.text.clone().into_owned();
        for at in &commas {
            text.replace_range(at..=at, ";");
        }
        Some(Self {
            text: text.into(),
            shift: self.shift,
            commas,
        })
    }

    /// Whether a comma of `<?= $a, $b ?>` ends at this byte of the parser's text.
    pub(super) fn ends_with_comma(&self, end: usize) -> bool {
        end.checked_sub(1)
            .is_some_and(|at| self.commas.contains(&at))
    }

    /// The parser's text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The caller's text, and what stands behind it.
    pub(super) fn own(&self) -> &str {
        &self.text[self.shift..]
    }

    /// A place of the parser's text as a place of the caller's.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let at = |byte: usize| byte.saturating_sub(self.shift);
        Span::new(at(range.start), at(range.end))
    }
}

/// The commas between the values of each `<?= $a, $b ?>`.
fn shown_lists(text: &str) -> Vec<usize> {
    let mut commas = Vec::new();
    for (start, tag) in text.match_indices("<?=") {
        let section = text.get(start + tag.len()..).unwrap_or_default();
        let mut found = Vec::new();
        if commas_of(section, &mut found) {
            commas.extend(found.into_iter().map(|at| start + tag.len() + at));
        }
    }
    commas
}

/// The commas outside of brackets, quotes and comments before `?>`; false where that does not follow.
fn commas_of(section: &str, found: &mut Vec<usize>) -> bool {
    let mut depth = 0_usize;
    let mut chars = section.char_indices();
    while let Some((at, c)) = chars.next() {
        let rest = section.get(at..).unwrap_or_default();
        match c {
            '?' if rest.starts_with("?>") => return true,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => found.push(at),
            '\'' | '"' | '`' => {
                let mut escaped = false;
                let closed = chars.by_ref().any(|(_, inner)| {
                    let closes = inner == c && !escaped;
                    escaped = inner == '\\' && !escaped;
                    closes
                });
                if !closed {
                    return false;
                }
            }
            // A comment or a text of several lines: rare here.
            '#' => return false,
            '/' if rest.starts_with("//") || rest.starts_with("/*") => return false,
            '<' if rest.starts_with("<<<") => return false,
            _ => {}
        }
    }
    false
}

fn has_tag(text: &str) -> bool {
    text.contains("<?php") || text.contains("<?=")
}

#[cfg(test)]
mod tests {
    use tree_sitter::{Language, Node, Parser};

    use super::*;

    /// Every node: its kind, its place, and whether it is a mistake. The tag and the root, which holds it, stay out.
    fn nodes(language: Language, source: &Source<'_>) -> Vec<(String, Span, bool)> {
        fn walk(node: Node<'_>, source: &Source<'_>, found: &mut Vec<(String, Span, bool)>) {
            let mut cursor = node.walk();
            for child in node.children(&mut cursor) {
                if child.kind() == "php_tag" {
                    continue;
                }
                let wrong = child.is_error() || child.is_missing();
                found.push((child.kind().into(), source.span(child.byte_range()), wrong));
                walk(child, source, found);
            }
        }
        let mut parser = Parser::new();
        parser.set_language(&language).unwrap();
        let tree = parser.parse(source.text(), None).unwrap();
        let mut found = Vec::new();
        walk(tree.root_node(), source, &mut found);
        found
    }

    /// The grammar that reads PHP without a tag finds the same at the same places.
    fn assert_same(text: &str) {
        let alone = Source {
            text: text.into(),
            shift: 0,
            commas: Vec::new(),
        };
        let expected = nodes(tree_sitter_php::LANGUAGE_PHP_ONLY.into(), &alone);
        let tagged = Source::tagged(text);
        assert_eq!(tagged.own(), text);
        let found = nodes(tree_sitter_php::LANGUAGE_PHP.into(), &tagged);
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_tag_put_before_a_text_changes_no_node_and_no_place() {
        let snippets = [
            "",
            "\n\n  // 注释\n\n$a = '中文'; // behind\n",
            "/* a\n * b\n */\n$resp = $instance->chain('v3/pay')->post(['json' => ['a' => 1]]);",
            "# first\r\n$a = <<<TEXT\n  x {$b['c']} $d[0]\n  TEXT;\r\n",
            "namespace A\\B;\nuse C\\D as E;\nclass F extends E { public function g(): ?int { return 1; } }",
            "$a = fn ($x) => $x ** 2; foreach ($a as $k => [$v, , $w]) { yield $k => $v; }",
            "match (true) { default => null }; $a?->b()->{'c'}(...$d);",
            "if ($a): echo 1; elseif ($b): echo 2; endif;",
        ];
        for text in snippets {
            assert_same(text);
        }
    }

    #[test]
    fn text_behind_the_closing_tag_is_no_mistake() {
        let parsed = crate::syntax::parse("f(); ?>\ntext <b>here</b>\n");
        assert_eq!(parsed.problems, []);
        assert_eq!(parsed.program.statements[0].span, Span::new(0, 4));
    }

    #[test]
    fn nor_in_the_expressions_that_are_run() {
        let expressions = include_str!("../../tests/data/expressions.txt");
        assert!(expressions.lines().count() > 100);
        for line in expressions.lines().filter(|line| !has_tag(line)) {
            assert_same(&format!("{line};"));
        }
    }

    #[test]
    fn nor_the_places_of_mistakes() {
        for text in ["$a->get([;", "f();\ng(1 2);\nh();", "$a = 1\n$b = 2;"] {
            assert_same(text);
        }
    }

    #[test]
    fn an_array_is_shifted_by_its_bracket_and_the_tag() {
        let source = Source::array("'a' => 1");
        assert_eq!(source.text(), "<?php ['a' => 1\n];");
        assert_eq!(source.span(7..10), Span::new(0, 3));
        assert_eq!(source.span(0..7), Span::new(0, 0));
    }
}
