//! The pages of `docs/` on the site.

mod markdown;
mod search;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::ZlibDecoder;
use maud::{Markup, PreEscaped, html};
use wechatpay_chain::guide::{PICTURES, SOURCES, Source};

use super::lang::Lang;
use super::layout::{self, Page, Place};

pub(super) use search::index as search_index;

/// The folder of the pages in the folder of each language.
const FOLDER: &str = "docs/";
/// The folder of the pictures of both languages.
const PICTURE_FOLDER: &str = "pictures/";

/// The pages in the order of their list: first what every program needs.
const GROUPS: [(&str, &str, &[&str]); 4] = [
    (
        "The client",
        "客户端",
        &[
            "calls",
            "keys",
            "certificates",
            "encryption",
            "errors",
            "notifications",
            "pay-params",
            "files",
            "stack",
            "operations",
            "observability",
            "sm",
        ],
    ),
    (
        "The command and the sandbox",
        "命令与沙箱",
        &[
            "cli",
            "sandbox",
            "testing",
            "clients",
            "remembered",
            "refusals",
            "fault-matrix",
        ],
    ),
    ("From PHP", "从 PHP 迁移", &["php", "porting"]),
    ("The code", "代码", &["tour"]),
];

/// The files of a language.
pub(super) fn files(lang: Lang) -> impl Iterator<Item = String> {
    let pages = SOURCES
        .iter()
        .filter(move |source| text(source, lang).is_some());
    let index = format!("{FOLDER}index.html");
    std::iter::once(index).chain(pages.map(|source| file_of(source.name)))
}

/// The files of the pictures.
pub(super) fn pictures() -> impl Iterator<Item = String> {
    PICTURES
        .iter()
        .map(|(name, _)| format!("{PICTURE_FOLDER}{name}"))
}

/// The picture of a file: `pictures/sandbox-en.png`.
pub(super) fn picture(file: &str) -> Option<&'static [u8]> {
    let name = file.strip_prefix(PICTURE_FOLDER)?;
    let mut pictures = PICTURES.iter();
    pictures
        .find(|(known, _)| *known == name)
        .map(|(_, png)| *png)
}

/// The page of a file: `docs/calls.html`.
pub(super) fn page(file: &str, lang: Lang, place: Place) -> Option<String> {
    let name = file.strip_prefix(FOLDER)?.strip_suffix(".html")?;
    if name == "index" {
        return Some(home(lang, place));
    }
    let source = SOURCES
        .iter()
        .find(|source| html_name(source.name) == name)?;
    let text = text(source, lang)?;
    let content = PreEscaped(markdown::html(&body(text), &|link| {
        target(source.name, link, lang)
    }));
    let page = Page {
        place,
        lang,
        file,
        twin: twin(source),
        title: markdown::title(text),
        subtitle: None,
    };
    Some(layout::page(page, &html! { div.docs { (content) } }))
}

/// The list of the pages.
fn home(lang: Lang, place: Place) -> String {
    let decisions: Vec<_> = SOURCES
        .iter()
        .filter(|it| it.name.starts_with("adr/"))
        .collect();
    let content = html! {
        @for (english, chinese, names) in GROUPS {
            h2 { (lang.say(english, chinese)) }
            ul { @for source in names.iter().filter_map(|name| named(name)) { (item(source, lang)) } }
        }
        h2 { (lang.say("Decisions", "设计决策（英文）")) }
        ul { @for source in decisions { (item(source, lang)) } }
    };
    let page = Page {
        place,
        lang,
        file: "docs/index.html",
        twin: "docs/index.html",
        title: lang.say("Documentation", "文档"),
        subtitle: None,
    };
    layout::page(page, &content)
}

fn item(source: &Source, lang: Lang) -> Markup {
    let file = html_name(source.name) + ".html";
    let (own, title) = match (text(source, lang), text(source, Lang::En)) {
        (Some(own), _) => (true, markdown::title(own)),
        (None, english) => (false, english.map_or(source.name, markdown::title)),
    };
    let href = if own {
        file
    } else {
        format!("../../en/{FOLDER}{file}")
    };
    html! { li { a href=(href) lang=[(!own).then_some("en")] { (title) } } }
}

fn named(name: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.name == name)
}

fn text(source: &Source, lang: Lang) -> Option<&'static str> {
    let [english, chinese] = texts().get(source.name)?;
    match lang {
        Lang::En => english.as_deref(),
        Lang::Zh => chinese.as_deref(),
    }
}

/// The English and the Chinese text of each page, by the page's name.
fn texts() -> &'static BTreeMap<&'static str, [Option<String>; 2]> {
    static TEXTS: LazyLock<BTreeMap<&str, [Option<String>; 2]>> = LazyLock::new(|| {
        let texts =
            |source: &Source| [Some(source.english), source.chinese].map(|it| it.map(inflated));
        SOURCES
            .iter()
            .map(|source| (source.name, texts(source)))
            .collect()
    });
    &TEXTS
}

