use std::fmt;
use std::path::Path;
use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private, Public};
use openssl::rsa::Rsa;
use openssl::x509::X509;

use super::super::contexts::Contexts;
use super::super::{Padding, base64, rsa};
use super::super::{Signed, signed_digest};
use super::MIN_BITS;
use super::file::{load, load_bytes};
use super::item::{Item, ItemKind};
use super::refusal::{Expected, Outcome, Refusal};
use super::x509::serial;
use crate::error::{Error, ErrorKind, Result};

/// A public RSA key. It verifies WeChat Pay's signatures and encrypts data for WeChat Pay.
///
/// Clones are cheap. Two keys are equal if modulus and exponent are.
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
    key: PKey<Public>,
    modulus_len: usize,
    /// The serial of the certificate that it was read from.
    certificate: Option<String>,
    verifying: Contexts<Public>,
    oaep: Contexts<Public>,
    pkcs1v15: Contexts<Public>,
}

impl PublicKey {
    /// Reads a key from a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when the file cannot be read, contains something else (the message says
    /// what), or contains a key that is not RSA or is shorter than 2048 bits.
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

    /// Whether a base64 signature (RSA PKCS#1 v1.5 with SHA-256) matches a message.
    ///
    /// Returns `false` for a malformed signature.
    ///
    /// Source: RFC 8017, section 8.2.2.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        self.verify_digest(&openssl::sha::sha256(message), signature)
    }

    /// Whether a base64 signature matches the message with this SHA-256.
    pub fn verify_digest(&self, digest: &[u8; 32], signature: &str) -> bool {
        let Some(signature) = base64::decode(signature) else {
            return false;
        };
        self.inner
            .verifying
            .run(&self.inner.key, |ctx| ctx.verify(digest, &signature))
            .unwrap_or(false)
    }

    /// Returns the digest that this key signed, for diagnoses; `None` if another key signed.
    pub fn signed_digest(&self, signature: &[u8]) -> Option<Signed> {
        signed_digest(&self.inner.key, signature)
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
    /// [`max_plaintext_len`](Self::max_plaintext_len).
    ///
    /// Source: RFC 8017, sections 7.1.1 and 7.2.1.
    pub fn encrypt(&self, padding: Padding, plaintext: &[u8]) -> Result<String> {
        let max = self.max_plaintext_len(padding);
        if plaintext.len() > max {
            return Err(too_long(plaintext.len(), max, padding));
        }
        let mut ciphertext = vec![0; self.modulus_len()];
        let len = self
            .encrypting(padding)
            .run(&self.inner.key, |ctx| {
                ctx.encrypt(plaintext, Some(&mut ciphertext))
            })
            .map_err(|err| {
                Error::new(
                    ErrorKind::Encrypt,
                    "OpenSSL cannot encrypt with this public key",
                )
                .with_source(err)
            })?;
        Ok(base64::encode(&ciphertext[..len]))
    }

    fn encrypting(&self, padding: Padding) -> &Contexts<Public> {
        match padding {
            Padding::Oaep => &self.inner.oaep,
            Padding::Pkcs1v15 => &self.inner.pkcs1v15,
        }
    }

    /// Returns the serial of the certificate that the key was read from, if any.
    pub fn certificate(&self) -> Option<&str> {
        self.inner.certificate.as_deref()
    }

    /// Returns the length in bytes of the longest text that can be encrypted with a padding.
    #[must_use]
    pub fn max_plaintext_len(&self, padding: Padding) -> usize {
        self.modulus_len() - padding.overhead()
    }

    /// Returns the length of the modulus in bytes, which is also the length of a signature or ciphertext.
    #[must_use]
    pub fn modulus_len(&self) -> usize {
        self.inner.modulus_len
    }

    /// Whether a text has the form of a ciphertext of this key.
    ///
    /// A ciphertext is base64 with the standard alphabet and padding, of exactly
    /// [`modulus_len`](Self::modulus_len) bytes.
    #[must_use]
    pub fn is_ciphertext(&self, text: &str) -> bool {
        base64::decoded_len(text) == Some(self.modulus_len())
    }

    /// Returns the key as PEM, in the form in which WeChat Pay issues it (SubjectPublicKeyInfo).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when OpenSSL cannot write it.
    pub fn to_pem(&self) -> Result<String> {
        let pem = self.inner.key.public_key_to_pem().map_err(|err| {
            Error::new(ErrorKind::Key, "OpenSSL cannot write the public key").with_source(err)
        })?;
        Ok(String::from_utf8_lossy(&pem).into_owned())
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
            ItemKind::Certificate => Self::of_certificate(&X509::from_der(data).map_err(damaged)?),
            _ => Err(Refusal::wrong_kind(Expected::PublicKey, kind)),
        }
    }

    /// Returns the key of a certificate.
    pub(super) fn of_certificate(certificate: &X509) -> Outcome<Self> {
        let key = certificate.public_key().map_err(damaged)?;
        match key.rsa() {
            Ok(rsa) => {
                let serial = serial(certificate).map_err(damaged)?;
                Self::from_rsa(Ok(rsa), Some(serial))
            }
            Err(_) => Err(Refusal::new(
                "this certificate is not for an RSA key; WeChat Pay uses RSA: give the file downloaded \
                 from WeChat Pay",
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
        certificate: Option<String>,
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
        let inner = Inner {
            modulus_len: rsa.size() as usize,
            certificate,
            key: PKey::from_rsa(rsa).map_err(damaged)?,
            verifying: Contexts::new(rsa::verifying),
            oaep: Contexts::new(|key| rsa::encrypting(key, Padding::Oaep)),
            pkcs1v15: Contexts::new(|key| rsa::encrypting(key, Padding::Pkcs1v15)),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
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
            Self::PublicSpki | Self::PublicPkcs1 | Self::Certificate
        )
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.inner.key.public_eq(&other.inner.key)
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("bits", &self.inner.key.bits())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "public_tests.rs"]
mod tests;
