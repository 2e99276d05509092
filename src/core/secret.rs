//! Text that is not printed and is erased after use.

use std::fmt;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A secret text, for example an APIv3 key or a passphrase.
///
/// It has no `Display`, its `Debug` shows nothing, and its memory is overwritten when it is dropped.
///
/// ```
/// use wechatpay_chain::Secret;
/// let key = Secret::new("0123456789abcdef0123456789abcdef");
/// assert_eq!(format!("{key:?}"), "Secret(***)");
/// assert_eq!(key.expose().len(), 32);
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a text as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Returns the text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Deserialises from a text: a settings file may contain a secret.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        unquoted(deserializer).map(Self::new)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

/// The plaintext of a field with personal data, for example a name or the number of a bank card.
///
/// In JSON it is a text. Its `Debug` shows nothing, it has no `Display`, and its memory is overwritten when it is
/// dropped. In a request, the client encrypts it if WeChat Pay requires that for the field.
///
/// ```
/// use wechatpay_chain::Sensitive;
/// let name = Sensitive::new("张三");
/// assert_eq!(format!("{name:?}"), "Sensitive(***)");
/// assert_eq!(serde_json::json!({"user_name": name}), serde_json::json!({"user_name": "张三"}));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sensitive(Zeroizing<String>);

impl Sensitive {
    /// Wraps a plaintext.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Returns the plaintext.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Serialize for Sensitive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sensitive {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        unquoted(deserializer).map(Self::new)
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(***)")
    }
}

impl<T: Into<String>> From<T> for Sensitive {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

/// Reads a text. The error for a value of another type would quote it: a card number that is written as a number, for
/// example.
fn unquoted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map_err(|err| {
        // The other errors, such as that of truncated input, tell the caller more than a new one.
        if err.to_string().contains("invalid type") {
            let unquoted = Unexpected::Other("another kind of value (not shown)");
            D::Error::invalid_type(unquoted, &"a string")
        } else {
            err
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn errors_of_serde_do_not_quote_the_value() {
        for value in [
            json!(6_214_830_012_345_678_u64),
            json!(-6_214_830_012_345_678_i64),
            json!(6214.5),
            json!(["6214"]),
            json!({"6214": "6214"}),
            json!(true),
            Value::Null,
        ] {
            let text = value.to_string();
            for said in [
                serde_json::from_str::<Secret>(&text)
                    .err()
                    .map(|err| err.to_string()),
                serde_json::from_str::<Sensitive>(&text)
                    .err()
                    .map(|err| err.to_string()),
                serde_json::from_value::<Secret>(value.clone())
                    .err()
                    .map(|err| err.to_string()),
                serde_json::from_value::<Sensitive>(value.clone())
                    .err()
                    .map(|err| err.to_string()),
            ] {
                let said = said.expect("only a text is accepted");
                assert!(!said.contains("6214") && !said.contains("true"), "{said}");
                assert!(said.contains("expected a string"), "{said}");
            }
        }
        let cut = serde_json::from_str::<Sensitive>("\"6214").unwrap_err();
        assert!(cut.is_eof());
        let read: Option<Sensitive> = serde_json::from_str("null").unwrap();
        assert_eq!(read, None);
        assert_eq!(
            serde_json::from_str::<Sensitive>("\"6214\"")
                .unwrap()
                .expose(),
            "6214"
        );
    }
}