/// A test proves that each page is valid, so none is empty.
fn inflated(page: &[u8]) -> String {
    let mut text = String::new();
    let read = ZlibDecoder::new(page).read_to_string(&mut text);
    read.map(|_| text).unwrap_or_default()
}

/// The page without the link to the other language, which the header has.
fn body(text: &str) -> String {
    let is_kept = |line: &&str| !(line.starts_with("[中文](") || line.starts_with("[English]("));
    text.split_inclusive('\n').filter(is_kept).collect()
}

fn html_name(name: &str) -> String {
    name.replace('/', "-")
}

fn file_of(name: &str) -> String {
    format!("{FOLDER}{}.html", html_name(name))
}

/// The file in the other language; the list for a page in one language.
fn twin(source: &Source) -> &'static str {
    match source.chinese {
        Some(_) => "",
        None => "docs/index.html",
    }
}

/// The address of a link on a page: `calls.zh-CN.md#options`. `None` for a file that the site does not have.
fn target(from: &str, link: &str, lang: Lang) -> Option<String> {
    if link.contains("://") || link.starts_with('#') {
        return Some(link.to_owned());
    }
    let (path, anchor) = match link.split_once('#') {
        Some((path, anchor)) => (path, format!("#{anchor}")),
        None => (link, String::new()),
    };
    if PICTURES.iter().any(|(name, _)| *name == path) {
        return Some(format!("../../{PICTURE_FOLDER}{path}"));
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let name = joined(folder, path)?;
    let name = if name == "adr" {
        "adr/README".to_owned()
    } else {
        name
    };
    let (name, other) = match name.strip_suffix(".zh-CN") {
        Some(name) => (name, Lang::Zh),
        None => (&*name, Lang::En),
    };
    named(name)?;
    let file = format!("{}.html{anchor}", html_name(name));
    Some(if other == lang {
        file
    } else {
        format!("../../{}/{FOLDER}{file}", other.folder())
    })
}

/// The name of the page that a link leads to, relative to `docs/`. `None` outside of this folder.
fn joined(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<_> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => _ = parts.pop()?,
            _ => parts.push(part),
        }
    }
    let name = parts.join("/");
    Some(name.strip_suffix(".md").map(str::to_owned).unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn links_lead_to_pages_of_the_site() {
        let of = |from, link| target(from, link, Lang::Zh);
        assert_eq!(
            of("calls", "files.zh-CN.md#a").as_deref(),
            Some("files.html#a")
        );
        assert_eq!(
            of("calls", "files.md").as_deref(),
            Some("../../en/docs/files.html")
        );
        assert_eq!(
            of("tour", "adr/").as_deref(),
            Some("../../en/docs/adr-README.html")
        );
        assert_eq!(of("calls", "#a").as_deref(), Some("#a"));
        assert_eq!(of("calls", "../examples/refund.rs"), None);
        assert_eq!(
            of("sandbox", "sandbox-zh.png").as_deref(),
            Some("../../pictures/sandbox-zh.png")
        );
        assert_eq!(of("sandbox", "nothing.png"), None);
        let decision = "../../en/docs/adr-0019-reference-site.html";
        assert_eq!(
            of("adr/README", "0019-reference-site.md").as_deref(),
            Some(decision)
        );
    }

    /// Each picture of a page is a file of the site, and each file is on a page.
    #[test]
    fn pages_show_their_pictures() {
        let mut shown = BTreeSet::new();
        for lang in Lang::ALL {
            for file in files(lang) {
                let page = page(&file, lang, Place::Files).unwrap();
                for rest in page.split("<img src=\"").skip(1) {
                    let (address, rest) = rest.split_once('"').unwrap();
                    assert!(rest.starts_with(" alt=\""), "{file}: {address} has no text");
                    let path = address.strip_prefix("../../").unwrap();
                    assert!(picture(path).unwrap().starts_with(b"\x89PNG"), "{path}");
                    shown.insert(path.to_owned());
                }
            }
        }
        assert_eq!(shown, pictures().collect::<BTreeSet<_>>());
    }

    #[test]
    fn pages_are_the_files() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        for source in SOURCES {
            for (lang, end) in [(Lang::En, ".md"), (Lang::Zh, ".zh-CN.md")] {
                let file = fs::read_to_string(docs.join(format!("{}{end}", source.name))).ok();
                assert_eq!(text(source, lang), file.as_deref(), "{} {end}", source.name);
            }
        }
    }

    #[test]
    fn every_page_is_in_the_list() {
        for source in SOURCES.iter().filter(|it| !it.name.starts_with("adr/")) {
            let mut groups = GROUPS.iter();
            assert!(
                groups.any(|(.., names)| names.contains(&source.name)),
                "{}",
                source.name
            );
        }
    }
}
