//! Batches of transfers that the command holds until their details are decided.

use serde_json::{Value, json};
use wechatpay_sandbox::Sandbox;

use super::super::Outcome;
use super::{get, post, refused};

const BATCHES: &str = "v3/transfer/batches";

fn batch(sandbox: &Sandbox, number: &str) -> Outcome {
    let detail = |number: &str| {
        json!({
            "out_detail_no": number, "transfer_amount": 100, "transfer_remark": "报销",
            "openid": "o-MYE42l80oelYMDE34nYD456Xoy",
        })
    };
    let batch = json!({
        "appid": "wxf636efh567hg4356", "out_batch_no": number, "batch_name": "报销",
        "batch_remark": "报销", "total_amount": 200, "total_num": 2, "transfer_scene_id": "1000",
        "transfer_detail_list": [detail("D1"), detail("D2")],
    });
    let client = sandbox.client()?;
    client.chain(BATCHES).post(batch, ()).wait()?;
    Ok(())
}

fn queried(sandbox: &Sandbox, path: &str) -> Outcome<Value> {
    let client = sandbox.client()?;
    let call = client.chain(format!("{BATCHES}/out-batch-no/B1{path}"));
    let call = match path {
        "" => call
            .get(())
            .query("need_query_detail", "true")
            .query("detail_status", "ALL"),
        _ => call.get(()),
    };
    Ok(call.wait()?.into_value()?)
}

#[test]
fn a_batch_that_is_held_waits_for_each_of_its_details() -> Outcome {
    let sandbox = Sandbox::builder().post_notifications().start_blocking()?;
    assert_eq!(get(&sandbox, "transfers")?["hold"], false);
    let held = post(&sandbox, "transfers/hold", &json!({"hold": true}))?;
    assert_eq!(held, json!({"hold": true}));
    batch(&sandbox, "B1")?;
    // A look, as the one of each 100 ms.
    assert_eq!(get(&sandbox, "transfers")?["hold"], true);
    let open = queried(&sandbox, "")?;
    assert_eq!(open["transfer_batch"]["batch_status"], "PROCESSING");
    assert!(open.get("transfer_detail_list").is_none(), "{open}");
    let waits = queried(&sandbox, "/details/out-detail-no/D1")?;
    assert_eq!(waits["detail_status"], "PROCESSING");

    let reason = json!({"fail_reason": "ACCOUNT_FROZEN"});
    let rejected = &post(&sandbox, "transfers/D2/reject", &reason)?["transfer"];
    for (member, expected) in [
        ("out_bill_no", json!("D2")),
        ("state", json!("FAIL")),
        ("amount", json!(100)),
    ] {
        assert_eq!(rejected[member], expected, "{member}");
    }
    assert_eq!(rejected["json"]["fail_reason"], "ACCOUNT_FROZEN");
    assert_eq!(rejected["transfer_bill_no"], rejected["json"]["detail_id"]);
    // Once is enough, and the other still waits.
    for verb in ["reject", "confirm"] {
        let again = refused(&sandbox, "POST", &format!("transfers/D2/{verb}"), "")?;
        assert_eq!(again.0, 409, "{verb}");
    }
    let open = queried(&sandbox, "")?;
    assert_eq!(open["transfer_batch"]["batch_status"], "PROCESSING");

    let confirmed = post(&sandbox, "transfers/D1/confirm", &json!({}))?;
    assert_eq!(confirmed["transfer"]["state"], "SUCCESS");
    let done = queried(&sandbox, "")?;
    for (member, expected) in [
        ("batch_status", json!("FINISHED")),
        ("success_num", json!(1)),
        ("fail_amount", json!(100)),
    ] {
        assert_eq!(done["transfer_batch"][member], expected, "{member}");
    }
    let ended = refused(&sandbox, "POST", "transfers/D1/reject", "")?;
    assert_eq!(ended.0, 409);
    assert!(ended.1.contains("SUCCESS"), "{}", ended.1);
    Ok(())
}

#[test]
fn what_was_held_ends_when_it_is_let_go() -> Outcome {
    let sandbox = Sandbox::builder().post_notifications().start_blocking()?;
    sandbox.hold_transfers(true);
    batch(&sandbox, "B1")?;
    get(&sandbox, "transfers")?;
    assert!(sandbox.deliveries().is_empty());
    post(&sandbox, "transfers/hold", &json!({"hold": false}))?;
    let done = queried(&sandbox, "")?;
    assert_eq!(done["transfer_batch"]["batch_status"], "FINISHED");
    assert_eq!(done["transfer_batch"]["success_num"], 2);
    assert_eq!(sandbox.deliveries().len(), 1);
    // A detail that was never there is not known, and a hold has to say which.
    let unknown = refused(&sandbox, "POST", "transfers/D9/reject", "")?;
    assert_eq!(unknown.0, 404);
    assert_eq!(
        refused(&sandbox, "POST", "transfers/hold", "{\"hold\": 3}")?.0,
        400
    );
    Ok(())
}
