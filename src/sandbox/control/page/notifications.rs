//! The notifications, and a form to post one.

use std::sync::Arc;

use maud::{Markup, html};

use super::super::views::next_in;
use super::lang::Lang;
use super::layout::{self, Refresh, button, empty, headers, pretty, time, time_ms};
use crate::notifier::kind_rows;
use crate::state::SandboxState;
use crate::{AttemptRecord, DeliveryRecord, DeliveryState};
use wechatpay_chain::notify::Version;

const HERE: &str = "/_sandbox/notifications";

pub(super) fn page(state: &Arc<SandboxState>, lang: Lang) -> Markup {
    let all = state.notifier.brief();
    let pace = state.notifier.speed();
    let content = html! {
        p { a.action href={ (HERE) "/new" } { (lang.say("Post one by hand", "手动发送")) } }
        @if all.is_empty() { (empty(lang.say("None has been posted yet.", "还没有发送过通知。"))) }
        @else { (table(&all, pace, lang)) }
    };
    layout::page(
        lang,
        HERE,
        lang.say("Notifications", "通知"),
        Refresh::Live,
        &content,
    )
}

/// The form is on a separate page, because the list reloads itself.
pub(super) fn new_notification(state: &SandboxState, lang: Lang) -> Markup {
    let url = state.notify_url();
    let form = html! {
        form.fields method="post" action="/_sandbox/do/notifications" {
            input type="hidden" name="back" value=(HERE);
            label { (lang.say("Kind", "类型"))
                select name="event_type" {
                    @for row in kind_rows().filter(|row| row.version == Version::V3) {
                        option value=(row.event_type) selected[row.event_type == "TRANSACTION.SUCCESS"] {
                            (row.event_type) " " (row.title)
                        }
                    }
                    @for row in kind_rows().filter(|row| row.version == Version::V2) {
                        option value={ "v2 " (row.event_type) } { "v2 " (row.event_type) " " (row.title) }
                    }
                }
            }
            label { "URL" input name="url" type="url" required size="34" value=[url] placeholder="http://127.0.0.1:8000/notify"; }
            label.check { input type="checkbox" name="certificate"; (lang.say("signed by the certificate", "用平台证书签名")) }
            label.check { input type="checkbox" name="probe"; (lang.say("a probe, with a wrong signature", "签名探测流量")) }
            label.wide { (lang.say("Resource as JSON; empty: one is made up", "resource 明文（JSON），留空则自动生成"))
                textarea name="resource" {}
            }
            button.main { (lang.say("Post", "发送")) }
        }
    };
    let title = lang.say("Post a notification", "发送通知");
    layout::page(lang, HERE, title, Refresh::Never, &form)
}

fn table(all: &[DeliveryRecord], pace: f64, lang: Lang) -> Markup {
    html! {
        table.list.posted {
            thead { tr {
                th { "#" }
                th { (lang.say("Kind", "类型")) }
                th { (lang.say("State", "状态")) }
                th { (lang.say("Last attempt", "最近一次发送")) }
                th {}
            } }
            tbody { @for record in all.iter().rev().take(100) {
                @let item = format!("{HERE}/{}", record.id);
                tr {
                    td { a href=(item) { (record.id) } }
                    td { a href=(item) { code { (record.event_type) } } " " span.dim { (record.mchid) } br; span.dim.code { (record.url) } }
                    td { (state(record, pace, lang)) }
                    td { @if let Some(last) = record.attempts.last() { (outcome(record.attempts.len(), last, lang)) } }
                    td { (again(record, HERE, lang)) }
                }
            } }
        }
    }
}

fn outcome(count: usize, attempt: &AttemptRecord, lang: Lang) -> Markup {
    html! {
        span.dim { (count) " · " } (time(attempt.time_ms.div_euclid(1000))) " "
        @if let Some(status) = attempt.status { code { (status.as_u16()) } }
        @if let Some(problem) = problem(attempt, lang) { div.dim { (problem) } }
    }
}

fn again(record: &DeliveryRecord, back: &str, lang: Lang) -> Markup {
    let path = format!("notifications/{}/resend", record.id);
    button(&path, back, lang.say("Again", "重新发送"))
}

/// One notification; it is followed while it is on its way.
pub(super) fn item(record: &DeliveryRecord, pace: f64, lang: Lang) -> Markup {
    let here = format!("{HERE}/{}", record.id);
    let content = html! {
        dl {
            dt { (lang.say("Kind", "类型")) } dd { code { (record.event_type) } }
            dt { "URL" } dd { code { (record.url) } }
            dt { (lang.say("State", "状态")) } dd { (state(record, pace, lang)) }
        }
        p { (again(record, &here, lang)) }
        h2 { (lang.say("What it is about, in plaintext", "通知内容明文")) }
        (pretty(&record.resource))
        @if let Some(posted) = &record.posted {
            h2 { (lang.say("As it was posted last", "最近一次发送的报文")) }
            (layout::body(&posted.body, lang))
            (headers(&posted.headers))
        }
        h2 { (lang.say("Attempts", "发送记录")) }
        @for attempt in record.attempts.iter().rev() { (tried(attempt, lang)) }
    };
    let title = format!("{} {}", lang.say("Notification", "通知"), record.id);
    let refresh = match record.state {
        DeliveryState::Pending => Refresh::Reload,
        _ => Refresh::Never,
    };
    layout::page(lang, HERE, &title, refresh, &content)
}

fn tried(attempt: &AttemptRecord, lang: Lang) -> Markup {
    html! {
        p {
            (time_ms(attempt.time_ms)) " UTC+8 "
            span.dim { "(" (attempt.took_ms) " ms) " }
            @match attempt.status {
                Some(status) => code { (status.as_u16()) },
                None => span.bad { (lang.say("no answer", "无应答")) },
            }
            @if let Some(problem) = problem(attempt, lang) { " " span.bad { (problem) } }
        }
        @if let Some(answer) = &attempt.response {
            @if !answer.body.is_empty() { (layout::body(&answer.body, lang)) }
            (headers(&answer.headers))
        }
    }
}

fn problem(attempt: &AttemptRecord, lang: Lang) -> Option<&str> {
    match lang {
        Lang::En => attempt.problem.as_deref(),
        Lang::Zh => attempt.problem_zh.as_deref(),
    }
}

fn state(record: &DeliveryRecord, pace: f64, lang: Lang) -> Markup {
    let (class, name) = match record.state {
        DeliveryState::Pending => ("dim", lang.say("pending", "待发送")),
        DeliveryState::Accepted => ("good", lang.say("accepted", "商户已接收")),
        DeliveryState::GivenUp => ("bad", lang.say("given up", "已放弃")),
        DeliveryState::NotSent => ("bad", lang.say("not sent", "未发送")),
    };
    html! {
        span class=(class) { (name) }
        @if let Some(seconds) = next_in(record, pace) {
            br;
            span.dim { @match lang {
                Lang::En => { "again " (seconds) " s after the last attempt" }
                Lang::Zh => { "上次发送后 " (seconds) " 秒重试" }
            } }
        }
    }
}
