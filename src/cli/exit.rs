//! Exit codes and failures.

use std::io;

use http::Method;
use serde_json::{Map, Value, json};
use wechatpay_chain::{ApiError, Error, ErrorKind, Verification};

use crate::i18n::t;
use crate::rephrase;

/// The exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Failed = 1,
    Usage = 2,
    Config = 3,
    Input = 4,
    Connect = 5,
    Timeout = 6,
    Refused = 7,
    InvalidAnswer = 8,
    OutcomeUnknown = 9,
    Interrupted = 130,
}

/// Why the command fails.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of the output has closed the pipe. This is not an error.
    BrokenPipe,
    /// The problem was already printed.
    AlreadyReported(Exit),
    Report(Box<Report>),
}

/// The content of an error message.
#[derive(Debug)]
pub(crate) struct Report {
    exit: Exit,
    kind: &'static str,
    message: String,
    /// Additional members of the JSON form.
    more: Map<String, Value>,
    /// Additional lines of the text form.
    lines: Vec<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, kind: &'static str, message: impl Into<String>) -> Self {
        Self::Report(Box::new(Report {
            exit,
            kind,
            message: message.into(),
            more: Map::new(),
            lines: Vec::new(),
        }))
    }

    /// An error of the library before anything is called.
    pub(crate) fn config(err: &Error) -> Self {
        Self::new(Exit::Config, "config", rephrase::error(err))
    }

    /// An error of a call.
    pub(crate) fn call(err: &Error, method: &Method) -> Self {
        let mut failure = Self::new(exit_of(err, method), kind_of(err), rephrase::error(err));
        failure.member("maybe_sent", err.maybe_sent());
        if let Some(id) = err.request_id() {
            failure.member("request_id", id);
            // Most messages end with it.
            if !failure.message().contains(id) {
                failure.line(t!("request-id", id = id));
            }
        }
        if let Some(api) = err.api() {
            failure.member("status", api.status.as_u16());
            failure.member("code", api.code.as_str());
            failure.member("detail", api.detail.clone());
            if !is_told(&api.detail, failure.message()) {
                failure.line(t!("api-detail", detail = format!("{:#}", api.detail)));
            }
        }
        // An error about the header is complete; the hint is about the body.
        if err.kind() == ErrorKind::Encrypt && !failure.message().contains("Wechatpay-Serial") {
            failure.line(t!("no-encrypt"));
        }
        failure.warn_if_unknown();
        failure
    }

    /// The answer to a sent request could not be written. Unlike with invalid input, the request may have been
    /// processed.
    pub(crate) fn after_answer(self, method: &Method) -> Self {
        match self {
            Self::Report(mut said) if *method != Method::GET => {
                said.exit = Exit::OutcomeUnknown;
                said.message = t!("answered-but", message = said.message);
                let mut failure = Self::Report(said);
                failure.member("maybe_sent", true);
                failure.warn_if_unknown();
                failure
            }
            other => other,
        }
    }

    /// The message.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Report(said) => &said.message,
            Self::BrokenPipe | Self::AlreadyReported(_) => "",
        }
    }

    /// Whether WeChat Pay answered 404.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Report(said) if said.more.get("status") == Some(&404.into()))
    }

    /// Adds a member to the JSON form.
    pub(crate) fn member(&mut self, name: &str, value: impl Into<Value>) {
        if let Self::Report(said) = self {
            said.more.insert(name.to_owned(), value.into());
        }
    }

    /// Adds a line to the text form.
    pub(crate) fn line(&mut self, line: impl Into<String>) {
        if let Self::Report(said) = self {
            said.lines.push(line.into());
        }
    }

    /// A member of the JSON form, by its JSON pointer.
    pub(crate) fn pointer(&self, pointer: &str) -> Option<Value> {
        let Self::Report(said) = self else {
            return None;
        };
        let (first, rest) = pointer.strip_prefix('/')?.split_once('/')?;
        said.more.get(first)?.pointer(&format!("/{rest}")).cloned()
    }

    fn warn_if_unknown(&mut self) {
        if let Self::Report(said) = self
            && said.exit == Exit::OutcomeUnknown
        {
            said.lines.push(t!("outcome-unknown"));
        }
    }
}

impl Report {
    pub(crate) fn json(&self) -> Value {
        let mut error = Map::new();
        error.insert("kind".to_owned(), self.kind.into());
        error.insert("message".to_owned(), self.message.trim_end().into());
        error.insert("exit".to_owned(), (self.exit as u8).into());
        error.extend(self.more.clone());
        json!({ "error": error })
    }

    /// The text form. `label` precedes every message except clap's, which has its own.
    pub(crate) fn text(&self, label: &str) -> String {
        let message = self.message.trim_end();
        let mut text = if self.exit == Exit::Usage {
            message.to_owned()
        } else {
            format!("{label}{message}")
        };
        for line in &self.lines {
            text.push('\n');
            text.push_str(line);
        }
        text
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }
}

