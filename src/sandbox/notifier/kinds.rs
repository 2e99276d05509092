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
    pub(super) pointers: &'static str,
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
mod tests;
