//! Faults, certificates, clock and settings.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::super::args::Args;
use super::super::problem::{Outcome, Problem};
use super::super::{powers, views};
use crate::bilingual::Bilingual;
use crate::fault::{Fault, NAMES};
use crate::gateway::Gateway;
use wechatpay_core::error::ErrorKind;

/// A clock that is more than some years off is a mistake.
const FARTHEST: i64 = 100 * 365 * 86_400;
const MANY: i64 = 10_000;

/// `{"fault": "slow", "milliseconds": 500}` says the same as `{"fault": "slow=500"}`.
pub(in crate::control) fn fault(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
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
        Some("always") => gateway.faults.set_always(Some(fault)),
        None => gateway.faults.push(fault),
        Some(_) => {
            let times = args
                .integer("times")?
                .filter(|times| (1..=MANY).contains(times));
            let times = times.and_then(|times| u32::try_from(times).ok());
            let times = times.ok_or_else(|| {
                let error = ("nothing can go wrong that often", "故障次数不正确");
                let hint = (
                    format!("times is from 1 to {MANY}, or \"always\""),
                    format!("times 为 1 至 {MANY}，或 \"always\""),
                );
                Problem::bad(error, hint)
            })?;
            gateway.faults.push_times(fault, times);
        }
    }
    Ok(json!({"faults": views::faults(gateway)}))
}

/// Also of notifications: one that waits for the one after it waits no more.
pub(in crate::control) fn forget_faults(gateway: &Gateway) {
    gateway.faults.clear();
    gateway.control.deliveries.let_go();
}

pub(super) fn parse(fault: &str) -> Outcome<Fault> {
    let hint = (
        "docs/sandbox.md lists the faults with what they do",
        "docs/sandbox.md 列出了各种故障及其作用",
    );
    fault.parse().map_err(|err| Problem::of(&err, hint))
}

pub(in crate::control) fn rotate(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&[])?;
    let new = gateway.platform.rotate(gateway.clock.now());
    let new = new.map_err(|err| {
        let (status, said, hint) = match err.kind() {
            ErrorKind::Builder => (
                StatusCode::CONFLICT,
                "平台证书已达上限",
                (
                    "POST certificates/retire takes the old ones off, POST reset those that were added",
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
    Ok(json!({"serial": new.serial(), "serials": gateway.platform.serials()}))
}

pub(in crate::control) fn retire(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&[])?;
    gateway.platform.retire();
    Ok(json!({"serials": gateway.platform.serials()}))
}

/// `{"mode": "certificate"}`: an account that has not changed to the public key.
pub(in crate::control) fn certificate_mode(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&["mode"])?;
    let mode = args.needed("mode")?;
    match mode.as_str() {
        "certificate" => gateway.platform.set_certificate_mode(true),
        "public_key" => gateway.platform.set_certificate_mode(false),
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

/// `{"enforce": true}`: what is called more often than documented is refused.
pub(in crate::control) fn limits(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&["enforce"])?;
    // Whoever forgets the member would switch them off.
    args.needed_flag("enforce").map(|enforce| {
        gateway.enforce_limits(enforce);
        views::limits(gateway)
    })
}

pub(in crate::control) fn clock(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&["offset_seconds", "speed"])?;
    args.not_null(&["offset_seconds", "speed"])?;
    let offset = args.integer("offset_seconds")?;
    if offset.is_some_and(|offset| offset.unsigned_abs() > FARTHEST.unsigned_abs()) {
        let error = ("the clock cannot be that far off", "时钟偏差过大");
        let hint = (
            "offset_seconds is a hundred years at most",
            "offset_seconds 最多为一百年",
        );
        return Err(Problem::bad(error, hint));
    }
    if let Some(speed) = args.number("speed")? {
        powers::set_speed(gateway, speed).map_err(|err| {
            let hint = (
                "1 is as WeChat Pay does it, 1000 is 15 s in 15 ms",
                "1 与微信支付相同，1000 则 15 秒变为 15 毫秒",
            );
            Problem::of(&err, hint)
        })?;
    }
    if let Some(offset) = offset {
        gateway.control.clock.set_offset(offset);
    }
    Ok(views::clock(gateway))
}

pub(in crate::control) fn settings(gateway: &Gateway) -> Value {
    json!({"notify_url": gateway.control.notify_url()})
}

/// `{"notify_url": null}`: none, as of a merchant that has set none.
pub(in crate::control) fn set(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&["notify_url"])?;
    if args.has("notify_url") {
        let url = args.text("notify_url")?;
        powers::set_notify_url(gateway, url).map_err(|err| {
            let hint = (
                "notify_url is where the merchant's server listens",
                "notify_url 是商户服务器接收通知的地址",
            );
            Problem::of(&err, hint)
        })?;
    }
    Ok(settings(gateway))
}

/// Everything but the keys it began with.
pub(in crate::control) fn reset(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&[])?;
    powers::reset(gateway);
    Ok(json!({}))
}
