use std::fmt;

/// Why a path, a template or one of its variables is refused. Nothing was sent.
///
/// `Display` says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathError {
    /// The path names a host: `https://…`, `//host`, `\\host`, or any other scheme.
    Absolute,
    /// A segment was appended after the query of a path.
    AfterQuery,
    /// The path contains a backslash, which some servers read as `/`.
    Backslash,
    /// The path contains white space or a control character.
    Character {
        /// The first such character.
        found: char,
    },
    /// A segment is `.` or `..`, also when percent-encoded.
    DotSegment,
    /// The value of a variable is `.` or `..`, which is a dot segment.
    DotValue {
        /// The variable.
        name: String,
    },
    /// A `{}` without a variable name.
    EmptyExpression,
    /// The path contains two consecutive slashes.
    EmptySegment,
    /// A runtime segment is empty.
    EmptyValue,
    /// The value of a variable is empty and leaves an empty segment in the path.
    EmptyVariable {
        /// The variable.
        name: String,
    },
    /// The path contains a `#`, or a template operator that produces one.
    Fragment,
    /// A variable of the template has no value.
    MissingVariable {
        /// The variable.
        name: String,
        /// The names that were given.
        given: Vec<String>,
    },
    /// The path nearly matches an operation with sensitive fields, which would be sent in plaintext.
    NearMiss {
        /// The operation's method.
        method: String,
        /// The operation's path in the documentation.
        path: String,
    },
    /// An expression begins with a character that RFC 6570 reserves.
    Operator {
        /// That character.
        found: char,
    },
    /// A prefix `{name:3}` is not a number from 1 to 9999, or was used on a list or map.
    Prefix {
        /// The variable.
        name: String,
    },
    /// The expanded path is longer than an HTTP target may be.
    TooLong,
    /// A `{` has no `}`.
    UnclosedBrace,
    /// A `}` has no `{`.
    UnopenedBrace,
    /// A value was given for a variable that the template does not have.
    UnusedVariable {
        /// The name that was given.
        name: String,
        /// The variables of the template.
        template: Vec<String>,
    },
    /// The value of a variable has a type that a path cannot contain.
    ValueType {
        /// The variable.
        name: String,
        /// The type of the value.
        found: &'static str,
    },
    /// The name of a variable contains characters other than letters, digits, `_` and inner `.`.
    VariableName {
        /// The invalid name.
        name: String,
    },
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character { found } => write!(
                f,
                "the path contains the character {found:?}; remove it, or write it percent-encoded"
            ),
            Self::DotValue { name } => write!(
                f,
                "the value of `{name}` is `.` or `..`, which would change the path; give the real value"
            ),
            Self::EmptyVariable { name } => write!(
                f,
                "the value of `{name}` is empty and would leave an empty segment in the path; give the \
                 real value"
            ),
            Self::NearMiss { method, path } => write!(f, "the operation is {method} {path}"),
            Self::MissingVariable { name, given } => write!(
                f,
                "the path needs a value for `{name}` and {}; give it with `.var({name:?}, …)`",
                Names("was given", given)
            ),
            Self::UnusedVariable { name, template } => write!(
                f,
                "the path has no variable `{name}`, it {}; correct the name or leave it out",
                Names("has", template)
            ),
            Self::ValueType { name, found } => write!(
                f,
                "the value of `{name}` is {found}, which a path cannot contain; give the text for the path"
            ),
            _ => self.write_syntax(f),
        }
    }
}

impl PathError {
    /// Writes the errors of the template's syntax, and those without values.
    fn write_syntax(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator { found } => write!(
                f,
                "`{found}` cannot begin a template expression; write `{{name}}`, or one of the \
                 operators `+ . / ; ? &` before the name"
            ),
            Self::Prefix { name } => write!(
                f,
                "the prefix of `{name}` is wrong; write a number from 1 to 9999, as in \
                 `{{{name}:3}}`, and use it on a text only"
            ),
            Self::VariableName { name } => write!(
                f,
                "`{name}` cannot name a variable; use letters, digits and `_`, as in `{{out_trade_no}}`"
            ),
            _ => f.write_str(self.advice()),
        }
    }
}

impl std::error::Error for PathError {}

impl PathError {
    /// Returns the message of the variants without data.
    fn advice(&self) -> &'static str {
        match self {
            Self::Absolute => {
                "the path contains a host or a scheme; write only the path, as in \
                 `v3/pay/transactions/native`, and set another host as the base URL"
            }
            Self::AfterQuery => {
                "a segment follows the query of the path; write the query last, or give it as an \
                 option of the call"
            }
            Self::Backslash => "the path contains a backslash; separate segments with `/`",
            Self::DotSegment => {
                "the path contains the segment `.` or `..`, which would change the path; write the path \
                 in full"
            }
            Self::EmptyExpression => {
                "the path contains `{}`; write the variable's name between the braces, as in \
                 `{out_trade_no}`"
            }
            Self::EmptySegment => {
                "the path contains an empty segment (`//`); write a single slash, or a variable with an \
                 empty value if the segment is empty on purpose"
            }
            Self::EmptyValue => {
                "the segment is empty; give its value, or use a variable whose value may be empty"
            }
            Self::Fragment => {
                "the path contains a `#`, which is never sent; remove it, or write `%23`"
            }
            Self::TooLong => "the path is longer than 65534 bytes; send large values in the body",
            Self::UnclosedBrace => {
                "a `{` in the path has no `}`; write `{name}`, or `%7B` for a brace"
            }
            Self::UnopenedBrace => {
                "a `}` in the path has no `{`; write `{name}`, or `%7D` for a brace"
            }
            _ => "the path cannot be used",
        }
    }
}

/// Displays ``has `a`, `b` `` or `has none`.
struct Names<'a>(&'static str, &'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(verb, names) = self;
        match names {
            [] => write!(f, "{verb} none"),
            names => write!(f, "{verb} `{}`", names.join("`, `")),
        }
    }
}
