//! One request.

use maud::{Markup, html};
use serde_json::Value;

use super::super::calls::{self, shown};
use super::super::diagnosis::{Diagnosis, Texts, diagnose};
use super::lang::Lang;
use super::layout::{self, Refresh, headers, pretty, time_ms};
use super::start::{status, took, verdict};
use crate::record::{CallRecord, Verdict};
use crate::state::SandboxState;

pub(super) fn page(state: &SandboxState, record: &CallRecord, lang: Lang) -> Markup {
    let title = format!("{} {}", lang.say("Request", "请求"), record.id);
    let content = html! {
        (facts(record, lang))
        (signature(state, record, lang))
        (decrypted(record, lang))
        h2 { (lang.say("Body", "报文主体")) }
        (body(record, lang))
        h2 { (lang.say("Headers", "请求头")) }
        (headers(&record.headers))
        (answer(record, lang))
    };
    layout::page(lang, "/_sandbox/", &title, Refresh::Never, &content)
}

fn facts(record: &CallRecord, lang: Lang) -> Markup {
    html! {
        dl {
            dt { (lang.say("Request", "请求")) }
            dd { code { (record.method) " " (record.target) } }
            @if let Some(title) = calls::title(record) {
                dt { (lang.say("Operation", "接口")) }
                dd { (title) }
            }
            @if let Some(mchid) = &record.mchid {
                dt { (lang.say("Merchant", "商户号")) }
                dd { code { (mchid) } }
            }
            dt { (lang.say("Time", "时间")) }
            dd { (time_ms(record.time_ms)) " UTC+8" }
            dt { (lang.say("Verdict", "结论")) }
            dd { (verdict(record, lang)) }
            dt { (lang.say("Answer", "应答")) }
            dd { (status(record, lang)) }
            dt { (lang.say("Took", "耗时")) }
            dd { (took(record)) }
        }
    }
}

/// The diagnosis of the signature, with the expected and the signed text side by side.
fn signature(state: &SandboxState, record: &CallRecord, lang: Lang) -> Markup {
    let found = diagnose(record, state);
    let texts = found.as_ref().and_then(|found| found.texts.as_ref());
    html! {
        @if let Some(found) = &found { (mistakes(record, found, lang)) }
        @if let Some(texts) = texts {
            (sides(texts, lang))
        } @else if let Some(built) = record.signed_text.as_deref() {
            h2 { (lang.say("What the signature has to cover", "待签名串")) }
            pre { (shown(built.as_bytes())) }
        }
    }
}

fn sides(texts: &Texts, lang: Lang) -> Markup {
    let at = texts.difference();
    html! {
        div.sides {
            div { h2 { (lang.say("The gateway built", "网关构造的待签名串")) } (marked(&texts.built, at, lang)) }
            div { h2 { (lang.say("The client signed", "客户端实际签名的内容")) } (marked(&texts.signed, at, lang)) }
        }
        p.dim { (lang.say("The first difference is marked. ", "标出的是第一处不同。")) (place(&texts.built, at, lang)) }
    }
}

fn mistakes(record: &CallRecord, found: &Diagnosis, lang: Lang) -> Markup {
    let is_field = matches!(
        record.verdict,
        Verdict::Refused {
            code: "PARAM_ERROR",
            ..
        }
    );
    let title = if is_field {
        lang.say(
            "Why the field cannot be decrypted",
            "敏感字段无法解密的原因",
        )
    } else {
        lang.say("Why the signature does not fit", "验签失败的原因")
    };
    html! {
        div.box {
            p.bad { (title) }
            @for mistake in &found.mistakes { p { (lang.of_both(&mistake.text)) } }
        }
    }
}

fn place(built: &[u8], at: usize, lang: Lang) -> String {
    let before = &built[..at.min(built.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    match lang {
        Lang::En => format!("It is byte {at}, in line {line}."),
        Lang::Zh => format!("在第 {line} 行，第 {at} 字节。"),
    }
}

/// A text with the character at a byte marked; line breaks are shown there, as is the end.
fn marked(text: &[u8], at: usize, lang: Lang) -> Markup {
    let at = at.min(text.len());
    // A text may differ in the middle of a character.
    let start = (0..=at)
        .rev()
        .find(|start| text.get(*start).is_none_or(|byte| byte & 0xc0 != 0x80));
    let (before, rest) = text.split_at(start.unwrap_or(at));
    let rest = shown(rest);
    let mut characters = rest.chars();
    let mark = match characters.next() {
        None => lang.say("(ends here)", "（到此结束）").to_owned(),
        Some('\n') => "↵\n".to_owned(),
        Some('\r') => "\\r".to_owned(),
        Some(other) => other.to_string(),
    };
    html! { pre { (shown(before)) mark { (mark) } (characters.as_str()) } }
}

fn decrypted(record: &CallRecord, lang: Lang) -> Markup {
    html! {
        @if let Some(json) = calls::decrypted(record) {
            h2 { (lang.say("With its sensitive fields decrypted", "敏感字段解密后")) }
            (pretty(json))
        }
        @if let Some(query) = &record.query {
            h2 { (lang.say("Query, decrypted", "查询参数解密后")) }
            pre { (query) }
        }
    }
}

fn body(record: &CallRecord, lang: Lang) -> Markup {
    let json: Option<Value> = serde_json::from_slice(&record.body).ok();
    html! {
        (layout::body(&record.body, lang))
        @if let Some(json) = json {
            details {
                summary { (lang.say("As JSON with line breaks", "格式化的 JSON")) }
                (pretty(&json))
            }
        }
    }
}

/// The response, if there was one.
fn answer(record: &CallRecord, lang: Lang) -> Markup {
    html! {
        h2 { (lang.say("Answer", "应答")) }
        @match &record.response {
            Some(answer) => {
                p { (status(record, lang)) }
                (layout::body(&answer.body, lang))
                (headers(&answer.headers))
            }
            None => (layout::empty(lang.say("The connection was cut.", "连接已断开，没有应答。"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_marked_as_it_is() {
        for (text, at, expected) in [
            ("ab", 1, "<pre>a<mark>b</mark></pre>"),
            ("ab", 2, "<pre>ab<mark>(ends here)</mark></pre>"),
            ("ab", 9, "<pre>ab<mark>(ends here)</mark></pre>"),
            ("a\nb", 1, "<pre>a<mark>↵\n</mark>b</pre>"),
            ("a店b", 2, "<pre>a<mark>店</mark>b</pre>"),
            ("<i>", 0, "<pre><mark>&lt;</mark>i&gt;</pre>"),
            ("", 0, "<pre><mark>(ends here)</mark></pre>"),
            ("a\rb", 1, "<pre>a<mark>\\r</mark>b</pre>"),
        ] {
            assert_eq!(
                marked(text.as_bytes(), at, Lang::En).into_string(),
                expected
            );
        }
    }
}
