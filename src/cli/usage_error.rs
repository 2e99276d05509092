//! Usage errors in the language of this run.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::help;
use crate::i18n::{Lang, lang, t};
use crate::output::Output;

/// clap's own message in English; in Chinese the same facts in our words.
pub(crate) fn text(err: &clap::Error, output: &Output) -> String {
    let own = output.styled(&err.render());
    // Without arguments clap prints the help as an error.
    if lang() == Lang::En || err.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return help::translate(&own);
    }
    let mut text = format!("{} {}", output.error_label(), message(err));
    for kind in [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ] {
        if let Some(similar) = context(err, kind) {
            text.push_str(&format!("\n\n  {}", t!("usage-similar", similar = similar)));
        }
    }
    if let Some(usage) = own
        .split("Usage: ")
        .nth(1)
        .and_then(|rest| rest.lines().next())
    {
        let usage = usage.trim_start_matches("\u{1b}[0m").trim();
        let line = help::translate(&format!("Usage: {usage}"));
        text.push_str(&format!("\n\n{line}"));
    }
    text.push_str(&format!("\n\n{}", t!("usage-more")));
    text
}

fn message(err: &clap::Error) -> String {
    let get = |kind| context(err, kind).unwrap_or_default();
    let argument = get(ContextKind::InvalidArg);
    let value = get(ContextKind::InvalidValue);
    match err.kind() {
        ErrorKind::UnknownArgument => t!("usage-unknown-argument", argument = argument),
        ErrorKind::InvalidSubcommand => {
            t!(
                "usage-unknown-command",
                command = get(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::MissingSubcommand => {
            t!(
                "usage-missing-command",
                commands = get(ContextKind::ValidSubcommand)
            )
        }
        ErrorKind::MissingRequiredArgument => t!("usage-missing-argument", argument = argument),
        ErrorKind::ArgumentConflict => {
            t!(
                "usage-conflict",
                argument = argument,
                other = get(ContextKind::PriorArg)
            )
        }
        ErrorKind::InvalidValue if value.is_empty() => t!("usage-no-value", argument = argument),
        ErrorKind::InvalidValue => t!(
            "usage-invalid-value",
            value = value,
            argument = argument,
            values = get(ContextKind::ValidValue)
        ),
        ErrorKind::ValueValidation => {
            let why = err.source().map(ToString::to_string).unwrap_or_default();
            t!(
                "usage-wrong-value",
                value = value,
                argument = argument,
                why = reason(&why)
            )
        }
        ErrorKind::InvalidUtf8 => t!("usage-not-utf8"),
        _ => t!("usage-other"),
    }
}

/// The messages of Rust's number parsers.
fn reason(why: &str) -> String {
    if why.contains("invalid digit") || why.contains("invalid float") {
        t!("usage-not-a-number")
    } else {
        why.to_owned()
    }
}

fn context(err: &clap::Error, kind: ContextKind) -> Option<String> {
    match err.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        ContextValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
