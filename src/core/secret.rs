//! Text that must not be printed and does not outlive its use.

use std::fmt;

use serde::{Deserialize, Deserializer};
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
    /// Takes a text over as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Deserialises from a text: a settings file may hold a secret.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
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
