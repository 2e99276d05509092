//! The common parts of all pages.

use http::HeaderMap;
use maud::{DOCTYPE, Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::super::calls::shown;
use super::super::problem::Problem;
use super::lang::Lang;
use crate::date::rfc3339;

/// How a page follows what changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Refresh {
    Never,
    /// The page loads again. It may not have fields or details: a reload would empty and close them.
    Reload,
    /// A script replaces the content when a request has come. Without scripts, the page loads again.
    Live,
}

/// The pages in the header: path and title.
const PAGES: [(&str, &str, &str); 5] = [
    ("/_sandbox/", "Requests", "请求"),
    ("/_sandbox/orders", "Orders", "订单"),
    ("/_sandbox/notifications", "Notifications", "通知"),
    ("/_sandbox/tools", "Faults and tools", "故障与工具"),
    ("/_sandbox/reference/", "Operations", "接口参考"),
];

/// A page; `at` is its path in the header.
pub(super) fn page(
    lang: Lang,
    at: &str,
    title: &str,
    refresh: Refresh,
    content: &Markup,
) -> Markup {
    page_of(lang, (at, ""), title, refresh, content)
}

/// The same for a page with a query, which the link to the other language keeps.
pub(super) fn page_of(
    lang: Lang,
    (at, query): (&str, &str),
    title: &str,
    refresh: Refresh,
    content: &Markup,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                (follow(refresh))
                title { (title) " · " (lang.say("WeChat Pay sandbox", "微信支付沙箱")) }
                link rel="stylesheet" href="/_sandbox/style.css";
            }
            body {
                (header(lang, at, query))
                main {
                    h1 { (title) }
                    @if refresh != Refresh::Never { (reload(refresh, lang)) }
                    (content)
                }
            }
        }
    }
}

fn follow(refresh: Refresh) -> Markup {
    let again = html! { meta http-equiv="refresh" content="10"; };
    match refresh {
        Refresh::Never => html! {},
        Refresh::Reload => again,
        Refresh::Live => html! {
            noscript { (again) }
            script src="/_sandbox/live.js" defer {}
        },
    }
}

/// An empty link leads to this page with its query, so it keeps what the page is filtered by.
fn reload(refresh: Refresh, lang: Lang) -> Markup {
    let again = lang.say(
        "This page loads again every 10 seconds. ",
        "本页每 10 秒自动刷新。",
    );
    html! {
        p.dim {
            @if refresh == Refresh::Live { noscript { (again) } } @else { (again) }
            a href="" { (lang.say("Reload now", "立即刷新")) }
        }
    }
}

fn header(lang: Lang, at: &str, query: &str) -> Markup {
    let (other, name) = match lang {
        Lang::En => ("zh", "中文"),
        Lang::Zh => ("en", "English"),
    };
    html! {
        header { div {
            strong { (lang.say("WeChat Pay sandbox", "微信支付沙箱")) }
            nav { @for (path, english, chinese) in PAGES {
                a href=(path) aria-current=[(path == at).then_some("page")] { (lang.say(english, chinese)) }
                " "
            } }
            a href={ "?" (query) "lang=" (other) } lang=(other) { (name) }
        } }
    }
}

/// The page of an error.
pub(super) fn problem(problem: &Problem, lang: Lang) -> Markup {
    let content = html! {
        div.box {
            p.bad { (lang.of_both(&problem.error)) }
            p { (lang.of_both(&problem.hint)) }
        }
        p { a href="/_sandbox/" { (lang.say("Back to the requests", "返回请求列表")) } }
    };
    page(
        lang,
        "",
        lang.say("That does not work", "无法完成"),
        Refresh::Never,
        &content,
    )
}

/// A button that runs an action of the API and shows a page again.
pub(super) fn button(path: &str, back: &str, label: &str) -> Markup {
    button_with(path, back, ("", ""), label)
}

/// The same with a member, unless its name is empty.
pub(super) fn button_with(path: &str, back: &str, member: (&str, &str), label: &str) -> Markup {
    button_of(path, back, &[member], label)
}

/// The same with several members.
pub(super) fn button_of(path: &str, back: &str, members: &[(&str, &str)], label: &str) -> Markup {
    html! {
        form.button method="post" action={ "/_sandbox/do/" (path) } {
            input type="hidden" name="back" value=(back);
            @for (name, value) in members {
                @if !name.is_empty() { input type="hidden" name=(name) value=(value); }
            }
            button { (label) }
        }
        " "
    }
}

/// Headers with their values.
pub(super) fn headers(headers: &HeaderMap) -> Markup {
    html! {
        table.headers { tbody {
            @for (name, value) in headers {
                tr { th { (name) } td.code { (String::from_utf8_lossy(value.as_bytes())) } }
            }
        } }
    }
}

/// Indented JSON.
pub(super) fn pretty(json: &Value) -> Markup {
    html! { pre { (shown(format!("{json:#}").as_bytes())) } }
}

/// A body, or a note that it is empty.
pub(super) fn body(body: &[u8], lang: Lang) -> Markup {
    if body.is_empty() {
        empty(lang.say("None.", "无。"))
    } else {
        html! { pre { (shown(body)) } }
    }
}

/// A text as a segment of a path.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Fen as yuan; the sandbox has no other currency.
pub(super) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}¥{}.{:02}", fen / 100, fen % 100)
}

pub(super) fn time(unix: i64) -> String {
    let text = rfc3339(unix);
    text.get(..19).unwrap_or(&text).replace('T', " ")
}

/// The same, exact to the millisecond.
pub(super) fn time_ms(unix_ms: i64) -> String {
    let (seconds, ms) = (unix_ms.div_euclid(1000), unix_ms.rem_euclid(1000));
    format!("{}.{ms:03}", time(seconds))
}

pub(super) fn empty(text: &str) -> Markup {
    html! { p.empty { (text) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_texts_are_escaped() {
        let evil = "\"><script>alert(1)</script>'&";
        let shown = [
            problem(&Problem::bad((evil, evil), (evil, evil)), Lang::En),
            button(&segment(evil), evil, evil),
            page(Lang::Zh, evil, evil, Refresh::Reload, &empty(evil)),
        ];
        for markup in shown {
            let text = markup.into_string();
            assert!(!text.contains("<script"), "{text}");
            assert!(!text.contains(evil), "{text}");
            assert!(text.contains("&quot;&gt;&lt;script&gt;"), "{text}");
        }
    }

    #[test]
    fn a_page_that_changes_has_a_link_that_keeps_its_query() {
        for (lang, label) in [(Lang::En, "Reload now"), (Lang::Zh, "立即刷新")] {
            let link = format!("<a href=\"\">{label}</a>");
            for refresh in [Refresh::Live, Refresh::Reload, Refresh::Never] {
                let text = page(lang, "/", "x", refresh, &empty("x")).into_string();
                assert_eq!(text.contains(&link), refresh != Refresh::Never, "{text}");
            }
        }
    }

    #[test]
    fn fen_are_yuan() {
        for (fen, text) in [
            (0, "¥0.00"),
            (5, "¥0.05"),
            (12_345, "¥123.45"),
            (-5, "-¥0.05"),
        ] {
            assert_eq!(yuan(fen), text);
        }
    }

    #[test]
    fn times_are_in_beijing_time_with_milliseconds() {
        assert_eq!(time_ms(1_700_000_000_007), "2023-11-15 06:13:20.007");
        assert_eq!(time_ms(-1), "1970-01-01 07:59:59.999");
    }
}
