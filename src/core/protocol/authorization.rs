use std::fmt;

use http::HeaderValue;

use crate::crypto::KeyAlgorithm;
use crate::error::{Error, ErrorKind, Result};

/// The authentication scheme of APIv3 with a merchant's RSA key: the text of [`Scheme::Merchant`].
pub const SCHEME: &str = Scheme::Merchant.as_str();

/// The signing party: the first word of an `Authorization` header.
///
/// The signed text is the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// `WECHATPAY2-SHA256-RSA2048`: a merchant, by its `mchid`.
    #[default]
    Merchant,
    /// `WECHATPAY2-SM2-WITH-SM3`: a merchant with an SM2 key (国密), by its `mchid`.
    MerchantSm2,
    /// `WECHATPAY-BRAND-SHA256-RSA2048`: a brand (品牌), by its `brand_id`.
    Brand,
}

impl Scheme {
    /// Returns the spelling of the header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Merchant => "WECHATPAY2-SHA256-RSA2048",
            Self::MerchantSm2 => "WECHATPAY2-SM2-WITH-SM3",
            Self::Brand => "WECHATPAY-BRAND-SHA256-RSA2048",
        }
    }

    /// Returns the header's parameter that names the signing party.
    #[must_use]
    pub const fn id_name(self) -> &'static str {
        match self {
            Self::Merchant | Self::MerchantSm2 => "mchid",
            Self::Brand => "brand_id",
        }
    }

    /// All schemes.
    pub const ALL: [Self; 3] = [Self::Merchant, Self::MerchantSm2, Self::Brand];

    /// Returns the scheme of a merchant whose key has this algorithm.
    #[must_use]
    pub const fn of_merchant(algorithm: KeyAlgorithm) -> Self {
        match algorithm {
            KeyAlgorithm::Rsa => Self::Merchant,
            KeyAlgorithm::Sm2 => Self::MerchantSm2,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut known = Self::ALL.into_iter();
        known.find(|scheme| scheme.as_str() == text)
    }
}

/// The parts of an APIv3 `Authorization` header.
///
/// A middleware that replaces `signer` builds one of these from a signature made elsewhere.
///
/// Source: WeChat Pay document "如何生成请求签名", section 设置HTTP头.
///
/// ```
/// use wechatpay_chain::signing::Authorization;
/// let header = Authorization::new("1900000109", "5157F09E", 1554208460, "593BEC0C", "c2lnbmF0dXJl")
///     .to_header_value()?;
/// assert!(header.is_sensitive());
/// let parsed = Authorization::parse(header.to_str().unwrap())?;
/// assert_eq!(parsed.serial_no(), "5157F09E");
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    scheme: Scheme,
    id: String,
    serial_no: String,
    timestamp: i64,
    nonce_str: String,
    signature: String,
}

impl Authorization {
    /// Creates a merchant's header; `signature` is base64, `timestamp` in Unix seconds.
    pub fn new(
        mchid: impl Into<String>,
        serial_no: impl Into<String>,
        timestamp: i64,
        nonce_str: impl Into<String>,
        signature: impl Into<String>,
    ) -> Self {
        Self {
            scheme: Scheme::Merchant,
            id: mchid.into(),
            serial_no: serial_no.into(),
            timestamp,
            nonce_str: nonce_str.into(),
            signature: signature.into(),
        }
    }

