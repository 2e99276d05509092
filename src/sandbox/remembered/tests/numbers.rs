//! The numbers that find a record: those of parts, of other names, and those that answers show.

use http::Method;
use serde_json::{Value, json};

use super::super::plan;
use super::{Remembered, SETTINGS, call, object, operation};
use crate::validation::IncomingRequest;

/// Answers a request of one sub-merchant to the operation with this method and path.
fn asked(remembered: &Remembered, method: &Method, path: &str, values: Value) -> Value {
    let mut all = object(json!({"sub_mchid": "1900000001"}));
    all.extend(object(values));
    let outcome = call(remembered, operation(method, path), &all);
    outcome.expect("it is remembered").unwrap()
}

#[test]
fn a_number_that_a_query_has_shown_finds_the_record() {
    let remembered = Remembered::default();
    let orders = "v3/ebike/charge/transactions";
    let by = |name: &str| format!("{orders}/{name}");
    let (number, id) = (by("out-trade-no/{out_trade_no}"), by("id/{transaction_id}"));
    for number in ["T1", "T2"] {
        asked(
            &remembered,
            &Method::POST,
            orders,
            json!({"out_trade_no": number}),
        );
    }
    for wanted in ["T1", "T2"] {
        let seen = asked(
            &remembered,
            &Method::GET,
            &number,
            json!({"out_trade_no": wanted}),
        );
        let values = json!({"transaction_id": seen["transaction_id"]});
        let found = asked(&remembered, &Method::GET, &id, values);
        assert_eq!(found["out_trade_no"], wanted);
        assert_eq!(found["amount"]["total"], seen["amount"]["total"]);
    }
    let unknown = object(json!({"transaction_id": "4200000000"}));
    let unknown = call(&remembered, operation(&Method::GET, &id), &unknown);
    assert_eq!(unknown.unwrap().unwrap_err().code, "RESOURCE_NOT_EXISTS");
}

/// The variable `refund_id` is the member `id` of the answers.
#[test]
fn refunds_of_other_countries_are_found_by_the_number_of_wechat_pay() {
    for refunds in ["v3/global/refunds", "hk/v3/refunds"] {
        let remembered = Remembered::default();
        for number in ["R1", "R2"] {
            let made = asked(
                &remembered,
                &Method::POST,
                refunds,
                json!({"out_refund_no": number}),
            );
            let path = format!("{refunds}/id/{{refund_id}}");
            let found = asked(
                &remembered,
                &Method::GET,
                &path,
                json!({"refund_id": made["id"]}),
            );
            assert_eq!(
                (&found["out_refund_no"], &found["id"]),
                (&json!(number), &made["id"])
            );
        }
    }
}

#[test]
fn a_merchant_is_found_by_the_number_that_it_got() {
    let remembered = Remembered::default();
    let merchants = "v3/global/merchants";
    let one = format!("{merchants}/{{sub_mchid}}");
    let made = asked(&remembered, &Method::POST, merchants, json!({"name": "甲"}));
    let other = asked(&remembered, &Method::POST, merchants, json!({"name": "乙"}));
    assert_ne!(made["sub_mchid"], other["sub_mchid"]);
    let name = |merchant: &Value| {
        let named = json!({"sub_mchid": merchant["sub_mchid"]});
        asked(&remembered, &Method::GET, &one, named)["name"].clone()
    };
    assert_eq!((name(&made), name(&other)), (json!("甲"), json!("乙")));
    let renamed = json!({"sub_mchid": made["sub_mchid"], "name": "丙"});
    asked(&remembered, &Method::PATCH, &one, renamed);
    assert_eq!((name(&made), name(&other)), (json!("丙"), json!("乙")));
}

const STOCKS: &str = "v3/marketing/busifavor/stocks";
const CODES: &str = "v3/marketing/busifavor/stocks/{stock_id}/couponcodes";
const CODE: &str = "v3/marketing/busifavor/stocks/{stock_id}/couponcodes/{coupon_code}";

fn upload(remembered: &Remembered, stock: &Value, number: &str, codes: Value) -> Value {
    let values = json!({
        "stock_id": stock, "upload_request_no": number, "coupon_code_list": codes,
    });
    asked(remembered, &Method::POST, CODES, values)
}

