//! Whether a line looks like PHP. Lines come tidied: with the characters that PHP uses.

/// Words that open a condition.
const CONDITIONS: [&str; 7] = ["if", "elseif", "foreach", "for", "while", "switch", "match"];
/// Words before a value, which end with a semicolon or open a bracket.
const BEFORE_VALUES: [&str; 16] = [
    "return",
    "throw",
    "echo",
    "print",
    "exit",
    "die",
    "break",
    "continue",
    "require",
    "require_once",
    "include",
    "include_once",
    "use",
    "namespace",
    "const",
    "yield",
];
const MODIFIERS: [&str; 7] = [
    "public",
    "private",
    "protected",
    "static",
    "abstract",
    "final",
    "readonly",
];
const DECLARATIONS: [&str; 4] = ["class", "interface", "trait", "enum"];
/// The beginnings of lines that continue the statement or the block above.
const CONTINUATIONS: [&str; 22] = [
    "->", "?->", "::", ".", "?", ":", "&&", "||", "=", "+", "*", "%", "<", "|", "&", "(", ")", "[",
    "]", "{", "}", ",",
];
const FURTHER_WORDS: [&str; 8] = [
    "else",
    "elseif",
    "catch",
    "finally",
    "extends",
    "implements",
    "and",
    "or",
];

/// Whether a line begins a statement. Below the name of another language only a variable does.
pub(super) fn starts(line: &str, foreign: bool) -> bool {
    let line = line.trim();
    if line.starts_with("<?php") || begins_with_variable(line) {
        return true;
    }
    if foreign {
        return false;
    }
    let end = line.chars().next_back().unwrap_or_default();
    begins_with_word(line, end)
        || line.starts_with("//")
        || line.starts_with("/*")
        || line.starts_with("#[")
        || line.starts_with("[$")
        || (end == ';' && line.contains(['$', '(']) && !line.starts_with(['#', '*', '-', '>']))
}

/// Whether a line goes on with code that could end above: `last` is the last character of that.
pub(super) fn continues(line: &str, next: &str, last: Option<char>) -> bool {
    let line = line.trim();
    if starts(line, false) {
        return true;
    }
    if line.starts_with('#') {
        let next = next.trim();
        return starts(next, false) || next.starts_with('#');
    }
    if !matches!(last, None | Some(';' | '}')) {
        return begins_further(line) || last.is_some_and(|last| "=.+-*/<>&|?:,!".contains(last));
    }
    let code = line.ends_with([';', '{', '}', ',']) && line.contains(['(', '$', '=', '\'', '"']);
    code || line.starts_with(['}', '{', ')', ']']) || begins_further(line)
}

fn begins_further(line: &str) -> bool {
    CONTINUATIONS.iter().any(|known| line.starts_with(known))
        || FURTHER_WORDS.contains(&word(line).0)
}

/// `$name` with an operator behind it.
fn begins_with_variable(line: &str) -> bool {
    let Some(rest) = line
        .trim_start_matches(['@', '&', '!', '+'])
        .strip_prefix('$')
    else {
        return false;
    };
    let (name, rest) = word(rest);
    let rest = rest.trim_start();
    let operators = [
        "->", "?->", "=", "[", "(", ".=", "::", "++", "--", "+=", "-=", "*=", "??", ";", "{",
    ];
    (!name.is_empty() && (operators.iter().any(|known| rest.starts_with(known)) || rest.is_empty()))
        || (name.is_empty() && rest.starts_with('{'))
}

fn begins_with_word(line: &str, end: char) -> bool {
    let (first, rest) = word(line.trim_start_matches(['@', '\\', '(']));
    let opens = matches!(end, ';' | '(' | '[' | '{');
    let trimmed = rest.trim_start();
    let second = word(trimmed).0;
    match first {
        "" => false,
        "try" | "do" => trimmed.is_empty() || trimmed.starts_with('{'),
        "function" | "fn" => trimmed.contains('('),
        "new" => !second.is_empty() && trimmed.contains('(') && end != '.',
        _ if CONDITIONS.contains(&first) => {
            trimmed.starts_with('(') && (opens || end == ')' || end == ':')
        }
        _ if BEFORE_VALUES.contains(&first) => opens,
        _ if MODIFIERS.contains(&first) => {
            let known = ["function", "const", "fn"].contains(&second)
                || MODIFIERS.contains(&second)
                || DECLARATIONS.contains(&second);
            known || trimmed.contains('$')
        }
        _ if DECLARATIONS.contains(&first) => {
            let (_, behind) = word(trimmed);
            let behind = behind.trim();
            !second.is_empty()
                && (behind.is_empty()
                    || ["{", "extends ", "implements ", ":"]
                        .iter()
                        .any(|known| behind.starts_with(known)))
        }
        _ if rest.starts_with("::") => rest.contains('(') || end == ';',
        _ => rest.starts_with('(') && (opens || end == ','),
    }
}

/// The name that a text begins with, with namespaces, and what is behind it.
fn word(text: &str) -> (&str, &str) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '\\';
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    match text.starts_with(|c: char| c.is_ascii_digit()) {
        true => ("", text),
        false => text.split_at(end),
    }
}
