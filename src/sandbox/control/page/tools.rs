//! Faults, the clock, the certificates.

use std::sync::Arc;

use maud::{Markup, html};

use super::lang::Lang;
use super::layout::{self, Refresh, button, button_with, empty};
use crate::fault::NAMES;
use crate::state::SandboxState;

const HERE: &str = "/_sandbox/tools";

pub(super) fn page(state: &Arc<SandboxState>, lang: Lang) -> Markup {
    let content = html! {
        (faults(state, lang))
        (limits(state, lang))
        (clock(state, lang))
        (certificates(state, lang))
        (settings(state, lang))
    };
    layout::page(
        lang,
        HERE,
        lang.say("Faults and tools", "故障与工具"),
        Refresh::Never,
        &content,
    )
}

fn faults(state: &SandboxState, lang: Lang) -> Markup {
    let waiting = state.faults.all();
    html! {
        h2 { (lang.say("Faults of the next responses", "后续应答的故障")) }
        @if waiting.is_empty() { (empty(lang.say("Nothing.", "无。"))) }
        @else {
            table { tbody { @for (fault, times) in &waiting { tr {
                td.code { (fault) }
                td { @match times {
                    Some(times) => { (times) " ×" }
                    None => { (lang.say("always", "一直")) }
                } }
            } } } }
            form.fields method="post" action="/_sandbox/do/faults" {
                input type="hidden" name="back" value=(HERE);
                input type="hidden" name="method" value="DELETE";
                button { (lang.say("Clear all faults", "清除全部故障")) }
            }
        }
        (fault_form(lang))
        p.dim {
            (lang.say("Values of the faults: ", "各故障的参数："))
            @for (at, (name, takes)) in NAMES.iter().filter(|(_, takes)| !takes.is_empty()).enumerate() {
                @if at > 0 { (lang.say("; ", "；")) }
                code { (name) } " " (value(takes, lang))
            }
        }
        p.dim { (lang.say(
            "To inject a fault into a single request, send the header X-Sandbox-Fault: wrong_signature",
            "单个请求也可以用请求头指定故障：X-Sandbox-Fault: wrong_signature",
        )) }
    }
}

fn fault_form(lang: Lang) -> Markup {
    html! {
        form.fields method="post" action="/_sandbox/do/faults" {
            input type="hidden" name="back" value=(HERE);
            label { (lang.say("Fault", "故障"))
                select name="fault" { @for (name, takes) in NAMES {
                    option value=(name) { (name) @if !takes.is_empty() { " = …" } }
                } }
            }
            label { (lang.say("Value", "参数")) input name="value" size="14" placeholder=(lang.say("if it takes one", "需要时填写")); }
            label { (lang.say("Times, or always", "次数，或 always")) input name="times" size="8" value="1"; }
            button.main { (lang.say("Set the fault", "设置故障")) }
        }
    }
}

/// The kind of a fault's value, with an example.
fn value(takes: &str, lang: Lang) -> &'static str {
    match takes {
        "seconds" => lang.say(
            "seconds, as 600; -600 is in the future",
            "秒数，如 600；-600 为未来",
        ),
        "header" => lang.say(
            "a header, as Wechatpay-Nonce",
            "应答头名称，如 Wechatpay-Nonce",
        ),
        "status" => lang.say("a status, 400 to 599", "HTTP 状态码，400 至 599"),
        "milliseconds" => lang.say("milliseconds, as 1500", "毫秒数，如 1500"),
        _ => lang.say("a URL", "URL"),
    }
}

fn limits(state: &SandboxState, lang: Lang) -> Markup {
    let (now, enforce, label) = if state.rate_limits.is_enforced() {
        (
            lang.say(
                "Calls above a documented rate limit are refused with 429.",
                "超过文档所述频率的请求会被拒绝（429）。",
            ),
            "false",
            lang.say("Stop enforcing limits", "不再限频"),
        )
    } else {
        (
            lang.say("Rate limits are not enforced.", "不限制请求频率。"),
            "true",
            lang.say("Enforce the limits", "按文档限频"),
        )
    };
    html! {
        h2 { (lang.say("Rate limits", "频率限制")) }
        p { (now) }
        (button_with("limits", HERE, ("enforce", enforce), label))
    }
}

fn clock(state: &SandboxState, lang: Lang) -> Markup {
    html! {
        h2 { (lang.say("Clock", "时钟")) }
        form.fields method="post" action="/_sandbox/do/clock" {
            input type="hidden" name="back" value=(HERE);
            label { (lang.say("Seconds that it is off", "偏移秒数"))
                input name="offset_seconds" type="number" size="10" value=(state.clock.offset());
            }
            label { (lang.say("Notifications are repeated so many times faster", "通知重试加速倍数"))
                input name="speed" size="8" value=(state.notifier.speed());
            }
            button { (lang.say("Set", "设置")) }
        }
    }
}

fn settings(state: &SandboxState, lang: Lang) -> Markup {
    html! {
        h2 { (lang.say("Where to notify when a request names no notify_url", "请求未带 notify_url 时的通知地址")) }
        form.fields method="post" action="/_sandbox/do/settings" {
            input type="hidden" name="back" value=(HERE);
            label { (lang.say("URL; empty: nowhere", "URL，留空则不通知"))
                input name="notify_url" type="url" size="34" value=[state.notify_url()]
                    placeholder="http://127.0.0.1:8000/notify";
            }
            button { (lang.say("Set the URL", "设置地址")) }
        }
    }
}

fn certificates(state: &SandboxState, lang: Lang) -> Markup {
    let (mode, label) = if state.platform.certificate_mode() {
        (
            "public_key",
            lang.say("Sign with the public key", "改用微信支付公钥签名"),
        )
    } else {
        (
            "certificate",
            lang.say("Sign with the certificate", "改用平台证书签名"),
        )
    };
    html! {
        h2 { (lang.say("Platform certificates", "平台证书")) }
        p { @match mode {
            "certificate" => (lang.say(
                "Answers to requests without Wechatpay-Serial are signed with the public key.",
                "请求未带 Wechatpay-Serial 时，应答用微信支付公钥签名。",
            )),
            _ => (lang.say(
                "Answers to requests without Wechatpay-Serial are signed with the newest certificate.",
                "请求未带 Wechatpay-Serial 时，应答用最新的平台证书签名。",
            )),
        } }
        (button_with("certificates/mode", HERE, ("mode", mode), label))
        ul { @for serial in state.platform.serials() { li { code { (serial) } } } }
        (button("certificates/rotate", HERE, lang.say("Add a new one", "轮换：新增一张")))
        (button("certificates/retire", HERE, lang.say("Take the old ones off", "移除旧证书")))
    }
}
