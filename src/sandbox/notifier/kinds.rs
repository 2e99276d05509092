//! The kinds of notifications, with a generated resource of each.

use serde_json::{Map, Value, json};

use super::content::{Content, EventContent, Message};
use super::states::{self, Known};
use crate::date::{Local, rfc3339};
use crate::mock::{is_of_list, value_of};
use wechatpay_chain::notify::Version;
use wechatpay_schema::{Event, Field, FieldKind};

/// Members of APIv2's signature and result, which are not part of a resource.
const OF_V2: [&str; 9] = [
    "return_code",
    "return_msg",
    "result_code",
    "result_msg",
    "err_code",
    "err_code_des",
    "nonce_str",
    "sign",
    "sign_type",
];

/// One kind of notification.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KindRow {
    pub(crate) version: Version,
    /// The event type. For APIv2's kinds without one, a name that the sandbox defines.
    pub(crate) event_type: &'static str,
    original_type: Option<&'static str>,
    pub(crate) title: &'static str,
    pointers: &'static str,
    fields: &'static [Field],
    event: &'static Event,
}

/// All kinds.
pub(crate) fn kind_rows() -> impl Iterator<Item = KindRow> {
    wechatpay_schema::events().iter().map(row)
}

/// The kind of a version and event type.
pub(crate) fn kind_row(version: Version, event_type: &str) -> Option<KindRow> {
    kind_rows().find(|row| row.version == version && row.event_type == event_type)
}

fn row(event: &'static Event) -> KindRow {
    KindRow {
        version: match event.version() {
            "v2" => Version::V2,
            _ => Version::V3,
        },
        event_type: event.event_type(),
        original_type: event.original_type(),
        title: event.title(),
        pointers: event.pointers(),
        fields: event.fields(),
        event,
    }
}

impl KindRow {
    /// A notification of this kind about a resource.
    pub(crate) fn content(&self, resource: Value) -> Content {
        if self.version == Version::V2 {
            return Content::Message(match self.event_type {
                "REFUND" => Message::refund(resource),
                event if event.contains('.') => Message::event(event.to_owned(), resource),
                _ => Message::signed(resource),
            });
        }
        let mut event = EventContent::new(self.event_type.to_owned(), resource);
        event.summary = self.title.to_owned();
        if let Some(original_type) = self.original_type {
            event.original_type = original_type.to_owned();
        }
        Content::Event(event)
    }

    /// A resource with all documented fields about the merchant `mchid`. Its times are `now`; all other values are
    /// constant.
    pub(crate) fn resource(&self, mchid: &str, now: i64) -> Value {
        if (self.version, self.event_type) == (Version::V3, "TRANSACTION.SUCCESS") {
            return payment(mchid, now);
        }
        if (self.version, self.event_type) == (Version::V2, "PAY") {
            return payment_v2(mchid, now);
        }
        let pointers: Vec<&str> = self.pointers.split(' ').collect();
        let top = pointers
            .iter()
            .filter(|pointer| self.version == Version::V3 || !OF_V2.contains(pointer));
        let mut resource = Map::new();
        for pointer in top {
            let first = pointer.replace("$n", "0");
            let names: Vec<&str> = first.split('/').collect();
            let leaf = !pointers.iter().any(|other| is_below(other, pointer));
            if leaf && self.known(pointer) != Some(Known::Absent) {
                put(&mut resource, &names, &|| self.leaf(pointer, mchid, now));
            }
        }
        if self.version == Version::V2 {
            // APIv2 writes an object or a list as text.
            return resource.into_iter().map(textual).collect();
        }
        Value::Object(resource)
    }

    fn leaf(&self, pointer: &str, mchid: &str, now: i64) -> Value {
        let name = pointer
            .rsplit('/')
            .find(|name| *name != "*")
            .unwrap_or(pointer);
        let place = format!("{} {pointer}", self.event_type);
        if let Some(time) = self.time(name, now) {
            return json!(time);
        }
        let listed = self.listed(name, pointer);
        let value = listed.map_or_else(|| value_of(name, &place, mchid, now), Value::from);
        match self.field(pointer) {
            Some(field) if self.version == Version::V3 => typed(field.kind(), value),
            _ => value,
        }
    }