    /// Returns the same parts under another scheme, whose id is then the first part.
    ///
    /// ```
    /// use wechatpay_chain::signing::{Authorization, Scheme};
    /// let auth = Authorization::new("120344", "5157F09E", 1554208460, "593BEC0C", "c2lnbmF0dXJl")
    ///     .with_scheme(Scheme::Brand);
    /// let header = auth.to_header_value()?;
    /// let header = header.to_str().unwrap();
    /// assert!(header.starts_with("WECHATPAY-BRAND-SHA256-RSA2048 brand_id=\"120344\",serial_no="));
    /// # Ok::<(), wechatpay_chain::Error>(())
    /// ```
    #[must_use]
    pub fn with_scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Parses a header's value, of any [`Scheme`].
    ///
    /// The parameters may be in any order, with or without spaces after the commas.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Header`] when the scheme is unknown, or a parameter is missing, empty, doubled or
    /// malformed.
    pub fn parse(value: &str) -> Result<Self> {
        let (scheme, parameters) = value.split_once(' ').unwrap_or((value, ""));
        let scheme = Scheme::parse(scheme).ok_or_else(|| {
            malformed(
                "the scheme is none of WECHATPAY2-SHA256-RSA2048, WECHATPAY2-SM2-WITH-SM3 and \
                 WECHATPAY-BRAND-SHA256-RSA2048",
            )
        })?;
        let mut parts: [Option<&str>; 5] = [None; 5];
        for parameter in parameters.split(',') {
            let (name, value) = split_parameter(parameter.trim())?;
            let slot = names(scheme)
                .iter()
                .position(|known| *known == name)
                .ok_or_else(|| malformed("it has an unknown parameter"))?;
            if value.is_empty() {
                return Err(malformed("a parameter is empty"));
            }
            if parts[slot].replace(value).is_some() {
                return Err(malformed("a parameter occurs twice"));
            }
        }
        let [
            Some(id),
            Some(serial),
            Some(time),
            Some(nonce),
            Some(signature),
        ] = parts
        else {
            return Err(malformed("a parameter is missing"));
        };
        let timestamp = time
            .parse()
            .map_err(|_| malformed("the timestamp is not a number"))?;
        Ok(Self::new(id, serial, timestamp, nonce, signature).with_scheme(scheme))
    }

    /// Returns the header's value, marked as sensitive.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Header`] when a part contains a quote, a backslash or a character that is invalid in
    /// headers.
    pub fn to_header_value(&self) -> Result<HeaderValue> {
        self.parameters().to_header_value()
    }

    fn parameters(&self) -> Parameters<'_> {
        Parameters {
            scheme: self.scheme,
            id: &self.id,
            serial_no: &self.serial_no,
            timestamp: self.timestamp,
            nonce_str: &self.nonce_str,
            signature: &self.signature,
        }
    }

    /// Returns the signing party: merchant or brand.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the merchant id (商户号) or brand id (品牌ID), depending on the scheme.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the merchant id (商户号); empty in a brand's header.
    #[must_use]
    pub fn mchid(&self) -> &str {
        match self.scheme {
            Scheme::Merchant | Scheme::MerchantSm2 => &self.id,
            Scheme::Brand => "",
        }
    }

    /// Returns the serial of the merchant certificate.
    #[must_use]
    pub fn serial_no(&self) -> &str {
        &self.serial_no
    }

    /// Returns the timestamp in Unix seconds.
    #[must_use]
    pub fn timestamp(&self) -> i64 {
        self.timestamp
    }

    /// Returns the nonce.
    #[must_use]
    pub fn nonce_str(&self) -> &str {
        &self.nonce_str
    }

    /// Returns the signature in base64.
    #[must_use]
    pub fn signature(&self) -> &str {
        &self.signature
    }
}

/// The parts of an `Authorization` header, borrowed: a signer needs them once.
pub struct Parameters<'a> {
    /// The signing party.
    pub scheme: Scheme,
    /// The merchant id or brand id.
    pub id: &'a str,
    /// The serial of the merchant certificate.
    pub serial_no: &'a str,
    /// In Unix seconds.
    pub timestamp: i64,
    /// The nonce.
    pub nonce_str: &'a str,
    /// The signature in base64.
    pub signature: &'a str,
}

