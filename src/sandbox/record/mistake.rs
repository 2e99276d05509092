//! A mistake of a client.

use std::sync::{Arc, Mutex, PoisonError};

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

/// The mistakes in a request. They are searched for once, and again when the sandbox has other keys: a merchant that is
/// added later may be the one whose key was used.
#[derive(Debug, Default)]
pub(crate) struct FoundMistakes(Mutex<Option<(KnownKeys, Arc<[Mistake]>)>>);

/// How many keys of merchants and of brands the sandbox has, and a hash of the ids of the platform's: those are replaced.
pub(crate) type KnownKeys = (usize, usize, u64);

impl FoundMistakes {
    pub(crate) fn of(
        &self,
        keys: KnownKeys,
        find: impl FnOnce() -> Vec<Mistake>,
    ) -> Arc<[Mistake]> {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*found {
            Some((known, mistakes)) if *known == keys => Arc::clone(mistakes),
            _ => {
                let mistakes: Arc<[Mistake]> = find().into();
                *found = Some((keys, Arc::clone(&mistakes)));
                mistakes
            }
        }
    }
}
