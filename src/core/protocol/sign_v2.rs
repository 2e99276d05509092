use serde_json::{Map, Value};

use crate::crypto::digest;
use crate::error::{Error, ErrorKind, Result};
use crate::query::number_text;
use crate::secret::Secret;

/// The signature algorithm of an APIv2 (XML) message.
///
/// Source: WeChat Pay document "安全规范", section 签名算法.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignType {
    /// `MD5`, APIv2's default.
    #[default]
    Md5,
    /// `HMAC-SHA256`.
    HmacSha256,
}

impl SignType {
    /// Parses the `sign_type` of a message; an empty text is MD5.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] for any other text, for which the PHP SDK sends an empty signature.
    ///
    /// ```
    /// use wechatpay_chain::signing::SignType;
    /// assert_eq!(SignType::parse("HMAC-SHA256")?, SignType::HmacSha256);
    /// assert!(SignType::parse("hmac-sha256").is_err());
    /// # Ok::<(), wechatpay_chain::Error>(())
    /// ```
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "" | "MD5" => Ok(Self::Md5),
            "HMAC-SHA256" => Ok(Self::HmacSha256),
            _ => Err(Error::new(
                ErrorKind::Request,
                format!("the sign_type {name:?} is unknown; write MD5 or HMAC-SHA256"),
            )),
        }
    }

    /// Returns the spelling of messages: `MD5` or `HMAC-SHA256`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::HmacSha256 => "HMAC-SHA256",
        }
    }

    /// Signs a message's members with the APIv2 key; returns 32 or 64 upper-case hex digits.
    ///
    /// Members are sorted bytewise; `sign` and empty members are left out.
    ///
    /// ```
    /// use wechatpay_chain::Secret;
    /// use wechatpay_chain::signing::SignType;
    ///
    /// let key = Secret::new("192006250b4c09247ec02edce69f6a2d");
    /// let members = [
    ///     ("appid", "wxd930ea5d5a258f4f"),
    ///     ("mch_id", "10000100"),
    ///     ("device_info", "1000"),
    ///     ("body", "test"),
    ///     ("nonce_str", "ibuaiVcKdpRxkhJA"),
    /// ];
    /// assert_eq!(SignType::Md5.sign(members, &key)?, "9A0A8659F005D6984697E2CA0A9CF3B7");
    /// # Ok::<(), wechatpay_chain::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when OpenSSL disables MD5 (FIPS).
    pub fn sign<K, V>(
        self,
        members: impl IntoIterator<Item = (K, V)>,
        key: &Secret,
    ) -> Result<String>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let text = zeroize::Zeroizing::new(text(members, key));
        match self {
            Self::Md5 => digest::md5_hex(text.as_bytes()),
            Self::HmacSha256 => digest::hmac_sha256_hex(key.expose().as_bytes(), text.as_bytes()),
        }
    }

    /// Signs the members of an object as [`sign`](Self::sign) does: numbers as written, `true` as `1`.
    ///
    /// Use it for signatures outside of a call, for example for the parameters of a web page.
    ///
    /// ```
    /// use serde_json::json;
    /// use wechatpay_chain::Secret;
    /// use wechatpay_chain::signing::SignType;
    ///
    /// let key = Secret::new("192006250b4c09247ec02edce69f6a2d");
    /// let members = json!({"mch_id": "10000100", "timestamp": 1414488825, "sign": "not signed"});
    /// let signature = SignType::Md5.sign_object(&members, &key)?;
    /// let texts = [("mch_id", "10000100"), ("timestamp", "1414488825")];
    /// assert_eq!(signature, SignType::Md5.sign(texts, &key)?);
    /// # Ok::<(), wechatpay_chain::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] when the value is not an object, or a member contains members: APIv2 does
    /// not define how those are signed. Also the errors of [`sign`](Self::sign).
    pub fn sign_object(self, members: &Value, key: &Secret) -> Result<String> {
        let members = members.as_object().ok_or_else(|| {
            Error::new(
                ErrorKind::Request,
                "only an object can be signed: json!({\"mch_id\": ..})",
            )
        })?;
        let texts = members.iter().map(|(name, value)| {
            let text = signed_text(name, value)?;
            Ok((name, text))
        });
        self.sign(texts.collect::<Result<Vec<_>>>()?, key)
    }

    /// Whether a signature matches a message's members. Compares in constant time.
    ///
    /// # Errors
    ///
    /// The errors of [`sign`](Self::sign).
    pub fn verify<K, V>(
        self,
        members: impl IntoIterator<Item = (K, V)>,
        key: &Secret,
        signature: &str,
    ) -> Result<bool>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let expected = self.sign(members, key)?;
        Ok(digest::constant_time_eq(
            expected.as_bytes(),
            signature.as_bytes(),
        ))
    }
}

/// Converts a value to a text as PHP does.
fn signed_text(name: &str, value: &Value) -> Result<String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Bool(flag) => Ok(if *flag { "1" } else { "" }.to_owned()),
        Value::Number(number) => Ok(number_text(number)),
        Value::String(text) => Ok(text.clone()),
        Value::Array(_) | Value::Object(_) => Err(Error::new(
            ErrorKind::Request,
            format!("{name} contains members, which APIv2 cannot sign: give it as a text"),
        )),
    }
}

