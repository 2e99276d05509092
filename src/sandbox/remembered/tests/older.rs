//! Records of checkpoints that an older version has written.

use http::Method;
use serde_json::{Map, Value, json};

use super::{call, object, operation};
use crate::remembered::Remembered;
use crate::service_order::{FAMILY, NUMBER, Stage};

/// A checkpoint whose service orders have the family and the last change of the older version.
fn older(records: &Remembered, moved: &str) -> Value {
    const OLDER: &str = "v3/payscore";
    let mut saved = serde_json::to_value(records.saved()).unwrap();
    for row in saved["rows"].as_array_mut().unwrap() {
        row[1]["family"] = json!(OLDER);
        row[1]["moved"] = json!(moved);
        for key in row[1]["keys"].as_array_mut().unwrap() {
            key[0] = json!(OLDER);
        }
    }
    for entry in saved["index"].as_array_mut().unwrap() {
        entry[0][0] = json!(OLDER);
    }
    for name in saved["names"].as_array_mut().unwrap() {
        name[0] = json!(OLDER);
    }
    saved
}

#[test]
fn service_orders_of_an_older_version_are_found() {
    let path = "v3/payscore/serviceorder";
    let values = object(json!({"out_order_no": "S1"}));
    let records = Remembered::default();
    let made = call(&records, operation(&Method::POST, path), &values);
    made.unwrap().unwrap();
    let saved = older(&records, "cancel");
    let restored = Remembered::default();
    restored.restore(serde_json::from_value(saved).unwrap());

    let rows = restored.begin(0).named(FAMILY, &[NUMBER], "S1");
    assert_eq!(rows.len(), 1);
    let order = restored.begin(0).get(rows[0]).unwrap();
    assert_eq!(Stage::of_record(order.moved.as_deref()), Stage::Revoked);
    let query = operation(&Method::GET, path);
    let seen = call(&restored, query, &values).unwrap().unwrap();
    assert_eq!(seen["out_order_no"], "S1");
    let unknown = call(&restored, query, &Map::new()).unwrap().unwrap_err();
    assert_eq!(unknown.code, "RESOURCE_NOT_EXISTS");
}