    /// The value of a state, a type and the like.
    fn listed(&self, name: &str, pointer: &str) -> Option<&'static str> {
        if let Some(Known::Value(value)) = self.known(pointer) {
            return Some(value);
        }
        let field = self.field(pointer);
        let is_text =
            field.is_none_or(|it| matches!(it.kind(), FieldKind::String | FieldKind::Any));
        let has_values = field.is_some_and(|it| !it.values().is_empty());
        let is_listed = is_of_list(name) || has_values && name != "bank_type";
        (is_text && is_listed)
            .then(|| states::of_list(self.event, field, pointer))
            .flatten()
    }

    /// A time that is not written as in RFC 3339.
    fn time(&self, name: &str, now: i64) -> Option<String> {
        match self.version {
            Version::V2 => time_v2(name, now),
            _ if self.event.has_compact_times() && name.ends_with("_time") => {
                Some(Local::of(now).compact())
            }
            _ => None,
        }
    }

    fn known(&self, pointer: &str) -> Option<Known> {
        states::known(self.event.version(), self.event_type, pointer)
    }

    /// A field of the documentation.
    fn field(&self, pointer: &str) -> Option<&'static Field> {
        let (mut fields, mut found) = (self.fields, None);
        for name in pointer.split('/') {
            let field = fields.iter().find(|field| field.name() == name)?;
            (found, fields) = (Some(field), field.fields());
        }
        found
    }
}

/// Several products have this event; the resource is that of an ordinary payment.
///
/// Source: WeChat Pay document "支付成功回调通知".
fn payment(mchid: &str, now: i64) -> Value {
    json!({
        "appid": "wx8888888888888888",
        "mchid": mchid,
        "out_trade_no": "1217752501201407033233368018",
        "transaction_id": "1217752501201407033233368018",
        "trade_type": "JSAPI",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "attach": "",
        "success_time": rfc3339(now),
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "amount": {"total": 100, "payer_total": 100, "currency": "CNY", "payer_currency": "CNY"},
    })
}

/// An ordinary payment of APIv2, with the members of a completed payment.
///
/// Source: WeChat Pay document "支付结果通知".
fn payment_v2(mchid: &str, now: i64) -> Value {
    json!({
        "return_code": "SUCCESS",
        "result_code": "SUCCESS",
        "appid": "wx8888888888888888",
        "mch_id": mchid,
        "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "is_subscribe": "N",
        "trade_type": "JSAPI",
        "bank_type": "OTHERS",
        "total_fee": "100",
        "fee_type": "CNY",
        "cash_fee": "100",
        "transaction_id": "1217752501201407033233368018",
        "out_trade_no": "1217752501201407033233368018",
        "attach": "sandbox",
        "time_end": Local::of(now).compact(),
    })
}

/// A time in APIv2's format: digits alone, with separators for contracts and refunds.
///
/// Sources: WeChat Pay documents "支付结果通知", "车牌状态变更通知", "签约、解约结果通知", "退款结果通知".
fn time_v2(name: &str, now: i64) -> Option<String> {
    match name {
        "time_end" | "start_time" | "end_time" | "vehicle_event_createtime" => {
            Some(Local::of(now).compact())
        }
        name if name.ends_with("_time") => Some(Local::of(now).to_string()),
        _ => None,
    }
}

/// JavaScript rounds greater integers.
const MOST_INTEGER: i64 = (1 << 53) - 1;

/// The value as this type, or another value of it.
fn typed(kind: FieldKind, value: Value) -> Value {
    match (kind, value) {
        (FieldKind::Integer | FieldKind::Number, Value::String(text)) => {
            let number = text.parse::<i64>().ok();
            json!(number.filter(|it| *it <= MOST_INTEGER).unwrap_or(1))
        }
        (FieldKind::Boolean, value) => json!(value.as_bool().unwrap_or(true)),
        (FieldKind::String, Value::Number(number)) => json!(number.to_string()),
        (_, value) => value,
    }
}

