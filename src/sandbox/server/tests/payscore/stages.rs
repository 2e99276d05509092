//! Which requests and actions an order allows, and what they leave.

use serde_json::{Map, Value, json};

use super::{ORDER, PARTNER, Shop, created};
use crate::notifier::kind_row;
use crate::service_order::OF_THE_END;
use wechatpay_chain::notify::Version;

/// The requests that change an order.
fn requests() -> [(&'static str, Value); 5] {
    [
        ("complete", json!({"total_amount": 999})),
        ("modify", json!({"total_amount": 5})),
        ("pay", json!({})),
        (
            "sync",
            json!({"type": "Order_Paid", "detail": {"paid_time": "20091225091210"}}),
        ),
        ("cancel", json!({"reason": "r"})),
    ]
}

/// Asserts that these requests are refused and change nothing.
fn assert_refused(shop: &Shop, verbs: &[&str], code: &str) {
    let before = shop.order();
    for (verb, body) in requests() {
        if verbs.contains(&verb) {
            let refused = shop.send(verb, body).unwrap_err();
            assert!(refused.contains(code), "{verb}: {refused}");
            assert_eq!(shop.order(), before, "{verb}");
        }
    }
    assert_eq!(shop.events(), [""; 0]);
}

#[test]
fn an_order_that_has_ended_does_not_change() {
    let all = ["complete", "modify", "pay", "sync", "cancel"];
    let shop = Shop::completed();
    shop.sandbox.pay("S1").unwrap();
    assert_eq!(shop.events(), ["PAYSCORE.USER_PAID"]);
    assert_refused(&shop, &all, "ORDER_DONE");
    let shop = Shop::open(ORDER);
    shop.post("", created());
    shop.post("cancel", json!({"reason": "r"}));
    assert_refused(&shop, &all, "ORDER_CANCELED");
    let shop = Shop::open(ORDER);
    shop.post("", created());
    shop.sandbox.expire("S1").unwrap();
    assert_refused(&shop, &all, "INVALID_ORDER_STATE");
}

#[test]
fn only_a_completed_order_is_paid_or_modified() {
    let shop = Shop::open(ORDER);
    shop.post("", created());
    assert_refused(&shop, &["modify", "pay", "sync"], "INVALID_ORDER_STATE");
    shop.sandbox.pay("S1").unwrap();
    assert_eq!(shop.events(), ["PAYSCORE.USER_CONFIRM"]);
    assert_refused(&shop, &["modify", "pay", "sync"], "INVALID_ORDER_STATE");
    let shop = Shop::completed();
    assert_refused(&shop, &["complete", "cancel"], "INVALID_ORDER_STATE");
    // The same request again is no other one.
    shop.post("complete", json!({"total_amount": 300}));
    assert_eq!(shop.order()["total_amount"], 300);
    assert_eq!(shop.events(), [""; 0]);
}

/// 下调收款金额: as often as the merchant wants, and never up.
#[test]
fn an_amount_is_only_lowered() {
    let shop = Shop::completed();
    for (amount, left) in [
        (200, 200),
        (200, 200),
        (201, 200),
        (301, 200),
        (1, 1),
        (2, 1),
    ] {
        let modified = shop.send("modify", json!({"total_amount": amount}));
        let refused = modified.map(drop).err();
        let is_raised = refused.is_some_and(|err| err.contains("INVALID_REQUEST"));
        assert_eq!(is_raised, amount > left, "{amount}");
        assert_eq!(shop.order()["total_amount"], left, "{amount}");
    }
    shop.sandbox.pay("S1").unwrap();
    assert_eq!(shop.order()["collection"]["paid_amount"], 1);
}

/// 0.4 fen would be nothing, and end the order.
#[test]
fn an_amount_is_whole_and_not_negative() {
    let shop = Shop::open(ORDER);
    shop.post("", created());
    for (verb, before) in [("complete", "USER_CONFIRM"), ("modify", "MCH_COMPLETE")] {
        if verb == "complete" {
            shop.sandbox.pay("S1").unwrap();
        } else {
            shop.post("complete", json!({"total_amount": 300}));
        }
        for amount in [json!(0.4), json!(200.0), json!(-1), json!("1")] {
            let refused = shop.send(verb, json!({"total_amount": amount}));
            let refused = refused.unwrap_err();
            assert!(
                refused.contains("PARAM_ERROR"),
                "{verb} {amount}: {refused}"
            );
            assert_eq!(shop.states()[1], before, "{verb} {amount}");
        }
    }
    let items = json!([{"name": "a", "amount": 0.4}]);
    let refused = shop.send("modify", json!({"total_amount": 1, "post_payments": items}));
    assert!(refused.unwrap_err().contains("/post_payments/0/amount"));
}

/// The notification of the confirmation, and queries, generate amounts: the order does not keep them.
#[test]
fn an_order_has_no_amount_before_it_is_completed() {
    let shop = Shop::open(ORDER);
    shop.post("", created());
    shop.sandbox.pay("S1").unwrap();
    let events = shop.sandbox.take_events();
    let order = shop.order();
    for name in OF_THE_END {
        assert_eq!(
            (&order[name], &events[0].resource[name]),
            (&Value::Null, &Value::Null)
        );
    }
    let refused = shop.sandbox.set_state("S1", "DONE").unwrap_err();
    assert!(refused.to_string().contains("total_amount"), "{refused}");
}

/// A generated notification has as little.
#[test]
fn a_generated_confirmation_has_no_amount() {
    let resource = |event: &str| {
        let row = kind_row(Version::V3, event).unwrap();
        row.resource("1900000109", 0)
    };
    let confirmed = resource("PAYSCORE.USER_CONFIRM");
    let paid = resource("PAYSCORE.USER_PAID");
    for name in OF_THE_END {
        assert_eq!(confirmed.get(name), None, "{name}");
        assert!(paid.get(name).is_some(), "{name}");
    }
}

#[test]
fn an_order_is_created_and_completed_in_one_request() {
    for base in [ORDER, PARTNER] {
        let shop = Shop::open(base);
        let mut made = json!({"out_order_no": "S1", "total_amount": 300});
        if base == PARTNER {
            made["sub_mchid"] = json!("1900008888");
        }
        for number in ["S0", "S1"] {
            made["out_order_no"] = json!(number);
            let answer = shop.post("direct-complete", made.clone());
            if base == ORDER {
                assert_eq!(answer["state_description"], "MCH_COMPLETE", "{number}");
            }
        }
        assert_eq!(shop.states()[2], "USER_PAYING", "{base}");
        shop.sandbox.pay("S1").unwrap();
        assert_eq!(shop.states()[0], "DONE", "{base}");
        assert_eq!(shop.order()["total_amount"], 300, "{base}");
        // A number is that of one order.
        let mut again = created();
        again["sub_mchid"] = made["sub_mchid"].clone();
        if base == ORDER {
            again.as_object_mut().unwrap().remove("sub_mchid");
        }
        let refused = shop.send("", again).unwrap_err();
        assert!(refused.contains("ALREADY_EXISTS"), "{refused}");
    }
}

#[test]
fn completing_an_order_keeps_the_members_that_it_does_not_name() {
    let shop = Shop::open(ORDER);
    let mut made = created();
    made["time_range"] = json!({"start_time": "OnAccept"});
    shop.post("", made);
    let end = json!({"total_amount": 300, "time_range": {"end_time": "20260101120000"}});
    let done = shop.post("complete", end);
    for order in [done, shop.order()] {
        let range = &order["time_range"];
        assert_eq!(range["start_time"], "OnAccept", "{order}");
        assert_eq!(range["end_time"], "20260101120000", "{order}");
    }
}

fn times<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    let members = value.as_object().into_iter().flat_map(Map::iter);
    for (name, value) in members {
        match value {
            Value::String(time) if name.ends_with("_time") => found.push(time),
            _ => times(value, found),
        }
    }
    let items = value.as_array().into_iter().flatten();
    items.for_each(|item| times(item, found));
}

