//! The documentation's samples, as the PHP SDK's recordings have them, sent to a sandbox where nothing
//! was made before.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wechatpay_chain::{Call, Error, ErrorKind, Media};
use wechatpay_sandbox::Sandbox;

use crate::golden_v2;
use crate::sandbox::Outcome;
use crate::support::golden::{self, Replay};
use crate::support::php::{self, Snippet};

/// Whose number a merchant's own requests have.
const OWN: [&str; 4] = ["mchid", "sp_mchid", "combine_mchid", "mch_id"];

/// Each that is refused, and what it is told. All others are taken.
const REFUSED: [(&str, &[(&str, &str)]); 4] = [
    // Nobody has made what they are about.
    (
        "nothing",
        &[
            (
                "v3/billdownload/file#1",
                "INVALID_REQUEST 账单下载地址已失效，请重新申请账单",
            ),
            (
                "v3/brand/profitsharing/orders#1",
                "INVALID_REQUEST 非分账订单不支持分账",
            ),
            (
                "v3/brand/profitsharing/orders#2",
                "RESOURCE_NOT_EXISTS 记录不存在",
            ),
            (
                "v3/brand/profitsharing/returnorders#1",
                "RESOURCE_NOT_EXISTS 记录不存在",
            ),
            (
                "v3/brand/profitsharing/returnorders#2",
                "RESOURCE_NOT_EXISTS 记录不存在",
            ),
            (
                "v3/ecommerce/refunds/{refund_id}/apply-abnormal-refund#1",
                "RESOURCE_NOT_EXISTS 退款单不存在",
            ),
            (
                "v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}#1",
                "NOT_FOUND 记录不存在",
            ),
            (
                "v3/pay/partner/transactions/id/{transaction_id}#1",
                "ORDER_NOT_EXIST 订单不存在",
            ),
            (
                "v3/pay/partner/transactions/out-trade-no/{out_trade_no}#1",
                "ORDER_NOT_EXIST 订单不存在",
            ),
            (
                "v3/pay/transactions/id/{transaction_id}#1",
                "ORDER_NOT_EXIST 订单不存在",
            ),
            (
                "v3/profitsharing/orders#1",
                "INVALID_REQUEST 非分账订单不支持分账",
            ),
            (
                "v3/refund/domestic/refunds#1",
                "RESOURCE_NOT_EXISTS 订单不存在",
            ),
        ],
    ),
    // Their time_expire is of 2009, 2018 and 2019.
    (
        "past",
        &[
            (
                "v2/pay/unifiedorder#1",
                "PARAM_ERROR time_expire时间过短，刷卡至少1分钟，其他5分钟",
            ),
            ("v3/combine-transactions/app#1", "PARAM_ERROR /time_expire"),
            ("v3/pay/transactions/native#1", "PARAM_ERROR /time_expire"),
        ],
    ),
    // It shows one of its 200 details, and the document wants the total to be the sum of all.
    (
        "sums",
        &[("v3/transfer/batches#1", "PARAM_ERROR /total_amount")],
    ),
    // Their variable is left out or empty, and the client sends nothing.
    (
        "unsent",
        &[
            ("v3/applyment4sub/applyment/index#1", UNSENT),
            (
                "v3/bank-transfer/batches/out-batch-no/{out_batch_no}#1",
                UNSENT,
            ),
            ("v3/ecommerce/applyments/index#1", UNSENT),
            ("v3/global/merchants/{sub_mchid}#2", UNSENT),
            (
                "v3/offlinefacemch/organizations/{organization_id}/users/out-user-id/{out_user_id}#1",
                UNSENT,
            ),
            (
                "v3/offlinefacemch/organizations/{organization_id}/users/out-user-id/{out_user_id}#2",
                UNSENT,
            ),
            (
                "v3/papay/insurance-pay/policy-periods/contract-id/{contract_id}/policy-period-id/{policy_period_id}#1",
                UNSENT,
            ),
            (
                "v3/papay/insurance-pay/policy-periods/contract-id/{contract_id}/policy-period-id/{policy_period_id}/schedule#1",
                UNSENT,
            ),
            (
                "v3/papay/insurance-sign/contracts/plan-id/{plan_id}/contract-id/{contract_id}/renew#1",
                UNSENT,
            ),
            ("v3/smartguide/guides/{guide_id}/assign#1", UNSENT),
        ],
    ),
];
const UNSENT: &str = "not sent";