impl Parameters<'_> {
    /// Returns the header's value, marked as sensitive.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Header`] when a part contains a quote, a backslash or a character that is invalid in
    /// headers.
    pub fn to_header_value(&self) -> Result<HeaderValue> {
        let texts = [self.id, self.serial_no, self.nonce_str, self.signature];
        if texts.iter().fold(false, |any, text| any | breaks_out(text)) {
            return Err(malformed("a part contains a quote or a backslash"));
        }
        let mut value = HeaderValue::try_from(self.text())
            .map_err(|_| malformed("a part contains a character that is invalid in headers"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn text(&self) -> String {
        let timestamp = self.timestamp.to_string();
        let parts = [
            self.scheme.as_str(),
            " ",
            self.scheme.id_name(),
            "=\"",
            self.id,
            "\",serial_no=\"",
            self.serial_no,
            "\",timestamp=\"",
            &timestamp,
            "\",nonce_str=\"",
            self.nonce_str,
            "\",signature=\"",
            self.signature,
            "\"",
        ];
        let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            text.push_str(part);
        }
        text
    }
}

/// Omits the signature: with it the request could be replayed.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field(self.scheme.id_name(), &self.id)
            .field("serial_no", &self.serial_no)
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

const fn names(scheme: Scheme) -> [&'static str; 5] {
    let id = scheme.id_name();
    [id, "serial_no", "timestamp", "nonce_str", "signature"]
}

fn split_parameter(text: &str) -> Result<(&str, &str)> {
    text.split_once('=')
        .and_then(|(name, value)| {
            let value = value.strip_prefix('"')?.strip_suffix('"')?;
            (!value.contains('"')).then_some((name, value))
        })
        .ok_or_else(|| malformed("a parameter is not of the form name=\"value\""))
}

/// Neither this function nor its caller returns early, so the compiler compares sixteen bytes at a time.
fn breaks_out(text: &str) -> bool {
    let special = |byte| (byte == b'"') | (byte == b'\\');
    text.bytes().fold(false, |any, byte| any | special(byte))
}

fn malformed(why: &'static str) -> Error {
    Error::new(
        ErrorKind::Header,
        format!("the Authorization header is malformed: {why}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Authorization {
        Authorization::new("1900000109", "5157", 1_554_208_460, "abc", "c2ln+/==")
    }

    #[test]
    fn the_text_is_the_documented_one() {
        assert_eq!(
            sample().parameters().text(),
            "WECHATPAY2-SHA256-RSA2048 mchid=\"1900000109\",serial_no=\"5157\",\
             timestamp=\"1554208460\",nonce_str=\"abc\",signature=\"c2ln+/==\""
        );
    }

    #[test]
    fn parameters_are_parsed_in_any_order() {
        let text = "WECHATPAY2-SHA256-RSA2048 signature=\"c2ln+/==\", nonce_str=\"abc\", \
                    timestamp=\"1554208460\", serial_no=\"5157\", mchid=\"1900000109\"";
        assert_eq!(Authorization::parse(text).unwrap(), sample());
    }

    #[test]
    fn a_brand_has_its_own_scheme_and_id() {
        let brand = sample().with_scheme(Scheme::Brand);
        assert_eq!(
            brand.parameters().text(),
            "WECHATPAY-BRAND-SHA256-RSA2048 brand_id=\"1900000109\",serial_no=\"5157\",\
             timestamp=\"1554208460\",nonce_str=\"abc\",signature=\"c2ln+/==\""
        );
        assert_eq!(
            Authorization::parse(&brand.parameters().text()).unwrap(),
            brand
        );
        assert_eq!((brand.id(), brand.mchid()), ("1900000109", ""));
        assert_eq!(sample().mchid(), "1900000109");
        for (scheme, other) in [("brand_id", "mchid"), ("mchid", "brand_id")] {
            let text = if scheme == "mchid" {
                sample()
            } else {
                brand.clone()
            }
            .parameters()
            .text();
            assert!(Authorization::parse(&text.replace(scheme, other)).is_err());
        }
    }

    #[test]
    fn a_merchant_with_an_sm2_key_has_a_scheme_and_the_same_parameters() {
        let sm = sample().with_scheme(Scheme::MerchantSm2);
        assert_eq!(
            sm.parameters().text(),
            "WECHATPAY2-SM2-WITH-SM3 mchid=\"1900000109\",serial_no=\"5157\",\
             timestamp=\"1554208460\",nonce_str=\"abc\",signature=\"c2ln+/==\""
        );
        let text = sm.parameters().text();
        assert_eq!(Authorization::parse(&text).unwrap(), sm);
        assert_eq!(sm.mchid(), "1900000109");
    }

    #[test]
    fn malformed_headers_are_rejected() {
        for text in [
            "",
            "Basic abc",
            "WECHATPAY2-SHA256-RSA2048",
            "WECHATPAY2-SHA256-RSA2048 mchid=1",
            "WECHATPAY2-SHA256-RSA2048 mchid=\"1\",mchid=\"1\"",
            "WECHATPAY2-SHA256-RSA2048 mchid=\"1\",serial_no=\"2\",timestamp=\"x\",\
             nonce_str=\"3\",signature=\"4\"",
            "WECHATPAY2-SHA256-RSA2048 mchid=\"1\",serial_no=\"2\",timestamp=\"1\",nonce_str=\"3\"",
        ] {
            let err = Authorization::parse(text).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Header, "{text}");
        }
    }

    #[test]
    fn a_part_cannot_smuggle_another_parameter_in() {
        let auth = Authorization::new("1\",mchid=\"2", "s", 0, "n", "x");
        assert!(auth.to_header_value().is_err());
        let auth = Authorization::new("1\r\nX: y", "s", 0, "n", "x");
        assert!(auth.to_header_value().is_err());
    }
}
