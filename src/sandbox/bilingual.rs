//! Texts for developers in English and Chinese.

use std::borrow::Cow;
use std::fmt::Display;

use serde_json::error::Category;

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

    /// The text of an error that exists in English only; `zh` says the same in Chinese.
    pub(super) fn of_error(zh: impl Into<Cow<'static, str>>, err: impl Display) -> Self {
        (err.to_string(), zh).into()
    }

    /// English, then Chinese.
    pub(super) fn into_both(self) -> (String, String) {
        (self.en.into_owned(), self.zh.into_owned())
    }
}

/// Where and why a text is not JSON, in Chinese.
pub(super) fn json_error_zh(err: &serde_json::Error) -> String {
    let reason = match err.classify() {
        Category::Eof => "内容不完整",
        Category::Data => "类型不符",
        Category::Syntax | Category::Io => "语法错误",
    };
    format!("第 {} 行第 {} 列，{reason}", err.line(), err.column())
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
