//! The reference: a page for each operation of WeChat Pay, in Chinese and English, with its call in Rust, and the pages of
//! `docs/`.
//!
//! [`paths`] lists the files of the site and [`file()`] writes one. The command writes them all into a folder; the
//! sandbox writes one when it is asked for. The pages link to each other with relative addresses only, so they work
//! from files and at any address of a web server. They have no inline script or style, so that a strict
//! `Content-Security-Policy` allows them. maud escapes every text.

mod code;
mod docs;
mod facts;
mod lang;
mod layout;
mod lists;
mod names;
mod operation;
mod search;

use std::collections::HashMap;
use std::sync::LazyLock;

use bytes::Bytes;

use crate::schema::{self, Schema};

pub use code::{Snippet, Style, rust_call, sample, snippets};
pub use facts::{host, kind, notes, rate};
pub use lang::Lang;
pub use layout::Place;
pub use names::file_of;
pub use search::search;

/// The colours and the parts that the sandbox's page has too.
const COMMON_STYLE: &str = include_str!("../control/page/style.css");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("site.js");

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// Its media type.
    pub kind: &'static str,
    /// Its content; UTF-8 but for pictures.
    pub content: Bytes,
}

/// The paths of all files of the site, relative to its folder.
pub fn paths() -> impl Iterator<Item = String> {
    let common = ["index.html", "style.css", "site.js", "index.js"].map(str::to_owned);
    let searched = Lang::ALL.map(docs_index);
    let pages = Lang::ALL.into_iter().flat_map(|lang| {
        let operations = schema::all().map(|schema| file_of(schema.operation()));
        let products = lists::products().map(lists::file_of);
        let files = ["index.html".to_owned()]
            .into_iter()
            .chain(products)
            .chain(operations)
            .chain(docs::files(lang));
        files.map(move |file| format!("{}/{file}", lang.folder()))
    });
    common
        .into_iter()
        .chain(searched)
        .chain(docs::pictures())
        .chain(pages)
}

/// The data of the search in the pages of `docs/`.
fn docs_index(lang: Lang) -> String {
    format!("docs-{}.js", lang.folder())
}

/// One file of the site; `None` if there is none with this path.
///
/// ```
/// use wechatpay_sandbox::reference::{self, Place};
///
/// let page = reference::file("zh/post-v3-pay-transactions-native.html", Place::Files).unwrap();
/// assert!(std::str::from_utf8(&page.content)?.contains("总金额"));
/// assert!(reference::file("zh/nothing.html", Place::Files).is_none());
/// # Ok::<(), std::str::Utf8Error>(())
/// ```
#[must_use]
pub fn file(path: &str, place: Place) -> Option<File> {
    if let Some(png) = docs::picture(path) {
        return Some(File {
            kind: "image/png",
            content: Bytes::from_static(png),
        });
    }
    let (kind, text) = match path {
        "index.html" => ("text/html; charset=utf-8", layout::languages()),
        "style.css" => ("text/css; charset=utf-8", format!("{COMMON_STYLE}{STYLE}")),
        "site.js" => ("text/javascript; charset=utf-8", SCRIPT.to_owned()),
        "index.js" => ("text/javascript; charset=utf-8", search::index()),
        "docs-en.js" => (
            "text/javascript; charset=utf-8",
            docs::search_index(Lang::En),
        ),
        "docs-zh.js" => (
            "text/javascript; charset=utf-8",
            docs::search_index(Lang::Zh),
        ),
        _ => {
            let (folder, name) = path.split_once('/')?;
            let lang = Lang::named(folder).filter(|lang| lang.folder() == folder)?;
            ("text/html; charset=utf-8", page(name, lang, place)?)
        }
    };
    Some(File {
        kind,
        content: text.into(),
    })
}

fn page(name: &str, lang: Lang, place: Place) -> Option<String> {
    if name == "index.html" {
        return Some(lists::home(lang, place));
    }
    if name.contains('/') {
        return docs::page(name, lang, place);
    }
    if let Some(product) = lists::product_of(name) {
        return lists::product(product, lang, place);
    }
    let schema = OPERATIONS.get(name)?;
    Some(operation::page(schema, lang, place))
}

/// The operations by the names of their files.
static OPERATIONS: LazyLock<HashMap<String, Schema>> = LazyLock::new(|| {
    let named = schema::all().map(|schema| (file_of(schema.operation()), schema));
    named.collect()
});
