//! The call as a line of the command.

use wechatpay_core::catalog::{AnswerKind, BodyKind};

use crate::mock::SampleRequest;
use crate::schema::Schema;

/// `wechatpay --sandbox request …`: with a sandbox that runs for this call only.
pub(super) fn command(schema: &Schema, sample: &SampleRequest) -> Option<String> {
    let operation = schema.operation();
    if operation.answer() == AnswerKind::Redirect {
        return None;
    }
    let mut words = vec![format!(
        "wechatpay --sandbox request {} {}",
        operation.method(),
        quoted(operation.path())
    )];
    for (name, value) in sample.vars() {
        words.push(format!("--var {}", quoted(&format!("{name}={value}"))));
    }
    for (name, value) in sample.query() {
        words.push(format!("--query {}", quoted(&format!("{name}={value}"))));
    }
    if let Some(body) = sample.body() {
        words.push(format!("--json {}", quoted(&format!("{body:#}"))));
    }
    if operation.body() == BodyKind::Multipart {
        words.push("--media file.jpg".to_owned());
    }
    if operation.answer() == AnswerKind::Stream {
        words.push("--sink file".to_owned());
    }
    Some(words.join(" \\\n    ") + "\n")
}

/// A word for a POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@,+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
