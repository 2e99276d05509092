//! The words of a command line as a shell's completion script passes them: with their quotation marks.

use std::ffi::OsString;

/// The variable in which a completion script names its shell when it asks for the words to offer.
pub(crate) const COMPLETE: &str = "_WECHATPAY_COMPLETE";

/// The words as the command would get them.
pub(crate) fn unquoted(shell: &str, mut words: Vec<OsString>) -> Vec<OsString> {
    // fish removes the marks of all words but the one that is completed.
    let first = match shell {
        "fish" => words.len().saturating_sub(1),
        _ => 0,
    };
    for word in &mut words[first..] {
        if let Some(text) = word.to_str() {
            *word = plain(text).into();
        }
    }
    words
}

/// A word without its quotation marks and backslashes. The last mark may be missing: the word is being typed.
fn plain(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    let mut open = None;
    let mut chars = word.chars();
    while let Some(char) = chars.next() {
        match (open, char) {
            (None, '\'' | '"') => open = Some(char),
            (Some(mark), char) if mark == char => open = None,
            (None, '\\') => plain.extend(chars.next()),
            (Some('"'), '\\') => plain.extend(escaped(chars.next())),
            _ => plain.push(char),
        }
    }
    plain
}

/// The characters that a backslash and this character stand for inside of double quotation marks.
fn escaped(char: Option<char>) -> impl Iterator<Item = char> {
    let kept = char.filter(|char| !"\"\\$`".contains(*char));
    kept.map(|_| '\\').into_iter().chain(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_backslashes_are_removed() {
        for (word, expected) in [
            ("v3/a", "v3/a"),
            ("v3/\\{id\\}", "v3/{id}"),
            ("'v3/{id}'", "v3/{id}"),
            ("'v3/{id", "v3/{id"),
            ("\"v3/{id", "v3/{id"),
            (r#"a"b c"'d"e'"#, "ab cd\"e"),
            (r#""a\"b\c""#, "a\"b\\c"),
            ("a\\", "a"),
            ("", ""),
        ] {
            assert_eq!(plain(word), expected, "{word}");
        }
    }

    #[test]
    fn of_fish_only_the_last_word_is_quoted() {
        let words = || vec!["a\\b".into(), "'c".into()];
        assert_eq!(unquoted("fish", words()), ["a\\b", "c"]);
        assert_eq!(unquoted("zsh", words()), ["ab", "c"]);
        assert_eq!(unquoted("fish", Vec::new()), [""; 0]);
    }
}