#[tokio::test]
async fn the_samples_of_the_documentation_are_taken_but_for_those_about_nothing() -> Outcome {
    let (Some(v3), Some(v2)) = (golden::rows("v3"), golden::rows("v2")) else {
        golden::say_skipped();
        return Ok(());
    };
    // Those of Hong Kong lack the `hk/` that stands in their base URL.
    let sandbox = Sandbox::builder().echo_unknown(true).start().await?;
    let replay = Replay::new(|_| sandbox.client_builder());
    let (mut taken, mut refused) = (0, BTreeMap::new());
    for row in v3.iter().chain(&v2).filter(|row| is_first(row)) {
        // None is about what another has made.
        sandbox.reset();
        match prepare(&sandbox, &replay, row).await {
            Ok(_) => taken += 1,
            Err(err) => drop(refused.insert(name(row), told(&err))),
        }
    }
    let expected = REFUSED.iter().flat_map(|(_, listed)| *listed);
    let expected = expected.map(|(op, told)| ((*op).to_owned(), (*told).to_owned()));
    assert_eq!(refused, expected.collect::<BTreeMap<_, _>>());
    assert_eq!(taken, 155);
    Ok(())
}

/// Ciphertexts that somebody else's key made are plaintext here: the client encrypts them for the
/// sandbox, which decrypts them.
#[tokio::test]
async fn a_batch_is_taken_once_its_sums_agree() -> Outcome {
    let Some(rows) = golden::rows("v3") else {
        golden::say_skipped();
        return Ok(());
    };
    let batch = rows.iter().find(|row| name(row) == "v3/transfer/batches#1");
    let batch = batch
        .and_then(|row| row["body"].as_str())
        .ok_or("no batch")?;
    let mut batch: Value = serde_json::from_str(batch)?;
    (batch["total_amount"], batch["total_num"]) = (json!(200_000), json!(1));
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client()?;
    let answer = client.chain("v3/transfer/batches").post(batch, ()).await?;
    assert_eq!(answer["batch_status"], "ACCEPTED");
    Ok(())
}

/// Of the three styles of a snippet, at once or not, which are the same request.
fn is_first(row: &Value) -> bool {
    row["form"] == "pure" && row["mode"] == "sync"
}

/// `v3/refunds#1`: the page, and which of its requests.
fn name(row: &Value) -> String {
    let op = row["op"].as_str().unwrap_or_default();
    op.replace("openapi/", "").replace(".md#", "#")
}

/// The code and what it is about: of a field its place, else the message.
fn told(err: &Error) -> String {
    let Some(api) = err.api() else {
        return match err.kind() {
            ErrorKind::Path => UNSENT.to_owned(),
            _ => err.report(),
        };
    };
    let field = api.detail["field"].as_str();
    format!("{} {}", api.code, field.unwrap_or(&api.message))
}

/// The row's call, of the sandbox's merchant.
fn prepare(sandbox: &Sandbox, replay: &Replay, row: &Value) -> Call {
    let mut snippet = php::read(row["php"].as_str().unwrap());
    if row["version"] == "v2" {
        golden_v2::fill_in(&mut snippet, &serde_json::from_value(row.clone()).unwrap());
    }
    let upload = row["multipart"].is_object();
    if upload {
        snippet.options.remove("body");
        snippet.options.remove("headers");
    }
    // The real one's.
    snippet.options.remove("base_uri");
    let headers = snippet.options.get_mut("headers");
    if let Some(serial) = headers.and_then(|it| it.get_mut("Wechatpay-Serial")) {
        *serial = json!(sandbox.platform_key_id());
    }
    own(&mut snippet, sandbox.mchid());
    let call = replay.prepare(0, "", &snippet);
    if upload {
        call.body(Media::from_bytes("image.jpg", "abc"))
    } else {
        call
    }
}

fn own(snippet: &mut Snippet, mchid: &str) {
    for part in ["json", "xml", "query"] {
        let Some(members) = snippet.options.get_mut(part).and_then(Value::as_object_mut) else {
            continue;
        };
        for name in OWN {
            members
                .entry(name)
                .and_modify(|value| *value = json!(mchid));
        }
    }
}
