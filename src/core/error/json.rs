//! The JSON form of an error for machines: logs, queues, other services.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Error, ErrorKind, line};

/// A small object with stable members: `kind`, `code`, `maybe_sent`, `request_id` and `field`.
///
/// All five are always present. `code`, `request_id` and `field` are `null` if the error has none. The object contains
/// no value of the request and no text for people, so log `Display` or [`Error::report`] as well.
///
/// ```
/// use wechatpay_chain::{Error, ErrorKind};
///
/// let err = Error::new(ErrorKind::Timeout, "no answer within 30 s");
/// assert_eq!(
///     serde_json::to_string(&err)?,
///     r#"{"kind":"timeout","code":null,"maybe_sent":true,"request_id":null,"field":null}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let api = self.api();
        let mut object = serializer.serialize_struct("Error", 5)?;
        object.serialize_field("kind", &self.kind())?;
        object.serialize_field("code", &api.and_then(line::code))?;
        object.serialize_field("maybe_sent", &self.maybe_sent())?;
        object.serialize_field("request_id", &self.request_id())?;
        object.serialize_field("field", &api.and_then(line::field))?;
        object.end()
    }
}

/// Serialises as [`ErrorKind::as_str`].
impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl ErrorKind {
    /// Returns the kind as one stable word in lower case: `api`, `timeout`, `certificates`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Blocking => "blocking",
            Self::Body => "body",
            Self::Builder => "builder",
            Self::Certificates => "certificates",
            Self::Connect => "connect",
            Self::Decrypt => "decrypt",
            Self::Encrypt => "encrypt",
            Self::File => "file",
            Self::Header => "header",
            Self::Key => "key",
            Self::Limit => "limit",
            Self::Middleware => "middleware",
            Self::Path => "path",
            Self::Probe => "probe",
            Self::Request => "request",
            Self::Dedup => "dedup",
            Self::Stack => "stack",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
            Self::Unsupported => "unsupported",
            Self::Verify => "verify",
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::{Value, json};

    use super::super::ApiError;
    use super::*;

    fn refused(code: &str, detail: Value) -> Value {
        let mut api = ApiError::new(StatusCode::BAD_REQUEST);
        api.code = code.to_owned();
        api.detail = detail;
        api.request_id = Some("08F1".to_owned());
        serde_json::to_value(Error::from_api(api)).unwrap()
    }

    #[test]
    fn a_refusal_has_its_code_request_id_and_rejected_field() {
        let field = json!({"field": "/amount/total", "value": "13800138000", "issue": "too small"});
        let expected = json!({
            "kind": "api", "code": "PARAM_ERROR", "maybe_sent": true, "request_id": "08F1", "field": "/amount/total",
        });
        assert_eq!(refused("PARAM_ERROR", field.clone()), expected);
        assert_eq!(refused("PARAM_ERROR", json!([field])), expected);
        assert_eq!(
            refused("PARAM_ERROR", json!({"x": {"list": [field]}})),
            expected
        );
    }

    #[test]
    fn members_without_a_value_are_null_and_values_of_the_request_are_left_out() {
        let object = refused("", json!({"field": "13800138000", "value": "13800138000"}));
        assert_eq!(object["code"], Value::Null);
        assert_eq!(object["field"], "…");
        assert!(!object.to_string().contains("13800138000"));
        let object = refused("NO_AUTH", json!(["a text"]));
        assert_eq!(object["field"], Value::Null);
    }

    #[test]
    fn an_apiv2_refusal_names_no_field() {
        let mut api = ApiError::new(StatusCode::OK);
        api.code = "NOTENOUGH".to_owned();
        api.detail = json!({"return_code": "SUCCESS", "field": "x"});
        let object = serde_json::to_value(Error::from_api(api)).unwrap();
        assert_eq!(object["code"], "NOTENOUGH");
        assert_eq!(object["field"], Value::Null);
    }
}
