//! Complaints of users, and the images that go with them.

use serde_json::json;
use wechatpay_chain::Media;

use super::{Outcome, Shop, says, text};

const COMPLAINTS: &str = "v3/merchant-service/complaints-v2";
const LIST: &str = "v3/merchant-service/complaints-v2?begin_date=2023-11-15&end_date=2023-11-15";

#[test]
fn a_complaint_is_listed_answered_and_done_with() -> Outcome {
    let shop = Shop::open()?;
    let transaction = shop.paid("1")?;
    let url = "https://www.example.com/complaint";
    shop.post(
        "v3/merchant-service/complaint-notifications",
        json!({"url": url}),
    )?;
    let at = shop.get("v3/merchant-service/complaint-notifications")?;
    assert_eq!(at, json!({"mchid": shop.mchid(), "url": url}));
    shop.sandbox.take_events();

    let id = shop.sandbox.complain("1", "反馈一个重复扣费的问题")?;
    let told = shop.event()?;
    assert_eq!(told.event_type, "COMPLAINT.CREATE");
    assert_eq!(told.notify_url.as_deref(), Some(url));
    let action = json!({"complaint_id": id, "action_type": "CREATE_COMPLAINT"});
    assert_eq!(told.resource, action);

    let list = shop.get(LIST)?;
    assert_eq!(
        (&list["total_count"], &list["limit"]),
        (&json!(1), &json!(10))
    );
    assert_eq!(list["data"][0]["complaint_state"], "PENDING");
    let path = format!("{COMPLAINTS}/{id}");
    let whole = shop.get(&path)?;
    let order = json!([{"transaction_id": transaction, "out_trade_no": "1", "amount": 100}]);
    assert_eq!(whole["complaint_order_info"], order);
    assert_eq!(whole["incoming_user_response"], true);
    // It left encrypted, and the client has decrypted it.
    assert_eq!(whole["payer_phone"], "13800000000");

    let reply = json!({"complainted_mchid": shop.mchid(), "response_content": "已与用户沟通解决"});
    assert_eq!(shop.post(&format!("{path}/response"), reply)?, 204);
    let (event, answered) = (shop.event()?, shop.get(&path)?);
    assert_eq!(event.event_type, "COMPLAINT.STATE_CHANGE");
    assert_eq!(event.resource["action_type"], "MERCHANT_RESPONSE");
    assert_eq!(answered["complaint_state"], "PROCESSING");
    assert_eq!(answered["incoming_user_response"], false);
    let done = json!({"complainted_mchid": shop.mchid()});
    shop.post(&format!("{path}/complete"), done)?;
    assert_eq!(shop.get(&path)?["complaint_state"], "PROCESSED");

    let history = shop.get(&format!("{path}/negotiation-historys"))?;
    let steps = history["data"].as_array().ok_or("no list")?.iter();
    let steps: Vec<_> = steps.map(|step| text(&step["operate_type"])).collect();
    assert_eq!(
        steps,
        [
            "USER_CREATE_COMPLAINT",
            "MERCHANT_RESPONSE",
            "MERCHANT_CONFIRM_COMPLETE"
        ]
    );
    assert_eq!(shop.sandbox.complaints()[0].complaint_state, "PROCESSED");
    Ok(())
}

#[test]
fn a_list_has_pages_and_30_days_at_most() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    let ids = (0..3).map(|_| shop.sandbox.complain("1", "慢"));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    shop.hand.forward(86_400);
    shop.sandbox.complain("1", "慢")?;
    let page = shop.get(&format!("{LIST}&limit=2&offset=1"))?;
    let of_page = page["data"].as_array().ok_or("no list")?.iter();
    let of_page: Vec<_> = of_page.map(|it| text(&it["complaint_id"])).collect();
    assert_eq!(of_page, ids[1..]);
    // The first page alone has it.
    assert!(page.get("total_count").is_none(), "{page}");
    let merchant = format!("{LIST}&complainted_mchid=1900000110");
    assert_eq!(shop.get(&merchant)?["total_count"], 0);
    for query in [
        "begin_date=2023-10-01&end_date=2023-11-15",
        "begin_date=2023-11-16&end_date=2023-11-15",
        "begin_date=20231115&end_date=2023-11-15",
        "begin_date=2023-11-15&end_date=2023-11-15&limit=51",
    ] {
        let (status, code, _) = shop.not_found(&format!("{COMPLAINTS}?{query}"))?;
        assert_eq!((status, &*code), (400, "PARAM_ERROR"), "{query}");
    }
    Ok(())
}

