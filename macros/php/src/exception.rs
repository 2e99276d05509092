//! Exceptions and errors of PHP.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// An exception or error of PHP, with its class.
///
/// ```
/// use wechatpay_chain_php::Thrown;
/// let timeout = Thrown::new("GuzzleHttp\\Exception\\ConnectException", "timed out");
/// assert!(timeout.is("GuzzleHttp\\Exception\\TransferException"));
/// assert!(!timeout.is("GuzzleHttp\\Exception\\RequestException"));
/// ```
#[derive(Debug, Clone)]
pub struct Thrown {
    inner: Box<Inner>,
}

#[derive(Debug, Clone)]
struct Inner {
    class: String,
    /// The parent classes of a class that PHP does not know.
    parents: Vec<String>,
    message: String,
    code: i64,
    answer: Option<Answer>,
    source: Option<Arc<dyn Error + Send + Sync>>,
    previous: Option<Thrown>,
    fault: bool,
}

/// The answer in an exception of Guzzle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// An answer.
    #[must_use]
    pub fn new(status: u16, headers: Vec<(String, String)>, body: impl Into<String>) -> Self {
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    /// `getHeaderLine($name)`: empty when there is none.
    #[must_use]
    pub fn header_line(&self, name: &str) -> String {
        let found = self.headers.iter();
        let found = found.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let values: Vec<_> = found.map(|(_, value)| value.as_str()).collect();
        values.join(", ")
    }
}

/// A class of PHP or Guzzle, and its parent class.
#[rustfmt::skip]
const CLASSES: [(&str, &str); 31] = [
    ("Exception", "Throwable"),
    ("Error", "Throwable"),
    ("TypeError", "Error"),
    ("ArgumentCountError", "TypeError"),
    ("ValueError", "Error"),
    ("ArithmeticError", "Error"),
    ("DivisionByZeroError", "ArithmeticError"),
    ("UnhandledMatchError", "Error"),
    ("AssertionError", "Error"),
    ("ErrorException", "Exception"),
    ("JsonException", "Exception"),
    ("LogicException", "Exception"),
    ("RuntimeException", "Exception"),
    ("BadFunctionCallException", "LogicException"),
    ("BadMethodCallException", "BadFunctionCallException"),
    ("DomainException", "LogicException"),
    ("InvalidArgumentException", "LogicException"),
    ("LengthException", "LogicException"),
    ("OutOfRangeException", "LogicException"),
    ("OutOfBoundsException", "RuntimeException"),
    ("OverflowException", "RuntimeException"),
    ("RangeException", "RuntimeException"),
    ("UnderflowException", "RuntimeException"),
    ("UnexpectedValueException", "RuntimeException"),
    ("GuzzleHttp\\Exception\\TransferException", "RuntimeException"),
    ("GuzzleHttp\\Exception\\ConnectException", "GuzzleHttp\\Exception\\TransferException"),
    ("GuzzleHttp\\Exception\\RequestException", "GuzzleHttp\\Exception\\TransferException"),
    ("GuzzleHttp\\Exception\\BadResponseException", "GuzzleHttp\\Exception\\RequestException"),
    ("GuzzleHttp\\Exception\\ClientException", "GuzzleHttp\\Exception\\BadResponseException"),
    ("GuzzleHttp\\Exception\\ServerException", "GuzzleHttp\\Exception\\BadResponseException"),
    ("GuzzleHttp\\Exception\\TooManyRedirectsException", "GuzzleHttp\\Exception\\RequestException"),
];

/// Returns the parent class of a class of PHP or Guzzle.
#[must_use]
pub fn parent_class(class: &str) -> Option<&'static str> {
    let mut known = CLASSES.iter();
    known
        .find(|(known, _)| known.eq_ignore_ascii_case(class))
        .map(|(_, parent)| *parent)
}

