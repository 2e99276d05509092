//! The results and exceptions of a ported program, as JSON.

use serde_json::{Value, json};
use wechatpay_chain::{Client, Error};
use wechatpay_chain::php::{self, Thrown};

/// A function's result.
pub(crate) trait Told {
    fn told(self) -> Value;
}

impl<T: Told, E: Failure> Told for Result<T, E> {
    fn told(self) -> Value {
        match self {
            Ok(value) => value.told(),
            Err(err) => match err.failure() {
                // `exit` is no failure.
                Value::Null => json!({"exited": true}),
                failure => json!({"thrown": failure}),
            },
        }
    }
}

/// The exception.
pub(crate) trait Failure {
    fn failure(&self) -> Value;
}

impl Failure for Error {
    fn failure(&self) -> Value {
        json!({
            "kind": format!("{:?}", self.kind()),
            "message": self.report(),
            "status": self.api().map(|api| api.status.as_u16()),
        })
    }
}

impl Failure for Thrown {
    fn failure(&self) -> Value {
        if self.is_exit() {
            return Value::Null;
        }
        let source = std::error::Error::source(self);
        match source.and_then(|source| source.downcast_ref::<Error>()) {
            // The client's error, and the class that PHP's catch sees.
            Some(err) => {
                let mut failure = err.failure();
                failure["thrown"] = json!(self.class());
                failure
            }
            None => json!({"class": self.class(), "message": self.message(), "code": self.code()}),
        }
    }
}

impl Shown for Thrown {
    fn shown(&self) -> Value {
        json!({"@exception": self.class(), "message": self.message()})
    }
}

/// A value as JSON.
pub(crate) trait Shown {
    fn shown(&self) -> Value;
}

macro_rules! shown {
    ($($type:ty),*) => {$(
        impl Shown for $type {
            fn shown(&self) -> Value {
                json!(self)
            }
        }
        impl Told for $type {
            fn told(self) -> Value {
                json!({"returned": json!(self)})
            }
        }
    )*};
}

shown!((), bool, i8, i16, i32, i64, u8, u16, u32, u64, usize, isize, f64, String, Value);

impl Shown for str {
    fn shown(&self) -> Value {
        json!(self)
    }
}

impl Told for &str {
    fn told(self) -> Value {
        json!({"returned": self})
    }
}

impl<T: Shown + ?Sized> Shown for &T {
    fn shown(&self) -> Value {
        (**self).shown()
    }
}

impl<T: Shown + ?Sized> Shown for &mut T {
    fn shown(&self) -> Value {
        (**self).shown()
    }
}

macro_rules! closures {
    ($($closure:ty),*) => {$(
        impl Shown for $closure {
            fn shown(&self) -> Value {
                json!({"@closure": true})
            }
        }
    )*};
}

closures!(
    dyn FnMut() -> php::Result<Client> + '_,
    dyn FnMut(&Value) -> php::Result<Client> + '_,
    dyn FnMut(&Value, &Value) -> php::Result<Client> + '_,
    dyn FnMut() -> php::Result<Value> + '_,
    dyn FnMut(&Value) -> php::Result<Value> + '_,
    dyn FnMut(&Value, &Value) -> php::Result<Value> + '_,
    dyn FnMut(&Value, &Value, &Value) -> php::Result<Value> + '_
);

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> Value {
        self.as_ref().map_or(Value::Null, Shown::shown)
    }
}

impl<T: Shown> Told for Option<T> {
    fn told(self) -> Value {
        json!({"returned": self.shown()})
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(&self) -> Value {
        self.iter().map(Shown::shown).collect()
    }
}

impl<T: Shown> Told for Vec<T> {
    fn told(self) -> Value {
        json!({"returned": self.shown()})
    }
}

impl<T: Shown> Shown for [T] {
    fn shown(&self) -> Value {
        self.iter().map(Shown::shown).collect()
    }
}

impl Shown for Error {
    fn shown(&self) -> Value {
        json!({"@exception": format!("{:?}", self.kind()), "message": self.to_string()})
    }
}

impl Told for wechatpay_chain::Response {
    fn told(self) -> Value {
        json!({"returned": {"@class": "Response"}})
    }
}

impl Shown for wechatpay_chain::Response {
    fn shown(&self) -> Value {
        json!({"@class": "Response"})
    }
}

impl Told for wechatpay_chain::notify::Reply {
    fn told(self) -> Value {
        json!({"returned": {"@reply": self.status().as_u16()}})
    }
}

impl Shown for Client {
    fn shown(&self) -> Value {
        json!({"@class": "Client"})
    }
}

impl Shown for wechatpay_chain::php::Answer {
    fn shown(&self) -> Value {
        json!({"@class": "Response"})
    }
}
