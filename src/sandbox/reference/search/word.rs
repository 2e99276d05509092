//! The words of a search.

use std::cell::OnceCell;

use strsim::damerau_levenshtein;

use super::synonyms::{FILLERS, SYNONYMS};

/// A word of the search, with its synonyms.
pub(super) struct Word {
    pub(super) text: String,
    pub(super) others: Vec<&'static str>,
    /// The pieces of a Chinese word without synonyms, in the order of their start. A word with synonyms is one word: 企业微信 is not
    /// 企业 and 微信.
    pieces: Vec<Piece>,
    near: OnceCell<Vec<&'static str>>,
}

/// The longest word that is divided into pieces, in characters.
const MOST_PIECED: usize = 32;

/// A piece of a word, with its synonyms.
pub(super) struct Piece {
    /// The places of its first character, and of the one behind it.
    start: usize,
    end: usize,
    is_filler: bool,
    pub(super) text: String,
    pub(super) others: Vec<&'static str>,
}

/// A text in lower case, with the right one of two characters that are often confused.
pub(super) fn plain(text: &str) -> String {
    text.to_lowercase().replace('帐', "账").replace('卷', "券")
}

impl Word {
    pub(super) fn new(word: &str) -> Self {
        // Some users write a path with a leading slash.
        let text = plain(word).trim_start_matches('/').to_owned();
        let others =
            synonyms(|people| text.strip_suffix('s').unwrap_or(&text) == people || text == people);
        let is_long = text.chars().count() > MOST_PIECED;
        let is_whole = text.is_ascii() || !others.is_empty() || is_long;
        Self {
            pieces: if is_whole { Vec::new() } else { pieces(&text) },
            text,
            others,
            near: OnceCell::new(),
        }
    }

    /// Whether pieces for which `matches` is true make up the whole word. Fillers always match.
    pub(super) fn is_made_of(&self, matches: impl Fn(&Piece) -> bool) -> bool {
        let length = self.text.chars().count();
        let mut reached = vec![false; length + 1];
        reached[0] = true;
        for piece in &self.pieces {
            if reached[piece.start] && !reached[piece.end] {
                reached[piece.end] = piece.is_filler || matches(piece);
            }
        }
        length > 0 && reached[length]
    }

    /// The number of typing errors that are tolerated in an English word.
    pub(super) fn allowed_slips(&self) -> Option<usize> {
        match self.text.len() {
            _ if !self.text.is_ascii() => None,
            0..4 => None,
            4..8 => Some(1),
            _ => Some(2),
        }
    }

    /// The synonyms of words that differ only by a typing error: `refnud` is near `refund`, which means 退款.
    pub(super) fn near(&self) -> &[&'static str] {
        self.near.get_or_init(|| {
            let allowed = self.allowed_slips().unwrap_or_default();
            synonyms(|people| damerau_levenshtein(people, &self.text) <= allowed)
        })
    }
}

/// All pieces of at least two characters, and the fillers of one.
fn pieces(word: &str) -> Vec<Piece> {
    let chars: Vec<_> = word.chars().collect();
    let mut pieces = Vec::new();
    for start in 0..chars.len() {
        for end in start + 1..=chars.len() {
            let text: String = chars[start..end].iter().collect();
            let is_filler = FILLERS.contains(&&*text);
            if end - start < 2 && !is_filler {
                continue;
            }
            let others = synonyms(|people| people == text);
            pieces.push(Piece {
                start,
                end,
                is_filler,
                text,
                others,
            });
        }
    }
    pieces
}

fn synonyms(matches: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let same = SYNONYMS.iter().filter(|(people, _)| matches(people));
    same.flat_map(|(_, others)| others.iter().copied())
        .collect()
}
