//! Transfers to users.

use serde_json::{Value, json};
use wechatpay_sandbox::Sandbox;

use super::{Outcome, Shop, says, text, why};

const BILLS: &str = "v3/fund-app/mch-transfer/transfer-bills";

fn bill(number: &str, amount: i64) -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "out_bill_no": number,
        "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "transfer_amount": amount,
        "transfer_remark": "2020年4月报销",
        "transfer_scene_id": "1005",
        "transfer_scene_report_infos": [{"info_type": "岗位类型", "info_content": "外卖员"}],
        "notify_url": "https://www.example.com/transferred",
    })
}

fn query(shop: &Shop, number: &str) -> Outcome<Value> {
    shop.get(&format!("{BILLS}/out-bill-no/{number}"))
}

#[test]
fn a_user_confirms_and_the_merchant_is_told() -> Outcome {
    let shop = Shop::open()?;
    let mut named = bill("T1", 200_000);
    named["user_name"] = json!("张三");
    let accepted = shop.post(BILLS, named.clone())?;
    assert_eq!(accepted["state"], "WAIT_USER_CONFIRM");
    assert!(accepted["package_info"].is_string());
    assert_eq!(shop.post(BILLS, named)?, accepted, "the same again");

    shop.sandbox.confirm_transfer("T1")?;
    let id = text(&accepted["transfer_bill_no"]);
    let done = query(&shop, "T1")?;
    let expected = json!({
        "mch_id": shop.mchid(),
        "out_bill_no": "T1",
        "transfer_bill_no": id,
        "state": "SUCCESS",
        "transfer_amount": 200_000,
        "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "create_time": "2023-11-15T06:13:20+08:00",
        "update_time": "2023-11-15T06:13:20+08:00",
        "appid": "wxd678efh567hg6787",
        "transfer_remark": "2020年4月报销",
        // Sent encrypted, and decrypted by the client.
        "user_name": "张三",
    });
    assert_eq!(done, expected);
    assert_eq!(shop.get(&format!("{BILLS}/transfer-bill-no/{id}"))?, done);

    let event = shop.event()?;
    assert_eq!(event.event_type, "MCHTRANSFER.BILL.FINISHED");
    assert_eq!(event.original_type, "mch_payment");
    assert_eq!(
        event.notify_url.as_deref(),
        Some("https://www.example.com/transferred")
    );
    assert_eq!(event.resource["state"], "SUCCESS");
    assert!(event.resource.get("user_name").is_none());
    assert!(shop.sandbox.confirm_transfer("T1").is_err());
    assert!(!format!("{:?}", shop.sandbox.transfers()).contains("张三"));
    Ok(())
}

#[test]
fn a_transfer_fails_when_refused_or_forgotten() -> Outcome {
    let shop = Shop::open()?;
    shop.post(BILLS, bill("T1", 30))?;
    shop.sandbox.reject_transfer("T1", "NAME_NOT_CORRECT")?;
    let failed = query(&shop, "T1")?;
    assert_eq!(
        (&failed["state"], &failed["fail_reason"]),
        (&json!("FAIL"), &json!("NAME_NOT_CORRECT"))
    );
    assert_eq!(shop.event()?.resource["fail_reason"], "NAME_NOT_CORRECT");

    shop.post(BILLS, bill("T2", 30))?;
    shop.hand.forward(86_399);
    assert_eq!(query(&shop, "T2")?["state"], "WAIT_USER_CONFIRM");
    shop.hand.forward(1);
    let err = shop
        .sandbox
        .confirm_transfer("T2")
        .err()
        .ok_or("too late")?;
    assert!(err.to_string().contains("FAIL"), "{err}");
    assert_eq!(query(&shop, "T2")?["fail_reason"], "OVERDUE_CLOSE");
    assert_eq!(shop.event()?.resource["state"], "FAIL");
    Ok(())
}

#[test]
fn a_transfer_is_cancelled_while_it_waits() -> Outcome {
    let shop = Shop::open()?;
    shop.post(BILLS, bill("T1", 30))?;
    let cancel = |number: &str| format!("{BILLS}/out-bill-no/{number}/cancel");
    let cancelled = shop.post(&cancel("T1"), json!({}))?;
    assert_eq!(cancelled["state"], "CANCELING");
    assert_eq!(query(&shop, "T1")?["state"], "CANCELLED");
    assert_eq!(shop.event()?.resource["state"], "CANCELLED");
    assert_eq!(shop.post(&cancel("T1"), json!({}))?["state"], "CANCELLED");
    assert!(shop.sandbox.confirm_transfer("T1").is_err());

    shop.post(BILLS, bill("T2", 30))?;
    shop.sandbox.confirm_transfer("T2")?;
    assert_eq!(shop.refused(&cancel("T2"), json!({}))?.1, "INVALID_REQUEST");
    assert_eq!(query(&shop, "T2")?["state"], "SUCCESS");
    Ok(())
}

