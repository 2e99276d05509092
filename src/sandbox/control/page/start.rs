//! The start page: the sandbox's ids and the requests.

use std::sync::Arc;

use maud::{Markup, html};

use super::super::calls;
use super::super::diagnosis::mistakes;
use super::filter::Filter;
use super::lang::Lang;
use super::layout::{self, Refresh, button, empty, time_ms};
use crate::account::Account;
use crate::fault::Fault;
use crate::merchants::MerchantKind;
use crate::record::{CallRecord, Verdict};
use crate::state::SandboxState;

const HERE: &str = "/_sandbox/";
const SHOWN: usize = 100;

/// The page reloads itself, so the form of the filter is on another page.
pub(super) fn page(state: &Arc<SandboxState>, filter: &Filter, lang: Lang) -> Markup {
    let content = html! {
        (identity(state, lang))
        (filter.summary(lang))
        (matching(state, filter, lang))
        (button_to_forget(lang))
    };
    let title = lang.say("Requests", "请求");
    layout::page_of(
        lang,
        (HERE, &filter.query()),
        title,
        Refresh::Live,
        &content,
    )
}

/// The form of the filter above the requests that match now.
pub(super) fn filter(state: &Arc<SandboxState>, filter: &Filter, lang: Lang) -> Markup {
    let content = html! {
        (filter.form(lang))
        (matching(state, filter, lang))
    };
    let title = lang.say("Filter the requests", "筛选请求");
    layout::page_of(
        lang,
        (HERE, &filter.query()),
        title,
        Refresh::Never,
        &content,
    )
}

fn matching(state: &SandboxState, filter: &Filter, lang: Lang) -> Markup {
    let now = state.now();
    let matches = |record: &CallRecord| filter.matches(record, now);
    let records = state.records.newest_where(SHOWN, matches);
    requests(state, &records, filter, lang)
}

fn identity(state: &SandboxState, lang: Lang) -> Markup {
    let (first, others) = (state.accounts.first(), state.accounts.all());
    let others = others.iter().skip(1);
    let credentials = first.credentials().ok();
    let (serial, public_id) = credentials.as_ref().map_or(("", ""), |it| {
        (it.certificate.serial(), it.public.id.as_str())
    });
    html! {
        dl {
            dt { (lang.say("Base URL", "地址")) }
            dd { code { (state.base_url.get().map_or("", String::as_str)) } }
            dt { (lang.say("Merchant id", "商户号")) }
            dd { code { (first.mchid()) } }
            dt { (lang.say("Certificate serial", "商户API证书序列号")) }
            dd { code { (serial) } }
            dt { (lang.say("Public key id", "微信支付公钥ID")) }
            dd { code { (public_id) } }
            dt { (lang.say("Further merchants", "其他商户")) }
            dd { @for other in others { div.code { (other.mchid()) " " span.dim { (kind(other, lang)) } } } }
            @if let Some(dir) = &state.settings.dir {
                dt { (lang.say("Keys", "密钥文件")) }
                dd { code { (dir.display()) } }
            }
        }
    }
}

/// The kind of a merchant, with the name that the user gave it.
fn kind(account: &Account, lang: Lang) -> String {
    let settings = &account.settings;
    let kind = match settings.kind {
        MerchantKind::Merchant => lang.say("merchant", "普通商户"),
        MerchantKind::ServiceProvider => lang.say("service provider", "服务商"),
        MerchantKind::Channel => lang.say("channel", "渠道商"),
        MerchantKind::Any => lang.say("merchant and service provider", "普通商户兼服务商"),
    };
    let subs = match &*settings.sub_merchants.join(", ") {
        "" => String::new(),
        subs => format!(" ({subs})"),
    };
    let name = settings.name.as_deref().unwrap_or_default();
    format!("{kind}{subs} {name}").trim_end().to_owned()
}

