//! The events of notifications, and the operations that cause them.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::attributes::event_decrypt;
use crate::documented::Documented;
use crate::event_fields::{self, Form};
use crate::field::Field;
use crate::index;

/// One kind of notification.
#[derive(Debug)]
pub struct Event {
    version: &'static str,
    event_type: &'static str,
    original_type: Option<&'static str>,
    title: &'static str,
    pointers: &'static str,
    fields: Vec<Field>,
}

/// All events: those of APIv2, then those of APIv3.
#[must_use]
pub fn events() -> &'static [Event] {
    &EVENTS
}

/// The event of a version (`v2`, `v3`) and type. Without a version, an event of APIv3 is found before one of APIv2.
///
/// ```
/// let refund = wechatpay_schema::event(None, "REFUND.SUCCESS").unwrap();
/// assert_eq!((refund.version(), refund.title()), ("v3", "退款成功"));
/// assert!(wechatpay_schema::event(Some("v2"), "PAY").is_some());
/// ```
#[must_use]
pub fn event(version: Option<&str>, event_type: &str) -> Option<&'static Event> {
    let found = |version: &str| {
        let mut events = EVENTS.iter();
        events.find(|it| it.version == version && it.event_type == event_type)
    };
    match version {
        Some(version) => found(version),
        None => found("v3").or_else(|| found("v2")),
    }
}

/// The event with this name: its type, or a version and its type (`v2 TRANSACTION.SUCCESS`). Upper and lower case are equal.
///
/// # Errors
///
/// There is none. The value has the types of the most similar events.
///
/// ```
/// let refund = wechatpay_schema::event_named("refund.success").unwrap();
/// assert_eq!(refund.event_type(), "REFUND.SUCCESS");
/// let similar = wechatpay_schema::event_named("REFUND.SUCESS").unwrap_err();
/// assert_eq!(similar[0], "REFUND.SUCCESS");
/// ```
pub fn event_named(name: &str) -> Result<&'static Event, Vec<&'static str>> {
    let name = name.trim().to_ascii_uppercase();
    let found = match name.split_once(char::is_whitespace) {
        Some(("V2", event_type)) => event(Some("v2"), event_type.trim()),
        Some(("V3", event_type)) => event(Some("v3"), event_type.trim()),
        _ => event(None, &name),
    };
    found.ok_or_else(|| {
        let mut scored: Vec<_> = EVENTS
            .iter()
            .map(|it| (strsim::jaro_winkler(it.event_type, &name), it.event_type))
            .collect();
        scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        scored.dedup_by_key(|(_, event_type)| *event_type);
        scored.truncate(SIMILAR);
        scored
            .into_iter()
            .map(|(_, event_type)| event_type)
            .collect()
    })
}

/// How many similar names an error has.
const SIMILAR: usize = 3;

/// The events that WeChat Pay posts after a call of an operation, to the `notify_url` of the call or the address that it sets.
///
/// ```
/// let refund = wechatpay_schema::find("POST", "v3/refund/domestic/refunds").unwrap();
/// let types = wechatpay_schema::events_of(refund).map(|event| event.event_type());
/// assert!(types.eq(["REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"]));
/// ```
pub fn events_of(documented: &Documented) -> impl Iterator<Item = &'static Event> {
    let version = if documented.is_v2() { "v2" } else { "v3" };
    let types = ANNOUNCED.get(&(documented.method(), documented.path()));
    let types = types.into_iter().flat_map(|types| types.split(' '));
    types.filter_map(move |event_type| event(Some(version), event_type))
}

