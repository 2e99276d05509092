//! Tests of the generated resources.

use super::*;
use crate::identity::MCHID;

#[test]
fn every_kind_has_a_generated_resource() {
    assert_eq!(kind_rows().count(), 112);
    for row in kind_rows() {
        let resource = row.resource(MCHID, 0);
        let members = resource.as_object().unwrap();
        assert!(!members.is_empty(), "{row:?}");
        if row.version == Version::V2 {
            assert!(members.values().all(Value::is_string), "{row:?}");
        }
    }
}

/// The types of `wechatpay endpoints --emit types` read each of them.
#[test]
fn generated_resources_have_the_documented_members_and_types() {
    fn check(row: &KindRow, fields: &[Field], value: &Value) {
        for (name, value) in value.as_object().unwrap() {
            let numbered = name.trim_end_matches('0');
            let field = fields.iter().find(|field| {
                let pattern = field.name().trim_end_matches("$n");
                field.name() == name || pattern != field.name() && pattern == numbered
            });
            let Some(field) = field else {
                // XML has members of the protocol, which the types keep.
                assert_eq!(row.version, Version::V2, "{row:?}: {name}");
                continue;
            };
            of_kind(row, field, value);
        }
    }
    fn of_kind(row: &KindRow, field: &Field, value: &Value) {
        let fits = match field.kind() {
            FieldKind::String => value.is_string(),
            FieldKind::Integer => value.is_i64() || value.is_u64(),
            FieldKind::Number => value.is_number(),
            FieldKind::Boolean => value.is_boolean(),
            FieldKind::Object => value.is_object(),
            FieldKind::Array => value.is_array(),
            _ => true,
        };
        assert!(fits, "{} {}: {value}", row.event_type, field.name());
        match (field.kind(), value) {
            (FieldKind::Object, _) => check(row, field.fields(), value),
            (FieldKind::Array, Value::Array(items)) => {
                for item in items {
                    of_kind(row, &field.fields()[0], item);
                }
            }
            _ => {}
        }
    }
    for row in kind_rows() {
        check(&row, row.fields, &row.resource(MCHID, 0));
    }
}

/// Those whose values no page and no operation of the product lists.
const UNLISTED: [&str; 18] = [
    "REFUND refund_status=SUCCESS",
    "PAY fee_type=CNY",
    "BLOCKSUBMISSION.CHANGE appeal_result=SUCCESS",
    "EDU_SCHOOL_PAY.USER_DEBT_STATE_UPDATE state=SUCCESS",
    "MALL_AUTH.ACTIVATE_CARD auth_type=NORMAL",
    "MCHTRANSFER.BILL.FINISHED payment_method_type=NORMAL",
    "MEMBERCARD.ACCEPT_CARD event_type=NORMAL",
    "MEMBERCARD.ACTIVATE_CARD event_type=NORMAL",
    "MEMBERCARD.ACTIVATE_CARD activate_scene=NORMAL",
    "MEMBERCARD.USERCARD_MANAGE event_type=NORMAL",
    "MERCHANT_NOTIFY.NOTIFY message_content/business_state=SUCCESS",
    "PAYSCORE.BIND_SERVICE_ACCOUNT apply_state=SUCCESS",
    "PAYSCORE.MCH_PREPAY prepay_req_body/fee_type=CNY",
    "PAYSCORE.MCH_PREPAY prepay_req_body/trade_type=JSAPI",
    "PAYSCORE.USER_CANCEL_SIGN_PLAN signed_detail_list/*/plan_detail_state=SUCCESS",
    "PAYSCORE.USER_SIGN_PLAN signed_detail_list/*/plan_detail_state=SUCCESS",
    "WEBIZPAY.PAYMENTREFUNDSUCCESS refund_state=SUCCESS",
    "WEBIZPAY.PAYMENTSUCCESS transaction_state=SUCCESS",
];

/// A state, a type or the like agrees with the values that the event, or an operation of its product, documents. Those
/// that `states.rs` has are tested there.
#[test]
fn states_are_documented_ones() {
    let mut unlisted = Vec::new();
    for row in kind_rows() {
        let resource = row.resource(MCHID, 0);
        for pointer in row.pointers.split(' ') {
            let name = pointer.rsplit('/').find(|it| *it != "*").unwrap();
            let place = format!("/{}", pointer.replace('*', "0"));
            let Some(value) = resource.pointer(&place).and_then(Value::as_str) else {
                continue;
            };
            if !is_of_list(name) || OF_V2.contains(&name) || row.known(pointer).is_some() {
                continue;
            }
            match row.listed(name, pointer) {
                Some(listed) => assert_eq!(value, listed, "{} {pointer}", row.event_type),
                None => unlisted.push(format!("{} {pointer}={value}", row.event_type)),
            }
        }
    }
    assert_eq!(unlisted, UNLISTED);
}

