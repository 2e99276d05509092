//! PHP's values.

use std::cell::RefCell;
use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::Number;
use wechatpay_chain_php::{self as php, Key as _, Value as Json};

use super::object::Object;
use super::path::Chain;
use crate::hir::tree::Function;

/// A value. `'a` is the tree's.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Array(Array<'a>),
    /// A path on a client.
    Chain(Chain),
    Closure(Rc<Captured<'a>>),
    Object(Rc<RefCell<Object<'a>>>),
    /// A value known only at run time, and the reason.
    Unknown(Rc<str>),
}

/// How deep arrays may lie within each other.
const DEEPEST: usize = 200;
/// How many values an array may hold, all in all.
const LARGEST: usize = 1 << 17;

/// A closure with the variables it took along.
#[derive(Debug)]
pub(crate) struct Captured<'a> {
    pub(crate) code: &'a Function,
    /// How many parameters it has; those behind them are the variables it took along.
    pub(crate) params: usize,
    pub(crate) variables: Vec<(String, Value<'a>)>,
}

/// An ordered map, as all arrays of PHP are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Array<'a> {
    items: IndexMap<Key, Value<'a>>,
    /// Behind the largest whole number that was a key.
    next: Option<i64>,
}

/// A key: a text that reads as a whole number is one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    Int(i64),
    Text(String),
}

impl Key {
    /// Nothing for what is no key in PHP.
    pub(crate) fn of(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Int(number) => Some(Self::Int(*number)),
            Value::Text(text) => Some(Self::text(text)),
            Value::Null | Value::Bool(_) | Value::Float(_) => {
                value.plain().map(|key| Self::text(&key.key()))
            }
            _ => None,
        }
    }

    /// `"8"` is 8; `"08"`, `"-0"` and `"8 "` are texts.
    pub(crate) fn text(text: &str) -> Self {
        match php::key_of_text(text) {
            Json::Number(number) => Self::Int(number.as_i64().unwrap_or_default()),
            _ => Self::Text(text.to_owned()),
        }
    }

    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Int(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    pub(crate) fn value<'a>(&self) -> Value<'a> {
        match self {
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }
}

impl<'a> Array<'a> {
    /// Behind the last one.
    pub(crate) fn push(&mut self, value: Value<'a>) {
        let key = self.next_key();
        self.insert(key, value);
    }

    /// In its place, when the key is there already.
    pub(crate) fn insert(&mut self, key: Key, value: Value<'a>) {
        if let Key::Int(number) = key {
            self.next = self.next.max(Some(number.saturating_add(1)));
        }
        self.items.insert(key, value);
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Value<'a>> {
        self.items.get(key)
    }

    pub(crate) fn get_text(&self, key: &str) -> Option<&Value<'a>> {
        self.get(&Key::Text(key.to_owned()))
    }

    /// The value there; null is put there when there is none.
    pub(crate) fn entry(&mut self, key: Key) -> &mut Value<'a> {
        if let Key::Int(number) = key {
            self.next = self.next.max(Some(number.saturating_add(1)));
        }
        self.items.entry(key).or_insert(Value::Null)
    }

    pub(crate) fn next_key(&self) -> Key {
        Key::Int(self.next.unwrap_or(0))
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        self.items.shift_remove(key);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Value<'a>)> {
        self.items.iter()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Value<'a>> {
        self.items.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn is_list(&self) -> bool {
        let expected = (0..).map(Key::Int);
        self.items
            .keys()
            .zip(expected)
            .all(|(key, expected)| *key == expected)
    }
}

impl<'a> FromIterator<Value<'a>> for Array<'a> {
    fn from_iter<I: IntoIterator<Item = Value<'a>>>(values: I) -> Self {
        let mut array = Self::default();
        values.into_iter().for_each(|value| array.push(value));
        array
    }
}

impl<'a> FromIterator<(Key, Value<'a>)> for Array<'a> {
    fn from_iter<I: IntoIterator<Item = (Key, Value<'a>)>>(items: I) -> Self {
        let mut array = Self::default();
        items
            .into_iter()
            .for_each(|(key, value)| array.insert(key, value));
        array
    }
}

impl<'a> Value<'a> {
    pub(crate) fn unknown(why: impl Into<Rc<str>>) -> Self {
        Self::Unknown(why.into())
    }

    pub(crate) fn object(object: Object<'a>) -> Self {
        Self::Object(Rc::new(RefCell::new(object)))
    }

    /// The value that the functions of PHP take: neither an object nor a closure nor unknown. Floats that JSON
    /// lacks are none.
    pub(crate) fn plain(&self) -> Option<Json> {
        Some(match self {
            Self::Null => Json::Null,
            Self::Bool(flag) => Json::Bool(*flag),
            Self::Int(number) => Json::from(*number),
            Self::Float(number) => Json::Number(Number::from_f64(*number)?),
            Self::Text(text) => Json::String(text.clone()),
            Self::Array(array) if array.is_list() => {
                array.values().map(Self::plain).collect::<Option<_>>()?
            }
            Self::Array(array) => Json::Object(
                array
                    .iter()
                    .map(|(key, value)| Some((key.to_text(), value.plain()?)))
                    .collect::<Option<_>>()?,
            ),
            _ => return None,
        })
    }

