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
    /// The name of its file, the same in both languages.
    pub(super) file: &'t str,
    /// Its title, as text.
    pub(super) title: &'t str,
}

/// The HTML of a page.
pub(super) fn page(page: Page<'_>, content: &Markup) -> String {
    let Page { lang, title, .. } = page;
    let site = lang.say("WeChat Pay in Rust", "微信支付 Rust 参考");
    let markup = html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (site) }
                link rel="stylesheet" href="../style.css";
                script src="../site.js" defer {}
            }
            body {
                (header(page, site))
                main {
                    ol #found hidden aria-live="polite" {}
                    h1 { (title) }
                    (content)
                }
            }
        }
    };
    markup.into_string()
}

/// The search needs a script; without scripts its field is not there.
fn header(page: Page<'_>, site: &str) -> Markup {
    let Page {
        lang, place, file, ..
    } = page;
    let other = lang.other();
    html! {
        header { div {
            strong { a href="index.html" { (site) } }
            form #search role="search" hidden {
                input type="search" name="q" autocomplete="off" spellcheck="false"
                    aria-label=(lang.say("Search the operations", "搜索接口"))
                    placeholder=(lang.say("Search: refund, 分账, v3/pay …", "搜索：转账到零钱、refund、v3/pay …"));
            }
            nav {
                a href="index.html" { (lang.say("Operations", "接口")) } " "
                @if place == Place::Sandbox { a href="/_sandbox/" { (lang.say("Sandbox", "沙箱")) } " " }
                a href={ "../" (other.folder()) "/" (file) } lang=(other.code()) hreflang=(other.code()) {
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
                p { a href="zh/index.html" lang="zh-CN" { "微信支付 Rust 接口参考" } }
                p { a href="en/index.html" lang="en" { "Reference of WeChat Pay's operations in Rust" } }
            } }
        }
    };
    markup.into_string()
}
