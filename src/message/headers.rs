use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, Entry, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use wechatpay_core::error::{Error, ErrorKind, Result};

/// Types that can be given as headers: `()` for none, pairs as an array, slice or vector, a
/// [`HeaderMap`], or a JSON object as in PHP code.
///
/// ```
/// # use wechatpay_chain::Client;
/// # use serde_json::json;
/// # fn example(client: &Client) {
/// let chain = client.chain("v3/global/merchants");
/// let _ = chain.get(());
/// let _ = chain.get([("Wechatpay-Serial", "PUB_KEY_ID_0114232134912410000000000000")]);
/// let _ = chain.get(json!({"Wechatpay-Serial": "PUB_KEY_ID_0114232134912410000000000000"}));
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of headers",
    label = "give `()` for none, or pairs: `[(\"Wechatpay-Serial\", serial)]`"
)]
pub trait IntoHeaders: sealed::IntoHeaders {}

impl<T: sealed::IntoHeaders> IntoHeaders for T {}

mod sealed {
    use super::{HeaderMap, Result};

    pub trait IntoHeaders {
        fn into_headers(self) -> Result<HeaderMap>;
    }
}

impl sealed::IntoHeaders for () {
    fn into_headers(self) -> Result<HeaderMap> {
        Ok(HeaderMap::new())
    }
}

impl sealed::IntoHeaders for HeaderMap {
    fn into_headers(self) -> Result<HeaderMap> {
        Ok(self)
    }
}

impl<K: AsRef<str>, V: AsRef<str>, const N: usize> sealed::IntoHeaders for [(K, V); N] {
    fn into_headers(self) -> Result<HeaderMap> {
        collect(&self)
    }
}

impl<K: AsRef<str>, V: AsRef<str>> sealed::IntoHeaders for &[(K, V)] {
    fn into_headers(self) -> Result<HeaderMap> {
        collect(self)
    }
}

impl<K: AsRef<str>, V: AsRef<str>> sealed::IntoHeaders for Vec<(K, V)> {
    fn into_headers(self) -> Result<HeaderMap> {
        collect(&self)
    }
}

impl sealed::IntoHeaders for Value {
    fn into_headers(self) -> Result<HeaderMap> {
        match self {
            Self::Null => Ok(HeaderMap::new()),
            Self::Object(object) => from_object(&object),
            _ => Err(Error::new(
                ErrorKind::Header,
                "headers are a JSON object: {\"Name\": \"value\"}",
            )),
        }
    }
}

/// Converts the caller's headers to a map.
pub(crate) fn into_headers(headers: impl IntoHeaders) -> Result<HeaderMap> {
    sealed::IntoHeaders::into_headers(headers)
}

/// Converts a text to a header's value.
pub(crate) fn header_value(name: &str, value: &str) -> Result<HeaderValue> {
    // PHP sends UTF-8 bytes as they are; so does `from_bytes`.
    HeaderValue::from_bytes(value.trim().as_bytes())
        .map_err(|err| malformed(name, "value").with_source(err))
}

/// Sets a header unless the caller has set it.
pub(crate) fn default_header(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: impl FnOnce() -> HeaderValue,
) {
    if let Entry::Vacant(entry) = headers.entry(name) {
        entry.insert(value());
    }
}

/// Refuses the headers that only this crate may set.
pub(crate) fn forbid_reserved(headers: &HeaderMap) -> Result<()> {
    let reserved = [AUTHORIZATION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING];
    match reserved.iter().find(|name| headers.contains_key(*name)) {
        None => Ok(()),
        Some(name) => Err(Error::new(
            ErrorKind::Header,
            format!(
                "the header {name} is set by the client and cannot be given; to change how a \
                 request is signed replace the `signer` of the stack, to reach another host use \
                 base_url"
            ),
        )),
    }
}

/// Rejects a caller's `Content-Type` for an upload: only the client knows the boundary.
pub(crate) fn refuse_content_type(headers: &HeaderMap) -> Result<()> {
    if headers.contains_key(CONTENT_TYPE) {
        Err(Error::new(
            ErrorKind::Header,
            "the Content-Type of an upload names its boundary and is set by the client: leave it out; \
             the file's own type goes into Media::content_type",
        ))
    } else {
        Ok(())
    }
}

fn collect<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)]) -> Result<HeaderMap> {
    let mut headers = HeaderMap::with_capacity(pairs.len());
    for (name, value) in pairs {
        append(&mut headers, name.as_ref(), value.as_ref())?;
    }
    Ok(headers)
}

fn append(headers: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    let parsed =
        HeaderName::try_from(name).map_err(|err| malformed(name, "name").with_source(err))?;
    headers.append(parsed, header_value(name, value)?);
    Ok(())
}

/// Reads headers from an object. As in PHP, a list becomes repeated lines and numbers become text.
fn from_object(object: &serde_json::Map<String, Value>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::with_capacity(object.len());
    for (name, value) in object {
        match value {
            Value::Array(values) => {
                for value in values {
                    append(&mut headers, name, &scalar(name, value)?)?;
                }
            }
            value => append(&mut headers, name, &scalar(name, value)?)?,
        }
    }
    Ok(headers)
}

fn scalar(name: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(malformed(name, "value")),
    }
}

fn malformed(name: &str, part: &str) -> Error {
    Error::new(
        ErrorKind::Header,
        format!("the {part} of the header {name:?} is malformed"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_gives_the_same_map() {
        let pairs = [("A", "1"), ("B", "2")];
        let map = into_headers(pairs).unwrap();
        assert_eq!(into_headers(&pairs[..]).unwrap(), map);
        assert_eq!(into_headers(pairs.to_vec()).unwrap(), map);
        assert_eq!(into_headers(json!({"A": 1, "B": "2"})).unwrap(), map);
        assert_eq!(into_headers(map.clone()).unwrap(), map);
    }

    #[test]
    fn line_breaks_and_bad_names_are_refused() {
        for pair in [("A", "x\r\nB: y"), ("a b", "x"), ("", "x")] {
            let err = into_headers([pair]).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Header);
        }
        assert!(into_headers(json!({"A": {}})).is_err());
        assert!(into_headers(json!(["A"])).is_err());
    }

    #[test]
    fn reserved_headers_are_refused_in_any_case() {
        for name in ["authorization", "CONTENT-LENGTH", "Host"] {
            assert!(forbid_reserved(&into_headers([(name, "1")]).unwrap()).is_err());
        }
        assert!(forbid_reserved(&into_headers([("Accept", "1")]).unwrap()).is_ok());
    }
}
