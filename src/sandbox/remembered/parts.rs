//! Parts of a record that have their own numbers, such as the details of a batch of transfers.

use serde_json::{Map, Value};

use super::exchange::text;
use super::overlay;
use super::plan;
use super::record::Record;
use crate::refusal::{Refusal, business};
use crate::schema::Field;

/// Writes the part with a number into the response to its query. A number of the merchant that no part has is refused.
pub(super) fn answer(
    record: &mut Record,
    (name, number): (&str, &str),
    answer: &mut Map<String, Value>,
    fields: &[Field],
) -> Result<(), Refusal> {
    let number_of = |part: &Map<String, Value>| part.get(name).and_then(text);
    let numbers: Vec<_> = parts(record).filter_map(number_of).collect();
    let is_it = |part: &Map<String, Value>| number_of(part).as_deref() == Some(number);
    if let Some(part) = parts(record).find(|part| is_it(part)) {
        overlay::write_part(record, part, answer, fields);
    } else if !numbers.is_empty() && plan::is_merchants(name) {
        let number = format_args!("{number:?}");
        return Err(business::RECORD_NOT_EXIST.with(&[&name, &number]));
    }
    if let Some(part) = parts_mut(&mut record.members).find(|part| is_it(part)) {
        learn(part, answer);
    }
    record.weigh();
    Ok(())
}

/// Gives each part its own numbers, which the response to the query of the whole record shows.
pub(super) fn number(record: &mut Record, answer: &mut Map<String, Value>) {
    for (name, shown) in answer.iter_mut() {
        let sent = record.members.get_mut(name).and_then(Value::as_array_mut);
        for (index, (part, shown)) in sent.into_iter().flatten().zip(array(shown)).enumerate() {
            let (Some(part), Some(shown)) = (part.as_object_mut(), shown.as_object_mut()) else {
                continue;
            };
            for (name, value) in shown {
                let is_new = plan::is_number(name) && !part.contains_key(name);
                if let Some(number) = value.as_str().filter(|_| is_new) {
                    *value = nth(number, index).into();
                    part.insert(name.clone(), value.clone());
                }
            }
        }
    }
    record.weigh();
}

/// Another number of the same length.
fn nth(number: &str, index: usize) -> String {
    let at = number.len().saturating_sub(6);
    match number.get(at..).and_then(|end| end.parse::<usize>().ok()) {
        Some(end) => format!(
            "{}{:0width$}",
            &number[..at],
            (end + index) % 1_000_000,
            width = number.len() - at
        ),
        None => format!("{number}{index}"),
    }
}

/// Keeps the generated numbers and texts of a part, so that later responses agree.
fn learn(part: &mut Map<String, Value>, answer: &Map<String, Value>) {
    for (name, value) in answer {
        let is_state = name.ends_with("state") || name.ends_with("status");
        if (value.is_string() || value.is_number()) && !is_state && !part.contains_key(name) {
            part.insert(name.clone(), value.clone());
        }
    }
}

fn parts(record: &Record) -> impl Iterator<Item = &Map<String, Value>> {
    let arrays = record.members.values().filter_map(Value::as_array);
    arrays.flatten().filter_map(Value::as_object)
}

fn parts_mut(members: &mut Map<String, Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    let arrays = members.values_mut().filter_map(Value::as_array_mut);
    arrays.flatten().filter_map(Value::as_object_mut)
}

fn array(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_array_mut().into_iter().flatten()
}
