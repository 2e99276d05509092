//! Arrays.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::value::Num;
use crate::{Result, Thrown, int, text, truth};

/// A value that PHP accepts as the key of an array.
pub trait Key {
    /// Returns the key as a text; a whole number becomes its digits.
    fn key(&self) -> Cow<'_, str>;
}

impl Key for str {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl Key for String {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl Key for i32 {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl Key for i64 {
    fn key(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl Key for bool {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(if *self { "1" } else { "0" })
    }
}

impl Key for Value {
    fn key(&self) -> Cow<'_, str> {
        match self {
            Self::String(text) => Cow::Borrowed(text),
            Self::Bool(flag) => Cow::Borrowed(if *flag { "1" } else { "0" }),
            Self::Number(number) => match crate::value::num(number) {
                Num::Int(number) => Cow::Owned(number.to_string()),
                float => Cow::Owned(float.int().to_string()),
            },
            other => Cow::Owned(text(other)),
        }
    }
}

impl<T: Key + ?Sized> Key for &T {
    fn key(&self) -> Cow<'_, str> {
        (**self).key()
    }
}

/// Returns the key's whole number: `"8"` has one, `"08"` and `"-0"` have none.
fn whole(key: &str) -> Option<i64> {
    let number: i64 = key.parse().ok()?;
    (number.to_string() == key).then_some(number)
}

/// The key of an array that a text is: `"8"` is the number 8, `"08"` a text.
#[must_use]
pub fn key_of_text(key: &str) -> Value {
    whole(key).map_or_else(|| Value::from(key), Value::from)
}

fn place_of(list: &[Value], key: &str) -> Option<usize> {
    let index = usize::try_from(whole(key)?).ok()?;
    (index < list.len()).then_some(index)
}

/// An array whose keys are 0, 1, 2 … in this order is a list.
pub(crate) fn canonical(value: Value) -> Value {
    match value {
        Value::Object(members) if is_list(&members) => {
            Value::Array(members.into_iter().map(|(_, value)| value).collect())
        }
        other => other,
    }
}

fn is_list(members: &Map<String, Value>) -> bool {
    let mut keys = members.keys().enumerate();
    keys.all(|(index, key)| *key == index.to_string())
}

/// `[$key => $value, …]`: of duplicate keys the last value is kept, at the first one's position; null means no key.
#[must_use]
pub fn map<K: Key>(items: impl IntoIterator<Item = (K, Value)>) -> Value {
    let items = items.into_iter();
    let members = items.map(|(key, value)| (key.key().into_owned(), value));
    canonical(Value::Object(members.collect()))
}

/// `$array[$key]`, `$object->$key`: null if there is none.
#[must_use]
pub fn get(array: &Value, key: impl Key) -> Value {
    look(array, &key.key())
        .cloned()
        .unwrap_or_else(|| match array {
            Value::String(text) => byte_at(text, &key.key()),
            _ => Value::Null,
        })
}

/// What `[$key => $a] = $array` puts into `$a`: an item of an array, and null of anything else.
#[must_use]
pub fn item(array: &Value, key: impl Key) -> Value {
    look(array, &key.key()).cloned().unwrap_or(Value::Null)
}

/// A reference to `$array[$key]`, if it exists.
pub(crate) fn look<'a>(array: &'a Value, key: &str) -> Option<&'a Value> {
    match array {
        Value::Array(list) => list.get(place_of(list, key)?),
        Value::Object(members) => members.get(key),
        _ => None,
    }
}

/// `"abc"[1]`, `"abc"[-1]`
fn byte_at(text: &str, key: &str) -> Value {
    if whole(key).is_none() {
        return Value::Null;
    }
    let len = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let at = whole(key).map(|at| if at < 0 { len.saturating_add(at) } else { at });
    let at = at.and_then(|at| usize::try_from(at).ok());
    let at = at.filter(|at| *at < text.len());
    Value::from(at.map_or("", |at| text.get(at..at + 1).unwrap_or("\u{fffd}")))
}

/// `$array[$key]` where the key is a number: as [`get`], and of a text as [`character`].
///
/// # Errors
/// A fault if the value is a text, and the byte is a part of a character.
pub fn at(array: &Value, key: impl Key) -> Result<Value> {
    match array {
        Value::String(text) => character(text, key),
        _ => Ok(get(array, key)),
    }
}

