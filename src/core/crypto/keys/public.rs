use std::fmt;
use std::path::Path;
use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::pkey::{Private, Public};
use openssl::rsa::Rsa;
use openssl::x509::X509;

use super::super::message_digest::MessageDigest;
use super::super::rsa::RsaPublic;
#[cfg(feature = "sm")]
use super::super::sm2::Sm2Public;
use super::super::{KeyAlgorithm, Padding, Sm2Mistake, base64};
use super::super::{Signed, signed_digest};
use super::file::{load, load_bytes};
use super::item::{Item, ItemKind};
use super::refusal::{Expected, Outcome, Refusal};
use super::x509::serial;
use super::{MIN_BITS, der};
use crate::error::{Error, ErrorKind, Result};

/// A public key: RSA, or SM2 (国密) with the feature `sm`. It verifies WeChat Pay's signatures and encrypts data for
/// WeChat Pay.
///
/// Clones are cheap. Two keys are equal if their numbers are.
///
/// # Forms
///
/// PEM or DER of a public key (SPKI or PKCS#1) or of an X.509 certificate, whose key is used;
/// bare base64; base64 of a PEM; the PHP SDK's `public.spki://…`, `public.pkcs1://…` and `file://…`. PEM whose line
/// breaks were lost in an environment variable is repaired.
///
/// ```no_run
/// use wechatpay_chain::PublicKey;
/// let key = PublicKey::from_file("pub_key.pem")?;
/// # Ok::<_, wechatpay_chain::Error>(())
/// ```
#[derive(Clone)]
pub struct PublicKey {
    inner: Arc<Inner>,
}

struct Inner {
    kind: Kind,
    /// The serial of the certificate that it was read from, and the certificate.
    certificate: Option<(String, X509)>,
}

enum Kind {
    Rsa(RsaPublic),
    #[cfg(feature = "sm")]
    Sm2(Sm2Public),
}