#[test]
fn an_upload_tells_which_codes_are_new() {
    let remembered = Remembered::default();
    let stock = &asked(&remembered, &Method::POST, STOCKS, json!({}))["stock_id"];
    let sent = || json!(["C1", "C2", "C1"]);
    let first = upload(&remembered, stock, "U1", sent());
    assert_eq!(first["success_codes"], json!(["C1", "C2"]));
    assert_eq!(first["duplicate_codes"], json!(["C1"]));
    let counts = (&first["success_count"], &first["total_count"]);
    assert_eq!(counts, (&json!(2), &json!(2)));
    let again = upload(&remembered, stock, "U1", sent());
    assert_eq!(again, first, "it is re-entrant");
    let second = upload(&remembered, stock, "U2", json!(["C2", "C3"]));
    assert_eq!(second["success_codes"], json!(["C3"]));
    assert_eq!(second["exist_codes"], json!(["C2"]));
}

/// 200 codes are the most of an upload. Undocumented members are kept, with the upload alone.
#[test]
fn an_upload_is_kept_once_and_not_with_each_of_its_codes() {
    let remembered = Remembered::default();
    let stock = &asked(&remembered, &Method::POST, STOCKS, json!({}))["stock_id"];
    let long = "x".repeat(100_000);
    let codes: Vec<_> = (0..200).map(|number| format!("{number:020}")).collect();
    let path = format!("/{CODES}").replace("{stock_id}", stock.as_str().unwrap());
    let body = json!({"upload_request_no": "U1", "coupon_code_list": codes, "remark_id": long});
    let request = IncomingRequest {
        operation: operation(&Method::POST, CODES),
        path: &path,
        query: None,
        json: Some(&body),
        upload: false,
        brand_id: None,
    };
    let answer = remembered.answer(&request, 0, || SETTINGS.answer(&request, "1900000109"));
    assert!(answer.is_some_and(|(outcome, _)| outcome.is_ok()));
    let records = remembered.lock();
    let (of_codes, others): (Vec<_>, Vec<_>) = records
        .rows
        .values()
        .partition(|record| record.keys.iter().any(|key| key.1 == plan::UPLOADED_CODE));
    assert_eq!(
        (of_codes.len(), others.len()),
        (200, 2),
        "the codes; stock and upload"
    );
    for record in &of_codes {
        assert!(
            record.bytes < 1024,
            "{} bytes: {:?}",
            record.bytes,
            record.members
        );
        assert_eq!(record.members["stock_id"], *stock);
    }
    assert!(
        records.bytes < 200 * 1024 + 4 * long.len(),
        "{}",
        records.bytes
    );
}

#[test]
fn an_uploaded_code_is_available_until_a_coupon_has_it() {
    let remembered = Remembered::default();
    let stock = &asked(&remembered, &Method::POST, STOCKS, json!({}))["stock_id"];
    upload(&remembered, stock, "U1", json!(["C1", "C2", "C3"]));
    let named = |code: &str| json!({"stock_id": stock, "coupon_code": code});
    let status = |code: &str| {
        let found = asked(&remembered, &Method::GET, CODE, named(code));
        assert_eq!(found["code_information"]["coupon_code"], code);
        found["code_information"]["code_status"].clone()
    };
    assert_eq!(status("C1"), "AVAILABLE");
    let mut sent = named("C1");
    sent["openid"] = json!("o1");
    let send = "v3/marketing/busifavor/coupons/send";
    asked(&remembered, &Method::POST, send, sent);
    assert_eq!(
        (status("C1"), status("C2")),
        (json!("DISPATCHED"), json!("AVAILABLE"))
    );
    assert_eq!(codes(&remembered, stock), ["C1", "C2", "C3"]);
    asked(&remembered, &Method::DELETE, CODE, named("C2"));
    assert_eq!(codes(&remembered, stock), ["C1", "C3"]);
    let gone = call(
        &remembered,
        operation(&Method::GET, CODE),
        &object(named("C2")),
    );
    assert_eq!(gone.unwrap().unwrap_err().code, "RESOURCE_NOT_EXISTS");
}

/// The codes of a stock, sorted.
fn codes(remembered: &Remembered, stock: &Value) -> Vec<Value> {
    let values = json!({"stock_id": stock, "offset": 0, "limit": 10});
    let found = asked(remembered, &Method::GET, CODES, values);
    let items = found["data"].as_array().unwrap().iter();
    let mut codes: Vec<_> = items.map(|item| item["coupon_code"].clone()).collect();
    codes.sort_by_key(Value::to_string);
    codes
}

