//! Finds the PHP in what was given, and remembers where it stood.

mod gutter;
mod label;
mod looks;
mod markdown;
mod pasted;
mod tidy;

use crate::diagnostic::{Diagnostic, Problem};
use crate::syntax::Span;

/// The kind of an input's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PHP, with or without `<?php`.
    Php,
    /// Markdown with fenced blocks of PHP.
    Markdown,
    /// Text copied from a page, a terminal or an editor, with PHP in it.
    Pasted,
}

impl Kind {
    /// By the ending of the file's name; otherwise by what the text looks like.
    #[must_use]
    pub fn guess(file: &str, text: &str) -> Self {
        let ending = file.rsplit_once('.').map(|(_, ending)| ending);
        let is = |known: &[&str]| {
            ending
                .is_some_and(|ending| known.iter().any(|known| ending.eq_ignore_ascii_case(known)))
        };
        let fenced = || text.lines().any(markdown::opens_php);
        if is(&["php", "phtml", "inc"]) {
            Self::Php
        } else if is(&["md", "markdown", "mdx"]) {
            if fenced() {
                Self::Markdown
            } else {
                Self::Pasted
            }
        } else if text.trim_start().starts_with("<?") {
            Self::Php
        } else if fenced() {
            Self::Markdown
        } else {
            let found = pasted::blocks(file, text);
            // Code that is not recognised is the parser's to report.
            let unknown = found.is_empty() && !is(&["txt", "text"]);
            if unknown || pasted::is_all(&found, text) {
                Self::Php
            } else {
                Self::Pasted
            }
        }
    }
}

/// One stretch of PHP.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Block {
    /// The file it is from, as it was named.
    pub file: String,
    /// The PHP; spans are of this text.
    pub text: String,
    /// Where the block begins in the file: the line of the fence, in a PHP file the first one.
    pub line: usize,
    /// Whether it stood between fences.
    pub fenced: bool,
    /// The text behind ```` ```php ````: a title, in most documents.
    pub title: String,
    /// For each line of `text`: where it begins in it, and line and column in the file.
    lines: Vec<(usize, usize, usize)>,
    /// Its path below the folder that is ported, with `/`; none where a file is ported by itself.
    path: Option<String>,
    /// Where the text of other files begins, their names and their paths below the folder.
    others: Vec<(usize, String, Option<String>)>,
}

impl Block {
    /// Line and column of a byte of the text, in the file, both from 1; columns are characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let index = self.lines.partition_point(|(start, _, _)| *start <= offset);
        let Some((start, line, col)) = index.checked_sub(1).and_then(|index| self.lines.get(index))
        else {
            return (self.line, 1);
        };
        let upto = self.text.as_bytes().get(*start..offset).unwrap_or_default();
        (*line, col + String::from_utf8_lossy(upto).chars().count())
    }

    /// The line that a call is reported with: the fence's in Markdown, else that of `span`.
    #[must_use]
    pub fn report_line(&self, span: Span) -> usize {
        match self.fenced {
            true => self.line,
            false => self.position(span.start).0,
        }
    }

    /// A problem with its place in the file.
    #[must_use]
    pub fn diagnose(&self, problem: Problem) -> Diagnostic {
        let start = problem.span.start;
        Diagnostic::new(self.file_at(start), self.position(start), problem)
    }

    /// The file that a byte of the text is from.
    #[must_use]
    pub fn file_at(&self, offset: usize) -> &str {
        self.other_at(offset)
            .map_or(&self.file, |(_, file, _)| file)
    }

    /// The path below the ported folder of the file that a byte of the text is from.
    pub(crate) fn path_at(&self, offset: usize) -> Option<&str> {
        let other = self.other_at(offset);
        other.map_or(&self.path, |(_, _, path)| path).as_deref()
    }

    fn other_at(&self, offset: usize) -> Option<&(usize, String, Option<String>)> {
        let mut others = self.others.iter().rev();
        others.find(|(start, _, _)| *start <= offset)
    }

    /// Sets its path below the folder that is ported.
    pub(crate) fn set_path(&mut self, path: &str) {
        self.path = Some(path.to_owned());
    }

    /// Puts the text of another file behind this one, and gives its place.
    pub(crate) fn append(&mut self, other: &Self) -> usize {
        self.text.push('\n');
        let start = self.text.len();
        self.text.push_str(&other.text);
        let lines = other.lines.iter();
        let lines = lines.map(|(at, line, col)| (start + at, *line, *col));
        self.lines.extend(lines);
        let (file, path) = (other.file.clone(), other.path.clone());
        self.others.push((start, file, path));
        start
    }

    /// A file that is all PHP.
    ///
    /// ```
    /// use wechatpay_chain_port::source::Block;
    /// assert_eq!(Block::whole("a.php", "$a;\n$b;").position(4), (2, 1));
    /// ```
    #[must_use]
    pub fn whole(file: &str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            line: 1,
            fenced: false,
            title: String::new(),
            lines: starts
                .zip(1..)
                .map(|(start, line)| (start, line, 1))
                .collect(),
            path: None,
            others: Vec::new(),
        }
    }
}

/// The blocks of PHP of an input, in order.
///
/// ```
/// use wechatpay_chain_port::source::{Kind, split};
/// let text = "# Pay\n\n- so:\n\n  ```php [sync]\n  $a;\n  ```\n";
/// let blocks = split("pay.md", text, Kind::guess("pay.md", text));
/// assert_eq!((blocks[0].text.as_str(), blocks[0].line), ("$a;\n", 5));
/// assert_eq!(blocks[0].position(0), (6, 3));
/// ```
#[must_use]
pub fn split(file: &str, text: &str, kind: Kind) -> Vec<Block> {
    match kind {
        Kind::Php => vec![Block::whole(file, text)],
        Kind::Markdown => markdown::blocks(file, text),
        Kind::Pasted => pasted::blocks(file, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_guessed_by_name_and_then_by_looks() {
        for (file, text, expected) in [
            ("a.md", "```php\n$a;\n```", Kind::Markdown),
            ("a.md", "text\n$a->b();\n", Kind::Pasted),
            ("a.txt", "text", Kind::Pasted),
            ("a.txt", "$a->b();\n", Kind::Php),
            ("-", "php\n$a->b();\n", Kind::Pasted),
            ("A.PHP", "```php\n```", Kind::Php),
            ("-", "$a;", Kind::Php),
            ("-", "text\n\n~~~ php\n$a;\n~~~\n", Kind::Markdown),
            ("-", "  ```PHP{1,2} [x]\n$a;\n```\n", Kind::Markdown),
            ("-", "<?php $s = '\n```php\n';", Kind::Php),
            ("-", "", Kind::Php),
        ] {
            assert_eq!(Kind::guess(file, text), expected, "{file} {text}");
        }
    }

    #[test]
    fn positions_count_characters() {
        let block = Block::whole("-", "a\n中文$x\n");
        assert_eq!(block.position(0), (1, 1));
        assert_eq!(block.position("a\n中文".len()), (2, 3));
        assert_eq!(block.position(1000), (3, 1));
        assert_eq!(
            block.position("a\n中".len() - 1),
            (2, 2),
            "within a character"
        );
    }

    #[test]
    fn a_problem_becomes_a_line_of_text() {
        let block = Block::whole("x.php", "a\nb c");
        let problem = Problem::error(Span::new(4, 5), "no").hint("do");
        let shown = block.diagnose(problem).to_string();
        assert_eq!(shown, "x.php:2:3: error: no\n  help: do");
    }
}
