//! Data encrypted with the merchant's keys: resources of notifications and platform certificates with
//! the APIv3 key, refunds with the APIv2 key.

use serde_json::Value;
use zeroize::Zeroizing;

use crate::crypto::aes::{self, KEY_LEN, NONCE_LEN, TAG_LEN};
#[cfg(feature = "sm")]
use crate::crypto::sm4;
use crate::crypto::{KeyAlgorithm, base64, digest};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// The algorithm for a merchant with RSA keys.
pub const ALGORITHM: &str = "AEAD_AES_256_GCM";
/// The algorithm for a merchant with SM2 keys (国密).
pub const SM_ALGORITHM: &str = "AEAD_SM4_GCM";

/// An encrypted text and its parameters, without the key.
///
/// Source: WeChat Pay document "如何解密证书和回调报文".
#[derive(Clone, Copy)]
pub struct Sealed<'a> {
    /// [`ALGORITHM`], or [`SM_ALGORITHM`] with the feature `sm`; any other is rejected.
    pub algorithm: &'a str,
    /// 12 bytes.
    pub nonce: &'a str,
    /// Authenticated, but not encrypted.
    pub associated_data: &'a str,
    /// Base64.
    pub ciphertext: &'a str,
}

impl<'a> Sealed<'a> {
    /// Reads APIv3's object; absent members are empty.
    pub fn of_resource(resource: &'a Value) -> Self {
        let text = |key: &str| resource[key].as_str().unwrap_or_default();
        Self {
            algorithm: text("algorithm"),
            nonce: text("nonce"),
            associated_data: text("associated_data"),
            ciphertext: text("ciphertext"),
        }
    }

    /// Decrypts with the first matching key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`]: no key matches, no key was given, or the object is malformed; the message says which.
    pub fn open<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k Secret>,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let ciphertext = self.check()?;
        let mut tried = 0;
        for key in keys {
            tried += 1;
            if let Some(text) = self.open_with(key, &ciphertext) {
                return Ok(text);
            }
        }
        Err(no_key_fits(tried))
    }

    fn open_with(&self, key: &Secret, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let bytes: &[u8; KEY_LEN] = key.expose().as_bytes().try_into().ok()?;
        let (nonce, aad) = (self.nonce.as_bytes(), self.associated_data.as_bytes());
        #[cfg(feature = "sm")]
        if self.algorithm == SM_ALGORITHM {
            return sm4::gcm_decrypt(&sm4::key_of(key), nonce, aad, ciphertext).ok();
        }
        aes::gcm_decrypt(bytes, nonce, aad, ciphertext).ok()
    }

    /// Checks everything that does not depend on the key, so that a later failure means a wrong key.
    pub fn check(&self) -> Result<Vec<u8>> {
        self.check_algorithm()?;
        if self.nonce.len() != NONCE_LEN {
            return Err(malformed(format!(
                "its nonce has {} bytes, not {NONCE_LEN}",
                self.nonce.len()
            )));
        }
        base64::decode(self.ciphertext)
            .filter(|bytes| bytes.len() >= TAG_LEN)
            .ok_or_else(|| malformed("its ciphertext is not base64 of 16 bytes or more".into()))
    }
}

impl Sealed<'_> {
    fn check_algorithm(&self) -> Result<()> {
        match self.algorithm {
            ALGORITHM => Ok(()),
            SM_ALGORITHM if cfg!(feature = "sm") => Ok(()),
            SM_ALGORITHM => Err(no_sm()),
            other => Err(malformed(format!(
                "its algorithm is {other:?}, not {ALGORITHM} or {SM_ALGORITHM}"
            ))),
        }
    }
}

/// Encrypts a text with the APIv3 key for a merchant with keys of this algorithm; returns the name of the cipher and
/// the ciphertext in base64.
///
/// # Errors
///
/// [`ErrorKind::Encrypt`] when the key does not have 32 bytes or the nonce 12; [`ErrorKind::Unsupported`] for SM2
/// without the feature `sm`.
pub fn seal(
    algorithm: KeyAlgorithm,
    key: &Secret,
    (nonce, associated_data): (&str, &str),
    text: &str,
) -> Result<(&'static str, String)> {
    let bytes: &[u8; KEY_LEN] = key.expose().as_bytes().try_into().map_err(|_| {
        Error::new(
            ErrorKind::Encrypt,
            "the APIv3 key (APIv3密钥) must have 32 bytes",
        )
    })?;
    let (nonce, aad) = (nonce.as_bytes(), associated_data.as_bytes());
    let (name, ciphertext) = match algorithm {
        KeyAlgorithm::Rsa => (
            ALGORITHM,
            aes::gcm_encrypt(bytes, nonce, aad, text.as_bytes())?,
        ),
        #[cfg(feature = "sm")]
        KeyAlgorithm::Sm2 => {
            let key = sm4::key_of(key);
            let ciphertext = sm4::gcm_encrypt(&key, nonce, aad, text.as_bytes())?;
            (SM_ALGORITHM, ciphertext)
        }
        #[cfg(not(feature = "sm"))]
        KeyAlgorithm::Sm2 => return Err(no_sm()),
    };
    Ok((name, base64::encode(&ciphertext)))
}