/// `$text[$key]`: an empty text if there is no such byte.
///
/// # Errors
/// A fault if the byte is a part of a character.
pub fn character(text: &str, key: impl Key) -> Result<Value> {
    match byte_at(text, &key.key()) {
        Value::String(found) if found == "\u{fffd}" => {
            Err(Thrown::fault("PHP takes this character apart into bytes"))
        }
        found => Ok(found),
    }
}

/// `$array[$key] ?? null`: as [`get`], but a text has no byte behind its end.
#[must_use]
pub fn find(array: &Value, key: impl Key) -> Value {
    match get(array, key) {
        Value::String(found) if found.is_empty() && array.is_string() => Value::Null,
        found => found,
    }
}

/// `array_key_exists($key, $array)`
#[must_use]
pub fn array_key_exists(key: &Value, array: &Value) -> bool {
    has(array, key)
}

/// Whether a key exists, with any value.
#[must_use]
pub fn has(array: &Value, key: impl Key) -> bool {
    look(array, &key.key()).is_some()
}

/// Returns the number of values.
#[must_use]
pub(crate) fn count(array: &Value) -> usize {
    match array {
        Value::Array(list) => list.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

/// `count($array)`
///
/// # Errors
/// A `TypeError` if the value is not an array.
pub fn counted(array: &Value) -> Result<i64> {
    match array {
        Value::Array(_) | Value::Object(_) => Ok(i64::try_from(count(array)).unwrap_or(i64::MAX)),
        other => {
            let message = format!(
                "count(): Argument #1 ($value) must be of type Countable|array, {} given",
                crate::value::type_name(other)
            );
            Err(Thrown::new("TypeError", message))
        }
    }
}

/// Keys and values, in order: what `foreach` goes through.
#[must_use]
pub fn items(array: &Value) -> Vec<(Value, Value)> {
    match array {
        Value::Array(list) => {
            let items = (0_i64..).zip(list);
            items
                .map(|(key, value)| (Value::from(key), value.clone()))
                .collect()
        }
        Value::Object(members) => {
            let items = members.iter();
            items
                .map(|(key, value)| (key_of_text(key), value.clone()))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The values, in order.
#[must_use]
pub fn values(array: &Value) -> Vec<Value> {
    items(array).into_iter().map(|(_, value)| value).collect()
}

/// The values of `array_push($list, ...$array)`.
///
/// # Errors
/// A `TypeError` if one of both is no array, and an `ArgumentCountError` if the values have keys that are texts.
pub fn spread_values(array: &Value, list: &Value) -> Result<Value> {
    let pushed = |all| crate::typed_argument(crate::array_ref(list), "array_push", 1).map(|_| all);
    let message = match array {
        Value::Array(_) => return pushed(array.clone()),
        Value::Object(_) if items(array).iter().all(|(key, _)| key.is_number()) => {
            return pushed(Value::Array(values(array)));
        }
        Value::Object(_) => "array_push() does not accept unknown named parameters",
        _ => "Only arrays and Traversables can be unpacked",
    };
    let class = if array.is_object() {
        "ArgumentCountError"
    } else {
        "TypeError"
    };
    Err(Thrown::new(class, message))
}

/// `$array[$key] = $value`
///
/// # Errors
/// An `Error` if the value is neither an array nor a text, and a fault if a byte of a text is a part of a character.
pub fn set(array: &mut Value, key: impl Key, value: Value) -> Result<()> {
    if let Value::String(text) = array {
        *text = with_byte(text, &key.key(), &value)?;
        return Ok(());
    }
    *entry(array, key)? = value;
    Ok(())
}

/// `$text[$key] = $value`: the first byte of the value.
fn with_byte(text: &str, key: &str, value: &Value) -> Result<String> {
    let Some(at) = whole(key) else {
        let message = format!("Cannot access offset of type string on string: {key}");
        return Err(Thrown::fault(message));
    };
    let value = crate::text(value);
    let Some(byte) = value.bytes().next() else {
        let message = "Cannot assign an empty string to a string offset";
        return Err(Thrown::new("Error", message));
    };
    let len = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let Ok(at) = usize::try_from(if at < 0 { len.saturating_add(at) } else { at }) else {
        // PHP warns of an offset before the text, and leaves the text.
        return Ok(text.to_owned());
    };
    let mut bytes = text.as_bytes().to_vec();
    if at >= bytes.len() {
        bytes.resize(at.saturating_add(1), b' ');
    }
    bytes[at] = byte;
    let cut = |_| Thrown::fault("PHP takes this character apart into bytes");
    String::from_utf8(bytes).map_err(cut)
}

/// `$array[] = $value`
///
/// # Errors
/// An `Error` if the value is not an array.
pub fn push(array: &mut Value, value: Value) -> Result<()> {
    if array.is_string() {
        let message = "[] operator not supported for strings";
        return Err(Thrown::new("Error", message));
    }
    let key = next_key(array)?;
    set(array, key, value)
}

/// `array_push($array, $value)`
///
/// # Errors
/// A `TypeError` if the value is not an array.
pub fn array_push(array: &mut Value, value: Value) -> Result<()> {
    crate::typed_argument(crate::array_ref(array), "array_push", 1)?;
    push(array, value)
}

fn next_key(array: &Value) -> Result<i64> {
    match array {
        Value::Array(list) => Ok(i64::try_from(list.len()).unwrap_or(i64::MAX)),
        Value::Object(members) => {
            let numbers = members.keys().filter_map(|key| whole(key));
            match numbers.max() {
                None => Ok(0),
                Some(i64::MAX) => Err(Thrown::new(
                    "Error",
                    "Cannot add element to the array as the next element is already occupied",
                )),
                Some(last) => Ok(last + 1),
            }
        }
        _ => Ok(0),
    }
}

/// The place `$array[$key]`, for assignment; null if it did not exist.
///
/// # Errors
/// An `Error` if the value is not an array.
pub fn entry(array: &mut Value, key: impl Key) -> Result<&mut Value> {
    let key = key.key().into_owned();
    match array {
        Value::Null | Value::Bool(false) => *array = Value::Array(Vec::new()),
        Value::Array(_) | Value::Object(_) => {}
        Value::String(_) => {
            return Err(Thrown::fault(
                "a character of a text cannot be assigned here",
            ));
        }
        _ => {
            return Err(Thrown::new(
                "Error",
                "Cannot use a scalar value as an array",
            ));
        }
    }
    if let Value::Array(list) = array
        && place_of(list, &key).is_none()
    {
        match whole(&key).and_then(|key| usize::try_from(key).ok()) {
            Some(index) if index == list.len() => list.push(Value::Null),
            _ => {
                let items = std::mem::take(list).into_iter().enumerate();
                let members = items.map(|(index, value)| (index.to_string(), value));
                *array = Value::Object(members.collect());
            }
        }
    }
    match array {
        Value::Array(list) => match place_of(list, &key) {
            Some(index) => Ok(&mut list[index]),
            None => Err(Thrown::fault("an array lost a place")),
        },
        Value::Object(members) => Ok(members.entry(key).or_insert(Value::Null)),
        _ => Err(Thrown::fault("an array lost a place")),
    }
}

/// The place of the next `[]`, for assignment below it.
///
/// # Errors
/// An `Error` if the value is not an array.
pub fn next_entry(array: &mut Value) -> Result<&mut Value> {
    let key = next_key(array)?;
    entry(array, key)
}

/// `unset($array[$key])`
pub fn unset(array: &mut Value, key: impl Key) {
    let key = key.key();
    match array {
        Value::Array(list) => match place_of(list, &key) {
            Some(index) if index + 1 == list.len() => drop(list.pop()),
            Some(index) => {
                let items = std::mem::take(list).into_iter().enumerate();
                let items = items.filter(|(at, _)| *at != index);
                let members = items.map(|(at, value)| (at.to_string(), value));
                *array = Value::Object(members.collect());
            }
            None => {}
        },
        Value::Object(members) => {
            members.shift_remove(&*key);
            *array = canonical(std::mem::take(array));
        }
        _ => {}
    }
}

/// `$array + $other`: missing keys are added.
///
/// # Errors
/// No errors of PHP.
pub fn union(mut array: Value, other: &Value) -> Result<Value> {
    for (key, value) in items(other) {
        if !has(&array, &key) {
            set(&mut array, &key, value)?;
        }
    }
    Ok(array)
}

/// `array_merge(…)`, `[...$a, ...$b]`: integer keys are renumbered.
///
/// # Errors
/// A `TypeError` if the value is not an array.
pub fn array_merge(arrays: &[Value]) -> Result<Value> {
    let mut merged = Value::Array(Vec::new());
    for array in arrays {
        for (key, value) in items(&crate::as_array(array.clone())?) {
            match key {
                Value::String(key) => set(&mut merged, key, value)?,
                _ => push(&mut merged, value)?,
            }
        }
    }
    Ok(merged)
}

/// `array_replace($array, $other)`: the items of the second array take the place of those with the same keys.
///
/// # Errors
/// A `TypeError` if a value is not an array.
pub fn array_replace(array: &Value, other: &Value) -> Result<Value> {
    let mut replaced = crate::as_array(array.clone())?;
    for (key, value) in items(&crate::as_array(other.clone())?) {
        set(&mut replaced, key, value)?;
    }
    Ok(replaced)
}

/// The array with a text before the keys that are whole numbers, as `http_build_query($data, $prefix)` has it.
#[must_use]
pub fn keys_prefixed(array: &Value, prefix: &str) -> Value {
    let items = items(array).into_iter();
    let items = items.map(|(key, value)| match key {
        Value::Number(number) => (format!("{prefix}{number}"), value),
        key => (text(&key), value),
    });
    Value::Object(items.collect())
}

/// `array_keys($array)`
#[must_use]
pub fn array_keys(array: &Value) -> Value {
    items(array).into_iter().map(|(key, _)| key).collect()
}

/// `array_values($array)`
#[must_use]
pub fn array_values(array: &Value) -> Value {
    values(array).into_iter().collect()
}

/// `array_column($array, $column)`, with the column of the keys.
///
/// # Errors
/// No errors of PHP.
pub fn array_column(array: &Value, column: &Value, index: &Value) -> Result<Value> {
    let mut out = Value::Array(Vec::new());
    for row in values(array) {
        let value = match column {
            Value::Null => row.clone(),
            column if has(&row, column) => get(&row, column),
            _ => continue,
        };
        match index {
            index if !index.is_null() && has(&row, index) => {
                set(&mut out, get(&row, index), value)?
            }
            _ => push(&mut out, value)?,
        }
    }
    Ok(out)
}

/// `array_sum($array)`: arrays are left out, and a text that is no number is 0.
///
/// # Errors
/// A fault for an infinite sum.
pub fn array_sum(array: &Value) -> Result<Value> {
    let mut sum = Value::from(0);
    for value in values(array) {
        let number = match &value {
            Value::Array(_) | Value::Object(_) => continue,
            Value::String(text) => match crate::value::leading(text).0 {
                Num::Int(number) => Value::from(number),
                Num::Float(number) => crate::value::float_value(number)?,
            },
            _ => value,
        };
        sum = crate::add(&sum, &number)?;
    }
    Ok(sum)
}

/// `in_array($needle, $array, $strict)`
#[must_use]
pub fn in_array(needle: &Value, array: &Value, strict: bool) -> bool {
    values(array)
        .iter()
        .any(|value| same(needle, value, strict))
}

/// `array_search($needle, $array, $strict)`
#[must_use]
pub fn array_search(needle: &Value, array: &Value, strict: bool) -> Value {
    let mut all = items(array).into_iter();
    let found = all.find(|(_, value)| same(needle, value, strict));
    found.map_or(Value::Bool(false), |(key, _)| key)
}

/// `===` if `strict`, else `==`.
fn same(one: &Value, other: &Value, strict: bool) -> bool {
    if strict {
        crate::identical(one, other)
    } else {
        crate::equal(one, other)
    }
}

/// `array_filter($array)`: keys stay.
#[must_use]
pub fn array_filter(array: &Value) -> Value {
    let kept = items(array).into_iter();
    map(kept.filter(|(_, value)| truth(value)))
}

/// `array_unique($array)`
#[must_use]
pub fn array_unique(array: &Value) -> Value {
    let mut kept: Vec<(Value, Value)> = Vec::new();
    for (key, value) in items(array) {
        if !kept.iter().any(|(_, known)| text(known) == text(&value)) {
            kept.push((key, value));
        }
    }
    map(kept)
}

/// `array_reverse($array)`
#[must_use]
pub fn array_reverse(array: &Value) -> Value {
    match array {
        Value::Object(_) => {
            let mut out = Value::Array(Vec::new());
            for (key, value) in items(array).into_iter().rev() {
                // Neither fails on an array.
                let _ = match key {
                    Value::String(key) => set(&mut out, key, value),
                    _ => push(&mut out, value),
                };
            }
            out
        }
        _ => values(array).into_iter().rev().collect(),
    }
}

/// `array_slice($array, $offset, $length)`
#[must_use]
pub fn array_slice(array: &Value, offset: i64, length: Option<i64>) -> Value {
    let all = items(array);
    let range = text::range(all.len(), offset, length);
    let mut out = Value::Array(Vec::new());
    for (key, value) in all.get(range).unwrap_or_default() {
        let _ = match key {
            Value::String(key) => set(&mut out, key, value.clone()),
            _ => push(&mut out, value.clone()),
        };
    }
    out
}

/// `array_flip($array)`: leaves out what is neither a whole number nor a text.
#[must_use]
pub fn array_flip(array: &Value) -> Value {
    let items = items(array).into_iter();
    let keys = items.filter(|(_, value)| value.is_string() || crate::is_int(value));
    map(keys.map(|(key, value)| (value, key)))
}

/// `array_combine($keys, $values)`
///
/// # Errors
/// A `ValueError` if the numbers of keys and values differ.
pub fn array_combine(keys: &Value, values: &Value) -> Result<Value> {
    if count(keys) != count(values) {
        let message = "array_combine(): Argument #1 ($keys) and argument #2 ($values) must have the same number of elements";
        return Err(Thrown::new("ValueError", message));
    }
    Ok(map(self::values(keys)
        .into_iter()
        .zip(self::values(values))))
}

/// The arguments that an array holds, by the places of the parameters: `call_user_func_array($function, $array)`.
///
/// A text among its keys is the name of a parameter.
///
/// ```
/// use serde_json::json;
/// use wechatpay_chain_php::spread_arguments;
/// let names = json!(["no", "total"]);
/// let given = spread_arguments(&json!({"total": 5, "no": "A"}), &names, 1, "pay").unwrap();
/// assert_eq!(given, json!(["A", 5]));
/// let missing = spread_arguments(&json!([]), &names, 1, "pay").unwrap_err();
/// assert!(missing.is("ArgumentCountError"));
/// ```
///
/// # Errors
/// An `ArgumentCountError` if fewer than `needed` are given, and an `Error` for a name that is no parameter's or that is
/// given twice, and for a place behind a name.
pub fn spread_arguments(
    array: &Value,
    names: &Value,
    needed: i64,
    function: &str,
) -> Result<Value> {
    if !array.is_array() && !array.is_object() {
        let message = format!(
            "call_user_func_array(): Argument #2 ($args) must be of type array, {} given",
            crate::value::type_name(array)
        );
        return Err(Thrown::new("TypeError", message));
    }
    let names: Vec<String> = values(names).iter().map(text).collect();
    let needed = usize::try_from(needed).unwrap_or_default();
    let mut given: Vec<(usize, Value)> = Vec::new();
    let (mut places, mut named) = (0, false);
    for (key, value) in items(array) {
        let Some(name) = key.as_str() else {
            if named {
                let message = "Cannot use positional argument after named argument";
                return Err(Thrown::new("Error", message));
            }
            given.push((places, value));
            places += 1;
            continue;
        };
        named = true;
        let Some(place) = names.iter().position(|known| known == name) else {
            let message = format!("Unknown named parameter ${name}");
            return Err(Thrown::new("Error", message));
        };
        if given.iter().any(|(known, _)| *known == place) {
            let message = format!("Named parameter ${name} overwrites previous argument");
            return Err(Thrown::new("Error", message));
        }
        given.push((place, value));
    }
    let missing = (0..needed).find(|place| given.iter().all(|(known, _)| known != place));
    if let Some(place) = missing {
        let name = names.get(place).map_or("", |name| name);
        let message = if named {
            format!("{function}(): Argument #{} (${name}) not passed", place + 1)
        } else {
            let bound = if needed == names.len() {
                "exactly"
            } else {
                "at least"
            };
            format!(
                "Too few arguments to function {function}(), {places} passed and {bound} {needed} expected"
            )
        };
        return Err(Thrown::new("ArgumentCountError", message));
    }
    given.retain(|(place, _)| *place < names.len());
    given.sort_by_key(|(place, _)| *place);
    Ok(map(given.into_iter().map(|(place, value)| {
        (i64::try_from(place).unwrap_or_default(), value)
    })))
}

/// `ksort($array)` with `SORT_STRING`, as WeChat Pay's signatures require.
#[must_use]
pub fn ksort_text(array: &Value) -> Value {
    let mut all = items(array);
    all.sort_by_key(|(key, _)| text(key));
    map(all)
}

/// `ksort($array)`
#[must_use]
pub fn ksort(array: &Value) -> Value {
    items_by(array, key, crate::compare)
}

/// `krsort($array)`
#[must_use]
pub fn krsort(array: &Value) -> Value {
    items_by(array, key, descending)
}

/// `sort($array)`
#[must_use]
pub fn sort(array: &Value) -> Value {
    let all = ordered(values(array), crate::compare);
    all.into_iter().collect()
}

/// `rsort($array)`
#[must_use]
pub fn rsort(array: &Value) -> Value {
    let all = ordered(values(array), descending);
    all.into_iter().collect()
}

/// `asort($array)`
#[must_use]
pub fn asort(array: &Value) -> Value {
    items_by(array, value, crate::compare)
}

/// `arsort($array)`
#[must_use]
pub fn arsort(array: &Value) -> Value {
    items_by(array, value, descending)
}

type Item = (Value, Value);

fn key((key, _): &Item) -> &Value {
    key
}

fn value((_, value): &Item) -> &Value {
    value
}

fn descending(one: &Value, other: &Value) -> i64 {
    crate::compare(other, one)
}

/// Sorts the items by one of their parts; keys stay.
fn items_by(
    array: &Value,
    part: impl Fn(&Item) -> &Value,
    order: impl Fn(&Value, &Value) -> i64,
) -> Value {
    let order = |one: &Item, other: &Item| order(part(one), part(other));
    map(ordered(items(array), order))
}

/// Sorts as PHP does: what is equal keeps its order. An order that contradicts itself does no harm, where
/// `sort_by` of the standard library may panic.
fn ordered<T>(all: Vec<T>, mut order: impl FnMut(&T, &T) -> i64) -> Vec<T> {
    let mut sorted: Vec<T> = Vec::with_capacity(all.len());
    for item in all {
        let at = sorted.partition_point(|known| order(known, &item) <= 0);
        sorted.insert(at, item);
    }
    sorted
}

/// `implode($glue, $array)`
#[must_use]
pub fn implode(glue: &str, array: &Value) -> String {
    let texts: Vec<_> = values(array).iter().map(text).collect();
    texts.join(glue)
}

/// `explode($glue, $text, $limit)`
///
/// # Errors
/// A `ValueError` for an empty separator.
pub fn explode(glue: &str, text: &str, limit: Option<i64>) -> Result<Value> {
    if glue.is_empty() {
        let message = "explode(): Argument #1 ($separator) cannot be empty";
        return Err(Thrown::new("ValueError", message));
    }
    let pieces: Vec<&str> = match limit {
        Some(limit) if limit >= 0 => {
            let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
            text.splitn(limit, glue).collect()
        }
        Some(limit) => {
            let mut pieces: Vec<_> = text.split(glue).collect();
            let cut = usize::try_from(limit.unsigned_abs()).unwrap_or(usize::MAX);
            pieces.truncate(pieces.len().saturating_sub(cut));
            pieces
        }
        None => text.split(glue).collect(),
    };
    Ok(pieces.into_iter().map(Value::from).collect())
}

/// The first and last value, `reset` and `end`: false for an empty array.
#[must_use]
pub fn end(array: &Value, last: bool) -> Value {
    let all = values(array);
    let found = if last { all.last() } else { all.first() };
    found.cloned().unwrap_or(Value::Bool(false))
}

/// `array_key_first`, `array_key_last`
#[must_use]
pub fn edge_key(array: &Value, last: bool) -> Value {
    let all = items(array);
    let found = if last { all.last() } else { all.first() };
    found.map_or(Value::Null, |(key, _)| key.clone())
}

/// `array_map($change, $array)`: keys stay.
///
/// # Errors
/// The errors of the closure.
pub fn array_map(array: &Value, mut change: impl FnMut(&Value) -> Result<Value>) -> Result<Value> {
    crate::typed_argument(crate::array_ref(array), "array_map", 2)?;
    let changed = items(array).into_iter();
    let changed: Result<Vec<_>> = changed
        .map(|(key, value)| Ok((key, change(&value)?)))
        .collect();
    Ok(map(changed?))
}

/// `array_filter($array, $keep)`: keys stay.
///
/// # Errors
/// The errors of the closure.
pub fn array_filter_by(
    array: &Value,
    mut keep: impl FnMut(&Value) -> Result<bool>,
) -> Result<Value> {
    crate::typed_argument(crate::array_ref(array), "array_filter", 1)?;
    let mut kept = Vec::new();
    for (key, value) in items(array) {
        if keep(&value)? {
            kept.push((key, value));
        }
    }
    Ok(map(kept))
}

/// `usort($array, $order)`
///
/// # Errors
/// The errors of the closure.
pub fn usort(array: &mut Value, order: impl FnMut(&Value, &Value) -> Result<i64>) -> Result<()> {
    crate::typed_argument(crate::array_ref(array), "usort", 1)?;
    let (all, result) = ordered_by(values(array), |item| item, order);
    *array = all.into_iter().collect();
    result
}

/// `uasort($array, $order)`
///
/// # Errors
/// The errors of the closure.
pub fn uasort(array: &mut Value, order: impl FnMut(&Value, &Value) -> Result<i64>) -> Result<()> {
    crate::typed_argument(crate::array_ref(array), "uasort", 1)?;
    let (all, result) = ordered_by(items(array), value, order);
    *array = map(all);
    result
}

/// `uksort($array, $order)`
///
/// # Errors
/// The errors of the closure.
pub fn uksort(array: &mut Value, order: impl FnMut(&Value, &Value) -> Result<i64>) -> Result<()> {
    crate::typed_argument(crate::array_ref(array), "uksort", 1)?;
    let (all, result) = ordered_by(items(array), key, order);
    *array = map(all);
    result
}

/// A filter by a closure that gives any value: PHP asks whether it is true.
pub fn by_truth(
    mut keep: impl FnMut(&Value) -> Result<Value>,
) -> impl FnMut(&Value) -> Result<bool> {
    move |value| Ok(truth(&keep(value)?))
}

/// An order by a closure that gives any value: PHP takes its whole number.
pub fn by_number(
    mut order: impl FnMut(&Value, &Value) -> Result<Value>,
) -> impl FnMut(&Value, &Value) -> Result<i64> {
    move |one, other| Ok(int(&order(one, other)?))
}

/// The order of a closure that gives a bool: whether the first value stands behind the second.
pub fn by_flag(
    mut behind: impl FnMut(&Value, &Value) -> Result<bool>,
) -> impl FnMut(&Value, &Value) -> Result<i64> {
    move |one, other| {
        if behind(one, other)? {
            return Ok(1);
        }
        Ok(if behind(other, one)? { -1 } else { 0 })
    }
}

fn ordered_by<T>(
    all: Vec<T>,
    part: impl Fn(&T) -> &Value,
    mut order: impl FnMut(&Value, &Value) -> Result<i64>,
) -> (Vec<T>, Result<()>) {
    let mut thrown = None;
    let all = ordered(all, |one, other| {
        if thrown.is_some() {
            return 0;
        }
        order(part(one), part(other)).unwrap_or_else(|err| {
            thrown = Some(err);
            0
        })
    });
    (all, thrown.map_or(Ok(()), Err))
}

/// `array_pop`, `array_shift`
#[must_use]
pub fn take_edge(array: &mut Value, last: bool) -> Value {
    let mut all = items(array);
    if all.is_empty() {
        return Value::Null;
    }
    let (_, value) = all.remove(if last { all.len() - 1 } else { 0 });
    let mut left = Value::Array(Vec::new());
    for (key, value) in all {
        // Neither fails on an array.
        let _ = match key {
            Value::Number(_) if !last => push(&mut left, value),
            key => set(&mut left, &key, value),
        };
    }
    *array = left;
    value
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_array_is_a_list_or_a_map_by_its_keys() {
        let mut array = json!([]);
        set(&mut array, "k", json!(1)).unwrap();
        assert_eq!(array, json!({"k": 1}));
        push(&mut array, json!(2)).unwrap();
        assert_eq!(array, json!({"k": 1, "0": 2}));
        unset(&mut array, "k");
        assert_eq!(array, json!([2]));
        let mut list = json!(["x", "y"]);
        set(&mut list, 0, json!("z")).unwrap();
        assert_eq!(list, json!(["z", "y"]));
        unset(&mut list, 0);
        assert_eq!(list, json!({"1": "y"}));
        let nested = entry(entry(&mut list, "a").unwrap(), "b").unwrap();
        *nested = json!(true);
        assert_eq!(list, json!({"1": "y", "a": {"b": true}}));
        assert!(set(&mut json!(5), "a", json!(1)).is_err());
    }

    #[test]
    fn a_key_that_php_does_not_give_is_no_key() {
        let mut array = json!({"9223372036854775807": 1});
        assert!(push(&mut array, json!(2)).unwrap_err().is("Error"));
        let mut array = json!({"-5": 1});
        push(&mut array, json!(2)).unwrap();
        assert_eq!(array, json!({"-5": 1, "-4": 2}));
    }

    #[test]
    fn a_sum_takes_what_php_takes() {
        let array = json!([1, "2", "3.5x", "b", [9], null, true]);
        assert_eq!(array_sum(&array).unwrap(), json!(7.5));
    }

    #[test]
    fn bytes_of_a_text_are_found() {
        let text = json!("a中");
        assert_eq!(get(&text, 0), "a");
        assert_eq!(get(&text, 9), "");
        assert_eq!(find(&text, 9), Value::Null);
        assert_eq!(find(&text, -4), "a");
        assert!(character("a中", 1).is_err());
        assert!(at(&json!("a中"), 1).is_err());
        assert_eq!(at(&json!("a中"), 0).unwrap(), "a");
        assert_eq!(at(&json!(["中"]), 0).unwrap(), "中");
        assert_eq!(character("a中", 9).unwrap(), "");
    }

    #[test]
    fn plus_keeps_the_left_and_merge_the_right() {
        let (one, other) = (json!({"a": 1, "b": 2}), json!({"b": 3, "c": 4}));
        assert_eq!(
            union(one.clone(), &other).unwrap(),
            json!({"a": 1, "b": 2, "c": 4})
        );
        assert_eq!(
            array_merge(&[one, other]).unwrap(),
            json!({"a": 1, "b": 3, "c": 4})
        );
        assert_eq!(union(json!([1]), &json!([2, 3])).unwrap(), json!([1, 3]));
    }

    #[test]
    fn explode_obeys_its_limit() {
        for (limit, expected) in [
            (None, json!(["a", "b", "c"])),
            (Some(2), json!(["a", "b,c"])),
            (Some(-1), json!(["a", "b"])),
            (Some(0), json!(["a,b,c"])),
        ] {
            assert_eq!(explode(",", "a,b,c", limit).unwrap(), expected);
        }
    }

    #[test]
    fn an_order_that_contradicts_itself_does_not_panic() {
        let mut list: Value = (0..200).map(|n| Value::from(n * 7919 % 101)).collect();
        usort(&mut list, |_, _| Ok(1)).unwrap();
        assert_eq!(values(&list).len(), 200);
    }

    #[test]
    fn a_closure_that_throws_is_not_called_again() {
        let mut calls = 0;
        let mut list = json!([3, 2, 1]);
        let sorted = usort(&mut list, |_, _| {
            calls += 1;
            Err(Thrown::new("Exception", "no"))
        });
        assert!(sorted.is_err());
        assert_eq!(calls, 1);
    }
}
