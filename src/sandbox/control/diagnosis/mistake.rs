//! What a client does wrong, in both languages.

use std::borrow::Cow;

use serde_json::{Value, json};

/// One thing that is wrong, and what to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Mistake {
    /// Its name, for programs; it does not change with the texts.
    pub(in super::super) cause: &'static str,
    pub(in super::super) en: Cow<'static, str>,
    pub(in super::super) zh: Cow<'static, str>,
}

impl Mistake {
    pub(in super::super) const fn new(
        cause: &'static str,
        en: &'static str,
        zh: &'static str,
    ) -> Self {
        Self {
            cause,
            en: Cow::Borrowed(en),
            zh: Cow::Borrowed(zh),
        }
    }

    /// With something of the request in its texts.
    pub(in super::super) fn of(cause: &'static str, en: String, zh: String) -> Self {
        Self {
            cause,
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// As the control API gives it.
    pub(in super::super) fn json(&self) -> Value {
        json!({"cause": self.cause, "text": self.en, "text_zh": self.zh})
    }
}
