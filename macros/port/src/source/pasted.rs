//! PHP in plain text that was copied from a page, a terminal or an editor.

use super::Block;
use super::gutter::{Gutter, Prompt};
use super::label::{Label, is_button, label};
use super::looks::{continues, starts};
use super::tidy::{Reader, tidied};

/// The stretches of PHP in a text without fences, in order. Text around them is not PHP.
pub(super) fn blocks(file: &str, text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    let mut finder = Finder {
        file,
        found: Vec::new(),
        open: None,
        heading: None,
        foreign: false,
        number: None,
    };
    for (at, line) in lines.iter().enumerate() {
        finder.line(at + 1, line, lines.get(at + 1).copied().unwrap_or_default());
    }
    finder.close();
    finder.found
}

/// Whether all of the text is PHP as it stands.
pub(super) fn is_all(blocks: &[Block], text: &str) -> bool {
    matches!(blocks, [block] if block.text.trim() == text.trim())
}

struct Finder<'t> {
    file: &'t str,
    found: Vec<Block>,
    open: Option<Open>,
    /// The line `php` above the code, as long as only buttons and numbers follow it.
    heading: Option<usize>,
    /// Whether a line above names another language.
    foreign: bool,
    /// A line that is only a number, directly above.
    number: Option<u64>,
}

/// A stretch that has begun.
struct Open {
    block: Block,
    reader: Reader,
    gutter: Gutter,
    labelled: bool,
}

impl Finder<'_> {
    fn line(&mut self, number: usize, line: &str, next: &str) {
        if let Some(open) = &mut self.open {
            let ends = open.reader.may_meet_label() && label(line).is_some();
            if !ends && open.take(number, line, next) {
                return;
            }
            self.close();
        }
        self.outside(number, line);
    }

    fn outside(&mut self, number: usize, line: &str) {
        let above = self.number.take();
        if line.trim().is_empty() || is_button(line) {
            return;
        }
        if let Some(label) = label(line) {
            self.foreign = label == Label::Other;
            self.heading = (label == Label::Php).then_some(number);
            return;
        }
        if let Ok(own) = line.trim().parse() {
            self.number = Some(own);
            return;
        }
        let (gutter, cut) = Gutter::first(line, above, |rest| starts(&tidied(rest), self.foreign));
        if starts(&tidied(&line[cut..]), self.foreign) {
            self.begin(number, line, gutter, cut);
        } else {
            self.heading = None;
        }
    }

    fn begin(&mut self, number: usize, line: &str, gutter: Gutter, cut: usize) {
        let heading = self.heading.take();
        let mut open = Open {
            block: Block {
                file: self.file.to_owned(),
                text: String::new(),
                line: heading.unwrap_or(number),
                fenced: heading.is_some(),
                title: String::new(),
                lines: Vec::new(),
                path: None,
                others: Vec::new(),
            },
            reader: Reader::default(),
            gutter,
            labelled: heading.is_some(),
        };
        open.add(number, line, cut);
        self.open = Some(open);
    }

    /// Without a label, code that has no variable and no class is another language's.
    fn close(&mut self) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        let text = &mut open.block.text;
        text.truncate(text.trim_end().len());
        text.push('\n');
        if open.labelled || text.contains(['$', '\\']) || text.contains("::") {
            self.found.push(open.block);
        }
    }
}

impl Open {
    /// Adds the line when it belongs to the stretch.
    fn take(&mut self, number: usize, line: &str, next: &str) -> bool {
        let (cut, prompt) = self.gutter.cut(line);
        let rest = &line[cut..];
        if self.gutter.prompts() && prompt == Prompt::None && self.reader.rests() {
            // Lines that the shell has printed.
            return true;
        }
        if prompt == Prompt::Main && self.gutter.ends_statements() && self.reader.lacks_semicolon()
        {
            self.end_statement();
        }
        let inside = !self.reader.rests() || rest.trim().is_empty();
        if inside || continues(&tidied(rest), &tidied(next), self.reader.last()) {
            self.add(number, line, cut);
            return true;
        }
        false
    }

    /// PsySH reads a statement without its semicolon.
    fn end_statement(&mut self) {
        let text = &mut self.block.text;
        text.truncate(text.trim_end().len());
        text.push_str(";\n");
    }

    fn add(&mut self, number: usize, line: &str, cut: usize) {
        let col = line[..cut].chars().count() + 1;
        let block = &mut self.block;
        self.reader
            .read(&line[cut..], &mut block.text, |offset, skipped| {
                block.lines.push((offset, number, col + skipped));
            });
        block.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        blocks("-", text)
            .into_iter()
            .map(|block| block.text)
            .collect()
    }