/// Returns the key that encrypts APIv2's `req_info` (AES-256-ECB): the hex text of the APIv2 key's MD5.
///
/// Source: WeChat Pay document "退款结果通知", section 解密步骤.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] when OpenSSL disables MD5 (FIPS).
pub fn refund_key(key: &Secret) -> Result<Zeroizing<[u8; KEY_LEN]>> {
    let text = Zeroizing::new(digest::md5_hex(key.expose().as_bytes())?);
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    bytes
        .iter_mut()
        .zip(text.bytes())
        .for_each(|(to, from)| *to = from.to_ascii_lowercase());
    Ok(bytes)
}

fn no_sm() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "the data is encrypted with SM4 (国密), and this program was built without it: enable the feature `sm` of \
         wechatpay-chain",
    )
}

fn malformed(why: String) -> Error {
    Error::new(
        ErrorKind::Decrypt,
        format!("the data encrypted with the APIv3 key is malformed: {why}"),
    )
}

fn no_key_fits(tried: usize) -> Error {
    if tried == 0 {
        return Error::new(
            ErrorKind::Decrypt,
            "there is no APIv3 key to decrypt with: give apiv3_key(..), set at 商户平台 → 账户中心 → \
             API安全 → APIv3密钥",
        );
    }
    Error::new(
        ErrorKind::Decrypt,
        format!(
            "the APIv3 key does not match ({tried} tried): check that it is not the v2 key or another \
             merchant's; after a change at 商户平台 → 账户中心 → API安全 → APIv3密钥 give both the old and the new \
             key"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";
    const NONCE: &str = "nonce-of-12b";

    fn sealed<R>(algorithm: &str, nonce: &str, run: impl FnOnce(Sealed<'_>) -> R) -> R {
        let key = KEY.as_bytes().try_into().unwrap();
        let bytes = aes::gcm_encrypt(key, NONCE.as_bytes(), b"aad", b"{}").unwrap();
        run(Sealed {
            algorithm,
            nonce,
            associated_data: "aad",
            ciphertext: &base64::encode(&bytes),
        })
    }

    #[test]
    fn any_of_several_keys_opens_the_envelope() {
        let keys = [Secret::new("x".repeat(32)), Secret::new(KEY)];
        let text = sealed(ALGORITHM, NONCE, |sealed| sealed.open(&keys)).unwrap();
        assert_eq!(&text[..], b"{}");
    }

    #[cfg(feature = "sm")]
    #[test]
    fn each_algorithm_is_opened_by_its_own_name_only() {
        let key = Secret::new(KEY);
        for algorithm in [KeyAlgorithm::Rsa, KeyAlgorithm::Sm2] {
            let (name, text) = seal(algorithm, &key, (NONCE, "aad"), "{}").unwrap();
            let sealed = |algorithm, associated_data| Sealed {
                algorithm,
                nonce: NONCE,
                associated_data,
                ciphertext: &text,
            };
            assert_eq!(&sealed(name, "aad").open([&key]).unwrap()[..], b"{}");
            assert!(sealed(name, "other").open([&key]).is_err());
            for other in [ALGORITHM, SM_ALGORITHM] {
                let opened = sealed(other, "aad").open([&key]);
                assert_eq!(opened.is_ok(), other == name, "{name} as {other}");
            }
        }
    }

    #[cfg(not(feature = "sm"))]
    #[test]
    fn sm4_names_the_feature_that_it_needs() {
        let err = sealed(SM_ALGORITHM, NONCE, |sealed| {
            sealed.open([&Secret::new(KEY)])
        });
        let err = err.unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Unsupported);
        assert!(err.to_string().contains("`sm`"), "{err}");
    }

    #[test]
    fn a_failure_tells_whether_the_key_is_wrong() {
        let other = [Secret::new("x".repeat(32))];
        let cases: [(&str, &str, &[Secret], &str); 4] = [
            (ALGORITHM, NONCE, &other, "does not match (1 tried)"),
            (ALGORITHM, NONCE, &[], "no APIv3 key"),
            ("AEAD_AES_128_GCM", NONCE, &other, "AEAD_AES_128_GCM"),
            (ALGORITHM, "short", &other, "5 bytes"),
        ];
        for (algorithm, nonce, keys, word) in cases {
            let err = sealed(algorithm, nonce, |sealed| sealed.open(keys)).unwrap_err();
            assert!(err.to_string().contains(word), "{err}");
            assert_eq!(err.kind(), ErrorKind::Decrypt);
        }
        let broken = |ciphertext| Sealed {
            algorithm: ALGORITHM,
            nonce: NONCE,
            associated_data: "",
            ciphertext,
        };
        for ciphertext in ["", "?", "AAAA"] {
            let err = broken(ciphertext).open(&other).unwrap_err();
            assert!(err.to_string().contains("not base64"), "{err}");
        }
    }
}
