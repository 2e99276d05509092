//! Actions on faults, certificates, clock and settings.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::super::args::Args;
use super::super::problem::{Outcome, Problem};
use super::super::views;
use crate::bilingual::Bilingual;
use crate::fault::{Fault, NAMES};
use crate::notifier::unreachable_zh;
use crate::state::SandboxState;
use wechatpay_core::error::{Error, ErrorKind};

/// The largest clock offset; more is a mistake.
const FARTHEST: i64 = 100 * 365 * 86_400;
const MANY: i64 = 10_000;

/// Injects a fault. `{"fault": "slow", "milliseconds": 500}` equals `{"fault": "slow=500"}`.
pub(in crate::control) fn fault(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&[
        "fault",
        "times",
        "value",
        "seconds",
        "header",
        "status",
        "milliseconds",
        "url",
    ])?;
    let name = args.needed("fault")?;
    let takes = NAMES.iter().find(|(known, _)| *known == name);
    let value = match takes {
        Some((_, takes)) if !takes.is_empty() => match args.text(takes)? {
            Some(value) => Some(value),
            None => args.text("value")?,
        },
        _ => None,
    };
    let fault = parse(&match value {
        Some(value) => format!("{name}={value}"),
        None => name,
    })?;
    match args.text("times")?.as_deref() {
        Some("always") => state.faults.set_always(Some(fault)),
        None => state.faults.push(fault),
        Some(_) => state.faults.push_times(fault, times(args)?),
    }
    Ok(json!({"faults": views::faults(state)}))
}

fn times(args: &Args) -> Outcome<u32> {
    let times = args.integer("times")?;
    let times = times.filter(|times| (1..=MANY).contains(times));
    times
        .and_then(|times| u32::try_from(times).ok())
        .ok_or_else(|| {
            let error = ("the count is too high", "故障次数不正确");
            let hint = (
                format!("times is from 1 to {MANY}, or \"always\""),
                format!("times 为 1 至 {MANY}，或 \"always\""),
            );
            Problem::bad(error, hint)
        })
}

/// Removes all faults and releases a notification that one of them holds.
pub(in crate::control) fn forget_faults(state: &SandboxState) {
    state.faults.clear();
    state.notifier.release_held();
}

pub(super) fn parse(fault: &str) -> Outcome<Fault> {
    let hint = (
        "docs/sandbox.md describes the faults",
        "docs/sandbox.md 列出了各种故障及其作用",
    );
    fault
        .parse()
        .map_err(|err| Problem::of(&err, "没有这种故障，或它的取值不对", hint))
}

pub(in crate::control) fn rotate(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&["overlap"])?;
    let new = if args.flag("overlap")? {
        state.platform.announce(state.now())
    } else {
        state.platform.rotate(state.now())
    };
    let new = new.map_err(|err| {
        let (status, said, hint) = match err.kind() {
            ErrorKind::Builder => (
                StatusCode::CONFLICT,
                "平台证书已达上限 10 张",
                (
                    "POST certificates/retire removes the old ones, POST reset the added ones",
                    "POST certificates/retire 移除旧证书，POST reset 移除新增的证书",
                ),
            ),
            _ => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "无法生成新的平台证书",
                ("try again", "请重试"),
            ),
        };
        Problem::new(status, Bilingual::of_error(said, err.report()), hint)
    })?;
    Ok(json!({"serial": new.serial(), "serials": state.platform.serials()}))
}

pub(in crate::control) fn retire(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&[])?;
    state.platform.retire();
    Ok(json!({"serials": state.platform.serials()}))
}

/// Sets the signing mode; `{"mode": "certificate"}` is an account that does not use the public key yet.
pub(in crate::control) fn certificate_mode(
    state: &Arc<SandboxState>,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["mode"])?;
    let mode = args.needed("mode")?;
    match mode.as_str() {
        "certificate" => state.platform.set_certificate_mode(true),
        "public_key" => state.platform.set_certificate_mode(false),
        _ => {
            let hint = (
                "mode is \"certificate\" or \"public_key\"",
                "mode 为 \"certificate\" 或 \"public_key\"",
            );
            return Err(Problem::bad(
                ("there is no such mode", "没有这种模式"),
                hint,
            ));
        }
    }
    Ok(json!({"mode": mode}))
}

/// Sets whether rate limits are enforced: `{"enforce": true}`.
pub(in crate::control) fn limits(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&["enforce"])?;
    // Required, so that a forgotten member does not switch them off.
    args.needed_flag("enforce").map(|enforce| {
        state.rate_limits.enforce(enforce);
        views::limits(state)
    })
}

pub(in crate::control) fn clock(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&["offset_seconds", "speed"])?;
    args.not_null(&["offset_seconds", "speed"])?;
    let offset = args.integer("offset_seconds")?;
    if offset.is_some_and(|offset| offset.unsigned_abs() > FARTHEST.unsigned_abs()) {
        let error = ("the clock offset is too large", "时钟偏差过大");
        let hint = (
            "offset_seconds is a hundred years at most",
            "offset_seconds 最多为一百年",
        );
        return Err(Problem::bad(error, hint));
    }
    if let Some(speed) = args.number("speed")? {
        state.set_speed(speed).map_err(|err| {
            let hint = (
                "1 is WeChat Pay's schedule; 1000 turns 15 s into 15 ms",
                "1 与微信支付相同，1000 则 15 秒变为 15 毫秒",
            );
            Problem::of(&err, "速度不在 0.001 至 1000000 之间", hint)
        })?;
    }
    if let Some(offset) = offset {
        state.clock.set_offset(offset);
    }
    Ok(views::clock(state))
}

pub(in crate::control) fn settings(state: &SandboxState) -> Value {
    json!({"notify_url": state.notify_url(), "forward_to": state.forward_to()})
}

/// Sets the default URL of notifications, and the URL to which all are forwarded; `null` removes one.
pub(in crate::control) fn set(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&["notify_url", "forward_to"])?;
    let problem = |err: &Error| {
        let hint = (
            "the value is the URL of the merchant's server",
            "值为商户服务器接收通知的地址",
        );
        Problem::of(err, unreachable_zh(state.settings.reach()), hint)
    };
    if args.has("notify_url") {
        let url = args.text("notify_url")?;
        state.set_notify_url(url).map_err(|err| problem(&err))?;
    }
    if args.has("forward_to") {
        let url = args.text("forward_to")?;
        state.set_forward_to(url).map_err(|err| problem(&err))?;
    }
    Ok(settings(state))
}

/// Resets the sandbox to its start.
pub(in crate::control) fn reset(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&[])?;
    state.reset();
    Ok(json!({}))
}
