//! Values of the script as the types that a ported program takes.

use serde_json::Value;
use wechatpay_chain::php::Thrown;
use wechatpay_chain::{Client, PrivateKey, PublicKey};

use crate::world::World;

pub(crate) trait Given: Sized {
    fn given(world: &World, value: Option<&Value>) -> Self;

    /// The result of a foreign call: it may throw.
    fn called(world: &World, value: Value) -> Self {
        Self::given(world, Some(&value))
    }
}

/// For the time of the process: it ends with the run.
fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn key(name: &str) -> String {
    std::fs::read_to_string(World::the().key_file(name)).expect("a key")
}

/// A value as PHP turns it into a text.
fn text(value: &Value) -> String {
    match value {
        // A key where the program takes its text.
        Value::String(text) if text == "@privateKey" => key("merchant_key"),
        Value::String(text) if text == "@platformKey" => key("platform_pub"),
        Value::String(text) => match text.strip_prefix("@pem:") {
            Some(name) => key(name),
            None => match text.strip_prefix("@file:") {
                Some(name) => format!("file://{}", World::the().key_file(name)),
                None => text.clone(),
            },
        },
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "1".to_owned(),
        other => other.to_string(),
    }
}

/// The marks of the script as values.
fn resolved(value: &Value) -> Value {
    match value {
        Value::Object(members) => match members.get("@object") {
            Some(data) => data.clone(),
            None => members.iter().map(|(name, value)| (name.clone(), resolved(value))).collect(),
        },
        Value::Array(list) => list.iter().map(resolved).collect(),
        Value::String(mark) => match mark.strip_prefix("@foreign:") {
            Some(class) => serde_json::json!({"@foreign": class}),
            None => Value::String(text(value)),
        },
        other => other.clone(),
    }
}

impl Given for Value {
    fn given(_: &World, value: Option<&Value>) -> Self {
        value.map(resolved).unwrap_or_default()
    }
}

impl Given for &'static Value {
    fn given(world: &World, value: Option<&Value>) -> Self {
        kept(Value::given(world, value))
    }
}

impl Given for String {
    fn given(_: &World, value: Option<&Value>) -> Self {
        let value = value.expect("a text for a parameter that takes one");
        // A value that the script does not have: the comparison takes any text for it.
        if value.is_object() { "(foreign)".to_owned() } else { text(value) }
    }
}

impl Given for &'static str {
    fn given(world: &World, value: Option<&Value>) -> Self {
        kept(String::given(world, value))
    }
}

impl Given for &'static String {
    fn given(world: &World, value: Option<&Value>) -> Self {
        kept(String::given(world, value))
    }
}

impl Given for i64 {
    fn given(_: &World, value: Option<&Value>) -> Self {
        let value = value.expect("a number");
        value.as_i64().or_else(|| text(value).parse().ok()).expect("an integer")
    }
}

impl Given for f64 {
    fn given(_: &World, value: Option<&Value>) -> Self {
        let value = value.expect("a number");
        value.as_f64().or_else(|| text(value).parse().ok()).expect("a number")
    }
}

impl Given for bool {
    fn given(_: &World, value: Option<&Value>) -> Self {
        value.and_then(Value::as_bool).unwrap_or_default()
    }
}

impl Given for Thrown {
    /// No stub is an exception, and PHP throws nothing else.
    fn given(_: &World, _: Option<&Value>) -> Self {
        Self::new("Error", "Cannot throw objects that do not implement Throwable")
    }
}

impl Given for () {
    fn given(_: &World, _: Option<&Value>) -> Self {}
}

impl<T: Given> Given for Option<T> {
    fn given(world: &World, value: Option<&Value>) -> Self {
        value.filter(|value| !value.is_null()).map(|value| T::given(world, Some(value)))
    }
}

impl<T: Given> Given for Vec<T> {
    fn given(world: &World, value: Option<&Value>) -> Self {
        let list = value.and_then(Value::as_array).into_iter().flatten();
        list.map(|value| T::given(world, Some(value))).collect()
    }
}

impl<T: Given> Given for &'static [T] {
    fn given(world: &World, value: Option<&Value>) -> Self {
        kept(Vec::<T>::given(world, value))
    }
}

/// An error that a foreign call may give.
pub(crate) trait Throws {
    fn throws(class: &str, message: &str) -> Self;
}

impl Throws for wechatpay_chain::Error {
    fn throws(_: &str, message: &str) -> Self {
        Self::new(wechatpay_chain::ErrorKind::Middleware, message.to_owned())
    }
}

impl Throws for wechatpay_chain::php::Thrown {
    fn throws(class: &str, message: &str) -> Self {
        Self::new(class, message)
    }
}

impl<T: Given, E: Throws> Given for Result<T, E> {
    fn given(world: &World, value: Option<&Value>) -> Self {
        Ok(T::given(world, value))
    }

    fn called(world: &World, value: Value) -> Self {
        if let Some(message) = value.get("@throw").and_then(Value::as_str) {
            let class = value.get("@class").and_then(Value::as_str).unwrap_or("RuntimeException");
            return Err(E::throws(class, message));
        }
        Ok(T::given(world, Some(&value)))
    }
}

impl Given for &'static Client {
    fn given(world: &World, _: Option<&Value>) -> Self {
        world.client()
    }
}

impl Given for Client {
    fn given(world: &World, _: Option<&Value>) -> Self {
        world.client().clone()
    }
}

impl Given for PrivateKey {
    fn given(world: &World, _: Option<&Value>) -> Self {
        Self::from_file(world.key_file("merchant_key")).expect("a key")
    }
}

impl Given for &'static PrivateKey {
    fn given(world: &World, value: Option<&Value>) -> Self {
        kept(PrivateKey::given(world, value))
    }
}

impl Given for PublicKey {
    fn given(world: &World, _: Option<&Value>) -> Self {
        Self::from_file(world.key_file("platform_pub")).expect("a key")
    }
}

impl Given for &'static PublicKey {
    fn given(world: &World, value: Option<&Value>) -> Self {
        kept(PublicKey::given(world, value))
    }
}
