//! The credentials of the merchant or brand, checked against each other.

use std::fmt;
use std::sync::Arc;

use wechatpay_core::crypto::{Certificate, KeyAlgorithm, PrivateKey};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::Scheme;
use wechatpay_core::secret::Secret;

/// The merchant: identity and signing keys.
#[derive(Clone)]
pub(crate) struct Merchant {
    /// Empty for a brand.
    pub(crate) mchid: Arc<str>,
    /// For APIv3.
    pub(crate) signing: Option<Signing>,
    /// For APIv2.
    pub(crate) v2_key: Option<Secret>,
    /// Decrypts APIv3's certificates and notifications.
    pub(crate) apiv3_key: Option<Secret>,
}

/// The private key, the serial of its certificate, and their owner.
#[derive(Clone)]
pub(crate) struct Signing {
    pub(crate) scheme: Scheme,
    pub(crate) id: Arc<str>,
    pub(crate) serial: Arc<str>,
    pub(crate) key: PrivateKey,
}

/// The credentials that the caller has given.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) mchid: Option<String>,
    pub(crate) brand_id: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) key: Option<PrivateKey>,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) v2_key: Option<Secret>,
    pub(crate) apiv3_key: Option<Secret>,
}

impl Given {
    /// Returns the certificate and key for TLS connections, which only APIv2 presents; `None` for SM2.
    pub(crate) fn identity(&self) -> Option<(Certificate, PrivateKey)> {
        let key = self.key.clone()?;
        (key.algorithm() == KeyAlgorithm::Rsa).then_some((self.certificate.clone()?, key))
    }

    /// Checks that the credentials are complete, well formed and consistent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`], which says where to find the right value.
    pub(crate) fn check(self, v3: bool) -> Result<Merchant> {
        let (scheme, id) = self.who()?;
        self.check_algorithm(scheme)?;
        if let (Some(key), Some(certificate)) = (&self.key, &self.certificate) {
            check_pair(key, certificate)?;
        }
        if !v3 {
            self.check_identity()?;
        }
        self.v2_key.as_ref().map_or(Ok(()), check_v2_key)?;
        self.apiv3_key.as_ref().map_or(Ok(()), check_apiv3_key)?;
        let mchid = if scheme == Scheme::Brand {
            "".into()
        } else {
            Arc::clone(&id)
        };
        let (v2_key, apiv3_key) = (self.v2_key.clone(), self.apiv3_key.clone());
        let signing = v3.then(|| self.signing(scheme, id)).transpose()?;
        Ok(Merchant {
            mchid,
            signing,
            v2_key,
            apiv3_key,
        })
    }

    /// Rejects uses of an SM2 key that WeChat Pay does not document.
    fn check_algorithm(&self, scheme: Scheme) -> Result<()> {
        let algorithm = self.key.as_ref().map(PrivateKey::algorithm);
        if algorithm != Some(KeyAlgorithm::Sm2) {
            return Ok(());
        }
        if self.v2_key.is_some() {
            return Err(builder(
                "an APIv2 key was given together with an SM2 private key (国密): APIv2 knows RSA certificates only, \
                 so build a second client with v2_key(..) and the RSA key",
            ));
        }
        if scheme == Scheme::Brand {
            return Err(builder(
                "an SM2 private key (国密) was given for a brand: WeChat Pay accepts RSA keys of brands only, so give \
                 the brand's RSA key",
            ));
        }
        Ok(())
    }

    /// Rejects half a TLS identity: an APIv2-only client needs both certificate and key, or neither.
    fn check_identity(&self) -> Result<()> {
        let lacking = match (&self.certificate, &self.key) {
            (Some(_), None) => {
                "a merchant certificate was given without its private key: give private_key(..) too"
            }
            (None, Some(_)) => {
                "a private key was given without the merchant certificate: give certificate(..) too"
            }
            _ => return Ok(()),
        };
        Err(builder(format!(
            "{lacking}; APIv2 presents both for refunds and payouts and needs neither for other calls. \
             For APIv3 give a platform_key(..) as well"
        )))
    }

    /// Returns the merchant or the brand, of which exactly one must be set.
    fn who(&self) -> Result<(Scheme, Arc<str>)> {
        let Some(brand_id) = self.brand_id.as_deref() else {
            return Ok((Scheme::Merchant, check_mchid(self.mchid.as_deref())?));
        };
        if self.mchid.is_some() {
            return Err(builder(
                "both mchid(..) and brand_id(..) were given: a merchant and a brand sign with different \
                 keys, so build a client for each",
            ));
        }
        if self.v2_key.is_some() {
            return Err(builder(
                "an APIv2 key was given for a brand: APIv2 is for merchants, so build a client with \
                 mchid(..) for it",
            ));
        }
        Ok((Scheme::Brand, check_brand_id(brand_id)?))
    }

