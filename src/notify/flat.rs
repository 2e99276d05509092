//! Checks that an APIv2 message is a flat list of names and texts.

use serde_json::{Map, Value};

use wechatpay_core::protocol::is_plain_name;

/// Documented elements that contain elements. No signature covers those.
const LISTS: [&str; 2] = ["sub_order_list", "transaction_id_list"];

/// Rejects structure that the signed text does not show: doubled elements, nested elements, and
/// names that could contain the text of another member.
///
/// # Errors
///
/// A description of the violation.
pub(super) fn check_flat(members: &Map<String, Value>) -> Result<(), &'static str> {
    for (name, value) in members {
        if !is_plain_name(name) {
            return Err("the name of an element is not made of letters, digits, '_', '-' and '.'");
        }
        match value {
            Value::String(_) => {}
            Value::Object(_) if LISTS.contains(&name.as_str()) => {}
            Value::Array(_) => return Err("an element occurs twice"),
            _ => return Err("an element contains elements, which no signature covers"),
        }
    }
    Ok(())
}
