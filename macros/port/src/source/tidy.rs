//! Reads code line by line, and gives it the characters that PHP uses.

/// Where the reading of code is.
#[derive(Debug, Clone, Default)]
pub(super) struct Reader {
    state: State,
    depth: usize,
    last: Option<char>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum State {
    #[default]
    Code,
    /// In quotes: the plain one, and what closes it.
    Quoted(char, &'static [char]),
    Comment,
    Heredoc(String),
}

/// One line with the characters that PHP uses, as the first line of code.
pub(super) fn tidied(line: &str) -> String {
    let mut text = String::new();
    Reader::default().read(line, &mut text, |_, _| {});
    text
}

impl Reader {
    /// Whether the code could end here.
    pub(super) fn rests(&self) -> bool {
        self.state == State::Code && self.depth == 0
    }

    /// A label in a heredoc or a comment is a part of it. An open bracket or quote may be a mistake of
    /// the page.
    pub(super) fn may_meet_label(&self) -> bool {
        matches!(self.state, State::Code | State::Quoted(..))
    }

    /// The last character that is neither blank nor comment.
    pub(super) fn last(&self) -> Option<char> {
        self.last
    }

    pub(super) fn lacks_semicolon(&self) -> bool {
        self.rests() && !matches!(self.last, None | Some(';' | '{' | '}'))
    }

    /// Adds a line to `out`. `mark` is told where columns begin to count: the offset in `out`, and how
    /// many characters of the line are before it.
    pub(super) fn read(
        &mut self,
        line: &str,
        out: &mut String,
        mut mark: impl FnMut(usize, usize),
    ) {
        let chars: Vec<char> = line.chars().collect();
        mark(out.len(), 0);
        let mut at = 0;
        let mut next = None;
        while at < chars.len() {
            let before = out.len();
            let taken = self.step(&chars, at, out, &mut next);
            at += taken;
            if out[before..].chars().count() != taken {
                mark(out.len(), at);
            }
        }
        if let Some(label) = next {
            self.state = State::Heredoc(label);
        }
    }

    /// Takes what begins at a character, and says how many it was.
    fn step(
        &mut self,
        chars: &[char],
        at: usize,
        out: &mut String,
        heredoc: &mut Option<String>,
    ) -> usize {
        let rest = &chars[at..];
        match &self.state {
            State::Heredoc(label) => {
                let text: String = chars.iter().collect();
                let indent = text.len() - text.trim_start().len();
                let behind = text[indent..].strip_prefix(&**label);
                let closes = behind.is_some_and(|behind| !behind.starts_with(is_name));
                let taken = if closes {
                    text[..indent].chars().count() + label.chars().count()
                } else {
                    chars.len()
                };
                out.extend(&chars[..taken]);
                if closes {
                    self.state = State::Code;
                    self.last = Some('\'');
                }
                taken
            }
            State::Comment => {
                let closes = rest.starts_with(&['*', '/']);
                let taken = if closes { 2 } else { 1 };
                out.extend(&rest[..taken]);
                if closes {
                    self.state = State::Code;
                }
                taken
            }
            State::Quoted(plain, closing) => {
                let (plain, closing) = (*plain, *closing);
                self.quoted(rest, plain, closing, out)
            }
            State::Code => self.code(rest, out, heredoc),
        }
    }

    fn quoted(&mut self, rest: &[char], plain: char, closing: &[char], out: &mut String) -> usize {
        if rest[0] == '\\' {
            let taken = rest.len().min(2);
            out.extend(&rest[..taken]);
            return taken;
        }
        if closing.contains(&rest[0]) {
            self.state = State::Code;
            self.last = Some(plain);
            out.push(plain);
            return 1;
        }
        if rest[0] == plain {
            out.push('\\');
        }
        out.push(rest[0]);
        1
    }

    fn code(&mut self, rest: &[char], out: &mut String, heredoc: &mut Option<String>) -> usize {
        let (c, second) = (plain(rest[0]), rest.get(1).copied().map(plain));
        if c == '#' && second != Some('[') || c == '/' && second == Some('/') {
            out.push_str(if c == '#' { "#" } else { "//" });
            let marks = if c == '#' { 1 } else { 2 };
            out.extend(&rest[marks..]);
            return rest.len();
        }
        if c == '/' && second == Some('*') {
            self.state = State::Comment;
            out.push_str("/*");
            return 2;
        }
        if let Some(label) = heredoc_label(rest) {
            *heredoc = Some(label);
            out.extend(rest);
            return rest.len();
        }
        if let Some((quote, closing)) = quote(rest) {
            self.state = State::Quoted(quote, closing);
            out.push(quote);
            return 1;
        }
        match c {
            '(' | '[' | '{' => self.depth += 1,
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        match rest[0] {
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => return 1,
            '…' => out.push_str("..."),
            _ => out.push(c),
        }
        if !c.is_whitespace() {
            self.last = Some(c);
        }
        1
    }
}

/// The character that PHP has for one that pages and input methods put in its place.
fn plain(c: char) -> char {
    match c {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '【' => '[',
        '】' => ']',
        '、' => ',',
        '￥' | '¥' => '$',
        _ => c,
    }
}

/// The plain quote that a text opens with, and what closes it: a curly quote is closed by one of its
/// kind, or by a plain one where the line has no other.
fn quote(rest: &[char]) -> Option<(char, &'static [char])> {
    let behind = &rest[1..];
    let has = |some: &[char]| behind.iter().any(|c| some.contains(c));
    Some(match rest[0] {
        '\'' => ('\'', &['\'']),
        '"' => ('"', &['"']),
        '`' => ('`', &['`']),
        '‘' | '’' if has(&['’', '‘']) => (
            '\'',
            if behind.contains(&'’') {
                &['’']
            } else {
                &['‘']
            },
        ),
        '“' | '”' if has(&['”', '“']) => (
            '"',
            if behind.contains(&'”') {
                &['”']
            } else {
                &['“']
            },
        ),
        '＇' if has(&['＇']) => ('\'', &['＇']),
        '＂' if has(&['＂']) => ('"', &['＂']),
        '‘' | '’' | '＇' => ('\'', &['\'', '’']),
        '“' | '”' | '＂' => ('"', &['"', '”']),
        _ => return None,
    })
}

/// The label of a heredoc that begins here.
fn heredoc_label(rest: &[char]) -> Option<String> {
    let behind = rest.strip_prefix(&['<', '<', '<'])?;
    let text: String = behind.iter().collect();
    let text = text.trim();
    let label = text.trim_matches(['\'', '"']);
    let known = !label.is_empty() && label.chars().all(is_name);
    known.then(|| label.to_owned())
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