    fn signing(self, scheme: Scheme, id: Arc<str>) -> Result<Signing> {
        let key = self.key.ok_or_else(no_key)?;
        let serial = serial(self.serial.as_deref(), self.certificate.as_ref())?;
        let scheme = match scheme {
            Scheme::Brand => Scheme::Brand,
            _ => Scheme::of_merchant(key.algorithm()),
        };
        Ok(Signing {
            scheme,
            id,
            serial,
            key,
        })
    }
}

impl Merchant {
    /// Returns the merchant id or brand id.
    pub(crate) fn id(&self) -> &Arc<str> {
        self.signing
            .as_ref()
            .map_or(&self.mchid, |signing| &signing.id)
    }

    /// Returns the algorithm of the private key.
    pub(crate) fn algorithm(&self) -> KeyAlgorithm {
        let signing = self.signing.as_ref();
        signing.map_or(KeyAlgorithm::Rsa, |signing| signing.key.algorithm())
    }

    pub(crate) fn brand_id(&self) -> Option<&str> {
        let signing = self.signing.as_ref()?;
        (signing.scheme == Scheme::Brand).then_some(&*signing.id)
    }
}

/// # Errors
///
/// [`ErrorKind::Builder`], which says where to find the right key.
pub(crate) fn check_apiv3_key(key: &Secret) -> Result<()> {
    check_key(
        key,
        "APIv3",
        "it is the one set at 商户平台 → 账户中心 → API安全 → APIv3密钥, not the v2 key and not the private key",
    )
}

/// # Errors
///
/// [`ErrorKind::Builder`], which says where to find the right key.
pub(crate) fn check_v2_key(key: &Secret) -> Result<()> {
    check_key(
        key,
        "APIv2",
        "it is the one set at 商户平台 → 账户中心 → API安全 → APIv2密钥",
    )
}

fn check_key(key: &Secret, name: &str, place: &str) -> Result<()> {
    let text = key.expose();
    if text.len() == 32 {
        return Ok(());
    }
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "\u{feff}\"'".contains(c));
    let place = match bare.len() {
        32 => "it is surrounded by white space, quotation marks or a byte order mark: remove them",
        _ => place,
    };
    Err(builder(format!(
        "the {name} key has {} bytes and must have 32: {place}",
        text.len()
    )))
}

fn check_mchid(mchid: Option<&str>) -> Result<Arc<str>> {
    let Some(mchid) = mchid else {
        return Err(builder(
            "there is no merchant id: give mchid(..), the 商户号 shown at 商户平台 → 账户中心 → 商户信息",
        ));
    };
    if (8..=32).contains(&mchid.len()) && mchid.bytes().all(|c| c.is_ascii_digit()) {
        return Ok(mchid.into());
    }
    Err(builder(format!(
        "mchid {mchid:?} is not a merchant id (商户号): it is a number of 10 digits, shown at \
         商户平台 → 账户中心 → 商户信息"
    )))
}

fn check_brand_id(brand_id: &str) -> Result<Arc<str>> {
    if (1..=32).contains(&brand_id.len()) && brand_id.bytes().all(|c| c.is_ascii_digit()) {
        return Ok(brand_id.into());
    }
    Err(builder(format!(
        "brand_id {brand_id:?} is not a brand id (品牌ID): it is a number, shown where the brand's API \
         keys are set"
    )))
}

fn no_key() -> Error {
    builder(
        "there is no merchant private key: give \
         private_key(PrivateKey::from_file(\"apiclient_key.pem\")?); it was created together with the \
         merchant certificate at 商户平台 → 账户中心 → API安全 → 商户API证书",
    )
}

fn check_pair(key: &PrivateKey, certificate: &Certificate) -> Result<()> {
    if key.public_key() == certificate.public_key() {
        return Ok(());
    }
    let [own, other] = [key.algorithm(), certificate.public_key().algorithm()];
    if own != other {
        let (own, serial, other) = (own.as_str(), certificate.serial(), other.as_str());
        return Err(builder(format!(
            "the algorithms are mixed: the private key is an {own} key, and the merchant certificate {serial} is for an \
             {other} key; give both of the same algorithm"
        )));
    }
    Err(builder(format!(
        "the private key does not belong to the merchant certificate {}: apiclient_key.pem and \
         apiclient_cert.pem must come from the same application",
        certificate.serial()
    )))
}