#[test]
fn what_cannot_be_complained_of_or_answered_is_refused() -> Outcome {
    let shop = Shop::open()?;
    assert!(shop.sandbox.complain("1", "慢").is_err(), "no order");
    shop.post("v3/pay/transactions/native", shop.native("1"))?;
    assert!(shop.sandbox.complain("1", "慢").is_err(), "not paid");
    shop.sandbox.pay("1")?;
    assert!(shop.sandbox.complain("1", "").is_err());
    assert!(shop.sandbox.complain("1", &"慢".repeat(301)).is_err());
    let id = shop.sandbox.complain("1", &"慢".repeat(300))?;

    let none = says(404, "RESOURCE_NOT_EXISTS", "投诉单不存在");
    assert_eq!(shop.not_found(&format!("{COMPLAINTS}/1"))?, none);
    let other = json!({"complainted_mchid": "1900000110"});
    let (status, code, _) = shop.refused(&format!("{COMPLAINTS}/{id}/complete"), other)?;
    assert_eq!((status, &*code), (403, "NO_AUTH"));
    // Who refuses to refund is done with it, who agrees is not.
    let path = format!("{COMPLAINTS}/{id}/update-refund-progress");
    for (body, state) in [
        (
            json!({"action": "APPROVE", "launch_refund_day": 1}),
            "PROCESSING",
        ),
        (
            json!({"action": "REJECT", "reject_reason": "已发货"}),
            "PROCESSED",
        ),
    ] {
        shop.post(&path, body)?;
        assert_eq!(shop.sandbox.complaints()[0].complaint_state, state);
    }
    Ok(())
}

#[test]
fn what_is_done_with_stays_so() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    let id = shop.sandbox.complain("1", "慢")?;
    let path = format!("{COMPLAINTS}/{id}");
    let done = json!({"complainted_mchid": shop.mchid()});
    shop.post(&format!("{path}/complete"), done.clone())?;
    shop.sandbox.take_events();
    // Again: nothing is new, and nobody is told.
    assert_eq!(shop.post(&format!("{path}/complete"), done)?, 204);
    assert!(shop.sandbox.take_events().is_empty());
    let steps = shop.get(&format!("{path}/negotiation-historys"))?;
    assert_eq!(steps["total_count"], 2);
    // More may be said, and it stays done with.
    let reply = json!({"complainted_mchid": shop.mchid(), "response_content": "抱歉"});
    shop.post(&format!("{path}/response"), reply)?;
    let agrees = json!({"action": "APPROVE", "launch_refund_day": 1});
    shop.post(&format!("{path}/update-refund-progress"), agrees)?;
    assert_eq!(shop.sandbox.complaints()[0].complaint_state, "PROCESSED");
    Ok(())
}

#[test]
fn a_step_keeps_its_number_when_older_ones_are_forgotten() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    let id = shop.sandbox.complain("1", "慢")?;
    let path = format!("{COMPLAINTS}/{id}");
    let reply = |count: usize| {
        let body =
            json!({"complainted_mchid": shop.mchid(), "response_content": count.to_string()});
        shop.post(&format!("{path}/response"), body)
    };
    let newest = |count: usize| -> Outcome<String> {
        let offset = count.saturating_sub(1);
        let page = format!("{path}/negotiation-historys?limit=50&offset={offset}");
        let step = shop.get(&page)?["data"][0].clone();
        Ok(format!(
            "{} {}",
            text(&step["operate_details"]),
            text(&step["log_id"])
        ))
    };
    for count in 2..=100 {
        reply(count)?;
    }
    let before = newest(100)?;
    assert!(before.starts_with("100 "), "{before}");
    reply(101)?;
    assert_eq!(newest(99)?, before);
    assert_ne!(newest(100)?, before);
    Ok(())
}

#[test]
fn an_image_comes_back_as_it_was_uploaded() -> Outcome {
    let shop = Shop::open()?;
    let none = says(404, "RESOURCE_NOT_EXISTS", "图片不存在");
    let unknown = "v3/merchant-service/images/BB04A5DEEFEA18D4F2554C1EDD3B610B.bmp";
    assert_eq!(shop.not_found(unknown)?, none);
    let upload = |name: &str, bytes: &[u8]| -> Outcome<String> {
        let media = Media::from_bytes(name.to_owned(), bytes.to_vec());
        let chain = shop.client.chain("v3/merchant-service/images/upload");
        Ok(text(&chain.post(media, ()).wait()?["media_id"]))
    };
    let image = b"\x89PNG\r\n\x1a\n\r\n--b--\r\n";
    let id = upload("a.png", image)?;
    let other = upload("b.jpg", b"\xff\xd8\xff")?;
    assert_ne!(id, other);
    for (id, kind, bytes) in [
        (&id, "image/png", &image[..]),
        (&other, "image/jpeg", b"\xff\xd8\xff"),
    ] {
        let got = shop
            .call_get(&format!("v3/merchant-service/images/{id}"))
            .wait()?;
        assert_eq!(&got.bytes()[..], bytes);
        assert_eq!(got.headers()["content-type"], kind);
    }
    shop.sandbox.reset();
    let gone = format!("v3/merchant-service/images/{id}");
    assert_eq!(shop.not_found(&gone)?, none);
    Ok(())
}