    /// Whether arrays and objects lie within each other so deep, or in a circle, that what recurses
    /// over them ends badly; and how many values were looked at for it.
    pub(crate) fn is_unwieldy(&self) -> (bool, usize) {
        let mut left = LARGEST;
        let unwieldy = self.deeper_than(DEEPEST, &mut left);
        (unwieldy, LARGEST - left)
    }

    fn deeper_than(&self, levels: usize, visits: &mut usize) -> bool {
        let inside = |value: &Self, visits: &mut usize| match levels.checked_sub(1) {
            Some(levels) => value.deeper_than(levels, visits),
            None => true,
        };
        *visits = visits.saturating_sub(1);
        if *visits == 0 {
            return true;
        }
        match self {
            Self::Array(array) => array.values().any(|value| inside(value, visits)),
            Self::Object(object) => match object.try_borrow().as_deref() {
                Ok(Object::Plain(properties)) => {
                    properties.values().any(|value| inside(value, visits))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// `(string)`; the error is why there is none.
    pub(crate) fn to_text(&self) -> Result<String, Rc<str>> {
        Ok(match self {
            Self::Null => String::new(),
            Self::Bool(flag) => php::bool_text(*flag).to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Float(number) => php::float_text(*number),
            Self::Text(text) => text.clone(),
            Self::Object(object) => return object.borrow().to_text(),
            Self::Unknown(why) => return Err(Rc::clone(why)),
            Self::Array(_) => return Err("an array is no text".into()),
            Self::Chain(chain) => return Err(chain.no_value()),
            Self::Closure(_) => return Err("a closure is no text".into()),
        })
    }

    /// `(bool)`; nothing for what only a run would tell.
    pub(crate) fn to_bool(&self) -> Option<bool> {
        Some(match self {
            Self::Null => false,
            Self::Bool(flag) => *flag,
            Self::Int(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) => php::truth_of_text(text),
            Self::Array(array) => array.len() > 0,
            Self::Chain(_) | Self::Closure(_) | Self::Object(_) => true,
            Self::Unknown(_) => return None,
        })
    }

    /// `(int)`; nothing for objects and what only a run would tell.
    pub(crate) fn to_int(&self) -> Option<i64> {
        match self {
            // `From` makes null of what is no number, which is 0 as well.
            Self::Float(number) => Some(php::int(&(*number).into())),
            other => other.plain().as_ref().map(php::int),
        }
    }

    /// `(float)`
    pub(crate) fn to_float(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            other => other.plain().as_ref().map(php::float),
        }
    }

    /// `===`; nothing for what only a run would tell.
    pub(crate) fn identical(&self, other: &Self) -> Option<bool> {
        if let (Some(one), Some(other)) = (self.plain(), other.plain()) {
            return Some(php::identical(&one, &other));
        }
        match (self, other) {
            (Self::Unknown(_), _) | (_, Self::Unknown(_)) => None,
            (Self::Array(one), Self::Array(other)) => {
                if one.len() != other.len() {
                    return Some(false);
                }
                for ((key, value), (other_key, other_value)) in one.iter().zip(other.iter()) {
                    if key != other_key || !value.identical(other_value)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            (Self::Object(one), Self::Object(other)) => Some(Rc::ptr_eq(one, other)),
            (Self::Float(one), Self::Float(other)) => Some(one == other),
            _ => Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_read_as_numbers_are_numbers() {
        for (text, number) in [
            ("8", Some(8)),
            ("-5", Some(-5)),
            ("08", None),
            ("-0", None),
            ("8 ", None),
            ("", None),
        ] {
            let expected = number.map_or_else(|| Key::Text(text.into()), Key::Int);
            assert_eq!(Key::text(text), expected);
        }
        assert_eq!(Key::of(&Value::Float(1.9)), Some(Key::Int(1)));
        assert_eq!(Key::of(&Value::Bool(true)), Some(Key::Int(1)));
        assert_eq!(Key::of(&Value::Null), Some(Key::Text(String::new())));
    }

    #[test]
    fn the_last_of_a_key_wins_in_the_firsts_place() {
        let mut array = Array::default();
        array.insert(Key::text("a"), Value::Int(1));
        array.insert(Key::text("5"), Value::Int(2));
        array.push(Value::Int(3));
        array.insert(Key::text("a"), Value::Int(4));
        let keys: Vec<_> = array
            .iter()
            .map(|(key, value)| (key.to_text(), value.to_int()))
            .collect();
        let expected =
            [("a", 4), ("5", 2), ("6", 3)].map(|(key, value)| (key.to_owned(), Some(value)));
        assert_eq!(keys, expected);
        assert!(!array.is_list());
    }

    #[test]
    fn texts_as_numbers() {
        let float = |text| Value::Text(String::from(text)).to_float();
        for (text, expected) in [
            ("12abc", 12.0),
            ("1.5e1x", 15.0),
            ("-3", -3.0),
            ("abc", 0.0),
            ("", 0.0),
            ("1e", 1.0),
            (".5", 0.5),
        ] {
            assert_eq!(float(text), Some(expected), "{text}");
        }
        assert_eq!(
            Value::Text("9223372036854775808".into()).to_float(),
            Some(9.223_372_036_854_776e18)
        );
    }
}