/// The fields of the resources of several events.
pub(crate) fn fields_of(events: &[&'static Event]) -> Vec<Field> {
    if let [event] = events {
        return event.fields.clone();
    }
    let mut pointers = Vec::new();
    for pointer in events.iter().flat_map(|event| event.pointers.split(' ')) {
        if !pointers.contains(&pointer) {
            pointers.push(pointer);
        }
    }
    let encrypted = events
        .iter()
        .flat_map(|event| event_decrypt(event.version, event.event_type));
    let form = events.first().map_or(Form::Json, |event| event.form());
    event_fields::fields(&pointers, encrypted.collect(), form)
}

impl Event {
    /// The version of the API: `v2` or `v3`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The event type. Kinds of APIv2 without one have a name of this crate: `PAY`, `REFUND` …
    #[must_use]
    pub fn event_type(&self) -> &'static str {
        self.event_type
    }

    /// The original type of the resource, if documented.
    #[must_use]
    pub fn original_type(&self) -> Option<&'static str> {
        self.original_type
    }

    /// Its title in the documentation, in Chinese.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The operations after which WeChat Pay posts it, in no order.
    pub fn operations(&self) -> impl Iterator<Item = &'static Documented> {
        let is_of_v2 = self.version == "v2";
        let rows = ANNOUNCED.iter().filter(move |((_, path), types)| {
            path.starts_with("v2/") == is_of_v2
                && types.split(' ').any(|name| name == self.event_type)
        });
        rows.filter_map(|((method, path), _)| index::get(method, path))
    }

    /// The JSON pointers of all fields without the first slash, with blanks between them.
    #[must_use]
    pub fn pointers(&self) -> &'static str {
        self.pointers
    }

    /// The fields of the decrypted resource.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Whether the resource is XML: all its values are texts.
    #[must_use]
    pub fn is_xml(&self) -> bool {
        self.form() == Form::Xml
    }

    /// Whether its times are digits alone: `20091225091210`.
    #[must_use]
    pub fn has_compact_times(&self) -> bool {
        self.form() == Form::CompactTimes
    }

    fn form(&self) -> Form {
        form(self.version, self.event_type)
    }
}

/// Sources: WeChat Pay documents "支付分服务用户支付成功回调通知" (times), "签约成功回调通知" of plans (RFC 3339), "用户确认订单成功回调通知" of APIv2.
fn form(version: &str, event_type: &str) -> Form {
    // The events of APIv2 that have a type contain JSON.
    if version == "v2" && !event_type.contains('.') {
        Form::Xml
    } else if version == "v2" {
        Form::TextsOrNumbers
    } else if event_type.starts_with("PAYSCORE.") && !event_type.ends_with("_SIGN_PLAN") {
        Form::CompactTimes
    } else {
        Form::Json
    }
}

static EVENTS: LazyLock<Vec<Event>> = LazyLock::new(|| {
    let lines = include_str!("events.txt").lines();
    lines.filter_map(read).collect()
});

fn read(line: &'static str) -> Option<Event> {
    let mut words = line.splitn(5, ' ');
    let (version, event_type) = (words.next()?, words.next()?);
    let original_type = words.next().filter(|word| *word != "-");
    let (title, pointers) = (words.next()?, words.next().unwrap_or_default());
    let list: Vec<&'static str> = pointers.split(' ').collect();
    let encrypted = event_decrypt(version, event_type);
    Some(Event {
        version,
        event_type,
        original_type,
        title,
        pointers,
        fields: event_fields::fields(&list, encrypted, form(version, event_type)),
    })
}

