//! Actions on notifications.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, Value};

use super::super::args::Args;
use super::super::problem::{Outcome, Problem};
use super::super::views;
use super::tools::parse;
use crate::DeliveryRecord;
use crate::bilingual::Bilingual;
use crate::fault::Fault;
use crate::notifier::{KindRow, check_url, kind_row, kind_rows, unreachable_zh};
use crate::state::SandboxState;
use wechatpay_chain::notify::Version;

/// Posts a notification of any kind.
pub(in crate::control) fn notify(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&[
        "kind",
        "event_type",
        "version",
        "url",
        "resource",
        "changes",
        "probe",
        "certificate",
        "fault",
        "mchid",
    ])?;
    let row = kind(args)?;
    let url = args.needed("url")?;
    let reach = state.settings.reach();
    check_url(&url, reach).map_err(|err| Problem::of(&err, unreachable_zh(reach), URL_HINT))?;
    let now = state.now();
    let account = match args.text("mchid")? {
        None => Arc::clone(state.accounts.first()),
        Some(mchid) => state.accounts.named(&mchid).map_err(Problem::of_action)?,
    };
    let resource = resource(args, || row.resource(account.mchid(), now))?;
    let draft = state.draft(&account, url, row.content(resource));
    let mut draft = draft.map_err(|err| Problem::of(&err, "无法生成这个通知", KINDS_HINT))?;
    draft.by_certificate = args.flag("certificate")?;
    draft.fault = match args.text("fault")? {
        Some(fault) => Some(parse(&fault)?),
        None => args.flag("probe")?.then_some(Fault::Probe),
    };
    draft
        .request(state.settings.reach())
        .map_err(|err| Problem::of(&err, "无法生成这个通知", KINDS_HINT))?;
    let id = state.notifier.post(draft, row.event_type.to_owned());
    delivery(state, &id.to_string())
}

/// The content of the notification: the given one, or a generated one with the changes.
fn resource(args: &Args, generate: impl FnOnce() -> Value) -> Outcome<Value> {
    match (args.object("resource")?, args.object("changes")?) {
        (Some(resource), None) => Ok(resource),
        (None, changes) => {
            let mut resource = generate();
            if let Some(changes) = changes {
                merge(&mut resource, changes);
            }
            Ok(resource)
        }
        (Some(_), Some(_)) => {
            let error = (
                "resource and changes exclude each other",
                "resource 与 changes 不能同时使用",
            );
            Err(Problem::bad(error, CHANGES_HINT))
        }
    }
}

/// Applies a JSON Merge Patch (RFC 7396).
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            target.shift_remove(&name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

const CHANGES_HINT: Bilingual = Bilingual::new(
    "resource is the whole content; changes are members that are set in a generated one",
    "resource 是完整的通知内容；changes 是在自动生成的内容中要改动的字段",
);
const URL_HINT: Bilingual = Bilingual::new(
    "url is the URL of the merchant's server",
    "url 是商户服务器接收通知的地址",
);
const KINDS_HINT: Bilingual =
    Bilingual::new("GET kinds lists the kinds", "GET kinds 列出可以发送的通知");

fn kind(args: &Args) -> Outcome<KindRow> {
    let name = match args.text("event_type")? {
        Some(name) => name,
        None => args.needed("kind")?,
    };
    // The page sends version and kind in one field.
    let (version, name) = match name.strip_prefix("v2 ") {
        Some(name) => (Some("v2".to_owned()), name.to_owned()),
        None => (args.text("version")?, name),
    };
    let version = match version.as_deref() {
        None => None,
        Some("v2") => Some(Version::V2),
        Some("v3") => Some(Version::V3),
        Some(_) => {
            let hint = ("version is v2 or v3", "version 为 v2 或 v3");
            return Err(Problem::bad(
                ("there is no such version", "没有这个版本"),
                hint,
            ));
        }
    };
    let found = match version {
        Some(version) => kind_row(version, &name),
        None => kind_row(Version::V3, &name).or_else(|| kind_row(Version::V2, &name)),
    };
    found.ok_or_else(|| {
        let all = kind_rows().count();
        let hint = (
            format!("GET kinds lists the {all} kinds, with their versions"),
            format!("GET kinds 列出全部 {all} 种通知及其版本"),
        );
        Problem::bad(no_notification(&name), hint)
    })
}

pub(in crate::control) fn delivery(state: &Arc<SandboxState>, id: &str) -> Outcome<Value> {
    let pace = state.notifier.speed();
    Ok(views::delivery(&known(state, id)?, pace))
}

pub(in crate::control) fn resend(
    state: &Arc<SandboxState>,
    id: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&[])?;
    let record = known(state, id)?;
    check_url(&record.url, state.settings.reach()).map_err(|err| {
        let error = Bilingual::of_error(unreachable_zh(state.settings.reach()), err.report());
        let hint = (
            "POST notifications posts one of the same kind to another url",
            "POST notifications 可将同类通知发送到其他地址",
        );
        Problem::new(StatusCode::CONFLICT, error, hint)
    })?;
    state.notifier.resend(record.id);
    delivery(state, id)
}

fn known(state: &SandboxState, id: &str) -> Outcome<DeliveryRecord> {
    let record = id.parse().ok();
    let record = record.and_then(|id| state.notifier.get(id));
    record.ok_or_else(|| {
        let hint = (
            "GET notifications lists the recorded ones",
            "GET notifications 列出被记住的通知",
        );
        Problem::missing(no_notification(id), hint)
    })
}

fn no_notification(name: &str) -> (String, String) {
    (
        format!("there is no notification {name:?}"),
        format!("没有通知 {name:?}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The examples of RFC 7396, Appendix A.
    #[test]
    fn changes_are_merged_as_in_rfc_7396() {
        for (mut target, patch, expected) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": "b"}),
                json!({"b": "c"}),
                json!({"a": "b", "b": "c"}),
            ),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (
                json!({"a": "b", "b": "c"}),
                json!({"a": null}),
                json!({"b": "c"}),
            ),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (
                json!({"a": [{"b": "c"}]}),
                json!({"a": [1]}),
                json!({"a": [1]}),
            ),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (
                json!({"e": null}),
                json!({"a": 1}),
                json!({"e": null, "a": 1}),
            ),
            (
                json!([1, 2]),
                json!({"a": "b", "c": null}),
                json!({"a": "b"}),
            ),
            (
                json!({}),
                json!({"a": {"bb": {"ccc": null}}}),
                json!({"a": {"bb": {}}}),
            ),
        ] {
            merge(&mut target, patch.clone());
            assert_eq!(target, expected, "{patch}");
        }
    }
}
