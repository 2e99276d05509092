//! The exceptions of PHP, as the crate of PHP's values has them.

use serde_json::{Value, json};
use wechatpay_chain::php::Thrown;

use crate::given::Throws;
use crate::told::{Failure, Shown};

impl Failure for Thrown {
    fn failure(&self) -> Value {
        json!({
            "class": self.class(),
            "message": self.message(),
            "code": self.code(),
        })
    }
}

impl Throws for Thrown {
    fn throws(class: &str, message: &str) -> Self {
        Self::new(class, message)
    }
}

impl Shown for Thrown {
    fn shown(&self) -> Value {
        json!({"@exception": self.class(), "message": self.message()})
    }
}