/// Whether a message has a valid signature under the key. The signature's length tells its type.
///
/// # Errors
///
/// The errors of [`SignType::sign`].
pub fn message_fits(members: &Map<String, Value>, key: &Secret) -> Result<bool> {
    let signature = members.get("sign").and_then(Value::as_str);
    let signature = signature.unwrap_or_default();
    let sign_type = match signature.len() {
        32 => SignType::Md5,
        64 => SignType::HmacSha256,
        _ => return Ok(false),
    };
    // Only texts are signed.
    let texts = members
        .iter()
        .filter_map(|(key, value)| Some((key, value.as_str()?)));
    sign_type.verify(texts, key, signature)
}

/// The members that a message's signature covers. It covers texts only.
pub fn signed_members(members: &Map<String, Value>) -> Value {
    members
        .iter()
        .filter(|(_, value)| value.is_string())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Returns a member whose value contains `&name=`, so that another message has the same signed text.
///
/// Members are sorted in the signed text. `attach=7&bank_type=CMC` is also the text of two members if `bank_type`
/// precedes the member after `attach`. `attach=a=1&z=2` is not, since `z` would come last. The
/// names that WeChat Pay itself uses are always rejected.
pub fn ambiguous_member(members: &Map<String, Value>) -> Option<&str> {
    let mut sorted: Vec<_> = members
        .iter()
        .filter(|(name, _)| *name != "sign")
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    sorted.sort_unstable();
    sorted.iter().enumerate().find_map(|(at, (name, value))| {
        let next = sorted.get(at + 1).map(|(next, _)| *next);
        let taken = |inner: &str| {
            let between = inner > *name && next.is_none_or(|next| inner < next);
            between || members.contains_key(inner) || WELL_KNOWN.contains(&inner)
        };
        names_inside(value).any(taken).then_some(*name)
    })
}

/// The members that merchants base decisions on; a message may lack some.
const WELL_KNOWN: [&str; 12] = [
    "appid",
    "bank_type",
    "cash_fee",
    "mch_id",
    "openid",
    "out_trade_no",
    "result_code",
    "return_code",
    "sub_mch_id",
    "total_fee",
    "trade_state",
    "transaction_id",
];

/// Whether this element name cannot contain the text of another member.
pub fn is_plain_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !name.is_empty() && name.bytes().all(plain)
}

/// Returns the names in `&name=` inside a value.
fn names_inside(value: &str) -> impl Iterator<Item = &str> {
    let rest = value.split('&').skip(1);
    rest.filter_map(|part| part.split_once('=').map(|(name, _)| name))
        .filter(|name| is_plain_name(name))
}

/// The signed text: the covered members, sorted by name, and the key.
pub fn text<K, V>(members: impl IntoIterator<Item = (K, V)>, key: &Secret) -> String
where
    K: AsRef<str>,
    V: AsRef<str>,
{
    let mut members: Vec<_> = members
        .into_iter()
        .filter(|(name, value)| name.as_ref() != "sign" && !value.as_ref().is_empty())
        .collect();
    members.sort_by(|(a, _), (b, _)| a.as_ref().cmp(b.as_ref()));
    let mut text = String::new();
    for (name, value) in &members {
        text.extend([name.as_ref(), "=", value.as_ref(), "&"]);
    }
    text.extend(["key=", key.expose()]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Secret {
        Secret::new("192006250b4c09247ec02edce69f6a2d")
    }

    #[test]
    fn members_are_sorted_without_empty_ones_and_the_signature() {
        let members = [("b", "2"), ("sign", "x"), ("a", "1"), ("c", ""), ("B", "0")];
        assert_eq!(
            text(members, &key()),
            "B=0&a=1&b=2&key=192006250b4c09247ec02edce69f6a2d"
        );
        assert_eq!(
            text::<&str, &str>([], &key()),
            "key=192006250b4c09247ec02edce69f6a2d"
        );
    }

    #[test]
    fn a_value_that_contains_another_member_is_found() {
        let found = |attach: &str| {
            let members = serde_json::json!({"attach": attach, "fee_type": "CNY", "empty": ""});
            ambiguous_member(members.as_object().unwrap()).map(str::to_owned)
        };
        for attach in [
            "7&bank_type=CMC",
            "7&b=",
            "7&x&b=1",
            "7&total_fee=1",
            "7&fee_type=USD",
            "7&empty=",
        ] {
            assert_eq!(found(attach).as_deref(), Some("attach"), "{attach}");
        }
        for attach in [
            "", "7", "a=1", "a=1&z=2", "7&b", "AT&T x=1", "&=", "a&&", "7&a=1",
        ] {
            assert_eq!(found(attach), None, "{attach}");
        }
        // After the last member there is nothing that the name must precede.
        let members = serde_json::json!({"attach": "1", "b": "2&zzz=3"});
        assert_eq!(ambiguous_member(members.as_object().unwrap()), Some("b"));
    }

    #[test]
    fn only_the_right_signature_verifies() {
        let members = [("a", "1")];
        for kind in [SignType::Md5, SignType::HmacSha256] {
            let signature = kind.sign(members, &key()).unwrap();
            assert!(kind.verify(members, &key(), &signature).unwrap());
            assert!(!kind.verify([("a", "2")], &key(), &signature).unwrap());
            assert!(!kind.verify(members, &key(), "").unwrap());
        }
    }
}
