//! What all pages have.

use maud::{DOCTYPE, Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::problem::Problem;
use super::lang::Lang;
use crate::sandbox::date::rfc3339;

/// The pages in the header: path, and what they are called.
const PAGES: [(&str, &str, &str); 4] = [
    ("/_sandbox/", "Requests", "请求"),
    ("/_sandbox/orders", "Orders", "订单"),
    ("/_sandbox/notifications", "Notifications", "通知"),
    ("/_sandbox/tools", "Faults and tools", "故障与工具"),
];

/// A page; `at` is its path in the header, and one that changes by itself is loaded again.
pub(super) fn page(lang: Lang, at: &str, title: &str, changes: bool, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                @if changes { meta http-equiv="refresh" content="10"; }
                title { (title) " · " (lang.say("WeChat Pay sandbox", "微信支付沙箱")) }
                link rel="stylesheet" href="/_sandbox/style.css";
            }
            body {
                (header(lang, at))
                main { h1 { (title) } (content) }
            }
        }
    }
}

fn header(lang: Lang, at: &str) -> Markup {
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
            a href={ "?lang=" (other) } lang=(other) { (name) }
        } }
    }
}

/// What is shown in place of a page.
pub(super) fn problem(problem: &Problem, lang: Lang) -> Markup {
    let missing = lang.say(
        "There is no such page, or not any more.",
        "没有这个页面，或者已经被清除。",
    );
    let content = html! {
        div.box {
            @if problem.error.is_empty() { p { (missing) } }
            @else { p.bad { (problem.error) } p { (problem.hint) } }
        }
        p { a href="/_sandbox/" { (lang.say("Back to the requests", "返回请求列表")) } }
    };
    page(
        lang,
        "",
        lang.say("That does not work", "无法完成"),
        false,
        &content,
    )
}

/// A button that does what the API does at a path, and shows a page again.
pub(super) fn button(path: &str, back: &str, label: &str) -> Markup {
    html! {
        form.button method="post" action={ "/_sandbox/do/" (path) } {
            input type="hidden" name="back" value=(back);
            button { (label) }
        }
        " "
    }
}

/// A text as a segment of a path.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Fen as yuan.
pub(super) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

pub(super) fn time(unix: i64) -> String {
    let text = rfc3339(unix);
    text.get(..19).unwrap_or(&text).replace('T', " ")
}

pub(super) fn empty(text: &str) -> Markup {
    html! { p.empty { (text) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_stays_text() {
        let evil = "\"><script>alert(1)</script>'&";
        let shown = [
            problem(&Problem::bad(evil, evil), Lang::En),
            button(&segment(evil), evil, evil),
            page(Lang::Zh, evil, evil, true, &empty(evil)),
        ];
        for markup in shown {
            let text = markup.into_string();
            assert!(!text.contains("<script"), "{text}");
            assert!(!text.contains(evil), "{text}");
            assert!(text.contains("&quot;&gt;&lt;script&gt;"), "{text}");
        }
    }

    #[test]
    fn fen_are_yuan() {
        for (fen, text) in [(0, "0.00"), (5, "0.05"), (12_345, "123.45"), (-5, "-0.05")] {
            assert_eq!(yuan(fen), text);
        }
    }
}
