//! The merchants of a sandbox: listed, shown, added.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::args::Args;
use super::problem::{Outcome, Problem};
use crate::account::{Account, AccountError};
use crate::bilingual::Bilingual;
use crate::merchants::{BALANCES, EntryError, MerchantEntry, WRONG_BALANCE};
use crate::state::SandboxState;

/// All merchants, the first one first. Their keys are not made for a list.
pub(super) fn list(state: &SandboxState) -> Value {
    let all = state.accounts.all();
    let merchants: Value = all.iter().map(|account| brief(account)).collect();
    json!({"merchants": merchants})
}

/// One merchant with the files of its keys, and without the keys.
pub(super) fn show(state: &SandboxState, mchid: &str) -> Outcome<Value> {
    let account = state.accounts.named(mchid).map_err(Problem::of_action)?;
    Ok(json!({"merchant": whole(&account)?}))
}

/// Adds a merchant and gives its keys: a client on another machine cannot read their files.
pub(super) fn add(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    let entry: MerchantEntry = serde_path_to_error::deserialize(args.whole()).map_err(|err| {
        let field = err.path().to_string();
        let error = (
            format!("{field}: {}", readable(&field, &err.inner().to_string())),
            format!("参数 {field} 不正确"),
        );
        Problem::bad(error, FIELDS)
    })?;
    let settings = entry.settings(None).map_err(wrong_entry)?;
    let url = settings.notify_url.as_deref();
    state.settings.check_notify_url(url).map_err(|err| {
        let zh = "沙箱不能向 notify_url 发送通知";
        Problem::of(&err, zh, FIELDS)
    })?;
    let account = state.accounts.add(settings).map_err(not_added)?;
    let mut merchant = whole(&account)?;
    let credentials = account.credentials().map_err(|err| no_keys(&err))?;
    let key = credentials.key.to_pem().map_err(|err| no_keys(&err))?;
    merchant["private_key"] = json!(key.as_str());
    merchant["certificate"] = json!(
        credentials
            .certificate
            .to_pem()
            .map_err(|err| no_keys(&err))?
    );
    merchant["apiv3_key"] = json!(credentials.apiv3_key.expose());
    merchant["v2_key"] = json!(credentials.v2_key.expose());
    Ok(json!({"merchant": merchant}))
}

/// Sets the balance of the basic account.
pub(super) fn set_balance(state: &SandboxState, mchid: &str, args: &Args) -> Outcome<Value> {
    args.only(&["balance"])?;
    let account = state.accounts.named(mchid).map_err(Problem::of_action)?;
    let fen = args.integer("balance")?;
    let fen = fen.filter(|fen| BALANCES.contains(fen)).ok_or_else(|| {
        let error = (
            "balance is missing or out of range",
            "缺少 balance，或超出范围",
        );
        Problem::bad(error, WRONG_BALANCE)
    })?;
    account.world.set_balance(fen);
    Ok(json!({"merchant": whole(&account)?}))
}

/// The settings of a merchant.
pub(super) fn brief(account: &Account) -> Value {
    let settings = &account.settings;
    json!({
        "mchid": settings.mchid,
        "name": settings.name,
        "kind": settings.kind.as_str(),
        "mode": settings.mode.as_str(),
        "products": settings.products,
        "sub_merchants": settings.sub_merchants,
        "brands": settings.brands,
        "notify_url": settings.notify_url,
        "balance": account.world.balance(),
    })
}

fn whole(account: &Account) -> Outcome<Value> {
    let credentials = account.credentials().map_err(|err| no_keys(&err))?;
    let mut merchant = brief(account);
    merchant["serial"] = json!(credentials.certificate.serial());
    merchant["algorithm"] = json!(credentials.key.algorithm().as_str().to_lowercase());
    merchant["platform_public_key_id"] = json!(credentials.public.id);
    if let Some(files) = account.files() {
        merchant["files"] = json!({
            "merchant_key": files.merchant_key,
            "merchant_cert": files.merchant_cert,
            "merchant_p12": files.merchant_p12,
            "apiv3_key": files.apiv3_key,
            "v2_key": files.v2_key,
            "platform_public_key": files.platform_public_key,
            "platform_cert": files.platform_cert,
        });
    }
    Ok(merchant)
}

const FIELDS: Bilingual = Bilingual::new(
    "docs/sandbox.md lists the fields of a merchant",
    "docs/sandbox.zh-CN.md 列出了商户的各字段",
);

/// A wrong type of a key is not quoted.
fn readable<'m>(field: &str, message: &'m str) -> &'m str {
    let is_secret = ["key", "certificate"].iter().any(|it| field.ends_with(it));
    if is_secret && !message.starts_with("unknown field") {
        "give it as a text"
    } else {
        message
    }
}

fn wrong_entry(err: EntryError) -> Problem {
    let EntryError { field, problem } = err;
    let error = (
        format!("{field}: {}", problem.en),
        format!("{field}：{}", problem.zh),
    );
    Problem::bad(error, FIELDS)
}

fn not_added(err: AccountError) -> Problem {
    let hint = (
        "GET merchants lists those that there are",
        "GET merchants 列出已有的商户",
    );
    match err {
        AccountError::Wrong((field, problem)) => wrong_entry(EntryError {
            field: field.to_owned(),
            problem,
        }),
        AccountError::Exists(error) | AccountError::TooMany(error) => {
            Problem::new(StatusCode::CONFLICT, error, hint)
        }
    }
}

fn no_keys(err: &dyn std::fmt::Display) -> Problem {
    let error = Bilingual::of_error("无法生成或读取该商户的密钥", err);
    let hint = (
        "look at the folder of the sandbox (--dir)",
        "请检查沙箱的目录（--dir）",
    );
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error, hint)
}
