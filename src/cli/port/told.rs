//! Diagnostics of the porter, in the language of this run.

use serde_json::{Value, json};
use wechatpay_chain_port::{Diagnostic, Severity};
use wechatpay_core::error::{self, translate};

use super::zh_messages::MESSAGES;
use crate::i18n::{Lang, lang, t};

/// `file:line:col: error: message`, with the hint on a second line.
pub(super) fn text(diagnostic: &Diagnostic) -> String {
    if lang() == Lang::En {
        return diagnostic.to_string();
    }
    let Diagnostic {
        file, line, col, ..
    } = diagnostic;
    let severity = match diagnostic.severity {
        Severity::Warning => t!("port-warning"),
        Severity::Error => t!("port-error"),
    };
    let message = localised(&diagnostic.message);
    let mut text = format!("{file}:{line}:{col}: {severity}：{message}");
    if let Some(hint) = &diagnostic.hint {
        text.push_str(&format!("\n  {}：{}", t!("port-help"), localised(hint)));
    }
    text
}

/// The JSON object of a diagnostic. Its keys and `severity` are for programs; `message` and `hint` are for people.
pub(super) fn machine(diagnostic: &Diagnostic) -> Value {
    json!({
        "file": diagnostic.file,
        "line": diagnostic.line,
        "col": diagnostic.col,
        "severity": diagnostic.severity.to_string(),
        "message": localised(&diagnostic.message),
        "hint": diagnostic.hint.as_deref().map(localised),
    })
}

/// A message in the language of this run.
pub(super) fn localised(message: &str) -> String {
    let chinese = if lang() == Lang::Zh {
        chinese(message)
    } else {
        None
    };
    chinese.unwrap_or_else(|| message.to_owned())
}

fn chinese(message: &str) -> Option<String> {
    let known = translate(&[MESSAGES], message).or_else(|| error::chinese(message));
    // A second sentence may follow the first, as `a; b`.
    known.or_else(|| {
        let (first, second) = message.split_once("; ")?;
        let (first, second) = (chinese(first)?, chinese(second)?);
        Some(format!("{first}；{second}"))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Files without messages of the command: the tables, this file, and what the compiler says of the macro `php!`.
    const APART: [&str; 3] = ["zh_messages.rs", "told.rs", "rust/single.rs"];

    /// The code of the porter and of this command's part of it, line continuations joined and all `{…}` as `{}`.
    fn sources() -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut code = String::new();
        collect(&root.join("../../macros/port/src"), &mut code);
        collect(&root.join("port"), &mut code);
        let mut plain = String::new();
        let mut rest = &*code;
        while let Some(at) = rest.find('{') {
            plain.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_:?".contains(c)));
            if end.is_some_and(|end| rest[end..].starts_with('}')) {
                rest = &rest[end.unwrap_or_default()..];
            }
        }
        plain.push_str(rest);
        plain.replace("{{{}}}", "{}")
    }

    fn collect(folder: &Path, code: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, code);
            } else if path.extension().is_some_and(|it| it == "rs")
                && !APART.iter().any(|name| path.ends_with(name))
            {
                let text = fs::read_to_string(&path).unwrap();
                for (at, part) in text.split("\\\n").enumerate() {
                    code.push_str(if at > 0 { part.trim_start() } else { part });
                }
            }
        }
    }

    #[test]
    fn translated_messages_are_in_the_source_code() {
        let code = sources();
        let gone = |english: &&str| !code.contains(&english.replace('"', "\\\""));
        let gone: Vec<_> = MESSAGES.iter().map(|it| it.0).filter(gone).collect();
        assert_eq!(gone, [""; 0], "no message of the porter");
        for (english, chinese) in MESSAGES {
            let places = |text: &str| text.matches("{}").count();
            assert_eq!(places(english), places(chinese), "{english}");
        }
    }

    /// Literals that stand where a message is given.
    #[test]
    fn messages_of_the_porter_are_translated() {
        let code = sources();
        let mut untranslated = Vec::new();
        let mut seen = 0;
        for function in [
            "Problem::error(",
            "Problem::warning(",
            ".hint(",
            ".warn(",
            ".error(",
        ] {
            for (at, _) in code.match_indices(function) {
                let given = &code[at + function.len()..];
                let given = &given[..given.find(");").unwrap_or(given.len()).min(300)];
                let Some((_, text)) = given.split_once('"') else {
                    continue;
                };
                let text = text.replace("\\\"", "\u{1}");
                let text = text
                    .split('"')
                    .next()
                    .unwrap_or_default()
                    .replace('\u{1}', "\"");
                if text.contains(' ') && !text.starts_with(',') {
                    seen += 1;
                    if chinese(&text).is_none() {
                        untranslated.push(text);
                    }
                }
            }
        }
        assert!(seen > 60, "{seen} messages");
        assert_eq!(untranslated, [""; 0]);
    }

    #[test]
    fn parts_of_a_message_are_translated() {
        for (english, expected) in [
            (
                "an answer where a plain value is expected",
                "这里需要普通的值，得到的是应答",
            ),
            (
                "the operator `<<` is not followed here",
                "这里不支持运算符 `<<`",
            ),
            (
                "the option `json` cannot be told without running the program: what `f()` returns",
                "选项 `json` 的值要运行程序才知道： `f()` 的返回值",
            ),
        ] {
            assert_eq!(chinese(english).as_deref(), Some(expected));
        }
    }
}
