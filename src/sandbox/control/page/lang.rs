//! The page's languages.

use http::HeaderValue;
use http::header::{ACCEPT_LANGUAGE, COOKIE};
use http::request::Parts;

use crate::bilingual::Bilingual;
use crate::query;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lang {
    En,
    Zh,
}

impl Lang {
    /// The selected language, otherwise the first supported one of the browser's.
    pub(super) fn of(head: &Parts) -> Self {
        let text = |name| {
            head.headers
                .get(name)
                .and_then(|value: &HeaderValue| value.to_str().ok())
        };
        let cookies = text(COOKIE).unwrap_or_default().split(';');
        let chosen = cookies.filter_map(|cookie| cookie.trim().strip_prefix("sandbox_lang="));
        let accepted = text(ACCEPT_LANGUAGE).unwrap_or_default().split(',');
        let accepted = accepted.filter_map(|range| range.split([';', '-']).next());
        chosen
            .chain(accepted)
            .find_map(|name| Self::named(name.trim()))
            .unwrap_or(Self::En)
    }

    /// The language that the request selects with `?lang=zh`.
    pub(super) fn chosen(head: &Parts) -> Option<Self> {
        Self::named(&query::value(head.uri.query(), "lang")?)
    }

    pub(super) fn cookie(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::En => {
                "sandbox_lang=en; Path=/_sandbox; Max-Age=31536000; HttpOnly; SameSite=Strict"
            }
            Self::Zh => {
                "sandbox_lang=zh; Path=/_sandbox; Max-Age=31536000; HttpOnly; SameSite=Strict"
            }
        })
    }

    /// The language tag for HTML.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// One of two texts.
    pub(super) fn say<'t>(self, english: &'t str, chinese: &'t str) -> &'t str {
        match self {
            Self::En => english,
            Self::Zh => chinese,
        }
    }

    /// The text in this language.
    pub(super) fn of_both(self, text: &Bilingual) -> &str {
        self.say(&text.en, &text.zh)
    }

    fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn the_selected_language_overrides_the_browsers() {
        for (accepted, cookie, expected) in [
            ("", "", Lang::En),
            ("fr-FR,fr;q=0.9", "", Lang::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", "", Lang::Zh),
            ("fr,zh-TW;q=0.9", "", Lang::Zh),
            ("en-US,zh", "", Lang::En),
            ("zh-CN", "a=b; sandbox_lang=en", Lang::En),
            ("en", "sandbox_lang=zh", Lang::Zh),
            ("zh", "sandbox_lang=<script>", Lang::Zh),
        ] {
            let request = Request::get("/_sandbox/")
                .header(ACCEPT_LANGUAGE, accepted)
                .header(COOKIE, cookie);
            let head = request.body(()).unwrap().into_parts().0;
            assert_eq!(Lang::of(&head), expected, "{accepted} {cookie}");
        }
    }
}