#[test]
fn what_is_wrong_is_refused() -> Outcome {
    let shop = Shop::open()?;
    shop.post(BILLS, bill("T1", 30))?;
    let used = says(
        400,
        "ALREADY_EXISTS",
        "对应的订单已经存在，请查单检查避免重复转账",
    );
    assert_eq!(shop.refused(BILLS, bill("T1", 31))?, used);
    assert_eq!(shop.sandbox.transfers()[0].amount, 30);

    // From 2,000 yuan on, who it is has to be said.
    shop.post(BILLS, bill("T2", 199_999))?;
    assert_eq!(shop.refused(BILLS, bill("T3", 200_000))?.1, "PARAM_ERROR");
    assert!(why(&shop.sandbox)?.contains("/user_name"));
    for amount in [0, -1, i64::MIN] {
        assert_eq!(shop.refused(BILLS, bill("T3", amount))?.1, "PARAM_ERROR");
    }
    let none = says(404, "NOT_FOUND", "记录不存在");
    assert_eq!(shop.not_found(&format!("{BILLS}/out-bill-no/T9"))?, none);
    assert_eq!(
        shop.not_found(&format!("{BILLS}/transfer-bill-no/9"))?,
        none
    );
    assert_eq!(
        shop.refused(&format!("{BILLS}/out-bill-no/T9/cancel"), json!({}))?,
        none
    );
    assert!(shop.sandbox.confirm_transfer("T9").is_err());
    Ok(())
}

const BATCHES: &str = "v3/transfer/batches";

fn detail(number: &str, amount: i64) -> Value {
    json!({
        "out_detail_no": number, "transfer_amount": amount, "transfer_remark": "2020年4月报销",
        "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "user_name": "张三",
    })
}

fn batch(number: &str, total: i64, details: Value) -> Value {
    json!({
        "appid": "wxd678efh567hg6787", "out_batch_no": number, "batch_name": "报销",
        "batch_remark": "2019年1月报销", "total_amount": total,
        "total_num": details.as_array().map_or(0, Vec::len), "transfer_scene_id": "1000",
        "transfer_detail_list": details,
    })
}

#[test]
fn a_batch_without_a_scene_is_accepted() -> Outcome {
    let shop = Shop::open()?;
    let mut asked = batch("B1", 100, json!([detail("D1", 100)]));
    asked
        .as_object_mut()
        .ok_or("no object")?
        .remove("transfer_scene_id");
    shop.post(BATCHES, asked)?;
    let done = shop.get(&format!(
        "{BATCHES}/out-batch-no/B1?need_query_detail=false"
    ))?;
    let batch = &done["transfer_batch"];
    assert_eq!(batch["batch_status"], "FINISHED");
    assert!(batch.get("transfer_scene_id").is_none());
    Ok(())
}

#[test]
fn a_batch_pays_all_but_those_that_fail() -> Outcome {
    let shop = Shop::open()?;
    let asked = batch("B1", 600, json!([detail("D1", 100), detail("D2", 500)]));
    let accepted = shop.post(BATCHES, asked.clone())?;
    assert_eq!(accepted["batch_status"], "ACCEPTED");
    assert_eq!(shop.post(BATCHES, asked)?, accepted, "the same again");
    shop.sandbox.reject_transfer("D2", "ACCOUNT_FROZEN")?;

    let by_number = format!("{BATCHES}/out-batch-no/B1");
    let done = shop.get(&format!("{by_number}?need_query_detail=false"))?;
    let batch = &done["transfer_batch"];
    assert_eq!(batch["batch_status"], "FINISHED");
    for (member, expected) in [
        ("total_num", 2),
        ("total_amount", 600),
        ("success_num", 1),
        ("success_amount", 100),
        ("fail_num", 1),
        ("fail_amount", 500),
    ] {
        assert_eq!(batch[member], expected, "{member}");
    }
    assert!(done.get("transfer_detail_list").is_none());
    let id = text(&batch["batch_id"]);
    let by_id = format!("{BATCHES}/batch-id/{id}");
    let failed = shop.get(&format!(
        "{by_id}?need_query_detail=true&detail_status=FAIL"
    ))?;
    assert_eq!(failed["transfer_detail_list"][0]["out_detail_no"], "D2");
    assert_eq!(
        failed["transfer_detail_list"].as_array().map(Vec::len),
        Some(1)
    );

    let detail_id = text(&failed["transfer_detail_list"][0]["detail_id"]);
    let one = shop.get(&format!("{by_id}/details/detail-id/{detail_id}"))?;
    assert_eq!(
        (&one["detail_status"], &one["fail_reason"]),
        (&json!("FAIL"), &json!("ACCOUNT_FROZEN"))
    );
    // It came encrypted and goes out encrypted.
    assert_eq!(one["user_name"], "张三");
    assert_eq!(
        shop.get(&format!("{by_number}/details/out-detail-no/D2"))?,
        one
    );
    let event = shop.event()?;
    assert_eq!(event.event_type, "MCHTRANSFER.BATCH.FINISHED");
    assert_eq!(event.resource["fail_amount"], 500);
    // It is over.
    assert!(
        shop.sandbox
            .reject_transfer("D1", "ACCOUNT_FROZEN")
            .is_err()
    );
    Ok(())
}

