//! Line numbers and prompts before code.

/// The prefix of each line of a stretch of code.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gutter {
    Nothing,
    /// The number of the next line, and the punctuation behind numbers.
    Numbers(u64, Option<char>),
    /// The prompt of the first line.
    Prompts(&'static str),
}

/// The prompt that a line has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    None,
    Main,
    Further,
}

/// `php -a`, PsySH before 0.11 and since.
const MAIN: [&str; 3] = ["php > ", ">>> ", "> "];
const PHP_FURTHER: [&str; 5] = ["php { ", "php ( ", "php ' ", "php \" ", "php /* "];

impl Gutter {
    /// The prefix of the first line of code, and its length in bytes. `above` is a number that
    /// has the line above for itself.
    pub(super) fn first(
        line: &str,
        above: Option<u64>,
        is_code: impl Fn(&str) -> bool,
    ) -> (Self, usize) {
        for prompt in MAIN {
            if line.strip_prefix(prompt).is_some_and(&is_code) {
                return (Self::Prompts(prompt), prompt.len());
            }
        }
        if let Some((number, mut cut)) = number(line) {
            let mark = line[cut..].trim_start_matches(' ').chars().next();
            let mark = mark.filter(|mark| ".:|)│".contains(*mark));
            cut += mark.map_or(0, |mark| mark_length(&line[cut..], mark));
            if is_code(&line[cut..]) {
                return (Self::Numbers(number + 1, mark), cut);
            }
        }
        match above {
            Some(number) => (Self::Numbers(number.saturating_add(1), None), 0),
            None => (Self::Nothing, 0),
        }
    }

    /// The length of what stands before a further line.
    pub(super) fn cut(&mut self, line: &str) -> (usize, Prompt) {
        match self {
            Self::Nothing => (0, Prompt::None),
            Self::Numbers(expected, mark) => {
                let Some((_, cut)) = number(line).filter(|(number, _)| number == expected) else {
                    return (0, Prompt::None);
                };
                *expected = expected.saturating_add(1);
                let more = mark.map_or(0, |mark| mark_length(&line[cut..], mark));
                (cut + more, Prompt::None)
            }
            Self::Prompts(main) => prompt(line, main),
        }
    }

    pub(super) fn prompts(&self) -> bool {
        matches!(self, Self::Prompts(_))
    }

    /// Whether a new prompt ends the statement before it; in `php -a` it does not.
    pub(super) fn ends_statements(&self) -> bool {
        matches!(self, Self::Prompts(prompt) if !prompt.starts_with("php"))
    }
}

fn prompt(line: &str, main: &'static str) -> (usize, Prompt) {
    if line.starts_with(main) {
        return (main.len(), Prompt::Main);
    }
    if line == main.trim_end() {
        return (line.len(), Prompt::Main);
    }
    let further: &[&str] = match main {
        "php > " => &PHP_FURTHER,
        ">>> " => &["... "],
        _ => &[". "],
    };
    let found = further.iter().find(|further| line.starts_with(**further));
    found.map_or((0, Prompt::None), |found| (found.len(), Prompt::Further))
}

/// A number that begins the line, with the length up to its end.
fn number(line: &str) -> Option<(u64, usize)> {
    let rest = line.trim_start();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = rest[..digits].parse().ok()?;
    Some((number, line.len() - rest.len() + digits))
}

/// The length of the mark behind a number, with the blanks before a bar.
fn mark_length(rest: &str, mark: char) -> usize {
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    let attached = blanks == 0 || "|│".contains(mark);
    match rest[blanks..].strip_prefix(mark) {
        Some(_) if attached => blanks + mark.len_utf8(),
        _ => 0,
    }
}