fn serial(given: Option<&str>, certificate: Option<&Certificate>) -> Result<Arc<str>> {
    let given = given.map(check_serial).transpose()?;
    let derived = certificate.map(|certificate| certificate.serial().to_owned());
    match (given, derived) {
        (Some(given), Some(derived)) if given != derived => Err(builder(format!(
            "the serial {given} differs from the merchant certificate's, {derived}; give only the \
             certificate, and its serial is used"
        ))),
        (Some(serial), _) => Ok(serial.into()),
        (None, Some(serial)) => Ok(serial.into()),
        (None, None) => Err(builder(
            "there is no merchant certificate serial: give serial(..), shown at 商户平台 → 账户中心 \
             → API安全 → 商户API证书, or the certificate itself with \
             certificate(Certificate::from_file(\"apiclient_cert.pem\")?)",
        )),
    }
}

/// Checks a serial and returns it in upper-case hexadecimal, as WeChat Pay prints it.
pub(crate) fn check_serial(serial: &str) -> Result<String> {
    let problem = if serial.starts_with("PUB_KEY_ID_") {
        "it is the id of a WeChat Pay public key, which goes with platform_key(..)"
    } else if serial.contains(':') {
        "it is written with colons: leave them out"
    } else if serial.len() > 40 && serial.bytes().all(|c| c.is_ascii_digit()) {
        "it is decimal: write it in hexadecimal, as `openssl x509 -serial` prints it"
    } else if !(8..=40).contains(&serial.len()) || !serial.bytes().all(|c| c.is_ascii_hexdigit()) {
        "it does not have 40 hexadecimal digits"
    } else {
        return Ok(serial.to_ascii_uppercase());
    };
    Err(builder(format!(
        "{serial:?} is not the serial of a merchant certificate: {problem}; it is shown at 商户平台 → \
         账户中心 → API安全 → 商户API证书"
    )))
}

fn builder(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Builder, message)
}

impl fmt::Debug for Merchant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merchant")
            .field("mchid", &self.mchid)
            .field("brand_id", &self.brand_id())
            .field(
                "serial",
                &self.signing.as_ref().map(|signing| &signing.serial),
            )
            .field("v2", &self.v2_key.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hexadecimal_serial_becomes_upper_case() {
        assert_eq!(
            check_serial("5157f09efdc096de15ebe81a47057a7232f1b8e1").unwrap(),
            "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
        );
    }

    #[test]
    fn the_usual_mistakes_in_a_serial_are_named() {
        for (serial, word) in [
            ("", "40 hexadecimal"),
            ("51:57:F0", "colons"),
            (
                "464306395018862183164412395868402563268526864609",
                "decimal",
            ),
            ("PUB_KEY_ID_0114232134912410000000000000", "public key"),
            ("5157F09EFDC096DE15EBE81A47057A7232F1B8EX", "40 hexadecimal"),
        ] {
            let err = check_serial(serial).unwrap_err();
            assert!(err.to_string().contains(word), "{err}");
            assert_eq!(err.kind(), ErrorKind::Builder);
        }
    }

    #[test]
    fn a_brand_id_is_a_number_and_excludes_a_merchant_id() {
        let given = |brand_id: &str| Given {
            brand_id: Some(brand_id.into()),
            ..Given::default()
        };
        assert_eq!(given("120344").who().unwrap().0, Scheme::Brand);
        for brand_id in ["", "12O344", "120 344", "wx120344", &"1".repeat(33)] {
            let err = given(brand_id).who().unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Builder);
            assert!(err.to_string().contains("品牌ID"), "{err}");
        }
        let both = Given {
            mchid: Some("1900000109".into()),
            ..given("120344")
        };
        assert!(both.who().unwrap_err().to_string().contains("both"));
        let v2 = Given {
            v2_key: Some("192006250b4c09247ec02edce69f6a2d".into()),
            ..given("120344")
        };
        assert!(v2.who().unwrap_err().to_string().contains("APIv2"));
    }

    #[test]
    fn a_mchid_is_a_number() {
        assert!(check_mchid(Some("1900000109")).is_ok());
        for mchid in [
            None,
            Some(""),
            Some("wx12345678"),
            Some("19000001O9"),
            Some("190 0000109"),
        ] {
            assert_eq!(check_mchid(mchid).unwrap_err().kind(), ErrorKind::Builder);
        }
    }
}
