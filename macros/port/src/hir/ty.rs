//! The types of values.

/// A type, as far as it is known before PHP runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ty {
    /// Nothing is known yet.
    Unknown,
    /// No value: a function without a result.
    Void,
    /// No value: `throw`, `exit`.
    Never,
    /// `null`
    Null,
    /// `true`, `false`
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Float,
    /// A text.
    Text,
    /// Any of these and arrays: only a run tells.
    Any,
    /// A client of WeChat Pay.
    Client,
    /// The settings of a client, before it is made.
    Builder,
    /// An answer of WeChat Pay.
    Response,
    /// The answer that an exception carries.
    Answer,
    /// A promise of an answer.
    Promise,
    /// An exception.
    Thrown,
    /// A public key.
    PublicKey,
    /// A private key.
    PrivateKey,
    /// A file to upload.
    Media,
    /// A closure.
    Closure,
    /// A map of clients by the keys of PHP's array.
    Clients,
    /// One of these, or null.
    Maybe(Box<Self>),
}

impl Ty {
    /// The type of a value that may have either type.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one.clone(),
            (Self::Unknown | Self::Never, other) | (other, Self::Unknown | Self::Never) => {
                other.clone()
            }
            (Self::Null | Self::Void, other) | (other, Self::Null | Self::Void) => other.nullable(),
            (Self::Maybe(one), other) | (other, Self::Maybe(one)) => one.join(other).nullable(),
            (Self::Response, Self::Answer) | (Self::Answer, Self::Response) => Self::Answer,
            _ => Self::Any,
        }
    }

    /// The same, or null.
    #[must_use]
    pub fn nullable(&self) -> Self {
        match self {
            Self::Maybe(_) | Self::Any | Self::Null => self.clone(),
            Self::Void | Self::Unknown | Self::Never => Self::Null,
            other => Self::Maybe(Box::new(other.clone())),
        }
    }

    /// Without null.
    #[must_use]
    pub fn present(&self) -> &Self {
        match self {
            Self::Maybe(inner) => inner,
            other => other,
        }
    }

    /// Whether it is a value of PHP's own, and no object.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        match self {
            Self::Null | Self::Bool | Self::Int | Self::Float | Self::Text | Self::Any => true,
            Self::Maybe(inner) => inner.is_plain(),
            _ => false,
        }
    }

    /// Whether PHP converts a value where this type is declared.
    #[must_use]
    pub fn is_scalar(&self) -> bool {
        matches!(
            self.present(),
            Self::Text | Self::Int | Self::Float | Self::Bool
        )
    }

    /// Whether a declaration leaves open what a value is here: the SDK's objects and keys are of several types.
    #[must_use]
    pub fn is_open(written: &str) -> bool {
        let all = written.trim_start_matches('?').split('|');
        let mut all = all.filter(|part| !part.eq_ignore_ascii_case("null"));
        all.all(|part| {
            let last = part.rsplit('\\').next().unwrap_or(part);
            let open = [
                "object",
                "mixed",
                "opensslasymmetrickey",
                "opensslcertificate",
            ];
            open.contains(&&*last.to_ascii_lowercase())
        })
    }

    /// The type of a declaration; nothing for a class that is not known here.
    #[must_use]
    pub fn declared(written: &str) -> Option<Self> {
        if let Some(inner) = written.strip_prefix('?') {
            return Self::declared(inner).map(|ty| ty.nullable());
        }
        if written.contains('|') {
            let parts = written.split('|').map(Self::declared);
            let parts: Option<Vec<_>> = parts.collect();
            return parts.map(|parts| {
                parts
                    .iter()
                    .fold(Self::Unknown, |one, other| one.join(other))
            });
        }
        let last = written.rsplit('\\').next().unwrap_or(written);
        Some(match last.to_ascii_lowercase().as_str() {
            "string" => Self::Text,
            "int" => Self::Int,
            "float" => Self::Float,
            "bool" | "false" | "true" => Self::Bool,
            "array" | "mixed" | "iterable" | "object" | "stdclass" => Self::Any,
            "null" => Self::Null,
            "void" => Self::Void,
            "never" => Self::Never,
            "builderchainable" | "clientdecoratorinterface" => Self::Client,
            "responseinterface" | "response"
                if written.contains("Psr") || written.contains("Guzzle") =>
            {
                Self::Response
            }
            "promiseinterface" => Self::Promise,
            "mediautil" => Self::Media,
            "throwable" | "exception" | "requestexception" | "clientexception"
            | "connectexception" => Self::Thrown,
            "closure" | "callable" => Self::Closure,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_joined() {
        assert_eq!(Ty::Int.join(&Ty::Int), Ty::Int);
        assert_eq!(Ty::Int.join(&Ty::Text), Ty::Any);
        assert_eq!(
            Ty::Response.join(&Ty::Answer.nullable()),
            Ty::Answer.nullable()
        );
        assert_eq!(Ty::Text.join(&Ty::Null), Ty::Maybe(Box::new(Ty::Text)));
        assert_eq!(Ty::declared("?string"), Some(Ty::Maybe(Box::new(Ty::Text))));
        assert_eq!(Ty::declared("int|string"), Some(Ty::Any));
        assert_eq!(Ty::declared("\\App\\Order"), None);
    }
}
