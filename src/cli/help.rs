//! The help in the language of this run.

use clap::Command;
use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthChar;

use crate::i18n::{Lang, find, lang, t};
use crate::output::{MAX_WIDTH, line_width};

/// Adds the texts of this run's language to a command and its subcommands.
///
/// The text of a command is `cmd-request`, of its argument `arg-request-json`; `-long` has more
/// for `--help`. The examples of a command are code and come from the command itself.
pub(crate) fn localize(command: Command) -> Command {
    let command = localize_as(command, "");
    match lang() {
        Lang::En => command.max_term_width(MAX_WIDTH),
        // clap breaks lines at spaces only; `translate` breaks them.
        Lang::Zh => command.term_width(0),
    }
}

fn localize_as(mut command: Command, path: &str) -> Command {
    if let Some(about) = find(&format!("cmd{path}")) {
        command = command.about(about);
    }
    let examples = command.get_after_help().map(ToString::to_string);
    let examples = examples.map(|it| format!("{}\n{it}", t!("help-examples")));
    let note = find(&format!("cmd{path}-note"));
    if note.is_some() || examples.is_some() {
        let parts: Vec<_> = note.into_iter().chain(examples).collect();
        command = command.after_help(parts.join("\n\n"));
    }
    if let Some(note) = find(&format!("cmd{path}-note-long")) {
        command = command.after_long_help(note);
    }
    command = command.mut_args(|arg| localize_arg(arg, path));
    let path = path.to_owned();
    command.mut_subcommands(move |sub| {
        let name = format!("{path}-{}", sub.get_name());
        localize_as(sub, &name)
    })
}

/// Arguments of several commands may share one text, such as `arg-appid`.
fn localize_arg(mut arg: clap::Arg, path: &str) -> clap::Arg {
    let shared = format!("arg-{}", arg.get_id());
    let own = format!("arg{path}-{}", arg.get_id());
    let own = if arg.is_global_set() {
        shared.clone()
    } else {
        own
    };
    let Some(help) = find(&own).or_else(|| find(&shared)) else {
        return arg;
    };
    if let Some(long) = find(&format!("{own}-long")) {
        arg = arg.long_help(format!("{help}\n\n{long}"));
    }
    arg.help(help)
}

/// Rendered help in the language of this run, with lines that fit the terminal.
pub(crate) fn translate(help: &str) -> String {
    if lang() == Lang::En {
        return help.to_owned();
    }
    let text = replace_clap_texts(help);
    let width = line_width();
    // Examples are code for copying, so their lines are not wrapped.
    let title = format!("\n{}\n", t!("help-examples"));
    let (text, examples) = text.split_at(text.find(&title).unwrap_or(text.len()));
    let lines = text.split('\n').map(|line| wrap(line, width));
    lines.collect::<Vec<_>>().join("\n") + examples
}

/// The texts that clap and its man pages and scripts write, in the language of this run.
pub(crate) fn replace_clap_texts(text: &str) -> String {
    if lang() == Lang::En {
        return text.to_owned();
    }
    let translate = |text: String, (english, id): &(&str, &str)| {
        text.replace(english, &find(id).unwrap_or_default())
    };
    let text = CLAP_TEXTS.iter().fold(text.to_owned(), translate);
    // A full-width colon includes its space.
    text.replace("： ", "：")
}

/// Longer texts come before their parts.
const CLAP_TEXTS: [(&str, &str); 25] = [
    ("Print help (see more with '--help')", "clap-help-more"),
    ("Print help (see a summary with '-h')", "clap-help-less"),
    (
        "Print this message or the help of the given subcommand(s)",
        "clap-help-command",
    ),
    ("Print help", "clap-help"),
    ("Print version", "clap-version"),
    ("Possible values:", "clap-values-long"),
    ("[possible values: ", "clap-values"),
    ("[default: ", "clap-default"),
    ("[OPTIONS]", "clap-options-usage"),
    ("[COMMAND]", "clap-command-optional"),
    ("<COMMAND>", "clap-command-usage"),
    (".SH NAME", "man-name"),
    (".SH SYNOPSIS", "man-synopsis"),
    (".SH DESCRIPTION", "man-description"),
    (".SH OPTIONS", "man-options"),
    (".SH SUBCOMMANDS", "man-subcommands"),
    (".SH VERSION", "man-version"),
    (".SH EXTRA", "man-extra"),
    ("\\fIpossible values: \\fR", "man-values"),
    ("Usage:", "clap-usage"),
    ("Commands:", "clap-commands"),
    ("Arguments:", "clap-arguments"),
    ("Options:", "clap-options"),
    ("General:", "clap-general"),
    ("Settings:", "clap-settings"),
];

/// Wraps a line. Continuation lines are aligned with its text, after the column of options.
fn wrap(line: &str, width: usize) -> String {
    if textwrap::core::display_width(line) <= width {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start().len();
    let column = line[indent..].find("  ").map(|at| {
        let rest = &line[indent + at..];
        textwrap::core::display_width(&line[..indent + at]) + rest.len() - rest.trim_start().len()
    });
    let hanging = " ".repeat(
        column
            .filter(|column| *column * 2 < width)
            .unwrap_or(indent),
    );
    let options = Options::new(width)
        .word_separator(WordSeparator::Custom(words))
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false)
        .subsequent_indent(&hanging);
    textwrap::wrap(line, options).join("\n")
}

/// Divides a line where it may break. The rules for the scripts of all languages would need fourteen more crates.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut rest = line;
    Box::new(std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (word, after) = rest.split_at(first_word(rest));
        rest = after;
        Some(Word::from(word))
    }))
}

/// The length of the first word with the spaces behind it.
fn first_word(text: &str) -> usize {
    let ends = text.char_indices().zip(text.chars().skip(1));
    let mut ends = ends.filter(|((_, before), after)| may_break(*before, *after));
    ends.next()
        .map_or(text.len(), |((at, before), _)| at + before.len_utf8())
}

/// Behind spaces, and at each Chinese character unless a line would begin or end with the wrong punctuation.
fn may_break(before: char, after: char) -> bool {
    const OPENING: &str = "（《「『【〔“‘([{<";
    const CLOSING: &str = "。，、：；！？）》」』】〕”’…,.:;!?)]}>%";
    if before == ' ' || after == ' ' {
        return before == ' ' && after != ' ';
    }
    let is_wide = |c: char| c.width() == Some(2);
    (is_wide(before) || is_wide(after)) && !OPENING.contains(before) && !CLOSING.contains(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_lines_break_between_characters_and_hang_below_their_text() {
        let line = "      --json <TEXT>  请求报文：JSON 文本，或 @文件，或 - 表示标准输入。";
        let wrapped = wrap(line, 50);
        for line in wrapped.split('\n') {
            assert!(textwrap::core::display_width(line) <= 50, "{wrapped}");
        }
        let second = wrapped.split('\n').nth(1).unwrap();
        assert!(
            second.starts_with(&format!("{}{}", " ".repeat(21), second.trim_start())),
            "{wrapped}"
        );
        let parts: Vec<_> = words("用 --json（或“-”）提供，不写为空。")
            .map(|word| word.word)
            .collect();
        let expected = [
            "用",
            "--json",
            "（或",
            "“-”）",
            "提",
            "供，",
            "不",
            "写",
            "为",
            "空。",
        ];
        assert_eq!(parts, expected);
        // A line never begins with a full stop or comma.
        assert!(
            !wrapped
                .split('\n')
                .any(|line| line.trim_start().starts_with(['。', '，'])),
            "{wrapped}"
        );
    }
}
