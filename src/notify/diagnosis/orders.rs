//! JSON with reordered members or reformatted numbers.

use serde_json::{Map, Value};

use wechatpay_core::variants::json::{rewritten, sorted};

/// The largest number of members that are permuted. Notifications have no more.
const MEMBERS: usize = 6;
/// The largest number of bytes that are built and compared: about half a second of work.
const WORK: usize = 160 << 20;

/// Whether some order of the members of the envelope and the resource gives the signed body.
pub(super) fn any_order(body: &Value, is_it: &impl Fn(&[u8]) -> bool) -> bool {
    let Value::Object(envelope) = body else {
        return false;
    };
    let Some(Value::Object(resource)) = envelope.get("resource") else {
        return false;
    };
    if envelope.len() > MEMBERS || resource.len() > MEMBERS {
        return false;
    }
    let inner: Vec<String> = orders(&written(resource)).collect();
    let mut budget = WORK;
    let mut members = written(envelope);
    let place = envelope.keys().position(|name| name == "resource");
    let mut search = |resource: &str| {
        if let Some(member) = place.and_then(|at| members.get_mut(at)) {
            *member = format!("\"resource\":{resource}");
        }
        orders(&members).find_map(|text| {
            budget = budget.saturating_sub(text.len());
            match budget {
                0 => Some(false),
                _ => is_it(text.as_bytes()).then_some(true),
            }
        })
    };
    inner.iter().find_map(|text| search(text)).unwrap_or(false)
}

fn written(members: &Map<String, Value>) -> Vec<String> {
    let members = members.iter();
    members
        .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
        .collect()
}

/// Returns the object with its members in each possible order.
fn orders(members: &[String]) -> impl Iterator<Item = String> + '_ {
    let count: usize = (1..=members.len()).product();
    (0..count).map(|number| {
        let (mut number, mut left) = (number, (0..members.len()).collect::<Vec<_>>());
        let mut text =
            String::with_capacity(members.iter().map(|it| it.len() + 1).sum::<usize>() + 2);
        while !left.is_empty() {
            text.push(if text.is_empty() { '{' } else { ',' });
            let at = left.remove(number % left.len());
            number /= left.len() + 1;
            text.push_str(&members[at]);
        }
        text.push('}');
        text
    })
}

/// The orders in which WeChat Pay has written notifications.
const ORDERS: [[&str; 6]; 2] = [
    [
        "id",
        "create_time",
        "resource_type",
        "event_type",
        "summary",
        "resource",
    ],
    [
        "id",
        "create_time",
        "event_type",
        "resource_type",
        "resource",
        "summary",
    ],
];
const RESOURCE_ORDERS: [[&str; 5]; 2] = [
    [
        "original_type",
        "algorithm",
        "ciphertext",
        "associated_data",
        "nonce",
    ],
    [
        "algorithm",
        "ciphertext",
        "nonce",
        "associated_data",
        "original_type",
    ],
];

/// Writes the members in each known order, and sorted by name, as other languages do.
pub(super) fn reordered(value: &Value) -> Vec<String> {
    let mut found = rewritten(&sorted(value));
    let Value::Object(envelope) = value else {
        return found;
    };
    for inner in RESOURCE_ORDERS {
        let mut envelope = envelope.clone();
        if let Some(Value::Object(resource)) = envelope.get_mut("resource") {
            *resource = ordered(resource, &inner);
        }
        for outer in ORDERS {
            found.extend(rewritten(&Value::Object(ordered(&envelope, &outer))));
        }
    }
    found
}

fn ordered(members: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let first = names.iter().filter_map(|name| members.get_key_value(*name));
    let rest = members
        .iter()
        .filter(|(name, _)| !names.contains(&name.as_str()));
    first
        .chain(rest)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_order_is_tried_once() {
        let members: Vec<_> = (0..5).map(|it| it.to_string()).collect();
        let all: std::collections::BTreeSet<_> = orders(&members).collect();
        assert_eq!(all.len(), 120);
        assert_eq!(orders(&[]).count(), 1);
    }

    #[test]
    fn an_order_of_both_objects_is_found() {
        let body = json!({"a": 1, "resource": {"x": 1, "y": "店"}, "b": null});
        let wanted = r#"{"b":null,"a":1,"resource":{"y":"店","x":1}}"#;
        assert!(any_order(&body, &|text| text == wanted.as_bytes()));
        assert!(!any_order(&body, &|text| text == b"{}"));
        assert!(!any_order(&json!([]), &|_| true));
    }
}