fn is_below(pointer: &str, above: &str) -> bool {
    pointer
        .strip_prefix(above)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// Inserts a value at a path and creates the parents; existing values stay.
fn put(at: &mut Map<String, Value>, names: &[&str], value: &dyn Fn() -> Value) {
    match names {
        [] => {}
        [name] => {
            at.entry(*name).or_insert_with(value);
        }
        [name, "*"] => {
            at.entry(*name).or_insert_with(|| json!([value()]));
        }
        [name, "*", rest @ ..] => {
            let list = at.entry(*name).or_insert_with(|| json!([{}]));
            if let Some(item) = list.get_mut(0).and_then(Value::as_object_mut) {
                put(item, rest, value);
            }
        }
        [name, rest @ ..] => {
            let inside = at.entry(*name).or_insert_with(|| json!({}));
            if let Some(inside) = inside.as_object_mut() {
                put(inside, rest, value);
            }
        }
    }
}

fn textual((name, value): (String, Value)) -> (String, Value) {
    let text = match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    (name, Value::String(text))
}

#[cfg(test)]
mod tests {
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

    fn known_value(known: Option<Known>) -> Option<&'static str> {
        match known {
            Some(Known::Value(value)) => Some(value),
            _ => None,
        }
    }

    /// A state, a type or the like agrees with the values that the event, or an operation of its product, documents.
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
                if !is_of_list(name) || OF_V2.contains(&name) {
                    continue;
                }
                let known = row.known(pointer);
                let Some(listed) = known.is_none().then(|| row.listed(name, pointer)) else {
                    assert_eq!(
                        known_value(known),
                        Some(value),
                        "{} {pointer}",
                        row.event_type
                    );
                    continue;
                };
                match listed {
                    Some(listed) => assert_eq!(value, listed, "{} {pointer}", row.event_type),
                    None => unlisted.push(format!("{} {pointer}={value}", row.event_type)),
                }
            }
        }
        assert_eq!(unlisted, UNLISTED);
    }

    #[test]
    fn states_agree_with_the_event() {
        let member = |event: &str, pointer: &str| {
            let resource = kind_row(Version::V3, event).unwrap().resource(MCHID, 0);
            resource.pointer(pointer).cloned().unwrap_or_default()
        };
        for (event, pointer, expected) in [
            ("REFUND.CLOSED", "/refund_status", json!("CLOSED")),
            ("REFUND.CLOSED", "/success_time", Value::Null),
            ("REFUND.ABNORMAL", "/refund_status", json!("ABNORMAL")),
            (
                "REFUND.SUCCESS",
                "/success_time",
                json!("1970-01-01T08:00:00+08:00"),
            ),
            ("MCHTRANSFER.BATCH.CLOSED", "/batch_status", json!("CLOSED")),
            (
                "MCHTRANSFER.BATCH.FINISHED",
                "/batch_status",
                json!("FINISHED"),
            ),
            ("BUDGET.LOCKED", "/state", json!("LOCKED")),
            ("RECHARGE.CLOSED", "/recharge_state", json!("CLOSED")),
            ("PAYSCORE.USER_CONFIRM", "/state", json!("DOING")),
            ("PAYSCORE.USER_PAID", "/state", json!("DONE")),
            (
                "PAYSCORE.USER_PAID",
                "/collection/state",
                json!("USER_PAID"),
            ),
            ("PAYSCORE.USER_PAID", "/collection/paying_amount", json!(0)),
            (
                "PAYSCORE.USER_CLOSE_SERVICE",
                "/openorclose_time",
                json!("19700101080000"),
            ),
            (
                "PAYSCORE.USER_CLOSE_SERVICE",
                "/user_service_status",
                json!("USER_CLOSE_SERVICE"),
            ),
            ("ENTRUST.TERMINATE", "/contract_state", json!("TERMINATED")),
            (
                "APPLYMENT_STATE.APPROVED",
                "/applyment_state",
                json!("APPROVED"),
            ),
        ] {
            assert_eq!(member(event, pointer), expected, "{event} {pointer}");
        }
        let contract = kind_row(Version::V2, "CONTRACT")
            .unwrap()
            .resource(MCHID, 0);
        assert_eq!(contract["change_type"], "ADD");
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
}
