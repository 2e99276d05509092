//! Notifications: what was posted, and any kind by hand.

use std::sync::Arc;

use maud::{Markup, html};

use super::lang::Lang;
use super::layout::{self, button, empty, time};
use crate::notify::Version;
use crate::sandbox::gateway::Gateway;
use crate::sandbox::notifier::kind_rows;
use crate::sandbox::{DeliveryRecord, DeliveryState};

const HERE: &str = "/_sandbox/notifications";

pub(super) fn page(gateway: &Arc<Gateway>, lang: Lang) -> Markup {
    let all = gateway.control.deliveries.all();
    let content = html! {
        (by_hand(lang))
        h2 { (lang.say("Posted", "已投递")) }
        @if all.is_empty() { (empty(lang.say("None yet.", "暂无。"))) }
        @else { (table(&all, lang)) }
    };
    // A form that somebody fills in must not go away.
    layout::page(
        lang,
        HERE,
        lang.say("Notifications", "通知"),
        false,
        &content,
    )
}

fn by_hand(lang: Lang) -> Markup {
    html! {
        h2 { (lang.say("Post one", "手动投递")) }
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
            label { "URL" input name="url" type="url" required size="34" placeholder="http://127.0.0.1:8000/notify"; }
            label.check { input type="checkbox" name="certificate"; (lang.say("signed by the certificate", "用平台证书签名")) }
            label.check { input type="checkbox" name="probe"; (lang.say("a probe, with a wrong signature", "签名探测流量")) }
            label.wide { (lang.say("Resource as JSON; empty: one is made up", "resource 明文（JSON），留空则自动生成"))
                textarea name="resource" {}
            }
            button.main { (lang.say("Post", "投递")) }
        }
    }
}

fn table(all: &[DeliveryRecord], lang: Lang) -> Markup {
    html! {
        table {
            thead { tr {
                th { "#" }
                th { (lang.say("Kind", "类型")) }
                th { (lang.say("State", "状态")) }
                th { (lang.say("Attempts", "投递记录")) }
                th {}
            } }
            tbody { @for record in all.iter().rev().take(100) { tr {
                td { (record.id) }
                td { code { (record.event_type) } br; span.dim { (record.url) } }
                td { (state(record, lang)) }
                td { @for attempt in &record.attempts { div {
                    (time(attempt.time)) " "
                    @if let Some(status) = attempt.status { code { (status.as_u16()) } " " }
                    @if let Some(problem) = &attempt.problem { span.dim { (problem) } }
                } } }
                td { (button(&format!("notifications/{}/resend", record.id), HERE, lang.say("Again", "重新投递"))) }
            } } }
        }
    }
}

fn state(record: &DeliveryRecord, lang: Lang) -> Markup {
    let (class, name) = match record.state {
        DeliveryState::Pending => ("dim", lang.say("pending", "待投递")),
        DeliveryState::Accepted => ("good", lang.say("accepted", "商户已接收")),
        DeliveryState::GivenUp => ("bad", lang.say("given up", "已放弃")),
        DeliveryState::NotSent => ("bad", lang.say("not sent", "未投递")),
    };
    html! {
        span class=(class) { (name) }
        @if let Some(seconds) = record.next_in {
            br;
            span.dim { @match lang {
                Lang::En => { "again after " (seconds) " s" }
                Lang::Zh => { (seconds) " 秒后重试" }
            } }
        }
    }
}
