//! Texts for developers in English and Chinese.

use std::borrow::Cow;
use std::fmt::Display;

/// A text in English and in Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bilingual {
    pub(super) en: Cow<'static, str>,
    pub(super) zh: Cow<'static, str>,
}

impl Bilingual {
    pub(super) const fn new(en: &'static str, zh: &'static str) -> Self {
        Self {
            en: Cow::Borrowed(en),
            zh: Cow::Borrowed(zh),
        }
    }

    /// The text of an error. In Chinese, `about_zh` precedes the English text.
    pub(super) fn of_error(about_zh: &str, err: impl Display) -> Self {
        let en = err.to_string();
        let zh = format!("{about_zh}：{en}");
        (en, zh).into()
    }

    /// English, then Chinese.
    pub(super) fn into_both(self) -> (String, String) {
        (self.en.into_owned(), self.zh.into_owned())
    }
}

/// English, then Chinese.
impl<E, Z> From<(E, Z)> for Bilingual
where
    E: Into<Cow<'static, str>>,
    Z: Into<Cow<'static, str>>,
{
    fn from((en, zh): (E, Z)) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }
}