impl Thrown {
    /// `new Class($message)`; the class without a leading backslash.
    #[must_use]
    pub fn new(class: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                class: class.into(),
                parents: Vec::new(),
                message: message.into(),
                code: 0,
                answer: None,
                source: None,
                previous: None,
                fault: false,
            }),
        }
    }

    /// Creates the error for something that PHP can do and this port cannot. No `catch` takes it.
    #[must_use]
    pub fn fault(message: impl Into<String>) -> Self {
        let mut fault = Self::new("Fault", message);
        fault.inner.fault = true;
        fault
    }

    /// `exit`: no `catch` takes it, and the program or request is over.
    #[must_use]
    pub fn exit() -> Self {
        let mut exit = Self::new("exit", "PHP ends here");
        exit.inner.fault = true;
        exit
    }

    /// Whether it was created by `exit`.
    #[must_use]
    pub fn is_exit(&self) -> bool {
        self.inner.fault && self.inner.class == "exit"
    }

    /// Sets the code.
    #[must_use]
    pub fn with_code(mut self, code: i64) -> Self {
        self.inner.code = code;
        self
    }

    /// Sets the parent classes, for a class that is neither PHP's nor Guzzle's.
    #[must_use]
    pub fn with_parents<T: Into<String>>(mut self, parents: impl IntoIterator<Item = T>) -> Self {
        self.inner.parents = parents.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the previous exception.
    #[must_use]
    pub fn with_previous(mut self, previous: Option<Self>) -> Self {
        self.inner.previous = previous;
        self
    }

    /// Sets the answer.
    #[must_use]
    pub fn with_answer(mut self, answer: Option<Answer>) -> Self {
        self.inner.answer = answer;
        self
    }

    /// Sets the Rust error that caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.inner.source = Some(Arc::new(source));
        self
    }

    /// Returns the class, without a leading backslash.
    #[must_use]
    pub fn class(&self) -> &str {
        &self.inner.class
    }

    /// `$e instanceof Class`, as `catch` checks. An unknown class is an `Exception`.
    #[must_use]
    pub fn is(&self, class: &str) -> bool {
        if self.inner.fault {
            return false;
        }
        let class = class.trim_start_matches('\\');
        // The interface of all exceptions of Guzzle.
        if class.eq_ignore_ascii_case("GuzzleHttp\\Exception\\GuzzleException") {
            let mut parents = self.inner.parents.iter();
            return parents.any(|parent| parent.eq_ignore_ascii_case(class))
                || self.is("GuzzleHttp\\Exception\\TransferException");
        }
        let mut own = std::iter::once(&self.inner.class).chain(&self.inner.parents);
        // A class that names no exception of PHP's above it descends from `Exception`.
        if !own.clone().any(|own| is_known(own)) {
            return own.any(|own| descends(own, class));
        }
        own.any(|own| own.eq_ignore_ascii_case(class) || is_known(own) && descends(own, class))
    }

    /// `getMessage()`
    #[must_use]
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// `getCode()`
    #[must_use]
    pub fn code(&self) -> i64 {
        self.inner.code
    }

    /// `getResponse()`
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.inner.answer.as_ref()
    }

    /// `getResponse()` of any exception.
    ///
    /// # Errors
    /// An `Error` where the class has no such method: only Guzzle's `RequestException` and its kin have.
    pub fn response(&self) -> crate::Result<Option<&Answer>> {
        self.has_method("getResponse")?;
        Ok(self.answer())
    }

    /// `hasResponse()` of any exception.
    ///
    /// # Errors
    /// An `Error` where the class has no such method: only Guzzle's `RequestException` and its kin have.
    pub fn has_response(&self) -> crate::Result<bool> {
        self.has_method("hasResponse")?;
        Ok(self.answer().is_some())
    }

    fn has_method(&self, name: &str) -> crate::Result<()> {
        if self.inner.fault || self.is("GuzzleHttp\\Exception\\RequestException") {
            return Ok(());
        }
        let class = self.class();
        let message = format!("Call to undefined method {class}::{name}()");
        Err(Self::new("Error", message))
    }

    /// `getPrevious()`
    #[must_use]
    pub fn previous(&self) -> Option<&Self> {
        self.inner.previous.as_ref()
    }
}

/// Whether a class is PHP's or Guzzle's.
fn is_known(class: &str) -> bool {
    parent_class(class.trim_start_matches('\\')).is_some()
}

fn descends(class: &str, wanted: &str) -> bool {
    let mut class = class.trim_start_matches('\\').to_owned();
    loop {
        if class.eq_ignore_ascii_case(wanted) {
            return true;
        }
        class = match parent_class(&class) {
            Some(parent) => parent.to_owned(),
            None if class.eq_ignore_ascii_case("Throwable") => return false,
            None => "Exception".to_owned(),
        };
    }
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.inner.class, self.inner.message)
    }
}

impl Error for Thrown {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.inner.source.as_deref();
        source.map(|source| source as &(dyn Error + 'static))
    }
}

/// The error of a `match` without a matching arm.
#[must_use]
pub fn unhandled(value: &crate::Value) -> Thrown {
    let shown = match value {
        crate::Value::String(text) => {
            format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
        }
        crate::Value::Array(_) | crate::Value::Object(_) => "of type array".to_owned(),
        crate::Value::Null => "NULL".to_owned(),
        crate::Value::Bool(flag) => flag.to_string(),
        number => crate::text(number),
    };
    Thrown::new(
        "UnhandledMatchError",
        format!("Unhandled match case {shown}"),
    )
}

/// How a `try` with a `finally` ends.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums, reason = "generated code matches all of it")]
pub enum Flow<T> {
    /// At its end.
    Next,
    /// By `return`.
    Return(T),
    /// By an uncaught exception.
    Throw(Thrown),
    /// By the `break` or `continue` of this number.
    Leave(u32),
}

/// Returns the value of a `Result`, or leaves a labelled block with the exception: `?` for the body of
/// a `try`.
///
/// ```
/// use wechatpay_chain_php::{Thrown, attempt, intdiv};
/// let thrown = 'done: {
///     let thrown: Thrown = 'attempt: {
///         attempt!('attempt, intdiv(1, 0));
///         break 'done None;
///     };
///     Some(thrown)
/// };
/// assert!(thrown.is_some_and(|thrown| thrown.is("DivisionByZeroError")));
/// ```
#[macro_export]
macro_rules! attempt {
    ($label:lifetime, $value:expr) => {
        match $value {
            Ok(value) => value,
            Err(err) => break $label $crate::Thrown::from(err),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_an_instance_of_its_ancestors_only() {
        let client = Thrown::new("GuzzleHttp\\Exception\\ClientException", "");
        for (class, expected) in [
            ("\\GuzzleHttp\\Exception\\RequestException", true),
            ("GuzzleHttp\\Exception\\GuzzleException", true),
            ("RuntimeException", true),
            ("Throwable", true),
            ("GuzzleHttp\\Exception\\ServerException", false),
            ("InvalidArgumentException", false),
            ("Error", false),
        ] {
            assert_eq!(client.is(class), expected, "{class}");
        }
        let own = Thrown::new("App\\PayException", "").with_parents(["RuntimeException"]);
        assert!(own.is("App\\PayException") && own.is("RuntimeException") && own.is("Exception"));
        assert!(!own.is("LogicException") && !Thrown::new("TypeError", "").is("Exception"));
        assert!(!Thrown::fault("").is("Throwable"));
    }
}