/// The event types by operation: `METHOD path TYPE TYPE` in each line. The file is written by hand.
static ANNOUNCED: LazyLock<HashMap<(&str, &str), &str>> = LazyLock::new(|| {
    let lines = include_str!("announced.txt").lines();
    lines
        .filter_map(|line| {
            let mut words = line.splitn(3, ' ');
            Some(((words.next()?, words.next()?), words.next()?))
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldKind, all, find};

    fn kind(event: &str, pointer: &str) -> FieldKind {
        let mut fields = super::event(None, event).unwrap().fields();
        let mut kind = None;
        for name in pointer.split('/') {
            let field = fields.iter().find(|field| field.name() == name).unwrap();
            (kind, fields) = (Some(field.kind()), field.fields());
        }
        kind.unwrap()
    }

    #[test]
    fn fields_have_the_types_of_the_operations() {
        for (event, pointer, expected) in [
            ("REFUND.SUCCESS", "out_refund_no", FieldKind::String),
            ("REFUND.SUCCESS", "amount", FieldKind::Object),
            // Some operations document a number, some an integer.
            ("REFUND.SUCCESS", "amount/refund", FieldKind::Integer),
            // No operation has it.
            ("VIOLATION.PUNISH", "punish_time", FieldKind::String),
            ("TRANSACTION.SUCCESS", "promotion_detail", FieldKind::Array),
            ("PAY", "total_fee", FieldKind::String),
            ("COMBINE_PAY", "sub_order_list", FieldKind::Any),
        ] {
            assert_eq!(kind(event, pointer), expected, "{event} {pointer}");
        }
    }

    #[test]
    fn values_and_times_are_those_of_the_operations() {
        let field = |event, name| {
            let mut fields = super::event(None, event).unwrap().fields().iter();
            fields.find(|field| field.name() == name).unwrap().clone()
        };
        let state = field("TRANSACTION.SUCCESS", "trade_state");
        assert!(state.values().contains(&"SUCCESS"), "{state:?}");
        let time = |event, name| field(event, name).format() == Some("rfc3339");
        assert!(time("REFUND.SUCCESS", "success_time"));
        assert!(!time("PAYSCORE.USER_OPEN_SERVICE", "openorclose_time"));
        assert!(!time("PAYSCORE.USER_ACCEPTED", "create_time"));
        // Products use this name for different things.
        assert_eq!(field("PAYSCORE.USER_PAID", "state").values(), [""; 0]);
    }

    #[test]
    fn encrypted_fields_of_events_are_marked() {
        let event = event(None, "MCHTRANSFER.QQWALLETBILL.FINISHED").unwrap();
        let encrypted = event.fields().iter().filter(|field| field.is_encrypted());
        let names: Vec<_> = encrypted.map(Field::name).collect();
        assert_eq!(names, ["user_name"]);
    }

    #[test]
    fn every_event_has_fields() {
        assert_eq!(events().len(), 112);
        for event in events() {
            assert!(!event.fields().is_empty(), "{event:?}");
        }
    }

    #[test]
    fn every_announced_event_and_its_operation_exist() {
        assert!(ANNOUNCED.len() > 180);
        for (&(method, path), types) in ANNOUNCED.iter() {
            let documented = find(method, path).unwrap_or_else(|| panic!("{method} {path}"));
            let found = events_of(documented).count();
            assert_eq!(found, types.split(' ').count(), "{method} {path}");
        }
    }

    #[test]
    fn operations_with_a_notify_url_have_an_event() {
        // Their notifications are not documented.
        const WITHOUT: [&str; 7] = [
            "brand/card-member/cards",
            "brand/card-member/cards/{card_id}",
            "v3/brand/profitsharing/finish-order",
            "v3/ecommerce/profitsharing/finish-order",
            "v3/gov/subsidy/audit/cup/update",
            "v3/gov/subsidy/audit/cup/upload",
            "v3/pay-devices/printers/{device_id}/print-orders",
        ];
        fn has_url(fields: &[Field]) -> bool {
            fields
                .iter()
                .any(|field| field.name() == "notify_url" || has_url(field.fields()))
        }
        for documented in all().filter(|it| has_url(it.request())) {
            let expected = !WITHOUT.contains(&documented.path());
            let found = events_of(documented).next().is_some();
            assert_eq!(found, expected, "{documented:?}");
        }
    }

    #[test]
    fn several_events_have_the_fields_of_all() {
        let operation = find("POST", "v3/eduschoolpay/transactions").unwrap();
        let events: Vec<_> = events_of(operation).collect();
        assert_eq!(events.len(), 4);
        let names: Vec<_> = fields_of(&events).iter().map(Field::name).collect();
        for event in events {
            for field in event.fields() {
                let count = names.iter().filter(|name| **name == field.name()).count();
                assert_eq!(count, 1, "{}", field.name());
            }
        }
    }
}
