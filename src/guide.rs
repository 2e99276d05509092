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
        notifications "notifications.zh-CN.md"
        pay_params "pay-params.zh-CN.md"
        php "php.zh-CN.md"
        sm "sm.zh-CN.md"
        stack "stack.zh-CN.md"
        testing "testing.zh-CN.md"
    }
}
