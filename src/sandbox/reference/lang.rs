//! The languages of the reference.

/// A language of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Lang {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// All languages.
    pub(crate) const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The language tag for HTML.
    pub(crate) fn code(self) -> &'static str {
        self.say("en", "zh-CN")
    }

    /// The name of the folder with the pages in this language.
    #[must_use]
    pub fn folder(self) -> &'static str {
        self.say("en", "zh")
    }

    /// One of two texts.
    #[must_use]
    pub fn say<'t>(self, english: &'t str, chinese: &'t str) -> &'t str {
        match self {
            Self::En => english,
            Self::Zh => chinese,
        }
    }

    /// The language of a folder or of a primary language tag: `en`, `zh`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            _ => None,
        }
    }

    /// The other language.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }
}