impl PublicKey {
    /// Reads a key from a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when the file cannot be read, contains something else (the message says
    /// what), or contains an RSA key shorter than 2048 bits or a key of another algorithm.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        load(path.as_ref(), Expected::PublicKey, Self::from_items)
    }

    /// Reads a key from bytes or text in any of the [forms](Self#forms).
    ///
    /// Text that starts with `file://` names a file, which is read.
    ///
    /// # Errors
    ///
    /// The errors of [`from_file`](Self::from_file).
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self> {
        load_bytes(bytes.as_ref(), Expected::PublicKey, Self::from_items)
    }

    /// Whether a base64 signature matches a message; [`PrivateKey::sign`](super::PrivateKey::sign) names the
    /// algorithms.
    ///
    /// Returns `false` for a malformed signature.
    ///
    /// Source: RFC 8017, section 8.2.2; GB/T 32918.2.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        self.verify_digest(&self.digest_of(message), signature)
    }

    /// Whether a base64 signature matches the message with this digest: its SHA-256 for an RSA key, the SM3 of user,
    /// key and message for an SM2 key.
    pub fn verify_digest(&self, digest: &[u8; 32], signature: &str) -> bool {
        let Some(signature) = base64::decode(signature) else {
            return false;
        };
        match &self.inner.kind {
            Kind::Rsa(key) => key.verify(digest, &signature),
            #[cfg(feature = "sm")]
            Kind::Sm2(key) => key.verify(digest, &signature),
        }
    }

    /// Returns an empty digest of the kind that signatures of this key cover.
    pub fn digest(&self) -> MessageDigest {
        match &self.inner.kind {
            Kind::Rsa(_) => MessageDigest::sha256(),
            #[cfg(feature = "sm")]
            Kind::Sm2(key) => MessageDigest::Sm3(key.digest()),
        }
    }

    /// Returns the digest of a message that a signature of this key covers.
    pub(in crate::crypto) fn digest_of(&self, message: &[u8]) -> [u8; 32] {
        let mut digest = self.digest();
        digest.update(message);
        digest.finish()
    }

    /// Returns the digest that this key signed, for diagnoses; `None` if another key signed, and for an SM2 key, from
    /// whose signatures it cannot be recovered.
    pub fn signed_digest(&self, signature: &[u8]) -> Option<Signed> {
        match &self.inner.kind {
            Kind::Rsa(key) => signed_digest(&key.key, signature),
            #[cfg(feature = "sm")]
            Kind::Sm2(_) => None,
        }
    }

    /// Returns the mistakes in a signature of this SM2 key over a message that is right otherwise, for diagnoses.
    ///
    /// The list is empty for a right signature, for one of another key or text, and for an RSA key.
    #[must_use]
    pub fn sm2_mistakes(&self, message: &[u8], signature: &str) -> Vec<Sm2Mistake> {
        match &self.inner.kind {
            Kind::Rsa(_) => {
                let _ = (message, signature);
                Vec::new()
            }
            #[cfg(feature = "sm")]
            Kind::Sm2(key) => key.mistakes(message, signature),
        }
    }

    /// Returns the algorithm.
    #[must_use]
    pub fn algorithm(&self) -> KeyAlgorithm {
        match &self.inner.kind {
            Kind::Rsa(_) => KeyAlgorithm::Rsa,
            #[cfg(feature = "sm")]
            Kind::Sm2(_) => KeyAlgorithm::Sm2,
        }
    }

    /// Returns the size of the key in bits.
    pub(super) fn bits(&self) -> u32 {
        match &self.inner.kind {
            Kind::Rsa(key) => key.key.bits(),
            #[cfg(feature = "sm")]
            Kind::Sm2(_) => 256,
        }
    }

    /// Encrypts a text for the owner of the private key and returns base64 on one line.
    ///
    /// ```
    /// use wechatpay_chain::Padding;
    /// # let private = wechatpay_chain::PrivateKey::from_file("../../tests/data/keys/pkcs8.pem")?;
    /// # let key = private.public_key();
    /// let ciphertext = key.encrypt(Padding::Oaep, "张三".as_bytes())?;
    /// assert!(key.is_ciphertext(&ciphertext));
    /// # assert_eq!(*private.decrypt(Padding::Oaep, &ciphertext)?, "张三".as_bytes());
    /// # Ok::<_, wechatpay_chain::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encrypt`] when the text is longer than
    /// [`max_plaintext_len`](Self::max_plaintext_len), or empty and the key an SM2 key.
    ///
    /// Source: RFC 8017, sections 7.1.1 and 7.2.1; GB/T 32918.4.
    pub fn encrypt(&self, padding: Padding, plaintext: &[u8]) -> Result<String> {
        let ciphertext = match &self.inner.kind {
            Kind::Rsa(key) => {
                let max = self.max_plaintext_len(padding);
                if plaintext.len() > max {
                    return Err(too_long(plaintext.len(), max, padding));
                }
                key.encrypt(padding, plaintext).map_err(|err| {
                    let message = "OpenSSL cannot encrypt with this public key";
                    Error::new(ErrorKind::Encrypt, message).with_source(err)
                })?
            }
            #[cfg(feature = "sm")]
            Kind::Sm2(key) => key.encrypt(plaintext)?,
        };
        Ok(base64::encode(&ciphertext))
    }

    /// Returns the serial of the certificate that the key was read from, if any.
    pub fn certificate(&self) -> Option<&str> {
        let (serial, _) = self.inner.certificate.as_ref()?;
        Some(serial)
    }

    /// Returns OpenSSL's type of the certificate that the key was read from.
    pub(super) fn x509(&self) -> Option<&X509> {
        let (_, x509) = self.inner.certificate.as_ref()?;
        Some(x509)
    }

    /// Returns the length in bytes of the longest text that can be encrypted with a padding. SM2 sets no limit.
    #[must_use]
    pub fn max_plaintext_len(&self, padding: Padding) -> usize {
        match &self.inner.kind {
            Kind::Rsa(key) => key.size - padding.overhead(),
            #[cfg(feature = "sm")]
            Kind::Sm2(_) => usize::MAX,
        }
    }

    /// Returns the length of the modulus in bytes, which is also the length of a signature or ciphertext; zero for an
    /// SM2 key, whose signatures and ciphertexts have no fixed length.
    #[must_use]
    pub fn modulus_len(&self) -> usize {
        match &self.inner.kind {
            Kind::Rsa(key) => key.size,
            #[cfg(feature = "sm")]
            Kind::Sm2(_) => 0,
        }
    }

    /// Whether a text has the form of a ciphertext of this key.
    ///
    /// A ciphertext is base64 with the standard alphabet and padding: for an RSA key of exactly
    /// [`modulus_len`](Self::modulus_len) bytes, for an SM2 key of the DER structure C1C3C2.
    #[must_use]
    pub fn is_ciphertext(&self, text: &str) -> bool {
        match &self.inner.kind {
            Kind::Rsa(key) => base64::decoded_len(text) == Some(key.size),
            #[cfg(feature = "sm")]
            Kind::Sm2(_) => {
                base64::decode(text).is_some_and(|bytes| der::is_sm2_ciphertext(&bytes))
            }
        }
    }

    /// Returns the key as PEM, in the form in which WeChat Pay issues it (SubjectPublicKeyInfo).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when OpenSSL cannot write it.
    pub fn to_pem(&self) -> Result<String> {
        match &self.inner.kind {
            Kind::Rsa(key) => {
                let pem = key.key.public_key_to_pem().map_err(|err| {
                    Error::new(ErrorKind::Key, "OpenSSL cannot write the public key")
                        .with_source(err)
                })?;
                Ok(String::from_utf8_lossy(&pem).into_owned())
            }
            #[cfg(feature = "sm")]
            Kind::Sm2(key) => key.to_pem().ok_or_else(|| {
                Error::new(ErrorKind::Key, "the public key cannot be written as PEM")
            }),
        }
    }

    fn from_items(items: &[Item]) -> Outcome<Self> {
        let item = items
            .iter()
            .find(|item| item.kind.holds_public_key())
            .or(items.first());
        let kind = item.map_or(ItemKind::Unknown, |item| item.kind);
        let data = item.map(|item| &item.data[..]).unwrap_or_default();
        match kind {
            ItemKind::PublicSpki => Self::from_rsa(Rsa::public_key_from_der(data), None),
            ItemKind::PublicPkcs1 => Self::from_rsa(Rsa::public_key_from_der_pkcs1(data), None),
            ItemKind::PublicSm2 => Self::from_sm2(data, None),
            ItemKind::Certificate => Self::of_certificate(&X509::from_der(data).map_err(damaged)?),
            _ => Err(Refusal::wrong_kind(Expected::PublicKey, kind)),
        }
    }

    /// Returns the key of a certificate.
    pub(super) fn of_certificate(certificate: &X509) -> Outcome<Self> {
        // OpenSSL may lack SM2, so the key is not read by it.
        let whole = certificate.to_der().map_err(damaged)?;
        let origin = (serial(certificate).map_err(damaged)?, certificate.clone());
        if let Some(spki) = der::sm2_key_in_certificate(&whole) {
            return Self::from_sm2(spki, Some(origin));
        }
        match certificate.public_key().map_err(damaged)?.rsa() {
            Ok(rsa) => Self::from_rsa(Ok(rsa), Some(origin)),
            Err(_) => Err(Refusal::new(
                "this certificate is not for an RSA key and not for an SM2 key; WeChat Pay uses these two: give the file \
                 downloaded from WeChat Pay",
            )),
        }
    }

    /// Returns the public half of a private key.
    pub(super) fn of_private(rsa: &Rsa<Private>) -> Outcome<Self> {
        let n = rsa.n().to_owned().map_err(damaged)?;
        let e = rsa.e().to_owned().map_err(damaged)?;
        Self::from_rsa(Rsa::from_public_components(n, e), None)
    }

    fn from_rsa(
        rsa: Result<Rsa<Public>, ErrorStack>,
        certificate: Option<(String, X509)>,
    ) -> Outcome<Self> {
        let rsa = rsa.map_err(damaged)?;
        let bits = rsa.n().num_bits();
        if bits < MIN_BITS {
            let sentence = format!(
                "this RSA key has {bits} bits; WeChat Pay's keys have 2048 or more: give the file \
                 downloaded from WeChat Pay"
            );
            return Err(Refusal::new(sentence));
        }
        let kind = Kind::Rsa(RsaPublic::new(rsa).map_err(damaged)?);
        Ok(Self {
            inner: Arc::new(Inner { kind, certificate }),
        })
    }

    #[cfg(feature = "sm")]
    fn from_sm2(spki: &[u8], certificate: Option<(String, X509)>) -> Outcome<Self> {
        let point = der::point_in_spki(spki).and_then(Sm2Public::from_sec1);
        let key = point.ok_or_else(|| {
            Refusal::new("an SM2 public key was found, but it cannot be read; copy the file again, unchanged")
        })?;
        Ok(Self::of_sm2(key, certificate))
    }

    #[cfg(not(feature = "sm"))]
    fn from_sm2(_: &[u8], _: Option<(String, X509)>) -> Outcome<Self> {
        Err(Refusal::no_sm2())
    }

    #[cfg(feature = "sm")]
    pub(super) fn of_sm2(key: Sm2Public, certificate: Option<(String, X509)>) -> Self {
        let kind = Kind::Sm2(key);
        Self {
            inner: Arc::new(Inner { kind, certificate }),
        }
    }
}

fn too_long(len: usize, max: usize, padding: Padding) -> Error {
    let name = padding.name();
    let message = format!("the text has {len} bytes; {name} with this key takes {max} at most");
    Error::new(ErrorKind::Encrypt, message)
}

fn damaged(err: ErrorStack) -> Refusal {
    Refusal::damaged(Expected::PublicKey, err)
}

impl ItemKind {
    const fn holds_public_key(self) -> bool {
        matches!(
            self,
            Self::PublicSpki | Self::PublicPkcs1 | Self::PublicSm2 | Self::Certificate
        )
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        if Arc::ptr_eq(&self.inner, &other.inner) {
            return true;
        }
        match (&self.inner.kind, &other.inner.kind) {
            (Kind::Rsa(one), Kind::Rsa(other)) => one.key.public_eq(&other.key),
            #[cfg(feature = "sm")]
            (Kind::Sm2(one), Kind::Sm2(other)) => one == other,
            #[cfg(feature = "sm")]
            _ => false,
        }
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("PublicKey");
        if self.algorithm() != KeyAlgorithm::Rsa {
            shown.field("algorithm", &self.algorithm());
        }
        shown.field("bits", &self.bits()).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "public_tests.rs"]
mod tests;
