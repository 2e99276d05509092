//! Texts of the program, such as names of events, in a saved state.

#[cfg(feature = "state")]
use std::collections::HashSet;
#[cfg(feature = "state")]
use std::sync::{Mutex, PoisonError};

#[cfg(feature = "state")]
use serde::{Deserialize, Deserializer};

/// A text of the program. The alias keeps serde from borrowing it from the file.
pub(crate) type StaticText = &'static str;

/// Reads a [`StaticText`].
#[cfg(feature = "state")]
pub(crate) fn interned<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StaticText, D::Error> {
    String::deserialize(deserializer).map(|text| static_text(&text))
}

/// The text for the rest of the process. Files name only texts of the program, so there are few.
#[cfg(feature = "state")]
pub(crate) fn static_text(text: &str) -> StaticText {
    static KNOWN: Mutex<Option<HashSet<StaticText>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if let Some(same) = known.get(text) {
        return same;
    }
    let kept = Box::leak(text.to_owned().into_boxed_str());
    known.insert(kept);
    kept
}