#[test]
fn a_batch_whose_sums_do_not_agree_is_refused() -> Outcome {
    let shop = Shop::open()?;
    for (total, details) in [
        (601, json!([detail("D1", 100), detail("D2", 500)])),
        (200, json!([detail("D1", 100), detail("D1", 100)])),
        (0, json!([])),
    ] {
        let (status, code, _) = shop.refused(BATCHES, batch("B1", total, details))?;
        assert_eq!((status, &*code), (400, "PARAM_ERROR"), "{total}");
    }
    let mut counted = batch("B1", 100, json!([detail("D1", 100)]));
    counted["total_num"] = json!(2);
    assert_eq!(shop.refused(BATCHES, counted)?.1, "PARAM_ERROR");
    let none = says(404, "NOT_FOUND", "记录不存在");
    let query = format!("{BATCHES}/out-batch-no/B1?need_query_detail=false");
    assert_eq!(shop.not_found(&query)?, none);
    shop.post(BATCHES, batch("B1", 100, json!([detail("D1", 100)])))?;
    let other = batch("B1", 101, json!([detail("D1", 101)]));
    let (status, code, _) = shop.refused(BATCHES, other)?;
    assert_eq!((status, &*code), (400, "ALREADY_EXISTS"));
    let detail = format!("{BATCHES}/out-batch-no/B1/details/out-detail-no/D9");
    assert_eq!(shop.not_found(&detail)?, none);
    Ok(())
}

#[test]
fn who_a_detail_is_for_is_said_from_2_000_yuan_on_and_not_below_0_30() -> Outcome {
    // With the check of the fields, whose schema marks the name as required.
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let made = |number: &str, details: &[(&str, i64, bool)]| -> Outcome<u16> {
        let total = details.iter().map(|(_, amount, _)| amount).sum();
        let details = details.iter().map(|(number, amount, named)| {
            let mut detail = detail(number, *amount);
            if !named && let Some(members) = detail.as_object_mut() {
                members.remove("user_name");
            }
            detail
        });
        let call = client
            .chain(BATCHES)
            .post(batch(number, total, details.collect()), ());
        Ok(match call.wait() {
            Ok(answer) => answer.status().as_u16(),
            Err(err) => err.api().ok_or_else(|| err.report())?.status.as_u16(),
        })
    };
    assert_eq!(made("B1", &[("D1", 199_999, false)])?, 200);
    assert_eq!(made("B2", &[("D1", 200_000, false)])?, 400);
    assert!(why(&sandbox)?.contains("user_name"));
    assert_eq!(made("B3", &[("D1", 200_000, true)])?, 200);
    assert_eq!(made("B4", &[("D1", 29, false)])?, 200);
    assert_eq!(made("B5", &[("D1", 29, true)])?, 400);
    assert_eq!(made("B6", &[("D1", 30, true)])?, 200);
    // All of a batch are named, or none.
    assert_eq!(made("B7", &[("D1", 30, true), ("D2", 30, false)])?, 400);
    Ok(())
}

#[test]
fn a_page_of_details_has_20_to_100() -> Outcome {
    let shop = Shop::open()?;
    shop.post(BATCHES, batch("B1", 100, json!([detail("D1", 100)])))?;
    let page = format!("{BATCHES}/out-batch-no/B1?need_query_detail=true&detail_status=ALL");
    assert_eq!(shop.get(&page)?["limit"], 20);
    assert_eq!(shop.get(&format!("{page}&limit=100"))?["limit"], 100);
    for limit in ["19", "101", "many"] {
        let (status, code, _) = shop.not_found(&format!("{page}&limit={limit}"))?;
        assert_eq!((status, &*code), (400, "PARAM_ERROR"), "{limit}");
    }
    Ok(())
}