fn requests(state: &SandboxState, records: &[CallRecord], filter: &Filter, lang: Lang) -> Markup {
    if records.is_empty() && !filter.is_empty() {
        let text = lang.say(
            "No request fits the filter. Clear a field of the filter, or show all.",
            "没有符合条件的请求。请减少筛选条件，或显示全部。",
        );
        return empty(text);
    }
    if records.is_empty() {
        let text = lang.say(
            "No request has come yet. Point a client at the base URL; this page follows.",
            "还没有收到请求。请把客户端指向上面的地址，本页会自动刷新。",
        );
        return empty(text);
    }
    html! {
        h2 { (lang.say("Newest first", "最新的在前")) }
        table.list.calls {
            thead { tr {
                th { "#" }
                th { (lang.say("Time, UTC+8", "时间")) }
                th { (lang.say("Request", "请求")) }
                th { (lang.say("Merchant", "商户号")) }
                th { (lang.say("Verdict", "结论")) }
                th { (lang.say("Answer", "应答")) }
                th { (lang.say("Took", "耗时")) }
            } }
            tbody { @for record in records { (row(state, record, lang)) } }
        }
    }
}

fn row(state: &SandboxState, record: &CallRecord, lang: Lang) -> Markup {
    html! {
        tr {
            td { a href={ "/_sandbox/calls/" (record.id) } { (record.id) } }
            td.when { (time_ms(record.time_ms)) }
            td {
                code { (record.method) " " a href={ "/_sandbox/calls/" (record.id) } { (record.target) } }
                @if let Some(title) = calls::title(record) { br; span.dim { (title) } }
            }
            td data-label=(lang.say("Merchant", "商户号")) { code { (record.mchid.as_deref().unwrap_or("–")) } }
            td {
                (verdict(record, lang))
                @for mistake in &*mistakes(record, state) { div.bad { (lang.of_both(&mistake.text)) } }
            }
            td data-label=(lang.say("Answer", "应答")) { (status(record, lang)) }
            td.when data-label=(lang.say("Took", "耗时")) { (took(record)) }
        }
    }
}

/// The verdict on a request, and the injected fault.
pub(super) fn verdict(record: &CallRecord, lang: Lang) -> Markup {
    html! {
        @match &record.verdict {
            Verdict::Accepted => (accepted(record.fault.as_ref(), lang)),
            Verdict::Unprocessed => span.bad { (lang.say("cut off unread", "未处理即断开")) },
            Verdict::Refused { code, message, why, why_zh, .. } => {
                span.bad { (code) }
                @if lang == Lang::Zh { div { (message) } }
                div.dim { (lang.say(why, why_zh)) }
            }
        }
        @for warning in &record.warnings {
            div { span.warn { (lang.say("warning", "警告")) } " " (lang.say(&warning.text, &warning.text_zh)) }
        }
        @if let Some(fault) = &record.fault {
            div { span.warn { (lang.say("fault", "故障")) } " " code { (fault) } }
        }
    }
}

fn accepted(fault: Option<&Fault>, lang: Lang) -> Markup {
    if fault.is_some_and(Fault::refuses) {
        html! { span.dim { (lang.say("in order, not processed", "校验通过，未处理")) } }
    } else {
        html! { span.good { (lang.say("accepted", "通过")) } }
    }
}

pub(super) fn status(record: &CallRecord, lang: Lang) -> Markup {
    match record.status {
        Some(status) => html! { code { (status.as_u16()) } },
        None => html! { span.bad { (lang.say("cut", "已断开")) } },
    }
}

/// The time that a request took, to a tenth of a millisecond.
pub(super) fn took(record: &CallRecord) -> String {
    let micros = record.took.as_micros();
    format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
}

fn button_to_forget(lang: Lang) -> Markup {
    html! {
        form.fields method="post" action="/_sandbox/do/calls" {
            input type="hidden" name="back" value=(HERE);
            input type="hidden" name="method" value="DELETE";
            button { (lang.say("Forget these requests", "清空请求")) }
        }
        (button("reset", HERE, lang.say("Forget everything but the keys", "除密钥外全部重置")))
    }
}
