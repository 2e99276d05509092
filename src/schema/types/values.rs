//! Enums of documented values.

use super::layout::{arm, code};
use super::names::Names;

/// An enum that keeps unlisted values, and its conversions from and to a text.
pub(super) fn enumeration(name: &str, about: &str, values: &[&str]) -> String {
    let mut names = Names::default();
    let mut written: Vec<(String, &str)> = Vec::new();
    for value in values {
        if !written.iter().any(|(_, other)| other == value) {
            written.push((names.upper(value), value));
        }
    }
    let (mut variants, mut from, mut into) = (String::new(), String::new(), String::new());
    for (variant, value) in &written {
        variants.push_str(&format!("    /// {}\n    {variant},\n", code(value)));
        from.push_str(&arm(&format!("{value:?}"), &format!("Self::{variant}")));
        into.push_str(&arm(&format!("Self::{variant}"), &format!("{value:?}")));
    }
    format!(
        "\n/// {about}\n\
         #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]\n\
         #[serde(from = \"String\", into = \"String\")]\npub enum {name} {{\n{variants}    \
         /// A value that is not documented.\n    Other(String),\n}}\n\n\
         impl {name} {{\n    /// The value as it is sent.\n    #[must_use]\n    \
         pub fn as_str(&self) -> &str {{\n        match self {{\n{into}            \
         Self::Other(value) => value,\n        }}\n    }}\n}}\n\n\
         impl From<String> for {name} {{\n    fn from(value: String) -> Self {{\n        \
         match value.as_str() {{\n{from}            _ => Self::Other(value),\n        }}\n    }}\n}}\n\n\
         impl From<{name}> for String {{\n    fn from(value: {name}) -> Self {{\n        \
         value.as_str().to_owned()\n    }}\n}}\n"
    )
}
