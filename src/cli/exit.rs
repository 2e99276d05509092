//! How the command ends: the codes, and what is said.

use std::io;

use http::Method;
use serde_json::{Map, Value, json};
use wechatpay_chain::{ApiError, Error, ErrorKind, Verification};

use crate::rephrase;

/// Why the command ends.
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

/// An end that is not a success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody reads the output any more: no error.
    BrokenPipe,
    /// What is wrong is said already.
    AlreadyReported(Exit),
    Report(Box<Report>),
}

/// What is said on standard error.
#[derive(Debug)]
pub(crate) struct Report {
    exit: Exit,
    kind: &'static str,
    message: String,
    /// Further members of the machine's form.
    more: Map<String, Value>,
    /// Further lines of people's form.
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
            failure.line(format!("Request-ID: {id}"));
        }
        if let Some(api) = err.api() {
            failure.member("status", api.status.as_u16());
            failure.member("code", api.code.as_str());
            failure.member("detail", api.detail.clone());
            if !api.detail.is_null() {
                failure.line(format!("detail: {:#}", api.detail));
            }
        }
        // Of the header the error says it all; the body is not what is wrong.
        if err.kind() == ErrorKind::Encrypt && !failure.message().contains("Wechatpay-Serial") {
            failure.line(NO_ENCRYPT);
        }
        failure.warn_if_unknown();
        failure
    }

    /// A request was sent and answered, and the answer could not be written: unlike with input that
    /// is of no use, what was asked for may be done.
    pub(crate) fn after_answer(self, method: &Method) -> Self {
        match self {
            Self::Report(mut said) if *method != Method::GET => {
                said.exit = Exit::OutcomeUnknown;
                said.message = format!("the request was sent and answered, but {}", said.message);
                let mut failure = Self::Report(said);
                failure.member("maybe_sent", true);
                failure.warn_if_unknown();
                failure
            }
            other => other,
        }
    }

    /// What is said.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Report(said) => &said.message,
            Self::BrokenPipe | Self::AlreadyReported(_) => "",
        }
    }

    /// Adds a member to the machine's form.
    pub(crate) fn member(&mut self, name: &str, value: impl Into<Value>) {
        if let Self::Report(said) = self {
            said.more.insert(name.to_owned(), value.into());
        }
    }

    /// Adds a line to people's form.
    pub(crate) fn line(&mut self, line: impl Into<String>) {
        if let Self::Report(said) = self {
            said.lines.push(line.into());
        }
    }

    /// A member of the machine's form, by its pointer.
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
            said.lines.push(
                "OUTCOME UNKNOWN: the request may have been acted on; query it before anything else"
                    .to_owned(),
            );
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

    /// What people read; `label` stands before an error that is not clap's, which has its own.
    pub(crate) fn text(&self, label: &str) -> String {
        let message = self.message.trim_end();
        let mut text = if self.exit == Exit::Usage {
            message.to_owned()
        } else {
            format!("{label} {message}")
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
    /// Of writing the output.
    fn from(err: io::Error) -> Self {
        match err.kind() {
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::new(
                Exit::Input,
                "file",
                format!("the output cannot be written: {err}"),
            ),
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

/// The call was not sent: what counts is why the certificates did not come.
fn of_certificates(err: &Error) -> Exit {
    match err.find::<Error>() {
        Some(cause) if cause.is_timeout() => Exit::Timeout,
        Some(cause) if cause.is_connect() => Exit::Connect,
        Some(cause) if cause.is_api() => Exit::Refused,
        _ => Exit::InvalidAnswer,
    }
}

/// A refusal that is not WeChat Pay's word, or with which it says that it does not know itself.
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

/// The library's advice is for programs; this is for the command.
const NO_ENCRYPT: &str =
    "Here: the sensitive fields of --json are encrypted; with --no-encrypt the body goes as it is.";

/// The name of the kind, in the machine's form.
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
