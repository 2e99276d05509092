//! One field.

use std::fmt;

/// A field of a request or response, a query parameter, or the item of an array.
///
/// ```
/// let jsapi = wechatpay_schema::find("POST", "v3/pay/transactions/jsapi").unwrap();
/// for field in jsapi.request().iter().filter(|field| field.is_required()) {
///     println!("{}: {}", field.name(), field.kind());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: FieldKind,
    pub(crate) required: bool,
    pub(crate) encrypted: bool,
    pub(crate) length: (Option<usize>, Option<usize>),
    pub(crate) range: (Option<i64>, Option<i64>),
    pub(crate) format: Option<&'static str>,
    pub(crate) pattern: Option<&'static str>,
    pub(crate) values: Vec<&'static str>,
    pub(crate) fields: Vec<Self>,
}

/// The type of a field's value. APIv2 writes all values as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldKind {
    /// A text. If it has [`fields`](Field::fields), the text contains JSON.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An object.
    Object,
    /// A value of any type: the documentation of events has no types.
    Any,
    /// An array. Its only field, `*`, is the item.
    Array,
}

impl Field {
    /// A field without any rule.
    pub(crate) fn new(name: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            kind,
            required: false,
            encrypted: false,
            length: (None, None),
            range: (None, None),
            format: None,
            pattern: None,
            values: Vec::new(),
            fields: Vec::new(),
        }
    }

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

    /// Whether the documentation marks it as required within its object.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Whether it is encrypted: for WeChat Pay in a request, for the merchant in a response.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// The least and the greatest length of a text, in characters.
    ///
    /// For an encrypted field, the documentation gives the length of the ciphertext in some places and that of the
    /// plaintext in others.
    #[must_use]
    pub fn length(&self) -> (Option<usize>, Option<usize>) {
        self.length
    }

    /// The least and the greatest number.
    #[must_use]
    pub fn range(&self) -> (Option<i64>, Option<i64>) {
        self.range
    }

    /// The format of a text, in the documentation's term: `rfc3339`, `base64`, `date`, `url`, `MediaId` …
    #[must_use]
    pub fn format(&self) -> Option<&'static str> {
        self.format
    }

    /// The regular expression that a text matches.
    #[must_use]
    pub fn pattern(&self) -> Option<&'static str> {
        self.pattern
    }

    /// The documented values; empty if any value is allowed.
    #[must_use]
    pub fn values(&self) -> &[&'static str] {
        &self.values
    }

    /// The fields of an object, the item of an array (`*`), or the fields of a text that contains JSON.
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
            Self::Any => "any",
        })
    }
}
