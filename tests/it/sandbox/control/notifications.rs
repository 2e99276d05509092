//! Notifications: posted by themselves, again, by hand, doubled and out of order.

use serde_json::{Value, json};
use wechatpay_chain::notify::{Notification, Notifications};
use wechatpay_sandbox::{DeliveryState, Sandbox};

use super::super::{Outcome, is_chinese};
use super::merchant::{Got, Merchant};
use super::{api, get, order, post, refused};

pub(super) fn sandbox() -> Outcome<Sandbox> {
    let sandbox = Sandbox::builder().post_notifications().start_blocking()?;
    sandbox.set_speed(100_000.0)?;
    Ok(sandbox)
}

/// As this crate's users read one.
pub(super) fn read(sandbox: &Sandbox, got: &Got) -> Outcome<Notification> {
    let notifications = Notifications::builder()
        .apiv3_key(sandbox.apiv3_key().clone())
        .v2_key(sandbox.v2_key().clone())
        .platform_key(
            sandbox.platform_key_id(),
            sandbox.platform_public_key().clone(),
        )
        .platform_certificate(sandbox.platform_certificate().clone())
        .private_key(sandbox.merchant_key().clone())
        .build()?;
    Ok(notifications.parse(&got.headers(), &got.body)?)
}

/// Waits until a delivery is in a state; for ever it does not.
pub(super) fn until(sandbox: &Sandbox, id: u64, state: DeliveryState) -> Outcome<Value> {
    for _ in 0..10_000 {
        let found = get(sandbox, &format!("notifications/{id}"))?;
        if found["state"] == state.as_str() {
            return Ok(found);
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    Err(format!("the notification {id} never was {state}").into())
}

#[test]
fn a_payment_is_posted_again_until_it_is_accepted() -> Outcome {
    let sandbox = sandbox()?;
    let merchant = Merchant::answering(&[500, 302, 201])?;
    order(&sandbox, "TRADE1", &merchant.url)?;
    post(&sandbox, "orders/TRADE1/pay", &json!({}))?;
    let first = merchant.next()?;
    assert!(
        first.head.contains("\r\nWechatpay-Signature: "),
        "{}",
        first.head
    );
    let first = read(&sandbox, &first)?;
    for _ in 0..3 {
        let again = read(&sandbox, &merchant.next()?)?;
        assert_eq!(again.id(), first.id());
    }
    assert_eq!(first.resource()["out_trade_no"], "TRADE1");
    let delivery = until(&sandbox, 1, DeliveryState::Accepted)?;
    let statuses: Vec<_> = delivery["attempts"]
        .as_array()
        .ok_or("none")?
        .iter()
        .map(|it| it["status"].clone())
        .collect();
    assert_eq!(statuses, [500, 302, 201, 204]);
    assert_eq!(delivery["next_in"], Value::Null);
    Ok(())
}

#[test]
fn one_that_nobody_accepts_is_given_up_after_sixteen_times() -> Outcome {
    let sandbox = Sandbox::builder().post_notifications().start_blocking()?;
    sandbox.set_speed(1e6)?;
    let merchant = Merchant::answering(&[500; 32])?;
    let sent = post(
        &sandbox,
        "notifications",
        &json!({"event_type": "REFUND.SUCCESS", "url": merchant.url}),
    )?;
    assert_eq!(sent["state"], "pending");
    let delivery = until(&sandbox, 1, DeliveryState::GivenUp)?;
    assert_eq!(delivery["attempts"].as_array().map(Vec::len), Some(16));
    Ok(())
}

#[test]
fn every_kind_can_be_posted_by_hand_and_is_read() -> Outcome {
    let sandbox = sandbox()?;
    let merchant = Merchant::answering(&[])?;
    let kinds = get(&sandbox, "kinds")?;
    let kinds = kinds["kinds"].as_array().ok_or("no kinds")?;
    assert_eq!(kinds.len(), 112);
    for (index, kind) in kinds.iter().enumerate() {
        let certificate = index % 2 == 0;
        let mut asked = kind.clone();
        let asked_members = asked.as_object_mut().ok_or("no object")?;
        asked_members.remove("title");
        asked_members.insert("url".to_owned(), json!(merchant.url));
        asked_members.insert("certificate".to_owned(), json!(certificate));
        post(&sandbox, "notifications", &asked)?;
        let found = read(&sandbox, &merchant.next()?)?;
        if kind["version"] == "v3" {
            assert_eq!(
                found.event_type(),
                kind["event_type"].as_str().unwrap_or_default()
            );
        }
        assert!(
            found
                .resource()
                .as_object()
                .is_some_and(|it| !it.is_empty()),
            "{kind}"
        );
    }
    Ok(())
}

#[test]
fn a_resource_is_taken_as_it_is_given_and_a_probe_does_not_verify() -> Outcome {
    let sandbox = sandbox()?;
    let merchant = Merchant::answering(&[])?;
    let mut asked = json!({
        "kind": "TRANSACTION.SUCCESS",
        "url": merchant.url,
        "resource": {"out_trade_no": "mine"},
    });
    post(&sandbox, "notifications", &asked)?;
    let found = read(&sandbox, &merchant.next()?)?;
    assert_eq!(*found.resource(), json!({"out_trade_no": "mine"}));
    asked["probe"] = json!(true);
    post(&sandbox, "notifications", &asked)?;
    assert!(read(&sandbox, &merchant.next()?).is_err());
    asked["probe"] = json!(false);
    asked["fault"] = json!("tampered_body");
    post(&sandbox, "notifications", &asked)?;
    assert!(read(&sandbox, &merchant.next()?).is_err());
    Ok(())
}

/// RFC 7396: `null` removes a member.
#[test]
fn changes_are_merged_into_a_generated_resource() -> Outcome {
    let sandbox = sandbox()?;
    let merchant = Merchant::answering(&[])?;
    let mut asked = json!({
        "kind": "TRANSACTION.SUCCESS",
        "url": merchant.url,
        "changes": {"out_trade_no": "mine", "amount": {"total": 7}, "attach": null},
    });
    post(&sandbox, "notifications", &asked)?;
    let found = read(&sandbox, &merchant.next()?)?;
    let resource = found.resource();
    assert_eq!(resource["out_trade_no"], "mine");
    assert_eq!(resource["amount"]["total"], 7);
    assert!(resource["amount"]["currency"].is_string(), "{resource}");
    assert!(resource["transaction_id"].is_string(), "{resource}");
    assert!(resource.get("attach").is_none(), "{resource}");
    asked["resource"] = json!({});
    let (status, said) = refused(&sandbox, "POST", "notifications", &asked.to_string())?;
    assert_eq!(status, 400);
    assert!(said.contains("exclude each other"), "{said}");
    Ok(())
}

#[test]
fn one_is_posted_again_by_hand() -> Outcome {
    let sandbox = sandbox()?;
    let merchant = Merchant::answering(&[])?;
    let asked = json!({"kind": "TRANSACTION.SUCCESS", "url": merchant.url});
    post(&sandbox, "notifications", &asked)?;
    let first = read(&sandbox, &merchant.next()?)?;
    until(&sandbox, 1, DeliveryState::Accepted)?;
    post(&sandbox, "notifications/1/resend", &json!({}))?;
    assert_eq!(read(&sandbox, &merchant.next()?)?.id(), first.id());
    Ok(())
}

#[test]
fn some_come_twice_and_some_in_another_order() -> Outcome {
    let sandbox = sandbox()?;
    sandbox.set_speed(0.001)?;
    let merchant = Merchant::answering(&[])?;
    for number in ["TRADE1", "TRADE2", "TRADE3"] {
        order(&sandbox, number, &merchant.url)?;
    }
    let next = || -> Outcome<Value> {
        Ok(read(&sandbox, &merchant.next()?)?.resource()["out_trade_no"].clone())
    };
    post(
        &sandbox,
        "faults",
        &json!({"fault": "duplicated_notification"}),
    )?;
    post(
        &sandbox,
        "faults",
        &json!({"fault": "reordered_notifications"}),
    )?;
    post(&sandbox, "orders/TRADE1/pay", &json!({}))?;
    assert_eq!([next()?, next()?], ["TRADE1", "TRADE1"]);
    post(&sandbox, "orders/TRADE2/pay", &json!({}))?;
    post(&sandbox, "orders/TRADE3/pay", &json!({}))?;
    assert_eq!([next()?, next()?], ["TRADE3", "TRADE2"]);
    Ok(())
}

#[test]
fn several_that_change_places_all_come() -> Outcome {
    let sandbox = sandbox()?;
    // Nobody waits that long: who is held is let go, or does not come.
    sandbox.set_speed(0.001)?;
    let merchant = Merchant::answering(&[])?;
    let numbers = ["TRADE1", "TRADE2", "TRADE3", "TRADE4", "TRADE5"];
    for number in numbers {
        order(&sandbox, number, &merchant.url)?;
    }
    let always = json!({"fault": "reordered_notifications", "times": "always"});
    post(&sandbox, "faults", &always)?;
    for number in numbers {
        post(&sandbox, &format!("orders/{number}/pay"), &json!({}))?;
    }
    // Nothing comes after the fifth: it is let go with the faults.
    assert_eq!(api(&sandbox, "DELETE", "faults", "")?.status, 200);
    let mut came = Vec::new();
    for _ in numbers {
        came.push(read(&sandbox, &merchant.next()?)?.resource()["out_trade_no"].clone());
    }
    let place = |number: &str| came.iter().position(|it| it == number).unwrap();
    assert!(
        place("TRADE2") < place("TRADE1") && place("TRADE4") < place("TRADE3"),
        "{came:?}"
    );
    assert!(came.contains(&json!("TRADE5")), "{came:?}");
    Ok(())
}

#[test]
fn one_that_waits_for_another_that_is_forgotten_is_posted() -> Outcome {
    let sandbox = sandbox()?;
    sandbox.set_speed(0.001)?;
    let merchant = Merchant::answering(&[])?;
    // Nobody answers there, and it is posted again by hand meanwhile.
    let silent = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", silent.local_addr()?);
    post(
        &sandbox,
        "faults",
        &json!({"fault": "reordered_notifications"}),
    )?;
    let asked = json!({"kind": "TRANSACTION.SUCCESS", "url": merchant.url});
    post(&sandbox, "notifications", &asked)?;
    let asked = json!({"kind": "TRANSACTION.SUCCESS", "url": url});
    post(&sandbox, "notifications", &asked)?;
    post(&sandbox, "notifications/2/resend", &json!({}))?;
    merchant.next()?;
    Ok(())
}

#[test]
fn the_reason_of_an_undelivered_notification_is_chinese() -> Outcome {
    let sandbox = sandbox()?;
    let closed = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let url = format!("http://{closed}/");
    post(
        &sandbox,
        "notifications",
        &json!({"kind": "TRANSACTION.SUCCESS", "url": url}),
    )?;
    // The first attempt is made at once; a minute is for a busy machine.
    for _ in 0..6000 {
        let shown = get(&sandbox, "notifications/1")?;
        if let Some(problem) = shown["attempts"][0]["problem_zh"].as_str() {
            assert!(is_chinese(problem), "{problem}");
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Err("no attempt was made".into())
}

#[test]
fn v2_is_accepted_by_its_body_alone() -> Outcome {
    let sandbox = sandbox()?;
    let merchant = Merchant::answering_v2(&["", "<xml><return_code>FAIL</return_code></xml>"])?;
    let asked = json!({"kind": "PAY", "version": "v2", "url": merchant.url});
    post(&sandbox, "notifications", &asked)?;
    let delivery = until(&sandbox, 1, DeliveryState::Accepted)?;
    let attempts = delivery["attempts"].as_array().ok_or("none")?;
    assert_eq!(attempts.len(), 3);
    assert!(attempts[0]["problem"].to_string().contains("return_code"));
    let problem_zh = attempts[0]["problem_zh"].as_str().unwrap_or_default();
    assert!(
        problem_zh.contains("return_code 为 SUCCESS"),
        "{problem_zh}"
    );
    assert_eq!(attempts[2]["problem"], Value::Null);
    assert_eq!(attempts[2]["problem_zh"], Value::Null);
    Ok(())
}

#[test]
fn other_machines_are_not_notified_unless_that_is_allowed() -> Outcome {
    let sandbox = sandbox()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    sandbox.pay("TRADE1")?;
    let deliveries = sandbox.deliveries();
    assert_eq!(deliveries[0].state, DeliveryState::NotSent);
    let (status, error) = refused(&sandbox, "POST", "notifications/1/resend", "")?;
    assert!(
        status == 409 && error.contains("this machine alone"),
        "{error}"
    );
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::NotSent);
    for url in [
        "https://www.example.com/",
        "http://10.0.0.1/",
        "http://127.0.0.1@example.com/",
    ] {
        let asked = json!({"kind": "TRANSACTION.SUCCESS", "url": url});
        let (status, error) = refused(&sandbox, "POST", "notifications", &asked.to_string())?;
        assert_eq!(status, 400);
        assert!(error.contains("this machine alone"), "{error}");
    }
    let far = Sandbox::builder().allow_outgoing().start_blocking()?;
    // Nobody is there, and that is found out later.
    let asked = json!({"kind": "TRANSACTION.SUCCESS", "url": "https://127.0.0.1:9/"});
    post(&far, "notifications", &asked)?;
    Ok(())
}

#[test]
fn what_is_no_notification_is_refused() -> Outcome {
    let sandbox = sandbox()?;
    for asked in [
        json!({}),
        json!({"kind": "TRANSACTION.SUCCESS"}),
        json!({"kind": "NO.SUCH", "url": "http://127.0.0.1:9/"}),
        json!({"kind": "PAY", "version": "v3", "url": "http://127.0.0.1:9/"}),
        json!({"kind": "PAY", "version": "v4", "url": "http://127.0.0.1:9/"}),
        json!({"kind": "PAY", "url": "http://127.0.0.1:9/", "resource": []}),
        json!({"kind": "PAY", "url": "http://127.0.0.1:9/", "fault": "cut_in_body"}),
        json!({"kind": "REFUND", "version": "v2", "url": "http://127.0.0.1:9/", "probe": true}),
    ] {
        let (status, _) = refused(&sandbox, "POST", "notifications", &asked.to_string())?;
        assert_eq!(status, 400, "{asked}");
    }
    assert_eq!(
        get(&sandbox, "notifications")?,
        json!({"notifications": []})
    );
    Ok(())
}

#[test]
fn what_names_no_url_goes_where_the_merchant_has_set_or_is_listed() -> Outcome {
    let merchant = Merchant::answering(&[])?;
    let refunded = |sandbox: &Sandbox| -> Outcome<()> {
        order(sandbox, "TRADE1", &merchant.url)?;
        post(sandbox, "orders/TRADE1/pay", &json!({}))?;
        merchant.next()?;
        post(sandbox, "orders/TRADE1/refund", &json!({}))?;
        Ok(())
    };
    let unset = sandbox()?;
    refunded(&unset)?;
    let found = until(&unset, 2, DeliveryState::NotSent)?;
    assert_eq!(found["event_type"], "REFUND.SUCCESS");
    let problem = found["attempts"][0]["problem"].as_str();
    assert!(
        problem.is_some_and(|it| it.contains("--notify-url")),
        "{found}"
    );

    let builder = Sandbox::builder().post_notifications();
    let set = builder.notify_url(&*merchant.url).start_blocking()?;
    assert_eq!(get(&set, "info")?["notify_url"], *merchant.url);
    refunded(&set)?;
    let event = read(&set, &merchant.next()?)?;
    assert_eq!(event.event_type(), "REFUND.SUCCESS");
    Ok(())
}

#[test]
fn the_next_attempt_is_told_in_seconds_of_the_speed() -> Outcome {
    let sandbox = sandbox()?;
    sandbox.set_speed(0.5)?;
    let asked = json!({"kind": "TRANSACTION.SUCCESS", "url": "http://127.0.0.1:9/"});
    post(&sandbox, "notifications", &asked)?;
    let next = loop {
        let next = get(&sandbox, "notifications/1")?["next_in"].clone();
        if !next.is_null() {
            break next;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    assert_eq!(next, 30);
    assert_eq!(
        get(&sandbox, "notifications")?["notifications"][0]["next_in"],
        30
    );
    Ok(())
}

/// Whether a payment of APIv2 is made up or really paid, it looks the same.
#[test]
fn a_payment_of_v2_that_is_made_up_is_like_one_that_is_paid() -> Outcome {
    let sandbox = sandbox()?;
    let merchant = Merchant::answering_v2(&[""])?;
    let order = json!({
        "appid": "wx8888888888888888",
        "mch_id": sandbox.mchid(),
        "body": "Image形象店",
        "attach": "a",
        "out_trade_no": "TRADE1",
        "total_fee": "100",
        "spbill_create_ip": "127.0.0.1",
        "notify_url": merchant.url,
        "trade_type": "NATIVE",
        "product_id": "1",
    });
    let client = sandbox.client()?;
    client
        .chain("v2/pay/unifiedorder")
        .post(&order, ())
        .wait()?;
    sandbox.pay("TRADE1")?;
    let asked = json!({"kind": "PAY", "version": "v2", "url": merchant.url});
    post(&sandbox, "notifications", &asked)?;
    let [paid, made_up] = [1, 2].map(|id| {
        let found = get(&sandbox, &format!("notifications/{id}")).unwrap();
        let members = found["resource"].as_object().unwrap().clone();
        let mut names: Vec<_> = members.keys().cloned().collect();
        names.sort_unstable();
        let time = members["time_end"].as_str().unwrap().to_owned();
        assert!(
            time.len() == 14 && time.bytes().all(|it| it.is_ascii_digit()),
            "{time}"
        );
        names
    });
    assert_eq!(made_up, paid);
    Ok(())
}