    #[test]
    fn code_below_a_label_is_found_and_prose_is_not() {
        let page = "Skip to content\n\n发起管控(限频;见下)\nmchidstring商户号\nphp\n$a->b([\n  'c' => 1,\n])\n\
                    ->then(f($x))\n->wait();\nphp复制代码\n$a['x']->get();\nprint_r($a);\n返回参数\nsignstring签名\n";
        let found = blocks("page.txt", page);
        let seen: Vec<_> = found.iter().map(|b| (b.line, b.text.as_str())).collect();
        assert_eq!(
            seen,
            [
                (5, "$a->b([\n  'c' => 1,\n])\n->then(f($x))\n->wait();\n"),
                (11, "$a['x']->get();\nprint_r($a);\n"),
            ]
        );
        assert_eq!(found[0].position("$a->b([\n  ".len()), (7, 3));
    }

    #[test]
    fn line_numbers_are_no_code() {
        for page in [
            "1  $a->b([\n2    'c' => 9,\n3  \n4  ]);\n",
            "1. $a->b([\n2.   'c' => 9,\n3.\n4. ]);\n",
            " 9 | $a->b([\n10 |   'c' => 9,\n11 |\n12 | ]);\n",
            "1$a->b([\n2  'c' => 9,\n3\n4]);\n",
            "1\n$a->b([\n2\n  'c' => 9,\n3\n4\n]);\n",
        ] {
            let found: String = texts(page).concat().split_whitespace().collect();
            assert_eq!(found, "$a->b(['c'=>9,]);", "{page}");
        }
    }

    #[test]
    fn numbers_that_are_code_are_kept() {
        assert_eq!(
            texts("$a->b([\n  1,\n  2,\n]);\n说明\n"),
            ["$a->b([\n  1,\n  2,\n]);\n"]
        );
    }

    #[test]
    fn prompts_and_what_shells_print_are_no_code() {
        let found = texts(
            "php > $a = 1;\nphp > $i->b([\nphp (   'c' => $a]);\nArray\n(\n)\nphp > $i->d();\n",
        );
        assert_eq!(found, ["$a = 1;\n$i->b([\n  'c' => $a]);\n$i->d();\n"]);
        let found = texts(">>> $a = 1\n=> 1\n>>> $i->b([\n...   'c' => $a])\n=> null\n");
        assert_eq!(found, ["$a = 1;\n$i->b([\n  'c' => $a])\n"]);
        assert_eq!(texts("> $i->b([\n.   1])\n= 3\n"), ["$i->b([\n  1])\n"]);
    }

    #[test]
    fn typographic_characters_count_only_within_texts() {
        let page = "说明\n\u{a0}￥i–>chain（‘v3/a\u{a0}“b”（c）’）->post（［‘json’　＝＞\u{200b}[“k”=>“it's $x”，‘d’ => ‘it's’]］）；\n";
        assert_eq!(
            texts(page),
            [
                " $i->chain('v3/a\u{a0}“b”（c）')->post(['json' =>[\"k\"=>\"it's $x\",'d' => 'it\\'s']]);\n"
            ]
        );
        let block = &blocks("-", page)[0];
        let at = block.text.find("\"k\"").unwrap();
        let column = 1 + page
            .lines()
            .nth(1)
            .unwrap()
            .chars()
            .position(|c| c == 'k')
            .unwrap();
        assert_eq!(block.position(at + 1), (2, column));
        let ascii = "$a->b('“中”，');\n说明\n";
        assert_eq!(texts(ascii), ["$a->b('“中”，');\n"]);
    }

    #[test]
    fn other_languages_are_no_php() {
        let page = "js\nif (a) {\n  wxpay.v3.pay({b: 1});\n}\njson\n{\"a\": 1}\nbash\n$ curl -X POST\nphp\n$a->b();\n";
        assert_eq!(texts(page), ["$a->b();\n"]);
        let jquery = "js\nif (a) {\n  $(b).c();\n}\n";
        assert_eq!(texts(jquery), Vec::<String>::new());
        assert_eq!(texts("if (a) {\n  b();\n}\n"), Vec::<String>::new());
    }

    #[test]
    fn heredocs_comments_and_quotes_hold_anything() {
        let php = "$a = <<<EOT\nphp\n说明（\nEOT;\n/* php\n说明 */\n// 说明（’\n# 说明\n$a->b('\n说明');\n";
        assert_eq!(texts(&format!("页面\n{php}页面\n")), [php]);
        assert!(is_all(&blocks("-", php), php));
    }

    #[test]
    fn classes_and_functions_stay_whole() {
        let php = "use A\\B;\n\nclass Pay extends Base\n{\n    private $i;\n\n    public function pay(int $n)\n    {\n        \
                   return $this->i->v3->pay->post(['json' => ['n' => $n]]);\n    }\n}\n\nfunction f($x)\n{\n    return $x;\n}\n";
        assert_eq!(texts(&format!("订单服务\n{php}说明\n")), [php]);
    }
}
