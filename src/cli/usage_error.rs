//! Usage errors in the language of this run.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::help;
use crate::i18n::{Lang, lang, t};
use crate::output::Output;

/// For `--key` clap suggests `--v2-key-file`, which has as many letters in common as any. `--private-key` is a better guess.
pub(crate) fn suggest(err: &mut clap::Error) {
    if err.kind() != ErrorKind::UnknownArgument {
        return;
    }
    if context(err, ContextKind::InvalidArg).as_deref() == Some("--key") {
        let suggestion = ContextValue::String("--private-key".to_owned());
        err.insert(ContextKind::SuggestedArg, suggestion);
    }
}

/// clap's message in English; in Chinese our own text with the same facts.
pub(crate) fn text(err: &clap::Error, output: &Output) -> String {
    let own = output.styled(&err.render());
    // Without arguments clap prints the help as an error.
    if lang() == Lang::En || err.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return help::translate(&own);
    }
    let mut text = format!("{}{}", output.error_label(), message(err));
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
    match err.kind() {
        ErrorKind::UnknownArgument => t!("usage-unknown-argument", argument = argument),
        ErrorKind::InvalidSubcommand => {
            let command = get(ContextKind::InvalidSubcommand);
            t!("usage-unknown-command", command = command)
        }
        ErrorKind::MissingSubcommand => {
            let commands = get(ContextKind::ValidSubcommand);
            t!("usage-missing-command", commands = commands)
        }
        ErrorKind::MissingRequiredArgument => t!("usage-missing-argument", argument = argument),
        ErrorKind::ArgumentConflict => {
            let other = get(ContextKind::PriorArg);
            if other == argument {
                t!("usage-twice", argument = argument)
            } else {
                t!("usage-conflict", argument = argument, other = other)
            }
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => value_message(err, &argument),
        ErrorKind::InvalidUtf8 => t!("usage-not-utf8"),
        _ => t!("usage-other"),
    }
}

fn value_message(err: &clap::Error, argument: &str) -> String {
    let value = context(err, ContextKind::InvalidValue).unwrap_or_default();
    if value.is_empty() {
        return t!("usage-no-value", argument = argument);
    }
    if let Some(why) = err.source() {
        let why = reason(&why.to_string());
        return t!(
            "usage-wrong-value",
            value = value,
            argument = argument,
            why = why
        );
    }
    let values = context(err, ContextKind::ValidValue).unwrap_or_default();
    t!(
        "usage-invalid-value",
        value = value,
        argument = argument,
        values = values
    )
}

/// The messages of Rust's number parsers and of the library.
fn reason(why: &str) -> String {
    if why.contains("invalid digit") || why.contains("invalid float") {
        t!("usage-not-a-number")
    } else {
        wechatpay_core::error::chinese(why).unwrap_or_else(|| why.to_owned())
    }
}

fn context(err: &clap::Error, kind: ContextKind) -> Option<String> {
    match err.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(&t!("list-separator"))),
        ContextValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
