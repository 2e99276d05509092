//! One field.

use std::fmt;

/// A field of a request or answer, a query parameter, or the item of an array.
///
/// ```
/// use http::Method;
/// use wechatpay_sandbox::schema;
///
/// let schema = schema::find(&Method::POST, "v3/pay/transactions/jsapi").unwrap();
/// for field in schema.request().iter().filter(|field| field.is_required()) {
///     println!("{}: {}", field.name(), field.kind());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub(super) name: &'static str,
    pub(super) kind: FieldKind,
    pub(super) required: bool,
    pub(super) encrypted: bool,
    pub(super) length: (Option<usize>, Option<usize>),
    pub(super) range: (Option<i64>, Option<i64>),
    pub(super) format: Option<&'static str>,
    pub(super) pattern: Option<&'static str>,
    pub(super) values: Vec<&'static str>,
    pub(super) fields: Vec<Self>,
}

/// The type of a field's value. In APIv2 all are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldKind {
    /// A text. With [`fields`](Field::fields) of its own, a text holding JSON.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An object.
    Object,
    /// An array; its one field, `*`, is the item.
    Array,
}

impl Field {
    /// The name; `*` for the item of an array.
    ///
    /// In APIv2, `$n` and `$m` in a name stand for a number from zero.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The type.
    #[must_use]
    pub fn kind(&self) -> FieldKind {
        self.kind
    }

    /// Whether the documentation says that it must be there, if the object around it is.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Whether it travels encrypted: in a request for the platform, in an answer for the merchant.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// How long a text may be, in characters, at least and at most.
    ///
    /// Of an encrypted field it may be the length of the ciphertext or of the plaintext; the
    /// documentation is of two minds.
    #[must_use]
    pub fn length(&self) -> (Option<usize>, Option<usize>) {
        self.length
    }

    /// The least and the greatest number.
    #[must_use]
    pub fn range(&self) -> (Option<i64>, Option<i64>) {
        self.range
    }

    /// How a text is written, in the documentation's word: `rfc3339`, `base64`, `date`, `url`, `MediaId` …
    #[must_use]
    pub fn format(&self) -> Option<&'static str> {
        self.format
    }

    /// The regular expression that a text matches.
    #[must_use]
    pub fn pattern(&self) -> Option<&'static str> {
        self.pattern
    }

    /// The values that the documentation names; empty when any will do.
    #[must_use]
    pub fn values(&self) -> &[&'static str] {
        &self.values
    }

    /// The fields inside: of an object, of an array (`*`), of a text that holds JSON.
    #[must_use]
    pub fn fields(&self) -> &[Self] {
        &self.fields
    }
}

/// The name of the type: `string`, `integer` …
impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Object => "object",
            Self::Array => "array",
        })
    }
}
