//! A mistake of a client.

use serde_json::{Value, json};

use crate::bilingual::Bilingual;

/// One mistake, and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Mistake {
    /// A stable name for programs.
    pub(in super::super) cause: &'static str,
    pub(in super::super) text: Bilingual,
}

impl Mistake {
    pub(in super::super) const fn new(
        cause: &'static str,
        en: &'static str,
        zh: &'static str,
    ) -> Self {
        Self {
            cause,
            text: Bilingual::new(en, zh),
        }
    }

    /// A mistake whose texts contain a value of the request.
    pub(in super::super) fn of(cause: &'static str, en: String, zh: String) -> Self {
        Self {
            cause,
            text: (en, zh).into(),
        }
    }

    /// The JSON of the control API.
    pub(in super::super) fn json(&self) -> Value {
        json!({"cause": self.cause, "text": self.text.en, "text_zh": self.text.zh})
    }
}