impl From<io::Error> for Failure {
    /// An error of writing the output.
    fn from(err: io::Error) -> Self {
        match err.kind() {
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::new(Exit::Input, "file", t!("output-unwritable", err = err)),
        }
    }
}

/// GET changes nothing at WeChat Pay, so after one no outcome is unknown.
fn exit_of(err: &Error, method: &Method) -> Exit {
    let open = err.maybe_sent() && method != Method::GET;
    if let Some(api) = err.api() {
        return of_answer(api, open);
    }
    match err.kind() {
        ErrorKind::Verify | ErrorKind::Decrypt | ErrorKind::Probe => Exit::InvalidAnswer,
        ErrorKind::Certificates if !open => of_certificates(err),
        _ if open => Exit::OutcomeUnknown,
        ErrorKind::Body => Exit::InvalidAnswer,
        _ if err.is_timeout() => Exit::Timeout,
        ErrorKind::Connect | ErrorKind::Transport => Exit::Connect,
        ErrorKind::Builder | ErrorKind::Key => Exit::Config,
        _ => Exit::Input,
    }
}

/// The call was not sent; the exit code is that of the failed download of the certificates.
fn of_certificates(err: &Error) -> Exit {
    match err.find::<Error>() {
        Some(cause) if cause.is_timeout() => Exit::Timeout,
        Some(cause) if cause.is_connect() => Exit::Connect,
        Some(cause) if cause.is_api() => Exit::Refused,
        _ => Exit::InvalidAnswer,
    }
}

/// A refusal whose signature is invalid, or which says that the outcome is unknown.
fn of_answer(api: &ApiError, open: bool) -> Exit {
    if matches!(api.verification, Verification::Failed(_)) {
        return Exit::InvalidAnswer;
    }
    if open && api.is_undecided() {
        Exit::OutcomeUnknown
    } else {
        Exit::Refused
    }
}

/// Whether a text stands in the message as a word, not within another one.
fn has_word(message: &str, text: &str) -> bool {
    let is_end = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    !text.is_empty()
        && message.match_indices(text).any(|(at, _)| {
            let (before, behind) = (&message[..at], &message[at + text.len()..]);
            is_end(before.chars().next_back()) && is_end(behind.chars().next())
        })
}

/// Whether the message has every member of the details. The nonce and the signature of APIv2 help nobody.
fn is_told(detail: &Value, message: &str) -> bool {
    let is_in = |(name, value): (&String, &Value)| {
        matches!(name.as_str(), "nonce_str" | "sign")
            || value.as_str().is_some_and(|text| has_word(message, text))
    };
    match detail {
        Value::Null => true,
        Value::Object(members) => members.iter().all(is_in),
        _ => false,
    }
}

/// The name of the kind in the JSON form.
fn kind_of(err: &Error) -> &'static str {
    match err.kind() {
        ErrorKind::Api => "api",
        ErrorKind::Body => "body",
        ErrorKind::Builder => "config",
        ErrorKind::Certificates => "certificates",
        ErrorKind::Connect => "connect",
        ErrorKind::Decrypt => "decrypt",
        ErrorKind::Encrypt => "encrypt",
        ErrorKind::File => "file",
        ErrorKind::Header => "header",
        ErrorKind::Key => "key",
        ErrorKind::Path => "path",
        ErrorKind::Probe => "probe",
        ErrorKind::Request => "request",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Transport => "transport",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::Verify => "verify",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(kind: ErrorKind, method: &Method) -> Exit {
        exit_of(&Error::new(kind, ""), method)
    }

    #[test]
    fn after_a_post_that_may_have_been_sent_the_outcome_is_unknown() {
        for kind in [ErrorKind::Timeout, ErrorKind::Transport, ErrorKind::Body] {
            assert_eq!(exit(kind, &Method::POST), Exit::OutcomeUnknown, "{kind:?}");
        }
        assert_eq!(exit(ErrorKind::Timeout, &Method::GET), Exit::Timeout);
        assert_eq!(exit(ErrorKind::Transport, &Method::GET), Exit::Connect);
        assert_eq!(exit(ErrorKind::Body, &Method::GET), Exit::InvalidAnswer);
        let unsent = Error::new(ErrorKind::Timeout, "").with_maybe_sent(false);
        assert_eq!(exit_of(&unsent, &Method::POST), Exit::Timeout);
    }

    #[test]
    fn unsent_requests_exit_with_the_code_of_their_cause() {
        assert_eq!(exit(ErrorKind::Connect, &Method::POST), Exit::Connect);
        assert_eq!(exit(ErrorKind::Path, &Method::POST), Exit::Input);
        assert_eq!(exit(ErrorKind::Encrypt, &Method::POST), Exit::Input);
        assert_eq!(exit(ErrorKind::Key, &Method::POST), Exit::Config);
        assert_eq!(exit(ErrorKind::Verify, &Method::POST), Exit::InvalidAnswer);
    }
}
