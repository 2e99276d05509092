//! Longer explanations, as in the repository's folder `docs`.

/// The pages link to each other as files. Here the links lead to modules instead: Markdown uses the first of two
/// definitions of a link.
macro_rules! pages {
    ($($name:ident $file:literal)*) => {$(
        #[doc = "[errors.md]: crate::guide::errors"]
        #[doc = "[stack.md]: crate::guide::stack"]
        #[doc = "[operations.md]: crate::guide::operations"]
        #[doc = "[keys.md]: crate::guide::keys"]
        #[doc = "[encryption.md]: crate::guide::encryption"]
        #[doc = "[php.md]: crate::guide::php"]
        #[doc = "[calls.md]: crate::guide::calls"]
        #[doc = "[testing.md]: crate::guide::testing"]
        #[doc = "[pay-params.md]: crate::guide::pay_params"]
        #[doc = "[files.md]: crate::guide::files"]
        #[doc = "[notifications.md]: crate::notify"]
        #[doc = "[certificates.md]: crate::certificates"]
        #[doc = "[sm.md]: crate::guide::sm"]
        #[doc = ""]
        #[doc = include_str!(concat!("../docs/", $file))]
        pub mod $name {}
    )*};
}

pages! {
    errors "errors.md"
    stack "stack.md"
    operations "operations.md"
    keys "keys.md"
    encryption "encryption.md"
    php "php.md"
    pay_params "pay-params.md"
    sm "sm.md"
}

// Its examples use the macro.
#[cfg(feature = "macros")]
pages! {
    calls "calls.md"
}

pages! {
    testing "testing.md"
}

// `tests/pages.rs` compiles its examples, which need tracing-subscriber.
#[cfg(not(doctest))]
pages! {
    observability "observability.md"
}

#[cfg(feature = "files")]
pages! {
    files "files.md"
}

pages! {
    cli "cli.md"
}

// Its examples use the macro, too.
#[cfg(all(feature = "files", feature = "php"))]
pages! {
    porting "porting.md"
}

/// A page of `docs/` as Markdown, compressed by zlib, for the site that the command writes.
#[cfg(feature = "pages")]
#[doc(hidden)]
#[derive(Debug)]
pub struct Source {
    /// Its name: `calls`, `adr/README`.
    pub name: &'static str,
    pub english: &'static [u8],
    /// `None` for a page in English only.
    pub chinese: Option<&'static [u8]>,
}

#[cfg(feature = "pages")]
macro_rules! sources {
    ([$($both:literal)*] [$($english:literal)*]) => {
        /// All pages. A program that does not name it does not contain them.
        #[doc(hidden)]
        pub static SOURCES: &[Source] = &[
            $(Source {
                name: $both,
                english: wechatpay_chain_macros::compressed!("docs/" $both ".md"),
                chinese: Some(wechatpay_chain_macros::compressed!("docs/" $both ".zh-CN.md")),
            },)*
            $(Source {
                name: $english,
                english: wechatpay_chain_macros::compressed!("docs/" $english ".md"),
                chinese: None,
            },)*
        ];
    };
}

#[cfg(feature = "pages")]
sources! {
    [
        "calls"
        "certificates"
        "cli"
        "clients"
        "encryption"
        "errors"
        "fault-matrix"
        "files"
        "keys"
        "notifications"
        "observability"
        "operations"
        "pay-params"
        "php"
        "porting"
        "refusals"
        "remembered"
        "sandbox"
        "sm"
        "stack"
        "testing"
        "tour"
    ]
    [
        "adr/README"
        "adr/0001-middleware-trait"
        "adr/0002-literals-and-values"
        "adr/0003-rfc-6570"
        "adr/0004-background-runtime"
        "adr/0005-name-the-key"
        "adr/0006-empty-texts-and-doubtful-ciphertexts"
        "adr/0007-path-crate"
        "adr/0008-no-redirects-no-retries"
        "adr/0009-catalog-as-data"
        "adr/0010-apiv2-as-a-second-stack"
        "adr/0011-claims-not-flags"
        "adr/0012-tree-sitter-reads-php"
        "adr/0013-numbers-keep-their-digits"
        "adr/0014-four-crates"
        "adr/0015-what-may-be-repeated"
        "adr/0016-fluent"
        "adr/0017-a-journal-of-inputs"
        "adr/0018-rustcrypto-for-sm"
        "adr/0019-reference-site"
    ]
}

/// The pictures of the pages, as PNG, by the names of their files.
#[cfg(feature = "pages")]
#[doc(hidden)]
pub static PICTURES: &[(&str, &[u8])] = &[
    (
        "reference-en.png",
        include_bytes!("../docs/reference-en.png"),
    ),
    (
        "reference-zh.png",
        include_bytes!("../docs/reference-zh.png"),
    ),
    ("sandbox-en.png", include_bytes!("../docs/sandbox-en.png")),
    ("sandbox-zh.png", include_bytes!("../docs/sandbox-zh.png")),
];

/// The examples of the Chinese pages are compiled as tests. The pages themselves are read in the repository.
#[cfg(all(doctest, feature = "files", feature = "macros"))]
mod chinese {
    macro_rules! pages {
        ($($name:ident $file:literal)*) => {$(
            #[doc = include_str!(concat!("../docs/", $file))]
            mod $name {}
        )*};
    }

    pages! {
        calls "calls.zh-CN.md"
        certificates "certificates.zh-CN.md"
        encryption "encryption.zh-CN.md"
        errors "errors.zh-CN.md"
        files "files.zh-CN.md"
        keys "keys.zh-CN.md"
        operations "operations.zh-CN.md"
        pay_params "pay-params.zh-CN.md"
        php "php.zh-CN.md"
        sm "sm.zh-CN.md"
        stack "stack.zh-CN.md"
        testing "testing.zh-CN.md"
    }
}
