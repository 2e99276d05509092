//! Every remembered pair, and the page `docs/remembered.md`.

mod numbers;
#[cfg(feature = "state")]
mod older;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::exchange::text;
use serde_json::{Map, json};

use super::*;
use crate::mock::{SampleRequest, SchemaSettings};
use crate::schema;
use crate::world::{Request, World};
use wechatpay_core::catalog::{self, AnswerKind, Operation};

const SETTINGS: SchemaSettings = SchemaSettings {
    strict: false,
    check: true,
    echo_unknown: false,
    limits: false,
    seed: 0,
};

const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";
const ORDER: &str = "v3/aggracct-bc/wb-channel/control-orders/{out_request_no}";

fn operation(method: &Method, path: &str) -> &'static Operation {
    catalog::find(method, path).unwrap()
}

/// Answers a request: the sample of the operation with these values.
fn call(
    remembered: &Remembered,
    operation: &'static Operation,
    values: &Map<String, Value>,
) -> Option<Result<Value, Refusal>> {
    let schema = schema::of(operation)?;
    let sample = SampleRequest::complete(&schema, 7);
    let mut path = format!("/{}", operation.wire_path());
    for (name, made) in sample.vars() {
        let value = values.get(*name).and_then(text);
        path = path.replace(&format!("{{{name}}}"), &value.unwrap_or(made.clone()));
    }
    let pairs = sample.query().iter().map(|(name, made)| {
        let value = values.get(name).and_then(text);
        format!("{name}={}", value.unwrap_or(made.clone()))
    });
    let query = pairs.collect::<Vec<_>>().join("&");
    let mut body = sample.body().cloned().unwrap_or(json!({}));
    for (name, value) in values {
        match body.get_mut(name) {
            Some(_) if value.is_null() => drop(body.as_object_mut().unwrap().remove(name)),
            Some(member) => *member = value.clone(),
            None => {}
        }
    }
    let request = IncomingRequest {
        operation,
        path: &path,
        query: Some(&query),
        json: Some(&body),
        upload: false,
        brand_id: None,
    };
    let (outcome, _) =
        remembered.answer(&request, 0, || SETTINGS.answer(&request, "1900000109"))?;
    Some(outcome.map(|success| success.body.unwrap_or_default()))
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[test]
fn created_records_are_found_by_their_numbers() {
    let (remembered, none) = (Remembered::default(), Map::new());
    let punish = operation(&Method::POST, PUNISH);
    let values = object(json!({"out_request_no": "P1", "punish_scene": 3}));
    let made = call(&remembered, punish, &values).unwrap().unwrap();
    let asked = object(json!({"out_request_no": "P1", "control_type": "PUNISH"}));
    let order = operation(&Method::GET, ORDER);
    let seen = call(&remembered, order, &asked).unwrap().unwrap();
    assert_eq!(seen["control_scene"], "PUNISH");
    assert_eq!(
        seen["punish_order"]["wxpay_punish_no"],
        made["wxpay_punish_no"]
    );
    assert_eq!(seen["punish_order"]["out_request_no"], "P1");
    assert_eq!(seen["punish_order"]["punish_scene"], 3);
    assert!(seen.get("recover_order").is_none(), "{seen}");

    let again = call(&remembered, punish, &values).unwrap().unwrap();
    assert_eq!(again, made, "the request is re-entrant");
    let other = object(json!({"out_request_no": "P1", "punish_scene": 4}));
    let refused = call(&remembered, punish, &other).unwrap().unwrap_err();
    assert_eq!(refused.code, "ALREADY_EXISTS");
    let unknown = call(&remembered, order, &none).unwrap().unwrap_err();
    assert_eq!(unknown.code, "RESOURCE_NOT_EXISTS");
}

#[test]
fn a_transfer_of_apiv2_is_queried_under_the_names_of_the_answer() {
    let remembered = Remembered::default();
    let transfers = operation(&Method::POST, "v2/mmpaymkttransfers/promotion/transfers");
    let values = object(json!({"partner_trade_no": "P1", "amount": 123, "re_user_name": "张三"}));
    call(&remembered, transfers, &values).unwrap().unwrap();
    let query = operation(&Method::POST, "v2/mmpaymkttransfers/gettransferinfo");
    let asked = object(json!({"partner_trade_no": "P1"}));
    let seen = call(&remembered, query, &asked).unwrap().unwrap();
    assert_eq!(text(&seen["payment_amount"]).as_deref(), Some("123"));
    assert_eq!(seen["transfer_name"], "张三");
}

#[test]
fn a_recovered_punishment_is_shown_as_recovered() {
    let remembered = Remembered::default();
    let values = object(json!({"out_request_no": "P1"}));
    let made = call(&remembered, operation(&Method::POST, PUNISH), &values);
    let number = made.unwrap().unwrap()["wxpay_punish_no"].clone();
    let recover = "v3/aggracct-bc/wb-channel/control-orders/recover";
    let values = object(json!({"out_request_no": "R1", "related_wxpay_punish_no": number}));
    call(&remembered, operation(&Method::POST, recover), &values)
        .unwrap()
        .unwrap();

    let order = operation(&Method::GET, ORDER);
    let of = |number: &str| {
        let asked = object(json!({"out_request_no": number}));
        call(&remembered, order, &asked).unwrap().unwrap()
    };
    assert_eq!(of("P1")["punish_order"]["effect_state"], "RECOVERED");
    assert_eq!(of("R1")["control_scene"], "RECOVER");
    assert_eq!(of("R1")["recover_order"]["related_wxpay_punish_no"], number);
    assert!(remembered.set_state("P1", "FAILED"));
    assert_eq!(of("P1")["punish_order"]["punish_state"], "FAILED");
    assert!(!remembered.set_state("P2", "FAILED"));
}

/// Each has its own numbers, as each signs its own contract with WeChat Pay.
#[test]
fn sub_merchants_may_use_the_same_number() {
    let remembered = Remembered::default();
    let withdraw = operation(&Method::POST, "v3/ecommerce/fund/withdraw");
    let query = operation(
        &Method::GET,
        "v3/ecommerce/fund/withdraw/out-request-no/{out_request_no}",
    );
    let of = |sub: &str, amount: i64| {
        let values =
            json!({"sub_mchid": sub, "out_request_no": "W1", "amount": amount, "remark": "R"});
        call(&remembered, withdraw, &object(values)).unwrap()
    };
    let first = of("1900000001", 1).unwrap();
    let second = of("1900000002", 2).unwrap();
    assert_ne!(first["withdraw_id"], second["withdraw_id"]);
    assert_eq!(
        of("1900000001", 1).unwrap(),
        first,
        "the request is re-entrant"
    );
    let refused = of("1900000001", 3).unwrap_err();
    assert_eq!(refused.code, "ALREADY_EXISTS");

    let of = |sub: &str| {
        let asked = object(json!({"sub_mchid": sub, "out_request_no": "W1"}));
        call(&remembered, query, &asked).unwrap()
    };
    for (sub, made) in [("1900000001", &first), ("1900000002", &second)] {
        let found = of(sub).unwrap();
        assert_eq!(found["withdraw_id"], made["withdraw_id"]);
        assert_eq!(found["sub_mchid"], sub);
    }
    assert_eq!(of("1900000003").unwrap_err().code, "RESOURCE_NOT_EXISTS");
    let saved = remembered.saved();
    let restored = Remembered::default();
    restored.restore(saved);
    let asked = object(json!({"sub_mchid": "1900000001", "out_request_no": "W1"}));
    let found = call(&restored, query, &asked).unwrap().unwrap();
    assert_eq!(found["withdraw_id"], first["withdraw_id"]);
}

/// 品牌侧需保持唯一性: a service provider has the numbers and the stores of each of its brands apart.
#[test]
fn brands_of_a_service_provider_have_their_own_records() {
    let remembered = Remembered::default();
    let store = "v3/brand/partner/store/brandstores";
    let made = |brand: &str| {
        let values = object(json!({"brand_id": brand}));
        let made = call(&remembered, operation(&Method::POST, store), &values);
        made.unwrap().unwrap()["store_id"].clone()
    };
    let (first, second) = (made("130001"), made("130002"));
    let query = operation(
        &Method::GET,
        "v3/brand/partner/store/brandstores/{store_id}",
    );
    let of = |brand: &str, number: &Value| {
        let asked = object(json!({"brand_id": brand, "store_id": number}));
        call(&remembered, query, &asked).unwrap()
    };
    assert_eq!(of("130001", &first).unwrap()["store_id"], first);
    for (brand, number) in [("130001", &second), ("130002", &first)] {
        let refused = of(brand, number).unwrap_err();
        assert_eq!(refused.code, "RESOURCE_NOT_EXISTS", "{brand}");
    }

    let coupons = "v3/marketing/partner/product-coupon/product-coupons";
    let coupons = operation(&Method::POST, coupons);
    let coupon = |brand: &str, number: &str| {
        let values = json!({"brand_id": brand, "out_request_no": "R1", "out_product_no": number});
        call(&remembered, coupons, &object(values)).unwrap()
    };
    let one = coupon("130001", "P1").unwrap();
    let other = coupon("130002", "P2").unwrap();
    assert_ne!(one["product_coupon_id"], other["product_coupon_id"]);
    assert_eq!(coupon("130001", "P1").unwrap(), one);
    assert_eq!(coupon("130001", "P2").unwrap_err().code, "ALREADY_EXISTS");
}

/// Many contracts have one template.
#[test]
fn contracts_of_one_template_are_found_by_their_codes() {
    let remembered = Remembered::default();
    let delete = operation(&Method::POST, "v2/papay/deletecontract");
    let query = operation(&Method::POST, "v2/papay/querycontract");
    let asked =
        |code: &str| object(json!({"plan_id": "123", "contract_code": code, "contract_id": null}));
    let ended = call(&remembered, delete, &asked("C1")).unwrap().unwrap();
    assert!(
        call(&remembered, query, &asked("C2")).is_none(),
        "it is another contract, of which nothing is known"
    );
    let found = call(&remembered, query, &asked("C1")).unwrap().unwrap();
    assert_eq!(found["contract_code"], "C1");
    assert_eq!(found["contract_id"], ended["contract_id"]);
    let by_id = object(json!({
        "contract_id": ended["contract_id"], "plan_id": null, "contract_code": null,
    }));
    let found = call(&remembered, query, &by_id).unwrap().unwrap();
    assert_eq!(found["contract_code"], "C1");
    call(&remembered, delete, &asked("C2")).unwrap().unwrap();
    let found = call(&remembered, query, &asked("C2")).unwrap().unwrap();
    assert_eq!(found["contract_code"], "C2");
}

/// A user signs the contract, so no operation creates its number.
#[test]
fn changes_of_numbers_that_users_create_are_remembered() {
    let remembered = Remembered::default();
    let mut adopters = catalog::operations().iter();
    let changes = adopters
        .find(|it| it.path().starts_with("v3/") && plan::of(it).is_some_and(|plan| plan.adopts));
    let changes = changes.unwrap();
    let plan = plan::of(changes).unwrap();
    let reader = catalog::operations().iter().find(|it| {
        let same = |it: &&Plan| it.family == plan.family && it.names.contains(&plan.names[0]);
        plan::of(it)
            .filter(same)
            .is_some_and(|it| it.role == Role::Queries)
    });
    let reader = reader.unwrap();
    let values = object(json!({plan.names[0]: "1001"}));
    assert!(
        call(&remembered, reader, &values).is_none(),
        "nothing is known yet"
    );
    call(&remembered, changes, &values).unwrap().unwrap();
    call(&remembered, reader, &values).unwrap().unwrap();
    let other = object(json!({plan.names[0]: "1002"}));
    assert!(call(&remembered, reader, &other).is_none(), "it may exist");
}

const STOCK: &str = "v3/marketing/busifavor/stocks/{stock_id}";

#[test]
fn a_delete_of_a_part_keeps_the_record() {
    let remembered = Remembered::default();
    let make = operation(&Method::POST, "v3/marketing/busifavor/stocks");
    let made = call(&remembered, make, &Map::new()).unwrap().unwrap();
    let named = object(json!({"stock_id": made["stock_id"]}));
    let part = operation(
        &Method::DELETE,
        &format!("{STOCK}/couponcodes/{{coupon_code}}"),
    );
    let stock = operation(&Method::GET, STOCK);
    call(&remembered, part, &named).unwrap().unwrap();
    let found = call(&remembered, stock, &named).unwrap().unwrap();
    assert_eq!(found["stock_id"], made["stock_id"]);

    let make = operation(&Method::POST, "v3/marketing/membercard-open/cards");
    let made = call(&remembered, make, &Map::new()).unwrap().unwrap();
    let named = object(json!({"card_id": made["card_id"]}));
    let card = "v3/marketing/membercard-open/cards/{card_id}";
    let (whole, read) = (
        operation(&Method::DELETE, card),
        operation(&Method::GET, card),
    );
    call(&remembered, read, &named).unwrap().unwrap();
    call(&remembered, whole, &named).unwrap().unwrap();
    assert!(call(&remembered, read, &named).unwrap().is_err());
}

#[test]
fn a_setting_is_read_as_it_was_written() {
    const PATH: &str = "v3/marketing/favor/callbacks";
    let remembered = Remembered::default();
    let (read, write) = (
        operation(&Method::GET, PATH),
        operation(&Method::POST, PATH),
    );
    assert!(
        call(&remembered, read, &Map::new()).is_none(),
        "not written yet"
    );
    for url in ["https://www.example.com/1", "https://www.example.com/2"] {
        let set = object(json!({"notify_url": url}));
        call(&remembered, write, &set).unwrap().unwrap();
        let found = call(&remembered, read, &Map::new()).unwrap().unwrap();
        assert_eq!(found["notify_url"], url);
    }
    const REMOVABLE: &str = "v3/merchant-risk-manage/violation-notifications";
    let by = |method: &Method| operation(method, REMOVABLE);
    let set = object(json!({"notify_url": "https://www.example.com/3"}));
    call(&remembered, by(&Method::POST), &set).unwrap().unwrap();
    let found = call(&remembered, by(&Method::GET), &Map::new());
    assert_eq!(
        found.unwrap().unwrap()["notify_url"],
        "https://www.example.com/3"
    );
    call(&remembered, by(&Method::DELETE), &Map::new())
        .unwrap()
        .unwrap();
    assert!(
        call(&remembered, by(&Method::GET), &Map::new())
            .unwrap()
            .is_err()
    );
}

/// Another setting is not refused: the platform may have made it.
#[test]
fn a_setting_is_that_of_its_path_and_merchant() {
    let remembered = Remembered::default();
    let by = |method: &Method, path| operation(method, path);
    const GLOBAL: &str = "v3/global/merchants/{sub_mchid}";
    let of = |id: &str| object(json!({"sub_mchid": id, "business": "x"}));
    if let Some(write) = catalog::find(&Method::PATCH, GLOBAL) {
        call(&remembered, write, &of("1")).unwrap().unwrap();
        assert!(call(&remembered, by(&Method::GET, GLOBAL), &of("2")).is_none());
    }
    const CALLBACKS: &str = "v3/marketing/favor/callbacks";
    let (read, write) = (by(&Method::GET, CALLBACKS), by(&Method::POST, CALLBACKS));
    let url = |id: &str| format!("https://www.example.com/{id}");
    for id in ["1900000109", "1900000110"] {
        let set = object(json!({"mchid": id, "notify_url": url(id)}));
        call(&remembered, write, &set).unwrap().unwrap();
    }
    for id in ["1900000109", "1900000110"] {
        let asked = object(json!({"mchid": id}));
        let found = call(&remembered, read, &asked).unwrap().unwrap();
        assert_eq!(found["notify_url"], url(id));
    }
}

#[test]
fn a_setting_of_a_brand_is_answered_as_it_was_written() {
    const PATH: &str = "brand/marketing/product-coupon/notify-configs";
    let remembered = Remembered::default();
    let set = object(json!({"notify_url": "https://www.example.com/1"}));
    let (read, write) = (
        operation(&Method::GET, PATH),
        operation(&Method::POST, PATH),
    );
    call(&remembered, write, &set).unwrap().unwrap();
    let found = call(&remembered, read, &Map::new()).unwrap().unwrap();
    assert_eq!(found["notify_url"], "https://www.example.com/1");
}

#[test]
fn a_coupon_is_used_and_returned() {
    let remembered = Remembered::default();
    let coupons = |verb: &str| {
        let path = format!("v3/marketing/busifavor/coupons/{verb}");
        operation(&Method::POST, &path)
    };
    let coupon = "v3/marketing/busifavor/users/{openid}/coupons/{coupon_code}/appids/{appid}";
    let coupon = operation(&Method::GET, coupon);
    let named = object(json!({"coupon_code": "C1", "openid": "o1", "stock_id": "S1"}));
    call(&remembered, coupons("send"), &named).unwrap().unwrap();
    let state = || {
        let found = call(&remembered, coupon, &named).unwrap().unwrap();
        assert_eq!(
            (&found["coupon_code"], &found["stock_id"]),
            (&json!("C1"), &json!("S1"))
        );
        found["coupon_state"].clone()
    };
    assert_eq!(state(), "SENDED");
    call(&remembered, coupons("use"), &named).unwrap().unwrap();
    assert_eq!(state(), "USED");
    call(&remembered, coupons("return"), &named)
        .unwrap()
        .unwrap();
    assert_eq!(state(), "SENDED");
    let unknown = object(json!({"coupon_code": "C2"}));
    assert!(
        call(&remembered, coupon, &unknown).is_none(),
        "a user may have it"
    );

    let list = "v3/marketing/busifavor/users/{openid}/coupons";
    let list = operation(&Method::GET, list);
    let of = |openid: &str| {
        let asked = object(json!({"openid": openid, "stock_id": "S1", "offset": 0, "limit": 9}));
        let found = call(&remembered, list, &asked).unwrap().unwrap();
        found["data"].as_array().unwrap().len()
    };
    assert_eq!((of("o1"), of("o2")), (1, 0));
}

#[test]
fn a_repeated_request_gets_the_first_answer_as_long_as_documented() {
    let reentrant = catalog::operations().iter().filter(|it| it.reentrant());
    let limited = reentrant.filter_map(|it| {
        let days = exchange::reentrance(it)? / 86_400;
        Some((it.path().rsplit_once('/')?.1, days))
    });
    let mut limited: Vec<_> = limited.collect();
    limited.sort_unstable();
    let expected = [
        ("apply", 1825),
        ("apply", 1825),
        ("punish", 365),
        ("recover", 365),
        ("special-reduction", 31),
    ];
    assert_eq!(limited, expected);
}

#[test]
fn memory_is_bounded() {
    let remembered = Remembered::default();
    let punish = operation(&Method::POST, PUNISH);
    for number in 0..50 {
        let values = object(json!({"out_request_no": format!("P{number}")}));
        call(&remembered, punish, &values).unwrap().unwrap();
    }
    let mut records = remembered.lock();
    records.bytes += MOST_BYTES - 50_000;
    records.rows.first_entry().unwrap().get_mut().bytes += MOST_BYTES - 50_000;
    drop(records);
    let values = object(json!({"out_request_no": "LAST", "punish_reason": "x".repeat(50_000)}));
    call(&remembered, punish, &values).unwrap().unwrap();
    let records = remembered.lock();
    assert!(
        records.rows.len() == 50 && records.bytes <= MOST_BYTES,
        "{}",
        records.rows.len()
    );
    assert!(
        records
            .index
            .values()
            .flatten()
            .all(|row| records.rows.contains_key(row))
    );
}

/// Creates a record with each operation, and queries it with each operation that takes one of its numbers.
#[test]
fn every_remembered_pair_agrees() {
    let mut failed = Vec::new();
    let mut pairs = 0;
    for maker in catalog::operations() {
        let Some(plan) = plan::of(maker).filter(|plan| plan.role == Role::Makes) else {
            continue;
        };
        for reader in catalog::operations() {
            let Some(reading) = plan::of(reader).filter(|it| it.family == plan.family) else {
                continue;
            };
            if reading.role != Role::Queries
                || !reading.names.iter().any(|it| plan.makes.contains(it))
            {
                continue;
            }
            pairs += 1;
            if let Err(problem) = pair(maker, reader, plan, reading) {
                failed.push(format!(
                    "{} {} → {}: {problem}",
                    maker.method(),
                    maker.path(),
                    reader.path()
                ));
            }
        }
    }
    assert!(pairs > 100, "{pairs}");
    assert!(
        failed.is_empty(),
        "{} of {pairs}: {failed:#?}",
        failed.len()
    );
}

fn pair(
    maker: &'static Operation,
    reader: &'static Operation,
    plan: &Plan,
    reading: &Plan,
) -> Result<(), String> {
    let remembered = Remembered::default();
    let made = call(&remembered, maker, &Map::new()).ok_or("nothing is made")?;
    made.map_err(|refusal| format!("{refusal:?}"))?;
    let members = {
        let records = remembered.lock();
        let record = records.rows.values().next().ok_or("no record")?;
        record.members.clone()
    };
    let name = reading.names.iter().find(|name| plan.makes.contains(name));
    let name = *name.ok_or("no number")?;
    let Some(number) = members.get(name) else {
        return Ok(()); // An optional number that was not made.
    };
    let variable = reading.variable_of(name);
    let mut asked = object(json!({variable: number}));
    // The number is the sub-merchant's, or the brand's.
    let brand = members.get("brand_id");
    asked.extend(brand.map(|id| ("brand_id".to_owned(), id.clone())));
    for sub in ["sub_mchid", "sub_mch_id"] {
        let owner = ["sub_mchid", "sub_mch_id"].iter();
        let owner = owner.filter_map(|name| members.get(*name)).next();
        asked.extend(owner.map(|owner| (sub.to_owned(), owner.clone())));
    }
    asked.extend(part(reading, &members));
    let seen = call(&remembered, reader, &asked).ok_or("it was made up")?;
    let seen = seen.map_err(|refusal| format!("{refusal:?}"))?;
    let again = call(&remembered, reader, &asked).ok_or("made up")?;
    if again.ok() != Some(seen.clone()) {
        return Err("two queries differ".to_owned());
    }
    for field in schema::of(reader).ok_or("no schema")?.response() {
        let (sent, shown) = (members.get(field.name()), seen.get(field.name()));
        let is_plain = field.fields().is_empty() && field.values().is_empty();
        if let (Some(sent), Some(shown), true) =
            (sent, shown, is_plain && plan::is_number(field.name()))
            && std::mem::discriminant(sent) == std::mem::discriminant(shown)
            && text(sent) != text(shown)
        {
            return Err(format!("{}: {sent} became {shown}", field.name()));
        }
    }
    let mut other = asked;
    other.insert(variable.to_owned(), json!("NOBODY"));
    match call(&remembered, reader, &other) {
        Some(Err(refusal)) if refusal.code == "RESOURCE_NOT_EXISTS" => Ok(()),
        None if plan.family == plan::V2_ORDERS || !plan::is_refused(name) => Ok(()),
        // It is found by another of its numbers.
        Some(Ok(_)) if reading.names.len() > 1 => Ok(()),
        other => Err(format!("an unknown number: {other:?}")),
    }
}

/// The number of a part that was sent, if the query is for a part.
fn part(reading: &Plan, members: &Map<String, Value>) -> Option<(String, Value)> {
    let name = reading.part?;
    let mut parts = members.values().filter_map(Value::as_array).flatten();
    let number = parts.find_map(|part| part.get(name))?;
    Some((name.to_owned(), number.clone()))
}

/// Creates a record, and searches for its number in each list of its family.
#[test]
fn created_records_are_listed() {
    let (mut lists, mut failed) = (0, Vec::new());
    let all = || catalog::operations().iter();
    let planned =
        |role| all().filter_map(move |it| Some((it, plan::of(it).filter(|it| it.role == role)?)));
    for (maker, plan) in planned(Role::Makes) {
        for (lister, listing) in planned(Role::Lists).filter(|(_, it)| it.family == plan.family) {
            let Some(name) = listing.names.iter().find(|name| plan.makes.contains(name)) else {
                continue;
            };
            let remembered = Remembered::default();
            call(&remembered, maker, &Map::new()).unwrap().unwrap();
            let members = remembered.lock().rows[&0].members.clone();
            let Some(number) = members.get(*name).and_then(text) else {
                continue;
            };
            lists += 1;
            let mut asked = members;
            asked.insert("offset".to_owned(), json!(0));
            asked.insert("limit".to_owned(), json!(10));
            let seen = call(&remembered, lister, &asked).unwrap().unwrap();
            let items = seen[listing.list.unwrap()].as_array().unwrap();
            if !items
                .iter()
                .any(|item| item.get(*name).and_then(text).as_ref() == Some(&number))
            {
                failed.push(format!(
                    "{} → {} {name} {number}: {items:?}",
                    maker.path(),
                    lister.path()
                ));
            }
        }
    }
    assert!(lists > 20, "{lists}");
    assert!(
        failed.is_empty(),
        "{} of {lists}: {failed:#?}",
        failed.len()
    );
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Special,
    Generic,
    MadeUp,
    /// Generated, without a number.
    Stateless,
    Redirect,
}

fn kind(operation: &'static Operation) -> Kind {
    if operation.answer() == AnswerKind::Redirect {
        return Kind::Redirect;
    }
    let path = format!("/{}", operation.wire_path());
    let request = Request {
        operation,
        path: &path,
        query: None,
        body: None,
        file: None,
        now: 0,
    };
    if World::default().answer(&request).is_some() || operation.path().contains("complaints-v2") {
        Kind::Special
    } else if plan::of(operation).is_some() {
        Kind::Generic
    } else if plan::has_numbers(operation) {
        Kind::MadeUp
    } else {
        Kind::Stateless
    }
}

fn page(
    head: &str,
    columns: &str,
    words: [&str; 5],
    role: fn(Role) -> [&'static str; 2],
) -> String {
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut rows = String::new();
    for operation in catalog::operations() {
        let kind = kind(operation);
        *counts.entry(kind).or_default() += 1;
        let word = words[kind as usize];
        let plan = plan::of(operation).filter(|_| kind == Kind::Generic);
        let role = plan.map_or_else(String::new, |plan| {
            let [role, colon] = role(plan.role);
            match plan.names.join("`, `") {
                names if names.is_empty() => role.to_owned(),
                names => format!("{role}{colon}`{names}`"),
            }
        });
        rows += &format!(
            "| {} | `{}` | {word} | {role} |\n",
            operation.method(),
            operation.path()
        );
    }
    let count = |kind| counts.get(&kind).copied().unwrap_or_default();
    let remembered = count(Kind::Special) + count(Kind::Generic);
    let share = remembered * 1000 / (remembered + count(Kind::MadeUp));
    let mut text = head.replace("{share}", &format!("{}.{}", share / 10, share % 10));
    let kinds = [
        Kind::Special,
        Kind::Generic,
        Kind::MadeUp,
        Kind::Stateless,
        Kind::Redirect,
    ];
    for kind in kinds {
        text += &format!("| {} | {} |\n", words[kind as usize], count(kind));
    }
    format!("{text}\n{columns}\n| --- | --- | --- | --- |\n{rows}")
}

#[test]
fn the_page_of_remembered_operations_is_current() {
    let english = page(
        "# What the sandbox remembers\n\n\
        Generated; run `UPDATE_DOCS=1 cargo test -p wechatpay-sandbox remembered`.\n\n\
        A remembered operation uses records that earlier requests created. A generated operation returns generated \
        values. {share} % of the operations that create or use a number, or a setting, are remembered. Roles are derived from the \
        documented fields.\n\n| kind | operations |\n| --- | --- |\n",
        "| method | path | kind | role |",
        [
            "remembered, special rules",
            "remembered",
            "generated",
            "generated, without a number",
            "redirect",
        ],
        |role| {
            let word = match role {
                Role::Makes => "Makes",
                Role::Queries => "Queries",
                Role::Changes => "Changes",
                Role::Lists => "Lists",
                Role::Sets => "Sets",
            };
            [word, ": "]
        },
    );
    let chinese = page(
        "# 沙箱保存哪些接口的数据\n\n\
        本页由测试生成；请执行 `UPDATE_DOCS=1 cargo test -p wechatpay-sandbox remembered`。\n\n\
        “保存”的接口会读写先前请求创建的数据，“模拟”的接口返回生成的数据。\
        在创建或使用单号、或读写设置的接口中，{share} % 会保存数据。各接口的作用由文档字段推导得出。\n\n\
        | 类型 | 接口数 |\n| --- | --- |\n",
        "| 方法 | 路径 | 类型 | 作用 |",
        [
            "保存（专用规则）",
            "保存",
            "模拟",
            "模拟（无单号）",
            "跳转页",
        ],
        |role| {
            let word = match role {
                Role::Makes => "创建",
                Role::Queries => "查询",
                Role::Changes => "修改",
                Role::Lists => "列表",
                Role::Sets => "设置",
            };
            [word, "："]
        },
    );
    for (file, text) in [("remembered.md", english), ("remembered.zh-CN.md", chinese)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs")
            .join(file);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let current = fs::read_to_string(&path).unwrap_or_default();
        assert!(current == text, "run with UPDATE_DOCS=1 to write {path:?}");
    }
}
