//! A mistake of a client.

use serde_json::{Value, json};

use crate::bilingual::Bilingual;

/// One mistake, and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// A stable name for programs.
    pub(crate) cause: &'static str,
    pub(crate) text: Bilingual,
}

impl Mistake {
    pub(crate) const fn new(cause: &'static str, en: &'static str, zh: &'static str) -> Self {
        Self {
            cause,
            text: Bilingual::new(en, zh),
        }
    }

    /// A mistake whose texts contain a value of the request.
    pub(crate) fn of(cause: &'static str, en: String, zh: String) -> Self {
        Self {
            cause,
            text: (en, zh).into(),
        }
    }

    /// The JSON of the control API.
    pub(crate) fn json(&self) -> Value {
        json!({"cause": self.cause, "text": self.text.en, "text_zh": self.text.zh})
    }
}
