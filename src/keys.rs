//! The merchant's own credentials, checked against each other.

use std::fmt;
use std::sync::Arc;

use crate::crypto::{Certificate, PrivateKey};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// The merchant: who it is, and how it signs.
#[derive(Clone)]
pub(crate) struct Merchant {
    pub(crate) mchid: Arc<str>,
    /// APIv3.
    pub(crate) signing: Option<Signing>,
    /// APIv2.
    pub(crate) v2_key: Option<Secret>,
    /// Opens what WeChat Pay encrypts for APIv3: certificates, notifications.
    pub(crate) apiv3_key: Option<Secret>,
}

/// The private key and the serial of its certificate.
#[derive(Clone)]
pub(crate) struct Signing {
    pub(crate) serial: Arc<str>,
    pub(crate) key: PrivateKey,
}

/// What a caller has given of them.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) mchid: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) key: Option<PrivateKey>,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) v2_key: Option<Secret>,
    pub(crate) apiv3_key: Option<Secret>,
}

impl Given {
    /// What a TLS connection can present: certificate and key.
    pub(crate) fn identity(&self) -> Option<(Certificate, PrivateKey)> {
        Some((self.certificate.clone()?, self.key.clone()?))
    }

    /// Checks that all is there, well formed and belongs together.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] with where to find the right value.
    pub(crate) fn check(self, v3: bool) -> Result<Merchant> {
        let mchid = check_mchid(self.mchid.as_deref())?;
        if let (Some(key), Some(certificate)) = (&self.key, &self.certificate) {
            check_pair(key, certificate)?;
        }
        check_v2_key(self.v2_key.as_ref())?;
        check_apiv3_key(self.apiv3_key.as_ref())?;
        let signing = v3
            .then(|| signing(self.key, self.serial.as_deref(), self.certificate.as_ref()))
            .transpose()?;
        Ok(Merchant {
            mchid,
            signing,
            v2_key: self.v2_key,
            apiv3_key: self.apiv3_key,
        })
    }
}

fn signing(
    key: Option<PrivateKey>,
    given: Option<&str>,
    certificate: Option<&Certificate>,
) -> Result<Signing> {
    let key = key.ok_or_else(no_key)?;
    let serial = serial(given, certificate)?;
    Ok(Signing { serial, key })
}

fn check_v2_key(key: Option<&Secret>) -> Result<()> {
    match key.map(|key| key.expose().len()) {
        None | Some(32) => Ok(()),
        Some(len) => Err(builder(format!(
            "the APIv2 key has {len} bytes and must have 32: it is the one set at 商户平台 → 账户中心 \
             → API安全 → APIv2密钥"
        ))),
    }
}

fn check_apiv3_key(key: Option<&Secret>) -> Result<()> {
    match key.map(|key| key.expose().len()) {
        None | Some(32) => Ok(()),
        Some(len) => Err(builder(format!(
            "the APIv3 key has {len} bytes and must have 32: it is the one set at 商户平台 → 账户中心 \
             → API安全 → APIv3密钥, not the v2 key and not the private key"
        ))),
    }
}

fn check_mchid(mchid: Option<&str>) -> Result<Arc<str>> {
    let mchid = mchid.unwrap_or_default();
    if (8..=32).contains(&mchid.len()) && mchid.bytes().all(|c| c.is_ascii_digit()) {
        return Ok(mchid.into());
    }
    Err(builder(format!(
        "mchid {mchid:?} is not a merchant id (商户号): it is a number of 10 digits, shown at \
         商户平台 → 账户中心 → 商户信息"
    )))
}

fn no_key() -> Error {
    builder(
        "there is no merchant private key: give private_key(PrivateKey::from_file(\
         \"apiclient_key.pem\")?); it was made with the merchant certificate at 商户平台 → 账户中心 \
         → API安全 → 商户API证书",
    )
}

fn check_pair(key: &PrivateKey, certificate: &Certificate) -> Result<()> {
    if key.public_key() == certificate.public_key() {
        return Ok(());
    }
    Err(builder(format!(
        "the private key does not belong to the merchant certificate {}: apiclient_key.pem and \
         apiclient_cert.pem have to come from the same application",
        certificate.serial()
    )))
}

fn serial(given: Option<&str>, certificate: Option<&Certificate>) -> Result<Arc<str>> {
    let given = given.map(check_serial).transpose()?;
    let derived = certificate.map(|certificate| certificate.serial().to_owned());
    match (given, derived) {
        (Some(given), Some(derived)) if given != derived => Err(builder(format!(
            "the serial {given} is not that of the merchant certificate, {derived}; give the \
             certificate alone and its serial is taken from it"
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

/// Upper-case hexadecimal, as WeChat Pay prints it.
fn check_serial(serial: &str) -> Result<String> {
    let problem = if serial.starts_with("PUB_KEY_ID_") {
        "it is the id of a WeChat Pay public key, which goes with platform_key(..)"
    } else if serial.contains(':') {
        "it is written with colons: leave them out"
    } else if serial.len() > 40 && serial.bytes().all(|c| c.is_ascii_digit()) {
        "it is decimal: write it in hexadecimal, as `openssl x509 -serial` prints it"
    } else if !(8..=40).contains(&serial.len()) || !serial.bytes().all(|c| c.is_ascii_hexdigit()) {
        "it is not of 40 hexadecimal digits"
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
    fn a_serial_is_hexadecimal_and_is_raised_to_upper_case() {
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
