//! The command's texts, one Fluent file for each language.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;
use wechatpay_core::error::chinese;

/// A text with its variables: `t!("file-unreadable", path = path.display())`.
macro_rules! t {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::i18n::text($id, &[$((stringify!($name), ($value).to_string())),*])
    };
}
pub(crate) use t;

/// A language of the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    #[default]
    En,
    Zh,
}

impl Lang {
    /// The language of the environment, by the rule of POSIX: the first variable that is set decides.
    pub(crate) fn from_environment() -> Self {
        let variables = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let mut values = variables.into_iter().filter_map(std::env::var_os);
        let value = values.find(|value| !value.is_empty()).unwrap_or_default();
        Self::from_locale(&value.to_string_lossy())
    }

    /// `zh_CN.UTF-8`, `zh-Hans`, `zh`: Chinese. `C`, `en_US` and all others: English.
    fn from_locale(locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next();
        if language.is_some_and(|it| it.eq_ignore_ascii_case("zh")) {
            Self::Zh
        } else {
            Self::En
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("locales/en.ftl"),
            Self::Zh => include_str!("locales/zh.ftl"),
        }
    }

    fn identifier(self) -> LanguageIdentifier {
        let name: &[u8] = match self {
            Self::En => b"en",
            Self::Zh => b"zh",
        };
        LanguageIdentifier::from_bytes(name).unwrap_or_default()
    }
}

/// The texts of one language.
struct Catalog {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

/// One language for the whole run: it is chosen before anything is printed.
static CATALOG: OnceLock<Catalog> = OnceLock::new();

/// Chooses the language of this run. Only the first call has an effect.
pub(crate) fn select(lang: Lang) {
    CATALOG.get_or_init(|| Catalog::read(lang));
}

/// The language of this run.
pub(crate) fn lang() -> Lang {
    catalog().lang
}

/// The text `id` with the values of its variables. Use it through [`t!`], which a test checks.
pub(crate) fn text(id: &str, values: &[(&'static str, String)]) -> String {
    // A missing text is a mistake that a test finds. Its id is better than no message.
    catalog().text(id, values).unwrap_or_else(|| id.to_owned())
}

/// The text `id`, for ids that are put together at runtime.
pub(crate) fn find(id: &str) -> Option<String> {
    catalog().text(id, &[])
}

fn catalog() -> &'static Catalog {
    CATALOG.get_or_init(|| Catalog::read(Lang::default()))
}

impl Catalog {
    fn read(lang: Lang) -> Self {
        // A broken entry is left out; a test reads both files and finds none.
        let resource = FluentResource::try_new(lang.source().to_owned());
        let resource = resource.unwrap_or_else(|(readable, _)| readable);
        let mut bundle = FluentBundle::new_concurrent(vec![lang.identifier()]);
        // The isolation marks around variables serve bidirectional text, and would be copied with it.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { lang, bundle }
    }

    fn text(&self, id: &str, values: &[(&'static str, String)]) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut args = FluentArgs::new();
        for (name, value) in values {
            let is_error = self.lang == Lang::Zh && *name == "err";
            let chinese = is_error.then(|| chinese(value)).flatten();
            args.set(*name, chinese.unwrap_or_else(|| value.clone()));
        }
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(&args), &mut errors);
        Some(text.into_owned())
    }
}

#[cfg(test)]
#[path = "i18n_tests.rs"]
mod tests;