/// Events, places and the values there.
#[rustfmt::skip]
const AGREED: [(&str, &str, &str); 17] = [
    ("REFUND.CLOSED", "/refund_status", r#""CLOSED""#),
    ("REFUND.CLOSED", "/success_time", "null"),
    ("REFUND.ABNORMAL", "/refund_status", r#""ABNORMAL""#),
    ("REFUND.SUCCESS", "/success_time", r#""1970-01-01T08:00:00+08:00""#),
    ("MCHTRANSFER.BATCH.CLOSED", "/batch_status", r#""CLOSED""#),
    ("MCHTRANSFER.BATCH.FINISHED", "/batch_status", r#""FINISHED""#),
    ("BUDGET.LOCKED", "/state", r#""LOCKED""#),
    ("RECHARGE.CLOSED", "/recharge_state", r#""CLOSED""#),
    ("PAYSCORE.USER_CONFIRM", "/state", r#""DOING""#),
    ("PAYSCORE.USER_PAID", "/state", r#""DONE""#),
    ("PAYSCORE.USER_PAID", "/collection/state", r#""USER_PAID""#),
    ("PAYSCORE.USER_PAID", "/collection/paying_amount", "0"),
    ("PAYSCORE.USER_CLOSE_SERVICE", "/openorclose_time", r#""19700101080000""#),
    ("PAYSCORE.USER_CLOSE_SERVICE", "/user_service_status", r#""USER_CLOSE_SERVICE""#),
    ("ENTRUST.TERMINATE", "/contract_state", r#""TERMINATED""#),
    ("APPLYMENT_STATE.APPROVED", "/applyment_state", r#""APPROVED""#),
    ("MCHWITHDRAW.CHANGE", "/fail_amount", "0"),
];

#[test]
fn states_agree_with_the_event() {
    for (event, pointer, expected) in AGREED {
        let resource = kind_row(Version::V3, event).unwrap().resource(MCHID, 0);
        let found = resource.pointer(pointer).unwrap_or(&Value::Null);
        assert_eq!(found.to_string(), expected, "{event} {pointer}");
    }
    let contract = kind_row(Version::V2, "CONTRACT").unwrap();
    assert_eq!(contract.resource(MCHID, 0)["change_type"], "ADD");
}

#[test]
fn generated_payments_have_their_documented_members() {
    let resource = kind_row(Version::V3, "TRANSACTION.SUCCESS")
        .unwrap()
        .resource(MCHID, 0);
    assert_eq!(resource["trade_state"], "SUCCESS");
    assert_eq!(resource["amount"]["total"], 100);
    assert_eq!(resource["mchid"], MCHID);
    assert_eq!(resource["success_time"], "1970-01-01T08:00:00+08:00");
    let refund = kind_row(Version::V3, "REFUND.SUCCESS")
        .unwrap()
        .resource(MCHID, 0);
    assert_eq!(refund["amount"]["refund"], 100);
    assert_eq!(refund["refund_status"], "SUCCESS");
}

#[test]
fn times_of_apiv2_are_as_it_writes_them() {
    for (event, member, expected) in [
        ("PAY", "time_end", "19700101080000"),
        ("TRANSACTION.SUCCESS", "start_time", "19700101080000"),
        (
            "VEHICLE_STATE",
            "vehicle_event_createtime",
            "19700101080000",
        ),
        ("REFUND", "success_time", "1970-01-01 08:00:00"),
        ("CONTRACT", "operate_time", "1970-01-01 08:00:00"),
    ] {
        let resource = kind_row(Version::V2, event).unwrap().resource(MCHID, 0);
        assert_eq!(resource[member], expected, "{event}");
    }
    for row in kind_rows().filter(|row| row.version == Version::V2) {
        let resource = row.resource(MCHID, 0);
        let text = resource.to_string();
        assert!(!text.contains("+08:00"), "{text}");
        assert_ne!(resource.get("sub_mch_id"), Some(&json!(MCHID)), "{text}");
    }
}

#[test]
fn every_kind_of_the_client_is_a_kind_of_the_sandbox() {
    for kind in wechatpay_chain::notify::Kind::all() {
        assert!(
            kind_row(kind.version(), kind.event_type()).is_some(),
            "{kind:?}"
        );
    }
}