#[test]
fn a_service_provider_transfers_for_a_sub_merchant() -> Outcome {
    let shop = Shop::open()?;
    let path = "v3/fund-app/mch-transfer/partner/transfer-bills";
    let sub_mchid = "1900000110";
    let mut asked = bill("T1", 100);
    asked["sub_mchid"] = json!(sub_mchid);
    let accepted = shop.post(path, asked)?;
    assert_eq!(accepted["sub_mchid"], sub_mchid);
    assert_eq!(accepted.get("state"), None);
    let by_number = format!("{path}/out-bill-no/T1");
    let of_sub = |sub: &str| format!("{by_number}?sub_mchid={sub}");
    let waits = shop.get(&of_sub(sub_mchid))?;
    assert_eq!(waits["state"], "WAIT_USER_CONFIRM");
    assert_eq!(
        (&waits["mchid"], &waits["sub_mchid"]),
        (&json!(shop.mchid()), &json!(sub_mchid))
    );
    let none = says(404, "NOT_FOUND", "记录不存在");
    assert_eq!(shop.not_found(&of_sub("1900000111"))?, none);
    // Nor is it the merchant's own.
    assert_eq!(shop.not_found(&format!("{BILLS}/out-bill-no/T1"))?, none);
    let cancel = format!("{by_number}/cancel");
    let canceled = shop.post(&cancel, json!({"sub_mchid": sub_mchid}))?;
    assert_eq!(canceled["state"], "CANCELING");
    Ok(())
}

const BALANCE: &str = "v3/merchant/fund/balance/BASIC";

fn balance(shop: &Shop) -> Outcome<(i64, i64)> {
    let answer = shop.get(BALANCE)?;
    let fen = |name: &str| answer[name].as_i64().ok_or("no amount");
    Ok((fen("available_amount")?, fen("pending_amount")?))
}

/// A transfer that waits locks its amount; one that has failed gives it back.
#[test]
fn a_transfer_over_the_balance_is_refused() -> Outcome {
    let shop = Shop::open()?;
    assert_eq!(balance(&shop)?, (100_000_000, 0));
    shop.sandbox.set_balance(1_000)?;
    shop.post(BILLS, bill("T1", 600))?;
    assert_eq!(balance(&shop)?, (400, 600));
    let refused = shop.refused(BILLS, bill("T2", 401))?;
    assert_eq!((refused.0, &*refused.1), (403, "NOT_ENOUGH"));
    let why = why(&shop.sandbox)?;
    assert!(why.contains("400 fen left, less than the 401"), "{why}");
    let batch = json!({
        "appid": "wxd678efh567hg6787", "out_batch_no": "B1", "batch_name": "a", "batch_remark": "a",
        "total_amount": 500, "total_num": 2, "transfer_scene_id": "1001",
        "transfer_detail_list": [
            {"out_detail_no": "D1", "transfer_amount": 100, "transfer_remark": "a", "openid": "o"},
            {"out_detail_no": "D2", "transfer_amount": 400, "transfer_remark": "a", "openid": "o"},
        ],
    });
    let refused = shop.refused("v3/transfer/batches", batch.clone())?;
    assert_eq!((refused.0, &*refused.1), (403, "NOT_ENOUGH"));

    // The same request as before needs no money, and a refused number is free.
    shop.post(BILLS, bill("T1", 600))?;
    shop.sandbox
        .reject_transfer("T1", "PAYEE_ACCOUNT_ABNORMAL")?;
    assert_eq!(balance(&shop)?, (1_000, 0));
    shop.post(BILLS, bill("T2", 401))?;
    shop.sandbox.confirm_transfer("T2")?;
    assert_eq!(balance(&shop)?, (599, 0));
    shop.post("v3/transfer/batches", batch)?;
    shop.get("v3/transfer/batches/out-batch-no/B1?need_query_detail=false")?;
    assert_eq!(balance(&shop)?, (99, 0));
    // What a user did not take in time is back, although nobody asked for that transfer.
    shop.sandbox.set_balance(1_000)?;
    shop.post(BILLS, bill("T3", 600))?;
    shop.hand.forward(25 * 3600);
    shop.post(BILLS, bill("T4", 600))?;
    assert_eq!(balance(&shop)?, (400, 600));
    // Without a setting, nothing is refused.
    shop.sandbox.reset();
    assert_eq!(balance(&shop)?, (100_000_000, 0));
    let details = (0..600).map(|at| json!({"out_detail_no": format!("D{at}"), "transfer_amount": 199_999, "transfer_remark": "a", "openid": "o"}));
    let details: Vec<_> = details.collect();
    let batch = json!({
        "appid": "wxd678efh567hg6787", "out_batch_no": "B2", "batch_name": "a", "batch_remark": "a",
        "total_amount": 600 * 199_999, "total_num": 600, "transfer_scene_id": "1001", "transfer_detail_list": details,
    });
    shop.post("v3/transfer/batches", batch).map(drop)
}