#[test]
fn all_times_of_an_order_have_one_form() {
    for (base, length) in [
        (PARTNER, 14),
        ("v3/payscore/oversea/partner/serviceorder", 25),
    ] {
        let shop = Shop::open(base);
        let mut made = created();
        made["sub_mchid"] = json!("1900008888");
        shop.post("", made);
        shop.post(
            "complete",
            json!({"total_amount": 300, "sub_mchid": "1900008888"}),
        );
        shop.sandbox.pay("S1").unwrap();
        let (order, mut found) = (shop.order(), Vec::new());
        times(&order, &mut found);
        assert!(found.len() > 2, "{order}");
        assert!(
            found.iter().all(|time| time.len() == length),
            "{base}: {found:?}"
        );
    }
}

#[test]
fn a_state_that_is_set_is_one_of_an_order() {
    let shop = Shop::completed();
    let refused = shop.sandbox.set_state("S1", "MCH_COMPLETED").unwrap_err();
    assert!(refused.to_string().contains("MCH_COMPLETE,"), "{refused}");
    shop.sandbox.set_state("S1", "DONE").unwrap();
    assert_eq!(shop.states()[2], "USER_PAID");
    assert_eq!(shop.events(), ["PAYSCORE.USER_PAID"]);
    shop.sandbox.set_state("S1", "MCH_COMPLETE").unwrap();
    assert_eq!(shop.states()[2], "USER_PAYING");
    assert_eq!(shop.events(), [""; 0]);
}

/// Of several requests at a time, one is done and notified.
#[test]
fn an_order_is_paid_once() {
    let shop = Shop::completed();
    let paid: usize = std::thread::scope(|scope| {
        let pay = || usize::from(shop.send("pay", json!({})).is_ok());
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(pay)).collect();
        threads.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(paid, 1);
    assert_eq!(shop.events(), ["PAYSCORE.USER_PAID"]);
}

#[test]
fn messages_to_the_user_do_not_move_an_order() {
    let shop = Shop::completed();
    shop.post("send-pendingmessage", json!({}));
    assert_eq!(shop.states()[1], "MCH_COMPLETE");
}
