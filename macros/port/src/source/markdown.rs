//! Fenced blocks of PHP in Markdown.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::Block;

pub(super) fn blocks(file: &str, text: &str) -> Vec<Block> {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                open = title(&info).map(|title| begin(file, title, line_of(&starts, range.start)));
            }
            Event::Text(piece) => {
                if let Some(block) = &mut open {
                    add(block, &piece, &range, &starts, text);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

/// Whether a line opens a fence of PHP.
pub(super) fn opens_php(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '>']);
    let info = line.trim_start_matches(['`', '~']);
    line.len() - info.len() >= 3 && title(info).is_some()
}

/// The text behind `php`, when that is the language.
fn title(info: &str) -> Option<&str> {
    let info = info.trim();
    let end = info
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(info.len());
    let (language, title) = info.split_at(end);
    language.eq_ignore_ascii_case("php").then(|| title.trim())
}

fn begin(file: &str, title: &str, line: usize) -> Block {
    Block {
        file: file.to_owned(),
        text: String::new(),
        line,
        fenced: true,
        title: title.to_owned(),
        lines: Vec::new(),
        path: None,
        others: Vec::new(),
    }
}

/// Adds what stands between the fences: in a list or a quotation it comes line by line, without what
/// is before each line.
fn add(block: &mut Block, piece: &str, range: &Range<usize>, starts: &[usize], text: &str) {
    let mut at = range.start;
    for line in piece.split_inclusive('\n') {
        let number = line_of(starts, at);
        if block.text.is_empty() || block.text.ends_with('\n') {
            let before = text.get(starts[number - 1]..at).unwrap_or_default();
            let col = before.chars().count() + 1;
            block.lines.push((block.text.len(), number, col));
        }
        block.text.push_str(line);
        at += line.len();
    }
}

/// The line of a byte, from 1.
fn line_of(starts: &[usize], at: usize) -> usize {
    starts.partition_point(|start| *start <= at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_in_order_and_no_other_language() {
        let text =
            "```php [一]\n$a;\n```\n```js\nb\n```\n\n> ~~~PHP\n> $c\n>   ->d;\n> ~~~\n\n```php\n";
        let blocks = blocks("x.md", text);
        let seen: Vec<_> = blocks
            .iter()
            .map(|block| (&*block.text, block.line, &*block.title))
            .collect();
        assert_eq!(
            seen,
            [("$a;\n", 1, "[一]"), ("$c\n  ->d;\n", 8, ""), ("", 13, "")]
        );
        assert_eq!(
            blocks[1].position(5),
            (10, 5),
            "`->` behind `> ` and two spaces"
        );
    }

    #[test]
    fn carriage_returns_move_nothing() {
        let blocks = blocks("x.md", "a\r\n\r\n```php\r\n$a;\r\n$b;\r\n```\r\n");
        let block = &blocks[0];
        let at = block.text.find("$b").unwrap();
        assert_eq!((block.line, block.position(at)), (3, (5, 1)));
    }
}
