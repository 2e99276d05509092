//! Arguments as PHP's own functions take them without `strict_types`, and results as values.

use serde_json::Value;

use crate::value::{Num, mistyped};
use crate::{Result, Thrown, as_bool};

/// The arguments of a call, in order. None is missing.
pub(super) struct Args<'v>(std::slice::Iter<'v, Value>);

impl<'v> Args<'v> {
    pub(super) fn new(args: &'v [Value]) -> Self {
        Self(args.iter())
    }

    pub(super) fn any(&mut self) -> Result<&'v Value> {
        let missing = || Thrown::new("ArgumentCountError", "an argument is missing");
        self.0.next().ok_or_else(missing)
    }

    /// PHP's built-in functions convert null to an empty text, 0 or false.
    pub(super) fn text(&mut self) -> Result<String> {
        crate::string(self.any()?)
    }

    /// A list of bytes: one by one they are characters only in ASCII.
    pub(super) fn ascii(&mut self) -> Result<String> {
        let text = self.text()?;
        if text.is_ascii() {
            Ok(text)
        } else {
            Err(Thrown::fault("PHP takes these characters apart into bytes"))
        }
    }

    pub(super) fn int(&mut self) -> Result<i64> {
        crate::integer(self.any()?)
    }

    pub(super) fn maybe_int(&mut self) -> Result<Option<i64>> {
        match self.any()? {
            Value::Null => Ok(None),
            value => crate::integer(value).map(Some),
        }
    }

    pub(super) fn flag(&mut self) -> Result<bool> {
        match self.any()? {
            Value::Null => Ok(false),
            value => as_bool(value),
        }
    }

    /// `int|float`
    pub(super) fn number(&mut self) -> Result<Value> {
        match crate::number::argument(self.any()?)? {
            Num::Int(number) => Ok(Value::from(number)),
            Num::Float(number) => crate::value::float_value(number),
        }
    }

    pub(super) fn array(&mut self) -> Result<&'v Value> {
        let value = self.any()?;
        if crate::is_array(value) {
            Ok(value)
        } else {
            Err(mistyped(value, "array"))
        }
    }
}

/// The result of a Rust function, as a value of PHP.
pub(super) trait Outcome {
    fn outcome(self) -> Result<Value>;
}

impl<T: Outcome> Outcome for Result<T> {
    fn outcome(self) -> Result<Value> {
        self.and_then(T::outcome)
    }
}

impl Outcome for Value {
    fn outcome(self) -> Result<Value> {
        Ok(self)
    }
}

impl Outcome for f64 {
    fn outcome(self) -> Result<Value> {
        crate::value::float_value(self)
    }
}

macro_rules! outcomes {
    ($($ty:ty)*) => {
        $(impl Outcome for $ty {
            fn outcome(self) -> Result<Value> {
                Ok(Value::from(self))
            }
        })*
    };
}

outcomes!(String &'static str bool i64);
