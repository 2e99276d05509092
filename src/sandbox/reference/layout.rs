//! The common parts of all pages.

use maud::{DOCTYPE, Markup, html};

use super::lang::Lang;

/// Where the pages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// Files, or any web server.
    Files,
    /// A running sandbox: the pages link to its own.
    Sandbox,
}

/// A page of the site: a file in the folder of its language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'t> {
    /// Where it is read.
    pub(super) place: Place,
    /// Its language.
    pub(super) lang: Lang,
    /// The path of its file below that folder.
    pub(super) file: &'t str,
    /// The path in the other language; empty for the same.
    pub(super) twin: &'t str,
    /// Its title, as text.
    pub(super) title: &'t str,
    /// WeChat Pay's Chinese title below an English one.
    pub(super) subtitle: Option<&'t str>,
}

/// The HTML of a page.
pub(super) fn page(page: Page<'_>, content: &Markup) -> String {
    let Page {
        lang,
        title,
        subtitle,
        ..
    } = page;
    let up = up(page.file);
    let site = lang.say("WeChat Pay in Rust", "微信支付 Rust 参考");
    let markup = html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (site) }
                link rel="stylesheet" href={ (up) "../style.css" };
                script src={ (up) "../site.js" } defer {}
            }
            body {
                (header(page, site))
                main {
                    ol #found hidden aria-live="polite" {}
                    h1 { (title) }
                    @if let Some(subtitle) = subtitle { p.dim lang="zh-CN" { (subtitle) } }
                    (content)
                }
            }
        }
    };
    markup.into_string()
}

/// From a page to the folder of its language.
fn up(file: &str) -> String {
    "../".repeat(file.matches('/').count())
}

/// The search needs a script: without it, as when the script cannot be loaded, its field is hidden and the lists remain.
fn header(page: Page<'_>, site: &str) -> Markup {
    let Page {
        lang,
        place,
        file,
        twin,
        ..
    } = page;
    let (up, other) = (up(file), lang.other());
    let twin = if twin.is_empty() { file } else { twin };
    let is_docs = file.starts_with("docs/");
    let current = |here: bool| here.then_some("page");
    html! {
        header { div {
            strong { a href={ (up) "index.html" } { (site) } }
            form #search role="search" hidden {
                input type="search" name="q" autocomplete="off" spellcheck="false"
                    aria-label=(lang.say("Search", "搜索"))
                    placeholder=(lang.say("Search: refund, 分账, v3/pay …", "搜索：转账到零钱、refund、v3/pay …"));
            }
            nav {
                a href={ (up) "index.html" } aria-current=[current(!is_docs)] { (lang.say("Operations", "接口")) } " "
                a href={ (up) "docs/index.html" } aria-current=[current(is_docs)] { (lang.say("Documentation", "文档")) } " "
                @if place == Place::Sandbox { a href="/_sandbox/" { (lang.say("Sandbox", "沙箱")) } " " }
                a href={ (up) "../" (other.folder()) "/" (twin) } lang=(other.code()) hreflang=(other.code()) {
                    (lang.say("中文", "English"))
                }
            }
        } }
    }
}

/// The first page of the site: the languages.
pub(super) fn languages() -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "wechatpay-chain" }
                link rel="stylesheet" href="style.css";
            }
            body { main {
                h1 { "wechatpay-chain" }
                p { a href="zh/index.html" lang="zh-CN" { "微信支付 Rust 接口参考" } " · " a href="zh/docs/index.html" lang="zh-CN" { "文档" } }
                p { a href="en/index.html" lang="en" { "Reference of WeChat Pay's operations in Rust" } " · " a href="en/docs/index.html" lang="en" { "Documentation" } }
            } }
        }
    };
    markup.into_string()
}