/// A batch of two details: the number of the batch at WeChat Pay, and its query.
fn batch(remembered: &Remembered) -> (Value, Value) {
    let detail = |number: &str, amount: i64| {
        json!({
            "out_detail_no": number, "transfer_amount": amount, "transfer_remark": number,
            "openid": "o1", "user_name": "张三",
        })
    };
    let details = [detail("D1", 30), detail("D2", 50)];
    let made = json!({"out_batch_no": "B1", "transfer_detail_list": details});
    let made = asked(remembered, &Method::POST, BATCHES, made);
    let path = format!("{BATCHES}/batch-id/{{batch_id}}");
    let id = made["batch_id"].clone();
    let seen = asked(remembered, &Method::GET, &path, json!({"batch_id": id}));
    (id, seen)
}

const BATCHES: &str = "v3/partner-transfer/batches";

#[test]
fn a_detail_of_a_batch_is_that_of_the_request() {
    let remembered = Remembered::default();
    let (batch, seen) = batch(&remembered);
    let out =
        format!("{BATCHES}/out-batch-no/{{out_batch_no}}/details/out-detail-no/{{out_detail_no}}");
    let id = format!("{BATCHES}/batch-id/{{batch_id}}/details/detail-id/{{detail_id}}");
    let listed = &seen["transfer_detail_list"];
    assert_ne!(listed[0]["detail_id"], listed[1]["detail_id"]);
    for (index, (number, amount)) in [("D1", 30), ("D2", 50)].into_iter().enumerate() {
        let by_number = json!({"out_batch_no": "B1", "out_detail_no": number});
        let found = asked(&remembered, &Method::GET, &out, by_number);
        assert_eq!(found["detail_id"], listed[index]["detail_id"]);
        let by_id = json!({"batch_id": batch, "detail_id": found["detail_id"]});
        let same = asked(&remembered, &Method::GET, &id, by_id);
        for detail in [found, same] {
            assert_eq!(detail["out_detail_no"], number);
            assert_eq!(detail["transfer_amount"], amount);
        }
    }
    let unknown = json!({"sub_mchid": "1900000001", "out_batch_no": "B1", "out_detail_no": "D3"});
    let unknown = call(&remembered, operation(&Method::GET, &out), &object(unknown));
    assert_eq!(unknown.unwrap().unwrap_err().code, "RESOURCE_NOT_EXISTS");
}

/// A batch of 微工卡 (payroll card) is queried as the service provider's others are.
#[test]
fn a_batch_of_payroll_cards_is_queried_with_the_other_batches() {
    let remembered = Remembered::default();
    let made = json!({"out_batch_no": "P1", "total_amount": 80});
    let made = asked(
        &remembered,
        &Method::POST,
        "v3/payroll-card/transfer-batches",
        made,
    );
    let path = "v3/partner-transfer/batches/batch-id/{batch_id}";
    let found = asked(
        &remembered,
        &Method::GET,
        path,
        json!({"batch_id": made["batch_id"]}),
    );
    assert_eq!(
        (&found["out_batch_no"], &found["total_amount"]),
        (&json!("P1"), &json!(80))
    );
}

#[test]
fn a_change_of_a_settlement_account_is_queried_by_its_number() {
    let remembered = Remembered::default();
    let of = "v3/apply4sub/sub_merchants/{sub_mchid}";
    let sent = json!({"sub_mchid": "1900000001", "account_bank": "工商银行"});
    let change = format!("{of}/modify-settlement");
    let made = asked(&remembered, &Method::POST, &change, sent);
    let path = format!("{of}/application/{{application_no}}");
    let values = json!({"sub_mchid": "1900000001", "application_no": made["application_no"]});
    let found = asked(&remembered, &Method::GET, &path, values);
    assert_eq!(found["account_bank"], "工商银行");
}

#[test]
fn an_authentication_is_found_by_the_number_of_the_merchant() {
    let remembered = Remembered::default();
    let authentications = "v3/payroll-card/authentications";
    let sent =
        json!({"sub_mchid": "1900000001", "authenticate_number": "A1", "project_name": "工地"});
    asked(
        &remembered,
        &Method::POST,
        &format!("{authentications}/pre-order"),
        sent.clone(),
    );
    let path = format!("{authentications}/{{authenticate_number}}");
    assert_eq!(
        asked(&remembered, &Method::GET, &path, sent)["project_name"],
        "工地"
    );
}
