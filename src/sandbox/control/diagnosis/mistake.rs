//! A mistake of a client.

use serde_json::{Value, json};

use crate::bilingual::Bilingual;

/// One mistake, and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Mistake {
    /// Its name, for programs; it does not change with the texts.
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

    /// With something of the request in its texts.
    pub(in super::super) fn of(cause: &'static str, en: String, zh: String) -> Self {
        Self {
            cause,
            text: (en, zh).into(),
        }
    }

    /// As the control API gives it.
    pub(in super::super) fn json(&self) -> Value {
        json!({"cause": self.cause, "text": self.text.en, "text_zh": self.text.zh})
    }
}
